// The relay of the simulated world: the production shard over a memory store whose commits take
// time and may fail. A crash drops the shard and all connections; the store keeps what was
// committed. A liar may stand between the shard and the links.
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
  bool running() const { return shard_ != nullptr && !dead_; }
  store::Store& store() { return *store_; }
  // The logs that were ever committed.
  const std::map<LogId, std::uint64_t>& heads() const { return heads_; }

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
  std::unique_ptr<relay::Shard> shard_;
  std::uint64_t life_ = 0;
  std::uint64_t wake_number_ = 0;
  std::uint64_t ticked_ms_ = 0;
  std::uint64_t written_at_ms_ = 0;  // commits are written in order
  std::int64_t clock_ahead_ms_ = 0;
  bool dead_ = false;
};

}  // namespace shopbell::sim
