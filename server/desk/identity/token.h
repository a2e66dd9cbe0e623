// The token by which the shop's own login says who sits before a device (docs/EMBED.md; a JWT of
// RFC 7519). Strict: one form of everything, and the key says which algorithm it is for, never the
// token (docs/decisions/0010).
#pragma once

#include <string>
#include <vector>

#include "shopbell/bytes.h"
#include "shopbell/result.h"

namespace shopbell::desk {

struct IdentityKey {
  enum class Algorithm : std::uint8_t { hs256, eddsa };
  std::string id;  // `kid`
  Algorithm algorithm = Algorithm::hs256;
  Bytes key;  // HS256: the shared secret, 32 bytes or more; EdDSA: the public key
};

// "KID HS256 SECRET" or "KID EdDSA PUBLIC", values in base64url. Nothing where it is neither.
Result<IdentityKey> read_identity_key(std::string_view line);

struct TokenRules {
  ShopId shop;
  std::string issuer;  // what `iss` must be; empty: anything
  // Two or more while one follows another. None: nobody is identified.
  std::vector<IdentityKey> keys;
};

struct TokenClaims {
  std::string subject;
  std::string name;  // may be empty
  std::string id;    // `jti`
  std::uint64_t expires_ms = 0;
};

// Clocks of two machines may differ by so much.
inline constexpr std::uint64_t token_skew_ms = 60'000;
inline constexpr std::uint64_t token_life_ms_max = 5 * 60'000;

// What a token says that was signed by one of the keys, for this shop, for this device and for
// now. identity_off, identity_refused, identity_expired, identity_device.
Result<TokenClaims> verify_token(const TokenRules& rules, std::string_view token,
                                 const DeviceId& device, std::uint64_t now_ms);

}  // namespace shopbell::desk
