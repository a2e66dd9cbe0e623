// Log ids, the chain and envelopes (docs/PROTOCOL.md section 3).
#include "shopbell/limits.h"
#include "shopbell/log.h"

namespace shopbell {
namespace {

constexpr std::string_view envelope_domain = "shopbell envelope v1";

Hash body_digest_of(BytesView body) { return crypto::hash("shopbell body v1", {body}); }

// What a header must be whatever the log; the rules of its class that need no state.
bool header_fits(const wire::Header& header, BytesView body) {
  const auto erase = static_cast<std::uint64_t>(EnvelopeClass::erase);
  if (header.envelope_class == 0 || header.envelope_class > erase) return false;
  if (header.counter == 0) return false;
  const bool message = header.envelope_class == static_cast<std::uint64_t>(EnvelopeClass::message);
  if (message != (header.epoch != 0) || message != !header.commitment.is_zero()) return false;
  return header.body_length == body.size() && header.body_digest == body_digest_of(body);
}

}  // namespace

LogId log_id_of(const ShopId& shop, const DeviceId& creator, const Hash& random) {
  const Hash hash =
      crypto::hash("shopbell log id v1", {shop.view(), creator.view(), random.view()});
  return LogId::from(hash.view().first(LogId::size));
}

Hash chain_start(const ShopId& shop, const LogId& log) {
  return crypto::hash("shopbell chain start v1", {shop.view(), log.view()});
}

Hash chain_next(const Hash& chain, std::uint64_t seq, std::uint64_t time_ms,
                const Hash& envelope_hash) {
  return crypto::hash("shopbell chain v1", {chain.view(), crypto::u64be(seq),
                                            crypto::u64be(time_ms), envelope_hash.view()});
}

Hash envelope_hash_of(BytesView header, const Signature& signature) {
  return crypto::hash("shopbell envelope hash v1", {header, signature.view()});
}

Result<OpenEnvelope> open_envelope(BytesView envelope) {
  if (envelope.size() > limits::envelope_bytes_max) return Errc::too_large;
  const Result<wire::Envelope> outer = codec::decode<wire::Envelope>(envelope);
  if (!outer) return outer.error();
  if (outer->header.size() > limits::header_bytes_max) return Errc::too_large;
  if (outer->body.size() > limits::body_bytes_max) return Errc::too_large;
  const Result<wire::Header> header = codec::decode<wire::Header>(outer->header);
  if (!header) return header.error();
  if (!header_fits(*header, outer->body)) return Errc::envelope_bad;
  OpenEnvelope open;
  open.header = *header;
  open.header_bytes = outer->header;
  open.signature = outer->signature;
  open.body = outer->body;
  open.hash = envelope_hash_of(outer->header, outer->signature);
  return open;
}

bool verify_envelope(const SignKey& author, const OpenEnvelope& envelope) {
  return crypto::verify(author, envelope_domain, envelope.header_bytes, envelope.signature);
}

SignedEnvelope make_envelope(const DeviceKeys& author, wire::Header header, BytesView body) {
  header.body_length = body.size();
  header.body_digest = body_digest_of(body);
  const Bytes header_bytes = codec::encode(header);
  wire::Envelope envelope;
  envelope.header = header_bytes;
  envelope.signature = crypto::sign(author.sign, envelope_domain, header_bytes);
  envelope.body = body;
  SignedEnvelope out;
  out.bytes = codec::encode(envelope);
  out.hash = envelope_hash_of(header_bytes, envelope.signature);
  return out;
}

Bytes make_genesis_body(const ShopId& shop, LogKind kind, const Hash& random, const Device& creator,
                        const LogId& main_log) {
  wire::MemberBody body;
  body.kind = static_cast<std::uint64_t>(MemberKind::genesis);
  body.log_kind = static_cast<std::uint64_t>(kind);
  body.shop = shop;
  body.random = random;
  body.card = creator.card;
  body.main_log = main_log;
  return codec::encode(body);
}

Bytes make_join_body(const Device& device, BytesView certificate) {
  wire::MemberBody body;
  body.kind = static_cast<std::uint64_t>(MemberKind::join);
  body.card = device.card;
  body.certificate = certificate;
  return codec::encode(body);
}

Bytes make_resume_body() {
  wire::MemberBody body;
  body.kind = static_cast<std::uint64_t>(MemberKind::resume);
  return codec::encode(body);
}

bool is_resume(const OpenEnvelope& envelope) {
  return envelope.header.envelope_class == static_cast<std::uint64_t>(EnvelopeClass::member) &&
         to_bytes(envelope.body) == make_resume_body();
}

Bytes make_admit_body(const Device& device) {
  wire::MemberBody body;
  body.kind = static_cast<std::uint64_t>(MemberKind::admit);
  body.card = device.card;
  return codec::encode(body);
}

}  // namespace shopbell
