#include "app/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "app/refusal.h"

namespace shopbell::app {
namespace {

namespace fs = std::filesystem;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

[[noreturn]] void refuse(const fs::path& path, std::string_view what) {
  throw Refusal(fmt::format("{}: {}: {}", path.string(), what, std::strerror(errno)));
}

void write_all(int fd, std::string_view text, const fs::path& path) {
  while (!text.empty()) {
    const auto written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) refuse(path, "cannot be written");
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void sync_directory(const fs::path& path) {
  const auto parent = path.has_parent_path() ? path.parent_path() : fs::path(".");
  const Descriptor directory(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0 || ::fsync(directory.get()) != 0) refuse(parent, "cannot be synced");
}

}  // namespace

std::optional<std::string> read_file(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return std::nullopt;
  std::ifstream in(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in.is_open() || in.bad()) refuse(path, "cannot be read");
  return text;
}

void write_file(const fs::path& path, std::string_view text, bool secret) {
  auto beside = path;
  beside += ".new";
  const mode_t mode = secret ? 0600 : 0644;
  {
    // What lies there may be left over from a crash; or somebody else's, in a folder like /tmp, who
    // would then own the keys. So the file is always a new one.
    ::unlink(beside.c_str());
    const Descriptor file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    if (file.get() < 0) refuse(beside, "cannot be made");
    // Whatever the process's mask is.
    if (::fchmod(file.get(), mode) != 0) refuse(beside, "cannot be protected");
    write_all(file.get(), text, beside);
    if (::fsync(file.get()) != 0) refuse(beside, "cannot be synced");
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) refuse(path, "cannot be put in place");
  sync_directory(path);
}

void require_private(const fs::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) refuse(path, "cannot be looked at");
  if ((info.st_mode & 077) != 0) {
    throw Refusal(
        fmt::format("{} can be read by others; run: chmod 600 {}", path.string(), path.string()));
  }
}

}  // namespace shopbell::app
