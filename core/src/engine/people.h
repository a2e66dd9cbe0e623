// Who takes part in a log and how they want to be called: what this device's person says of
// himself, and what the others have said in each log (docs/PROTOCOL.md section 5).
#pragma once

#include "engine/state.h"

namespace shopbell::engine {

struct Machines;

class People {
 public:
  explicit People(Machines& machines) : m_(machines) {}

  // too_large, picture_bad; nothing is changed then.
  Status set_about(std::string_view name, BytesView picture);
  // The name that an enrolment carried; a picture stays.
  void enrolled(std::string_view name);
  // Says it in the log, where this device has not said the same there before.
  void say_about(Log& log);

  void joined(Log& log, const DeviceId& device, std::uint64_t seq, std::uint64_t time_ms);
  // An ABOUT of somebody else, live or from history; the newest counts, a stranger's never.
  void heard(Log& log, const wire::MessageEvent& event);
  std::string_view name_in(const Log& log, const DeviceId& device) const;
  // Somebody looks at the log: shows all members, once their pictures are read from their entries.
  // Further devices of the customer.
  void show_admitted(const Log& log);
  void show_all(Log& log);
  // Takes the answer of such a read. False where the id is none of them.
  bool on_loaded(std::uint64_t id, std::span<const in::Record> records);

 private:
  struct PictureLoad {
    LogId log;
    DeviceId device;
  };

  void keep();
  void show(const Log& log, const DeviceId& device, std::uint64_t seq, std::uint64_t time_ms);
  void show_in_order(const Log& log);
  void show_own();
  bool is_member(const Log& log, const DeviceId& device) const;

  Machines& m_;
  std::map<std::uint64_t, PictureLoad> loads_;
};

}  // namespace shopbell::engine
