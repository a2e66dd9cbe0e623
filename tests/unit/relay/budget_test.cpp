// What a flood may take: of a device, which gains nothing by coming again, before that of an
// address, where those who were there before are not counted.
#include <list>

#include "relay/budgets.h"
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

// What is refused is offered again as it is; returns how many were taken before that.
std::size_t write_until_refused(Client& client, const LogId& log) {
  for (std::size_t count = 0;; ++count) {
    const auto before = client.places[log];
    const SignedEnvelope next = client.message(log);
    client.publish(next);
    if (client.frames.front().kind == FrameKind::error) {
      const auto error = client.expect_error(Errc::slow_down);
      EXPECT_EQ(error.log, log);
      EXPECT_EQ(error.counter, client.places[log].counter);
      EXPECT_GT(error.retry_ms, 0u);
      client.places[log] = before;
      return count;
    }
    client.expect_published();
  }
}

TEST(RelayBudget, half_a_minutes_messages_go_at_once_and_then_they_keep_the_rate) {
  World world;
  world.limits.newcomer_envelopes_per_minute_max = world.limits.envelopes_per_minute_max = 120;
  world.start();
  auto visitor = world.client(device(1));
  visitor.join();
  const LogId log = visitor.begin_log();
  // The genesis and the grant count too.
  EXPECT_EQ(write_until_refused(visitor, log), 58u);
  visitor.join();
  EXPECT_EQ(write_until_refused(visitor, log), 0u) << "coming again is no use";
  world.tick(5000);
  EXPECT_EQ(write_until_refused(visitor, log), 10u);
}

TEST(RelayBudget, who_keeps_to_the_rate_is_never_told_to_slow_down) {
  World world;
  world.limits.newcomer_envelopes_per_minute_max = 120;
  world.start();
  auto visitor = world.client(device(1));
  visitor.join();
  const LogId log = visitor.begin_log();
  for (int i = 0; i < 200; ++i) {
    world.tick(500);
    visitor.frames.clear();  // pings
    visitor.publish(visitor.message(log));
    visitor.expect_published();
  }
}

TEST(RelayBudget, of_messages_is_wider_for_who_has_a_conversation_and_for_the_shops_own) {
  World world;
  world.limits.newcomer_envelopes_per_minute_max = 20;
  world.limits.envelopes_per_minute_max = 60;
  world.limits.team_envelopes_per_minute_max = 100;
  world.start();
  auto visitor = world.client(device(1));
  visitor.join();
  const LogId log = visitor.begin_log();
  EXPECT_EQ(write_until_refused(visitor, log), 8u);
  world.tick(60'000);
  visitor.join();
  EXPECT_EQ(write_until_refused(visitor, log), 30u);
  auto agent = world.client(device(2));
  const Bytes certificate = world.certify(agent.keys);
  agent.join(certificate);
  wire::Header header;
  header.envelope_class = 3;
  agent.publish(agent.envelope(log, header, make_join_body(agent.keys.self, certificate)));
  agent.expect_published();
  EXPECT_EQ(write_until_refused(agent, log), 49u);
}

TEST(RelayBudget, what_is_asked_again_costs_nothing) {
  World world;
  world.limits.newcomer_envelopes_per_minute_max = 20;
  world.start();
  auto visitor = world.client(device(1));
  visitor.join();
  const LogId log = visitor.begin_log();
  const SignedEnvelope first = visitor.message(log);
  visitor.publish(first);
  visitor.expect_published();
  for (int i = 0; i < 40; ++i) {
    visitor.publish(first);
    visitor.expect_published();
  }
}

// --- proof of work

// The Challenge, and a Hello with work of so many bits.
struct Newcomer {
  Client client;
  std::uint64_t asked = 0;

  Newcomer(World& world, std::uint8_t number, std::uint64_t source = 7)
      : client(world.client(device(number))) {
    client.source = source;
  }
  void come(bool with_work) {
    client.connect();
    const auto challenge = client.frames.front().as<wire::Challenge>();
    asked = challenge.work_bits;
    const Hash nonce = challenge.nonce;
    wire::Hello hello = client.hello_of();
    const DeviceId& id = client.keys.self.id;
    const bool wanted = with_work;
    while (is_work(nonce, id, hello.work, std::max<std::uint64_t>(asked, 1)) != wanted) {
      ++hello.work;
    }
    client.say(hello);
  }
};

TEST(RelayWork, is_asked_of_new_devices_once_too_many_have_come_and_rises_with_their_number) {
  World world;
  world.limits.newcomers_of_source_per_minute = 2;
  world.start();
  const std::uint64_t expected[] = {0, 0, 14, 14, 16, 16};
  std::uint8_t number = 1;
  // The world closes their connections later; until then they are there.
  std::list<Newcomer> before;
  for (const std::uint64_t bits : expected) {
    Newcomer& one = before.emplace_back(world, number++);
    one.come(true);
    EXPECT_EQ(one.asked, bits);
    EXPECT_EQ(name_of(one.client.closed), name_of(Errc::none));
    one.client.expect<wire::Welcome>(FrameKind::welcome);
  }
  EXPECT_EQ(world.shard->metrics().work_brought, 4u);
  Newcomer elsewhere(world, 50, 8);
  elsewhere.come(true);
  EXPECT_EQ(elsewhere.asked, 0u);
  world.tick(60'000);
  Newcomer later(world, 51);
  later.come(true);
  EXPECT_EQ(later.asked, 0u);
}

TEST(RelayWork, a_new_device_without_it_is_turned_away_by_name_and_told_when_to_come) {
  World world;
  world.limits.newcomers_of_source_per_minute = 1;
  world.start();
  Newcomer first(world, 1);
  first.come(false);
  Newcomer second(world, 2);
  second.come(false);
  EXPECT_EQ(second.client.closed, Errc::closed_crowded);
  EXPECT_GT(second.client.expect_error(Errc::closed_crowded).retry_ms, 0u);
  second.come(true);
  EXPECT_EQ(second.client.closed, Errc::none);
}

TEST(RelayWork, is_not_asked_of_who_has_a_conversation_nor_of_the_shops_own) {
  World world;
  world.limits.newcomers_of_source_per_minute = 1;
  world.start();
  Newcomer known(world, 1);
  known.come(false);
  known.client.expect<wire::Welcome>(FrameKind::welcome);
  known.client.begin_log();
  known.come(false);
  EXPECT_EQ(known.asked, 14u);
  EXPECT_EQ(known.client.closed, Errc::none);
  auto agent = world.client(device(3));
  agent.source = 7;
  agent.join(world.certify(agent.keys));
  auto desk = world.client(device(40));
  desk.source = 7;
  desk.join();
}

TEST(RelayWork, helps_no_more_beyond_a_number) {
  Budgets budgets;
  std::uint64_t asked = 0;
  for (std::uint8_t number = 1; number <= 200; ++number) {
    const DeviceId device = filled<DeviceId>(number);
    const bool taken = budgets.take_newcomer(device, 7, 1'000'000, 2);
    EXPECT_EQ(taken, number <= 64) << int{number};
    if (taken) asked = budgets.work_bits(7, 1'000'000, 2);
    EXPECT_LE(asked, limits::work_bits_max);
  }
  EXPECT_EQ(asked, limits::work_bits_max);
  EXPECT_TRUE(budgets.take_newcomer(filled<DeviceId>(1), 7, 1'000'000, 2)) << "it was counted";
  EXPECT_EQ(budgets.work_bits(7, 1'060'000, 2), 0u);
}

TEST(RelayWork, has_a_minute_of_time) {
  World world;
  world.limits.newcomers_of_source_per_minute = 1;
  world.start();
  Newcomer first(world, 1);
  first.come(true);
  auto slow = world.client(device(2));
  slow.source = 7;
  slow.connect();
  world.tick(limits::hello_ms_max + 1000);
  EXPECT_EQ(slow.closed, Errc::none);
  world.tick(limits::work_ms_max);
  EXPECT_EQ(slow.closed, Errc::closed_hello);
}

TEST(RelayBudget, a_device_that_comes_without_end_is_turned_away_for_a_while) {
  World world;
  world.limits.connections_of_device_per_minute_max = 3;
  world.start();
  auto visitor = world.client(device(1));
  for (int i = 0; i < 3; ++i) visitor.join();
  visitor.connect();
  visitor.say(visitor.hello_of());
  EXPECT_EQ(visitor.closed, Errc::closed_busy);
  EXPECT_GT(visitor.expect_error(Errc::closed_busy).retry_ms, 0u);
  world.tick(60'000);
  visitor.join();
}

}  // namespace
}  // namespace shopbell::relay::testing
