// Agents' certificates, the team's key and invitations (docs/PROTOCOL.md section 2).
#include <sodium.h>

#include "e2ee/parse.h"
#include "shopbell/limits.h"

namespace shopbell {
namespace {

constexpr std::string_view certificate_domain = "shopbell agent certificate v1";

Bytes handover_aad(const ShopId& shop, std::uint64_t team_version, const DeviceId& to) {
  Bytes aad = to_bytes(as_bytes("shopbell team box v1"));
  append(aad, shop.view());
  append(aad, crypto::u64be(team_version));
  append(aad, to.view());
  return aad;
}

Result<wire::AgentCertificate> decode_certificate(BytesView certificate) {
  const Result<wire::Signed> object = codec::decode<wire::Signed>(certificate);
  if (!object) return object.error();
  Result<wire::AgentCertificate> body = codec::decode<wire::AgentCertificate>(object->body);
  if (body && body->format != 1) return Errc::unknown_format;
  return body;
}

Certificate owned(const wire::AgentCertificate& body, BytesView bytes) {
  Certificate out;
  out.device = body.device;
  out.role = body.role;
  out.issued_ms = body.issued_ms;
  out.not_after_ms = body.not_after_ms;
  out.person = body.person ? body.person : body.device;
  out.bytes = to_bytes(bytes);
  return out;
}

}  // namespace

Hash team_id_of(std::uint64_t team_version, const SealKey& team_key) {
  return crypto::hash("shopbell team id v1", {crypto::u64be(team_version), team_key.view()});
}

Bytes make_agent_certificate(const DeviceKeys& desk, const ShopId& shop, const DeviceId& device,
                             std::uint64_t role, std::uint64_t issued_ms,
                             std::uint64_t not_after_ms, const DeviceId& person) {
  wire::AgentCertificate certificate;
  certificate.format = 1;
  certificate.shop = shop;
  certificate.device = device;
  certificate.role = role;
  certificate.issued_ms = issued_ms;
  certificate.not_after_ms = not_after_ms;
  if (person != device) certificate.person = person;
  return sign_object(desk.sign, certificate_domain, codec::encode(certificate));
}

Result<Certificate> parse_agent_certificate(BytesView certificate) {
  const Result<wire::AgentCertificate> body = decode_certificate(certificate);
  if (!body) return body.error();
  return owned(*body, certificate);
}

Result<Certificate> take_agent_certificate(const ShopInfo& shop, BytesView certificate) {
  const Result<wire::AgentCertificate> body = decode_certificate(certificate);
  if (!body) return body.error();
  if (body->shop != shop.shop) return Errc::wrong_shop;
  const Result<BytesView> opened = open_object(shop.desk.sign_key, certificate_domain, certificate);
  if (!opened) return opened.error();
  return owned(*body, certificate);
}

bool is_withdrawn(const ShopInfo& shop, const Certificate& certificate, std::uint64_t team) {
  for (const WithdrawalInfo& each : shop.withdrawals) {
    if (each.device != certificate.device) continue;
    return certificate.issued_ms <= each.at_ms && team >= each.team_version;
  }
  // Of a removed device without a withdrawal nothing holds.
  return shop.is_revoked(certificate.device);
}

Status check_certificate(const ShopInfo& shop, const Certificate& certificate, std::uint64_t at_ms,
                         std::uint64_t team) {
  // Subtracted on the side where it can not wrap around.
  const bool begun =
      certificate.issued_ms <= at_ms || certificate.issued_ms - at_ms <= limits::clock_skew_ms_max;
  if (!begun || at_ms > certificate.not_after_ms) return Errc::certificate_ended;
  if (is_withdrawn(shop, certificate, team)) return Errc::certificate_revoked;
  return {};
}

Result<KeyBox> make_handover(Rng& rng, const ShopId& shop, std::uint64_t team_version,
                             const Device& to, const Key& team_secret) {
  return crypto::box_key(rng, to.seal_key, handover_aad(shop, team_version, to.id), team_secret);
}

Result<Key> open_handover(const DeviceKeys& mine, const ShopId& shop, std::uint64_t team_version,
                          const KeyBox& box) {
  return crypto::open_key_box(mine.seal, handover_aad(shop, team_version, mine.self.id), box);
}

LogId invitation_id_of(const Key& secret) {
  const Hash hash = crypto::hash("shopbell invitation id v1", {secret.reveal()});
  return LogId::from(hash.view().first(LogId::size));
}

Key invitation_key_of(const Key& secret, const ShopId& shop) {
  return crypto::derive(secret, "shopbell invitation v1", {shop.view()});
}

Hash enrol_mac(const Key& invitation_key, const DeviceId& device, const ShopId& shop) {
  const Key mac = crypto::derive(invitation_key, "shopbell enrol v1", {device.view(), shop.view()});
  return Hash::from(mac.reveal());
}

bool same_mac(const Hash& a, const Hash& b) {
  return sodium_memcmp(a.data.data(), b.data.data(), Hash::size) == 0;
}

}  // namespace shopbell
