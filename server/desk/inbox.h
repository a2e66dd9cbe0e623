// The inbox: agents ask for it and are told what changes.
#pragma once

#include "desk/conversations.h"
#include "desk/identity/identity.h"
#include "desk/invitations.h"

namespace shopbell::desk {

// The row of a conversation; it looks into it.
wire::InboxRow row_of(const Conversation& one, const Identity& identity);

class Inbox : public DeskModule {
 public:
  Inbox(DeskPort& port, Conversations& conversations, InvitationBook& book,
        const Identity& identity);
  void on_event(wire::EventKind kind, BytesView body) override;
  // Pushes the rows that changed since the last call.
  void settle() override;

 private:
  void list(const wire::RequestEvent& request);
  void push(const DeviceId& device, BytesView page);

  DeskPort& port_;
  Conversations& conversations_;
  InvitationBook& book_;
  const Identity& identity_;
  // Devices that have asked, and until when their certificate holds.
  std::map<DeviceId, std::uint64_t> listeners_;
};

}  // namespace shopbell::desk
