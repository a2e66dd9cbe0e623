#include "fixtures.h"

namespace shopbell {
namespace {

using testing::day_ms;
using testing::device_of;
using testing::error_of;
using testing::filled;
using testing::key_of;
using testing::make_rng;
using testing::now_ms;
using testing::Shop;

// Takes a signed object apart, lets `change` at its body, and signs it again.
template <class T>
Bytes resign(BytesView object, const crypto::SignPair& signer, std::string_view domain,
             const std::function<void(T&)>& change) {
  const auto outer = codec::decode<wire::Signed>(object);
  auto body = codec::decode<T>(outer->body);
  change(*body);
  return sign_object(signer, domain, codec::encode(*body));
}

constexpr std::string_view device_domain = "shopbell device card v1";
constexpr std::string_view card_domain = "shopbell shop card v1";
constexpr std::string_view agent_domain = "shopbell agent certificate v1";
constexpr std::string_view desk_domain = "shopbell desk certificate v1";

TEST(DeviceCard, IsTakenAsItWasMade) {
  const DeviceKeys device = device_of(1);
  const Result<Device> taken = take_device_card(device.self.card);
  ASSERT_TRUE(taken.ok());
  EXPECT_EQ(taken->id, device.self.id);
  EXPECT_EQ(taken->sign_key, device.sign.key);
  EXPECT_EQ(taken->seal_key, device.seal.key);
  EXPECT_EQ(taken->created_ms, now_ms);
  EXPECT_EQ(taken->card, device.self.card);
}

TEST(DeviceCard, IsRefusedWhenAnyByteIsChanged) {
  testing::damage_everywhere(device_of(1).self.card,
                             [](BytesView bytes) { return error_of(take_device_card(bytes)); });
}

TEST(DeviceCard, OfANewerFormatIsNamedSo) {
  const DeviceKeys device = device_of(1);
  const Bytes newer = resign<wire::DeviceCard>(device.self.card, device.sign, device_domain,
                                               [](wire::DeviceCard& card) { card.format = 2; });
  EXPECT_EQ(error_of(take_device_card(newer)), Errc::unknown_format);
}

TEST(DeviceCard, SwappingEitherKeyGivesAnotherDevice) {
  const DeviceKeys a = device_of(1);
  const DeviceKeys b = device_of(2);
  EXPECT_NE(device_id_of(a.sign.key, b.seal.key), a.self.id);
  EXPECT_NE(device_id_of(b.sign.key, a.seal.key), a.self.id);
  const Bytes swapped =
      resign<wire::DeviceCard>(a.self.card, a.sign, device_domain,
                               [&](wire::DeviceCard& card) { card.seal_key = b.seal.key; });
  const Result<Device> taken = take_device_card(swapped);
  ASSERT_TRUE(taken.ok());
  EXPECT_NE(taken->id, a.self.id);
}

TEST(ShopCard, IsTakenAsItWasMade) {
  const Shop shop;
  const Result<ShopInfo> taken = take_shop_card(shop.id, shop.info.card);
  ASSERT_TRUE(taken.ok());
  EXPECT_EQ(taken->name, "Tea");
  EXPECT_EQ(taken->desk.id, shop.desk.self.id);
  EXPECT_EQ(taken->team_key, shop.team.key);
  EXPECT_EQ(taken->shop_log, shop.info.shop_log);
  EXPECT_EQ(taken->look, shop.info.look);
  ASSERT_EQ(taken->relays.size(), 1u);
  EXPECT_EQ(taken->relays[0].url, "wss://relay.example/v1");
  EXPECT_EQ(taken->domains, std::vector<std::string>{"shop.example"});
  EXPECT_TRUE(taken->is_fresh(now_ms + 7 * day_ms));
  EXPECT_FALSE(taken->is_fresh(now_ms + 7 * day_ms + 1));
}

TEST(ShopCard, IsRefusedWhenAnyByteIsChanged) {
  const Shop shop;
  testing::damage_everywhere(
      shop.info.card, [&](BytesView bytes) { return error_of(take_shop_card(shop.id, bytes)); });
}

TEST(ShopCard, EachBreachHasItsName) {
  const Shop shop;
  const auto changed = [&](const std::function<void(wire::ShopCard&)>& change) {
    return error_of(take_shop_card(
        shop.id, resign<wire::ShopCard>(shop.info.card, shop.desk.sign, card_domain, change)));
  };
  EXPECT_EQ(changed([](wire::ShopCard&) {}), Errc::none);
  EXPECT_EQ(changed([](wire::ShopCard& card) { card.format = 2; }), Errc::unknown_format);
  EXPECT_EQ(changed([](wire::ShopCard& card) { card.shop = filled<ShopId>(1); }), Errc::wrong_shop);
  EXPECT_EQ(error_of(take_shop_card(filled<ShopId>(1), shop.info.card)), Errc::wrong_shop);
  EXPECT_EQ(changed([](wire::ShopCard& card) { card.desk_certificate = {}; }), Errc::card_chain);
  EXPECT_EQ(changed([](wire::ShopCard& card) { card.desk_card = {}; }), Errc::card_chain);
  EXPECT_EQ(changed([&](wire::ShopCard& card) { card.desk_card = shop.agent.self.card; }),
            Errc::card_chain);
  EXPECT_EQ(changed([](wire::ShopCard& card) { card.issued_ms = now_ms - day_ms - 1; }),
            Errc::card_chain);
  EXPECT_EQ(changed([](wire::ShopCard& card) { card.issued_ms = now_ms + 366 * day_ms; }),
            Errc::card_chain);
  EXPECT_EQ(changed([](wire::ShopCard& card) { card.team_key = {}; }), Errc::malformed);
  const Bytes big(limits::card_bytes_max, 1);
  EXPECT_EQ(changed([&](wire::ShopCard& card) { card.look = big; }), Errc::too_large);
  const Bytes by_agent =
      resign<wire::ShopCard>(shop.info.card, shop.agent.sign, card_domain, [](wire::ShopCard&) {});
  EXPECT_EQ(error_of(take_shop_card(shop.id, by_agent)), Errc::card_chain);
}

TEST(ShopCard, TheDeskCertificateMustBeOfThisShopAndItsRoot) {
  Shop shop;
  const crypto::SignPair other_root = crypto::sign_pair(key_of(77));
  const auto with = [&](BytesView certificate) {
    return error_of(take_shop_card(shop.id, make_shop_card(shop.desk, certificate, shop.info)));
  };
  const SignKey& desk = shop.desk.self.sign_key;
  EXPECT_EQ(with(make_desk_certificate(shop.root, desk, now_ms, now_ms)), Errc::none);
  EXPECT_EQ(with(make_desk_certificate(other_root, desk, now_ms, now_ms)), Errc::card_chain);
  EXPECT_EQ(with(make_desk_certificate(shop.root, filled<SignKey>(1), now_ms, now_ms)),
            Errc::card_chain);
  const Bytes elsewhere = resign<wire::DeskCertificate>(
      shop.desk_certificate(), shop.root, desk_domain,
      [](wire::DeskCertificate& body) { body.shop = filled<ShopId>(1); });
  EXPECT_EQ(with(elsewhere), Errc::card_chain);
  const Bytes newer =
      resign<wire::DeskCertificate>(shop.desk_certificate(), shop.root, desk_domain,
                                    [](wire::DeskCertificate& body) { body.format = 2; });
  EXPECT_EQ(with(newer), Errc::card_chain);
}

TEST(ShopCard, OlderAndForkedOnesAreToldFromNewOnes) {
  Shop shop;
  const ShopInfo known = shop.info;
  bool unchanged = false;
  EXPECT_EQ(compare_shop_cards(known, known, unchanged).error(), Errc::none);
  EXPECT_TRUE(unchanged);
  shop.info.name = "Coffee";
  shop.publish();
  EXPECT_EQ(compare_shop_cards(known, shop.info, unchanged).error(), Errc::card_forked);
  EXPECT_FALSE(unchanged);
  shop.info.version = 11;
  shop.publish();
  EXPECT_EQ(compare_shop_cards(known, shop.info, unchanged).error(), Errc::none);
  EXPECT_FALSE(unchanged);
  EXPECT_EQ(compare_shop_cards(shop.info, known, unchanged).error(), Errc::card_old);
}

TEST(ShopCard, RelayKeysHoldInTheirTime) {
  ShopInfo info;
  RelayInfo relay;
  relay.key = filled<SignKey>(1);
  relay.from_ms = 10;
  relay.until_ms = 20;
  info.relays = {relay};
  EXPECT_FALSE(info.has_relay_key(relay.key, 9));
  EXPECT_TRUE(info.has_relay_key(relay.key, 10));
  EXPECT_TRUE(info.has_relay_key(relay.key, 20));
  EXPECT_FALSE(info.has_relay_key(relay.key, 21));
  EXPECT_FALSE(info.has_relay_key(filled<SignKey>(2), 15));
  info.relays[0].until_ms = 0;
  EXPECT_TRUE(info.has_relay_key(relay.key, 1000)) << "no bound";
}

TEST(TeamId, DependsOnVersionAndKey) {
  const SealKey key = filled<SealKey>(1);
  EXPECT_NE(team_id_of(1, key), team_id_of(2, key));
  EXPECT_NE(team_id_of(1, key), team_id_of(1, filled<SealKey>(2)));
}

TEST(AgentCertificate, IsTakenAsItWasMade) {
  const Shop shop;
  const Bytes bytes = shop.certificate(shop.agent);
  const Result<Certificate> taken = take_agent_certificate(shop.info, bytes);
  ASSERT_TRUE(taken.ok());
  EXPECT_EQ(taken->device, shop.agent.self.id);
  EXPECT_EQ(taken->role, 2u);
  EXPECT_EQ(taken->bytes, bytes);
}

TEST(AgentCertificate, NamesThePersonWhoseDeviceItIs) {
  const Shop shop;
  const DeviceId& device = shop.agent.self.id;
  const auto person_of = [&](const DeviceId& person) {
    const Bytes bytes =
        make_agent_certificate(shop.desk, shop.id, device, 2, now_ms, now_ms + day_ms, person);
    return take_agent_certificate(shop.info, bytes)->person;
  };
  EXPECT_EQ(person_of(filled<DeviceId>(7)), filled<DeviceId>(7));
  EXPECT_EQ(person_of({}), device) << "the first device of a person";
  EXPECT_EQ(make_agent_certificate(shop.desk, shop.id, device, 2, now_ms, now_ms + day_ms, device),
            make_agent_certificate(shop.desk, shop.id, device, 2, now_ms, now_ms + day_ms));
}

TEST(AgentCertificate, IsRefusedWhenAnyByteIsChanged) {
  const Shop shop;
  testing::damage_everywhere(shop.certificate(shop.agent), [&](BytesView bytes) {
    return error_of(take_agent_certificate(shop.info, bytes));
  });
}

TEST(AgentCertificate, EachBreachHasItsName) {
  const Shop shop;
  const Bytes good = shop.certificate(shop.agent);
  const auto changed = [&](const crypto::SignPair& signer,
                           const std::function<void(wire::AgentCertificate&)>& change) {
    return error_of(take_agent_certificate(
        shop.info, resign<wire::AgentCertificate>(good, signer, agent_domain, change)));
  };
  const auto nothing = [](wire::AgentCertificate&) {};
  EXPECT_EQ(changed(shop.desk.sign, nothing), Errc::none);
  EXPECT_EQ(changed(shop.agent.sign, nothing), Errc::bad_signature);
  EXPECT_EQ(changed(shop.desk.sign, [](auto& body) { body.shop = filled<ShopId>(1); }),
            Errc::wrong_shop);
  EXPECT_EQ(changed(shop.desk.sign, [](auto& body) { body.format = 2; }), Errc::unknown_format);
}

TEST(AgentCertificate, HoldsFromADayBeforeItsIssueUntilItsEnd) {
  Shop shop;
  const auto certificate = take_agent_certificate(shop.info, shop.certificate(shop.agent));
  ASSERT_TRUE(certificate.ok());
  const auto at = [&](std::uint64_t ms) {
    return check_certificate(shop.info, *certificate, ms).error();
  };
  EXPECT_EQ(at(now_ms - day_ms - 1), Errc::certificate_ended);
  EXPECT_EQ(at(now_ms - day_ms), Errc::none);
  EXPECT_EQ(at(now_ms + 30 * day_ms), Errc::none);
  EXPECT_EQ(at(now_ms + 30 * day_ms + 1), Errc::certificate_ended);
  EXPECT_EQ(at(0), Errc::certificate_ended);
  EXPECT_EQ(at(~std::uint64_t{0}), Errc::certificate_ended);
  shop.info.revoked.push_back(shop.agent.self.id);
  EXPECT_EQ(at(now_ms), Errc::certificate_revoked);
}

TEST(Handover, OpensForOneDeviceOneVersionAndOneShop) {
  const Shop shop;
  Rng rng = make_rng();
  const Key secret = key_of(50);
  const Result<KeyBox> box = make_handover(rng, shop.id, 3, shop.agent.self, secret);
  ASSERT_TRUE(box.ok());
  const Result<Key> opened = open_handover(shop.agent, shop.id, 3, *box);
  ASSERT_TRUE(opened.ok());
  EXPECT_TRUE(opened->equals(secret));
  EXPECT_EQ(error_of(open_handover(shop.stranger, shop.id, 3, *box)), Errc::box_bad);
  EXPECT_EQ(error_of(open_handover(shop.agent, shop.id, 4, *box)), Errc::box_bad);
  EXPECT_EQ(error_of(open_handover(shop.agent, filled<ShopId>(1), 3, *box)), Errc::box_bad);
}

TEST(Invitation, ProofDependsOnSecretDeviceAndShop) {
  const ShopId shop = filled<ShopId>(1);
  const DeviceId device = filled<DeviceId>(2);
  const Hash mac = enrol_mac(invitation_key_of(key_of(3), shop), device, shop);
  EXPECT_TRUE(same_mac(mac, enrol_mac(invitation_key_of(key_of(3), shop), device, shop)));
  EXPECT_FALSE(same_mac(mac, enrol_mac(invitation_key_of(key_of(4), shop), device, shop)));
  EXPECT_FALSE(
      same_mac(mac, enrol_mac(invitation_key_of(key_of(3), shop), filled<DeviceId>(3), shop)));
  EXPECT_FALSE(same_mac(
      mac, enrol_mac(invitation_key_of(key_of(3), filled<ShopId>(2)), device, filled<ShopId>(2))));
  EXPECT_NE(invitation_id_of(key_of(3)), invitation_id_of(key_of(4)));
}

}  // namespace
}  // namespace shopbell
