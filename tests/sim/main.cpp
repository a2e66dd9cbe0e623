// sim SEED | sim --verbose SEED | sim --seeds N [BASE] | sim --fault NAME [SEED] | sim --faults
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "world.h"

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

bool play(std::uint64_t seed, bool verbose, bool quiet) {
  seed_under_way = seed;
  World world(seed, verbose, Fault::none);
  world.run();
  const auto number = static_cast<unsigned long long>(seed);
  for (const Failure& failure : world.failures()) {
    std::printf("seed %llu: %s: %s\n", number, failure.checker.c_str(), failure.what.c_str());
  }
  if (!world.failures().empty()) std::printf("replay: sim %llu\n", number);
  if (!quiet) {
    std::printf("steps %llu, texts placed %llu, trace %016llx\n",
                static_cast<unsigned long long>(world.steps()),
                static_cast<unsigned long long>(world.texts_placed()),
                static_cast<unsigned long long>(world.trace_hash()));
  }
  return world.failures().empty();
}

// Seeds that once failed.
std::vector<std::uint64_t> old_seeds() {
  std::vector<std::uint64_t> out;
  std::ifstream file(SHOPBELL_SOURCE_DIR "/tests/sim/seeds.txt");
  std::string line;
  while (std::getline(file, line)) {
    if (!line.empty() && line[0] != '#') {
      out.push_back(std::strtoull(line.c_str(), nullptr, 10));
    }
  }
  return out;
}

int play_one(std::uint64_t seed, bool verbose) {
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  const bool passed = play(seed, verbose, false);
  std::printf("%d passed, %d failed\n", passed ? 1 : 0, passed ? 0 : 1);
  return passed ? 0 : 1;
}

int play_many(std::uint64_t count, std::uint64_t base) {
  std::printf("base seed %llu\n", static_cast<unsigned long long>(base));
  std::fflush(stdout);
  std::vector<std::uint64_t> seeds = old_seeds();
  for (std::uint64_t i = 0; i < count; ++i) seeds.push_back(base + i);
  int passed = 0;
  for (const std::uint64_t seed : seeds) {
    if (!play(seed, false, true)) {
      std::printf("%d passed, 1 failed\n", passed);
      return 1;
    }
    ++passed;
  }
  std::printf("%d passed, 0 failed\n", passed);
  return 0;
}

std::uint64_t seed_from_clock() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
             std::chrono::duration_cast<std::chrono::milliseconds>(now).count()) %
         1'000'000'000;
}

std::uint64_t number(const char* text) { return std::strtoull(text, nullptr, 10); }

int run(int count, char** words) {
  std::signal(SIGABRT, on_abort);
  const auto is = [&](int at, const char* word) {
    return at < count && std::strcmp(words[at], word) == 0;
  };
  if (count >= 3 && is(1, "--seeds")) {
    return play_many(number(words[2]), count > 3 ? number(words[3]) : seed_from_clock());
  }
  if (count == 3 && is(1, "--verbose")) return play_one(number(words[2]), true);
  if (count == 2 && words[1][0] != '-') return play_one(number(words[1]), false);
  std::printf("sim SEED | --verbose SEED | --seeds N [BASE] | --fault NAME [SEED] | --faults\n");
  return 2;
}

}  // namespace
}  // namespace shopbell::sim

int main(int count, char** words) { return shopbell::sim::run(count, words); }
