#include "kill/ledger.h"

#include <fmt/format.h>

#include <cstdlib>
#include <utility>

namespace shopbell::kill {
namespace {

std::function<void()>& last_act() {
  static std::function<void()> act;
  return act;
}

}  // namespace

void at_give_up(std::function<void()> last) { last_act() = std::move(last); }

void give_up(const std::string& why) {
  fmt::print(stderr, "kill: {}\n", why);
  if (last_act()) std::exchange(last_act(), nullptr)();
  std::_Exit(1);
}

void Ledger::wrote(const std::string& author, const DeviceId& device, const std::string& text) {
  Line line;
  line.text = text;
  line.author = author;
  line.device = device;
  if (!lines_.emplace(text, std::move(line)).second) give_up("a text was written twice: " + text);
}

void Ledger::acknowledged(const std::string& text, const LogId& log, std::uint64_t seq,
                          std::uint64_t counter) {
  auto& line = lines_.at(text);
  if (line.seq != 0) return count_doubled(fmt::format("{} was acknowledged twice", text));
  line.log = log;
  line.seq = seq;
  line.counter = counter;
  ++placed_[log][line.author];
}

void Ledger::saw(const std::string& reader, const LogId& log, std::uint64_t seq,
                 const std::string& text) {
  ++seen_count_;
  auto& texts = seen_[{reader, log}];
  for (const auto& [at, former] : texts) {
    if (former == text || at == seq) {
      return count_doubled(
          fmt::format("{} saw {} at {} and {} at {}", reader, former, at, text, seq));
    }
  }
  if (!texts.empty() && texts.rbegin()->first > seq) {
    fault(fmt::format("{} saw {} out of turn", reader, text));
  }
  texts[seq] = text;
}

void Ledger::fault(std::string what) { faults_.push_back(std::move(what)); }

void Ledger::count_lost(std::string what) {
  ++lost_;
  fault("lost: " + std::move(what));
}

void Ledger::count_doubled(std::string what) {
  ++doubled_;
  fault("doubled: " + std::move(what));
}

std::size_t Ledger::others_in(const LogId& log, const std::string& author) const {
  const auto found = placed_.find(log);
  std::size_t out = 0;
  if (found == placed_.end()) return out;
  for (const auto& [name, count] : found->second) out += name == author ? 0 : count;
  return out;
}

std::size_t Ledger::seen_by(const std::string& reader, const LogId& log) const {
  const auto found = seen_.find({reader, log});
  return found == seen_.end() ? 0 : found->second.size();
}

void Ledger::compare(const std::string& reader, const LogId& log, const Texts& texts) {
  std::set<std::string> known;
  for (const auto& [seq, text] : texts) {
    if (!known.insert(text).second) count_doubled(fmt::format("{} holds {} twice", reader, text));
    const auto line = lines_.find(text);
    if (line == lines_.end()) {
      fault(fmt::format("{} holds {}, which nobody wrote", reader, text));
    } else if (line->second.seq != seq || line->second.log != log) {
      fault(fmt::format("{} holds {} at {}, acknowledged was {}", reader, text, seq,
                        line->second.seq));
    }
  }
  for (const auto& [text, line] : lines_) {
    if (line.log == log && !known.contains(text)) {
      count_lost(fmt::format("{} at {}, for {}", text, line.seq, reader));
    }
  }
}

void Ledger::check_all_placed() {
  for (const auto& [text, line] : lines_) {
    if (line.seq == 0) count_lost(fmt::format("{} was shown as sending and has no place", text));
  }
}

}  // namespace shopbell::kill
