// The desk's abilities, event by event: the card, greetings, team logs, the inbox.
#include "desk/desk.h"

#include <gtest/gtest.h>

#include "desk/greeting_words.h"
#include "unit/desk/fake_port.h"

namespace shopbell::desk {
namespace {

class DeskTest : public testing::Test {
 protected:
  static Desk::Options options() {
    Desk::Options out;
    out.words.name = "Shop";
    out.words.domains = {"https://shop.example"};
    out.relays = {{"wss://relay.example/ws", {}}};
    out.desk_certificate = {1, 2, 3};
    return out;
  }

  void open(const LogId& log) {
    tell_opened(desk_, log, 1);
    tell_history_end(desk_, log);
  }

  void ask_inbox(const DeviceId& from, std::uint64_t role) {
    wire::RequestEvent request;
    request.from = from;
    request.id = 7;
    request.method = "inbox.list";
    request.role = role;
    tell(desk_, wire::EventKind::request_event, request);
  }

  std::size_t pushed_rows() {
    std::size_t out = 0;
    for (const auto& body : port_.take(wire::CommandKind::push)) {
      EXPECT_LT(body.size(), 60'000u);
      const auto push = codec::decode<wire::Push>(body);
      out += codec::decode<wire::InboxPage>(push->body)->rows.size();
    }
    return out;
  }

  FakePort port_;
  std::unique_ptr<InvitationBook> book_ = make_memory_invitations();
  Desk desk_{port_, *book_, options()};
  const LogId log_ = log_number(1);
};

using wire::CommandKind;

TEST_F(DeskTest, SignsTheCardAtStartAndDaily) {
  tell(desk_, wire::EventKind::ready, wire::Ready{});
  const auto cards = port_.take(CommandKind::sign_card);
  ASSERT_EQ(cards.size(), 1u);
  const auto card = codec::decode<wire::SignCard>(cards[0]);
  ASSERT_TRUE(card);
  EXPECT_EQ(card->name, "Shop");
  ASSERT_EQ(card->relays.size(), 1u);
  EXPECT_EQ(card->relays[0].url, "wss://relay.example/ws");
  ASSERT_EQ(card->domains.size(), 1u);
  port_.now += 23ull * 3600 * 1000;
  desk_.settle();
  EXPECT_EQ(port_.take(CommandKind::sign_card).size(), 0u);
  port_.now += 3600 * 1000;
  desk_.settle();
  desk_.settle();
  EXPECT_EQ(port_.take(CommandKind::sign_card).size(), 1u);
}

TEST_F(DeskTest, CardNamesWhoWasRemovedAlsoByTheCommandLine) {
  Invitation invitation;
  invitation.id = log_number(7);
  invitation.role = 2;
  ASSERT_TRUE(book_->add(invitation));
  ASSERT_TRUE(book_->use(invitation.id, device_number(9), port_.now + 1'000'000'000, "Mei", 1));
  tell(desk_, wire::EventKind::ready, wire::Ready{});
  desk_.settle();
  EXPECT_TRUE(
      codec::decode<wire::SignCard>(port_.take(CommandKind::sign_card).at(0))->revoked.empty());
  ASSERT_TRUE(book_->change(device_number(9), {2, port_.now, port_.now}));
  port_.now += 60'000;
  desk_.settle();
  const auto cards = port_.take(CommandKind::sign_card);
  ASSERT_EQ(cards.size(), 1u);
  const auto card = codec::decode<wire::SignCard>(cards[0]);
  ASSERT_EQ(card->revoked.size(), 1u);
  EXPECT_EQ(card->revoked[0], device_number(9));
  ASSERT_EQ(card->withdrawals.size(), 1u);
  EXPECT_EQ(card->withdrawals[0].at_ms, port_.now - 60'000);
  port_.now += 60'000;
  desk_.settle();
  EXPECT_EQ(port_.take(CommandKind::sign_card).size(), 0u);
}

TEST_F(DeskTest, TeamKeyTurnsOverOnceAMonth) {
  tell(desk_, wire::EventKind::ready, wire::Ready{});
  wire::Shop shop;
  shop.team_version = 4;
  shop.team_since = port_.now;
  tell(desk_, wire::EventKind::shop, shop);
  const auto version_asked = [&] {
    desk_.settle();
    const auto cards = port_.take(CommandKind::sign_card);
    return cards.empty() ? 0 : codec::decode<wire::SignCard>(cards.back())->team_version_min;
  };
  (void)version_asked();
  port_.now += 29ull * 24 * 3600 * 1000;
  EXPECT_EQ(version_asked(), 4u);
  port_.now += 24ull * 3600 * 1000;
  EXPECT_EQ(version_asked(), 5u);
}

TEST_F(DeskTest, BookThatWasRestoredLearnsOfARemovalFromTheCard) {
  Invitation invitation;
  invitation.id = log_number(7);
  ASSERT_TRUE(book_->add(invitation));
  ASSERT_TRUE(book_->use(invitation.id, device_number(9), port_.now + 1'000'000'000, "Mei", 1));
  wire::Shop shop;
  shop.revoked.push_back(device_number(9));
  tell(desk_, wire::EventKind::shop, shop);
  EXPECT_EQ(book_->find_used_by(device_number(9))->removed_ms, port_.now);
}

TEST_F(DeskTest, RoleOfTheBookStandsBeforeThatOfTheCertificate) {
  Invitation invitation;
  invitation.id = log_number(7);
  invitation.role = 1;
  ASSERT_TRUE(book_->add(invitation));
  ASSERT_TRUE(book_->use(invitation.id, device_number(9), port_.now + 1'000'000'000, "Mei", 1));
  ASSERT_TRUE(book_->change(device_number(9), {3, 0, 0}));
  const auto code_of = [&](std::string_view method) {
    wire::RequestEvent request;
    request.from = device_number(9);
    request.method = method;
    request.role = 1;
    tell(desk_, wire::EventKind::request_event, request);
    return static_cast<Errc>(
        codec::decode<wire::Respond>(port_.take(CommandKind::respond).at(0))->code);
  };
  EXPECT_EQ(code_of("admin.overview"), Errc::role_refused);
  EXPECT_EQ(code_of("inbox.list"), Errc::none);
  const auto pushes = port_.take(CommandKind::push);
  ASSERT_FALSE(pushes.empty());
  EXPECT_EQ(codec::decode<wire::Push>(pushes[0])->method, "certificate.renew");
  ASSERT_TRUE(book_->change(device_number(9), {3, 1, 1}));
  EXPECT_EQ(code_of("inbox.list"), Errc::not_certified);
}

TEST_F(DeskTest, NothingIsSignedBeforeTheEngineIsReady) {
  desk_.settle();
  EXPECT_TRUE(port_.commands.empty());
}

TEST_F(DeskTest, ThePreviewFollowsTheAuthorsEditAndRecall) {
  constexpr std::uint64_t minute = 60'000;
  const auto me = device_number(1);
  const auto preview = [&] {
    desk_.settle();
    const auto pushes = port_.take(CommandKind::push);
    if (pushes.empty()) return std::string("nothing new");
    const auto push = codec::decode<wire::Push>(pushes.back());
    const auto row = codec::decode<wire::InboxPage>(push->body)->rows.at(0);
    EXPECT_EQ(row.time_ms, minute);
    return row.recalled ? std::string("recalled") : std::string(row.preview);
  };
  const auto amend = [&](Amended how) {
    how.log = log_;
    if (!how.author) how.author = me;
    if (how.target_counter == 0) how.target_counter = 4;
    tell_amendment(desk_, how);
    return preview();
  };
  ask_inbox(device_number(9), 2);
  open(log_);
  tell_text(
      desk_,
      {.log = log_, .seq = 5, .text = "fisrt", .time_ms = minute, .author = me, .counter = 4});
  EXPECT_EQ(preview(), "fisrt");
  const auto late = minute + limits::amend_ms_max + 1;
  const auto forger = device_number(2);
  EXPECT_EQ(amend({.seq = 6, .author = forger, .time_ms = minute, .text = "forged"}), "fisrt");
  EXPECT_EQ(amend({.seq = 7, .target_counter = 3, .time_ms = minute, .text = "other"}), "fisrt");
  EXPECT_EQ(amend({.seq = 8, .time_ms = late, .text = "late"}), "fisrt");
  EXPECT_EQ(amend({.seq = 9, .time_ms = late - 1, .text = "first"}), "first");
  EXPECT_EQ(amend({.seq = 10, .time_ms = minute + 1, .text = "first!"}), "first!");
  EXPECT_EQ(amend({.seq = 11, .kind = wire::ContentKind::recall, .time_ms = late - 1}), "recalled");
  EXPECT_EQ(amend({.seq = 12, .time_ms = late - 1, .text = "back"}), "recalled");
  // History tells it once more.
  tell_text(
      desk_,
      {.log = log_, .seq = 5, .text = "fisrt", .time_ms = minute, .author = me, .counter = 4});
  EXPECT_EQ(preview(), "recalled");
}

TEST_F(DeskTest, GreetsTheFirstTextOnce) {
  open(log_);
  tell_text(desk_, {.log = log_, .seq = 3, .text = "Hello?", .locale = "en"});
  tell_text(desk_, {.log = log_, .seq = 4, .text = "Anybody?", .locale = "en"});
  const auto sent = port_.take(CommandKind::send);
  ASSERT_EQ(sent.size(), 1u);
  const auto send = codec::decode<wire::Send>(sent[0]);
  ASSERT_TRUE(send);
  EXPECT_EQ(send->log, log_);
  EXPECT_EQ(send->answers_seq, 3u);
  EXPECT_EQ(send->fallback, words::greeting_en);
  const auto text = codec::decode<wire::Text>(send->content);
  ASSERT_TRUE(text);
  EXPECT_EQ(text->text, words::greeting_en);
}

TEST_F(DeskTest, GreetsInTheCustomersLanguage) {
  const auto greeting_for = [&](std::uint8_t number, const char* text, const char* locale) {
    const auto log = log_number(number);
    open(log);
    tell_text(desk_, {.log = log, .seq = 2, .text = text, .locale = locale});
    const auto sent = port_.take(CommandKind::send);
    if (sent.size() != 1) return std::string("none");
    return std::string(codec::decode<wire::Send>(sent[0])->fallback);
  };
  EXPECT_EQ(greeting_for(1, "zip broken", "zh-CN"), words::greeting_zh);
  EXPECT_EQ(greeting_for(2, "拉链坏了", "en-GB"), words::greeting_en);
  EXPECT_EQ(greeting_for(3, "拉链坏了", ""), words::greeting_zh);
  EXPECT_EQ(greeting_for(4, "zip broken", ""), words::greeting_en);
}

TEST_F(DeskTest, GreetsNobodyTwiceAfterARestart) {
  // What was stored: the question, and the greeting that has its place.
  tell_opened(desk_, log_, 1);
  tell_text(desk_, {.log = log_, .seq = 3, .text = "Hello?"});
  tell_text(desk_, {.log = log_, .seq = 4, .author_class = 3, .text = "greeting", .mine = true});
  tell_history_end(desk_, log_);
  // And one whose greeting is still in the outbox.
  const auto other = log_number(2);
  tell_opened(desk_, other, 1);
  tell_text(desk_, {.log = other, .seq = 3, .text = "Hello?"});
  tell_text(desk_, {.log = other, .seq = 0, .author_class = 3, .text = "greeting", .mine = true});
  tell_history_end(desk_, other);
  EXPECT_TRUE(port_.take(CommandKind::send).empty());
}

TEST_F(DeskTest, GreetsAfterARestartWhatWasNotGreeted) {
  tell_opened(desk_, log_, 1);
  tell_text(desk_, {.log = log_, .seq = 3, .text = "Hello?"});
  EXPECT_TRUE(port_.take(CommandKind::send).empty()) << "before the history is known";
  tell_history_end(desk_, log_);
  EXPECT_EQ(port_.take(CommandKind::send).size(), 1u);
}

TEST_F(DeskTest, GreetsNoOldOrAnsweredConversation) {
  tell_opened(desk_, log_, 1);
  tell_text(desk_, {.log = log_, .seq = 300, .text = "Hello?"});
  tell_history_end(desk_, log_, true);
  const auto other = log_number(2);
  open(other);
  tell_text(desk_, {.log = other, .seq = 2, .author_class = 2, .text = "Can I help?"});
  tell_text(desk_, {.log = other, .seq = 3, .text = "Yes"});
  EXPECT_TRUE(port_.take(CommandKind::send).empty());
}

TEST_F(DeskTest, StrangersAreNotGreeted) {
  open(log_);
  tell_text(desk_, {.log = log_, .seq = 2, .author_class = 4, .text = "Hello?"});
  EXPECT_TRUE(port_.take(CommandKind::send).empty());
}

TEST_F(DeskTest, MakesOneTeamLogForEachConversation) {
  tell_opened(desk_, log_, 1);
  EXPECT_TRUE(port_.take(CommandKind::create_log).empty());
  tell_history_end(desk_, log_);
  tell_history_end(desk_, log_);
  const auto made = port_.take(CommandKind::create_log);
  ASSERT_EQ(made.size(), 1u);
  const auto create = codec::decode<wire::CreateLog>(made[0]);
  ASSERT_TRUE(create);
  EXPECT_EQ(create->kind, 2u);
  EXPECT_EQ(create->main_log, log_);
}

TEST_F(DeskTest, StoredTeamLogIsFoundInWhateverOrder) {
  const auto other = log_number(2);
  tell_opened(desk_, log_number(9), 2, log_);
  tell_opened(desk_, log_, 1);
  tell_opened(desk_, other, 1);
  tell_opened(desk_, log_number(8), 2, other);
  tell_history_end(desk_, log_);
  tell_history_end(desk_, other);
  EXPECT_TRUE(port_.take(CommandKind::create_log).empty());
}

TEST_F(DeskTest, InboxIsForCertifiedDevices) {
  open(log_);
  tell_text(desk_, {.log = log_, .seq = 2, .text = "Hello?"});
  desk_.settle();
  ask_inbox(device_number(5), 0);
  auto answers = port_.take(CommandKind::respond);
  ASSERT_EQ(answers.size(), 1u);
  auto answer = codec::decode<wire::Respond>(answers[0]);
  EXPECT_EQ(answer->code, static_cast<std::uint64_t>(Errc::not_certified));
  EXPECT_TRUE(answer->body.empty());

  tell_text(desk_, {.log = log_, .seq = 3, .text = "more"});
  desk_.settle();
  EXPECT_TRUE(port_.take(CommandKind::push).empty());
}

TEST_F(DeskTest, InboxRowSaysWhoWaits) {
  open(log_);
  tell_text(desk_, {.log = log_, .seq = 2, .text = "Hello?", .locale = "en", .time_ms = 100});
  tell_text(desk_, {.log = log_, .seq = 3, .author_class = 3, .text = "soon", .time_ms = 110});
  wire::PageView view;
  view.title = "Red bag";
  const auto content = codec::encode(view);
  wire::MessageEvent page;
  page.log = log_;
  page.seq = 4;
  page.author_class = 1;
  page.kind = static_cast<std::uint64_t>(wire::ContentKind::page_view);
  page.content = content;
  tell(desk_, wire::EventKind::message, page);
  ask_inbox(device_number(5), 2);
  const auto answers = port_.take(CommandKind::respond);
  ASSERT_EQ(answers.size(), 1u);
  const auto answer = codec::decode<wire::Respond>(answers[0]);
  ASSERT_EQ(answer->code, 0u);
  const auto rows = codec::decode<wire::InboxPage>(answer->body);
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->rows.size(), 1u);
  EXPECT_EQ(rows->rows[0].preview, "Hello?");
  EXPECT_EQ(rows->rows[0].head_seq, 4u);
  EXPECT_EQ(rows->rows[0].time_ms, 110u);
  EXPECT_EQ(rows->rows[0].waiting_since_ms, 100u);
  EXPECT_EQ(rows->rows[0].page_title, "Red bag");
  EXPECT_EQ(rows->rows[0].locale, "en");
}

TEST_F(DeskTest, ChangesArePushedOnceABurst) {
  ask_inbox(device_number(5), 2);
  open(log_);
  tell_text(desk_, {.log = log_, .seq = 2, .text = "Hello?", .time_ms = 100});
  tell_text(desk_, {.log = log_, .seq = 3, .author_class = 2, .text = "Yes?", .time_ms = 200});
  desk_.settle();
  desk_.settle();
  const auto pushes = port_.take(CommandKind::push);
  ASSERT_EQ(pushes.size(), 1u);
  const auto push = codec::decode<wire::Push>(pushes[0]);
  EXPECT_EQ(push->to, device_number(5));
  EXPECT_EQ(push->method, "inbox.changed");
  const auto rows = codec::decode<wire::InboxPage>(push->body);
  ASSERT_EQ(rows->rows.size(), 1u);
  EXPECT_EQ(rows->rows[0].waiting_since_ms, 0u);
  EXPECT_EQ(rows->rows[0].preview, "Yes?");
}

TEST_F(DeskTest, FoldIsTheSameInAnyOrder) {
  tell_opened(desk_, log_, 1);
  tell_text(desk_, {.log = log_, .seq = 5, .text = "newest", .time_ms = 500});
  tell_text(desk_, {.log = log_, .seq = 4, .author_class = 2, .text = "answer", .time_ms = 400});
  tell_text(desk_, {.log = log_, .seq = 3, .text = "first", .time_ms = 300});
  tell_text(desk_, {.log = log_, .seq = 5, .text = "newest", .time_ms = 500});
  tell_history_end(desk_, log_);
  ask_inbox(device_number(5), 1);
  const auto answers = port_.take(CommandKind::respond);
  ASSERT_EQ(answers.size(), 1u);
  const auto answer = codec::decode<wire::Respond>(answers[0]);
  const auto rows = codec::decode<wire::InboxPage>(answer->body);
  ASSERT_EQ(rows->rows.size(), 1u);
  EXPECT_EQ(rows->rows[0].preview, "newest");
  EXPECT_EQ(rows->rows[0].waiting_since_ms, 500u);
}

TEST_F(DeskTest, LongInboxComesInManySignals) {
  for (int i = 0; i < 1000; ++i) {
    LogId log;
    log.data[0] = static_cast<std::uint8_t>(i);
    log.data[1] = static_cast<std::uint8_t>(i >> 8);
    log.data[2] = 1;
    open(log);
    const auto time = static_cast<std::uint64_t>(1000 + i);
    tell_text(desk_, {.log = log, .seq = 2, .text = std::string(500, 'x'), .time_ms = time});
  }
  ask_inbox(device_number(5), 2);
  const auto answers = port_.take(CommandKind::respond);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_LT(answers[0].size(), 60'000u);
  const auto answer = codec::decode<wire::Respond>(answers[0]);
  const auto rows = codec::decode<wire::InboxPage>(answer->body);
  ASSERT_GT(rows->rows.size(), 100u);
  EXPECT_EQ(rows->rows[0].time_ms, 1999u);
  // The answer and the pushes behind it name all; and so do the pushes of what has changed.
  EXPECT_EQ(rows->rows.size() + pushed_rows(), 1000u);
  desk_.settle();
  EXPECT_EQ(pushed_rows(), 1000u);
}

TEST_F(DeskTest, UnansweredMessagesTakeBoundedMemory) {
  Conversations conversations(port_);
  tell_opened(conversations, log_, 1);
  for (std::uint64_t seq = 1; seq <= 1000; ++seq) {
    tell_text(conversations, {.log = log_, .seq = seq, .text = "and?"});
  }
  const auto& one = conversations.all().at(log_);
  EXPECT_LE(one.waiting.size(), 200u);
  EXPECT_EQ(one.waiting_since_ms(), 1000u);
  tell_text(conversations, {.log = log_, .seq = 1001, .author_class = 2, .text = "Yes."});
  EXPECT_EQ(one.waiting_since_ms(), 0u);
}

}  // namespace
}  // namespace shopbell::desk
