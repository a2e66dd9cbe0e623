#include "device.h"

#include "shopbell/crypto.h"
#include "store/keys.h"

namespace shopbell::sim {
namespace {

// As the pages have it: so long a leader may be silent.
constexpr std::uint64_t silence_ms_max = 3000;

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

EngineConfig Device::engine_config() const {
  EngineConfig config;
  config.shop = setup_.shop;
  config.role = setup_.role;
  config.host = setup_.host;
  config.storage_key = Key::from(setup_.storage_key);
  config.term = disk_.term();
  if (!setup_.desk_seeds.empty()) {
    const BytesView seeds = setup_.desk_seeds;
    config.keys = device_from_seeds(Key::from(seeds.first(32)), Key::from(seeds.subspan(32)),
                                    setup_.created_ms);
  }
  return config;
}

// --- who leads

void Device::start() {
  if (!running()) lead();
}

void Device::lead() {
  ++life_;
  w_.trace.note(name(), "start", life_);
  tab_ = std::make_shared<Tab>(w_, net_, *this, disk_.take_over(w_.agenda.now_ms()));
  tabs_.push_back(tab_);
  watch_.on_start(*this);
  tab_->start();
}

void Device::crash() {
  if (!running()) return;
  // Some of what was not synced had reached the platter.
  const std::size_t kept = w_.chance.below(disk_.unsynced() + 1);
  w_.trace.note(name(), "crash", kept);
  w_.tally.add(Event::device_crash);
  watch_.on_crash(*this);
  disk_.crash(kept);
  end_tabs();
  if (setup_.keeps_nothing) {
    w_.tally.add(Event::session_lost);
    disk_.wipe();
    watch_.on_wiped(*this);
  }
  w_.agenda.after(w_.chance.between(1, 5000), [this] { start(); });
}

void Device::end_tabs() {
  ++life_;
  tab_->end();
  if (former_) former_->end();
  former_.reset();
}

void Device::back_up() {
  const bool begun = disk_.synced().contains(shopbell::store::identity_key());
  if (setup_.keeps_nothing || !(begun || setup_.role == Role::desk)) return;
  w_.trace.note(name(), "backup", disk_.synced().size());
  backup_ = disk_.copy();
}

void Device::set_back() {
  if (!running() || !backup_) return;
  w_.trace.note(name(), "set back", backup_->records.size());
  w_.tally.add(Event::device_set_back);
  watch_.on_crash(*this);
  disk_.set_back(*backup_);
  end_tabs();
  watch_.on_set_back(*this);
  w_.agenda.after(w_.chance.between(5000, 10'000), [this] { start(); });
}

void Device::restart_later(Tab& tab) {
  const bool leads = &tab == tab_.get();
  tab.end();
  if (!leads) return;
  watch_.on_crash(*this);
  ++life_;
  w_.agenda.after(w_.chance.between(1000, 5000), [this] { start(); });
}

void Device::put_to_sleep() {
  // Where nothing is kept every page is a device of its own; the desk is no page.
  const bool has_pages = setup_.role != Role::desk && !setup_.keeps_nothing;
  if (!has_pages || !running() || tab_->asleep() || (former_ && former_->alive())) return;
  w_.trace.note(name(), "sleeps", life_);
  tab_->sleep();
  const std::shared_ptr<Tab> sleeper = tab_;
  w_.agenda.after(silence_ms_max + w_.chance.below(1000), [this, sleeper] {
    if (sleeper == tab_ && sleeper->alive() && sleeper->asleep()) take_lead();
  });
  w_.agenda.after(w_.chance.between(100, 40'000), [this, sleeper] {
    if (sleeper->alive()) wake(*sleeper);
  });
}

void Device::wake(Tab& sleeper) {
  w_.trace.note(name(), "wakes", life_);
  sleeper.wake();
  // Where no write tells it, the new leader's next beat does.
  w_.agenda.after(w_.chance.below(1000), [&sleeper] { sleeper.hear_of_leader(); });
}

void Device::take_lead() {
  w_.tally.add(Event::lead_taken);
  watch_.on_crash(*this);
  former_ = std::move(tab_);
  lead();
}

void Device::command(wire::CommandKind kind, Bytes body) {
  if (running()) tab_->command(kind, std::move(body));
}

void Device::told(const Tab& tab, wire::EventKind kind, BytesView body) {
  if (&tab == tab_.get()) watch_.on_event(*this, kind, body);
}

void Device::settled(const Tab& tab) {
  if (&tab == tab_.get()) watch_.on_settled(*this);
}

void Device::say_again(Bytes send) {
  if (!running()) return;
  watch_.on_said_again(*this, send);
  command(wire::CommandKind::send, std::move(send));
}

// --- clock and disk

void Device::jump_clock(std::int64_t by_ms) {
  clock_ahead_ms_ += by_ms;
  w_.tally.add(Event::clock_jump);
  w_.trace.note(name(), "clock", static_cast<std::uint64_t>(clock_ahead_ms_));
}

void Device::fill_disk(std::uint64_t for_ms) {
  w_.tally.add(Event::disk_full);
  w_.trace.note(name(), "disk full", for_ms);
  full_until_ms_ = w_.agenda.now_ms() + for_ms;
}

bool Device::refuses_write() {
  if (w_.strikes(w_.weather.write_fails, Event::write_failed)) return true;
  return w_.weather.stormy && w_.agenda.now_ms() < full_until_ms_;
}

}  // namespace shopbell::sim
