// What has happened in the worlds that were played, counted: a fault that never comes is one that
// nobody is tested against.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace shopbell::sim {

enum class Event : std::uint8_t {
  device_crash,
  relay_crash,
  link_cut,
  half_open,
  dial_refused,
  partition,
  clock_jump,
  commit_failed,
  count
};

constexpr std::array<const char*, static_cast<std::size_t>(Event::count)> event_names = {
    "device crashes", "relay crashes", "links cut",   "ends not told of a cut",
    "dials refused",  "partitions",    "clock jumps", "commits failed"};

struct Tally {
  std::array<std::uint64_t, static_cast<std::size_t>(Event::count)> counts{};
  void add(Event event) { ++counts[static_cast<std::size_t>(event)]; }
  void add(const Tally& other) {
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
  }
};

}  // namespace shopbell::sim
