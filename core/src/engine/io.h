// The engine's only way out: puts wait in one batch for each input, and whatever rests on them
// waits behind the batch until the host says it is durable. Here "persist, then send or show" is
// kept.
#pragma once

#include <deque>
#include <map>

#include "shopbell/engine.h"

namespace shopbell::engine {

class Io {
 public:
  explicit Io(Key storage_key);

  // --- time and randomness
  std::uint64_t now_ms = 0;
  Rng rng;

  // --- the sealed store
  template <class T>
  void put(Bytes key, const T& record) {
    put_sealed(std::move(key), codec::encode(record));
  }
  void erase(Bytes key);
  // A put will follow before this input's drain; what comes now already waits behind it.
  void open_batch() { batch_open_ = true; }
  // The plain record behind a sealed value; store_damaged where it does not open.
  Result<Bytes> open_record(BytesView key, BytesView value) const;
  // Asks for records; `id` comes back in Loaded.
  std::uint64_t load(Bytes from, Bytes to, std::uint64_t limit, bool descending);
  bool take_load(std::uint64_t id) { return loads_under_way_.erase(id) > 0; }

  // --- effects, each after everything that was put before it
  template <class T>
  void event(wire::EventKind kind, const T& message) {
    effect_event(kind, codec::encode(message));
  }
  // Dropped where the connection of now is gone by then.
  template <class T>
  void frame(wire::FrameKind kind, const T& message) {
    codec::encode_framed(static_cast<std::uint32_t>(kind), message, transmit_buffer());
  }
  void connect();
  void disconnect();
  void need_entropy(bool urgent);
  // Frames of an older connection never reach a newer one.
  void connection_changed() { ++connection_; }

  // --- the host's side
  void begin();
  const Output* poll(std::uint64_t wake_at_ms);
  // False where no such batch is under way.
  bool persisted(std::uint64_t batch);
  bool is_under_way(std::uint64_t batch) const;
  // Nothing comes out any more, except the event that says so.
  void stop(Errc why);
  bool stopped() const { return stopped_; }

 private:
  enum class EffectKind : std::uint8_t { transmit, event, connect, disconnect };
  struct Effect {
    EffectKind kind;
    std::uint64_t after_batch;
    std::uint64_t connection;
    wire::EventKind event;
    Bytes bytes;
  };
  struct PendingLoad {
    std::uint64_t id;
    Bytes from;
    Bytes to;
    std::uint64_t limit;
    bool descending;
  };

  void put_sealed(Bytes key, Bytes plain);
  void effect_event(wire::EventKind kind, Bytes body);
  Bytes& transmit_buffer();
  Effect& add(EffectKind kind);
  // The batch that puts of this input will belong to, or the last one put out.
  std::uint64_t newest_batch() const;
  bool take_effect();

  Key record_key_;
  std::uint64_t batch_ = 0;      // number of the last batch put out
  std::uint64_t persisted_ = 0;  // number of the last durable batch
  std::vector<out::Put> puts_;
  std::vector<Bytes> deletes_;
  std::vector<out::Put> puts_out_;
  std::vector<Bytes> deletes_out_;
  std::deque<Effect> effects_;
  std::deque<PendingLoad> loads_;
  std::map<std::uint64_t, bool> loads_under_way_;
  std::uint64_t load_ids_ = 0;
  std::uint64_t connection_ = 0;
  bool batch_open_ = false;
  bool entropy_wanted_ = false;
  bool entropy_urgent_ = false;
  bool drained_ = true;
  bool timeout_due_ = false;
  bool stopped_ = false;
  Effect current_{};
  PendingLoad current_load_{};
  Output output_{out::Connect{}};
};

}  // namespace shopbell::engine
