// The threads around a store: every submission is answered, in order, and before the end.
#include "store/store_worker.h"

#include <gtest/gtest.h>

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

std::shared_ptr<const Batch> card_batch(std::uint8_t byte) {
  auto batch = std::make_shared<Batch>();
  batch->cards.push_back({ShopId{}, {byte}});
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
  {
    StoreWorker worker(make_memory_store(5), [&](relay::Input) { holders = batch.use_count(); });
    worker.submit({relay::BatchId{1}, batch});
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
  EXPECT_EQ(failed->code, Errc::store_failed);
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

}  // namespace
}  // namespace shopbell::store
