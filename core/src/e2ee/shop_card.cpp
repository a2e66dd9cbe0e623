// The shop's card and the certificate of its desk (docs/PROTOCOL.md section 2).
#include "shopbell/identity.h"
#include "shopbell/limits.h"

namespace shopbell {
namespace {

constexpr std::string_view desk_certificate_domain = "shopbell desk certificate v1";
constexpr std::string_view card_domain = "shopbell shop card v1";

// From the pinned root down to the card's own signature; each failure is card_chain.
Result<Device> check_chain(const ShopId& pinned, const wire::ShopCard& card, BytesView bytes) {
  SignKey root;
  root.data = pinned.data;
  const Result<BytesView> body = open_object(root, desk_certificate_domain, card.desk_certificate);
  if (!body) return Errc::card_chain;
  const Result<wire::DeskCertificate> certificate = codec::decode<wire::DeskCertificate>(*body);
  if (!certificate || certificate->format != 1 || certificate->shop != pinned) {
    return Errc::card_chain;
  }
  Result<Device> desk = take_device_card(card.desk_card);
  if (!desk || desk->sign_key != certificate->desk_key) return Errc::card_chain;
  if (!open_object(certificate->desk_key, card_domain, bytes)) return Errc::card_chain;
  const bool in_force =
      certificate->issued_ms <= card.issued_ms && card.issued_ms <= certificate->not_after_ms;
  if (!in_force) return Errc::card_chain;
  return desk;
}

void copy_lists(const wire::ShopCard& card, ShopInfo& info) {
  for (const wire::RelayEntry& entry : card.relays) {
    RelayInfo relay;
    relay.url = entry.url;
    relay.key = entry.key;
    relay.from_ms = entry.from_ms;
    relay.until_ms = entry.until_ms;
    info.relays.push_back(std::move(relay));
  }
  info.revoked = card.revoked;
  for (const wire::Withdrawal& each : card.withdrawals) {
    info.withdrawals.push_back({each.device, each.at_ms, each.team_version});
  }
  for (std::string_view domain : card.domains) info.domains.push_back(std::string(domain));
}

}  // namespace

Bytes make_desk_certificate(const crypto::SignPair& root, const SignKey& desk_key,
                            std::uint64_t issued_ms, std::uint64_t not_after_ms) {
  wire::DeskCertificate certificate;
  certificate.format = 1;
  certificate.shop.data = root.key.data;
  certificate.desk_key = desk_key;
  certificate.issued_ms = issued_ms;
  certificate.not_after_ms = not_after_ms;
  return sign_object(root, desk_certificate_domain, codec::encode(certificate));
}

bool ShopInfo::is_revoked(const DeviceId& device) const {
  return std::find(revoked.begin(), revoked.end(), device) != revoked.end();
}

bool ShopInfo::has_relay_key(const SignKey& key, std::uint64_t now_ms) const {
  return std::any_of(relays.begin(), relays.end(), [&](const RelayInfo& relay) {
    return relay.key == key && relay.from_ms <= now_ms &&
           (relay.until_ms == 0 || now_ms <= relay.until_ms);
  });
}

Result<ShopInfo> take_shop_card(const ShopId& pinned, BytesView card) {
  if (card.size() > limits::card_bytes_max) return Errc::too_large;
  const Result<wire::Signed> object = codec::decode<wire::Signed>(card);
  if (!object) return object.error();
  const Result<wire::ShopCard> body = codec::decode<wire::ShopCard>(object->body);
  if (!body) return body.error();
  if (body->format != 1) return Errc::unknown_format;
  if (body->shop != pinned) return Errc::wrong_shop;
  Result<Device> desk = check_chain(pinned, *body, card);
  if (!desk) return desk.error();
  if (body->team_version != 0 && body->team_key.is_zero()) return Errc::malformed;
  ShopInfo info;
  info.shop = body->shop;
  info.version = body->version;
  info.issued_ms = body->issued_ms;
  info.fresh_until_ms = body->fresh_until_ms;
  info.desk = std::move(*desk);
  info.team_version = body->team_version;
  info.team_key = body->team_key;
  info.team_since = body->team_since;
  info.shop_log = body->shop_log;
  info.name = body->name;
  info.look = to_bytes(body->look);
  copy_lists(*body, info);
  info.card = to_bytes(card);
  return info;
}

Status compare_shop_cards(const ShopInfo& known, const ShopInfo& offered, bool& unchanged) {
  unchanged = same_bytes(known.card, offered.card);
  if (unchanged) return {};
  // A desk that was restored from before a removal does not take it back, nor does one that was
  // restored from before its first card give a team's number to another key.
  const bool other_key =
      offered.team_version == known.team_version && offered.team_key != known.team_key;
  if (offered.version > known.version) {
    const bool old_team = offered.team_version < known.team_version || other_key;
    return old_team ? Errc::card_old : Errc::none;
  }
  return offered.version < known.version ? Errc::card_old : Errc::card_forked;
}

Bytes make_shop_card(const DeviceKeys& desk, BytesView desk_certificate, const ShopInfo& info) {
  wire::ShopCard card;
  card.format = 1;
  card.shop = info.shop;
  card.version = info.version;
  card.issued_ms = info.issued_ms;
  card.fresh_until_ms = info.fresh_until_ms;
  card.desk_certificate = desk_certificate;
  card.desk_card = desk.self.card;
  card.team_version = info.team_version;
  card.team_key = info.team_key;
  card.shop_log = info.shop_log;
  card.name = info.name;
  card.look = info.look;
  for (const RelayInfo& relay : info.relays) {
    wire::RelayEntry entry;
    entry.url = relay.url;
    entry.key = relay.key;
    entry.from_ms = relay.from_ms;
    entry.until_ms = relay.until_ms;
    card.relays.push_back(entry);
  }
  card.revoked = info.revoked;
  for (const std::string& domain : info.domains) card.domains.push_back(domain);
  card.team_since = info.team_since;
  for (const WithdrawalInfo& each : info.withdrawals) {
    card.withdrawals.push_back({each.device, each.at_ms, each.team_version});
  }
  return sign_object(desk.sign, card_domain, codec::encode(card));
}

}  // namespace shopbell
