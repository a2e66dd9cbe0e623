// A further device of a customer: let in by the desk, handed the keys of what was said before, and
// as good as the first one from then on (docs/PROTOCOL.md 3.7, 4.7 and 11).
#include "unit/engine/family.h"

namespace shopbell::testing {
namespace {

TEST(EngineAdmission, a_newcomer_sees_what_was_said_before_him) {
  Family family;
  family.admit();
  family.world->run();
  EXPECT_TRUE(family.newcomer.texts().empty()) << "before the log is opened there is nothing";
  family.open(family.newcomer);
  EXPECT_TRUE(family.knows());
  EXPECT_TRUE(family.newcomer.shown<wire::Problem>().empty());
  EXPECT_EQ(family.member_entries(), 3u) << "genesis, admission, keys";
  const auto classes = family.newcomer.shown<wire::MessageEvent>();
  EXPECT_EQ(classes.back().author_class, static_cast<std::uint64_t>(AuthorClass::customer));
}

TEST(EngineAdmission, a_log_that_is_open_already_fills_when_the_keys_come) {
  Family family;
  family.open(family.newcomer);
  family.newcomer.forget();
  family.admit();
  family.world->run();
  EXPECT_TRUE(family.knows());
  ASSERT_FALSE(family.newcomer.shown<wire::HistoryEnd>().empty());
  EXPECT_EQ(family.newcomer.shown<wire::LogChanged>().back().unread, 0u);
}

TEST(EngineAdmission, both_devices_write_and_read_from_then_on) {
  Family family;
  family.admit();
  family.world->run();
  family.open(family.newcomer);
  family.open(family.visitor);
  family.newcomer.forget();
  family.visitor.forget();
  family.say(family.newcomer, "from the phone", 9);
  family.say(family.visitor, "from the laptop", 10);
  const std::vector<std::string> both = {"from the phone", "from the laptop"};
  EXPECT_EQ(family.visitor.texts(), both);
  EXPECT_EQ(family.newcomer.texts(), both);
  EXPECT_EQ(family.desk.texts(), both);
  for (const auto& changed : family.visitor.shown<wire::LogChanged>()) {
    EXPECT_EQ(changed.unread, 0u) << "his own words are no news to him";
  }
}

TEST(EngineAdmission, a_new_epoch_names_the_newcomer) {
  Family family;
  family.admit();
  family.world->run();
  family.open(family.newcomer);
  family.newcomer.forget();
  family.world->advance(limits::epoch_age_ms_max + 1);
  family.say(family.visitor, "a week later", 11);
  EXPECT_TRUE(family.world->run_until([&] { return !family.newcomer.texts().empty(); }));
  EXPECT_EQ(family.newcomer.texts(), (std::vector<std::string>{"a week later"}));
  EXPECT_TRUE(family.newcomer.shown<wire::Problem>().empty());
}

TEST(EngineAdmission, admitting_again_writes_nothing) {
  Family family;
  family.admit();
  family.admit();
  family.world->run();
  family.admit();
  family.world->run();
  EXPECT_EQ(family.member_entries(), 3u);
}

TEST(EngineAdmission, strangers_and_agents_let_nobody_in) {
  Family family;
  wire::Admit command;
  command.log = family.log;
  command.device = family.id;
  command.card = family.card;
  family.world->hosts[agent_at]->command(command);
  family.newcomer.command(command);
  family.world->run();
  EXPECT_TRUE(family.world->hosts[agent_at]->has_shown(Errc::command_bad));
  EXPECT_TRUE(family.newcomer.has_shown(Errc::command_bad));
  EXPECT_EQ(family.member_entries(), 1u);
}

TEST(EngineAdmission, the_newcomer_is_known_after_a_restart_of_everybody) {
  Family family;
  family.admit();
  family.world->run();
  family.desk.forget();
  for (const std::size_t who : {visitor_at, desk_at, newcomer_at}) family.world->crash(who);
  family.world->run();
  EXPECT_EQ(family.desk.shown<wire::Member>().size(), 1u) << "the desk's modules hear of it again";
  family.newcomer.forget();
  family.open(family.newcomer);
  EXPECT_TRUE(family.knows());
  family.say(family.newcomer, "still here", 12);
  EXPECT_EQ(family.visitor.texts(), (std::vector<std::string>{"still here"}));
}

std::size_t replay_admission(std::size_t at, Failure failure, bool& happened, std::size_t who) {
  Family family;
  World& world = *family.world;
  std::size_t steps = 0;
  happened = false;
  family.admit();
  while (steps < 400) {
    if (steps == at && !happened) happened = fail(world, who, failure);
    ++steps;
    if (!world.step()) break;
  }
  EXPECT_TRUE(world.run_until([&] {
    return world.hosts[desk_at]->last_connection_state() == 2 &&
           world.hosts[newcomer_at]->last_connection_state() == 2;
  }));
  // As the desk's module does at each start.
  family.admit();
  world.run();
  EXPECT_TRUE(world.run_until([&] { return family.member_entries() == 3; })) << "step " << at;
  world.run();
  family.newcomer.forget();
  family.open(family.newcomer);
  EXPECT_TRUE(family.knows()) << "step " << at << ", failure " << static_cast<int>(failure);
  expect_dense(world.relay.logs.at(family.log));
  return steps;
}

Replay admission_with(std::size_t who) {
  return [who](std::size_t at, Failure each, bool& happened) {
    return replay_admission(at, each, happened, who);
  };
}

TEST(EngineAdmission, survives_each_failure_at_every_step_of_the_desk) {
  replay_with({Failure::cut, Failure::crash, Failure::not_written}, admission_with(desk_at));
}

TEST(EngineAdmission, survives_each_failure_at_every_step_of_the_newcomer) {
  replay_with({Failure::cut, Failure::crash}, admission_with(newcomer_at));
}

// --- after a restore

// Who is away while the desk lets the newcomer in has nothing of it to give back.
struct Restored : Family {
  std::map<LogId, Relay::Log> backup = world->relay.logs;

  void part(std::initializer_list<std::size_t> all) {
    for (const std::size_t who : all) {
      world->hosts[who]->may_connect = false;
      world->cut(who);
    }
    world->run();
  }
  void join(std::initializer_list<std::size_t> all) {
    for (const std::size_t who : all) {
      world->hosts[who]->may_connect = true;
      Host& host = *world->hosts[who];
      EXPECT_TRUE(world->run_until([&] { return host.last_connection_state() == 2; }));
    }
    world->run();
  }
  std::vector<std::string> told_to_newcomer() {
    newcomer.forget();
    open(newcomer);
    EXPECT_TRUE(newcomer.shown<wire::Problem>().empty());
    return newcomer.texts();
  }
  // The desk's numbers are given to the visitor's words.
  void forget_and_go_on() {
    part({desk_at, agent_at});
    world->relay.set_back(backup, false);
    join({visitor_at});
    say(visitor, "new one", 9);
    join({desk_at, newcomer_at, agent_at});
    world->run();
  }
};

const std::vector<std::string> both_told = {"help me", "new one"};

TEST(EngineAdmission, who_was_let_in_where_numbers_were_given_twice_is_let_in_again) {
  Restored family;
  family.part({visitor_at, newcomer_at});
  family.admit();
  family.world->run();
  ASSERT_EQ(family.member_entries(), 3u);
  family.forget_and_go_on();
  EXPECT_EQ(family.told_to_newcomer(), both_told);
  EXPECT_EQ(family.member_entries(), 3u);
  expect_dense(family.world->relay.logs.at(family.log));
}

TEST(EngineAdmission, keys_that_lost_their_place_are_handed_again) {
  Restored family;
  family.part({visitor_at, newcomer_at});
  family.admit();
  EXPECT_TRUE(family.world->run_until([&] { return family.member_entries() == 2; }));
  family.backup = family.world->relay.logs;
  family.world->run();
  ASSERT_EQ(family.member_entries(), 3u);
  family.forget_and_go_on();
  EXPECT_EQ(family.told_to_newcomer(), both_told);
}

TEST(EngineAdmission, a_second_device_goes_on_at_a_relay_that_was_set_back) {
  for (const bool noticed : {true, false}) {
    Restored family;
    family.admit();
    family.world->run();
    family.open(family.newcomer);
    family.world->relay.set_back(family.backup, noticed);
    // Alone it may not even ask for the log: who lets it in comes later.
    family.part({visitor_at, desk_at, agent_at, newcomer_at});
    family.join({newcomer_at, desk_at, visitor_at});
    family.newcomer.forget();
    family.say(family.newcomer, "still here", 12);
    EXPECT_TRUE(family.world->run_until([&] { return family.visitor.texts().size() == 1; }));
    EXPECT_EQ(family.visitor.texts(), (std::vector<std::string>{"still here"}));
    EXPECT_EQ(family.told_to_newcomer(), (std::vector<std::string>{"help me", "still here"}));
    expect_dense(family.world->relay.logs.at(family.log));
  }
}

TEST(EngineAdmission, a_desk_with_an_older_profile_finds_whom_it_has_let_in) {
  Restored family;
  const Disk older = family.desk.disk;
  family.admit();
  family.world->run();
  family.desk.disk = older;
  family.desk.forget();
  family.world->crash(desk_at);
  family.join({desk_at});
  EXPECT_EQ(family.desk.shown<wire::Member>().size(), 1u);
  family.admit();
  family.say(family.visitor, "new one", 9);
  EXPECT_EQ(family.told_to_newcomer(), both_told);
  expect_dense(family.world->relay.logs.at(family.log));
}

// --- the shop's own login

wire::Identify identify_as(std::uint8_t subject) {
  wire::Identify command;
  command.token = "token";
  command.subject = filled<Hash>(subject);
  return command;
}

struct Login : Family {
  void answer(Errc code) {
    for (const auto& request : desk.shown<wire::RequestEvent>()) {
      if (request.method != "identify") continue;
      EXPECT_EQ(to_bytes(request.card), card);
      EXPECT_EQ(codec::decode<wire::IdentifyRequest>(request.body)->token, "token");
      wire::IdentifyResponse body;
      body.name = "Lin";
      const Bytes bytes = codec::encode(body);
      wire::Respond respond;
      respond.to = request.from;
      respond.id = request.id;
      respond.code = static_cast<std::uint64_t>(code);
      respond.body = bytes;
      desk.command(respond);
      break;
    }
    desk.forget();
    world->run();
  }
  wire::Ready restarted() {
    newcomer.forget();
    world->crash(newcomer_at);
    world->run();
    return newcomer.shown<wire::Ready>().back();
  }
};

TEST(EngineIdentity, the_device_remembers_whose_it_is_before_the_desk_has_answered) {
  Login login;
  login.newcomer.command(identify_as(1));
  login.world->run();
  EXPECT_TRUE(login.newcomer.shown<wire::Identified>().empty());
  const wire::Ready asked = login.restarted();
  EXPECT_EQ(asked.subject, filled<Hash>(1));
  EXPECT_FALSE(asked.identified);
  login.desk.forget();
  login.newcomer.command(identify_as(1));
  login.world->run();
  login.answer(Errc::none);
  ASSERT_EQ(login.newcomer.shown<wire::Identified>().size(), 1u);
  EXPECT_EQ(login.newcomer.shown<wire::Identified>()[0].name, "Lin");
  EXPECT_TRUE(login.restarted().identified);
}

TEST(EngineIdentity, a_refused_token_leaves_an_anonymous_device) {
  Login login;
  login.newcomer.command(identify_as(1));
  login.world->run();
  login.answer(Errc::identity_refused);
  ASSERT_EQ(login.newcomer.shown<wire::Identified>().size(), 1u);
  EXPECT_TRUE(login.restarted().subject.is_zero());
}

TEST(EngineIdentity, another_subject_asks_nobody) {
  Login login;
  login.newcomer.command(identify_as(1));
  login.world->run();
  login.answer(Errc::none);
  login.newcomer.forget();
  login.newcomer.command(identify_as(2));
  login.world->run();
  ASSERT_EQ(login.newcomer.shown<wire::Identified>().size(), 1u);
  EXPECT_EQ(login.newcomer.shown<wire::Identified>()[0].code,
            static_cast<std::uint64_t>(Errc::identity_other));
  EXPECT_TRUE(login.newcomer.sent<wire::Signal>().empty());
  EXPECT_EQ(login.restarted().subject, filled<Hash>(1));
}

}  // namespace
}  // namespace shopbell::testing
