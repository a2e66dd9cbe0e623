// Customers as the shop's own login knows them (docs/PROTOCOL.md section 11). What it said of a
// device stands in the shop log before it counts; from there the desk lets each device of a
// customer into all his conversations.
#pragma once

#include <set>

#include "desk/conversations.h"
#include "desk/identity/token.h"

namespace shopbell::desk {

class Identity : public DeskModule {
 public:
  // `conversations` outlive it.
  Identity(DeskPort& port, Conversations& conversations, TokenRules rules);
  void on_event(wire::EventKind kind, BytesView body) override;
  // Lets in who is not in yet.
  void settle() override;

  struct Customer {
    std::string subject;
    std::string name;
  };
  // Whose the device is; null where nobody has said.
  const Customer* customer_of(const DeviceId& device) const;

 private:
  // Devices that belong together: by the same subject, or because one let in the other.
  struct Person {
    Customer customer;
    std::uint64_t named_ms = 0;
    std::set<DeviceId> devices;
  };
  struct Waiting {
    DeviceId from;
    std::uint64_t id = 0;
    std::string token;
    Bytes card;
  };
  struct Use {
    DeviceId device;
    std::uint64_t request = 0;
    std::uint64_t end_ms = 0;
  };

  void on_opened(const wire::LogOpened& event);
  void on_history_end(const wire::HistoryEnd& event);
  void on_record(const wire::MessageEvent& event);
  void identify(const Waiting& asked);
  Result<TokenClaims> check(const Waiting& asked);
  void answer(const Waiting& asked, Errc code, std::string_view name);
  void record(const Waiting& asked, const TokenClaims& claims);
  std::uint64_t person_of(const DeviceId& device);
  void unite(const DeviceId& one, const DeviceId& other);
  void reconcile(const Person& person);

  DeskPort& port_;
  Conversations& conversations_;
  TokenRules rules_;
  LogId shop_log_;
  bool loaded_ = false;                       // what was said before is known
  std::vector<Waiting> waiting_;              // until then
  std::map<std::string, Waiting> recording_;  // by token id
  std::map<std::string, Use> used_;           // the same
  std::uint64_t persons_ = 0;
  std::map<std::uint64_t, Person> people_;
  std::map<DeviceId, std::uint64_t> person_of_;
  std::map<std::string, std::uint64_t> by_subject_;
  std::map<DeviceId, Bytes> cards_;
  std::map<DeviceId, std::set<LogId>> logs_of_;   // by creator
  std::map<LogId, std::set<DeviceId>> admitted_;  // or on their way
  std::set<std::uint64_t> changed_;
};

}  // namespace shopbell::desk
