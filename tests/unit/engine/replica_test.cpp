// A device's copy of a log: what it takes, what it refuses (docs/PROTOCOL.md section 3).
#include "store/keys.h"
#include "unit/engine/script.h"

namespace shopbell::testing {
namespace {

// The desk has said `count` things that the visitor has not heard of.
struct Unheard {
  Talk talk;
  DeskPen desk{talk.world};

  explicit Unheard(int count = 3) {
    for (int i = 0; i < count; ++i) say("answer " + std::to_string(i + 1));
    talk.world.relay.peers[0].out.clear();
    talk.visitor.forget();
  }
  void say(const std::string& text) {
    EXPECT_EQ(talk.world.relay.place(desk.message(talk.log, text).bytes), Errc::none);
  }
  void deliver(std::uint64_t seq, const std::function<void(wire::Deliver&)>& change = {}) {
    wire::Deliver frame = talk.world.relay.deliver_of(talk.log, seq);
    if (change) change(frame);
    talk.visitor.receive_frame(frame);
  }
};

const std::vector<std::string> three{"answer 1", "answer 2", "answer 3"};

TEST(EngineReplica, what_comes_in_order_is_shown_in_order_after_it_is_stored) {
  Unheard unheard;
  unheard.deliver(4);
  EXPECT_TRUE(unheard.talk.visitor.texts().empty());
  unheard.talk.visitor.write_all();
  EXPECT_EQ(unheard.talk.visitor.texts().size(), 1u);
  unheard.deliver(5);
  unheard.deliver(6);
  unheard.talk.world.run();
  EXPECT_EQ(unheard.talk.visitor.texts(), three);
  EXPECT_TRUE(unheard.talk.visitor.sent<wire::Fetch>().empty());
}

TEST(EngineReplica, a_gap_is_fetched_and_shown_in_order) {
  Unheard unheard;
  unheard.deliver(6);
  ASSERT_EQ(unheard.talk.visitor.sent<wire::Fetch>().size(), 1u);
  EXPECT_EQ(unheard.talk.visitor.sent<wire::Fetch>()[0].from, 4u);
  EXPECT_EQ(unheard.talk.visitor.sent<wire::Fetch>()[0].to, 6u);
  unheard.talk.world.run();
  EXPECT_EQ(unheard.talk.visitor.texts(), three);
}

TEST(EngineReplica, a_long_gap_is_fetched_page_by_page_while_news_come_in) {
  Unheard unheard(10);
  unheard.deliver(13);
  unheard.say("answer 11");
  unheard.talk.world.run();
  EXPECT_EQ(unheard.talk.visitor.texts().size(), 11u);
  EXPECT_EQ(unheard.talk.visitor.texts().back(), "answer 11");
}

TEST(EngineReplica, duplicates_are_ignored) {
  Unheard unheard;
  for (const std::uint64_t seq : {4u, 4u, 5u, 4u, 1u, 5u, 6u, 6u}) unheard.deliver(seq);
  unheard.talk.world.run();
  EXPECT_EQ(unheard.talk.visitor.texts(), three);
}

TEST(EngineReplica, what_was_missed_is_fetched_after_a_reload) {
  Unheard unheard;
  unheard.talk.world.crash(0);
  unheard.talk.world.run();
  EXPECT_EQ(unheard.talk.visitor.texts(), three);
}

TEST(EngineReplica, history_shows_the_same_texts_as_were_shown) {
  Unheard unheard;
  unheard.talk.world.crash(0);
  unheard.talk.world.run();
  unheard.talk.visitor.forget();
  wire::OpenLog open;
  open.log = unheard.talk.log;
  open.limit = 50;
  unheard.talk.visitor.command(open);
  unheard.talk.world.run();
  EXPECT_EQ(unheard.talk.visitor.texts(),
            (std::vector<std::string>{"one", "answer 1", "answer 2", "answer 3"}));
  const auto end = unheard.talk.visitor.shown<wire::HistoryEnd>();
  ASSERT_EQ(end.size(), 1u);
  EXPECT_FALSE(end[0].more);
  EXPECT_EQ(end[0].first_seq, 1u);
}

TEST(EngineReplica, an_own_message_that_gets_its_place_while_a_page_is_read_stands_on_it) {
  Talk talk;
  Host& visitor = talk.visitor;
  Bytes envelope;
  talk.world.relay.instead = [&](std::size_t, wire::FrameKind kind, BytesView body) {
    if (kind != wire::FrameKind::publish) return false;
    envelope = to_bytes(codec::decode<wire::Publish>(body)->envelope);
    return true;
  };
  talk.say("two", 2);
  talk.world.run();
  visitor.forget();
  wire::OpenLog open;
  open.log = talk.log;
  open.limit = 50;
  visitor.command(open);
  const Disk disk = visitor.disk;
  ASSERT_EQ(visitor.reads.size(), 1u);
  const Host::Read read = visitor.reads.front();
  visitor.reads.pop_front();
  ASSERT_EQ(talk.world.relay.place(envelope), Errc::none);
  visitor.receive_frame(talk.world.relay.published_of(talk.log, 4));
  visitor.write_all();
  std::vector<in::Record> records;
  for (auto it = disk.rbegin(); it != disk.rend(); ++it) {
    if (it->first >= read.from && it->first < read.to) records.push_back({it->first, it->second});
  }
  ASSERT_EQ(records.size(), 3u) << "read before the message had its place";
  visitor.feed(in::Loaded{read.id, records});
  talk.world.run();
  EXPECT_EQ(visitor.texts(), (std::vector<std::string>{"one", "two"}));
  const auto end = visitor.shown<wire::HistoryEnd>();
  ASSERT_EQ(end.size(), 1u);
  EXPECT_EQ(end[0].last_seq, 4u);
}

TEST(EngineReplica, who_pages_through_a_log_is_shown_its_end_after_a_long_absence) {
  constexpr std::uint64_t missed = limits::shown_one_by_one_max + 200;
  constexpr std::uint64_t last = missed + 3;
  Unheard unheard(0);
  auto& visitor = unheard.talk.visitor;
  wire::OpenLog open;
  open.log = unheard.talk.log;
  open.limit = 50;
  open.paged = true;
  visitor.command(open);
  unheard.talk.world.run();
  for (std::uint64_t i = 0; i < missed; ++i) unheard.say("answer");
  unheard.talk.world.relay.peers[0].out.clear();
  visitor.forget();
  unheard.deliver(last);
  unheard.talk.world.run();
  const auto shown = visitor.shown<wire::MessageEvent>();
  ASSERT_EQ(shown.size(), 50u);
  EXPECT_TRUE(std::all_of(shown.begin(), shown.end(), [](auto& each) { return each.history; }));
  const auto end = visitor.shown<wire::HistoryEnd>();
  ASSERT_EQ(end.size(), 1u);
  EXPECT_EQ(end[0].last_seq, last);
  EXPECT_TRUE(end[0].more);
  EXPECT_EQ(visitor.shown<wire::LogChanged>().back().unread, missed);
  unheard.say("again one by one");
  unheard.talk.world.run();
  EXPECT_FALSE(visitor.shown<wire::MessageEvent>().back().history);
}

TEST(EngineReplica, an_end_that_never_comes_hides_nothing_that_came) {
  Unheard unheard(3);
  wire::OpenLog open;
  open.log = unheard.talk.log;
  open.limit = 50;
  open.paged = true;
  unheard.talk.visitor.command(open);
  unheard.talk.world.run();
  unheard.talk.visitor.forget();
  Relay& relay = unheard.talk.world.relay;
  relay.instead = [&](std::size_t who, wire::FrameKind kind, BytesView body) {
    if (kind != wire::FrameKind::fetch) return false;
    const Result<wire::Fetch> fetch = codec::decode<wire::Fetch>(body);
    wire::Page page;
    page.log = fetch->log;
    page.from = fetch->from;
    page.head_seq = 1'000'000;
    for (std::uint64_t seq = fetch->from; seq <= 6; ++seq) {
      page.items.push_back(relay.deliver_of(fetch->log, seq));
    }
    relay.send(who, page);
    return true;
  };
  unheard.deliver(6, [](wire::Deliver& frame) { frame.seq = 1'000'000; });
  unheard.talk.world.run();
  EXPECT_EQ(unheard.talk.visitor.texts().back(), "answer 3");
  EXPECT_FALSE(unheard.talk.visitor.shown<wire::LogChanged>().back().in_sync);
}

// Keeps its views only as long as the texts that are given.
wire::Send amendment(Talk& talk, std::uint64_t ref, wire::ContentKind kind, BytesView text) {
  const wire::Header target = open_envelope(talk.at_relay().entries.at(2).envelope)->header;
  wire::Send send = send_text(talk.log, ref, text);
  send.kind = static_cast<std::uint64_t>(kind);
  send.target_author = target.author;
  send.target_counter = target.counter;
  send.target_seq = 3;
  return send;
}

TEST(EngineReplica, an_older_page_brings_what_changes_its_messages) {
  Talk talk("one");
  for (std::uint64_t ref = 2; ref < 8; ++ref) talk.say("more", ref);
  const Bytes text = text_content("ONE");
  talk.visitor.command(amendment(talk, 20, wire::ContentKind::edit, text));
  talk.visitor.command(amendment(talk, 21, wire::ContentKind::recall, {}));
  talk.say("last", 9);
  talk.world.run();
  talk.world.crash(0);
  talk.world.run();
  talk.visitor.forget();
  wire::LoadHistory load;
  load.log = talk.log;
  load.before_seq = 5;
  load.limit = 3;
  talk.visitor.command(load);
  talk.world.run();
  std::vector<std::uint64_t> kinds;
  for (const auto& event : talk.visitor.shown<wire::MessageEvent>()) {
    EXPECT_TRUE(event.history);
    kinds.push_back(event.kind);
  }
  EXPECT_EQ(kinds, (std::vector<std::uint64_t>{1, 1, 4, 5}));
  const auto end = talk.visitor.shown<wire::HistoryEnd>();
  ASSERT_EQ(end.size(), 1u);
  EXPECT_EQ(end[0].first_seq, 2u);
  EXPECT_EQ(end[0].last_seq, 4u);
  EXPECT_FALSE(end[0].at_end);

  // The newest page has them in their places, once.
  talk.visitor.forget();
  load.before_seq = 0;
  load.limit = 50;
  talk.visitor.command(load);
  talk.world.run();
  EXPECT_EQ(talk.visitor.shown<wire::MessageEvent>().size(), 10u);
  EXPECT_TRUE(talk.visitor.shown<wire::HistoryEnd>().at(0).at_end);
}

TEST(EngineReplica, a_reaction_is_no_unread_message) {
  Talk talk;
  DeskPen desk{talk.world};
  const auto kind = static_cast<std::uint64_t>(wire::ContentKind::reaction);
  EXPECT_EQ(talk.world.relay.place(desk.message(talk.log, "answer").bytes), Errc::none);
  EXPECT_EQ(talk.world.relay.place(desk.message(talk.log, "", {}, kind).bytes), Errc::none);
  talk.world.run();
  EXPECT_EQ(talk.visitor.shown<wire::LogChanged>().back().unread, 1u);
}

TEST(EngineReplica, names_each_kind_of_forgery_and_stops_the_log) {
  struct Case {
    Errc error;
    std::function<void(wire::Header&)> change;
  };
  const std::vector<Case> cases{
      {Errc::chain_broken, [](wire::Header& header) { header.counter += 1; }},
      {Errc::chain_broken, [](wire::Header& header) { header.previous.data[0] ^= 1; }},
      {Errc::chain_broken, [](wire::Header& header) { header.seen_seq = 9; }},
      {Errc::forked, [](wire::Header& header) { header.seen_chain.data[0] ^= 1; }},
      {Errc::chain_broken, [](wire::Header& header) { header.log.data[0] ^= 1; }},
  };
  for (const Case& each : cases) {
    Unheard unheard(1);
    const SignedEnvelope bad = unheard.desk.message(unheard.talk.log, "bad", each.change);
    unheard.deliver(4);
    unheard.deliver(4, [&](wire::Deliver& frame) {
      frame.seq = 5;
      frame.envelope = bad.bytes;
    });
    unheard.talk.world.run();
    EXPECT_TRUE(unheard.talk.visitor.has_shown(each.error)) << static_cast<int>(each.error);
    EXPECT_EQ(unheard.talk.visitor.texts(), (std::vector<std::string>{"answer 1"}));
    // The rest of this log is not taken any more, also after a reload; and that is said again.
    unheard.talk.visitor.forget();
    unheard.say("after");
    unheard.talk.world.crash(0);
    unheard.talk.world.run();
    EXPECT_TRUE(unheard.talk.visitor.texts().empty());
    EXPECT_TRUE(unheard.talk.visitor.has_shown(each.error)) << static_cast<int>(each.error);
  }
}

TEST(EngineReplica, a_changed_header_is_a_bad_signature_whatever_was_changed) {
  Unheard unheard(1);
  Bytes bytes = unheard.talk.at_relay().entries[3].envelope;
  const Hash seen = open_envelope(bytes)->header.seen_chain;
  const auto at = std::search(bytes.begin(), bytes.end(), seen.data.begin(), seen.data.end());
  ASSERT_NE(at, bytes.end());
  *at ^= 1;
  unheard.deliver(4, [&](wire::Deliver& frame) { frame.envelope = bytes; });
  unheard.talk.world.run();
  EXPECT_TRUE(unheard.talk.visitor.has_shown(Errc::bad_signature));
  EXPECT_FALSE(unheard.talk.visitor.has_shown(Errc::forked));
}

TEST(EngineReplica, time_that_falls_breaks_the_chain) {
  Unheard unheard(1);
  unheard.deliver(4, [](wire::Deliver& frame) { frame.time_ms -= 1; });
  unheard.talk.world.run();
  EXPECT_TRUE(unheard.talk.visitor.has_shown(Errc::chain_broken));
}

TEST(EngineReplica, another_time_than_the_others_saw_is_found_with_the_next_entry) {
  Unheard unheard(2);
  unheard.deliver(4, [](wire::Deliver& frame) { frame.time_ms += 1; });
  unheard.deliver(5, [](wire::Deliver& frame) { frame.time_ms += 1; });
  unheard.talk.world.run();
  EXPECT_TRUE(unheard.talk.visitor.has_shown(Errc::forked));
  EXPECT_EQ(unheard.talk.visitor.texts(), (std::vector<std::string>{"answer 1"}));
}

TEST(EngineReplica, a_stranger_is_kept_and_shown_as_not_from_the_shop_and_not_opened) {
  Unheard unheard(1);
  unheard.deliver(4);
  const Relay::Log& log = unheard.talk.at_relay();
  wire::Header header = unheard.desk.header(unheard.talk.log, EnvelopeClass::message);
  header.author = unheard.talk.world.shop.stranger.self.id;
  header.counter = 1;
  header.previous = {};
  header.epoch = log.epoch;
  header.commitment = log.commitment;
  wire::InnerBody inner;
  inner.kind = 1;
  inner.fallback = "buy here";
  const SignedEnvelope envelope = make_envelope(
      unheard.talk.world.shop.stranger, header,
      seal_body(unheard.desk.rng, unheard.desk.epoch_key(unheard.talk.log), header, inner));
  unheard.deliver(4, [&](wire::Deliver& frame) {
    frame.seq = 5;
    frame.envelope = envelope.bytes;
  });
  unheard.talk.world.run();
  const auto shown = unheard.talk.visitor.shown<wire::MessageEvent>();
  ASSERT_EQ(shown.size(), 2u);
  EXPECT_EQ(shown[1].author_class, 4u);
  EXPECT_EQ(shown[1].problem, static_cast<std::uint64_t>(Errc::not_a_member));
  EXPECT_TRUE(shown[1].content.empty());
  EXPECT_TRUE(shown[1].fallback.empty());
}

TEST(EngineReplica, an_unknown_kind_of_content_is_shown_with_its_fallback) {
  Unheard unheard(0);
  const SignedEnvelope envelope = unheard.desk.message(unheard.talk.log, "a hologram", {}, 4711);
  ASSERT_EQ(unheard.talk.world.relay.place(envelope.bytes), Errc::none);
  unheard.talk.world.run();
  const auto shown = unheard.talk.visitor.shown<wire::MessageEvent>();
  ASSERT_EQ(shown.size(), 1u);
  EXPECT_EQ(shown[0].kind, 4711u);
  EXPECT_EQ(shown[0].fallback, "a hologram");
  EXPECT_EQ(shown[0].problem, 0u);
}

TEST(EngineReplica, a_relay_without_the_page_it_speaks_of_is_not_asked_without_end) {
  Unheard unheard(1);
  unheard.talk.world.relay.instead = [&](std::size_t who, wire::FrameKind kind, BytesView) {
    if (kind != wire::FrameKind::fetch) return false;
    wire::Page page;
    page.log = unheard.talk.log;
    page.from = 4;
    page.head_seq = 4;
    unheard.talk.world.relay.send(who, page);
    return true;
  };
  unheard.deliver(4, [](wire::Deliver& frame) { frame.seq = 7; });
  unheard.talk.world.run();
  EXPECT_LE(unheard.talk.visitor.sent<wire::Fetch>().size(), 2u);
}

// The relay answers the next fetch with its page and this word for a place.
void witness(Unheard& unheard, const std::function<void(wire::CheckpointBody&)>& change,
             const crypto::SignPair& signer) {
  Relay& relay = unheard.talk.world.relay;
  relay.instead = [&, change](std::size_t who, wire::FrameKind kind, BytesView body) {
    if (kind != wire::FrameKind::fetch) return false;
    const Result<wire::Fetch> fetch = codec::decode<wire::Fetch>(body);
    wire::Page page;
    page.log = fetch->log;
    page.from = fetch->from;
    page.head_seq = unheard.talk.at_relay().entries.size();
    for (std::uint64_t seq = fetch->from; seq <= page.head_seq; ++seq) {
      page.items.push_back(relay.deliver_of(fetch->log, seq));
    }
    wire::CheckpointBody place;
    place.shop = relay.shop;
    place.log = fetch->log;
    place.seq = page.head_seq;
    place.chain = relay.published_of(fetch->log, page.head_seq).chain;
    place.generation = 1;
    change(place);
    const Bytes checkpoint = make_checkpoint(signer, place);
    page.checkpoint = checkpoint;
    relay.send(who, page);
    return true;
  };
  unheard.deliver(6);
  unheard.talk.world.run();
}

TEST(EngineReplica, a_checkpoint_that_agrees_is_kept) {
  Unheard unheard;
  witness(
      unheard, [](wire::CheckpointBody&) {}, unheard.talk.world.relay.keys);
  EXPECT_EQ(unheard.talk.visitor.texts(), three);
  EXPECT_EQ(unheard.talk.visitor.disk.count(store::checkpoint_key(unheard.talk.log)), 1u);
}

TEST(EngineReplica, a_checkpoint_of_another_story_stops_the_log) {
  Unheard unheard;
  witness(
      unheard, [](wire::CheckpointBody& place) { place.chain.data[0] ^= 1; },
      unheard.talk.world.relay.keys);
  EXPECT_TRUE(unheard.talk.visitor.has_shown(Errc::forked));
  EXPECT_EQ(unheard.talk.visitor.disk.count(store::checkpoint_key(unheard.talk.log)), 0u);
}

TEST(EngineReplica, a_checkpoint_by_another_key_or_for_another_log_is_named_and_not_kept) {
  const crypto::SignPair other = crypto::sign_pair(key_of(99));
  Unheard forged;
  witness(
      forged, [](wire::CheckpointBody&) {}, other);
  EXPECT_TRUE(forged.talk.visitor.has_shown(Errc::bad_signature));
  EXPECT_EQ(forged.talk.visitor.texts(), three);
  Unheard strange;
  witness(
      strange, [](wire::CheckpointBody& place) { place.log.data[0] ^= 1; },
      strange.talk.world.relay.keys);
  EXPECT_TRUE(strange.talk.visitor.has_shown(Errc::malformed));
  EXPECT_EQ(strange.talk.visitor.disk.count(store::checkpoint_key(strange.talk.log)), 0u);
}

}  // namespace
}  // namespace shopbell::testing
