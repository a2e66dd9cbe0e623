// Finds messages of all conversations for those who answer. Takes every log in once, from where it
// stopped, and then word by word; answers session method "search". Tells the conversations their
// tags.
#pragma once

#include <deque>

#include "desk/inbox.h"
#include "desk/search_index.h"

namespace shopbell::desk {

class Search : public DeskModule {
 public:
  // Without an index nothing is taken in, and nothing found. All outlive it.
  Search(DeskPort& port, Conversations& conversations, const Identity& identity, SearchIndex* index)
      : port_(port), conversations_(conversations), identity_(identity), index_(index) {}
  void on_event(wire::EventKind kind, BytesView body) override;
  void settle() override;

 private:
  struct Log {
    LogId main;
    std::uint64_t done = 0;  // as in the index
    bool caught_up = false;
  };

  void on_opened(const wire::LogOpened& event);
  void on_message(const wire::MessageEvent& event);
  void on_tag(const LogId& main, const wire::MessageEvent& event);
  void on_history_end(const wire::HistoryEnd& event);
  void set_done(const LogId& id, std::uint64_t seq);
  void load_next();
  void answer(const wire::RequestEvent& request);

  DeskPort& port_;
  Conversations& conversations_;
  const Identity& identity_;
  SearchIndex* index_;
  std::map<LogId, Log> logs_;
  // Logs that are not taken in yet; the first one is being read.
  std::deque<LogId> behind_;
  bool reading_ = false;
};

}  // namespace shopbell::desk
