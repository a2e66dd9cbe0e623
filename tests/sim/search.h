// Plays many worlds, on as many processes as there are cores, until one fails.
#pragma once

#include <cstdint>
#include <vector>

namespace shopbell::sim {

struct Search {
  std::vector<std::uint64_t> old_seeds;  // played first
  std::uint64_t base = 0;
  std::uint64_t fresh = 0;    // how many seeds from the base on; 0: until the time is over
  std::uint64_t seconds = 0;  // 0: until all are played
};

// Prints what was played and how often each fault came. The program's exit code.
int search(const Search& plan);

}  // namespace shopbell::sim
