// Why a command does not go on: one sentence for the person who typed it, saying what to do.
#pragma once

#include <stdexcept>

namespace shopbell::app {

// Thrown by commands and at start only, caught once in main(); nothing that runs for long throws
// it.
class Refusal : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace shopbell::app
