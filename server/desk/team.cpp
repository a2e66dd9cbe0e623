#include "desk/team.h"

#include <algorithm>
#include <tuple>

#include "desk/admin.h"
#include "desk/members.h"

namespace shopbell::desk {
namespace {

constexpr std::uint64_t hour_ms = 3'600'000;
constexpr std::uint64_t life_ms_max = 30 * 24 * hour_ms;
// Enough for every team that passes one link at a time; more would be a mistake or a bad joke.
constexpr std::size_t open_max = 50;
// An answer is one signal.
constexpr std::size_t devices_max = 400;

// Percent-encodes what may not stand in a fragment's value.
std::string fragment_value(std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~").find(c) != std::string_view::npos;
    if (plain) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', hex[byte >> 4], hex[byte & 15]};
    }
  }
  return out;
}

// Those that can still be used.
std::vector<const Invitation*> open_invitations_of(const std::vector<Invitation>& all,
                                                   std::uint64_t now_ms) {
  std::vector<const Invitation*> out;
  for (const auto& each : all) {
    if (!each.used() && each.expires_ms >= now_ms) out.push_back(&each);
  }
  return out;
}

}  // namespace

std::string invitation_link(const std::string& assets_url, const std::string& relay_url,
                            const ShopId& shop, const Key& secret) {
  return assets_url + "/console/#invite=" + to_base64url(secret.reveal()) +
         "&shop=" + to_base64url(shop.view()) + "&relay=" + fragment_value(relay_url);
}

Team::Team(DeskPort& port, InvitationBook& book, const Presence& presence, Options options)
    : port_(port), book_(book), presence_(presence), options_(std::move(options)) {}

void Team::on_event(wire::EventKind kind, BytesView body) {
  if (kind != wire::EventKind::request_event) return;
  const auto request = codec::decode<wire::RequestEvent>(body);
  if (!request) return;
  using Method = void (Team::*)(const wire::RequestEvent&);
  constexpr std::pair<std::string_view, Method> methods[] = {
      {"admin.team.list", &Team::list},           {"admin.invite", &Team::invite},
      {"admin.invitation.revoke", &Team::revoke}, {"admin.team.remove", &Team::remove},
      {"admin.team.role", &Team::set_role},
  };
  for (const auto& [name, method] : methods) {
    if (request->method != name) continue;
    if (!may_administer(port_, *request)) return;
    return (this->*method)(*request);
  }
}

void Team::list(const wire::RequestEvent& request) {
  const auto now = port_.now_ms();
  wire::TeamPage page;
  page.now_ms = now;
  auto all = book_.all();
  for (const auto* each : open_invitations_of(all, now)) {
    wire::OpenInvitation open;
    open.invitation = each->id;
    open.role = each->role;
    open.expires_ms = each->expires_ms;
    open.replaces = each->replaces;
    page.invitations.push_back(open);
  }
  // A device that was invited again has one line, that of its newest certificate.
  const auto members = members_of(std::move(all));
  for (const auto& [device, invitation] : members) {
    const auto there = presence_.of(device);
    wire::TeamDevice out;
    out.device = device;
    out.name = invitation.name;
    out.role = invitation.role;
    out.not_after_ms = invitation.not_after_ms;
    out.removed_ms = invitation.removed_ms;
    out.last_admin = is_last_admin(members, device, now);
    out.heard_ms = there.heard_ms;
    out.away = there.away;
    out.status_ms = there.status_ms;
    page.devices.push_back(out);
  }
  // Who is gone stands last.
  std::sort(page.devices.begin(), page.devices.end(), [](const auto& a, const auto& b) {
    return std::tuple(a.removed_ms, b.heard_ms, b.not_after_ms) <
           std::tuple(b.removed_ms, a.heard_ms, a.not_after_ms);
  });
  if (page.devices.size() > devices_max) page.devices.resize(devices_max);
  respond(port_, request, Errc::none, codec::encode(page));
}

void Team::invite(const wire::RequestEvent& request) {
  const auto asked = codec::decode<wire::AdminInvite>(request.body);
  if (!asked) return respond(port_, request, asked.error(), {});
  if (asked->role < 1 || asked->role > 3) return refuse_setting(port_, request, "role");
  if (asked->life_ms < hour_ms || asked->life_ms > life_ms_max) {
    return refuse_setting(port_, request, "life");
  }
  if (asked->secret.is_zero()) return refuse_setting(port_, request, "secret");
  if (asked->replaces && !book_.find_used_by(asked->replaces)) {
    return refuse_setting(port_, request, "member");
  }
  const auto secret = Key::from(asked->secret.view());
  Invitation invitation;
  invitation.id = invitation_id_of(secret);
  invitation.key = invitation_key_of(secret, options_.shop);
  invitation.role = asked->role;
  invitation.expires_ms = port_.now_ms() + asked->life_ms;
  invitation.certificate_ms = certificate_ms_max;
  invitation.replaces = asked->replaces;
  // A request whose answer was lost comes again with the same secret.
  const auto former = book_.find(invitation.id);
  if (former) {
    invitation.expires_ms = former->expires_ms;
  } else if (open_invitations_of(book_.all(), port_.now_ms()).size() >= open_max) {
    return refuse_setting(port_, request, "many");
  } else if (!book_.add(invitation)) {
    return respond(port_, request, Errc::store_failed, {});
  }
  const auto link = invitation_link(options_.assets_url, options_.relay_url, options_.shop, secret);
  wire::AdminInvited out;
  out.link = link;
  out.invitation = invitation.id;
  out.expires_ms = invitation.expires_ms;
  respond(port_, request, Errc::none, codec::encode(out));
}

void Team::revoke(const wire::RequestEvent& request) {
  const auto asked = codec::decode<wire::AdminRevoke>(request.body);
  if (!asked) return respond(port_, request, asked.error(), {});
  const auto found = book_.find(asked->invitation);
  if (found && found->used()) return refuse_setting(port_, request, "used");
  const bool gone = !found || book_.revoke(asked->invitation);
  respond(port_, request, gone ? Errc::none : Errc::store_failed, {});
}

void Team::remove(const wire::RequestEvent& request) {
  const auto asked = codec::decode<wire::AdminRemove>(request.body);
  if (!asked) return respond(port_, request, asked.error(), {});
  const auto member = book_.find_used_by(asked->device);
  if (!member) return refuse_setting(port_, request, "member");
  if (member->removed_ms != 0) return respond(port_, request, Errc::none, {});
  const auto now = port_.now_ms();
  if (is_last_admin(members_of(book_.all()), asked->device, now)) {
    return refuse_setting(port_, request, "last-admin");
  }
  change(request, *member, {member->role, now, now});
}

void Team::set_role(const wire::RequestEvent& request) {
  const auto asked = codec::decode<wire::AdminRole>(request.body);
  if (!asked) return respond(port_, request, asked.error(), {});
  if (asked->role < role_admin || asked->role > role_observer) {
    return refuse_setting(port_, request, "role");
  }
  const auto member = book_.find_used_by(asked->device);
  const auto now = port_.now_ms();
  if (!member || !is_member(*member, now)) return refuse_setting(port_, request, "member");
  if (member->role == asked->role) return respond(port_, request, Errc::none, {});
  if (is_last_admin(members_of(book_.all()), asked->device, now)) {
    return refuse_setting(port_, request, "last-admin");
  }
  // Who may write no more has a certificate that says he may.
  const bool falls_silent = asked->role == role_observer;
  change(request, *member, {asked->role, falls_silent ? now : member->withdrawn_ms, 0});
}

void Team::change(const wire::RequestEvent& request, const Invitation& member,
                  const MemberChange& change) {
  if (!book_.change(member.used_by, change)) {
    return respond(port_, request, Errc::store_failed, {});
  }
  // It asks for another certificate, where it may have one; one that is away does when it comes.
  if (change.removed_ms == 0) {
    wire::Push push;
    push.to = member.used_by;
    push.method = "certificate.renew";
    issue(port_, wire::CommandKind::push, push);
  }
  respond(port_, request, Errc::none, {});
  if (change.withdrawn_ms != member.withdrawn_ms) options_.on_changed();
}

}  // namespace shopbell::desk
