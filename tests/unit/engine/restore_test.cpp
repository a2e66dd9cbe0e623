// A relay that comes back from an older backup, a device that comes back with an older profile
// (docs/PROTOCOL.md section 10): nothing is lost, nothing stands twice.
#include "store/keys.h"
#include "unit/engine/failures.h"

namespace shopbell::testing {
namespace {

using Texts = std::vector<std::string>;

// What the conversation says as the desk opens it, in order.
Texts told(const World& world, const LogId& id) {
  Texts out;
  const DeskPen pen{const_cast<World&>(world)};
  std::map<std::uint64_t, Key> keys;
  for (const Relay::Entry& entry : world.relay.logs.at(id).entries) {
    const Result<OpenEnvelope> envelope = open_envelope(entry.envelope);
    const Hash desk = Hash::from(world.shop.desk.self.id.view());
    if (envelope->header.envelope_class == 2) {
      Result<Key> key = open_grant(id, envelope->body, desk, world.shop.desk.seal);
      if (key) keys[codec::decode<wire::GrantBody>(envelope->body)->epoch] = std::move(*key);
    }
    if (envelope->header.envelope_class != 1) continue;
    Result<Inner> inner = open_body(keys.at(envelope->header.epoch), *envelope);
    const bool talk = inner && inner->body.kind == 1;
    if (talk) out.push_back(std::string(inner->body.fallback));
  }
  return out;
}

// What a host shows of a log when it is opened anew.
Texts shown(World& world, Host& host, const LogId& id) {
  host.forget();
  wire::OpenLog open;
  open.log = id;
  open.limit = 100;
  open.quiet = true;
  host.command(open);
  world.run();
  Texts out;
  for (const auto& message : host.shown<wire::MessageEvent>()) {
    if (message.kind == 1) out.push_back(std::string(message.fallback));
  }
  return out;
}

bool has_been_held(const Host& host) {
  for (const auto& each : host.shown<wire::LogChanged>()) {
    if (each.held) return true;
  }
  return false;
}

bool is_held(const Host& host) {
  const auto all = host.shown<wire::LogChanged>();
  return !all.empty() && all.back().held;
}

// A visitor has said more since the backup was made.
struct SetBack {
  Talk talk;
  std::map<LogId, Relay::Log> backup;

  SetBack() {
    backup = talk.world.relay.logs;
    talk.say("two", 2);
    talk.say("three", 3);
    talk.world.run();
  }
  void come_again() {
    talk.visitor.forget();
    talk.world.cut(0);
    EXPECT_TRUE(talk.world.run_until([&] { return talk.visitor.last_connection_state() == 2; }));
    talk.world.run();
  }
};

TEST(EngineRestore, a_device_gives_back_what_a_restored_relay_has_lost) {
  for (const bool noticed : {true, false}) {
    SetBack world;
    const auto before = world.talk.at_relay().chains;
    world.talk.world.relay.set_back(world.backup, noticed);
    world.come_again();
    EXPECT_EQ(told(world.talk.world, world.talk.log), (Texts{"one", "two", "three"}));
    EXPECT_EQ(world.talk.at_relay().chains, before) << "each has its own place and time again";
    EXPECT_TRUE(world.talk.visitor.texts().empty()) << "shown twice";
    EXPECT_TRUE(has_been_held(world.talk.visitor));
    EXPECT_FALSE(is_held(world.talk.visitor));
    world.talk.say("four", 4);
    world.talk.world.run();
    EXPECT_EQ(told(world.talk.world, world.talk.log), (Texts{"one", "two", "three", "four"}));
  }
}

TEST(EngineRestore, a_whole_conversation_that_was_lost_is_given_back) {
  SetBack world;
  const auto before = world.talk.at_relay().chains;
  world.talk.world.relay.set_back({}, true);
  world.come_again();
  EXPECT_EQ(world.talk.at_relay().chains, before);
  EXPECT_FALSE(is_held(world.talk.visitor));
}

TEST(EngineRestore, more_than_a_page_is_given_back_one_after_another) {
  SetBack world;
  const std::string long_text(7'000, 'x');
  for (std::uint64_t i = 0; i < 30; ++i) {
    world.talk.say(long_text, 10 + i);
    world.talk.world.run();
  }
  const auto before = world.talk.at_relay().chains;
  world.talk.world.relay.set_back(world.backup, true);
  world.come_again();
  EXPECT_EQ(world.talk.at_relay().chains, before);
  EXPECT_GT(world.talk.visitor.sent<wire::Refill>().size(), 2u);
}

TEST(EngineRestore, nothing_is_sent_into_a_log_before_what_is_missing_is_back) {
  SetBack world;
  world.talk.world.relay.set_back(world.backup, true);
  world.talk.visitor.may_connect = false;
  world.talk.world.cut(0);
  world.talk.say("four", 4);
  world.talk.world.run();
  world.talk.visitor.may_connect = true;
  world.come_again();
  EXPECT_EQ(told(world.talk.world, world.talk.log), (Texts{"one", "two", "three", "four"}));
  expect_dense(world.talk.at_relay());
}

TEST(EngineRestore, a_relay_that_takes_nothing_back_is_not_followed) {
  SetBack world;
  world.talk.world.relay.set_back(world.backup, false);
  world.talk.world.relay.instead = [&](std::size_t who, wire::FrameKind kind, BytesView) {
    if (kind != wire::FrameKind::refill) return false;
    wire::Error error;
    error.code = static_cast<std::uint64_t>(Errc::refill_refused);
    error.log = world.talk.log;
    world.talk.world.relay.send(who, error);
    return true;
  };
  world.come_again();
  EXPECT_TRUE(world.talk.visitor.has_shown(Errc::refill_refused));
  EXPECT_TRUE(is_held(world.talk.visitor));
  DeskPen desk{world.talk.world};
  EXPECT_EQ(world.talk.world.relay.place(desk.message(world.talk.log, "other").bytes), Errc::none);
  world.talk.world.run();
  EXPECT_TRUE(world.talk.visitor.texts().empty()) << "it took another's word for its own place";
}

TEST(EngineRestore, another_chain_is_not_taken_without_the_desk) {
  SetBack world;
  world.talk.world.relay.set_back(world.backup, false);
  DeskPen desk{world.talk.world};
  for (const char* text : {"a", "b", "c"}) {
    EXPECT_EQ(world.talk.world.relay.place(desk.message(world.talk.log, text).bytes), Errc::none);
  }
  world.come_again();
  EXPECT_TRUE(world.talk.visitor.texts().empty());
  EXPECT_TRUE(is_held(world.talk.visitor));
  EXPECT_TRUE(world.talk.visitor.shown<wire::LogReset>().empty());
  EXPECT_TRUE(world.talk.visitor.has_shown(Errc::forked));
  ASSERT_EQ(world.talk.visitor.sent<wire::Refill>().size(), 1u) << "what proves it is told";
  EXPECT_EQ(world.talk.at_relay().held, 2u);
}

// It says that it has placed what it threw away, in a log where nobody else writes.
TEST(EngineRestore, a_place_that_was_made_up_is_named_with_the_next_message) {
  Talk talk;
  bool lied = false;
  talk.world.relay.instead = [&](std::size_t who, wire::FrameKind kind, BytesView body) {
    if (kind != wire::FrameKind::publish || lied) return false;
    lied = true;
    const auto envelope = open_envelope(codec::decode<wire::Publish>(body)->envelope);
    const Relay::Log& log = talk.at_relay();
    const std::uint64_t seq = log.entries.size() + 1;
    const std::uint64_t time_ms = log.entries.back().time_ms;
    wire::Published made_up;
    made_up.log = talk.log;
    made_up.counter = envelope->header.counter;
    made_up.seq = seq;
    made_up.time_ms = time_ms;
    made_up.chain = chain_next(log.chains.back(), seq, time_ms, envelope->hash);
    made_up.envelope_hash = envelope->hash;
    talk.world.relay.send(who, made_up);
    return true;
  };
  talk.say("two", 2);
  talk.world.run();
  ASSERT_TRUE(lied);
  EXPECT_FALSE(is_held(talk.visitor));
  talk.say("three", 3);
  talk.world.run();
  EXPECT_TRUE(is_held(talk.visitor));
  EXPECT_TRUE(talk.visitor.has_shown(Errc::refill_refused));
}

// --- with a desk

// The visitor said two things that the relay forgot and the desk never heard of; others wrote
// under their numbers.
struct Twice {
  std::unique_ptr<World> world = counter().world.restart_as_copy();
  LogId log = counter().log;
  Host& visitor = *world->hosts[visitor_at];
  Host& desk = *world->hosts[desk_at];
  Host& agent = *world->hosts[agent_at];

  Twice() { world->run(); }
  void say(Host& host, std::string_view text, std::uint64_t ref) {
    const Bytes content = text_content(text);
    host.command(send_text(log, ref, content));
  }
  void open(Host& host) {
    wire::OpenLog open;
    open.log = log;
    open.limit = 20;
    host.command(open);
    world->run();
  }
  void part(std::size_t who) {
    world->hosts[who]->may_connect = false;
    world->cut(who);
  }
  void join(std::size_t who) {
    world->hosts[who]->may_connect = true;
    Host& host = *world->hosts[who];
    EXPECT_TRUE(world->run_until([&] { return host.last_connection_state() == 2; }));
    world->run();
  }
};

TEST(EngineRestore, the_desk_lets_a_log_go_on_when_nobody_has_more) {
  Twice scene;
  scene.world->relay.set_back(scene.world->relay.logs, true);
  for (std::size_t who : {0u, 1u, 2u}) scene.world->cut(who);
  scene.visitor.forget();
  scene.desk.forget();
  EXPECT_TRUE(scene.world->run_until([&] {
    return scene.desk.last_connection_state() == 2 && scene.visitor.last_connection_state() == 2;
  }));
  scene.world->run();
  EXPECT_EQ(scene.world->relay.logs.at(scene.log).held, 1u) << "others get time to come";
  EXPECT_TRUE(is_held(scene.visitor));
  scene.say(scene.visitor, "is anybody there", 7);
  EXPECT_TRUE(scene.world->run_until(
      [&] { return told(*scene.world, scene.log).back() == "is anybody there"; }));
  EXPECT_FALSE(is_held(scene.visitor));
  for (const auto& [id, log] : scene.world->relay.logs) {
    EXPECT_EQ(log.held == 0, id == scene.log);
  }
  const std::uint64_t until = scene.world->now + limits::resume_after_ms + 60'000;
  EXPECT_TRUE(scene.world->run_until([&] { return scene.world->now > until; }));
  for (const auto& [id, log] : scene.world->relay.logs) EXPECT_EQ(log.held, 0u);
}

std::size_t replay_twice(std::size_t at, std::size_t who, Failure failure, bool& happened) {
  Twice scene;
  scene.open(scene.agent);
  const auto backup = scene.world->relay.logs;
  scene.part(desk_at);
  scene.say(scene.visitor, "lost one", 7);
  scene.say(scene.visitor, "lost two", 8);
  scene.world->run();
  EXPECT_EQ(told(*scene.world, scene.log), (Texts{"help me", "lost one", "lost two"}));
  scene.part(visitor_at);
  scene.part(agent_at);
  scene.world->relay.set_back(backup, false);
  scene.join(desk_at);
  DeskPen pen{*scene.world};
  for (const char* text : {"new one", "new two", "new three"}) {
    EXPECT_EQ(scene.world->relay.place(pen.message(scene.log, text).bytes), Errc::none);
    scene.world->run();
  }
  scene.visitor.forget();
  std::size_t steps = 0;
  happened = false;
  scene.visitor.may_connect = scene.agent.may_connect = true;
  const auto all_there = [&] {
    return times_placed(*scene.world, scene.log, "lost one", DeskPen{*scene.world}) > 0 &&
           times_placed(*scene.world, scene.log, "lost two", DeskPen{*scene.world}) > 0;
  };
  while (steps < 3000 && !all_there()) {
    if (steps == at && !happened) happened = fail(*scene.world, who, failure);
    ++steps;
    if (!scene.world->step()) scene.world->pass_time();
  }
  EXPECT_TRUE(scene.world->run_until([&] { return !scene.visitor.dead; }));
  scene.open(scene.agent);
  EXPECT_TRUE(scene.world->run_until([&] {
    return scene.visitor.last_connection_state() != 3 && scene.agent.last_connection_state() != 3 &&
           scene.desk.last_connection_state() != 3;
  }));
  scene.world->run();
  const Texts whole{"help me", "new one", "new two", "new three", "lost one", "lost two"};
  EXPECT_EQ(told(*scene.world, scene.log), whole) << "step " << at;
  expect_dense(scene.world->relay.logs.at(scene.log));
  for (Host* host : {&scene.visitor, &scene.desk, &scene.agent}) {
    EXPECT_EQ(shown(*scene.world, *host, scene.log), whole) << "step " << at;
    EXPECT_FALSE(is_held(*host));
  }
  for (const auto& [key, value] : scene.visitor.disk) EXPECT_NE(key[0], 'o') << "step " << at;
  return steps;
}

TEST(EngineRestore, numbers_given_twice_end_with_every_message_once_in_one_order) {
  bool happened = false;
  replay_twice(~std::size_t{0}, visitor_at, Failure::cut, happened);
}

// An amendment has a copy where a page of its target's age finds it.
std::vector<Bytes> amend_copies(const Host& host, const LogId& log) {
  std::vector<Bytes> out;
  const Bytes to = store::amend_key(log, ~std::uint64_t{0}, 0);
  for (auto it = host.disk.lower_bound(store::amend_key(log, 0, 0));
       it != host.disk.end() && it->first < to; ++it) {
    out.push_back(it->first);
  }
  return out;
}

TEST(EngineRestore, of_an_edit_that_gets_another_place_one_copy_stays) {
  Twice scene;
  World& world = *scene.world;
  scene.open(scene.visitor);
  const auto shown = scene.visitor.shown<wire::MessageEvent>();
  const auto target = std::find_if(shown.begin(), shown.end(),
                                   [](const auto& each) { return each.fallback == "help me"; });
  ASSERT_NE(target, shown.end());
  const std::uint64_t target_seq = target->seq;
  const auto backup = world.relay.logs;
  scene.part(desk_at);
  const Bytes content = text_content("help us");
  wire::Send edit = send_text(scene.log, 7, content);
  edit.kind = static_cast<std::uint64_t>(wire::ContentKind::edit);
  edit.target_author = target->author;
  edit.target_counter = target->counter;
  edit.target_seq = target_seq;
  scene.visitor.command(edit);
  world.run();
  const std::uint64_t first_seq = world.relay.logs.at(scene.log).entries.size();
  EXPECT_EQ(amend_copies(scene.visitor, scene.log),
            std::vector<Bytes>{store::amend_key(scene.log, target_seq, first_seq)});
  scene.part(visitor_at);
  scene.part(agent_at);
  world.relay.set_back(backup, false);
  scene.join(desk_at);
  DeskPen pen{world};
  for (const char* text : {"new one", "new two", "new three"}) {
    EXPECT_EQ(world.relay.place(pen.message(scene.log, text).bytes), Errc::none);
    world.run();
  }
  scene.visitor.forget();
  scene.visitor.may_connect = true;
  ASSERT_TRUE(world.run_until([&] { return !scene.visitor.shown<wire::Placed>().empty(); }));
  const std::uint64_t second_seq = scene.visitor.shown<wire::Placed>().back().seq;
  EXPECT_NE(second_seq, first_seq);
  EXPECT_EQ(amend_copies(scene.visitor, scene.log),
            std::vector<Bytes>{store::amend_key(scene.log, target_seq, second_seq)});
}

TEST(EngineRestore, an_edit_of_what_gets_another_place_too_names_that_place) {
  for (const bool crashes : {false, true}) {
    Twice scene;
    World& world = *scene.world;
    scene.open(scene.visitor);
    const auto backup = world.relay.logs;
    scene.part(desk_at);
    scene.visitor.forget();
    scene.say(scene.visitor, "lost one", 7);
    world.run();
    const auto first = scene.visitor.shown<wire::Placed>().back();
    const Bytes content = text_content("found one");
    wire::Send edit = send_text(scene.log, 8, content);
    edit.kind = static_cast<std::uint64_t>(wire::ContentKind::edit);
    edit.target_author = scene.visitor.shown<wire::MessageEvent>().back().author;
    edit.target_counter = first.counter;
    edit.target_seq = first.seq;
    scene.visitor.command(edit);
    world.run();
    scene.part(visitor_at);
    scene.part(agent_at);
    world.relay.set_back(backup, false);
    scene.join(desk_at);
    DeskPen pen{world};
    // A grant of the desk's own closes the epoch: the counters change as well.
    EXPECT_EQ(world.relay.place(pen.grant(scene.log).bytes), Errc::none);
    EXPECT_EQ(world.relay.place(pen.message(scene.log, "new one").bytes), Errc::none);
    world.run();
    scene.visitor.forget();
    scene.visitor.may_connect = true;
    const auto edit_is_placed = [&] {
      const auto placed = scene.visitor.shown<wire::Placed>();
      return std::any_of(placed.begin(), placed.end(),
                         [](const auto& each) { return each.ref == 8 && each.seq != 0; });
    };
    if (crashes) {
      ASSERT_TRUE(world.run_until([&] { return !scene.visitor.shown<wire::LogReset>().empty(); }));
      world.crash(visitor_at);
    }
    ASSERT_TRUE(world.run_until(edit_is_placed)) << crashes;
    shown(world, scene.visitor, scene.log);
    std::uint64_t seq = 0;
    std::uint64_t counter = 0;
    std::uint64_t edits = 0;
    for (const auto& each : scene.visitor.shown<wire::MessageEvent>()) {
      if (each.ref == 7) std::tie(seq, counter) = std::pair(each.seq, each.counter);
      if (each.ref != 8) continue;
      ++edits;
      EXPECT_EQ(each.target_seq, seq);
      EXPECT_EQ(each.target_counter, counter);
      EXPECT_NE(each.target_seq, first.seq);
    }
    EXPECT_EQ(edits, 1u);
  }
}

TEST(EngineRestore, a_rejoin_survives_a_cut_at_every_step) {
  for (const std::size_t who : {visitor_at, desk_at}) {
    replay_with(Failure::cut, [who](std::size_t at, Failure failure, bool& happened) {
      return replay_twice(at, who, failure, happened);
    });
  }
}

TEST(EngineRestore, a_rejoin_survives_a_crash_at_every_step) {
  for (const std::size_t who : {visitor_at, desk_at}) {
    replay_with(Failure::crash, [who](std::size_t at, Failure failure, bool& happened) {
      return replay_twice(at, who, failure, happened);
    });
  }
}

// --- an older profile

TEST(EngineRestore, a_device_with_an_older_profile_goes_on_after_what_it_wrote) {
  Talk talk;
  const Disk older = talk.visitor.disk;
  talk.say("two", 2);
  talk.say("three", 3);
  talk.world.run();
  talk.visitor.disk = older;
  talk.visitor.may_connect = false;
  talk.world.crash(0);
  talk.world.run();
  talk.visitor.forget();
  talk.say("four", 4);  // sealed under a number that is taken
  talk.world.run();
  talk.visitor.may_connect = true;
  EXPECT_TRUE(talk.world.run_until([&] { return talk.visitor.shown<wire::Placed>().size() > 0; }));
  talk.world.run();
  EXPECT_EQ(told(talk.world, talk.log), (Texts{"one", "two", "three", "four"}));
  expect_dense(talk.at_relay());
  EXPECT_EQ(shown(talk.world, talk.visitor, talk.log), (Texts{"one", "two", "three", "four"}));
}

TEST(EngineRestore, what_an_older_profile_still_has_to_send_is_not_sent_again) {
  Talk talk;
  talk.visitor.may_connect = false;
  talk.world.cut(0);
  talk.say("two", 2);
  talk.world.run();
  // Kept while it was on its way; sealed under other bytes before it got its place.
  const Disk older = talk.visitor.disk;
  DeskPen desk{talk.world};
  EXPECT_EQ(talk.world.relay.place(desk.grant(talk.log).bytes), Errc::none);
  talk.visitor.may_connect = true;
  EXPECT_TRUE(talk.world.run_until([&] { return told(talk.world, talk.log).size() == 2; }));
  talk.world.run();
  talk.visitor.disk = older;
  talk.world.crash(0);
  EXPECT_TRUE(talk.world.run_until([&] { return talk.visitor.last_connection_state() == 2; }));
  talk.world.run();
  EXPECT_EQ(told(talk.world, talk.log), (Texts{"one", "two"}));
  EXPECT_EQ(shown(talk.world, talk.visitor, talk.log), (Texts{"one", "two"}));
  for (const auto& [key, value] : talk.visitor.disk) EXPECT_NE(key[0], 'o');
}

}  // namespace
}  // namespace shopbell::testing
