// Several nodes over one store: two shards, each with a world of its own, over the first one's
// store. What one puts on the bus the other hears only where a test says so.
#include "unit/relay/world.h"

namespace shopbell::relay::testing {
namespace {

using wire::FrameKind;

// The first world's store, in the hands of the second.
class SameStore final : public store::Store {
 public:
  explicit SameStore(store::Store& of) : of_(of) {}
  Status commit(const store::Batch& batch) override { return of_.commit(batch); }
  std::uint64_t generation() const override { return of_.generation(); }
  std::uint64_t last_change() const override { return of_.last_change(); }
  std::uint64_t restored_ms() const override { return of_.restored_ms(); }
  std::unique_ptr<store::Reader> open_reader() override { return of_.open_reader(); }
  std::string problem() const override { return of_.problem(); }
  Result<store::LogRecord> read_log(const LogId& log) override { return of_.read_log(log); }
  Result<std::vector<store::Entry>> read_page(const LogId& log, std::uint64_t from,
                                              std::uint64_t to, std::size_t bytes_max) override {
    return of_.read_page(log, from, to, bytes_max);
  }
  Result<std::vector<LogId>> logs_of_device(const ShopId& shop, const DeviceId& device) override {
    return of_.logs_of_device(shop, device);
  }
  Result<std::vector<store::HeadRow>> heads_since(const ShopId& shop, const DeviceId& device,
                                                  std::uint64_t cursor,
                                                  std::size_t limit) override {
    return of_.heads_since(shop, device, cursor, limit);
  }
  Result<store::Place> find_envelope(const LogId& log, const DeviceId& author,
                                     std::uint64_t counter) override {
    return of_.find_envelope(log, author, counter);
  }
  Result<Bytes> card(const ShopId& shop) override { return of_.card(shop); }
  Result<store::Moved> moved_since(const store::Stamps& seen, std::size_t limit) override {
    return of_.moved_since(seen, limit);
  }

 private:
  store::Store& of_;
};

struct RelayNodes : ::testing::Test {
  World a;
  World b{false};
  Client visitor = a.client(device(1));
  Client desk = b.client(device(40));
  LogId log;
  std::uint64_t told = 0;

  void SetUp() override {
    b.store = std::make_unique<SameStore>(*a.store);
    join(a, 1);
    join(b, 2);
    b.info = a.info;
    visitor.join();
    log = visitor.begin_log();
    b.epochs = a.epochs;
    b.commitments = a.commitments;
    desk.join();
    a.told.clear();
    b.told.clear();
  }
  static void join(World& world, std::uint64_t node) {
    world.node = node;
    world.start();
    world.told.clear();
  }
  // What the first node has put on the bus.
  void hear() {
    for (bus::News& news : std::exchange(a.told, {})) {
      b.feed(in::Heard{{bus::NodeId{1}, ++told, std::move(news)}});
    }
  }
  void say() {
    visitor.publish(visitor.message(log));
    visitor.expect_published();
  }
};

TEST_F(RelayNodes, what_one_places_the_other_delivers_once_it_hears_of_it) {
  say();
  desk.expect_quiet();
  hear();
  // The log was not in this node's memory.
  EXPECT_EQ(desk.expect<wire::Heads>(FrameKind::heads).heads.front().seq, 3u);
  say();
  say();
  hear();
  EXPECT_EQ(desk.expect_deliver().seq, 4u);
  EXPECT_EQ(desk.expect_deliver().seq, 5u);
  desk.expect_quiet();
}

TEST_F(RelayNodes, what_was_not_heard_is_found_in_the_store) {
  say();
  hear();
  desk.expect<wire::Heads>(FrameKind::heads);
  say();
  a.told.clear();
  b.tick(3000);
  EXPECT_EQ(desk.expect_deliver().seq, 4u);
  b.tick(3000);
  desk.expect_quiet();
}

TEST_F(RelayNodes, a_gap_in_the_numbers_makes_it_look_at_once) {
  say();
  hear();
  desk.expect<wire::Heads>(FrameKind::heads);
  say();
  a.told.clear();
  b.feed(in::Heard{{bus::NodeId{1}, told + 2, bus::CardNews{a.info.shop}}});
  EXPECT_EQ(desk.expect_deliver().seq, 4u);
}

TEST_F(RelayNodes, who_is_second_gets_the_next_place) {
  Client agent = b.client(device(2));
  agent.join(b.certify(agent.keys));
  agent.send(FrameKind::watch, wire::Watch{{log}});
  agent.expect<wire::Heads>(FrameKind::heads);
  wire::Header header;
  header.envelope_class = 3;
  b.hold_commits = true;
  agent.publish(
      agent.envelope(log, header, make_join_body(agent.keys.self, b.certify(agent.keys))));
  ASSERT_EQ(b.commits.size(), 1u);
  say();
  const Status second = a.store->commit(*b.commits.front().batch);
  EXPECT_EQ(second.error(), Errc::busy);
  b.hold_commits = false;
  b.feed(in::CommitFailed{b.commits.front().id, Errc::busy});
  // First what it had missed, then its own.
  EXPECT_EQ(agent.expect_deliver().seq, 3u);
  EXPECT_EQ(agent.expect_published().seq, 4u);
  agent.expect_quiet();
  EXPECT_EQ(a.store->read_log(log)->seq, 4u);
}

TEST_F(RelayNodes, who_changes_nodes_finds_what_he_was_told_and_goes_on) {
  say();
  Client moved = b.client(device(1));
  moved.places = visitor.places;
  const auto welcome = moved.join();
  ASSERT_EQ(welcome.heads.size(), 1u);
  EXPECT_EQ(welcome.heads.front().seq, 3u);
  // The other node closes what he left open there, and does not call him replaced.
  ASSERT_EQ(b.told.size(), 1u);
  a.feed(in::Heard{{bus::NodeId{2}, 1, b.told.front()}});
  EXPECT_EQ(visitor.closed, Errc::closed_idle);
  moved.publish(moved.message(log));
  EXPECT_EQ(moved.expect_published().seq, 4u);
}

TEST_F(RelayNodes, nothing_is_refused_on_what_may_be_old) {
  hear();
  Client moved = b.client(device(1));
  moved.places = visitor.places;
  moved.join();
  // He goes on at the first node, and comes back without a word.
  say();
  moved.places = visitor.places;
  moved.publish(moved.message(log));
  EXPECT_EQ(moved.expect_deliver().seq, 3u);
  EXPECT_EQ(moved.expect_published().seq, 4u);
}

TEST_F(RelayNodes, signals_reach_devices_at_other_nodes) {
  wire::Signal signal;
  signal.to = desk.keys.self.id;
  signal.kind = 2;
  const Bytes body(10, 3);
  signal.body = body;
  visitor.send(FrameKind::signal, signal);
  visitor.expect_quiet();
  hear();
  const auto heard = desk.expect<wire::Signal>(FrameKind::signal);
  EXPECT_TRUE(same_bytes(heard.body, body));
}

TEST_F(RelayNodes, a_card_that_one_took_the_other_shows) {
  b.tick(3000);
  desk.expect<wire::Heads>(FrameKind::heads);
  Client first = a.client(device(40));
  first.join();
  a.sign_card(2);
  first.send(FrameKind::put_card, wire::PutCard{a.info.card});
  first.expect<wire::Card>(FrameKind::card);
  a.told.clear();
  b.tick(3000);
  desk.expect<wire::Card>(FrameKind::card);
  desk.expect_quiet();
}

}  // namespace
}  // namespace shopbell::relay::testing
