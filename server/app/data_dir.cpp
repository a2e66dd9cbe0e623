#include "app/data_dir.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "app/files.h"
#include "app/refusal.h"

namespace shopbell::app {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t day_ms = 24ull * 3600 * 1000;
constexpr std::uint64_t certificate_ms = 365 * day_ms;
constexpr std::uint64_t renew_before_ms = 60 * day_ms;
constexpr std::array key_files = {"root.key", "desk.key", "desk.cert", "relay.key"};

constexpr std::array secret_files = {"root.key", "desk.key", "relay.key"};

std::string opened(const DataDir& dir, const fs::path& path, std::string text) {
  return is_sealed(text) ? open_sealed(text, path.string(), dir.passphrase) : text;
}

// The text of a secret file that must be there.
std::string secret_text(const DataDir& dir, const fs::path& path) {
  auto text = read_file(path);
  if (!text) {
    throw Refusal(fmt::format(
        "{} is missing; bring it back from a backup: shopbell keys restore FILE", path.string()));
  }
  require_private(path);
  return opened(dir, path, std::move(*text));
}

void certify_desk(const DataDir& dir, const RootKey& root, const SignKey& desk,
                  std::uint64_t now_ms) {
  const auto bytes = make_desk_certificate(root.pair, desk, now_ms, now_ms + certificate_ms);
  write_file(dir.desk_certificate(), desk_certificate_text(root.shop(), bytes), false);
}

DeskCertificate load_certificate(const DataDir& dir) {
  const auto text = read_file(dir.desk_certificate());
  if (!text) {
    throw Refusal(fmt::format("{} is missing; bring it back: shopbell keys restore FILE",
                              dir.desk_certificate().string()));
  }
  return parse_desk_certificate(*text, dir.desk_certificate().string());
}

bool holds_keys(const DataDir& dir) {
  return std::any_of(key_files.begin(), key_files.end(),
                     [&](const auto* name) { return fs::exists(dir.path / name); });
}

// As they are once opened.
std::map<std::string, std::string> present_keys(const DataDir& dir) {
  std::map<std::string, std::string> files;
  for (const auto* name : key_files) {
    const auto path = dir.path / name;
    if (auto text = read_file(path)) files.emplace(name, opened(dir, path, std::move(*text)));
  }
  return files;
}

bool any_sealed(const DataDir& dir) {
  return std::any_of(secret_files.begin(), secret_files.end(), [&](const auto* name) {
    const auto text = read_file(dir.path / name);
    return text && is_sealed(*text);
  });
}

// Parses each file, so that a backup never keeps a damaged key.
void check_files(const std::map<std::string, std::string>& files, const std::string& where) {
  for (const auto& [name, text] : files) {
    const auto label = fmt::format("{} in {}", name, where);
    if (name == "root.key") {
      (void)parse_root_key(text, label);
    } else if (name == "desk.key") {
      (void)parse_desk_key(text, label);
    } else if (name == "relay.key") {
      (void)parse_relay_key(text, label);
    } else if (name == "desk.cert") {
      (void)parse_desk_certificate(text, label);
    } else {
      throw Refusal(fmt::format("{} is not a key file of this version", label));
    }
  }
}

void make_private_folder(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (!error) fs::permissions(path, fs::perms::owner_all, error);
  if (error) throw Refusal(fmt::format("{} cannot be made: {}", path.string(), error.message()));
}

std::map<std::string, std::string> load_backup(const fs::path& file, const Passphrase& passphrase) {
  auto text = read_file(file);
  if (!text) throw Refusal(fmt::format("{} is not there", file.string()));
  if (is_sealed(*text)) text = open_sealed(*text, file.string(), passphrase);
  auto files = parse_backup(*text, file.string());
  check_files(files, file.string());
  return files;
}

void mark_backup(const DataDir& dir, const BackupState& state) {
  write_file(dir.backup_mark(), fmt::format("{} {}\n", state.made_ms, state.verified_ms), false);
}

}  // namespace

void init_data_dir(const DataDir& dir, Parts parts, const Config& config, std::uint64_t now_ms) {
  if (fs::exists(dir.config())) {
    throw Refusal(fmt::format("{} is there already; nothing was changed", dir.config().string()));
  }
  if (holds_keys(dir)) {
    throw Refusal(fmt::format(
        "{} holds keys but no shopbell.toml: a former init was cut short, or the file was removed. "
        "Move the directory away and run init again, or put shopbell.toml back",
        dir.path.string()));
  }
  make_private_folder(dir.path);
  write_file(dir.relay_key(), relay_key_text(make_relay_key()), true);
  if (parts == Parts::shop) {
    const auto root = make_root_key();
    const auto desk = make_desk_key(now_ms);
    write_file(dir.root_key(), root_key_text(root), true);
    write_file(dir.desk_key(), desk_key_text(desk), true);
    certify_desk(dir, root, desk.device.self.sign_key, now_ms);
  }
  write_file(dir.config(), config_text(config, parts), false);
}

Config load_config(const DataDir& dir) {
  const auto text = read_file(dir.config());
  if (!text) {
    if (holds_keys(dir)) {
      throw Refusal(fmt::format(
          "{} holds keys but no shopbell.toml: init was cut short, or the file was removed. Put it "
          "back, or move the directory away and run init again",
          dir.path.string()));
    }
    throw Refusal(fmt::format("{} is no data directory; make one: shopbell init --data {}",
                              dir.path.string(), dir.path.string()));
  }
  return parse_config(*text, dir.config().string());
}

DeskState load_desk(const DataDir& dir, std::uint64_t now_ms) {
  auto desk = parse_desk_key(secret_text(dir, dir.desk_key()), dir.desk_key().string());
  auto certificate = load_certificate(dir);
  if (certificate.desk_key != desk.device.self.sign_key) {
    throw Refusal(fmt::format("{} and {} do not belong together; restore both from one backup",
                              dir.desk_key().string(), dir.desk_certificate().string()));
  }
  if (certificate.not_after_ms < now_ms + renew_before_ms && fs::exists(dir.root_key())) {
    const auto root = parse_root_key(secret_text(dir, dir.root_key()), dir.root_key().string());
    if (root.shop() != certificate.shop) {
      throw Refusal(fmt::format("{} is the root of another shop than {}", dir.root_key().string(),
                                dir.desk_certificate().string()));
    }
    certify_desk(dir, root, desk.device.self.sign_key, now_ms);
    certificate = load_certificate(dir);
  }
  if (certificate.not_after_ms < now_ms) {
    throw Refusal(fmt::format("{} has ended; put root.key into {} and start again to renew it",
                              dir.desk_certificate().string(), dir.path.string()));
  }
  const auto shop = certificate.shop;
  return {shop, std::move(desk), std::move(certificate)};
}

crypto::SignPair load_relay_key(const DataDir& dir) {
  return parse_relay_key(secret_text(dir, dir.relay_key()), dir.relay_key().string());
}

std::optional<ShopId> shop_of(const DataDir& dir) {
  if (!fs::exists(dir.desk_certificate())) return std::nullopt;
  return load_certificate(dir).shop;
}

void backup_keys(const DataDir& dir, const fs::path& file, const Passphrase* passphrase,
                 std::uint64_t now_ms) {
  if (fs::exists(file)) throw Refusal(fmt::format("{} is there already", file.string()));
  if (passphrase == nullptr && any_sealed(dir)) {
    throw Refusal(
        "the keys here are sealed with a passphrase, so their backup must be too: add --passphrase "
        "or --passphrase-file");
  }
  const auto files = present_keys(dir);
  if (files.empty()) throw Refusal(fmt::format("{} holds no keys", dir.path.string()));
  check_files(files, dir.path.string());
  const auto text = backup_text(files);
  write_file(file, passphrase != nullptr ? seal_text(text, *passphrase) : text, true);
  auto state = backup_state(dir);
  state.made_ms = now_ms;
  mark_backup(dir, state);
}

BackupState backup_state(const DataDir& dir) {
  BackupState out;
  std::ifstream in(dir.backup_mark());
  if (!(in >> out.made_ms)) return {};
  if (!(in >> out.verified_ms)) out.verified_ms = 0;
  return out;
}

void verify_backup(const DataDir& dir, const fs::path& file, const Passphrase& passphrase,
                   std::uint64_t now_ms) {
  const auto saved = load_backup(file, passphrase);
  const auto present = present_keys(dir);
  if (present.empty()) {
    throw Refusal(fmt::format("{} is whole, but {} holds no keys to compare it with", file.string(),
                              dir.path.string()));
  }
  for (const auto& [name, text] : present) {
    const auto found = saved.find(name);
    if (found == saved.end()) {
      throw Refusal(fmt::format("{} does not hold {}", file.string(), name));
    }
    // A certificate is renewed in the course of time; any one of the same desk will do.
    if (name != "desk.cert" && found->second != text) {
      throw Refusal(
          fmt::format("{} holds another {} than {}", file.string(), name, dir.path.string()));
    }
  }
  // Whoever made it, and where: it is there.
  auto state = backup_state(dir);
  if (state.made_ms == 0) state.made_ms = now_ms;
  state.verified_ms = now_ms;
  mark_backup(dir, state);
}

bool restore_keys(const DataDir& dir, const fs::path& file, const Passphrase& passphrase) {
  const auto saved = load_backup(file, passphrase);
  const auto present = present_keys(dir);
  for (const auto& [name, text] : saved) {
    const auto found = present.find(name);
    if (name != "desk.cert" && found != present.end() && found->second != text) {
      throw Refusal(
          fmt::format("{} holds another {}; move it away first", dir.path.string(), name));
    }
  }
  make_private_folder(dir.path);
  for (const auto& [name, text] : saved) {
    if (!present.contains(name)) write_file(dir.path / name, text, name != "desk.cert");
  }
  if (fs::exists(dir.config())) return false;
  // Last, as in init. A relay alone has no desk.
  const auto parts = saved.contains("desk.key") ? Parts::shop : Parts::relay;
  write_file(dir.config(), config_text(Config{}, parts), false);
  return true;
}

std::size_t seal_keys(const DataDir& dir) {
  std::size_t count = 0;
  for (const auto* name : secret_files) {
    const auto path = dir.path / name;
    const auto text = read_file(path);
    if (!text || is_sealed(*text)) continue;
    write_file(path, seal_text(*text, dir.passphrase), true);
    ++count;
  }
  return count;
}

std::size_t unseal_keys(const DataDir& dir) {
  std::size_t count = 0;
  for (const auto* name : secret_files) {
    const auto path = dir.path / name;
    const auto text = read_file(path);
    if (!text || !is_sealed(*text)) continue;
    write_file(path, open_sealed(*text, path.string(), dir.passphrase), true);
    ++count;
  }
  return count;
}

namespace {

fs::path lock_of(const DataDir& dir) { return dir.path / "lock"; }

}  // namespace

DirLock::DirLock(const DataDir& dir)
    : fd_(::open(lock_of(dir).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
  if (fd_ < 0 || ::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    if (fd_ >= 0) ::close(fd_);
    throw Refusal(fmt::format("{} is in use by another shopbell process, or cannot be written",
                              dir.path.string()));
  }
}

DirLock::~DirLock() { ::close(fd_); }

void DirLock::note_port(std::uint16_t port) const {
  const auto text = fmt::format("{}\n", port);
  // Where it cannot be written, commands beside it go by the configuration.
  if (::ftruncate(fd_, 0) == 0) (void)!::pwrite(fd_, text.data(), text.size(), 0);
}

std::uint16_t noted_port(const DataDir& dir) {
  std::ifstream in(lock_of(dir));
  std::uint16_t port = 0;
  return in >> port ? port : 0;
}

}  // namespace shopbell::app
