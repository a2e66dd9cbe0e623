// Full native cores as the load: visitors who write to the shop's desk, with everything that a real
// device does (sealing, verifying, storing, marks).
#pragma once

#include <cstddef>
#include <string>

namespace shopbell::load {

struct EnginesOptions {
  std::string url;
  std::string shop_file;
  std::size_t visitors = 100;
  std::size_t messages = 50;  // of each visitor
  std::size_t window = 8;     // outstanding messages of each
  std::size_t seconds_max = 120;
  int pid = 0;
};

// Prints one line of JSON. Give it a relay of its own: the desk takes its shop log from its store,
// which is not kept between runs.
void run_engines(const EnginesOptions& options);

}  // namespace shopbell::load
