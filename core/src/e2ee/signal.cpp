// Log signals (docs/PROTOCOL.md 9.1).
#include "shopbell/handshake.h"

namespace shopbell {
namespace {

constexpr std::string_view signal_domain = "shopbell log signal v1";

Key signal_key(const Key& epoch_key, const wire::LogSignal& signal) {
  return crypto::derive(epoch_key, "shopbell signal v1",
                        {signal.log.view(), signal.author.view(), signal.session.view()});
}

crypto::AeadNonce signal_nonce(std::uint64_t counter) {
  crypto::AeadNonce nonce{};
  const auto bytes = crypto::u64le(counter);
  std::copy(bytes.begin(), bytes.end(), nonce.begin());
  return nonce;
}

}  // namespace

Bytes make_log_signal(const DeviceKeys& author, const Key& epoch_key, wire::LogSignal signal,
                      const wire::SignalContent& content) {
  const Bytes box = crypto::aead_seal(signal_key(epoch_key, signal), signal_nonce(signal.counter),
                                      {}, codec::encode(content));
  signal.box = box;
  return sign_object(author.sign, signal_domain, codec::encode(signal));
}

Result<wire::LogSignal> peek_log_signal(BytesView signal) {
  const Result<wire::Signed> object = codec::decode<wire::Signed>(signal);
  if (!object) return object.error();
  return codec::decode<wire::LogSignal>(object->body);
}

Result<wire::SignalContent> open_log_signal(const SignKey& author, const Key& epoch_key,
                                            BytesView signal) {
  const Result<BytesView> body = open_object(author, signal_domain, signal);
  if (!body) return body.error();
  const Result<wire::LogSignal> open = codec::decode<wire::LogSignal>(*body);
  if (!open) return open.error();
  const std::optional<Bytes> plain =
      crypto::aead_open(signal_key(epoch_key, *open), signal_nonce(open->counter), {}, open->box);
  if (!plain) return Errc::body_bad;
  const Result<wire::SignalContent> content = codec::decode<wire::SignalContent>(*plain);
  if (!content) return Errc::body_bad;
  return content;
}

}  // namespace shopbell
