// Bodies of class message (docs/PROTOCOL.md section 5).
#include <sodium.h>

#include "shopbell/log.h"

namespace shopbell {
namespace {

Key message_key(const Key& epoch_key, const wire::Header& header) {
  return crypto::derive(epoch_key, "shopbell msg v1",
                        {header.log.view(), crypto::u64be(header.epoch), header.author.view(),
                         crypto::u64be(header.counter)});
}

// `rest`: what a newer writer put behind the fields known here.
Hash header_aad(wire::Header header, BytesView rest) {
  header.body_length = 0;
  header.body_digest = Hash();
  return crypto::hash("shopbell header aad v1", {codec::encode(header), rest});
}

std::size_t bit_width(std::size_t value) {
  std::size_t width = 0;
  for (; value != 0; value >>= 1) ++width;
  return width;
}

// The inner bytes of a padded text; nothing where length or zeros do not fit. How far it is padded
// is the writer's choice.
std::optional<BytesView> unpad(BytesView plain) {
  BytesView rest = plain;
  std::uint64_t length = 0;
  if (!codec::read_varint(rest, length) || length > rest.size()) return std::nullopt;
  const BytesView inner = rest.first(static_cast<std::size_t>(length));
  const BytesView zeros = rest.subspan(inner.size());
  const bool clean = std::all_of(zeros.begin(), zeros.end(), [](std::uint8_t b) { return b == 0; });
  if (!clean) return std::nullopt;
  return inner;
}

}  // namespace

std::size_t padded_size(std::size_t size) {
  std::size_t step = 64;
  if (size > 1024) {
    const std::size_t exponent = bit_width(size) - 1;
    step = std::size_t{1} << (exponent - bit_width(exponent));
  }
  return (size + step - 1) / step * step;
}

Bytes seal_body(Rng& rng, const Key& epoch_key, const wire::Header& header,
                const wire::InnerBody& inner) {
  Bytes plain;
  const std::size_t inner_size = codec::size_of(inner);
  const std::size_t padded = padded_size(codec::varint_size(inner_size) + inner_size);
  plain.reserve(padded);
  codec::write_varint(inner_size, plain);
  codec::encode_to(inner, plain);
  plain.resize(padded);
  crypto::AeadNonce nonce;
  rng.fill(nonce);
  const Bytes sealed = crypto::aead_seal(message_key(epoch_key, header), nonce,
                                         header_aad(header, {}).view(), plain);
  sodium_memzero(plain.data(), plain.size());
  Bytes body;
  body.reserve(nonce.size() + sealed.size());
  append(body, nonce);
  append(body, sealed);
  return body;
}

Result<Inner> open_body(const Key& epoch_key, const OpenEnvelope& envelope) {
  const BytesView body = envelope.body;
  if (body.size() < crypto::nonce_bytes + crypto::tag_bytes) return Errc::body_bad;
  crypto::AeadNonce nonce;
  std::copy_n(body.begin(), nonce.size(), nonce.begin());
  // Header bytes are strict, so what is known of them is as long as its own encoding.
  const BytesView rest = envelope.header_bytes.subspan(codec::size_of(envelope.header));
  std::optional<Bytes> plain =
      crypto::aead_open(message_key(epoch_key, envelope.header), nonce,
                        header_aad(envelope.header, rest).view(), body.subspan(nonce.size()));
  if (!plain) return Errc::body_bad;
  const std::optional<BytesView> bytes = unpad(*plain);
  if (!bytes) return Errc::body_bad;
  const Result<wire::InnerBody> inner = codec::decode<wire::InnerBody>(*bytes);
  if (!inner) return Errc::body_bad;
  // Moving the vector keeps its bytes in place, so the views hold.
  Inner out;
  out.body = *inner;
  out.plain = std::move(*plain);
  return out;
}

}  // namespace shopbell
