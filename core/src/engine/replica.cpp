#include "engine/replica.h"

#include "engine/machines.h"
#include "shopbell/amend.h"
#include "store/keys.h"

namespace shopbell::engine {
namespace {

bool is_talk(std::uint64_t kind) {
  return kind != static_cast<std::uint64_t>(wire::ContentKind::about) &&
         kind != static_cast<std::uint64_t>(wire::ContentKind::page_view) && !is_amendment(kind);
}

// The place that a message is said to change; 0 where it changes none.
std::uint64_t amends_of(const Result<Inner>& inner) {
  return inner && is_amendment(inner->body.kind) ? inner->body.target_seq : 0;
}

constexpr std::uint64_t fetch_retry_ms = 500;
// What is read again once its keys are there, or once a long way to the end is over; older pages
// are asked for as people scroll.
constexpr std::uint64_t end_shown = 50;

void remember_chain(Log& log) {
  log.chains[log.seq] = log.chain;
  while (log.chains.size() > limits::chain_memory_max) log.chains.erase(log.chains.begin());
}

}  // namespace

Log& Replica::log_of(const LogId& id) {
  auto [it, added] = m_.state.logs.try_emplace(id);
  Log& log = it->second;
  if (added) {
    log.id = id;
    log.chain = chain_start(m_.state.shop_id, id);
    log.chains[0] = log.chain;
  }
  return log;
}

// --- what the relay says

void Replica::connection_begins(const wire::Welcome& welcome) {
  for (auto& [id, log] : m_.state.logs) {
    log.fetching = log.named = false;
    log.held = log.fetch_retry_at_ms = 0;
    log.look_back.reset();
  }
  m_.rejoin.connection_begins();
  watch();
  if (m_.state.generation != welcome.generation) {
    m_.state.generation = welcome.generation;
    m_.state.cursor = 0;
    if (m_.state.is_desk()) m_.cards.save();
  }
  names_all_ = m_.state.is_desk() ? m_.state.cursor == 0
                                  : welcome.heads.size() < limits::heads_per_welcome_max;
  behind_.clear();
  cursor_told_ = 0;
  for (const wire::Head& head : welcome.heads) on_head(head);
  note_cursor(welcome.cursor);
  if (welcome.more) {
    m_.io.frame(wire::FrameKind::get_heads, wire::GetHeads{welcome.cursor});
  } else {
    find_missing();
  }
}

Status Replica::on_heads(BytesView body) {
  Result<wire::Heads> heads = codec::decode<wire::Heads>(body);
  if (!heads) return heads.error();
  for (const wire::Head& head : heads->heads) on_head(head);
  note_cursor(heads->cursor);
  if (heads->more) {
    m_.io.frame(wire::FrameKind::get_heads, wire::GetHeads{heads->cursor});
  } else if (m_.state.is_desk() && heads->cursor != 0) {
    find_missing();
  }
  return {};
}

void Replica::find_missing() {
  if (!std::exchange(names_all_, false)) return;
  for (auto& [id, log] : m_.state.logs) {
    // An agent's Welcome names the shop log alone; the others are answered one by one.
    const bool expected =
        !m_.state.is_certified() || (m_.state.shop && id == m_.state.shop->shop_log);
    if (expected && !log.named && log.has_genesis()) m_.rejoin.begin(log, 0);
  }
}

void Replica::note_cursor(std::uint64_t cursor) {
  if (!m_.state.is_desk() || cursor == 0) return;
  cursor_told_ = cursor;
  adopt_cursor();
}

void Replica::caught_up(const Log& log) {
  if (behind_.erase(log.id) > 0) adopt_cursor();
}

void Replica::adopt_cursor() {
  if (!behind_.empty() || cursor_told_ <= m_.state.cursor) return;
  m_.state.cursor = cursor_told_;
  m_.cards.save();
}

void Replica::on_head(const wire::Head& head) {
  Log& log = log_of(head.log);
  log.named = true;
  log.held = head.held;
  if (m_.rejoin.on_head(log, head)) return;
  log.head_seq = std::max(log.head_seq, head.seq);
  for (const BytesView mark : head.marks) m_.marks.take(mark);
  if (log.is_behind() && log.stopped == Errc::none) {
    behind_.insert(log.id);
    fetch(log);
  }
  // The desk has to hear of it again after a restart.
  if (log.held != 0) behind_.insert(log.id);
  show_sync(log);
  join_if_wanted(log);
  m_.desk.resume_if_whole(log);
}

void Replica::goes_on(Log& log, std::uint64_t seq) {
  // What had its place before says nothing: the relay repeats its first answer also while it holds.
  if (log.held == 0 || seq <= log.head_seq) return;
  log.held = 0;
  show_sync(log);
  m_.outbox.send_again(log);
}

Status Replica::on_deliver(BytesView body) {
  Result<wire::Deliver> deliver = codec::decode<wire::Deliver>(body);
  if (!deliver) return deliver.error();
  Log& log = log_of(deliver->log);
  goes_on(log, deliver->seq);
  on_entry(log, *deliver);
  return {};
}

Status Replica::on_published(BytesView body) {
  Result<wire::Published> published = codec::decode<wire::Published>(body);
  if (!published) return published.error();
  Log* log = m_.state.find(published->log);
  if (log == nullptr) return {};
  goes_on(*log, published->seq);
  const Outgoing* sent = m_.outbox.find(*log, published->counter);
  if (sent == nullptr || sent->hash != published->envelope_hash) {
    // It is placed already, or former bytes of it are; the log says which.
    log->head_seq = std::max(log->head_seq, published->seq);
    if (log->is_behind()) fetch(*log);
    return {};
  }
  const Bytes envelope = sent->envelope;
  const bool taken =
      on_entry(*log, {log->id, published->seq, published->time_ms, envelope, published->voucher});
  if (taken && log->chain != published->chain) stop(*log, Errc::forked);
  return {};
}

Status Replica::on_page(BytesView body) {
  Result<wire::Page> page = codec::decode<wire::Page>(body);
  if (!page) return page.error();
  Log& log = log_of(page->log);
  if (m_.rejoin.on_page(log, *page)) return {};
  log.fetching = false;
  log.head_seq = std::max(log.head_seq, page->head_seq);
  // Who was away for long is shown the end, not each message on the way there.
  const bool far = log.head_seq - log.seq > limits::shown_one_by_one_max;
  log.end_owed = log.end_owed || (far && log.open && log.paged);
  passing_ = log.end_owed;
  for (const wire::Deliver& item : page->items) on_entry(log, item);
  passing_ = false;
  take_checkpoint(log, page->checkpoint);
  // Also where the page was overtaken by what it holds. A relay that names a head and has nothing
  // to show for it is not asked again at once.
  if (log.is_behind() && log.seq >= log.fetch_from) {
    fetch(log);
  } else if (std::exchange(log.end_owed, false)) {
    load_history(log.id, 0, end_shown);
  }
  show_sync(log);
  join_if_wanted(log);
  m_.desk.resume_if_whole(log);
  return {};
}

void Replica::take_checkpoint(Log& log, BytesView bytes) {
  if (bytes.empty() || log.stopped != Errc::none) return;
  Result<wire::CheckpointBody> checkpoint =
      shopbell::take_checkpoint(m_.connection.relay_key(), bytes);
  if (checkpoint && (checkpoint->log != log.id || checkpoint->shop != m_.state.shop_id)) {
    checkpoint = Errc::malformed;
  }
  if (!checkpoint) {
    m_.problem(checkpoint.error(), log.id);
    return;
  }
  // Ahead of what is here, or older than what is remembered: a later one will do.
  const auto chain = log.chains.find(checkpoint->seq);
  if (chain == log.chains.end()) return;
  if (chain->second != checkpoint->chain) return stop(log, Errc::forked);
  m_.io.put(store::checkpoint_key(log.id), wire::CheckpointRecord{bytes});
}

void Replica::on_refused(const wire::Error& error) {
  Log* log = m_.state.find(error.log);
  if (log == nullptr) return;
  const Errc code = static_cast<Errc>(error.code);
  if (m_.rejoin.on_refused(*log, code, error.retry_ms)) return;
  if (is_temporary(code)) {
    m_.marks.refused(*log, error.retry_ms);
    if (!log->fetching) return;
    log->fetching = false;
    log->fetch_retry_at_ms = m_.io.now_ms + std::max(error.retry_ms, fetch_retry_ms);
    m_.wake_log_at(*log, log->fetch_retry_at_ms);
    return;
  }
  if (code != Errc::no_such_log && code != Errc::not_member) return;
  log->fetching = false;
  if (code == Errc::no_such_log && log->has_genesis()) m_.rejoin.begin(*log, 0);
  // Our own conversation may not be there yet; anything else is worth a word.
  const bool begins = !log->outbox.empty() || !log->refused.empty();
  if (log->has_genesis() || !begins) m_.problem(code, error.log);
}

void Replica::log_timer(Log& log) {
  m_.desk.resume_if_whole(log);
  if (log.fetch_retry_at_ms == 0 || m_.io.now_ms < log.fetch_retry_at_ms) return;
  if (log.is_apart()) {
    m_.rejoin.again(log);
  } else {
    fetch(log);
  }
}

void Replica::fetch(Log& log) {
  if (!m_.connection.online() || log.fetching || log.is_apart()) return;
  if (log.stopped != Errc::none) return;
  log.fetching = true;
  log.fetch_from = log.seq + 1;
  log.fetch_retry_at_ms = 0;
  const std::uint64_t to = std::max(log.head_seq, log.seq + 1);
  m_.io.frame(wire::FrameKind::fetch, wire::Fetch{log.id, log.fetch_from, to});
}

void Replica::watch() {
  if (!m_.connection.online() || !m_.state.is_certified()) return;
  wire::Watch request;
  for (const auto& [id, log] : m_.state.logs) {
    // What waits in an outbox may need a newer epoch, or the log's beginning.
    const bool wanted = log.open || !log.outbox.empty();
    if (wanted && request.logs.size() < limits::watch_logs_max) request.logs.push_back(id);
  }
  m_.io.frame(wire::FrameKind::watch, request);
}

void Replica::show_sync(Log& log) {
  const bool in_sync = !log.is_behind() && log.stopped == Errc::none;
  const bool held = log.held != 0 || log.is_apart();
  if ((in_sync && !held) || log.stopped != Errc::none) caught_up(log);
  if (in_sync == log.in_sync_shown && held == log.held_shown) return;
  log.in_sync_shown = in_sync;
  log.held_shown = held;
  m_.marks.show_log(log);
}

// --- taking entries

bool Replica::on_entry(Log& log, const wire::Deliver& entry) {
  const std::uint64_t seq = entry.seq;
  log.head_seq = std::max(log.head_seq, seq);
  if (log.is_apart()) {
    m_.rejoin.on_news(log, seq);
    return false;
  }
  if (log.stopped != Errc::none || !m_.state.shop) return false;
  if (seq <= log.seq) {
    if (is_other(log, entry)) m_.rejoin.begin(log, seq);
    return false;
  }
  if (seq > log.seq + 1) {
    fetch(log);
    show_sync(log);
    return false;
  }
  return apply(log, entry);
}

bool Replica::is_other(const Log& log, const wire::Deliver& entry) const {
  const auto own = log.chains.find(entry.seq);
  const auto before = log.chains.find(entry.seq - 1);
  if (own == log.chains.end() || before == log.chains.end()) return false;
  const Result<OpenEnvelope> envelope = open_envelope(entry.envelope);
  return envelope &&
         own->second != chain_next(before->second, entry.seq, entry.time_ms, envelope->hash);
}

bool Replica::is_genesis_of(const LogId& log, BytesView envelope) const {
  Result<OpenEnvelope> opened = open_envelope(envelope);
  if (!opened || opened->header.log != log) return false;
  Fold probe;
  return probe.apply_member(*m_.state.shop, *opened, 1, 0).ok();
}

Errc Replica::check(Log& log, const OpenEnvelope& envelope, std::uint64_t seq,
                    std::uint64_t time_ms) {
  const wire::Header& header = envelope.header;
  if (header.log != log.id || time_ms < log.time_ms || header.seen_seq >= seq) {
    return Errc::chain_broken;
  }
  const Device* author = log.fold.device_of(*m_.state.shop, header.author);
  if (author == nullptr) return Errc::none;  // a newcomer, whose join is checked, or a stranger
  if (!verify_envelope(author->sign_key, envelope)) return Errc::bad_signature;
  if (!log.fold.check_counter(envelope)) return Errc::chain_broken;
  // Only what the author has signed says what he saw.
  const auto seen = log.chains.find(header.seen_seq);
  if (seen != log.chains.end() && seen->second != header.seen_chain) return Errc::forked;
  return Errc::none;
}

bool Replica::apply(Log& log, const wire::Deliver& entry) {
  const std::uint64_t seq = entry.seq;
  const std::uint64_t time_ms = entry.time_ms;
  const BytesView bytes = entry.envelope;
  Result<OpenEnvelope> opened = open_envelope(bytes);
  if (!opened) {
    stop(log, opened.error());
    return false;
  }
  const OpenEnvelope& envelope = *opened;
  if (Errc wrong = check(log, envelope, seq, time_ms); wrong != Errc::none) {
    stop(log, wrong);
    return false;
  }
  if (seq == 1 && !is_genesis_of(log.id, bytes)) {
    stop(log, Errc::chain_broken);
    return false;
  }
  if (seq == log.resume_seq &&
      chain_next(log.chain, seq, time_ms, envelope.hash) != log.resume_chain) {
    stop(log, Errc::forked);
    return false;
  }
  // First: whatever is told from here on waits for this entry's batch.
  m_.touch(log);
  log.seq = seq;
  log.time_ms = time_ms;
  log.chain = chain_next(log.chain, seq, time_ms, envelope.hash);
  remember_chain(log);

  std::uint64_t ref = 0;
  const bool mine = envelope.header.author == m_.state.self();
  if (!mine) log.last_foreign = seq;
  std::optional<Key> own_key;
  if (mine) own_key = m_.outbox.epoch_key_of(log, envelope.hash);
  const bool matched = mine && m_.outbox.placed(log, envelope, seq, time_ms, ref);

  wire::EntryRecord record;
  record.time_ms = time_ms;
  record.chain = log.chain;
  record.envelope = bytes;
  record.ref = ref;
  record.voucher = entry.voucher;
  m_.io.put(store::entry_key(log.id, seq), record);

  const auto envelope_class = static_cast<EnvelopeClass>(envelope.header.envelope_class);
  if (envelope_class == EnvelopeClass::member) {
    apply_member(log, envelope, seq, time_ms);
  } else if (envelope_class == EnvelopeClass::grant) {
    apply_grant(log, envelope, time_ms, std::move(own_key));
  } else if (envelope_class == EnvelopeClass::message) {
    ++log.epoch_messages;
    if (matched) log.own_placed = seq;
    // Our own message is on the screen already; the outbox has told its place.
    const bool was_shown = matched || seq <= log.shown_seq;
    const std::uint64_t amends = was_shown ? amends_of(open_message(log, envelope))
                                           : show_message(log, envelope, seq, time_ms, 0, false);
    // A copy where a page of the target's age finds it.
    if (amends != 0 && amends < seq) m_.io.put(store::amend_key(log.id, amends, seq), record);
  }
  if (log.fold.device_of(*m_.state.shop, envelope.header.author) != nullptr) {
    log.fold.advance(envelope);
  }
  m_.outbox.renumber(log);
  m_.marks.entry_stored(log);
  show_sync(log);
  return true;
}

void Replica::apply_member(Log& log, const OpenEnvelope& envelope, std::uint64_t seq,
                           std::uint64_t time_ms) {
  const bool first = !log.has_genesis() || seq == 1;
  Status status =
      log.fold.apply_member(*m_.state.shop, envelope, seq, time_ms, log.team_before(time_ms));
  if (!status) {
    m_.problem(status.error(), log.id, envelope.header.author);
    return;
  }
  const Result<wire::MemberBody> body = codec::decode<wire::MemberBody>(envelope.body);
  const MemberKind kind = static_cast<MemberKind>(body->kind);
  if (first) {
    if (seq > log.shown_seq) show_opened(log, 0);
  } else if (kind == MemberKind::keys) {
    m_.admission.on_keys(log, *body, seq);
  } else if (kind == MemberKind::admit) {
    m_.admission.on_admitted(log, *body, envelope.header.author, seq, time_ms);
  } else if (kind == MemberKind::join) {
    m_.people.joined(log, envelope.header.author, seq, time_ms);
  }
}

void Replica::apply_grant(Log& log, const OpenEnvelope& envelope, std::uint64_t time_ms,
                          std::optional<Key> own_key) {
  Result<Grant> grant = check_placed_grant(*m_.state.shop, log.fold, log.last_epoch(),
                                           m_.state.team_keys, envelope, log.team_before(time_ms));
  // One whose author may not write counts for nothing, and is shown to nobody.
  if (!grant && grant.error() == Errc::not_a_member) return;
  if (!grant) {
    m_.problem(grant.error(), log.id, envelope.header.author);
    return;
  }
  Epoch& epoch = log.epochs[grant->epoch];
  epoch.number = grant->epoch;
  epoch.commitment = grant->commitment;
  epoch.team_version = grant->team_version;
  epoch.granted_ms = time_ms;
  log.epoch_messages = 0;
  if (own_key) {
    // Whoever announced an epoch has its key, also where none of the boxes is his to open.
    epoch.key = std::move(own_key);
  } else {
    open_epoch(log, envelope, epoch);
  }
  save(log, epoch);
  if (envelope.header.author != m_.state.self()) m_.outbox.epoch_changed(log);
  if (!epoch.key) want_keys(log);
}

void Replica::want_keys(const Log& log) {
  if (!log.open || !m_.state.is_certified()) return;
  for (const auto& [number, epoch] : log.epochs) {
    if (epoch.key) continue;
    m_.sessions.ask_keys(log.id, number);
    return;
  }
}

void Replica::want_all_keys() {
  for (const auto& [id, log] : m_.state.logs) want_keys(log);
}

void Replica::take_keys(const wire::RegrantResponse& answer) {
  Log* log = m_.state.find(answer.log);
  if (log == nullptr) return;
  bool news = false;
  for (const wire::EpochKey& each : answer.keys) {
    const auto epoch = log->epochs.find(each.epoch);
    if (epoch == log->epochs.end() || epoch->second.key) continue;
    Key key = Key::from(each.key.view());
    if (commitment_of(log->id, each.epoch, key) != epoch->second.commitment) {
      m_.problem(Errc::grant_bad, log->id, m_.state.shop->desk.id);
      continue;
    }
    epoch->second.key = std::move(key);
    save(*log, epoch->second);
    news = true;
  }
  if (!news) return;
  m_.outbox.pump(*log);
  if (log->open) load_history(log->id, 0, end_shown);
}

void Replica::save(const Log& log, const Epoch& epoch) {
  wire::EpochRecord record;
  record.epoch = epoch.number;
  record.commitment = epoch.commitment;
  record.team_version = epoch.team_version;
  record.granted_ms = epoch.granted_ms;
  if (epoch.key) record.key = Hash::from(epoch.key->reveal());
  m_.io.put(store::epoch_key(log.id, epoch.number), record);
}

void Replica::open_epoch(Log& log, const OpenEnvelope& envelope, Epoch& epoch) {
  const Hash self = Hash::from(m_.state.self().view());
  Result<Key> key = open_grant(log.id, envelope.body, self, m_.state.keys->seal);
  const auto team = m_.state.team_secrets.find(epoch.team_version);
  if (!m_.state.is_visitor() && !key && key.error() == Errc::box_bad &&
      team != m_.state.team_secrets.end()) {
    const Hash team_id = team_id_of(epoch.team_version, team->second.key);
    key = open_grant(log.id, envelope.body, team_id, team->second);
  }
  if (key) {
    epoch.key = std::move(*key);
  } else if (key.error() == Errc::grant_bad) {
    m_.problem(Errc::grant_bad, log.id, envelope.header.author);
  }
}

void Replica::stop(Log& log, Errc why) {
  log.stopped = why;
  m_.touch(log);
  m_.problem(why, log.id);
  show_sync(log);
}

// --- showing

void Replica::show_opened(const Log& log, std::uint64_t ref) {
  wire::LogOpened event;
  event.log = log.id;
  event.ref = ref;
  event.head_seq = log.seq;
  if (log.fold.started()) {
    event.kind = static_cast<std::uint64_t>(log.fold.kind());
    event.main_log = log.fold.main_log();
    event.creator = log.fold.creator();
  } else {
    // A log of our own that has no place yet says in its genesis what it is.
    const std::optional<wire::MemberBody> genesis = Outbox::own_genesis(log);
    if (!genesis) return;
    event.kind = genesis->log_kind;
    event.main_log = genesis->main_log;
    event.creator = m_.state.self();
  }
  m_.io.event(wire::EventKind::log_opened, event);
}

Result<Inner> Replica::open_message(const Log& log, const OpenEnvelope& envelope) const {
  const wire::Header& header = envelope.header;
  if (log.fold.device_of(*m_.state.shop, header.author) == nullptr) return Errc::not_a_member;
  const auto epoch = log.epochs.find(header.epoch);
  if (epoch == log.epochs.end() || !epoch->second.key) return Errc::no_epoch_key;
  if (epoch->second.commitment != header.commitment) return Errc::body_bad;
  return open_body(*epoch->second.key, envelope);
}

std::optional<Bytes> Replica::content_of(const Log& log, const in::Record& record) const {
  Result<Stored> stored = read_entry(record);
  if (!stored || !m_.state.shop) return std::nullopt;
  Result<Inner> inner = open_message(log, stored->envelope);
  if (!inner) return std::nullopt;
  return to_bytes(inner->body.content);
}

std::uint64_t Replica::show_message(Log& log, const OpenEnvelope& envelope, std::uint64_t seq,
                                    std::uint64_t time_ms, std::uint64_t ref, bool history) {
  const wire::Header& header = envelope.header;
  if (m_.admission.waits_for_key(log, header.epoch)) return 0;
  wire::MessageEvent event;
  event.log = log.id;
  event.seq = seq;
  event.counter = header.counter;
  event.author = header.author;
  const std::uint64_t team = log.team_before(time_ms);
  event.author_class =
      static_cast<std::uint64_t>(log.fold.class_of(*m_.state.shop, header.author, time_ms, team));
  event.mine = header.author == m_.state.self();
  event.time_ms = time_ms;
  event.ref = ref;
  event.history = history;
  const Errc is_void = log.fold.void_at(*m_.state.shop, header.author, team);
  Result<Inner> inner = is_void == Errc::none ? open_message(log, envelope) : is_void;
  if (inner) {
    event.kind = inner->body.kind;
    event.content = inner->body.content;
    event.fallback = inner->body.fallback;
    event.target_author = inner->body.target_author;
    event.target_counter = inner->body.target_counter;
    event.answers_seq = inner->body.answers_seq;
    event.target_seq = inner->body.target_seq;
    m_.people.heard(log, event);
    m_.sessions.heard(log, event);
  } else {
    event.problem = static_cast<std::uint64_t>(inner.error());
  }
  event.author_name = m_.people.name_in(log, header.author);
  if (!history) note_talk(log, event);
  if (history || !passing_) m_.io.event(wire::EventKind::message, event);
  return amends_of(inner);
}

void Replica::note_talk(Log& log, const wire::MessageEvent& event) {
  m_.typing.has_written(log.id, event.author);
  if (event.mine || !is_talk(event.kind)) return;
  // What a person said on his other device is no news to him.
  const bool customer = event.author_class == static_cast<std::uint64_t>(AuthorClass::customer);
  if (customer && m_.state.is_visitor()) return;
  log.last_talk = event.seq;
  if (event.seq > log.read_ahead) ++log.unread;
  if (!passing_) m_.marks.show_log(log);
}

}  // namespace shopbell::engine
