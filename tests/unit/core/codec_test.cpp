#include "fixtures.h"

namespace shopbell {
namespace {

using testing::error_of;
using testing::filled;

Bytes bytes_of(std::string_view hex) {
  Bytes out(hex.size() / 2);
  EXPECT_TRUE(from_hex(hex, out));
  return out;
}

template <class T>
Errc refusal(std::string_view hex) {
  return error_of(codec::decode<T>(bytes_of(hex)));
}

TEST(Codec, WritesFieldsInOrderAndLeavesDefaultsOut) {
  wire::MarkBody mark;
  mark.kind = 2;
  mark.seq = 300;
  EXPECT_EQ(to_hex(codec::encode(mark)), "180220ac02");
  EXPECT_EQ(to_hex(codec::encode(wire::MarkBody())), "");
}

TEST(Codec, WritesTextFixedAndBooleans) {
  wire::HelloProof proof;
  proof.host = "ab";
  proof.term = 1;
  EXPECT_EQ(to_hex(codec::encode(proof)), "0a0261623801");
  wire::SignalContent content;
  content.kind = 1;
  content.on = true;
  EXPECT_EQ(to_hex(codec::encode(content)), "08011001");
  wire::Watch watch;
  watch.logs = {filled<LogId>(0), filled<LogId>(1)};
  EXPECT_EQ(to_hex(codec::encode(watch)),
            "0a10000000000000000000000000000000000a1001010101010101010101010101010101");
}

TEST(Codec, ReadsBackWhatItWrites) {
  wire::ShopCard card;
  card.format = 1;
  card.shop = filled<ShopId>(3);
  card.version = ~std::uint64_t{0};
  card.name = "name";
  wire::RelayEntry relay;
  relay.url = "wss://a";
  card.relays = {relay, wire::RelayEntry(), relay};
  card.domains = {"", "b"};
  const Bytes bytes = codec::encode(card);
  EXPECT_EQ(bytes.size(), codec::size_of(card));
  const Result<wire::ShopCard> read = codec::decode<wire::ShopCard>(bytes);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->version, card.version);
  EXPECT_EQ(read->relays.size(), 3u);
  EXPECT_EQ(read->relays[1].url, "");
  EXPECT_EQ(read->relays[2].url, "wss://a");
  EXPECT_EQ(read->domains.size(), 2u);
  EXPECT_EQ(codec::encode(*read), bytes);
}

TEST(Codec, RefusesFieldsOutOfOrderRepeatedOrUnknownBelowTheHighest) {
  EXPECT_EQ(refusal<wire::MarkBody>("20011801"), Errc::malformed);
  EXPECT_EQ(refusal<wire::MarkBody>("18011801"), Errc::malformed);
  EXPECT_EQ(refusal<wire::MarkBody>("0001"), Errc::malformed);
  EXPECT_EQ(refusal<wire::MarkBody>("30011801"), Errc::malformed) << "a known one after a higher";
  static const codec::Field fields[] = {
      {1, codec::FieldType::u64, 0, 0, nullptr, nullptr},
      {3, codec::FieldType::u64, 0, 8, nullptr, nullptr},
  };
  const codec::MessageTable holed{fields};
  std::uint64_t values[2] = {};
  EXPECT_EQ(codec::read(holed, bytes_of("08011801"), values).error(), Errc::none);
  EXPECT_EQ(codec::read(holed, bytes_of("08011001"), values).error(), Errc::malformed);
}

TEST(Codec, RefusesDefaultsThatArePresent) {
  EXPECT_EQ(refusal<wire::MarkBody>("1800"), Errc::malformed);
  EXPECT_EQ(refusal<wire::SignalContent>("08011000"), Errc::malformed);
  EXPECT_EQ(refusal<wire::Envelope>("0a00"), Errc::malformed);
  EXPECT_EQ(refusal<wire::Text>("0a00"), Errc::malformed);
  EXPECT_EQ(refusal<wire::MarkBody>("0a1000000000000000000000000000000000"), Errc::malformed);
}

TEST(Codec, RefusesOtherWireTypesAndWidths) {
  EXPECT_EQ(refusal<wire::MarkBody>("1a0101"), Errc::malformed);
  EXPECT_EQ(refusal<wire::MarkBody>("0801"), Errc::malformed);
  EXPECT_EQ(refusal<wire::MarkBody>("190000000000000001"), Errc::malformed);
  EXPECT_EQ(refusal<wire::MarkBody>("1d00000001"), Errc::malformed);
  EXPECT_EQ(refusal<wire::MarkBody>("1b1c"), Errc::malformed);
  EXPECT_EQ(refusal<wire::MarkBody>("0a0101"), Errc::malformed);
  EXPECT_EQ(refusal<wire::SignalContent>("08011002"), Errc::malformed);
}

TEST(Codec, RefusesVarintsThatAreLongerThanNeedBe) {
  EXPECT_EQ(refusal<wire::MarkBody>("188100"), Errc::malformed);
  EXPECT_EQ(refusal<wire::MarkBody>("988000"), Errc::malformed);
  EXPECT_EQ(refusal<wire::MarkBody>("18ffffffffffffffffff02"), Errc::malformed);
  EXPECT_EQ(refusal<wire::MarkBody>("18ffffffffffffffffffff01"), Errc::malformed);
  EXPECT_EQ(refusal<wire::MarkBody>("18ffffffffffffffffff01"), Errc::none);
  EXPECT_EQ(refusal<wire::MarkBody>("18ff"), Errc::truncated);
  EXPECT_EQ(refusal<wire::MarkBody>("18"), Errc::truncated);
  EXPECT_EQ(refusal<wire::MarkBody>("0a10ff"), Errc::truncated);
  EXPECT_EQ(refusal<wire::MarkBody>("0affffffffffffffffff01"), Errc::truncated);
}

TEST(Codec, PassesOverHigherFieldsOfANewerWriter) {
  EXPECT_EQ(refusal<wire::MarkBody>("1801300132026162"), Errc::none);
  EXPECT_EQ(refusal<wire::MarkBody>("180130013001"), Errc::none);
  EXPECT_EQ(refusal<wire::MarkBody>("180138013001"), Errc::malformed);
  EXPECT_EQ(refusal<wire::MarkBody>("18013500000001"), Errc::malformed);
  EXPECT_EQ(refusal<wire::MarkBody>("18013202"), Errc::truncated);
  EXPECT_EQ(refusal<wire::MarkBody>("1801308000"), Errc::malformed);
}

TEST(Codec, LimitsRepeatedFields) {
  wire::Watch watch;
  watch.logs.resize(limits::repeated_max);
  EXPECT_TRUE(codec::decode<wire::Watch>(codec::encode(watch)).ok());
  watch.logs.emplace_back();
  EXPECT_EQ(error_of(codec::decode<wire::Watch>(codec::encode(watch))), Errc::too_large);
}

TEST(Codec, EveryVarintHasOneForm) {
  for (std::uint64_t value : {0ull, 1ull, 127ull, 128ull, 16383ull, 16384ull, ~0ull}) {
    Bytes bytes;
    codec::write_varint(value, bytes);
    EXPECT_EQ(bytes.size(), codec::varint_size(value));
    BytesView view = bytes;
    std::uint64_t read = 1;
    EXPECT_TRUE(codec::read_varint(view, read));
    EXPECT_EQ(read, value);
    EXPECT_TRUE(view.empty());
    BytesView shorter = BytesView(bytes).first(bytes.size() - 1);
    EXPECT_FALSE(codec::read_varint(shorter, read));
  }
}

TEST(Codec, FramesFollowEachOtherAndTheLastMayBeCutOff) {
  Bytes bytes;
  wire::Ping ping;
  ping.id = 5;
  codec::encode_framed(17, ping, bytes);
  codec::encode_framed(18, wire::Pong(), bytes);
  EXPECT_EQ(to_hex(bytes), "8a01020805920100");
  BytesView view = bytes;
  const Result<codec::Framed> first = codec::next_framed(view);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->kind, 17u);
  EXPECT_EQ(to_hex(first->body), "0805");
  const Result<codec::Framed> second = codec::next_framed(view);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->kind, 18u);
  EXPECT_TRUE(view.empty());
  BytesView cut = BytesView(bytes).first(4);
  EXPECT_EQ(error_of(codec::next_framed(cut)), Errc::truncated);
  EXPECT_EQ(cut.size(), 4u);
  const Bytes number = bytes_of("880101");
  BytesView other = number;
  EXPECT_EQ(error_of(codec::next_framed(other)), Errc::malformed);
}

// What is taken of changed bytes must stand there in just that form, unless a field of a newer
// writer was passed over: then what is left has one form.
template <class T>
void expect_one_form(BytesView bytes) {
  const Result<T> read = codec::decode<T>(bytes);
  if (!read) return;
  const Bytes again = codec::encode(*read);
  if (again.size() == bytes.size()) {
    EXPECT_TRUE(same_bytes(again, bytes)) << to_hex(bytes);
  } else {
    EXPECT_LT(again.size(), bytes.size());
    const Result<T> second = codec::decode<T>(again);
    ASSERT_TRUE(second.ok()) << to_hex(bytes);
    EXPECT_EQ(codec::encode(*second), again);
  }
}

template <class T>
void expect_one_encoding(const T& message) {
  const Bytes good = codec::encode(message);
  ASSERT_TRUE(codec::decode<T>(good).ok());
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int flip = 1; flip < 256; ++flip) {
      Bytes bytes = good;
      bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ flip);
      expect_one_form<T>(bytes);
    }
    expect_one_form<T>(BytesView(good).first(at));
  }
}

TEST(Codec, ChangedBytesAreRefusedOrReadAsTheyStand) {
  wire::Header header;
  header.envelope_class = 1;
  header.log = filled<LogId>(1);
  header.author = filled<DeviceId>(2);
  header.counter = 300;
  header.epoch = 1;
  header.body_length = 5;
  header.body_digest = filled<Hash>(4);
  expect_one_encoding(header);
  wire::GrantBody grant;
  grant.epoch = 1;
  grant.boxes.resize(2);
  grant.boxes[1].recipient = filled<Hash>(9);
  expect_one_encoding(grant);
  wire::InnerBody inner;
  inner.kind = 1;
  inner.fallback = "hello";
  expect_one_encoding(inner);
  wire::Welcome welcome;
  welcome.time_ms = 7;
  const Bytes mark = {1, 2, 3};
  welcome.heads.resize(1);
  welcome.heads[0].seq = 4;
  welcome.heads[0].marks = {BytesView(mark), BytesView()};
  welcome.more = true;
  expect_one_encoding(welcome);
}

TEST(Text, HexAndBase64urlHaveOneFormForEachValue) {
  const Bytes bytes = {0x00, 0xff, 0x10, 0xfb};
  EXPECT_EQ(to_hex(bytes), "00ff10fb");
  EXPECT_EQ(to_base64url(bytes), "AP8Q-w");
  Bytes out(4);
  EXPECT_TRUE(from_hex("00FF10fb", out));
  EXPECT_EQ(out, bytes);
  EXPECT_FALSE(from_hex("00ff10f", out));
  EXPECT_FALSE(from_hex("00ff10fg", out));
  out.assign(4, 0);
  EXPECT_TRUE(from_base64url("AP8Q-w", out));
  EXPECT_EQ(out, bytes);
  EXPECT_FALSE(from_base64url("AP8Q-x", out)) << "left-over bits are set";
  EXPECT_FALSE(from_base64url("AP8Q-w==", out));
  EXPECT_FALSE(from_base64url("AP8Q+w", out));
  EXPECT_FALSE(from_base64url("AP8Q", out));
}

TEST(Text, Base64urlRoundsTripForAllLengths) {
  Bytes bytes;
  for (std::size_t size = 0; size < 70; ++size) {
    Bytes out(size);
    EXPECT_TRUE(from_base64url(to_base64url(bytes), out));
    EXPECT_EQ(out, bytes);
    bytes.push_back(static_cast<std::uint8_t>(size * 37));
  }
}

}  // namespace
}  // namespace shopbell
