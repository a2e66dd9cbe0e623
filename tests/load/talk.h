// One long conversation: a visitor, a full native core, who writes to a shop that is served.
#pragma once

#include <cstddef>
#include <string>

namespace shopbell::load {

struct TalkOptions {
  std::string url;
  std::string shop;  // base64url of its key, as in a page's tag
  std::size_t messages = 1000;
  std::size_t window = 64;  // outstanding messages
  std::size_t seconds_max = 600;
};

// Writes "Line 1." and so on. Prints one line of JSON once the relay has placed them all.
void run_talk(const TalkOptions& options);

}  // namespace shopbell::load
