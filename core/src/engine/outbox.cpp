#include "engine/outbox.h"

#include "engine/machines.h"
#include "shopbell/amend.h"
#include "store/keys.h"

namespace shopbell::engine {
namespace {

constexpr std::uint64_t retry_soon_ms = 1'000;
constexpr std::uint64_t retry_latest_ms = 10 * 60 * 1'000;

struct EpochInForce {
  std::uint64_t number = 0;
  Hash commitment;
  std::uint64_t team_version = 0;
  std::uint64_t granted_ms = 0;
  std::uint64_t messages = 0;
  const Key* key = nullptr;
};

// The epoch that an envelope at `at` of the outbox would be sealed under.
EpochInForce epoch_before(const Log& log, std::size_t at) {
  std::uint64_t messages = 0;
  for (std::size_t i = at; i-- > 0;) {
    const Outgoing& item = log.outbox[i];
    if (item.envelope_class == EnvelopeClass::message) ++messages;
    if (item.envelope_class != EnvelopeClass::grant || !item.epoch_key) continue;
    Result<OpenEnvelope> envelope = open_envelope(item.envelope);
    Result<wire::GrantBody> body =
        envelope ? codec::decode<wire::GrantBody>(envelope->body) : envelope.error();
    if (!body) return {};
    return {item.epoch,   body->commitment, body->team_version,
            item.time_ms, messages,         &*item.epoch_key};
  }
  if (log.epochs.empty()) return {};
  const Epoch& last = log.epochs.rbegin()->second;
  return {last.number,
          last.commitment,
          last.team_version,
          last.granted_ms,
          log.epoch_messages + messages,
          last.key ? &*last.key : nullptr};
}

// Which of 64 numbers stand in the error table. Worked out while building: the names themselves
// are nothing that a browser should load.
constexpr std::uint64_t known_from(std::uint64_t first) {
  std::uint64_t out = 0;
  for (std::uint64_t i = 0; i < 64; ++i) {
    const Errc code = static_cast<Errc>(first + i);
    if (name_of(code) != "unknown") out |= std::uint64_t{1} << i;
  }
  return out;
}

// A refusal that this version does not know may pass; what it does know to last is final.
bool is_final(Errc code) {
  constexpr std::uint64_t known[] = {known_from(0), known_from(64)};
  const auto number = static_cast<std::uint64_t>(code);
  return !is_temporary(code) && number < 128 && (known[number / 64] >> number % 64 & 1) != 0;
}

}  // namespace

// --- taking in

Status Outbox::send(const wire::Send& command) {
  if (command.content.size() + command.fallback.size() > limits::content_bytes_max ||
      command.page_view.size() > limits::content_bytes_max) {
    return Errc::too_large;
  }
  if (m_.repeats.answer(command)) return {};
  if (m_.state.is_agent()) {
    if (!m_.state.is_certified()) return Errc::not_certified;
    if (!may_role_write(m_.state.certificate->role)) return Errc::role_refused;
  }
  Log* log = nullptr;
  if (command.log) {
    log = m_.state.find(command.log);
    if (log == nullptr || log->stopped != Errc::none) return Errc::command_bad;
    if (log->outbox.size() + log->refused.size() >= limits::outbox_records_max) return Errc::quota;
    revive(*log);
  } else {
    log = &create_log(LogKind::main, {}, command.ref);
    if (!command.page_view.empty()) {
      wire::InnerBody page;
      page.kind = static_cast<std::uint64_t>(wire::ContentKind::page_view);
      page.content = command.page_view;
      add_message(*log, 0, page);
    }
  }
  if (m_.state.is_agent()) {
    join(*log);
  } else {
    m_.people.say_about(*log);
  }
  wire::InnerBody inner;
  inner.kind = command.kind;
  inner.content = command.content;
  inner.fallback = command.fallback;
  inner.target_author = command.target_author;
  inner.target_counter = command.target_counter;
  inner.answers_seq = command.answers_seq;
  inner.target_seq = command.target_seq;
  add_message(*log, command.ref, inner);
  m_.drafts.sent(command);
  return {};
}

Log& Outbox::create_log(LogKind kind, const LogId& main_log, std::uint64_t ref) {
  const Hash random = m_.io.rng.nonce();
  const LogId id = log_id_of(m_.state.shop_id, m_.state.self(), random);
  Log& log = m_.replica.log_of(id);
  log.open = true;
  append(log, EnvelopeClass::member, ref,
         make_genesis_body(m_.state.shop_id, kind, random, m_.state.keys->self, main_log));
  wire::LogOpened event;
  event.log = id;
  event.kind = static_cast<std::uint64_t>(kind);
  event.main_log = main_log;
  event.ref = ref;
  event.creator = m_.state.self();
  m_.io.event(wire::EventKind::log_opened, event);
  pump(log);
  return log;
}

void Outbox::add_message(Log& log, std::uint64_t ref, const wire::InnerBody& inner) {
  const Outgoing& item = append(log, EnvelopeClass::message, ref, codec::encode(inner));
  show_one(log, item);
  pump(log);
}

void Outbox::join(Log& log) {
  if (!m_.state.is_certified() || !may_role_write(m_.state.certificate->role)) return;
  const Author* self = log.fold.find(m_.state.self());
  const bool joined = self != nullptr && self->certificate &&
                      self->certificate->bytes == m_.state.certificate->bytes;
  const bool joins = std::any_of(log.outbox.begin(), log.outbox.end(), [](const Outgoing& item) {
    return item.envelope_class == EnvelopeClass::member;
  });
  if (!joined && !joins) {
    append(log, EnvelopeClass::member, 0,
           make_join_body(m_.state.keys->self, m_.state.certificate->bytes));
  }
  m_.people.say_about(log);
  pump(log);
}

void Outbox::resume(Log& log) {
  unseal(log, 0);
  append(log, EnvelopeClass::member, 0, make_resume_body());
  std::rotate(log.outbox.begin(), log.outbox.end() - 1, log.outbox.end());
  pump(log);
}

void Outbox::take_back(Log& log, std::vector<Outgoing> lost) {
  unseal(log, 0);
  for (Outgoing& item : log.outbox) {
    m_.io.erase(store::outbox_key(log.id, item.index));
    lost.push_back(std::move(item));
  }
  log.outbox.clear();
  std::map<std::uint64_t, std::uint64_t> indexes;  // by former counter
  for (Outgoing& item : lost) {
    item.index = log.outbox_next++;
    Result<wire::InnerBody> inner = codec::decode<wire::InnerBody>(item.inner);
    const bool amends = item.envelope_class == EnvelopeClass::message && inner &&
                        is_amendment(inner->kind) && inner->target_author == m_.state.self();
    item.amends = amends ? indexes[inner->target_counter] : 0;
    indexes[std::exchange(item.counter, 0)] = item.index;
    store(log, item);
    log.outbox.push_back(std::move(item));
  }
}

void Outbox::add_unshown(Log& log, const wire::InnerBody& inner) {
  append(log, EnvelopeClass::message, 0, codec::encode(inner));
  pump(log);
}

void Outbox::add_member(Log& log, Bytes body) {
  append(log, EnvelopeClass::member, 0, std::move(body));
  pump(log);
}

Outgoing& Outbox::append(Log& log, EnvelopeClass envelope_class, std::uint64_t ref, Bytes inner) {
  Outgoing item;
  item.index = log.outbox_next++;
  item.envelope_class = envelope_class;
  item.ref = ref;
  item.time_ms = m_.io.now_ms;
  item.inner = std::move(inner);
  log.outbox.push_back(std::move(item));
  store(log, log.outbox.back());
  m_.touch(log);
  return log.outbox.back();
}

void Outbox::store(const Log& log, const Outgoing& item) {
  wire::OutboxRecord record;
  record.envelope_class = static_cast<std::uint64_t>(item.envelope_class);
  record.ref = item.ref;
  record.time_ms = item.time_ms;
  record.inner = item.inner;
  record.envelope = item.envelope;
  record.epoch = item.epoch;
  if (item.epoch_key) record.epoch_key = Hash::from(item.epoch_key->reveal());
  record.formers = item.formers;
  record.refused = static_cast<std::uint64_t>(item.refused);
  record.amends = item.amends;
  m_.io.put(store::outbox_key(log.id, item.index), record);
}

void Outbox::restore(Log& log, std::uint64_t index, const wire::OutboxRecord& record) {
  Outgoing item;
  item.index = index;
  item.envelope_class = static_cast<EnvelopeClass>(record.envelope_class);
  item.ref = record.ref;
  item.time_ms = record.time_ms;
  item.inner = to_bytes(record.inner);
  item.envelope = to_bytes(record.envelope);
  item.epoch = record.epoch;
  if (record.epoch_key) item.epoch_key = Key::from(record.epoch_key.view());
  item.formers = record.formers;
  item.refused = static_cast<Errc>(record.refused);
  item.amends = record.amends;
  if (item.sealed()) {
    Result<OpenEnvelope> envelope = open_envelope(item.envelope);
    if (envelope) {
      item.hash = envelope->hash;
      item.counter = envelope->header.counter;
    }
  }
  log.outbox_next = std::max(log.outbox_next, index + 1);
  if (item.refused != Errc::none) {
    log.refused.push_back(std::move(item));
    return;
  }
  // A grant goes before the message that asked for it, whatever its index.
  auto at = log.outbox.end();
  if (item.sealed()) {
    at = std::find_if(log.outbox.begin(), log.outbox.end(), [&](const Outgoing& other) {
      return !other.sealed() || other.counter > item.counter;
    });
  }
  log.outbox.insert(at, std::move(item));
}

// --- sealing

std::optional<wire::MemberBody> Outbox::own_genesis(const Log& log) {
  const Outgoing* first = nullptr;
  if (!log.refused.empty()) first = &log.refused.front();
  if (!log.outbox.empty()) first = &log.outbox.front();
  if (first == nullptr || first->envelope_class != EnvelopeClass::member) return {};
  Result<wire::MemberBody> body = codec::decode<wire::MemberBody>(first->inner);
  if (!body || body->log_kind == 0) return {};
  return *body;
}

bool Outbox::can_seal(const Log& log) const {
  if (!m_.state.shop || m_.state.shop->team_version == 0 || log.stopped != Errc::none) return false;
  // What is missing may hold a newer epoch.
  if (log.is_behind() || log.is_apart()) return false;
  return log.has_genesis() || own_genesis(log).has_value();
}

bool Outbox::needs_epoch(const Log& log, std::size_t at) const {
  const EpochInForce epoch = epoch_before(log, at);
  return epoch.key == nullptr || epoch.team_version < m_.state.shop->team_version ||
         epoch.messages >= limits::epoch_messages_max ||
         m_.io.now_ms > epoch.granted_ms + limits::epoch_age_ms_max;
}

void Outbox::seal_waiting(Log& log) {
  if (!can_seal(log)) return;
  for (std::size_t at = 0; at < log.outbox.size(); ++at) {
    if (log.outbox[at].sealed()) continue;
    if (log.outbox[at].amends != 0) return;
    if (log.outbox[at].envelope_class == EnvelopeClass::message && needs_epoch(log, at)) {
      Outgoing grant;
      grant.index = log.outbox_next++;
      grant.envelope_class = EnvelopeClass::grant;
      grant.time_ms = m_.io.now_ms;
      grant.epoch = epoch_before(log, at).number + 1;
      grant.epoch_key = m_.io.rng.key();
      log.outbox.insert(log.outbox.begin() + static_cast<std::ptrdiff_t>(at), std::move(grant));
      m_.touch(log);
    }
    if (!seal(log, at)) return;
  }
}

bool Outbox::seal(Log& log, std::size_t at) {
  Outgoing& item = log.outbox[at];
  const Author* self = log.fold.find(m_.state.self());
  wire::Header header;
  header.envelope_class = static_cast<std::uint64_t>(item.envelope_class);
  header.log = log.id;
  header.author = m_.state.self();
  header.counter = (self != nullptr ? self->counter : 0) + 1;
  if (self != nullptr) header.previous = self->last;
  if (at > 0) {
    header.counter = log.outbox[at - 1].counter + 1;
    header.previous = log.outbox[at - 1].hash;
  }
  header.card_version = m_.state.shop->version;
  header.seen_seq = log.seq;
  header.seen_chain = log.chain;
  header.time_ms = item.time_ms;
  if (!item.formers.empty()) header.replaces = item.formers.back();

  Bytes body;
  if (item.envelope_class == EnvelopeClass::message) {
    const EpochInForce epoch = epoch_before(log, at);
    Result<wire::InnerBody> inner = codec::decode<wire::InnerBody>(item.inner);
    if (epoch.key == nullptr || !inner) return false;
    header.epoch = epoch.number;
    header.commitment = epoch.commitment;
    item.epoch = epoch.number;
    body = seal_body(m_.io.rng, *epoch.key, header, *inner);
  } else if (item.envelope_class == EnvelopeClass::grant) {
    Fold fold = log.fold;
    if (!fold.started()) {
      Result<OpenEnvelope> genesis = open_envelope(log.outbox.front().envelope);
      if (!genesis || !fold.apply_member(*m_.state.shop, *genesis, 1, m_.io.now_ms)) return false;
    }
    Result<Bytes> grant =
        make_grant_body(m_.io.rng, *m_.state.shop, fold, item.epoch, *item.epoch_key);
    if (!grant) {
      m_.problem(grant.error(), log.id);
      return false;
    }
    body = std::move(*grant);
  } else {
    body = item.inner;
  }
  SignedEnvelope sealed = make_envelope(*m_.state.keys, header, body);
  item.envelope = std::move(sealed.bytes);
  item.hash = sealed.hash;
  item.counter = header.counter;
  item.sent = false;
  store(log, item);
  return true;
}

void Outbox::unseal(Log& log, std::size_t at) {
  for (std::size_t i = log.outbox.size(); i-- > at;) {
    Outgoing& item = log.outbox[i];
    if (item.envelope_class == EnvelopeClass::grant) {
      remove(log, i);
      continue;
    }
    if (!item.sealed()) continue;
    item.formers.push_back(item.hash);
    item.envelope.clear();
    item.counter = 0;
    item.sent = false;
    store(log, item);
  }
  m_.touch(log);
}

void Outbox::remove(Log& log, std::size_t at) {
  m_.io.erase(store::outbox_key(log.id, log.outbox[at].index));
  log.outbox.erase(log.outbox.begin() + static_cast<std::ptrdiff_t>(at));
  m_.touch(log);
}

void Outbox::settle(Log& log, std::uint64_t index, std::uint64_t counter, std::uint64_t seq) {
  for (Outgoing& item : log.outbox) {
    if (item.amends != index) continue;
    item.amends = 0;
    Result<wire::InnerBody> inner = codec::decode<wire::InnerBody>(item.inner);
    if (inner && counter != 0) {
      inner->target_counter = counter;
      inner->target_seq = seq;
      item.inner = codec::encode(*inner);
    }
    store(log, item);
  }
}

void Outbox::epoch_changed(Log& log) {
  std::size_t at = 0;
  while (at < log.outbox.size() && log.outbox[at].envelope_class == EnvelopeClass::member) ++at;
  unseal(log, at);
}

void Outbox::team_changed(Log& log) {
  if (log.outbox.empty()) return;
  // What may have its place already is recognised by its former hash.
  epoch_changed(log);
  pump(log);
}

void Outbox::announce(Log& log) {
  // Whatever still waits for its seal announces one itself.
  if (!log.outbox.empty() && !log.outbox.back().sealed()) return;
  if (!can_seal(log) || !log.has_genesis() || !needs_epoch(log, log.outbox.size())) return;
  Outgoing grant;
  grant.index = log.outbox_next++;
  grant.envelope_class = EnvelopeClass::grant;
  grant.time_ms = m_.io.now_ms;
  grant.epoch = epoch_before(log, log.outbox.size()).number + 1;
  grant.epoch_key = m_.io.rng.key();
  log.outbox.push_back(std::move(grant));
  m_.touch(log);
  if (!seal(log, log.outbox.size() - 1)) {
    log.outbox.pop_back();
    return;
  }
  pump(log);
}

void Outbox::renumber(Log& log) {
  if (log.outbox.empty()) return;
  const Author* self = log.fold.find(m_.state.self());
  const std::uint64_t next = (self != nullptr ? self->counter : 0) + 1;
  const Outgoing& front = log.outbox.front();
  if (front.sealed() && front.counter != next) unseal(log, 0);
  pump(log);
}

// --- sending

void Outbox::connection_begins() {
  for (auto& [id, log] : m_.state.logs) {
    for (Outgoing& item : log.outbox) item.sent = false;
    log.outbox_retry_at_ms = 0;
    log.outbox_answer_by_ms = 0;
    pump(log);
  }
}

void Outbox::pump(Log& log) {
  if (!log.outbox.empty()) pumps_.insert(log.id);
}

void Outbox::run_pumps() {
  for (const LogId& id : std::exchange(pumps_, {})) {
    Log& log = *m_.state.find(id);
    seal_waiting(log);
    transmit(log);
  }
}

void Outbox::transmit(Log& log) {
  if (!m_.connection.online() || !m_.desk.may_publish()) return;
  if (m_.io.now_ms < log.outbox_retry_at_ms || log.is_apart()) return;
  std::size_t in_flight = 0;
  for (Outgoing& item : log.outbox) {
    if (!item.sealed() || ++in_flight > limits::outbox_in_flight_max) break;
    if (item.sent) continue;
    item.sent = true;
    m_.io.frame(wire::FrameKind::publish, wire::Publish{item.envelope});
    log.outbox_answer_by_ms = m_.io.now_ms + limits::publish_answer_ms_max;
    m_.wake_log_at(log, log.outbox_answer_by_ms);
  }
}

void Outbox::log_timer(Log& log) {
  if (log.outbox.empty()) return;
  const bool retry = log.outbox_retry_at_ms != 0 && m_.io.now_ms >= log.outbox_retry_at_ms;
  // While a refusal runs its time, no answer is waited for.
  const bool unanswered = log.outbox_retry_at_ms == 0 && log.outbox_answer_by_ms != 0 &&
                          m_.io.now_ms >= log.outbox_answer_by_ms;
  if (retry || unanswered) send_again(log);
}

void Outbox::send_again(Log& log) {
  log.outbox_retry_at_ms = 0;
  log.outbox_answer_by_ms = 0;
  for (Outgoing& item : log.outbox) item.sent = false;
  pump(log);
}

// --- answers

std::size_t Outbox::position(const Log& log, std::uint64_t counter) const {
  for (std::size_t i = 0; i < log.outbox.size(); ++i) {
    if (log.outbox[i].sealed() && log.outbox[i].counter == counter) return i;
  }
  return log.outbox.size();
}

const Outgoing* Outbox::find(const Log& log, std::uint64_t counter) const {
  const std::size_t at = position(log, counter);
  return at < log.outbox.size() ? &log.outbox[at] : nullptr;
}

std::optional<Key> Outbox::epoch_key_of(const Log& log, const Hash& envelope) const {
  if (log.outbox.empty()) return std::nullopt;
  const Outgoing& front = log.outbox.front();
  if (!front.epoch_key || front.hash != envelope) return std::nullopt;
  return front.epoch_key->clone();
}

// Also where this device's profile is older than what it has placed, and does not know the bytes.
bool Outbox::stands_for(const Log& log, const OpenEnvelope& envelope, const Outgoing& item) const {
  if (item.sealed() && item.hash == envelope.hash) return true;
  const auto is_former = [&](const Hash& hash) {
    return std::find(item.formers.begin(), item.formers.end(), hash) != item.formers.end();
  };
  const wire::Header& header = envelope.header;
  if (is_former(envelope.hash)) return true;
  if (header.replaces && (header.replaces == item.hash || is_former(header.replaces))) return true;
  if (header.envelope_class != static_cast<std::uint64_t>(item.envelope_class)) return false;
  if (header.time_ms != item.time_ms || item.envelope_class == EnvelopeClass::grant) return false;
  if (item.envelope_class == EnvelopeClass::member) return to_bytes(envelope.body) == item.inner;
  Result<Inner> inner = m_.replica.open_message(log, envelope);
  return inner && codec::encode(inner->body) == item.inner;
}

bool Outbox::placed(Log& log, const OpenEnvelope& envelope, std::uint64_t seq,
                    std::uint64_t time_ms, std::uint64_t& ref) {
  std::size_t at = 0;
  while (at < log.outbox.size() && !stands_for(log, envelope, log.outbox[at])) ++at;
  if (at == log.outbox.size()) return false;
  const Outgoing& item = log.outbox[at];
  const bool same = at == 0 && item.sealed() && item.hash == envelope.hash;
  ref = item.ref;
  if (item.envelope_class == EnvelopeClass::message) {
    wire::Placed event;
    event.log = log.id;
    event.counter = envelope.header.counter;
    event.seq = seq;
    event.time_ms = time_ms;
    event.ref = item.ref;
    m_.io.event(wire::EventKind::placed, event);
    m_.repeats.placed(log.id, seq, item.ref);
  }
  settle(log, item.index, envelope.header.counter, seq);
  remove(log, at);
  if (!same) unseal(log, 0);
  if (!log.outbox.empty()) {
    log.outbox_answer_by_ms = m_.io.now_ms + limits::publish_answer_ms_max;
  }
  return true;
}

bool Outbox::is_sealed_before_team(const Outgoing& item) const {
  Result<OpenEnvelope> envelope = open_envelope(item.envelope);
  return m_.state.shop && envelope && envelope->header.card_version < m_.state.shop->team_since;
}

void Outbox::on_refused(const wire::Error& error) {
  Log* log = m_.state.find(error.log);
  if (log == nullptr) return;
  const std::size_t at = position(*log, error.counter);
  if (at >= log->outbox.size()) return;
  const Errc code = static_cast<Errc>(error.code);
  switch (code) {
    case Errc::epoch_closed:
      // Of a card before the newest team key the relay takes nothing: it is sealed anew.
      if (is_sealed_before_team(log->outbox[at])) {
        unseal(*log, at);
        pump(*log);
      }
      m_.replica.fetch(*log);
      return;
    case Errc::grant_taken:
    case Errc::id_taken:
      // The log says what came first; taking it mends the outbox.
      m_.replica.fetch(*log);
      return;
    case Errc::envelope_bad:
      // What stands before it has another place or other bytes than this device knows yet.
      if (at == 0) return refuse(*log, at, code);
      m_.replica.fetch(*log);
      break;
    case Errc::no_such_log:
      if (!log->has_genesis()) return refuse(*log, at, code);
      m_.rejoin.begin(*log, 0);
      break;
    case Errc::log_held:
      log->held = std::max<std::uint64_t>(log->held, 1);
      m_.replica.show_sync(*log);
      m_.desk.resume_if_whole(*log);
      break;
    case Errc::counter_gap:
      if (at != 0) return;
      m_.replica.fetch(*log);
      break;
    case Errc::grant_refused:
      // A newer card or member is on its way to us.
      unseal(*log, at);
      m_.replica.fetch(*log);
      break;
    default:
      if (is_final(code)) {
        refuse(*log, at, code);
        return;
      }
      break;
  }
  log->outbox_retry_at_ms =
      m_.io.now_ms + std::clamp(error.retry_ms, retry_soon_ms, retry_latest_ms);
  m_.wake_log_at(*log, log->outbox_retry_at_ms);
}

void Outbox::refuse(Log& log, std::size_t at, Errc code) {
  // A conversation that may not begin has no place for what follows either.
  if (!log.has_genesis()) {
    const bool has_words = std::any_of(log.outbox.begin(), log.outbox.end(), is_words);
    while (!log.outbox.empty()) {
      const Outgoing& front = log.outbox.front();
      const bool is_genesis = front.envelope_class == EnvelopeClass::member;
      refuse_one(log, 0, code, is_words(front) || (is_genesis && has_words));
    }
    return;
  }
  refuse_one(log, at, code, is_words(log.outbox[at]));
  unseal(log, at);
  pump(log);
}

void Outbox::refuse_one(Log& log, std::size_t at, Errc code, bool keep) {
  Outgoing& item = log.outbox[at];
  settle(log, item.index, 0, 0);
  // The refusal is shown once it is stored.
  m_.touch(log);
  // Of the frame of a conversation that may not begin nobody needs to hear.
  if (item.envelope_class == EnvelopeClass::message || log.has_genesis()) {
    wire::Placed event;
    event.log = log.id;
    event.counter = item.counter;
    event.code = static_cast<std::uint64_t>(code);
    event.ref = item.ref;
    m_.io.event(wire::EventKind::placed, event);
  }
  if (!keep) {
    // It may have been what this device says of itself.
    if (item.envelope_class == EnvelopeClass::message) log.about_said = {};
    remove(log, at);
    return;
  }
  // Its counter goes to what follows; these bytes are never sent again.
  item.envelope.clear();
  item.formers.clear();
  item.counter = item.epoch = 0;
  item.refused = code;
  store(log, item);
  log.refused.push_back(std::move(item));
  log.outbox.erase(log.outbox.begin() + static_cast<std::ptrdiff_t>(at));
}

void Outbox::revive(Log& log) {
  if (log.has_genesis() || !log.outbox.empty() || !own_genesis(log)) return;
  log.outbox.push_back(std::move(log.refused.front()));
  log.refused.erase(log.refused.begin());
  log.outbox.front().refused = Errc::none;
  store(log, log.outbox.front());
  m_.touch(log);
}

void Outbox::discard(Log& log, std::uint64_t ref) {
  const auto item =
      std::find_if(log.refused.begin(), log.refused.end(),
                   [ref](const Outgoing& each) { return is_words(each) && each.ref == ref; });
  if (item == log.refused.end()) return;
  m_.io.erase(store::outbox_key(log.id, item->index));
  log.refused.erase(item);
  wire::Discarded event;
  event.log = log.id;
  event.ref = ref;
  m_.io.event(wire::EventKind::discarded, event);
}

}  // namespace shopbell::engine
