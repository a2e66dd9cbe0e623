// Many devices at once: what an idle one costs the relay, and how soon all are back after a cut.
#pragma once

#include <cstddef>
#include <string>

namespace shopbell::load {

struct CrowdOptions {
  std::string url;
  std::string shop_file;
  std::size_t count = 1000;
  std::size_t seconds_max = 120;  // of one step, else it is given up
  int pid = 0;                    // of the relay
};

// Connects `count` devices without a conversation and leaves them idle. Prints one line of JSON.
void run_idle(const CrowdOptions& options);

// `count` visitors begin a conversation and leave; an agent answers each; then prints
// {"ready": count} and waits for a line on stdin that says the relay's process id (it may have been
// started anew meanwhile); then all come back at once and fetch what they have missed.
// Prints one more line of JSON.
void run_reconnect(const CrowdOptions& options);

}  // namespace shopbell::load
