// The link by which a customer lets in a further device (docs/PROTOCOL.md 11.6 to 11.8).
#include "shopbell/handshake.h"

namespace shopbell {
namespace {

Key link_key(const Key& key, std::string_view label, const LinkNames& names) {
  return crypto::derive(key, label, {names.host.view(), names.guest.view(), names.nonce.view()});
}

}  // namespace

Key link_key_of(const Key& secret, const ShopId& shop) {
  return crypto::derive(secret, "shopbell link v1", {shop.view()});
}

Hash link_mac(const Key& key, const LinkNames& names) {
  return Hash::from(link_key(key, "shopbell link mac v1", names).reveal());
}

std::uint64_t link_digits(const Key& key, const LinkNames& names) {
  const Key digits = link_key(key, "shopbell link code v1", names);
  std::uint64_t number = 0;
  for (const std::uint8_t byte : digits.reveal().first(8)) number = number << 8 | byte;
  return number % 1'000'000;
}

}  // namespace shopbell
