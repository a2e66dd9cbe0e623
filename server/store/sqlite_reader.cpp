#include "store/sqlite_reader.h"

namespace shopbell::store {

// All queries of one read see one state, also while the writer commits.
class ReadTransaction {
 public:
  explicit ReadTransaction(SqliteReader& reader) : reader_(reader) { reader_.begin_.bind().run(); }
  ~ReadTransaction() { reader_.end_.bind().run(); }
  ReadTransaction(const ReadTransaction&) = delete;
  ReadTransaction& operator=(const ReadTransaction&) = delete;

 private:
  SqliteReader& reader_;
};

SqliteReader::SqliteReader(sqlite3* db)
    : db_(db),
      begin_(db, "BEGIN"),
      end_(db, "COMMIT"),
      find_shop_(db, "SELECT no FROM shops WHERE id = ?"),
      find_device_(db, "SELECT no FROM devices WHERE id = ?"),
      find_log_(db, "SELECT no, seq, recent FROM logs WHERE id = ?"),
      log_(db,
           "SELECT l.no, s.id, l.kind, l.seq, l.time_ms, l.chain, l.epoch, l.commitment, l.recent,"
           " l.change <= (SELECT restored_change FROM meta)"
           " FROM logs l JOIN shops s ON s.no = l.shop WHERE l.id = ?"),
      fold_(db, "SELECT seq, fold FROM folds WHERE log = ?"),
      marks_(db,
             "SELECT d.id, m.kind, m.seq, m.mark FROM marks m JOIN devices d ON d.no = m.device"
             " WHERE m.log = ?"),
      envelope_(db, "SELECT time_ms, chain, envelope FROM envelopes WHERE change = ?"),
      blocks_(db,
              "SELECT first, entries FROM blocks WHERE log = ?1 AND first <= ?3 AND first >="
              " (SELECT coalesce(max(first), 0) FROM blocks WHERE log = ?1 AND first <= ?2)"
              " ORDER BY first"),
      blocks_back_(db, "SELECT first, entries FROM blocks WHERE log = ? ORDER BY first DESC"),
      logs_of_device_(db,
                      "SELECT l.id FROM authors a JOIN logs l ON l.no = a.log"
                      " WHERE a.device = ? AND l.shop = ? ORDER BY l.id"),
      heads_(db,
             "SELECT l.no, l.id, l.kind, l.seq, l.change, f.seq, l.recent, l.chain,"
             " l.change <= (SELECT restored_change FROM meta) FROM logs l"
             " JOIN folds f ON f.log = l.no"
             " WHERE l.shop = ? AND l.change > ? ORDER BY l.change LIMIT ?"),
      author_counter_(db, "SELECT counter FROM authors WHERE device = ? AND log = ?"),
      card_(db, "SELECT card FROM shops WHERE id = ? AND card IS NOT NULL") {}

std::int64_t SqliteReader::number_of(Statement& find, BytesView id, bool& ok) {
  const std::int64_t out = find.bind(id).step() ? find.integer(0) : 0;
  ok = find.ok();
  find.reset();
  return out;
}

Result<LogRecord> SqliteReader::read_log(const LogId& log) {
  ReadTransaction transaction(*this);
  LogRecord out;
  if (!log_.bind(log).step()) {
    const bool none = log_.ok();
    log_.reset();
    return none ? Errc::no_such_log : Errc::store_failed;
  }
  LogIndex index{log_.integer(0), IndexBlock::read(log_.blob(8), log_.number(3)).entries()};
  const std::int64_t number = index.number;
  out.shop = log_.fixed<ShopId>(1);
  out.kind = static_cast<LogKind>(log_.integer(2));
  out.seq = log_.number(3);
  out.time_ms = log_.number(4);
  out.chain = log_.fixed<Hash>(5);
  out.epoch = log_.number(6);
  out.commitment = log_.fixed<Hash>(7);
  out.held = log_.integer(9) != 0;
  log_.reset();
  if (!fold_.bind(number).step()) {
    fold_.reset();
    return Errc::store_failed;
  }
  out.fold_seq = fold_.number(0);
  out.fold = to_bytes(fold_.blob(1));
  fold_.reset();
  if (!read_entries(index, out.fold_seq + 1, out.seq, SIZE_MAX, out.tail)) {
    return Errc::store_failed;
  }
  if (!read_marks(number, out.marks)) return Errc::store_failed;
  for (MarkWrite& mark : out.marks) mark.log = log;
  return out;
}

bool SqliteReader::read_marks(std::int64_t log, std::vector<MarkWrite>& out) {
  marks_.bind(log);
  while (marks_.step()) {
    MarkWrite& mark = out.emplace_back();
    mark.device = marks_.fixed<DeviceId>(0);
    mark.kind = marks_.number(1);
    mark.seq = marks_.number(2);
    mark.mark = to_bytes(marks_.blob(3));
  }
  marks_.reset();
  return marks_.ok();
}

bool SqliteReader::find_index(const LogId& log, LogIndex& out) {
  if (find_log_.bind(log).step()) {
    out.number = find_log_.integer(0);
    out.recent = IndexBlock::read(find_log_.blob(2), find_log_.number(1)).entries();
  }
  find_log_.reset();
  return find_log_.ok();
}

bool SqliteReader::read_blocks(std::int64_t log, std::uint64_t from, std::uint64_t to,
                               std::vector<IndexEntry>& out) {
  blocks_.bind(log, from, to);
  while (blocks_.step()) {
    const auto entries = IndexBlock::decode(blocks_.blob(1), blocks_.number(0));
    out.insert(out.end(), entries.begin(), entries.end());
  }
  blocks_.reset();
  return blocks_.ok();
}

bool SqliteReader::read_entries(const LogIndex& log, std::uint64_t from, std::uint64_t to,
                                std::size_t bytes_max, std::vector<Entry>& out) {
  // Numbers beyond what SQLite can hold would turn negative.
  from = std::min<std::uint64_t>(from, INT64_MAX);
  to = std::min<std::uint64_t>(to, INT64_MAX);
  std::vector<IndexEntry> index;
  const bool in_recent = !log.recent.empty() && log.recent.front().seq <= from;
  if (!in_recent && !read_blocks(log.number, from, to, index)) return false;
  index.insert(index.end(), log.recent.begin(), log.recent.end());
  std::size_t bytes = 0;
  for (const IndexEntry& entry : index) {
    if (entry.seq < from) continue;
    if (entry.seq > to) break;
    if (!envelope_.bind(entry.change).step()) {
      envelope_.reset();
      return false;
    }
    const BytesView envelope = envelope_.blob(2);
    bytes += envelope.size();
    const bool fits = out.empty() || bytes <= bytes_max;
    if (fits) {
      out.push_back({entry.seq, envelope_.number(0), to_bytes(envelope), envelope_.fixed<Hash>(1)});
    }
    envelope_.reset();
    if (!fits) break;
  }
  return true;
}

bool SqliteReader::newest_of(const LogIndex& log, std::int64_t author, std::uint64_t above,
                             std::uint64_t most, IndexEntry& out) {
  const auto search = [&](const std::vector<IndexEntry>& entries) {
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
      if (entry->seq <= above) return true;
      if (entry->author != author || entry->counter > most) continue;
      out = *entry;
      return true;
    }
    return false;
  };
  if (search(log.recent)) return true;
  blocks_back_.bind(log.number);
  while (blocks_back_.step()) {
    if (search(IndexBlock::decode(blocks_back_.blob(1), blocks_back_.number(0)))) break;
  }
  const bool ok = blocks_back_.ok();
  blocks_back_.reset();
  return ok;
}

Result<std::vector<Entry>> SqliteReader::read_page(const LogId& log, std::uint64_t from,
                                                   std::uint64_t to, std::size_t bytes_max) {
  ReadTransaction transaction(*this);
  std::vector<Entry> out;
  LogIndex index;
  if (!find_index(log, index)) return Errc::store_failed;
  if (index.number == 0 || from > to) return out;
  if (!read_entries(index, from, to, bytes_max, out)) return Errc::store_failed;
  return out;
}

Result<std::vector<LogId>> SqliteReader::logs_of_device(const ShopId& shop,
                                                        const DeviceId& device) {
  ReadTransaction transaction(*this);
  bool ok = false;
  std::vector<LogId> out;
  const std::int64_t shop_number = number_of(find_shop_, shop.view(), ok);
  if (!ok) return Errc::store_failed;
  const std::int64_t device_number = number_of(find_device_, device.view(), ok);
  if (!ok) return Errc::store_failed;
  logs_of_device_.bind(device_number, shop_number);
  while (logs_of_device_.step()) out.push_back(logs_of_device_.fixed<LogId>(0));
  logs_of_device_.reset();
  if (!logs_of_device_.ok()) return Errc::store_failed;
  return out;
}

// The stored counter is of the time of the fold; what followed stands in the index.
bool SqliteReader::newest_counter(const LogIndex& log, std::int64_t device, std::uint64_t fold_seq,
                                  std::uint64_t& out) {
  out = 0;
  if (device == 0) return true;
  IndexEntry newest;
  if (!newest_of(log, device, fold_seq, UINT64_MAX, newest)) return false;
  out = newest.counter;
  if (out != 0) return true;
  if (author_counter_.bind(device, log.number).step()) out = author_counter_.number(0);
  author_counter_.reset();
  return author_counter_.ok();
}

Result<std::vector<HeadRow>> SqliteReader::heads_since(const ShopId& shop, const DeviceId& device,
                                                       std::uint64_t cursor, std::size_t limit) {
  ReadTransaction transaction(*this);
  bool ok = false;
  std::vector<HeadRow> out;
  const std::int64_t shop_number = number_of(find_shop_, shop.view(), ok);
  if (!ok) return Errc::store_failed;
  const std::int64_t device_number = number_of(find_device_, device.view(), ok);
  if (!ok) return Errc::store_failed;
  heads_.bind(shop_number, std::min<std::uint64_t>(cursor, INT64_MAX),
              static_cast<std::uint64_t>(limit));
  std::vector<MarkWrite> marks;
  while (ok && heads_.step()) {
    const LogIndex log{heads_.integer(0),
                       IndexBlock::read(heads_.blob(6), heads_.number(3)).entries()};
    HeadRow& row = out.emplace_back();
    row.log = heads_.fixed<LogId>(1);
    row.kind = static_cast<LogKind>(heads_.integer(2));
    row.seq = heads_.number(3);
    row.change = heads_.number(4);
    row.chain = heads_.fixed<Hash>(7);
    row.held = heads_.integer(8) != 0;
    marks.clear();
    ok = newest_counter(log, device_number, heads_.number(5), row.counter) &&
         read_marks(log.number, marks);
    for (MarkWrite& mark : marks) row.marks.push_back(std::move(mark.mark));
  }
  ok = ok && heads_.ok();
  heads_.reset();
  if (!ok) return Errc::store_failed;
  return out;
}

Result<Place> SqliteReader::find_envelope(const LogId& log, const DeviceId& author,
                                          std::uint64_t counter) {
  ReadTransaction transaction(*this);
  LogIndex index;
  if (!find_index(log, index)) return Errc::store_failed;
  bool ok = false;
  const std::int64_t device_number = number_of(find_device_, author.view(), ok);
  if (!ok) return Errc::store_failed;
  if (index.number == 0 || device_number == 0) return Errc::no_such_log;
  IndexEntry entry;
  if (!newest_of(index, device_number, 0, counter, entry)) return Errc::store_failed;
  if (entry.counter != counter) return Errc::no_such_log;
  Result<Place> out = Errc::store_failed;
  if (envelope_.bind(entry.change).step()) {
    if (auto envelope = open_envelope(envelope_.blob(2))) {
      out = Place{entry.seq, envelope_.number(0), envelope_.fixed<Hash>(1), envelope->hash};
    }
  }
  envelope_.reset();
  return out;
}

Result<Bytes> SqliteReader::card(const ShopId& shop) {
  Bytes out;
  if (card_.bind(shop).step()) out = to_bytes(card_.blob(0));
  card_.reset();
  if (!card_.ok()) return Errc::store_failed;
  return out;
}

}  // namespace shopbell::store
