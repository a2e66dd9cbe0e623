// The people of a world: what each knows from what his device has shown him since it started, and
// what he does next. They write, repeat, read, type, open, close and rename, as chance has it.
#pragma once

#include "checker.h"
#include "login.h"

namespace shopbell::sim {

class People {
 public:
  // `devices`, `checker` and `login` are the world's.
  People(Clockwork& clockwork, Checker& checker, Login& login,
         const std::vector<std::unique_ptr<Device>>& devices)
      : w_(clockwork), checker_(checker), login_(login), devices_(devices) {}

  // An agent's device comes with an invitation.
  void invite(const Device& agent, Bytes secret) { secrets_[agent.number()] = std::move(secret); }
  bool is_invited(const Device& agent) const { return secrets_.contains(agent.number()); }
  // His device is another one, or knows no more what he said to it.
  void on_wiped(const Device& device) { said_.erase(device.number()); }
  void on_start(Device& device) { people_[device.number()] = {}; }
  void on_event(Device& device, wire::EventKind kind, BytesView body);

  // One of them does something, where his device is up.
  void act();
  bool is_ready(const Device& device) { return people_[device.number()].ready; }
  bool is_certified(const Device& device) { return people_[device.number()].certified; }
  bool is_identified(const Device& device) { return people_[device.number()].identified; }
  // Where it is known to nobody yet: the invitation of an agent's device, the login of a
  // customer's.
  void say_who(Device& device);
  void ask_for_inbox(Device& agent);
  void open(Device& device, const LogId& log, std::uint64_t limit, bool quiet);
  // Everybody who may writes a word into every log that he knows.
  void all_write();

 private:
  struct LogSeen {
    std::uint64_t kind = 0;
    std::uint64_t newest = 0;  // seq of the newest message shown
  };
  struct Person {
    bool ready = false;
    bool certified = false;
    bool identified = false;
    std::map<LogId, LogSeen> logs;
    std::vector<std::pair<LogId, LogId>> inbox;  // main and team log
  };

  void on_ready(Device& device, Person& person, BytesView body);
  void on_inbox(Person& person, wire::EventKind kind, BytesView body);
  void visitor_acts(Device& device);
  void agent_acts(Device& device);
  void write_to(Device& device, const LogId& log);
  void send(Device& device, const LogId& log, std::uint64_t number);
  // A page that does not know whether its words were taken says them again.
  void say_again(Device& device);
  void set_draft(Device& device, const LogId& log);
  void set_about(Device& device);
  void look_at(Device& device, const LogId& log);

  Clockwork& w_;
  Checker& checker_;
  Login& login_;
  const std::vector<std::unique_ptr<Device>>& devices_;
  std::map<int, Bytes> secrets_;
  std::map<int, Person> people_;
  // By device, also before crashes.
  std::map<int, std::vector<std::pair<LogId, std::uint64_t>>> said_;
  std::uint64_t texts_ = 0;
  std::uint64_t requests_ = 0;
};

}  // namespace shopbell::sim
