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

wire::TeamDevice team_device_of(const std::map<DeviceId, Invitation>& members,
                                const Invitation& one, const Presence& presence,
                                std::uint64_t now_ms) {
  const auto there = presence.of(one.used_by, one.whose());
  wire::TeamDevice out;
  out.device = one.used_by;
  out.name = one.name;
  out.role = one.role;
  out.not_after_ms = one.not_after_ms;
  out.removed_ms = one.removed_ms;
  out.last_admin = is_member(one, now_ms) &&
                   is_last_admin(members, devices_of(members, one.whose(), now_ms), now_ms);
  out.heard_ms = there.heard_ms;
  out.away = there.away;
  out.status_ms = there.status_ms;
  out.person = one.whose();
  out.browser = one.browser;
  return out;
}

Invitation make_invitation(const Hash& secret_bytes, const ShopId& shop, std::uint64_t role,
                           std::uint64_t expires_ms) {
  const auto secret = Key::from(secret_bytes.view());
  Invitation out;
  out.id = invitation_id_of(secret);
  out.key = invitation_key_of(secret, shop);
  out.role = role;
  out.expires_ms = expires_ms;
  out.certificate_ms = certificate_ms_max;
  return out;
}

bool may_have_more(InvitationBook& book, const DeviceId& person, std::uint64_t now_ms) {
  return devices_of(members_of(book.all()), person, now_ms).size() < person_devices_max;
}

void answer_invited(DeskPort& port, const wire::RequestEvent& request, const TeamOptions& options,
                    const Hash& secret, const Invitation& invitation) {
  auto link = invitation_link(options.assets_url, options.relay_url, options.shop,
                              Key::from(secret.view()));
  // The page then asks for no name.
  if (invitation.is_beside()) link += "&beside=1";
  wire::AdminInvited out;
  out.link = link;
  out.invitation = invitation.id;
  out.expires_ms = invitation.expires_ms;
  respond(port, request, Errc::none, codec::encode(out));
}

void remove_devices(DeskPort& port, InvitationBook& book, const wire::RequestEvent& request,
                    const std::vector<DeviceId>& devices, const std::function<void()>& on_changed) {
  const auto now = port.now_ms();
  bool kept = true;
  for (const auto& device : devices) {
    const auto known = book.find_used_by(device);
    if (!known) continue;
    // Who holds the device may have made a link with it.
    revoke_links(book, known->whose());
    kept = book.change(device, {known->role, now, now}) && kept;
  }
  respond(port, request, kept ? Errc::none : Errc::store_failed, {});
  on_changed();
}

std::string invitation_link(const std::string& assets_url, const std::string& relay_url,
                            const ShopId& shop, const Key& secret) {
  return assets_url + "/console/#invite=" + to_base64url(secret.reveal()) +
         "&shop=" + to_base64url(shop.view()) + "&relay=" + fragment_value(relay_url);
}

Team::Team(DeskPort& port, InvitationBook& book, const Presence& presence, TeamOptions options)
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
    if (each->is_beside()) open.beside = each->person;
    page.invitations.push_back(open);
  }
  // A device that was invited again has one line, that of its newest certificate.
  const auto members = members_of(std::move(all));
  for (const auto& [device, invitation] : members) {
    page.devices.push_back(team_device_of(members, invitation, presence_, now));
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
  if (asked->replaces && asked->beside) return refuse_setting(port_, request, "member");
  auto invitation =
      make_invitation(asked->secret, options_.shop, asked->role, port_.now_ms() + asked->life_ms);
  if (asked->replaces) {
    invitation.replaces = asked->replaces;
    invitation.person = person_of(book_, asked->replaces);
  }
  if (asked->beside) {
    const auto known = book_.find_used_by(asked->beside);
    if (!known || !is_member(*known, port_.now_ms())) {
      return refuse_setting(port_, request, "member");
    }
    if (!may_have_more(book_, known->whose(), port_.now_ms())) {
      return refuse_setting(port_, request, "devices");
    }
    invitation.person = known->whose();
    invitation.role = known->role;
  }
  // A request whose answer was lost comes again with the same secret.
  const auto former = book_.find(invitation.id);
  if (former) {
    invitation.expires_ms = former->expires_ms;
  } else if (open_invitations_of(book_.all(), port_.now_ms()).size() >= open_max) {
    return refuse_setting(port_, request, "many");
  } else if (!book_.add(invitation)) {
    return respond(port_, request, Errc::store_failed, {});
  }
  answer_invited(port_, request, options_, asked->secret, invitation);
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
  if (member->removed_ms != 0 && !asked->person) return respond(port_, request, Errc::none, {});
  const auto now = port_.now_ms();
  const auto members = members_of(book_.all());
  const auto devices = asked->person ? devices_of(members, member->whose(), now)
                                     : std::vector<DeviceId>{asked->device};
  if (is_last_admin(members, devices, now)) return refuse_setting(port_, request, "last-admin");
  remove_devices(port_, book_, request, devices, options_.on_changed);
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
  const auto members = members_of(book_.all());
  const auto devices = devices_of(members, member->whose(), now);
  if (asked->role != role_admin && is_last_admin(members, devices, now)) {
    return refuse_setting(port_, request, "last-admin");
  }
  // A link would still bring the former role.
  revoke_links(book_, member->whose());
  // Who may write no more has certificates that say he may.
  const bool falls_silent = asked->role == role_observer;
  bool withdrawn = false;
  for (const auto& device : devices) {
    const auto& one = members.at(device);
    if (one.role == asked->role) continue;
    if (!book_.change(device, {asked->role, falls_silent ? now : one.withdrawn_ms, 0})) {
      return respond(port_, request, Errc::store_failed, {});
    }
    withdrawn = withdrawn || falls_silent;
    // It asks for another certificate; one that is away does when it comes.
    wire::Push push;
    push.to = device;
    push.method = "certificate.renew";
    issue(port_, wire::CommandKind::push, push);
  }
  respond(port_, request, Errc::none, {});
  if (withdrawn) options_.on_changed();
}

}  // namespace shopbell::desk
