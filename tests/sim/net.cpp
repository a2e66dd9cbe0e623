#include "net.h"

namespace shopbell::sim {
namespace {

constexpr std::uint64_t never_told_ms = 3'600'000;
constexpr std::uint64_t dial_ms_max = 10'000;

}  // namespace

Net::LinkPtr Net::find(LinkId id) {
  const auto found = links_.find(id);
  return found == links_.end() ? nullptr : found->second;
}

int Net::device_of(LinkId id) const {
  const auto found = links_.find(id);
  return found == links_.end() ? -1 : found->second->number;
}

std::uint64_t Net::delay_ms() {
  // Mostly quick, now and then slow enough that other things come between.
  const std::uint64_t kind = w_.chance.below(10);
  return kind < 7 ? w_.chance.between(1, 40) : w_.chance.between(40, kind == 9 ? 1500 : 200);
}

std::uint64_t Net::notice_ms() {
  return w_.strikes(w_.weather.half_open, Event::half_open) ? never_told_ms
                                                            : w_.chance.between(1, 3000);
}

void Net::later(std::uint64_t& last_ms, std::function<void()> act) {
  const std::uint64_t now = w_.agenda.now_ms();
  last_ms = std::max(last_ms, now + delay_ms());
  w_.agenda.after(last_ms - now, std::move(act));
}

LinkId Net::dial(DeviceEnd& device, int number) {
  const LinkId id = ++last_;
  auto link = std::make_shared<Link>();
  link->device = &device;
  link->relay = relays_[relays_.size() > 1 ? w_.chance.below(relays_.size()) : 0];
  link->number = number;
  links_[id] = link;
  if (w_.strikes(w_.weather.dial_fails, Event::dial_refused)) {
    link->device_up = true;
    link->whole = false;
    tell_device(id, link, 0, w_.chance.between(1, 4000));
    return id;
  }
  // As every host does: an attempt ends at some time.
  w_.agenda.after(dial_ms_max, [this, id, link] {
    if (!link->connected) tell_device(id, link, 0, 0);
  });
  if (is_away(number)) {
    link->device_up = true;
    link->whole = false;
    return id;
  }
  later(link->to_relay_ms, [this, id, link] {
    link->device_up = link->device != nullptr;
    if (!link->whole || !link->relay->listening()) {
      link->whole = false;
      tell_device(id, link, 0, w_.chance.between(1, 200));
      return;
    }
    later(link->to_device_ms, [id, link] {
      if (!link->whole || !link->device_up) return;
      link->connected = true;
      link->device->link_up(id);
    });
    link->relay_up = true;
    link->relay->link_up(id);
  });
  return id;
}

void Net::send_from_device(LinkId id, BytesView bytes) {
  const LinkPtr link = find(id);
  if (!link) return;
  tap_.from_device(link->number, bytes);
  if (w_.strikes(w_.weather.link_cut)) cut(id);
  later(link->to_relay_ms, [this, id, link, message = to_bytes(bytes)] {
    if (is_whole(*link) && link->relay_up) link->relay->link_message(id, message);
  });
}

void Net::send_from_relay(LinkId id, BytesView bytes) {
  const LinkPtr link = find(id);
  if (!link) return;
  tap_.to_device(link->number, bytes);
  if (w_.strikes(w_.weather.link_cut)) cut(id);
  later(link->to_device_ms, [this, id, link, message = to_bytes(bytes)] {
    if (is_whole(*link) && link->device_up) link->device->link_message(id, message);
  });
}

void Net::close_from_device(LinkId id) {
  const LinkPtr link = find(id);
  if (!link) return;
  tell_device(id, link, 0, w_.chance.between(1, 300));
  later(link->to_relay_ms, [this, id, link] {
    if (is_whole(*link)) tell_relay(id, link, 0);
  });
}

void Net::close_from_relay(LinkId id, std::uint16_t code) {
  const LinkPtr link = find(id);
  if (!link) return;
  link->relay_up = false;
  later(link->to_device_ms, [this, id, link, code] {
    if (is_whole(*link)) tell_device(id, link, code, 0);
  });
}

void Net::tell_device(LinkId id, const LinkPtr& link, std::uint16_t code, std::uint64_t after_ms) {
  w_.agenda.after(after_ms, [this, id, link, code] {
    if (!link->device_up) return;
    link->device_up = false;
    DeviceEnd* device = link->device;
    links_.erase(id);
    device->link_down(id, code);
  });
}

void Net::tell_relay(LinkId id, const LinkPtr& link, std::uint64_t after_ms) {
  w_.agenda.after(after_ms, [this, id, link] {
    if (!link->relay_up) return;
    link->relay_up = false;
    link->relay->link_down(id);
  });
}

void Net::device_crashed(LinkId id) {
  const LinkPtr link = find(id);
  if (!link) return;
  link->device = nullptr;
  link->device_up = false;
  link->whole = false;
  links_.erase(id);
  tell_relay(id, link, notice_ms());
}

void Net::relay_crashed(const RelayEnd& relay) {
  for (const auto& [id, link] : std::map(links_)) {
    if (link->relay != &relay) continue;
    link->relay_up = false;
    link->whole = false;
    tell_device(id, link, 0, notice_ms());
  }
}

void Net::cut(LinkId id) {
  const LinkPtr link = find(id);
  if (!link || !link->whole) return;
  w_.trace.note("net", "cut", id);
  w_.tally.add(Event::link_cut);
  link->whole = false;
  tell_device(id, link, 0, notice_ms());
  tell_relay(id, link, notice_ms());
}

bool Net::is_away(int number) const {
  const auto found = away_until_ms_.find(number);
  return found != away_until_ms_.end() && w_.weather.stormy && w_.agenda.now_ms() < found->second;
}

// What a connection has lost it can not make up for: the rest of it is lost as well, in silence.
bool Net::is_whole(Link& link) {
  if (is_away(link.number)) link.whole = false;
  return link.whole;
}

void Net::part(int number, std::uint64_t for_ms) {
  w_.trace.note("net", "partition", static_cast<std::uint64_t>(number));
  w_.tally.add(Event::partition);
  away_until_ms_[number] = w_.agenda.now_ms() + for_ms;
}

void Net::cut_all() {
  for (const auto& [id, link] : std::map(links_)) cut(id);
}

}  // namespace shopbell::sim
