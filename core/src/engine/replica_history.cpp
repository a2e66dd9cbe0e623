// What of a stored log is shown again: its newest page, older ones, a message that has its place.
#include "engine/machines.h"
#include "engine/replica.h"
#include "shopbell/amend.h"
#include "store/keys.h"

namespace shopbell::engine {

void Replica::open(Log& log, const wire::OpenLog& how) {
  log.open = true;
  log.paged = how.paged;
  if (m_.state.is_agent() && !how.quiet) log.want_join = true;
  watch();
  want_keys(log);
  if (m_.connection.online() && !m_.state.is_certified()) fetch(log);
  join_if_wanted(log);
  m_.people.show_all(log);
  load_history(log.id, 0, how.limit);
}

void Replica::join_if_wanted(Log& log) {
  if (!log.want_join || !log.has_genesis() || log.is_behind() || !m_.state.is_certified()) return;
  log.want_join = false;
  m_.outbox.join(log);
}

void Replica::load_history(const LogId& log, std::uint64_t before_seq, std::uint64_t limit) {
  const std::uint64_t end = before_seq == 0 ? ~std::uint64_t{0} : before_seq;
  // Places are dense, so the page is known before it is read. The newest one holds what changes it.
  std::uint64_t amends = 0;
  if (before_seq != 0) {
    const std::uint64_t from = limit == 0 || before_seq <= limit ? 0 : before_seq - limit;
    amends = m_.io.load(store::amend_key(log, from, 0), store::amend_key(log, end, 0),
                        limits::amends_per_page_max, true);
    amend_loads_[amends];
  }
  const std::uint64_t id =
      m_.io.load(store::entry_key(log, 0), store::entry_key(log, end), limit, true);
  history_loads_[id] =
      HistoryLoad{.log = log, .newest = before_seq == 0, .limit = limit, .amends = amends};
}

void Replica::show_placed(const LogId& log, std::uint64_t seq, std::uint64_t ref) {
  const std::uint64_t id =
      m_.io.load(store::entry_key(log, seq), store::entry_key(log, seq + 1), 1, false);
  history_loads_[id] = HistoryLoad{.log = log, .placed_seq = seq, .placed_ref = ref};
}

bool Replica::on_loaded(std::uint64_t id, std::span<const in::Record> records) {
  const auto amends = amend_loads_.find(id);
  if (amends != amend_loads_.end()) {
    for (const in::Record& record : records) {
      amends->second.emplace_back(to_bytes(record.key), to_bytes(record.value));
    }
    return true;
  }
  const auto pending = history_loads_.find(id);
  if (pending == history_loads_.end()) return m_.rejoin.on_loaded(id, records);
  const HistoryLoad load = pending->second;
  history_loads_.erase(pending);
  if (load.placed_seq != 0) {
    on_placed_again(load, records);
  } else {
    on_history(load, records);
  }
  return true;
}

Result<Replica::Stored> Replica::read_entry(const in::Record& record) const {
  Stored stored;
  Result<Bytes> plain = m_.io.open_record(record.key, record.value);
  if (!plain) return plain.error();
  stored.plain = std::move(*plain);
  Result<wire::EntryRecord> entry = codec::decode<wire::EntryRecord>(stored.plain);
  if (!entry) return entry.error();
  stored.entry = *entry;
  Result<OpenEnvelope> envelope = open_envelope(entry->envelope);
  if (!envelope) return envelope.error();
  stored.envelope = *envelope;
  return stored;
}

void Replica::on_history(const HistoryLoad& load, std::span<const in::Record> records) {
  Log* log = m_.state.find(load.log);
  // What got its place since the page was asked for is neither on it nor in the outbox any more.
  const std::uint64_t newest = records.empty() ? 0 : store::parse_key(records[0].key).number;
  if (load.newest && log != nullptr && newest < log->own_placed && log->own_placed <= log->seq) {
    return load_history(load.log, 0, load.limit);
  }
  wire::HistoryEnd end;
  end.log = load.log;
  for (std::size_t i = records.size(); log != nullptr && m_.state.shop && i-- > 0;) {
    const std::uint64_t seq = show_record(*log, records[i]);
    if (end.first_seq == 0) end.first_seq = seq;
    end.last_seq = std::max(end.last_seq, seq);
  }
  const auto amends = amend_loads_.extract(load.amends);
  for (std::size_t i = amends ? amends.mapped().size() : 0; log != nullptr && i-- > 0;) {
    const auto& [key, value] = amends.mapped()[i];
    // Those of the page itself have been told.
    if (store::parse_key(key).number > end.last_seq) show_record(*log, {key, value});
  }
  end.more = end.first_seq > 1;
  end.at_end = log == nullptr || load.newest || end.last_seq >= log->seq;
  if (log != nullptr && load.newest) m_.outbox.show(*log);
  m_.io.event(wire::EventKind::history_end, end);
  if (log != nullptr) {
    log->shown_receipts = {};
    m_.marks.show_receipts(*log);
    m_.marks.show_log(*log);
  }
}

std::uint64_t Replica::show_record(Log& log, const in::Record& record) {
  Result<Stored> stored = read_entry(record);
  if (!stored) {
    m_.problem(Errc::store_damaged, log.id);
    return 0;
  }
  const std::uint64_t seq = store::parse_key(record.key).number;
  const OpenEnvelope& envelope = stored->envelope;
  if (envelope.header.envelope_class == static_cast<std::uint64_t>(EnvelopeClass::message)) {
    const std::uint64_t amends =
        show_message(log, envelope, seq, stored->entry.time_ms, stored->entry.ref, true);
    // Who came later could not read it when it came. Its target stands further up.
    const bool came_later = m_.state.is_visitor() && log.fold.creator() != m_.state.self();
    if (came_later && amends != 0 && amends < seq) {
      m_.io.put(store::amend_key(log.id, amends, seq), stored->entry);
    }
  }
  return seq;
}

void Replica::on_placed_again(const HistoryLoad& load, std::span<const in::Record> records) {
  Log* log = m_.state.find(load.log);
  wire::Placed event;
  event.log = load.log;
  event.seq = load.placed_seq;
  event.ref = load.placed_ref;
  Result<Stored> stored = Errc::store_damaged;
  if (!records.empty()) stored = read_entry(records.front());
  if (stored && log != nullptr && m_.state.shop) {
    event.counter = stored->envelope.header.counter;
    event.time_ms = stored->entry.time_ms;
    show_message(*log, stored->envelope, event.seq, event.time_ms, event.ref, false);
  }
  m_.io.event(wire::EventKind::placed, event);
}

}  // namespace shopbell::engine
