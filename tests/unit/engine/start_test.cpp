// How an engine begins, stops, and holds its host to the contract.
#include "unit/engine/script.h"

namespace shopbell::testing {
namespace {

using Did = Host::Did;

TEST(EngineStart, draws_keys_only_after_entropy_and_shows_ready_only_after_they_are_stored) {
  const Shop shop;
  Host host(shop.id, Role::visitor, 20);
  host.start(now_ms);
  host.expect_next(Did::need_entropy);
  host.expect_quiet();
  EXPECT_TRUE(host.writes.empty());

  host.entropy();
  host.expect_next(Did::load);
  host.expect_quiet();
  host.read_one();
  host.expect_next(Did::persist);
  host.expect_quiet();
  EXPECT_TRUE(host.shown<wire::Ready>().empty());

  host.write_one();
  host.expect_next(Did::event);
  host.expect_next(Did::event);
  host.expect_next(Did::connect);
  host.expect_quiet();
  ASSERT_EQ(host.shown<wire::Ready>().size(), 1u);
  EXPECT_FALSE(host.shown<wire::Ready>()[0].device.is_zero());
}

TEST(EngineStart, has_the_same_keys_after_a_reload_and_others_on_another_disk) {
  World world;
  Host& one = world.add(Role::visitor, 20);
  Host& other = world.add(Role::visitor, 21);
  world.run();
  const DeviceId first = one.shown<wire::Ready>().at(0).device;
  EXPECT_NE(first, other.shown<wire::Ready>().at(0).device);
  one.forget();
  world.crash(0);
  world.run();
  EXPECT_EQ(one.shown<wire::Ready>().at(0).device, first);
}

TEST(EngineStart, asks_again_where_entropy_is_too_short) {
  const Shop shop;
  Host host(shop.id, Role::visitor, 20);
  host.start(now_ms);
  host.forget();
  const Bytes few{1, 2, 3};
  host.feed(in::Entropy{few});
  host.expect_next(Did::need_entropy);
  host.entropy();
  host.expect_next(Did::load);
}

TEST(EngineStart, refuses_a_command_before_it_is_ready) {
  const Shop shop;
  Host host(shop.id, Role::visitor, 20);
  host.start(now_ms);
  host.command(wire::Retry{});
  EXPECT_TRUE(host.has_shown(Errc::command_bad));
}

TEST(EngineStart, a_persist_failure_stops_it_for_good) {
  Talk talk;
  talk.visitor.writes_by_itself = false;
  talk.say("two", 2);
  talk.visitor.fail_write();
  EXPECT_TRUE(talk.visitor.has_shown(Errc::store_failed));
  EXPECT_TRUE(talk.visitor.sent<wire::Publish>().empty());
  EXPECT_EQ(talk.visitor.wake_at_ms, ~std::uint64_t{0}) << "a stopped engine asks to be woken";
  talk.visitor.forget();
  talk.say("three", 3);
  talk.visitor.feed(in::Tick{now_ms + day_ms});
  talk.visitor.feed(in::Closed{1006});
  talk.visitor.expect_quiet();
}

TEST(EngineStart, a_damaged_record_of_any_kind_stops_it_and_nothing_is_written) {
  Talk talk;
  talk.world.hosts[0]->may_connect = false;
  talk.world.cut(0);
  talk.say("waits", 2);
  talk.visitor.command(wire::SetDraft{talk.log, "begun"});
  talk.visitor.write_all();
  const Disk good = talk.visitor.disk;
  std::set<char> kinds;
  for (const auto& [key, value] : good) {
    if (key[0] == 'z') continue;  // entries are read for history only
    kinds.insert(static_cast<char>(key[0]));
    Host host(talk.world.shop.id, Role::visitor, 20);
    host.disk = good;
    host.disk[key][value.size() / 2] ^= 1;
    host.start(now_ms);
    host.entropy();
    host.forget();
    host.read_one();
    EXPECT_TRUE(host.has_shown(Errc::store_damaged));
    EXPECT_TRUE(host.writes.empty());
    EXPECT_FALSE(host.wants_connection);
  }
  EXPECT_EQ(kinds, (std::set<char>{'d', 'i', 'j', 'k', 'l', 'o', 'r'}));
}

TEST(EngineStart, records_swapped_on_the_disk_are_damaged_records) {
  Talk talk("one");
  Host host(talk.world.shop.id, Role::visitor, 20);
  host.disk = talk.visitor.disk;
  std::swap(host.disk[to_bytes(as_bytes("id"))], host.disk[to_bytes(as_bytes("j"))]);
  host.start(now_ms);
  host.entropy();
  host.read_one();
  EXPECT_TRUE(host.has_shown(Errc::store_damaged));
}

TEST(EngineStart, a_damaged_entry_is_named_and_the_others_are_shown) {
  Talk talk("one");
  talk.say("two", 2);
  talk.world.run();
  auto last = talk.visitor.disk.rbegin();
  ASSERT_EQ(last->first[0], 'z');
  last->second.back() ^= 1;
  talk.visitor.forget();
  wire::LoadHistory load;
  load.log = talk.log;
  load.limit = 10;
  talk.visitor.command(load);
  talk.world.run();
  EXPECT_TRUE(talk.visitor.has_shown(Errc::store_damaged));
  EXPECT_EQ(talk.visitor.texts(), (std::vector<std::string>{"one"}));
  EXPECT_EQ(talk.visitor.shown<wire::HistoryEnd>().size(), 1u);
}

TEST(EngineContract, a_drain_that_was_not_finished_aborts) {
  const Shop shop;
  EngineConfig config;
  config.shop = shop.id;
  config.storage_key = key_of(1);
  Engine engine(std::move(config));
  engine.handle(in::Tick{now_ms});
  ASSERT_NE(engine.poll(), nullptr);
  EXPECT_DEATH(engine.handle(in::Tick{now_ms}), "before the former drain was finished");
}

TEST(EngineContract, answers_that_nobody_asked_for_abort) {
  Talk talk;
  EXPECT_DEATH(talk.visitor.feed(in::Persisted{1000}), "names no batch under way");
  EXPECT_DEATH(talk.visitor.feed(in::PersistFailed{1000}), "names no batch under way");
  EXPECT_DEATH(talk.visitor.feed(in::Loaded{1000, {}}), "names no load under way");
}

}  // namespace
}  // namespace shopbell::testing
