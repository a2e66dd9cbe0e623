// Sockets, clock and store around the relay's shard. All on the io_context's one thread, but for
// the store's workers. What a wake-up brings for one connection leaves in one WebSocket message.
#pragma once

#include <unordered_map>

#include "net/asio_types.h"
#include "net/http_server.h"
#include "net/wake_up.h"
#include "relay/shard.h"
#include "store/store_worker.h"

namespace shopbell::net {

class RelayHost {
 public:
  // `config.generation` is taken from the store.
  RelayHost(asio::io_context& io, relay::Config config, std::unique_ptr<store::Store> store);
  ~RelayHost();
  RelayHost(const RelayHost&) = delete;
  RelayHost& operator=(const RelayHost&) = delete;

  // Called with each shop card: devices that lost their standing.
  std::function<void(const ShopId&, std::vector<WithdrawalInfo>)> on_withdrawn;

  // Takes the socket of a request to upgrade at /ws.
  void accept(Socket socket, UpgradeRequest request);
  // Sends what has gathered; the run loop calls it after each batch of handlers.
  void settle();
  // Ends all connections once everything taken is committed; `done` is called then, or when the
  // last peers did not answer in time.
  void drain(std::function<void()> done);
  bool draining() const { return draining_; }
  // True while the store takes what it is given: false from a commit that failed, for whatever
  // reason, until one that did not. Devices offer again what was refused.
  bool healthy() const { return healthy_; }
  // Why the store refused, as a sentence; names no content, key or address.
  std::string store_problem() const;
  std::string metrics_text() const;

 private:
  class Connection;
  using ConnectionPtr = std::shared_ptr<Connection>;

  void feed(relay::Input input);
  void tick(bool asked_for);
  void arm();
  void pump();
  void carry_out(relay::out::Send& out);
  void carry_out(relay::out::Close& out);
  void carry_out(relay::out::Commit& out);
  void carry_out(relay::out::Read& out);
  void carry_out(relay::out::Withdrawn& out);
  void carry_out(relay::out::Timeout& out);
  // This is the one node of its store.
  void carry_out(relay::out::Tell&) {}

  void opened(const ConnectionPtr& connection);
  void received(Connection& connection, BytesView bytes);
  void gone(Connection& connection);
  void queue_changed(Connection& connection);
  void tell_congested();
  void watch_deadline(const ConnectionPtr& connection);
  void sweep();
  void check_drained();

  asio::io_context& io_;
  relay::Limits limits_;
  std::unordered_map<std::uint64_t, ConnectionPtr> connections_;
  std::vector<ConnectionPtr> dirty_;
  std::vector<ConnectionPtr> risen_;  // their queues, over congested_bytes
  // Connections that must be open, or gone when they are closing, by a time.
  std::vector<std::pair<std::chrono::steady_clock::time_point, std::weak_ptr<Connection>>>
      deadlines_;
  Timer wake_;
  Timer sweeper_;
  bool sweeping_ = false;
  bool draining_ = false;
  bool healthy_ = true;
  std::uint64_t next_conn_ = 1;
  std::uint64_t ticked_ms_ = 0;
  std::uint64_t wake_at_ms_ = 0;
  std::function<void()> drained_;
  std::unique_ptr<relay::Shard> shard_;
  mutable std::mutex problem_mutex_;
  std::string problem_;  // said on the store's thread
  WakeUp<relay::Input> replies_;
  std::unique_ptr<store::StoreWorker> worker_;
};

}  // namespace shopbell::net
