// The relay's store: envelopes in their places, where each log stands, marks, shop cards. A plain
// synchronous interface; the host calls it on its writer and reader threads (store_worker.h), the
// simulator directly. What is stored is opaque here: signatures, folds and cards are the shard's.
//
// Contract, kept by every implementation (tests/contract/store_contract_test.cpp):
//   - commit() is one transaction: after it returned without error all of the batch is durable,
//     after an error none of it is, also when the process dies inside.
//   - Each envelope takes the next change number; they rise by one and are never given twice.
//   - The caller numbers: a batch whose seq does not follow the stored head of its log is refused
//     whole (busy) and changes nothing; so is one with a card whose `former` is not the stored one.
//     Another node was first: the caller reads again.
//   - Marks keep the highest seq of each (log, device, kind); a card replaces the former one.
//   - A read sees every batch whose commit() returned before the read began.
//   - The generation is drawn when the store is made, and anew after a restore: by a batch that
//     carries one, or by restore_sqlite_store(). A log whose newest change is not above the change
//     number of that moment is held.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "shopbell/log.h"

namespace shopbell::store {

// One envelope in its place. Its bytes lie in Batch::bytes.
struct NewEnvelope {
  LogId log;
  std::uint64_t seq = 0;
  std::uint64_t time_ms = 0;
  Hash chain;  // after this envelope
  Hash hash;   // the envelope hash
  DeviceId author;
  std::uint64_t counter = 0;
  std::size_t offset = 0;
  std::size_t size = 0;
};

// Who has written, or may: counter 0.
struct AuthorCounter {
  DeviceId device;
  std::uint64_t counter = 0;
};

// Where a log stands after the batch. One for each log that the batch moves.
struct LogWrite {
  LogId log;
  ShopId shop;
  LogKind kind = LogKind::main;
  std::uint64_t seq = 0;
  std::uint64_t time_ms = 0;
  Hash chain;
  std::uint64_t epoch = 0;
  Hash commitment;
  // Fold::save() as of `seq`, with its authors; empty leaves the stored one, which then lags
  // behind. The first write of a log has one.
  Bytes fold;
  std::vector<AuthorCounter> authors;
};

struct MarkWrite {
  LogId log;
  DeviceId device;
  std::uint64_t kind = 0;
  std::uint64_t seq = 0;
  Bytes mark;  // Signed MarkBody
};

struct CardWrite {
  ShopId shop;
  Bytes card;    // Signed ShopCard
  Bytes former;  // the one that it takes the place of; empty where there is none
};

// Of each node that writes, the newest of its batches: they are counted from 1, as they commit. No
// clock takes part, and what one node writes at once with others hides nothing of theirs.
using Stamps = std::map<std::uint64_t, std::uint64_t>;

// What one transaction writes.
struct Batch {
  std::vector<NewEnvelope> envelopes;  // seq ascending within each log
  Bytes bytes;                         // of all envelopes, one allocation a batch
  std::vector<LogWrite> logs;
  std::vector<MarkWrite> marks;
  std::vector<CardWrite> cards;
  // Not 0: the store turns out to be an older copy; a new generation begins with this batch.
  std::uint64_t generation = 0;
  std::uint64_t restored_ms = 0;
  std::uint64_t node = 0;  // who writes; 0 where one node alone has the store

  BytesView envelope(const NewEnvelope& one) const {
    return BytesView(bytes).subspan(one.offset, one.size);
  }
  bool empty() const {
    return envelopes.empty() && marks.empty() && cards.empty() && generation == 0;
  }
  // Keeps the memory.
  void clear() {
    envelopes.clear();
    bytes.clear();
    logs.clear();
    marks.clear();
    cards.clear();
    generation = restored_ms = 0;
  }
};

struct Entry {
  std::uint64_t seq = 0;
  std::uint64_t time_ms = 0;
  Bytes envelope;
  Hash chain;  // after it
};

// All that the shard needs to go on with a log.
struct LogRecord {
  ShopId shop;
  LogKind kind = LogKind::main;
  std::uint64_t seq = 0;
  std::uint64_t time_ms = 0;
  Hash chain;
  std::uint64_t epoch = 0;
  Hash commitment;
  std::uint64_t fold_seq = 0;  // `fold` is of this entry ...
  Bytes fold;
  std::vector<Entry> tail;  // ... and these have followed
  std::vector<MarkWrite> marks;
  bool held = false;
};

// A log's head, for the resume of one device.
struct HeadRow {
  LogId log;
  LogKind kind = LogKind::main;
  std::uint64_t seq = 0;
  std::uint64_t change = 0;   // of the log's newest envelope
  std::uint64_t counter = 0;  // the asking device's newest in this log, 0 if it wrote none
  std::vector<Bytes> marks;
  Hash chain;
  bool held = false;
};

// What other nodes have moved.
struct Moved {
  Stamps stamps;                               // seen with this
  std::vector<std::pair<ShopId, LogId>> logs;  // by an envelope or a mark
  std::vector<ShopId> cards;
  std::uint64_t generation = 0;
  std::uint64_t restored_ms = 0;
};

// A stored envelope, found by author and counter.
struct Place {
  std::uint64_t seq = 0;
  std::uint64_t time_ms = 0;
  Hash chain;
  Hash hash;
};

// Reading. One thread at a time per object.
class Reader {
 public:
  virtual ~Reader() = default;
  // no_such_log, store_failed.
  virtual Result<LogRecord> read_log(const LogId& log) = 0;
  // Entries from <= seq <= to, ascending, at least one if there is any, then while their envelopes
  // stay within `bytes_max`. store_failed; an unknown log is empty.
  virtual Result<std::vector<Entry>> read_page(const LogId& log, std::uint64_t from,
                                               std::uint64_t to, std::size_t bytes_max) = 0;
  // Logs of the shop where the device has written (a member's first act is to write), ascending by
  // id. store_failed.
  virtual Result<std::vector<LogId>> logs_of_device(const ShopId& shop, const DeviceId& device) = 0;
  // Logs of the shop whose newest envelope has a change number above `cursor`, ascending by it, at
  // most `limit`. store_failed.
  virtual Result<std::vector<HeadRow>> heads_since(const ShopId& shop, const DeviceId& device,
                                                   std::uint64_t cursor, std::size_t limit) = 0;
  // no_such_log where there is no such envelope, store_failed.
  virtual Result<Place> find_envelope(const LogId& log, const DeviceId& author,
                                      std::uint64_t counter) = 0;
  // Empty where there is none. store_failed.
  virtual Result<Bytes> card(const ShopId& shop) = 0;
  // Logs whose newest envelope, or any mark, is of a batch that was not seen, perhaps more than
  // once, and cards of one; of each node whole batches, oldest first, until there are `limit`; with
  // 0 the stamps alone, as they stand. store_failed, also where one node alone can have the store.
  virtual Result<Moved> moved_since(const Stamps& /*seen*/, std::size_t /*limit*/) {
    return Errc::store_failed;
  }
};

class Store : public Reader {
 public:
  // store_full (no space, or the disk refuses to write), busy (see above), store_failed (everything
  // else).
  virtual Status commit(const Batch& batch) = 0;
  // Never 0.
  virtual std::uint64_t generation() const = 0;
  // The newest change number, and when this generation began, 0 for the first one.
  virtual std::uint64_t last_change() const = 0;
  virtual std::uint64_t restored_ms() const = 0;
  // A second way in for another thread; may be used while commit() runs. Lives no longer than this.
  // Null where it could not be opened.
  virtual std::unique_ptr<Reader> open_reader() = 0;
  // The last failure as a sentence for the operator's log; names no content, key or address.
  virtual std::string problem() const = 0;
};

// Reads as values, so that they can cross threads. The shard puts them out (relay/shard.h).
struct ReadLog {
  LogId log;
};
struct ReadPage {
  LogId log;
  std::uint64_t from;
  std::uint64_t to;
  std::size_t bytes_max;
};
struct ReadLogsOfDevice {
  ShopId shop;
  DeviceId device;
};
struct ReadHeads {
  ShopId shop;
  DeviceId device;
  std::uint64_t cursor;
  std::size_t limit;
};
struct FindEnvelope {
  LogId log;
  DeviceId author;
  std::uint64_t counter;
};
struct ReadCard {
  ShopId shop;
};
struct ReadMoved {
  Stamps seen;
  std::size_t limit;
};
using Query =
    std::variant<ReadLog, ReadPage, ReadLogsOfDevice, ReadHeads, FindEnvelope, ReadCard, ReadMoved>;
using Answer =
    std::variant<Result<LogRecord>, Result<std::vector<Entry>>, Result<std::vector<LogId>>,
                 Result<std::vector<HeadRow>>, Result<Place>, Result<Bytes>, Result<Moved>>;
// The alternative of the answer stands at the query's index.
Answer answer(Reader& reader, const Query& query);

// Keeps everything in memory; durable as long as the object lives. A simulated crash keeps the
// store and drops the shard: what was not committed is gone.
std::unique_ptr<Store> make_memory_store(std::uint64_t generation);
// A copy as a backup holds it; null where the store is none of make_memory_store().
std::unique_ptr<Store> copy_memory_store(const Store& store);

// Opens or makes the SQLite database at `path` (mode 0600). On failure null, and `problem` is a
// sentence: the folder is missing, the file is no store, a newer version wrote it, ...
// `new_generation` is used where the store is made now: a random number, not 0.
std::unique_ptr<Store> open_sqlite_store(const std::string& path, std::uint64_t new_generation,
                                         std::string& problem);

// Logs of the store at `path` that are held; nothing where it can not be read.
std::optional<std::uint64_t> count_held_logs(const std::string& path);

}  // namespace shopbell::store
