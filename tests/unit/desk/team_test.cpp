// The team: invitations made, used and taken back; who is there and who is away.
#include "desk/team.h"

#include "desk/enrolment.h"
#include "unit/desk/asking.h"

namespace shopbell::desk {
namespace {

constexpr std::uint64_t hour_ms = 3'600'000;

class TeamTest : public testing::Test {
 protected:
  Answered invite(std::uint8_t secret, std::uint64_t role = agent, std::uint64_t life = hour_ms) {
    wire::AdminInvite body;
    body.secret.data[0] = secret;
    body.role = role;
    body.life_ms = life;
    return ask(team_, port_, "admin.invite", admin, codec::encode(body));
  }

  Answered revoke(const LogId& id) {
    wire::AdminRevoke body;
    body.invitation = id;
    return ask(team_, port_, "admin.invitation.revoke", admin, codec::encode(body));
  }

  LogId made(std::uint8_t secret) {
    const auto answer = invite(secret);
    return codec::decode<wire::AdminInvited>(answer.body)->invitation;
  }

  // What stays after the answer's bytes are gone.
  struct Listed {
    std::vector<std::string> names;
    std::vector<wire::TeamDevice> devices;
    std::vector<wire::OpenInvitation> invitations;
  };
  Listed list() {
    const auto answer = ask(team_, port_, "admin.team.list", admin);
    const auto page = codec::decode<wire::TeamPage>(answer.body);
    Listed out;
    for (const auto& each : page->devices) {
      out.names.emplace_back(each.name);
      out.devices.push_back(each);
      out.devices.back().name = {};
    }
    out.invitations = page->invitations;
    return out;
  }

  void use(const LogId& id, std::uint8_t device, const std::string& name, std::uint64_t end_ms) {
    ASSERT_TRUE(book_->use(id, device_number(device), end_ms, name, port_.now));
  }

  const ShopId shop_ = numbered(3, ShopId{});
  FakePort port_;
  std::unique_ptr<InvitationBook> book_ = make_memory_invitations();
  std::unique_ptr<SettingsBook> kept_ = make_memory_settings();
  Presence presence_{port_, *book_, *kept_};
  Answered remove(std::uint8_t device) {
    wire::AdminRemove body;
    body.device = device_number(device);
    return ask(team_, port_, "admin.team.remove", admin, codec::encode(body));
  }
  Answered set_role(std::uint8_t device, std::uint64_t role) {
    wire::AdminRole body;
    body.device = device_number(device);
    body.role = role;
    return ask(team_, port_, "admin.team.role", admin, codec::encode(body));
  }
  // Two admins and an agent.
  void enlist() {
    const auto first = invite(1, admin);
    use(codec::decode<wire::AdminInvited>(first.body)->invitation, 5, "Lin", month_);
    const auto second = invite(2, admin);
    use(codec::decode<wire::AdminInvited>(second.body)->invitation, 6, "Mei", month_);
    use(made(3), 7, "Bo", month_);
  }

  int changes_ = 0;
  const std::uint64_t month_ = port_.now + 30 * 24 * hour_ms;
  Team team_{port_,
             *book_,
             presence_,
             {shop_, "https://chat.example", "wss://relay.example/ws", [this] { ++changes_; }}};
};

TEST_F(TeamTest, InvitationIsALinkThatEnrols) {
  const auto answer = invite(42, observer);
  ASSERT_EQ(answer.code, Errc::none);
  const auto invited = codec::decode<wire::AdminInvited>(answer.body);
  Key secret;
  secret.writable()[0] = 42;
  EXPECT_EQ(invited->link, "https://chat.example/console/#invite=" + to_base64url(secret.reveal()) +
                               "&shop=" + to_base64url(shop_.view()) +
                               "&relay=wss%3A%2F%2Frelay.example%2Fws");
  EXPECT_EQ(invited->expires_ms, port_.now + hour_ms);

  Enrolment enrolment(port_, *book_, shop_);
  wire::EnrolRequest asked;
  asked.invitation = invitation_id_of(secret);
  asked.mac = enrol_mac(invitation_key_of(secret, shop_), device_number(9), shop_);
  asked.name = "Mei";
  const auto body = codec::encode(asked);
  wire::RequestEvent request;
  request.from = device_number(9);
  request.method = "enrol";
  request.body = body;
  tell(enrolment, wire::EventKind::request_event, request);
  const auto certified = port_.take(wire::CommandKind::certify);
  ASSERT_EQ(certified.size(), 1u);
  EXPECT_EQ(codec::decode<wire::Certify>(certified[0])->role, observer);
  const auto listed = list();
  EXPECT_TRUE(listed.invitations.empty());
  ASSERT_EQ(listed.names, std::vector<std::string>{"Mei"});
  EXPECT_EQ(listed.devices[0].role, observer);
}

TEST_F(TeamTest, SameRequestAgainIsTheSameInvitation) {
  const auto first = invite(42);
  port_.now += 5000;
  EXPECT_EQ(invite(42).body, first.body);
  EXPECT_EQ(list().invitations.size(), 1u);
}

TEST_F(TeamTest, WrongInvitationsAreRefused) {
  EXPECT_EQ(why_of(invite(1, 0)), "role@0");
  EXPECT_EQ(why_of(invite(1, 4)), "role@0");
  EXPECT_EQ(why_of(invite(1, agent, 1000)), "life@0");
  EXPECT_EQ(why_of(invite(1, agent, 31 * 24 * hour_ms)), "life@0");
  EXPECT_EQ(why_of(invite(0)), "secret@0");
  EXPECT_TRUE(list().invitations.empty());
  for (std::uint8_t i = 1; i <= 50; ++i) EXPECT_EQ(invite(i).code, Errc::none);
  EXPECT_EQ(why_of(invite(51)), "many@0");
}

TEST_F(TeamTest, EndedInvitationsAreNotShown) {
  made(1);
  EXPECT_EQ(list().invitations.size(), 1u);
  port_.now += hour_ms + 1;
  EXPECT_TRUE(list().invitations.empty());
}

TEST_F(TeamTest, InvitationIsTakenBackOnceAndForAll) {
  const auto id = made(1);
  EXPECT_EQ(revoke(id).code, Errc::none);
  EXPECT_FALSE(book_->find(id));
  EXPECT_EQ(revoke(id).code, Errc::none) << "asked again after a lost answer";
}

TEST_F(TeamTest, UsedInvitationCannotBeTakenBack) {
  const auto id = made(1);
  use(id, 9, "Mei", port_.now + hour_ms);
  EXPECT_EQ(why_of(revoke(id)), "used@0");
  EXPECT_EQ(list().names.size(), 1u);
}

TEST_F(TeamTest, DeviceHasOneLineThatOfItsNewestCertificate) {
  use(made(1), 9, "Mei", port_.now + 1);
  use(made(2), 9, "Mei Lin", port_.now + 2);
  const auto listed = list();
  EXPECT_EQ(listed.names, std::vector<std::string>{"Mei Lin"});
  EXPECT_EQ(listed.devices[0].not_after_ms, port_.now + 2);
}

TEST_F(TeamTest, StatusIsShownWhereItWasSaid) {
  use(made(1), 9, "Mei", port_.now + hour_ms);
  EXPECT_EQ(list().devices[0].heard_ms, 0u);
  wire::AgentStatus away;
  away.away = true;
  const auto said =
      ask(presence_, port_, "status.set", agent, codec::encode(away), device_number(9));
  ASSERT_EQ(said.code, Errc::none);
  EXPECT_EQ(codec::decode<wire::AgentStatus>(said.body)->since_ms, port_.now);
  EXPECT_EQ(codec::decode<wire::AgentStatus>(said.body)->role, agent);
  const auto said_ms = port_.now;
  port_.now += 1000;
  const auto asked = ask(presence_, port_, "status.get", agent, {}, device_number(9));
  EXPECT_EQ(asked.body, said.body);
  const auto listed = list();
  EXPECT_TRUE(listed.devices[0].away);
  EXPECT_EQ(listed.devices[0].status_ms, said_ms);
  EXPECT_EQ(listed.devices[0].heard_ms, port_.now);
  ask(presence_, port_, "status.set", agent, {}, device_number(9));
  EXPECT_FALSE(list().devices[0].away);
}

TEST_F(TeamTest, StatusIsForCertifiedDevices) {
  EXPECT_EQ(ask(presence_, port_, "status.set", stranger).code, Errc::not_certified);
  EXPECT_EQ(ask(presence_, port_, "status.get", stranger).code, Errc::not_certified);
  EXPECT_EQ(presence_.of(device_number(5), {}).heard_ms, 0u);
}

TEST_F(TeamTest, PresenceTakesBoundedMemory) {
  for (int i = 0; i < 3000; ++i) {
    DeviceId device;
    device.data[0] = static_cast<std::uint8_t>(i);
    device.data[1] = static_cast<std::uint8_t>(i >> 8);
    device.data[2] = 1;
    port_.now += 1;
    ask(presence_, port_, "status.get", agent, {}, device);
    EXPECT_EQ(presence_.of(device, {}).heard_ms, port_.now);
  }
  DeviceId first;
  first.data[2] = 1;
  EXPECT_EQ(presence_.of(first, {}).heard_ms, 0u);
}

TEST_F(TeamTest, RemovedDeviceIsWrittenDownAndTheCardFollows) {
  enlist();
  EXPECT_EQ(remove(7).code, Errc::none);
  EXPECT_EQ(changes_, 1);
  const auto kept = book_->find_used_by(device_number(7));
  EXPECT_EQ(kept->removed_ms, port_.now);
  EXPECT_EQ(kept->withdrawn_ms, port_.now);
  const auto listed = list();
  ASSERT_EQ(listed.names.size(), 3u);
  EXPECT_EQ(listed.names.back(), "Bo") << "who is gone stands last";
  EXPECT_EQ(listed.devices.back().removed_ms, port_.now);
  port_.now += 1000;
  EXPECT_EQ(remove(7).code, Errc::none) << "asked again";
  EXPECT_EQ(book_->find_used_by(device_number(7))->removed_ms, port_.now - 1000);
  EXPECT_EQ(why_of(remove(99)), "member@0");
}

TEST_F(TeamTest, LastAdminStays) {
  enlist();
  EXPECT_EQ(remove(5).code, Errc::none);
  EXPECT_EQ(why_of(remove(6)), "last-admin@0");
  EXPECT_EQ(why_of(set_role(6, agent)), "last-admin@0");
  EXPECT_TRUE(list().devices[0].last_admin || list().devices[1].last_admin);
  EXPECT_EQ(set_role(7, admin).code, Errc::none);
  EXPECT_EQ(set_role(6, agent).code, Errc::none) << "there is another one now";
}

TEST_F(TeamTest, AdminWhoseCertificateHasEndedIsNone) {
  enlist();
  use(made(4), 8, "Old", port_.now - 1);
  EXPECT_EQ(remove(5).code, Errc::none);
  book_->change(device_number(8), {admin, 0, 0});
  EXPECT_EQ(why_of(remove(6)), "last-admin@0");
}

TEST_F(TeamTest, RoleIsChangedAndTheDeviceIsToldToAskForItsCertificate) {
  enlist();
  EXPECT_EQ(set_role(7, observer).code, Errc::none);
  EXPECT_EQ(changes_, 1) << "what it has says that it may write";
  EXPECT_EQ(book_->find_used_by(device_number(7))->role, observer);
  const auto pushes = port_.take(wire::CommandKind::push);
  ASSERT_EQ(pushes.size(), 1u);
  EXPECT_EQ(codec::decode<wire::Push>(pushes[0])->method, "certificate.renew");
  EXPECT_EQ(set_role(7, agent).code, Errc::none);
  EXPECT_EQ(changes_, 1) << "an observer's certificate may stay";
  EXPECT_EQ(why_of(set_role(7, 4)), "role@0");
  EXPECT_EQ(why_of(set_role(99, agent)), "member@0");
}

TEST_F(TeamTest, OthersThanAdminsAreRefused) {
  enlist();
  wire::AdminRemove body;
  body.device = device_number(7);
  for (const auto role : {agent, observer}) {
    EXPECT_EQ(ask(team_, port_, "admin.team.remove", role, codec::encode(body)).code,
              Errc::role_refused);
    EXPECT_EQ(ask(team_, port_, "admin.team.role", role, codec::encode(body)).code,
              Errc::role_refused);
  }
  EXPECT_EQ(book_->find_used_by(device_number(7))->removed_ms, 0u);
}

TEST_F(TeamTest, InvitationForAnotherBrowserNamesWhomItReplaces) {
  enlist();
  wire::AdminInvite body;
  body.secret.data[0] = 40;
  body.role = agent;
  body.life_ms = hour_ms;
  body.replaces = device_number(7);
  EXPECT_EQ(ask(team_, port_, "admin.invite", admin, codec::encode(body)).code, Errc::none);
  const auto listed = list();
  ASSERT_EQ(listed.invitations.size(), 1u);
  EXPECT_EQ(listed.invitations[0].replaces, device_number(7));
  body.secret.data[0] = 41;
  body.replaces = device_number(99);
  EXPECT_EQ(why_of(ask(team_, port_, "admin.invite", admin, codec::encode(body))), "member@0");
}

}  // namespace
}  // namespace shopbell::desk
