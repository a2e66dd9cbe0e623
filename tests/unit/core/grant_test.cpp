#include "fixtures.h"

namespace shopbell {
namespace {

using testing::device_of;
using testing::error_of;
using testing::filled;
using testing::key_of;
using testing::MainLog;
using testing::make_rng;
using testing::Shop;

using TeamKeys = std::map<std::uint64_t, SealKey>;

// A main log and the first grant in it, by the customer.
struct Granted {
  Shop shop;
  MainLog log{shop};
  Key key = key_of(60);
  Bytes body;

  Granted() {
    Rng rng = make_rng();
    Result<Bytes> made = make_grant_body(rng, shop.info, log.fold, 1, key);
    EXPECT_EQ(error_of(made), Errc::none);
    body = std::move(*made);
  }

  // What the one rule says of this body from this author.
  Errc check(BytesView grant, std::uint64_t last_epoch = 0, const TeamKeys& team_keys = {},
             const DeviceKeys* author = nullptr,
             EnvelopeClass envelope_class = EnvelopeClass::grant) {
    testing::LogWriter writer = log.writer;
    const SignedEnvelope made =
        writer.write(author ? *author : shop.customer, envelope_class, grant);
    const Result<OpenEnvelope> open = open_envelope(made.bytes);
    EXPECT_EQ(error_of(open), Errc::none);
    return error_of(check_grant(shop.info, log.fold, last_epoch, team_keys, *open));
  }

  Errc check_changed(const std::function<void(wire::GrantBody&)>& change) {
    auto grant = codec::decode<wire::GrantBody>(body);
    EXPECT_TRUE(grant.ok());
    change(*grant);
    return check(codec::encode(*grant));
  }

  Errc open_as(const Hash& recipient, const crypto::SealPair& pair) {
    const Result<Key> opened = open_grant(log.fold.log(), body, recipient, pair);
    EXPECT_TRUE(!opened || opened->equals(key));
    return error_of(opened);
  }
};

Hash recipient_of(const DeviceId& device) {
  Hash out;
  out.data = device.data;
  return out;
}

TEST(Grant, OpensForCustomerDeskAndTeam) {
  Granted granted;
  const Shop& shop = granted.shop;
  const auto as = [&](const DeviceKeys& device) {
    return granted.open_as(recipient_of(device.self.id), device.seal);
  };
  EXPECT_EQ(as(shop.customer), Errc::none);
  EXPECT_EQ(as(shop.desk), Errc::none);
  EXPECT_EQ(granted.open_as(team_id_of(1, shop.team.key), shop.team), Errc::none);
  EXPECT_EQ(as(shop.stranger), Errc::box_bad);
  EXPECT_EQ(granted.open_as(recipient_of(shop.desk.self.id), shop.customer.seal), Errc::box_bad);
  EXPECT_EQ(error_of(open_grant(filled<LogId>(1), granted.body, recipient_of(shop.desk.self.id),
                                shop.desk.seal)),
            Errc::box_bad)
      << "moved to another log";
}

TEST(Grant, AKeyThatDoesNotFitItsCommitmentIsNamed) {
  Granted granted;
  const Shop& shop = granted.shop;
  const Hash to = recipient_of(shop.desk.self.id);
  auto grant = codec::decode<wire::GrantBody>(granted.body);
  ASSERT_TRUE(grant.ok());
  // The author seals another key than the one he commits to.
  Bytes aad = to_bytes(as_bytes("shopbell grant box v1"));
  append(aad, granted.log.fold.log().view());
  append(aad, crypto::u64be(1));
  append(aad, grant->commitment.view());
  append(aad, to.view());
  Rng rng = make_rng();
  const auto box = crypto::box_key(rng, shop.desk.self.seal_key, aad, key_of(61));
  ASSERT_TRUE(box.ok());
  for (wire::GrantBox& entry : grant->boxes) {
    if (entry.recipient == to) entry.box = *box;
  }
  EXPECT_EQ(error_of(open_grant(granted.log.fold.log(), codec::encode(*grant), to, shop.desk.seal)),
            Errc::grant_bad);
}

TEST(Grant, CommitmentDependsOnLogEpochAndKey) {
  const Hash good = commitment_of(filled<LogId>(1), 1, key_of(1));
  EXPECT_NE(good, commitment_of(filled<LogId>(2), 1, key_of(1)));
  EXPECT_NE(good, commitment_of(filled<LogId>(1), 2, key_of(1)));
  EXPECT_NE(good, commitment_of(filled<LogId>(1), 1, key_of(2)));
}

TEST(GrantRule, TakesWhatNamesExactlyTheRightRecipients) {
  Granted granted;
  EXPECT_EQ(granted.check(granted.body), Errc::none);
  EXPECT_EQ(granted.check(granted.body, 0, {}, &granted.shop.desk), Errc::none);
  EXPECT_EQ(granted.check_changed([](auto& grant) { grant.boxes.pop_back(); }),
            Errc::grant_refused);
  EXPECT_EQ(granted.check_changed([](auto& grant) { grant.boxes.clear(); }), Errc::grant_refused);
  EXPECT_EQ(granted.check_changed([](auto& grant) { std::swap(grant.boxes[0], grant.boxes[1]); }),
            Errc::grant_refused)
      << "not ascending";
  EXPECT_EQ(granted.check_changed([](auto& grant) { grant.boxes.push_back(grant.boxes.back()); }),
            Errc::grant_refused)
      << "one twice";
  EXPECT_EQ(granted.check_changed([](auto& grant) {
    grant.boxes.push_back(grant.boxes.back());
    grant.boxes.back().recipient = filled<Hash>(0xff);
  }),
            Errc::grant_refused)
      << "a stranger more";
  EXPECT_EQ(granted.check_changed([](auto& grant) { grant.boxes[1].recipient.data[31] ^= 1; }),
            Errc::grant_refused)
      << "a stranger instead";
  EXPECT_EQ(granted.check_changed([](auto& grant) { grant.boxes[0].box = {}; }),
            Errc::grant_refused)
      << "no box";
  EXPECT_EQ(granted.check_changed([](auto& grant) { grant.commitment = {}; }), Errc::grant_refused);
}

TEST(GrantRule, TakesTheNextEpochOnly) {
  Granted granted;
  EXPECT_EQ(granted.check(granted.body, 1), Errc::grant_taken);
  EXPECT_EQ(granted.check(granted.body, 7), Errc::grant_taken);
  EXPECT_EQ(granted.check_changed([](auto& grant) { grant.epoch = 2; }), Errc::grant_refused);
  EXPECT_EQ(granted.check_changed([](auto& grant) { grant.epoch = 0; }), Errc::grant_refused);
}

TEST(GrantRule, TakesItFromThoseWhoMayWrite) {
  Granted granted;
  EXPECT_EQ(granted.check(granted.body, 0, {}, &granted.shop.stranger), Errc::not_a_member);
  EXPECT_EQ(granted.check(granted.body, 0, {}, &granted.shop.agent), Errc::not_a_member);
  const auto join =
      granted.log.join(granted.shop.agent, granted.shop.certificate(granted.shop.agent));
  granted.log.apply(granted.shop, join, 2);
  EXPECT_EQ(granted.check(granted.body, 0, {}, &granted.shop.agent), Errc::none)
      << "an agent's device is covered by the team and needs no box";
}

TEST(GrantRule, RefusesOtherBodiesAndClasses) {
  Granted granted;
  EXPECT_EQ(granted.check(as_bytes("?")), Errc::malformed);
  EXPECT_EQ(granted.check(BytesView(granted.body).first(20)), Errc::truncated);
  EXPECT_EQ(granted.check(granted.body, 0, {}, nullptr, EnvelopeClass::member),
            Errc::grant_refused);
  granted.log.writer.log = filled<LogId>(1);
  EXPECT_EQ(granted.check(granted.body), Errc::grant_refused) << "another log";
}

TEST(GrantRule, TakesAnOlderTeamVersionOnlyWithItsKey) {
  Granted granted;
  const SealKey first = granted.shop.team.key;
  granted.shop.team = crypto::seal_pair(key_of(70));
  granted.shop.info.team_key = granted.shop.team.key;
  granted.shop.info.team_version = 2;
  granted.shop.info.version = 11;
  granted.shop.publish();
  EXPECT_EQ(granted.check(granted.body), Errc::grant_refused);
  EXPECT_EQ(granted.check(granted.body, 0, {{1, first}}), Errc::none);
  EXPECT_EQ(granted.check(granted.body, 0, {{1, granted.shop.team.key}}), Errc::grant_refused);
  granted.shop.info.team_version = 0;
  granted.shop.info.team_key = {};
  EXPECT_EQ(granted.check(granted.body, 0, {{1, first}}), Errc::grant_refused)
      << "a version above the card's";
}

TEST(GrantRule, WithoutATeamThereIsNoGrant) {
  Granted granted;
  granted.shop.info.team_version = 0;
  granted.shop.info.team_key = {};
  Rng rng = make_rng();
  EXPECT_EQ(error_of(make_grant_body(rng, granted.shop.info, granted.log.fold, 1, granted.key)),
            Errc::bad_key);
}

TEST(Grant, InTeamAndShopLogsNamesDeskAndTeamOnly) {
  const Shop shop;
  testing::LogWriter writer;
  const SignedEnvelope genesis =
      testing::write_genesis(writer, shop.id, shop.desk, LogKind::team, filled<LogId>(1));
  Fold fold;
  const Result<OpenEnvelope> open = open_envelope(genesis.bytes);
  ASSERT_TRUE(open.ok());
  ASSERT_TRUE(fold.apply_member(shop.info, *open, 1, testing::now_ms).ok());
  Rng rng = make_rng();
  const Result<Bytes> body = make_grant_body(rng, shop.info, fold, 1, key_of(1));
  ASSERT_TRUE(body.ok());
  EXPECT_EQ(codec::decode<wire::GrantBody>(*body)->boxes.size(), 2u);
}

TEST(Grant, a_placed_one_of_a_team_that_is_not_known_here_needs_everybody_else_and_one_more) {
  Granted granted;
  const DeviceKeys& customer = granted.shop.customer;
  const auto placed = [&](const std::function<void(wire::GrantBody&)>& change) {
    auto grant = codec::decode<wire::GrantBody>(granted.body);
    change(*grant);
    const Bytes body = codec::encode(*grant);
    testing::LogWriter writer = granted.log.writer;
    const SignedEnvelope made = writer.write(customer, EnvelopeClass::grant, body);
    const Result<OpenEnvelope> open = open_envelope(made.bytes);
    return error_of(
        check_placed_grant(granted.shop.info, granted.log.fold, 0, {}, *open, testing::now_ms));
  };
  EXPECT_EQ(placed([](wire::GrantBody&) {}), Errc::none);
  granted.shop.info.team_key = filled<SealKey>(3);
  EXPECT_EQ(placed([](wire::GrantBody&) {}), Errc::grant_refused) << "the team's key is another";
  for (const std::uint64_t card_version : {0u, 5u}) {
    granted.shop.info.team_version = card_version;
    EXPECT_EQ(placed([](wire::GrantBody&) {}), Errc::none);
    EXPECT_EQ(placed([](wire::GrantBody& body) { body.boxes.pop_back(); }), Errc::grant_refused);
    EXPECT_EQ(placed([](wire::GrantBody& body) {
                auto more = body.boxes.back();
                more.recipient = filled<Hash>(0xff);
                body.boxes.push_back(more);
              }),
              Errc::grant_refused);
    EXPECT_EQ(placed([](wire::GrantBody& body) { std::swap(body.boxes[0], body.boxes[1]); }),
              Errc::grant_refused);
    EXPECT_EQ(placed([](wire::GrantBody& body) { body.boxes[0].box = {}; }), Errc::grant_refused);
    EXPECT_EQ(placed([](wire::GrantBody& body) { body.team_version = 0; }), Errc::grant_refused);
  }
}

}  // namespace
}  // namespace shopbell
