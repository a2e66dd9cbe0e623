#include "engine/connection.h"

#include "engine/machines.h"

namespace shopbell::engine {
namespace {

constexpr std::uint64_t state_connecting = 1;
constexpr std::uint64_t state_online = 2;
constexpr std::uint64_t state_offline = 3;
constexpr std::uint64_t state_stopped = 4;

// Refusals that another attempt of the same device cannot mend.
bool is_final(Errc code) {
  return code == Errc::wrong_shop || code == Errc::card_chain || code == Errc::card_forked ||
         code == Errc::unknown_format;
}

}  // namespace

void Connection::start() {
  set_phase(Phase::waiting);
  retry_at_ms_ = m_.io.now_ms;
  tick();
}

void Connection::set_phase(Phase phase) {
  phase_ = phase;
  phase_since_ms_ = m_.io.now_ms;
}

void Connection::show(std::uint64_t state, std::uint16_t code, std::uint64_t retry_at_ms) {
  wire::Connection event;
  event.state = state;
  event.code = code;
  event.retry_at_ms = retry_at_ms;
  m_.io.event(wire::EventKind::connection, event);
}

void Connection::dial() {
  set_phase(Phase::connecting);
  show(state_connecting, 0, 0);
  m_.io.connect();
}

void Connection::on_connected() {
  if (phase_ != Phase::connecting) return;
  m_.io.connection_changed();
  set_phase(Phase::connected);
  heard_at_ms_ = m_.io.now_ms;
  pinged_at_ms_ = 0;
}

void Connection::on_closed(std::uint16_t code) {
  if (phase_ == Phase::off || phase_ == Phase::waiting || phase_ == Phase::stopped) return;
  const bool was_online = phase_ == Phase::online;
  m_.io.connection_changed();
  m_.sessions.connection_lost();
  m_.linking.connection_lost();
  m_.typing.connection_lost();
  m_.marks.connection_lost();
  if (renewing_) {
    renewing_ = false;
    dial();
    return;
  }
  const auto shown = refusal_ != Errc::none ? static_cast<std::uint16_t>(refusal_) : code;
  const bool stay_away = is_final(refusal_) || !may_reconnect(code);
  refusal_ = Errc::none;
  if (stay_away) {
    set_phase(Phase::stopped);
    show(state_stopped, shown, 0);
    return;
  }
  if (was_online) attempts_ = 0;
  std::uint64_t delay = limits::retry_ms_max;
  if (attempts_ < 7) delay = std::min(limits::retry_ms_first << attempts_, limits::retry_ms_max);
  ++attempts_;
  // Spread over the second half, so that thousands do not come back in the same moment.
  const Hash noise = m_.io.rng.nonce();
  delay = delay / 2 + (delay / 2) * noise.data[0] / 255;
  delay = std::max(delay, std::exchange(retry_after_ms_, 0));
  if (code == static_cast<std::uint16_t>(Errc::closed_crowded)) crowded_ = true;
  retry_at_ms_ = m_.io.now_ms + delay;
  set_phase(Phase::waiting);
  show(state_offline, shown, retry_at_ms_);
}

void Connection::retry_now() {
  if (phase_ != Phase::waiting && phase_ != Phase::stopped) return;
  attempts_ = 0;
  dial();
}

void Connection::renew() {
  if (phase_ == Phase::waiting || phase_ == Phase::stopped || phase_ == Phase::off) return;
  if (phase_ == Phase::connecting) return;
  renewing_ = true;
  set_phase(Phase::closing);
  m_.io.disconnect();
}

void Connection::refuse(Errc code) {
  if (phase_ == Phase::closing) return;
  refusal_ = code;
  set_phase(Phase::closing);
  m_.io.disconnect();
}

std::uint64_t Connection::trusted_now() const {
  // Only a clock that lies before the card it has verified is known to be wrong; in all else a
  // relay could choose the time at which an old key of it was good.
  const bool wrong =
      m_.state.shop && m_.io.now_ms + limits::clock_skew_ms_max < m_.state.shop->issued_ms;
  return wrong ? m_.io.now_ms + static_cast<std::uint64_t>(relay_ahead_ms_) : m_.io.now_ms;
}

std::uint64_t Connection::wake_at_ms() const {
  constexpr std::uint64_t never = ~std::uint64_t{0};
  switch (phase_) {
    case Phase::waiting:
      return retry_at_ms_;
    case Phase::working:
      return m_.io.now_ms + 1;
    case Phase::connected:
    case Phase::hello_sent:
      return phase_since_ms_ + limits::hello_ms_max;
    case Phase::welcomed:
    case Phase::online:
      return pinged_at_ms_ != 0 ? heard_at_ms_ + limits::idle_ms_max
                                : heard_at_ms_ + limits::ping_after_ms;
    default:
      return never;
  }
}

void Connection::tick() {
  const std::uint64_t now = m_.io.now_ms;
  switch (phase_) {
    case Phase::waiting:
      // A clock that was set back must not put off the next attempt for longer than the back-off.
      retry_at_ms_ = std::min(retry_at_ms_, now + limits::retry_ms_max);
      if (now >= retry_at_ms_) dial();
      return;
    case Phase::working:
      phase_since_ms_ = std::min(phase_since_ms_, now);
      if (now >= phase_since_ms_ + limits::work_ms_max) return refuse(Errc::closed_hello);
      return work();
    case Phase::connected:
    case Phase::hello_sent:
      phase_since_ms_ = std::min(phase_since_ms_, now);
      if (now >= phase_since_ms_ + limits::hello_ms_max) refuse(Errc::closed_hello);
      return;
    case Phase::welcomed:
    case Phase::online:
      heard_at_ms_ = std::min(heard_at_ms_, now);
      if (now >= heard_at_ms_ + limits::idle_ms_max) {
        refuse(Errc::closed_idle);
      } else if (pinged_at_ms_ == 0 && now >= heard_at_ms_ + limits::ping_after_ms) {
        pinged_at_ms_ = now;
        m_.io.frame(wire::FrameKind::ping, wire::Ping{now});
      }
      return;
    default:
      return;
  }
}

void Connection::on_received(BytesView bytes) {
  if (!is_up()) return;
  if (bytes.size() > limits::frame_bytes_max) {
    m_.problem(Errc::too_large);
    refuse(Errc::too_large);
    return;
  }
  heard_at_ms_ = m_.io.now_ms;
  pinged_at_ms_ = 0;
  while (!bytes.empty() && phase_ != Phase::closing) {
    Result<codec::Framed> framed = codec::next_framed(bytes);
    Status status = framed ? on_frame(static_cast<wire::FrameKind>(framed->kind), framed->body)
                           : Status(framed.error());
    if (!status) {
      m_.problem(status.error());
      refuse(status.error());
      return;
    }
  }
}

Status Connection::on_frame(wire::FrameKind kind, BytesView body) {
  const bool proven = phase_ == Phase::welcomed || phase_ == Phase::online;
  switch (kind) {
    case wire::FrameKind::challenge:
      return on_challenge(body);
    case wire::FrameKind::welcome:
      return on_welcome(body);
    case wire::FrameKind::card: {
      Result<wire::Card> frame = codec::decode<wire::Card>(body);
      if (!frame) return frame.error();
      if (Status status = m_.cards.take(frame->card); !status) return status;
      m_.desk.card_taken();
      if (phase_ == Phase::online) m_.rejoin.card_came();
      card_arrived();
      return {};
    }
    case wire::FrameKind::ping: {
      Result<wire::Ping> frame = codec::decode<wire::Ping>(body);
      if (!frame) return frame.error();
      // Before its Welcome a relay hears nothing but Hello.
      if (proven) m_.io.frame(wire::FrameKind::pong, wire::Pong{frame->id});
      return {};
    }
    case wire::FrameKind::pong: {
      Result<wire::Pong> frame = codec::decode<wire::Pong>(body);
      return frame ? Status() : Status(frame.error());
    }
    case wire::FrameKind::error: {
      if (phase_ == Phase::online) return on_error(body);
      // All that an unproven relay may say is when to come again.
      Result<wire::Error> error = codec::decode<wire::Error>(body);
      if (error) retry_after_ms_ = std::min(error->retry_ms, limits::retry_ms_max);
      return {};
    }
    default:
      return phase_ == Phase::online ? on_online_frame(kind, body) : Status(Errc::malformed);
  }
}

Status Connection::on_online_frame(wire::FrameKind kind, BytesView body) {
  switch (kind) {
    case wire::FrameKind::published:
      return m_.replica.on_published(body);
    case wire::FrameKind::deliver:
      return m_.replica.on_deliver(body);
    case wire::FrameKind::page:
      return m_.replica.on_page(body);
    case wire::FrameKind::heads:
      return m_.replica.on_heads(body);
    case wire::FrameKind::mark: {
      Result<wire::Mark> frame = codec::decode<wire::Mark>(body);
      if (!frame) return frame.error();
      m_.marks.take(frame->mark);
      return {};
    }
    case wire::FrameKind::signal: {
      Result<wire::Signal> frame = codec::decode<wire::Signal>(body);
      if (!frame) return frame.error();
      if (frame->log) {
        m_.typing.on_signal(*frame);
      } else {
        m_.sessions.on_signal(*frame);
      }
      return {};
    }
    default:
      // A newer relay may say what this version does not know; it is passed over.
      return {};
  }
}

Status Connection::on_challenge(BytesView body) {
  Result<wire::Challenge> challenge = codec::decode<wire::Challenge>(body);
  if (!challenge) return challenge.error();
  if (phase_ != Phase::connected) return Errc::malformed;
  if (challenge->work_bits > limits::work_bits_max) return Errc::too_large;
  relay_key_ = challenge->relay_key;
  relay_nonce_ = challenge->nonce;
  generation_ = challenge->generation;
  work_bits_ = challenge->work_bits;
  work_ = 0;
  if (must_work()) {
    set_phase(Phase::working);
  } else {
    say_hello();
  }
  return {};
}

// A relay asks new devices alone; one that it has met says so by coming without.
bool Connection::must_work() const {
  const State& state = m_.state;
  if (work_bits_ == 0) return false;
  if (crowded_) return true;
  if (state.is_desk() || state.is_certified()) return false;
  return std::none_of(state.logs.begin(), state.logs.end(),
                      [](const auto& each) { return each.second.has_genesis(); });
}

// A slice for each Tick, so that the host stays free for its people.
void Connection::work() {
  for (std::uint64_t i = 0; i < limits::work_slice; ++i) {
    if (is_work(relay_nonce_, m_.state.self(), ++work_, work_bits_)) return say_hello();
  }
}

void Connection::say_hello() {
  const State& state = m_.state;
  client_nonce_ = m_.io.rng.nonce();

  wire::HelloProof proof;
  proof.host = state.host;
  proof.shop = state.shop_id;
  proof.relay_key = relay_key_;
  proof.relay_nonce = relay_nonce_;
  proof.client_nonce = client_nonce_;
  proof.device = state.self();
  proof.term = state.term;

  wire::Hello hello;
  hello.shop = state.shop_id;
  hello.client_nonce = client_nonce_;
  hello.card = state.keys->self.card;
  if (state.is_certified()) hello.certificate = state.certificate->bytes;
  hello.card_version = state.shop ? state.shop->version : 0;
  hello.term = state.term;
  hello.host = state.host;
  hello.signature = sign_hello(*state.keys, proof);
  if (state.is_desk() && state.generation == generation_) hello.cursor = state.cursor;
  hello.generation = state.generation;
  hello.work = work_;
  m_.io.frame(wire::FrameKind::hello, hello);
  set_phase(Phase::hello_sent);
}

Status Connection::on_welcome(BytesView body) {
  Result<wire::Welcome> welcome = codec::decode<wire::Welcome>(body);
  if (!welcome) return welcome.error();
  if (phase_ != Phase::hello_sent) return Errc::malformed;

  wire::WelcomeProof proof;
  proof.shop = m_.state.shop_id;
  proof.relay_nonce = relay_nonce_;
  proof.client_nonce = client_nonce_;
  proof.device = m_.state.self();
  proof.time_ms = welcome->time_ms;
  proof.generation = welcome->generation;
  if (!verify_welcome(relay_key_, proof, welcome->signature)) return Errc::bad_signature;
  relay_ahead_ms_ = static_cast<std::int64_t>(welcome->time_ms - m_.io.now_ms);

  if (!welcome->card.empty()) {
    if (Status status = m_.cards.take(welcome->card); !status) return status;
  }
  welcome_ = to_bytes(body);
  set_phase(Phase::welcomed);
  card_arrived();
  return {};
}

void Connection::card_arrived() {
  if (phase_ != Phase::welcomed || !m_.state.shop) return;
  if (Status status = check_relay(); !status) {
    m_.problem(status.error());
    refuse(status.error());
    return;
  }
  go_online();
}

Status Connection::check_relay() {
  if (!m_.state.shop->has_relay_key(relay_key_, trusted_now())) return Errc::relay_key_unknown;
  return {};
}

void Connection::go_online() {
  Result<wire::Welcome> welcome = codec::decode<wire::Welcome>(welcome_);
  set_phase(Phase::online);
  attempts_ = 0;
  crowded_ = false;
  wire::Connection event;
  event.state = state_online;
  event.blob_token = welcome->blob_token;
  event.blob_bytes_max = welcome->blob_bytes_max;
  m_.io.event(wire::EventKind::connection, event);
  m_.desk.connection_begins();
  m_.outbox.connection_begins();
  if (m_.state.generation != welcome->generation) m_.marks.relay_set_back();
  m_.replica.connection_begins(*welcome);
  m_.sessions.connection_begins();
  m_.linking.connection_begins();
  m_.marks.connection_begins();
  welcome_.clear();
}

Status Connection::on_error(BytesView body) {
  Result<wire::Error> error = codec::decode<wire::Error>(body);
  if (!error) return error.error();
  const Errc code = static_cast<Errc>(error->code);
  if (error->device && code == Errc::unreachable) {
    m_.sessions.peer_unreachable(error->device);
    m_.linking.peer_unreachable(error->device);
    return {};
  }
  if (error->log && error->counter != 0) {
    m_.outbox.on_refused(*error);
    return {};
  }
  if (!error->log && code == Errc::not_member) m_.rejoin.unheard();
  if (error->log) {
    m_.replica.on_refused(*error);
  } else if (!error->device) {
    m_.desk.on_refused(*error);
  }
  return {};
}

}  // namespace shopbell::engine
