// The devices of one person, for that person himself: which there are, a link for a further one,
// and the removal of another. No admin is needed for it (docs/PROTOCOL.md section 2.16).
#pragma once

#include "desk/team.h"

namespace shopbell::desk {

class OwnDevices : public DeskModule {
 public:
  // `book` and `presence` outlive it.
  OwnDevices(DeskPort& port, InvitationBook& book, const Presence& presence, TeamOptions options);
  void on_event(wire::EventKind kind, BytesView body) override;

 private:
  void list(const wire::RequestEvent& request);
  void invite(const wire::RequestEvent& request);
  void remove(const wire::RequestEvent& request);

  DeskPort& port_;
  InvitationBook& book_;
  const Presence& presence_;
  TeamOptions options_;
};

}  // namespace shopbell::desk
