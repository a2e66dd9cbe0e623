// One person on some devices: links for a further one, one presence, one list of what was read, one
// notification.
#include "desk/attention.h"
#include "desk/enrolment.h"
#include "desk/own_devices.h"
#include "unit/desk/asking.h"

namespace shopbell::desk {
namespace {

constexpr std::uint64_t minute_ms = 60'000;
constexpr std::uint64_t month_ms = 30ull * 24 * 60 * minute_ms;

const DeviceId laptop = device_number(5);
const DeviceId phone = device_number(6);
const DeviceId tablet = device_number(7);
const DeviceId other = device_number(9);

class DevicesTest : public testing::Test {
 protected:
  DevicesTest() {
    // Lin is the only admin, Bo an agent.
    certify(1, laptop, "Lin", admin);
    certify(2, other, "Bo", agent);
  }

  void certify(std::uint8_t secret, const DeviceId& device, const std::string& name,
               std::uint64_t role) {
    Invitation invitation = make_invitation(secret_of(secret), shop_, role, port_.now + minute_ms);
    EXPECT_TRUE(book_->add(invitation));
    EXPECT_TRUE(book_->use(invitation.id, device, port_.now + month_ms, name, port_.now));
  }

  static Hash secret_of(std::uint8_t number) { return numbered(number, Hash{}); }

  Answered link(std::uint8_t secret, const DeviceId& from = laptop, std::uint64_t role = admin) {
    wire::DeviceInvite body;
    body.secret = secret_of(secret);
    return ask(own_, port_, "devices.invite", role, codec::encode(body), from);
  }

  // The answer's code, or none where it was certified.
  Errc enrol(std::uint8_t secret_number, const DeviceId& device, std::string_view name = {}) {
    const auto secret = Key::from(secret_of(secret_number).view());
    wire::EnrolRequest asked;
    asked.invitation = invitation_id_of(secret);
    asked.mac = enrol_mac(invitation_key_of(secret, shop_), device, shop_);
    asked.name = name;
    const auto body = codec::encode(asked);
    wire::RequestEvent request;
    request.from = device;
    request.method = "enrol";
    request.body = body;
    Enrolment enrolment(port_, *book_, shop_);
    tell(enrolment, wire::EventKind::request_event, request);
    const auto refused = port_.take(wire::CommandKind::respond);
    if (refused.empty()) return Errc::none;
    return static_cast<Errc>(codec::decode<wire::Respond>(refused[0])->code);
  }

  // Lin has her phone beside her laptop.
  void add_phone() {
    ASSERT_EQ(link(40).code, Errc::none);
    ASSERT_EQ(enrol(40, phone), Errc::none);
    port_.commands.clear();
  }

  static Bytes removal_of(const DeviceId& device, bool person = false) {
    wire::AdminRemove body;
    body.device = device;
    body.person = person;
    return codec::encode(body);
  }
  Answered as_admin(BytesView body) {
    return ask(team_, port_, "admin.team.remove", admin, body, laptop);
  }
  Answered as_phone(BytesView body) {
    return ask(own_, port_, "devices.remove", admin, body, phone);
  }
  Answered as_other(BytesView body) {
    return ask(own_, port_, "devices.remove", agent, body, other);
  }

  Answered set_role(const DeviceId& device, std::uint64_t role) {
    wire::AdminRole body;
    body.device = device;
    body.role = role;
    return ask(team_, port_, "admin.team.role", admin, codec::encode(body), laptop);
  }

  // What was pushed to a device.
  std::vector<Bytes> pushed_to(const DeviceId& device, std::string_view method) {
    std::vector<Bytes> out;
    for (const auto& each : port_.take(wire::CommandKind::push)) {
      const auto push = codec::decode<wire::Push>(each);
      if (push->to == device && push->method == method) out.push_back(to_bytes(push->body));
    }
    return out;
  }

  wire::AgentStatus status(const DeviceId& from, std::string_view method = "status.get",
                           const wire::AgentStatus& said = {}) {
    answer_ = ask(presence_, port_, method, admin, codec::encode(said), from).body;
    return *codec::decode<wire::AgentStatus>(answer_);
  }

  std::vector<std::uint64_t> places(std::string_view method, const DeviceId& from,
                                    std::vector<wire::Place> asked = {}) {
    wire::Places body;
    body.places = std::move(asked);
    const auto answer = ask(attention_, port_, method, agent, codec::encode(body), from);
    std::vector<std::uint64_t> out;
    const auto answered = codec::decode<wire::Places>(answer.body);
    if (!answered) return {};
    for (const auto& each : answered->places) {
      out.push_back(each.seq);
    }
    return out;
  }
  static wire::Place at(std::uint8_t log, std::uint64_t seq) {
    wire::Place out;
    out.log = log_number(log);
    out.seq = seq;
    return out;
  }

  const ShopId shop_ = numbered(3, ShopId{});
  FakePort port_;
  std::unique_ptr<InvitationBook> book_ = make_memory_invitations();
  int changes_ = 0;
  const TeamOptions options_{shop_, "https://chat.example", "wss://relay.example/ws",
                             [this] { ++changes_; }};
  std::unique_ptr<SettingsBook> kept_ = make_memory_settings();
  Presence presence_{port_, *book_, *kept_};
  Attention attention_{port_, *book_, *kept_};
  Team team_{port_, *book_, presence_, options_};
  OwnDevices own_{port_, *book_, presence_, options_};
  Bytes answer_;
};

TEST_F(DevicesTest, LinkCertifiesAFurtherDeviceOfTheSamePerson) {
  const auto answer = link(40);
  ASSERT_EQ(answer.code, Errc::none);
  const auto invited = codec::decode<wire::AdminInvited>(answer.body);
  EXPECT_TRUE(invited->link.ends_with("&beside=1")) << invited->link;
  EXPECT_EQ(invited->expires_ms, port_.now + 10 * minute_ms);
  EXPECT_EQ(enrol(40, phone), Errc::none);
  const auto certified = port_.take(wire::CommandKind::certify);
  ASSERT_EQ(certified.size(), 1u);
  const auto certify = codec::decode<wire::Certify>(certified[0]);
  EXPECT_EQ(certify->person, laptop);
  EXPECT_EQ(certify->name, "Lin") << "the person has a name already";
  EXPECT_EQ(certify->role, admin);
  const auto listed = ask(own_, port_, "devices.list", admin, {}, phone);
  const auto page = codec::decode<wire::TeamPage>(listed.body);
  ASSERT_EQ(page->devices.size(), 2u);
  for (const auto& each : page->devices) EXPECT_EQ(each.person, laptop);
}

TEST_F(DevicesTest, LinkWorksOnceAndForTenMinutes) {
  link(40);
  EXPECT_EQ(enrol(40, phone), Errc::none);
  EXPECT_EQ(enrol(40, tablet), Errc::invitation_refused);
  link(41);
  port_.now += 10 * minute_ms + 1;
  EXPECT_EQ(enrol(41, tablet), Errc::invitation_refused);
}

TEST_F(DevicesTest, NewLinkTakesThePlaceOfTheFormer) {
  const auto first = link(40);
  EXPECT_EQ(link(40).body, first.body) << "asked again after a lost answer";
  link(41);
  EXPECT_EQ(enrol(40, phone), Errc::invitation_refused);
  EXPECT_EQ(enrol(41, phone), Errc::none);
}

TEST_F(DevicesTest, RemovalMakesTheLinksOfThePersonVoid) {
  add_phone();
  link(41, phone);
  EXPECT_EQ(as_admin(removal_of(phone)).code, Errc::none);
  EXPECT_EQ(enrol(41, tablet), Errc::invitation_refused) << "whoever holds the phone has made it";
}

TEST_F(DevicesTest, RemovalByAnotherProgramMakesALinkVoidAsWell) {
  link(40, other, agent);
  book_->change(other, {agent, port_.now, port_.now});
  EXPECT_EQ(enrol(40, phone), Errc::invitation_refused);
}

TEST_F(DevicesTest, RoleIsThePersons) {
  add_phone();
  certify(3, tablet, "Mei", admin);
  link(41);
  EXPECT_EQ(set_role(phone, observer).code, Errc::none);
  EXPECT_EQ(book_->find_used_by(laptop)->role, observer);
  EXPECT_EQ(book_->find_used_by(phone)->role, observer);
  EXPECT_EQ(changes_, 1);
  EXPECT_EQ(pushed_to(laptop, "certificate.renew").size(), 1u);
  EXPECT_EQ(enrol(41, device_number(8)), Errc::invitation_refused) << "it was an admin's link";
}

TEST_F(DevicesTest, LastAdminIsAPersonNotADevice) {
  add_phone();
  EXPECT_EQ(why_of(set_role(phone, agent)), "last-admin@0");
  EXPECT_EQ(why_of(as_admin(removal_of(laptop, true))), "last-admin@0");
  EXPECT_EQ(as_admin(removal_of(laptop)).code, Errc::none) << "the phone is left";
  EXPECT_EQ(why_of(as_admin(removal_of(phone))), "last-admin@0");
}

TEST_F(DevicesTest, RemovalReachesOneDeviceOrAll) {
  add_phone();
  certify(3, tablet, "Mei", admin);
  EXPECT_EQ(as_admin(removal_of(phone, true)).code, Errc::none);
  EXPECT_NE(book_->find_used_by(laptop)->removed_ms, 0u);
  EXPECT_NE(book_->find_used_by(phone)->removed_ms, 0u);
  EXPECT_EQ(book_->find_used_by(tablet)->removed_ms, 0u);
}

TEST_F(DevicesTest, PersonRemovesHisOtherDevicesAndNobodyElses) {
  add_phone();
  EXPECT_EQ(why_of(as_other(removal_of(phone))), "member@0");
  EXPECT_EQ(why_of(as_phone(removal_of(phone))), "member@0") << "the one in his hand";
  EXPECT_EQ(as_phone(removal_of(laptop)).code, Errc::none);
  EXPECT_NE(book_->find_used_by(laptop)->removed_ms, 0u);
  EXPECT_EQ(changes_, 1);
}

TEST_F(DevicesTest, AdminAddsADeviceForSomebodyElse) {
  wire::AdminInvite body;
  body.secret = secret_of(50);
  body.role = admin;
  body.life_ms = 60 * minute_ms;
  body.beside = other;
  EXPECT_EQ(ask(team_, port_, "admin.invite", admin, codec::encode(body)).code, Errc::none);
  EXPECT_EQ(enrol(50, phone), Errc::none);
  const auto known = book_->find_used_by(phone);
  EXPECT_EQ(known->whose(), other);
  EXPECT_EQ(known->role, agent) << "his role, whatever was asked";
  EXPECT_EQ(known->name, "Bo");
}

TEST_F(DevicesTest, DeviceInThePlaceOfAnotherIsTheSamePersons) {
  wire::AdminInvite body;
  body.secret = secret_of(50);
  body.role = agent;
  body.life_ms = 60 * minute_ms;
  body.replaces = other;
  EXPECT_EQ(ask(team_, port_, "admin.invite", admin, codec::encode(body)).code, Errc::none);
  EXPECT_EQ(enrol(50, phone, "Bo"), Errc::none);
  EXPECT_EQ(book_->find_used_by(phone)->whose(), other);
  EXPECT_NE(book_->find_used_by(other)->removed_ms, 0u);
}

TEST_F(DevicesTest, PersonHasABoundedNumberOfDevices) {
  for (std::uint8_t i = 1; i < person_devices_max; ++i) {
    EXPECT_EQ(link(60 + i).code, Errc::none);
    EXPECT_EQ(enrol(60 + i, device_number(100 + i)), Errc::none);
  }
  EXPECT_EQ(why_of(link(80)), "devices@0");
}

TEST_F(DevicesTest, DevicesAreNotForStrangers) {
  for (const auto method : {"devices.list", "devices.invite", "devices.remove"}) {
    EXPECT_EQ(ask(own_, port_, method, stranger, {}, tablet).code, Errc::not_certified);
  }
  for (const auto method : {"seen.set", "seen.list", "notify.claim"}) {
    EXPECT_EQ(ask(attention_, port_, method, stranger, {}, tablet).code, Errc::not_certified);
  }
}

TEST_F(DevicesTest, AwayIsThePersonsWordAndTheNewestCounts) {
  add_phone();
  wire::AgentStatus away;
  away.away = true;
  status(laptop, "status.set", away);
  const auto pushes = pushed_to(phone, "status.changed");
  ASSERT_EQ(pushes.size(), 1u);
  EXPECT_TRUE(codec::decode<wire::AgentStatus>(pushes[0])->away);
  EXPECT_TRUE(status(phone).away);
  wire::AgentStatus old;
  old.since_ms = port_.now - 1;
  EXPECT_TRUE(status(phone, "status.set", old).away) << "the phone said it before";
  EXPECT_TRUE(presence_.of(phone, laptop).away);
  EXPECT_FALSE(presence_.of(other, other).away);
  port_.now += 1;
  EXPECT_FALSE(status(phone, "status.set").away);
  EXPECT_FALSE(status(laptop).away);
}

TEST_F(DevicesTest, NameAndPictureAreThePersons) {
  add_phone();
  wire::About about;
  about.name = "Lin Wei";
  const auto bytes = codec::encode(about);
  wire::AgentStatus said;
  said.about = bytes;
  said.about_ms = 7;
  status(laptop, "status.set", said);
  EXPECT_EQ(status(phone).about_ms, 7u);
  EXPECT_TRUE(same_bytes(status(phone).about, bytes));
  said.about = {};
  EXPECT_TRUE(status(phone, "status.set", said).about.empty()) << "it has this one already";
  EXPECT_TRUE(status(other).about.empty());
}

TEST_F(DevicesTest, DeviceUsedLastIsKnownToAll) {
  add_phone();
  EXPECT_TRUE(status(laptop, "status.set").in_use);
  EXPECT_FALSE(status(phone, "status.set").in_use);
  EXPECT_EQ(status(phone).devices, 2u);
  EXPECT_EQ(pushed_to(laptop, "status.changed").size(), 1u) << "there is one more of them";
  EXPECT_TRUE(status(phone, "status.use").in_use);
  const auto pushes = pushed_to(laptop, "status.changed");
  ASSERT_EQ(pushes.size(), 1u);
  EXPECT_FALSE(codec::decode<wire::AgentStatus>(pushes[0])->in_use);
  EXPECT_EQ(codec::decode<wire::AgentStatus>(pushes[0])->person, laptop);
}

TEST_F(DevicesTest, BrowserIsKeptInTheBook) {
  wire::AgentStatus said;
  said.browser = "Firefox 130, Linux";
  status(laptop, "status.set", said);
  EXPECT_EQ(book_->find_used_by(laptop)->browser, "Firefox 130, Linux");
}

TEST_F(DevicesTest, WhatOneDeviceHasShownIsSeenOnAllOfThePerson) {
  add_phone();
  places("seen.set", laptop, {at(1, 5), at(2, 3)});
  const auto pushes = pushed_to(phone, "seen.changed");
  ASSERT_EQ(pushes.size(), 1u);
  EXPECT_EQ(codec::decode<wire::Places>(pushes[0])->places.size(), 2u);
  places("seen.set", phone, {at(1, 4)});
  EXPECT_TRUE(pushed_to(laptop, "seen.changed").empty()) << "it is behind";
  EXPECT_EQ(places("seen.list", phone), (std::vector<std::uint64_t>{5, 3}));
  EXPECT_TRUE(places("seen.list", other).empty());
}

TEST_F(DevicesTest, OneOfThePersonsDevicesTellsHimOfNews) {
  add_phone();
  EXPECT_EQ(places("notify.claim", laptop, {at(1, 5)}).size(), 1u);
  EXPECT_TRUE(places("notify.claim", phone, {at(1, 5)}).empty());
  EXPECT_EQ(places("notify.claim", laptop, {at(1, 5)}).size(), 1u) << "asked again";
  EXPECT_EQ(places("notify.claim", other, {at(1, 5)}).size(), 1u) << "each person is told";
  EXPECT_EQ(places("notify.claim", phone, {at(1, 6), at(2, 1)}),
            (std::vector<std::uint64_t>{6, 1}));
}

TEST_F(DevicesTest, ADeskThatWasRestartedKnowsWhatThoseSaidWhoAreNotThere) {
  add_phone();
  const auto about = codec::encode(wire::About{.name = "Lin of bags", .picture = {}});
  wire::AgentStatus said;
  said.away = true;
  said.about = about;
  status(laptop, "status.set", said);
  const auto heard_ms = port_.now;
  places("seen.set", laptop, {at(1, 5), at(2, 3)});
  port_.now += minute_ms;
  presence_.settle();
  attention_.settle();
  port_.now += minute_ms;
  Presence presence(port_, *book_, *kept_);
  Attention attention(port_, *book_, *kept_);
  const auto one = presence.of(laptop, laptop);
  EXPECT_TRUE(one.away);
  EXPECT_EQ(one.heard_ms, heard_ms);
  const auto answer =
      ask(presence, port_, "status.get", admin, codec::encode(wire::AgentStatus{}), phone);
  EXPECT_TRUE(same_bytes(codec::decode<wire::AgentStatus>(answer.body)->about, about));
  const auto listed = ask(attention, port_, "seen.list", admin, {}, phone);
  const auto shown = codec::decode<wire::Places>(listed.body);
  ASSERT_EQ(shown->places.size(), 2u);
  EXPECT_EQ(shown->places[0].seq, 5u);
}

}  // namespace
}  // namespace shopbell::desk
