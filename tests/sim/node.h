// One node of the relay: the production shard over the shared store, whose commits take time and
// may fail. A crash drops the shard and its connections; the store keeps what was committed. A node
// may be paused, or parted from the store or from the other nodes, for a while.
#pragma once

#include <memory>

#include "net.h"
#include "relay/shard.h"

namespace shopbell::sim {

class Relay;

class Node : public RelayEnd {
 public:
  // Nodes are numbered from 1.
  Node(Clockwork& clockwork, Net& net, Relay& relay, std::uint64_t number);

  void start();
  void crash();
  void jump_clock(std::int64_t by_ms);
  // Nothing in it goes on.
  void pause(std::uint64_t for_ms);
  // What it asks the store fails.
  void part_from_store(std::uint64_t for_ms);
  // It neither hears the others nor is heard.
  void part_from_bus(std::uint64_t for_ms);
  bool running() const { return shard_ != nullptr && !dead_; }
  std::uint64_t clock_ms() const;

  bool listening() const override { return running(); }
  void link_up(LinkId link) override;
  void link_message(LinkId link, BytesView bytes) override;
  void link_down(LinkId link) override;

 private:
  void feed(relay::Input input);
  bool run(relay::Input input);
  void carry_out(relay::Output& output);
  void send_through_liar(LinkId link, BytesView bytes);
  void commit(const relay::out::Commit& commit);
  void answer_commit(relay::BatchId id, const Status& status);
  void read(const relay::out::Read& read);
  void wake(std::uint64_t at_ms);
  void join_bus(relay::Config& config);
  void tell(const bus::News& news);
  // A message of the bus is on its way here.
  void hear(const bus::Message& message);
  bool loses_bus_messages() const;
  bool is_parted_from_store() const;
  void after(std::uint64_t delay_ms, std::function<void()> act);
  // At once, or when it goes on.
  void awake(std::function<void()> act);
  void die();

  Clockwork& w_;
  Net& net_;
  Relay& relay_;
  std::uint64_t number_;
  std::unique_ptr<relay::Shard> shard_;
  std::unique_ptr<bus::Bus> bus_;
  std::unique_ptr<bus::Bus::Subscription> heard_;
  std::map<bus::NodeId, std::uint64_t> heard_ms_;  // what one sender says comes in its order
  std::uint64_t life_ = 0;
  std::uint64_t wake_number_ = 0;
  std::uint64_t ticked_ms_ = 0;
  std::uint64_t written_at_ms_ = 0;  // commits are written in order
  std::int64_t clock_ahead_ms_ = 0;
  std::uint64_t paused_until_ms_ = 0;
  std::uint64_t no_store_until_ms_ = 0;
  std::uint64_t no_bus_until_ms_ = 0;
  bool dead_ = false;
};

}  // namespace shopbell::sim
