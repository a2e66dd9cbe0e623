// The relay of the simulated world: one store, and one to three nodes over it (node.h) that a bus
// joins. It keeps the books of what was committed. It may be set back to a copy of its store, as a
// backup program took it. A liar may stand between the shard and the links; then, and where the
// store is set back, there is one node.
#pragma once

#include <memory>
#include <tuple>

#include "liar.h"
#include "node.h"

namespace shopbell::sim {

class Relay {
 public:
  // `key_seed` as of crypto::sign_pair. It begins with one node.
  Relay(Clockwork& clockwork, Net& net, Bytes key_seed, std::string host, const ShopId& shop);

  void add_node();
  std::size_t nodes() const { return nodes_.size(); }
  // Hears and says everything through him.
  void set_liar(Liar& liar) { liar_ = &liar; }
  void start();
  // What befalls one of the nodes.
  void crash();
  void jump_clock(std::int64_t by_ms);
  void pause(std::uint64_t for_ms);
  void part_from_store(std::uint64_t for_ms);
  void part_from_bus(std::uint64_t for_ms);

  void back_up();
  // Comes again over the copy. At times the operator says so, as the server's restore does, and at
  // times nobody knows.
  void set_back();
  store::Store& store() { return *store_; }
  // Of each log that is in the store.
  const std::map<LogId, std::uint64_t>& heads() const { return heads_; }
  bool was_set_back() const { return was_set_back_; }
  bool was_silently_set_back() const { return was_silently_set_back_; }
  // Of each log that was ever set back: the lowest head since.
  const std::map<LogId, std::uint64_t>& set_back_to() const { return set_back_to_; }
  // Whether this envelope was ever committed at this place, also in a store that is gone.
  bool has_placed(const LogId& log, const DeviceId& author, std::uint64_t counter,
                  std::uint64_t seq) const {
    return placed_.contains({log, author, counter, seq});
  }

  // For its nodes.
  Status write(const store::Batch& batch);
  relay::Config config() const;
  bool has_several() const { return nodes_.size() > 1; }
  const std::shared_ptr<bus::InProcessHub>& hub() const { return hub_; }
  Liar& liar() { return *liar_; }
  // What is put on the bus now reaches nobody.
  void set_hushed(bool hushed) { hushed_ = hushed; }
  bool hushed() const { return hushed_; }

 private:
  Node& one_of_them() { return *nodes_[has_several() ? w_.chance.below(nodes_.size()) : 0]; }

  Clockwork& w_;
  Net& net_;
  Liar* liar_ = nullptr;
  Bytes key_seed_;
  std::string host_;
  ShopId shop_;
  std::unique_ptr<store::Store> store_;
  std::map<LogId, std::uint64_t> heads_;
  std::unique_ptr<store::Store> backup_;
  std::map<LogId, std::uint64_t> backup_heads_;
  std::map<LogId, std::uint64_t> set_back_to_;
  std::set<std::tuple<LogId, DeviceId, std::uint64_t, std::uint64_t>> placed_;
  std::shared_ptr<bus::InProcessHub> hub_ = bus::make_in_process_hub();
  std::vector<std::unique_ptr<Node>> nodes_;
  bool hushed_ = false;
  bool was_set_back_ = false;
  bool was_silently_set_back_ = false;
};

}  // namespace shopbell::sim
