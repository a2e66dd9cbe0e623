// The engine: one device of one shop, without I/O. It knows no clock, socket, file, thread or
// random source; whoever embeds it (a browser worker, the Asio host, the simulator) feeds it inputs
// and carries out its outputs.
//
//   engine.handle(input);                    // exactly one input ...
//   while (auto* out = engine.poll()) ...    // ... then drain until poll() returns null
//
// `handle` aborts when the former drain was not finished: a host that skips outputs would lose
// messages silently. One thread at a time. Views in an output live until the next call of poll().
//
// The order that holds everything up: what a Transmit or an Event stands for has been stored before
// it comes out of poll(). The engine holds both back until the host has answered Persisted for
// every batch that was put out before them.
#pragma once

#include <memory>
#include <variant>

#include "shopbell/identity.h"

namespace shopbell {

enum class Role : std::uint8_t { visitor = 1, agent = 2, desk = 3 };

struct EngineConfig {
  ShopId shop;  // pinned by the page's tag or the shop's configuration
  Role role = Role::visitor;
  std::string host;  // as dialled, see dialled_host()
  Key storage_key;   // seals the records of the store
  // Rises with each that takes the store over; the relay closes a connection of a lower one.
  std::uint64_t term = 0;
  // Desk: its keys come from a key file. Others leave it empty; they are drawn and stored.
  std::optional<DeviceKeys> keys;
};

namespace in {
// Time, ms since 1970. Comes at least when a Timeout output asked for it; may jump in both
// directions.
struct Tick {
  std::uint64_t now_ms;
};
// A fresh connection is up; nothing has been sent on it.
struct Connected {};
// One whole WebSocket message.
struct Received {
  BytesView bytes;
};
// The connection is gone or could not be made. `code` is the WebSocket close code, 0 where none
// came.
struct Closed {
  std::uint16_t code;
};
// The batch is durable.
struct Persisted {
  std::uint64_t batch;
};
// The batch was not written, nor any later one. The engine stops; the host makes a new one.
struct PersistFailed {
  std::uint64_t batch;
};
struct Record {
  BytesView key;
  BytesView value;
};
// Answer to Load: the records in key order (descending if it was asked so).
struct Loaded {
  std::uint64_t id;
  std::span<const Record> records;
};
// At least limits::entropy_seed_bytes of a good random source.
struct Entropy {
  BytesView bytes;
};
// A command of host.proto: `kind` is a CommandKind, `body` the message's bytes.
struct Command {
  wire::CommandKind kind;
  BytesView body;
};
}  // namespace in

using Input = std::variant<in::Tick, in::Connected, in::Received, in::Closed, in::Persisted,
                           in::PersistFailed, in::Loaded, in::Entropy, in::Command>;

namespace out {
// Make a connection to the relay. Comes only while there is none; answered by Connected or Closed.
struct Connect {};
// Close the connection; answered by Closed.
struct Disconnect {};
// Send as one WebSocket message.
struct Transmit {
  BytesView bytes;
};
struct Put {
  Bytes key;
  Bytes value;
};
// One transaction, in this order with other batches. Answered by Persisted or PersistFailed.
struct Persist {
  std::uint64_t batch;
  std::span<const Put> puts;
  std::span<const Bytes> deletes;
};
// Records with from <= key < to, at most `limit` (0: all), descending if asked. Reads may be
// answered in any order, but see all batches put out before them.
struct Load {
  std::uint64_t id;
  BytesView from;
  BytesView to;
  std::uint64_t limit;
  bool descending;
};
// An event of host.proto: `kind` is an EventKind.
struct Event {
  wire::EventKind kind;
  BytesView body;
};
// Wake me with a Tick at this time; replaces the former one. The last output of every drain.
struct Timeout {
  std::uint64_t at_ms;
};
// Feed Entropy when convenient (at once, where `urgent`: before it nothing else is done).
struct NeedEntropy {
  bool urgent;
};
}  // namespace out

using Output = std::variant<out::Connect, out::Disconnect, out::Transmit, out::Persist, out::Load,
                            out::Event, out::Timeout, out::NeedEntropy>;

class Engine {
 public:
  // Takes no action before the first input, which must be Tick; then Entropy is asked for.
  explicit Engine(EngineConfig config);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Aborts if the former drain was not finished, or if an answer names a batch or load that is not
  // under way (a defect of the host). Bytes from outside never abort.
  void handle(const Input& input);
  // Null when drained.
  const Output* poll();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace shopbell
