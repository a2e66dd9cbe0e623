// Pages, heads, subscriptions, marks and signals.
#include "unit/relay/world.h"

namespace shopbell::relay::testing {
namespace {

using wire::FrameKind;

struct RelayServe : ::testing::Test {
  World world;
  Client visitor = world.client(device(1));
  Client desk = world.client(device(40));
  Client agent = world.client(device(2));
  LogId log;

  void SetUp() override {
    visitor.join();
    log = visitor.begin_log();
    desk.join();
    agent.join(world.certify(agent.keys));
  }
  void watch(std::vector<LogId> logs) { agent.send(FrameKind::watch, wire::Watch{logs}); }
  Bytes mark(const Client& client, std::uint64_t kind, std::uint64_t seq) {
    return make_mark(client.keys,
                     wire::MarkBody{log, client.keys.self.id, kind, seq, filled<Hash>(1)});
  }
  void put(Client& client, const Bytes& mark) { client.send(FrameKind::mark, wire::Mark{mark}); }
};

TEST_F(RelayServe, pages_hold_entries_and_a_checkpoint_a_second) {
  visitor.send(FrameKind::fetch, wire::Fetch{log, 1, 9});
  const auto page = visitor.expect<wire::Page>(FrameKind::page);
  ASSERT_EQ(page.items.size(), 2u);
  EXPECT_EQ(page.head_seq, 2u);
  EXPECT_EQ(page.items[0].seq, 1u);
  const auto checkpoint = take_checkpoint(world.relay_key().key, page.checkpoint);
  ASSERT_TRUE(checkpoint);
  EXPECT_EQ(checkpoint->seq, 2u);
  EXPECT_EQ(checkpoint->chain, world.store->read_log(log)->chain);
  visitor.send(FrameKind::fetch, wire::Fetch{log, 2, 2});
  EXPECT_TRUE(visitor.expect<wire::Page>(FrameKind::page).checkpoint.empty());
  world.tick(1000);
  visitor.send(FrameKind::fetch, wire::Fetch{log, 3, 9});
  const auto empty = visitor.expect<wire::Page>(FrameKind::page);
  EXPECT_TRUE(empty.items.empty());
  EXPECT_FALSE(empty.checkpoint.empty());
}

TEST_F(RelayServe, pages_end_at_their_size) {
  for (int i = 0; i < 12; ++i) {
    visitor.publish(visitor.message(log, 15'000));
    visitor.expect_published();
  }
  visitor.send(FrameKind::fetch, wire::Fetch{log, 1, 14});
  const auto page = visitor.expect<wire::Page>(FrameKind::page);
  EXPECT_LT(page.items.size(), 12u);
  visitor.send(FrameKind::fetch, wire::Fetch{log, page.items.back().seq + 1, 14});
  EXPECT_EQ(visitor.expect<wire::Page>(FrameKind::page).items.back().seq, 14u);
}

TEST_F(RelayServe, pages_show_only_what_is_durable) {
  world.hold_commits = true;
  visitor.publish(visitor.message(log));
  visitor.send(FrameKind::fetch, wire::Fetch{log, 1, 9});
  EXPECT_EQ(visitor.expect<wire::Page>(FrameKind::page).head_seq, 2u);
}

TEST_F(RelayServe, strangers_and_nonsense_are_refused) {
  Client other = world.client(device(3));
  other.join();
  other.send(FrameKind::fetch, wire::Fetch{log, 1, 9});
  EXPECT_EQ(other.expect_error(Errc::not_member).log, log);
  other.send(FrameKind::fetch, wire::Fetch{filled<LogId>(7), 1, 9});
  other.expect_error(Errc::no_such_log);
  visitor.send(FrameKind::fetch, wire::Fetch{log, 0, 9});
  visitor.expect_error(Errc::frame_bad);
  visitor.send(FrameKind::fetch, wire::Fetch{log, 3, 2});
  visitor.expect_error(Errc::frame_bad);
  other.send(FrameKind::watch, wire::Watch{{log}});
  other.expect_error(Errc::not_member);
}

TEST_F(RelayServe, a_congested_connection_reads_no_more_pages) {
  world.feed(in::Queued{visitor.conn, world.limits.congested_bytes + 1});
  visitor.send(FrameKind::fetch, wire::Fetch{log, 1, 9});
  visitor.expect_quiet();
  world.feed(in::Queued{visitor.conn, 0});
  visitor.expect<wire::Page>(FrameKind::page);
}

TEST_F(RelayServe, slow_readers_lose_signals_then_the_connection) {
  watch({log});
  agent.expect<wire::Heads>(FrameKind::heads);
  world.feed(in::Queued{agent.conn, world.limits.congested_bytes + 1});
  wire::Signal typing;
  typing.log = log;
  typing.kind = 1;
  visitor.send(FrameKind::signal, typing);
  agent.expect_quiet();
  desk.expect<wire::Signal>(FrameKind::signal);
  visitor.publish(visitor.message(log));
  EXPECT_EQ(agent.expect_deliver().seq, 3u);
  EXPECT_EQ(agent.closed, Errc::none);
  world.feed(in::Queued{agent.conn, world.limits.slow_bytes});
  visitor.publish(visitor.message(log));
  EXPECT_EQ(agent.closed, Errc::closed_slow);
  EXPECT_EQ(visitor.closed, Errc::none);
}

TEST_F(RelayServe, an_agent_hears_what_he_watches) {
  visitor.publish(visitor.message(log));
  agent.expect_quiet();
  watch({log, filled<LogId>(7)});
  EXPECT_EQ(agent.expect_error(Errc::no_such_log).log, filled<LogId>(7));
  const auto heads = agent.expect<wire::Heads>(FrameKind::heads);
  ASSERT_EQ(heads.heads.size(), 1u);
  EXPECT_EQ(heads.heads[0].seq, 3u);
  EXPECT_EQ(heads.heads[0].counter, 0u);
  visitor.publish(visitor.message(log));
  EXPECT_EQ(agent.expect_deliver().seq, 4u);
  watch({});
  EXPECT_TRUE(agent.expect<wire::Heads>(FrameKind::heads).heads.empty());
  visitor.publish(visitor.message(log));
  agent.expect_quiet();
  watch(std::vector<LogId>(limits::watch_logs_max + 1, log));
  agent.expect_error(Errc::quota);
}

TEST_F(RelayServe, two_readers_get_one_order) {
  watch({log});
  agent.expect<wire::Heads>(FrameKind::heads);
  visitor.frames.clear();
  world.hold_commits = true;
  desk.publish(desk.message(log));
  visitor.publish(visitor.message(log));
  desk.publish(desk.message(log));
  while (!world.commits.empty()) world.release_commit();
  for (std::uint64_t seq = 3; seq <= 5; ++seq) EXPECT_EQ(agent.expect_deliver().seq, seq);
  EXPECT_EQ(visitor.expect_deliver().seq, 3u);
  EXPECT_EQ(visitor.expect_published().seq, 4u);
  EXPECT_EQ(visitor.expect_deliver().seq, 5u);
}

TEST_F(RelayServe, the_shop_log_goes_to_every_certified_device) {
  LogId made;
  desk.publish(desk.genesis(LogKind::shop, 200, made));
  ASSERT_EQ(made, world.info.shop_log);
  desk.expect_published();
  EXPECT_EQ(agent.expect_deliver().log, made);
  visitor.expect_quiet();
  Client other = world.client(device(3));
  const auto welcome = other.join(world.certify(other.keys));
  ASSERT_EQ(welcome.heads.size(), 1u);
  EXPECT_EQ(welcome.heads[0].log, made);
  EXPECT_EQ(welcome.heads[0].kind, static_cast<std::uint64_t>(LogKind::shop));
}

TEST_F(RelayServe, the_desk_resumes_in_pages_by_its_cursor) {
  for (std::uint8_t i = 0; i < 5; ++i) {
    world.tick(61'000);
    visitor.join();
    for (std::uint8_t j = 0; j < 10; ++j) {
      LogId made;
      const auto random = static_cast<std::uint8_t>(10 + i * 10 + j);
      visitor.publish(visitor.genesis(LogKind::main, random, made));
      visitor.expect_published();
    }
  }
  desk.connect();
  wire::Hello hello = desk.hello_of();
  hello.cursor = 2;
  hello.generation = 77;
  desk.say(hello);
  auto welcome = desk.expect<wire::Welcome>(FrameKind::welcome);
  EXPECT_EQ(welcome.heads.size(), 50u);
  EXPECT_FALSE(welcome.more);
  const std::uint64_t cursor = welcome.cursor;
  desk.send(FrameKind::get_heads, wire::GetHeads{cursor});
  EXPECT_TRUE(desk.expect<wire::Heads>(FrameKind::heads).heads.empty());
  desk.connect();
  hello = desk.hello_of();
  hello.cursor = cursor;
  hello.generation = 76;
  desk.say(hello);
  welcome = desk.expect<wire::Welcome>(FrameKind::welcome);
  EXPECT_EQ(welcome.heads.size(), 51u);
}

TEST_F(RelayServe, nothing_is_missed_while_the_desk_is_welcomed) {
  world.hold_reads = true;
  desk.connect();
  desk.say(desk.hello_of());
  visitor.publish(visitor.message(log));
  desk.expect_quiet();
  world.release_reads();
  EXPECT_EQ(desk.expect<wire::Welcome>(FrameKind::welcome).heads.size(), 1u);
  EXPECT_EQ(desk.expect_deliver().seq, 3u);
}

TEST_F(RelayServe, marks_are_kept_and_handed_on_when_durable) {
  world.hold_commits = true;
  const Bytes read = mark(desk, 1, 2);
  put(desk, read);
  visitor.expect_quiet();
  world.release_commit();
  EXPECT_TRUE(same_bytes(visitor.expect<wire::Mark>(FrameKind::mark).mark, read));
  desk.expect_quiet();
  put(desk, mark(desk, 1, 1));
  EXPECT_TRUE(world.commits.empty());
  world.hold_commits = false;
  const auto welcome = visitor.join();
  ASSERT_EQ(welcome.heads[0].marks.size(), 1u);
  EXPECT_TRUE(same_bytes(welcome.heads[0].marks[0], read));
  world.start();
  EXPECT_EQ(visitor.join().heads[0].marks.size(), 1u);
}

TEST_F(RelayServe, marks_that_do_not_fit_are_refused) {
  put(visitor, mark(visitor, 1, 3));  // above the head
  visitor.expect_error(Errc::mark_refused);
  put(visitor, mark(visitor, 3, 1));
  visitor.expect_error(Errc::mark_refused);
  put(visitor, mark(desk, 1, 1));  // another device's
  visitor.expect_error(Errc::mark_refused);
  put(visitor, {1, 2, 3});
  visitor.expect_error(Errc::mark_refused);
  Client other = world.client(device(3));
  other.join();
  put(other, mark(other, 1, 1));
  other.expect_error(Errc::not_member);
}

TEST_F(RelayServe, device_signals_reach_their_device_or_are_refused) {
  const Bytes body(100, 3);
  wire::Signal signal;
  signal.to = desk.keys.self.id;
  signal.kind = 2;
  signal.body = body;
  agent.send(FrameKind::signal, signal);
  const auto heard = desk.expect<wire::Signal>(FrameKind::signal);
  EXPECT_EQ(heard.kind, 2u);
  EXPECT_TRUE(same_bytes(heard.body, body));
  signal.to = filled<DeviceId>(9);
  agent.send(FrameKind::signal, signal);
  EXPECT_EQ(agent.expect_error(Errc::unreachable).device, signal.to);
  signal.kind = 1;
  agent.send(FrameKind::signal, signal);
  agent.expect_error(Errc::frame_bad);
  signal.to = desk.keys.self.id;
  signal.log = log;
  agent.send(FrameKind::signal, signal);
  agent.expect_error(Errc::frame_bad);
  desk.expect_quiet();
}

TEST_F(RelayServe, log_signals_go_to_who_follows_the_log) {
  wire::Signal typing;
  typing.log = log;
  typing.kind = 1;
  agent.send(FrameKind::signal, typing);
  visitor.expect<wire::Signal>(FrameKind::signal);
  desk.expect<wire::Signal>(FrameKind::signal);
  agent.expect_quiet();
  Client other = world.client(device(3));
  other.join();
  other.send(FrameKind::signal, typing);
  other.expect_error(Errc::not_member);
  visitor.expect_quiet();
}

TEST_F(RelayServe, signals_have_a_quota) {
  wire::Signal typing;
  typing.log = log;
  typing.kind = 1;
  const auto many = [&](Client& client, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) client.send(FrameKind::signal, typing);
  };
  many(visitor, world.limits.visitor_signals_per_second_max);
  visitor.expect_quiet();
  many(visitor, 1);
  visitor.expect_error(Errc::quota);
  world.tick(1000);
  many(visitor, 1);
  visitor.expect_quiet();
  many(agent, world.limits.signals_per_second_max);
  EXPECT_TRUE(agent.frames.empty());
  many(agent, 1);
  agent.expect_error(Errc::quota);
  desk.frames.clear();
  many(desk, 2 * world.limits.signals_per_second_max);
  desk.expect_quiet();
}

TEST_F(RelayServe, idle_logs_leave_memory_and_come_back) {
  world.limits.logs_in_memory_max = 0;
  world.start();
  visitor.join();
  EXPECT_EQ(world.shard->metrics().logs, 1u);
  world.feed(in::Closed{visitor.conn});
  world.tick(2000);
  world.tick(2000);
  EXPECT_EQ(world.shard->metrics().logs, 0u);
  visitor.join();
  visitor.publish(visitor.message(log));
  EXPECT_EQ(visitor.expect_published().seq, 3u);
}

TEST_F(RelayServe, asking_for_unknown_logs_leaves_nothing_behind) {
  const std::uint64_t before = world.shard->metrics().logs;
  for (std::uint8_t i = 100; i < 150; ++i) {
    visitor.send(FrameKind::fetch, wire::Fetch{filled<LogId>(i), 1, 1});
    visitor.expect_error(Errc::no_such_log);
  }
  EXPECT_EQ(world.shard->metrics().logs, before);
}

TEST_F(RelayServe, a_mark_is_no_place_to_keep_things) {
  // Readers pass over fields they do not know: number 30, 600 bytes.
  wire::MarkBody body{log, visitor.keys.self.id, 1, 1, filled<Hash>(1)};
  Bytes long_body = codec::encode(body);
  for (const int byte : {0xf2, 0x01, 0xd8, 0x04}) {
    long_body.push_back(static_cast<std::uint8_t>(byte));
  }
  long_body.resize(long_body.size() + 600, 1);
  wire::Signed object;
  object.body = long_body;
  object.signature = filled<Signature>(7);
  const Bytes mark = codec::encode(object);
  ASSERT_TRUE(peek_mark(mark));
  put(visitor, mark);
  visitor.expect_error(Errc::mark_refused);
  desk.expect_quiet();
}

TEST_F(RelayServe, what_waits_for_logs_is_bounded) {
  const std::uint64_t before = world.shard->metrics().logs;
  world.limits.waiters_of_connection_max = 4;
  world.start();
  visitor.join();
  world.hold_reads = true;
  for (std::uint8_t i = 100; i < 106; ++i) {
    visitor.send(FrameKind::fetch, wire::Fetch{filled<LogId>(i), 1, 1});
  }
  EXPECT_EQ(world.reads.size(), 4u);
  EXPECT_EQ(world.shard->metrics().logs, before + 4);
  for (const std::uint8_t i : {104, 105}) {
    EXPECT_EQ(visitor.expect_error(Errc::busy).log, filled<LogId>(i));
  }
  world.release_reads();
  for (int i = 0; i < 4; ++i) visitor.expect_error(Errc::no_such_log);
  EXPECT_EQ(world.shard->metrics().logs, before);
  visitor.send(FrameKind::fetch, wire::Fetch{filled<LogId>(100), 1, 1});
  EXPECT_EQ(world.reads.size(), 1u) << "there is room again";
}

TEST_F(RelayServe, bytes_that_wait_are_bounded_over_all_connections) {
  world.limits.waiting_bytes_max = 100;
  world.start();
  visitor.join();
  world.hold_reads = true;
  LogId other;
  const SignedEnvelope genesis = visitor.genesis(LogKind::main, 9, other);
  ASSERT_GT(genesis.bytes.size(), 100u);
  visitor.publish(genesis);
  const auto refused = visitor.expect_error(Errc::busy);
  EXPECT_EQ(refused.log, other);
  EXPECT_EQ(refused.counter, 1u);
  EXPECT_TRUE(world.reads.empty());
}

TEST_F(RelayServe, many_heads_come_in_many_frames) {
  constexpr std::size_t count = limits::heads_per_welcome_max + 40;
  world.limits.new_logs_per_minute_max = count;
  world.start();
  Client busy = world.client(device(3));
  busy.join();
  for (std::size_t i = 0; i < count; ++i) {
    Hash salt = filled<Hash>(9);
    salt.data[0] = static_cast<std::uint8_t>(i);
    salt.data[1] = static_cast<std::uint8_t>(i >> 8);
    const LogId id = log_id_of(world.info.shop, busy.keys.self.id, salt);
    wire::Header header;
    header.envelope_class = 3;
    busy.publish(busy.envelope(
        id, header, make_genesis_body(world.info.shop, LogKind::main, salt, busy.keys.self, {})));
    busy.expect_published();
  }
  EXPECT_EQ(busy.join().heads.size(), limits::heads_per_welcome_max);
  EXPECT_EQ(busy.expect<wire::Heads>(FrameKind::heads).heads.size(), 40u);
  busy.send(FrameKind::get_heads, wire::GetHeads{0});
  EXPECT_EQ(busy.expect<wire::Heads>(FrameKind::heads).heads.size(), limits::heads_per_welcome_max);
  EXPECT_EQ(busy.expect<wire::Heads>(FrameKind::heads).heads.size(), 40u);
  busy.expect_quiet();
}

}  // namespace
}  // namespace shopbell::relay::testing
