// The conversations as the desk's other abilities need them: a fold of events that gives the same
// whatever the order and however often an event comes, so that it can be rebuilt from history while
// news arrives.
#pragma once

#include <map>
#include <set>
#include <string>

#include "desk/port.h"
#include "shopbell/amend.h"

namespace shopbell::desk {

struct Conversation {
  LogId log;
  DeviceId creator;
  LogId team_log;
  bool team_log_placed = false;  // before it has a place, nobody else can open it
  std::uint64_t head_seq = 0;
  std::string preview;
  std::uint64_t preview_seq = 0;
  AmendTarget preview_of;          // the message it shows
  std::uint64_t edited_seq = 0;    // of the edit whose words it has
  std::uint64_t recalled_seq = 0;  // of the recall of that message; then it is empty
  std::uint64_t time_ms = 0;       // of the newest message
  std::string page_title;
  std::uint64_t page_seq = 0;
  std::string locale;
  std::uint64_t locale_seq = 0;
  std::vector<std::string> tags;
  // Customer messages that nobody of the shop has answered: seq and time.
  std::map<std::uint64_t, std::uint64_t> waiting;
  std::uint64_t answered_seq = 0;  // newest message of a person of the shop
  // The customer's first text that is known.
  std::uint64_t first_text_seq = 0;
  bool first_text_cjk = false;
  bool desk_spoke = false;  // also what is still under way
  bool loaded = false;      // what was stored before has been read
  bool complete = false;    // ... back to the beginning

  std::uint64_t waiting_since_ms() const { return waiting.empty() ? 0 : waiting.begin()->second; }
};

class Conversations : public DeskModule {
 public:
  explicit Conversations(DeskPort& port) : port_(port) {}
  void on_event(wire::EventKind kind, BytesView body) override;

  const std::map<LogId, Conversation>& all() const { return all_; }
  // Those that changed since the last call.
  const std::set<LogId>& changed() const { return changed_; }
  void forget_changes() { changed_.clear(); }
  const Conversation* find(const LogId& log) const {
    const auto found = all_.find(log);
    return found == all_.end() ? nullptr : &found->second;
  }
  // Something that stands beside it has changed.
  void note_changed(const LogId& log) {
    if (all_.contains(log)) changed_.insert(log);
  }
  void set_tags(const LogId& log, std::vector<std::string> tags);
  // A message of the desk is under way, before its event comes.
  void note_desk_spoke(const LogId& log);

 private:
  void on_opened(const wire::LogOpened& event);
  void on_team_log(const wire::LogOpened& event);
  void take_team_log(Conversation& conversation) const;
  void on_message(const wire::MessageEvent& event);
  void on_text(Conversation& conversation, const wire::MessageEvent& event);
  void on_amendment(Conversation& conversation, const wire::MessageEvent& event);
  void on_page(Conversation& conversation, const wire::MessageEvent& event);

  DeskPort& port_;
  std::map<LogId, Conversation> all_;
  struct TeamLog {
    LogId log;
    bool placed = false;
  };
  std::map<LogId, TeamLog> team_logs_;  // by main log
  std::set<LogId> changed_;
};

}  // namespace shopbell::desk
