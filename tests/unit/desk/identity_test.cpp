// Who a customer is to the desk: event by event.
#include "desk/identity/identity.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include "unit/desk/fake_port.h"

namespace shopbell::desk {
namespace {

using wire::CommandKind;
using wire::EventKind;

class IdentityTest : public testing::Test {
 protected:
  IdentityTest() { begin(); }

  // As after a start of the program; what the shop log holds is told again.
  void begin() {
    conversations_ = std::make_unique<Conversations>(port_);
    identity_ = std::make_unique<Identity>(port_, *conversations_, rules());
    tell_opened(*identity_, shop_log_, 3);
  }

  static TokenRules rules() {
    TokenRules out;
    out.shop = ShopId::from(Bytes(32, 7));
    out.keys.push_back({"k", IdentityKey::Algorithm::hs256, Bytes(32, 5)});
    return out;
  }

  void history_ends() {
    for (const auto& record : records_) tell_record(record);
    tell_history_end(*identity_, shop_log_);
  }

  std::string token(std::string_view subject, const DeviceId& device, std::string_view id,
                    std::string_view name = "") const {
    auto payload = R"({"iss":"s","aud":")" + to_base64url(rules().shop.view()) + R"(","sub":")" +
                   std::string(subject) + R"(","jti":")" + std::string(id) + R"(","exp":)" +
                   std::to_string(port_.now / 1000 + 200) + R"(,"cnf":{"kid":")" +
                   to_base64url(device.view()) + "\"}";
    if (!name.empty()) payload += R"(,"name":")" + std::string(name) + "\"";
    const auto text =
        to_base64url(as_bytes(R"({"alg":"HS256"})")) + "." + to_base64url(as_bytes(payload + "}"));
    Bytes mac(32);
    const Bytes key(32, 5);
    crypto_auth_hmacsha256(mac.data(), as_bytes(text).data(), text.size(), key.data());
    return text + "." + to_base64url(mac);
  }

  void ask(const DeviceId& from, std::string_view token, std::uint64_t id = 1) {
    const auto body = codec::encode(wire::IdentifyRequest{token});
    const Bytes card = {from.data[0]};
    wire::RequestEvent request;
    request.from = from;
    request.id = id;
    request.method = "identify";
    request.body = body;
    request.card = card;
    tell(*identity_, EventKind::request_event, request);
  }

  // The desk's engine has stored what it was told to write.
  void store() {
    for (const auto& body : port_.take(CommandKind::send)) {
      const auto send = codec::decode<wire::Send>(body);
      ASSERT_TRUE(send);
      EXPECT_EQ(send->log, shop_log_);
      records_.push_back(to_bytes(send->content));
      tell_record(records_.back());
    }
  }

  void tell_record(BytesView content) {
    wire::MessageEvent event;
    event.log = shop_log_;
    event.mine = true;
    event.kind = static_cast<std::uint64_t>(wire::ContentKind::shop_customer);
    event.content = content;
    tell(*identity_, EventKind::message, event);
  }

  Errc answered() {
    const auto answers = port_.take(CommandKind::respond);
    EXPECT_EQ(answers.size(), 1u);
    if (answers.size() != 1) return Errc::malformed;
    return static_cast<Errc>(codec::decode<wire::Respond>(answers[0])->code);
  }

  Errc identified(const DeviceId& device, std::string_view subject, std::string_view id,
                  std::string_view name = "") {
    ask(device, token(subject, device, id, name));
    store();
    return answered();
  }

  void talk_begins(const LogId& log, const DeviceId& creator) {
    wire::LogOpened event;
    event.log = log;
    event.kind = 1;
    event.creator = creator;
    tell(*conversations_, EventKind::log_opened, event);
    tell(*identity_, EventKind::log_opened, event);
  }

  std::set<std::pair<LogId, DeviceId>> admitted() {
    std::set<std::pair<LogId, DeviceId>> out;
    identity_->settle();
    for (const auto& body : port_.take(CommandKind::admit)) {
      const auto admit = codec::decode<wire::Admit>(body);
      EXPECT_TRUE(out.insert({admit->log, admit->device}).second);
    }
    return out;
  }

  FakePort port_;
  const LogId shop_log_ = log_number(99);
  std::vector<Bytes> records_;
  std::unique_ptr<Conversations> conversations_;
  std::unique_ptr<Identity> identity_;
  const DeviceId phone_ = device_number(1);
  const DeviceId laptop_ = device_number(2);
  const DeviceId other_ = device_number(3);
  const LogId first_ = log_number(1);
  const LogId second_ = log_number(2);
};

TEST_F(IdentityTest, AnswersOnlyWhenTheRecordIsStored) {
  history_ends();
  ask(phone_, token("u-1", phone_, "a", "Lin"));
  EXPECT_TRUE(port_.take(CommandKind::respond).empty());
  EXPECT_EQ(identity_->customer_of(phone_), nullptr);
  store();
  EXPECT_EQ(answered(), Errc::none);
  ASSERT_NE(identity_->customer_of(phone_), nullptr);
  EXPECT_EQ(identity_->customer_of(phone_)->subject, "u-1");
  EXPECT_EQ(identity_->customer_of(phone_)->name, "Lin");
}

TEST_F(IdentityTest, LetsEachDeviceIntoAllConversationsOfTheCustomer) {
  history_ends();
  talk_begins(first_, phone_);
  talk_begins(second_, laptop_);
  EXPECT_EQ(identified(phone_, "u-1", "a"), Errc::none);
  EXPECT_TRUE(admitted().empty());
  EXPECT_EQ(identified(laptop_, "u-1", "b"), Errc::none);
  const std::set<std::pair<LogId, DeviceId>> both = {{first_, laptop_}, {second_, phone_}};
  EXPECT_EQ(admitted(), both);
  EXPECT_TRUE(admitted().empty());
  // And into those that begin later.
  const auto later = log_number(3);
  talk_begins(later, laptop_);
  const std::set<std::pair<LogId, DeviceId>> new_one = {{later, phone_}};
  EXPECT_EQ(admitted(), new_one);
}

TEST_F(IdentityTest, KeepsTwoCustomersApart) {
  history_ends();
  talk_begins(first_, phone_);
  EXPECT_EQ(identified(phone_, "u-1", "a"), Errc::none);
  EXPECT_EQ(identified(laptop_, "u-2", "b"), Errc::none);
  EXPECT_TRUE(admitted().empty());
  EXPECT_EQ(identified(phone_, "u-2", "c"), Errc::identity_other);
  // A device of the one lets in a device of the other: they stay two.
  wire::Member member;
  member.log = first_;
  member.device = laptop_;
  member.author_class = 1;
  tell(*identity_, EventKind::member, member);
  EXPECT_EQ(identity_->customer_of(phone_)->subject, "u-1");
  EXPECT_EQ(identity_->customer_of(laptop_)->subject, "u-2");
}

TEST_F(IdentityTest, ADeviceThatTheCustomerLetInBelongsToHim) {
  history_ends();
  talk_begins(first_, phone_);
  wire::Member member;
  member.log = first_;
  member.device = laptop_;
  member.author_class = 1;
  tell(*identity_, EventKind::member, member);
  EXPECT_TRUE(admitted().empty());
  talk_begins(second_, laptop_);
  const std::set<std::pair<LogId, DeviceId>> back = {{second_, phone_}};
  EXPECT_EQ(admitted(), back);
  EXPECT_EQ(identified(laptop_, "u-1", "a"), Errc::none);
  EXPECT_EQ(identity_->customer_of(phone_)->subject, "u-1");
}

TEST_F(IdentityTest, ATokenIsUsedOnce) {
  history_ends();
  const auto one = token("u-1", phone_, "a");
  ask(phone_, one, 1);
  store();
  EXPECT_EQ(answered(), Errc::none);
  // The same question, whose answer was lost, gets the same answer; another one does not.
  ask(phone_, one, 1);
  EXPECT_EQ(answered(), Errc::none);
  ask(phone_, one, 2);
  EXPECT_EQ(answered(), Errc::identity_used);
  ask(other_, one, 1);
  EXPECT_EQ(answered(), Errc::identity_device);
}

TEST_F(IdentityTest, AKnownCustomerIsNotWrittenDownAgain) {
  history_ends();
  EXPECT_EQ(identified(phone_, "u-1", "a", "Lin"), Errc::none);
  ask(phone_, token("u-1", phone_, "b", "Lin"));
  EXPECT_TRUE(port_.take(CommandKind::send).empty());
  EXPECT_EQ(answered(), Errc::none);
  EXPECT_EQ(identified(phone_, "u-1", "c", "Lin Xiaoman"), Errc::none);
  EXPECT_EQ(records_.size(), 2u);
  EXPECT_EQ(identity_->customer_of(phone_)->name, "Lin Xiaoman");
}

TEST_F(IdentityTest, ARestartKnowsEverythingFromTheShopLog) {
  history_ends();
  EXPECT_EQ(identified(phone_, "u-1", "a", "Lin"), Errc::none);
  EXPECT_EQ(identified(laptop_, "u-1", "b", "Lin"), Errc::none);
  begin();
  talk_begins(first_, phone_);
  EXPECT_TRUE(admitted().empty());
  // Who asks before that is read is answered behind it.
  ask(other_, token("u-1", other_, "c", "Lin"));
  EXPECT_TRUE(port_.take(CommandKind::send).empty());
  history_ends();
  store();
  EXPECT_EQ(answered(), Errc::none);
  const std::set<std::pair<LogId, DeviceId>> all = {{first_, laptop_}, {first_, other_}};
  EXPECT_EQ(admitted(), all);
}

TEST_F(IdentityTest, WhatIsNoTokenIsRefused) {
  history_ends();
  ask(phone_, "none");
  EXPECT_EQ(answered(), Errc::identity_refused);
  ask(phone_, token("u-1", other_, "a"));
  EXPECT_EQ(answered(), Errc::identity_device);
}

}  // namespace
}  // namespace shopbell::desk
