#include "desk/enrolment.h"

namespace shopbell::desk {
namespace {

// Long enough for any name; it travels in every conversation that the agent joins.
constexpr std::size_t name_bytes_max = 120;

}  // namespace

Enrolment::Enrolment(DeskPort& port, InvitationBook& book, const ShopId& shop)
    : port_(port), book_(book), shop_(shop) {}

void Enrolment::on_event(wire::EventKind kind, BytesView body) {
  if (kind != wire::EventKind::request_event) return;
  const auto request = codec::decode<wire::RequestEvent>(body);
  if (request && request->method == "enrol") enrol(*request);
}

void Enrolment::enrol(const wire::RequestEvent& request) {
  const auto asked = codec::decode<wire::EnrolRequest>(request.body);
  if (!asked) return respond(port_, request, asked.error(), {});
  const auto invitation = admit(*asked, request.from);
  if (!invitation) return respond(port_, request, invitation.error(), {});
  certify(request, *invitation);
}

Result<Invitation> Enrolment::admit(const wire::EnrolRequest& asked, const DeviceId& from) {
  if (asked.name.empty() || asked.name.size() > name_bytes_max) return Errc::too_large;
  auto invitation = book_.find(asked.invitation);
  // Unknown and wrongly proven look the same from outside.
  if (!invitation || !same_mac(asked.mac, enrol_mac(invitation->key, from, shop_))) {
    return Errc::invitation_refused;
  }
  if (invitation->used()) {
    if (invitation->used_by != from) return Errc::invitation_refused;
    return std::move(*invitation);
  }
  const auto now = port_.now_ms();
  if (now > invitation->expires_ms) return Errc::invitation_refused;
  invitation->used_by = from;
  invitation->name = asked.name;
  invitation->not_after_ms = now + invitation->certificate_ms;
  if (!book_.use(invitation->id, from, invitation->not_after_ms, invitation->name)) {
    return Errc::store_failed;
  }
  return std::move(*invitation);
}

void Enrolment::certify(const wire::RequestEvent& request, const Invitation& invitation) {
  wire::Certify certify;
  certify.device = request.from;
  certify.request_id = request.id;
  certify.role = invitation.role;
  certify.not_after_ms = invitation.not_after_ms;
  certify.name = invitation.name;
  certify.invitation = invitation.id;
  issue(port_, wire::CommandKind::certify, certify);
}

}  // namespace shopbell::desk
