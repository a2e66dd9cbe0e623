// What one device, and one address, may cost in a while. Kept beyond a connection: who comes again
// finds his budget as he left it. A device's own budget is asked first; an address has one only for
// devices that the relay has not met before, so that a flood of new ones behind an address takes
// nothing from those who have a conversation already.
#pragma once

#include <unordered_map>

#include "shopbell/bytes.h"

namespace shopbell::relay {

// Fills again with time.
struct Budget {
  std::uint64_t window_ms = 0;
  std::size_t used = 0;
  bool take(std::uint64_t now_ms, std::uint64_t span_ms, std::size_t most) {
    if (now_ms - window_ms >= span_ms) *this = {now_ms, 0};
    return used++ < most;
  }
  bool is_full(std::uint64_t now_ms, std::uint64_t span_ms) const {
    return used == 0 || now_ms - window_ms >= span_ms;
  }
};

class Budgets {
 public:
  // The same number for one IPv4 address or one /64 of IPv6; none where many may stand behind it.
  using Source = std::uint64_t;
  static constexpr Source none = 0;

  // False where this source has `most` connections that have proven nothing.
  bool open(Source source, std::size_t most) {
    if (source == none) return true;
    auto& one = sources_[source];
    ++one.connections;
    return one.unproven++ < most;
  }
  void proven(Source source) {
    if (source != none) --sources_[source].unproven;
  }
  void close(Source source, bool was_proven) {
    if (source == none) return;
    auto& one = sources_[source];
    --one.connections;
    if (!was_proven) --one.unproven;
  }

  bool take_log(const DeviceId& device, Source source, bool known, std::uint64_t now_ms,
                std::size_t most_of_device, std::size_t most_of_source) {
    if (!devices_[device].logs.take(now_ms, log_span_ms, most_of_device)) return false;
    if (known || source == none) return true;
    return sources_[source].logs.take(now_ms, log_span_ms, most_of_source);
  }
  bool take_signal(const DeviceId& device, std::uint64_t now_ms, std::size_t most) {
    return devices_[device].signals.take(now_ms, signal_span_ms, most);
  }

  // Now and then: forgets what is full again.
  void sweep(std::uint64_t now_ms) {
    std::erase_if(devices_, [now_ms](const auto& each) {
      return each.second.logs.is_full(now_ms, log_span_ms) &&
             each.second.signals.is_full(now_ms, signal_span_ms);
    });
    std::erase_if(sources_, [now_ms](const auto& each) {
      return each.second.connections == 0 && each.second.logs.is_full(now_ms, log_span_ms);
    });
  }

 private:
  static constexpr std::uint64_t log_span_ms = 60'000;
  static constexpr std::uint64_t signal_span_ms = 1000;
  struct OfDevice {
    Budget logs;
    Budget signals;
  };
  struct OfSource {
    std::size_t connections = 0;
    std::size_t unproven = 0;
    Budget logs;
  };
  std::unordered_map<DeviceId, OfDevice, FixedHash> devices_;
  std::unordered_map<Source, OfSource> sources_;
};

}  // namespace shopbell::relay
