// The desk engine's storage: order, ranges, durability, and what happens when the disk refuses.
#include "desk/engine_store.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>

namespace shopbell::desk {
namespace {

namespace fs = std::filesystem;

Bytes bytes_of(std::string_view text) { return to_bytes(as_bytes(text)); }

class EngineStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const auto* ending : {"", "-wal", "-shm"}) fs::remove(file_ + ending);
    open();
  }
  void TearDown() override { store_.reset(); }

  void open() {
    std::string problem;
    store_.reset();
    answers_.clear();
    store_ = EngineStore::open(
        file_,
        [this](EngineStore::Done done) {
          const std::lock_guard lock(mutex_);
          answers_.push_back(std::move(done));
          changed_.notify_one();
        },
        problem);
    ASSERT_NE(store_, nullptr) << problem;
  }

  void put(std::uint64_t batch, std::vector<out::Put> puts, std::vector<Bytes> deletes = {}) {
    store_->persist({batch, puts, deletes});
  }

  EngineStore::Done answer(std::size_t number) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return answers_.size() > number; });
    return answers_[number];
  }

  std::string load(std::uint64_t id, std::string_view from, std::string_view to,
                   std::uint64_t limit = 0, bool descending = false) {
    const auto before = [&] {
      const std::lock_guard lock(mutex_);
      return answers_.size();
    }();
    store_->load({id, as_bytes(from), as_bytes(to), limit, descending});
    const auto got = std::get<EngineStore::Loaded>(answer(before));
    EXPECT_EQ(got.id, id);
    std::string out;
    for (const auto& [key, value] : got.records) {
      out += std::string(as_text(key)) + "=" + std::string(as_text(value)) + " ";
    }
    return out;
  }

  const std::string file_ = testing::TempDir() + "engine_store_test.db";
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<EngineStore::Done> answers_;
  std::unique_ptr<EngineStore> store_;
};

TEST_F(EngineStoreTest, LoadsRangesInOrderWithLimits) {
  put(1, {{bytes_of("b"), bytes_of("2")},
          {bytes_of("a"), bytes_of("1")},
          {bytes_of("c"), bytes_of("")},
          {bytes_of("ab"), bytes_of("3")}});
  EXPECT_TRUE(std::get<EngineStore::Persisted>(answer(0)).ok);
  EXPECT_EQ(load(7, "a", "c"), "a=1 ab=3 b=2 ");
  EXPECT_EQ(load(8, "a", "d", 2), "a=1 ab=3 ");
  EXPECT_EQ(load(9, "a", "d", 3, true), "c= b=2 ab=3 ");
  EXPECT_EQ(load(10, "x", "z"), "");
}

TEST_F(EngineStoreTest, LoadSeesTheBatchesBeforeIt) {
  put(1, {{bytes_of("a"), bytes_of("1")}});
  put(2, {{bytes_of("a"), bytes_of("2")}, {bytes_of("b"), bytes_of("1")}});
  put(3, {}, {bytes_of("b")});
  store_->load({5, as_bytes("a"), as_bytes("z"), 0, false});
  const auto loaded = std::get<EngineStore::Loaded>(answer(3));
  ASSERT_EQ(loaded.records.size(), 1u);
  EXPECT_EQ(loaded.records[0].second, bytes_of("2"));
  for (std::uint64_t batch = 1; batch <= 3; ++batch) {
    const auto persisted = std::get<EngineStore::Persisted>(answer(batch - 1));
    EXPECT_EQ(persisted.batch, batch);
    EXPECT_TRUE(persisted.ok);
  }
}

TEST_F(EngineStoreTest, WhatIsPersistedIsThereAfterReopening) {
  put(1, {{bytes_of("a"), bytes_of("1")}});
  EXPECT_TRUE(std::get<EngineStore::Persisted>(answer(0)).ok);
  open();
  EXPECT_EQ(load(1, "a", "b"), "a=1 ");
}

TEST_F(EngineStoreTest, RecordsThatCannotBeReadAreNotTakenForMissingOnes) {
  std::vector<out::Put> puts;
  for (int i = 100; i < 300; ++i) {
    puts.push_back({bytes_of("k" + std::to_string(i)), Bytes(1000, 1)});
  }
  put(1, puts);
  EXPECT_TRUE(std::get<EngineStore::Persisted>(answer(0)).ok);
  store_.reset();
  // The first page names the tables, the second is the root of the only one.
  std::fstream file(file_, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(2 * 4096);
  file << std::string(fs::file_size(file_) - 2 * 4096, '\xff');
  file.close();
  open();
  store_->load({5, as_bytes("a"), as_bytes("z"), 0, false});
  EXPECT_FALSE(std::get<EngineStore::Loaded>(answer(0)).ok);
  EXPECT_NE(store_->problem().find("malformed"), std::string::npos) << store_->problem();
}

TEST_F(EngineStoreTest, DamagedFileIsRefusedWithASentence) {
  store_.reset();
  for (const auto* ending : {"-wal", "-shm"}) fs::remove(file_ + ending);
  fs::resize_file(file_, 100);
  std::string problem;
  EXPECT_EQ(EngineStore::open(
                file_, [](EngineStore::Done) {}, problem),
            nullptr);
  EXPECT_NE(problem.find("damaged"), std::string::npos) << problem;
}

}  // namespace
}  // namespace shopbell::desk
