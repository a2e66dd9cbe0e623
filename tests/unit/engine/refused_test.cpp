// What the relay refused for good stays with the person who wrote it until he lets it go.
#include "unit/engine/failures.h"

namespace shopbell::testing {
namespace {

constexpr auto refused_code = static_cast<std::uint64_t>(Errc::envelope_bad);

// The relay refuses what `bad` says, for good; counters behind it have a gap.
void refuse_where(World& world, const std::function<bool(const wire::Header&)>& bad) {
  world.relay.instead = [&world, bad](std::size_t who, wire::FrameKind kind, BytesView body) {
    if (kind != wire::FrameKind::publish) return false;
    const auto envelope = open_envelope(codec::decode<wire::Publish>(body)->envelope);
    if (!bad(envelope->header)) return false;
    wire::Error error;
    error.code = refused_code;
    error.log = envelope->header.log;
    error.counter = envelope->header.counter;
    world.relay.send(who, error);
    return true;
  };
}

void open(Host& host, const LogId& log) {
  wire::OpenLog open;
  open.log = log;
  open.limit = 10;
  host.command(open);
}

std::size_t outbox_records(const Host& host) {
  return static_cast<std::size_t>(
      std::count_if(host.disk.begin(), host.disk.end(),
                    [](const auto& record) { return record.first[0] == 'o'; }));
}

TEST(EngineRefused, stays_refused_after_a_restart_until_it_is_discarded) {
  Talk talk;
  refuse_where(talk.world, [](const wire::Header&) { return true; });
  talk.say("bad", 2);
  talk.world.run();
  talk.world.relay.instead = nullptr;
  talk.visitor.forget();
  talk.world.crash(0);
  talk.world.run();
  open(talk.visitor, talk.log);
  talk.world.run();
  EXPECT_EQ(talk.visitor.texts(), (std::vector<std::string>{"one", "bad"}));
  ASSERT_EQ(talk.visitor.shown<wire::Placed>().size(), 1u);
  EXPECT_EQ(talk.visitor.shown<wire::Placed>()[0].code, refused_code);
  EXPECT_EQ(talk.visitor.shown<wire::Placed>()[0].ref, 2u);
  EXPECT_TRUE(talk.visitor.sent<wire::Publish>().empty()) << "it was sent again";

  talk.visitor.forget();
  talk.visitor.command(wire::Discard{talk.log, 2});
  talk.world.run();
  ASSERT_EQ(talk.visitor.shown<wire::Discarded>().size(), 1u);
  EXPECT_EQ(talk.visitor.shown<wire::Discarded>()[0].ref, 2u);
  EXPECT_EQ(outbox_records(talk.visitor), 0u);
  talk.world.crash(0);
  talk.world.run();
  talk.visitor.forget();
  open(talk.visitor, talk.log);
  talk.world.run();
  EXPECT_EQ(talk.visitor.texts(), (std::vector<std::string>{"one"}));
}

TEST(EngineRefused, gives_its_counter_to_what_was_sealed_behind_it) {
  Talk talk;
  refuse_where(talk.world, [](const wire::Header& header) {
    return header.counter == 4 && header.replaces.is_zero();
  });
  talk.visitor.writes_by_itself = false;
  talk.say("bad", 2);
  talk.say("good", 3);
  talk.visitor.writes_by_itself = true;
  talk.world.run();
  EXPECT_TRUE(talk.world.run_until([&] { return talk.visitor.shown<wire::Placed>().size() == 2; }));
  const auto placed = talk.visitor.shown<wire::Placed>();
  EXPECT_EQ(placed[0].ref, 2u);
  EXPECT_EQ(placed[0].code, refused_code);
  EXPECT_EQ(placed[1].ref, 3u);
  EXPECT_EQ(placed[1].code, 0u);
  EXPECT_EQ(placed[1].counter, 4u);
  expect_dense(talk.at_relay());
}

TEST(EngineRefused, is_told_again_where_it_is_said_again_and_not_sent) {
  Talk talk;
  refuse_where(talk.world, [](const wire::Header&) { return true; });
  talk.say("bad", 2);
  talk.world.run();
  talk.visitor.forget();
  talk.say("bad", 2);
  talk.world.run();
  EXPECT_EQ(talk.visitor.texts(), (std::vector<std::string>{"bad"}));
  ASSERT_EQ(talk.visitor.shown<wire::Placed>().size(), 1u);
  EXPECT_EQ(talk.visitor.shown<wire::Placed>()[0].code, refused_code);
  EXPECT_TRUE(talk.visitor.sent<wire::Publish>().empty());
}

TEST(EngineRefused, discard_takes_nothing_that_is_on_its_way_or_unknown) {
  Talk talk;
  talk.world.relay.instead = [](std::size_t, wire::FrameKind kind, BytesView) {
    return kind == wire::FrameKind::publish;
  };
  talk.say("under way", 2);
  talk.world.run();
  talk.visitor.forget();
  talk.visitor.command(wire::Discard{talk.log, 2});
  talk.visitor.command(wire::Discard{talk.log, 0});
  talk.visitor.command(wire::Discard{filled<LogId>(9), 2});
  EXPECT_TRUE(talk.visitor.writes.empty());
  EXPECT_TRUE(talk.visitor.events.empty());
  EXPECT_EQ(outbox_records(talk.visitor), 1u);
}

TEST(EngineRefused, a_conversation_that_may_not_begin_is_kept_and_tried_with_the_next_message) {
  World world;
  Host& visitor = world.add(Role::visitor, 20);
  world.run();
  refuse_where(world, [](const wire::Header&) { return true; });
  const Bytes content = text_content("hello");
  visitor.command(send_text({}, 7, content));
  world.run();
  ASSERT_EQ(visitor.shown<wire::Placed>().size(), 1u) << "once for the words, not for its frame";
  EXPECT_EQ(visitor.shown<wire::Placed>()[0].ref, 7u);
  const LogId log = visitor.shown<wire::LogOpened>().at(0).log;
  visitor.forget();
  world.crash(0);
  world.run();
  ASSERT_EQ(visitor.shown<wire::LogOpened>().size(), 1u) << "nobody could open it";
  EXPECT_EQ(visitor.shown<wire::LogOpened>()[0].log, log);
  open(visitor, log);
  world.run();
  EXPECT_EQ(visitor.texts(), (std::vector<std::string>{"hello"}));
  EXPECT_EQ(visitor.shown<wire::Placed>().at(0).code, refused_code);
  EXPECT_TRUE(world.relay.logs.empty());

  world.relay.instead = nullptr;
  visitor.command(wire::Discard{log, 7});
  const Bytes again = text_content("hello again");
  visitor.command(send_text(log, 8, again));
  world.run();
  ASSERT_EQ(world.relay.logs.size(), 1u);
  EXPECT_EQ(world.relay.logs.begin()->first, log);
  EXPECT_EQ(visitor.shown<wire::Placed>().back().ref, 8u);
  EXPECT_EQ(visitor.shown<wire::Placed>().back().code, 0u);
  EXPECT_EQ(times_placed(world, log, "hello", DeskPen{world}), 0u);
  EXPECT_EQ(outbox_records(visitor), 0u);
}

// One message is refused between two good ones. Whatever fails, it is never placed, it is there to
// be seen after the last start, and the others have their places.
std::size_t replay_refusal(std::size_t at, Failure failure, bool& happened) {
  Talk talk;
  World& world = talk.world;
  const auto is_bad = [](const wire::Header& header) {
    return header.counter == 5 && header.replaces.is_zero();
  };
  // The relay remembers the first bytes with that counter: those are the bad ones.
  refuse_where(world,
               [is_bad, bad = std::optional<std::uint64_t>()](const wire::Header& header) mutable {
                 if (!bad && is_bad(header)) bad = header.time_ms;
                 return bad && header.counter == 5 && header.time_ms == *bad;
               });
  std::size_t steps = 0;
  std::uint64_t ref = 2;
  happened = false;
  const auto say_next = [&] {
    talk.say("number " + std::to_string(ref), ref);
    world.now += 10;
    talk.visitor.feed(in::Tick{world.now});
    ++ref;
  };
  while (steps < 600) {
    if (steps == at && !happened) happened = fail(world, 0, failure);
    ++steps;
    if (world.step()) continue;
    if (ref > 4) break;
    say_next();
  }
  EXPECT_TRUE(world.run_until([&] { return talk.visitor.connected; }));
  world.run();
  for (ref = 2; ref <= 4;) say_next();
  world.run();
  EXPECT_TRUE(world.run_until([&] { return talk.at_relay().entries.size() >= 5; }));
  world.crash(0);
  world.run();
  talk.visitor.forget();
  open(talk.visitor, talk.log);
  world.run();
  std::set<std::string> texts;
  for (const std::string& text : talk.visitor.texts()) {
    EXPECT_TRUE(texts.insert(text).second) << text << " is shown twice, step " << at;
  }
  EXPECT_EQ(texts, (std::set<std::string>{"one", "number 2", "number 3", "number 4"})) << at;
  std::size_t refused = 0;
  for (const auto& placed : talk.visitor.shown<wire::Placed>()) refused += placed.code != 0;
  EXPECT_EQ(refused, 1u) << "step " << at;
  EXPECT_EQ(talk.at_relay().entries.size(), 5u) << "step " << at;
  expect_dense(talk.at_relay());
  return steps;
}

TEST(EngineRefused, is_kept_through_a_cut_at_every_step) {
  replay_with(Failure::cut, replay_refusal);
}

TEST(EngineRefused, is_kept_through_a_crash_at_every_step) {
  replay_with(Failure::crash, replay_refusal);
}

TEST(EngineRefused, is_kept_through_a_failed_write_at_every_step) {
  replay_with(Failure::not_written, replay_refusal);
}

}  // namespace
}  // namespace shopbell::testing
