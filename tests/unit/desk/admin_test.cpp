// What admins see and change, through the whole desk: refusals by role and by value, what is
// recorded, and what follows a change at once.
#include "desk/desk.h"
#include "desk/greeting_words.h"
#include "unit/desk/asking.h"

namespace shopbell::desk {
namespace {

using wire::CommandKind;

// Takes writes until it is told not to.
class FragileBook : public SettingsBook {
 public:
  std::optional<Bytes> get(std::string_view name) override { return book_->get(name); }
  bool put(std::string_view name, BytesView value) override {
    return !broken && book_->put(name, value);
  }
  bool broken = false;

 private:
  std::unique_ptr<SettingsBook> book_ = make_memory_settings();
};

class AdminTest : public testing::Test {
 protected:
  AdminTest() { start(); }

  // Anew over the same books, as a restart does.
  void start() {
    Desk::Options out;
    out.shop = numbered(3, ShopId{});
    out.words = seed_;
    out.relays = {{"wss://relay.example/ws", {}}};
    out.desk_certificate = {1, 2, 3};
    out.settings = &settings_;
    out.premises.relay_url = "wss://relay.example/ws";
    out.premises.assets_url = "https://chat.shop.example";
    out.premises.certificate_end_ms = 99;
    out.premises.backed_up_ms = [this] { return backed_up_ms_; };
    out.premises.on_domains = [this](const auto& domains) { told_ = domains; };
    desk_ = std::make_unique<Desk>(port_, *book_, std::move(out));
    tell(*desk_, wire::EventKind::ready, wire::Ready{});
    port_.take(CommandKind::sign_card);
  }

  Answered set_domains(std::vector<std::string_view> domains, std::uint64_t role = admin) {
    wire::AdminDomains body;
    body.domains = std::move(domains);
    return ask(*desk_, port_, "admin.domains.set", role, codec::encode(body));
  }

  Answered set_look(const wire::AdminLook& look, std::uint64_t role = admin) {
    return ask(*desk_, port_, "admin.look.set", role, codec::encode(look));
  }

  static wire::AdminLook good_look() {
    wire::AdminLook look;
    look.accent = "#aa2200";
    look.position = "left";
    return look;
  }

  // The domains of the one card that was signed since.
  std::vector<std::string> signed_domains() {
    const auto cards = port_.take(CommandKind::sign_card);
    EXPECT_EQ(cards.size(), 1u);
    if (cards.size() != 1) return {};
    const auto card = codec::decode<wire::SignCard>(cards[0]);
    return {card->domains.begin(), card->domains.end()};
  }

  ShopWords seed_ = {.name = "Shop",
                     .accent = "#0f766e",
                     .greeting_zh = {},
                     .greeting_en = {},
                     .greeting_ar = {},
                     .position = "right",
                     .domains = {"https://shop.example"}};
  std::uint64_t backed_up_ms_ = 0;
  std::vector<std::string> told_;
  FakePort port_;
  FragileBook settings_;
  std::unique_ptr<InvitationBook> book_ = make_memory_invitations();
  std::unique_ptr<Desk> desk_;
};

TEST_F(AdminTest, EveryMethodIsForAdminsAlone) {
  for (const auto* method : {"admin.overview", "admin.domains.set", "admin.look.set",
                             "admin.team.list", "admin.invite", "admin.invitation.revoke"}) {
    EXPECT_EQ(ask(*desk_, port_, method, agent).code, Errc::role_refused) << method;
    EXPECT_EQ(ask(*desk_, port_, method, observer).code, Errc::role_refused) << method;
    EXPECT_EQ(ask(*desk_, port_, method, stranger).code, Errc::not_certified) << method;
  }
  EXPECT_EQ(set_domains({}, agent).code, Errc::role_refused);
  EXPECT_TRUE(port_.commands.empty()) << "nothing was changed";
}

TEST_F(AdminTest, OverviewSaysWhatTheTagNeeds) {
  backed_up_ms_ = 5;
  desk_->note_page(SeenOrigins::What::script, "https://shop.example/bags?x=1");
  desk_->note_page(SeenOrigins::What::frame, "https://evil.example/");
  const auto answer = ask(*desk_, port_, "admin.overview", admin);
  ASSERT_EQ(answer.code, Errc::none);
  const auto found = codec::decode<wire::AdminOverview>(answer.body);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->shop, numbered(3, ShopId{}));
  EXPECT_EQ(found->name, "Shop");
  EXPECT_EQ(found->relay_url, "wss://relay.example/ws");
  EXPECT_EQ(found->assets_url, "https://chat.shop.example");
  ASSERT_EQ(found->domains.size(), 1u);
  EXPECT_EQ(found->backed_up_ms, 5u);
  EXPECT_EQ(found->certificate_end_ms, 99u);
  EXPECT_EQ(found->now_ms, port_.now);
  const auto look = codec::decode<wire::AdminLook>(found->look);
  ASSERT_TRUE(look);
  EXPECT_EQ(look->accent, "#0f766e");
  EXPECT_EQ(look->position, "right");
  ASSERT_EQ(found->seen.size(), 2u);
  EXPECT_EQ(found->seen[0].origin, "https://evil.example");
  EXPECT_EQ(found->seen[0].refused_ms, port_.now);
  EXPECT_FALSE(found->seen[0].allowed);
  EXPECT_EQ(found->seen[1].origin, "https://shop.example");
  EXPECT_EQ(found->seen[1].script_ms, port_.now);
  EXPECT_EQ(found->seen[1].refused_ms, 0u);
  EXPECT_TRUE(found->seen[1].allowed);
}

TEST_F(AdminTest, PageThatHidesItsAddressIsNotedAsSuch) {
  desk_->note_page(SeenOrigins::What::script, "");
  const auto answer = ask(*desk_, port_, "admin.overview", admin);
  const auto found = codec::decode<wire::AdminOverview>(answer.body);
  ASSERT_EQ(found->seen.size(), 1u);
  EXPECT_EQ(found->seen[0].origin, "");
  EXPECT_EQ(found->seen[0].refused_ms, 0u);
}

TEST_F(AdminTest, NewDomainsAreSignedToldAndKept) {
  const auto answer = set_domains({"https://shop.example", " HTTPS://www.shop.example/ "});
  ASSERT_EQ(answer.code, Errc::none);
  const std::vector<std::string> wanted = {"https://shop.example", "https://www.shop.example"};
  const auto taken = codec::decode<wire::AdminDomains>(answer.body);
  EXPECT_EQ(std::vector<std::string>(taken->domains.begin(), taken->domains.end()), wanted);
  EXPECT_EQ(signed_domains(), wanted);
  EXPECT_EQ(told_, wanted);
  start();
  const auto after = ask(*desk_, port_, "admin.overview", admin);
  EXPECT_EQ(codec::decode<wire::AdminOverview>(after.body)->domains.size(), 2u);
}

TEST_F(AdminTest, SameDomainsAgainSignNothing) {
  EXPECT_EQ(set_domains({"https://shop.example"}).code, Errc::none);
  EXPECT_TRUE(port_.commands.empty());
}

TEST_F(AdminTest, WrongDomainsAreRefusedWithTheirPlaceAndChangeNothing) {
  EXPECT_EQ(why_of(set_domains({"https://a.example", "https://b.example/x"})), "path@1");
  EXPECT_EQ(why_of(set_domains({"a.example", "A.example"})), "twice@1");
  std::vector<std::string> many;
  for (int i = 0; i < 51; ++i) many.push_back("h" + std::to_string(i) + ".example");
  EXPECT_EQ(why_of(set_domains({many.begin(), many.end()})), "many@50");
  EXPECT_TRUE(port_.commands.empty());
  EXPECT_TRUE(told_.empty());
}

TEST_F(AdminTest, WhatCannotBeRecordedIsNotDone) {
  settings_.broken = true;
  EXPECT_EQ(set_domains({"a.example"}).code, Errc::store_failed);
  EXPECT_EQ(set_look(good_look()).code, Errc::store_failed);
  EXPECT_TRUE(port_.commands.empty());
  EXPECT_TRUE(told_.empty());
}

TEST_F(AdminTest, LookIsSignedAndKept) {
  auto look = good_look();
  look.greeting_ar = "ahlan";
  ASSERT_EQ(set_look(look).code, Errc::none);
  const auto cards = port_.take(CommandKind::sign_card);
  ASSERT_EQ(cards.size(), 1u);
  const auto card = codec::decode<wire::SignCard>(cards[0]);
  const auto shown = codec::decode<wire::Look>(card->look);
  EXPECT_EQ(shown->accent, "#aa2200");
  EXPECT_EQ(shown->greeting_ar, "ahlan");
  start();
  const auto after = ask(*desk_, port_, "admin.overview", admin);
  const auto overview = codec::decode<wire::AdminOverview>(after.body);
  const auto kept = codec::decode<wire::AdminLook>(overview->look);
  EXPECT_EQ(kept->accent, "#aa2200");
  EXPECT_EQ(kept->position, "left");
}

TEST_F(AdminTest, WrongLooksAreRefused) {
  auto look = good_look();
  look.accent = "red";
  EXPECT_EQ(why_of(set_look(look)), "color@0");
  look = good_look();
  look.position = "top";
  EXPECT_EQ(why_of(set_look(look)), "position@0");
  look = good_look();
  const std::string long_text(501, 'x');
  look.greeting_zh = long_text;
  EXPECT_EQ(why_of(set_look(look)), "long@0");
  look.greeting_zh = "a\nb";
  EXPECT_EQ(why_of(set_look(look)), "lines@0");
  EXPECT_TRUE(port_.commands.empty());
}

TEST_F(AdminTest, GreetingFollowsTheLook) {
  auto look = good_look();
  look.greeting_en = "Welcome.";
  ASSERT_EQ(set_look(look).code, Errc::none);
  const auto greeting_for = [&](std::uint8_t number, const char* locale) {
    const auto log = log_number(number);
    tell_opened(*desk_, log, 1);
    tell_history_end(*desk_, log);
    tell_text(*desk_, {.log = log, .seq = 2, .text = "Hello?", .locale = locale});
    const auto sent = port_.take(CommandKind::send);
    return sent.size() == 1 ? std::string(codec::decode<wire::Send>(sent[0])->fallback) : "none";
  };
  EXPECT_EQ(greeting_for(1, "en"), "Welcome.");
  EXPECT_EQ(greeting_for(2, "ar"), words::greeting_ar);
}

TEST_F(AdminTest, MalformedBodiesAreRefused) {
  const Bytes noise = {0xff, 0xff};
  for (const auto* method :
       {"admin.domains.set", "admin.look.set", "admin.invite", "admin.invitation.revoke"}) {
    EXPECT_NE(ask(*desk_, port_, method, admin, noise).code, Errc::none) << method;
  }
  EXPECT_TRUE(port_.commands.empty());
}

}  // namespace
}  // namespace shopbell::desk
