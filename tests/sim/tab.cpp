#include "tab.h"

#include "device.h"
#include "mutant.h"

namespace shopbell::sim {
namespace {

constexpr std::uint64_t longest_sleep_ms = 24ull * 3600 * 1000;

}  // namespace

bool Tab::leads() const { return term_ == device_.disk().term() || mutant("woken-leader-writes"); }

void Tab::when_awake(std::function<void()> act) {
  if (!alive()) return;
  if (asleep_) {
    waiting_.push_back(std::move(act));
  } else {
    act();
  }
}

void Tab::after(std::uint64_t delay_ms, std::function<void()> act) {
  w_.agenda.after(delay_ms,
                  [self = shared_from_this(), act = std::move(act)] { self->when_awake(act); });
}

void Tab::wake() {
  asleep_ = false;
  while (alive() && !asleep_ && !waiting_.empty()) {
    const auto act = std::move(waiting_.front());
    waiting_.pop_front();
    act();
  }
}

void Tab::start() {
  engine_ = std::make_unique<Engine>(device_.engine_config());
  feed(in::Tick{device_.clock_ms()});
}

void Tab::end() {
  engine_.reset();
  waiting_.clear();
  held_.clear();
  if (link_ != 0) net_.device_crashed(link_);
  link_ = 0;
}

void Tab::step_down() {
  if (!alive()) return;
  w_.trace.note(device_.name(), "steps down", term_);
  w_.tally.add(Event::leader_refused);
  std::vector<Bytes> unsaved = std::move(unsaved_);
  for (auto& [kind, body] : held_) {
    if (kind == wire::CommandKind::send) unsaved.push_back(std::move(body));
  }
  end();
  for (const Bytes& send : unsaved) device_.say_again(send);
}

void Tab::hear_of_leader() {
  if (!leads()) step_down();
}

void Tab::command(wire::CommandKind kind, Bytes body) {
  after(w_.chance.between(0, 3), [this, kind, body = std::move(body)] {
    if (!ready_) return void(held_.emplace_back(kind, body));
    give(kind, body);
  });
}

void Tab::give(wire::CommandKind kind, BytesView body) {
  w_.trace.note(device_.name(), "command", static_cast<std::uint64_t>(kind), body);
  if (!leads() && kind == wire::CommandKind::send) unsaved_.push_back(to_bytes(body));
  feed(in::Command{kind, body});
}

void Tab::give_held() {
  while (alive() && ready_ && !held_.empty()) {
    const auto [kind, body] = std::move(held_.front());
    held_.pop_front();
    give(kind, body);
  }
}

void Tab::feed(const Input& input) {
  if (device_.clock_ms() != ticked_ms_) {
    ticked_ms_ = device_.clock_ms();
    if (!run(in::Tick{ticked_ms_})) return;
    if (std::holds_alternative<in::Tick>(input)) return device_.settled(*this);
  }
  if (!run(input)) return;
  device_.settled(*this);
  give_held();
}

bool Tab::run(const Input& input) {
  engine_->handle(input);
  while (const Output* output = engine_->poll()) {
    carry_out(*output);
    if (w_.strikes(w_.weather.device_crash)) {
      device_.crash();
      // A device on which nobody leads is between two crashes; a former leader lives through it.
      if (!alive()) return false;
    }
  }
  if (!entropy_due_) return true;
  entropy_due_ = false;
  const Bytes fresh = w_.chance.bytes(64);
  return run(in::Entropy{fresh});
}

void Tab::carry_out(const Output& output) {
  const char* name = device_.name();
  if (std::holds_alternative<out::Connect>(output)) {
    if (!leads()) return after(1, [this] { step_down(); });
    link_ = net_.dial(*this, device_.number());
    w_.trace.note(name, "connect", link_);
  } else if (std::holds_alternative<out::Disconnect>(output)) {
    w_.trace.note(name, "disconnect", link_);
    net_.close_from_device(link_);
  } else if (const auto* transmit = std::get_if<out::Transmit>(&output)) {
    w_.trace.note(name, "transmit", link_, transmit->bytes);
    device_.transmitted(transmit->bytes);
    net_.send_from_device(link_, transmit->bytes);
  } else if (const auto* batch = std::get_if<out::Persist>(&output)) {
    persist(*batch);
  } else if (const auto* asked = std::get_if<out::Load>(&output)) {
    load(*asked);
  } else if (const auto* event = std::get_if<out::Event>(&output)) {
    w_.trace.note(name, "event", static_cast<std::uint64_t>(event->kind), event->body);
    if (event->kind == wire::EventKind::ready) ready_ = true;
    device_.told(*this, event->kind, event->body);
  } else if (const auto* timeout = std::get_if<out::Timeout>(&output)) {
    wake_at(timeout->at_ms);
  } else {
    entropy_due_ = true;
  }
}

void Tab::persist(const out::Persist& batch) {
  w_.trace.note(device_.name(), "persist", batch.batch);
  if (refused_) return;
  if (!leads()) {
    refused_ = true;
    return after(w_.chance.between(1, 20), [this] { step_down(); });
  }
  const std::uint64_t now = w_.agenda.now_ms();
  const std::uint64_t slow = w_.chance.in_thousand(50) ? 2000 : 20;
  sync_at_ms_ = std::max(sync_at_ms_, now + w_.chance.between(0, slow));
  if (device_.refuses_write()) {
    refused_ = true;
    return after(sync_at_ms_ - now, [this, number = batch.batch] { refuse(number); });
  }
  device_.written(batch);
  const std::uint64_t place = device_.disk().write(batch);
  after(sync_at_ms_ - now, [this, number = batch.batch, place] {
    device_.disk().sync(place);
    w_.trace.note(device_.name(), "synced", number);
    if (w_.strikes(w_.weather.device_crash)) return device_.crash();
    feed(in::Persisted{number});
  });
}

void Tab::refuse(std::uint64_t batch) {
  w_.trace.note(device_.name(), "not written", batch);
  feed(in::PersistFailed{batch});
  if (alive()) device_.restart_later(*this);
}

void Tab::load(const out::Load& load) {
  auto found = device_.disk().read(load);
  w_.trace.note(device_.name(), "load", found.size());
  after(w_.chance.between(0, 30), [this, id = load.id, found = std::move(found)] {
    std::vector<in::Record> records;
    for (const auto& [key, value] : found) records.push_back({key, value});
    feed(in::Loaded{id, records});
  });
}

void Tab::wake_at(std::uint64_t at_ms) {
  const std::uint64_t number = ++wake_number_;
  const std::uint64_t now = device_.clock_ms();
  const std::uint64_t sleep = at_ms > now ? std::min(at_ms - now, longest_sleep_ms) : 0;
  after(sleep, [this, number] {
    if (number == wake_number_) feed(in::Tick{device_.clock_ms()});
  });
}

void Tab::link_up(LinkId link) {
  when_awake([this, link] {
    if (link != link_) return;
    w_.trace.note(device_.name(), "connected", link);
    feed(in::Connected{});
  });
}

void Tab::link_message(LinkId link, BytesView bytes) {
  when_awake([this, link, message = to_bytes(bytes)] {
    if (link != link_) return;
    w_.trace.note(device_.name(), "received", link, message);
    feed(in::Received{message});
  });
}

void Tab::link_down(LinkId link, std::uint16_t code) {
  when_awake([this, link, code] {
    if (link != link_) return;
    w_.trace.note(device_.name(), "closed", code);
    link_ = 0;
    feed(in::Closed{code});
  });
}

}  // namespace shopbell::sim
