// The team as admins see it: who was given a certificate, who is there, which invitations wait.
#pragma once

#include <functional>

#include "desk/invitations.h"
#include "desk/presence.h"

namespace shopbell::desk {

// The link that carries an invitation to the console; its secret stands in the fragment, which
// browsers send to nobody.
std::string invitation_link(const std::string& assets_url, const std::string& relay_url,
                            const ShopId& shop, const Key& secret);

class Team : public DeskModule {
 public:
  struct Options {
    ShopId shop;
    std::string assets_url;
    std::string relay_url;
    // Somebody was removed, or may do less.
    std::function<void()> on_changed = [] {};
  };
  // `book` and `presence` outlive it.
  Team(DeskPort& port, InvitationBook& book, const Presence& presence, Options options);
  void on_event(wire::EventKind kind, BytesView body) override;

 private:
  void list(const wire::RequestEvent& request);
  void invite(const wire::RequestEvent& request);
  void revoke(const wire::RequestEvent& request);
  void remove(const wire::RequestEvent& request);
  void set_role(const wire::RequestEvent& request);
  void change(const wire::RequestEvent& request, const Invitation& member,
              const MemberChange& change);

  DeskPort& port_;
  InvitationBook& book_;
  const Presence& presence_;
  Options options_;
};

}  // namespace shopbell::desk
