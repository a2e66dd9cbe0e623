// Messages that change another one: edits, recalls, reactions (docs/PROTOCOL.md section 5). One
// rule for all who show a conversation; web/ui/src/amend.ts is the same for the browser.
#pragma once

#include "shopbell/limits.h"
#include "shopbell/wire.h"

namespace shopbell {

inline bool is_amendment(std::uint64_t kind) {
  return kind == static_cast<std::uint64_t>(wire::ContentKind::edit) ||
         kind == static_cast<std::uint64_t>(wire::ContentKind::recall) ||
         kind == static_cast<std::uint64_t>(wire::ContentKind::reaction);
}

// A message that stands in the log.
struct AmendTarget {
  DeviceId author;
  std::uint64_t counter = 0;
  std::uint64_t time_ms = 0;
};

// Whether an edit or a recall of that author at that time is one of this target. That a recall came
// before is the caller's to know.
inline bool may_amend(const AmendTarget& target, const wire::MessageEvent& event) {
  return event.author == target.author && event.target_author == target.author &&
         event.target_counter == target.counter && event.time_ms >= target.time_ms &&
         event.time_ms - target.time_ms <= limits::amend_ms_max;
}

}  // namespace shopbell
