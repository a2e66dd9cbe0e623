// The inside of the shard. Its functions lie by concern: shard.cpp (inputs, outputs, time),
// shard_hello.cpp (proof, welcome, shop cards), shard_publish.cpp (checks, commits),
// shard_logs.cpp (logs in memory), shard_serve.cpp (pages, heads, marks, signals), shard_nodes.cpp
// (other nodes over the same store).
#pragma once

#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "blob/token.h"
#include "relay/budgets.h"
#include "relay/shard.h"
#include "shopbell/limits.h"

namespace shopbell::relay {

struct LogState;
struct Conn;

// A shop whose root this relay serves.
struct Shop {
  ShopId id;
  enum class Load : std::uint8_t { unknown, reading, known };
  Load load = Load::unknown;
  std::optional<ShopInfo> info;
  std::optional<ShopInfo> offered;  // its card is in a batch
  // The connection of each device. Stays without one as long as it remembers a term.
  struct Slot {
    Conn* conn = nullptr;
    std::uint64_t term = 0;
  };
  std::unordered_map<DeviceId, Slot, FixedHash> devices;
  Conn* desk = nullptr;
  std::vector<ConnId> waiting;  // said Hello before the card was read from the store
};

// What a connection is allowed to do.
enum class Standing : std::uint8_t {
  no_card,    // the shop has no card yet
  visitor,    // its member logs
  certified,  // shop log and what it watches
  desk,       // everything of its shop
};

enum class Phase : std::uint8_t {
  challenged,  // nothing proven
  welcoming,   // proven; reads for the Welcome are under way
  open,
};

// A Welcome or Watch that waits for logs to be loaded.
struct HeadsTask {
  std::vector<LogId> logs;
  std::size_t left = 0;
  std::uint32_t serial = 0;  // of the newest; what belongs to an older one is ignored
};

struct Conn {
  explicit Conn(ConnId conn) : id(conn) {}

  ConnId id;
  Phase phase = Phase::challenged;
  Standing standing = Standing::no_card;
  bool pinged = false;
  bool dirty = false;
  bool heads_reading = false;
  Shop* shop = nullptr;
  DeviceId device;
  SignKey sign_key;
  Hash relay_nonce;
  Hash client_nonce;
  std::uint64_t card_version = 0;
  std::uint64_t heard_ms = 0;
  std::uint64_t opened_ms = 0;
  Bytes hello;        // kept while the shop's card is read
  Bytes certificate;  // checked again when another desk signs the card
  Bytes out;          // frames of this drain
  Bytes held;         // frames that go behind the Welcome
  std::size_t queued_bytes = 0;
  bool congested = false;
  std::size_t in_flight = 0;
  std::size_t waiting = 0;  // frames that wait for a log
  Budgets::Source source = Budgets::none;
  bool known = false;  // the device had a log here before it came, or speaks for the shop
  bool worked = false;
  std::uint64_t work_bits = 0;
  HeadsTask task;
  std::vector<LogState*> logs;  // subscribed; those have this connection in `subscribers`
  struct Fetch {
    LogId log;
    std::uint64_t from;
    std::uint64_t to;
  };
  std::vector<Fetch> fetches;  // waiting, first come first
  std::size_t fetches_reading = 0;
};

// Something that can not be answered before its log is loaded, or its last batch committed.
struct Waiter {
  ConnId conn;
  wire::FrameKind kind;  // welcome: an element of the connection's HeadsTask
  std::uint32_t serial = 0;
  Bytes body;
};

// After a restore a log takes nothing but what is given back, and the desk's resume.
enum class Hold : std::uint8_t {
  none,
  waits,  // for devices that have more
  desk,   // for the desk alone
};

// The relay's word for a place, which it knows again.
using Voucher = std::array<std::uint8_t, 16>;

// What a Refill says.
struct Run {
  std::uint64_t first_seq = 0;
  std::uint64_t last_seq = 0;
  std::uint64_t last_time_ms = 0;
  Hash last_chain;
  Voucher voucher{};
};

struct LogState {
  explicit LogState(const LogId& log) : id(log) {}

  enum class Load : std::uint8_t { unknown, reading, missing, known };
  LogId id;
  Load load = Load::unknown;
  ShopId shop;
  // As committed: all that others are told.
  std::uint64_t seq = 0;
  std::uint64_t time_ms = 0;
  Hash chain;
  // With what is pending: what the next envelope follows.
  std::uint64_t next_seq = 1;
  std::uint64_t last_time_ms = 0;
  Hash last_chain;
  Fold fold;
  std::uint64_t epoch = 0;
  Hash commitment;
  std::uint64_t fold_seq = 0;  // the stored fold, or the one in a batch, is of this entry
  bool fold_changed = false;
  std::uint64_t write_batch = 0;  // the batch that `write_index` belongs to
  std::size_t write_index = 0;
  std::vector<store::MarkWrite> marks;
  std::vector<Conn*> subscribers;
  // Admitted by entries that are not yet on disk: seq and device.
  std::vector<std::pair<std::uint64_t, DeviceId>> newcomers;
  std::vector<Waiter> waiters;
  std::uint64_t checkpoint_ms = 0;
  Hold hold = Hold::none;
  ConnId refiller{};    // has announced more
  bool moved = false;   // another node has written since it was read
  bool again = false;   // what waits asked for a read that begins after it
  bool wanted = false;  // it was read because it has moved: whoever follows everything hears of it

  bool has_pending() const { return next_seq != seq + 1; }
};

// A batch with what is to be told when it is durable.
struct Pending {
  std::uint64_t number = 0;
  std::shared_ptr<store::Batch> batch = std::make_shared<store::Batch>();
  std::vector<LogState*> logs;  // of each envelope
  std::vector<std::pair<ConnId, LogState*>> refills;
  bool empty() const { return batch->empty(); }
  void clear() {
    logs.clear();
    refills.clear();
    // Whoever still reads the old one keeps it.
    if (batch.use_count() == 1) {
      batch->clear();
    } else {
      batch = std::make_shared<store::Batch>();
    }
  }
};

struct ReadTask {
  enum class Kind : std::uint8_t {
    card,
    log,
    logs_of_device,
    heads,
    page,
    repeat,
    twice,
    moved,
    other_card
  };
  Kind kind;
  ConnId conn{};
  ShopId shop{};
  LogId log{};
  std::uint64_t number =
      0;  // heads: cursor; page: from; repeat: counter; log: restores; twice: seq
  Hash hash{};
};

class Shard::Impl {
 public:
  Impl(Config config, BytesView entropy);
  void handle(Input input);
  Output* poll();
  const Metrics& metrics() const { return metrics_; }
  bool drained() const;

 private:
  // Inputs.
  void on(in::Tick& tick);
  void on(in::Opened& opened);
  void on(in::Received& received);
  void on(in::Closed& closed);
  void on(in::Queued& queued);
  void on(in::Committed& committed);
  void on(in::CommitFailed& failed);
  void on(in::ReadDone& done);
  void on(in::Heard& heard);
  void on(in::Drain& drain);
  void on_frame(Conn& conn, const codec::Framed& frame);

  // Outputs.
  template <class T>
  void send(Conn& conn, wire::FrameKind kind, const T& message);
  void send_framed(Conn& conn, BytesView frame);
  void refuse(Conn& conn, wire::Error error, Errc code);
  void refuse_envelope(Conn& conn, const LogId& log, std::uint64_t counter, Errc code);
  void flush(Conn& conn);
  // Afterwards the connection is gone.
  void close(Conn& conn, Errc code);
  void turn_away(Conn& conn, Errc code);
  void forget(Conn& conn);
  Conn* find(ConnId conn);
  void read(ReadTask task, store::Query query);
  void forget_terms(Shop& shop);
  void finish_handle();

  // Hello and cards.
  void on_hello(Conn& conn, BytesView body);
  void check_hello(Conn& conn, const wire::Hello& hello);
  void prepare_welcome(Conn& conn, const wire::Hello& hello);
  // none or closed_certificate.
  Errc take_standing(Conn& conn);
  // False where this connection is the older one; then it is gone.
  bool replace_older(Conn& conn, std::uint64_t term);
  void send_welcome(Conn& conn, std::vector<wire::Head> heads, std::uint64_t cursor, bool more);
  void on_put_card(Conn& conn, BytesView body);
  void card_read(const ReadTask& task, const Result<Bytes>& card);
  void adopt_card(Shop& shop, ShopInfo info);
  void tell_withdrawn(const Shop& shop);
  void take_card_into(Conn& conn, bool new_shop_log);

  // Publishing.
  void on_publish(Conn& conn, BytesView body);
  void publish(Conn& conn, LogState& log, const OpenEnvelope& envelope, BytesView bytes);
  void answer_repeat(Conn& conn, LogState& log, const OpenEnvelope& envelope, BytesView bytes);
  Errc check_member(Conn& conn, LogState& log, const OpenEnvelope& envelope, std::uint64_t at_ms);
  void note_member(LogState& log, const OpenEnvelope& envelope);
  Errc check_class(Conn& conn, LogState& log, const OpenEnvelope& envelope, std::uint64_t at_ms);
  void append_entry(Conn& conn, LogState& log, const OpenEnvelope& envelope, BytesView bytes,
                    std::uint64_t at_ms);
  store::LogWrite& log_write(LogState& log);
  void begin_commit();
  void tell(LogState& log, const store::NewEnvelope& one, BytesView envelope);
  void deliver(Conn& conn);
  void begin_following(Shop& shop, LogState& log, Conn* author);
  void tell_mark(LogState& log, const store::MarkWrite& mark);
  void drop(Pending& pending, Errc code);
  void repeat_found(const ReadTask& task, const Result<store::Place>& place);
  std::uint64_t committed_counter(const LogState& log, const DeviceId& device) const;

  // After a restore.
  Voucher voucher_of(const LogId& log, std::uint64_t seq, const Hash& chain) const;
  bool takes(const Conn& conn, LogState& log, const OpenEnvelope& envelope);
  void refuse_held(Conn& conn, LogState& log, std::uint64_t counter);
  // Tells the desk that nobody else is waited for.
  void hold_for_desk(LogState& log);
  // The store is older than the relay's own word.
  void begin_generation();
  void generation_begun(std::uint64_t generation, std::uint64_t restored_ms);
  bool is_ahead(const wire::Hello& hello) const;
  void on_refill(Conn& conn, BytesView body);
  bool read_run(const wire::Refill& refill, Run& out) const;
  void take_run(Conn& conn, LogState& log, const wire::Refill& refill);
  void tell_refiller(ConnId id, LogState& log);
  void check_twice(Conn& conn, LogState& log, const Run& run);
  void twice_read(const ReadTask& task, const Result<std::vector<store::Entry>>& entries);

  // Logs in memory.
  LogState& log_state(const LogId& id);
  // Null while it is being read; then `waiter` is called again. Missing logs are returned too.
  LogState* ready_log(const LogId& id, Conn& conn, wire::FrameKind kind, BytesView body,
                      std::uint32_t serial = 0);
  void log_read(const ReadTask& task, Result<store::LogRecord>& record);
  bool restore(LogState& log, store::LogRecord& record);
  void run_waiters(LogState& log);
  void run_waiter(Waiter& waiter, LogState& log);
  void send_heads(Conn& conn, std::vector<wire::Head> heads);
  // Keeps a frame until the log is loaded or its batch committed; refuses with busy.
  void wait(LogState& log, Conn& conn, Waiter waiter);
  void refuse_waiter(Conn& conn, const LogId& log, const Waiter& waiter);
  void begin_read(LogState& log);
  // Forgets what was pending; the store says where the log stands.
  void reload(const LogId& id);
  void begin_following(Shop& shop, LogState& log, std::uint64_t seq);
  void subscribe(Conn& conn, LogState& log);
  void unsubscribe(Conn& conn, LogState& log);
  void drop_idle_logs();
  // no_such_log, not_member or none.
  Errc may_read(const Conn& conn, const LogState& log) const;
  std::size_t envelopes_per_minute(const Conn& conn) const;
  bool is_certified(const Conn& conn) const {
    return conn.standing == Standing::certified || conn.standing == Standing::desk;
  }

  // Several nodes over one store.
  bool has_others() const { return config_.node != 0; }
  void tell_others(bus::News news);
  void tell_others(const store::Batch& batch);
  void heard(const bus::HeadNews& news);
  void heard(const bus::CardNews& news);
  void heard(const bus::DeviceNews& news);
  void heard(const bus::SignalNews& news);
  // Asks the store what has moved.
  void look();
  void moved_read(const Result<store::Moved>& moved);
  void read_card_again(const ShopId& shop);
  void other_card_read(const ReadTask& task, const Result<Bytes>& card);
  void log_moved(const ShopId& shop, const LogId& id);
  void read_again(LogState& log);
  void read_anew(LogState& log);
  // What is here may be old by now: before it is refused it is asked again after a read that begins
  // now. False where that has been done, or this is the only node.
  bool asks_again(LogState& log, Conn& conn, wire::FrameKind kind, BytesView body);
  LogState* fresh_log(const LogId& id, Conn& conn, std::uint32_t serial);
  // What was read goes beyond what was told here.
  void catch_up(LogState& log, std::uint64_t told, const std::vector<store::MarkWrite>& marks,
                const store::LogRecord& record);
  void tell_missed(LogState& log, std::uint64_t told, const store::LogRecord& record);
  void follow_again(Shop& shop, LogState& log);
  // Another node was first: what was to be written is looked at again.
  void start_again(Pending& pending);

  // Serving.
  void on_fetch(Conn& conn, BytesView body);
  void start_fetches(Conn& conn);
  void page_read(const ReadTask& task, const Result<std::vector<store::Entry>>& entries);
  LogState* ready_page_log(Conn& conn, const ReadTask& task,
                           const std::vector<store::Entry>& entries);
  void send_page(Conn& conn, LogState& log, std::uint64_t from,
                 const std::vector<store::Entry>& entries);
  void on_get_heads(Conn& conn, BytesView body);
  void heads_read(const ReadTask& task, const Result<std::vector<store::HeadRow>>& rows);
  void on_watch(Conn& conn, BytesView body);
  void logs_of_device_read(const ReadTask& task, const Result<std::vector<LogId>>& logs);
  void begin_task(Conn& conn, std::vector<LogId> logs);
  void task_log_ready(Conn& conn, std::uint32_t serial, LogState* log);
  void task_part_done(Conn& conn, std::uint32_t serial);
  void finish_task(Conn& conn);
  wire::Head head_of(const LogState& log, const DeviceId& device) const;
  void on_mark(Conn& conn, BytesView body);
  void on_signal(Conn& conn, BytesView body);
  void forward(Conn& to, const wire::Signal& signal);
  void forward_to_log(const LogState& log, const Conn* from, const wire::Signal& signal);

  Config config_;
  Key voucher_key_;
  blob::Tokens blob_tokens_;
  std::uint64_t restores_ = 0;  // what was read before the last one is read again
  Rng rng_;
  std::uint64_t now_ms_ = 0;
  std::uint64_t sweep_at_ms_ = 0;
  std::uint64_t timeout_told_ms_ = 0;
  bool draining_ = false;
  std::unordered_map<ShopId, std::unique_ptr<Shop>, FixedHash> shops_;
  std::unordered_map<ConnId, std::unique_ptr<Conn>> conns_;
  std::size_t unproven_ = 0;
  Budgets budgets_;
  std::unordered_map<LogId, std::unique_ptr<LogState>, FixedHash> logs_;
  std::size_t drop_logs_at_ = 0;
  std::size_t waiting_bytes_ = 0;  // of what waits for a log

  // By sender on the bus: the last number.
  std::unordered_map<bus::NodeId, std::uint64_t> heard_;
  store::Stamps stamps_;  // seen
  std::uint64_t looked_ms_ = 0;
  bool looking_ = false;
  std::set<LogId> unread_;  // moved, and could not be read
  std::set<ShopId> cards_unread_;
  bool fresh_ = false;  // what waited runs on what was read since

  Pending building_;
  Pending under_way_;
  bool committing_ = false;
  std::uint64_t last_batch_ = 0;
  std::uint64_t last_read_ = 0;
  std::unordered_map<ReadId, ReadTask> reads_;

  std::vector<ConnId> dirty_;
  std::vector<Output> outputs_;
  std::size_t polled_ = 0;
  Bytes scratch_;
  Metrics metrics_;
};

template <class T>
void Shard::Impl::send(Conn& conn, wire::FrameKind kind, const T& message) {
  scratch_.clear();
  codec::encode_framed(static_cast<std::uint32_t>(kind), message, scratch_);
  send_framed(conn, scratch_);
}

// A defect of the host or of this code, never of a peer.
[[noreturn]] void defect(const char* what);
inline void require(bool condition, const char* what) {
  if (!condition) defect(what);
}

// More frames than this waiting for one log are an attack or a dead disk.
inline constexpr std::size_t waiters_max = 4096;
// How long a refused device waits before it tries again.
inline constexpr std::uint64_t busy_retry_ms = 200;
inline constexpr std::uint64_t store_retry_ms = 1000;
inline constexpr std::uint64_t crowded_retry_ms = 20'000;
// What no other node has told is found in the store by then.
inline constexpr std::uint64_t look_every_ms = 2000;
inline constexpr std::size_t moved_max = 1000;

}  // namespace shopbell::relay
