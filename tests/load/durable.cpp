#include "load/durable.h"

#include <fmt/format.h>
#include <unistd.h>

#include "load/measure.h"

namespace shopbell::load {
namespace {

using net::error_code;

struct PairState {
  std::size_t sent = 0;
  std::size_t acknowledged = 0;
  std::size_t delivered = 0;
};

class Driver {
 public:
  explicit Driver(const DurableOptions& options)
      : options_(options),
        target_(options.baseline ? make_baseline_target(io_, options.target)
                                 : make_relay_target(io_, options.target)),
        pairs_(options.target.pairs),
        tick_(io_),
        limit_(io_) {}

  void run() {
    const auto pid = options_.pid;
    target_->connect([this] { io_.stop(); },
                     [this](std::size_t pair, std::size_t acknowledged, std::size_t delivered) {
                       progressed(pair, acknowledged, delivered);
                     });
    run_until_stopped("the pairs did not get ready");
    stored_ = target_->stored_at_start();
    run_round(options_.warm_up, 0);
    const auto written = written_bytes(pid);
    const auto first = stored_;
    const auto cpu = cpu_ns(pid);
    while (rounds_.size() < options_.rounds)
      rounds_.push_back(run_round(per_pair(), options_.rate));
    report(first, written_bytes(pid) - written, cpu_ns(pid) - cpu);
  }

 private:
  std::size_t per_pair() const {
    if (options_.rate == 0) return options_.messages;
    return std::max<std::size_t>(1, options_.rate * options_.seconds / pairs_.size());
  }

  Report run_round(std::size_t count, std::size_t rate) {
    target_->make_messages(count);
    const auto total = count * pairs_.size();
    round_count_ = count;
    rate_ = rate;
    to_be_sent_ = rate == 0 ? 0 : total;
    acknowledged_left_ = delivered_left_ = total;
    pairs_.assign(pairs_.size(), {});
    sent_ns_.assign(total, 0);
    acknowledge_times_.clear();
    delivery_times_.clear();
    late_ns_max_ = 0;
    Report out;
    out.add("stored_before", std::uint64_t{stored_});
    const auto server = cpu_ns(options_.pid);
    const auto own = cpu_ns(getpid());
    begin_ns_ = now_ns();
    if (total != 0) {
      start();
      run_until_stopped("a round did not end");
    }
    const auto wall = static_cast<double>(now_ns() - begin_ns_);
    stored_ += total;
    const auto per_message = [total](std::uint64_t ns) {
      return static_cast<double>(ns) / 1e3 / static_cast<double>(std::max<std::size_t>(total, 1));
    };
    out.add("messages", std::uint64_t{total});
    out.add("seconds", wall / 1e9);
    out.add("per_second", static_cast<double>(total) / wall * 1e9);
    out.add("cpu_us", per_message(cpu_ns(options_.pid) - server));
    out.add("generator_cpu_us", per_message(cpu_ns(getpid()) - own));
    out.add("generator_late_ms", static_cast<double>(late_ns_max_) / 1e6);
    out.add_times("acknowledged", acknowledge_times_);
    out.add_times("delivered", delivery_times_);
    return out;
  }

  void start() {
    if (rate_ != 0) return tick();
    for (std::size_t i = 0; i < pairs_.size(); ++i) fill_window(i);
  }

  void fill_window(std::size_t index) {
    auto& pair = pairs_[index];
    const auto open = options_.window - (pair.sent - pair.acknowledged);
    send(index, std::min(open, round_count_ - pair.sent));
  }

  void send(std::size_t index, std::size_t count) {
    if (count == 0) return;
    auto& pair = pairs_[index];
    const auto now = now_ns();
    for (std::size_t i = 0; i < count; ++i) sent_ns_[index * round_count_ + pair.sent + i] = now;
    target_->send(index, pair.sent, count);
    pair.sent += count;
  }

  // Sends what is due, whether or not the server has answered the former: no pause of the server
  // keeps messages from being sent and so from being measured.
  void tick() {
    const auto total = round_count_ * pairs_.size();
    for (;;) {
      const auto number = total - to_be_sent_;
      if (to_be_sent_ == 0) return;
      const auto due = begin_ns_ + number * 1'000'000'000 / rate_;
      const auto now = now_ns();
      if (due > now) {
        tick_.expires_at(std::chrono::steady_clock::time_point(std::chrono::nanoseconds(due)));
        tick_.async_wait([this](error_code error) {
          if (!error) tick();
        });
        return;
      }
      late_ns_max_ = std::max(late_ns_max_, now - due);
      --to_be_sent_;
      send(number % pairs_.size(), 1);
    }
  }

  void progressed(std::size_t index, std::size_t acknowledged, std::size_t delivered) {
    auto& pair = pairs_[index];
    const auto now = now_ns();
    const auto* sent = &sent_ns_[index * round_count_];
    for (std::size_t i = 0; i < acknowledged; ++i) {
      acknowledge_times_.push_back(static_cast<double>(now - sent[pair.acknowledged++]));
    }
    for (std::size_t i = 0; i < delivered; ++i) {
      delivery_times_.push_back(static_cast<double>(now - sent[pair.delivered++]));
    }
    acknowledged_left_ -= acknowledged;
    delivered_left_ -= delivered;
    if (acknowledged_left_ + delivered_left_ == 0) return io_.stop();
    if (acknowledged != 0 && rate_ == 0) fill_window(index);
  }

  void run_until_stopped(std::string_view otherwise) {
    limit_.expires_after(std::chrono::seconds(options_.seconds_max + options_.seconds));
    limit_.async_wait([this, otherwise](error_code error) {
      if (!error)
        give_up(fmt::format("{} in time: {} not acknowledged, {} not delivered", otherwise,
                            acknowledged_left_, delivered_left_));
    });
    io_.restart();
    io_.run();
    limit_.cancel();
  }

  void report(std::size_t stored_before, std::uint64_t written, std::uint64_t cpu) {
    const auto messages = static_cast<double>(stored_ - stored_before);
    Report out;
    out.add("stored", std::uint64_t{stored_});
    out.add("cpu_us", static_cast<double>(cpu) / 1e3 / messages);
    out.add("written_bytes_per_message", static_cast<double>(written) / messages);
    out.add("kept_bytes_per_message",
            static_cast<double>(size_of_files(options_.data)) / static_cast<double>(stored_));
    out.add("rounds", rounds_);
    out.print();
  }

  const DurableOptions options_;
  net::asio::io_context io_{1};
  std::unique_ptr<Target> target_;
  std::vector<PairState> pairs_;
  net::Timer tick_;
  net::Timer limit_;
  std::vector<Report> rounds_;
  std::size_t stored_ = 0;
  // Of the round under way.
  std::size_t round_count_ = 0;
  std::size_t rate_ = 0;
  std::size_t to_be_sent_ = 0;
  std::size_t acknowledged_left_ = 0;
  std::size_t delivered_left_ = 0;
  std::uint64_t begin_ns_ = 0;
  std::uint64_t late_ns_max_ = 0;
  std::vector<std::uint64_t> sent_ns_;
  std::vector<double> acknowledge_times_;
  std::vector<double> delivery_times_;
};

}  // namespace

void run_durable(const DurableOptions& options) {
  allow_files(2 * options.target.pairs + 64);
  Driver(options).run();
}

}  // namespace shopbell::load
