// Devices, the shop's card, and certificates: who is who (docs/PROTOCOL.md sections 1 and 2). Every
// `take_*` verifies bytes from outside and returns owned, checked values or a named error.
#pragma once

#include <string>

#include "shopbell/crypto.h"
#include "shopbell/wire.h"

namespace shopbell {

// Puts a signature behind a body: the bytes of Signed{body, signature}.
Bytes sign_object(const crypto::SignPair& signer, std::string_view domain, BytesView body);
// Strict decode of Signed and check of its signature; the view looks into `in`.
Result<BytesView> open_object(const SignKey& signer, std::string_view domain, BytesView in);

// A verified device card.
struct Device {
  DeviceId id;
  SignKey sign_key;
  SealKey seal_key;
  std::uint64_t created_ms = 0;
  Bytes card;  // the Signed bytes, to hand on
};

DeviceId device_id_of(const SignKey& sign_key, const SealKey& seal_key);
// truncated, malformed, unknown_format, bad_signature.
Result<Device> take_device_card(BytesView card);

// This device's own keys.
struct DeviceKeys {
  crypto::SignPair sign;
  crypto::SealPair seal;
  Device self;
};
DeviceKeys make_device(Rng& rng, std::uint64_t now_ms);
DeviceKeys device_from_seeds(Key sign_seed, Key seal_secret, std::uint64_t created_ms);

Bytes make_desk_certificate(const crypto::SignPair& root, const SignKey& desk_key,
                            std::uint64_t issued_ms, std::uint64_t not_after_ms);

struct RelayInfo {
  std::string url;
  SignKey key;
  std::uint64_t from_ms = 0;
  std::uint64_t until_ms = 0;
};

// Certificates of `device` issued up to `at_ms` hold in no log once an epoch of it names this
// version of the team or a later one.
struct WithdrawalInfo {
  DeviceId device;
  std::uint64_t at_ms = 0;
  std::uint64_t team_version = 0;
};

// A verified shop card.
struct ShopInfo {
  ShopId shop;
  std::uint64_t version = 0;
  std::uint64_t issued_ms = 0;
  std::uint64_t fresh_until_ms = 0;
  Device desk;
  std::uint64_t team_version = 0;
  SealKey team_key;
  std::uint64_t team_since = 0;  // version of the first card with this team key
  LogId shop_log;
  std::string name;
  Bytes look;
  std::vector<RelayInfo> relays;
  std::vector<DeviceId> revoked;  // removed devices
  std::vector<WithdrawalInfo> withdrawals;
  std::vector<std::string> domains;
  Bytes card;  // the Signed bytes

  bool is_fresh(std::uint64_t now_ms) const { return now_ms <= fresh_until_ms; }
  bool is_revoked(const DeviceId& device) const;
  // Zero in from_ms and until_ms: no bound on that side.
  bool has_relay_key(const SignKey& key, std::uint64_t now_ms) const;
};

// PROTOCOL.md 2.5 without the version rule. malformed, unknown_format, wrong_shop, card_chain.
Result<ShopInfo> take_shop_card(const ShopId& pinned, BytesView card);
// The version rule: none (newer: adopt), card_old (also of a newer one with an older team key),
// card_forked; `unchanged` is set for the same
// bytes.
Status compare_shop_cards(const ShopInfo& known, const ShopInfo& offered, bool& unchanged);
// Signs a card; `info.desk` must be the signer's device, `info.card` is ignored.
Bytes make_shop_card(const DeviceKeys& desk, BytesView desk_certificate, const ShopInfo& info);

Hash team_id_of(std::uint64_t team_version, const SealKey& team_key);

struct Certificate {
  DeviceId device;
  std::uint64_t role = 0;
  std::uint64_t issued_ms = 0;
  std::uint64_t not_after_ms = 0;
  DeviceId person;  // the first device of the same person; may be this one
  Bytes bytes;      // the Signed bytes
};
// Role 1 admin, 2 agent: they write. 3 observer: reads along.
inline bool may_role_write(std::uint64_t role) { return role == 1 || role == 2; }
Bytes make_agent_certificate(const DeviceKeys& desk, const ShopId& shop, const DeviceId& device,
                             std::uint64_t role, std::uint64_t issued_ms,
                             std::uint64_t not_after_ms, const DeviceId& person = {});
// Signature and shop only: malformed, unknown_format, wrong_shop, bad_signature.
Result<Certificate> take_agent_certificate(const ShopInfo& shop, BytesView certificate);
// Who is asked about now takes this for the version of the team: every withdrawal is in force.
inline constexpr std::uint64_t team_of_now = ~std::uint64_t{0};
// Whether the newest card withdraws it where a log's epochs have come to that version of the team.
bool is_withdrawn(const ShopInfo& shop, const Certificate& certificate,
                  std::uint64_t team = team_of_now);
// Whether it holds at a time, and under that team: certificate_ended, certificate_revoked. What was
// said before a withdrawal stays said.
Status check_certificate(const ShopInfo& shop, const Certificate& certificate, std::uint64_t at_ms,
                         std::uint64_t team = team_of_now);

Result<KeyBox> make_handover(Rng& rng, const ShopId& shop, std::uint64_t team_version,
                             const Device& to, const Key& team_secret);
Result<Key> open_handover(const DeviceKeys& mine, const ShopId& shop, std::uint64_t team_version,
                          const KeyBox& box);

LogId invitation_id_of(const Key& secret);
Key invitation_key_of(const Key& secret, const ShopId& shop);
// The proof that a newcomer sends; compare with same_mac.
Hash enrol_mac(const Key& invitation_key, const DeviceId& device, const ShopId& shop);
// Constant time.
bool same_mac(const Hash& a, const Hash& b);

}  // namespace shopbell
