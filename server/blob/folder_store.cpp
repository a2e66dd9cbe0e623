// One file a blob: two pages for the record of how far it has come, then its bytes. The record is
// written to the two pages in turn, and only after the bytes that it speaks of were synced; so one
// of them is always whole and says no more than is there. The pages are written when the blob is
// made: a full disk can stop bytes, never the record.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>
#include <optional>
#include <set>

#include "blob/blob_store.h"
#include "shopbell/crypto.h"

namespace shopbell::blob {
namespace {

// Of their own each, so that a write that is torn by a loss of power spoils one of them only.
constexpr std::size_t page_bytes = 4096;
constexpr std::uint64_t data_at = 2 * page_bytes;
constexpr std::string_view magic = "shopbell blob 1\n";
constexpr std::size_t numbers_at = 16;
constexpr std::size_t shop_at = numbers_at + 5 * 8;
constexpr std::size_t device_at = shop_at + ShopId::size;
constexpr std::size_t check_at = device_at + DeviceId::size;
constexpr std::size_t record_bytes = check_at + Hash::size;

class File {
 public:
  explicit File(int fd = -1) : fd_(fd) {}
  File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  File& operator=(File&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

// Of errno. No room is the operator's to mend and passes; anything else is a broken disk.
Errc failure() {
  const bool room = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
  return room ? Errc::store_full : Errc::store_failed;
}

Status write_at(int fd, std::uint64_t at, BytesView bytes) {
  while (!bytes.empty()) {
    const auto done = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return failure();
    bytes = bytes.subspan(static_cast<std::size_t>(done));
    at += static_cast<std::uint64_t>(done);
  }
  return {};
}

// How much there was.
std::size_t read_at(int fd, std::uint64_t at, std::span<std::uint8_t> out) {
  std::size_t had = 0;
  while (had < out.size()) {
    const auto done = ::pread(fd, out.data() + had, out.size() - had, static_cast<off_t>(at + had));
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) break;
    had += static_cast<std::size_t>(done);
  }
  return had;
}

Status sync_data(int fd) { return ::fdatasync(fd) == 0 ? Status() : Status(failure()); }

Status sync_folder(const std::string& path) {
  const File folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || ::fsync(folder.get()) != 0) return failure();
  return {};
}

struct Record {
  BlobInfo info;
  std::uint64_t turn = 0;  // counts the writes; the page is its last bit
};

Hash check_of(BytesView record) {
  return crypto::hash("shopbell blob record v1", {record.first(check_at)});
}

Bytes page_of(const Record& record) {
  Bytes out(page_bytes);
  std::copy(magic.begin(), magic.end(), out.begin());
  const auto& info = record.info;
  std::size_t at = numbers_at;
  for (const auto number :
       {record.turn, info.length, info.offset, info.created_ms, info.touched_ms}) {
    const auto bytes = crypto::u64le(number);
    std::copy(bytes.begin(), bytes.end(), out.begin() + static_cast<std::ptrdiff_t>(at));
    at += bytes.size();
  }
  std::copy_n(info.shop.data.begin(), ShopId::size, out.begin() + shop_at);
  std::copy_n(info.device.data.begin(), DeviceId::size, out.begin() + device_at);
  const auto check = check_of(out);
  std::copy_n(check.data.begin(), Hash::size, out.begin() + check_at);
  return out;
}

std::optional<Record> read_record(BytesView page) {
  if (page.size() < record_bytes || as_text(page.first(magic.size())) != magic) return {};
  if (!same_bytes(check_of(page).view(), page.subspan(check_at, Hash::size))) return {};
  const auto number = [&](std::size_t index) {
    std::uint64_t out = 0;
    for (std::size_t i = 8; i-- > 0;) out = out << 8 | page[numbers_at + index * 8 + i];
    return out;
  };
  Record out;
  out.turn = number(0);
  out.info.length = number(1);
  out.info.offset = number(2);
  out.info.created_ms = number(3);
  out.info.touched_ms = number(4);
  out.info.shop = ShopId::from(page.subspan(shop_at, ShopId::size));
  out.info.device = DeviceId::from(page.subspan(device_at, DeviceId::size));
  if (out.info.offset > out.info.length) return {};
  return out;
}

// The newer of the two that are whole, and never more than the file holds.
std::optional<Record> newest_record(int fd) {
  Bytes pages(data_at);
  pages.resize(read_at(fd, 0, pages));
  std::optional<Record> out;
  for (std::size_t at = 0; at < pages.size(); at += page_bytes) {
    const auto one = read_record(BytesView(pages).subspan(at));
    if (one && (!out || one->turn > out->turn)) out = one;
  }
  struct stat about {};
  if (!out || ::fstat(fd, &about) != 0) return {};
  const auto size = static_cast<std::uint64_t>(about.st_size);
  out->info.offset = std::min(out->info.offset, size < data_at ? 0 : size - data_at);
  return out;
}

class Writer : public BlobWriter {
 public:
  Writer(File file, Record record)
      : file_(std::move(file)), record_(record), end_(record.info.offset) {}
  const BlobInfo& info() const override { return record_.info; }

  Status append(BytesView bytes) override {
    if (broken_ || bytes.size() > record_.info.length - end_) return Errc::store_failed;
    if (Status status = write_at(file_.get(), data_at + end_, bytes); !status) return status;
    end_ += bytes.size();
    return {};
  }

  Status sync(std::uint64_t now_ms) override {
    if (broken_) return Errc::store_failed;
    if (Status status = sync_data(file_.get()); !status) return fail(status);
    Record next = record_;
    ++next.turn;
    next.info.offset = end_;
    next.info.touched_ms = now_ms;
    const auto at = next.turn % 2 * page_bytes;
    if (Status status = write_at(file_.get(), at, page_of(next)); !status) return fail(status);
    if (Status status = sync_data(file_.get()); !status) return fail(status);
    record_ = next;
    return {};
  }

  Status rewind() override {
    if (broken_) return Errc::store_failed;
    end_ = record_.info.offset;
    const auto size = static_cast<off_t>(data_at + end_);
    return ::ftruncate(file_.get(), size) == 0 ? Status() : fail(failure());
  }

 private:
  // After a sync that failed nobody knows what the disk has: only the record that is there counts.
  Status fail(Status status) {
    broken_ = true;
    return status;
  }

  File file_;
  Record record_;
  std::uint64_t end_;
  bool broken_ = false;
};

class Reader : public BlobReader {
 public:
  Reader(File file, const BlobInfo& info) : file_(std::move(file)), info_(info) {}
  const BlobInfo& info() const override { return info_; }
  Status read(std::uint64_t offset, std::span<std::uint8_t> out) override {
    if (out.size() > info_.length || offset > info_.length - out.size()) return Errc::store_failed;
    return read_at(file_.get(), data_at + offset, out) == out.size() ? Status()
                                                                     : Errc::store_failed;
  }

 private:
  File file_;
  BlobInfo info_;
};

class FolderStore : public BlobStore {
 public:
  explicit FolderStore(std::string folder) : folder_(std::move(folder)) {}

  Status create(const BlobId& id, const BlobInfo& info) override {
    const auto name = to_hex(id.view());
    {
      const std::lock_guard lock(mutex_);
      making_.insert(name);
    }
    const Status status = note(write_new(name, info));
    const std::lock_guard lock(mutex_);
    making_.erase(name);
    return status;
  }

  Result<BlobInfo> find(const BlobId& id) override {
    auto opened = open(id, O_RDONLY);
    if (!opened) return opened.error();
    return opened->second.info;
  }

  Result<std::unique_ptr<BlobWriter>> open_writer(const BlobId& id) override {
    auto opened = open(id, O_RDWR);
    if (!opened) return opened.error();
    auto out = std::make_unique<Writer>(std::move(opened->first), opened->second);
    // What was not confirmed before a crash may be anything.
    if (Status status = note(out->rewind()); !status) return status.error();
    return std::unique_ptr<BlobWriter>(std::move(out));
  }

  Result<std::unique_ptr<BlobReader>> open_reader(const BlobId& id) override {
    auto opened = open(id, O_RDONLY);
    if (!opened) return opened.error();
    if (!opened->second.info.finished()) return Errc::blob_unknown;
    return std::unique_ptr<BlobReader>(
        std::make_unique<Reader>(std::move(opened->first), opened->second.info));
  }

  Status remove(const BlobId& id) override {
    const auto name = to_hex(id.view());
    if (::unlink(path_of(name).c_str()) != 0) {
      return errno == ENOENT ? Status(Errc::blob_unknown) : note(failure());
    }
    return note(sync_folder(shelf_of(name)));
  }

  Status each(const Visit& visit) override {
    for (int shelf = 0; shelf < 256; ++shelf) {
      const auto byte = static_cast<std::uint8_t>(shelf);
      for (const auto& name : names_on(folder_ + "/" + to_hex({&byte, 1}))) {
        BlobId id;
        if (!from_hex(name, id.data)) continue;
        const auto opened = open(id, O_RDONLY);
        if (opened) {
          if (!visit(id, opened->second.info)) return {};
        } else {
          sweep_stillborn(name);
        }
      }
    }
    return {};
  }

  std::string problem() const override {
    const std::lock_guard lock(mutex_);
    return problem_;
  }

 private:
  std::string shelf_of(const std::string& name) const { return folder_ + "/" + name.substr(0, 2); }
  std::string path_of(const std::string& name) const { return shelf_of(name) + "/" + name; }

  Status write_new(const std::string& name, const BlobInfo& info) {
    const auto shelf = shelf_of(name);
    if (::mkdir(shelf.c_str(), 0700) == 0) {
      if (Status status = sync_folder(folder_); !status) return status;
    } else if (errno != EEXIST) {
      return failure();
    }
    const auto path = path_of(name);
    const File file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file) return failure();
    Record record{info, 0};
    record.info.offset = 0;
    Bytes pages = page_of(record);
    pages.resize(data_at);
    Status status = write_at(file.get(), 0, pages);
    if (status) status = sync_data(file.get());
    if (status) status = sync_folder(shelf);
    if (!status) ::unlink(path.c_str());
    return status;
  }

  Result<std::pair<File, Record>> open(const BlobId& id, int flags) {
    File file(::open(path_of(to_hex(id.view())).c_str(), flags | O_CLOEXEC));
    if (!file) return errno == ENOENT ? Errc::blob_unknown : note(failure()).error();
    const auto record = newest_record(file.get());
    if (!record) return Errc::blob_unknown;
    return std::pair{std::move(file), *record};
  }

  static std::vector<std::string> names_on(const std::string& shelf) {
    std::vector<std::string> out;
    auto* const listing = ::opendir(shelf.c_str());
    if (listing == nullptr) return out;
    while (const auto* entry = ::readdir(listing)) out.emplace_back(entry->d_name);
    ::closedir(listing);
    return out;
  }

  // A crash while it was made left a file that never held anything. One whose record is damaged but
  // that has bytes is left to the operator.
  void sweep_stillborn(const std::string& name) {
    struct stat about {};
    const std::lock_guard lock(mutex_);
    const auto path = path_of(name);
    if (making_.contains(name) || ::stat(path.c_str(), &about) != 0) return;
    if (about.st_size <= static_cast<off_t>(data_at)) ::unlink(path.c_str());
  }

  Status note(Status status) {
    if (!status) {
      const std::lock_guard lock(mutex_);
      problem_ = status.error() == Errc::store_full ? "the folder of blobs is on a full disk"
                                                    : "the folder of blobs cannot be used";
    }
    return status;
  }

  const std::string folder_;
  mutable std::mutex mutex_;
  std::set<std::string> making_;
  std::string problem_;
};

}  // namespace

std::unique_ptr<BlobStore> open_folder_blob_store(const std::string& folder, std::string& problem) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    problem = folder + ": cannot be made: " + std::strerror(errno);
    return nullptr;
  }
  if (::access(folder.c_str(), R_OK | W_OK | X_OK) != 0) {
    problem = folder + ": cannot be used: " + std::strerror(errno);
    return nullptr;
  }
  return std::make_unique<FolderStore>(folder);
}

}  // namespace shopbell::blob
