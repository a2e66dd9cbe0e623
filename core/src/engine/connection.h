// One connection after another to the relay (docs/PROTOCOL.md section 7): proofs in both
// directions, back-off, pings, and the sorting of frames to the machines that they concern.
#pragma once

#include "engine/state.h"

namespace shopbell::engine {

struct Machines;

class Connection {
 public:
  explicit Connection(Machines& machines) : m_(machines) {}

  void start();
  void on_connected();
  void on_closed(std::uint16_t code);
  void on_received(BytesView bytes);
  void tick();
  // A person asks, or something changed that lets the next attempt succeed.
  void retry_now();
  // Closes and connects again, with what the device can prove now.
  void renew();
  // A card came to a connection that was waiting for one.
  void card_arrived();

  // The key that the relay of this connection has named, proven once it is online.
  const SignKey& relay_key() const { return relay_key_; }
  bool online() const { return phase_ == Phase::online; }
  std::uint64_t wake_at_ms() const;
  // This device's clock, or the relay's where ours lies more than a day before the shop's card.
  std::uint64_t trusted_now() const;

 private:
  enum class Phase : std::uint8_t {
    off,
    waiting,
    connecting,
    connected,
    working,
    hello_sent,
    welcomed,
    online,
    closing,
    stopped
  };
  bool is_up() const {
    return phase_ == Phase::connected || phase_ == Phase::working || phase_ == Phase::hello_sent ||
           phase_ == Phase::welcomed || phase_ == Phase::online;
  }
  void set_phase(Phase phase);
  void dial();
  void refuse(Errc code);
  Status on_frame(wire::FrameKind kind, BytesView body);
  Status on_online_frame(wire::FrameKind kind, BytesView body);
  Status on_challenge(BytesView body);
  bool must_work() const;
  void work();
  void say_hello();
  Status on_welcome(BytesView body);
  Status on_error(BytesView body);
  Status check_relay();
  void go_online();
  void show(std::uint64_t state, std::uint16_t code, std::uint64_t retry_at_ms);

  Machines& m_;
  Phase phase_ = Phase::off;
  Errc refusal_ = Errc::none;
  unsigned attempts_ = 0;
  bool renewing_ = false;
  std::uint64_t retry_at_ms_ = 0;
  std::uint64_t phase_since_ms_ = 0;
  std::uint64_t heard_at_ms_ = 0;
  std::uint64_t pinged_at_ms_ = 0;
  std::int64_t relay_ahead_ms_ = 0;
  std::uint64_t retry_after_ms_ = 0;  // as a relay has asked that did not welcome us
  bool crowded_ = false;              // it has said that this device is new to it
  std::uint64_t work_bits_ = 0;
  std::uint64_t work_ = 0;
  std::uint64_t generation_ = 0;
  SignKey relay_key_;
  Hash relay_nonce_;
  Hash client_nonce_;
  Bytes welcome_;  // kept while a welcomed connection waits for the card
};

}  // namespace shopbell::engine
