// How people want to be called: said where it is news, believed of whom it may be, and shown with
// everybody who takes part.
#include "unit/engine/failures.h"

namespace shopbell::testing {
namespace {

constexpr auto about_kind = static_cast<std::uint64_t>(wire::ContentKind::about);
constexpr auto class_shop = static_cast<std::uint64_t>(AuthorClass::shop);

Bytes jpeg(std::uint8_t seed, std::size_t size = 200) {
  Bytes bytes(size, seed);
  bytes[0] = 0xff;
  bytes[1] = 0xd8;
  bytes[2] = 0xff;
  return bytes;
}

void set_about(Host& host, std::string_view name, const Bytes& picture) {
  host.command(wire::SetAbout{name, picture});
}

void open_log(Host& host, const LogId& log) {
  wire::OpenLog open;
  open.log = log;
  open.limit = 10;
  host.command(open);
}

struct Seen {
  std::string name;
  Bytes picture;
  std::uint64_t author_class = 0;
  bool operator==(const Seen&) const = default;
};

std::vector<Seen> members_shown(const Host& host) {
  std::vector<Seen> out;
  for (const auto& member : host.shown<wire::Member>()) {
    out.push_back({std::string(member.name), to_bytes(member.picture), member.author_class});
  }
  return out;
}

// A conversation in which the agent has answered under the name of his enrolment.
struct Answered {
  std::unique_ptr<World> world = counter().world.restart_as_copy();
  Host& visitor = *world->hosts[visitor_at];
  Host& agent = *world->hosts[agent_at];
  LogId log = counter().log;

  Answered() {
    world->run();
    open_log(agent, log);
    world->run();
    say("welcome", 5);
    forget();
  }
  void say(std::string_view text, std::uint64_t ref) {
    const Bytes content = text_content(text);
    agent.command(send_text(log, ref, content));
    world->run();
  }
  void forget() {
    visitor.forget();
    agent.forget();
  }
  std::size_t times_called(std::string_view name) {
    return times_placed(*world, log, name, DeskPen{*world});
  }
};

TEST(EnginePeople, a_change_is_said_before_the_next_message_and_not_again) {
  Answered shop;
  set_about(shop.agent, "Annie", jpeg(1));
  shop.world->run();
  EXPECT_TRUE(shop.agent.sent<wire::Publish>().empty()) << "it is said with a message, not alone";
  shop.say("one moment", 6);
  ASSERT_EQ(shop.agent.sent<wire::Publish>().size(), 2u);
  const auto members = members_shown(shop.visitor);
  EXPECT_EQ(members, (std::vector<Seen>{{"Annie", jpeg(1), class_shop}}));
  const auto heard = shop.visitor.shown<wire::MessageEvent>();
  ASSERT_EQ(heard.size(), 2u);
  EXPECT_EQ(heard[0].kind, about_kind);
  EXPECT_EQ(heard[1].author_name, "Annie");

  shop.world->crash(agent_at);
  shop.world->run();
  shop.forget();
  open_log(shop.agent, shop.log);
  shop.world->run();
  set_about(shop.agent, "Annie", jpeg(1));
  shop.say("here it is", 7);
  EXPECT_EQ(shop.agent.sent<wire::Publish>().size(), 1u);
  EXPECT_EQ(shop.times_called("Annie"), 1u);
  EXPECT_EQ(shop.times_called("Ann"), 1u);
}

TEST(EnginePeople, opening_a_log_shows_all_members_in_the_order_in_which_they_came) {
  Answered shop;
  set_about(shop.agent, "Annie", jpeg(1));
  shop.say("one moment", 6);
  for (const bool restarted : {false, true}) {
    if (restarted) shop.world->crash(visitor_at);
    shop.world->run();
    shop.forget();
    open_log(shop.visitor, shop.log);
    shop.world->run();
    const auto members = members_shown(shop.visitor);
    ASSERT_EQ(members.size(), 2u);
    EXPECT_EQ(members[0].author_class, static_cast<std::uint64_t>(AuthorClass::customer));
    EXPECT_EQ(members[1], (Seen{"Annie", jpeg(1), class_shop}));
  }
  open_log(shop.agent, shop.log);
  shop.world->run();
  EXPECT_EQ(members_shown(shop.agent).back(), (Seen{"Annie", jpeg(1), class_shop})) << "himself";
}

TEST(EnginePeople, a_customer_may_say_his_name_with_his_first_message) {
  World world;
  Host& visitor = world.add(Role::visitor, 20);
  world.run();
  set_about(visitor, "Mei", jpeg(2));
  const Bytes content = text_content("hello");
  visitor.command(send_text({}, 1, content));
  world.run();
  ASSERT_EQ(visitor.shown<wire::Placed>().size(), 2u);
  const LogId log = world.relay.logs.begin()->first;
  EXPECT_EQ(times_placed(world, log, "Mei", DeskPen{world}), 1u);
  visitor.forget();
  world.crash(0);
  world.run();
  ASSERT_EQ(visitor.shown<wire::Ready>().size(), 1u);
  EXPECT_EQ(visitor.shown<wire::Ready>()[0].name, "Mei");
  EXPECT_TRUE(same_bytes(visitor.shown<wire::Ready>()[0].picture, jpeg(2)));
}

TEST(EnginePeople, what_is_no_picture_or_too_large_is_named_and_the_former_stays) {
  Answered shop;
  set_about(shop.agent, "Annie", jpeg(1));
  shop.world->run();
  set_about(shop.agent, "Eve", jpeg(3, limits::picture_bytes_max + 1));
  EXPECT_TRUE(shop.agent.has_shown(Errc::too_large));
  set_about(shop.agent, "Eve", text_content("<svg onload=...>"));
  EXPECT_TRUE(shop.agent.has_shown(Errc::picture_bad));
  EXPECT_TRUE(shop.agent.writes.empty());
  shop.say("me still", 6);
  EXPECT_EQ(members_shown(shop.visitor), (std::vector<Seen>{{"Annie", jpeg(1), class_shop}}));

  const std::string png("\x89PNG\r\n\x1a\n....", 12);
  const std::string webp("RIFF\0\0\0\0WEBP", 12);
  for (const std::string& good : {png, webp}) {
    shop.agent.forget();
    set_about(shop.agent, "Annie", to_bytes(as_bytes(good)));
    EXPECT_TRUE(shop.agent.shown<wire::Problem>().empty());
    shop.world->run();
  }
}

TEST(EnginePeople, a_long_name_is_cut_between_characters) {
  Answered shop;
  std::string name = "a";
  for (int i = 0; i < 60; ++i) name += "\u738b";
  set_about(shop.agent, name, {});
  shop.say("hello", 6);
  const auto members = members_shown(shop.visitor);
  ASSERT_EQ(members.size(), 1u);
  EXPECT_EQ(members[0].name, name.substr(0, 118));
}

TEST(EnginePeople, a_stranger_is_called_nothing_new_and_never_counts_as_the_shop) {
  Answered shop;
  set_about(shop.agent, "The real shop", jpeg(9));
  shop.world->relay.now_ms += 40 * day_ms;  // his certificate has ended by the relay's clock
  shop.say("send me your card number", 6);
  const auto heard = shop.visitor.shown<wire::MessageEvent>();
  ASSERT_EQ(heard.size(), 2u);
  for (const auto& message : heard) {
    EXPECT_EQ(message.author_class, static_cast<std::uint64_t>(AuthorClass::stranger));
    EXPECT_NE(message.author_name, "The real shop");
  }
  EXPECT_TRUE(shop.visitor.shown<wire::Member>().empty());
  shop.world->crash(visitor_at);
  shop.world->run();
  shop.visitor.forget();
  open_log(shop.visitor, shop.log);
  shop.world->run();
  for (const Seen& member : members_shown(shop.visitor)) EXPECT_NE(member.name, "The real shop");
}

// The desk says of itself whatever the test wants.
void say_raw_about(Talk& talk, const Bytes& content) {
  DeskPen desk{talk.world};
  wire::Header header = desk.header(talk.log, EnvelopeClass::message);
  header.epoch = talk.at_relay().epoch;
  header.commitment = talk.at_relay().commitment;
  wire::InnerBody inner;
  inner.kind = about_kind;
  inner.content = content;
  const Bytes body = seal_body(desk.rng, desk.epoch_key(talk.log), header, inner);
  const Bytes envelope = make_envelope(talk.world.shop.desk, header, body).bytes;
  ASSERT_EQ(talk.world.relay.place(envelope), Errc::none);
  talk.world.run();
}

TEST(EnginePeople, a_damaged_about_is_passed_over_or_loses_its_picture) {
  Talk talk;
  const Bytes picture = jpeg(4, 40);
  const Bytes good = codec::encode(wire::About{"Desk", picture});
  std::size_t pictures = 0;
  const auto hear = [&](const Bytes& content) {
    talk.visitor.forget();
    say_raw_about(talk, content);
    EXPECT_TRUE(talk.visitor.shown<wire::Problem>().empty());
    for (const Seen& member : members_shown(talk.visitor)) {
      EXPECT_LE(member.name.size(), limits::name_bytes_max);
      if (member.picture.empty()) continue;
      ++pictures;
      EXPECT_EQ(member.picture[0], 0xff);
    }
  };
  hear(good);
  EXPECT_EQ(pictures, 1u);
  for (std::size_t size = 0; size < good.size(); ++size) {
    hear(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)));
  }
  for (std::size_t at = 0; at < good.size(); ++at) {
    Bytes bytes = good;
    bytes[at] ^= 0x81;
    hear(bytes);
  }
  hear(codec::encode(wire::About{"Desk", jpeg(4, limits::picture_bytes_max + 1)}));
  ASSERT_EQ(members_shown(talk.visitor).size(), 1u);
  EXPECT_TRUE(members_shown(talk.visitor)[0].picture.empty());
  // And all of them stand in the store: a restart and an opening read what is there.
  talk.world.crash(0);
  talk.world.run();
  talk.visitor.forget();
  open_log(talk.visitor, talk.log);
  talk.world.run();
  EXPECT_TRUE(talk.visitor.shown<wire::Problem>().empty());
  EXPECT_EQ(talk.visitor.shown<wire::HistoryEnd>().size(), 1u);
}

TEST(EnginePeople, a_damaged_command_changes_nothing_or_something_that_is_allowed) {
  Talk talk;
  const Bytes picture = jpeg(4, 40);
  const Bytes good = codec::encode(wire::SetAbout{"Mei", picture});
  const auto feed = [&](const Bytes& bytes) {
    talk.visitor.feed(in::Command{wire::CommandKind::set_about, bytes});
    talk.visitor.write_all();
  };
  for (std::size_t size = 0; size < good.size(); ++size) {
    feed(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)));
  }
  for (std::size_t at = 0; at < good.size(); ++at) {
    Bytes bytes = good;
    bytes[at] ^= 0x81;
    feed(bytes);
  }
  talk.visitor.forget();
  talk.world.crash(0);
  talk.world.run();
  const auto ready = talk.visitor.shown<wire::Ready>();
  ASSERT_EQ(ready.size(), 1u);
  EXPECT_TRUE(ready[0].picture.empty() || ready[0].picture[0] == 0xff);
}

// The agent changes his name and answers twice. Whatever fails at him, the log holds the new name
// once, and the visitor sees it.
std::size_t replay_about(std::size_t at, Failure failure, bool& happened) {
  Answered shop;
  World& world = *shop.world;
  const Bytes picture = jpeg(1);
  const Bytes content = text_content("one moment");
  std::size_t steps = 0;
  std::size_t acts = 0;
  happened = false;
  while (steps < 400) {
    if (steps == at && !happened) happened = fail(world, agent_at, failure);
    ++steps;
    if (world.step()) continue;
    if (acts == 0) set_about(shop.agent, "Annie", picture);
    if (acts == 1) shop.agent.command(send_text(shop.log, 6, content));
    if (++acts > 2) break;
  }
  EXPECT_TRUE(world.run_until([&] { return shop.agent.connected; }));
  world.run();
  set_about(shop.agent, "Annie", picture);
  shop.agent.command(send_text(shop.log, 6, content));
  // Where the answer was said under the old name, the next one tells the new.
  const Bytes more = text_content("here it is");
  shop.agent.command(send_text(shop.log, 7, more));
  EXPECT_TRUE(world.run_until([&] { return shop.times_called("here it is") > 0; })) << at;
  world.run();
  EXPECT_EQ(shop.times_called("Annie"), 1u) << "step " << at;
  EXPECT_EQ(shop.times_called("one moment"), 1u) << "step " << at;
  shop.visitor.forget();
  open_log(shop.visitor, shop.log);
  world.run();
  EXPECT_EQ(members_shown(shop.visitor).back(), (Seen{"Annie", picture, class_shop})) << at;
  expect_dense(world.relay.logs.at(shop.log));
  return steps;
}

TEST(EnginePeople, a_new_name_is_said_once_after_a_cut_at_every_step) {
  replay_with(Failure::cut, replay_about);
}

TEST(EnginePeople, a_new_name_is_said_once_after_a_crash_at_every_step) {
  replay_with(Failure::crash, replay_about);
}

TEST(EnginePeople, a_new_name_is_said_once_after_a_failed_write_at_every_step) {
  replay_with(Failure::not_written, replay_about);
}

}  // namespace
}  // namespace shopbell::testing
