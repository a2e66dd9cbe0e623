// A device leaves the team, or may do less (docs/PROTOCOL.md sections 2.12 to 2.14 and 4): what it
// can read afterwards, what it says afterwards, and that everybody else goes on.
#include "store/keys.h"
#include "unit/engine/failures.h"

namespace shopbell::testing {
namespace {

constexpr std::size_t second_at = 3;

// Ann of the counter, and Bo beside her.
struct Team {
  std::unique_ptr<World> world = counter().world.restart_as_copy();
  LogId log = counter().log;
  Host& visitor = *world->hosts[visitor_at];
  Host& desk = *world->hosts[desk_at];
  Host& ann = *world->hosts[agent_at];
  Host& bo = add_agent(40, 2);
  DeviceId ann_id = ann.shown<wire::Ready>().back().device;

  Host& add_agent(std::uint8_t seed, std::uint64_t role) {
    Host& agent = world->add(Role::agent, seed);
    world->run();
    wire::Enrol enrol;
    enrol.secret = filled<Hash>(seed);
    enrol.name = "Bo";
    agent.command(enrol);
    world->run();
    certify("enrol", role);
    world->run();
    EXPECT_EQ(agent.shown<wire::Enrolled>().size(), 1u);
    return agent;
  }
  // Answers the newest request of that method.
  void certify(std::string_view method, std::uint64_t role) {
    wire::Certify certify;
    for (const auto& request : desk.shown<wire::RequestEvent>()) {
      if (request.method != method) continue;
      certify.device = request.from;
      certify.request_id = request.id;
    }
    ASSERT_FALSE(certify.device.is_zero()) << "nobody asked for " << method;
    certify.role = role;
    certify.not_after_ms = world->now + 30 * day_ms;
    certify.name = "Bo";
    desk.command(certify);
  }
  wire::SignCard card() const {
    wire::SignCard sign;
    sign.name = "Tea";
    wire::RelayEntry relay;
    relay.url = "wss://relay.example/v1";
    relay.key = world->relay.keys.key;
    sign.relays.push_back(relay);
    sign.fresh_ms = 7 * day_ms;
    return sign;
  }
  void sign(wire::SignCard sign) {
    const Bytes certificate = world->shop.desk_certificate();
    sign.desk_certificate = certificate;
    desk.command(sign);
  }
  void remove_ann(std::uint64_t at_ms) {
    wire::SignCard sign = card();
    sign.revoked.push_back(ann_id);
    sign.withdrawals.push_back({ann_id, at_ms});
    this->sign(std::move(sign));
  }
  // As the relay does with a removed device.
  void remove_ann() {
    remove_ann(world->now);
    world->run();
    world->cut(agent_at, static_cast<std::uint16_t>(Errc::closed_removed));
    world->run();
    world->advance(1000);
    world->run();
  }
  void say(std::string_view text, std::uint64_t ref) {
    const Bytes content = text_content(text);
    visitor.command(send_text(log, ref, content));
    world->run();
  }
  void open(Host& agent) {
    wire::OpenLog open;
    open.log = log;
    open.limit = 50;
    agent.command(open);
    world->run();
  }
  const Relay::Log& at_relay() const { return world->relay.logs.at(log); }
  bool has_secret(const Host& host, std::uint64_t version) const {
    return host.disk.contains(store::team_secret_key(version));
  }
  bool reads(const Host& host, std::string_view text) const {
    const auto texts = host.texts();
    return std::find(texts.begin(), texts.end(), text) != texts.end();
  }
  // How many entries of the shop log are of one kind, as the desk reads them.
  std::size_t recorded(wire::ContentKind kind) const {
    std::size_t count = 0;
    const LogId id = world->relay.card->shop_log;
    std::map<std::uint64_t, Key> keys;
    for (const Relay::Entry& entry : world->relay.logs.at(id).entries) {
      const auto envelope = open_envelope(entry.envelope);
      if (envelope->header.envelope_class == 2) {
        auto key = open_grant(id, envelope->body, Hash::from(world->shop.desk.self.id.view()),
                              world->shop.desk.seal);
        keys[codec::decode<wire::GrantBody>(envelope->body)->epoch] = std::move(*key);
      }
      if (envelope->header.envelope_class != 1) continue;
      const auto inner = open_body(keys.at(envelope->header.epoch), *envelope);
      if (inner->body.kind == static_cast<std::uint64_t>(kind)) ++count;
    }
    return count;
  }
};

TEST(EngineRemoval, a_further_device_of_the_customer_reads_on) {
  Team team;
  Host& phone = team.world->add(Role::visitor, 50);
  team.world->run();
  const Bytes card = to_bytes(phone.sent<wire::Hello>().back().card);
  wire::Admit admit;
  admit.log = team.log;
  admit.device = take_device_card(card)->id;
  admit.card = card;
  team.desk.command(admit);
  team.world->run();
  wire::OpenLog open;
  open.log = team.log;
  open.limit = 20;
  phone.command(open);
  team.world->run();
  team.remove_ann();
  phone.forget();
  team.say("she is gone", 30);
  team.world->run();
  EXPECT_EQ(phone.texts(), (std::vector<std::string>{"she is gone"}));
  const Bytes content = text_content("from the phone");
  phone.command(send_text(team.log, 31, content));
  team.world->run();
  EXPECT_TRUE(phone.shown<wire::Problem>().empty());
  EXPECT_EQ(phone.texts().size(), 2u);
}

TEST(EngineRemoval, makes_a_new_team_key_for_everybody_else) {
  Team team;
  team.remove_ann();
  const ShopInfo& card = *team.world->relay.card;
  EXPECT_TRUE(card.is_revoked(team.ann_id));
  EXPECT_EQ(card.team_version, 2u);
  EXPECT_EQ(card.team_since, card.version);
  EXPECT_TRUE(team.has_secret(team.bo, 2));
  EXPECT_FALSE(team.has_secret(team.ann, 2));
  EXPECT_EQ(team.recorded(wire::ContentKind::shop_removal), 1u);
  EXPECT_EQ(team.recorded(wire::ContentKind::shop_handover), 3u) << "two of enrolment, one of Bo";
}

TEST(EngineRemoval, said_twice_is_done_once) {
  Team team;
  team.remove_ann();
  team.remove_ann(team.world->now - 1000);
  team.world->run();
  EXPECT_EQ(team.world->relay.card->team_version, 2u);
  EXPECT_EQ(team.recorded(wire::ContentKind::shop_removal), 1u);
}

TEST(EngineRemoval, the_desk_announces_an_epoch_where_people_talk) {
  Team team;
  const std::uint64_t before = team.at_relay().epoch;
  team.remove_ann();
  EXPECT_EQ(team.at_relay().epoch, before + 1);
  const auto grant = open_envelope(team.at_relay().entries.back().envelope);
  EXPECT_EQ(grant->header.author, team.world->shop.desk.self.id);
  EXPECT_EQ(codec::decode<wire::GrantBody>(grant->body)->team_version, 2u);
}

TEST(EngineRemoval, a_conversation_at_rest_gets_its_epoch_from_who_speaks_next) {
  Team team;
  team.world->advance(8 * day_ms);
  team.world->run();
  const std::uint64_t before = team.at_relay().epoch;
  wire::SignCard fresh = team.card();
  team.sign(fresh);
  team.world->run();
  team.remove_ann();
  EXPECT_EQ(team.at_relay().epoch, before);
  team.say("after a week", 7);
  EXPECT_EQ(team.at_relay().epoch, before + 1);
}

// A relay that hides the removal and hands out everything: what does she open with all she has?
TEST(EngineRemoval, what_is_said_afterwards_a_removed_device_cannot_read) {
  Team team;
  team.open(team.ann);
  team.open(team.bo);
  team.say("before", 6);
  ASSERT_TRUE(team.reads(team.ann, "before"));
  // Sealed before the removal, but sent after it.
  const ShopInfo old_card = *team.world->relay.card;
  team.visitor.may_connect = false;
  team.world->cut(visitor_at);
  team.say("sealed before", 7);
  team.remove_ann();
  team.visitor.may_connect = true;
  ASSERT_TRUE(team.world->run_until([&] { return team.reads(team.bo, "sealed before"); }));
  team.say("after", 8);
  EXPECT_TRUE(team.reads(team.bo, "after"));

  for (const bool hides : {true, false}) {
    const auto liar = team.world->restart_as_copy();
    for (auto& host : liar->hosts) host->may_connect = false;
    Host& ann = *liar->hosts[agent_at];
    ann.may_connect = true;
    if (hides) liar->relay.card = old_card;
    // What the relay of this test asks of a certificate, it does not ask of hers.
    liar->relay.change_welcome = [&](wire::Welcome&) {
      for (auto& [who, peer] : liar->relay.peers) peer.certified = true;
    };
    liar->run();
    wire::OpenLog open;
    open.log = team.log;
    open.limit = 50;
    ann.command(open);
    liar->run();
    EXPECT_TRUE(team.reads(ann, "before")) << "what she has read stays with her";
    EXPECT_FALSE(team.reads(ann, "sealed before"));
    EXPECT_FALSE(team.reads(ann, "after"));
    std::size_t shut = 0;
    for (const auto& event : ann.shown<wire::MessageEvent>()) {
      if (event.problem == static_cast<std::uint64_t>(Errc::no_epoch_key)) ++shut;
    }
    EXPECT_GE(shut, 2u) << "she was given the envelopes";
  }
}

std::vector<std::uint64_t> problems_in_history(Team& team, Host& host) {
  host.forget();
  wire::LoadHistory load;
  load.log = team.log;
  load.limit = 50;
  host.command(load);
  team.world->run();
  std::vector<std::uint64_t> out;
  for (const auto& event : host.shown<wire::MessageEvent>()) out.push_back(event.problem);
  return out;
}

// The desk's clock is none of the relay's: what counts is what stands in the log.
TEST(EngineRemoval, what_has_its_place_before_the_removal_stays_whatever_the_clocks_say) {
  Team team;
  team.open(team.ann);
  const std::uint64_t long_ago_ms = team.world->now - 1000;
  const Bytes first = text_content("said in time");
  team.ann.command(send_text(team.log, 5, first));
  team.world->run();
  team.remove_ann(long_ago_ms);
  EXPECT_EQ(team.at_relay().fold.find(team.ann_id)->counter > 0, true);
  // Bo comes to this log when it is all over.
  team.open(team.bo);
  const auto of_visitor = problems_in_history(team, team.visitor);
  EXPECT_EQ(std::count(of_visitor.begin(), of_visitor.end(), 0u),
            static_cast<std::ptrdiff_t>(of_visitor.size()));
  EXPECT_EQ(problems_in_history(team, team.bo), of_visitor);
  EXPECT_TRUE(team.reads(team.bo, "said in time"));
  EXPECT_TRUE(team.bo.shown<wire::Problem>().empty());
}

TEST(EngineRemoval, who_was_away_finds_his_key_in_the_shop_log_also_without_the_desk) {
  Team team;
  team.bo.may_connect = false;
  team.world->cut(second_at);
  team.remove_ann();
  team.desk.may_connect = false;
  team.world->cut(desk_at);
  team.bo.may_connect = true;
  ASSERT_TRUE(team.world->run_until([&] { return team.has_secret(team.bo, 2); }));
  team.say("after", 8);
  team.open(team.bo);
  EXPECT_TRUE(team.reads(team.bo, "after"));
}

TEST(EngineRemoval, who_comes_new_is_given_the_keys_of_what_was_said_before_and_it_is_recorded) {
  Team team;
  team.remove_ann();
  Host& cy = team.add_agent(50, 2);
  team.open(cy);
  EXPECT_TRUE(team.reads(cy, "help me")) << "sealed to a team key that Cy never had";
  EXPECT_EQ(team.recorded(wire::ContentKind::shop_regrant), 1u);
  team.world->crash(4);
  team.world->run();
  team.open(cy);
  EXPECT_TRUE(team.reads(cy, "help me"));
  EXPECT_EQ(team.recorded(wire::ContentKind::shop_regrant), 1u) << "they are kept";
}

TEST(EngineRemoval, a_removed_device_may_be_invited_again) {
  Team team;
  team.remove_ann();
  wire::Enrol enrol;
  enrol.secret = filled<Hash>(70);
  enrol.name = "Ann";
  team.ann.forget();
  team.ann.command(enrol);
  team.world->run();
  team.certify("enrol", 2);
  team.world->run();
  EXPECT_EQ(team.ann.shown<wire::Enrolled>().size(), 1u);
  EXPECT_FALSE(team.world->relay.card->is_revoked(team.ann_id));
  team.open(team.ann);
  team.say("welcome back", 9);
  EXPECT_TRUE(team.reads(team.ann, "welcome back"));
}

// The host signs as soon as the engine is ready, which may be before it hears of the relay's card.
void restore_the_desk(bool signs_before_it_connects) {
  Team team;
  const Disk before = team.desk.disk;
  team.remove_ann();
  team.say("after", 8);
  team.desk.disk = before;
  team.desk.may_connect = !signs_before_it_connects;
  team.world->crash(desk_at);
  team.world->advance(1000);
  team.world->run();
  ASSERT_FALSE(team.desk.shown<wire::Ready>().empty());
  team.sign(team.card());
  team.desk.may_connect = true;
  ASSERT_TRUE(team.world->run_until([&] { return team.has_secret(team.bo, 3); }));
  team.world->run();
  const ShopInfo& card = *team.world->relay.card;
  EXPECT_EQ(card.team_version, 3u);
  EXPECT_TRUE(card.is_revoked(team.ann_id));
  team.say("and later", 9);
  team.open(team.bo);
  EXPECT_TRUE(team.reads(team.bo, "after"));
  EXPECT_TRUE(team.reads(team.bo, "and later"));
}

TEST(EngineRemoval, is_not_taken_back_by_a_desk_that_was_restored_and_signs_at_once) {
  restore_the_desk(true);
}

TEST(EngineRemoval, is_not_taken_back_by_a_desk_that_was_restored_and_hears_of_it_first) {
  restore_the_desk(false);
}

TEST(EngineRoles, an_observer_reads_and_may_not_write) {
  Team team;
  Host& cy = team.add_agent(50, 3);
  const std::size_t before = team.at_relay().entries.size();
  team.open(cy);
  EXPECT_TRUE(team.reads(cy, "help me"));
  EXPECT_EQ(team.at_relay().entries.size(), before) << "an observer does not join";
  const Bytes content = text_content("me too");
  cy.command(send_text(team.log, 3, content));
  team.world->run();
  const auto placed = cy.shown<wire::Placed>();
  ASSERT_EQ(placed.size(), 1u);
  EXPECT_EQ(placed[0].code, static_cast<std::uint64_t>(Errc::role_refused));
  EXPECT_EQ(team.at_relay().entries.size(), before);
}

TEST(EngineRoles, who_may_do_less_asks_for_the_certificate_that_says_so) {
  Team team;
  team.open(team.ann);
  wire::SignCard sign = team.card();
  sign.withdrawals.push_back({team.ann_id, team.world->now});
  team.sign(std::move(sign));
  team.world->run();
  EXPECT_EQ(team.world->relay.card->team_version, 1u) << "she stays in the team";
  team.ann.forget();
  team.certify("certificate.renew", 3);
  team.world->run();
  ASSERT_EQ(team.ann.shown<wire::Enrolled>().size(), 1u);
  EXPECT_EQ(team.ann.shown<wire::Enrolled>()[0].role, 3u);
  EXPECT_FALSE(team.ann.sent<wire::Hello>().back().certificate.empty());
  const Bytes content = text_content("still here");
  team.ann.command(send_text(team.log, 3, content));
  team.world->run();
  EXPECT_EQ(team.ann.shown<wire::Placed>().back().code,
            static_cast<std::uint64_t>(Errc::role_refused));
}

// --- removal, with a failure at each step of the desk and of who stays

std::size_t replay_removal(std::size_t at, std::size_t who, Failure failure, bool& happened) {
  static const Team staged;
  const auto copy = staged.world->restart_as_copy();
  World& world = *copy;
  Host& bo = *world.hosts[second_at];
  Host& desk = *world.hosts[desk_at];
  Host& visitor = *world.hosts[visitor_at];
  world.run();
  wire::SignCard sign = staged.card();
  sign.revoked.push_back(staged.ann_id);
  sign.withdrawals.push_back({staged.ann_id, world.now});
  const Bytes certificate = world.shop.desk_certificate();
  sign.desk_certificate = certificate;
  bool said = false;
  std::size_t steps = 0;
  happened = false;
  while (steps < 600) {
    if (steps == at && !happened) happened = fail(world, who, failure);
    ++steps;
    if (world.step()) continue;
    if (said) break;
    said = true;
    desk.command(sign);
  }
  // The desk's host says it again at each start.
  EXPECT_TRUE(world.run_until([&] { return desk.last_connection_state() == 2; }));
  desk.command(sign);
  EXPECT_TRUE(world.run_until([&] {
    return world.relay.card->team_version == 2 && staged.has_secret(bo, 2);
  })) << "step "
      << at << ", failure " << static_cast<int>(failure);
  const Bytes content = text_content("after");
  EXPECT_TRUE(world.run_until([&] { return visitor.last_connection_state() == 2; }));
  visitor.command(send_text(staged.log, 9, content));
  EXPECT_TRUE(world.run_until([&] {
    return times_placed(world, staged.log, "after", DeskPen{world}) == 1;
  })) << "step "
      << at;
  const auto envelope = open_envelope(world.relay.logs.at(staged.log).entries.back().envelope);
  EXPECT_GE(envelope->header.epoch, 2u) << "step " << at;
  expect_dense(world.relay.logs.at(staged.log));
  expect_dense(world.relay.logs.at(world.relay.card->shop_log));
  return steps;
}

TEST(EngineRemoval, survives_a_failure_at_every_step) {
  for (const Failure failure : {Failure::cut, Failure::crash, Failure::not_written}) {
    for (const std::size_t who : {desk_at, second_at}) {
      replay_with(failure, [&](std::size_t at, Failure each, bool& happened) {
        return replay_removal(at, who, each, happened);
      });
    }
  }
}

}  // namespace
}  // namespace shopbell::testing
