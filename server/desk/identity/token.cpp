#include "desk/identity/token.h"

#include <sodium.h>

#include <boost/json.hpp>
#include <cmath>
#include <optional>

namespace shopbell::desk {
namespace {

namespace json = boost::json;

constexpr std::size_t token_bytes_max = 4096;
constexpr std::size_t depth_max = 6;
constexpr std::size_t subject_bytes_max = 200;
constexpr std::size_t name_bytes_max = 120;
constexpr std::size_t id_bytes_max = 128;
constexpr std::size_t secret_bytes_min = 32;
// NumericDate is in seconds; beyond this it is no time that anybody means.
constexpr double seconds_max = 1e11;

// The one encoding of some bytes, whatever their number.
std::optional<Bytes> bytes_of(std::string_view text) {
  if (text.size() % 4 == 1) return std::nullopt;
  Bytes out(text.size() * 3 / 4);
  if (!from_base64url(text, out)) return std::nullopt;
  return out;
}

struct Parts {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
  std::string_view signed_part;
};

std::optional<Parts> parts_of(std::string_view token) {
  const auto first = token.find('.');
  const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) {
    return std::nullopt;
  }
  return Parts{token.substr(0, first), token.substr(first + 1, second - first - 1),
               token.substr(second + 1), token.substr(0, second)};
}

std::optional<json::object> object_of(std::string_view part) {
  const auto bytes = bytes_of(part);
  if (!bytes) return std::nullopt;
  json::error_code error;
  json::parse_options options;
  options.max_depth = depth_max;
  auto value = json::parse(as_text(*bytes), error, {}, options);
  if (error || !value.is_object()) return std::nullopt;
  return std::move(value.as_object());
}

// Nothing where it is absent, empty, longer, or no text; a text that a person may be shown.
std::optional<std::string> text_of(const json::object& object, std::string_view name,
                                   std::size_t bytes_max) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  const auto& text = value->get_string();
  if (text.empty() || text.size() > bytes_max) return std::nullopt;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return std::nullopt;
  }
  return std::string(text);
}

std::optional<std::uint64_t> time_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  const auto seconds = value->to_number<double>();
  if (!(seconds >= 0 && seconds < seconds_max)) return std::nullopt;
  return static_cast<std::uint64_t>(std::floor(seconds * 1000));
}

std::string_view name_of(IdentityKey::Algorithm algorithm) {
  return algorithm == IdentityKey::Algorithm::hs256 ? "HS256" : "EdDSA";
}

// The key that the header names. It must name the algorithm too, but only that of its key.
const IdentityKey* key_of(const TokenRules& rules, const json::object& header) {
  // What a reader must understand (`crit`), this one does not.
  if (header.contains("crit")) return nullptr;
  const auto id = text_of(header, "kid", id_bytes_max);
  if (header.contains("kid") && !id) return nullptr;
  if (!id && rules.keys.size() != 1) return nullptr;
  for (const auto& key : rules.keys) {
    if (id && key.id != *id) continue;
    const auto algorithm = text_of(header, "alg", 16);
    return algorithm == name_of(key.algorithm) ? &key : nullptr;
  }
  return nullptr;
}

bool is_signed(const IdentityKey& key, const Parts& parts) {
  const auto signature = bytes_of(parts.signature);
  const auto text = as_bytes(parts.signed_part);
  if (!signature) return false;
  if (key.algorithm == IdentityKey::Algorithm::eddsa) {
    return signature->size() == crypto_sign_BYTES && key.key.size() == crypto_sign_PUBLICKEYBYTES &&
           crypto_sign_verify_detached(signature->data(), text.data(), text.size(),
                                       key.key.data()) == 0;
  }
  std::array<std::uint8_t, crypto_auth_hmacsha256_BYTES> wanted{};
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, key.key.data(), key.key.size());
  crypto_auth_hmacsha256_update(&state, text.data(), text.size());
  crypto_auth_hmacsha256_final(&state, wanted.data());
  return signature->size() == wanted.size() &&
         sodium_memcmp(signature->data(), wanted.data(), wanted.size()) == 0;
}

bool is_for(const json::object& claims, const ShopId& shop) {
  const auto wanted = to_base64url(shop.view());
  const auto* audience = claims.if_contains("aud");
  if (audience == nullptr) return false;
  if (audience->is_string()) return audience->get_string() == wanted;
  if (!audience->is_array()) return false;
  for (const auto& each : audience->get_array()) {
    if (each.is_string() && each.get_string() == wanted) return true;
  }
  return false;
}

// RFC 7800: `cnf` names the key that the bearer has proven, here by the device's id.
bool is_of_device(const json::object& claims, const DeviceId& device) {
  const auto* confirmation = claims.if_contains("cnf");
  if (confirmation == nullptr || !confirmation->is_object()) return false;
  return text_of(confirmation->get_object(), "kid", 64) == to_base64url(device.view());
}

// exp at most five minutes ahead, and not past; nbf and iat, where they stand there, not ahead.
Result<std::uint64_t> end_of(const json::object& claims, std::uint64_t now_ms) {
  const auto end = time_of(claims, "exp");
  if (!end) return Errc::identity_refused;
  if (*end > now_ms + token_life_ms_max + token_skew_ms) return Errc::identity_refused;
  if (*end + token_skew_ms <= now_ms) return Errc::identity_expired;
  for (const std::string_view name : {"nbf", "iat"}) {
    const auto begin = time_of(claims, name);
    if (claims.contains(name) && !begin) return Errc::identity_refused;
    if (begin && *begin > now_ms + token_skew_ms) return Errc::identity_expired;
  }
  return *end;
}

}  // namespace

Result<IdentityKey> read_identity_key(std::string_view line) {
  const auto first = line.find(' ');
  const auto second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos || first == 0 || first > id_bytes_max) {
    return Errc::malformed;
  }
  const auto algorithm = line.substr(first + 1, second - first - 1);
  auto bytes = bytes_of(line.substr(second + 1));
  if (!bytes) return Errc::malformed;
  IdentityKey key{std::string(line.substr(0, first)), IdentityKey::Algorithm::hs256,
                  std::move(*bytes)};
  if (algorithm == name_of(IdentityKey::Algorithm::eddsa)) {
    key.algorithm = IdentityKey::Algorithm::eddsa;
    if (key.key.size() == crypto_sign_PUBLICKEYBYTES) return key;
  } else if (algorithm == name_of(IdentityKey::Algorithm::hs256)) {
    if (key.key.size() >= secret_bytes_min) return key;
  }
  return Errc::malformed;
}

Result<TokenClaims> verify_token(const TokenRules& rules, std::string_view token,
                                 const DeviceId& device, std::uint64_t now_ms) {
  if (rules.keys.empty()) return Errc::identity_off;
  if (token.size() > token_bytes_max) return Errc::identity_refused;
  const auto parts = parts_of(token);
  const auto header = parts ? object_of(parts->header) : std::nullopt;
  const auto* key = header ? key_of(rules, *header) : nullptr;
  // Nothing of the payload is read before the signature fits.
  if (key == nullptr || !is_signed(*key, *parts)) return Errc::identity_refused;
  const auto claims = object_of(parts->payload);
  if (!claims || !is_for(*claims, rules.shop)) return Errc::identity_refused;
  const auto issuer = text_of(*claims, "iss", subject_bytes_max);
  const auto subject = text_of(*claims, "sub", subject_bytes_max);
  const auto id = text_of(*claims, "jti", id_bytes_max);
  const auto name = text_of(*claims, "name", name_bytes_max);
  if (!issuer || !subject || !id || (claims->contains("name") && !name)) {
    return Errc::identity_refused;
  }
  if (!rules.issuer.empty() && *issuer != rules.issuer) return Errc::identity_refused;
  const auto end = end_of(*claims, now_ms);
  if (!end) return end.error();
  if (!is_of_device(*claims, device)) return Errc::identity_device;
  return TokenClaims{*subject, name.value_or(""), *id, *end};
}

}  // namespace shopbell::desk
