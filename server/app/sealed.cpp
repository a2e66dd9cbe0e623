#include "app/sealed.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <termios.h>
#include <unistd.h>

#include <map>
#include <optional>

#include "app/entropy.h"
#include "app/files.h"
#include "app/refusal.h"

namespace shopbell::app {
namespace {

constexpr std::string_view head = "shopbell sealed v1\n";
// Libsodium's "moderate": 256 MiB and most of a second, for each guess too.
constexpr std::uint64_t ops_now = crypto_pwhash_OPSLIMIT_MODERATE;
constexpr std::uint64_t memory_now = crypto_pwhash_MEMLIMIT_MODERATE;
// A file from elsewhere must not ask for more than a machine has.
constexpr std::uint64_t ops_max = 64;
constexpr std::uint64_t memory_max = 1ull << 30;
constexpr std::size_t words_bytes_min = 8;

// The terminal with its echo off for as long as this lives.
class Terminal {
 public:
  Terminal() : fd_(::open("/dev/tty", O_RDWR | O_CLOEXEC)) {
    if (fd_ < 0 || ::tcgetattr(fd_, &former_) != 0) {
      if (fd_ >= 0) ::close(fd_);
      throw Refusal(
          "a passphrase is needed and there is no terminal to ask on: give it in a file, "
          "--passphrase-file FILE");
    }
    termios quiet = former_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(fd_, TCSAFLUSH, &quiet);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() {
    ::tcsetattr(fd_, TCSAFLUSH, &former_);
    ::close(fd_);
  }

  std::string ask(std::string_view question) {
    say(question);
    std::string out;
    char letter = 0;
    while (::read(fd_, &letter, 1) == 1 && letter != '\n') out += letter;
    say("\n");
    return out;
  }

 private:
  void say(std::string_view text) {
    // Where it can not be written nobody answers either.
    if (::write(fd_, text.data(), text.size()) < 0) return;
  }

  int fd_;
  termios former_{};
};

std::map<std::string, std::string> fields_of(std::string_view lines) {
  std::map<std::string, std::string> out;
  while (!lines.empty()) {
    const auto line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    const auto colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    out.emplace(line.substr(0, colon), line.substr(colon + 2));
  }
  return out;
}

std::optional<std::uint64_t> number_in(const std::map<std::string, std::string>& fields,
                                       const std::string& name, std::uint64_t max) {
  const auto found = fields.find(name);
  if (found == fields.end() || found->second.empty() || found->second.size() > 12 ||
      found->second.find_first_not_of("0123456789") != std::string::npos) {
    return std::nullopt;
  }
  const auto value = std::stoull(found->second);
  if (value == 0 || value > max) return std::nullopt;
  return value;
}

Bytes bytes_in(const std::map<std::string, std::string>& fields, const std::string& name) {
  const auto found = fields.find(name);
  Bytes out(found == fields.end() ? 0 : found->second.size() / 2);
  if (!out.empty() && !from_hex(found->second, out)) out.clear();
  return out;
}

std::string about_text(std::uint64_t ops, std::uint64_t memory, BytesView salt) {
  return fmt::format("{}kdf: argon2id\nops: {}\nmemory: {}\nsalt: {}\n", head, ops, memory,
                     to_hex(salt));
}

}  // namespace

struct Passphrase::State {
  std::string words;
  std::map<std::string, Key> keys;
  Bytes salt;
  ~State() { sodium_memzero(words.data(), words.size()); }
};

Passphrase::Passphrase() : state_(std::make_shared<State>()) {}

Passphrase Passphrase::from_file(const std::string& path) {
  auto text = read_file(path);
  if (!text) throw Refusal(fmt::format("{} is not there", path));
  require_private(path);
  Passphrase out;
  out.state_->words = text->substr(0, text->find_first_of("\r\n"));
  sodium_memzero(text->data(), text->size());
  if (out.state_->words.size() < words_bytes_min) {
    throw Refusal(
        fmt::format("{}: a passphrase has at least {} characters", path, words_bytes_min));
  }
  return out;
}

const std::string& Passphrase::words(bool twice) const {
  if (!state_->words.empty()) return state_->words;
  Terminal terminal;
  auto words = terminal.ask("passphrase: ");
  if (words.size() < words_bytes_min) {
    throw Refusal(fmt::format("a passphrase has at least {} characters", words_bytes_min));
  }
  if (twice && terminal.ask("the same again: ") != words) {
    throw Refusal("the two are not the same; nothing was done");
  }
  state_->words = std::move(words);
  return state_->words;
}

BytesView Passphrase::salt() const {
  if (state_->salt.empty()) {
    state_->salt.resize(crypto_pwhash_SALTBYTES);
    fill_random(state_->salt);
  }
  return state_->salt;
}

const Key& Passphrase::key(BytesView salt, std::uint64_t ops, std::uint64_t memory_bytes) const {
  const auto name = fmt::format("{} {} {}", to_hex(salt), ops, memory_bytes);
  const auto known = state_->keys.find(name);
  if (known != state_->keys.end()) return known->second;
  const auto& text = words();
  Key key;
  if (salt.size() != crypto_pwhash_SALTBYTES ||
      crypto_pwhash(key.writable().data(), key.writable().size(), text.data(), text.size(),
                    salt.data(), ops, memory_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    throw Refusal(fmt::format("there is not enough memory to try the passphrase: {} MiB are needed",
                              memory_bytes >> 20));
  }
  return state_->keys.emplace(name, std::move(key)).first->second;
}

bool is_sealed(std::string_view text) { return text.starts_with("shopbell sealed "); }

std::string seal_text(std::string_view text, const Passphrase& passphrase) {
  const BytesView salt = passphrase.salt();
  std::array<std::uint8_t, 24> nonce{};
  fill_random(nonce);
  (void)passphrase.words(true);
  const auto about = about_text(ops_now, memory_now, salt);
  Bytes box = to_bytes(nonce);
  Bytes sealed(text.size() + crypto_aead_xchacha20poly1305_ietf_ABYTES);
  unsigned long long size = 0;
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      sealed.data(), &size, as_bytes(text).data(), text.size(), as_bytes(about).data(),
      about.size(), nullptr, nonce.data(),
      passphrase.key(salt, ops_now, memory_now).reveal().data());
  append(box, sealed);
  return fmt::format("{}box: {}\n", about, to_hex(box));
}

std::string open_sealed(const std::string& text, const std::string& name,
                        const Passphrase& passphrase) {
  const auto fields = fields_of(text);
  const auto ops = number_in(fields, "ops", ops_max);
  const auto memory = number_in(fields, "memory", memory_max);
  const auto salt = bytes_in(fields, "salt");
  const auto box = bytes_in(fields, "box");
  constexpr std::size_t around = 24 + crypto_aead_xchacha20poly1305_ietf_ABYTES;
  if (!text.starts_with(head)) {
    throw Refusal(fmt::format("{} is not a sealed file that this version reads", name));
  }
  if (!ops || !memory || salt.size() != crypto_pwhash_SALTBYTES || box.size() < around) {
    throw Refusal(fmt::format("{} is cut short or was changed", name));
  }
  const auto about = about_text(*ops, *memory, salt);
  std::string out(box.size() - around, '\0');
  unsigned long long size = 0;
  const bool opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
                          reinterpret_cast<std::uint8_t*>(out.data()), &size, nullptr,
                          box.data() + 24, box.size() - 24, as_bytes(about).data(), about.size(),
                          box.data(), passphrase.key(salt, *ops, *memory).reveal().data()) == 0;
  if (!opened) {
    throw Refusal(fmt::format("the passphrase is not that of {}, or the file was changed", name));
  }
  return out;
}

}  // namespace shopbell::app
