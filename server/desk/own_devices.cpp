#include "desk/own_devices.h"

#include <algorithm>

#include "desk/admin.h"

namespace shopbell::desk {
namespace {

// The other device is at hand.
constexpr std::uint64_t link_ms = 10 * 60 * 1000;

}  // namespace

OwnDevices::OwnDevices(DeskPort& port, InvitationBook& book, const Presence& presence,
                       TeamOptions options)
    : port_(port), book_(book), presence_(presence), options_(std::move(options)) {}

void OwnDevices::on_event(wire::EventKind kind, BytesView body) {
  if (kind != wire::EventKind::request_event) return;
  const auto request = codec::decode<wire::RequestEvent>(body);
  if (!request) return;
  using Method = void (OwnDevices::*)(const wire::RequestEvent&);
  constexpr std::pair<std::string_view, Method> methods[] = {
      {"devices.list", &OwnDevices::list},
      {"devices.invite", &OwnDevices::invite},
      {"devices.remove", &OwnDevices::remove},
  };
  for (const auto& [name, method] : methods) {
    if (request->method != name) continue;
    if (request->role == 0) return respond(port_, *request, Errc::not_certified, {});
    return (this->*method)(*request);
  }
}

void OwnDevices::list(const wire::RequestEvent& request) {
  const auto now = port_.now_ms();
  const auto person = person_of(book_, request.from);
  const auto members = members_of(book_.all());
  wire::TeamPage page;
  page.now_ms = now;
  for (const auto& device : devices_of(members, person, now)) {
    page.devices.push_back(team_device_of(members, members.at(device), presence_, now));
  }
  respond(port_, request, Errc::none, codec::encode(page));
}

void OwnDevices::invite(const wire::RequestEvent& request) {
  const auto asked = codec::decode<wire::DeviceInvite>(request.body);
  if (!asked) return respond(port_, request, asked.error(), {});
  if (asked->secret.is_zero()) return refuse_setting(port_, request, "secret");
  const auto now = port_.now_ms();
  const auto known = book_.find_used_by(request.from);
  if (!known || !is_member(*known, now)) return refuse_setting(port_, request, "member");
  if (!may_have_more(book_, known->whose(), now)) {
    return refuse_setting(port_, request, "devices");
  }
  auto invitation = make_invitation(asked->secret, options_.shop, known->role, now + link_ms);
  invitation.person = known->whose();
  // A request whose answer was lost comes again with the same secret.
  if (const auto former = book_.find(invitation.id)) {
    invitation.expires_ms = former->expires_ms;
  } else {
    revoke_links(book_, invitation.person);
    if (!book_.add(invitation)) return respond(port_, request, Errc::store_failed, {});
  }
  answer_invited(port_, request, options_, asked->secret, invitation);
}

void OwnDevices::remove(const wire::RequestEvent& request) {
  const auto asked = codec::decode<wire::AdminRemove>(request.body);
  if (!asked) return respond(port_, request, asked.error(), {});
  const auto device = book_.find_used_by(asked->device);
  const bool his = device && device->whose() == person_of(book_, request.from);
  if (!his || asked->device == request.from) return refuse_setting(port_, request, "member");
  if (device->removed_ms != 0) return respond(port_, request, Errc::none, {});
  remove_devices(port_, book_, request, {asked->device}, options_.on_changed);
}

}  // namespace shopbell::desk
