// One connection after another (docs/PROTOCOL.md section 7).
#include "unit/engine/script.h"

namespace shopbell::testing {
namespace {

std::uint64_t number(Errc code) { return static_cast<std::uint64_t>(code); }

// A visitor that talks once; then its connection meets what `prepare` has made of the world.
struct Meeting {
  World world;
  Host& visitor;

  explicit Meeting(const std::function<void(World&)>& prepare)
      : visitor(world.add(Role::visitor, 20)) {
    prepare(world);
    world.run();
    const Bytes content = text_content("hello");
    visitor.command(send_text({}, 1, content));
    world.run();
  }
  void expect_only_hello() {
    for (const Host::Item& frame : visitor.frames) {
      EXPECT_EQ(frame.kind, static_cast<std::uint32_t>(wire::FrameKind::hello));
    }
    EXPECT_EQ(visitor.sent<wire::Hello>().size(), 1u);
  }
};

TEST(EngineConnection, names_the_shop_that_is_not_the_one_in_the_page_and_stays_away) {
  Meeting meeting([](World& world) {
    Shop other;
    other.root = crypto::sign_pair(key_of(90));
    other.id.data = other.root.key.data;
    other.info.shop = other.id;
    other.info.relays[0].key = world.relay.keys.key;
    other.publish();
    world.relay.card = other.info;
  });
  EXPECT_TRUE(meeting.visitor.has_shown(Errc::wrong_shop));
  meeting.expect_only_hello();
  EXPECT_EQ(meeting.visitor.last_connection_state(), 4u);
}

TEST(EngineConnection, names_a_card_that_does_not_lead_to_the_root_and_stays_away) {
  Meeting meeting([](World& world) {
    world.shop.root = crypto::sign_pair(key_of(91));
    world.relay.card->card =
        make_shop_card(world.shop.desk, world.shop.desk_certificate(), world.shop.info);
  });
  EXPECT_TRUE(meeting.visitor.has_shown(Errc::card_chain));
  meeting.expect_only_hello();
  EXPECT_EQ(meeting.visitor.last_connection_state(), 4u);
}

TEST(EngineConnection, names_a_relay_that_the_card_does_not_know_and_comes_again_later) {
  Meeting meeting([](World& world) { world.relay.keys = crypto::sign_pair(key_of(92)); });
  EXPECT_TRUE(meeting.visitor.has_shown(Errc::relay_key_unknown));
  meeting.expect_only_hello();
  EXPECT_EQ(meeting.visitor.last_connection_state(), 3u);
}

TEST(EngineConnection, says_the_term_of_its_page_so_that_the_relay_can_tell_an_old_leader) {
  World world;
  Host& visitor = world.add(Role::visitor, 20);
  visitor.term = 7;
  visitor.start(world.now);
  world.run();
  ASSERT_EQ(visitor.sent<wire::Hello>().size(), 1u);
  EXPECT_EQ(visitor.sent<wire::Hello>().front().term, 7u);
}

TEST(EngineConnection, hands_the_right_to_upload_on_unread) {
  World world;
  Host& visitor = world.add(Role::visitor, 20);
  world.relay.change_welcome = [](wire::Welcome& welcome) {
    welcome.blob_token = "a token";
    welcome.blob_bytes_max = 1000;
  };
  visitor.start(world.now);
  world.run();
  const auto said = visitor.shown<wire::Connection>();
  ASSERT_FALSE(said.empty());
  EXPECT_EQ(said.back().state, 2u);
  EXPECT_EQ(said.back().blob_token, "a token");
  EXPECT_EQ(said.back().blob_bytes_max, 1000u);
}

TEST(EngineConnection, names_a_welcome_that_is_not_signed_by_the_key_of_the_challenge) {
  World world;
  Host& visitor = world.add(Role::visitor, 20);
  world.relay.instead = [&](std::size_t who, wire::FrameKind kind, BytesView) {
    if (kind != wire::FrameKind::hello) return false;
    wire::Welcome welcome;
    welcome.time_ms = world.now;
    welcome.card = world.relay.card->card;
    welcome.signature = filled<Signature>(3);
    world.relay.send(who, welcome);
    return true;
  };
  world.run();
  EXPECT_TRUE(visitor.has_shown(Errc::bad_signature));
  EXPECT_EQ(visitor.sent<wire::Hello>().size(), visitor.frames.size());
  EXPECT_EQ(visitor.last_connection_state(), 3u);
}

TEST(EngineConnection, two_cards_of_one_version_are_named_and_kept) {
  Talk talk;
  const Bytes known = talk.world.shop.info.card;
  talk.world.shop.info.name = "Another";
  talk.world.shop.publish();
  wire::Card news;
  news.card = talk.world.shop.info.card;
  talk.visitor.receive_frame(news);
  talk.world.run();
  EXPECT_TRUE(talk.visitor.has_shown(Errc::card_forked));
  EXPECT_EQ(talk.visitor.last_connection_state(), 4u);
}

TEST(EngineConnection, an_older_card_and_the_same_card_change_nothing) {
  Talk talk;
  const Disk before = talk.visitor.disk;
  wire::Card same;
  same.card = talk.world.shop.info.card;
  talk.visitor.receive_frame(same);
  talk.world.shop.info.version -= 1;
  talk.world.shop.info.name = "Old";
  talk.world.shop.publish();
  wire::Card old;
  old.card = talk.world.shop.info.card;
  talk.visitor.receive_frame(old);
  talk.world.run();
  EXPECT_TRUE(talk.visitor.events.empty());
  EXPECT_EQ(talk.visitor.disk, before);
}

TEST(EngineConnection, answers_nothing_but_hello_before_the_relay_is_proven) {
  World world;
  Host& visitor = world.add(Role::visitor, 20);
  const Bytes content = text_content("hello");
  world.relay.instead = [](std::size_t, wire::FrameKind, BytesView) { return true; };
  world.run();
  visitor.command(send_text({}, 1, content));
  visitor.receive_frame(wire::Ping{1});
  world.run();
  EXPECT_EQ(visitor.frames.size(), 1u);
  EXPECT_EQ(visitor.sent<wire::Hello>().size(), 1u);
}

TEST(EngineConnection, an_unproven_relay_refuses_nothing) {
  Talk talk;
  talk.world.relay.instead = [](std::size_t, wire::FrameKind, BytesView) { return true; };
  talk.say("two", 2);
  talk.world.run();
  talk.world.cut(0);
  ASSERT_TRUE(talk.world.run_until([&] { return talk.visitor.sent<wire::Hello>().size() == 1; }));
  wire::Error error;
  error.code = number(Errc::envelope_bad);
  error.log = talk.log;
  error.counter = 4;
  talk.visitor.receive_frame(error);
  talk.world.run();
  EXPECT_TRUE(talk.visitor.shown<wire::Placed>().empty());
  talk.world.relay.instead = nullptr;
  ASSERT_TRUE(talk.world.run_until([&] { return talk.at_relay().entries.size() == 4; }));
}

TEST(EngineConnection, back_off_grows_to_its_limit_and_is_spread) {
  const Shop shop;
  std::set<std::uint64_t> firsts;
  for (std::uint8_t seed = 20; seed < 30; ++seed) {
    World world;
    Host& visitor = world.add(Role::visitor, seed);
    visitor.may_connect = false;
    world.run();
    std::uint64_t ceiling = limits::retry_ms_first;
    for (int attempt = 0; attempt < 12; ++attempt) {
      ASSERT_TRUE(visitor.wants_connection);
      world.cut(0);
      const wire::Connection event = visitor.shown<wire::Connection>().back();
      EXPECT_EQ(event.state, 3u);
      const std::uint64_t delay = event.retry_at_ms - world.now;
      EXPECT_GE(delay, ceiling / 2);
      EXPECT_LE(delay, ceiling);
      if (attempt == 0) firsts.insert(delay);
      EXPECT_EQ(visitor.wake_at_ms, event.retry_at_ms);
      world.advance(delay - 1);
      EXPECT_FALSE(visitor.wants_connection);
      world.advance(1);
      ceiling = std::min(ceiling * 2, limits::retry_ms_max);
    }
  }
  EXPECT_GT(firsts.size(), 3u) << "thousands would come back in the same moment";
}

TEST(EngineConnection, a_connection_that_was_up_begins_the_back_off_anew) {
  Talk talk;
  for (int i = 0; i < 3; ++i) {
    talk.world.run();
    talk.world.cut(0);
    const wire::Connection event = talk.visitor.shown<wire::Connection>().back();
    EXPECT_LE(event.retry_at_ms - talk.world.now, limits::retry_ms_first);
    talk.visitor.forget();
    ASSERT_TRUE(talk.world.run_until([&] { return talk.visitor.last_connection_state() == 2; }));
  }
}

TEST(EngineConnection, close_codes_from_4500_on_stop_it_until_somebody_asks) {
  for (const std::uint16_t code : {4500, 4501, 4502, 4503, 4504, 4505}) {
    Talk talk;
    talk.world.cut(0, code);
    EXPECT_EQ(talk.visitor.last_connection_state(), 4u) << code;
    EXPECT_EQ(talk.visitor.shown<wire::Connection>().back().code, code);
    talk.world.advance(day_ms);
    EXPECT_FALSE(talk.visitor.wants_connection);
    talk.visitor.command(wire::Retry{});
    EXPECT_TRUE(talk.visitor.wants_connection);
  }
  for (const std::uint16_t code : {0, 1000, 1006, 4000, 4001, 4499}) {
    Talk talk;
    talk.world.cut(0, code);
    EXPECT_EQ(talk.visitor.last_connection_state(), 3u) << code;
  }
}

TEST(EngineConnection, silence_is_met_with_a_ping_and_then_with_another_connection) {
  Talk talk;
  talk.world.relay.instead = [](std::size_t, wire::FrameKind, BytesView) { return true; };
  talk.world.advance(limits::ping_after_ms);
  EXPECT_EQ(talk.visitor.sent<wire::Ping>().size(), 1u);
  talk.world.run();
  talk.world.advance(limits::idle_ms_max - limits::ping_after_ms - 1);
  EXPECT_FALSE(talk.visitor.wants_close);
  talk.world.advance(1);
  EXPECT_TRUE(talk.visitor.wants_close);
  talk.world.run();
  EXPECT_EQ(talk.visitor.shown<wire::Connection>().back().code, number(Errc::closed_idle));
}

TEST(EngineConnection, a_relay_without_a_word_is_left_after_ten_seconds) {
  World world;
  Host& visitor = world.add(Role::visitor, 20);
  world.relay.instead = [](std::size_t, wire::FrameKind, BytesView) { return true; };
  world.run();
  world.advance(limits::hello_ms_max - 1);
  EXPECT_FALSE(visitor.wants_close);
  world.advance(1);
  EXPECT_TRUE(visitor.wants_close);
}

TEST(EngineConnection, frames_of_a_lost_connection_never_reach_the_next_one) {
  Talk talk;
  talk.visitor.writes_by_itself = false;
  talk.say("two", 2);
  talk.world.cut(0);
  talk.visitor.write_all();
  EXPECT_TRUE(talk.visitor.sent<wire::Publish>().empty());
  talk.visitor.writes_by_itself = true;
  ASSERT_TRUE(talk.world.run_until([&] { return !talk.visitor.shown<wire::Placed>().empty(); }));
  EXPECT_EQ(talk.visitor.sent<wire::Publish>().size(), 1u);
}

TEST(EngineConnection, the_wildest_relay_clock_is_survived) {
  for (const std::uint64_t time_ms :
       {std::uint64_t{0}, std::uint64_t{1} << 63, ~std::uint64_t{0}}) {
    World world;
    Host& visitor = world.add(Role::visitor, 20);
    world.relay.change_welcome = [&](wire::Welcome& welcome) { welcome.time_ms = time_ms; };
    world.run();
    EXPECT_EQ(visitor.sent<wire::Hello>().size(), 1u);
  }
}

TEST(EngineConnection, unknown_frames_of_a_newer_relay_are_passed_over) {
  Talk talk;
  Bytes unknown;
  codec::encode_framed(99, wire::Ping{1}, unknown);
  append(unknown, framed(wire::Ping{5}));
  talk.visitor.receive(unknown);
  EXPECT_TRUE(talk.visitor.events.empty());
  ASSERT_EQ(talk.visitor.sent<wire::Pong>().size(), 1u);
  EXPECT_EQ(talk.visitor.sent<wire::Pong>()[0].id, 5u);
}

TEST(EngineConnection, too_long_a_message_is_named) {
  Talk talk;
  talk.visitor.receive(Bytes(limits::frame_bytes_max + 1));
  EXPECT_TRUE(talk.visitor.has_shown(Errc::too_large));
  EXPECT_TRUE(talk.visitor.wants_close);
}

// --- proof of work

// A relay that asks for so many bits of work.
void ask_for_work(World& world, std::uint64_t bits) {
  world.relay.change_challenge = [bits](wire::Challenge& challenge) { challenge.work_bits = bits; };
}

TEST(EngineWork, a_new_device_brings_what_is_asked_in_slices) {
  World world;
  ask_for_work(world, 14);
  Host& visitor = world.add(Role::visitor, 20);
  world.run();
  ASSERT_TRUE(visitor.sent<wire::Hello>().empty()) << "a first slice finds it one time in four";
  std::size_t slices = 0;
  while (visitor.sent<wire::Hello>().empty() && slices < 100) {
    EXPECT_EQ(visitor.wake_at_ms, world.now + 1);
    world.advance(1);
    ++slices;
  }
  const wire::Hello hello = visitor.sent<wire::Hello>().at(0);
  EXPECT_LE(hello.work, slices * limits::work_slice);
  EXPECT_GT(hello.work, (slices - 1) * limits::work_slice);
  const Hash nonce = world.relay.peers.at(0).nonce;
  EXPECT_TRUE(is_work(nonce, take_device_card(hello.card)->id, hello.work, 14));
  world.run();
  EXPECT_EQ(visitor.last_connection_state(), 2u);
}

TEST(EngineWork, a_device_with_a_conversation_brings_none_until_it_is_turned_away) {
  Talk talk;
  ask_for_work(talk.world, 4);
  talk.world.cut(0);
  talk.visitor.forget();
  ASSERT_TRUE(talk.world.run_until([&] { return talk.visitor.last_connection_state() == 2; }));
  EXPECT_EQ(talk.visitor.sent<wire::Hello>().at(0).work, 0u);
  talk.world.cut(0, static_cast<std::uint16_t>(Errc::closed_crowded));
  EXPECT_EQ(talk.visitor.last_connection_state(), 3u);
  talk.visitor.forget();
  ASSERT_TRUE(talk.world.run_until([&] { return talk.visitor.last_connection_state() == 2; }));
  EXPECT_GT(talk.visitor.sent<wire::Hello>().at(0).work, 0u);
}

TEST(EngineWork, does_not_work_without_end_for_anybody) {
  World world;
  ask_for_work(world, limits::work_bits_max + 1);
  Host& visitor = world.add(Role::visitor, 20);
  world.run();
  EXPECT_TRUE(visitor.has_shown(Errc::too_large));
  EXPECT_EQ(visitor.last_connection_state(), 3u);
  World other;
  ask_for_work(other, limits::work_bits_max);
  Host& slow = other.add(Role::visitor, 21);
  other.run();
  other.advance(limits::work_ms_max);
  EXPECT_TRUE(slow.wants_close);
}

TEST(EngineWork, comes_again_when_it_was_told_to) {
  World world;
  Host& visitor = world.add(Role::visitor, 20);
  world.relay.instead = [&](std::size_t who, wire::FrameKind kind, BytesView) {
    if (kind != wire::FrameKind::hello) return false;
    wire::Error error;
    error.code = number(Errc::closed_crowded);
    error.retry_ms = 20'000;
    world.relay.send(who, error);
    return true;
  };
  world.run();
  world.cut(0, static_cast<std::uint16_t>(Errc::closed_crowded));
  EXPECT_EQ(visitor.shown<wire::Connection>().back().code, number(Errc::closed_crowded));
  EXPECT_EQ(visitor.shown<wire::Connection>().back().retry_at_ms, world.now + 20'000);
  world.advance(19'999);
  EXPECT_FALSE(visitor.wants_connection);
  world.advance(1);
  EXPECT_TRUE(visitor.wants_connection);
}

}  // namespace
}  // namespace shopbell::testing
