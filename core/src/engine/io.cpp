#include "engine/io.h"

#include "base/check.h"
#include "shopbell/limits.h"

namespace shopbell::engine {

Io::Io(Key storage_key) : record_key_(crypto::derive(storage_key, "shopbell record v1", {})) {}

void Io::put_sealed(Bytes key, Bytes plain) {
  crypto::AeadNonce nonce;
  rng.fill(nonce);
  Bytes sealed = crypto::aead_seal(record_key_, nonce, key, plain);
  Bytes value;
  value.reserve(nonce.size() + sealed.size());
  append(value, nonce);
  append(value, sealed);
  deletes_.erase(std::remove(deletes_.begin(), deletes_.end(), key), deletes_.end());
  // An outbox record waits and is sealed within one input; only what it is in the end is written.
  constexpr std::size_t recent = 8;
  for (std::size_t i = puts_.size(), seen = 0; i-- > 0 && seen < recent; ++seen) {
    if (puts_[i].key != key) continue;
    puts_[i].value = std::move(value);
    return;
  }
  puts_.push_back(out::Put{std::move(key), std::move(value)});
}

void Io::erase(Bytes key) {
  // Puts come before deletes in a batch; a put of the same key must not survive its delete.
  puts_.erase(std::remove_if(puts_.begin(), puts_.end(),
                             [&](const out::Put& put) { return put.key == key; }),
              puts_.end());
  deletes_.push_back(std::move(key));
}

Result<Bytes> Io::open_record(BytesView key, BytesView value) const {
  crypto::AeadNonce nonce;
  if (value.size() < nonce.size() + crypto::tag_bytes) return Errc::store_damaged;
  std::copy_n(value.begin(), nonce.size(), nonce.begin());
  std::optional<Bytes> plain =
      crypto::aead_open(record_key_, nonce, key, value.subspan(nonce.size()));
  if (!plain) return Errc::store_damaged;
  return std::move(*plain);
}

std::uint64_t Io::load(Bytes from, Bytes to, std::uint64_t limit, bool descending) {
  const std::uint64_t id = ++load_ids_;
  loads_.push_back(PendingLoad{id, std::move(from), std::move(to), limit, descending});
  loads_under_way_[id] = true;
  return id;
}

std::uint64_t Io::newest_batch() const {
  return batch_open_ || !puts_.empty() || !deletes_.empty() ? batch_ + 1 : batch_;
}

Io::Effect& Io::add(EffectKind kind) {
  effects_.push_back(Effect{kind, newest_batch(), connection_, wire::EventKind::ready, {}});
  return effects_.back();
}

void Io::effect_event(wire::EventKind kind, Bytes body) {
  Effect& effect = add(EffectKind::event);
  effect.event = kind;
  effect.bytes = std::move(body);
}

Bytes& Io::transmit_buffer() {
  if (!effects_.empty()) {
    Effect& last = effects_.back();
    if (last.kind == EffectKind::transmit && last.connection == connection_ &&
        last.after_batch == newest_batch() &&
        last.bytes.size() + limits::envelope_bytes_max < limits::frame_bytes_max) {
      return last.bytes;
    }
  }
  return add(EffectKind::transmit).bytes;
}

void Io::connect() { add(EffectKind::connect); }
void Io::disconnect() { add(EffectKind::disconnect); }

void Io::need_entropy(bool urgent) {
  entropy_wanted_ = true;
  entropy_urgent_ = urgent;
}

void Io::begin() {
  SHOPBELL_CHECK(drained_, "handle() before the former drain was finished");
  drained_ = false;
  timeout_due_ = true;
}

bool Io::is_under_way(std::uint64_t batch) const { return batch > persisted_ && batch <= batch_; }

bool Io::persisted(std::uint64_t batch) {
  if (!is_under_way(batch)) return false;
  persisted_ = batch;
  return true;
}

void Io::stop(Errc why) {
  stopped_ = true;
  effects_.clear();
  loads_.clear();
  puts_.clear();
  deletes_.clear();
  entropy_wanted_ = false;
  wire::Problem problem;
  problem.code = static_cast<std::uint64_t>(why);
  Effect effect{EffectKind::event, 0, connection_, wire::EventKind::problem, {}};
  effect.bytes = codec::encode(problem);
  effects_.push_back(std::move(effect));
}

bool Io::take_effect() {
  while (!effects_.empty() && effects_.front().after_batch <= persisted_) {
    current_ = std::move(effects_.front());
    effects_.pop_front();
    const bool stale = current_.connection != connection_;
    switch (current_.kind) {
      case EffectKind::transmit:
        if (stale) continue;
        output_ = out::Transmit{current_.bytes};
        return true;
      case EffectKind::event:
        output_ = out::Event{current_.event, current_.bytes};
        return true;
      case EffectKind::connect:
        output_ = out::Connect{};
        return true;
      case EffectKind::disconnect:
        if (stale) continue;
        output_ = out::Disconnect{};
        return true;
    }
  }
  return false;
}

const Output* Io::poll(std::uint64_t wake_at_ms) {
  if (entropy_wanted_) {
    entropy_wanted_ = false;
    output_ = out::NeedEntropy{entropy_urgent_};
    return &output_;
  }
  if (!puts_.empty() || !deletes_.empty()) {
    batch_open_ = false;
    puts_out_ = std::move(puts_);
    deletes_out_ = std::move(deletes_);
    puts_.clear();
    deletes_.clear();
    output_ = out::Persist{++batch_, puts_out_, deletes_out_};
    return &output_;
  }
  if (take_effect()) return &output_;
  if (!loads_.empty()) {
    current_load_ = std::move(loads_.front());
    loads_.pop_front();
    output_ = out::Load{current_load_.id, current_load_.from, current_load_.to, current_load_.limit,
                        current_load_.descending};
    return &output_;
  }
  if (timeout_due_) {
    timeout_due_ = false;
    output_ = out::Timeout{wake_at_ms};
    return &output_;
  }
  drained_ = true;
  return nullptr;
}

}  // namespace shopbell::engine
