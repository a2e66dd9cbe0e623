#include "desk/enrolment.h"

#include "desk/members.h"

namespace shopbell::desk {
namespace {

// Long enough for any name; it travels in every conversation that the agent joins.
constexpr std::size_t name_bytes_max = 120;
constexpr std::uint64_t look_every_ms = 3'600'000;

}  // namespace

Enrolment::Enrolment(DeskPort& port, InvitationBook& book, const ShopId& shop,
                     std::function<void()> on_removed)
    : port_(port), book_(book), shop_(shop), on_removed_(std::move(on_removed)) {}

void Enrolment::on_event(wire::EventKind kind, BytesView body) {
  if (kind != wire::EventKind::request_event) return;
  const auto request = codec::decode<wire::RequestEvent>(body);
  if (request && request->method == "enrol") enrol(*request);
  if (request && request->method == "certificate.renew") return renew(*request);
  if (request && request->role != 0) offer_renewal(*request);
}

void Enrolment::enrol(const wire::RequestEvent& request) {
  const auto asked = codec::decode<wire::EnrolRequest>(request.body);
  if (!asked) return respond(port_, request, asked.error(), {});
  const auto invitation = admit(*asked, request.from);
  if (!invitation) return respond(port_, request, invitation.error(), {});
  certify(request, *invitation, invitation->id);
}

void Enrolment::renew(const wire::RequestEvent& request) {
  auto known = book_.find_used_by(request.from);
  if (!known) return respond(port_, request, Errc::not_certified, {});
  if (known->removed_ms != 0) return respond(port_, request, Errc::certificate_revoked, {});
  if (!is_member(*known, port_.now_ms())) {
    return respond(port_, request, Errc::certificate_ended, {});
  }
  auto renewed = std::move(*known);
  if (nears_end(renewed)) {
    renewed.not_after_ms = port_.now_ms() + certificate_ms_max;
    if (!book_.extend(renewed.id, renewed.not_after_ms)) {
      return respond(port_, request, Errc::store_failed, {});
    }
  }
  certify(request, renewed, {});
}

bool Enrolment::nears_end(const Invitation& known) const {
  const auto now = port_.now_ms();
  return known.certificate_ms >= certificate_ms_max && is_member(known, now) &&
         known.not_after_ms < now + certificate_ms_max / 2;
}

void Enrolment::offer_renewal(const wire::RequestEvent& request) {
  const auto now = port_.now_ms();
  auto& looked_ms = looked_ms_[request.from];
  // Also when the clock was set back.
  if (looked_ms != 0 && now >= looked_ms && now < looked_ms + look_every_ms) return;
  looked_ms = now;
  const auto known = book_.find_used_by(request.from);
  if (!known || !nears_end(*known)) return;
  wire::Push push;
  push.to = request.from;
  push.method = "certificate.renew";
  issue(port_, wire::CommandKind::push, push);
}

Result<Invitation> Enrolment::admit(const wire::EnrolRequest& asked, const DeviceId& from) {
  if (asked.name.size() > name_bytes_max) return Errc::too_large;
  auto invitation = book_.find(asked.invitation);
  // Unknown and wrongly proven look the same from outside.
  if (!invitation || !same_mac(asked.mac, enrol_mac(invitation->key, from, shop_))) {
    return Errc::invitation_refused;
  }
  if (invitation->used()) {
    if (invitation->used_by != from || invitation->removed_ms != 0) {
      return Errc::invitation_refused;
    }
    return std::move(*invitation);
  }
  const auto now = port_.now_ms();
  if (now > invitation->expires_ms) return Errc::invitation_refused;
  invitation->name = asked.name;
  if (invitation->is_beside()) {
    const auto members = members_of(book_.all());
    const auto devices = devices_of(members, invitation->person, now);
    // Whoever made the link may be gone.
    if (devices.empty()) return Errc::invitation_refused;
    invitation->name = members.at(devices.front()).name;
  }
  if (invitation->name.empty()) return Errc::too_large;
  invitation->used_by = from;
  invitation->not_after_ms = now + std::min(invitation->certificate_ms, certificate_ms_max);
  if (!book_.use(invitation->id, from, invitation->not_after_ms, invitation->name, now)) {
    return Errc::store_failed;
  }
  // First, so that the newcomer is given a key that the former device does not have.
  if (invitation->replaces) on_removed_();
  return std::move(*invitation);
}

void Enrolment::certify(const wire::RequestEvent& request, const Invitation& invitation,
                        const LogId& used) {
  wire::Certify certify;
  certify.device = request.from;
  certify.request_id = request.id;
  certify.role = invitation.role;
  certify.not_after_ms = invitation.not_after_ms;
  certify.name = invitation.name;
  certify.invitation = used;
  certify.person = invitation.whose();
  issue(port_, wire::CommandKind::certify, certify);
}

}  // namespace shopbell::desk
