// What one device, and one address, may cost in a while. Kept beyond a connection: who comes again
// finds his budget as he left it. A device's own budget is asked first; an address has one only for
// devices that the relay has not met before, so that a flood of new ones behind an address takes
// nothing from those who have a conversation already.
#pragma once

#include <algorithm>
#include <unordered_map>

#include "shopbell/bytes.h"
#include "shopbell/limits.h"

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

// Fills drop by drop, so that who keeps to the rate never waits, whatever the minute.
struct Bucket {
  std::uint64_t due_us = 0;  // when it is full again
  // 0, or how long to wait until some more find room. `per_minute` 0: no limit.
  std::uint64_t take(std::uint64_t now_ms, std::size_t per_minute) {
    if (per_minute == 0) return 0;
    const std::uint64_t now_us = now_ms * 1000;
    const std::uint64_t each_us = 60'000'000 / per_minute;
    const std::uint64_t depth_us = each_us * burst(per_minute);
    // A clock that was set back leaves it empty, no more.
    due_us = std::clamp(due_us, now_us, now_us + depth_us);
    if (due_us + each_us <= now_us + depth_us) {
      due_us += each_us;
      return 0;
    }
    return std::max<std::uint64_t>(each_us * some / 1000, 1);
  }
  bool is_full(std::uint64_t now_ms) const { return due_us <= now_ms * 1000; }
  // Half a minute's worth: what was written in a tunnel goes out at once.
  static constexpr std::size_t burst(std::size_t per_minute) {
    return std::max<std::size_t>(per_minute / 2, 1);
  }

 private:
  static constexpr std::uint64_t some = 16;
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
    if (!devices_[device].logs.take(now_ms, minute_ms, most_of_device)) return false;
    if (known || source == none) return true;
    return sources_[source].logs.take(now_ms, minute_ms, most_of_source);
  }
  bool take_signal(const DeviceId& device, std::uint64_t now_ms, std::size_t most) {
    return devices_[device].signals.take(now_ms, signal_span_ms, most);
  }

  // 0, or the time to wait.
  std::uint64_t take_envelope(const DeviceId& device, std::uint64_t now_ms,
                              std::size_t per_minute) {
    return per_minute == 0 ? 0 : devices_[device].envelopes.take(now_ms, per_minute);
  }
  bool take_connection(const DeviceId& device, std::uint64_t now_ms, std::size_t most) {
    return devices_[device].connections.take(now_ms, minute_ms, most);
  }

  // What a new device has to bring that comes from here: nothing up to `free` of them in a minute,
  // then two bits more each time that their number doubles.
  std::uint64_t work_bits(Source source, std::uint64_t now_ms, std::size_t free) const {
    const std::size_t doubled = crowd(source, now_ms, free);
    if (doubled == 0) return 0;
    return std::min(limits::work_bits_first + 2 * (doubled - 1), limits::work_bits_max);
  }
  // False where no work helps any more. A device that comes again within the minute counts once.
  bool take_newcomer(const DeviceId& device, Source source, std::uint64_t now_ms,
                     std::size_t free) {
    if (source == none || free == 0) return true;
    if (!devices_[device].newcomer.take(now_ms, minute_ms, 1)) return true;
    constexpr std::size_t steps = (limits::work_bits_max - limits::work_bits_first) / 2 + 1;
    if (crowd(source, now_ms, free) > steps) return false;
    sources_[source].newcomers.take(now_ms, minute_ms, free);
    return true;
  }

  // Now and then: forgets what is full again.
  void sweep(std::uint64_t now_ms) {
    std::erase_if(devices_, [now_ms](const auto& each) {
      return each.second.logs.is_full(now_ms, minute_ms) &&
             each.second.signals.is_full(now_ms, signal_span_ms) &&
             each.second.connections.is_full(now_ms, minute_ms) &&
             each.second.newcomer.is_full(now_ms, minute_ms) &&
             each.second.envelopes.is_full(now_ms);
    });
    std::erase_if(sources_, [now_ms](const auto& each) {
      return each.second.connections == 0 && each.second.logs.is_full(now_ms, minute_ms) &&
             each.second.newcomers.is_full(now_ms, minute_ms);
    });
  }

 private:
  static constexpr std::uint64_t minute_ms = 60'000;
  static constexpr std::uint64_t signal_span_ms = 1000;
  struct OfDevice {
    Budget logs;
    Budget signals;
    Budget connections;
    Budget newcomer;
    Bucket envelopes;
  };
  struct OfSource {
    std::size_t connections = 0;
    std::size_t unproven = 0;
    Budget logs;
    Budget newcomers;
  };
  // 0: no more than `free`; 1 up to twice as many, 2 up to four times ...
  std::size_t crowd(Source source, std::uint64_t now_ms, std::size_t free) const {
    const auto found = source == none || free == 0 ? sources_.end() : sources_.find(source);
    if (found == sources_.end() || found->second.newcomers.is_full(now_ms, minute_ms)) return 0;
    std::size_t doubled = 0;
    for (std::size_t most = free; found->second.newcomers.used >= most; most *= 2) ++doubled;
    return doubled;
  }
  std::unordered_map<DeviceId, OfDevice, FixedHash> devices_;
  std::unordered_map<Source, OfSource> sources_;
};

}  // namespace shopbell::relay
