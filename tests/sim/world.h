// One world: a shop with its desk and relay, two visitors and an agent, from one seed. People
// write, read and type while links are cut, clocks jump and programs die; then the weather turns
// fair, and when all is at rest the checkers look at everything.
#pragma once

#include "checker.h"
#include "desk/desk.h"

namespace shopbell::sim {

class World : public DeviceWatch, public Wiretap {
 public:
  // Ends with the first failure; with a fault, with the first of the checker that should find it.
  World(std::uint64_t seed, bool verbose, Fault fault, std::string_view wanted = {});
  ~World() override;

  // Lives through it all.
  void run();
  const std::vector<Failure>& failures() const { return checker_->failures(); }
  bool failed(std::string_view checker) const { return checker_->failed(checker); }
  std::uint64_t trace_hash() const { return w_.trace.hash(); }
  std::uint64_t steps() const { return w_.agenda.steps(); }
  std::uint64_t texts_placed() const { return checker_->texts_placed(); }

  void on_start(Device& device) override;
  void on_event(Device& device, wire::EventKind kind, BytesView body) override;
  void on_transmit(Device& device, BytesView bytes) override;
  void on_settled(Device& device) override;
  void on_crash(Device& device) override;
  void from_device(int device, BytesView bytes) override;
  void to_device(int device, BytesView bytes) override;

 private:
  class Port;
  struct LogSeen {
    std::uint64_t kind = 0;
    std::uint64_t newest = 0;  // seq of the newest message shown
  };
  // What a person knows: what his device has shown him since it started.
  struct Person {
    bool ready = false;
    bool certified = false;
    std::map<LogId, LogSeen> logs;
    std::vector<std::pair<LogId, LogId>> inbox;  // main and team log
  };

  void make_shop();
  Device& add_device(Role role, std::string name);
  void start_desk(Device& device);
  void settle_desk();

  void people_go_on();
  void act();
  void visitor_acts(Device& device);
  void agent_acts(Device& device);
  void write_to(Device& device, const LogId& log);
  void send(Device& device, const LogId& log, std::uint64_t number);
  // A page that does not know whether its words were taken says them again.
  void say_again(Device& device);
  void set_draft(Device& device, const LogId& log);
  void set_about(Device& device);
  void open(Device& device, const LogId& log);
  void trouble();
  std::int64_t clock_jump();

  bool stop_now() const;
  void run_for(std::uint64_t ms);
  void run_stormy();
  void come_to_rest();
  void look_at_everything();

  Clockwork w_;
  Net net_;
  ShopId shop_;
  Bytes root_seed_;
  Bytes relay_seed_;
  Bytes desk_certificate_;
  Bytes invitation_secret_;
  std::unique_ptr<Relay> relay_;
  std::unique_ptr<Checker> checker_;
  std::vector<std::unique_ptr<Device>> devices_;  // desk, visitor, visitor, agent
  std::map<int, Person> people_;
  std::map<int, std::vector<std::pair<LogId, std::uint64_t>>>
      said_;  // by device, also before crashes
  std::unique_ptr<desk::InvitationBook> book_;
  std::unique_ptr<Port> port_;
  std::unique_ptr<desk::Desk> desk_;
  std::uint64_t texts_ = 0;
  std::uint64_t requests_ = 0;
  std::uint64_t steps_wanted_ = 0;
  std::string wanted_;
};

}  // namespace shopbell::sim
