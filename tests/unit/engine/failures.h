// What may be put between any two steps of a script, and what must hold whatever was.
#pragma once

#include "unit/engine/script.h"

namespace shopbell::testing {

enum class Failure { cut, crash, not_written };

// Applies the failure to one host. False where it can not happen at this step.
bool fail(World& world, std::size_t who, Failure failure);

// How often a text stands in a log, as the desk opens it.
std::size_t times_placed(const World& world, const LogId& id, std::string_view text,
                         const DeskPen& pen);

// Each author's counters rise by one.
void expect_dense(const Relay::Log& log);

// Takes the step at which to fail and whether it happened, and returns how many steps it took.
using Replay = std::function<std::size_t(std::size_t at, Failure, bool& happened)>;

// Replays a script with the failure at each step in turn; with each failure.
void replay_with(Failure failure, const Replay& replay);
void replay_with(std::initializer_list<Failure> failures, const Replay& replay);

// A shop with one waiting conversation and an enrolled agent, as relay and disks hold it.
constexpr std::size_t visitor_at = 0;
constexpr std::size_t desk_at = 1;
constexpr std::size_t agent_at = 2;
struct Counter {
  World world{false};
  LogId log;

  Counter();
};
const Counter& counter();

}  // namespace shopbell::testing
