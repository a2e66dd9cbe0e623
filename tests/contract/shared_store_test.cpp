// What a store that several nodes share says of the others (server/store/store.h).
#include <gtest/gtest.h>

#include "store/store.h"

namespace shopbell::store {
namespace {

LogId log_of(std::uint8_t byte) {
  LogId out;
  out.data.fill(byte);
  return out;
}

struct SharedStore : ::testing::Test {
  std::unique_ptr<Store> store = make_memory_store(5);
  ShopId shop;

  static Batch by(std::uint64_t node) {
    Batch batch;
    batch.node = node;
    return batch;
  }
  void add(Batch& batch, const LogId& log, std::uint64_t seq) const {
    NewEnvelope one;
    one.log = log;
    one.seq = one.counter = seq;
    one.size = 1;
    batch.bytes = {1};
    batch.envelopes.push_back(one);
    LogWrite write;
    write.log = log;
    write.shop = shop;
    write.seq = seq;
    write.fold = {1};
    batch.logs.push_back(write);
  }
  void begin(std::uint64_t node, const LogId& log) {
    Batch batch = by(node);
    add(batch, log, 1);
    ASSERT_TRUE(store->commit(batch));
  }
  std::vector<LogId> moved(Stamps& seen, std::size_t limit = 100) {
    auto out = store->moved_since(seen, limit);
    EXPECT_TRUE(out);
    seen = out->stamps;
    std::vector<LogId> logs;
    for (const auto& [shop_id, log] : out->logs) logs.push_back(log);
    return logs;
  }
};

TEST_F(SharedStore, shows_what_each_node_has_moved_once) {
  Stamps seen;
  EXPECT_TRUE(moved(seen).empty());
  begin(1, log_of(1));
  begin(2, log_of(2));
  EXPECT_EQ(moved(seen), (std::vector<LogId>{log_of(1), log_of(2)}));
  EXPECT_TRUE(moved(seen).empty());
}

TEST_F(SharedStore, who_has_seen_much_of_one_node_has_seen_nothing_of_another) {
  Stamps seen;
  for (std::uint8_t i = 1; i <= 5; ++i) begin(1, log_of(i));
  moved(seen);
  begin(2, log_of(9));
  EXPECT_EQ(moved(seen), (std::vector<LogId>{log_of(9)}));
}

TEST_F(SharedStore, a_log_that_a_second_node_goes_on_with_is_shown_again) {
  Stamps seen;
  begin(1, log_of(1));
  moved(seen);
  Batch batch = by(2);
  add(batch, log_of(1), 2);
  ASSERT_TRUE(store->commit(batch));
  EXPECT_EQ(moved(seen), (std::vector<LogId>{log_of(1)}));
}

TEST_F(SharedStore, a_mark_and_a_card_are_news_as_well) {
  Stamps seen;
  begin(1, log_of(1));
  moved(seen);
  Batch batch = by(2);
  batch.marks.push_back({log_of(1), DeviceId{}, 1, 1, {7}});
  batch.cards.push_back({shop, {1}, {}});
  ASSERT_TRUE(store->commit(batch));
  const auto out = store->moved_since(seen, 100);
  ASSERT_EQ(out->logs.size(), 1u);
  ASSERT_EQ(out->cards.size(), 1u);
}

TEST_F(SharedStore, no_envelope_of_one_node_hides_the_mark_of_another) {
  Stamps seen;
  begin(1, log_of(1));
  moved(seen);
  Batch mark = by(2);
  mark.marks.push_back({log_of(1), DeviceId{}, 1, 1, {7}});
  ASSERT_TRUE(store->commit(mark));
  Batch batch = by(1);
  add(batch, log_of(1), 2);
  ASSERT_TRUE(store->commit(batch));
  seen[1] = UINT64_MAX;  // its own
  EXPECT_EQ(moved(seen), (std::vector<LogId>{log_of(1)}));
}

TEST_F(SharedStore, a_limit_cuts_between_batches_and_the_rest_follows) {
  for (std::uint8_t i = 1; i <= 5; ++i) begin(1, log_of(i));
  Stamps seen;
  EXPECT_EQ(moved(seen, 2).size(), 2u);
  EXPECT_EQ(moved(seen, 2).size(), 2u);
  EXPECT_EQ(moved(seen, 2), (std::vector<LogId>{log_of(5)}));
}

TEST_F(SharedStore, without_a_limit_it_names_the_stamps_alone) {
  begin(3, log_of(1));
  const auto out = store->moved_since({}, 0);
  EXPECT_TRUE(out->logs.empty());
  EXPECT_EQ(out->stamps.at(3), 1u);
}

TEST_F(SharedStore, a_batch_that_was_refused_takes_no_stamp) {
  begin(1, log_of(1));
  Batch late = by(2);
  add(late, log_of(1), 1);
  EXPECT_EQ(store->commit(late).error(), Errc::busy);
  EXPECT_FALSE(store->moved_since({}, 0)->stamps.contains(2));
}

}  // namespace
}  // namespace shopbell::store
