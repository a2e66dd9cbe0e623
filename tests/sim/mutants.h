// The mistakes made on purpose, each with the checker that must find it.
#pragma once

#include <cstdint>

namespace shopbell::sim {

// Plays each mistake until its checker has found it; ends with "N of N found". The exit code.
int play_mutants();
// One of them, from a seed where one is given (0: none). As with any seed, 1 where it was found.
int play_mutant(const char* name, std::uint64_t seed);

}  // namespace shopbell::sim
