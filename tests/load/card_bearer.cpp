#include "load/card_bearer.h"

namespace shopbell::load {

using wire::FrameKind;

CardBearer::CardBearer(net::asio::io_context& io, const LoadShop& shop, std::function<void()> done)
    : shop_(shop), done_(std::move(done)), desk_(io, shop, *this, shop.desk_again(), {}) {
  desk_.dial(address_of(shop.url));
}

void CardBearer::welcomed(Device& device, const wire::Welcome&) {
  device.put(FrameKind::put_card, wire::PutCard{shop_.info.card});
  device.leave();
}

void CardBearer::framed(Device& device, FrameKind kind, BytesView body) {
  if (kind == FrameKind::error) give_up_on_error(body);
  const auto card = codec::decode<wire::Card>(body);
  if (kind != FrameKind::card || !card || !same_bytes(card->card, shop_.info.card)) return;
  device.cut();
  done_();
}

}  // namespace shopbell::load
