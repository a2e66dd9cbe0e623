// Connections between devices and the nodes of the relay: whole messages in order, late, or lost
// with the connection. Either side may learn of a cut late, or only by its own patience.
#pragma once

#include <memory>

#include "clockwork.h"

namespace shopbell::sim {

using LinkId = std::uint64_t;

// One end's view of the other world; ends that have crashed are told nothing.
class DeviceEnd {
 public:
  virtual ~DeviceEnd() = default;
  virtual void link_up(LinkId link) = 0;
  virtual void link_message(LinkId link, BytesView bytes) = 0;
  virtual void link_down(LinkId link, std::uint16_t code) = 0;
};

class RelayEnd {
 public:
  virtual ~RelayEnd() = default;
  virtual bool listening() const = 0;
  virtual void link_up(LinkId link) = 0;
  virtual void link_message(LinkId link, BytesView bytes) = 0;
  virtual void link_down(LinkId link) = 0;
};

// Sees every message that a device or the relay hands to the network.
class Wiretap {
 public:
  virtual ~Wiretap() = default;
  virtual void from_device(int device, BytesView bytes) = 0;
  virtual void to_device(int device, BytesView bytes) = 0;
};

class Net {
 public:
  Net(Clockwork& clockwork, Wiretap& tap) : w_(clockwork), tap_(tap) {}
  // One node more; whoever dials comes to any of them.
  void add_relay(RelayEnd& relay) { relays_.push_back(&relay); }

  // The device hears link_up or link_down later.
  LinkId dial(DeviceEnd& device, int number);
  void send_from_device(LinkId link, BytesView bytes);
  void send_from_relay(LinkId link, BytesView bytes);
  // What was sent before still arrives.
  void close_from_device(LinkId link);
  // Whose link it is; -1 where it is gone.
  int device_of(LinkId link) const;
  void close_from_relay(LinkId link, std::uint16_t code);
  // A side is gone without a word.
  void device_crashed(LinkId link);
  void relay_crashed(const RelayEnd& relay);
  void cut(LinkId link);
  void cut_all();
  // Nothing passes between this device and the relay for so long, and nobody is told.
  void part(int number, std::uint64_t for_ms);

 private:
  struct Link {
    DeviceEnd* device = nullptr;
    RelayEnd* relay = nullptr;
    int number = 0;
    bool whole = true;
    bool connected = false;  // the device has been told
    bool device_up = false;  // told of it and not yet of its end
    bool relay_up = false;
    std::uint64_t to_device_ms = 0;  // nothing sent later arrives earlier
    std::uint64_t to_relay_ms = 0;
  };
  using LinkPtr = std::shared_ptr<Link>;

  LinkPtr find(LinkId id);
  bool is_away(int number) const;
  bool is_whole(Link& link);
  std::uint64_t delay_ms();
  void later(std::uint64_t& last_ms, std::function<void()> act);
  void tell_device(LinkId id, const LinkPtr& link, std::uint16_t code, std::uint64_t after_ms);
  void tell_relay(LinkId id, const LinkPtr& link, std::uint64_t after_ms);
  std::uint64_t notice_ms();

  Clockwork& w_;
  Wiretap& tap_;
  std::vector<RelayEnd*> relays_;
  LinkId last_ = 0;
  std::map<LinkId, LinkPtr> links_;
  std::map<int, std::uint64_t> away_until_ms_;
};

}  // namespace shopbell::sim
