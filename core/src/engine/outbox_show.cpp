// What waits or was refused, on the screen.
#include "engine/machines.h"
#include "engine/outbox.h"

namespace shopbell::engine {

void Outbox::show_one(const Log& log, const Outgoing& item) {
  if (item.envelope_class != EnvelopeClass::message) return;
  Result<wire::InnerBody> inner = codec::decode<wire::InnerBody>(item.inner);
  if (!inner) return;
  wire::MessageEvent event;
  event.log = log.id;
  event.author = m_.state.self();
  event.mine = true;
  event.kind = inner->kind;
  event.content = inner->content;
  event.fallback = inner->fallback;
  event.target_author = inner->target_author;
  event.target_counter = inner->target_counter;
  event.answers_seq = inner->answers_seq;
  event.target_seq = inner->target_seq;
  event.time_ms = item.time_ms;
  event.ref = item.ref;
  m_.io.event(wire::EventKind::message, event);
}

void Outbox::show_refused(const Log& log, const Outgoing& item) {
  if (!is_words(item)) return;
  show_one(log, item);
  wire::Placed event;
  event.log = log.id;
  event.code = static_cast<std::uint64_t>(item.refused);
  event.ref = item.ref;
  m_.io.event(wire::EventKind::placed, event);
}

void Outbox::show(const Log& log) {
  for (const Outgoing& item : log.refused) show_refused(log, item);
  for (const Outgoing& item : log.outbox) show_one(log, item);
}

bool Outbox::has(const Log& log, std::uint64_t ref) const {
  const auto is_it = [ref](const Outgoing& item) { return is_words(item) && item.ref == ref; };
  return std::any_of(log.outbox.begin(), log.outbox.end(), is_it) ||
         std::any_of(log.refused.begin(), log.refused.end(), is_it);
}

void Outbox::show(const Log& log, std::uint64_t ref) {
  for (const Outgoing& item : log.refused) {
    if (item.ref == ref) show_refused(log, item);
  }
  for (const Outgoing& item : log.outbox) {
    if (item.ref == ref) show_one(log, item);
  }
}

}  // namespace shopbell::engine
