// The desk of a made-up shop: connects once to hand in the shop's card, and leaves.
#pragma once

#include "load/device.h"

namespace shopbell::load {

class CardBearer : public Device::User {
 public:
  // `done` is called when the relay has taken the card.
  CardBearer(net::asio::io_context& io, const LoadShop& shop, std::function<void()> done);

 private:
  void welcomed(Device& device, const wire::Welcome& welcome) override;
  void framed(Device& device, wire::FrameKind kind, BytesView body) override;

  const LoadShop& shop_;
  std::function<void()> done_;
  Device desk_;
};

}  // namespace shopbell::load
