// The verifier of the shop's own login's tokens: what it takes, and every way in which it refuses.
#include "desk/identity/token.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include "unit/desk/fake_port.h"

namespace shopbell::desk {
namespace {

constexpr std::uint64_t now_ms = 1'700'000'000'000;

std::string encoded(std::string_view text) { return to_base64url(as_bytes(text)); }

class TokenTest : public testing::Test {
 protected:
  TokenTest() {
    const Bytes seed(32, 9);
    crypto_sign_seed_keypair(public_.data(), private_.data(), seed.data());
    rules_.shop = ShopId::from(Bytes(32, 7));
    rules_.keys.push_back({"old", IdentityKey::Algorithm::hs256, secret_});
    rules_.keys.push_back({"new", IdentityKey::Algorithm::eddsa, public_});
  }

  std::string shop() const { return to_base64url(rules_.shop.view()); }
  std::string device() const { return to_base64url(device_.view()); }

  std::string claims(std::string_view more = "", std::int64_t end_s = 240) const {
    return R"({"iss":"shop","aud":")" + shop() + R"(","sub":"u-1","jti":"t1","exp":)" +
           std::to_string(static_cast<std::int64_t>(now_ms / 1000) + end_s) + R"(,"cnf":{"kid":")" +
           device() + "\"}" + std::string(more) + "}";
  }

  std::string hmac(std::string_view text, BytesView key) const {
    Bytes out(32);
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, key.data(), key.size());
    crypto_auth_hmacsha256_update(&state, as_bytes(text).data(), text.size());
    crypto_auth_hmacsha256_final(&state, out.data());
    return to_base64url(out);
  }

  std::string hs256(std::string_view payload,
                    std::string_view header = R"({"alg":"HS256","kid":"old"})") const {
    const auto text = encoded(header) + "." + encoded(payload);
    return text + "." + hmac(text, secret_);
  }

  std::string eddsa(std::string_view payload,
                    std::string_view header = R"({"alg":"EdDSA","kid":"new"})") const {
    const auto text = encoded(header) + "." + encoded(payload);
    Bytes out(64);
    crypto_sign_detached(out.data(), nullptr, as_bytes(text).data(), text.size(), private_.data());
    return text + "." + to_base64url(out);
  }

  Errc verdict(std::string_view token, std::uint64_t at_ms = now_ms) const {
    const auto claims = verify_token(rules_, token, device_, at_ms);
    return claims ? Errc::none : claims.error();
  }

  Bytes secret_ = Bytes(32, 5);
  Bytes public_ = Bytes(32);
  Bytes private_ = Bytes(64);
  TokenRules rules_;
  DeviceId device_ = device_number(3);
};

TEST_F(TokenTest, TakesBothAlgorithmsWhileTwoKeysHold) {
  const auto told = verify_token(rules_, hs256(claims(R"(,"name":"林小满")")), device_, now_ms);
  ASSERT_TRUE(told.ok());
  EXPECT_EQ(told->subject, "u-1");
  EXPECT_EQ(told->name, "林小满");
  EXPECT_EQ(told->id, "t1");
  EXPECT_EQ(verdict(eddsa(claims())), Errc::none);
  rules_.keys.erase(rules_.keys.begin());
  EXPECT_EQ(verdict(hs256(claims())), Errc::identity_refused);
  EXPECT_EQ(verdict(eddsa(claims())), Errc::none);
}

TEST_F(TokenTest, WithoutAKeyNobodyIsIdentified) {
  rules_.keys.clear();
  EXPECT_EQ(verdict(hs256(claims())), Errc::identity_off);
}

TEST_F(TokenTest, TheKeySaysWhichAlgorithmItIsFor) {
  // The public key as the secret of an HMAC: the classic confusion.
  const std::string header = R"({"alg":"HS256","kid":"new"})";
  const auto text = encoded(header) + "." + encoded(claims());
  EXPECT_EQ(verdict(text + "." + hmac(text, public_)), Errc::identity_refused);
  EXPECT_EQ(verdict(eddsa(claims(), R"({"alg":"EdDSA","kid":"old"})")), Errc::identity_refused);
  EXPECT_EQ(verdict(hs256(claims(), R"({"alg":"EdDSA","kid":"old"})")), Errc::identity_refused);
  for (const char* alg : {"none", "None", "NONE", "hs256", "HS512", "HS256 ", ""}) {
    const auto named = std::string(R"({"alg":")") + alg + R"(","kid":"old"})";
    EXPECT_EQ(verdict(hs256(claims(), named)), Errc::identity_refused) << alg;
    const auto unsigned_token = encoded(named) + "." + encoded(claims()) + ".";
    EXPECT_EQ(verdict(unsigned_token), Errc::identity_refused) << alg;
  }
}

TEST_F(TokenTest, TheHeaderMustNameAKeyOfTheShop) {
  for (const char* header :
       {R"({"alg":"HS256"})", R"({"alg":"HS256","kid":"other"})", R"({"alg":"HS256","kid":7})",
        R"({"kid":"old"})", R"({"alg":["HS256"],"kid":"old"})",
        R"({"alg":"HS256","kid":"old","crit":["exp"]})", R"("HS256")", R"([])", "{"}) {
    EXPECT_EQ(verdict(hs256(claims(), header)), Errc::identity_refused) << header;
  }
  rules_.keys.pop_back();
  EXPECT_EQ(verdict(hs256(claims(), R"({"alg":"HS256","typ":"JWT"})")), Errc::none);
}

TEST_F(TokenTest, AChangedByteIsRefused) {
  const auto token = hs256(claims());
  for (std::size_t at = 0; at < token.size(); ++at) {
    auto changed = token;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_NE(verdict(changed), Errc::none) << at;
  }
  for (std::size_t size = 0; size < token.size(); ++size) {
    EXPECT_NE(verdict(token.substr(0, size)), Errc::none) << size;
  }
  EXPECT_EQ(verdict(token + "."), Errc::identity_refused);
  EXPECT_EQ(verdict(token + "="), Errc::identity_refused);
  EXPECT_EQ(verdict(std::string(5000, 'A')), Errc::identity_refused);
}

TEST_F(TokenTest, TimesCountWithAMinuteOfSkew) {
  EXPECT_EQ(verdict(hs256(claims("", -59))), Errc::none);
  EXPECT_EQ(verdict(hs256(claims("", -60))), Errc::identity_expired);
  EXPECT_EQ(verdict(hs256(claims("", 360))), Errc::none);
  EXPECT_EQ(verdict(hs256(claims("", 361))), Errc::identity_refused);
  const auto at = [](std::int64_t offset) {
    return std::to_string(static_cast<std::int64_t>(now_ms / 1000) + offset);
  };
  for (const std::string name : {"nbf", "iat"}) {
    EXPECT_EQ(verdict(hs256(claims(",\"" + name + "\":" + at(60)))), Errc::none) << name;
    EXPECT_EQ(verdict(hs256(claims(",\"" + name + "\":" + at(61)))), Errc::identity_expired);
    EXPECT_EQ(verdict(hs256(claims(",\"" + name + "\":\"soon\""))), Errc::identity_refused);
  }
}

TEST_F(TokenTest, EveryClaimMustBeThere) {
  const auto whole = claims();
  const auto without = [&](std::string_view from, std::string_view to) {
    auto text = whole;
    text.replace(text.find(from), from.size(), to);
    return verdict(hs256(text));
  };
  EXPECT_EQ(verdict(hs256(whole)), Errc::none);
  EXPECT_EQ(without(R"("iss":"shop",)", ""), Errc::identity_refused);
  EXPECT_EQ(without(R"("sub":"u-1",)", ""), Errc::identity_refused);
  EXPECT_EQ(without(R"("sub":"u-1")", R"("sub":"")"), Errc::identity_refused);
  EXPECT_EQ(without(R"("sub":"u-1")", R"("sub":12)"), Errc::identity_refused);
  EXPECT_EQ(without(R"("sub":"u-1")", R"("sub":"u\n1")"), Errc::identity_refused);
  EXPECT_EQ(without(R"("jti":"t1",)", ""), Errc::identity_refused);
  EXPECT_EQ(without(R"("exp")", R"("ext")"), Errc::identity_refused);
  EXPECT_EQ(without(R"("aud")", R"("and")"), Errc::identity_refused);
  EXPECT_EQ(without(R"("cnf")", R"("cnx")"), Errc::identity_device);
  EXPECT_EQ(verdict(hs256(claims(R"(,"name":5)"))), Errc::identity_refused);
}

TEST_F(TokenTest, ItIsForThisShopThisIssuerAndThisDevice) {
  const auto token = hs256(claims());
  rules_.issuer = "shop";
  EXPECT_EQ(verdict(token), Errc::none);
  rules_.issuer = "other";
  EXPECT_EQ(verdict(token), Errc::identity_refused);
  rules_.issuer.clear();
  device_ = device_number(4);
  EXPECT_EQ(verdict(token), Errc::identity_device);
  device_ = device_number(3);
  rules_.shop.data[0] ^= 1;
  EXPECT_EQ(verdict(token), Errc::identity_refused);
}

TEST_F(TokenTest, TheAudienceMayBeAList) {
  auto text = claims();
  const auto one = "\"" + shop() + "\"";
  text.replace(text.find(one), one.size(), "[\"else\"," + one + "]");
  EXPECT_EQ(verdict(hs256(text)), Errc::none);
  text.replace(text.find(one), one.size(), "\"more\"");
  EXPECT_EQ(verdict(hs256(text)), Errc::identity_refused);
}

TEST(IdentityKeyTest, ReadsTheLinesOfTheConfiguration) {
  const auto secret = to_base64url(Bytes(32, 1));
  EXPECT_TRUE(read_identity_key("a HS256 " + secret).ok());
  EXPECT_TRUE(read_identity_key("a HS256 " + to_base64url(Bytes(47, 1))).ok());
  EXPECT_TRUE(read_identity_key("a EdDSA " + secret).ok());
  for (const std::string bad :
       {"", "a", "a HS256", "a HS256 ", " HS256 x", "a none x", "a RS256 x", "a EdDSA AAAA"}) {
    EXPECT_FALSE(read_identity_key(bad).ok()) << bad;
  }
  EXPECT_FALSE(read_identity_key("a HS256 " + to_base64url(Bytes(31, 1))).ok());
  EXPECT_FALSE(read_identity_key("a EdDSA " + to_base64url(Bytes(33, 1))).ok());
}

}  // namespace
}  // namespace shopbell::desk
