// One page of a device that leads: the production engine over the device's disk, with a link of its
// own. A page may be put to sleep; what comes to it then waits until it wakes, and by then another
// may lead. What it had stored it may still send; a write of an older term is refused, and so is a
// new connection: then it has learned that it leads no more. (Which page leads is decided in
// web/engine, docs/decisions/0007; this is what the store and the core make of it.)
#pragma once

#include <memory>

#include "disk.h"
#include "net.h"

namespace shopbell::sim {

class Device;

class Tab : public DeviceEnd, public std::enable_shared_from_this<Tab> {
 public:
  Tab(Clockwork& clockwork, Net& net, Device& device, std::uint64_t term)
      : w_(clockwork), net_(net), device_(device), term_(term) {}

  void start();
  // Gone without a word.
  void end();
  void sleep() { asleep_ = true; }
  void wake();
  // A beat of another term.
  void hear_of_leader();
  // Carried out in a step of its own, once the engine is ready; void where the page is gone by
  // then.
  void command(wire::CommandKind kind, Bytes body);

  bool alive() const { return engine_ != nullptr; }
  bool asleep() const { return asleep_; }
  LinkId link() const { return link_; }

  void link_up(LinkId link) override;
  void link_message(LinkId link, BytesView bytes) override;
  void link_down(LinkId link, std::uint16_t code) override;

 private:
  bool leads() const;
  void feed(const Input& input);
  void give(wire::CommandKind kind, BytesView body);
  void give_held();
  // One input and its drain. False where the page is gone.
  bool run(const Input& input);
  void carry_out(const Output& output);
  void persist(const out::Persist& batch);
  void load(const out::Load& load);
  void wake_at(std::uint64_t at_ms);
  // It has been refused as a former leader: its page's words are the new leader's to send.
  void step_down();
  void refuse(std::uint64_t batch);
  // Runs unless the page is gone by then; waits while it sleeps.
  void after(std::uint64_t delay_ms, std::function<void()> act);
  void when_awake(std::function<void()> act);

  Clockwork& w_;
  Net& net_;
  Device& device_;
  std::uint64_t term_;
  std::unique_ptr<Engine> engine_;
  std::deque<std::function<void()>> waiting_;
  std::deque<std::pair<wire::CommandKind, Bytes>> held_;  // until the engine is ready
  std::vector<Bytes> unsaved_;                            // sends since another leads
  std::uint64_t wake_number_ = 0;
  std::uint64_t sync_at_ms_ = 0;
  std::uint64_t ticked_ms_ = 0;
  LinkId link_ = 0;
  bool entropy_due_ = false;
  bool asleep_ = false;
  bool ready_ = false;
  bool refused_ = false;  // nothing is written for it any more
};

}  // namespace shopbell::sim
