// Search: the words that are looked for, what the database holds of them, and what is found as
// conversations go on, are edited and recalled, and after restarts.
#include "desk/search.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "desk/terms.h"
#include "unit/desk/fake_port.h"

namespace shopbell::desk {
namespace {

namespace fs = std::filesystem;
using Terms = std::vector<std::string>;

TEST(SearchTerms, words_are_lowered_and_chinese_is_cut_into_characters_and_pairs) {
  EXPECT_EQ(terms_of("The ZIP, broke: zip"), (Terms{"broke", "the", "zip"}));
  EXPECT_EQ(terms_of("拉链坏"), (Terms{"坏", "拉", "拉链", "链", "链坏"}));
  EXPECT_EQ(terms_of("订单A12号"), (Terms{"a12", "单", "号", "订", "订单"}));
  EXPECT_EQ(terms_of("Größe ÄRGER Цена"), (Terms{"größe", "ärger", "цена"}));
  EXPECT_EQ(terms_of("انكسر السحاب؟"), (Terms{"السحاب", "انكسر"}));
  EXPECT_EQ(terms_of("！，。 -- \xff\xe4"), Terms{});
  EXPECT_EQ(query_terms_of("拉链坏"), (Terms{"拉链", "链坏"}));
  EXPECT_EQ(query_terms_of("链"), Terms{"链"});
  EXPECT_EQ(query_terms_of("zip 坏了"), (Terms{"zip", "坏了"}));
}

class SearchTest : public testing::Test {
 protected:
  SearchTest() {
    for (const auto* ending : {"", "-wal", "-shm"}) fs::remove(file_ + ending);
    begin();
  }

  // As a restart does.
  void begin() {
    search_.reset();
    conversations_.reset();
    index_.reset();
    std::string problem;
    std::array<std::uint8_t, 32> key{};
    key[0] = 7;
    index_ = SearchIndex::open(file_, Key::from(key), problem);
    ASSERT_EQ(problem, "");
    port_.commands.clear();
    conversations_ = std::make_unique<Conversations>(port_);
    identity_ = std::make_unique<Identity>(port_, *conversations_, TokenRules{});
    search_ = std::make_unique<Search>(port_, *conversations_, *identity_, index_.get());
  }

  void open(const LogId& log, std::uint64_t head) {
    wire::LogOpened event;
    event.log = log;
    event.kind = 1;
    event.head_seq = head;
    tell(*conversations_, wire::EventKind::log_opened, event);
    tell(*search_, wire::EventKind::log_opened, event);
  }

  // A log that has just begun.
  void begin_log(const LogId& log) {
    open(log, 1);
    tell_history_end(*search_, log);
  }

  void say(const LogId& log, std::uint64_t seq, const std::string& text, std::uint8_t who = 1,
           std::uint64_t author_class = 1) {
    tell_text(*search_, {.log = log,
                         .seq = seq,
                         .author_class = author_class,
                         .text = text,
                         .author = device_number(who),
                         .counter = seq});
  }

  void open_team(const LogId& log, const LogId& main) {
    wire::LogOpened event;
    event.log = log;
    event.kind = 2;
    event.head_seq = 1;
    event.main_log = main;
    tell(*conversations_, wire::EventKind::log_opened, event);
    tell(*search_, wire::EventKind::log_opened, event);
    tell_history_end(*search_, log);
  }

  void tag(const LogId& log, std::uint64_t seq, const std::string& name, bool off = false,
           std::uint64_t author_class = 2) {
    const auto content = codec::encode(wire::Tag{name, off});
    wire::MessageEvent event;
    event.log = log;
    event.seq = seq;
    event.author = device_number(5);
    event.author_class = author_class;
    event.kind = static_cast<std::uint64_t>(wire::ContentKind::tag);
    event.content = content;
    event.fallback = name;
    event.time_ms = seq * 1000;
    tell(*search_, wire::EventKind::message, event);
  }

  const Terms& tags(const LogId& log) { return conversations_->find(log)->tags; }

  Terms tagged(const std::string& name, const std::string& words = "") {
    wire::SearchRequest request;
    request.words = words;
    request.tag = name;
    Terms out;
    for (const auto& hit : ask(request).hits) out.emplace_back(hit.text);
    return out;
  }

  wire::SearchPage ask(wire::SearchRequest request) {
    search_->settle();
    wire::RequestEvent event;
    event.from = device_number(9);
    event.id = 1;
    event.method = "search";
    event.role = 2;
    const auto body = codec::encode(request);
    event.body = body;
    tell(*search_, wire::EventKind::request_event, event);
    const auto answers = port_.take(wire::CommandKind::respond);
    if (answers.size() != 1) return {};
    answer_ = answers[0];
    const auto respond = codec::decode<wire::Respond>(answer_);
    EXPECT_EQ(respond->code, 0u);
    EXPECT_LT(respond->body.size(), limits::signal_bytes_max);
    const auto page = codec::decode<wire::SearchPage>(respond->body);
    EXPECT_TRUE(page.ok());
    return page ? *page : wire::SearchPage{};
  }

  Terms texts(const std::string& words) {
    wire::SearchRequest request;
    request.words = words;
    Terms out;
    for (const auto& hit : ask(request).hits) out.emplace_back(hit.text);
    return out;
  }

  const std::string file_ = testing::TempDir() + "search_test.db";
  const LogId log_ = log_number(1);
  const LogId other_ = log_number(2);
  FakePort port_;
  std::unique_ptr<SearchIndex> index_;
  std::unique_ptr<Conversations> conversations_;
  std::unique_ptr<Identity> identity_;
  std::unique_ptr<Search> search_;
  Bytes answer_;
};

TEST_F(SearchTest, words_of_both_scripts_are_found_newest_first_in_all_conversations) {
  begin_log(log_);
  begin_log(other_);
  say(log_, 3, "拉链坏了，订单 A1234");
  say(other_, 4, "The Zip of order a1234 broke");
  say(other_, 5, "坏拉链");
  EXPECT_EQ(texts("a1234"), (Terms{"The Zip of order a1234 broke", "拉链坏了，订单 A1234"}));
  EXPECT_EQ(texts("拉链坏"), Terms{"拉链坏了，订单 A1234"});
  EXPECT_EQ(texts("拉链").size(), 2u);
  EXPECT_EQ(texts("链").size(), 2u);
  EXPECT_EQ(texts("ZIP broke"), Terms{"The Zip of order a1234 broke"});
  EXPECT_EQ(texts("zip 拉链"), Terms{});
  EXPECT_EQ(texts("？！"), Terms{});
  EXPECT_EQ(texts("").size(), 3u);
}

TEST_F(SearchTest, pairs_alone_do_not_make_a_word) {
  begin_log(log_);
  say(log_, 3, "退货换货退款");  // holds the pairs of the query, not the query
  EXPECT_EQ(texts("换货退货"), Terms{});
  EXPECT_EQ(texts("换货退款").size(), 1u);
}

TEST_F(SearchTest, an_edit_is_found_by_its_words_and_what_is_recalled_by_none) {
  begin_log(log_);
  say(log_, 3, "red bag");
  const auto me = device_number(1);
  const auto amend = [&](Amended how) {
    Amended all = how;
    all.log = log_;
    if (!all.author) all.author = me;
    all.target_counter = 3;
    all.time_ms = 3000 + how.time_ms;
    tell_amendment(*search_, all);
  };
  amend({.seq = 4, .author = device_number(2), .text = "forged bag"});
  amend({.seq = 5, .time_ms = limits::amend_ms_max + 1, .text = "late bag"});
  EXPECT_EQ(texts("bag"), Terms{"red bag"});
  amend({.seq = 6, .text = "blue bag"});
  EXPECT_EQ(texts("bag"), Terms{"blue bag"});
  EXPECT_EQ(texts("red"), Terms{});
  amend({.seq = 7, .kind = wire::ContentKind::recall});
  EXPECT_EQ(texts("bag"), Terms{});
  EXPECT_EQ(texts(""), Terms{});
}

TEST_F(SearchTest, time_and_author_narrow_it) {
  begin_log(log_);
  say(log_, 3, "bag one", 1);
  say(log_, 4, "bag two", 2, 2);
  say(log_, 5, "bag three", 3, 4);
  const auto found = [&](std::uint64_t from, std::uint64_t to, std::uint8_t author,
                         std::uint64_t who) {
    wire::SearchRequest request;
    request.words = "bag";
    request.from_ms = from;
    request.to_ms = to;
    if (author != 0) request.author = device_number(author);
    request.who = who;
    return ask(request).hits.size();
  };
  EXPECT_EQ(found(0, 0, 0, 0), 2u) << "a stranger's words are nobody's";
  EXPECT_EQ(found(3500, 0, 0, 0), 1u);
  EXPECT_EQ(found(0, 4000, 0, 0), 1u);
  EXPECT_EQ(found(0, 0, 2, 0), 1u);
  EXPECT_EQ(found(0, 0, 0, 1), 1u);
}

TEST_F(SearchTest, a_tag_finds_the_words_of_its_conversation_while_it_is_on) {
  const LogId notes = log_number(3);
  begin_log(log_);
  begin_log(other_);
  open_team(notes, log_);
  say(log_, 3, "bag one");
  say(other_, 3, "bag two");
  tag(notes, 3, "维修");
  tag(notes, 4, "VIP");
  EXPECT_EQ(tags(log_), (Terms{"维修", "VIP"}));
  EXPECT_EQ(tags(other_), Terms{});
  EXPECT_EQ(tagged("vip"), Terms{"bag one"}) << "in whatever case, and a tag is no message itself";
  EXPECT_EQ(tagged("VIP", "two"), Terms{});
  EXPECT_EQ(texts("VIP"), Terms{});
  tag(notes, 6, "Vip", true);
  tag(notes, 5, "VIP");  // read late
  EXPECT_EQ(tags(log_), Terms{"维修"});
  EXPECT_EQ(tagged("VIP"), Terms{});

  search_->settle();
  begin();
  open(log_, 3);
  EXPECT_EQ(tags(log_), Terms{"维修"}) << "a desk that starts again knows them";
}

TEST_F(SearchTest, customers_put_on_no_tags_and_a_tag_has_words_of_some_length) {
  const LogId notes = log_number(3);
  begin_log(log_);
  open_team(notes, log_);
  tag(log_, 3, "vip", false, 1);
  tag(log_, 4, "vip", false, 2);
  tag(notes, 3, "vip", false, 1);
  tag(notes, 4, "");
  tag(notes, 5, std::string(tag_bytes_max + 1, 'a'));
  EXPECT_EQ(tags(log_), Terms{});
  for (std::uint64_t n = 0; n < tags_max + 5; ++n) tag(notes, 10 + n, "tag " + std::to_string(n));
  EXPECT_EQ(tags(log_).size(), tags_max);
}

TEST_F(SearchTest, pages_follow_each_other_without_a_gap) {
  begin_log(log_);
  for (std::uint64_t seq = 3; seq < 60; ++seq) say(log_, seq, "bag " + std::to_string(seq));
  wire::SearchRequest request;
  request.words = "bag";
  Terms all;
  for (std::size_t pages = 0; pages < 9; ++pages) {
    const auto page = ask(request);
    for (const auto& hit : page.hits) all.emplace_back(hit.text);
    if (page.before_ms == 0) break;
    request.before_ms = page.before_ms;
    request.before_id = page.before_id;
  }
  ASSERT_EQ(all.size(), 57u);
  EXPECT_EQ(all.front(), "bag 59");
  EXPECT_EQ(all.back(), "bag 3");
}

TEST_F(SearchTest, what_was_said_before_is_read_once_page_by_page) {
  open(log_, 250);
  const auto loads = [&] {
    std::vector<std::uint64_t> out;
    for (const auto& body : port_.take(wire::CommandKind::load_history)) {
      const auto load = codec::decode<wire::LoadHistory>(body);
      if (load->limit == 200) out.push_back(load->before_seq);
    }
    return out;
  };
  EXPECT_EQ(loads(), std::vector<std::uint64_t>{201});
  const auto tell_page = [&](std::uint64_t first, std::uint64_t last, bool at_end) {
    for (auto seq = first; seq <= last; ++seq) {
      wire::MessageEvent event;
      event.log = log_;
      event.seq = event.counter = seq;
      event.time_ms = seq;
      event.author = device_number(1);
      event.author_class = 1;
      event.kind = static_cast<std::uint64_t>(wire::ContentKind::text);
      wire::Text text;
      text.text = "bag";
      const auto content = codec::encode(text);
      event.content = content;
      event.history = true;
      tell(*search_, wire::EventKind::message, event);
    }
    wire::HistoryEnd end;
    end.log = log_;
    end.first_seq = first;
    end.last_seq = last;
    end.at_end = at_end;
    tell(*search_, wire::EventKind::history_end, end);
  };
  tell_page(151, 250, true);  // another ability's
  say(log_, 251, "bag");      // comes meanwhile; it is read in its turn
  EXPECT_EQ(loads(), std::vector<std::uint64_t>{});
  tell_page(1, 200, false);
  EXPECT_EQ(loads(), std::vector<std::uint64_t>{401});
  EXPECT_TRUE(ask({}).building);
  tell_page(201, 251, true);
  EXPECT_FALSE(ask({}).building);
  say(log_, 252, "zip");
  EXPECT_EQ(texts("zip").size(), 1u);

  begin();
  open(log_, 252);
  EXPECT_EQ(loads(), std::vector<std::uint64_t>{}) << "nothing is read again";
  EXPECT_EQ(texts("zip").size(), 1u);
}

TEST_F(SearchTest, the_database_holds_no_words) {
  begin_log(log_);
  say(log_, 3, "zipperword 拉链坏了");
  wire::About about;
  about.name = "Lindaname";
  const auto content = codec::encode(about);
  wire::MessageEvent event;
  event.log = log_;
  event.seq = event.counter = 4;
  event.author = device_number(2);
  event.author_class = 2;
  event.kind = static_cast<std::uint64_t>(wire::ContentKind::about);
  event.content = content;
  tell(*search_, wire::EventKind::message, event);
  EXPECT_EQ(texts("lindaname").size(), 1u);
  const auto page = ask({});
  ASSERT_EQ(page.authors.size(), 1u);
  EXPECT_EQ(page.authors[0].name, "Lindaname");
  for (const auto* ending : {"", "-wal"}) {
    std::ifstream in(file_ + ending, std::ios::binary);
    std::stringstream bytes;
    bytes << in.rdbuf();
    for (const auto* word : {"zipper", "拉链", "Linda", "linda"}) {
      EXPECT_EQ(bytes.str().find(word), std::string::npos) << word;
    }
  }
}

TEST_F(SearchTest, only_the_certified_may_ask) {
  wire::RequestEvent event;
  event.method = "search";
  tell(*search_, wire::EventKind::request_event, event);
  const auto answers = port_.take(wire::CommandKind::respond);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(codec::decode<wire::Respond>(answers[0])->code,
            static_cast<std::uint64_t>(Errc::not_certified));
}

}  // namespace
}  // namespace shopbell::desk
