// A device of the simulated world: a disk, a clock, and the page that leads (tab.h); at times
// beside it one that led before and does not know yet. It may crash between any two steps; a new
// engine then starts from what was synced.
#pragma once

#include <memory>
#include <string>

#include "tab.h"

namespace shopbell::sim {

class Device;

// Hears what a device's engines put out, as it comes. A page that leads no more is seen by nobody,
// but what it sends is sent.
class DeviceWatch {
 public:
  virtual ~DeviceWatch() = default;
  // A new engine starts from the disk.
  virtual void on_start(Device& device) = 0;
  virtual void on_event(Device& device, wire::EventKind kind, BytesView body) = 0;
  virtual void on_transmit(Device& device, BytesView bytes) = 0;
  virtual void on_written(Device& device, const out::Persist& batch) = 0;
  // The page of a former leader gives its words to the new one.
  virtual void on_said_again(Device& device, BytesView send) = 0;
  // After a drain.
  virtual void on_settled(Device& device) = 0;
  virtual void on_crash(Device& device) = 0;
  // All that it had stored is gone; it will be another device.
  virtual void on_wiped(Device& device) = 0;
  // It goes on from an older profile.
  virtual void on_set_back(Device& device) = 0;
};

class Device {
 public:
  struct Setup {
    int number = 0;
    std::string name;
    Role role = Role::visitor;
    ShopId shop;
    std::string host;
    Bytes storage_key;  // 32 bytes
    Bytes desk_seeds;   // 64 bytes where it is the desk
    std::uint64_t created_ms = 0;
    bool keeps_nothing = false;  // the browser refuses to store: this session only
    std::string subject;         // whose it is, where the shop's own login knows it
  };

  Device(Clockwork& clockwork, Net& net, DeviceWatch& watch, Setup setup);

  void start();
  void crash();
  void command(wire::CommandKind kind, Bytes body);
  template <class T>
  void command(wire::CommandKind kind, const T& message) {
    command(kind, codec::encode(message));
  }
  void jump_clock(std::int64_t by_ms);
  // The shop's login knows it; its profile lasts.
  void belongs_to(std::string subject) {
    setup_.subject = std::move(subject);
    setup_.keeps_nothing = false;
  }
  // The leading page is put to sleep; if it sleeps long enough another takes the lead.
  void put_to_sleep();
  // Its profile is copied, where it has begun; or taken back from that copy.
  void back_up();
  void set_back();
  // Nothing can be written for so long.
  void fill_disk(std::uint64_t for_ms);

  bool running() const { return tab_ != nullptr && tab_->alive(); }
  // Counts the engines that have led.
  std::uint64_t life() const { return life_; }
  std::uint64_t clock_ms() const;
  LinkId link() const { return tab_ ? tab_->link() : 0; }
  const Setup& setup() const { return setup_; }
  const Disk& disk() const { return disk_; }
  const char* name() const { return setup_.name.c_str(); }
  int number() const { return setup_.number; }
  // A record of this device's disk, opened with its key.
  Result<Bytes> open_record(const Bytes& key, const Bytes& value) const;

  // For its pages.
  Disk& disk() { return disk_; }
  EngineConfig engine_config() const;
  bool refuses_write();
  void transmitted(BytesView bytes) { watch_.on_transmit(*this, bytes); }
  void written(const out::Persist& batch) { watch_.on_written(*this, batch); }
  void told(const Tab& tab, wire::EventKind kind, BytesView body);
  void settled(const Tab& tab);
  void say_again(Bytes send);
  // The engine has stopped; its host makes a new one.
  void restart_later(Tab& tab);

 private:
  void end_tabs();
  void lead();
  void take_lead();
  void wake(Tab& sleeper);

  Clockwork& w_;
  Net& net_;
  DeviceWatch& watch_;
  Setup setup_;
  Disk disk_;
  Key record_key_;
  std::vector<std::shared_ptr<Tab>> tabs_;  // every one that has led
  std::shared_ptr<Tab> tab_;                // leads
  std::shared_ptr<Tab> former_;             // led, and sleeps or has not heard
  std::uint64_t life_ = 0;
  std::int64_t clock_ahead_ms_ = 0;
  std::uint64_t full_until_ms_ = 0;
  std::optional<Disk::Copy> backup_;
};

}  // namespace shopbell::sim
