// Enrolment: a device that proves an invitation gets a certificate and the team's key
// (docs/PROTOCOL.md section 2.11); one of the team gets another certificate where its role changed.
// Requests for a newer team key are answered by the engine.
#pragma once

#include <functional>
#include <map>

#include "desk/invitations.h"
#include "desk/port.h"

namespace shopbell::desk {

class Enrolment : public DeskModule {
 public:
  // `on_removed`: a device was replaced by the one that comes now.
  Enrolment(
      DeskPort& port, InvitationBook& book, const ShopId& shop,
      std::function<void()> on_removed = [] {});
  void on_event(wire::EventKind kind, BytesView body) override;

 private:
  void enrol(const wire::RequestEvent& request);
  void renew(const wire::RequestEvent& request);
  // A certificate of the full length is replaced in its second half, while its device comes.
  bool nears_end(const Invitation& known) const;
  void offer_renewal(const wire::RequestEvent& request);
  // Whose use of it is right; `name` is what a first use gives.
  Result<Invitation> admit(const wire::EnrolRequest& asked, const DeviceId& from);
  void certify(const wire::RequestEvent& request, const Invitation& invitation, const LogId& used);

  DeskPort& port_;
  InvitationBook& book_;
  ShopId shop_;
  std::function<void()> on_removed_;
  std::map<DeviceId, std::uint64_t> looked_ms_;  // after whose certificate, when
};

}  // namespace shopbell::desk
