// The machines of the engine, one for each concern of docs/PROTOCOL.md, over one State and one Io.
// Each changes its own part of State; what it must tell another it calls by name here.
#pragma once

#include "engine/admission.h"
#include "engine/cards.h"
#include "engine/connection.h"
#include "engine/desk.h"
#include "engine/drafts.h"
#include "engine/io.h"
#include "engine/linking.h"
#include "engine/marks.h"
#include "engine/outbox.h"
#include "engine/people.h"
#include "engine/rejoin.h"
#include "engine/repeats.h"
#include "engine/replica.h"
#include "engine/sessions.h"
#include "engine/state.h"
#include "engine/typing.h"

namespace shopbell::engine {

struct Machines {
  Machines(Key storage_key, State initial)
      : io(std::move(storage_key)), state(std::move(initial)) {}
  Machines(const Machines&) = delete;
  Machines& operator=(const Machines&) = delete;

  Io io;
  State state;
  std::set<std::pair<std::uint64_t, LogId>> log_timers;
  std::set<LogId> dirty_logs;

  Connection connection{*this};
  Cards cards{*this};
  Replica replica{*this};
  Rejoin rejoin{*this};
  Outbox outbox{*this};
  Drafts drafts{*this};
  Repeats repeats{*this};
  People people{*this};
  Admission admission{*this};
  Marks marks{*this};
  Typing typing{*this};
  Sessions sessions{*this};
  Linking linking{*this};
  Desk desk{*this};

  // Its record is written, and its marks are sent, before this input's drain.
  void touch(Log& log) {
    dirty_logs.insert(log.id);
    io.open_batch();
  }
  void wake_log_at(const Log& log, std::uint64_t at_ms) { log_timers.insert({at_ms, log.id}); }
  void problem(Errc code, const LogId& log = {}, const DeviceId& device = {}) {
    wire::Problem problem;
    problem.code = static_cast<std::uint64_t>(code);
    problem.log = log;
    problem.device = device;
    io.event(wire::EventKind::problem, problem);
  }
  // After anything that may let waiting envelopes go: a card, a key, a connection.
  void pump_all() {
    for (auto& [id, log] : state.logs) outbox.pump(log);
  }
};

}  // namespace shopbell::engine
