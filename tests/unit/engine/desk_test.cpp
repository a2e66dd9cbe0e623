// The desk, and how a device becomes an agent's (docs/PROTOCOL.md sections 2.10, 2.11 and 9.2).
#include "unit/engine/script.h"

namespace shopbell::testing {
namespace {

struct Office {
  World world{false};
  Host& desk = world.add(Role::desk, 2);
  Host& agent = world.add(Role::agent, 30);
  const std::size_t desk_at = 0;
  const std::size_t agent_at = 1;

  Office() {
    world.run();
    sign();
    world.run();
  }
  void sign(std::string_view name = "Tea") {
    wire::SignCard sign;
    sign.name = name;
    wire::RelayEntry relay;
    relay.url = "wss://relay.example/v1";
    relay.key = world.relay.keys.key;
    sign.relays.push_back(relay);
    sign.fresh_ms = 7 * day_ms;
    const Bytes certificate = world.shop.desk_certificate();
    sign.desk_certificate = certificate;
    desk.command(sign);
  }
  void use_invitation() {
    wire::Enrol enrol;
    enrol.secret = filled<Hash>(9);
    enrol.name = "Ann";
    agent.command(enrol);
  }
  // The newest request that the desk was shown, answered with a certificate.
  void certify(std::uint64_t role = 2) {
    const auto requests = desk.shown<wire::RequestEvent>();
    ASSERT_FALSE(requests.empty());
    wire::Certify certify;
    certify.device = requests.back().from;
    certify.request_id = requests.back().id;
    certify.role = role;
    certify.not_after_ms = world.now + 30 * day_ms;
    certify.name = "Ann";
    certify.invitation = invitation_id_of(key_of(9));
    desk.command(certify);
  }
  const Relay::Log& shop_log() const { return world.relay.logs.at(world.relay.card->shop_log); }
};

TEST(EngineDesk, signs_a_first_card_with_team_key_and_shop_log) {
  Office office;
  ASSERT_TRUE(office.world.relay.card.has_value());
  const ShopInfo& card = *office.world.relay.card;
  EXPECT_EQ(card.name, "Tea");
  EXPECT_EQ(card.team_version, 1u);
  EXPECT_FALSE(card.team_key.is_zero());
  EXPECT_EQ(card.version, office.world.now);
  EXPECT_EQ(office.shop_log().fold.kind(), LogKind::shop);
  EXPECT_TRUE(office.desk.shown<wire::Problem>().empty());
}

TEST(EngineDesk, signs_a_higher_version_each_time_and_keeps_team_key_and_shop_log) {
  Office office;
  const ShopInfo first = *office.world.relay.card;
  for (int i = 0; i < 3; ++i) {
    const std::uint64_t before = office.world.relay.card->version;
    office.sign("Tea " + std::to_string(i));
    office.world.run();
    EXPECT_GT(office.world.relay.card->version, before);
  }
  office.world.crash(office.desk_at);
  office.world.run();
  const std::uint64_t before = office.world.relay.card->version;
  office.world.now -= 60'000;  // its clock was set back
  office.desk.feed(in::Tick{office.world.now});
  office.sign();
  office.world.run();
  EXPECT_GT(office.world.relay.card->version, before);
  EXPECT_EQ(office.world.relay.card->team_key, first.team_key);
  EXPECT_EQ(office.world.relay.card->shop_log, first.shop_log);
  EXPECT_EQ(office.world.relay.logs.size(), 1u);
}

TEST(EngineDesk, a_card_leaves_only_after_it_is_stored) {
  Office office;
  office.desk.forget();
  office.desk.writes_by_itself = false;
  office.sign("Other");
  EXPECT_TRUE(office.desk.sent<wire::PutCard>().empty());
  office.desk.write_all();
  EXPECT_EQ(office.desk.sent<wire::PutCard>().size(), 1u);
}

TEST(EngineDesk, a_certificate_that_is_not_the_roots_makes_no_card_and_no_log) {
  World world(false);
  Host& desk = world.add(Role::desk, 2);
  world.run();
  wire::SignCard sign;
  sign.fresh_ms = day_ms;
  const Bytes wrong = make_desk_certificate(crypto::sign_pair(key_of(99)),
                                            world.shop.desk.self.sign_key, now_ms, now_ms + day_ms);
  sign.desk_certificate = wrong;
  desk.command(sign);
  world.run();
  EXPECT_TRUE(desk.has_shown(Errc::card_chain));
  EXPECT_FALSE(world.relay.card.has_value());
  EXPECT_TRUE(desk.shown<wire::LogOpened>().empty());
}

TEST(EngineDesk, what_only_the_desk_may_is_refused_to_others) {
  Office office;
  office.agent.command(wire::SignCard{});
  office.agent.command(wire::Certify{});
  office.agent.command(wire::CreateLog{});
  EXPECT_EQ(office.agent.shown<wire::Problem>().size(), 3u);
  EXPECT_TRUE(office.agent.has_shown(Errc::command_bad));
}

TEST(EngineDesk, records_three_entries_before_it_answers) {
  Office office;
  office.use_invitation();
  office.world.run();
  const std::size_t before = office.shop_log().entries.size();
  office.desk.frames.clear();
  office.desk.writes_by_itself = false;
  office.certify();
  EXPECT_TRUE(office.desk.frames.empty()) << "it answered before it had stored";
  // The three are in the outbox of one durable batch; answer and envelopes leave after it.
  std::size_t records = 0;
  for (const Host::Write& write : office.desk.writes) {
    for (const out::Put& put : write.puts) records += put.key[0] == 'o' ? 1 : 0;
  }
  EXPECT_GE(records, 3u);
  office.desk.write_all();
  EXPECT_EQ(office.desk.sent<wire::Signal>().size(), 1u);
  EXPECT_GE(office.desk.sent<wire::Publish>().size(), 3u);
  office.desk.writes_by_itself = true;
  office.world.run();
  EXPECT_GE(office.shop_log().entries.size(), before + 3);
}

TEST(EngineEnrol, proves_the_invitation_and_shows_enrolled_after_certificate_and_key_are_stored) {
  Office office;
  office.use_invitation();
  office.world.run();
  const auto requests = office.desk.shown<wire::RequestEvent>();
  ASSERT_EQ(requests.size(), 1u);
  EXPECT_EQ(requests[0].method, "enrol");
  EXPECT_EQ(requests[0].role, 0u);
  const auto request = codec::decode<wire::EnrolRequest>(requests[0].body);
  ASSERT_TRUE(request.ok());
  const Key invitation = key_of(9);
  EXPECT_EQ(request->invitation, invitation_id_of(invitation));
  EXPECT_EQ(request->mac, enrol_mac(invitation_key_of(invitation, office.world.shop.id),
                                    requests[0].from, office.world.shop.id));

  office.certify();
  office.agent.writes_by_itself = false;
  office.world.run();
  EXPECT_TRUE(office.agent.shown<wire::Enrolled>().empty());
  EXPECT_FALSE(office.agent.disk.contains(to_bytes(as_bytes("ic"))));
  office.agent.write_all();
  ASSERT_EQ(office.agent.shown<wire::Enrolled>().size(), 1u);
  EXPECT_EQ(office.agent.shown<wire::Enrolled>()[0].role, 2u);
  EXPECT_TRUE(office.agent.disk.contains(to_bytes(as_bytes("ic"))));
  EXPECT_FALSE(office.agent.disk.contains(to_bytes(as_bytes("ie"))));

  office.agent.writes_by_itself = true;
  office.world.run();
  EXPECT_FALSE(office.agent.sent<wire::Hello>().back().certificate.empty());
  office.agent.forget();
  office.world.crash(office.agent_at);
  office.world.run();
  EXPECT_TRUE(office.agent.shown<wire::Ready>().at(0).certified);
  EXPECT_GT(office.agent.shown<wire::Ready>().at(0).not_after_ms, office.world.now);
}

TEST(EngineEnrol, another_invitation_goes_without_the_certificate_that_keeps_it_out) {
  Office office;
  office.use_invitation();
  office.world.run();
  office.certify();
  office.world.run();
  office.agent.forget();
  office.use_invitation();
  office.world.run();
  EXPECT_TRUE(office.agent.sent<wire::Hello>().back().certificate.empty());
  office.certify();
  office.world.run();
  ASSERT_EQ(office.agent.shown<wire::Enrolled>().size(), 1u);
  EXPECT_FALSE(office.agent.sent<wire::Hello>().back().certificate.empty());
}

TEST(EngineEnrol, goes_on_after_a_reload_until_it_is_answered) {
  Office office;
  office.use_invitation();
  office.world.run();
  for (int i = 0; i < 3; ++i) {
    office.world.crash(office.agent_at);
    office.world.run();
  }
  EXPECT_EQ(office.desk.shown<wire::RequestEvent>().size(), 4u);
  office.certify();
  office.world.run();
  EXPECT_EQ(office.agent.shown<wire::Enrolled>().size(), 1u);
}

TEST(EngineEnrol, waits_for_a_desk_that_is_away_or_was_started_anew) {
  Office office;
  office.desk.may_connect = false;
  office.world.cut(office.desk_at);
  office.use_invitation();
  office.world.run();
  EXPECT_GE(office.agent.sent<wire::Signal>().size(), 1u);
  office.desk.may_connect = true;
  ASSERT_TRUE(
      office.world.run_until([&] { return !office.desk.shown<wire::RequestEvent>().empty(); }));
  office.desk.forget();
  office.world.crash(office.desk_at);  // it forgets the session
  ASSERT_TRUE(
      office.world.run_until([&] { return !office.desk.shown<wire::RequestEvent>().empty(); }));
  office.certify();
  office.world.run();
  EXPECT_EQ(office.agent.shown<wire::Enrolled>().size(), 1u);
}

TEST(EngineEnrol, a_refusal_is_named_and_not_tried_again) {
  Office office;
  office.use_invitation();
  office.world.run();
  const auto requests = office.desk.shown<wire::RequestEvent>();
  ASSERT_EQ(requests.size(), 1u);
  wire::Respond respond;
  respond.to = requests[0].from;
  respond.id = requests[0].id;
  respond.code = static_cast<std::uint64_t>(Errc::invitation_refused);
  office.desk.command(respond);
  office.desk.forget();
  office.world.run();
  EXPECT_TRUE(office.agent.has_shown(Errc::invitation_refused));
  office.world.crash(office.agent_at);
  office.world.run();
  EXPECT_TRUE(office.desk.shown<wire::RequestEvent>().empty());
}

TEST(EngineSessions, requests_are_answered_by_id_and_pushes_arrive) {
  Office office;
  const Bytes body{1, 2, 3};
  for (std::uint64_t id : {5u, 6u}) {
    wire::Request request;
    request.id = id;
    request.method = "inbox.list";
    request.body = body;
    office.agent.command(request);
  }
  office.world.run();
  const auto asked = office.desk.shown<wire::RequestEvent>();
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_TRUE(same_bytes(asked[0].body, body));
  for (const std::size_t at : {1u, 0u}) {
    wire::Respond respond;
    respond.to = asked[at].from;
    respond.id = asked[at].id;
    respond.body = body;
    office.desk.command(respond);
  }
  wire::Push push;
  push.to = asked[0].from;
  push.method = "inbox.changed";
  office.desk.command(push);
  office.world.run();
  const auto answers = office.agent.shown<wire::ResponseEvent>();
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(answers[0].id, 6u);
  EXPECT_EQ(answers[1].id, 5u);
  ASSERT_EQ(office.agent.shown<wire::PushEvent>().size(), 1u);
}

TEST(EngineSessions, a_replayed_request_is_heard_once) {
  Office office;
  std::vector<Bytes> data;
  office.world.relay.instead = [&](std::size_t who, wire::FrameKind kind, BytesView body) {
    if (who == office.agent_at && kind == wire::FrameKind::signal) {
      const auto signal = codec::decode<wire::Signal>(body);
      if (signal->kind == 4) data.push_back(framed(*signal));
    }
    return false;
  };
  wire::Request request;
  request.id = 5;
  request.method = "inbox.list";
  office.agent.command(request);
  office.world.run();
  ASSERT_EQ(data.size(), 1u);
  office.desk.receive(data[0]);
  EXPECT_EQ(office.desk.shown<wire::RequestEvent>().size(), 1u);
}

}  // namespace
}  // namespace shopbell::testing
