#include "play.h"

#include <unistd.h>

#include <csignal>

namespace shopbell::sim {
namespace {

volatile std::sig_atomic_t aborted = 0;
std::uint64_t seed_under_way = 0;

// An assert of the product says what broke; this adds how to see it again.
void on_abort(int) {
  if (aborted) return;
  aborted = 1;
  char line[64];
  const int size = std::snprintf(line, sizeof line, "aborted; replay: sim %llu\n",
                                 static_cast<unsigned long long>(seed_under_way));
  if (write(STDOUT_FILENO, line, static_cast<std::size_t>(size)) < 0) return;
}

}  // namespace

void announce_aborts() { std::signal(SIGABRT, on_abort); }
void now_playing(std::uint64_t seed) { seed_under_way = seed; }

Played play(std::uint64_t seed, bool verbose, bool quiet) {
  now_playing(seed);
  World world(seed, verbose);
  world.run();
  const auto number = static_cast<unsigned long long>(seed);
  for (const Failure& failure : world.failures()) {
    std::printf("seed %llu: %s: %s\n", number, failure.checker.c_str(), failure.what.c_str());
  }
  const bool passed = world.failures().empty();
  if (!passed) {
    std::printf("replay: sim %llu   (mended, this number belongs into tests/sim/seeds.txt)\n",
                number);
  }
  if (!quiet) {
    std::printf("steps %llu, texts placed %llu, trace %016llx\n",
                static_cast<unsigned long long>(world.steps()),
                static_cast<unsigned long long>(world.texts_placed()),
                static_cast<unsigned long long>(world.trace_hash()));
  }
  return {passed, world.steps(), world.tally()};
}

}  // namespace shopbell::sim
