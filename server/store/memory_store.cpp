#include <algorithm>
#include <map>
#include <mutex>
#include <set>

#include "store/store.h"

namespace shopbell::store {

namespace {

struct StoredEntry {
  std::uint64_t time_ms;
  Hash chain;
  Hash hash;
  DeviceId author;
  std::uint64_t counter;
  Bytes envelope;
};

// The newest batch that moved something.
struct Stamp {
  std::uint64_t node = 0;
  std::uint64_t number = 0;
};

struct StoredCard {
  Bytes card;
  Stamp moved;
};

struct StoredMark {
  MarkWrite mark;
  Stamp moved;
};

struct StoredLog {
  LogWrite head;
  Stamp moved;  // by an envelope: who wrote the newest had read those before
  std::uint64_t fold_seq = 0;
  std::uint64_t change = 0;
  std::vector<StoredEntry> entries;  // seq - 1
  std::map<std::pair<DeviceId, std::uint64_t>, StoredMark> marks;

  std::set<DeviceId> authors;  // of the folds

  std::uint64_t counter_of(const DeviceId& device) const {
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
      if (entry->author == device) return entry->counter;
    }
    return 0;
  }
};

class MemoryStore final : public Store {
 public:
  explicit MemoryStore(std::uint64_t generation) : generation_(generation) {}

  Status commit(const Batch& batch) override;
  MemoryStore(const MemoryStore& other)
      : generation_(other.generation_),
        restored_change_(other.restored_change_),
        restored_ms_(other.restored_ms_),
        last_change_(other.last_change_),
        logs_(other.logs_),
        cards_(other.cards_),
        stamps_(other.stamps_) {}
  std::uint64_t generation() const override { return generation_; }
  std::uint64_t last_change() const override { return last_change_; }
  std::uint64_t restored_ms() const override { return restored_ms_; }
  std::unique_ptr<Reader> open_reader() override;
  std::string problem() const override {
    std::lock_guard lock(mutex_);
    return problem_;
  }

  Result<LogRecord> read_log(const LogId& log) override;
  Result<std::vector<Entry>> read_page(const LogId& log, std::uint64_t from, std::uint64_t to,
                                       std::size_t bytes_max) override;
  Result<std::vector<LogId>> logs_of_device(const ShopId& shop, const DeviceId& device) override;
  Result<std::vector<HeadRow>> heads_since(const ShopId& shop, const DeviceId& device,
                                           std::uint64_t cursor, std::size_t limit) override;
  Result<Place> find_envelope(const LogId& log, const DeviceId& author,
                              std::uint64_t counter) override;
  Result<Bytes> card(const ShopId& shop) override;
  Result<Moved> moved_since(const Stamps& seen, std::size_t limit) override;

 private:
  Status follows(const Batch& batch) const;
  bool fits(const CardWrite& card) const {
    auto stored = cards_.find(card.shop);
    return card.former == (stored == cards_.end() ? Bytes{} : stored->second.card);
  }
  bool is_held(const StoredLog& log) const { return log.change <= restored_change_; }

  std::uint64_t generation_;
  std::uint64_t restored_change_ = 0;
  std::uint64_t restored_ms_ = 0;
  mutable std::mutex mutex_;
  std::uint64_t last_change_ = 0;
  std::map<LogId, StoredLog> logs_;
  std::map<ShopId, StoredCard> cards_;
  Stamps stamps_;
  std::string problem_;
};

// The same store for a second thread; its lock makes that safe.
class SharedReader final : public Reader {
 public:
  explicit SharedReader(MemoryStore& store) : store_(store) {}
  Result<LogRecord> read_log(const LogId& log) override { return store_.read_log(log); }
  Result<std::vector<Entry>> read_page(const LogId& log, std::uint64_t from, std::uint64_t to,
                                       std::size_t bytes_max) override {
    return store_.read_page(log, from, to, bytes_max);
  }
  Result<std::vector<LogId>> logs_of_device(const ShopId& shop, const DeviceId& device) override {
    return store_.logs_of_device(shop, device);
  }
  Result<std::vector<HeadRow>> heads_since(const ShopId& shop, const DeviceId& device,
                                           std::uint64_t cursor, std::size_t limit) override {
    return store_.heads_since(shop, device, cursor, limit);
  }
  Result<Place> find_envelope(const LogId& log, const DeviceId& author,
                              std::uint64_t counter) override {
    return store_.find_envelope(log, author, counter);
  }
  Result<Bytes> card(const ShopId& shop) override { return store_.card(shop); }
  Result<Moved> moved_since(const Stamps& seen, std::size_t limit) override {
    return store_.moved_since(seen, limit);
  }

 private:
  MemoryStore& store_;
};

std::unique_ptr<Reader> MemoryStore::open_reader() { return std::make_unique<SharedReader>(*this); }

Status MemoryStore::follows(const Batch& batch) const {
  std::map<LogId, std::uint64_t> next;
  for (const NewEnvelope& one : batch.envelopes) {
    auto stored = logs_.find(one.log);
    const std::uint64_t head = stored == logs_.end() ? 0 : stored->second.head.seq;
    if (one.seq != next.try_emplace(one.log, head + 1).first->second++) return Errc::busy;
  }
  for (const LogWrite& write : batch.logs) {
    auto moved = next.find(write.log);
    if (moved == next.end() || moved->second != write.seq + 1) return Errc::store_failed;
    next.erase(moved);
  }
  for (const CardWrite& card : batch.cards) {
    if (!fits(card)) return Errc::busy;
  }
  return next.empty() ? Status() : Status(Errc::store_failed);
}

Status MemoryStore::commit(const Batch& batch) {
  std::lock_guard lock(mutex_);
  if (Status follows_it = follows(batch); !follows_it) {
    problem_ = "a batch does not follow what is stored";
    return follows_it;
  }
  const Stamp stamp{batch.node, ++stamps_[batch.node]};
  for (const NewEnvelope& one : batch.envelopes) {
    StoredLog& log = logs_[one.log];
    log.change = ++last_change_;
    log.entries.push_back(
        {one.time_ms, one.chain, one.hash, one.author, one.counter, to_bytes(batch.envelope(one))});
  }
  for (const LogWrite& write : batch.logs) {
    StoredLog& log = logs_[write.log];
    Bytes fold = write.fold.empty() ? std::move(log.head.fold) : write.fold;
    if (!write.fold.empty()) log.fold_seq = write.seq;
    for (const AuthorCounter& author : write.authors) log.authors.insert(author.device);
    log.head = write;
    log.head.fold = std::move(fold);
    log.moved = stamp;
  }
  for (const MarkWrite& mark : batch.marks) {
    auto log = logs_.find(mark.log);
    if (log == logs_.end()) continue;
    StoredMark& kept = log->second.marks[{mark.device, mark.kind}];
    if (kept.mark.seq < mark.seq) kept = {mark, stamp};
  }
  for (const CardWrite& card : batch.cards) cards_[card.shop] = {card.card, stamp};
  if (batch.generation != 0) {
    generation_ = batch.generation;
    restored_change_ = last_change_;
    restored_ms_ = batch.restored_ms;
  }
  return {};
}

Result<LogRecord> MemoryStore::read_log(const LogId& log) {
  std::lock_guard lock(mutex_);
  auto found = logs_.find(log);
  if (found == logs_.end()) return Errc::no_such_log;
  const StoredLog& stored = found->second;
  const LogWrite& head = stored.head;
  LogRecord out;
  out.shop = head.shop;
  out.kind = head.kind;
  out.seq = head.seq;
  out.time_ms = head.time_ms;
  out.chain = head.chain;
  out.epoch = head.epoch;
  out.commitment = head.commitment;
  out.fold_seq = stored.fold_seq;
  out.fold = head.fold;
  for (std::size_t i = stored.fold_seq; i < stored.entries.size(); ++i) {
    const StoredEntry& entry = stored.entries[i];
    out.tail.push_back({i + 1, entry.time_ms, entry.envelope, entry.chain});
  }
  for (const auto& [key, mark] : stored.marks) out.marks.push_back(mark.mark);
  out.held = is_held(stored);
  return out;
}

Result<std::vector<Entry>> MemoryStore::read_page(const LogId& log, std::uint64_t from,
                                                  std::uint64_t to, std::size_t bytes_max) {
  std::lock_guard lock(mutex_);
  std::vector<Entry> out;
  auto found = logs_.find(log);
  if (found == logs_.end()) return out;
  const auto& entries = found->second.entries;
  std::size_t bytes = 0;
  for (std::uint64_t seq = std::max<std::uint64_t>(from, 1); seq <= to && seq <= entries.size();
       ++seq) {
    const StoredEntry& entry = entries[seq - 1];
    bytes += entry.envelope.size();
    if (!out.empty() && bytes > bytes_max) break;
    out.push_back({seq, entry.time_ms, entry.envelope, entry.chain});
  }
  return out;
}

Result<std::vector<LogId>> MemoryStore::logs_of_device(const ShopId& shop, const DeviceId& device) {
  std::lock_guard lock(mutex_);
  std::vector<LogId> out;
  for (const auto& [id, log] : logs_) {
    const bool takes_part = log.counter_of(device) > 0 || log.authors.contains(device);
    if (log.head.shop == shop && takes_part) out.push_back(id);
  }
  return out;
}

Result<std::vector<HeadRow>> MemoryStore::heads_since(const ShopId& shop, const DeviceId& device,
                                                      std::uint64_t cursor, std::size_t limit) {
  std::lock_guard lock(mutex_);
  std::map<std::uint64_t, LogId> moved;
  for (const auto& [id, log] : logs_) {
    if (log.head.shop == shop && log.change > cursor) moved.emplace(log.change, id);
  }
  std::vector<HeadRow> out;
  for (const auto& [change, id] : moved) {
    if (out.size() == limit) break;
    const StoredLog& log = logs_.at(id);
    HeadRow row{id, log.head.kind,  log.head.seq, change, log.counter_of(device),
                {}, log.head.chain, is_held(log)};
    for (const auto& [key, mark] : log.marks) row.marks.push_back(mark.mark.mark);
    out.push_back(std::move(row));
  }
  return out;
}

Result<Place> MemoryStore::find_envelope(const LogId& log, const DeviceId& author,
                                         std::uint64_t counter) {
  std::lock_guard lock(mutex_);
  auto found = logs_.find(log);
  if (found == logs_.end()) return Errc::no_such_log;
  const auto& entries = found->second.entries;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const StoredEntry& entry = entries[i];
    if (entry.author != author || entry.counter != counter) continue;
    return Place{i + 1, entry.time_ms, entry.chain, entry.hash};
  }
  return Errc::no_such_log;
}

Result<Bytes> MemoryStore::card(const ShopId& shop) {
  std::lock_guard lock(mutex_);
  auto found = cards_.find(shop);
  return found == cards_.end() ? Bytes{} : found->second.card;
}

Result<Moved> MemoryStore::moved_since(const Stamps& seen, std::size_t limit) {
  std::lock_guard lock(mutex_);
  const auto seen_of = [&seen](std::uint64_t node) {
    const auto found = seen.find(node);
    return found == seen.end() ? 0 : found->second;
  };
  Moved out;
  out.generation = generation_;
  out.restored_ms = restored_ms_;
  out.stamps = stamps_;
  if (limit == 0) return out;
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::vector<std::pair<ShopId, LogId>>> moved;
  const auto note = [&](const Stamp& stamp, const ShopId& shop, const LogId& log) {
    if (stamp.number > seen_of(stamp.node)) {
      moved[{stamp.node, stamp.number}].emplace_back(shop, log);
    }
  };
  for (const auto& [id, log] : logs_) {
    note(log.moved, log.head.shop, id);
    for (const auto& [key, mark] : log.marks) note(mark.moved, log.head.shop, id);
  }
  std::size_t count = 0;
  for (auto& [stamp, logs] : moved) {
    // What is left out of a node's batches is asked for again.
    if (count >= limit) {
      std::uint64_t& newest = out.stamps[stamp.first];
      newest = std::min(newest, stamp.second - 1);
      continue;
    }
    count += logs.size();
    out.logs.insert(out.logs.end(), logs.begin(), logs.end());
  }
  for (const auto& [shop, card] : cards_) {
    if (card.moved.number > seen_of(card.moved.node)) out.cards.push_back(shop);
  }
  return out;
}

}  // namespace

std::unique_ptr<Store> make_memory_store(std::uint64_t generation) {
  return std::make_unique<MemoryStore>(generation);
}

std::unique_ptr<Store> copy_memory_store(const Store& store) {
  const auto* memory = dynamic_cast<const MemoryStore*>(&store);
  return memory ? std::make_unique<MemoryStore>(*memory) : nullptr;
}

}  // namespace shopbell::store
