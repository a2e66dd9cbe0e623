// Invitations: one use, by who proves the secret, before the end. Run over both books.
#include "desk/enrolment.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "desk/members.h"
#include "unit/desk/fake_port.h"

namespace shopbell::desk {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t hour_ms = 3'600'000;

class EnrolmentTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    for (const auto* ending : {"", "-wal", "-shm"}) fs::remove(file_ + ending);
    book_ = open();
    secret_.writable()[0] = 42;
    Invitation invitation;
    invitation.id = invitation_id_of(secret_);
    invitation.key = invitation_key_of(secret_, shop_);
    invitation.role = 2;
    invitation.expires_ms = port_.now + hour_ms;
    invitation.certificate_ms = 24 * hour_ms;
    ASSERT_TRUE(book_->add(invitation));
    enrolment_.emplace(port_, *book_, shop_);
  }
  void TearDown() override { book_.reset(); }

  std::unique_ptr<InvitationBook> open() {
    if (!GetParam()) return make_memory_invitations();
    std::string problem;
    auto book = open_invitations(file_, problem);
    EXPECT_EQ(problem, "");
    return book;
  }

  // The refusal's code, or 0 where a certificate was issued.
  std::uint64_t ask(const DeviceId& device, const Key& secret, const std::string& name = "Lin") {
    wire::EnrolRequest asked;
    asked.invitation = invitation_id_of(secret);
    asked.mac = enrol_mac(invitation_key_of(secret, shop_), device, shop_);
    asked.name = name;
    return ask(device, asked);
  }

  std::uint64_t ask(const DeviceId& device, const wire::EnrolRequest& asked) {
    const auto body = codec::encode(asked);
    wire::RequestEvent request;
    request.from = device;
    request.id = 9;
    request.method = "enrol";
    request.body = body;
    tell(*enrolment_, wire::EventKind::request_event, request);
    certified_ = port_.take(wire::CommandKind::certify);
    const auto refused = port_.take(wire::CommandKind::respond);
    EXPECT_EQ(certified_.size() + refused.size(), 1u);
    if (refused.empty()) return 0;
    return codec::decode<wire::Respond>(refused[0])->code;
  }

  const std::string file_ = testing::TempDir() + "enrolment_test.db";
  const ShopId shop_ = numbered(3, ShopId{});
  Key secret_;
  FakePort port_;
  std::unique_ptr<InvitationBook> book_;
  std::optional<Enrolment> enrolment_;
  std::vector<Bytes> certified_;
};

constexpr auto refused = static_cast<std::uint64_t>(Errc::invitation_refused);

TEST_P(EnrolmentTest, BringsACertificateOfItsRole) {
  ASSERT_EQ(ask(device_number(1), secret_), 0u);
  const auto certify = codec::decode<wire::Certify>(certified_[0]);
  ASSERT_TRUE(certify);
  EXPECT_EQ(certify->device, device_number(1));
  EXPECT_EQ(certify->request_id, 9u);
  EXPECT_EQ(certify->role, 2u);
  EXPECT_EQ(certify->not_after_ms, port_.now + 24 * hour_ms);
  EXPECT_EQ(certify->name, "Lin");
  EXPECT_EQ(certify->invitation, invitation_id_of(secret_));
}

TEST_P(EnrolmentTest, IsUsedUpByOneDevice) {
  ASSERT_EQ(ask(device_number(1), secret_), 0u);
  EXPECT_EQ(ask(device_number(2), secret_), refused);
}

TEST_P(EnrolmentTest, SameDeviceGetsTheSameAnswerAlsoLater) {
  ASSERT_EQ(ask(device_number(1), secret_), 0u);
  const auto first = certified_;
  port_.now += 5 * hour_ms;
  ASSERT_EQ(ask(device_number(1), secret_, "Another name"), 0u);
  EXPECT_EQ(certified_, first);
}

TEST_P(EnrolmentTest, EndsWithItsTime) {
  port_.now += hour_ms + 1;
  EXPECT_EQ(ask(device_number(1), secret_), refused);
}

TEST_P(EnrolmentTest, MustBeProvenForThisDevice) {
  wire::EnrolRequest asked;
  asked.invitation = invitation_id_of(secret_);
  asked.mac = enrol_mac(invitation_key_of(secret_, shop_), device_number(1), shop_);
  asked.name = "Lin";
  EXPECT_EQ(ask(device_number(2), asked), refused);
  EXPECT_EQ(ask(device_number(1), asked), 0u);
}

TEST_P(EnrolmentTest, UnknownSecretAndBadRequestsAreRefused) {
  Key other;
  other.writable()[0] = 43;
  EXPECT_EQ(ask(device_number(1), other), refused);
  EXPECT_NE(ask(device_number(1), secret_, ""), 0u);
  EXPECT_NE(ask(device_number(1), secret_, std::string(121, 'x')), 0u);
  EXPECT_EQ(ask(device_number(1), secret_), 0u) << "what was refused used nothing up";
}

TEST_P(EnrolmentTest, UseIsKept) {
  ASSERT_EQ(ask(device_number(1), secret_), 0u);
  if (GetParam()) book_ = open();
  const auto kept = book_->find(invitation_id_of(secret_));
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->used_by, device_number(1));
  EXPECT_EQ(kept->name, "Lin");
  EXPECT_EQ(kept->not_after_ms, port_.now + 24 * hour_ms);
  EXPECT_FALSE(book_->use(kept->id, device_number(2), 1, "x", 1));
  EXPECT_EQ(book_->find_used_by(device_number(1))->id, kept->id);
  EXPECT_FALSE(book_->find_used_by(device_number(2)));
}

TEST_P(EnrolmentTest, RevokedOneIsAsIfItHadNeverBeen) {
  EXPECT_EQ(book_->all().size(), 1u);
  EXPECT_TRUE(book_->revoke(invitation_id_of(secret_)));
  EXPECT_FALSE(book_->revoke(invitation_id_of(secret_)));
  EXPECT_TRUE(book_->all().empty());
  EXPECT_EQ(ask(device_number(1), secret_), refused);
}

TEST_P(EnrolmentTest, UsedOneIsNotRevoked) {
  ASSERT_EQ(ask(device_number(1), secret_), 0u);
  EXPECT_FALSE(book_->revoke(invitation_id_of(secret_)));
  ASSERT_EQ(book_->all().size(), 1u);
  EXPECT_EQ(book_->all()[0].name, "Lin");
}

TEST_P(EnrolmentTest, ReplacedDeviceGoesInTheSameStep) {
  int removals = 0;
  enrolment_.emplace(port_, *book_, shop_, [&] { ++removals; });
  EXPECT_EQ(ask(device_number(1), secret_), 0u);
  EXPECT_EQ(removals, 0);
  Key second;
  second.writable()[0] = 43;
  Invitation invitation;
  invitation.id = invitation_id_of(second);
  invitation.key = invitation_key_of(second, shop_);
  invitation.role = 2;
  invitation.expires_ms = port_.now + hour_ms;
  invitation.certificate_ms = 24 * hour_ms;
  invitation.replaces = device_number(1);
  ASSERT_TRUE(book_->add(invitation));
  EXPECT_EQ(ask(device_number(2), second), 0u);
  EXPECT_EQ(removals, 1);
  EXPECT_EQ(certified_.size(), 1u);
  book_.reset();
  book_ = open();
  if (!GetParam()) return;
  EXPECT_EQ(book_->find_used_by(device_number(1))->removed_ms, port_.now);
  EXPECT_EQ(book_->find_used_by(device_number(1))->withdrawn_ms, port_.now);
  EXPECT_EQ(book_->find_used_by(device_number(2))->removed_ms, 0u);
}

TEST_P(EnrolmentTest, RemovedDeviceDoesNotComeBackByItsOldLinkButByANewOne) {
  EXPECT_EQ(ask(device_number(1), secret_), 0u);
  ASSERT_TRUE(book_->change(device_number(1), {2, port_.now, port_.now}));
  EXPECT_NE(ask(device_number(1), secret_), 0u);
  Key second;
  second.writable()[0] = 43;
  Invitation invitation;
  invitation.id = invitation_id_of(second);
  invitation.key = invitation_key_of(second, shop_);
  invitation.role = 2;
  invitation.expires_ms = port_.now + hour_ms;
  invitation.certificate_ms = 24 * hour_ms;
  ASSERT_TRUE(book_->add(invitation));
  EXPECT_EQ(ask(device_number(1), second), 0u);
  EXPECT_EQ(book_->find_used_by(device_number(1))->removed_ms, 0u);
  EXPECT_EQ(book_->find_used_by(device_number(1))->withdrawn_ms, port_.now)
      << "its former certificate stays void";
}

TEST_P(EnrolmentTest, OneOfTheTeamGetsTheCertificateOfItsRoleOfToday) {
  const auto renew = [&](const DeviceId& device) {
    wire::RequestEvent request;
    request.from = device;
    request.id = 9;
    request.method = "certificate.renew";
    tell(*enrolment_, wire::EventKind::request_event, request);
    certified_ = port_.take(wire::CommandKind::certify);
    const auto refusals = port_.take(wire::CommandKind::respond);
    return refusals.empty() ? Errc::none
                            : static_cast<Errc>(codec::decode<wire::Respond>(refusals[0])->code);
  };
  EXPECT_EQ(renew(device_number(1)), Errc::not_certified);
  EXPECT_EQ(ask(device_number(1), secret_), 0u);
  ASSERT_TRUE(book_->change(device_number(1), {3, port_.now, 0}));
  EXPECT_EQ(renew(device_number(1)), Errc::none);
  ASSERT_EQ(certified_.size(), 1u);
  EXPECT_EQ(codec::decode<wire::Certify>(certified_[0])->role, 3u);
  ASSERT_TRUE(book_->change(device_number(1), {3, port_.now, port_.now}));
  EXPECT_EQ(renew(device_number(1)), Errc::certificate_revoked);
  ASSERT_TRUE(book_->change(device_number(1), {3, port_.now, 0}));
  port_.now += 25 * hour_ms;
  EXPECT_EQ(renew(device_number(1)), Errc::certificate_ended);
}

TEST_P(EnrolmentTest, WhoseCertificateNearsItsEndIsOfferedAnotherWhileHeComes) {
  Key second;
  second.writable()[0] = 43;
  Invitation invitation;
  invitation.id = invitation_id_of(second);
  invitation.key = invitation_key_of(second, shop_);
  invitation.role = 2;
  invitation.expires_ms = port_.now + hour_ms;
  invitation.certificate_ms = certificate_ms_max;
  ASSERT_TRUE(book_->add(invitation));
  const auto ask_desk = [&](std::string_view method) {
    wire::RequestEvent request;
    request.from = device_number(1);
    request.id = 9;
    request.role = 2;
    request.method = method;
    tell(*enrolment_, wire::EventKind::request_event, request);
    certified_ = port_.take(wire::CommandKind::certify);
    return port_.take(wire::CommandKind::push).size();
  };
  ASSERT_EQ(ask(device_number(1), second), 0u);
  const auto first_end = port_.now + certificate_ms_max;
  EXPECT_EQ(ask_desk("status.get"), 0u);
  port_.now += certificate_ms_max / 2 + hour_ms;
  EXPECT_EQ(ask_desk("status.get"), 1u);
  EXPECT_EQ(ask_desk("inbox.list"), 0u) << "said once an hour";
  EXPECT_EQ(ask_desk("certificate.renew"), 0u);
  ASSERT_EQ(certified_.size(), 1u);
  const auto end = codec::decode<wire::Certify>(certified_[0])->not_after_ms;
  EXPECT_EQ(end, port_.now + certificate_ms_max);
  EXPECT_GT(end, first_end);
  port_.now += hour_ms;
  EXPECT_EQ(ask_desk("status.get"), 0u) << "it has a new one";
  // Who stays away for so long is invited again.
  port_.now = end + 1;
  EXPECT_EQ(ask_desk("status.get"), 0u);
  EXPECT_EQ(ask_desk("certificate.renew"), 0u);
  EXPECT_TRUE(certified_.empty());
  port_.take(wire::CommandKind::respond);
}

INSTANTIATE_TEST_SUITE_P(Books, EnrolmentTest, testing::Bool(),
                         [](const auto& each) { return each.param ? "sqlite" : "memory"; });

}  // namespace
}  // namespace shopbell::desk
