// The team as admins see it: who was given a certificate, who is there, which invitations wait.
#pragma once

#include <functional>

#include "desk/members.h"
#include "desk/presence.h"

namespace shopbell::desk {

// The link that carries an invitation to the console; its secret stands in the fragment, which
// browsers send to nobody.
std::string invitation_link(const std::string& assets_url, const std::string& relay_url,
                            const ShopId& shop, const Key& secret);

struct TeamOptions {
  ShopId shop;
  std::string assets_url;
  std::string relay_url;
  // Somebody was removed, or may do less.
  std::function<void()> on_changed = [] {};
};

// A line of the team's list; it looks into `one`.
wire::TeamDevice team_device_of(const std::map<DeviceId, Invitation>& members,
                                const Invitation& one, const Presence& presence,
                                std::uint64_t now_ms);
Invitation make_invitation(const Hash& secret, const ShopId& shop, std::uint64_t role,
                           std::uint64_t expires_ms);
bool may_have_more(InvitationBook& book, const DeviceId& person, std::uint64_t now_ms);
// Answers with the link.
void answer_invited(DeskPort& port, const wire::RequestEvent& request, const TeamOptions& options,
                    const Hash& secret, const Invitation& invitation);
// Writes it down and answers.
void remove_devices(DeskPort& port, InvitationBook& book, const wire::RequestEvent& request,
                    const std::vector<DeviceId>& devices, const std::function<void()>& on_changed);

class Team : public DeskModule {
 public:
  // `book` and `presence` outlive it.
  Team(DeskPort& port, InvitationBook& book, const Presence& presence, TeamOptions options);
  void on_event(wire::EventKind kind, BytesView body) override;

 private:
  void list(const wire::RequestEvent& request);
  void invite(const wire::RequestEvent& request);
  void revoke(const wire::RequestEvent& request);
  void remove(const wire::RequestEvent& request);
  void set_role(const wire::RequestEvent& request);

  DeskPort& port_;
  InvitationBook& book_;
  const Presence& presence_;
  TeamOptions options_;
};

}  // namespace shopbell::desk
