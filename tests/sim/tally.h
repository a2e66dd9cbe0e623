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
  write_failed,
  disk_full,
  lead_taken,
  leader_refused,
  session_lost,
  node_paused,
  store_parted,
  bus_parted,
  bus_lost,
  bus_repeated,
  other_node_first,
  relay_set_back,
  device_set_back,
  agent_removed,
  lie_drop,
  lie_repeat,
  lie_reorder,
  lie_card_withheld,
  lie_card_old,
  lie_card_forged,
  lie_signature,
  lie_body_swapped,
  lie_author_swapped,
  lie_forged,
  lie_fork,
  lie_false_answer,
  lie_named,
  count
};

constexpr std::array<const char*, static_cast<std::size_t>(Event::count)> event_names = {
    "device crashes",
    "relay crashes",
    "links cut",
    "ends not told of a cut",
    "dials refused",
    "partitions",
    "clock jumps",
    "commits failed",
    "device writes failed",
    "device disks full",
    "leads taken from a sleeping page",
    "former leaders refused",
    "sessions lost that were not stored",
    "nodes paused",
    "nodes parted from the store",
    "nodes parted from the others",
    "news between nodes lost",
    "news between nodes repeated",
    "batches refused: another node was first",
    "relays set back to a backup",
    "devices set back to a backup",
    "agents removed",
    "lies: frames dropped",
    "lies: frames repeated",
    "lies: frames out of order",
    "lies: cards withheld",
    "lies: old cards",
    "lies: forged cards",
    "lies: signatures broken",
    "lies: bodies swapped",
    "lies: authors swapped",
    "lies: envelopes forged",
    "lies: logs forked",
    "lies: publishes answered falsely",
    "logs in which a lie was named"};

struct Tally {
  std::array<std::uint64_t, static_cast<std::size_t>(Event::count)> counts{};
  void add(Event event) { ++counts[static_cast<std::size_t>(event)]; }
  void add(const Tally& other) {
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
  }
};

}  // namespace shopbell::sim
