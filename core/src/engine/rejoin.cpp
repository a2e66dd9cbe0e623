#include "engine/rejoin.h"

#include "engine/machines.h"
#include "shopbell/amend.h"
#include "store/keys.h"

namespace shopbell::engine {
namespace {

using Step = LookBack::Step;

constexpr std::uint64_t retry_ms_least = 500;
// News of the log come sooner, where this connection is told of them.
constexpr std::uint64_t admitted_again_ms = 30'000;
// Of one Refill; it is cut at page_bytes_max before.
constexpr std::uint64_t refill_items_max = 256;
constexpr std::uint64_t everything = 0;

}  // namespace

// --- the search

void Rejoin::begin(Log& log, std::uint64_t relay_head) {
  if (log.is_apart() || !log.has_genesis() || log.stopped != Errc::none) return;
  if (!m_.connection.online()) return;
  log.fetching = false;
  search(log, relay_head);
}

void Rejoin::search(Log& log, std::uint64_t relay_head) {
  LookBack& look = log.look_back.emplace();
  look.high = std::min(relay_head, log.seq) + 1;
  look.low_chain = chain_start(m_.state.shop_id, log.id);
  look.relay_head = relay_head;
  m_.replica.show_sync(log);
  next(log);
}

void Rejoin::next(Log& log) {
  LookBack& look = *log.look_back;
  if (look.low + 1 >= look.high) {
    found(log);
    return;
  }
  // Most often the relay lacks the end and nothing else.
  look.probe = look.probe == 0 ? look.high - 1 : look.low + (look.high - look.low) / 2;
  look.step = Step::probing;
  wire::Fetch request;
  request.log = log.id;
  request.from = request.to = look.probe + 1;
  m_.io.frame(wire::FrameKind::fetch, request);
}

bool Rejoin::on_head(Log& log, const wire::Head& head) {
  if (log.stopped != Errc::none) return false;
  if (log.is_apart() && log.look_back->step != Step::refilling) {
    // Who does not follow the log hears of what came meanwhile when he opens it.
    if (head.seq > log.look_back->relay_head) on_news(log, head.seq);
    return true;
  }
  const bool other = head.seq == log.seq && head.chain && head.chain != log.chain;
  if (head.seq >= log.seq && !other) {
    if (log.is_apart()) end(log);
    return false;
  }
  log.look_back.reset();
  begin(log, head.seq);
  return true;
}

bool Rejoin::on_page(Log& log, const wire::Page& page) {
  if (!log.is_apart()) {
    // Of what it said before it has nothing to show.
    if (page.head_seq < log.seq) {
      begin(log, page.head_seq);
      return log.is_apart();
    }
    const auto own = log.chains.find(page.from - 1);
    if (!page.before || own == log.chains.end() || own->second == page.before) return false;
    begin(log, page.head_seq);
    return log.is_apart();
  }
  LookBack& look = *log.look_back;
  if (look.step == Step::asking) {
    take_word(log, page);
    return true;
  }
  if (look.step != Step::probing || page.from != look.probe + 1) return true;
  look.resumed = page.resumed;
  if (page.head_seq > look.relay_head) {
    // Its head was older than its log; what was found out with it says nothing.
    search(log, page.head_seq);
    return true;
  }
  look.probe_chain = page.before;
  const auto own = log.chains.find(look.probe);
  if (own != log.chains.end()) {
    compare(log, own->second);
  } else {
    load(log, Purpose::compare, look.probe, 1);
  }
  return true;
}

void Rejoin::compare(Log& log, const Hash& own) {
  LookBack& look = *log.look_back;
  if (own == look.probe_chain) {
    look.low = look.probe;
    look.low_chain = own;
  } else {
    look.high = look.probe;
  }
  next(log);
}

void Rejoin::found(Log& log) {
  LookBack& look = *log.look_back;
  if (look.low == log.seq) {
    end(log);
  } else if (look.low == look.relay_head) {
    load(log, Purpose::refill, look.low + 1, refill_items_max);
  } else if (m_.state.is_desk()) {
    // Numbers were given twice. Which of them hold is the desk's to say: those that the relay has.
    m_.problem(Errc::forked, log.id);
    load(log, Purpose::drop, look.low + 1, everything);
  } else if (look.resumed > look.low) {
    look.step = Step::asking;
    wire::Fetch request;
    request.log = log.id;
    request.from = request.to = look.resumed;
    m_.io.frame(wire::FrameKind::fetch, request);
  } else {
    m_.problem(Errc::forked, log.id);
    load(log, Purpose::prove, look.low + 1, 1);
  }
}

void Rejoin::end(Log& log) {
  log.head_seq = std::max(log.seq, log.look_back->relay_head);
  log.look_back.reset();
  m_.touch(log);
  m_.replica.show_sync(log);
  if (log.is_behind()) m_.replica.fetch(log);
  m_.outbox.pump(log);
  m_.desk.resume_if_whole(log);
}

void Rejoin::on_news(Log& log, std::uint64_t seq) {
  // It may be the desk's word.
  if (log.look_back->step == Step::waiting) search(log, std::max(log.look_back->relay_head, seq));
}

bool Rejoin::on_refused(Log& log, Errc code, std::uint64_t retry_ms) {
  if (code == Errc::mark_refused) {
    m_.marks.not_taken(log);
    return true;
  }
  if (!log.is_apart()) return false;
  // Its own admission is among what the relay has lost: whoever made it has it, and gives it back.
  const bool lost_admission = code == Errc::not_member;
  if (lost_admission) log.look_back->step = Step::waiting;
  if (lost_admission || is_temporary(code)) {
    const std::uint64_t least = lost_admission ? admitted_again_ms : retry_ms_least;
    log.fetch_retry_at_ms = m_.io.now_ms + std::max(retry_ms, least);
    m_.wake_log_at(log, log.fetch_retry_at_ms);
  } else {
    wait(log, code);
  }
  return true;
}

void Rejoin::card_came() {
  if (!std::exchange(unheard_, false)) return;
  for (auto& [id, log] : m_.state.logs) {
    if (log.is_apart()) again(log);
  }
}

void Rejoin::again(Log& log) {
  log.fetch_retry_at_ms = 0;
  if (m_.connection.online()) search(log, log.look_back->relay_head);
}

void Rejoin::wait(Log& log, Errc why) {
  log.look_back->step = Step::waiting;
  m_.problem(why, log.id);
}

// --- what is stored here

void Rejoin::load(Log& log, Purpose purpose, std::uint64_t from, std::uint64_t limit) {
  log.look_back->step = Step::loading;
  const std::uint64_t id = m_.io.load(store::entry_key(log.id, from),
                                      store::entry_key(log.id, log.seq + 1), limit, false);
  log.look_back->load = id;
  loads_[id] = {log.id, purpose};
}

bool Rejoin::on_loaded(std::uint64_t id, std::span<const in::Record> records) {
  const auto pending = loads_.find(id);
  if (pending == loads_.end()) return false;
  const Load load = pending->second;
  loads_.erase(pending);
  Log& log = m_.replica.log_of(load.log);
  // The search that it was for may be over, and so may be its connection.
  if (!m_.connection.online() || !log.is_apart() || log.look_back->load != id) return true;
  LookBack& look = *log.look_back;
  look.load = 0;
  const std::uint64_t wanted = load.purpose == Purpose::compare ? look.probe : look.low + 1;
  Result<Replica::Stored> first = Errc::store_damaged;
  if (!records.empty() && store::parse_key(records.front().key).number == wanted) {
    first = m_.replica.read_entry(records.front());
  }
  if (!first) {
    wait(log, first.error());
  } else if (load.purpose == Purpose::compare) {
    compare(log, first->entry.chain);
  } else if (load.purpose == Purpose::drop) {
    start_over(log, records);
  } else {
    offer(log, records);
  }
  return true;
}

void Rejoin::offer(Log& log, std::span<const in::Record> records) {
  LookBack& look = *log.look_back;
  std::vector<Replica::Stored> stored;
  wire::Refill refill;
  refill.log = log.id;
  refill.before = look.low_chain;
  refill.last = log.seq;
  std::size_t bytes = 0;
  for (const in::Record& record : records) {
    Result<Replica::Stored> entry = m_.replica.read_entry(record);
    if (!entry) break;
    bytes += entry->entry.envelope.size();
    if (!stored.empty() && bytes > limits::page_bytes_max) break;
    stored.push_back(std::move(*entry));
  }
  std::uint64_t seq = look.low;
  for (const Replica::Stored& each : stored) {
    const wire::EntryRecord& entry = each.entry;
    refill.items.push_back({log.id, ++seq, entry.time_ms, entry.envelope, entry.voucher});
  }
  // A place that came without the relay's own word for it is none that it would know again.
  if (stored.empty() || stored.back().entry.voucher.empty()) return wait(log, Errc::refill_refused);
  // Where numbers were given twice this proves it, and the desk's word is what comes next.
  look.step = look.low == look.relay_head ? Step::refilling : Step::waiting;
  m_.io.frame(wire::FrameKind::refill, refill);
}

// --- another chain

void Rejoin::take_word(Log& log, const wire::Page& page) {
  LookBack& look = *log.look_back;
  if (page.from != look.resumed || page.items.empty()) return;
  const Device& desk = m_.state.shop->desk;
  Result<OpenEnvelope> word = open_envelope(page.items.front().envelope);
  if (!word || !is_resume(*word) || word->header.log != log.id || word->header.author != desk.id ||
      word->header.seen_seq < look.low || !verify_envelope(desk.sign_key, *word)) {
    wait(log, Errc::forked);
    return;
  }
  log.resume_seq = word->header.seen_seq;
  log.resume_chain = word->header.seen_chain;
  load(log, Purpose::drop, look.low + 1, everything);
}

void Rejoin::put_aside(Log& log, std::uint64_t seq, const in::Record& record,
                       std::vector<Outgoing>& again) {
  m_.io.erase(store::entry_key(log.id, seq));
  Result<Replica::Stored> stored = m_.replica.read_entry(record);
  if (!stored) return;
  const OpenEnvelope& envelope = stored->envelope;
  const auto envelope_class = static_cast<EnvelopeClass>(envelope.header.envelope_class);
  const bool mine = envelope.header.author == m_.state.self();
  if (envelope_class == EnvelopeClass::member && !m_.state.is_agent()) {
    admit_again(log, envelope, again);
    return;
  }
  Bytes content;
  if (envelope_class == EnvelopeClass::member && mine) content = join_again(envelope);
  if (envelope_class == EnvelopeClass::message) {
    Result<Inner> inner = m_.replica.open_message(log, envelope);
    if (inner) content = codec::encode(inner->body);
    if (inner && is_amendment(inner->body.kind)) {
      m_.io.erase(store::amend_key(log.id, inner->body.target_seq, seq));
    }
  }
  if (mine && !content.empty()) {
    Outgoing& item = again.emplace_back();
    item.envelope_class = envelope_class;
    item.ref = stored->entry.ref;
    item.time_ms = envelope.header.time_ms;
    item.inner = std::move(content);
    item.formers = {envelope.hash};
    item.counter = envelope.header.counter;
    return;
  }
  if (envelope_class != EnvelopeClass::message) return;
  wire::LostRecord lost;
  lost.time_ms = stored->entry.time_ms;
  lost.envelope = stored->entry.envelope;
  lost.inner = content;
  m_.io.put(store::lost_key(log.id, seq, envelope.hash), lost);
}

// Empty where it is no join, or this device may join no more.
Bytes Rejoin::join_again(const OpenEnvelope& envelope) const {
  Result<wire::MemberBody> body = codec::decode<wire::MemberBody>(envelope.body);
  const bool joins = body && static_cast<MemberKind>(body->kind) == MemberKind::join;
  if (!joins || !m_.state.is_certified()) return {};
  return make_join_body(m_.state.keys->self, m_.state.certificate->bytes);
}

void Rejoin::admit_again(const Log& log, const OpenEnvelope& envelope,
                         std::vector<Outgoing>& again) {
  if (envelope.header.author != m_.state.self()) return;
  std::optional<Bytes> body = m_.admission.again(log, envelope.body);
  if (!body) return;
  const bool known = std::any_of(again.begin(), again.end(),
                                 [&](const Outgoing& each) { return each.inner == *body; });
  if (known) return;
  Outgoing& item = again.emplace_back();
  item.envelope_class = EnvelopeClass::member;
  // The admission itself may have its place still, and is another one than this.
  item.time_ms = envelope.header.time_ms + (same_bytes(*body, envelope.body) ? 0 : 1);
  item.inner = std::move(*body);
  item.formers = {envelope.hash};
}

void Rejoin::start_over(Log& log, std::span<const in::Record> records) {
  const LookBack look = *log.look_back;
  m_.touch(log);
  std::vector<Outgoing> again;
  std::uint64_t seq = look.low;
  for (const in::Record& record : records) put_aside(log, ++seq, record, again);
  for (Outgoing& item : log.outbox) {
    if (m_.state.is_agent() || item.envelope_class != EnvelopeClass::member) continue;
    std::optional<Bytes> body = m_.admission.again(log, item.inner);
    if (!body || *body == item.inner) continue;
    ++item.time_ms;
    item.inner = std::move(*body);
  }
  for (const auto& [number, epoch] : log.epochs) m_.io.erase(store::epoch_key(log.id, number));
  m_.outbox.take_back(log, std::move(again));
  log.epochs.clear();
  log.epoch_messages = 0;
  log.fold = Fold();
  log.seq = log.time_ms = 0;
  log.chain = chain_start(m_.state.shop_id, log.id);
  log.chains = {{0, log.chain}};
  log.head_seq = look.relay_head;
  log.shown_seq = look.low;
  m_.repeats.lost(log.id, look.low + 1);
  log.marks.clear();
  log.own_read = std::min(log.own_read, look.low);
  log.own_read_chain = {};
  log.own_read_sent = log.own_delivered_sent = log.last_foreign = 0;
  log.want_join = log.want_join || (log.open && m_.state.is_agent());
  log.look_back.reset();
  wire::LogReset event;
  event.log = log.id;
  event.from_seq = look.low + 1;
  m_.io.event(wire::EventKind::log_reset, event);
  m_.outbox.show(log);
  m_.replica.show_sync(log);
  m_.replica.fetch(log);
}

}  // namespace shopbell::engine
