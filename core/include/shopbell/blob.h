// Files as the relay keeps them (docs/PROTOCOL.md section 12): chunks of 64 KiB, each sealed by
// itself, so that any of them can be sent again, fetched and checked alone. Nothing here allocates:
// chunks go from the caller's buffer into the caller's buffer. Sealing is the same bytes each time,
// so an upload that was cut goes on from any chunk without a stored state.
#pragma once

#include <optional>

#include "shopbell/bytes.h"
#include "shopbell/crypto.h"
#include "shopbell/result.h"

namespace shopbell::blob {

// Small enough to be opened while the next one is on the way, large enough that the 40 bytes of
// nonce and tag do not count.
inline constexpr std::size_t chunk_bytes = 64 * 1024;
inline constexpr std::size_t extra_bytes = crypto::nonce_bytes + crypto::tag_bytes;
inline constexpr std::size_t sealed_chunk_bytes = chunk_bytes + extra_bytes;

// At least 1: an empty file is one empty chunk.
std::uint64_t chunks_of(std::uint64_t bytes);
// What the relay keeps of a file of so many bytes.
std::uint64_t sealed_bytes_of(std::uint64_t bytes);
// The other way round; nothing where no file has that sealed size.
std::optional<std::uint64_t> bytes_of_sealed(std::uint64_t sealed);

// BLAKE2b-256 of a file, piece by piece.
class Digest {
 public:
  Digest();
  ~Digest();
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;

  void add(BytesView bytes);
  // Of what was added so far; more may follow.
  Hash value() const;

 private:
  alignas(64) std::array<std::uint8_t, 384> state_;
};

// Both keys of one file.
class Keys {
 public:
  explicit Keys(const Key& key);

  // Seals chunk `index` into `out` and gives the bytes written. Preconditions: chunk.size() <=
  // chunk_bytes, exactly that unless `last`; out.size() >= chunk.size() + extra_bytes; no overlap.
  std::size_t seal(std::uint64_t index, bool last, BytesView chunk,
                   std::span<std::uint8_t> out) const;
  // Opens it into `out` and gives the bytes written. blob_bad: not what was sealed with this key as
  // this chunk. Preconditions: out.size() >= chunk_bytes; no overlap.
  Result<std::size_t> open(std::uint64_t index, bool last, BytesView sealed,
                           std::span<std::uint8_t> out) const;

 private:
  Key chunk_;
  Key nonce_;
};

// A file on its way out.
class Sealer {
 public:
  // `bytes` is the whole file's size.
  Sealer(const Key& key, std::uint64_t bytes) : keys_(key), bytes_(bytes) {}

  // Chunk `index`, in any order and as often as it takes. blob_file_changed: not the size that this
  // chunk of the file has. The same precondition on `out` as above.
  Result<std::size_t> seal(std::uint64_t index, BytesView chunk, std::span<std::uint8_t> out) const;
  // The next chunk for the digest, in order from the first one. blob_file_changed: as above.
  Status add(BytesView chunk);
  // Chunks added so far.
  std::uint64_t added() const { return added_; }
  // Of the chunks added so far.
  Hash digest() const { return digest_.value(); }

 private:
  bool fits(std::uint64_t index, BytesView chunk) const;

  Keys keys_;
  std::uint64_t bytes_;
  std::uint64_t added_ = 0;
  Digest digest_;
};

// A file on its way in, its chunks in any order. Whoever asks knows which chunk a blob_bad names.
class Opener {
 public:
  // `bytes` stands in the message, beside the key.
  Opener(const Key& key, std::uint64_t bytes) : keys_(key), bytes_(bytes) {}

  // Where sealed chunk `index` begins in the blob, and how long it is; no more than all there are.
  std::uint64_t begin_of(std::uint64_t index) const { return index * sealed_chunk_bytes; }
  std::size_t size_of(std::uint64_t index) const;
  // blob_bad where it is not this chunk of this file.
  Result<std::size_t> open(std::uint64_t index, BytesView sealed,
                           std::span<std::uint8_t> out) const;

 private:
  Keys keys_;
  std::uint64_t bytes_;
};

}  // namespace shopbell::blob
