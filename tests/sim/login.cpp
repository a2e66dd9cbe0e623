#include "login.h"

#include <sodium.h>

namespace shopbell::sim {
namespace {

constexpr std::uint64_t life_s = 200;
const Bytes secret(32, 5);

}  // namespace

desk::TokenRules Login::rules() const {
  desk::TokenRules out;
  out.shop = shop_;
  out.keys.push_back({"login", desk::IdentityKey::Algorithm::hs256, secret});
  return out;
}

std::string Login::token(std::string_view subject, const DeviceId& device, std::uint64_t now_ms) {
  const std::string payload = R"({"iss":"shop","aud":")" + to_base64url(shop_.view()) +
                              R"(","sub":")" + std::string(subject) + R"(","jti":")" +
                              std::to_string(++tokens_) + R"(","exp":)" +
                              std::to_string(now_ms / 1000 + life_s) + R"(,"cnf":{"kid":")" +
                              to_base64url(device.view()) + "\"}}";
  const std::string text =
      to_base64url(as_bytes(R"({"alg":"HS256"})")) + "." + to_base64url(as_bytes(payload));
  Bytes mac(crypto_auth_hmacsha256_BYTES);
  crypto_auth_hmacsha256(mac.data(), as_bytes(text).data(), text.size(), secret.data());
  return text + "." + to_base64url(mac);
}

}  // namespace shopbell::sim
