#include "engine/marks.h"

#include "engine/machines.h"

namespace shopbell::engine {
namespace {

constexpr std::uint64_t mark_delivered = 1;
constexpr std::uint64_t mark_read = 2;
constexpr std::uint64_t not_taken_retry_ms = 10'000;

// Also where its certificate has ended since: what was read stays read.
bool was_of_shop(const Log& log, const DeviceId& device) {
  const Author* author = log.fold.find(device);
  return author != nullptr && author->certificate;
}

}  // namespace

void Marks::take(BytesView bytes) {
  Result<wire::MarkBody> peeked = peek_mark(bytes);
  if (!peeked || !m_.state.shop) return;
  if (peeked->kind != mark_delivered && peeked->kind != mark_read) return;
  Log* log = m_.state.find(peeked->log);
  if (log == nullptr || log->stopped != Errc::none) return;
  const Device* device = log->fold.device_of(*m_.state.shop, peeked->device);
  // It names an entry, or comes of a device, that what is still missing will tell of; where this
  // device and the relay are apart, or will find that they are, it may be of the chain to come.
  if (peeked->seq > log->seq || log->is_behind() || log->is_apart()) {
    log->early_marks[{peeked->device, peeked->kind}] = to_bytes(bytes);
    note_ahead(*log, *peeked, bytes);
    while (log->early_marks.size() > 2 * limits::log_devices_max) {
      log->early_marks.erase(log->early_marks.begin());
    }
    return;
  }
  if (device == nullptr) return;
  Result<wire::MarkBody> mark = take_mark(device->sign_key, bytes);
  if (!mark) {
    m_.problem(mark.error(), peeked->log, peeked->device);
    return;
  }
  const auto chain = log->chains.find(mark->seq);
  if (chain != log->chains.end() && chain->second != mark->chain) {
    log->stopped = Errc::forked;
    m_.touch(*log);
    m_.problem(Errc::forked, log->id, mark->device);
    m_.replica.show_sync(*log);
    return;
  }
  if (mark->device == m_.state.self()) note_own(*log, *mark);
  Progress& progress = log->marks[mark->device];
  std::uint64_t& place = mark->kind == mark_read ? progress.read : progress.delivered;
  if (mark->seq <= place) return;
  place = mark->seq;
  m_.touch(*log);
  if (mark->kind == mark_read && is_own_person(*log, mark->device)) note_read(*log);
  show_receipts(*log);
}

bool Marks::is_own_person(const Log& log, const DeviceId& device) const {
  return m_.state.is_visitor() && log.fold.is_of_customer(device) &&
         log.fold.is_of_customer(m_.state.self());
}

std::uint64_t Marks::person_read(const Log& log) const {
  std::uint64_t read = log.own_read;
  for (const auto& [device, progress] : log.marks) {
    if (progress.read > read && is_own_person(log, device)) read = progress.read;
  }
  return read;
}

void Marks::note_read(Log& log) {
  if (person_read(log) < log.last_talk) return;
  log.unread = 0;
  show_log(log);
}

void Marks::note_ahead(Log& log, const wire::MarkBody& mark, BytesView bytes) {
  if (mark.kind != mark_read || mark.seq <= log.read_ahead) return;
  if (!is_own_person(log, mark.device)) return;
  const Device* device = log.fold.device_of(*m_.state.shop, mark.device);
  if (take_mark(device->sign_key, bytes)) log.read_ahead = mark.seq;
}

void Marks::note_own(Log& log, const wire::MarkBody& mark) {
  if (mark.kind == mark_delivered) {
    log.own_delivered_sent = std::max(log.own_delivered_sent, mark.seq);
  } else {
    log.own_read_sent = std::max(log.own_read_sent, mark.seq);
    if (mark.seq > log.own_read) {
      log.own_read = mark.seq;
      log.own_read_chain = mark.chain;
    }
  }
}

void Marks::entry_stored(Log& log) {
  if (log.early_marks.empty()) return;
  const auto early = std::exchange(log.early_marks, {});
  for (const auto& [who, mark] : early) take(mark);
}

void Marks::connection_begins() {
  for (auto& [id, log] : m_.state.logs) flush(log);
}

void Marks::connection_lost() {
  for (auto& [id, log] : m_.state.logs) {
    log.early_marks.clear();  // what holds comes again
    log.read_ahead = 0;
    // A mark is not acknowledged. What went out long before the silence began has arrived.
    const std::uint64_t sent_ms = log.mark_at_ms;
    const bool recent = m_.io.now_ms < sent_ms + 3 * limits::idle_ms_max;
    if (sent_ms != 0 && recent) log.own_delivered_sent = log.own_read_sent = 0;
  }
}

void Marks::relay_set_back() {
  for (auto& [id, log] : m_.state.logs) log.own_delivered_sent = log.own_read_sent = 0;
}

void Marks::slept(std::uint64_t by_ms) {
  for (auto& [id, log] : m_.state.logs) {
    if (log.mark_at_ms != 0) log.mark_at_ms += by_ms;
  }
}

void Marks::refused(Log& log, std::uint64_t retry_ms) {
  log.own_delivered_sent = log.own_read_sent = 0;
  log.mark_at_ms = m_.io.now_ms + std::max(retry_ms, limits::mark_interval_ms);
  m_.wake_log_at(log, log.mark_at_ms);
}

void Marks::not_taken(Log& log) {
  refused(log, not_taken_retry_ms);
  m_.replica.fetch(log);
}

void Marks::read_up_to(Log& log, std::uint64_t seq) {
  seq = std::min(seq, log.seq);
  // Where the person has read it on another device, that one has said so.
  if (seq <= person_read(log)) return;
  log.own_read = seq;
  const auto chain = log.chains.find(seq);
  log.own_read_chain = chain != log.chains.end() ? chain->second : Hash();
  m_.touch(log);
  if (log.own_read >= log.last_talk) log.unread = 0;
  show_log(log);
  show_receipts(log);
}

bool Marks::sends_delivered() const { return !m_.state.is_agent(); }

void Marks::flush(Log& log) {
  if (!m_.connection.online() || !log.fold.started() || log.stopped != Errc::none) return;
  // What it would vouch for may not be the relay's.
  if (log.is_apart() || log.is_behind()) return;
  // Receivers know a device from its join; before it a mark would say nothing.
  if (log.fold.device_of(*m_.state.shop, m_.state.self()) == nullptr) return;
  // The desk vouches for all it has stored; that a customer has his own words needs no saying.
  const std::uint64_t newest = m_.state.is_desk() ? log.seq : log.last_foreign;
  const bool delivered = sends_delivered() && newest > log.own_delivered_sent;
  // Never signed for another place than the one that was read.
  const bool read = log.own_read > log.own_read_sent && log.own_read_chain;
  if (!delivered && !read) return;
  const std::uint64_t now = m_.io.now_ms;
  if (now < log.mark_at_ms && log.mark_at_ms <= now + limits::retry_ms_max) {
    m_.wake_log_at(log, log.mark_at_ms);
    return;
  }
  log.mark_at_ms = now + limits::mark_interval_ms;
  if (delivered) {
    send(log, mark_delivered, log.seq, log.chain);
    log.own_delivered_sent = log.seq;
  }
  if (read) {
    send(log, mark_read, log.own_read, log.own_read_chain);
    log.own_read_sent = log.own_read;
  }
}

void Marks::send(const Log& log, std::uint64_t kind, std::uint64_t seq, const Hash& chain) {
  wire::MarkBody body;
  body.log = log.id;
  body.device = m_.state.self();
  body.kind = kind;
  body.seq = seq;
  body.chain = chain;
  const Bytes mark = make_mark(*m_.state.keys, body);
  m_.io.frame(wire::FrameKind::mark, wire::Mark{mark});
}

void Marks::show_receipts(Log& log) {
  if (!m_.state.shop) return;
  const bool we_are_the_shop = !m_.state.is_visitor();
  Progress theirs;
  for (const auto& [device, progress] : log.marks) {
    if (device == m_.state.self()) continue;
    const AuthorClass who = log.fold.class_of(*m_.state.shop, device, m_.connection.trusted_now());
    const bool is_customer = who == AuthorClass::customer;
    const std::uint64_t delivered = std::max(progress.delivered, progress.read);
    if (we_are_the_shop && is_customer) {
      theirs.delivered = std::max(theirs.delivered, delivered);
      theirs.read = std::max(theirs.read, progress.read);
    } else if (!we_are_the_shop && who == AuthorClass::desk) {
      theirs.delivered = std::max(theirs.delivered, progress.delivered);
    } else if (!we_are_the_shop && was_of_shop(log, device)) {
      theirs.read = std::max(theirs.read, progress.read);
    }
  }
  const std::uint64_t own_read = person_read(log);
  if (theirs.delivered == log.shown_receipts.delivered && theirs.read == log.shown_receipts.read &&
      own_read == log.shown_own_read) {
    return;
  }
  log.shown_receipts = theirs;
  log.shown_own_read = own_read;
  wire::Receipts event;
  event.log = log.id;
  event.delivered_seq = theirs.delivered;
  event.read_seq = theirs.read;
  event.own_read_seq = own_read;
  m_.io.event(wire::EventKind::receipts, event);
}

void Marks::show_log(const Log& log) {
  wire::LogChanged event;
  event.log = log.id;
  event.head_seq = std::max(log.seq, log.head_seq);
  event.in_sync = !log.is_behind() && log.stopped == Errc::none;
  event.unread = log.unread;
  event.held = log.held != 0 || log.is_apart();
  m_.io.event(wire::EventKind::log_changed, event);
}

}  // namespace shopbell::engine
