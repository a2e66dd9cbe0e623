// What is being written is kept, told to every host, and gone once it is sent.
#include "unit/engine/failures.h"

namespace shopbell::testing {
namespace {

using Drafts = std::vector<std::pair<LogId, std::string>>;

void set_draft(Host& host, const LogId& log, std::string_view text) {
  host.command(wire::SetDraft{log, text});
}

Drafts drafts_shown(const Host& host) {
  Drafts out;
  for (const auto& draft : host.shown<wire::Draft>()) out.emplace_back(draft.log, draft.text);
  return out;
}

// As the next start will show them.
Drafts drafts_kept(const Host& host) {
  Host next(host.shop(), Role::visitor, 20);
  next.disk = host.disk;
  next.start(now_ms);
  next.entropy();
  next.read_one();
  next.write_all();
  return drafts_shown(next);
}

TEST(EngineDrafts, are_shown_once_stored_and_again_after_each_ready) {
  Talk talk;
  talk.visitor.writes_by_itself = false;
  set_draft(talk.visitor, talk.log, "half a");
  set_draft(talk.visitor, {}, "another");
  EXPECT_TRUE(drafts_shown(talk.visitor).empty()) << "told before it was stored";
  talk.visitor.writes_by_itself = true;
  talk.world.run();
  EXPECT_EQ(drafts_shown(talk.visitor), (Drafts{{talk.log, "half a"}, {{}, "another"}}));
  talk.visitor.forget();
  talk.world.crash(0);
  talk.world.run();
  const Drafts again{{{}, "another"}, {talk.log, "half a"}};
  EXPECT_EQ(drafts_shown(talk.visitor), again);
  const auto ready = static_cast<std::uint32_t>(wire::EventKind::ready);
  EXPECT_EQ(talk.visitor.events[0].kind, ready);
  for (std::size_t i : {1u, 2u}) {
    EXPECT_EQ(talk.visitor.events[i].kind, static_cast<std::uint32_t>(wire::EventKind::draft));
  }
}

TEST(EngineDrafts, say_nothing_where_nothing_changed_and_an_empty_text_forgets) {
  Talk talk;
  set_draft(talk.visitor, talk.log, "words");
  talk.world.run();
  talk.visitor.forget();
  set_draft(talk.visitor, talk.log, "words");
  EXPECT_TRUE(talk.visitor.writes.empty());
  set_draft(talk.visitor, talk.log, "");
  talk.world.run();
  EXPECT_EQ(drafts_shown(talk.visitor), (Drafts{{talk.log, ""}}));
  talk.visitor.forget();
  set_draft(talk.visitor, talk.log, "");
  talk.world.run();
  EXPECT_TRUE(drafts_shown(talk.visitor).empty());
  EXPECT_TRUE(drafts_kept(talk.visitor).empty());
}

TEST(EngineDrafts, stand_sealed_in_the_store_and_never_leave) {
  Talk talk;
  const std::string words = "nobody reads this yet";
  set_draft(talk.visitor, talk.log, words);
  set_draft(talk.visitor, {}, words);
  talk.world.run();
  std::size_t kept = 0;
  for (const auto& [key, value] : talk.visitor.disk) {
    kept += key[0] == 'd';
    EXPECT_EQ(as_text(value).find(words), std::string_view::npos);
  }
  EXPECT_EQ(kept, 2u);
  EXPECT_TRUE(talk.visitor.frames.empty());
}

TEST(EngineDrafts, go_with_the_message_that_they_became_and_no_other) {
  Talk talk;
  set_draft(talk.visitor, talk.log, "when will ");
  talk.world.run();
  talk.visitor.forget();
  talk.say("no, wait", 2);
  talk.world.run();
  EXPECT_TRUE(drafts_shown(talk.visitor).empty()) << "it was not what was sent";
  talk.say(std::string(limits::content_bytes_max, 'x'), 3);
  talk.world.run();
  EXPECT_EQ(talk.visitor.shown<wire::Placed>().back().code,
            static_cast<std::uint64_t>(Errc::too_large));
  EXPECT_TRUE(drafts_shown(talk.visitor).empty());
  talk.say("when will it come?", 4);
  EXPECT_EQ(talk.visitor.writes.size(), 1u) << "message and draft are one transaction";
  talk.world.run();
  EXPECT_EQ(drafts_shown(talk.visitor), (Drafts{{talk.log, ""}}));
  EXPECT_TRUE(drafts_kept(talk.visitor).empty());
}

TEST(EngineDrafts, beyond_their_number_the_oldest_goes) {
  Talk talk;
  for (std::uint8_t i = 0; i < limits::drafts_max; ++i) {
    set_draft(talk.visitor, filled<LogId>(i), "draft");
  }
  set_draft(talk.visitor, filled<LogId>(0), "touched again");
  talk.world.run();
  talk.visitor.forget();
  set_draft(talk.visitor, filled<LogId>(200), "one too many");
  talk.world.run();
  EXPECT_EQ(drafts_shown(talk.visitor),
            (Drafts{{filled<LogId>(1), ""}, {filled<LogId>(200), "one too many"}}));
  const Drafts kept = drafts_kept(talk.visitor);
  EXPECT_EQ(kept.size(), limits::drafts_max);
  // What is old is known after a restart too.
  talk.world.crash(0);
  talk.world.run();
  talk.visitor.forget();
  set_draft(talk.visitor, filled<LogId>(201), "and another");
  talk.world.run();
  EXPECT_EQ(drafts_shown(talk.visitor).front(), (Drafts::value_type{filled<LogId>(2), ""}));
}

TEST(EngineDrafts, too_long_a_text_is_named_and_the_former_stays) {
  Talk talk;
  set_draft(talk.visitor, talk.log, "short");
  talk.world.run();
  set_draft(talk.visitor, talk.log, std::string(limits::draft_bytes_max + 1, 'x'));
  talk.world.run();
  ASSERT_TRUE(talk.visitor.has_shown(Errc::too_large));
  EXPECT_EQ(talk.visitor.shown<wire::Problem>()[0].log, talk.log);
  EXPECT_EQ(drafts_kept(talk.visitor), (Drafts{{talk.log, "short"}}));
}

TEST(EngineDrafts, a_damaged_command_is_named_or_passed_over) {
  Talk talk;
  const Bytes good = codec::encode(wire::SetDraft{talk.log, "some words"});
  const auto feed = [&](const Bytes& bytes) {
    talk.visitor.feed(in::Command{wire::CommandKind::set_draft, bytes});
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
  talk.world.run();
  EXPECT_LE(drafts_kept(talk.visitor).size(), limits::drafts_max);
  set_draft(talk.visitor, talk.log, "still serves");
  talk.world.run();
  EXPECT_EQ(drafts_shown(talk.visitor).back(), (Drafts::value_type{talk.log, "still serves"}));
}

// A draft of a conversation that is not begun, then its message. Whatever fails, the words are on
// the disk from the first time that they were shown as kept, as a draft or as a message.
std::size_t replay_draft(std::size_t at, Failure failure, bool& happened) {
  World world;
  Host& visitor = world.add(Role::visitor, 20);
  const Bytes content = text_content("hello there");
  std::size_t steps = 0;
  std::size_t acts = 0;
  happened = false;
  bool kept = false;
  const auto on_disk = [&](char kind) {
    return std::any_of(visitor.disk.begin(), visitor.disk.end(),
                       [kind](const auto& record) { return record.first[0] == kind; });
  };
  while (steps < 400) {
    if (steps == at && !happened) happened = fail(world, 0, failure);
    ++steps;
    kept = kept || on_disk('d');
    if (kept) {
      const bool somewhere = on_disk('d') || on_disk('o') || on_disk('z');
      EXPECT_TRUE(somewhere) << "step " << at;
    }
    if (world.step()) continue;
    if (acts == 0) visitor.command(wire::SetDraft{{}, "hello th"});
    if (acts == 1) visitor.command(send_text({}, 1, content));
    if (++acts > 2) break;
  }
  EXPECT_TRUE(world.run_until([&] { return visitor.last_connection_state() == 2; }));
  world.run();
  if (world.relay.logs.empty()) {
    EXPECT_TRUE(happened);
    visitor.command(send_text({}, 1, content));
  }
  EXPECT_TRUE(world.run_until([&] { return !visitor.shown<wire::Placed>().empty(); }));
  world.run();
  EXPECT_FALSE(on_disk('d')) << "a draft of what was sent is left, step " << at;
  EXPECT_EQ(world.relay.logs.size(), 1u);
  return steps;
}

TEST(EngineDrafts, the_words_survive_a_cut_at_every_step) {
  replay_with(Failure::cut, replay_draft);
}

TEST(EngineDrafts, the_words_survive_a_crash_at_every_step) {
  replay_with(Failure::crash, replay_draft);
}

TEST(EngineDrafts, the_words_survive_a_failed_write_at_every_step) {
  replay_with(Failure::not_written, replay_draft);
}

}  // namespace
}  // namespace shopbell::testing
