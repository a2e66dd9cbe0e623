// The relay's logic, without I/O: connections, logs, marks, signals of the shops it serves. Like
// the engine it knows no clock, socket, file, thread or random source.
//
//   shard.handle(input);                   // exactly one input ...
//   while (auto* out = shard.poll()) ...   // ... then drain until poll() returns null
//
// `handle` aborts when the former drain was not finished. One thread at a time. The first input
// must be Tick. An output lives until the next call of poll() or handle(); the host may move
// bytes and batch out of it.
//
// What holds: an envelope is acknowledged and delivered only after Committed of the batch that
// holds it. At most one batch is under way; what arrives meanwhile goes into the next one.
#pragma once

#include <array>
#include <memory>
#include <variant>

#include "bus/bus.h"
#include "shopbell/handshake.h"
#include "store/store.h"

namespace shopbell::relay {

// Given by the host; never given twice in the life of a shard.
enum class ConnId : std::uint64_t {};
enum class BatchId : std::uint64_t {};
enum class ReadId : std::uint64_t {};

// Bounds on what others can make a relay do or hold; each can be set by the operator.
struct Limits {
  // Unanswered envelopes of one connection; a device has at most outbox_in_flight_max a log.
  std::size_t publishes_in_flight_max = 1024;
  // Envelopes and bytes waiting for the store, of all connections.
  std::size_t pending_envelopes_max = 65'536;
  std::size_t pending_bytes_max = 64u * 1024 * 1024;
  // What waits for a log to be loaded: frames of one connection, and bytes of all of them.
  std::size_t waiters_of_connection_max = 1024;
  std::size_t waiting_bytes_max = 64u * 1024 * 1024;
  // A Hello is two cards and some nonces; who has proven nothing gets no more memory than that.
  std::size_t hello_bytes_max = 8 * 1024;
  // A signed mark is about 200 bytes; it is kept, and told to everybody who follows the log.
  std::size_t mark_bytes_max = 512;
  // Fetches of one connection: waiting, and being read.
  std::size_t fetches_waiting_max = 1024;
  std::size_t fetches_reading_max = 4;
  // A person begins few conversations; the desk makes a team log for each and is exempt.
  std::size_t new_logs_per_minute_max = 10;
  // Of all devices of one address (/64 of IPv6) that had none before. A carrier puts thousands of
  // phones behind one address; they do not all begin in one minute.
  std::size_t new_logs_of_source_per_minute_max = 600;
  // A person types, and a newcomer asks to be enrolled; each of these costs the desk a signature's
  // check. Agents ask more often. The desk answers and tells them all, and is exempt.
  std::size_t visitor_signals_per_second_max = 20;
  std::size_t signals_per_second_max = 200;
  std::size_t connections_max = 100'000;
  // Connections that have not proven themselves hold memory for nothing.
  std::size_t unproven_max = 10'000;
  // Of one address.
  std::size_t unproven_of_source_max = 500;
  // Envelopes of a device that has no conversation yet, of one that has, of one of the shop's; half
  // of it at once. Who writes or pastes never comes near. The desk is exempt. 0: no limit.
  std::size_t newcomer_envelopes_per_minute_max = 240;
  std::size_t envelopes_per_minute_max = 600;
  std::size_t team_envelopes_per_minute_max = 2400;
  // A device comes again after an eighth of a second at the soonest, and more calmly after that.
  std::size_t connections_of_device_per_minute_max = 300;
  // Devices of one address that have nothing here yet; beyond it they bring work. 0: no limit.
  std::size_t newcomers_of_source_per_minute = 600;
  // Above `congested_bytes` of unsent bytes signals to a connection are dropped, above
  // `slow_bytes` it is closed and resumes from the store.
  std::size_t congested_bytes = 256 * 1024;
  std::size_t slow_bytes = 4u * 1024 * 1024;
  // Logs kept in memory beyond those that are busy.
  std::size_t logs_in_memory_max = 100'000;
  // A stored fold lags at most this many entries; bounds what loading a log reads.
  std::uint64_t fold_lag_max = 256;
};

struct Config {
  crypto::SignPair key;            // the relay key, named in shop cards
  std::vector<std::string> hosts;  // its names as dialled: dialled_host() of each public address
  std::vector<ShopId> shops;       // the roots it serves
  // Of the store: its generation, when that began after a restore, and its newest change number
  // where it is known.
  std::uint64_t generation = 0;
  std::uint64_t restored_ms = 0;
  std::uint64_t last_change = UINT64_MAX;
  // Of one sealed file, as each Welcome says with the right to upload; 0: there are no blobs here.
  std::uint64_t blob_bytes_max = 0;
  // Where several nodes share the store: this one's number, not 0, which no other has; what the
  // store had stamped before the shard began; and its name on the bus.
  std::uint64_t node = 0;
  store::Stamps stamps;
  bus::NodeId on_bus{};
  Limits limits;
};

namespace in {
// Time, ms since 1970. Comes at least when a Timeout asked for it, best before every other input of
// one wake-up.
struct Tick {
  std::uint64_t now_ms;
};
// A WebSocket is up.
struct Opened {
  ConnId conn;
  std::uint64_t source = 0;  // Budgets::Source: who shares an address shares this; 0 not known
};
// One whole WebSocket message.
struct Received {
  ConnId conn;
  BytesView bytes;
};
// The WebSocket is gone. Also comes after out::Close; then it is ignored.
struct Closed {
  ConnId conn;
};
// Unsent bytes of a connection: when they rise above Limits::congested_bytes, again above
// slow_bytes, and when they have fallen below half of the former.
struct Queued {
  ConnId conn;
  std::size_t bytes;
};
// The batch is durable.
struct Committed {
  BatchId batch;
};
// Nothing of the batch was written. `code` is that of Store::commit().
struct CommitFailed {
  BatchId batch;
  Errc code;
};
// Answer to out::Read.
struct ReadDone {
  ReadId id;
  store::Answer answer;
};
// From the bus, own messages too.
struct Heard {
  bus::Message message;
};
// Take no new connections, finish the batch under way, close all with closed_draining.
struct Drain {};
}  // namespace in

using Input = std::variant<in::Tick, in::Opened, in::Received, in::Closed, in::Queued,
                           in::Committed, in::CommitFailed, in::ReadDone, in::Heard, in::Drain>;

namespace out {
// Send as one WebSocket message; all frames to one connection in one drain are in it.
struct Send {
  ConnId conn;
  Bytes bytes;
};
// Close with this close code after what was sent before. Nothing follows for this connection.
struct Close {
  ConnId conn;
  Errc code;
};
// One transaction for the store. Answered by Committed or CommitFailed.
struct Commit {
  BatchId id;
  std::shared_ptr<const store::Batch> batch;
};
// Answered by ReadDone, in any order, with what store::answer() gives.
struct Read {
  ReadId id;
  store::Query query;
};
// What the shop's newest card says of devices that lost their standing: once it has been read, and
// with each one that comes. Only where there are blobs, whose host goes by it.
struct Withdrawn {
  ShopId shop;
  std::vector<WithdrawalInfo> all;
};
// Wake me with a Tick at this time; replaces the former one. Comes when it has changed.
struct Timeout {
  std::uint64_t at_ms;
};
// For the bus; only where there are several nodes.
struct Tell {
  bus::News news;
};
}  // namespace out

using Output = std::variant<out::Send, out::Close, out::Commit, out::Read, out::Withdrawn,
                            out::Timeout, out::Tell>;

// What blobs go by: all that a card says of devices that lost their standing.
std::vector<WithdrawalInfo> withdrawn_of(const ShopInfo& shop);

// Counts since the start, for /metrics; says nothing of anybody.
struct Metrics {
  std::uint64_t envelopes_placed = 0;
  std::uint64_t envelopes_repeated = 0;
  std::uint64_t delivers_sent = 0;
  std::uint64_t pages_sent = 0;
  std::uint64_t marks_placed = 0;
  std::uint64_t signals_forwarded = 0;
  std::uint64_t signals_dropped = 0;
  std::uint64_t commits = 0;
  std::uint64_t commits_failed = 0;
  std::uint64_t connections_opened = 0;
  std::uint64_t work_asked = 0;    // in how many Challenges
  std::uint64_t work_brought = 0;  // by how many new devices
  std::uint64_t connections = 0;   // now
  std::uint64_t devices = 0;       // proven connections now
  std::uint64_t logs = 0;          // in memory now
  // By error number: refused[code - 100] for 100..199, closed by code in the other two.
  std::array<std::uint64_t, 100> refused{};
  std::array<std::uint64_t, 100> closed_for_now{};   // 4000..4099
  std::array<std::uint64_t, 100> closed_for_good{};  // 4500..4599
};

class Shard {
 public:
  // `entropy`: at least limits::entropy_seed_bytes of a good random source. Aborts on a config that
  // names no host, no shop, or generation 0.
  Shard(Config config, BytesView entropy);
  ~Shard();
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  // Aborts if the former drain was not finished, or if an answer names a batch or read that is not
  // under way (a defect of the host). Bytes from outside never abort. Inputs for an unknown
  // connection are ignored.
  void handle(Input input);
  // Null when drained.
  Output* poll();

  const Metrics& metrics() const;
  // After Drain: no connection is left and no batch under way.
  bool drained() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace shopbell::relay
