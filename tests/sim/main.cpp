// sim SEED | sim --verbose SEED | sim --seeds N [BASE] | sim --for 10m [BASE]
// sim --mutants | sim --mutant NAME [SEED]
// sim --all ...: with disks that are set back and agents who are removed
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "mutants.h"
#include "play.h"
#include "search.h"

namespace shopbell::sim {
namespace {

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
  const bool passed = play(seed, verbose, false).passed;
  std::printf("%d passed, %d failed\n", passed ? 1 : 0, passed ? 0 : 1);
  return passed ? 0 : 1;
}

std::uint64_t seed_from_clock() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
             std::chrono::duration_cast<std::chrono::milliseconds>(now).count()) %
         1'000'000'000;
}

// "30s", "10m", "2h"; 0 where it is none of these.
std::uint64_t seconds_of(const char* text) {
  char* end = nullptr;
  const std::uint64_t number = std::strtoull(text, &end, 10);
  if (std::strcmp(end, "s") == 0) return number;
  if (std::strcmp(end, "m") == 0) return number * 60;
  if (std::strcmp(end, "h") == 0) return number * 3600;
  return 0;
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

std::uint64_t number(const char* text) { return std::strtoull(text, nullptr, 10); }

int usage() {
  std::printf(
      "sim SEED | --verbose SEED | --seeds N [BASE] | --for 30s|10m|2h [BASE] | --mutants | "
      "--mutant NAME [SEED]; --all before the others\n");
  return 2;
}

int run(int count, char** words) {
  announce_aborts();
  if (count > 1 && std::strcmp(words[1], "--all") == 0) {
    play_all_troubles(true);
    --count;
    ++words;
  }
  const auto is = [&](int at, const char* word) {
    return at < count && std::strcmp(words[at], word) == 0;
  };
  const bool mutants = is(1, "--mutants") || is(1, "--mutant");
  if (mutants && !has_mutants) return become_sim_faults(words);
  if (is(1, "--mutants")) return play_mutants();
  if (is(1, "--mutant") && count >= 3) {
    return play_mutant(words[2], count > 3 ? number(words[3]) : 0);
  }
  Search plan;
  plan.old_seeds = old_seeds();
  plan.base = count > 3 ? number(words[3]) : seed_from_clock();
  if (is(1, "--seeds") && count >= 3) {
    plan.fresh = number(words[2]);
    return plan.fresh == 0 ? usage() : search(plan);
  }
  if (is(1, "--for") && count >= 3) {
    plan.seconds = seconds_of(words[2]);
    return plan.seconds == 0 ? usage() : search(plan);
  }
  if (count == 3 && is(1, "--verbose")) return play_one(number(words[2]), true);
  if (count == 2 && words[1][0] != '-') return play_one(number(words[1]), false);
  return usage();
}

}  // namespace
}  // namespace shopbell::sim

int main(int count, char** words) { return shopbell::sim::run(count, words); }
