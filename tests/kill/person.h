// A visitor or an agent with a real device (a full native core), who writes and keeps the books of
// what his device tells him.
#pragma once

#include <set>

#include "kill/ledger.h"
#include "load/core_host.h"

namespace shopbell::kill {

class Person {
 public:
  struct Options {
    load::Address address;
    ShopId shop;
    std::string host;
    Role role = Role::visitor;
    std::string name;
  };

  Person(net::asio::io_context& io, Ledger& ledger, Options options);

  // Agents: uses an invitation once the device is ready.
  void enrol(const Key& secret);
  bool enrolled() const { return enrolled_; }
  // Watches this log from now on; answers a share of what is said in it when told to.
  void open(const LogId& log, bool quiet);
  void close(const LogId& log);
  // Writes one text; a visitor begins his conversation with the first one.
  void write(const LogId& log, std::size_t padding = 0);

  bool ready() const { return ready_; }
  const std::string& name() const { return options_.name; }
  const LogId& log() const { return log_; }  // a visitor's own
  std::size_t waiting() const { return waiting_.size(); }
  // Up to where the shop's desk has stored this visitor's log.
  std::uint64_t delivered(const LogId& log) const;
  std::uint64_t last_placed(const LogId& log) const;
  bool in_sync(const LogId& log) const { return in_sync_.contains(log); }
  std::size_t greetings(const LogId& log) const;

  // Called with each text of somebody else that is seen live.
  std::function<void(Person&, const LogId&)> on_text;

 private:
  void event(wire::EventKind kind, BytesView body);
  void on_message(const wire::MessageEvent& message);
  void on_placed(const wire::Placed& placed);
  void on_connection(const wire::Connection& connection);

  Ledger& ledger_;
  Options options_;
  load::CoreHost core_;
  bool ready_ = false;
  bool enrolled_ = false;
  std::optional<Key> secret_;
  DeviceId device_;
  LogId log_;
  std::uint64_t refs_ = 0;
  std::map<std::uint64_t, std::string> waiting_;  // by ref
  std::map<LogId, std::uint64_t> delivered_;
  std::map<LogId, std::uint64_t> placed_;
  std::map<LogId, std::set<std::uint64_t>> greetings_;
  std::set<LogId> in_sync_;
};

}  // namespace shopbell::kill
