#include "blob/token.h"

#include <sodium.h>

namespace shopbell::blob {
namespace {

constexpr std::size_t mac_bytes = 16;
constexpr std::size_t body_bytes = ShopId::size + DeviceId::size + 8;

}  // namespace

Tokens::Tokens(const Key& seed) : key_(crypto::derive(seed, "shopbell blob token key v1", {})) {}

Key Tokens::mac_of(BytesView body) const {
  return crypto::derive(key_, "shopbell blob token v1", {body});
}

std::string Tokens::make(const Bearer& bearer, std::uint64_t now_ms) const {
  Bytes out;
  out.reserve(body_bytes + mac_bytes);
  append(out, bearer.shop.view());
  append(out, bearer.device.view());
  append(out, crypto::u64be(now_ms + token_ms_max));
  const Key mac = mac_of(out);
  append(out, mac.reveal().first(mac_bytes));
  return to_base64url(out);
}

Result<Bearer> Tokens::check(std::string_view token, std::uint64_t now_ms) const {
  std::array<std::uint8_t, body_bytes + mac_bytes> bytes{};
  if (!from_base64url(token, bytes)) return Errc::blob_token;
  const auto body = BytesView(bytes).first(body_bytes);
  const Key mac = mac_of(body);
  if (sodium_memcmp(mac.reveal().data(), bytes.data() + body_bytes, mac_bytes) != 0) {
    return Errc::blob_token;
  }
  std::uint64_t end_ms = 0;
  for (const auto byte : body.last(8)) end_ms = end_ms << 8 | byte;
  if (end_ms <= now_ms) return Errc::blob_token;
  return Bearer{ShopId::from(body.first(ShopId::size)),
                DeviceId::from(body.subspan(ShopId::size, DeviceId::size)), end_ms - token_ms_max};
}

}  // namespace shopbell::blob
