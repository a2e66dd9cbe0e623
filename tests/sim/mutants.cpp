#include "mutants.h"

#include <cstring>
#include <iterator>

#include "mutant.h"
#include "play.h"

namespace shopbell::sim {
namespace {

struct Mistake {
  const char* name;
  const char* checker;
};
constexpr Mistake mistakes[] = {
    {"ack-before-commit", "lost"},
    {"new-counter-on-resend", "twice"},
    {"repeat-forgotten-at-restart", "twice"},
    {"cursor-highest", "lost"},
};
// A mistake shows in the first few seeds, or the checker is blind to it.
constexpr std::uint64_t seeds_max = 40;

bool play_from(const Mistake& mistake, std::uint64_t first, std::uint64_t count) {
  set_mutant(mistake.name);
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    now_playing(seed);
    World world(seed, false, mistake.checker);
    world.run();
    for (const Failure& failure : world.failures()) {
      if (failure.checker != mistake.checker) continue;
      std::printf("%s: found by %s in seed %llu: %s\n", mistake.name, mistake.checker,
                  static_cast<unsigned long long>(seed), failure.what.c_str());
      return true;
    }
  }
  std::printf("%s: not found by %s\n", mistake.name, mistake.checker);
  return false;
}

}  // namespace

int play_mutants() {
  std::size_t found = 0;
  for (const Mistake& mistake : mistakes) found += play_from(mistake, 1, seeds_max) ? 1 : 0;
  std::printf("%zu of %zu found\n", found, std::size(mistakes));
  return found == std::size(mistakes) ? 0 : 1;
}

int play_mutant(const char* name, std::uint64_t seed) {
  for (const Mistake& mistake : mistakes) {
    if (std::strcmp(mistake.name, name) != 0) continue;
    const bool found = seed != 0 ? play_from(mistake, seed, 1) : play_from(mistake, 1, seeds_max);
    return found ? 1 : 0;
  }
  std::printf("no such mistake; --mutants names them\n");
  return 2;
}

}  // namespace shopbell::sim
