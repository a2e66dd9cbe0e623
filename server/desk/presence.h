// Who of the team is there: when a device last asked the desk for something, whether its person has
// said that he is away, on whichever device, how he wants to be called, and which of his devices he
// has used last. What a person says is kept at once, when he was heard once a minute, so that a
// desk that was restarted knows it of those who are not there to say it again.
#pragma once

#include <map>
#include <set>

#include "desk/members.h"
#include "desk/settings.h"

namespace shopbell::desk {

class Presence : public DeskModule {
 public:
  struct One {
    std::uint64_t heard_ms = 0;
    bool away = false;
    std::uint64_t status_ms = 0;
  };

  // `book` and `kept` outlive it.
  Presence(DeskPort& port, InvitationBook& book, SettingsBook& kept);
  void on_event(wire::EventKind kind, BytesView body) override;
  void settle() override;

  // What is known of a device and of its person; nothing yet is all zero.
  One of(const DeviceId& device, const DeviceId& person) const;

 private:
  struct Person {
    bool away = false;
    std::uint64_t status_ms = 0;
    Bytes about;
    std::uint64_t about_ms = 0;
    DeviceId in_use;
  };

  // Whether it is the first time.
  bool heard(const DeviceId& device);
  void set(const wire::RequestEvent& request, bool is_new);
  void use(const wire::RequestEvent& request);
  // Whether anything is new.
  bool take(const wire::AgentStatus& said, Person& person) const;
  void describe(const wire::AgentStatus& said, const DeviceId& device);
  Person& person_of_device(const DeviceId& device);
  void answer(const wire::RequestEvent& request, std::uint64_t about_known_ms);
  void tell_others(const DeviceId& device);
  void restore(const DeviceId& person);
  void keep(const DeviceId& person);

  DeskPort& port_;
  InvitationBook& book_;
  SettingsBook& kept_;
  std::map<DeviceId, std::uint64_t> heard_ms_;
  std::map<DeviceId, Person> people_;
  std::set<DeviceId> unkept_;  // people
  std::uint64_t kept_ms_ = 0;
};

}  // namespace shopbell::desk
