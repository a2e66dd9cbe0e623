// The store's contract (server/store/store.h), the same cases over every implementation.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "store/sqlite.h"
#include "store/store.h"

namespace shopbell::store {
namespace {

constexpr std::uint64_t generation = 4711;

// A folder that goes with the test.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "shopbell_XXXXXX").string();
    path_ = ::mkdtemp(name.data()) ? name : "";
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string file() const { return path_ + "/relay.db"; }

 private:
  std::string path_;
};

enum class Kind { memory, sqlite };

template <class T>
T filled(std::uint8_t byte) {
  T out;
  out.data.fill(byte);
  return out;
}

Key seed(std::uint8_t byte) { return Key::from(filled<Hash>(byte).view()); }

// Writes logs as the shard would: dense seq, dense counters, a head for each.
class Writer {
 public:
  DeviceKeys device_a = device_from_seeds(seed(1), seed(2), 1);
  DeviceKeys device_b = device_from_seeds(seed(3), seed(4), 1);
  ShopId shop = filled<ShopId>(9);
  Batch batch;

  void add(const LogId& log, const DeviceKeys& author, std::size_t body_bytes = 40) {
    wire::Header header;
    header.envelope_class = 1;
    header.log = log;
    header.author = author.self.id;
    header.counter = ++counters_[{log, author.self.id}];
    header.epoch = 1;
    header.commitment = filled<Hash>(5);
    const SignedEnvelope made = make_envelope(author, header, Bytes(body_bytes, 7));
    LogWrite& head = head_of(log);
    ++head.seq;
    head.time_ms = 1000 + head.seq;
    head.chain = chain_next(head.chain, head.seq, head.time_ms, made.hash);
    head.epoch = 1;
    batch.envelopes.push_back({log, head.seq, head.time_ms, head.chain, made.hash, author.self.id,
                               header.counter, batch.bytes.size(), made.bytes.size()});
    append(batch.bytes, made.bytes);
    hashes[{log, head.seq}] = made.hash;
  }
  // The fold is opaque to the store.
  void with_fold(const LogId& log, const DeviceKeys& author) {
    LogWrite& head = head_of(log);
    head.fold = Bytes(30, static_cast<std::uint8_t>(head.seq));
    head.authors.push_back({author.self.id, counters_[{log, author.self.id}]});
  }
  void begin(const LogId& log) {
    add(log, device_a);
    with_fold(log, device_a);
  }
  Status commit(Store& store) {
    for (auto& [log, head] : heads_) {
      if (moved_.count(log)) batch.logs.push_back(head);
      head.fold.clear();
      head.authors.clear();
    }
    moved_.clear();
    const Status status = store.commit(batch);
    batch.clear();
    return status;
  }
  std::map<std::pair<LogId, std::uint64_t>, Hash> hashes;

 private:
  LogWrite& head_of(const LogId& log) {
    moved_[log] = true;
    LogWrite& head = heads_[log];
    head.log = log;
    head.shop = shop;
    return head;
  }
  std::map<std::pair<LogId, DeviceId>, std::uint64_t> counters_;
  std::map<LogId, LogWrite> heads_;
  std::map<LogId, bool> moved_;
};

class StoreContract : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override { open(generation); }
  void open(std::uint64_t new_generation) {
    if (GetParam() == Kind::memory) {
      store = make_memory_store(new_generation);
      return;
    }
    std::string problem;
    store = open_sqlite_store(folder.file(), new_generation, problem);
    ASSERT_TRUE(store) << problem;
  }
  // What is durable by the word of each store: memory lives as long as its object.
  void reopen() {
    if (GetParam() == Kind::memory) return;
    store.reset();
    open(generation + 1);
  }

  Folder folder;
  std::unique_ptr<Store> store;
  Writer writer;
  LogId log_1 = filled<LogId>(1);
  LogId log_2 = filled<LogId>(2);
  LogId log_3 = filled<LogId>(3);
};

TEST_P(StoreContract, keeps_the_generation) {
  EXPECT_EQ(store->generation(), generation);
  reopen();
  EXPECT_EQ(store->generation(), generation);
}

TEST_P(StoreContract, a_new_generation_holds_every_log_that_it_finds) {
  writer.begin(log_1);
  writer.begin(log_2);
  ASSERT_TRUE(writer.commit(*store));
  EXPECT_EQ(store->last_change(), 2u);
  EXPECT_EQ(store->restored_ms(), 0u);
  EXPECT_FALSE(store->read_log(log_1)->held);
  Batch restored;
  restored.generation = 12;
  restored.restored_ms = 777;
  EXPECT_FALSE(restored.empty());
  ASSERT_TRUE(store->commit(restored));
  EXPECT_EQ(store->generation(), 12u);
  reopen();
  EXPECT_EQ(store->generation(), 12u);
  EXPECT_EQ(store->restored_ms(), 777u);
  EXPECT_TRUE(store->read_log(log_1)->held);
  const auto heads = store->heads_since(writer.shop, writer.device_a.self.id, 0, 9);
  ASSERT_EQ(heads->size(), 2u);
  EXPECT_TRUE((*heads)[0].held);
}

TEST_P(StoreContract, what_gets_a_place_ends_the_hold_of_its_log_alone) {
  writer.begin(log_1);
  writer.begin(log_2);
  ASSERT_TRUE(writer.commit(*store));
  Batch restored;
  restored.generation = 12;
  ASSERT_TRUE(store->commit(restored));
  writer.add(log_1, writer.device_a);
  writer.begin(log_3);
  ASSERT_TRUE(writer.commit(*store));
  reopen();
  EXPECT_FALSE(store->read_log(log_1)->held);
  EXPECT_TRUE(store->read_log(log_2)->held);
  EXPECT_FALSE(store->read_log(log_3)->held);
}

TEST_P(StoreContract, entries_and_heads_tell_their_chain) {
  writer.begin(log_1);
  writer.add(log_1, writer.device_a);
  ASSERT_TRUE(writer.commit(*store));
  reopen();
  const auto page = store->read_page(log_1, 1, 2, 1 << 20);
  const Hash first = chain_next({}, 1, 1001, writer.hashes[{log_1, 1}]);
  EXPECT_EQ((*page)[0].chain, first);
  EXPECT_EQ((*page)[1].chain, store->read_log(log_1)->chain);
  const auto heads = store->heads_since(writer.shop, writer.device_a.self.id, 0, 9);
  EXPECT_EQ((*heads)[0].chain, store->read_log(log_1)->chain);
}

TEST_P(StoreContract, reopen_shows_what_was_committed) {
  writer.begin(log_1);
  writer.add(log_1, writer.device_b);
  writer.batch.cards.push_back({writer.shop, {1, 2, 3}, {}});
  ASSERT_TRUE(writer.commit(*store));
  reopen();
  auto log = store->read_log(log_1);
  ASSERT_TRUE(log);
  EXPECT_EQ(log->seq, 2u);
  EXPECT_EQ(log->shop, writer.shop);
  EXPECT_EQ(log->time_ms, 1002u);
  EXPECT_EQ(log->epoch, 1u);
  EXPECT_EQ(*store->card(writer.shop), (Bytes{1, 2, 3}));
  EXPECT_EQ(store->read_page(log_1, 1, 9, 1 << 20)->size(), 2u);
}

TEST_P(StoreContract, unknown_things_are_absent) {
  EXPECT_EQ(store->read_log(log_1).error(), Errc::no_such_log);
  EXPECT_TRUE(store->read_page(log_1, 1, 9, 100)->empty());
  EXPECT_TRUE(store->card(writer.shop)->empty());
  EXPECT_TRUE(store->logs_of_device(writer.shop, writer.device_a.self.id)->empty());
  EXPECT_TRUE(store->heads_since(writer.shop, writer.device_a.self.id, 0, 10)->empty());
  EXPECT_EQ(store->find_envelope(log_1, writer.device_a.self.id, 1).error(), Errc::no_such_log);
}

TEST_P(StoreContract, refuses_a_gap_whole) {
  writer.begin(log_1);
  ASSERT_TRUE(writer.commit(*store));
  writer.begin(log_2);
  writer.add(log_1, writer.device_a);
  writer.add(log_1, writer.device_a);
  writer.batch.envelopes.erase(writer.batch.envelopes.begin() + 1);
  writer.batch.marks.push_back({log_1, writer.device_a.self.id, 1, 1, {7}});
  writer.batch.cards.push_back({writer.shop, {1}, {}});
  EXPECT_EQ(writer.commit(*store).error(), Errc::busy);
  EXPECT_FALSE(store->problem().empty());
  reopen();
  EXPECT_EQ(store->read_log(log_1)->seq, 1u);
  EXPECT_TRUE(store->read_log(log_1)->marks.empty());
  EXPECT_EQ(store->read_log(log_2).error(), Errc::no_such_log);
  EXPECT_TRUE(store->card(writer.shop)->empty());
}

TEST_P(StoreContract, refuses_a_repeated_seq_and_a_missing_head) {
  writer.begin(log_1);
  Batch first = writer.batch;
  ASSERT_TRUE(writer.commit(*store));
  EXPECT_EQ(store->commit(first).error(), Errc::busy);
  writer.add(log_1, writer.device_a);
  first = writer.batch;
  EXPECT_EQ(store->commit(first).error(), Errc::store_failed);
  ASSERT_TRUE(writer.commit(*store));
  EXPECT_EQ(store->read_log(log_1)->seq, 2u);
}

TEST_P(StoreContract, goes_on_after_a_refusal) {
  writer.begin(log_1);
  Batch lost = writer.batch;
  lost.envelopes[0].seq = 2;
  EXPECT_FALSE(store->commit(lost));
  ASSERT_TRUE(writer.commit(*store));
  writer.add(log_1, writer.device_a);
  ASSERT_TRUE(writer.commit(*store));
  auto heads = store->heads_since(writer.shop, writer.device_a.self.id, 0, 10);
  ASSERT_EQ(heads->size(), 1u);
  EXPECT_EQ(heads->front().change, 2u);
}

TEST_P(StoreContract, finds_repeats_after_reopen) {
  writer.begin(log_1);
  for (int i = 0; i < 5; ++i) writer.add(log_1, i % 2 ? writer.device_a : writer.device_b);
  ASSERT_TRUE(writer.commit(*store));
  reopen();
  // device_b wrote at 2, 4 and 6.
  auto place = store->find_envelope(log_1, writer.device_b.self.id, 2);
  ASSERT_TRUE(place);
  EXPECT_EQ(place->seq, 4u);
  EXPECT_EQ(place->time_ms, 1004u);
  EXPECT_EQ(place->hash, (writer.hashes[{log_1, 4}]));
  EXPECT_FALSE(place->chain.is_zero());
  EXPECT_FALSE(store->find_envelope(log_1, writer.device_b.self.id, 4));
  EXPECT_FALSE(store->find_envelope(log_2, writer.device_b.self.id, 1));
}

TEST_P(StoreContract, heads_come_in_order_of_change_and_in_pages) {
  for (const LogId& log : {log_3, log_1, log_2}) writer.begin(log);
  ASSERT_TRUE(writer.commit(*store));
  writer.add(log_3, writer.device_b);
  ASSERT_TRUE(writer.commit(*store));
  reopen();
  const DeviceId device = writer.device_a.self.id;
  auto heads = store->heads_since(writer.shop, device, 0, 2);
  ASSERT_EQ(heads->size(), 2u);
  EXPECT_EQ((*heads)[0].log, log_1);
  EXPECT_EQ((*heads)[1].log, log_2);
  heads = store->heads_since(writer.shop, device, (*heads)[1].change, 2);
  ASSERT_EQ(heads->size(), 1u);
  EXPECT_EQ((*heads)[0].log, log_3);
  EXPECT_EQ((*heads)[0].seq, 2u);
  EXPECT_EQ((*heads)[0].change, 4u);
  EXPECT_EQ((*heads)[0].counter, 1u);
  EXPECT_TRUE(store->heads_since(writer.shop, device, 4, 2)->empty());
  EXPECT_TRUE(store->heads_since(filled<ShopId>(8), device, 0, 2)->empty());
}

TEST_P(StoreContract, counters_in_heads_count_what_came_after_the_fold) {
  writer.begin(log_1);
  ASSERT_TRUE(writer.commit(*store));
  writer.add(log_1, writer.device_a);
  writer.add(log_1, writer.device_b);
  ASSERT_TRUE(writer.commit(*store));
  EXPECT_EQ(store->heads_since(writer.shop, writer.device_a.self.id, 0, 9)->front().counter, 2u);
  EXPECT_EQ(store->heads_since(writer.shop, writer.device_b.self.id, 0, 9)->front().counter, 1u);
  EXPECT_EQ(store->heads_since(writer.shop, filled<DeviceId>(6), 0, 9)->front().counter, 0u);
}

TEST_P(StoreContract, a_lagging_fold_comes_with_its_tail) {
  writer.begin(log_1);
  ASSERT_TRUE(writer.commit(*store));
  writer.add(log_1, writer.device_a);
  writer.add(log_1, writer.device_a);
  ASSERT_TRUE(writer.commit(*store));
  auto log = store->read_log(log_1);
  EXPECT_EQ(log->fold_seq, 1u);
  EXPECT_EQ(log->fold, Bytes(30, 1));
  ASSERT_EQ(log->tail.size(), 2u);
  EXPECT_EQ(log->tail[0].seq, 2u);
  writer.add(log_1, writer.device_a);
  writer.with_fold(log_1, writer.device_a);
  ASSERT_TRUE(writer.commit(*store));
  log = store->read_log(log_1);
  EXPECT_EQ(log->fold_seq, 4u);
  EXPECT_EQ(log->fold, Bytes(30, 4));
  EXPECT_TRUE(log->tail.empty());
}

TEST_P(StoreContract, marks_keep_the_highest) {
  const DeviceId device = writer.device_b.self.id;
  writer.begin(log_1);
  writer.batch.marks.push_back({log_1, device, 1, 3, {3}});
  writer.batch.marks.push_back({log_1, device, 1, 2, {2}});
  writer.batch.marks.push_back({log_1, device, 2, 1, {9}});
  ASSERT_TRUE(writer.commit(*store));
  writer.batch.marks.push_back({log_1, device, 1, 1, {1}});
  writer.batch.marks.push_back({log_2, device, 1, 1, {1}});
  ASSERT_TRUE(writer.commit(*store));
  reopen();
  auto log = store->read_log(log_1);
  ASSERT_EQ(log->marks.size(), 2u);
  EXPECT_EQ(log->marks[0].seq, 3u);
  EXPECT_EQ(log->marks[0].mark, Bytes{3});
  EXPECT_EQ(log->marks[0].device, device);
  EXPECT_EQ(log->marks[0].log, log_1);
  EXPECT_EQ(log->marks[1].kind, 2u);
  EXPECT_EQ(store->heads_since(writer.shop, device, 0, 1)->front().marks.size(), 2u);
}

TEST_P(StoreContract, a_card_replaces_the_former_one) {
  writer.batch.cards.push_back({writer.shop, {1}, {}});
  ASSERT_TRUE(writer.commit(*store));
  writer.begin(log_1);
  writer.batch.cards.push_back({writer.shop, {2}, {1}});
  ASSERT_TRUE(writer.commit(*store));
  reopen();
  EXPECT_EQ(*store->card(writer.shop), Bytes{2});
  EXPECT_EQ(store->read_log(log_1)->shop, writer.shop);
}

TEST_P(StoreContract, refuses_a_card_that_does_not_know_the_stored_one) {
  writer.batch.cards.push_back({writer.shop, {1}, {}});
  ASSERT_TRUE(writer.commit(*store));
  for (const Bytes& former : {Bytes{}, Bytes{2}}) {
    writer.begin(log_1);
    writer.batch.cards.push_back({writer.shop, {3}, former});
    Batch late = writer.batch;
    EXPECT_EQ(store->commit(late).error(), Errc::busy);
    writer.batch.clear();
  }
  reopen();
  EXPECT_EQ(*store->card(writer.shop), Bytes{1});
  EXPECT_EQ(store->read_log(log_1).error(), Errc::no_such_log);
}

TEST_P(StoreContract, pages_keep_their_bounds) {
  writer.begin(log_1);
  for (int i = 0; i < 9; ++i) writer.add(log_1, writer.device_a, 1000);
  ASSERT_TRUE(writer.commit(*store));
  auto page = store->read_page(log_1, 3, 5, 1 << 20);
  ASSERT_EQ(page->size(), 3u);
  EXPECT_EQ(page->front().seq, 3u);
  EXPECT_EQ(page->front().time_ms, 1003u);
  EXPECT_EQ(open_envelope(page->front().envelope)->hash, (writer.hashes[{log_1, 3}]));
  EXPECT_EQ(store->read_page(log_1, 2, 10, 1)->size(), 1u);
  EXPECT_EQ(store->read_page(log_1, 2, 10, 3000)->size(), 2u);
  EXPECT_EQ(store->read_page(log_1, 10, UINT64_MAX, 3000)->size(), 1u);
  EXPECT_TRUE(store->read_page(log_1, 11, UINT64_MAX, 3000)->empty());
  EXPECT_TRUE(store->read_page(log_1, UINT64_MAX, UINT64_MAX, 3000)->empty());
  EXPECT_TRUE(store->read_page(log_1, 5, 4, 3000)->empty());
}

// Long enough for several blocks of the SQLite index, in commits of one, of many, and of very many.
TEST_P(StoreContract, a_long_log_is_found_everywhere) {
  writer.begin(log_1);
  writer.begin(log_2);
  ASSERT_TRUE(writer.commit(*store));
  std::uint64_t seq = 1;
  for (int commit = 0; commit < 60; ++commit) {
    const int entries = commit % 20 == 7 ? 70 : 1 + commit % 5;
    for (int i = 0; i < entries; ++i) {
      writer.add(log_1, ++seq % 7 == 0 ? writer.device_b : writer.device_a);
    }
    writer.add(log_2, writer.device_b);
    ASSERT_TRUE(writer.commit(*store));
    if (commit == 30) reopen();
  }
  reopen();
  for (std::uint64_t from = 1; from <= seq; from += 13) {
    auto page = store->read_page(log_1, from, from + 40, 1 << 20);
    ASSERT_EQ(page->size(), std::min<std::uint64_t>(41, seq - from + 1));
    for (const Entry& entry : *page) {
      EXPECT_EQ(entry.seq, from + static_cast<std::uint64_t>(&entry - page->data()));
      EXPECT_EQ(open_envelope(entry.envelope)->hash, (writer.hashes[{log_1, entry.seq}]));
    }
  }
  for (std::uint64_t counter = 1; counter <= seq / 7; ++counter) {
    auto place = store->find_envelope(log_1, writer.device_b.self.id, counter);
    ASSERT_TRUE(place) << counter;
    EXPECT_EQ(place->seq, counter * 7);
    EXPECT_EQ(place->hash, (writer.hashes[{log_1, counter * 7}]));
  }
  EXPECT_FALSE(store->find_envelope(log_1, writer.device_b.self.id, seq / 7 + 1));
  EXPECT_EQ(store->read_log(log_1)->tail.size(), seq - 1);
  const auto heads = store->heads_since(writer.shop, writer.device_b.self.id, 0, 9);
  ASSERT_EQ(heads->size(), 2u);
  EXPECT_EQ((*heads)[0].log, log_1);
  EXPECT_EQ((*heads)[0].counter, seq / 7);
  EXPECT_EQ((*heads)[1].counter, 60u);
}

TEST_P(StoreContract, logs_of_a_device_are_those_of_its_fold) {
  for (const LogId& log : {log_2, log_1}) writer.begin(log);
  ASSERT_TRUE(writer.commit(*store));
  reopen();
  auto logs = store->logs_of_device(writer.shop, writer.device_a.self.id);
  EXPECT_EQ(*logs, (std::vector<LogId>{log_1, log_2}));
  EXPECT_TRUE(store->logs_of_device(writer.shop, writer.device_b.self.id)->empty());
  EXPECT_TRUE(store->logs_of_device(filled<ShopId>(8), writer.device_a.self.id)->empty());
}

TEST_P(StoreContract, a_device_that_may_write_and_has_not_yet_takes_part) {
  writer.begin(log_1);
  ASSERT_TRUE(writer.commit(*store));
  writer.add(log_1, writer.device_a);
  writer.with_fold(log_1, writer.device_a);
  writer.with_fold(log_1, writer.device_b);
  ASSERT_TRUE(writer.commit(*store));
  reopen();
  EXPECT_EQ(*store->logs_of_device(writer.shop, writer.device_b.self.id),
            (std::vector<LogId>{log_1}));
}

TEST_P(StoreContract, a_second_reader_sees_every_commit) {
  auto reader = store->open_reader();
  ASSERT_TRUE(reader);
  for (std::uint64_t seq = 1; seq <= 3; ++seq) {
    seq == 1 ? writer.begin(log_1) : writer.add(log_1, writer.device_a);
    ASSERT_TRUE(writer.commit(*store));
    EXPECT_EQ(reader->read_log(log_1)->seq, seq);
  }
}

TEST_P(StoreContract, an_answer_stands_at_its_querys_index) {
  writer.begin(log_1);
  ASSERT_TRUE(writer.commit(*store));
  const DeviceId device = writer.device_a.self.id;
  for (const Query& query :
       {Query(ReadLog{log_1}), Query(ReadPage{log_1, 1, 1, 1}),
        Query(ReadLogsOfDevice{writer.shop, device}), Query(ReadHeads{writer.shop, device, 0, 1}),
        Query(FindEnvelope{log_1, device, 1}), Query(ReadCard{writer.shop})}) {
    const Answer got = answer(*store, query);
    EXPECT_EQ(got.index(), query.index());
    EXPECT_TRUE(std::visit([](const auto& result) { return result.ok(); }, got));
  }
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreContract, testing::Values(Kind::memory, Kind::sqlite),
                         [](const auto& test) {
                           return test.param == Kind::memory ? "memory" : "sqlite";
                         });

class SqliteFile : public testing::Test {
 protected:
  std::unique_ptr<Store> open() { return open_sqlite_store(folder.file(), generation, problem); }
  void run(const char* sql) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(folder.file().c_str(), &db), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(db, sql, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(db);
  }
  Folder folder;
  std::string problem;
};

TEST_F(SqliteFile, is_for_its_owner_only) {
  auto store = open();
  ASSERT_TRUE(store) << problem;
  for (const char* suffix : {"", "-wal", "-shm"}) {
    struct stat info {};
    ASSERT_EQ(::stat((folder.file() + suffix).c_str(), &info), 0) << suffix;
    EXPECT_EQ(info.st_mode & 0777u, 0600u) << suffix;
  }
}

TEST_F(SqliteFile, of_a_newer_version_is_refused) {
  ASSERT_TRUE(open()) << problem;
  run("PRAGMA user_version = 99");
  EXPECT_FALSE(open());
  EXPECT_NE(problem.find("newer version"), std::string::npos) << problem;
}

// A store that is too old to know of restores: nothing in it is held.
TEST_F(SqliteFile, of_the_first_version_is_brought_to_this_one) {
  ASSERT_TRUE(open()) << problem;
  run("ALTER TABLE meta DROP COLUMN restored_change; ALTER TABLE meta DROP COLUMN restored_ms;"
      "PRAGMA user_version = 1");
  const auto store = open();
  ASSERT_TRUE(store) << problem;
  EXPECT_EQ(store->generation(), generation);
  EXPECT_EQ(store->restored_ms(), 0u);
  EXPECT_EQ(count_held_logs(folder.file()), 0u);
}

TEST_F(SqliteFile, tells_how_many_logs_are_held) {
  auto store = open();
  ASSERT_TRUE(store) << problem;
  Writer writer;
  writer.begin(filled<LogId>(1));
  writer.begin(filled<LogId>(2));
  ASSERT_TRUE(writer.commit(*store));
  EXPECT_EQ(count_held_logs(folder.file()), 0u);
  Batch restored;
  restored.generation = 12;
  ASSERT_TRUE(store->commit(restored));
  EXPECT_EQ(count_held_logs(folder.file()), 2u);
  writer.add(filled<LogId>(1), writer.device_a);
  ASSERT_TRUE(writer.commit(*store));
  EXPECT_EQ(count_held_logs(folder.file()), 1u);
}

TEST_F(SqliteFile, of_another_program_is_refused) {
  run("CREATE TABLE t (x)");
  EXPECT_FALSE(open());
  EXPECT_NE(problem.find("another program"), std::string::npos) << problem;
}

TEST_F(SqliteFile, that_is_no_database_is_refused) {
  FILE* file = std::fopen(folder.file().c_str(), "w");
  ASSERT_TRUE(file);
  for (int i = 0; i < 1000; ++i) std::fputs("not a database\n", file);
  std::fclose(file);
  EXPECT_FALSE(open());
  EXPECT_FALSE(problem.empty());
}

TEST_F(SqliteFile, opens_once) {
  auto first = open();
  ASSERT_TRUE(first) << problem;
  EXPECT_FALSE(open());
  EXPECT_NE(problem.find("Another process"), std::string::npos) << problem;
  first.reset();
  EXPECT_TRUE(open()) << problem;
}

TEST_F(SqliteFile, in_no_folder_is_refused) {
  EXPECT_FALSE(open_sqlite_store(folder.file() + "/x/y", generation, problem));
  EXPECT_FALSE(problem.empty());
}

}  // namespace
}  // namespace shopbell::store
