// Messages between pairs: as fast as the server stores them, or at a fixed rate.
#pragma once

#include "load/target.h"

namespace shopbell::load {

struct DurableOptions {
  TargetOptions target;
  bool baseline = false;
  std::size_t window = 8;      // outstanding messages of each pair
  std::size_t messages = 500;  // of each pair, in each round
  std::size_t rounds = 3;
  std::size_t warm_up = 50;       // messages of each pair before the first round
  std::size_t rate = 0;           // messages a second over all pairs; 0: as fast as it goes
  std::size_t seconds = 5;        // with `rate`: one round of this length
  std::size_t seconds_max = 120;  // of one round, else it is given up
  int pid = 0;                    // of the server
  std::string data;               // its directory
};

// Prints one line of JSON.
void run_durable(const DurableOptions& options);

}  // namespace shopbell::load
