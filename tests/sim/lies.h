// The book of a lying relay: what it has told, and who has named it.
#pragma once

#include <map>
#include <set>

#include "shopbell/log.h"
#include "shopbell/result.h"

namespace shopbell::sim {

struct Lies {
  // Of these logs somebody was told what is not true; it must be named, or have had no effect.
  std::set<LogId> told;
  // Who was shown a card that is not the shop's.
  std::set<int> cards_told;
  // Named by a device, with the first code.
  std::map<LogId, Errc> named;

  bool is_named(const LogId& log) const { return named.contains(log); }
};

}  // namespace shopbell::sim
