// Counts what the calling thread allocates. The operators are replaced in a file of their own,
// where the compiler does not see through them.
#pragma once

#include <cstdint>

namespace shopbell::relay::testing {

std::uint64_t allocations_here();

}  // namespace shopbell::relay::testing
