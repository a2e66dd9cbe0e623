// What a flood may take: of a device, which gains nothing by coming again, before that of an
// address, where those who were there before are not counted.
#include "unit/relay/world.h"

namespace shopbell::relay::testing {
namespace {

using wire::FrameKind;

// Begins conversations until one is refused; how many were taken.
std::size_t begin_until_refused(Client& client, std::uint8_t first) {
  LogId log;
  for (std::size_t count = 0;; ++count) {
    client.publish(client.genesis(LogKind::main, static_cast<std::uint8_t>(first + count), log));
    if (client.frames.front().kind == FrameKind::error) {
      EXPECT_EQ(client.expect_error(Errc::quota).retry_ms, 1000u);
      return count;
    }
    client.expect_published();
  }
}

TEST(RelayBudget, of_a_device_is_not_renewed_by_coming_again) {
  World world;
  world.limits.new_logs_per_minute_max = 3;
  world.start();
  auto visitor = world.client(device(1));
  visitor.join();
  EXPECT_EQ(begin_until_refused(visitor, 1), 3u);
  visitor.join();
  EXPECT_EQ(begin_until_refused(visitor, 50), 0u);
  world.tick(60'000);
  visitor.join();
  EXPECT_EQ(begin_until_refused(visitor, 100), 3u);
}

TEST(RelayBudget, of_an_address_counts_new_devices_only) {
  World world;
  world.limits.new_logs_per_minute_max = 3;
  world.limits.new_logs_of_source_per_minute_max = 4;
  world.start();
  auto known = world.client(device(1));
  known.source = 7;
  known.join();
  known.begin_log();
  world.tick(60'000);
  auto first = world.client(device(2));
  auto second = world.client(device(3));
  auto elsewhere = world.client(device(4));
  first.source = second.source = 7;
  elsewhere.source = 8;
  first.join();
  second.join();
  elsewhere.join();
  EXPECT_EQ(begin_until_refused(first, 1), 3u);
  EXPECT_EQ(begin_until_refused(second, 1), 1u);
  EXPECT_EQ(begin_until_refused(elsewhere, 1), 3u);
  known.join();
  EXPECT_EQ(begin_until_refused(known, 20), 3u);
}

TEST(RelayBudget, nobody_fills_the_relay_with_connections_that_prove_nothing) {
  World world;
  world.limits.unproven_of_source_max = 2;
  world.start();
  std::vector<Client> crowd;
  for (std::uint8_t i = 0; i < 4; ++i) crowd.push_back(world.client(device(10 + i)));
  for (auto& one : crowd) one.source = 7;
  crowd[0].join();
  crowd[1].connect();
  crowd[2].connect();
  EXPECT_EQ(crowd[2].closed, Errc::none);
  crowd[3].connect();
  EXPECT_EQ(crowd[3].closed, Errc::closed_busy);
  auto elsewhere = world.client(device(20));
  elsewhere.source = 8;
  elsewhere.join();
  // Whoever goes makes room.
  world.feed(in::Closed{crowd[1].conn});
  crowd[3].join();
}

TEST(RelayBudget, of_signals_is_not_renewed_by_coming_again) {
  World world;
  world.limits.visitor_signals_per_second_max = 2;
  world.start();
  auto visitor = world.client(device(1));
  auto desk = world.client(device(40));
  desk.join();
  const auto signal_until_refused = [&] {
    visitor.join();
    const Bytes body(10, 1);
    for (std::size_t count = 0;; ++count) {
      wire::Signal signal;
      signal.to = desk.keys.self.id;
      signal.kind = 2;
      signal.body = body;
      visitor.send(FrameKind::signal, signal);
      if (visitor.frames.empty()) continue;
      visitor.expect_error(Errc::quota);
      return count;
    }
  };
  EXPECT_EQ(signal_until_refused(), 2u);
  EXPECT_EQ(signal_until_refused(), 0u);
  world.tick(1000);
  EXPECT_EQ(signal_until_refused(), 2u);
}

}  // namespace
}  // namespace shopbell::relay::testing
