// Proofs of a connection (docs/PROTOCOL.md section 7).
#include "shopbell/handshake.h"

namespace shopbell {
namespace {

constexpr std::string_view hello_domain = "shopbell hello v1";
constexpr std::string_view welcome_domain = "shopbell welcome v1";

bool drop_prefix(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

bool drop_suffix(std::string& text, std::string_view suffix) {
  if (text.size() < suffix.size()) return false;
  if (text.compare(text.size() - suffix.size(), suffix.size(), suffix) != 0) return false;
  text.resize(text.size() - suffix.size());
  return true;
}

// Not std::tolower: it asks the locale.
std::string lower_ascii(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace

Signature sign_hello(const DeviceKeys& device, const wire::HelloProof& proof) {
  return crypto::sign(device.sign, hello_domain, codec::encode(proof));
}

bool verify_hello(const SignKey& device, const wire::HelloProof& proof,
                  const Signature& signature) {
  return crypto::verify(device, hello_domain, codec::encode(proof), signature);
}

Signature sign_welcome(const crypto::SignPair& relay, const wire::WelcomeProof& proof) {
  return crypto::sign(relay, welcome_domain, codec::encode(proof));
}

bool verify_welcome(const SignKey& relay, const wire::WelcomeProof& proof,
                    const Signature& signature) {
  return crypto::verify(relay, welcome_domain, codec::encode(proof), signature);
}

bool is_work(const Hash& relay_nonce, const DeviceId& device, std::uint64_t work,
             std::uint64_t bits) {
  const Hash hash =
      crypto::hash("shopbell work v1", {relay_nonce.view(), device.view(), crypto::u64le(work)});
  std::uint64_t zeros = 0;
  for (const std::uint8_t byte : hash.data) {
    for (int bit = 7; bit >= 0; --bit, ++zeros) {
      if ((byte >> bit & 1) != 0) return zeros >= bits;
    }
  }
  return true;
}

std::string dialled_host(std::string_view url) {
  const std::string lower = lower_ascii(url);
  std::string_view rest = lower;
  const bool plain = drop_prefix(rest, "ws://");
  if (!plain && !drop_prefix(rest, "wss://")) return {};
  std::string host(rest.substr(0, rest.find_first_of("/?#")));
  if (host.find('@') != std::string::npos) return {};
  drop_suffix(host, plain ? ":80" : ":443");
  return host;
}

}  // namespace shopbell
