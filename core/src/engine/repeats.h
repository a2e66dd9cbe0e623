// What a host says again because it does not know whether it was taken (its
// worker ended, another tab leads): a message whose ref is known is not said
// twice, the answer to the first comes again.
#pragma once

#include "engine/state.h"

namespace shopbell::engine {

struct Machines;

class Repeats {
 public:
  explicit Repeats(Machines& machines) : m_(machines) {}

  // False where the message is new.
  bool answer(const wire::Send& command);
  // In the batch in which an own message gets its place.
  void placed(const LogId& log, std::uint64_t seq, std::uint64_t ref);
  // Places from there on hold no longer.
  void lost(const LogId& log, std::uint64_t from_seq);
  // A stored record at start.
  void restore(std::uint64_t slot, const wire::SentRecord& record);

 private:
  struct Sent {
    std::uint64_t ref = 0;
    LogId log;
    std::uint64_t seq = 0;
  };

  Machines& m_;
  std::map<std::uint64_t, Sent> sent_;  // by slot
  std::uint64_t last_number_ = 0;
};

}  // namespace shopbell::engine
