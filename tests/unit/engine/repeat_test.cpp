// A host that does not know whether a message was taken says it again under the same ref: it has
// one place, and the host is told which.
#include "unit/engine/failures.h"

namespace shopbell::testing {
namespace {

std::vector<std::uint64_t> refs_placed(const Host& host) {
  std::vector<std::uint64_t> out;
  for (const auto& placed : host.shown<wire::Placed>()) out.push_back(placed.ref);
  return out;
}

void hold_back_publishes(World& world) {
  world.relay.instead = [](std::size_t, wire::FrameKind kind, BytesView) {
    return kind == wire::FrameKind::publish;
  };
}

TEST(EngineRepeats, what_waits_is_shown_again_and_not_sent_twice) {
  Talk talk;
  hold_back_publishes(talk.world);
  talk.say("two", 2);
  talk.world.run();
  talk.visitor.forget();
  talk.say("two", 2);
  talk.world.run();
  EXPECT_EQ(talk.visitor.texts(), (std::vector<std::string>{"two"}));
  EXPECT_EQ(talk.visitor.shown<wire::MessageEvent>()[0].ref, 2u);
  EXPECT_TRUE(talk.visitor.shown<wire::LogOpened>().empty());
  EXPECT_TRUE(talk.visitor.frames.empty());
  talk.world.relay.instead = nullptr;
  talk.world.cut(0);
  ASSERT_TRUE(talk.world.run_until([&] { return !refs_placed(talk.visitor).empty(); }));
  EXPECT_EQ(talk.at_relay().entries.size(), 4u);
}

TEST(EngineRepeats, what_is_placed_is_told_with_its_place_also_after_a_crash) {
  Talk talk;
  talk.say("two", 2);
  talk.world.run();
  for (const bool crashed : {false, true}) {
    if (crashed) talk.world.crash(0);
    talk.world.run();
    talk.visitor.forget();
    talk.say("two", 2);
    talk.world.run();
    const auto shown = talk.visitor.shown<wire::MessageEvent>();
    ASSERT_EQ(shown.size(), 1u);
    EXPECT_EQ(shown[0].fallback, "two");
    EXPECT_EQ(shown[0].ref, 2u);
    EXPECT_EQ(shown[0].seq, 4u);
    EXPECT_TRUE(shown[0].mine);
    const auto placed = talk.visitor.shown<wire::Placed>();
    ASSERT_EQ(placed.size(), 1u);
    EXPECT_EQ(placed[0].ref, 2u);
    EXPECT_EQ(placed[0].seq, 4u);
    EXPECT_EQ(placed[0].counter, 4u);
    EXPECT_EQ(placed[0].code, 0u);
    EXPECT_TRUE(talk.visitor.sent<wire::Publish>().empty());
  }
  EXPECT_EQ(talk.at_relay().entries.size(), 4u);
}

TEST(EngineRepeats, a_conversation_is_not_begun_twice) {
  Talk talk;
  const Bytes content = text_content("one");
  talk.visitor.command(send_text({}, 1, content));
  talk.world.run();
  const auto opened = talk.visitor.shown<wire::LogOpened>();
  ASSERT_EQ(opened.size(), 1u);
  EXPECT_EQ(opened[0].log, talk.log);
  EXPECT_EQ(opened[0].ref, 1u);
  EXPECT_EQ(refs_placed(talk.visitor), (std::vector<std::uint64_t>{1}));
  EXPECT_EQ(talk.world.relay.logs.size(), 1u);
}

TEST(EngineRepeats, the_same_ref_in_another_log_and_no_ref_at_all_are_new_messages) {
  Talk talk;
  const Bytes content = text_content("elsewhere");
  talk.visitor.command(send_text({}, 2, content));
  talk.world.run();
  talk.visitor.forget();
  talk.say("two", 2);
  talk.say("nameless", 0);
  talk.say("nameless", 0);
  talk.world.run();
  EXPECT_EQ(talk.at_relay().entries.size(), 6u);
}

TEST(EngineRepeats, history_tells_the_ref_of_what_was_sent_here) {
  Talk talk;
  talk.world.crash(0);
  talk.world.run();
  talk.visitor.forget();
  talk.visitor.command(wire::LoadHistory{talk.log, 0, 10});
  talk.world.run();
  ASSERT_EQ(talk.visitor.shown<wire::MessageEvent>().size(), 1u);
  EXPECT_EQ(talk.visitor.shown<wire::MessageEvent>()[0].ref, 1u);
}

TEST(EngineRepeats, only_the_last_refs_are_kept_and_their_records_do_not_grow) {
  Talk talk;
  for (std::uint64_t ref = 2; ref <= limits::sent_refs_max + 2; ++ref) {
    talk.say("more", ref);
    if (ref % 32 == 0) talk.world.run();
  }
  talk.world.run();
  talk.world.crash(0);
  talk.world.run();
  const auto records = std::count_if(talk.visitor.disk.begin(), talk.visitor.disk.end(),
                                     [](const auto& record) { return record.first[0] == 'r'; });
  EXPECT_EQ(static_cast<std::size_t>(records), limits::sent_refs_max);
  const std::size_t before = talk.at_relay().entries.size();
  talk.say("more", 3);
  talk.world.run();
  EXPECT_EQ(talk.at_relay().entries.size(), before) << "the oldest that is kept";
  talk.say("more", 2);
  talk.world.run();
  EXPECT_EQ(talk.at_relay().entries.size(), before + 1) << "forgotten, so it is new";
}

TEST(EngineRepeats, a_record_whose_entry_is_gone_still_tells_the_place) {
  Talk talk;
  for (auto it = talk.visitor.disk.begin(); it != talk.visitor.disk.end();) {
    it = it->first[0] == 'z' ? talk.visitor.disk.erase(it) : std::next(it);
  }
  talk.say("one", 1);
  talk.world.run();
  ASSERT_EQ(talk.visitor.shown<wire::Placed>().size(), 1u);
  EXPECT_EQ(talk.visitor.shown<wire::Placed>()[0].seq, 3u);
}

// A begun conversation and a second message, each said again after whatever failed and once more in
// the end: one log, and each text in one place.
std::size_t replay_repeats(std::size_t at, Failure failure, bool& happened) {
  World world;
  Host& visitor = world.add(Role::visitor, 20);
  const Bytes first = text_content("first");
  const Bytes second = text_content("second");
  LogId log;
  std::size_t steps = 0;
  std::size_t acts = 0;
  happened = false;
  const auto say_all = [&] {
    visitor.command(send_text({}, 11, first));
    world.run();
    const auto opened = visitor.shown<wire::LogOpened>();
    if (opened.empty()) return;
    log = opened.back().log;
    visitor.command(send_text(log, 12, second));
  };
  while (steps < 400) {
    if (steps == at && !happened) happened = fail(world, 0, failure);
    ++steps;
    if (world.step()) continue;
    if (acts == 0) visitor.command(send_text({}, 11, first));
    if (acts == 1) {
      const auto opened = visitor.shown<wire::LogOpened>();
      if (!opened.empty()) visitor.command(send_text(opened.back().log, 12, second));
    }
    if (++acts > 2) break;
  }
  EXPECT_TRUE(world.run_until([&] { return visitor.last_connection_state() == 2; }));
  say_all();
  world.run();
  visitor.forget();
  say_all();
  EXPECT_TRUE(world.run_until([&] { return refs_placed(visitor).size() >= 2; })) << "step " << at;
  world.run();
  EXPECT_EQ(world.relay.logs.size(), 1u) << "step " << at;
  const DeskPen pen{world};
  EXPECT_EQ(times_placed(world, log, "first", pen), 1u) << "step " << at;
  EXPECT_EQ(times_placed(world, log, "second", pen), 1u) << "step " << at;
  EXPECT_EQ(refs_placed(visitor), (std::vector<std::uint64_t>{11, 12})) << "step " << at;
  expect_dense(world.relay.logs.at(log));
  return steps;
}

TEST(EngineRepeats, have_one_place_after_a_cut_at_every_step) {
  replay_with(Failure::cut, replay_repeats);
}

TEST(EngineRepeats, have_one_place_after_a_crash_at_every_step) {
  replay_with(Failure::crash, replay_repeats);
}

TEST(EngineRepeats, have_one_place_after_a_failed_write_at_every_step) {
  replay_with(Failure::not_written, replay_repeats);
}

}  // namespace
}  // namespace shopbell::testing
