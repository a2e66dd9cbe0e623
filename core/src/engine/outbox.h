// What this device says (docs/PROTOCOL.md sections 4.5 and 6): each envelope is stored before it
// leaves, keeps its counter whatever happens, and is sealed again only as the rules allow.
#pragma once

#include "engine/state.h"

namespace shopbell::engine {

struct Machines;

// What a host gave a number; the engine's own messages have none.
inline bool is_words(const Outgoing& item) {
  return item.envelope_class == EnvelopeClass::message && item.ref != 0;
}

class Outbox {
 public:
  explicit Outbox(Machines& machines) : m_(machines) {}

  // Takes a message, or answers one that is known; with a zero log begins a conversation.
  // command_bad, too_large, quota.
  Status send(const wire::Send& command);
  // Makes a log of this device with its genesis under way; the first step of a conversation.
  Log& create_log(LogKind kind, const LogId& main_log, std::uint64_t ref);
  // Puts a message into an existing log.
  void add_message(Log& log, std::uint64_t ref, const wire::InnerBody& inner);
  // Puts in what the person did not write himself.
  void add_unshown(Log& log, const wire::InnerBody& inner);
  // Puts the desk's resume before all else.
  void resume(Log& log);
  // Own envelopes that lost their places go back before what waits.
  void take_back(Log& log, std::vector<Outgoing> lost);
  // Puts in a further member entry.
  void add_member(Log& log, Bytes body);
  // Appends this device's join and what it says of itself, unless it is there already.
  void join(Log& log);

  void connection_begins();
  // Has what waits sealed and what is sealed sent, before this input's drain: once everything that
  // came with it is taken in, or an envelope could leave that the next entry makes void.
  void pump(Log& log);
  void run_pumps();
  // What was refused for now goes at once.
  void send_again(Log& log);
  void on_refused(const wire::Error& error);
  void log_timer(Log& log);

  const Outgoing* find(const Log& log, std::uint64_t counter) const;
  // An own entry has its place. True where it was in the outbox; it is removed.
  bool placed(Log& log, const OpenEnvelope& envelope, std::uint64_t seq, std::uint64_t time_ms,
              std::uint64_t& ref);
  // The key of an own grant that has its place now; nothing where the envelope is something else.
  std::optional<Key> epoch_key_of(const Log& log, const Hash& envelope) const;
  // The fold moved on: counters of what is sealed follow it, and what may go now goes.
  void renumber(Log& log);
  // Somebody else's grant has its place: what was sealed under an older epoch is given up.
  void epoch_changed(Log& log);
  // A card with a newer team key: nothing more is said under what the former team can read.
  void team_changed(Log& log);
  // Announces an epoch where the author's rule would do so before the next message.
  void announce(Log& log);
  // The genesis of a log of our own that has no place yet.
  static std::optional<wire::MemberBody> own_genesis(const Log& log);
  void show(const Log& log);
  // A message of the host's that has no place yet, or was refused.
  bool has(const Log& log, std::uint64_t ref) const;
  void show(const Log& log, std::uint64_t ref);
  // Forgets a message that was refused for good.
  void discard(Log& log, std::uint64_t ref);
  // A stored record at start.
  void restore(Log& log, std::uint64_t index, const wire::OutboxRecord& record);

 private:
  Outgoing& append(Log& log, EnvelopeClass envelope_class, std::uint64_t ref, Bytes inner);
  void store(const Log& log, const Outgoing& item);
  void remove(Log& log, std::size_t at);
  // What changes the one of that index names its place now; counter 0: it has none.
  void settle(Log& log, std::uint64_t index, std::uint64_t counter, std::uint64_t seq);
  // From `at` on, sealed bytes are given up and named in what replaces them.
  void unseal(Log& log, std::size_t at);
  void seal_waiting(Log& log);
  bool seal(Log& log, std::size_t at);
  bool needs_epoch(const Log& log, std::size_t at) const;
  bool is_sealed_before_team(const Outgoing& item) const;
  bool can_seal(const Log& log) const;
  void transmit(Log& log);
  void show_one(const Log& log, const Outgoing& item);
  void show_refused(const Log& log, const Outgoing& item);
  // A conversation that was not let begin has another try with its next message.
  void revive(Log& log);
  void refuse(Log& log, std::size_t at, Errc code);
  void refuse_one(Log& log, std::size_t at, Errc code, bool keep);
  bool stands_for(const Log& log, const OpenEnvelope& envelope, const Outgoing& item) const;
  std::size_t position(const Log& log, std::uint64_t counter) const;

  Machines& m_;
  std::set<LogId> pumps_;
};

}  // namespace shopbell::engine
