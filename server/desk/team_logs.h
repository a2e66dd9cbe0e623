// Makes the team log beside each conversation, where notes and assignments stand.
#pragma once

#include <set>

#include "desk/conversations.h"

namespace shopbell::desk {

class TeamLogs : public DeskModule {
 public:
  TeamLogs(DeskPort& port, const Conversations& conversations)
      : port_(port), conversations_(conversations) {}
  void on_event(wire::EventKind kind, BytesView body) override;

 private:
  DeskPort& port_;
  const Conversations& conversations_;
  std::set<LogId> asked_;
};

}  // namespace shopbell::desk
