// Sealed requests between this device and the desk (docs/PROTOCOL.md 9.2 to 9.4). A console asks;
// the desk answers and pushes. An unanswered request is asked again in a new session with the same
// id.
#pragma once

#include "engine/state.h"

namespace shopbell::engine {

struct Machines;

// Numbers of Signal and of SessionMessage.
inline constexpr std::uint64_t signal_open = 2;
inline constexpr std::uint64_t signal_accept = 3;
inline constexpr std::uint64_t signal_data = 4;
inline constexpr std::uint64_t session_request = 1;
inline constexpr std::uint64_t session_response = 2;
inline constexpr std::uint64_t session_push = 3;

class Sessions {
 public:
  explicit Sessions(Machines& machines) : m_(machines) {}

  // --- console
  void request(std::uint64_t id, std::string_view method, BytesView body);
  // Uses an invitation; goes on after a reload until it is answered.
  void enrol(const Key& secret, std::string_view name);
  void restore_enrol(const wire::EnrolRecord& record);
  // Hands the shop's own login's token to the desk; a newer one takes its place.
  void identify(std::string_view token);
  // Asks for the team's newest secret where this device's is old, and for another certificate where
  // the shop has withdrawn this one without removing the device.
  void card_changed();
  void ask_keys(const LogId& log, std::uint64_t from_epoch);
  // A message of the shop log may be a hand-over for this device.
  void heard(const Log& log, const wire::MessageEvent& event);

  // --- desk
  Status respond(const DeviceId& to, std::uint64_t id, std::uint64_t code, BytesView body);
  void push(const DeviceId& to, std::string_view method, BytesView body);
  const Device* peer_device(const DeviceId& id) const;

  void transmit(const DeviceId& to, std::uint64_t kind, BytesView body);
  void on_signal(const wire::Signal& signal);
  void peer_unreachable(const DeviceId& device);
  void connection_begins();
  void connection_lost();
  void tick();
  std::uint64_t wake_at_ms() const;

 private:
  struct Asked {
    std::string method;
    Bytes body;
    bool sent = false;
  };
  struct Peer {
    Device device;
    Bytes certificate;
    Session session;
    std::uint64_t used_at_ms = 0;
  };

  void open_to_desk();
  void send_asked();
  void ask_handover();
  void on_open(BytesView body);
  void on_accept(BytesView body);
  void on_data(const wire::Signal& signal);
  void on_request(Peer& peer, const wire::SessionMessage& message);
  void on_response(const wire::SessionMessage& message);
  void on_enrolled(const wire::SessionMessage& message);
  void on_keys(const wire::SessionMessage& message);
  Status take_enrolment(BytesView body);
  Status take_team_secret(std::uint64_t version, Key secret);
  void ask(std::uint64_t id, std::string_view method, Bytes body);
  void drop_withdrawn_certificate();
  void adopt_early_secret();
  std::uint64_t role_of(const Peer& peer) const;
  void send_message(Peer& peer, const wire::SessionMessage& message);
  void drop_oldest_peer();

  Machines& m_;
  std::map<DeviceId, Peer> peers_;
  std::map<std::uint64_t, Asked> asked_;
  std::optional<Hash> opening_;  // the nonce that was sent
  std::uint64_t retry_at_ms_ = 0;
  std::optional<Key> invitation_;
  std::string enrol_name_;
  std::uint64_t keys_asked_ = 0;
  std::map<LogId, std::uint64_t> key_requests_;  // by log, the id under which they were asked
  // Handed over before the card that names their public keys has come.
  std::map<std::uint64_t, Key> early_secrets_;
  std::uint64_t identify_asked_ = 0;
};

}  // namespace shopbell::engine
