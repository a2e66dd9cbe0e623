// What is being written: one text for each log and one for the conversation that is not begun yet,
// sealed in the device's store and told to every host.
#pragma once

#include "engine/state.h"

namespace shopbell::engine {

struct Machines;

class Drafts {
 public:
  explicit Drafts(Machines& machines) : m_(machines) {}

  // An empty text forgets the draft. The event comes to whoever set it as well; a host sets nothing
  // because of an event, so nothing goes round.
  void set(const LogId& log, std::string_view text);
  // The message is in the outbox: what of it was kept as a draft goes in the same batch.
  void sent(const wire::Send& command);
  void show_all();
  // A stored record at start.
  void restore(const LogId& log, const wire::DraftRecord& record);

 private:
  struct Draft {
    std::string text;
    std::uint64_t order = 0;  // rises with each change
  };

  void forget(const LogId& log);
  void make_room();
  void show(const LogId& log, std::string_view text);

  Machines& m_;
  std::map<LogId, Draft> drafts_;
  std::uint64_t last_order_ = 0;
};

}  // namespace shopbell::engine
