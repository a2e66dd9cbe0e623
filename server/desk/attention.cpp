#include "desk/attention.h"

#include <algorithm>

namespace shopbell::desk {
namespace {

// More than any team; only certified devices count.
constexpr std::size_t people_max = 1024;
// As many as a console keeps.
constexpr std::size_t seen_max = 2000;
constexpr std::size_t told_max = 500;
// Thirty bytes each in an answer of one signal.
constexpr std::size_t listed_max = 1000;
constexpr std::uint64_t keep_every_ms = 5'000;

std::string record_name(const DeviceId& person) { return "shown " + to_hex(person.view()); }

std::uint64_t seen_of(const std::vector<wire::Place>& seen, const LogId& log) {
  const auto found = std::find_if(seen.begin(), seen.end(),
                                  [&](const wire::Place& each) { return each.log == log; });
  return found == seen.end() ? 0 : found->seq;
}

}  // namespace

Attention::Attention(DeskPort& port, InvitationBook& book, SettingsBook& kept)
    : port_(port), book_(book), kept_(kept) {
  for (const auto& [device, member] : members_of(book_.all())) {
    const auto bytes = kept_.get(record_name(member.whose()));
    const auto shown =
        bytes ? codec::decode<wire::Places>(*bytes) : Result<wire::Places>(Errc::malformed);
    if (shown) people_[member.whose()].seen = shown->places;
  }
}

void Attention::settle() {
  const auto now_ms = port_.now_ms();
  // Also when the clock was set back.
  const bool due = now_ms >= kept_ms_ + keep_every_ms || now_ms < kept_ms_;
  if (unkept_.empty() || !due) return;
  kept_ms_ = now_ms;
  std::erase_if(unkept_, [&](const DeviceId& person) {
    return kept_.put(record_name(person), codec::encode(wire::Places{people_[person].seen}));
  });
}

void Attention::on_event(wire::EventKind kind, BytesView body) {
  if (kind != wire::EventKind::request_event) return;
  const auto request = codec::decode<wire::RequestEvent>(body);
  if (!request) return;
  const bool sets = request->method == "seen.set";
  const bool claims = request->method == "notify.claim";
  if (!sets && !claims && request->method != "seen.list") return;
  if (request->role == 0) return respond(port_, *request, Errc::not_certified, {});
  if (!sets && !claims) return list_seen(*request);
  const auto asked = codec::decode<wire::Places>(request->body);
  if (!asked) return respond(port_, *request, asked.error(), {});
  if (asked->places.size() > told_max) return respond(port_, *request, Errc::too_large, {});
  sets ? set_seen(*request, *asked) : claim(*request, *asked);
}

void Attention::set_seen(const wire::RequestEvent& request, const wire::Places& asked) {
  auto& seen = person_of_device(request.from).seen;
  wire::Places news;
  for (const auto& place : asked.places) {
    if (place.seq <= seen_of(seen, place.log)) continue;
    std::erase_if(seen, [&](const wire::Place& each) { return each.log == place.log; });
    seen.push_back(place);
    news.places.push_back(place);
  }
  if (seen.size() > seen_max) {
    seen.erase(seen.begin(), seen.end() - static_cast<std::ptrdiff_t>(seen_max));
  }
  respond(port_, request, Errc::none, {});
  if (news.places.empty()) return;
  unkept_.insert(person_of(book_, request.from));
  push_to_others(port_, book_, request.from, "seen.changed", codec::encode(news));
}

void Attention::list_seen(const wire::RequestEvent& request) {
  const auto& seen = person_of_device(request.from).seen;
  const auto count = std::min(seen.size(), listed_max);
  wire::Places out;
  out.places.assign(seen.end() - static_cast<std::ptrdiff_t>(count), seen.end());
  respond(port_, request, Errc::none, codec::encode(out));
}

void Attention::claim(const wire::RequestEvent& request, const wire::Places& asked) {
  auto& person = person_of_device(request.from);
  wire::Places granted;
  for (const auto& place : asked.places) {
    const auto told = person.told.find(place.log);
    const bool by_another = told != person.told.end() && told->second.by != request.from;
    if (by_another && told->second.seq >= place.seq) continue;
    if (person.told.size() >= told_max) person.told.clear();
    person.told[place.log] = {place.seq, request.from};
    granted.places.push_back(place);
  }
  respond(port_, request, Errc::none, codec::encode(granted));
}

Attention::Person& Attention::person_of_device(const DeviceId& device) {
  const auto person = person_of(book_, device);
  if (!people_.contains(person) && people_.size() >= people_max) people_.erase(people_.begin());
  return people_[person];
}

}  // namespace shopbell::desk
