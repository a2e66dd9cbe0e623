// What this device does where the relay has other places than it has (docs/PROTOCOL.md section 10):
// finds the last place that both have, gives back what the relay lost, or follows the desk's word
// to another chain. A lower head or another chain is never taken otherwise.
#pragma once

#include "engine/state.h"

namespace shopbell::engine {

struct Machines;

class Rejoin {
 public:
  explicit Rejoin(Machines& machines) : m_(machines) {}

  // The relay's head is this, and what is stored here does not lie on the way to it.
  void begin(Log& log, std::uint64_t relay_head);
  // True where the answer is dealt with: the log is apart.
  bool on_head(Log& log, const wire::Head& head);
  bool on_page(Log& log, const wire::Page& page);
  bool on_refused(Log& log, Errc code, std::uint64_t retry_ms);
  // Something got a place in a log that is apart.
  void on_news(Log& log, std::uint64_t seq);
  void connection_begins() { unheard_ = false; }
  // The relay has lost the shop's card, and answers nothing until it has one again.
  void unheard() { unheard_ = true; }
  void card_came();
  // From the start, after a while.
  void again(Log& log);
  // Takes the answer of a load. False where the id is none of them.
  bool on_loaded(std::uint64_t id, std::span<const in::Record> records);

 private:
  enum class Purpose : std::uint8_t { compare, refill, prove, drop };
  struct Load {
    LogId log;
    Purpose purpose;
  };

  void search(Log& log, std::uint64_t relay_head);
  void next(Log& log);
  void compare(Log& log, const Hash& own);
  void found(Log& log);
  void end(Log& log);
  void load(Log& log, Purpose purpose, std::uint64_t from, std::uint64_t limit);
  void offer(Log& log, std::span<const in::Record> records);
  void take_word(Log& log, const wire::Page& page);
  void admit_again(const Log& log, const OpenEnvelope& envelope, std::vector<Outgoing>& again);
  void start_over(Log& log, std::span<const in::Record> records);
  void put_aside(Log& log, std::uint64_t seq, const in::Record& record,
                 std::vector<Outgoing>& again);
  Bytes join_again(const OpenEnvelope& envelope) const;
  void wait(Log& log, Errc why);

  Machines& m_;
  std::map<std::uint64_t, Load> loads_;
  bool unheard_ = false;
};

}  // namespace shopbell::engine
