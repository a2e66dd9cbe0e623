#include <map>
#include <mutex>

#include "blob/blob_store.h"

namespace shopbell::blob {
namespace {

struct Blob {
  std::mutex mutex;
  BlobInfo info;
  Bytes bytes;  // as far as it is durable
};
using BlobPtr = std::shared_ptr<Blob>;

class Writer : public BlobWriter {
 public:
  explicit Writer(BlobPtr blob) : blob_(std::move(blob)), info_(blob_->info) {}
  const BlobInfo& info() const override { return info_; }
  Status append(BytesView bytes) override {
    if (bytes.size() > info_.length - info_.offset - pending_.size()) return Errc::store_failed;
    shopbell::append(pending_, bytes);
    return {};
  }
  Status sync(std::uint64_t now_ms) override {
    info_.offset += pending_.size();
    info_.touched_ms = now_ms;
    const std::lock_guard lock(blob_->mutex);
    shopbell::append(blob_->bytes, pending_);
    pending_.clear();
    blob_->info = info_;
    return {};
  }
  Status rewind() override {
    pending_.clear();
    return {};
  }

 private:
  BlobPtr blob_;
  BlobInfo info_;
  Bytes pending_;
};

class Reader : public BlobReader {
 public:
  explicit Reader(BlobPtr blob) : blob_(std::move(blob)), info_(blob_->info) {}
  const BlobInfo& info() const override { return info_; }
  Status read(std::uint64_t offset, std::span<std::uint8_t> out) override {
    if (out.size() > info_.length || offset > info_.length - out.size()) return Errc::store_failed;
    std::copy_n(blob_->bytes.begin() + static_cast<std::ptrdiff_t>(offset), out.size(),
                out.begin());
    return {};
  }

 private:
  BlobPtr blob_;
  BlobInfo info_;
};

class MemoryStore : public BlobStore {
 public:
  Status create(const BlobId& id, const BlobInfo& info) override {
    auto blob = std::make_shared<Blob>();
    blob->info = info;
    blob->info.offset = 0;
    const std::lock_guard lock(mutex_);
    return blobs_.emplace(id, std::move(blob)).second ? Status() : Status(Errc::store_failed);
  }
  Result<BlobInfo> find(const BlobId& id) override {
    const auto blob = at(id);
    if (!blob) return Errc::blob_unknown;
    const std::lock_guard lock(blob->mutex);
    return blob->info;
  }
  Result<std::unique_ptr<BlobWriter>> open_writer(const BlobId& id) override {
    auto blob = at(id);
    if (!blob) return Errc::blob_unknown;
    return std::unique_ptr<BlobWriter>(std::make_unique<Writer>(std::move(blob)));
  }
  Result<std::unique_ptr<BlobReader>> open_reader(const BlobId& id) override {
    auto blob = at(id);
    if (!blob) return Errc::blob_unknown;
    {
      const std::lock_guard lock(blob->mutex);
      if (!blob->info.finished()) return Errc::blob_unknown;
    }
    return std::unique_ptr<BlobReader>(std::make_unique<Reader>(std::move(blob)));
  }
  Status remove(const BlobId& id) override {
    const std::lock_guard lock(mutex_);
    return blobs_.erase(id) != 0 ? Status() : Status(Errc::blob_unknown);
  }
  Status each(const Visit& visit) override {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, blob] : blobs_) {
      if (!visit(id, blob->info)) break;
    }
    return {};
  }
  std::string problem() const override { return {}; }

 private:
  BlobPtr at(const BlobId& id) {
    const std::lock_guard lock(mutex_);
    const auto found = blobs_.find(id);
    return found == blobs_.end() ? nullptr : found->second;
  }

  std::mutex mutex_;
  std::map<BlobId, BlobPtr> blobs_;
};

}  // namespace

std::unique_ptr<BlobStore> make_memory_blob_store() { return std::make_unique<MemoryStore>(); }

}  // namespace shopbell::blob
