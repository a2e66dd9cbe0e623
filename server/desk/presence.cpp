#include "desk/presence.h"

#include <algorithm>

#include "shopbell/limits.h"

namespace shopbell::desk {
namespace {

// More than any team; only certified devices count.
constexpr std::size_t devices_max = 1024;
constexpr std::size_t browser_bytes_max = 120;
constexpr std::uint64_t keep_heard_every_ms = 60'000;

std::string record_name(const DeviceId& person) { return "person " + to_hex(person.view()); }

bool is_about(BytesView bytes) {
  const auto about = codec::decode<wire::About>(bytes);
  return about && about->name.size() <= limits::name_bytes_max &&
         about->picture.size() <= limits::picture_bytes_max;
}

}  // namespace

Presence::Presence(DeskPort& port, InvitationBook& book, SettingsBook& kept)
    : port_(port), book_(book), kept_(kept) {
  for (const auto& [device, member] : members_of(book_.all())) {
    if (!people_.contains(member.whose())) restore(member.whose());
  }
}

void Presence::restore(const DeviceId& person) {
  const auto bytes = kept_.get(record_name(person));
  const auto record = bytes ? codec::decode<wire::PersonRecord>(*bytes)
                            : Result<wire::PersonRecord>(Errc::malformed);
  if (!record) return;
  people_[person] = {record->away, record->status_ms, to_bytes(record->about), record->about_ms,
                     record->in_use};
  for (const auto& each : record->heard) heard_ms_[each.device] = each.at_ms;
}

// Where it cannot be written the next time is soon enough.
void Presence::keep(const DeviceId& person) {
  const auto& one = people_[person];
  wire::PersonRecord record;
  record.away = one.away;
  record.status_ms = one.status_ms;
  record.about = one.about;
  record.about_ms = one.about_ms;
  record.in_use = one.in_use;
  for (const auto& [device, at_ms] : heard_ms_) {
    if (person_of(book_, device) == person) record.heard.push_back({device, at_ms});
  }
  if (kept_.put(record_name(person), codec::encode(record))) unkept_.erase(person);
}

void Presence::settle() {
  const auto now_ms = port_.now_ms();
  // Also when the clock was set back.
  const bool due = now_ms >= kept_ms_ + keep_heard_every_ms || now_ms < kept_ms_;
  if (unkept_.empty() || !due) return;
  kept_ms_ = now_ms;
  for (const auto& person : std::set(unkept_)) keep(person);
}

void Presence::on_event(wire::EventKind kind, BytesView body) {
  if (kind != wire::EventKind::request_event) return;
  const auto request = codec::decode<wire::RequestEvent>(body);
  if (!request) return;
  const bool sets = request->method == "status.set";
  const bool gets = request->method == "status.get";
  const bool uses = request->method == "status.use";
  if (request->role == 0) {
    if (sets || gets || uses) respond(port_, *request, Errc::not_certified, {});
    return;
  }
  const bool is_new = heard(request->from);
  unkept_.insert(person_of(book_, request->from));
  if (gets) return answer(*request, 0);
  if (sets) return set(*request, is_new);
  if (uses) return use(*request);
}

void Presence::set(const wire::RequestEvent& request, bool is_new) {
  const auto said = codec::decode<wire::AgentStatus>(request.body);
  if (!said) return respond(port_, request, said.error(), {});
  if (!said->about.empty() && !is_about(said->about)) {
    return respond(port_, request, Errc::too_large, {});
  }
  describe(*said, request.from);
  auto& person = person_of_device(request.from);
  const bool is_news = take(*said, person);
  if (!person.in_use) person.in_use = request.from;
  if (is_news || is_new) keep(person_of(book_, request.from));
  answer(request, said->about_ms);
  // The others learn that there is one more of them.
  if (is_news || is_new) tell_others(request.from);
}

void Presence::use(const wire::RequestEvent& request) {
  auto& person = person_of_device(request.from);
  const bool is_news = person.in_use != request.from;
  person.in_use = request.from;
  if (is_news) keep(person_of(book_, request.from));
  answer(request, person.about_ms);
  if (is_news) tell_others(request.from);
}

bool Presence::take(const wire::AgentStatus& said, Person& person) const {
  const auto now = port_.now_ms();
  // A clock that is ahead must not have the last word for ever.
  const auto time_of = [now](std::uint64_t ms) { return ms == 0 ? now : std::min(ms, now); };
  bool is_news = false;
  if (const auto since_ms = time_of(said.since_ms); since_ms >= person.status_ms) {
    is_news = person.away != said.away;
    person.away = said.away;
    person.status_ms = since_ms;
  }
  if (said.about.empty()) return is_news;
  if (const auto about_ms = time_of(said.about_ms); about_ms > person.about_ms) {
    is_news = is_news || !same_bytes(person.about, said.about);
    person.about = to_bytes(said.about);
    person.about_ms = about_ms;
  }
  return is_news;
}

void Presence::describe(const wire::AgentStatus& said, const DeviceId& device) {
  if (said.browser.empty() || said.browser.size() > browser_bytes_max) return;
  const auto known = book_.find_used_by(device);
  // Where it cannot be written the next time is soon enough.
  if (known && known->browser != said.browser) book_.describe(device, std::string(said.browser));
}

Presence::One Presence::of(const DeviceId& device, const DeviceId& person) const {
  One out;
  if (const auto found = heard_ms_.find(device); found != heard_ms_.end()) {
    out.heard_ms = found->second;
  }
  if (const auto found = people_.find(person); found != people_.end()) {
    out.away = found->second.away;
    out.status_ms = found->second.status_ms;
  }
  return out;
}

bool Presence::heard(const DeviceId& device) {
  const bool is_new = !heard_ms_.contains(device);
  if (is_new && heard_ms_.size() >= devices_max) {
    heard_ms_.erase(
        std::min_element(heard_ms_.begin(), heard_ms_.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; }));
  }
  heard_ms_[device] = port_.now_ms();
  return is_new;
}

Presence::Person& Presence::person_of_device(const DeviceId& device) {
  const auto person = person_of(book_, device);
  if (!people_.contains(person) && people_.size() >= devices_max) {
    people_.erase(std::min_element(
        people_.begin(), people_.end(),
        [](const auto& a, const auto& b) { return a.second.status_ms < b.second.status_ms; }));
  }
  return people_[person];
}

void Presence::answer(const wire::RequestEvent& request, std::uint64_t about_known_ms) {
  const auto person = person_of(book_, request.from);
  const auto& one = person_of_device(request.from);
  wire::AgentStatus out;
  out.away = one.away;
  out.since_ms = one.status_ms;
  out.role = request.role;
  out.person = person;
  out.devices = devices_of(members_of(book_.all()), person, port_.now_ms()).size();
  out.in_use = one.in_use == request.from;
  if (one.about_ms > about_known_ms) out.about = one.about;
  out.about_ms = one.about_ms;
  respond(port_, request, Errc::none, codec::encode(out));
}

void Presence::tell_others(const DeviceId& device) {
  const auto person = person_of(book_, device);
  const auto& one = person_of_device(device);
  const auto members = members_of(book_.all());
  const auto devices = devices_of(members, person, port_.now_ms());
  for (const auto& other : devices) {
    if (other == device) continue;
    wire::AgentStatus out;
    out.away = one.away;
    out.since_ms = one.status_ms;
    out.role = members.at(other).role;
    out.person = person;
    out.devices = devices.size();
    out.in_use = one.in_use == other;
    out.about = one.about;
    out.about_ms = one.about_ms;
    const auto body = codec::encode(out);
    wire::Push push;
    push.to = other;
    push.method = "status.changed";
    push.body = body;
    issue(port_, wire::CommandKind::push, push);
  }
}

}  // namespace shopbell::desk
