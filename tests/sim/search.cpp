#include "search.h"

#include <atomic>
#include <chrono>
#include <cstdio>

#include "play.h"
#include "workers.h"

namespace shopbell::sim {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int progress_every_s = 10;
// So many worlds hold everything that can happen, or something is wrong with the weather.
constexpr std::uint64_t enough_seeds = 200;

// They come with --all alone.
bool is_left_out(Event event) {
  return event == Event::relay_set_back || event == Event::device_set_back ||
         event == Event::agent_removed;
}

// What a worker has done; it alone writes it, after each world.
struct Done {
  std::atomic<std::uint64_t> seeds;
  std::atomic<std::uint64_t> steps;
  std::atomic<std::uint64_t> steps_least;
  Tally tally;  // read when the worker has ended
};

struct Board {
  std::atomic<std::uint64_t> next;  // place in the list of seeds
  std::atomic<bool> stop;
  Done done[workers_max];
};

class Searching {
 public:
  explicit Searching(const Search& plan)
      : plan_(plan), until_(Clock::now() + std::chrono::seconds(plan.seconds)) {}

  int run() {
    std::printf("base seed %llu\n", static_cast<unsigned long long>(plan_.base));
    // The first that fails ends the others after their world.
    failed_ = run_workers([this](std::size_t number) { return work(board_->done[number]); },
                          [this] { board_->stop = true; });
    return report();
  }

 private:
  bool is_over(std::uint64_t at) const {
    if (board_->stop) return true;
    if (plan_.seconds != 0 && at >= plan_.old_seeds.size() && Clock::now() >= until_) return true;
    return plan_.fresh != 0 && at >= plan_.old_seeds.size() + plan_.fresh;
  }

  std::uint64_t seed_at(std::uint64_t at) const {
    const std::size_t old = plan_.old_seeds.size();
    return at < old ? plan_.old_seeds[at] : plan_.base + (at - old);
  }

  bool work(Done& done) {
    for (std::uint64_t at = board_->next++; !is_over(at); at = board_->next++) {
      const Played played = play(seed_at(at), false, true);
      std::fflush(stdout);
      if (!played.passed) return false;
      const std::uint64_t least = done.steps_least;
      done.steps_least = least == 0 ? played.steps : std::min(least, played.steps);
      done.steps += played.steps;
      ++done.seeds;
      done.tally.add(played.tally);
      tell_progress(done);
    }
    return true;
  }

  // The first worker tells how far all are.
  void tell_progress(const Done& done) {
    const auto now = Clock::now();
    const bool due = now - told_ >= std::chrono::seconds(progress_every_s);
    if (plan_.seconds == 0 || &done != board_->done || !due) return;
    told_ = now;
    const auto left = std::chrono::duration_cast<std::chrono::seconds>(until_ - now).count();
    std::printf("%llu so far, %llu steps, %lld s left\n", total(&Done::seeds), total(&Done::steps),
                static_cast<long long>(std::max<long>(left, 0)));
    std::fflush(stdout);
  }

  unsigned long long total(std::atomic<std::uint64_t> Done::*what) const {
    unsigned long long sum = 0;
    for (const Done& done : board_->done) sum += done.*what;
    return sum;
  }

  int report() {
    Tally tally;
    std::uint64_t least = ~std::uint64_t{0};
    for (const Done& done : board_->done) {
      tally.add(done.tally);
      if (done.seeds > 0) least = std::min<std::uint64_t>(least, done.steps_least);
    }
    const unsigned long long seeds = total(&Done::seeds);
    const unsigned long long steps = total(&Done::steps);
    if (seeds == 0) least = 0;
    bool all_came = true;
    for (std::size_t i = 0; i < tally.counts.size(); ++i) {
      std::printf("%12llu  %s\n", static_cast<unsigned long long>(tally.counts[i]), event_names[i]);
      all_came = all_came && (tally.counts[i] > 0 || is_left_out(static_cast<Event>(i)));
    }
    if (!all_came && failed_ == 0 && seeds >= enough_seeds) {
      std::printf("some of these never came: their rates are wrong, or nobody makes them\n");
      failed_ = 1;
    }
    std::printf("%llu seeds, %zu of them old; %llu steps, at least %llu a seed\n", seeds,
                plan_.old_seeds.size(), steps, static_cast<unsigned long long>(least));
    std::printf("%llu passed, %d failed\n", seeds, failed_);
    return failed_ == 0 ? 0 : 1;
  }

  const Search& plan_;
  Clock::time_point until_;
  Clock::time_point told_ = Clock::now();
  Shared<Board> board_;
  int failed_ = 0;
};

}  // namespace

int search(const Search& plan) { return Searching(plan).run(); }

}  // namespace shopbell::sim
