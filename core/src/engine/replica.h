// This device's copy of its logs (docs/PROTOCOL.md section 3): takes entries in order, checks each
// against chain, members and signatures, stores it, and then shows it. Fetches what is missing.
#pragma once

#include "engine/state.h"

namespace shopbell::engine {

struct Machines;

class Replica {
 public:
  explicit Replica(Machines& machines) : m_(machines) {}

  void connection_begins(const wire::Welcome& welcome);
  Status on_published(BytesView body);
  Status on_deliver(BytesView body);
  Status on_page(BytesView body);
  Status on_heads(BytesView body);
  // A refusal that names a log and no envelope.
  void on_refused(const wire::Error& error);
  void log_timer(Log& log);

  // The log, made if it is not known yet.
  Log& log_of(const LogId& id);
  // Asks for what the relay has and this device has not; also when nothing is known to be missing.
  void fetch(Log& log);
  // Asks the desk for the keys of what is open here and has none, and takes what it gives.
  void want_all_keys();
  void take_keys(const wire::RegrantResponse& answer);
  void watch();
  void open(Log& log, const wire::OpenLog& how);
  void load_history(const LogId& log, std::uint64_t before_seq, std::uint64_t limit);
  // What a stored message holds; nothing where it does not open.
  std::optional<Bytes> content_of(const Log& log, const in::Record& record) const;
  // An own message that has its place already, as if it had just got it.
  void show_placed(const LogId& log, std::uint64_t seq, std::uint64_t ref);
  // Takes the answer of a history load. False where the id is none of them.
  bool on_loaded(std::uint64_t id, std::span<const in::Record> records);
  void save(const Log& log, const Epoch& epoch);
  void show_opened(const Log& log, std::uint64_t ref);
  void show_sync(Log& log);
  struct Stored {
    Bytes plain;  // what the views look into
    wire::EntryRecord entry;
    OpenEnvelope envelope;
  };
  Result<Stored> read_entry(const in::Record& record) const;
  Result<Inner> open_message(const Log& log, const OpenEnvelope& envelope) const;
  void stop(Log& log, Errc why);
  // Joins where an agent has opened the log and may.
  void join_if_wanted(Log& log);

 private:
  struct HistoryLoad {
    LogId log;
    bool newest = false;
    std::uint64_t limit = 0;
    std::uint64_t placed_seq = 0;  // of show_placed; else it is history
    std::uint64_t placed_ref = 0;
    std::uint64_t amends = 0;  // the load of what changes the page; asked for before it
  };

  void on_head(const wire::Head& head);
  // Something got a place: the relay holds the log no more.
  void goes_on(Log& log, std::uint64_t seq);
  // The desk resumes after the newest cursor up to which it has stored everything.
  void note_cursor(std::uint64_t cursor);
  void caught_up(const Log& log);
  void adopt_cursor();
  // One entry that the relay gives a place. False where it was not taken.
  bool on_entry(Log& log, const wire::Deliver& entry);
  // It is another entry than the one that has this place here.
  bool is_other(const Log& log, const wire::Deliver& entry) const;
  bool apply(Log& log, const wire::Deliver& entry);
  Errc check(Log& log, const OpenEnvelope& envelope, std::uint64_t seq, std::uint64_t time_ms);
  void apply_member(Log& log, const OpenEnvelope& envelope, std::uint64_t seq,
                    std::uint64_t time_ms);
  void apply_grant(Log& log, const OpenEnvelope& envelope, std::uint64_t time_ms,
                   std::optional<Key> own_key);
  void open_epoch(Log& log, const OpenEnvelope& envelope, Epoch& epoch);
  void want_keys(const Log& log);
  // The answer is the place that the message is said to change; 0 where it changes none.
  std::uint64_t show_message(Log& log, const OpenEnvelope& envelope, std::uint64_t seq,
                             std::uint64_t time_ms, std::uint64_t ref, bool history);
  void on_history(const HistoryLoad& load, std::span<const in::Record> records);
  void on_placed_again(const HistoryLoad& load, std::span<const in::Record> records);
  // One stored entry of a page; its place, 0 where it does not open.
  std::uint64_t show_record(Log& log, const in::Record& record);
  void note_talk(Log& log, const wire::MessageEvent& event);
  // Keeps the relay's word where it agrees; where it does not, the relay tells two stories.
  void take_checkpoint(Log& log, BytesView checkpoint);
  // What this device has and the relay does not name, once it has named all it will.
  void find_missing();
  bool is_genesis_of(const LogId& log, BytesView envelope) const;

  Machines& m_;
  std::map<std::uint64_t, HistoryLoad> history_loads_;
  std::map<std::uint64_t, std::vector<std::pair<Bytes, Bytes>>> amend_loads_;
  std::uint64_t cursor_told_ = 0;
  std::set<LogId> behind_;  // logs that keep the cursor from being adopted
  bool passing_ = false;    // what is taken now is not shown by itself
  bool names_all_ = false;  // the heads of this connection began with the first
};

}  // namespace shopbell::engine
