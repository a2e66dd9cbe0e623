// A device of the simulated world: the production engine over a simulated disk, clock and link. It
// may crash between any two steps; a new engine then starts from what was synced.
#pragma once

#include <memory>
#include <string>

#include "disk.h"
#include "net.h"

namespace shopbell::sim {

class Device;

// Hears everything that a device's engine puts out, as it comes.
class DeviceWatch {
 public:
  virtual ~DeviceWatch() = default;
  // A new engine starts from the disk.
  virtual void on_start(Device& device) = 0;
  virtual void on_event(Device& device, wire::EventKind kind, BytesView body) = 0;
  virtual void on_transmit(Device& device, BytesView bytes) = 0;
  // After a drain.
  virtual void on_settled(Device& device) = 0;
  virtual void on_crash(Device& device) = 0;
};

class Device : public DeviceEnd {
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
  };

  Device(Clockwork& clockwork, Net& net, DeviceWatch& watch, Setup setup);

  void start();
  void crash();
  // Carried out in a step of its own; void where the device crashes before.
  void command(wire::CommandKind kind, Bytes body);
  template <class T>
  void command(wire::CommandKind kind, const T& message) {
    command(kind, codec::encode(message));
  }
  void jump_clock(std::int64_t by_ms);

  bool running() const { return engine_ != nullptr && !dead_; }
  // Counts the engines that this device has had.
  std::uint64_t life() const { return life_; }
  std::uint64_t clock_ms() const;
  LinkId link() const { return link_; }
  const Setup& setup() const { return setup_; }
  const Disk& disk() const { return disk_; }
  const char* name() const { return setup_.name.c_str(); }
  int number() const { return setup_.number; }
  // A record of this device's disk, opened with its key.
  Result<Bytes> open_record(const Bytes& key, const Bytes& value) const;

  void link_up(LinkId link) override;
  void link_message(LinkId link, BytesView bytes) override;
  void link_down(LinkId link, std::uint16_t code) override;

 private:
  void feed(const Input& input);
  // One input and its drain. False where the device died.
  bool run(const Input& input);
  void carry_out(const Output& output);
  void persist(const out::Persist& batch);
  void sync(std::uint64_t batch);
  void load(const out::Load& load);
  void wake(std::uint64_t at_ms);
  // Runs unless this engine is gone by then.
  void after(std::uint64_t delay_ms, std::function<void()> act);
  void die();

  Clockwork& w_;
  Net& net_;
  DeviceWatch& watch_;
  Setup setup_;
  Disk disk_;
  std::unique_ptr<Engine> engine_;
  Key record_key_;
  std::uint64_t life_ = 0;
  std::uint64_t wake_number_ = 0;
  std::uint64_t sync_at_ms_ = 0;
  std::uint64_t ticked_ms_ = 0;
  std::int64_t clock_ahead_ms_ = 0;
  LinkId link_ = 0;
  bool entropy_due_ = false;
  bool dead_ = false;
};

}  // namespace shopbell::sim
