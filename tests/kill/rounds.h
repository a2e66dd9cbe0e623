// The rounds: people write without pause, processes are killed at a random moment and started
// again, people go on; then everybody must have everything.
#pragma once

#include <deque>
#include <random>

#include "kill/person.h"
#include "kill/proxy.h"
#include "kill/site.h"

namespace shopbell::kill {

struct RoundOptions {
  std::size_t rounds = 10;
  std::uint64_t seed = 1;
  bool term = false;  // SIGTERM, after which a program must end with 0
};

// An image of a file system as a disk; needs root and a loop device.
bool mount_image(const std::string& image, const std::filesystem::path& disk);

class Rounds {
 public:
  // `folder` is the site's.
  Rounds(Site& site, Ledger& ledger, const RoundOptions& options, std::filesystem::path folder);
  // Kills and converges, then compares all that anybody holds.
  void run();
  // Disks that are full, busy, read-only, broken, of relay and of desk; needs small disks at disk-a
  // and disk-b. Then the same comparison.
  void run_disks();
  // Readers who do not read while others flood; nobody else waits, and the relay's memory stays.
  void run_flood();
  // Everybody behind a bad line.
  void run_links();
  std::size_t kills() const { return kills_; }

 private:
  using Condition = std::function<bool()>;

  void begin();
  void round(std::size_t number);
  void add_visitor();
  void pace(Person& person);
  void answer(Person& agent, const LogId& log);
  void end_some(bool gently);
  void end_gently(Program& program);
  void start_all();
  void let_pass(std::uint64_t ms_max);
  // Gives up with `otherwise` where it does not come true in a minute.
  void wait_until(const Condition& come_true, const std::function<std::string()>& otherwise);
  // Empty where nothing is under way any more; else who waits for what.
  std::string missing() const;
  std::string missing_at(const Person& visitor) const;
  void check_running();
  std::uint64_t draw(std::uint64_t below) { return rng_() % below; }

  std::unique_ptr<Person> make_agent(net::asio::io_context& io, const std::string& name);
  void fill_disk(const std::string& name, bool of_desk);
  void hold_lock(const std::filesystem::path& database, bool of_desk);
  void mount_read_only();
  void break_disk(const std::string& name, bool of_desk);
  void go_on_until_there(const std::string& after);

  void audit();
  void read_by_newcomer(Person& newcomer, const LogId& log);
  void read_disk_of_desk();
  void read_store();

  Site& site_;
  Ledger& ledger_;
  const RoundOptions options_;
  std::mt19937_64 rng_;
  net::asio::io_context io_{1};
  net::asio::io_context idle_io_{1};  // of those who stop reading
  load::Address address_;
  const std::filesystem::path folder_;
  std::deque<std::unique_ptr<Person>> agents_;
  std::deque<std::unique_ptr<Person>> visitors_;
  std::unique_ptr<Proxy> proxy_;
  std::deque<std::unique_ptr<Person>> idlers_;
  std::unique_ptr<Person> newcomer_;
  std::unique_ptr<load::CoreHost> desk_;
  std::deque<std::unique_ptr<net::Timer>> timers_;
  std::set<LogId> watched_;
  bool writing_ = false;
  std::size_t kills_ = 0;
};

}  // namespace shopbell::kill
