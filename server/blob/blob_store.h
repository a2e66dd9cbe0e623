// Where blobs are kept: bytes that nobody here can read, of a length that was said at the start,
// written from front to back. Implementations share one contract (tests/contract).
//
// Calls block on the disk; they come from any thread. Of one blob there is at most one Writer, and
// nobody removes it meanwhile: the caller sees to that. Readers may be many, and go on with what
// they have opened when the blob is removed.
//
// What holds: what sync() has confirmed survives SIGKILL and loss of power. A crash between bytes
// and the record of how many there are leaves the smaller of both.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "shopbell/bytes.h"
#include "shopbell/result.h"

namespace shopbell::blob {

// 128 random bits; who knows them may read.
using BlobId = Fixed<16, struct BlobIdTag>;

struct BlobInfo {
  ShopId shop;
  DeviceId device;           // that began it, and alone may go on
  std::uint64_t length = 0;  // as it will be
  std::uint64_t offset = 0;  // so much of it is durable
  std::uint64_t created_ms = 0;
  std::uint64_t touched_ms = 0;  // of the newest sync

  bool finished() const { return offset == length; }
};

// Takes bytes at the end of what is there.
class BlobWriter {
 public:
  virtual ~BlobWriter() = default;
  // What is durable.
  virtual const BlobInfo& info() const = 0;
  // Behind what was appended before; never above the length. store_full, store_failed: none of
  // these bytes count; what came before them may still be synced.
  virtual Status append(BytesView bytes) = 0;
  // Everything appended is durable; with the last byte the blob is finished. After a failure the
  // Writer is of no more use: only what was confirmed before counts.
  virtual Status sync(std::uint64_t now_ms) = 0;
  // Throws away what was appended since the last sync.
  virtual Status rewind() = 0;
};

class BlobReader {
 public:
  virtual ~BlobReader() = default;
  virtual const BlobInfo& info() const = 0;
  // Fills `out` from `offset` on; both lie within the length. store_failed.
  virtual Status read(std::uint64_t offset, std::span<std::uint8_t> out) = 0;
};

class BlobStore {
 public:
  virtual ~BlobStore() = default;
  // Durable when it returns. The id is new.
  virtual Status create(const BlobId& id, const BlobInfo& info) = 0;
  // blob_unknown where there is none.
  virtual Result<BlobInfo> find(const BlobId& id) = 0;
  virtual Result<std::unique_ptr<BlobWriter>> open_writer(const BlobId& id) = 0;
  // Of a finished one; any other is blob_unknown.
  virtual Result<std::unique_ptr<BlobReader>> open_reader(const BlobId& id) = 0;
  virtual Status remove(const BlobId& id) = 0;
  // Each blob, finished or not, in any order; those that come or go meanwhile perhaps. Ends early
  // where `visit` returns false.
  using Visit = std::function<bool(const BlobId&, const BlobInfo&)>;
  virtual Status each(const Visit& visit) = 0;
  // The newest failure as a sentence; names no blob.
  virtual std::string problem() const = 0;
};

// In memory, for tests; the reference of the contract.
std::unique_ptr<BlobStore> make_memory_blob_store();
// One file a blob below `folder`, which is made where it is missing. On failure null, and `problem`
// is a sentence. docs/STORE_FORMAT.md has the form of the files.
std::unique_ptr<BlobStore> open_folder_blob_store(const std::string& folder, std::string& problem);

}  // namespace shopbell::blob
