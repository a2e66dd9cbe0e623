// Sealed sessions between two devices (docs/PROTOCOL.md 9.2 and 9.3).
#include "shopbell/handshake.h"

namespace shopbell {
namespace {

constexpr std::string_view open_domain = "shopbell session open v1";
constexpr std::string_view accept_domain = "shopbell session accept v1";

// Each direction has nonces of its own: 1 is the opener's.
crypto::AeadNonce session_nonce(bool from_opener, std::uint64_t counter) {
  crypto::AeadNonce nonce{};
  nonce[0] = from_opener ? 1 : 2;
  const auto bytes = crypto::u64le(counter);
  std::copy(bytes.begin(), bytes.end(), nonce.begin() + 1);
  return nonce;
}

struct Names {
  Hash opener_nonce;
  Hash acceptor_nonce;
  DeviceId opener;
  DeviceId acceptor;
};

Result<Key> session_key(const crypto::SealPair& mine, const SealKey& theirs, const Names& names) {
  const std::optional<Key> shared = crypto::exchange(mine, theirs);
  if (!shared) return Errc::bad_key;
  return crypto::derive(*shared, "shopbell session v1",
                        {names.opener_nonce.view(), names.acceptor_nonce.view(),
                         names.opener.view(), names.acceptor.view()});
}

}  // namespace

Bytes Session::make_open(const DeviceKeys& mine, const DeviceId& to, BytesView certificate,
                         const Hash& nonce, std::uint64_t now_ms) {
  wire::SessionOpen open;
  open.to = to;
  open.card = mine.self.card;
  open.certificate = certificate;
  open.nonce = nonce;
  open.time_ms = now_ms;
  return sign_object(mine.sign, open_domain, codec::encode(open));
}

Result<Session::Opened> Session::take_open(const DeviceKeys& mine, BytesView open) {
  const Result<wire::Signed> object = codec::decode<wire::Signed>(open);
  if (!object) return object.error();
  const Result<wire::SessionOpen> body = codec::decode<wire::SessionOpen>(object->body);
  if (!body) return body.error();
  Result<Device> peer = take_device_card(body->card);
  if (!peer) return peer.error();
  if (const auto checked = open_object(peer->sign_key, open_domain, open); !checked) {
    return checked.error();
  }
  if (body->to != mine.self.id) return Errc::not_a_member;
  Opened out;
  out.peer = std::move(*peer);
  out.certificate = to_bytes(body->certificate);
  out.nonce = body->nonce;
  return out;
}

Result<Session> Session::accept(const DeviceKeys& mine, const Opened& opened, const Hash& nonce,
                                Bytes& answer) {
  Result<Key> key = session_key(mine.seal, opened.peer.seal_key,
                                {opened.nonce, nonce, opened.peer.id, mine.self.id});
  if (!key) return key.error();
  wire::SessionAccept accept;
  accept.to = opened.peer.id;
  accept.from = mine.self.id;
  accept.opener_nonce = opened.nonce;
  accept.nonce = nonce;
  answer = sign_object(mine.sign, accept_domain, codec::encode(accept));
  Session session;
  session.peer_ = opened.peer.id;
  session.name_ = opened.nonce;
  session.key_ = std::move(*key);
  return session;
}

Result<Session> Session::accept_at_opener(const DeviceKeys& mine, const Device& peer,
                                          const Hash& nonce, BytesView answer) {
  const Result<BytesView> body = open_object(peer.sign_key, accept_domain, answer);
  if (!body) return body.error();
  const Result<wire::SessionAccept> accept = codec::decode<wire::SessionAccept>(*body);
  if (!accept) return accept.error();
  if (accept->to != mine.self.id || accept->from != peer.id) return Errc::not_a_member;
  if (accept->opener_nonce != nonce) return Errc::replayed;
  Result<Key> key =
      session_key(mine.seal, peer.seal_key, {nonce, accept->nonce, mine.self.id, peer.id});
  if (!key) return key.error();
  Session session;
  session.peer_ = peer.id;
  session.name_ = nonce;
  session.key_ = std::move(*key);
  session.opener_ = true;
  return session;
}

Bytes Session::seal(const DeviceKeys& mine, const wire::SessionMessage& message) {
  wire::SessionData data;
  data.to = peer_;
  data.from = mine.self.id;
  data.session = name_;
  data.counter = ++sent_;
  const Bytes box =
      crypto::aead_seal(key_, session_nonce(opener_, sent_), {}, codec::encode(message));
  data.box = box;
  return codec::encode(data);
}

Result<Session::Message> Session::open(BytesView data) {
  const Result<wire::SessionData> sealed = codec::decode<wire::SessionData>(data);
  if (!sealed) return sealed.error();
  if (sealed->session != name_ || sealed->from != peer_) return Errc::no_session;
  if (sealed->counter != received_ + 1) return Errc::replayed;
  std::optional<Bytes> plain =
      crypto::aead_open(key_, session_nonce(!opener_, sealed->counter), {}, sealed->box);
  if (!plain) return Errc::body_bad;
  const Result<wire::SessionMessage> message = codec::decode<wire::SessionMessage>(*plain);
  if (!message) return Errc::body_bad;
  ++received_;
  Message out;
  out.message = *message;
  out.plain = std::move(*plain);
  return out;
}

}  // namespace shopbell
