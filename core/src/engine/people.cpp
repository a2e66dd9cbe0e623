#include "engine/people.h"

#include "base/order.h"
#include "engine/machines.h"
#include "store/keys.h"

namespace shopbell::engine {
namespace {

// Cut between characters.
std::string_view short_name(std::string_view name) {
  if (name.size() <= limits::name_bytes_max) return name;
  std::size_t size = limits::name_bytes_max;
  while (size > 0 && (static_cast<std::uint8_t>(name[size]) & 0xc0) == 0x80) --size;
  return name.substr(0, size);
}

bool is_picture(BytesView bytes) {
  const std::string_view text = as_text(bytes);
  return text.starts_with("\xff\xd8\xff") || text.starts_with("\x89PNG\r\n\x1a\n") ||
         (text.starts_with("RIFF") &&
          text.substr(std::min<std::size_t>(8, text.size()), 4) == "WEBP");
}

Hash digest_of(const About& about) {
  if (about.name.empty() && about.picture.empty()) return {};
  return crypto::hash("shopbell about said v1", {as_bytes(about.name), about.picture});
}

}  // namespace

// --- what this device says of itself

Status People::set_about(std::string_view name, BytesView picture) {
  if (picture.size() > limits::picture_bytes_max) return Errc::too_large;
  if (!picture.empty() && !is_picture(picture)) return Errc::picture_bad;
  About& about = m_.state.about;
  const std::string_view taken = short_name(name);
  if (m_.state.about_kept && about.name == taken && same_bytes(about.picture, picture)) return {};
  about.name = std::string(taken);
  about.picture = to_bytes(picture);
  keep();
  show_own();
  return {};
}

void People::enrolled(std::string_view name) {
  m_.state.about.name = std::string(short_name(name));
  if (m_.state.about_kept) keep();
}

void People::keep() {
  m_.state.about_kept = true;
  wire::AboutRecord record;
  record.name = m_.state.about.name;
  record.picture = m_.state.about.picture;
  m_.io.put(store::about_key(), record);
}

void People::say_about(Log& log) {
  const About& about = m_.state.about;
  const Hash digest = digest_of(about);
  if (digest == log.about_said) return;
  log.about_said = digest;
  wire::About said;
  said.name = about.name;
  said.picture = about.picture;
  const Bytes content = codec::encode(said);
  wire::InnerBody inner;
  inner.kind = static_cast<std::uint64_t>(wire::ContentKind::about);
  inner.content = content;
  inner.fallback = about.name;
  m_.outbox.add_unshown(log, inner);
}

void People::show_own() {
  for (const auto& [id, log] : m_.state.logs) {
    if (log.open && is_member(log, m_.state.self())) show(log, m_.state.self(), 0, 0);
  }
}

// --- what others say

void People::joined(Log& log, const DeviceId& device, std::uint64_t seq, std::uint64_t time_ms) {
  Person& person = log.people[device];
  if (person.joined_seq == 0) person.joined_seq = seq;
  show(log, device, seq, time_ms);
}

void People::heard(Log& log, const wire::MessageEvent& event) {
  if (event.kind != static_cast<std::uint64_t>(wire::ContentKind::about) || event.mine) return;
  if (event.author_class == static_cast<std::uint64_t>(AuthorClass::stranger)) return;
  Result<wire::About> about = codec::decode<wire::About>(event.content);
  if (!about) return;
  Person& person = log.people[event.author];
  if (event.seq <= person.about_seq) return;
  person.name = std::string(short_name(about->name));
  person.about_seq = event.seq;
  const bool fits = about->picture.size() <= limits::picture_bytes_max;
  person.has_picture = fits && is_picture(about->picture);
  person.picture = person.has_picture ? to_bytes(about->picture) : Bytes();
  show(log, event.author, event.seq, event.time_ms);
  if (!log.open) person.picture.clear();
}

std::string_view People::name_in(const Log& log, const DeviceId& device) const {
  if (device == m_.state.self()) return m_.state.about.name;
  const auto person = log.people.find(device);
  return person == log.people.end() ? std::string_view() : person->second.name;
}

bool People::is_member(const Log& log, const DeviceId& device) const {
  if (!log.fold.started()) return false;
  const Author* author = log.fold.find(device);
  return log.fold.is_of_customer(device) || (author != nullptr && author->certificate);
}

// --- showing

void People::show(const Log& log, const DeviceId& device, std::uint64_t seq,
                  std::uint64_t time_ms) {
  const std::uint64_t at_ms = time_ms != 0 ? time_ms : m_.connection.trusted_now();
  wire::Member event;
  event.log = log.id;
  event.device = device;
  const std::uint64_t team = time_ms != 0 ? log.team_before(time_ms) : team_of_now;
  event.author_class =
      static_cast<std::uint64_t>(log.fold.class_of(*m_.state.shop, device, at_ms, team));
  event.seq = seq;
  event.time_ms = time_ms;
  event.name = name_in(log, device);
  const Author* author = log.fold.find(device);
  event.person = author != nullptr && author->certificate ? author->certificate->person : device;
  const auto person = log.people.find(device);
  if (device == m_.state.self()) {
    event.picture = m_.state.about.picture;
  } else if (person != log.people.end()) {
    event.picture = person->second.picture;
  }
  m_.io.event(wire::EventKind::member, event);
}

void People::show_all(Log& log) {
  if (!m_.state.shop || !log.fold.started()) return;
  bool waits = false;
  for (const auto& [device, person] : log.people) {
    if (!person.has_picture || !person.picture.empty()) continue;
    const std::uint64_t id = m_.io.load(store::entry_key(log.id, person.about_seq),
                                        store::entry_key(log.id, person.about_seq + 1), 1, false);
    loads_[id] = {log.id, device};
    waits = true;
  }
  if (!waits) show_in_order(log);
}

void People::show_admitted(const Log& log) {
  if (!m_.state.shop) return;
  for (const auto& [device, author] : log.fold.authors()) {
    if (author.admitted) show(log, device, 0, 0);
  }
}

bool People::on_loaded(std::uint64_t id, std::span<const in::Record> records) {
  const auto found = loads_.find(id);
  if (found == loads_.end()) return false;
  const PictureLoad load = found->second;
  loads_.erase(found);
  Log* log = m_.state.find(load.log);
  if (log == nullptr) return true;
  Person& person = log->people[load.device];
  const std::optional<Bytes> content =
      records.empty() ? std::nullopt : m_.replica.content_of(*log, records.front());
  Result<wire::About> about = Errc::body_bad;
  if (content) about = codec::decode<wire::About>(*content);
  // He may have said another meanwhile.
  const std::uint64_t seq = records.empty() ? 0 : store::parse_key(records.front().key).number;
  if (about && seq == person.about_seq) person.picture = to_bytes(about->picture);
  const bool waits = std::any_of(loads_.begin(), loads_.end(),
                                 [&](const auto& other) { return other.second.log == load.log; });
  if (!waits) show_in_order(*log);
  return true;
}

void People::show_in_order(const Log& log) {
  std::vector<std::pair<std::uint64_t, DeviceId>> members;
  for (const auto& [device, author] : log.fold.authors()) {
    if (!is_member(log, device)) continue;
    const auto person = log.people.find(device);
    const bool first = device == log.fold.creator() || person == log.people.end();
    members.emplace_back(first ? 0 : person->second.joined_seq, device);
  }
  sort_few(members, [](const auto& a, const auto& b) { return a < b; });
  for (const auto& [seq, device] : members) show(log, device, seq, 0);
}

}  // namespace shopbell::engine
