// Between the desk's abilities and the engine that carries them. Abilities are logic without I/O:
// the program and the simulator run the same ones.
#pragma once

#include "shopbell/codec.h"
#include "shopbell/wire.h"

namespace shopbell::desk {

// How a module acts. A command may be carried out after the call returned, never inside an event
// that is being handed on.
class DeskPort {
 public:
  virtual ~DeskPort() = default;
  virtual void command(wire::CommandKind kind, BytesView body) = 0;
  // Milliseconds since 1970.
  virtual std::uint64_t now_ms() const = 0;
};

template <class T>
void issue(DeskPort& port, wire::CommandKind kind, const T& message) {
  port.command(kind, codec::encode(message));
}

// Answers a request that is refused, or that has a body.
inline void respond(DeskPort& port, const wire::RequestEvent& request, Errc code, BytesView body) {
  wire::Respond answer;
  answer.to = request.from;
  answer.id = request.id;
  answer.code = static_cast<std::uint64_t>(code);
  answer.body = body;
  issue(port, wire::CommandKind::respond, answer);
}

// What a certificate lets its device do; role 0: it has none that holds.
inline constexpr std::uint64_t role_admin = 1;
inline constexpr std::uint64_t role_agent = 2;
inline constexpr std::uint64_t role_observer = 3;

// Whether the device is an admin's; one that is not is answered with the reason.
inline bool may_administer(DeskPort& port, const wire::RequestEvent& request) {
  if (request.role == role_admin) return true;
  respond(port, request, request.role == 0 ? Errc::not_certified : Errc::role_refused, {});
  return false;
}

// One ability.
class DeskModule {
 public:
  virtual ~DeskModule() = default;
  // Each event of the desk's engine, in order.
  virtual void on_event(wire::EventKind kind, BytesView body) = 0;
  // At least once a minute, and once after each burst of events.
  virtual void settle() {}
};

}  // namespace shopbell::desk
