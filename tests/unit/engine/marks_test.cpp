// Marks, and what is never stored: typing (docs/PROTOCOL.md sections 8 and 9.1).
#include "unit/engine/script.h"

namespace shopbell::testing {
namespace {

void hand_mark(Talk& talk, const DeviceKeys& device, std::uint64_t kind, std::uint64_t seq,
               const std::optional<Hash>& chain = std::nullopt) {
  wire::MarkBody body;
  body.log = talk.log;
  body.device = device.self.id;
  body.kind = kind;
  body.seq = seq;
  body.chain = chain ? *chain : talk.at_relay().chains.at(seq - 1);
  const Bytes bytes = make_mark(device, body);
  wire::Mark mark;
  mark.mark = bytes;
  talk.visitor.receive_frame(mark);
  talk.world.run();
}

// No mark is due, and the next one may leave at once.
void let_marks_rest(Talk& talk) {
  for (int i = 0; i < 2; ++i) {
    talk.world.now += limits::mark_interval_ms;
    talk.visitor.feed(in::Tick{talk.world.now});
    talk.world.run();
  }
  talk.visitor.forget();
}

TEST(EngineMarks, a_device_marks_what_it_has_stored_and_not_before) {
  Talk talk;
  DeskPen desk{talk.world};
  let_marks_rest(talk);
  ASSERT_EQ(talk.world.relay.place(desk.message(talk.log, "hi").bytes), Errc::none);
  talk.visitor.writes_by_itself = false;
  talk.world.run();
  EXPECT_TRUE(talk.visitor.sent<wire::Mark>().empty());
  talk.visitor.write_all();
  talk.visitor.writes_by_itself = true;
  talk.world.run();
  ASSERT_EQ(talk.visitor.sent<wire::Mark>().size(), 1u);
  EXPECT_EQ(peek_mark(talk.visitor.sent<wire::Mark>()[0].mark)->seq, 4u);
}

TEST(EngineMarks, at_most_one_in_its_interval_and_the_newest_in_the_end) {
  Talk talk;
  DeskPen desk{talk.world};
  let_marks_rest(talk);
  for (int i = 0; i < 5; ++i) {
    ASSERT_EQ(talk.world.relay.place(desk.message(talk.log, "hi").bytes), Errc::none);
    talk.world.run();
  }
  EXPECT_EQ(talk.visitor.sent<wire::Mark>().size(), 1u);
  talk.world.advance(limits::mark_interval_ms);
  ASSERT_EQ(talk.visitor.sent<wire::Mark>().size(), 2u);
  EXPECT_EQ(peek_mark(talk.visitor.sent<wire::Mark>()[1].mark)->seq, 8u);
}

TEST(EngineMarks, one_that_left_before_a_long_sleep_and_did_not_arrive_is_sent_again) {
  Talk talk;
  DeskPen desk{talk.world};
  let_marks_rest(talk);
  talk.world.relay.instead = [](std::size_t, wire::FrameKind kind, BytesView) {
    return kind == wire::FrameKind::mark;
  };
  ASSERT_EQ(talk.world.relay.place(desk.message(talk.log, "hi").bytes), Errc::none);
  talk.world.run();
  ASSERT_EQ(talk.visitor.sent<wire::Mark>().size(), 1u);
  talk.visitor.forget();
  talk.world.relay.instead = nullptr;
  talk.world.advance(10 * limits::idle_ms_max);
  EXPECT_TRUE(talk.world.run_until([&] { return !talk.visitor.sent<wire::Mark>().empty(); }));
  EXPECT_EQ(peek_mark(talk.visitor.sent<wire::Mark>()[0].mark)->seq, 4u);
}

TEST(EngineMarks, receipts_never_fall) {
  Talk talk;
  const DeviceKeys& desk = talk.world.shop.desk;
  hand_mark(talk, desk, 1, 3);
  ASSERT_EQ(talk.visitor.shown<wire::Receipts>().size(), 1u);
  EXPECT_EQ(talk.visitor.shown<wire::Receipts>()[0].delivered_seq, 3u);
  hand_mark(talk, desk, 1, 1);
  hand_mark(talk, desk, 1, 3);
  EXPECT_EQ(talk.visitor.shown<wire::Receipts>().size(), 1u);
  // The desk's reading is no person's, and a kind of a newer version says nothing here.
  hand_mark(talk, desk, 2, 3);
  hand_mark(talk, desk, 7, 3);
  for (const auto& each : talk.visitor.shown<wire::Receipts>()) {
    EXPECT_EQ(each.delivered_seq, 3u);
    EXPECT_EQ(each.read_seq, 0u);
  }
  talk.world.crash(0);
  talk.visitor.forget();
  talk.world.run();
  ASSERT_FALSE(talk.visitor.shown<wire::Receipts>().empty());
  EXPECT_EQ(talk.visitor.shown<wire::Receipts>().back().delivered_seq, 3u);
}

TEST(EngineMarks, another_chain_is_a_fork_and_stops_the_log) {
  Talk talk;
  hand_mark(talk, talk.world.shop.desk, 1, 3, filled<Hash>(9));
  EXPECT_TRUE(talk.visitor.has_shown(Errc::forked));
  talk.visitor.forget();
  DeskPen desk{talk.world};
  ASSERT_EQ(talk.world.relay.place(desk.message(talk.log, "after").bytes), Errc::none);
  talk.world.run();
  EXPECT_TRUE(talk.visitor.texts().empty());
}

TEST(EngineMarks, a_forged_fork_stops_nothing) {
  Talk talk;
  wire::MarkBody body;
  body.log = talk.log;
  body.device = talk.world.shop.desk.self.id;
  body.kind = 1;
  body.seq = 3;
  body.chain = filled<Hash>(9);
  const Bytes bytes = make_mark(talk.world.shop.stranger, body);
  wire::Mark mark;
  mark.mark = bytes;
  talk.visitor.receive_frame(mark);
  talk.world.run();
  EXPECT_TRUE(talk.visitor.has_shown(Errc::bad_signature));
  EXPECT_FALSE(talk.visitor.has_shown(Errc::forked));
  EXPECT_TRUE(talk.visitor.shown<wire::Receipts>().empty());
}

TEST(EngineMarks, a_mark_that_is_early_counts_once_its_entry_is_here) {
  Talk talk;
  DeskPen desk{talk.world};
  ASSERT_EQ(talk.world.relay.place(desk.message(talk.log, "hi").bytes), Errc::none);
  auto& out = talk.world.relay.peers[0].out;
  const Bytes deliver = out.front();
  out.clear();
  hand_mark(talk, talk.world.shop.desk, 1, 4);
  hand_mark(talk, talk.world.shop.desk, 2, 4);  // of another kind; it takes the place of none
  EXPECT_TRUE(talk.visitor.shown<wire::Receipts>().empty());
  talk.visitor.receive(deliver);
  talk.world.run();
  ASSERT_EQ(talk.visitor.shown<wire::Receipts>().size(), 1u);
  EXPECT_EQ(talk.visitor.shown<wire::Receipts>()[0].delivered_seq, 4u);
}

TEST(EngineMarks, a_reload_signs_as_read_what_was_read_and_nothing_newer) {
  Talk talk;
  DeskPen desk{talk.world};
  for (const char* text : {"read", "unread"}) {
    ASSERT_EQ(talk.world.relay.place(desk.message(talk.log, text).bytes), Errc::none);
    talk.world.run();
  }
  talk.visitor.command(wire::MarkRead{talk.log, 4});
  let_marks_rest(talk);
  // The mark is lost on its way, and the device forgets all that it had in memory.
  talk.at_relay().marks.clear();
  talk.world.crash(0);
  talk.visitor.forget();
  talk.world.run();
  let_marks_rest(talk);
  const auto& marks = talk.at_relay().marks;
  const DeviceId self = talk.at_relay().fold.creator();
  const auto read = marks.find({self, 2});
  ASSERT_NE(read, marks.end());
  EXPECT_EQ(read->second.first, 4u);
}

TEST(EngineMarks, what_is_read_is_not_unread_any_more_also_after_a_reload) {
  Talk talk;
  DeskPen desk{talk.world};
  ASSERT_EQ(talk.world.relay.place(desk.message(talk.log, "hi").bytes), Errc::none);
  talk.world.run();
  EXPECT_EQ(talk.visitor.shown<wire::LogChanged>().back().unread, 1u);
  wire::MarkRead read;
  read.log = talk.log;
  read.seq = 4;
  talk.visitor.command(read);
  talk.world.run();
  EXPECT_EQ(talk.visitor.shown<wire::LogChanged>().back().unread, 0u);
  talk.world.crash(0);
  talk.visitor.forget();
  talk.world.run();
  EXPECT_EQ(talk.visitor.shown<wire::LogChanged>().back().unread, 0u);
}

// --- typing

struct DeskTypes {
  Talk talk;
  DeskPen desk{talk.world};
  std::uint64_t counter = 0;

  void say(bool on, const Hash& session = filled<Hash>(3),
           const std::function<void(wire::LogSignal&)>& change = {}) {
    wire::LogSignal signal;
    signal.log = talk.log;
    signal.author = talk.world.shop.desk.self.id;
    signal.session = session;
    signal.counter = ++counter;
    signal.expires_ms = talk.world.now + limits::signal_life_ms_max;
    signal.epoch = 1;
    if (change) change(signal);
    wire::SignalContent content;
    content.kind = 1;
    content.on = on;
    last = make_log_signal(talk.world.shop.desk, desk.epoch_key(talk.log), signal, content);
    hand(last);
  }
  void hand(BytesView body) {
    wire::Signal frame;
    frame.log = talk.log;
    frame.kind = 1;
    frame.body = body;
    talk.visitor.receive_frame(frame);
  }
  std::vector<bool> shown() const {
    std::vector<bool> out;
    for (const auto& event : talk.visitor.shown<wire::Typing>()) out.push_back(event.on);
    return out;
  }
  Bytes last;
};

TEST(EngineTyping, is_shown_on_and_off_and_never_stored) {
  DeskTypes types;
  const Disk before = types.talk.visitor.disk;
  types.say(true);
  types.say(true);
  types.say(false);
  EXPECT_EQ(types.shown(), (std::vector<bool>{true, false}));
  types.talk.world.run();
  EXPECT_EQ(types.talk.visitor.disk, before);
}

TEST(EngineTyping, is_forgotten_after_its_time) {
  DeskTypes types;
  types.say(true);
  types.talk.world.advance(limits::typing_forget_ms - 1);
  EXPECT_EQ(types.shown(), (std::vector<bool>{true}));
  types.talk.world.advance(1);
  EXPECT_EQ(types.shown(), (std::vector<bool>{true, false}));
}

TEST(EngineTyping, ends_with_the_message_and_with_the_connection) {
  DeskTypes types;
  types.say(true);
  ASSERT_EQ(types.talk.world.relay.place(types.desk.message(types.talk.log, "hi").bytes),
            Errc::none);
  types.talk.world.run();
  EXPECT_EQ(types.shown(), (std::vector<bool>{true, false}));
  types.say(true);
  types.talk.world.cut(0);
  EXPECT_EQ(types.shown(), (std::vector<bool>{true, false, true, false}));
}

TEST(EngineTyping, a_replayed_counter_is_ignored) {
  DeskTypes types;
  types.say(true);
  const Bytes old = types.last;
  types.say(false);
  types.hand(old);
  EXPECT_EQ(types.shown(), (std::vector<bool>{true, false}));
}

TEST(EngineTyping, a_signal_of_a_former_session_is_ignored) {
  DeskTypes types;
  types.say(true);
  const Bytes old = types.last;
  types.say(false);
  types.say(true, filled<Hash>(4));
  types.say(false, filled<Hash>(4));
  types.hand(old);
  EXPECT_EQ(types.shown(), (std::vector<bool>{true, false, true, false}));
}

TEST(EngineTyping, what_ended_long_ago_or_lies_far_ahead_is_ignored) {
  DeskTypes types;
  types.say(true, filled<Hash>(3), [](wire::LogSignal& signal) { signal.expires_ms -= 60'000; });
  types.say(true, filled<Hash>(3),
            [](wire::LogSignal& signal) { signal.expires_ms += 2 * day_ms; });
  EXPECT_TRUE(types.shown().empty());
}

TEST(EngineTyping, is_said_at_most_once_in_its_time) {
  Talk talk;
  wire::SetTyping typing;
  typing.log = talk.log;
  typing.on = true;
  for (int i = 0; i < 5; ++i) talk.visitor.command(typing);
  EXPECT_EQ(talk.visitor.sent<wire::Signal>().size(), 1u);
  talk.world.advance(limits::typing_repeat_ms);
  talk.visitor.feed(in::Tick{talk.world.now});
  talk.visitor.command(typing);
  EXPECT_EQ(talk.visitor.sent<wire::Signal>().size(), 2u);
  typing.on = false;
  talk.visitor.command(typing);
  talk.visitor.command(typing);
  EXPECT_EQ(talk.visitor.sent<wire::Signal>().size(), 3u);
}

}  // namespace
}  // namespace shopbell::testing
