// Marks and checkpoints (docs/PROTOCOL.md section 8). Their bodies hold no views, so what is taken
// stands for itself.
#include "shopbell/log.h"

namespace shopbell {
namespace {

constexpr std::string_view mark_domain = "shopbell mark v1";
constexpr std::string_view checkpoint_domain = "shopbell checkpoint v1";

}  // namespace

Bytes make_mark(const DeviceKeys& device, const wire::MarkBody& mark) {
  return sign_object(device.sign, mark_domain, codec::encode(mark));
}

Result<wire::MarkBody> take_mark(const SignKey& device, BytesView mark) {
  const Result<BytesView> body = open_object(device, mark_domain, mark);
  if (!body) return body.error();
  return codec::decode<wire::MarkBody>(*body);
}

Result<wire::MarkBody> peek_mark(BytesView mark) {
  const Result<wire::Signed> object = codec::decode<wire::Signed>(mark);
  if (!object) return object.error();
  return codec::decode<wire::MarkBody>(object->body);
}

Bytes make_checkpoint(const crypto::SignPair& relay, const wire::CheckpointBody& checkpoint) {
  return sign_object(relay, checkpoint_domain, codec::encode(checkpoint));
}

Result<wire::CheckpointBody> take_checkpoint(const SignKey& relay, BytesView checkpoint) {
  const Result<BytesView> body = open_object(relay, checkpoint_domain, checkpoint);
  if (!body) return body.error();
  return codec::decode<wire::CheckpointBody>(*body);
}

}  // namespace shopbell
