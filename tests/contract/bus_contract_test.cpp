// The bus's contract (server/bus/bus.h).
#include <gtest/gtest.h>

#include "bus/bus.h"

namespace shopbell::bus {
namespace {

News news(std::uint64_t seq) { return HeadNews{ShopId{}, LogId{}, seq}; }

TEST(BusContract, numbers_are_dense_for_each_node) {
  auto hub = make_in_process_hub();
  auto a = join_in_process(hub, NodeId{1});
  auto b = join_in_process(hub, NodeId{2});
  std::vector<Message> heard;
  auto subscription = b->subscribe([&](const Message& message) { heard.push_back(message); });
  a->publish(news(5));
  b->publish(news(6));
  a->publish(news(7));
  ASSERT_EQ(heard.size(), 3u);
  EXPECT_EQ(heard[0].from, NodeId{1});
  EXPECT_EQ(heard[0].number, 1u);
  EXPECT_EQ(heard[1].from, NodeId{2});
  EXPECT_EQ(heard[1].number, 1u);
  EXPECT_EQ(heard[2].number, 2u);
  EXPECT_EQ(std::get<HeadNews>(heard[2].news).seq, 7u);
}

TEST(BusContract, who_comes_late_sees_the_gap) {
  auto hub = make_in_process_hub();
  auto a = join_in_process(hub, NodeId{1});
  a->publish(news(1));
  std::uint64_t number = 0;
  auto subscription = a->subscribe([&](const Message& message) { number = message.number; });
  a->publish(news(2));
  EXPECT_EQ(number, 2u);
}

TEST(BusContract, nothing_comes_after_the_subscription_went) {
  auto bus = join_in_process(make_in_process_hub(), NodeId{1});
  int heard = 0;
  auto subscription = bus->subscribe([&](const Message&) { ++heard; });
  bus->publish(news(1));
  subscription.reset();
  bus->publish(news(2));
  EXPECT_EQ(heard, 1);
}

}  // namespace
}  // namespace shopbell::bus
