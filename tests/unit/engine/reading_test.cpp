// What a customer has read on one of his devices is read on the others (docs/PROTOCOL.md 8.6).
#include "unit/engine/family.h"

namespace shopbell::testing {
namespace {

// The family's conversation, with an agent who answers in it.
struct Readers : Family {
  Host& agent = *world->hosts[agent_at];
  std::uint64_t last_ref = 100;

  Readers() {
    admit();
    world->run();
    open(visitor);
    open(newcomer);
    open(agent);
    rest();
  }
  void rest() {
    for (int i = 0; i < 3; ++i) world->advance(limits::mark_interval_ms);
    world->run();
  }
  std::uint64_t answer(std::string_view text) {
    say(agent, text, ++last_ref);
    return world->relay.logs.at(log).entries.size();
  }
  void read(Host& host, std::uint64_t seq) {
    host.command(wire::MarkRead{log, seq});
    world->run();
    rest();
  }
  static std::uint64_t unread_at(const Host& host) {
    const auto all = host.shown<wire::LogChanged>();
    return all.empty() ? 0 : all.back().unread;
  }
  static std::uint64_t most_unread_at(const Host& host) {
    std::uint64_t most = 0;
    for (const auto& each : host.shown<wire::LogChanged>()) most = std::max(most, each.unread);
    return most;
  }
  std::uint64_t marked_read(const Host& host) const {
    std::uint64_t seq = 0;
    for (const auto& each : host.sent<wire::Mark>()) {
      const auto mark = peek_mark(each.mark);
      if (mark && mark->kind == 2) seq = std::max(seq, mark->seq);
    }
    return seq;
  }
};

TEST(EngineReading, what_is_read_on_one_device_is_read_on_the_other) {
  Readers all;
  const std::uint64_t seq = all.answer("yes");
  EXPECT_EQ(Readers::unread_at(all.visitor), 1u);
  EXPECT_EQ(Readers::unread_at(all.newcomer), 1u);
  all.read(all.newcomer, seq);
  EXPECT_EQ(Readers::unread_at(all.visitor), 0u);
  EXPECT_EQ(all.visitor.shown<wire::Receipts>().back().own_read_seq, seq);
  all.read(all.visitor, seq);
  EXPECT_EQ(all.marked_read(all.visitor), 0u) << "the other one has said it";

  all.world->crash(visitor_at);
  all.visitor.forget();
  all.world->run();
  EXPECT_EQ(Readers::unread_at(all.visitor), 0u);
  EXPECT_EQ(all.visitor.shown<wire::Receipts>().back().own_read_seq, seq);
  all.answer("and light");
  EXPECT_EQ(Readers::unread_at(all.visitor), 1u) << "what came since is new";
}

TEST(EngineReading, who_was_away_hears_only_of_what_nobody_has_read) {
  Readers all;
  all.visitor.may_connect = false;
  all.world->cut(visitor_at);
  all.answer("one");
  all.read(all.newcomer, all.answer("two"));
  all.answer("three");
  all.visitor.forget();
  all.visitor.may_connect = true;
  const auto has_all = [&] { return all.visitor.texts().size() == 3; };
  ASSERT_TRUE(all.world->run_until(has_all));
  all.world->run();
  EXPECT_EQ(Readers::unread_at(all.visitor), 1u);
  EXPECT_EQ(Readers::most_unread_at(all.visitor), 1u) << "a badge that falls again has rung";
}

TEST(EngineReading, both_read_while_they_are_away_and_agree_when_they_are_back) {
  Readers all;
  const std::uint64_t first = all.answer("one");
  const std::uint64_t second = all.answer("two");
  for (const std::size_t who : {visitor_at, newcomer_at}) {
    all.world->hosts[who]->may_connect = false;
    all.world->cut(who);
  }
  all.visitor.command(wire::MarkRead{all.log, first});
  all.newcomer.command(wire::MarkRead{all.log, second});
  all.world->run();
  for (const std::size_t who : {visitor_at, newcomer_at}) {
    all.world->crash(who);
    all.world->hosts[who]->may_connect = true;
  }
  const auto agree = [&] {
    return Readers::unread_at(all.visitor) == 0 && Readers::unread_at(all.newcomer) == 0 &&
           !all.visitor.shown<wire::Receipts>().empty() &&
           all.visitor.shown<wire::Receipts>().back().own_read_seq == second;
  };
  EXPECT_TRUE(all.world->run_until(agree));
}

TEST(EngineReading, nobody_else_reads_for_the_customer) {
  Readers all;
  const std::uint64_t seq = all.answer("yes");
  all.read(all.agent, seq);
  EXPECT_EQ(Readers::unread_at(all.visitor), 1u);

  // The relay says that the other device has read what is still to come.
  wire::MarkBody body;
  body.log = all.log;
  body.device = all.id;
  body.kind = 2;
  body.seq = seq + 1;
  body.chain = filled<Hash>(9);
  const Bytes forged = make_mark(all.world->shop.stranger, body);
  wire::Mark mark;
  mark.mark = forged;
  all.visitor.receive_frame(mark);
  all.answer("and light");
  EXPECT_EQ(Readers::unread_at(all.visitor), 2u);
}

std::size_t replay_reading(std::size_t at, Failure failure, bool& happened, std::size_t who) {
  Readers all;
  World& world = *all.world;
  const std::uint64_t seq = all.answer("yes");
  all.newcomer.command(wire::MarkRead{all.log, seq});
  std::size_t steps = 0;
  happened = false;
  for (bool runs = true; runs && steps < 200; ++steps) {
    if (steps == at) happened = fail(world, who, failure);
    runs = world.step();
    if (!runs && steps < 20) runs = (world.pass_time(), true);
  }
  const auto online = [&] {
    return all.visitor.last_connection_state() == 2 && all.newcomer.last_connection_state() == 2;
  };
  EXPECT_TRUE(world.run_until(online)) << "step " << at;
  // Where the word was lost with the device, the person's screen says it again.
  all.newcomer.command(wire::MarkRead{all.log, seq});
  EXPECT_TRUE(world.run_until([&] { return Readers::unread_at(all.visitor) == 0; }))
      << "step " << at << ", failure " << static_cast<int>(failure);
  EXPECT_EQ(Readers::unread_at(all.newcomer), 0u) << "step " << at;
  return steps;
}

Replay reading_with(std::size_t who) {
  return [who](std::size_t at, Failure each, bool& happened) {
    return replay_reading(at, each, happened, who);
  };
}

TEST(EngineReading, survives_each_failure_at_every_step_of_who_reads) {
  replay_with({Failure::cut, Failure::crash, Failure::not_written}, reading_with(newcomer_at));
}

TEST(EngineReading, survives_each_failure_at_every_step_of_the_other_device) {
  replay_with({Failure::cut, Failure::crash, Failure::not_written}, reading_with(visitor_at));
}

}  // namespace
}  // namespace shopbell::testing
