// What people did and were told, kept by the test alone: it asks neither engine nor server.
//
// A text is written, then acknowledged with its place, then seen by others. Lost: acknowledged, or
// shown as sending, and not there at the end. Doubled: seen, or placed, more than once.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "shopbell/bytes.h"

namespace shopbell::kill {

// Ends the program with a sentence; what was started is killed, what was written is kept.
[[noreturn]] void give_up(const std::string& why);
void at_give_up(std::function<void()> last);

struct Line {
  std::string text;
  std::string author;
  DeviceId device;
  LogId log;              // zero until known
  std::uint64_t seq = 0;  // zero until acknowledged
  std::uint64_t counter = 0;
};

// The main logs' texts by their places.
using Texts = std::map<std::uint64_t, std::string>;

class Ledger {
 public:
  // Never the same text twice.
  void wrote(const std::string& author, const DeviceId& device, const std::string& text);
  void acknowledged(const std::string& text, const LogId& log, std::uint64_t seq,
                    std::uint64_t counter);
  // Somebody was shown another's text, live.
  void saw(const std::string& reader, const LogId& log, std::uint64_t seq, const std::string& text);
  void fault(std::string what);

  // Texts of a log that others than this author wrote and that are acknowledged.
  std::size_t others_in(const LogId& log, const std::string& author) const;
  std::size_t seen_by(const std::string& reader, const LogId& log) const;
  const Texts& texts_of(const std::string& reader, const LogId& log) {
    return seen_[{reader, log}];
  }
  // What a reader of the whole log holds, against the books.
  void compare(const std::string& reader, const LogId& log, const Texts& texts);
  // At the end: every line has its place.
  void check_all_placed();

  const std::map<std::string, Line>& lines() const { return lines_; }
  std::uint64_t seen() const { return seen_count_; }
  const std::vector<std::string>& faults() const { return faults_; }
  std::size_t lost() const { return lost_; }
  std::size_t doubled() const { return doubled_; }
  void count_lost(std::string what);
  void count_doubled(std::string what);

 private:
  std::map<std::string, Line> lines_;
  std::map<LogId, std::map<std::string, std::size_t>> placed_;  // of each author
  std::map<std::pair<std::string, LogId>, Texts> seen_;
  std::uint64_t seen_count_ = 0;
  std::vector<std::string> faults_;
  std::size_t lost_ = 0;
  std::size_t doubled_ = 0;
};

}  // namespace shopbell::kill
