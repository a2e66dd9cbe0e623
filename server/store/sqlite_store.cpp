// The store on SQLite: write-ahead log, fsync on every commit, envelopes in the order of commits.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <optional>
#include <unordered_map>

#include "store/sqlite_index.h"
#include "store/sqlite_reader.h"

namespace shopbell::store {

namespace {

constexpr std::int64_t schema_version = 2;
constexpr std::int64_t application_id = 0x53624c31;

// Envelopes lie in commit order: a table clustered by log would write a page for each message, and
// so would an index by log. Hence blocks (sqlite_index.h).
constexpr const char* schema = R"sql(
  CREATE TABLE meta (generation INTEGER NOT NULL, restored_change INTEGER NOT NULL DEFAULT 0,
    restored_ms INTEGER NOT NULL DEFAULT 0);
  CREATE TABLE shops (no INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, card BLOB);
  CREATE TABLE devices (no INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE);
  CREATE TABLE logs (
    no INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, shop INTEGER NOT NULL, kind INTEGER NOT NULL,
    seq INTEGER NOT NULL, time_ms INTEGER NOT NULL, chain BLOB NOT NULL, epoch INTEGER NOT NULL,
    commitment BLOB NOT NULL, change INTEGER NOT NULL, recent BLOB NOT NULL);
  CREATE INDEX logs_by_change ON logs (shop, change);
  CREATE TABLE folds (log INTEGER PRIMARY KEY, seq INTEGER NOT NULL, fold BLOB NOT NULL);
  CREATE TABLE authors (
    device INTEGER NOT NULL, log INTEGER NOT NULL, counter INTEGER NOT NULL,
    PRIMARY KEY (device, log)) WITHOUT ROWID;
  CREATE TABLE envelopes (
    change INTEGER PRIMARY KEY, log INTEGER NOT NULL, seq INTEGER NOT NULL,
    time_ms INTEGER NOT NULL, chain BLOB NOT NULL, envelope BLOB NOT NULL);
  CREATE TABLE blocks (
    log INTEGER NOT NULL, first INTEGER NOT NULL, entries BLOB NOT NULL,
    PRIMARY KEY (log, first)) WITHOUT ROWID;
  CREATE TABLE marks (
    log INTEGER NOT NULL, device INTEGER NOT NULL, kind INTEGER NOT NULL, seq INTEGER NOT NULL,
    mark BLOB NOT NULL, PRIMARY KEY (log, device, kind)) WITHOUT ROWID;
)sql";

// Versions that were released, each to the next.
constexpr const char* from_version_1 = R"sql(
  ALTER TABLE meta ADD COLUMN restored_change INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE meta ADD COLUMN restored_ms INTEGER NOT NULL DEFAULT 0;
)sql";

// Row numbers remembered by the writer, who alone changes them; bounded, then read anew.
constexpr std::size_t remembered_max = 200'000;

Status status_of(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
      return Errc::store_full;
    default:
      return Errc::store_failed;
  }
}

bool execute(sqlite3* db, const std::string& sql) {
  return sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
}

Database open_database(const std::string& path, int flags) {
  sqlite3* db = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &db, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  Database out(db);
  if (code != SQLITE_OK) return nullptr;
  sqlite3_extended_result_codes(db, 1);
  sqlite3_busy_timeout(db, 5000);
  return out;
}

// Two relays that number the same logs would fork them; the second one is refused. A file of its
// own, for closing the database's file by hand would end SQLite's locks on it.
class StoreLock {
 public:
  explicit StoreLock(const std::string& path)
      : file_(::open((path + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    held_ = file_ >= 0 && ::flock(file_, LOCK_EX | LOCK_NB) == 0;
  }
  ~StoreLock() {
    if (file_ >= 0) ::close(file_);
  }
  StoreLock(StoreLock&& other) noexcept
      : file_(std::exchange(other.file_, -1)), held_(std::exchange(other.held_, false)) {}
  StoreLock& operator=(StoreLock&&) = delete;
  bool held() const { return held_; }

 private:
  int file_;
  bool held_;
};

struct Writes {
  explicit Writes(sqlite3* db)
      : begin(db, "BEGIN IMMEDIATE"),
        commit(db, "COMMIT"),
        rollback(db, "ROLLBACK"),
        find_shop(db, "SELECT no FROM shops WHERE id = ?"),
        add_shop(db, "INSERT INTO shops (id) VALUES (?)"),
        find_device(db, "SELECT no FROM devices WHERE id = ?"),
        add_device(db, "INSERT INTO devices (id) VALUES (?)"),
        find_log(db, "SELECT no, seq, recent FROM logs WHERE id = ?"),
        add_log(db, "INSERT INTO logs VALUES (NULL, ?, ?, ?, 0, 0, x'', 0, x'', 0, x'')"),
        move_log(db,
                 "UPDATE logs SET seq = ?, time_ms = ?, chain = ?, epoch = ?, commitment = ?,"
                 " change = ?, recent = ? WHERE no = ?"),
        block(db, "INSERT INTO blocks VALUES (?, ?, ?)"),
        fold(db, "INSERT OR REPLACE INTO folds VALUES (?, ?, ?)"),
        author(db, "INSERT OR REPLACE INTO authors VALUES (?, ?, ?)"),
        envelope(db, "INSERT INTO envelopes VALUES (?, ?, ?, ?, ?, ?)"),
        mark(db,
             "INSERT INTO marks VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
             " SET seq = excluded.seq, mark = excluded.mark WHERE excluded.seq > marks.seq"),
        card(db,
             "INSERT INTO shops (id, card) VALUES (?, ?) ON CONFLICT (id) DO UPDATE"
             " SET card = excluded.card"),
        generation(db, "UPDATE meta SET generation = ?, restored_change = ?, restored_ms = ?") {}

  Statement begin, commit, rollback, find_shop, add_shop, find_device, add_device, find_log,
      add_log, move_log, block, fold, author, envelope, mark, card, generation;
};

class SqliteStore final : public Store {
 public:
  SqliteStore(std::string path, StoreLock lock, Database db, std::uint64_t generation,
              std::uint64_t last_change, std::uint64_t restored_ms)
      : path_(std::move(path)),
        lock_(std::move(lock)),
        generation_(generation),
        last_change_(last_change),
        restored_ms_(restored_ms),
        db_(std::move(db)),
        reader_(std::in_place, db_.get()),
        writes_(std::in_place, db_.get()) {}
  ~SqliteStore() override {
    // Statements close before their connection does.
    writes_.reset();
    reader_.reset();
  }

  Status commit(const Batch& batch) override;
  std::uint64_t generation() const override { return generation_; }
  std::uint64_t last_change() const override { return last_change_; }
  std::uint64_t restored_ms() const override { return restored_ms_; }
  std::unique_ptr<Reader> open_reader() override;
  std::string problem() const override { return problem_; }

  Result<LogRecord> read_log(const LogId& log) override { return reader_->read_log(log); }
  Result<std::vector<Entry>> read_page(const LogId& log, std::uint64_t from, std::uint64_t to,
                                       std::size_t bytes_max) override {
    return reader_->read_page(log, from, to, bytes_max);
  }
  Result<std::vector<LogId>> logs_of_device(const ShopId& shop, const DeviceId& device) override {
    return reader_->logs_of_device(shop, device);
  }
  Result<std::vector<HeadRow>> heads_since(const ShopId& shop, const DeviceId& device,
                                           std::uint64_t cursor, std::size_t limit) override {
    return reader_->heads_since(shop, device, cursor, limit);
  }
  Result<Place> find_envelope(const LogId& log, const DeviceId& author,
                              std::uint64_t counter) override {
    return reader_->find_envelope(log, author, counter);
  }
  Result<Bytes> card(const ShopId& shop) override { return reader_->card(shop); }

 private:
  // A log as the running transaction sees it.
  struct LogRow {
    std::int64_t no = 0;
    std::uint64_t seq = 0;
    std::uint64_t change = 0;
    std::uint64_t told = 0;  // the seq that its row in `logs` names
    IndexBlock recent;
  };
  bool write_all(const Batch& batch);
  bool write_envelope(const Batch& batch, const NewEnvelope& one);
  bool write_log(const LogWrite& write);
  bool write_mark(const MarkWrite& mark);
  bool write_card(const CardWrite& card);
  // Sets the reason that is no fault of the disk.
  bool does_not_follow();
  LogRow* log_row(const LogId& log);
  bool add_logs(const Batch& batch);
  std::int64_t shop_number(const ShopId& shop);
  std::int64_t device_number(const DeviceId& device);

  std::string path_;
  StoreLock lock_;
  std::uint64_t generation_;
  std::uint64_t last_change_;
  std::uint64_t restored_ms_;
  std::size_t untold_ = 0;  // logs that the batch moved and has not yet named
  bool behind_ = false;     // the batch does not follow what is stored
  std::string problem_;
  Database db_;
  std::optional<SqliteReader> reader_;
  std::optional<Writes> writes_;
  std::unordered_map<LogId, LogRow, FixedHash> logs_;
  std::unordered_map<DeviceId, std::int64_t, FixedHash> devices_;
};

class OwningReader final : public Reader {
 public:
  explicit OwningReader(Database db) : db_(std::move(db)), reader_(std::in_place, db_.get()) {}
  ~OwningReader() override { reader_.reset(); }
  Result<LogRecord> read_log(const LogId& log) override { return reader_->read_log(log); }
  Result<std::vector<Entry>> read_page(const LogId& log, std::uint64_t from, std::uint64_t to,
                                       std::size_t bytes_max) override {
    return reader_->read_page(log, from, to, bytes_max);
  }
  Result<std::vector<LogId>> logs_of_device(const ShopId& shop, const DeviceId& device) override {
    return reader_->logs_of_device(shop, device);
  }
  Result<std::vector<HeadRow>> heads_since(const ShopId& shop, const DeviceId& device,
                                           std::uint64_t cursor, std::size_t limit) override {
    return reader_->heads_since(shop, device, cursor, limit);
  }
  Result<Place> find_envelope(const LogId& log, const DeviceId& author,
                              std::uint64_t counter) override {
    return reader_->find_envelope(log, author, counter);
  }
  Result<Bytes> card(const ShopId& shop) override { return reader_->card(shop); }

 private:
  Database db_;
  std::optional<SqliteReader> reader_;
};

std::unique_ptr<Reader> SqliteStore::open_reader() {
  Database db = open_database(path_, SQLITE_OPEN_READONLY);
  if (!db) return nullptr;
  return std::make_unique<OwningReader>(std::move(db));
}

Status SqliteStore::commit(const Batch& batch) {
  if (logs_.size() > remembered_max) logs_.clear();
  if (devices_.size() > remembered_max) devices_.clear();
  const std::uint64_t change_before = last_change_;
  problem_.clear();
  behind_ = false;
  if (writes_->begin.bind().run() && write_all(batch) && writes_->commit.bind().run()) {
    if (batch.generation != 0) {
      generation_ = batch.generation;
      restored_ms_ = batch.restored_ms;
    }
    return {};
  }
  const int code = sqlite3_extended_errcode(db_.get());
  if (problem_.empty()) {
    problem_ = std::string("the database refused to write: ") + sqlite3_errstr(code);
  }
  if (sqlite3_get_autocommit(db_.get()) == 0) writes_->rollback.bind().run();
  last_change_ = change_before;
  logs_.clear();
  devices_.clear();
  return behind_ ? Status(Errc::busy) : status_of(code);
}

bool SqliteStore::write_all(const Batch& batch) {
  untold_ = 0;
  if (!add_logs(batch)) return false;
  for (const NewEnvelope& one : batch.envelopes) {
    if (!write_envelope(batch, one)) return false;
  }
  for (const LogWrite& write : batch.logs) {
    if (!write_log(write)) return false;
  }
  if (untold_ != 0) {
    problem_ = "a batch does not say where a log stands";
    return false;
  }
  for (const MarkWrite& mark : batch.marks) {
    if (!write_mark(mark)) return false;
  }
  for (const CardWrite& card : batch.cards) {
    if (!write_card(card)) return false;
  }
  if (batch.generation == 0) return true;
  return writes_->generation.bind(batch.generation, last_change_, batch.restored_ms).run();
}

SqliteStore::LogRow* SqliteStore::log_row(const LogId& log) {
  auto found = logs_.find(log);
  if (found != logs_.end()) return &found->second;
  Statement& find = writes_->find_log;
  LogRow row;
  if (find.bind(log).step()) {
    row.no = find.integer(0);
    row.seq = row.told = find.number(1);
    row.recent = IndexBlock::read(find.blob(2), row.seq);
  }
  find.reset();
  if (row.no == 0) return nullptr;
  return &logs_.emplace(log, std::move(row)).first->second;
}

bool SqliteStore::add_logs(const Batch& batch) {
  for (const LogWrite& write : batch.logs) {
    if (log_row(write.log)) continue;
    const std::int64_t shop = shop_number(write.shop);
    if (shop == 0) return false;
    const auto kind = static_cast<std::uint64_t>(write.kind);
    if (!writes_->add_log.bind(write.log, shop, kind).run()) return false;
  }
  return true;
}

bool SqliteStore::write_envelope(const Batch& batch, const NewEnvelope& one) {
  LogRow* log = log_row(one.log);
  if (!log || one.seq != log->seq + 1) return does_not_follow();
  const std::int64_t author = device_number(one.author);
  if (author == 0) return false;
  if (log->told == log->seq) ++untold_;
  log->seq = one.seq;
  log->change = ++last_change_;
  log->recent.add({one.seq, log->change, author, one.counter});
  return writes_->envelope
      .bind(log->change, log->no, one.seq, one.time_ms, one.chain, batch.envelope(one))
      .run();
}

bool SqliteStore::write_log(const LogWrite& write) {
  LogRow* log = log_row(write.log);
  if (!log || write.seq != log->seq || log->told == log->seq) {
    problem_ = "a batch does not say where a log stands";
    return false;
  }
  log->told = log->seq;
  --untold_;
  if (log->recent.count() >= IndexBlock::entries_full) {
    const IndexBlock& full = log->recent;
    if (!writes_->block.bind(log->no, full.first_seq(), full.bytes()).run()) return false;
    log->recent.clear();
  }
  if (!writes_->move_log
           .bind(write.seq, write.time_ms, write.chain, write.epoch, write.commitment, log->change,
                 log->recent.bytes(), log->no)
           .run()) {
    return false;
  }
  if (write.fold.empty()) return true;
  if (!writes_->fold.bind(log->no, write.seq, write.fold).run()) return false;
  for (const AuthorCounter& author : write.authors) {
    const std::int64_t device = device_number(author.device);
    if (device == 0 || !writes_->author.bind(device, log->no, author.counter).run()) return false;
  }
  return true;
}

bool SqliteStore::write_mark(const MarkWrite& mark) {
  LogRow* log = log_row(mark.log);
  if (!log) return true;
  const std::int64_t device = device_number(mark.device);
  return device != 0 && writes_->mark.bind(log->no, device, mark.kind, mark.seq, mark.mark).run();
}

bool SqliteStore::write_card(const CardWrite& card) {
  const Result<Bytes> stored = reader_->card(card.shop);
  if (!stored) return false;
  if (*stored != card.former) return does_not_follow();
  return writes_->card.bind(card.shop, card.card).run();
}

bool SqliteStore::does_not_follow() {
  problem_ = "a batch does not follow what is stored";
  behind_ = true;
  return false;
}

std::int64_t SqliteStore::shop_number(const ShopId& shop) {
  Statement& find = writes_->find_shop;
  const std::int64_t found = find.bind(shop).step() ? find.integer(0) : 0;
  find.reset();
  if (found != 0) return found;
  return writes_->add_shop.bind(shop).run() ? sqlite3_last_insert_rowid(db_.get()) : 0;
}

std::int64_t SqliteStore::device_number(const DeviceId& device) {
  auto remembered = devices_.find(device);
  if (remembered != devices_.end()) return remembered->second;
  Statement& find = writes_->find_device;
  std::int64_t number = find.bind(device).step() ? find.integer(0) : 0;
  find.reset();
  if (number == 0 && writes_->add_device.bind(device).run()) {
    number = sqlite3_last_insert_rowid(db_.get());
  }
  if (number != 0) devices_.emplace(device, number);
  return number;
}

std::int64_t read_integer(sqlite3* db, std::string_view sql, std::int64_t otherwise) {
  Statement statement(db, sql);
  return statement.bind().step() ? statement.integer(0) : otherwise;
}

std::string seal_sql() {
  return "PRAGMA application_id = " + std::to_string(application_id) +
         "; PRAGMA user_version = " + std::to_string(schema_version) + ";";
}

bool create_schema(sqlite3* db, std::uint64_t generation) {
  if (!execute(db, std::string("BEGIN IMMEDIATE;") + schema)) return false;
  Statement meta(db, "INSERT INTO meta (generation) VALUES (?)");
  return meta.bind(generation).run() && execute(db, seal_sql() + "COMMIT");
}

// Empty, or what is wrong with the file.
std::string check_schema(sqlite3* db, std::uint64_t new_generation) {
  const std::int64_t version = read_integer(db, "PRAGMA user_version", -1);
  const std::int64_t application = read_integer(db, "PRAGMA application_id", -1);
  const std::int64_t tables = read_integer(db, "SELECT count(*) FROM sqlite_master", -1);
  if (version < 0 || tables < 0) return "The file is no database, or it is damaged.";
  if (tables == 0) {
    return create_schema(db, new_generation) ? "" : "The store's tables could not be made.";
  }
  if (application != application_id) return "The database belongs to another program.";
  if (version > schema_version) {
    return "A newer version of Shopbell wrote this store; run that version or a later one.";
  }
  if (version == schema_version) return "";
  if (version != 1) return "The store's schema version is not known.";
  return execute(db, std::string("BEGIN IMMEDIATE;") + from_version_1 + seal_sql() + "COMMIT")
             ? ""
             : "The store's tables could not be brought to this version.";
}

}  // namespace

std::unique_ptr<Store> open_sqlite_store(const std::string& path, std::uint64_t new_generation,
                                         std::string& problem) {
  // Made here, so that it never stands open to others; SQLite gives its side files the same mode.
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    problem = "The store's file can neither be opened nor made; check its folder and rights.";
    return nullptr;
  }
  ::close(file);
  StoreLock lock(path);
  if (!lock.held()) {
    problem = "Another process has this store open.";
    return nullptr;
  }
  Database db = open_database(path, SQLITE_OPEN_READWRITE);
  if (!db) {
    problem = "The store's file can not be opened as a database.";
    return nullptr;
  }
  problem = check_schema(db.get(), new_generation & INT64_MAX);
  if (!problem.empty()) return nullptr;
  // Checkpoints of 16 MiB write a hot page once where smaller ones would write it again and again.
  if (!execute(db.get(),
               "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
               "PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -65536;")) {
    problem = "The database can not be switched to a write-ahead log.";
    return nullptr;
  }
  const auto generation =
      static_cast<std::uint64_t>(read_integer(db.get(), "SELECT generation FROM meta", 0));
  const auto last_change = static_cast<std::uint64_t>(
      read_integer(db.get(), "SELECT coalesce(max(change), 0) FROM envelopes", 0));
  const auto restored_ms =
      static_cast<std::uint64_t>(read_integer(db.get(), "SELECT restored_ms FROM meta", 0));
  if (generation == 0) {
    problem = "The store does not name its generation; it is damaged.";
    return nullptr;
  }
  return std::make_unique<SqliteStore>(path, std::move(lock), std::move(db), generation,
                                       last_change, restored_ms);
}

std::optional<std::uint64_t> count_held_logs(const std::string& path) {
  Database db = open_database(path, SQLITE_OPEN_READONLY);
  if (!db) return std::nullopt;
  const std::int64_t count = read_integer(
      db.get(), "SELECT count(*) FROM logs WHERE change <= (SELECT restored_change FROM meta)", -1);
  if (count < 0) return std::nullopt;
  return static_cast<std::uint64_t>(count);
}

}  // namespace shopbell::store
