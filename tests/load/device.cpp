#include "load/device.h"

#include <fmt/format.h>

#include "load/measure.h"

namespace shopbell::load {

using wire::FrameKind;

void Device::User::lost(Device&, std::uint16_t code) {
  give_up(fmt::format("the relay closed a connection ({})", name_of(static_cast<Errc>(code))));
}

void give_up_on_error(BytesView error) {
  const auto read = codec::decode<wire::Error>(error);
  const auto code = read ? static_cast<Errc>(read->code) : Errc::malformed;
  give_up(fmt::format("the relay refused: {} ({})", name_of(code), read ? read->counter : 0));
}

Device::Device(net::asio::io_context& io, const LoadShop& shop, User& user, DeviceKeys keys,
               Bytes certificate)
    : shop_(shop),
      user_(user),
      keys_(std::move(keys)),
      certificate_(std::move(certificate)),
      link_(io, *this) {}

void Device::dial(const Address& address) {
  pending_.clear();
  link_.dial(address, net::subprotocol);
}

void Device::leave() {
  if (pending_.empty()) return;
  link_.send(pending_);
  pending_ = Bytes();
}

void Device::answer(BytesView challenge) {
  const auto read = codec::decode<wire::Challenge>(challenge);
  if (!read) give_up("a challenge does not read");
  const auto host = shop_.host();
  wire::Hello hello;
  hello.shop = shop_.info.shop;
  // Freshness guards the device; nobody is guarded here.
  hello.client_nonce = read->nonce;
  hello.card = keys_.self.card;
  hello.certificate = certificate_;
  hello.card_version = shop_.info.version;
  hello.host = host;
  hello.signature =
      sign_hello(keys_, wire::HelloProof{host, hello.shop, read->relay_key, read->nonce,
                                         hello.client_nonce, keys_.self.id, 0});
  put(FrameKind::hello, hello);
  leave();
}

void Device::received(BytesView message) {
  while (!message.empty()) {
    const auto frame = codec::next_framed(message);
    if (!frame) give_up("a frame does not read");
    const auto kind = static_cast<FrameKind>(frame->kind);
    if (kind == FrameKind::challenge) {
      answer(frame->body);
    } else if (kind == FrameKind::welcome) {
      const auto welcome = codec::decode<wire::Welcome>(frame->body);
      if (!welcome) give_up("a welcome does not read");
      user_.welcomed(*this, *welcome);
    } else if (kind == FrameKind::ping) {
      const auto ping = codec::decode<wire::Ping>(frame->body);
      put(FrameKind::pong, wire::Pong{ping ? ping->id : 0});
      leave();
    } else {
      user_.framed(*this, kind, frame->body);
    }
  }
}

}  // namespace shopbell::load
