#include <set>

#include "fixtures.h"

namespace shopbell {
namespace {

using testing::error_of;
using testing::filled;
using testing::key_of;
using testing::make_rng;

Bytes from_text(std::string_view hex) {
  Bytes out(hex.size() / 2);
  EXPECT_TRUE(from_hex(hex, out));
  return out;
}

TEST(Crypto, HashPutsTheLengthOfTheLabelInFront) {
  // BLAKE2b-256 of 03 "abc" "de", by an independent implementation (Python's hashlib).
  const Hash hash = crypto::hash("abc", {as_bytes("de")});
  EXPECT_EQ(to_hex(hash.view()),
            "e0e73d6ed9ad528d16b2167202e73c23b1475fc16990aa8b57ad2fa9c920747c");
  EXPECT_EQ(hash, crypto::hash("abc", {as_bytes("d"), as_bytes("e")}));
  EXPECT_NE(crypto::hash("abcd", {as_bytes("e")}), crypto::hash("abc", {as_bytes("de")}));
}

TEST(Crypto, DeriveIsKeyedBlake2b) {
  const Key derived = crypto::derive(key_of(5), "label", {as_bytes("x")});
  EXPECT_EQ(to_hex(derived.reveal()),
            "72a39da1308ab28f5eedbadb6d91514c51bd800190c681132d24a755a89c27e0");
}

TEST(Crypto, SignsAsEd25519OverDomainAndBody) {
  // RFC 8032 7.1, test 1: seed and public key.
  Bytes seed = from_text("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
  const crypto::SignPair pair = crypto::sign_pair(Key::from(seed));
  EXPECT_EQ(to_hex(pair.key.view()),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  const Signature signature = crypto::sign(pair, "domain", as_bytes("body"));
  EXPECT_TRUE(crypto::verify(pair.key, "domain", as_bytes("body"), signature));
  EXPECT_FALSE(crypto::verify(pair.key, "domaim", as_bytes("body"), signature));
  EXPECT_FALSE(crypto::verify(pair.key, "domainb", as_bytes("ody"), signature));
  EXPECT_FALSE(crypto::verify(filled<SignKey>(1), "domain", as_bytes("body"), signature));
  EXPECT_FALSE(crypto::verify(SignKey(), "domain", as_bytes("body"), signature));
}

TEST(Crypto, SignsBodiesOfEverySize) {
  const crypto::SignPair pair = crypto::sign_pair(key_of(1));
  for (std::size_t size : {0, 1, 1000, 1016, 1017, 1018, 1019, 5000}) {
    Bytes body(size, 3);
    const Signature signature = crypto::sign(pair, "domain", body);
    EXPECT_TRUE(crypto::verify(pair.key, "domain", body, signature)) << size;
    body.push_back(3);
    EXPECT_FALSE(crypto::verify(pair.key, "domain", body, signature)) << size;
  }
}

TEST(Crypto, AeadOpensOnlyWhatWasSealed) {
  const crypto::AeadNonce nonce{1};
  const Bytes sealed = crypto::aead_seal(key_of(1), nonce, as_bytes("aad"), as_bytes("text"));
  EXPECT_EQ(sealed.size(), 4 + crypto::tag_bytes);
  const auto plain = crypto::aead_open(key_of(1), nonce, as_bytes("aad"), sealed);
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(as_text(*plain), "text");
  EXPECT_FALSE(crypto::aead_open(key_of(2), nonce, as_bytes("aad"), sealed));
  EXPECT_FALSE(crypto::aead_open(key_of(1), {}, as_bytes("aad"), sealed));
  EXPECT_FALSE(crypto::aead_open(key_of(1), nonce, as_bytes("abd"), sealed));
  testing::damage_everywhere(sealed, [&](BytesView bytes) {
    const bool opened = crypto::aead_open(key_of(1), nonce, as_bytes("aad"), bytes).has_value();
    return opened ? Errc::none : Errc::body_bad;
  });
}

TEST(Crypto, ExchangeAgreesAndRefusesSmallOrder) {
  const crypto::SealPair a = crypto::seal_pair(key_of(1));
  const crypto::SealPair b = crypto::seal_pair(key_of(2));
  const auto ab = crypto::exchange(a, b.key);
  const auto ba = crypto::exchange(b, a.key);
  ASSERT_TRUE(ab && ba);
  EXPECT_TRUE(ab->equals(*ba));
  EXPECT_FALSE(crypto::exchange(a, SealKey()));
  SealKey one;
  one.data[0] = 1;
  EXPECT_FALSE(crypto::exchange(a, one));
}

TEST(Crypto, ABoxOpensForItsRecipientAndAadOnly) {
  Rng rng = make_rng();
  const crypto::SealPair to = crypto::seal_pair(key_of(1));
  const Key secret = key_of(9);
  const Result<KeyBox> box = crypto::box_key(rng, to.key, as_bytes("aad"), secret);
  ASSERT_TRUE(box.ok());
  const Result<Key> opened = crypto::open_key_box(to, as_bytes("aad"), *box);
  ASSERT_TRUE(opened.ok());
  EXPECT_TRUE(opened->equals(secret));
  EXPECT_EQ(error_of(crypto::open_key_box(to, as_bytes("aae"), *box)), Errc::box_bad);
  EXPECT_EQ(error_of(crypto::open_key_box(crypto::seal_pair(key_of(2)), as_bytes("aad"), *box)),
            Errc::box_bad);
  EXPECT_EQ(error_of(crypto::box_key(rng, SealKey(), as_bytes("aad"), secret)), Errc::bad_key);
  for (std::size_t at = 0; at < KeyBox::size; ++at) {
    KeyBox changed = *box;
    changed.data[at] ^= 1;
    EXPECT_EQ(error_of(crypto::open_key_box(to, as_bytes("aad"), changed)), Errc::box_bad) << at;
  }
}

TEST(Crypto, IntegersHaveBothByteOrders) {
  EXPECT_EQ(to_hex(crypto::u64be(0x0102030405060708)), "0102030405060708");
  EXPECT_EQ(to_hex(crypto::u64le(0x0102030405060708)), "0807060504030201");
}

TEST(Rng, TheSameSeedGivesTheSameBytesAndAnotherSeedOthers) {
  Rng a = make_rng(1);
  Rng b = make_rng(1);
  Rng c = make_rng(2);
  const Hash first = a.nonce();
  EXPECT_EQ(first, b.nonce());
  EXPECT_NE(first, c.nonce());
  EXPECT_NE(first, a.nonce()) << "the state goes on";
}

TEST(Rng, MoreEntropyChangesWhatFollows) {
  Rng a = make_rng();
  Rng b = make_rng();
  b.seed(as_bytes("x"));
  EXPECT_NE(a.nonce(), b.nonce());
}

TEST(Rng, LongDrawsDoNotRepeat) {
  Rng rng = make_rng();
  Bytes bytes(32 * 100);
  rng.fill(bytes);
  std::set<Bytes> pieces;
  for (std::size_t at = 0; at < bytes.size(); at += 32) {
    pieces.insert(to_bytes(BytesView(bytes).subspan(at, 32)));
  }
  EXPECT_EQ(pieces.size(), 100u);
}

TEST(RngDeathTest, DrawingBeforeTheFirstSeedAborts) {
  EXPECT_DEATH(
      {
        Rng rng;
        rng.nonce();
      },
      "");
  EXPECT_DEATH(
      {
        Rng rng;
        rng.seed(as_bytes("too short to be a seed"));
        rng.key();
      },
      "");
}

TEST(Secret, MovingLeavesNothingBehind) {
  Key key = key_of(3);
  const Key moved = std::move(key);
  EXPECT_TRUE(key.is_zero());
  EXPECT_FALSE(moved.is_zero());
  EXPECT_TRUE(moved.equals(moved.clone()));
  EXPECT_FALSE(moved.equals(key_of(4)));
}

TEST(Devices, TwoFreshDevicesShareNoKey) {
  Rng a = make_rng(1);
  Rng b = make_rng(2);
  std::set<std::string> keys;
  for (Rng* rng : {&a, &b, &a}) {
    const DeviceKeys device = make_device(*rng, 1);
    keys.insert(to_hex(device.sign.seed.reveal()));
    keys.insert(to_hex(device.seal.secret.reveal()));
    keys.insert(to_hex(device.self.sign_key.view()));
    keys.insert(to_hex(device.self.seal_key.view()));
  }
  EXPECT_EQ(keys.size(), 12u);
  EXPECT_EQ(keys.count(to_hex(Hash().view())), 0u);
}

}  // namespace
}  // namespace shopbell
