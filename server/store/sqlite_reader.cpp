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
      find_log_(db, "SELECT no FROM logs WHERE id = ?"),
      log_(db,
           "SELECT l.no, s.id, l.kind, l.seq, l.time_ms, l.chain, l.epoch, l.commitment"
           " FROM logs l JOIN shops s ON s.no = l.shop WHERE l.id = ?"),
      fold_(db, "SELECT seq, fold FROM folds WHERE log = ?"),
      marks_(db,
             "SELECT d.id, m.kind, m.seq, m.mark FROM marks m JOIN devices d ON d.no = m.device"
             " WHERE m.log = ?"),
      page_(db,
            "SELECT seq, time_ms, envelope FROM envelopes INDEXED BY envelopes_by_seq"
            " WHERE log = ? AND seq BETWEEN ? AND ? ORDER BY seq"),
      logs_of_device_(db,
                      "SELECT l.id FROM authors a JOIN logs l ON l.no = a.log"
                      " WHERE a.device = ? AND l.shop = ? ORDER BY l.id"),
      heads_(db,
             "SELECT l.no, l.id, l.kind, l.seq, l.change, f.seq FROM logs l"
             " JOIN folds f ON f.log = l.no"
             " WHERE l.shop = ? AND l.change > ? ORDER BY l.change LIMIT ?"),
      author_counter_(db, "SELECT counter FROM authors WHERE device = ? AND log = ?"),
      newest_counter_(db,
                      "SELECT counter FROM envelopes INDEXED BY envelopes_by_seq"
                      " WHERE log = ? AND seq > ? AND author = ? ORDER BY seq DESC LIMIT 1"),
      find_envelope_(db,
                     "SELECT e.seq, e.time_ms, e.chain, e.envelope FROM envelopes e"
                     " WHERE e.change = (SELECT change FROM envelopes INDEXED BY envelopes_by_seq"
                     "  WHERE log = ? AND author = ? AND counter = ? ORDER BY seq DESC LIMIT 1)"),
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
  const std::int64_t number = log_.integer(0);
  out.shop = log_.fixed<ShopId>(1);
  out.kind = static_cast<LogKind>(log_.integer(2));
  out.seq = log_.number(3);
  out.time_ms = log_.number(4);
  out.chain = log_.fixed<Hash>(5);
  out.epoch = log_.number(6);
  out.commitment = log_.fixed<Hash>(7);
  log_.reset();
  if (!fold_.bind(number).step()) {
    fold_.reset();
    return Errc::store_failed;
  }
  out.fold_seq = fold_.number(0);
  out.fold = to_bytes(fold_.blob(1));
  fold_.reset();
  if (!read_entries(number, out.fold_seq + 1, out.seq, SIZE_MAX, out.tail)) {
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

bool SqliteReader::read_entries(std::int64_t log, std::uint64_t from, std::uint64_t to,
                                std::size_t bytes_max, std::vector<Entry>& out) {
  if (from > to) return true;
  std::size_t bytes = 0;
  // Numbers beyond what SQLite can hold would turn negative.
  const std::uint64_t last = std::min<std::uint64_t>(to, INT64_MAX);
  page_.bind(log, std::min<std::uint64_t>(from, INT64_MAX), last);
  while (page_.step()) {
    const BytesView envelope = page_.blob(2);
    bytes += envelope.size();
    if (!out.empty() && bytes > bytes_max) break;
    out.push_back({page_.number(0), page_.number(1), to_bytes(envelope)});
  }
  const bool ok = page_.ok();
  page_.reset();
  return ok;
}

Result<std::vector<Entry>> SqliteReader::read_page(const LogId& log, std::uint64_t from,
                                                   std::uint64_t to, std::size_t bytes_max) {
  ReadTransaction transaction(*this);
  bool ok = false;
  std::vector<Entry> out;
  const std::int64_t number = number_of(find_log_, log.view(), ok);
  if (!ok) return Errc::store_failed;
  if (number != 0 && !read_entries(number, from, to, bytes_max, out)) return Errc::store_failed;
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
bool SqliteReader::newest_counter(std::int64_t log, std::int64_t device, std::uint64_t fold_seq,
                                  std::uint64_t& out) {
  out = 0;
  if (device == 0) return true;
  if (newest_counter_.bind(log, fold_seq, device).step()) out = newest_counter_.number(0);
  newest_counter_.reset();
  if (out != 0 || !newest_counter_.ok()) return newest_counter_.ok();
  if (author_counter_.bind(device, log).step()) out = author_counter_.number(0);
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
    const std::int64_t log = heads_.integer(0);
    HeadRow& row = out.emplace_back();
    row.log = heads_.fixed<LogId>(1);
    row.kind = static_cast<LogKind>(heads_.integer(2));
    row.seq = heads_.number(3);
    row.change = heads_.number(4);
    marks.clear();
    ok = newest_counter(log, device_number, heads_.number(5), row.counter) &&
         read_marks(log, marks);
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
  bool ok = false;
  const std::int64_t log_number = number_of(find_log_, log.view(), ok);
  if (!ok) return Errc::store_failed;
  const std::int64_t device_number = number_of(find_device_, author.view(), ok);
  if (!ok) return Errc::store_failed;
  const std::uint64_t wanted = std::min<std::uint64_t>(counter, INT64_MAX);
  Result<Place> out = Errc::no_such_log;
  if (find_envelope_.bind(log_number, device_number, wanted).step()) {
    auto envelope = open_envelope(find_envelope_.blob(3));
    out = envelope ? Result<Place>(Place{find_envelope_.number(0), find_envelope_.number(1),
                                         find_envelope_.fixed<Hash>(2), envelope->hash})
                   : Result<Place>(Errc::store_failed);
  } else if (!find_envelope_.ok()) {
    out = Errc::store_failed;
  }
  find_envelope_.reset();
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
