// Who of the team is there: when a device last asked the desk for something, and whether its person
// has said that he is away. Kept in memory: after a restart consoles ask again within a minute.
#pragma once

#include <map>

#include "desk/port.h"

namespace shopbell::desk {

class Presence : public DeskModule {
 public:
  struct One {
    std::uint64_t heard_ms = 0;
    bool away = false;
    std::uint64_t status_ms = 0;
  };

  explicit Presence(DeskPort& port) : port_(port) {}
  void on_event(wire::EventKind kind, BytesView body) override;

  // What is known of a device; nothing yet is all zero.
  One of(const DeviceId& device) const;

 private:
  One& heard(const DeviceId& device);
  void answer(const wire::RequestEvent& request, const One& one);

  DeskPort& port_;
  std::map<DeviceId, One> all_;
};

}  // namespace shopbell::desk
