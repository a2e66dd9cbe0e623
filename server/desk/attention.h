// What a person of the team has been shown and told, on whichever of his devices: what was read on
// one is read on all, and one of them tells him of news. Kept in memory: after a restart consoles
// say again what they have shown.
#pragma once

#include <map>
#include <vector>

#include "desk/members.h"

namespace shopbell::desk {

class Attention : public DeskModule {
 public:
  // `book` outlives it.
  Attention(DeskPort& port, InvitationBook& book) : port_(port), book_(book) {}
  void on_event(wire::EventKind kind, BytesView body) override;

 private:
  struct Told {
    std::uint64_t seq = 0;
    DeviceId by;
  };
  struct Person {
    std::vector<wire::Place> seen;  // each log once, the newest word last
    std::map<LogId, Told> told;
  };

  void set_seen(const wire::RequestEvent& request, const wire::Places& asked);
  void list_seen(const wire::RequestEvent& request);
  void claim(const wire::RequestEvent& request, const wire::Places& asked);
  Person& person_of_device(const DeviceId& device);

  DeskPort& port_;
  InvitationBook& book_;
  std::map<DeviceId, Person> people_;
};

}  // namespace shopbell::desk
