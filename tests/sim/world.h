// One world: a shop with its desk and the nodes of its relay, two or three visitors, one or two
// agents, from one seed. People write, read and type while links are cut, clocks jump and programs
// die; then the weather turns fair, and when all is at rest the checkers look at everything.
#pragma once

#include "desk/desk.h"
#include "people.h"

namespace shopbell::sim {

// Whether worlds from now on also set disks back and remove agents.
void play_all_troubles(bool yes);

class World : public DeviceWatch, public Wiretap {
 public:
  // Ends with the first failure; where one checker is wanted, with the first of that.
  World(std::uint64_t seed, bool verbose, std::string_view wanted = {});
  ~World() override;

  // Lives through it all.
  void run();
  const std::vector<Failure>& failures() const { return checker_->failures(); }
  bool failed(std::string_view checker) const { return checker_->failed(checker); }
  std::uint64_t trace_hash() const { return w_.trace.hash(); }
  std::uint64_t steps() const { return w_.agenda.steps(); }
  bool relay_lies() const { return liar_->is_one(); }
  const Tally& tally() const { return w_.tally; }
  std::uint64_t texts_placed() const { return checker_->texts_placed(); }

  void on_start(Device& device) override;
  void on_event(Device& device, wire::EventKind kind, BytesView body) override;
  void on_transmit(Device& device, BytesView bytes) override;
  void on_settled(Device& device) override;
  void on_written(Device& device, const out::Persist& batch) override;
  void on_said_again(Device& device, BytesView send) override;
  void on_crash(Device& device) override;
  void on_wiped(Device& device) override;
  void on_set_back(Device& device) override;
  void from_device(int device, BytesView bytes) override;
  void to_device(int device, BytesView bytes) override;

 private:
  class Port;
  // Whose disk may be set back to an older copy. Not both: what stood on no other disk is gone
  // then.
  enum class Backups : std::uint8_t { nobody, relay, devices };
  void make_shop();
  void add_everybody();
  void add_further_devices();
  void invite(const Device& agent, const DeviceId& person = {});
  // The agent's first device lets the further one in.
  void invite_beside();
  bool is_desk(const Device& device) const { return &device == devices_.front().get(); }
  Device& add_device(Role role, std::string name);
  void start_desk(Device& device);
  void settle_desk();

  void people_go_on();
  void trouble();
  void use_backup(Device& device);
  void remove_agent();
  std::int64_t clock_jump();

  bool stop_now() const;
  void run_for(std::uint64_t ms);
  void run_stormy();
  void turn_honest();
  void bring_all_back();
  void all_say_who();
  void come_to_rest();
  void look_as_agent(Device& agent);
  void agents_look();
  void look_at_everything();

  Clockwork w_;
  Net net_;
  ShopId shop_;
  Bytes root_seed_;
  Bytes relay_seed_;
  Bytes desk_certificate_;
  Lies lies_;
  std::unique_ptr<Relay> relay_;
  std::unique_ptr<Liar> liar_;
  std::unique_ptr<Login> login_;
  std::unique_ptr<Checker> checker_;
  std::vector<std::unique_ptr<Device>> devices_;  // the desk first
  Device* beside_ = nullptr;                      // the further device of the first agent
  Device* agent_ = nullptr;                       // the first agent's first one
  std::unique_ptr<People> people_;
  std::unique_ptr<desk::InvitationBook> book_;
  std::unique_ptr<Port> port_;
  std::unique_ptr<desk::Desk> desk_;
  Backups backups_ = Backups::nobody;
  bool all_troubles_ = false;
  std::uint64_t steps_wanted_ = 0;
  std::string wanted_;
};

}  // namespace shopbell::sim
