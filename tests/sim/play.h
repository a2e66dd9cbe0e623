// One world from its seed, played to its end, and what it says of itself.
#pragma once

#include "world.h"

namespace shopbell::sim {

// From here on a defect that aborts prints the line that replays it.
void announce_aborts();

struct Played {
  bool passed = false;
  std::uint64_t steps = 0;
  Tally tally;
};
// Failures are printed, with the line that replays them; all else only where it is not quiet.
Played play(std::uint64_t seed, bool verbose, bool quiet);
// Names the world that a signal of now would end.
void now_playing(std::uint64_t seed);

}  // namespace shopbell::sim
