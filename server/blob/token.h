// The right to upload: what a relay says to a proven device in Welcome, and knows again when it
// comes over HTTP. It keeps nothing for it: shop, device and end stand in the token, under a MAC of
// the relay's own key (docs/PROTOCOL.md section 12).
#pragma once

#include "shopbell/crypto.h"

namespace shopbell::blob {

inline constexpr std::uint64_t token_ms_max = 7ull * 24 * 3600 * 1000;

// Whose it is. Blobs belong to the device that began them.
struct Bearer {
  ShopId shop;
  DeviceId device;
  std::uint64_t issued_ms = 0;
};

class Tokens {
 public:
  // `seed`: of the relay's signing key. Whoever knows it can make tokens.
  explicit Tokens(const Key& seed);

  // base64url, so that it can stand in a header as it is.
  std::string make(const Bearer& bearer, std::uint64_t now_ms) const;
  // blob_token where it was not made here, was changed, or has ended.
  Result<Bearer> check(std::string_view token, std::uint64_t now_ms) const;

 private:
  Key mac_of(BytesView body) const;
  Key key_;
};

}  // namespace shopbell::blob
