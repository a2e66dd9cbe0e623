// The threads around a store: every submission is answered, in order, and before the end.
#include "store/store_worker.h"

#include <gtest/gtest.h>

#include <future>

namespace shopbell::store {
namespace {

struct Replies {
  std::mutex mutex;
  std::vector<relay::Input> all;

  StoreWorker::Reply into() {
    return [this](relay::Input reply) {
      std::lock_guard lock(mutex);
      all.push_back(std::move(reply));
    };
  }
};

// Each is the first card of a shop of its own.
std::shared_ptr<const Batch> card_batch(std::uint8_t byte) {
  auto batch = std::make_shared<Batch>();
  ShopId shop;
  shop.data[0] = byte;
  batch->cards.push_back({shop, {byte}, {}});
  return batch;
}

TEST(StoreWorker, answers_in_order_and_finishes_before_it_ends) {
  Replies replies;
  {
    StoreWorker worker(make_memory_store(5), replies.into());
    EXPECT_EQ(worker.generation(), 5u);
    for (std::uint8_t i = 1; i <= 50; ++i) worker.submit({relay::BatchId{i}, card_batch(i)});
  }
  ASSERT_EQ(replies.all.size(), 50u);
  for (std::size_t i = 0; i < 50; ++i) {
    const auto* committed = std::get_if<relay::in::Committed>(&replies.all[i]);
    ASSERT_TRUE(committed);
    EXPECT_EQ(committed->batch, relay::BatchId{i + 1});
  }
}

TEST(StoreWorker, holds_no_batch_when_it_replies) {
  auto batch = card_batch(1);
  long holders = 0;
  std::promise<void> submitted;
  {
    StoreWorker worker(make_memory_store(5), [&](relay::Input) {
      submitted.get_future().wait();
      holders = batch.use_count();
    });
    worker.submit({relay::BatchId{1}, batch});
    submitted.set_value();
  }
  EXPECT_EQ(holders, 1);
}

TEST(StoreWorker, says_what_failed) {
  Replies replies;
  {
    StoreWorker worker(make_memory_store(5), replies.into());
    auto batch = std::make_shared<Batch>();
    batch->envelopes.emplace_back().seq = 7;
    worker.submit({relay::BatchId{1}, batch});
  }
  ASSERT_EQ(replies.all.size(), 1u);
  const auto* failed = std::get_if<relay::in::CommitFailed>(&replies.all[0]);
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->code, Errc::busy);
}

TEST(StoreWorker, answers_reads_by_their_kind) {
  Replies replies;
  {
    StoreWorker worker(make_memory_store(5), replies.into());
    worker.read({relay::ReadId{1}, ReadLog{LogId{}}});
    worker.read({relay::ReadId{2}, ReadCard{ShopId{}}});
  }
  ASSERT_EQ(replies.all.size(), 2u);
  const auto& first = std::get<relay::in::ReadDone>(replies.all[0]);
  EXPECT_EQ(first.id, relay::ReadId{1});
  EXPECT_EQ(first.answer.index(), Query(ReadLog{LogId{}}).index());
  EXPECT_EQ(std::get<relay::in::ReadDone>(replies.all[1]).id, relay::ReadId{2});
}

// A store on which no second way in can be opened, and which refuses what it is told to.
class OneWayStore final : public Store {
 public:
  explicit OneWayStore(std::size_t failures) : failures_(failures) {}
  Status commit(const Batch& batch) override {
    if (failures_ == 0) return inner_->commit(batch);
    --failures_;
    return Errc::store_full;
  }
  std::uint64_t generation() const override { return inner_->generation(); }
  std::uint64_t last_change() const override { return 0; }
  std::uint64_t restored_ms() const override { return 0; }
  std::unique_ptr<Reader> open_reader() override { return nullptr; }
  std::string problem() const override { return "no space"; }
  Result<LogRecord> read_log(const LogId& log) override { return inner_->read_log(log); }
  Result<std::vector<Entry>> read_page(const LogId& log, std::uint64_t from, std::uint64_t to,
                                       std::size_t bytes_max) override {
    return inner_->read_page(log, from, to, bytes_max);
  }
  Result<std::vector<LogId>> logs_of_device(const ShopId& shop, const DeviceId& device) override {
    return inner_->logs_of_device(shop, device);
  }
  Result<std::vector<HeadRow>> heads_since(const ShopId& shop, const DeviceId& device,
                                           std::uint64_t cursor, std::size_t limit) override {
    return inner_->heads_since(shop, device, cursor, limit);
  }
  Result<Place> find_envelope(const LogId& log, const DeviceId& author,
                              std::uint64_t counter) override {
    return inner_->find_envelope(log, author, counter);
  }
  Result<Bytes> card(const ShopId& shop) override { return inner_->card(shop); }

 private:
  std::size_t failures_;
  std::unique_ptr<Store> inner_ = make_memory_store(5);
};

TEST(StoreWorker, reads_without_a_reader_of_its_own) {
  Replies replies;
  {
    StoreWorker worker(std::make_unique<OneWayStore>(0), replies.into());
    for (std::uint8_t i = 1; i <= 20; ++i) {
      worker.submit({relay::BatchId{i}, card_batch(i)});
      worker.read({relay::ReadId{i}, ReadCard{ShopId{}}});
    }
  }
  std::size_t reads = 0;
  for (const auto& reply : replies.all) {
    const auto* done = std::get_if<relay::in::ReadDone>(&reply);
    if (!done) continue;
    ++reads;
    EXPECT_TRUE(std::get<5>(done->answer).ok());
  }
  EXPECT_EQ(reads, 20u);
}

TEST(StoreWorker, tells_the_operator_once_for_each_row_of_failures) {
  Replies replies;
  std::vector<std::string> problems;
  {
    StoreWorker worker(std::make_unique<OneWayStore>(3), replies.into(),
                       [&](const std::string& problem) { problems.push_back(problem); });
    for (std::uint8_t i = 1; i <= 5; ++i) worker.submit({relay::BatchId{i}, card_batch(i)});
  }
  EXPECT_EQ(problems, std::vector<std::string>{"no space"});
  EXPECT_EQ(replies.all.size(), 5u);
}

}  // namespace
}  // namespace shopbell::store
