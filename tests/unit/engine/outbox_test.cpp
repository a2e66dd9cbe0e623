// What a device says, up to its place in the log (docs/PROTOCOL.md section 6).
#include "unit/engine/script.h"

namespace shopbell::testing {
namespace {

std::uint64_t number(Errc code) { return static_cast<std::uint64_t>(code); }

std::vector<wire::Header> published_headers(const Host& host) {
  std::vector<wire::Header> out;
  for (const auto& publish : host.sent<wire::Publish>()) {
    out.push_back(open_envelope(publish.envelope)->header);
  }
  return out;
}

Hash hash_of(const wire::Publish& publish) { return open_envelope(publish.envelope)->hash; }

// The relay refuses each Publish with this instead of looking at it.
void refuse_publish(Talk& talk, Errc code, std::uint64_t retry_ms = 0) {
  talk.world.relay.instead = [&talk, code, retry_ms](std::size_t who, wire::FrameKind kind,
                                                     BytesView body) {
    if (kind != wire::FrameKind::publish) return false;
    const auto envelope = open_envelope(codec::decode<wire::Publish>(body)->envelope);
    wire::Error error;
    error.code = number(code);
    error.retry_ms = retry_ms;
    error.log = envelope->header.log;
    error.counter = envelope->header.counter;
    talk.world.relay.send(who, error);
    return true;
  };
}

TEST(EngineOutbox, the_page_goes_before_the_first_message_in_the_same_flight) {
  World world;
  Host& visitor = world.add(Role::visitor, 20);
  world.run();
  visitor.forget();
  const Bytes content = text_content("hello");
  wire::PageView page;
  page.title = "Tea";
  const Bytes page_view = codec::encode(page);
  wire::Send send = send_text({}, 7, content);
  send.page_view = page_view;
  visitor.command(send);
  EXPECT_EQ(visitor.writes.size(), 1u) << "the page could be kept without the message";
  visitor.write_all();
  ASSERT_EQ(visitor.sent<wire::Publish>().size(), 4u);
  EXPECT_EQ(visitor.frames.front().message, visitor.frames.back().message);
  const auto shown = visitor.shown<wire::MessageEvent>();
  ASSERT_EQ(shown.size(), 2u);
  EXPECT_EQ(shown[0].kind, static_cast<std::uint64_t>(wire::ContentKind::page_view));
  EXPECT_EQ(shown[0].ref, 0u);
  EXPECT_EQ(shown[1].ref, 7u);

  const Bytes endless(limits::content_bytes_max + 1, std::uint8_t{0});
  send.page_view = endless;
  visitor.command(send);
  ASSERT_EQ(visitor.shown<wire::Placed>().size(), 1u);
  EXPECT_EQ(visitor.shown<wire::Placed>()[0].code, number(Errc::too_large));
  EXPECT_TRUE(visitor.writes.empty());
}

TEST(EngineOutbox, the_first_message_begins_a_conversation_in_one_websocket_message) {
  World world;
  Host& visitor = world.add(Role::visitor, 20);
  world.run();
  visitor.forget();
  const Bytes content = text_content("hello");
  visitor.command(send_text({}, 7, content));
  EXPECT_TRUE(visitor.sent<wire::Publish>().empty()) << "it left before it was stored";
  EXPECT_TRUE(visitor.texts().empty()) << "it was shown before it was stored";
  visitor.write_all();
  ASSERT_EQ(visitor.sent<wire::Publish>().size(), 3u);
  EXPECT_EQ(visitor.frames.front().message, visitor.frames.back().message);
  const auto headers = published_headers(visitor);
  EXPECT_EQ(headers[0].envelope_class, 3u);
  EXPECT_EQ(headers[1].envelope_class, 2u);
  EXPECT_EQ(headers[2].envelope_class, 1u);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(headers[i].counter, i + 1);
  EXPECT_EQ(visitor.texts(), (std::vector<std::string>{"hello"}));
  EXPECT_EQ(visitor.shown<wire::LogOpened>().at(0).ref, 7u);

  world.run();
  const auto placed = visitor.shown<wire::Placed>();
  ASSERT_EQ(placed.size(), 1u);
  EXPECT_EQ(placed[0].ref, 7u);
  EXPECT_EQ(placed[0].seq, 3u);
  EXPECT_EQ(placed[0].code, 0u);
  EXPECT_EQ(visitor.texts().size(), 1u) << "its own message was shown twice";
}

TEST(EngineOutbox, what_is_said_before_there_is_a_card_waits_and_goes_with_the_card) {
  World world(false);
  Host& visitor = world.add(Role::visitor, 20);
  world.run();
  const Bytes content = text_content("early");
  visitor.command(send_text({}, 1, content));
  world.run();
  EXPECT_TRUE(visitor.sent<wire::Publish>().empty());
  EXPECT_EQ(visitor.texts(), (std::vector<std::string>{"early"}));
  world.crash(0);
  world.run();
  world.relay.put_card(world.shop.info.card);
  world.run();
  ASSERT_EQ(visitor.shown<wire::Placed>().size(), 1u);
  EXPECT_EQ(visitor.shown<wire::Placed>()[0].code, 0u);
  EXPECT_EQ(visitor.shown<wire::Placed>()[0].ref, 1u);
}

TEST(EngineOutbox, published_in_order_places_each_message_once) {
  Talk talk;
  talk.say("two", 2);
  talk.say("three", 3);
  talk.world.run();
  const auto placed = talk.visitor.shown<wire::Placed>();
  ASSERT_EQ(placed.size(), 2u);
  EXPECT_EQ(placed[0].ref, 2u);
  EXPECT_EQ(placed[0].seq, 4u);
  EXPECT_EQ(placed[1].ref, 3u);
  EXPECT_EQ(placed[1].seq, 5u);
}

TEST(EngineOutbox, a_repeat_of_published_is_harmless) {
  Talk talk;
  const Disk before = talk.visitor.disk;
  talk.visitor.receive_frame(talk.world.relay.published_of(talk.log, 3));
  talk.visitor.receive_frame(talk.world.relay.published_of(talk.log, 1));
  talk.world.run();
  EXPECT_TRUE(talk.visitor.events.empty());
  EXPECT_EQ(talk.visitor.disk, before);
}

TEST(EngineOutbox, published_with_another_chain_stops_the_log) {
  Talk talk;
  talk.world.relay.instead = [](std::size_t, wire::FrameKind kind, BytesView) {
    return kind == wire::FrameKind::publish;
  };
  talk.say("two", 2);
  talk.world.run();
  ASSERT_EQ(talk.visitor.sent<wire::Publish>().size(), 1u);
  const Bytes envelope = to_bytes(talk.visitor.sent<wire::Publish>()[0].envelope);
  ASSERT_EQ(talk.world.relay.place(envelope, 0), Errc::none);
  wire::Published published = talk.world.relay.published_of(talk.log, 4);
  published.chain.data[0] ^= 1;
  talk.world.relay.peers[0].out.clear();
  talk.visitor.receive_frame(published);
  talk.world.run();
  EXPECT_TRUE(talk.visitor.has_shown(Errc::forked));
}

TEST(EngineOutbox, a_reload_in_the_middle_sends_the_same_bytes_again) {
  Talk talk;
  talk.world.relay.instead = [](std::size_t, wire::FrameKind kind, BytesView) {
    return kind == wire::FrameKind::publish;
  };
  talk.say("two", 2);
  talk.say("three", 3);
  talk.world.run();
  ASSERT_EQ(talk.visitor.sent<wire::Publish>().size(), 2u);
  const Hash two = hash_of(talk.visitor.sent<wire::Publish>()[0]);
  const Hash three = hash_of(talk.visitor.sent<wire::Publish>()[1]);
  talk.visitor.forget();
  talk.world.crash(0);
  talk.world.run();
  ASSERT_EQ(talk.visitor.sent<wire::Publish>().size(), 2u);
  EXPECT_EQ(hash_of(talk.visitor.sent<wire::Publish>()[0]), two);
  EXPECT_EQ(hash_of(talk.visitor.sent<wire::Publish>()[1]), three);
}

TEST(EngineOutbox, no_answer_is_asked_for_again_and_never_taken_for_a_refusal) {
  Talk talk;
  talk.world.relay.instead = [](std::size_t, wire::FrameKind kind, BytesView) {
    return kind == wire::FrameKind::publish;
  };
  talk.say("two", 2);
  talk.world.run();
  talk.world.advance(limits::publish_answer_ms_max - 1);
  talk.world.run();
  EXPECT_EQ(talk.visitor.sent<wire::Publish>().size(), 1u);
  talk.world.advance(1);
  talk.world.run();
  ASSERT_EQ(talk.visitor.sent<wire::Publish>().size(), 2u);
  EXPECT_EQ(hash_of(talk.visitor.sent<wire::Publish>()[0]),
            hash_of(talk.visitor.sent<wire::Publish>()[1]));
  EXPECT_TRUE(talk.visitor.shown<wire::Placed>().empty());
}

TEST(EngineOutbox, after_epoch_closed_it_is_sealed_again_only_once_the_closing_grant_is_stored) {
  Talk talk;
  DeskPen desk{talk.world};
  talk.world.relay.instead = [](std::size_t, wire::FrameKind kind, BytesView) {
    return kind == wire::FrameKind::publish;
  };
  talk.say("two", 2);
  talk.world.run();
  const wire::Publish former = talk.visitor.sent<wire::Publish>().at(0);
  const Bytes former_bytes = to_bytes(former.envelope);
  const Hash former_hash = hash_of(former);
  talk.world.relay.instead = nullptr;
  ASSERT_EQ(talk.world.relay.place(desk.grant(talk.log).bytes), Errc::none);
  ASSERT_EQ(talk.world.relay.place(former_bytes, 0), Errc::epoch_closed);
  auto& out = talk.world.relay.peers[0].out;
  std::swap(out[0], out[1]);  // the refusal comes before the grant
  talk.visitor.forget();
  talk.visitor.receive(out[0]);
  out.pop_front();
  talk.visitor.writes_by_itself = false;
  talk.world.run();
  EXPECT_TRUE(talk.visitor.sent<wire::Publish>().empty()) << "before the grant is stored";
  talk.visitor.write_all();
  ASSERT_EQ(talk.visitor.sent<wire::Publish>().size(), 1u);
  const wire::Header again = published_headers(talk.visitor)[0];
  EXPECT_EQ(again.replaces, former_hash);
  EXPECT_EQ(again.epoch, 2u);
  EXPECT_EQ(again.counter, 4u);
  talk.visitor.writes_by_itself = true;
  talk.world.run();
  EXPECT_EQ(talk.visitor.shown<wire::Placed>().size(), 1u);
  EXPECT_EQ(talk.at_relay().entries.size(), 5u);
}

TEST(EngineOutbox, a_grant_that_came_too_late_is_dropped_and_counters_close_up) {
  Talk talk;
  DeskPen desk{talk.world};
  // The card's team key turns over: the next message needs a new epoch.
  talk.world.shop.info.version += 1;
  talk.world.shop.info.team_version = 2;
  const crypto::SealPair team = crypto::seal_pair(key_of(66));
  talk.world.shop.info.team_key = team.key;
  talk.world.shop.publish();
  talk.world.relay.put_card(talk.world.shop.info.card);
  talk.world.run();
  talk.world.relay.instead = [](std::size_t, wire::FrameKind kind, BytesView) {
    return kind == wire::FrameKind::publish;
  };
  talk.visitor.forget();
  talk.say("two", 2);
  talk.say("three", 3);
  talk.world.run();
  const auto first = talk.visitor.sent<wire::Publish>();
  ASSERT_EQ(first.size(), 3u);
  std::vector<Bytes> flight;
  std::vector<Hash> hashes;
  for (const auto& publish : first) {
    flight.push_back(to_bytes(publish.envelope));
    hashes.push_back(hash_of(publish));
  }
  talk.world.relay.instead = nullptr;
  ASSERT_EQ(talk.world.relay.place(desk.grant(talk.log).bytes), Errc::none);
  EXPECT_EQ(talk.world.relay.place(flight[0], 0), Errc::grant_taken);
  EXPECT_EQ(talk.world.relay.place(flight[1], 0), Errc::counter_gap);
  EXPECT_EQ(talk.world.relay.place(flight[2], 0), Errc::counter_gap);
  talk.visitor.forget();
  talk.world.run();
  const auto again = published_headers(talk.visitor);
  ASSERT_EQ(again.size(), 2u);
  EXPECT_EQ(again[0].counter, 4u);
  EXPECT_EQ(again[0].replaces, hashes[1]);
  EXPECT_EQ(again[1].counter, 5u);
  EXPECT_EQ(again[1].replaces, hashes[2]);
  EXPECT_EQ(talk.visitor.shown<wire::Placed>().size(), 2u);
  // One by one: the log holds each text once, and a reload finds nothing left to send.
  talk.visitor.forget();
  talk.world.crash(0);
  talk.world.run();
  EXPECT_TRUE(talk.visitor.sent<wire::Publish>().empty());
}

TEST(EngineOutbox, id_taken_by_its_own_former_bytes_counts_as_placed) {
  Talk talk;
  DeskPen desk{talk.world};
  talk.world.relay.instead = [](std::size_t, wire::FrameKind kind, BytesView) {
    return kind == wire::FrameKind::publish;
  };
  talk.say("two", 2);
  talk.world.run();
  const Bytes former = to_bytes(talk.visitor.sent<wire::Publish>().at(0).envelope);
  talk.world.relay.instead = nullptr;
  // The former bytes are placed, their answer is lost, and a refusal makes it seal anew.
  ASSERT_EQ(talk.world.relay.place(former, 0), Errc::none);
  talk.world.relay.peers[0].out.clear();
  wire::Error error;
  error.code = number(Errc::grant_refused);
  error.log = talk.log;
  error.counter = 4;
  talk.visitor.receive_frame(error);
  talk.world.run();
  talk.world.pass_time();
  talk.world.run();
  EXPECT_EQ(talk.at_relay().entries.size(), 4u);
  ASSERT_EQ(talk.visitor.shown<wire::Placed>().size(), 1u);
  EXPECT_EQ(talk.visitor.shown<wire::Placed>()[0].ref, 2u);
  EXPECT_EQ(talk.visitor.shown<wire::Placed>()[0].seq, 4u);
}

TEST(EngineOutbox, busy_is_retried_after_its_time_and_not_before) {
  for (const std::uint64_t retry_ms : {5'000ull, 40'000ull}) {
    Talk talk;
    refuse_publish(talk, Errc::busy, retry_ms);
    talk.say("two", 2);
    talk.world.run();
    talk.world.relay.instead = nullptr;
    ASSERT_EQ(talk.visitor.sent<wire::Publish>().size(), 1u);
    const std::uint64_t due = talk.world.now + retry_ms;
    while (talk.visitor.wake_at_ms < due) {
      talk.world.advance(talk.visitor.wake_at_ms - talk.world.now);
      talk.world.run();
      ASSERT_EQ(talk.visitor.sent<wire::Publish>().size(), 1u)
          << due - talk.world.now << " ms too early";
    }
    talk.world.advance(due - talk.world.now);
    talk.world.run();
    EXPECT_EQ(talk.visitor.sent<wire::Publish>().size(), 2u);
    EXPECT_EQ(talk.visitor.shown<wire::Placed>().size(), 1u);
  }
}

TEST(EngineOutbox, what_is_too_fast_waits_as_sending_and_follows_in_order) {
  Talk talk;
  std::size_t room = 3;
  talk.world.relay.instead = [&](std::size_t who, wire::FrameKind kind, BytesView body) {
    if (kind != wire::FrameKind::publish) return false;
    const auto envelope = open_envelope(codec::decode<wire::Publish>(body)->envelope);
    const auto placed = talk.at_relay().fold.find(envelope->header.author)->counter;
    wire::Error error;
    error.code =
        number(envelope->header.counter != placed + 1 ? Errc::counter_gap : Errc::slow_down);
    if (room > 0 && error.code == number(Errc::slow_down)) {
      --room;
      return false;
    }
    error.retry_ms = 4'000;
    error.log = envelope->header.log;
    error.counter = envelope->header.counter;
    talk.world.relay.send(who, error);
    return true;
  };
  for (std::uint64_t ref = 2; ref < 12; ++ref) talk.say("number " + std::to_string(ref), ref);
  talk.world.run();
  EXPECT_EQ(talk.visitor.shown<wire::Placed>().size(), 3u);
  const std::size_t sent = talk.visitor.sent<wire::Publish>().size();
  talk.world.advance(3'999);
  talk.world.run();
  EXPECT_EQ(talk.visitor.sent<wire::Publish>().size(), sent) << "it was told to wait";
  while (talk.visitor.shown<wire::Placed>().size() < 10) {
    room = 3;
    const auto before = talk.visitor.shown<wire::Placed>().size();
    talk.world.advance(4'000);
    talk.world.run();
    ASSERT_GT(talk.visitor.shown<wire::Placed>().size(), before);
  }
  std::uint64_t ref = 2;
  for (const auto& placed : talk.visitor.shown<wire::Placed>()) {
    EXPECT_EQ(placed.code, 0u);
    EXPECT_EQ(placed.ref, ref++);
  }
}

TEST(EngineOutbox, a_retry_time_beyond_all_time_neither_aborts_nor_retries_at_once) {
  Talk talk;
  refuse_publish(talk, Errc::busy, ~std::uint64_t{0});
  talk.say("two", 2);
  talk.world.run();
  EXPECT_EQ(talk.visitor.sent<wire::Publish>().size(), 1u);
  talk.world.advance(1'000);
  talk.world.run();
  EXPECT_EQ(talk.visitor.sent<wire::Publish>().size(), 1u);
  talk.world.relay.instead = nullptr;
  talk.world.cut(0);
  ASSERT_TRUE(talk.world.run_until([&] { return !talk.visitor.shown<wire::Placed>().empty(); }));
}

TEST(EngineOutbox, a_clock_that_is_set_back_does_not_put_off_the_retry_for_as_long) {
  Talk talk;
  refuse_publish(talk, Errc::busy, 2'000);
  talk.say("two", 2);
  talk.world.run();
  talk.world.relay.instead = nullptr;
  talk.world.now -= day_ms;
  talk.visitor.feed(in::Tick{talk.world.now});
  talk.world.run();
  for (int i = 0; i < 20 && talk.visitor.shown<wire::Placed>().empty(); ++i) {
    talk.world.now += 1'000;
    talk.visitor.feed(in::Tick{talk.world.now});
    talk.world.run();
  }
  EXPECT_EQ(talk.visitor.shown<wire::Placed>().size(), 1u);
}

TEST(EngineOutbox, a_final_refusal_is_shown_and_what_follows_goes_on) {
  Talk talk;
  refuse_publish(talk, Errc::envelope_bad);
  talk.say("bad", 2);
  talk.world.run();
  talk.world.relay.instead = nullptr;
  ASSERT_EQ(talk.visitor.shown<wire::Placed>().size(), 1u);
  EXPECT_EQ(talk.visitor.shown<wire::Placed>()[0].code, number(Errc::envelope_bad));
  EXPECT_EQ(talk.visitor.shown<wire::Placed>()[0].ref, 2u);
  talk.say("good", 3);
  talk.world.run();
  ASSERT_EQ(talk.visitor.shown<wire::Placed>().size(), 2u);
  EXPECT_EQ(talk.visitor.shown<wire::Placed>()[1].code, 0u);
  EXPECT_EQ(talk.visitor.shown<wire::Placed>()[1].seq, 4u);
}

TEST(EngineOutbox, an_epoch_ends_with_its_age) {
  Talk talk;
  talk.world.now += limits::epoch_age_ms_max + 1;
  talk.world.relay.now_ms = talk.world.now;
  talk.visitor.feed(in::Tick{talk.world.now});
  talk.world.run_until([&] { return talk.visitor.last_connection_state() == 2; });
  talk.visitor.forget();
  talk.say("two", 2);
  talk.world.run();
  const auto headers = published_headers(talk.visitor);
  ASSERT_EQ(headers.size(), 2u);
  EXPECT_EQ(headers[0].envelope_class, 2u);
  EXPECT_EQ(headers[1].epoch, 2u);
  EXPECT_EQ(talk.visitor.shown<wire::Placed>().size(), 1u);
}

TEST(EngineOutbox, too_long_a_text_and_an_unknown_log_are_refused_at_once) {
  Talk talk;
  talk.say(std::string(limits::content_bytes_max, 'x'), 2);
  ASSERT_EQ(talk.visitor.shown<wire::Placed>().size(), 1u);
  EXPECT_EQ(talk.visitor.shown<wire::Placed>()[0].code, number(Errc::too_large));
  const Bytes content = text_content("x");
  talk.visitor.command(send_text(filled<LogId>(1), 3, content));
  ASSERT_EQ(talk.visitor.shown<wire::Placed>().size(), 2u);
  EXPECT_EQ(talk.visitor.shown<wire::Placed>()[1].code, number(Errc::command_bad));
}

}  // namespace
}  // namespace shopbell::testing
