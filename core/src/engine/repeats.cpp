#include "engine/repeats.h"

#include "engine/machines.h"
#include "store/keys.h"

namespace shopbell::engine {

bool Repeats::answer(const wire::Send& command) {
  if (command.ref == 0) return false;
  // A message that began a conversation does not know its log.
  const auto fits = [&](const LogId& log) { return !command.log || command.log == log; };
  for (auto& [id, log] : m_.state.logs) {
    if (!fits(id) || !m_.outbox.has(log, command.ref)) continue;
    if (!command.log) m_.replica.show_opened(log, command.ref);
    m_.outbox.show(log, command.ref);
    return true;
  }
  for (const auto& [slot, sent] : sent_) {
    if (sent.ref != command.ref || !fits(sent.log)) continue;
    Log* log = m_.state.find(sent.log);
    if (log == nullptr) return false;
    if (!command.log) m_.replica.show_opened(*log, command.ref);
    m_.replica.show_placed(sent.log, sent.seq, sent.ref);
    return true;
  }
  return false;
}

void Repeats::placed(const LogId& log, std::uint64_t seq, std::uint64_t ref) {
  if (ref == 0) return;
  const std::uint64_t slot = ++last_number_ % limits::sent_refs_max;
  sent_[slot] = {ref, log, seq};
  wire::SentRecord record;
  record.number = last_number_;
  record.ref = ref;
  record.log = log;
  record.seq = seq;
  m_.io.put(store::sent_key(slot), record);
}

void Repeats::lost(const LogId& log, std::uint64_t from_seq) {
  std::erase_if(sent_, [&](const auto& each) {
    const auto& [slot, sent] = each;
    const bool lost = sent.log == log && sent.seq >= from_seq;
    if (lost) m_.io.erase(store::sent_key(slot));
    return lost;
  });
}

void Repeats::restore(std::uint64_t slot, const wire::SentRecord& record) {
  sent_[slot] = {record.ref, record.log, record.seq};
  last_number_ = std::max(last_number_, record.number);
}

}  // namespace shopbell::engine
