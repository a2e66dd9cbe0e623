// What the engine knows: plain data, shared by its machines. Who changes what stands with each
// part.
#pragma once

#include <deque>
#include <map>
#include <set>

#include "shopbell/engine.h"
#include "shopbell/handshake.h"
#include "shopbell/limits.h"
#include "shopbell/log.h"

namespace shopbell::engine {

#ifdef SHOPBELL_IN_BROWSER
// Which of the two modules this is: the console's, or what customers load (wasm/for_*.cpp).
extern const bool for_team;
#endif

// An epoch as its grant told it. No key: this device's box did not open.
struct Epoch {
  std::uint64_t number = 0;
  Hash commitment;
  std::uint64_t team_version = 0;
  std::uint64_t granted_ms = 0;
  std::optional<Key> key;
};

// One envelope of ours that has no place yet (outbox.h).
struct Outgoing {
  std::uint64_t index = 0;  // its place in the store
  EnvelopeClass envelope_class = EnvelopeClass::message;
  std::uint64_t ref = 0;
  std::uint64_t time_ms = 0;
  Bytes inner;     // InnerBody or member body, as encoded
  Bytes envelope;  // the final bytes; empty while it waits
  Hash hash;       // of `envelope`
  std::uint64_t counter = 0;
  std::uint64_t epoch = 0;
  std::optional<Key> epoch_key;  // of an own grant
  std::vector<Hash> formers;     // hashes of bytes that were sealed before
  std::uint64_t amends = 0;      // index of the one that it changes and whose place it waits for
  bool sent = false;             // on this connection
  Errc refused = Errc::none;     // for good

  bool sealed() const { return !envelope.empty(); }
};

// The relay has other places than this device: the search for the last one that both have.
struct LookBack {
  enum class Step : std::uint8_t { probing, loading, refilling, asking, waiting };
  Step step = Step::probing;
  std::uint64_t low = 0;  // the chains agree here ...
  Hash low_chain;
  std::uint64_t high = 0;  // ... and no more here
  std::uint64_t probe = 0;
  Hash probe_chain;  // the relay's
  std::uint64_t relay_head = 0;
  std::uint64_t resumed = 0;  // where the desk's word stands
  std::uint64_t load = 0;     // under way
};

struct Progress {
  std::uint64_t delivered = 0;
  std::uint64_t read = 0;
};

// How somebody wants to be called.
struct About {
  std::string name;
  Bytes picture;
};

// One who takes part in a log.
struct Person {
  std::string name;
  std::uint64_t about_seq = 0;  // the entry in which he said it
  bool has_picture = false;
  Bytes picture;  // only while the log is open
  std::uint64_t joined_seq = 0;
};

// One log as this device has it.
struct Log {
  LogId id;
  Fold fold;
  std::uint64_t seq = 0;  // the last entry stored without a gap
  Hash chain;
  std::uint64_t time_ms = 0;
  Errc stopped = Errc::none;             // found forged; nothing is taken any more
  std::map<std::uint64_t, Hash> chains;  // recent ones, to check what others say they saw

  std::map<std::uint64_t, Epoch> epochs;
  std::uint64_t epoch_messages = 0;

  std::deque<Outgoing> outbox;
  std::vector<Outgoing> refused;  // kept until the person lets them go
  std::uint64_t outbox_next = 1;
  std::uint64_t outbox_retry_at_ms = 0;
  std::uint64_t outbox_answer_by_ms = 0;
  std::uint64_t own_placed = 0;  // newest place that a message of the outbox got

  std::uint64_t head_seq = 0;  // the relay's word
  bool fetching = false;
  std::uint64_t fetch_from = 0;         // of the fetch under way
  std::uint64_t fetch_retry_at_ms = 0;  // the relay had no time for it
  bool in_sync_shown = true;
  bool end_owed = false;   // messages were passed over; the newest page is shown once all is here
  bool named = false;      // by the relay, on this connection
  std::uint64_t held = 0;  // after a restore of the relay (wire::Head)
  bool held_shown = false;
  std::uint64_t resume_at_ms = 0;
  std::optional<LookBack> look_back;
  // The desk's word for what is taken again, and up to where that was shown before.
  std::uint64_t resume_seq = 0;
  Hash resume_chain;
  std::uint64_t shown_seq = 0;

  std::map<DeviceId, Progress> marks;
  // By device and kind; they name entries that are not here yet.
  std::map<std::pair<DeviceId, std::uint64_t>, Bytes> early_marks;
  std::uint64_t own_read = 0;
  Hash own_read_chain;  // there; none where it was not remembered any more
  std::uint64_t own_read_sent = 0;
  std::uint64_t own_delivered_sent = 0;
  std::uint64_t last_foreign = 0;  // newest entry of another device
  std::uint64_t mark_at_ms = 0;    // not before
  std::uint64_t read_ahead = 0;    // by the person's other devices; not all of it is here yet
  std::uint64_t unread = 0;
  std::uint64_t last_talk = 0;  // newest message of another person
  Progress shown_receipts;
  std::uint64_t shown_own_read = 0;

  std::map<DeviceId, Person> people;
  Hash about_said;  // digest of what this device said of itself here

  bool open = false;       // somebody looks at it
  bool paged = false;      // and pages through it, so that a long way to the end is not shown
  bool want_join = false;  // an agent opened it

  // The newest version of the team that an epoch from before that time names.
  std::uint64_t team_before(std::uint64_t at_ms) const {
    for (auto epoch = epochs.rbegin(); epoch != epochs.rend(); ++epoch) {
      if (epoch->second.granted_ms < at_ms) return epoch->second.team_version;
    }
    return 0;
  }
  std::uint64_t last_epoch() const { return epochs.empty() ? 0 : epochs.rbegin()->first; }
  bool has_genesis() const { return seq > 0; }
  bool is_behind() const { return head_seq > seq; }
  // Nothing goes out and nothing comes in before the relay's places and ours are one.
  bool is_apart() const { return look_back.has_value(); }
};

// A device that the desk has certified.
struct TeamMember {
  Device device;
  std::uint64_t not_after_ms = 0;
};

// The device, its shop and its logs.
struct State {
  ShopId shop_id;
  Role role = Role::visitor;
  std::string host;
  std::uint64_t term = 0;
  std::optional<DeviceKeys> keys;
  std::optional<ShopInfo> shop;
  Bytes forged_card;
  std::map<std::uint64_t, SealKey> team_keys;  // public, by version
  std::map<std::uint64_t, crypto::SealPair> team_secrets;
  std::map<DeviceId, TeamMember> team_members;  // desk only
  std::optional<Certificate> certificate;
  About about;
  bool about_kept = false;  // it has a record of its own
  Hash subject;             // of the shop's own login
  bool subject_confirmed = false;
  Bytes desk_certificate;
  std::uint64_t cursor = 0;
  std::uint64_t generation = 0;
  std::map<LogId, Log> logs;

  const DeviceId& self() const { return keys->self.id; }
#ifdef SHOPBELL_IN_BROWSER
  // Known while building, so that the linker leaves out what only the others do.
  bool is_desk() const { return false; }
  bool is_agent() const { return for_team; }
  bool is_visitor() const { return !for_team; }
#else
  bool is_desk() const { return role == Role::desk; }
  bool is_agent() const { return role == Role::agent; }
  bool is_visitor() const { return role == Role::visitor; }
#endif
  bool is_certified() const { return is_agent() && certificate.has_value(); }
  Log* find(const LogId& id) {
    auto it = logs.find(id);
    return it == logs.end() ? nullptr : &it->second;
  }
};

}  // namespace shopbell::engine
