// The desk: its abilities put together over one port.
#pragma once

#include <memory>

#include "desk/custody.h"
#include "desk/enrolment.h"
#include "desk/greeting.h"
#include "desk/inbox.h"
#include "desk/team_logs.h"

namespace shopbell::desk {

class Desk {
 public:
  struct Options {
    ShopId shop;
    ShopWords words;
    std::vector<RelayAt> relays;
    Bytes desk_certificate;
  };

  // `port` and `book` outlive the desk.
  Desk(DeskPort& port, InvitationBook& book, Options options);

  // Each event of the desk's engine, in order.
  void on_event(wire::EventKind kind, BytesView body);
  // After each burst of events, and at least once a minute.
  void settle();

 private:
  std::vector<DeskModule*> modules();

  Custody custody_;
  Enrolment enrolment_;
  Conversations conversations_;
  TeamLogs team_logs_;
  Greeting greeting_;
  Inbox inbox_;
};

}  // namespace shopbell::desk
