// What makes a world replay: one generator of chance, one queue of things to come, one trace that
// is hashed. Nothing here knows what it moves.
#pragma once

#include <cstdarg>
#include <cstdio>
#include <functional>
#include <map>

#include "shopbell/bytes.h"
#include "tally.h"

namespace shopbell::sim {

// xoshiro256**, seeded by splitmix64: the same numbers everywhere, unlike the standard
// distributions.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) {
    for (std::uint64_t& word : state_) word = mix(seed);
  }
  std::uint64_t next() {
    const std::uint64_t out = rotate(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = rotate(state_[3], 45);
    return out;
  }
  // 0 .. bound - 1; the bias is far below what matters here.
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }
  std::uint64_t between(std::uint64_t low, std::uint64_t high) {
    return low + below(high - low + 1);
  }
  bool in_thousand(std::uint64_t part) { return below(1000) < part; }
  Bytes bytes(std::size_t size) {
    Bytes out(size);
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(next() >> 32);
    return out;
  }

 private:
  static std::uint64_t mix(std::uint64_t& seed) {
    std::uint64_t z = (seed += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  static std::uint64_t rotate(std::uint64_t x, int by) { return (x << by) | (x >> (64 - by)); }

  std::uint64_t state_[4];
};

// Things to come, by virtual time; of one time in the order in which they were asked for.
class Agenda {
 public:
  std::uint64_t now_ms() const { return now_ms_; }
  void start_at(std::uint64_t now_ms) { now_ms_ = now_ms; }
  void after(std::uint64_t delay_ms, std::function<void()> act) {
    items_.emplace(std::pair{now_ms_ + delay_ms, ++number_}, std::move(act));
  }
  bool empty() const { return items_.empty(); }
  std::uint64_t next_ms() const { return items_.begin()->first.first; }
  void step() {
    auto item = items_.extract(items_.begin());
    now_ms_ = std::max(now_ms_, item.key().first);
    ++steps_;
    item.mapped()();
  }
  std::uint64_t steps() const { return steps_; }

 private:
  std::uint64_t now_ms_ = 0;
  std::uint64_t number_ = 0;
  std::uint64_t steps_ = 0;
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::function<void()>> items_;
};

// What happened, as one number, and in words where somebody reads along.
class Trace {
 public:
  Trace(const Agenda& agenda, bool verbose) : agenda_(agenda), verbose_(verbose) {}

  void note(const char* who, const char* what, std::uint64_t number, BytesView bytes = {}) {
    add(agenda_.now_ms());
    add_bytes(as_bytes(who));
    add_bytes(as_bytes(what));
    add(number);
    add_bytes(bytes);
    if (!verbose_) return;
    std::printf("%9.3f %-9s %-14s %llu", static_cast<double>(agenda_.now_ms() - start_ms_) / 1000.0,
                who, what, static_cast<unsigned long long>(number));
    if (!bytes.empty()) std::printf(" (%zu bytes)", bytes.size());
    std::printf("\n");
  }
  // Words for readers only.
  __attribute__((format(printf, 2, 3))) void say(const char* format, ...) const {
    if (!verbose_) return;
    std::va_list list;
    va_start(list, format);
    std::printf("%9.3f ", static_cast<double>(agenda_.now_ms() - start_ms_) / 1000.0);
    std::vprintf(format, list);
    std::printf("\n");
    va_end(list);
  }
  void start() { start_ms_ = agenda_.now_ms(); }
  bool verbose() const { return verbose_; }
  std::uint64_t hash() const { return hash_; }

 private:
  void add(std::uint64_t number) {
    for (int i = 0; i < 8; ++i) add_byte(static_cast<std::uint8_t>(number >> (8 * i)));
  }
  void add_bytes(BytesView bytes) {
    add(bytes.size());
    for (std::uint8_t byte : bytes) add_byte(byte);
  }
  void add_byte(std::uint8_t byte) { hash_ = (hash_ ^ byte) * 0x100000001b3; }

  const Agenda& agenda_;
  bool verbose_;
  std::uint64_t start_ms_ = 0;
  std::uint64_t hash_ = 0xcbf29ce484222325;
};

// How bad a world is. All parts of a thousand.
struct Weather {
  bool stormy = false;             // whether what follows happens at all
  std::uint64_t device_crash = 2;  // at each output of a device
  std::uint64_t relay_crash = 1;   // at each output of the relay
  std::uint64_t link_cut = 8;      // at each message
  std::uint64_t dial_fails = 150;
  std::uint64_t half_open = 300;  // of the cuts
  std::uint64_t commit_fails = 15;
  std::uint64_t write_fails = 1;  // of a device's batches
  std::uint64_t bus_loses = 30;   // of what one node is to hear of another
  std::uint64_t bus_repeats = 20;
};

struct Clockwork {
  Clockwork(std::uint64_t seed, bool verbose) : chance(seed), trace(agenda, verbose) {}
  Chance chance;
  Agenda agenda;
  Trace trace;
  Weather weather;
  Tally tally;

  // True with this part of a thousand, in bad weather only; draws in any case.
  bool strikes(std::uint64_t part) {
    const bool hit = chance.in_thousand(part);
    return hit && weather.stormy;
  }
  bool strikes(std::uint64_t part, Event event) {
    const bool hit = strikes(part);
    if (hit) tally.add(event);
    return hit;
  }
};

}  // namespace shopbell::sim
