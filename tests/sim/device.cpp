#include "device.h"

#include "shopbell/crypto.h"

namespace shopbell::sim {
namespace {

constexpr std::uint64_t longest_sleep_ms = 24ull * 3600 * 1000;

}  // namespace

Device::Device(Clockwork& clockwork, Net& net, DeviceWatch& watch, Setup setup)
    : w_(clockwork),
      net_(net),
      watch_(watch),
      setup_(std::move(setup)),
      record_key_(crypto::derive(Key::from(setup_.storage_key), "shopbell record v1", {})) {}

std::uint64_t Device::clock_ms() const {
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(w_.agenda.now_ms()) +
                                    clock_ahead_ms_);
}

Result<Bytes> Device::open_record(const Bytes& key, const Bytes& value) const {
  crypto::AeadNonce nonce;
  if (value.size() < nonce.size()) return Errc::store_damaged;
  std::copy_n(value.begin(), nonce.size(), nonce.begin());
  auto plain = crypto::aead_open(record_key_, nonce, key, BytesView(value).subspan(nonce.size()));
  if (!plain) return Errc::store_damaged;
  return std::move(*plain);
}

void Device::after(std::uint64_t delay_ms, std::function<void()> act) {
  w_.agenda.after(delay_ms, [this, life = life_, act = std::move(act)] {
    if (life == life_ && running()) act();
  });
}

void Device::start() {
  if (running()) return;
  ++life_;
  dead_ = false;
  ticked_ms_ = 0;
  sync_at_ms_ = 0;
  link_ = 0;
  entropy_due_ = false;
  EngineConfig config;
  config.shop = setup_.shop;
  config.role = setup_.role;
  config.host = setup_.host;
  config.storage_key = Key::from(setup_.storage_key);
  if (!setup_.desk_seeds.empty()) {
    const BytesView seeds = setup_.desk_seeds;
    config.keys = device_from_seeds(Key::from(seeds.first(32)), Key::from(seeds.subspan(32)),
                                    setup_.created_ms);
  }
  w_.trace.note(name(), "start", life_);
  engine_ = std::make_unique<Engine>(std::move(config));
  watch_.on_start(*this);
  feed(in::Tick{clock_ms()});
}

void Device::crash() {
  if (!running()) return;
  dead_ = true;
  die();
}

void Device::die() {
  w_.tally.add(Event::device_crash);
  // Some of what was not synced had reached the platter.
  const std::size_t kept = w_.chance.below(disk_.unsynced() + 1);
  w_.trace.note(name(), "crash", kept);
  watch_.on_crash(*this);
  disk_.crash(kept);
  engine_.reset();
  ++life_;
  if (link_ != 0) net_.device_crashed(link_);
  link_ = 0;
  w_.agenda.after(w_.chance.between(1, 5000), [this] { start(); });
}

void Device::command(wire::CommandKind kind, Bytes body) {
  after(w_.chance.between(0, 3), [this, kind, body = std::move(body)] {
    w_.trace.note(name(), "command", static_cast<std::uint64_t>(kind), body);
    feed(in::Command{kind, body});
  });
}

void Device::jump_clock(std::int64_t by_ms) {
  w_.tally.add(Event::clock_jump);
  clock_ahead_ms_ += by_ms;
  w_.trace.note(name(), "clock", static_cast<std::uint64_t>(clock_ahead_ms_));
}

void Device::feed(const Input& input) {
  if (clock_ms() != ticked_ms_) {
    ticked_ms_ = clock_ms();
    if (!run(in::Tick{ticked_ms_})) return;
    if (std::holds_alternative<in::Tick>(input)) return watch_.on_settled(*this);
  }
  if (run(input)) watch_.on_settled(*this);
}

bool Device::run(const Input& input) {
  engine_->handle(input);
  while (const Output* output = engine_->poll()) {
    carry_out(*output);
    if (w_.strikes(w_.weather.device_crash)) dead_ = true;
    if (dead_) {
      die();
      return false;
    }
  }
  if (!entropy_due_) return true;
  entropy_due_ = false;
  const Bytes fresh = w_.chance.bytes(64);
  return run(in::Entropy{fresh});
}

void Device::carry_out(const Output& output) {
  if (std::holds_alternative<out::Connect>(output)) {
    link_ = net_.dial(*this, number());
    w_.trace.note(name(), "connect", link_);
  } else if (std::holds_alternative<out::Disconnect>(output)) {
    w_.trace.note(name(), "disconnect", link_);
    net_.close_from_device(link_);
  } else if (const auto* transmit = std::get_if<out::Transmit>(&output)) {
    w_.trace.note(name(), "transmit", link_, transmit->bytes);
    watch_.on_transmit(*this, transmit->bytes);
    net_.send_from_device(link_, transmit->bytes);
  } else if (const auto* batch = std::get_if<out::Persist>(&output)) {
    persist(*batch);
  } else if (const auto* asked = std::get_if<out::Load>(&output)) {
    load(*asked);
  } else if (const auto* event = std::get_if<out::Event>(&output)) {
    w_.trace.note(name(), "event", static_cast<std::uint64_t>(event->kind), event->body);
    watch_.on_event(*this, event->kind, event->body);
  } else if (const auto* timeout = std::get_if<out::Timeout>(&output)) {
    wake(timeout->at_ms);
  } else {
    entropy_due_ = true;
  }
}

void Device::persist(const out::Persist& batch) {
  w_.trace.note(name(), "persist", batch.batch);
  disk_.write(batch);
  const std::uint64_t now = w_.agenda.now_ms();
  const std::uint64_t slow = w_.chance.in_thousand(50) ? 2000 : 20;
  sync_at_ms_ = std::max(sync_at_ms_, now + w_.chance.between(0, slow));
  after(sync_at_ms_ - now, [this, number = batch.batch] { sync(number); });
}

void Device::sync(std::uint64_t batch) {
  disk_.sync_one();
  w_.trace.note(name(), "synced", batch);
  if (w_.strikes(w_.weather.device_crash)) return crash();
  feed(in::Persisted{batch});
}

void Device::load(const out::Load& load) {
  auto found = disk_.read(load);
  w_.trace.note(name(), "load", found.size());
  after(w_.chance.between(0, 30), [this, id = load.id, found = std::move(found)] {
    std::vector<in::Record> records;
    for (const auto& [key, value] : found) records.push_back({key, value});
    feed(in::Loaded{id, records});
  });
}

void Device::wake(std::uint64_t at_ms) {
  const std::uint64_t number = ++wake_number_;
  const std::uint64_t now = clock_ms();
  const std::uint64_t sleep = at_ms > now ? std::min(at_ms - now, longest_sleep_ms) : 0;
  after(sleep, [this, number] {
    if (number == wake_number_) feed(in::Tick{clock_ms()});
  });
}

void Device::link_up(LinkId link) {
  if (!running() || link != link_) return;
  w_.trace.note(name(), "connected", link);
  feed(in::Connected{});
}

void Device::link_message(LinkId link, BytesView bytes) {
  if (!running() || link != link_) return;
  w_.trace.note(name(), "received", link, bytes);
  feed(in::Received{bytes});
}

void Device::link_down(LinkId link, std::uint16_t code) {
  if (!running() || link != link_) return;
  w_.trace.note(name(), "closed", code);
  link_ = 0;
  feed(in::Closed{code});
}

}  // namespace shopbell::sim
