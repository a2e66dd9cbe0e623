// "Is writing": said while it lasts, forgotten soon after (docs/PROTOCOL.md 9.1).
#pragma once

#include "engine/state.h"

namespace shopbell::engine {

struct Machines;

class Typing {
 public:
  explicit Typing(Machines& machines) : m_(machines) {}

  void set(const LogId& log, bool on);
  void on_signal(const wire::Signal& signal);
  // Somebody's message is here: he is not writing it any more.
  void has_written(const LogId& log, const DeviceId& author);
  void connection_lost();
  void tick();
  std::uint64_t wake_at_ms() const;

 private:
  struct Said {
    bool on = false;
    std::uint64_t at_ms = 0;
  };
  using Who = std::pair<LogId, DeviceId>;
  struct Heard {
    std::deque<std::pair<Hash, std::uint64_t>> counters;  // the highest of each session
    std::uint64_t until_ms = 0;                           // 0: not writing
  };
  void show(const Who& who, bool on);

  Machines& m_;
  Hash session_;
  std::uint64_t counter_ = 0;
  std::map<LogId, Said> said_;
  std::map<Who, Heard> heard_;
};

}  // namespace shopbell::engine
