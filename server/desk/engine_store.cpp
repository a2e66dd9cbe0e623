#include "desk/engine_store.h"

#include "desk/sqlite.h"

namespace shopbell::desk {
namespace {

constexpr int version = 1;
constexpr char schema[] =
    "CREATE TABLE IF NOT EXISTS records (key BLOB PRIMARY KEY, value BLOB NOT NULL) "
    "WITHOUT ROWID";
constexpr char ascending[] =
    "SELECT key, value FROM records WHERE key >= ? AND key < ? ORDER BY key LIMIT ?";
constexpr char falling[] =
    "SELECT key, value FROM records WHERE key >= ? AND key < ? ORDER BY key DESC LIMIT ?";

}  // namespace

std::unique_ptr<EngineStore> EngineStore::open(const std::string& path, Answer answer,
                                               std::string& problem) {
  auto db = open_db(path, version, schema, problem);
  if (!db) return nullptr;
  return std::unique_ptr<EngineStore>(new EngineStore(db.release(), std::move(answer)));
}

EngineStore::EngineStore(sqlite3* db, Answer answer)
    : db_(db), answer_(std::move(answer)), thread_([this] { run(); }) {}

EngineStore::~EngineStore() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
  sqlite3_close_v2(db_);
}

void EngineStore::persist(const out::Persist& batch) {
  give(Write{batch.batch,
             {batch.puts.begin(), batch.puts.end()},
             {batch.deletes.begin(), batch.deletes.end()}});
}

void EngineStore::load(const out::Load& load) {
  give(Read{load.id, to_bytes(load.from), to_bytes(load.to), load.limit, load.descending});
}

void EngineStore::give(Job job) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  changed_.notify_one();
}

void EngineStore::run() {
  for (;;) {
    std::deque<Job> jobs;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      jobs.swap(jobs_);
    }
    carry_out(jobs);
  }
}

void EngineStore::carry_out(std::deque<Job>& jobs) {
  std::vector<Done> answers;
  bool ok = !failed_ && execute(db_, "BEGIN IMMEDIATE");
  for (const auto& job : jobs) {
    if (const auto* writing = std::get_if<Write>(&job)) {
      ok = ok && write(*writing);
      answers.emplace_back(Persisted{writing->batch, false});
    } else {
      answers.emplace_back(read(std::get<Read>(job)));
    }
  }
  ok = ok && execute(db_, "COMMIT");
  if (!ok) {
    note_problem();
    execute(db_, "ROLLBACK");
    failed_ = true;
  }
  for (auto& answer : answers) {
    if (auto* persisted = std::get_if<Persisted>(&answer)) persisted->ok = ok;
    answer_(std::move(answer));
  }
}

bool EngineStore::write(const Write& write) {
  for (const auto& put : write.puts) {
    if (!Statement(db_, "INSERT OR REPLACE INTO records VALUES (?, ?)")
             .bind(put.key)
             .bind(put.value)
             .run()) {
      return false;
    }
  }
  for (const auto& key : write.deletes) {
    if (!Statement(db_, "DELETE FROM records WHERE key = ?").bind(key).run()) return false;
  }
  return true;
}

EngineStore::Loaded EngineStore::read(const Read& read) {
  Loaded out{read.id, true, {}};
  // A negative limit is none.
  const auto limit = read.limit == 0 ? ~std::uint64_t{0} : read.limit;
  Statement statement(db_, read.descending ? falling : ascending);
  statement.bind(read.from).bind(read.to).bind(limit);
  while (statement.row()) out.records.emplace_back(statement.bytes(0), statement.bytes(1));
  out.ok = statement.at_end();
  if (!out.ok) note_problem();
  return out;
}

void EngineStore::note_problem() {
  if (problem_.empty()) problem_ = std::string("the database says: ") + sqlite3_errmsg(db_);
}

}  // namespace shopbell::desk
