// Scripts that are replayed with a failure after every step: whatever is cut, crashed or not
// written, each message has its place exactly once in the end, and everybody shows it once.
#include "unit/engine/failures.h"

namespace shopbell::testing {
namespace {

// One replay of a visitor's first message. Returns the steps it took where `at` is beyond them.
std::size_t replay_first_message(std::size_t at, Failure failure, bool& happened) {
  World world;
  Host& visitor = world.add(Role::visitor, 20);
  std::size_t steps = 0;
  happened = false;
  bool said = false;
  const Bytes content = text_content("hello");
  while (steps < 400) {
    if (steps == at && !happened) happened = fail(world, 0, failure);
    ++steps;
    if (world.step()) continue;
    if (!said) {
      said = true;
      visitor.command(send_text({}, 1, content));
      continue;
    }
    break;
  }
  // What a crash took before it was stored, the person says again.
  const auto stored_or_placed = [&] {
    for (const auto& [key, value] : visitor.disk) {
      if (key[0] == 'o') return true;
    }
    return !world.relay.logs.empty();
  };
  if (!stored_or_placed()) {
    EXPECT_TRUE(happened);
    if (!world.run_until([&] { return visitor.last_connection_state() == 2; })) return steps;
    visitor.command(send_text({}, 1, content));
  }
  EXPECT_TRUE(world.run_until([&] {
    return world.relay.logs.size() == 1 && world.relay.logs.begin()->second.entries.size() >= 3 &&
           !visitor.shown<wire::Placed>().empty();
  })) << "step "
      << at << ", failure " << static_cast<int>(failure);
  world.run();
  EXPECT_EQ(world.relay.logs.size(), 1u);
  const LogId log = world.relay.logs.begin()->first;
  const DeskPen pen{world};
  EXPECT_EQ(times_placed(world, log, "hello", pen), 1u) << "step " << at;
  EXPECT_EQ(visitor.shown<wire::Placed>().size(), 1u) << "step " << at;
  expect_dense(world.relay.logs.begin()->second);
  for (const auto& [key, value] : visitor.disk) EXPECT_NE(key[0], 'o') << "left in the outbox";
  return steps;
}

void replay_everywhere(Failure failure) { replay_with(failure, replay_first_message); }

TEST(EngineFailures, the_first_message_survives_a_cut_at_every_step) {
  replay_everywhere(Failure::cut);
}

TEST(EngineFailures, the_first_message_survives_a_crash_at_every_step) {
  replay_everywhere(Failure::crash);
}

TEST(EngineFailures, the_first_message_survives_a_failed_write_at_every_step) {
  replay_everywhere(Failure::not_written);
}

// --- an agent joins and answers: visitor, desk and agent, all real engines

std::size_t replay_answer(std::size_t at, std::size_t who, Failure failure, bool& happened) {
  const LogId log = counter().log;
  const std::unique_ptr<World> world = counter().world.restart_as_copy();
  Host& agent = *world->hosts[agent_at];
  Host& visitor = *world->hosts[visitor_at];
  world->run();
  visitor.forget();
  agent.forget();
  const Bytes content = text_content("with pleasure");
  const auto is_placed = [&] {
    return times_placed(*world, log, "with pleasure", DeskPen{*world}) > 0;
  };
  const auto in_outbox = [&] {
    for (const auto& [key, value] : agent.disk) {
      if (key[0] == 'o') return true;
    }
    return false;
  };
  wire::OpenLog open;
  open.log = log;
  open.limit = 20;
  std::size_t steps = 0;
  std::size_t acts = 0;
  happened = false;
  while (steps < 600) {
    if (steps == at && !happened) happened = fail(*world, who, failure);
    ++steps;
    if (world->step()) continue;
    if (acts == 0) {
      agent.command(open);
    } else if (acts == 1) {
      agent.command(send_text(log, 5, content));
    } else {
      break;
    }
    ++acts;
  }
  // The console opens what it had open, and the person says again what a crash took unstored.
  EXPECT_TRUE(world->run_until([&] { return agent.last_connection_state() != 3; }));
  agent.command(open);
  world->run();
  EXPECT_TRUE(world->run_until([&] { return agent.last_connection_state() != 3 && !agent.dead; }));
  bool delivered = world->run_until([&] { return is_placed() || !in_outbox(); });
  EXPECT_TRUE(delivered);
  if (!is_placed()) {
    EXPECT_TRUE(happened);
    agent.command(send_text(log, 5, content));
  }
  EXPECT_TRUE(world->run_until(is_placed)) << "step " << at;
  EXPECT_TRUE(world->run_until([&] { return !visitor.texts().empty(); })) << "step " << at;
  world->run();
  EXPECT_EQ(times_placed(*world, log, "with pleasure", DeskPen{*world}), 1u) << "step " << at;
  EXPECT_EQ(visitor.texts(), (std::vector<std::string>{"with pleasure"})) << "step " << at;
  const auto shown = visitor.shown<wire::MessageEvent>();
  EXPECT_EQ(shown.back().author_class, 2u);
  EXPECT_EQ(shown.back().author_name, "Ann");
  EXPECT_TRUE(visitor.shown<wire::Problem>().empty());
  EXPECT_TRUE(world->hosts[desk_at]->shown<wire::Problem>().empty());
  expect_dense(world->relay.logs.at(log));
  EXPECT_FALSE(in_outbox());
  return steps;
}

void answer_everywhere(std::size_t who, Failure failure) {
  replay_with(failure, [who](std::size_t at, Failure each, bool& happened) {
    return replay_answer(at, who, each, happened);
  });
}

TEST(EngineFailures, an_agents_answer_survives_a_cut_at_every_step) {
  answer_everywhere(agent_at, Failure::cut);
}

TEST(EngineFailures, an_agents_answer_survives_a_crash_at_every_step) {
  answer_everywhere(agent_at, Failure::crash);
}

TEST(EngineFailures, an_agents_answer_survives_a_failed_write_at_every_step) {
  answer_everywhere(agent_at, Failure::not_written);
}

TEST(EngineFailures, an_answer_reaches_a_visitor_who_is_cut_at_every_step) {
  answer_everywhere(visitor_at, Failure::cut);
}

}  // namespace
}  // namespace shopbell::testing
