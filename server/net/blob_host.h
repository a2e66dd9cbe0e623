// Carries blobs: sockets around the machine of server/blob/tus.
//
// On threads of its own, apart from the relay's. A gigabyte takes the processor for a second in
// copies alone, and a sync of a busy disk takes as long as it likes; on the relay's one thread
// every message would wait for that. So: one thread for all sockets of blobs, which never touches a
// file, and four that do nothing but wait for the disk. A connection is handed over with each
// request for a blob and comes back after the answer.
//
// Whoever sends or reads slowly, or not at all, holds a socket and two buffers, never a thread, and
// not for long (Limits::idle_ms_max).
#pragma once

#include <atomic>
#include <deque>
#include <thread>
#include <unordered_map>
#include <unordered_set>

#include "blob/keeper.h"
#include "blob/tus/exchange.h"
#include "net/http_server.h"

namespace shopbell::net {

class BlobHost {
 public:
  // Called on the relay's thread with a connection whose request has been answered.
  using GiveBack = std::function<void(Socket, beast::flat_buffer)>;

  BlobHost(asio::io_context& relay_io, std::unique_ptr<blob::BlobStore> store,
           const Key& relay_seed, const blob::Limits& limits, GiveBack give_back);
  ~BlobHost();
  BlobHost(const BlobHost&) = delete;
  BlobHost& operator=(const BlobHost&) = delete;

  // On the relay's thread.
  void take(Handover from);
  // On the relay's thread: what a newer card says of devices that lost their standing. What they
  // were given before is refused from now on, and what they are sending is cut.
  void withdraw(const ShopId& shop, std::vector<WithdrawalInfo> all);
  // On the relay's thread, as `done` is. What runs may end within a moment, then it is cut: what an
  // upload has brought is kept, and it goes on after the restart.
  void drain(std::function<void()> done);
  // On any thread. Counts and sizes.
  std::string metrics_text() const;

 private:
  class Session;
  using SessionPtr = std::shared_ptr<Session>;

  // Who writes a blob, and who waits for that. `holder` is null while the sweep has it.
  struct Turn {
    Session* holder = nullptr;
    std::deque<SessionPtr> waiting;
  };

  struct Counters {
    std::atomic<std::uint64_t> created{0};
    std::atomic<std::uint64_t> finished{0};
    std::atomic<std::uint64_t> removed{0};
    std::atomic<std::uint64_t> expired{0};
    std::atomic<std::uint64_t> received_bytes{0};
    std::atomic<std::uint64_t> sent_bytes{0};
    std::atomic<std::uint64_t> uploads{0};    // now
    std::atomic<std::uint64_t> downloads{0};  // now
    std::atomic<std::uint64_t> kept{0};
    std::atomic<std::uint64_t> kept_bytes{0};
    std::atomic<std::uint64_t> unfinished{0};
    std::array<std::atomic<std::uint64_t>, 200> refused{};  // by error number
  };

  // On a thread of files, then on that of the sockets, where both end: what they hold may be the
  // last of a session.
  template <class Job, class Then>
  void run(Job job, Then then) {
    asio::post(files_, [this, job = std::move(job), then = std::move(then)]() mutable {
      job();
      asio::post(io_, [job = std::move(job), then = std::move(then)]() mutable { then(); });
    });
  }

  bool take_turn(const SessionPtr& session);
  void leave_turn(Session& session);
  void next_turn(const blob::BlobId& id);
  void settle(const blob::tus::Exchange& exchange, const blob::Bearer& bearer);
  void note_failure(Errc code);
  void count_store();
  void sweep();
  void sweep_at(std::chrono::milliseconds wait);
  void cut_all();
  void check_drained();
  void publish();

  asio::io_context& relay_io_;
  const GiveBack give_back_;
  const blob::Tokens tokens_;
  const std::unique_ptr<blob::BlobStore> store_;
  Counters counters_;
  std::atomic<bool> ending_{false};
  // All below on the thread of the sockets.
  blob::Keeper keeper_;
  std::unordered_map<blob::BlobId, Turn, FixedHash> turns_;
  std::unordered_map<DeviceId, std::size_t, FixedHash> uploads_of_;
  std::unordered_set<Session*> sessions_;
  std::function<void()> drained_;
  bool draining_ = false;
  bool failing_ = false;
  asio::io_context io_{1};
  asio::executor_work_guard<Executor> work_;
  Timer sweeper_;
  Timer patience_;
  asio::thread_pool files_;
  std::thread thread_;
};

}  // namespace shopbell::net
