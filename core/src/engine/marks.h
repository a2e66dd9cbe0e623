// How far everybody has got (docs/PROTOCOL.md section 8): sends this device's marks, takes those of
// others, and tells people as Receipts and LogChanged.
#pragma once

#include "engine/state.h"

namespace shopbell::engine {

struct Machines;

class Marks {
 public:
  explicit Marks(Machines& machines) : m_(machines) {}

  // A signed mark from the relay. Unknown devices and older marks are passed over.
  void take(BytesView mark);
  // A new entry is stored: marks that came before it may count now, and a "delivered" is due.
  void entry_stored(Log& log);
  // What may not have reached the relay is sent again.
  void connection_begins();
  void connection_lost();
  // It may have lost what it had.
  void relay_set_back();
  // So much time passed unseen: the device was asleep, or its clock was set. What left just before
  // it may be lost all the same.
  void slept(std::uint64_t by_ms);
  // The relay could not store a mark of this log.
  void refused(Log& log, std::uint64_t retry_ms);
  // A mark names what the relay does not have: its places are others, or fewer.
  void not_taken(Log& log);
  void read_up_to(Log& log, std::uint64_t seq);
  // Sends what is due; called once for each touched log before the drain, and by its timer.
  void flush(Log& log);
  void show_receipts(Log& log);
  void show_log(const Log& log);

 private:
  void send(const Log& log, std::uint64_t kind, std::uint64_t seq, const Hash& chain);
  void note_own(Log& log, const wire::MarkBody& mark);
  bool sends_delivered() const;
  // The customer who sits here, by this device or another one of his.
  bool is_own_person(const Log& log, const DeviceId& device) const;
  std::uint64_t person_read(const Log& log) const;
  void note_read(Log& log);
  void note_ahead(Log& log, const wire::MarkBody& mark, BytesView bytes);

  Machines& m_;
};

}  // namespace shopbell::engine
