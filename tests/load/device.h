// One device of a shop on one connection to a relay, without an engine: proves its key, then hands
// frames in both directions. It believes the relay; what is measured here is the relay.
#pragma once

#include <functional>

#include "load/link.h"
#include "load/shop.h"

namespace shopbell::load {

class Device : public Link::Owner {
 public:
  // Whom a device tells what happens on its connection. Frames other than those of the handshake,
  // Ping and Card; the view lives until the call returns.
  class User {
   public:
    virtual ~User() = default;
    virtual void welcomed(Device& device, const wire::Welcome& welcome) = 0;
    virtual void framed(Device& device, wire::FrameKind kind, BytesView body) = 0;
    virtual void settled(Device&) {}
    // Of its own accord the relay closes nothing in a sound run.
    virtual void lost(Device& device, std::uint16_t code);
  };

  // `shop` and `user` live longer.
  Device(net::asio::io_context& io, const LoadShop& shop, User& user, DeviceKeys keys,
         Bytes certificate);

  void dial(const Address& address);
  void cut() { link_.cut(); }
  void flush() { link_.flush(); }
  Link& link() { return link_; }
  const DeviceKeys& keys() const { return keys_; }
  BytesView certificate() const { return certificate_; }

  // Frames gather in one message until `leave`.
  template <class T>
  void put(wire::FrameKind kind, const T& message) {
    codec::encode_framed(static_cast<std::uint32_t>(kind), message, pending_);
  }
  void publish(BytesView envelope) { put(wire::FrameKind::publish, wire::Publish{envelope}); }
  void leave();

 private:
  void opened() override {}
  void received(BytesView message) override;
  void settled() override { user_.settled(*this); }
  void closed(std::uint16_t code) override { user_.lost(*this, code); }
  void answer(BytesView challenge);

  const LoadShop& shop_;
  User& user_;
  DeviceKeys keys_;
  Bytes certificate_;
  Bytes pending_;
  Link link_;
};

// Gives up with what an Error frame says.
[[noreturn]] void give_up_on_error(BytesView error);

}  // namespace shopbell::load
