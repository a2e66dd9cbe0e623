// sim SEED | sim --verbose SEED | sim --seeds N [BASE] | sim --fault NAME [SEED] | sim --faults
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "world.h"

namespace shopbell::engine {
extern int simulated_fault;
}

namespace shopbell::sim {
namespace {

struct KnownFault {
  const char* name;
  const char* checker;
  Fault fault;
};
constexpr KnownFault known_faults[] = {
    {"ack-before-commit", "lost", Fault::ack_before_commit},
    {"new-counter-on-resend", "twice", Fault::new_counter_on_resend},
    {"cursor-highest", "lost", Fault::cursor_highest},
    {"repeat-sent-again", "twice", Fault::repeat_sent_again},
};
// A fault shows in the first few seeds, or the checker is blind to it.
constexpr std::uint64_t fault_seeds_max = 30;

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

bool play_fault(const KnownFault& known, std::uint64_t first, std::uint64_t count) {
  engine::simulated_fault = static_cast<int>(known.fault);
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    seed_under_way = seed;
    World world(seed, false, known.fault, known.checker);
    world.run();
    for (const Failure& failure : world.failures()) {
      if (failure.checker != known.checker) continue;
      std::printf("%s: found by %s in seed %llu: %s\n", known.name, known.checker,
                  static_cast<unsigned long long>(seed), failure.what.c_str());
      return true;
    }
  }
  std::printf("%s: not found by %s\n", known.name, known.checker);
  return false;
}

int play_all_faults() {
  int found = 0;
  for (const KnownFault& known : known_faults) found += play_fault(known, 1, fault_seeds_max);
  std::printf("%d of %zu found\n", found, std::size(known_faults));
  return found == static_cast<int>(std::size(known_faults)) ? 0 : 1;
}

#ifdef SHOPBELL_SIM_MUTANTS
constexpr bool has_mutants = true;
#else
constexpr bool has_mutants = false;
#endif

// The mistakes are in sim_faults, which lies beside this program.
int become_sim_faults(char** words) {
  char path[4096];
  const ssize_t size = readlink("/proc/self/exe", path, sizeof path);
  if (size > 0) {
    const std::string other = std::string(path, static_cast<std::size_t>(size)) + "_faults";
    execv(other.c_str(), words);
  }
  std::printf("sim_faults does not lie beside sim; build it\n");
  return 2;
}

int play_faults(char** words) {
  if (!has_mutants) return become_sim_faults(words);
  if (std::strcmp(words[1], "--faults") == 0) return play_all_faults();
  for (const KnownFault& known : known_faults) {
    if (words[2] == nullptr || std::strcmp(words[2], known.name) != 0) continue;
    const bool one = words[3] != nullptr;
    const bool found = one ? play_fault(known, std::strtoull(words[3], nullptr, 10), 1)
                           : play_fault(known, 1, fault_seeds_max);
    // As with any seed: a failure that was found is a failure.
    return found ? 1 : 0;
  }
  std::printf("no such fault\n");
  return 2;
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
  if (is(1, "--faults") || is(1, "--fault")) return play_faults(words);
  if (count == 3 && is(1, "--verbose")) return play_one(number(words[2]), true);
  if (count == 2 && words[1][0] != '-') return play_one(number(words[1]), false);
  std::printf("sim SEED | --verbose SEED | --seeds N [BASE] | --fault NAME [SEED] | --faults\n");
  return 2;
}

}  // namespace
}  // namespace shopbell::sim

int main(int count, char** words) { return shopbell::sim::run(count, words); }
