// The checkers: they keep their own books of what was written, shown, sent and acknowledged, and
// look into the relay's store and the devices' disks. They ask no engine and no shard.
//
//   lost       acknowledged or shown as sending, and later not there for everybody
//   twice      shown, or placed, more than once
//   order      two devices, or a device and the store, disagree on a log's messages
//   converge   something is still on its way long after the last fault, or a device has given up
//   watermark  a receipt fell, or says more than there is
//   chain      chains, hashes or signatures do not fit, or a device reports that they do not
//   plaintext  a written word or a name stands in the clear on a disk, in the store, on a link
//   persist    shown or sent before it was durable
//   lie        what the relay made up was shown, or had an effect and was not named
//   removed    a device that was removed can open what was written after
#pragma once

#include <set>
#include <string>

#include "device.h"
#include "relay.h"

namespace shopbell::sim {

struct Failure {
  std::string checker;
  std::string what;
};

class Checker {
 public:
  Checker(Clockwork& clockwork, Relay& relay, Lies& lies)
      : w_(clockwork), relay_(relay), lies_(lies) {}
  void watch(Device& device) { devices_.push_back(&device); }

  // A person writes: the words that stand for the text with this number, which is also its ref.
  std::string words_of(std::uint64_t text) const;
  void written(Device& device, std::uint64_t text);
  // He says it again, with the same ref: the device may tell its place again, but no other.
  void repeated(Device& device, std::uint64_t text);

  void on_start(Device& device);
  void on_event(Device& device, wire::EventKind kind, BytesView body);
  void on_transmit(Device& device, BytesView bytes);
  void on_written(const out::Persist& batch);
  // What this device had accepted and not handed on is lost with it, and it was said so.
  void on_wiped(const Device& device);
  // It knows no more what it had accepted since the copy was made.
  void on_set_back(const Device& device);
  // From now on it is in no team.
  void removed(const Device& device) { removed_.insert(device.number()); }
  bool is_removed(const Device& device) const { return removed_.contains(device.number()); }
  DeviceId id_of(const Device& device) const;
  // Whose it is nobody could be told: of the desk's own log something false was told, and named.
  void stays_unknown(const Device& device) { unknown_.insert(device.number()); }
  bool is_unknown(const Device& device) const { return unknown_.contains(device.number()); }
  bool is_shop_log_named() const;
  // A message on a link.
  void on_link(BytesView bytes);

  // Nothing is on its way any more, as disks and store have it.
  bool at_rest(std::string& why) const;
  // After the last history of every device has been shown.
  void final_checks();
  std::uint64_t histories_shown() const { return histories_shown_; }
  void forget_histories();

  const std::vector<Failure>& failures() const { return failures_; }
  bool failed(std::string_view checker) const;
  void fail(std::string_view checker, std::string what);
  std::uint64_t texts_placed() const;

 private:
  using Place = std::pair<LogId, std::uint64_t>;  // log, seq
  struct Text {
    int author = 0;
    LogId log;
    std::uint64_t written_in = 0;  // the life of the device
    std::uint64_t order = 0;       // of being shown as sending, in that life; 0: later
    bool accepted = false;         // shown as sending: it must arrive
    bool refused = false;
    bool gone = false;  // the device that could give it back
    std::set<Place> places;
  };
  struct Shown {
    std::uint64_t seq = 0;
    std::uint64_t counter = 0;
    DeviceId author;
    std::uint64_t text = 0;
    std::uint64_t problem = 0;
    bool operator==(const Shown&) const = default;
  };
  struct Life {
    struct Place {
      std::uint64_t seq = 0;
      std::uint64_t text = 0;
    };
    std::map<std::pair<LogId, std::pair<DeviceId, std::uint64_t>>, Place> live;
    std::set<std::uint64_t> texts;
    std::map<std::uint64_t, std::pair<LogId, std::uint64_t>> told;  // own texts, by their places
    std::set<std::uint64_t> repeated;
    std::map<LogId, std::vector<Shown>> history;
  };
  struct Receipt {
    std::uint64_t delivered = 0;
    std::uint64_t read = 0;
    std::uint64_t own = 0;
  };
  struct StoredLog {
    std::vector<store::Entry> entries;
    std::vector<Hash> chains;  // by seq - 1
    LogKind kind = LogKind::main;
    DeviceId creator;
  };

  void on_message(Device& device, const wire::MessageEvent& event);
  void on_placed(Device& device, const wire::Placed& event);
  void on_problem(Device& device, const wire::Problem& event);
  // What it has shown from there on holds no longer and may come again.
  void on_log_reset(Device& device, const wire::LogReset& event);
  void on_shop(Device& device, const wire::Shop& event);
  // Of what is shown, the author has sent it, and the desk has signed the card.
  void need_author(const Device& device, const wire::MessageEvent& event);
  void on_draft(Device& device, const wire::Draft& event);
  void on_receipts(Device& device, const wire::Receipts& event);
  void on_history_end(Device& device, const wire::HistoryEnd& event);
  void on_publish(Device& device, BytesView envelope);
  void need_entry(const Device& device, const LogId& log, std::uint64_t seq, const char* what);
  bool has_outgoing(const Device& device, const LogId& log,
                    const std::function<bool(const wire::OutboxRecord&)>& fits) const;
  std::map<LogId, StoredLog> stored_logs();
  // The relay was set back before this place: it may be another one's by now.
  bool is_uncertain(const LogId& log) const { return relay_.set_back_to().contains(log); }
  bool has_epoch_key(const Device& device, const LogId& log, std::uint64_t epoch) const;
  bool can_open_later(const Device& device, const LogId& log, const StoredLog& stored,
                      std::uint64_t card_version, std::string& what) const;
  void check_removed(const std::map<LogId, StoredLog>& logs);
  bool takes_part(const Device& device, const StoredLog& log) const;
  // A device of him who began the log.
  bool is_of_customer(const Device& device, const DeviceId& creator) const;
  const Device* device_of(const DeviceId& id) const;
  bool is_let_in(const Device& device, std::string& why) const;
  void check_chains(const std::map<LogId, StoredLog>& logs);
  void check_shown(const std::map<LogId, StoredLog>& logs);
  void check_texts();
  void check_sender_order();
  void check_receipts(const std::map<LogId, StoredLog>& logs);
  void search(BytesView bytes, const char* where);
  std::uint64_t text_in(const wire::MessageEvent& event) const;
  void note_place(std::uint64_t text, const LogId& log, std::uint64_t seq);

  Clockwork& w_;
  Relay& relay_;
  Lies& lies_;
  std::vector<Device*> devices_;
  std::map<int, DeviceId> ids_;
  std::map<std::uint64_t, Text> texts_;
  std::map<int, Life> lives_;
  std::map<int, std::map<LogId, std::vector<Shown>>> histories_;
  std::map<std::pair<int, LogId>, Receipt> receipts_;
  struct SentLast {
    Hash hash;
    std::uint64_t envelope_class = 0;
    Hash replaces;
  };
  std::map<std::pair<int, std::pair<LogId, std::uint64_t>>, SentLast> sent_;
  std::set<Hash> envelopes_;       // every one that a device has sent
  std::set<std::uint64_t> cards_;  // versions that the desk has handed in
  std::map<int, std::uint64_t> card_seen_;
  std::set<int> removed_;
  std::set<int> unknown_;
  std::map<DeviceId, std::uint64_t> revoked_in_;  // the first card that says so
  bool at_end_ = false;
  std::set<Hash> replaced_;  // named by the bytes that came after them
  std::uint64_t accepted_ = 0;
  std::uint64_t histories_shown_ = 0;
  std::vector<Failure> failures_;
};

}  // namespace shopbell::sim
