#include "mutants.h"

#include <atomic>
#include <cstring>
#include <iterator>

#include "mutant.h"
#include "play.h"
#include "workers.h"

namespace shopbell::sim {
namespace {

// In which worlds a mistake can show.
enum class Where : std::uint8_t { anywhere, relay_lies, all_troubles };

struct Mistake {
  const char* name;
  const char* checker;
  Where where = Where::anywhere;
};
constexpr Mistake mistakes[] = {
    {"ack-before-commit", "lost"},
    {"delivered-before-commit", "lost"},
    {"sent-before-stored", "persist"},
    {"new-counter-on-resend", "twice"},
    {"repeat-forgotten-at-restart", "twice"},
    {"cursor-highest", "lost"},
    {"gap-not-fetched", "converge"},
    {"watermark-falls", "watermark", Where::relay_lies},
    {"signature-unchecked", "lie", Where::relay_lies},
    {"seen-chain-uncompared", "lie", Where::relay_lies},
    {"older-card-accepted", "lie", Where::relay_lies},
    {"sender-order-lost", "order"},
    {"woken-leader-writes", "persist"},
    {"epoch-kept-after-removal", "removed", Where::all_troubles},
    {"lower-head-accepted", "lost", Where::all_troubles},
    {"news-unread", "converge"},
};
// A mistake shows in the first few worlds in which it can, or the checker is blind to it.
constexpr std::uint64_t worlds_max = 600;

bool play_from(const Mistake& mistake, std::uint64_t first, std::uint64_t count) {
  set_mutant(mistake.name);
  play_all_troubles(mistake.where == Where::all_troubles);
  std::uint64_t worlds = 0;
  for (std::uint64_t seed = first; worlds < count; ++seed) {
    now_playing(seed);
    World world(seed, false, mistake.checker);
    if (mistake.where == Where::relay_lies && !world.relay_lies() && count > 1) continue;
    ++worlds;
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

struct Board {
  std::atomic<std::size_t> next;
  std::atomic<std::size_t> found;
};

}  // namespace

int play_mutants() {
  const Shared<Board> board;
  run_workers(
      [&](std::size_t) {
        for (std::size_t at = board->next++; at < std::size(mistakes); at = board->next++) {
          if (play_from(mistakes[at], 1, worlds_max)) ++board->found;
          std::fflush(stdout);
        }
        return true;
      },
      [] {});
  const std::size_t found = board->found;
  std::printf("%zu of %zu found\n", found, std::size(mistakes));
  return found == std::size(mistakes) ? 0 : 1;
}

int play_mutant(const char* name, std::uint64_t seed) {
  for (const Mistake& mistake : mistakes) {
    if (std::strcmp(mistake.name, name) != 0) continue;
    const bool found = seed != 0 ? play_from(mistake, seed, 1) : play_from(mistake, 1, worlds_max);
    return found ? 1 : 0;
  }
  std::printf("no such mistake; --mutants names them\n");
  return 2;
}

}  // namespace shopbell::sim
