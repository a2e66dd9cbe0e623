#include "desk/seen.h"

#include "shopbell/codec.h"

namespace shopbell::desk {
namespace {

constexpr std::uint64_t write_every_ms = 60'000;
constexpr std::string_view record_name = "seen";

std::uint64_t newest_of(const SeenOrigins::One& one) {
  return std::max(one.script_ms, one.frame_ms);
}

// A page that was let in the last time it asked; strangers give way to those first.
bool welcome(const SeenOrigins::One& one) { return newest_of(one) > one.refused_ms; }

}  // namespace

SeenOrigins::SeenOrigins(SettingsBook& book) : book_(book) {
  const auto kept = book.get(record_name);
  const auto record =
      kept ? codec::decode<wire::SeenRecord>(*kept) : Result<wire::SeenRecord>(wire::SeenRecord{});
  if (!record) return;
  for (const auto& each : record->seen) {
    if (all_.size() >= origins_max) break;
    all_[std::string(each.origin)] = {each.script_ms, each.frame_ms, each.refused_ms};
  }
}

void SeenOrigins::note(What what, const std::string& origin, bool allowed, std::uint64_t now_ms) {
  if (!all_.contains(origin) && all_.size() >= origins_max) make_room();
  auto& one = all_[origin];
  (what == What::script ? one.script_ms : one.frame_ms) = now_ms;
  if (!allowed) one.refused_ms = now_ms;
  dirty_ = true;
}

void SeenOrigins::make_room() {
  auto worst = all_.begin();
  for (auto it = all_.begin(); it != all_.end(); ++it) {
    const auto rank = [](const One& one) { return std::pair(welcome(one), newest_of(one)); };
    if (rank(it->second) < rank(worst->second)) worst = it;
  }
  all_.erase(worst);
}

void SeenOrigins::settle(std::uint64_t now_ms) {
  // Also when the clock was set back.
  const bool due = now_ms >= written_ms_ + write_every_ms || now_ms < written_ms_;
  if (!dirty_ || !due) return;
  wire::SeenRecord record;
  for (const auto& [origin, one] : all_) {
    wire::SeenOrigin out;
    out.origin = origin;
    out.script_ms = one.script_ms;
    out.frame_ms = one.frame_ms;
    out.refused_ms = one.refused_ms;
    record.seen.push_back(out);
  }
  written_ms_ = now_ms;
  // A disk that refuses is told of elsewhere; this is tried again in a minute.
  dirty_ = !book_.put(record_name, codec::encode(record));
}

}  // namespace shopbell::desk
