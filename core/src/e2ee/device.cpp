// Signed objects and device cards (docs/PROTOCOL.md section 1).
#include "e2ee/parse.h"

namespace shopbell {
namespace {

constexpr std::string_view card_domain = "shopbell device card v1";

}  // namespace

Bytes sign_object(const crypto::SignPair& signer, std::string_view domain, BytesView body) {
  wire::Signed object;
  object.body = body;
  object.signature = crypto::sign(signer, domain, body);
  return codec::encode(object);
}

Result<BytesView> open_object(const SignKey& signer, std::string_view domain, BytesView in) {
  const Result<wire::Signed> object = codec::decode<wire::Signed>(in);
  if (!object) return object.error();
  if (!crypto::verify(signer, domain, object->body, object->signature)) return Errc::bad_signature;
  return object->body;
}

DeviceId device_id_of(const SignKey& sign_key, const SealKey& seal_key) {
  DeviceId out;
  out.data = crypto::hash("shopbell device id v1", {sign_key.view(), seal_key.view()}).data;
  return out;
}

Result<Device> parse_device_card(BytesView card) {
  const Result<wire::Signed> object = codec::decode<wire::Signed>(card);
  if (!object) return object.error();
  const Result<wire::DeviceCard> body = codec::decode<wire::DeviceCard>(object->body);
  if (!body) return body.error();
  if (body->format != 1) return Errc::unknown_format;
  Device device;
  device.id = device_id_of(body->sign_key, body->seal_key);
  device.sign_key = body->sign_key;
  device.seal_key = body->seal_key;
  device.created_ms = body->created_ms;
  device.card = to_bytes(card);
  return device;
}

Result<Device> take_device_card(BytesView card) {
  Result<Device> device = parse_device_card(card);
  if (!device) return device;
  const Result<BytesView> body = open_object(device->sign_key, card_domain, card);
  if (!body) return body.error();
  return device;
}

DeviceKeys make_device(Rng& rng, std::uint64_t now_ms) {
  Key sign_seed = rng.key();
  Key seal_secret = rng.key();
  return device_from_seeds(std::move(sign_seed), std::move(seal_secret), now_ms);
}

DeviceKeys device_from_seeds(Key sign_seed, Key seal_secret, std::uint64_t created_ms) {
  DeviceKeys keys{
      crypto::sign_pair(std::move(sign_seed)), crypto::seal_pair(std::move(seal_secret)), {}};
  wire::DeviceCard card;
  card.format = 1;
  card.sign_key = keys.sign.key;
  card.seal_key = keys.seal.key;
  card.created_ms = created_ms;
  keys.self.id = device_id_of(keys.sign.key, keys.seal.key);
  keys.self.sign_key = keys.sign.key;
  keys.self.seal_key = keys.seal.key;
  keys.self.created_ms = created_ms;
  keys.self.card = sign_object(keys.sign, card_domain, codec::encode(card));
  return keys;
}

}  // namespace shopbell
