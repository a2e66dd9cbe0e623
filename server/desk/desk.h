// The desk: its abilities put together over one port.
#pragma once

#include <memory>

#include "desk/admin.h"
#include "desk/attention.h"
#include "desk/enrolment.h"
#include "desk/greeting.h"
#include "desk/identity/identity.h"
#include "desk/inbox.h"
#include "desk/own_devices.h"
#include "desk/previews.h"
#include "desk/search.h"
#include "desk/team_logs.h"

namespace shopbell::desk {

class Desk {
 public:
  struct Options {
    ShopId shop;
    // As the configuration has it; what an admin has set since stands before it.
    ShopWords words;
    std::vector<RelayAt> relays;
    Bytes desk_certificate;
    // Outlives the desk; without one what admins set is kept in memory.
    SettingsBook* settings = nullptr;
    Premises premises = {};
    // Outlives the desk; without one nothing is found.
    SearchIndex* search = nullptr;
    TokenRules identity = {};
    // Without one there are no link previews.
    FetchPage fetch_page = {};
  };

  // `port` and `book` outlive the desk.
  Desk(DeskPort& port, InvitationBook& book, Options options);

  // Each event of the desk's engine, in order.
  void on_event(wire::EventKind kind, BytesView body);
  // After each burst of events, and at least once a minute.
  void settle();
  // A page asked the host for one of the web files; `address` is its Referer or Origin.
  void note_page(SeenOrigins::What what, std::string_view address);

 private:
  std::vector<DeskModule*> modules();
  // The book's word for what a device may do stands before its certificate's.
  Bytes with_role_of_today(BytesView request) const;

  DeskPort& port_;
  InvitationBook& book_;
  std::unique_ptr<SettingsBook> own_settings_;
  SettingsBook& settings_;
  ShopWords words_;
  SeenOrigins seen_;
  Custody custody_;
  Enrolment enrolment_;
  Conversations conversations_;
  TeamLogs team_logs_;
  Greeting greeting_;
  Identity identity_;
  Presence presence_;
  Attention attention_;
  Inbox inbox_;
  Search search_;
  Previews previews_;
  Admin admin_;
  Team team_;
  OwnDevices own_devices_;
};

}  // namespace shopbell::desk
