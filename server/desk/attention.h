// What a person of the team has been shown and told, on whichever of his devices: what was read on
// one is read on all, and one of them tells him of news. What was shown is kept every few seconds,
// for devices that are not there when the desk was restarted; whoever is there says it again.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "desk/members.h"
#include "desk/settings.h"

namespace shopbell::desk {

class Attention : public DeskModule {
 public:
  // `book` and `kept` outlive it.
  Attention(DeskPort& port, InvitationBook& book, SettingsBook& kept);
  void on_event(wire::EventKind kind, BytesView body) override;
  void settle() override;

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
  SettingsBook& kept_;
  std::map<DeviceId, Person> people_;
  std::set<DeviceId> unkept_;
  std::uint64_t kept_ms_ = 0;
};

}  // namespace shopbell::desk
