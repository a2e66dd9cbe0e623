// The checks of docs/PROTOCOL.md 7.9 in their order, and what holds around a commit.
#include "unit/relay/world.h"

namespace shopbell::relay::testing {
namespace {

using wire::FrameKind;

struct RelayPublish : ::testing::Test {
  World world;
  Client visitor = world.client(device(1));
  Client desk = world.client(device(40));
  LogId log;

  void SetUp() override {
    visitor.join();
    desk.join();
    log = visitor.begin_log();
    desk.expect_deliver();
    desk.expect_deliver();
  }
};

TEST_F(RelayPublish, answers_and_delivers_only_what_is_durable) {
  world.hold_commits = true;
  const SignedEnvelope envelope = visitor.message(log);
  visitor.publish(envelope);
  visitor.expect_quiet();
  desk.expect_quiet();
  world.release_commit();
  const auto published = visitor.expect_published();
  EXPECT_EQ(published.seq, 3u);
  EXPECT_EQ(published.counter, 3u);
  EXPECT_EQ(published.envelope_hash, envelope.hash);
  const auto deliver = desk.expect_deliver();
  EXPECT_EQ(deliver.seq, 3u);
  EXPECT_EQ(deliver.time_ms, published.time_ms);
  EXPECT_TRUE(same_bytes(deliver.envelope, envelope.bytes));
}

TEST_F(RelayPublish, chains_each_entry_to_the_former) {
  Hash chain = chain_start(world.info.shop, log);
  auto entries = world.store->read_page(log, 1, 2, 1 << 20);
  for (const store::Entry& entry : *entries) {
    chain = chain_next(chain, entry.seq, entry.time_ms, open_envelope(entry.envelope)->hash);
  }
  const SignedEnvelope envelope = visitor.message(log);
  visitor.publish(envelope);
  const auto published = visitor.expect_published();
  EXPECT_EQ(published.chain, chain_next(chain, 3, published.time_ms, envelope.hash));
}

TEST_F(RelayPublish, time_never_falls_within_a_log) {
  visitor.publish(visitor.message(log));
  const std::uint64_t before = visitor.expect_published().time_ms;
  world.now_ms -= 5000;
  world.feed(in::Tick{world.now_ms});
  visitor.publish(visitor.message(log));
  EXPECT_EQ(visitor.expect_published().time_ms, before);
}

TEST_F(RelayPublish, packs_a_burst_into_one_commit_and_one_message) {
  world.hold_commits = true;
  Bytes burst;
  for (int i = 0; i < 10; ++i) {
    append(burst, framed(FrameKind::publish, wire::Publish{visitor.message(log).bytes}));
  }
  visitor.send_bytes(burst);
  const std::size_t to_visitor = visitor.messages;
  const std::size_t to_desk = desk.messages;
  ASSERT_EQ(world.commits.size(), 1u);
  world.release_commit();
  EXPECT_TRUE(world.commits.empty());
  EXPECT_EQ(visitor.messages, to_visitor + 1);
  EXPECT_EQ(desk.messages, to_desk + 1);
  for (std::uint64_t seq = 3; seq < 13; ++seq) {
    EXPECT_EQ(visitor.expect_published().seq, seq);
    EXPECT_EQ(desk.expect_deliver().seq, seq);
  }
}

TEST_F(RelayPublish, has_one_commit_under_way) {
  world.hold_commits = true;
  for (int i = 0; i < 3; ++i) visitor.publish(visitor.message(log));
  ASSERT_EQ(world.commits.size(), 1u);
  EXPECT_EQ(world.commits.front().batch->envelopes.size(), 1u);
  world.release_commit();
  ASSERT_EQ(world.commits.size(), 1u);
  EXPECT_EQ(world.commits.front().batch->envelopes.size(), 2u);
  EXPECT_EQ(visitor.frames.size(), 1u);
  world.release_commit();
  EXPECT_EQ(visitor.frames.size(), 3u);
}

TEST_F(RelayPublish, a_repeat_gets_the_first_answer) {
  const SignedEnvelope envelope = visitor.message(log);
  visitor.publish(envelope);
  const auto first = visitor.expect_published();
  visitor.publish(visitor.message(log));
  visitor.expect_published();
  world.tick(10);
  visitor.publish(envelope);
  const auto again = visitor.expect_published();
  EXPECT_EQ(again.seq, first.seq);
  EXPECT_EQ(again.time_ms, first.time_ms);
  EXPECT_EQ(again.chain, first.chain);
  EXPECT_EQ(again.envelope_hash, first.envelope_hash);
  EXPECT_EQ(world.store->read_log(log)->seq, 4u);
  EXPECT_EQ(world.shard->metrics().envelopes_repeated, 1u);
}

TEST_F(RelayPublish, a_repeat_of_what_is_pending_waits_for_it) {
  world.hold_commits = true;
  const SignedEnvelope envelope = visitor.message(log);
  visitor.publish(envelope);
  visitor.publish(envelope);
  visitor.expect_quiet();
  world.release_commit();
  EXPECT_EQ(visitor.expect_published().seq, 3u);
  EXPECT_EQ(visitor.expect_published().seq, 3u);
  EXPECT_TRUE(world.commits.empty());
}

TEST_F(RelayPublish, a_repeat_after_a_restart_gets_the_first_answer) {
  const SignedEnvelope envelope = visitor.message(log);
  visitor.publish(envelope);
  const Hash chain = visitor.expect_published().chain;
  world.start();
  const auto welcome = visitor.join();
  ASSERT_EQ(welcome.heads.size(), 1u);
  EXPECT_EQ(welcome.heads[0].seq, 3u);
  EXPECT_EQ(welcome.heads[0].counter, 3u);
  visitor.publish(envelope);
  EXPECT_EQ(visitor.expect_published().chain, chain);
  visitor.publish(visitor.message(log));
  EXPECT_EQ(visitor.expect_published().seq, 4u);
}

TEST_F(RelayPublish, other_bytes_of_one_id_are_told_the_truth) {
  const auto before = visitor.places[log];
  const SignedEnvelope kept = visitor.message(log);
  visitor.publish(kept);
  visitor.expect_published();
  visitor.places[log] = before;
  visitor.publish(visitor.message(log, 99));
  const auto error = visitor.expect_error(Errc::id_taken);
  EXPECT_EQ(error.envelope_hash, kept.hash);
  EXPECT_EQ(error.counter, 3u);
  EXPECT_EQ(error.log, log);
}

TEST_F(RelayPublish, nothing_that_has_seen_more_than_is_here_gets_a_place) {
  wire::Header header;
  header.envelope_class = 1;
  header.epoch = world.epochs[log];
  header.commitment = world.commitments[log];
  header.seen_seq = world.store->read_log(log)->seq + 1;
  visitor.publish(visitor.envelope(log, header, Bytes(80, 1)));
  visitor.expect_error(Errc::counter_gap);
}

TEST_F(RelayPublish, a_gap_holds_up_all_behind_it) {
  const SignedEnvelope third = visitor.message(log);
  const SignedEnvelope fourth = visitor.message(log);
  const SignedEnvelope fifth = visitor.message(log);
  visitor.publish(fourth);
  EXPECT_EQ(visitor.expect_error(Errc::counter_gap).counter, 4u);
  visitor.publish(fifth);
  visitor.expect_error(Errc::counter_gap);
  for (const auto* one : {&third, &fourth, &fifth}) {
    visitor.publish(*one);
    visitor.expect_published();
  }
}

TEST_F(RelayPublish, previous_must_name_the_last) {
  visitor.places[log].last = filled<Hash>(1);
  visitor.publish(visitor.message(log));
  visitor.expect_error(Errc::envelope_bad);
}

TEST_F(RelayPublish, the_author_is_the_connections_device) {
  Client other = world.client(device(2));
  other.join();
  other.publish(visitor.message(log));
  other.expect_error(Errc::not_member);
}

TEST_F(RelayPublish, spoiled_envelopes_are_refused) {
  const SignedEnvelope envelope = visitor.message(log);
  SignedEnvelope spoiled = envelope;
  spoiled.bytes.back() ^= 1;  // of the body, whose digest stands in the header
  visitor.publish(spoiled);
  visitor.expect_error(Errc::envelope_bad);
  spoiled.bytes = {1, 2, 3};
  visitor.publish(spoiled);
  visitor.expect_error(Errc::envelope_bad);
  visitor.publish(envelope);
  visitor.expect_published();
}

TEST_F(RelayPublish, strangers_may_not_write) {
  Client other = world.client(device(2));
  other.join();
  other.publish(other.message(log));
  other.expect_error(Errc::not_member);
  const LogId nowhere = filled<LogId>(9);
  world.epochs[nowhere] = 1;
  world.commitments[nowhere] = filled<Hash>(1);
  other.publish(other.message(nowhere));
  other.expect_error(Errc::no_such_log);
}

TEST_F(RelayPublish, an_old_epoch_is_closed) {
  const SignedEnvelope late = visitor.message(log);
  const std::uint64_t epoch = world.epochs[log];
  desk.publish(desk.grant(log, world.fold_of(log), epoch + 1));
  desk.expect_published();
  visitor.expect_deliver();
  visitor.publish(late);
  visitor.expect_error(Errc::epoch_closed);
}

TEST_F(RelayPublish, who_does_not_know_of_the_newest_team_key_seals_again) {
  world.info.team_since = 2;
  world.sign_card(2);
  desk.send(FrameKind::put_card, wire::PutCard{world.info.card});
  visitor.expect<wire::Card>(FrameKind::card);
  visitor.publish(visitor.message(log));
  visitor.expect_error(Errc::epoch_closed);
}

TEST_F(RelayPublish, of_two_grants_one_is_taken) {
  const Fold fold = world.fold_of(log);
  const SignedEnvelope mine = visitor.grant(log, fold, 2);
  const SignedEnvelope theirs = desk.grant(log, fold, 2);
  desk.publish(theirs);
  desk.expect_published();
  visitor.expect_deliver();
  visitor.publish(mine);
  visitor.expect_error(Errc::grant_taken);
}

TEST_F(RelayPublish, a_grant_must_be_valid_and_signed) {
  const auto before = visitor.places[log];
  visitor.publish(visitor.grant(log, world.fold_of(log), 5));
  visitor.expect_error(Errc::grant_refused);
  visitor.places[log] = before;
  SignedEnvelope forged = visitor.grant(log, world.fold_of(log), 2);
  auto outer = *codec::decode<wire::Envelope>(forged.bytes);
  outer.signature.data[0] ^= 1;
  forged.bytes = codec::encode(outer);
  visitor.publish(forged);
  visitor.expect_error(Errc::envelope_bad);
}

TEST_F(RelayPublish, a_log_begins_once) {
  LogId same;
  const SignedEnvelope again = [&] {
    visitor.genesis(LogKind::main, 1, same);
    wire::Header header;
    header.envelope_class = 3;
    visitor.places[log].counter = 2;
    visitor.places[log].last = {};
    auto page = world.store->read_page(log, 2, 2, 1 << 20);
    visitor.places[log].last = open_envelope(page->front().envelope)->hash;
    return visitor.envelope(
        log, header,
        make_genesis_body(world.info.shop, LogKind::main, filled<Hash>(1), visitor.keys.self, {}));
  }();
  EXPECT_EQ(same, log);
  visitor.publish(again);
  visitor.expect_error(Errc::log_exists);
}

TEST_F(RelayPublish, only_the_desk_makes_shop_and_team_logs) {
  LogId made;
  visitor.publish(visitor.genesis(LogKind::team, 9, made));
  visitor.expect_error(Errc::not_member);
  desk.publish(desk.genesis(LogKind::team, 9, made));
  desk.expect_published();
}

TEST_F(RelayPublish, erase_is_not_supported_yet) {
  wire::Header header;
  header.envelope_class = 4;
  visitor.publish(visitor.envelope(log, header, Bytes(3, 1)));
  visitor.expect_error(Errc::class_refused);
}

TEST_F(RelayPublish, new_logs_have_a_quota_that_fills_again) {
  LogId made;
  for (std::size_t i = 1; i < world.limits.new_logs_per_minute_max; ++i) {
    visitor.publish(visitor.genesis(LogKind::main, static_cast<std::uint8_t>(10 + i), made));
    visitor.expect_published();
  }
  const SignedEnvelope late = visitor.genesis(LogKind::main, 99, made);
  visitor.publish(late);
  EXPECT_GT(visitor.expect_error(Errc::quota).retry_ms, 0u);
  world.tick(10'000);
  world.tick(10'000);
  for (int i = 0; i < 6; ++i) {
    visitor.send(FrameKind::ping, wire::Ping{1});
    visitor.frames.clear();
    world.tick(10'000);
  }
  visitor.frames.clear();
  visitor.publish(late);
  visitor.expect_published();
}

TEST_F(RelayPublish, an_agent_writes_after_his_join) {
  Client agent = world.client(device(2));
  const Bytes certificate = world.certify(agent.keys);
  agent.join(certificate);
  agent.publish(agent.message(log));
  agent.expect_error(Errc::not_member);
  agent.places.clear();
  wire::Header header;
  header.envelope_class = 3;
  agent.publish(agent.envelope(log, header, make_join_body(agent.keys.self, certificate)));
  agent.expect_published();
  visitor.expect_deliver();
  agent.publish(agent.message(log));
  EXPECT_EQ(agent.expect_published().seq, 4u);
  EXPECT_EQ(visitor.expect_deliver().seq, 4u);
}

TEST_F(RelayPublish, a_failed_commit_is_told_and_forgotten) {
  for (Errc code : {Errc::store_full, Errc::store_failed}) {
    world.hold_commits = true;
    const auto before = visitor.places[log];
    const SignedEnvelope first = visitor.message(log);
    const SignedEnvelope second = visitor.message(log);
    visitor.publish(first);
    visitor.publish(second);
    visitor.publish(first);
    world.fail_commit(code);
    const Errc told = code == Errc::store_full ? Errc::store_full : Errc::busy;
    EXPECT_GT(visitor.expect_error(told).retry_ms, 0u);
    EXPECT_EQ(visitor.expect_error(told).counter, before.counter + 2);
    desk.expect_quiet();
    // The repeat found its envelope gone and takes its place.
    ASSERT_EQ(world.commits.size(), 1u);
    world.release_commit();
    world.hold_commits = false;
    EXPECT_EQ(visitor.expect_published().counter, before.counter + 1);
    visitor.publish(second);
    EXPECT_EQ(visitor.expect_published().counter, before.counter + 2);
    desk.expect_deliver();
    desk.expect_deliver();
  }
  EXPECT_EQ(world.shard->metrics().commits_failed, 2u);
}

TEST_F(RelayPublish, a_log_whose_beginning_failed_begins_again) {
  world.hold_commits = true;
  LogId made;
  const SignedEnvelope genesis = visitor.genesis(LogKind::main, 33, made);
  visitor.publish(genesis);
  world.fail_commit(Errc::store_full);
  visitor.expect_error(Errc::store_full);
  world.hold_commits = false;
  visitor.publish(genesis);
  EXPECT_EQ(visitor.expect_published().seq, 1u);
  desk.expect_deliver();
}

TEST_F(RelayPublish, the_answer_follows_the_device_to_its_new_connection) {
  world.hold_commits = true;
  visitor.publish(visitor.message(log));
  Client again = world.client(device(1));
  const auto welcome = again.join();
  EXPECT_EQ(visitor.closed, Errc::closed_replaced);
  EXPECT_EQ(welcome.heads[0].seq, 2u);
  EXPECT_EQ(welcome.heads[0].counter, 2u);
  world.release_commit();
  EXPECT_EQ(again.expect_published().seq, 3u);
  EXPECT_EQ(desk.expect_deliver().seq, 3u);
}

TEST_F(RelayPublish, too_much_in_flight_is_busy) {
  world.limits.publishes_in_flight_max = 3;
  world.start();
  visitor.join();
  world.hold_commits = true;
  for (int i = 0; i < 3; ++i) visitor.publish(visitor.message(log));
  const SignedEnvelope fourth = visitor.message(log);
  visitor.publish(fourth);
  EXPECT_GT(visitor.expect_error(Errc::busy).retry_ms, 0u);
  world.release_commit();
  world.release_commit();
  visitor.frames.clear();
  world.hold_commits = false;
  visitor.publish(fourth);
  visitor.expect_published();
}

TEST_F(RelayPublish, a_fold_that_lags_is_loaded_with_its_tail) {
  world.limits.fold_lag_max = 4;
  world.start();
  visitor.join();
  for (int i = 0; i < 11; ++i) {
    visitor.publish(visitor.message(log));
    visitor.expect_published();
  }
  EXPECT_LT(world.store->read_log(log)->tail.size(), 4u);
  world.start();
  EXPECT_EQ(visitor.join().heads[0].counter, 13u);
  visitor.publish(visitor.message(log));
  EXPECT_EQ(visitor.expect_published().seq, 14u);
}

}  // namespace
}  // namespace shopbell::relay::testing
