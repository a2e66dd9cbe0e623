// How a connection proves itself, who is closed and why, and what a Welcome holds.
#include "blob/token.h"
#include "unit/relay/world.h"

namespace shopbell::relay::testing {
namespace {

using wire::FrameKind;

TEST(RelayConnection, welcomes_a_proven_device) {
  World world;
  Client visitor = world.client(device(1));
  visitor.connect();
  const wire::Hello hello = visitor.hello_of();
  visitor.say(hello);
  const auto welcome = visitor.expect<wire::Welcome>(FrameKind::welcome);
  EXPECT_EQ(welcome.generation, 77u);
  EXPECT_EQ(welcome.time_ms, world.now_ms);
  EXPECT_TRUE(same_bytes(welcome.card, world.info.card));
  EXPECT_TRUE(welcome.heads.empty());
  visitor.expect_quiet();
  EXPECT_EQ(world.shard->metrics().devices, 1u);
}

TEST(RelayConnection, signs_the_welcome_over_both_nonces) {
  World world;
  Client visitor = world.client(device(1));
  visitor.connect();
  const auto challenge = visitor.frames.front().as<wire::Challenge>();
  const Hash relay_nonce = challenge.nonce;
  visitor.say(visitor.hello_of());
  const auto welcome = visitor.expect<wire::Welcome>(FrameKind::welcome);
  const wire::WelcomeProof proof{world.info.shop,      relay_nonce,     filled<Hash>(8),
                                 visitor.keys.self.id, welcome.time_ms, welcome.generation};
  EXPECT_TRUE(verify_welcome(world.relay_key().key, proof, welcome.signature));
}

TEST(RelayConnection, gives_a_proven_device_the_right_to_upload) {
  World world;
  Client before = world.client(device(1));
  EXPECT_EQ(before.join().blob_token, "");
  world.blob_bytes_max = 1000;
  world.start();
  Client visitor = world.client(device(2));
  const auto welcome = visitor.join();
  EXPECT_EQ(welcome.blob_bytes_max, 1000u);
  const blob::Tokens tokens(world.relay_key().seed);
  const auto bearer = tokens.check(welcome.blob_token, world.now_ms);
  ASSERT_TRUE(bearer.ok());
  EXPECT_EQ(bearer->device, visitor.keys.self.id);
  EXPECT_EQ(bearer->shop, world.info.shop);
}

TEST(RelayConnection, nobody_uploads_before_there_is_a_card) {
  World world(false);
  world.blob_bytes_max = 1000;
  world.start();
  Client visitor = world.client(device(2));
  EXPECT_EQ(visitor.join().blob_token, "");
}

TEST(RelayConnection, sends_no_card_that_the_device_has) {
  World world;
  Client visitor = world.client(device(1));
  visitor.connect();
  wire::Hello hello = visitor.hello_of();
  hello.card_version = world.info.version;
  visitor.say(hello);
  EXPECT_TRUE(visitor.expect<wire::Welcome>(FrameKind::welcome).card.empty());
}

// Each step of docs/PROTOCOL.md 7.3 refuses by its own name.
TEST(RelayConnection, refuses_what_is_not_proven) {
  struct Case {
    const char* what;
    Errc code;
    void (*spoil)(World&, wire::Hello&);
  };
  const Case cases[] = {
      {"shop", Errc::closed_shop_unknown, [](World&, auto& h) { h.shop = filled<ShopId>(1); }},
      {"host", Errc::closed_proof, [](World&, auto& h) { h.host = "other.test"; }},
      {"card", Errc::closed_proof, [](World& w, auto& h) { h.card = w.desk_keys.self.card; }},
      {"no card", Errc::closed_proof, [](World&, auto& h) { h.card = {}; }},
      {"nonce", Errc::closed_proof, [](World&, auto& h) { h.client_nonce = filled<Hash>(9); }},
      {"term", Errc::closed_proof, [](World&, auto& h) { h.term = 5; }},
      {"certificate", Errc::closed_certificate,
       [](World& w, auto& h) { h.certificate = w.desk_keys.self.card; }},
  };
  for (const Case& one : cases) {
    World world;
    Client visitor = world.client(device(1));
    visitor.connect();
    wire::Hello hello = visitor.hello_of();
    one.spoil(world, hello);
    visitor.say(hello);
    EXPECT_EQ(name_of(visitor.closed), name_of(one.code)) << one.what;
    visitor.expect_quiet();
  }
}

TEST(RelayConnection, refuses_an_ended_and_a_borrowed_certificate) {
  World world;
  const Bytes ended = world.certify(device(2), world.now_ms - 1);
  const Bytes borrowed = world.certify(device(3));
  for (const Bytes& certificate : {ended, borrowed}) {
    Client agent = world.client(device(2));
    agent.connect();
    agent.say(agent.hello_of(certificate));
    EXPECT_EQ(agent.closed, Errc::closed_certificate);
  }
}

TEST(RelayConnection, takes_nothing_before_the_hello) {
  World world;
  Client visitor = world.client(device(1));
  visitor.connect();
  visitor.send(FrameKind::ping, wire::Ping{1});
  EXPECT_EQ(visitor.closed, Errc::closed_proof);
}

TEST(RelayConnection, holds_no_more_for_the_unproven_than_a_hello) {
  World world;
  Client visitor = world.client(device(1));
  visitor.connect();
  wire::Hello hello = visitor.hello_of();
  const Bytes certificate(world.limits.hello_bytes_max, 1);
  hello.certificate = certificate;
  visitor.say(hello);
  EXPECT_EQ(visitor.closed, Errc::closed_frame);
}

TEST(RelayConnection, takes_one_hello) {
  World world;
  Client visitor = world.client(device(1));
  visitor.connect();
  const wire::Hello hello = visitor.hello_of();
  visitor.say(hello);
  visitor.say(hello);
  EXPECT_EQ(visitor.closed, Errc::closed_frame);
}

TEST(RelayConnection, closes_the_older_of_two) {
  World world;
  Client first = world.client(device(1));
  Client second = world.client(device(1));
  first.join();
  second.join();
  EXPECT_EQ(first.closed, Errc::closed_replaced);
  EXPECT_EQ(second.closed, Errc::none);
  EXPECT_EQ(world.shard->metrics().devices, 1u);
}

TEST(RelayConnection, closes_the_lower_term) {
  World world;
  Client leader = world.client(device(1));
  Client woken = world.client(device(1));
  leader.join({}, 7);
  woken.connect();
  woken.say(woken.hello_of({}, 6));
  EXPECT_EQ(woken.closed, Errc::closed_replaced);
  EXPECT_EQ(leader.closed, Errc::none);
  world.feed(in::Closed{leader.conn});
  woken.connect();
  woken.say(woken.hello_of({}, 6));
  EXPECT_EQ(woken.closed, Errc::closed_replaced);
}

TEST(RelayConnection, malformed_frames_close_and_change_nothing) {
  World world;
  Client visitor = world.client(device(1));
  LogId log;
  const SignedEnvelope genesis = visitor.genesis(LogKind::main, 1, log);
  const Bytes spoiled = framed(FrameKind::publish, wire::Publish{genesis.bytes});
  const Bytes cases[] = {{},
                         Bytes(3, 0xff),
                         Bytes(spoiled.begin(), spoiled.end() - 1),
                         {0x22, 0x02, 0x08, 0x01},
                         framed(FrameKind::welcome, wire::Welcome{})};
  for (const Bytes& bytes : cases) {
    visitor.join();
    visitor.send_bytes(bytes);
    EXPECT_EQ(visitor.closed, Errc::closed_frame);
    visitor.expect_quiet();
  }
  EXPECT_FALSE(world.store->read_log(log).ok());
}

TEST(RelayConnection, answers_an_unknown_frame_and_goes_on) {
  World world;
  Client visitor = world.client(device(1));
  visitor.join();
  visitor.send_bytes({0xa2, 0x01, 0x00});  // frame 20
  visitor.expect_error(Errc::frame_bad);
  visitor.send(FrameKind::ping, wire::Ping{9});
  EXPECT_EQ(visitor.expect<wire::Pong>(FrameKind::pong).id, 9u);
}

TEST(RelayConnection, silence_is_asked_and_then_closed) {
  World world;
  Client visitor = world.client(device(1));
  visitor.join();
  EXPECT_GT(world.timeout_ms, world.now_ms);
  world.tick(limits::ping_after_ms + 1);
  visitor.expect<wire::Ping>(FrameKind::ping);
  world.tick(limits::ping_after_ms / 2);
  visitor.expect_quiet();
  visitor.send(FrameKind::pong, wire::Pong{1});
  world.tick(limits::idle_ms_max);
  EXPECT_EQ(visitor.closed, Errc::none);
  world.tick(2000);
  EXPECT_EQ(visitor.closed, Errc::closed_idle);
}

TEST(RelayConnection, no_hello_in_time) {
  World world;
  Client visitor = world.client(device(1));
  visitor.connect();
  world.tick(limits::hello_ms_max + 1);
  EXPECT_EQ(visitor.closed, Errc::closed_hello);
}

TEST(RelayConnection, waits_for_the_card_to_be_read) {
  World world;
  world.hold_reads = true;
  Client visitor = world.client(device(1));
  visitor.connect();
  visitor.say(visitor.hello_of());
  visitor.expect_quiet();
  world.hold_reads = false;
  world.release_reads();
  visitor.expect<wire::Welcome>(FrameKind::welcome);
}

TEST(RelayConnection, may_go_at_every_step) {
  for (int steps = 0; steps < 4; ++steps) {
    World world;
    world.hold_reads = true;
    Client visitor = world.client(device(1));
    visitor.connect();
    if (steps > 0) visitor.say(visitor.hello_of());
    for (int i = 1; i < steps && !world.reads.empty(); ++i) {
      const out::Read read = world.reads.front();
      world.reads.pop_front();
      world.feed(in::ReadDone{read.id, store::answer(*world.store, read.query)});
    }
    world.feed(in::Closed{visitor.conn});
    world.release_reads();
    EXPECT_EQ(world.shard->metrics().connections, 0u);
    EXPECT_EQ(world.shard->metrics().devices, 0u);
  }
}

TEST(RelayConnection, drains_after_the_commit) {
  World world;
  Client visitor = world.client(device(1));
  visitor.join();
  world.hold_commits = true;
  LogId log;
  visitor.publish(visitor.genesis(LogKind::main, 1, log));
  world.feed(in::Drain{});
  EXPECT_FALSE(world.shard->drained());
  world.release_commit();
  visitor.expect_published();
  EXPECT_EQ(visitor.closed, Errc::closed_draining);
  EXPECT_TRUE(world.shard->drained());
  Client late = world.client(device(2));
  late.connect();
  EXPECT_EQ(late.closed, Errc::closed_draining);
}

TEST(RelayCard, is_taken_from_the_desk_and_serves_who_waits) {
  World world(false);
  Client visitor = world.client(device(1));
  EXPECT_TRUE(visitor.join().card.empty());
  LogId log;
  visitor.publish(visitor.genesis(LogKind::main, 1, log));
  visitor.expect_error(Errc::not_member);
  Client desk = world.client(device(40));
  desk.join();
  world.hold_commits = true;
  desk.send(FrameKind::put_card, wire::PutCard{world.info.card});
  desk.expect_quiet();
  world.release_commit();
  world.hold_commits = false;
  for (Client* each : {&desk, &visitor}) {
    EXPECT_TRUE(same_bytes(each->expect<wire::Card>(FrameKind::card).card, world.info.card));
  }
  visitor.publish(visitor.genesis(LogKind::main, 2, log));
  EXPECT_EQ(visitor.expect_published().seq, 1u);
  EXPECT_EQ(desk.expect_deliver().log, log);
  EXPECT_FALSE(world.store->card(world.info.shop)->empty());
}

TEST(RelayCard, is_refused_from_others_and_when_old) {
  World world;
  Client visitor = world.client(device(1));
  visitor.join();
  world.sign_card(5);
  const Bytes fifth = world.info.card;
  visitor.send(FrameKind::put_card, wire::PutCard{fifth});
  visitor.expect_error(Errc::card_refused);
  Client desk = world.client(device(40));
  desk.join();
  desk.send(FrameKind::put_card, wire::PutCard{fifth});
  desk.expect<wire::Card>(FrameKind::card);
  visitor.expect<wire::Card>(FrameKind::card);
  desk.send(FrameKind::put_card, wire::PutCard{fifth});
  desk.expect<wire::Card>(FrameKind::card);
  world.sign_card(4);
  desk.send(FrameKind::put_card, wire::PutCard{world.info.card});
  desk.expect_error(Errc::card_refused);
  desk.send(FrameKind::put_card, wire::PutCard{});
  desk.expect_error(Errc::card_refused);
  visitor.expect_quiet();
}

TEST(RelayCard, closes_whom_it_revokes) {
  World world;
  Client desk = world.client(device(40));
  Client agent = world.client(device(2));
  desk.join();
  agent.join(world.certify(agent.keys));
  world.info.revoked = {agent.keys.self.id};
  world.sign_card(2);
  desk.send(FrameKind::put_card, wire::PutCard{world.info.card});
  EXPECT_EQ(agent.closed, Errc::closed_removed);
  agent.connect();
  agent.say(agent.hello_of(world.certify(agent.keys)));
  EXPECT_EQ(agent.closed, Errc::closed_removed);
}

TEST(RelayCard, tells_who_keeps_files_whose_right_has_ended) {
  World world;
  world.blob_bytes_max = 1;
  world.start();
  Client desk = world.client(device(40));
  Client agent = world.client(device(2));
  desk.join();
  ASSERT_TRUE(world.withdrawn) << "what the stored card says";
  EXPECT_TRUE(world.withdrawn->empty());
  agent.join(world.certify(agent.keys));
  world.info.revoked = {agent.keys.self.id};
  world.info.withdrawals = {{agent.keys.self.id, 5, 2}};
  world.sign_card(2);
  desk.send(FrameKind::put_card, wire::PutCard{world.info.card});
  ASSERT_EQ(world.withdrawn->size(), 2u);
  EXPECT_EQ(world.withdrawn->front().device, agent.keys.self.id);
  EXPECT_EQ(world.withdrawn->front().at_ms, 5u);
}

TEST(RelayCard, refuses_one_with_an_older_team_key_and_shows_its_own) {
  World world;
  Client desk = world.client(device(40));
  desk.join();
  world.info.team_version += 1;
  world.sign_card(2);
  const Bytes newest = world.info.card;
  desk.send(FrameKind::put_card, wire::PutCard{newest});
  desk.expect<wire::Card>(FrameKind::card);
  world.info.team_version -= 1;
  world.sign_card(3);
  desk.send(FrameKind::put_card, wire::PutCard{world.info.card});
  EXPECT_EQ(to_bytes(desk.expect<wire::Card>(FrameKind::card).card), newest);
  desk.expect_error(Errc::card_refused);
}

TEST(RelayCard, refuses_one_that_gives_the_number_of_its_team_key_to_another) {
  World world;
  Client desk = world.client(device(40));
  desk.join();
  const Bytes known = world.info.card;
  world.info.team_key = crypto::seal_pair(seed(71)).key;
  world.sign_card(2);
  desk.send(FrameKind::put_card, wire::PutCard{world.info.card});
  EXPECT_EQ(to_bytes(desk.expect<wire::Card>(FrameKind::card).card), known);
  desk.expect_error(Errc::card_refused);
}

TEST(RelayCard, lets_a_removed_device_in_as_one_visitor_more_so_that_it_may_be_invited_again) {
  World world;
  world.info.revoked = {device(2).self.id};
  world.sign_card(2);
  Client desk = world.client(device(40));
  desk.join();
  desk.send(FrameKind::put_card, wire::PutCard{world.info.card});
  Client agent = world.client(device(2));
  agent.join();
  EXPECT_EQ(agent.closed, Errc::none);
}

TEST(RelayCard, tells_whose_certificate_was_withdrawn_why_and_takes_a_later_one) {
  World world;
  Client desk = world.client(device(40));
  Client agent = world.client(device(2));
  desk.join();
  const Bytes former = world.certify(agent.keys);
  agent.join(former);
  world.info.withdrawals = {{agent.keys.self.id, 1000}};
  world.sign_card(2);
  desk.send(FrameKind::put_card, wire::PutCard{world.info.card});
  EXPECT_EQ(agent.closed, Errc::closed_certificate);
  agent.frames.clear();
  agent.connect();
  agent.say(agent.hello_of(former));
  EXPECT_EQ(agent.closed, Errc::closed_certificate);
  agent.expect<wire::Card>(FrameKind::card);
  agent.join(make_agent_certificate(world.desk_keys, world.info.shop, agent.keys.self.id, 3, 1001,
                                    2'000'000));
  EXPECT_EQ(agent.closed, Errc::none);
}

}  // namespace
}  // namespace shopbell::relay::testing
