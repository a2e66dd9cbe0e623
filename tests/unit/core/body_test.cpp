#include "fixtures.h"

namespace shopbell {
namespace {

using testing::device_of;
using testing::error_of;
using testing::filled;
using testing::key_of;
using testing::make_rng;

TEST(Padding, GoesInStepsOf64AndThenByPadme) {
  EXPECT_EQ(padded_size(1), 64u);
  EXPECT_EQ(padded_size(64), 64u);
  EXPECT_EQ(padded_size(65), 128u);
  EXPECT_EQ(padded_size(1000), 1024u);
  EXPECT_EQ(padded_size(1024), 1024u);
  EXPECT_EQ(padded_size(1025), 1088u);
  EXPECT_EQ(padded_size(2047), 2048u);
  EXPECT_EQ(padded_size(2049), 2176u);
  EXPECT_EQ(padded_size(10000), 10240u);
  EXPECT_EQ(padded_size(16385), 17408u);
}

TEST(Padding, NeverShrinksAndAddsAtMostAnEighthAndAStep) {
  std::size_t last = 0;
  for (std::size_t size = 1; size < 40000; ++size) {
    const std::size_t padded = padded_size(size);
    ASSERT_GE(padded, size);
    ASSERT_LE(padded, size + size / 8 + 64);
    ASSERT_GE(padded, last);
    ASSERT_EQ(padded_size(padded), padded) << size;
    last = padded;
  }
}

struct Sealed {
  DeviceKeys author = device_of(1);
  Key epoch_key = key_of(2);
  wire::Header header;
  SignedEnvelope envelope;

  explicit Sealed(std::string_view text = "hello") {
    header.envelope_class = 1;
    header.log = filled<LogId>(3);
    header.author = author.self.id;
    header.counter = 1;
    header.epoch = 1;
    header.commitment = filled<Hash>(4);
    wire::InnerBody inner;
    inner.kind = 1;
    inner.content = as_bytes(text);
    inner.fallback = "fallback";
    Rng rng = make_rng();
    envelope = make_envelope(author, header, seal_body(rng, epoch_key, header, inner));
  }

  // Opens the body as if it stood under another header or key.
  Errc open_under(const std::function<void(wire::Header&)>& change) const {
    const Result<OpenEnvelope> as_made = open_envelope(envelope.bytes);
    wire::Header other = header;
    change(other);
    const SignedEnvelope moved = make_envelope(author, other, as_made->body);
    const Result<OpenEnvelope> open = open_envelope(moved.bytes);
    EXPECT_EQ(error_of(open), Errc::none);
    return error_of(open_body(epoch_key, *open));
  }
};

TEST(Body, OpensAsItWasSealed) {
  const Sealed sealed;
  const Result<OpenEnvelope> open = open_envelope(sealed.envelope.bytes);
  ASSERT_TRUE(open.ok());
  EXPECT_EQ(open->body.size(), 24u + 64 + 16);
  const Result<Inner> inner = open_body(sealed.epoch_key, *open);
  ASSERT_TRUE(inner.ok());
  EXPECT_EQ(as_text(inner->body.content), "hello");
  EXPECT_EQ(inner->body.fallback, "fallback");
  EXPECT_EQ(error_of(open_body(key_of(3), *open)), Errc::body_bad);
}

TEST(Body, TextsOfOneStepAreOfOneLength) {
  EXPECT_EQ(Sealed("a").envelope.bytes.size(), Sealed("a longer one").envelope.bytes.size());
}

TEST(Body, LongTextsOpenToo) {
  const std::string text(limits::content_bytes_max, 'x');
  const Sealed sealed(text);
  const Result<OpenEnvelope> open = open_envelope(sealed.envelope.bytes);
  ASSERT_TRUE(open.ok());
  const Result<Inner> inner = open_body(sealed.epoch_key, *open);
  ASSERT_TRUE(inner.ok());
  EXPECT_EQ(as_text(inner->body.content), text);
}

TEST(Body, IsBoundToEveryFieldOfItsHeader) {
  const Sealed sealed;
  EXPECT_EQ(sealed.open_under([](wire::Header&) {}), Errc::none);
  const std::function<void(wire::Header&)> changes[] = {
      [](wire::Header& h) { h.log = filled<LogId>(9); },
      [](wire::Header& h) { h.author = filled<DeviceId>(9); },
      [](wire::Header& h) { h.counter = 9; },
      [](wire::Header& h) { h.previous = filled<Hash>(9); },
      [](wire::Header& h) { h.epoch = 9; },
      [](wire::Header& h) { h.commitment = filled<Hash>(9); },
      [](wire::Header& h) { h.card_version = 9; },
      [](wire::Header& h) { h.seen_seq = 9; },
      [](wire::Header& h) { h.seen_chain = filled<Hash>(9); },
      [](wire::Header& h) { h.time_ms = 9; },
      [](wire::Header& h) { h.replaces = filled<Hash>(9); },
  };
  for (const auto& change : changes) EXPECT_EQ(sealed.open_under(change), Errc::body_bad);
}

TEST(Body, OfANewerWriterIsBoundToFieldsUnknownHere) {
  // A header with a field 15 behind those known here, as its author would seal and sign it.
  const DeviceKeys author = device_of(1);
  const Key epoch_key = key_of(2);
  const Bytes more = {15 << 3, 5};
  const Bytes other = {15 << 3, 6};
  const Sealed sealed;
  const auto envelope_with = [&](BytesView sealed_with, BytesView carried) {
    Bytes aad_input = codec::encode(sealed.header);
    append(aad_input, sealed_with);
    const Hash aad = crypto::hash("shopbell header aad v1", {aad_input});
    const Key key = crypto::derive(
        epoch_key, "shopbell msg v1",
        {sealed.header.log.view(), crypto::u64be(1), author.self.id.view(), crypto::u64be(1)});
    Bytes plain(64);
    Bytes body(24);
    append(body, crypto::aead_seal(key, {}, aad.view(), plain));
    wire::Header header = sealed.header;
    header.body_length = body.size();
    header.body_digest = crypto::hash("shopbell body v1", {body});
    Bytes header_bytes = codec::encode(header);
    append(header_bytes, carried);
    wire::Envelope envelope;
    envelope.header = header_bytes;
    envelope.signature = crypto::sign(author.sign, "shopbell envelope v1", header_bytes);
    envelope.body = body;
    const Bytes bytes = codec::encode(envelope);
    const Result<OpenEnvelope> open = open_envelope(bytes);
    EXPECT_EQ(error_of(open), Errc::none);
    return error_of(open_body(epoch_key, *open));
  };
  EXPECT_EQ(envelope_with(more, more), Errc::none);
  EXPECT_EQ(envelope_with(more, other), Errc::body_bad);
  EXPECT_EQ(envelope_with(more, {}), Errc::body_bad);
}

// Seals `plain` as it stands, padded or not, and opens it.
Errc open_plain(BytesView plain) {
  const Sealed sealed;
  const Key key = crypto::derive(
      sealed.epoch_key, "shopbell msg v1",
      {sealed.header.log.view(), crypto::u64be(1), sealed.author.self.id.view(), crypto::u64be(1)});
  const Hash aad = crypto::hash("shopbell header aad v1", {codec::encode(sealed.header)});
  Bytes body(24);
  append(body, crypto::aead_seal(key, {}, aad.view(), plain));
  const SignedEnvelope made = make_envelope(sealed.author, sealed.header, body);
  const Result<OpenEnvelope> open = open_envelope(made.bytes);
  EXPECT_EQ(error_of(open), Errc::none);
  return error_of(open_body(sealed.epoch_key, *open));
}

TEST(Body, PaddingIsZeroAndTheInnerBodyStrict) {
  Bytes plain(64);
  plain[0] = 2;
  plain[1] = 0x08;
  plain[2] = 0x01;
  EXPECT_EQ(open_plain(plain), Errc::none);
  Bytes dirty = plain;
  dirty[63] = 1;
  EXPECT_EQ(open_plain(dirty), Errc::body_bad) << "no zeros";
  EXPECT_EQ(open_plain(BytesView(plain).first(3)), Errc::none) << "not padded";
  Bytes longer = plain;
  longer.resize(500);
  EXPECT_EQ(open_plain(longer), Errc::none) << "padded otherwise";
  plain[0] = 64;
  EXPECT_EQ(open_plain(plain), Errc::body_bad) << "longer than there is";
  plain[0] = 1;
  plain[2] = 0;
  EXPECT_EQ(open_plain(plain), Errc::body_bad) << "inner is cut off";
  EXPECT_EQ(open_plain({}), Errc::body_bad);
}

TEST(Body, ShorterThanNonceAndTagIsBad) {
  const Sealed sealed;
  for (std::size_t size : {0, 23, 24, 39, 40}) {
    const SignedEnvelope made = make_envelope(sealed.author, sealed.header, Bytes(size));
    const Result<OpenEnvelope> open = open_envelope(made.bytes);
    ASSERT_TRUE(open.ok());
    EXPECT_EQ(error_of(open_body(sealed.epoch_key, *open)), Errc::body_bad) << size;
  }
}

TEST(Mark, IsTakenFromItsDeviceOnly) {
  const DeviceKeys device = device_of(1);
  wire::MarkBody mark;
  mark.log = filled<LogId>(1);
  mark.device = device.self.id;
  mark.kind = 1;
  mark.seq = 5;
  mark.chain = filled<Hash>(2);
  const Bytes bytes = make_mark(device, mark);
  const auto taken = take_mark(device.self.sign_key, bytes);
  ASSERT_TRUE(taken.ok());
  EXPECT_EQ(taken->seq, 5u);
  EXPECT_EQ(taken->chain, mark.chain);
  EXPECT_EQ(peek_mark(bytes)->device, device.self.id);
  EXPECT_EQ(error_of(take_mark(device_of(2).self.sign_key, bytes)), Errc::bad_signature);
  testing::damage_everywhere(
      bytes, [&](BytesView changed) { return error_of(take_mark(device.self.sign_key, changed)); });
}

TEST(Checkpoint, IsTakenFromItsRelayOnly) {
  const crypto::SignPair relay = crypto::sign_pair(key_of(1));
  wire::CheckpointBody body;
  body.shop = filled<ShopId>(1);
  body.log = filled<LogId>(2);
  body.seq = 3;
  body.chain = filled<Hash>(4);
  const Bytes bytes = make_checkpoint(relay, body);
  const auto taken = take_checkpoint(relay.key, bytes);
  ASSERT_TRUE(taken.ok());
  EXPECT_EQ(taken->seq, 3u);
  EXPECT_EQ(error_of(take_checkpoint(filled<SignKey>(1), bytes)), Errc::bad_signature);
  EXPECT_EQ(error_of(take_mark(relay.key, bytes)), Errc::bad_signature) << "another domain";
  testing::damage_everywhere(
      bytes, [&](BytesView changed) { return error_of(take_checkpoint(relay.key, changed)); });
}

}  // namespace
}  // namespace shopbell
