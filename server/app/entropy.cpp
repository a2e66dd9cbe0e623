#include "app/entropy.h"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>

namespace shopbell::app {

void fill_random(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const auto got = ::getrandom(out.data(), out.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) std::abort();
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

Key random_key() {
  Key key;
  fill_random(key.writable());
  return key;
}

std::uint64_t random_generation() {
  std::uint64_t generation = 0;
  while (generation == 0) {
    std::array<std::uint8_t, sizeof(generation)> bytes{};
    fill_random(bytes);
    std::memcpy(&generation, bytes.data(), bytes.size());
    generation >>= 1;
  }
  return generation;
}

std::uint64_t wall_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

}  // namespace shopbell::app
