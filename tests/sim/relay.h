// The relay of the simulated world: the production shard over a memory store whose commits take
// time and may fail. A crash drops the shard and all connections; the store keeps what was
// committed. It may be set back to a copy of its store, as a backup program took it. A liar may
// stand between the shard and the links.
#pragma once

#include <memory>

#include "liar.h"
#include "net.h"
#include "relay/shard.h"

namespace shopbell::sim {

class Relay : public RelayEnd {
 public:
  // `key_seed` as of crypto::sign_pair.
  Relay(Clockwork& clockwork, Net& net, Bytes key_seed, std::string host, const ShopId& shop);

  // Hears and says everything through him.
  void set_liar(Liar& liar) { liar_ = &liar; }
  void start();
  void crash();
  void jump_clock(std::int64_t by_ms);
  void back_up();
  // Comes again over the copy. At times the operator says so, as the server's restore does, and at
  // times nobody knows.
  void set_back();
  bool running() const { return shard_ != nullptr && !dead_; }
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
  void write(const store::Batch& batch);
  void read(const relay::out::Read& read);
  void wake(std::uint64_t at_ms);
  void after(std::uint64_t delay_ms, std::function<void()> act);
  void die();
  std::uint64_t clock_ms() const;

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
  std::unique_ptr<relay::Shard> shard_;
  std::uint64_t life_ = 0;
  std::uint64_t wake_number_ = 0;
  std::uint64_t ticked_ms_ = 0;
  std::uint64_t written_at_ms_ = 0;  // commits are written in order
  std::int64_t clock_ahead_ms_ = 0;
  bool dead_ = false;
  bool was_set_back_ = false;
  bool was_silently_set_back_ = false;
};

}  // namespace shopbell::sim
