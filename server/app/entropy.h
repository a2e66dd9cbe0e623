// Randomness of the operating system, for keys and for the engines' and shards' Entropy inputs.
#pragma once

#include <cstdint>
#include <span>

#include "shopbell/crypto.h"

namespace shopbell::app {

// Fills from getrandom(2); aborts where the system has none, for keys without it would be worse.
void fill_random(std::span<std::uint8_t> out);
Key random_key();
// Names a generation of a store; never 0, and SQLite's integers are signed.
std::uint64_t random_generation();
// Milliseconds since 1970.
std::uint64_t wall_ms();

}  // namespace shopbell::app
