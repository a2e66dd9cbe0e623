#include "kill/rounds.h"

#include <fmt/format.h>

#include <chrono>
#include <csignal>

#include "shopbell/handshake.h"

namespace shopbell::kill {
namespace {

constexpr std::size_t agents_count = 2;
// Of all visitors so many write; each round brings new ones, the oldest fall silent.
constexpr std::size_t writing_max = 8;
constexpr std::size_t new_a_round = 2;
constexpr std::size_t waiting_max = 4;
constexpr std::uint64_t pause_ms_max = 20;
constexpr auto patience = std::chrono::seconds(60);

}  // namespace

Rounds::Rounds(Site& site, Ledger& ledger, const RoundOptions& options,
               std::filesystem::path folder)
    : site_(site),
      ledger_(ledger),
      options_(options),
      rng_(options.seed),
      address_(load::address_of(site.url())),
      folder_(std::move(folder)) {}

void Rounds::run() {
  begin();
  for (std::size_t i = 1; i <= options_.rounds; ++i) round(i);
  audit();
}

void Rounds::check_running() {
  for (const auto& program : site_.programs()) program->check_running();
}

void Rounds::let_pass(std::uint64_t ms_max) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(draw(ms_max + 1));
  while (std::chrono::steady_clock::now() < until) {
    io_.restart();
    io_.run_one_until(until);
  }
}

void Rounds::wait_until(const Condition& come_true, const std::function<std::string()>& otherwise) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!come_true()) {
    if (std::chrono::steady_clock::now() > until) {
      for (const auto& fault : ledger_.faults()) fmt::print(stderr, "{}\n", fault);
      give_up("not in a minute: " + otherwise());
    }
    io_.restart();
    io_.run_one_for(std::chrono::milliseconds(20));
    check_running();
  }
}

std::unique_ptr<Person> Rounds::make_agent(net::asio::io_context& io, const std::string& name) {
  auto agent = std::make_unique<Person>(
      io, ledger_,
      Person::Options{address_, site_.shop(), dialled_host(site_.url()), Role::agent, name});
  agent->enrol(site_.invite());
  return agent;
}

void Rounds::begin() {
  start_all();
  for (std::size_t i = 0; i < agents_count; ++i) {
    auto& agent = agents_.emplace_back(make_agent(io_, fmt::format("agent {}", i)));
    agent->on_text = [this](Person& person, const LogId& log) { answer(person, log); };
  }
  wait_until(
      [this] {
        return std::all_of(agents_.begin(), agents_.end(),
                           [](const auto& agent) { return agent->enrolled(); });
      },
      [] { return "the agents are not enrolled"; });
}

void Rounds::start_all() {
  for (const auto& program : site_.programs()) {
    if (program->pid() == 0) program->start();
  }
}

void Rounds::add_visitor() {
  auto& visitor = visitors_.emplace_back(std::make_unique<Person>(
      io_, ledger_,
      Person::Options{address_, site_.shop(), dialled_host(site_.url()), Role::visitor,
                      fmt::format("visitor {}", visitors_.size())}));
  timers_.push_back(std::make_unique<net::Timer>(io_));
  auto* raw = visitor.get();
  // Counted from the end, so that the newest write.
  const auto index = visitors_.size() - 1;
  const auto again = std::make_shared<std::function<void()>>();
  *again = [this, raw, index, again] {
    if (index + writing_max >= visitors_.size()) {
      pace(*raw);
      timers_[index]->expires_after(std::chrono::milliseconds(1 + draw(pause_ms_max)));
      timers_[index]->async_wait([again](net::error_code error) {
        if (!error) (*again)();
      });
    }
  };
  (*again)();
}

void Rounds::pace(Person& person) {
  // The relay knows a log from its first placed envelope on.
  if (person.last_placed(person.log()) != 0 && watched_.insert(person.log()).second) {
    for (const auto& agent : agents_) agent->open(person.log(), false);
  }
  if (writing_ && person.ready() && person.waiting() < waiting_max) person.write(person.log());
}

void Rounds::answer(Person& agent, const LogId& log) {
  // Both see each text; one in four is answered by each.
  if (writing_ && draw(4) == 0 && agent.waiting() < 4 * waiting_max) agent.write(log);
}

void Rounds::end_some(bool gently) {
  const auto& all = site_.programs();
  // 1, 2: one of two; 3: both at once.
  const auto which = all.size() == 1 ? 1 : 1 + draw(3);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if ((which & (std::size_t{1} << i)) == 0) continue;
    ++kills_;
    if (gently) {
      end_gently(*all[i]);
    } else {
      all[i]->end(SIGKILL);
    }
  }
}

// The devices live on meanwhile: they are told to go, and go.
void Rounds::end_gently(Program& program) {
  program.signal(SIGTERM);
  wait_until([&] { return program.ended(); }, [&] { return program.name() + " did not end"; });
  if (program.code() != 0) {
    ledger_.fault(fmt::format("{} ended with {} after SIGTERM", program.name(), program.code()));
  }
}

void Rounds::round(std::size_t number) {
  const auto begin = std::chrono::steady_clock::now();
  const auto seen = ledger_.seen();
  writing_ = true;
  for (std::size_t i = 0; i < new_a_round; ++i) add_visitor();
  let_pass(700);
  end_some(options_.term);
  let_pass(200);
  start_all();
  // Sometimes a program dies while it recovers.
  if (draw(4) == 0) {
    let_pass(80);
    end_some(false);
    start_all();
  }
  let_pass(500);
  writing_ = false;
  wait_until([this] { return missing().empty(); }, [this] { return missing(); });
  const auto took = std::chrono::steady_clock::now() - begin;
  fmt::print("round {}: {} kills so far, {} texts written, {} seen, all there after {} ms\n",
             number, kills_, ledger_.lines().size(), ledger_.seen() - seen,
             std::chrono::duration_cast<std::chrono::milliseconds>(took).count());
  std::fflush(stdout);
  const auto silent = visitors_.size() > writing_max ? visitors_.size() - writing_max : 0;
  for (std::size_t i = 0; i < silent; ++i) {
    if (watched_.contains(visitors_[i]->log())) {
      for (const auto& agent : agents_) agent->close(visitors_[i]->log());
    }
  }
}

std::string Rounds::missing_at(const Person& visitor) const {
  const auto& log = visitor.log();
  if (visitor.waiting() != 0) return fmt::format("{} has unsent texts", visitor.name());
  if (!log) return {};
  if (visitor.delivered(log) < visitor.last_placed(log)) {
    return fmt::format("the desk has not stored all of {}", visitor.name());
  }
  for (const auto& reader : agents_) {
    if (ledger_.seen_by(reader->name(), log) < ledger_.others_in(log, reader->name())) {
      return fmt::format("{} has not seen all of {}", reader->name(), visitor.name());
    }
  }
  if (ledger_.seen_by(visitor.name(), log) < ledger_.others_in(log, visitor.name())) {
    return fmt::format("{} has not seen all answers", visitor.name());
  }
  return {};
}

std::string Rounds::missing() const {
  for (const auto& agent : agents_) {
    if (agent->waiting() != 0) return agent->name() + " has unsent texts";
  }
  for (const auto& visitor : visitors_) {
    if (auto what = missing_at(*visitor); !what.empty()) return what;
  }
  return {};
}

}  // namespace shopbell::kill
