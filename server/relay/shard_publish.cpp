// An envelope's way: the checks of docs/PROTOCOL.md 7.9 in their order, its place, the commit, and
// who is told.
#include "relay/shard_impl.h"

namespace shopbell::relay {

using wire::FrameKind;

namespace {
// What the core says of a member entry, as the relay answers it.
Errc refusal_of_member(Errc code) {
  switch (code) {
    case Errc::class_refused:
      return Errc::class_refused;
    case Errc::not_a_member:
    case Errc::not_certified:
    case Errc::certificate_ended:
    case Errc::certificate_revoked:
    case Errc::role_refused:
      return Errc::not_member;
    default:
      return Errc::envelope_bad;
  }
}

bool is_genesis(const OpenEnvelope& envelope) {
  if (envelope.header.envelope_class != static_cast<std::uint64_t>(EnvelopeClass::member)) {
    return false;
  }
  auto body = codec::decode<wire::MemberBody>(envelope.body);
  return body && body->kind == 1;
}

// Whom a member entry that was found right lets in; zero where it does something else.
DeviceId admitted_by(const OpenEnvelope& envelope) {
  auto body = codec::decode<wire::MemberBody>(envelope.body);
  if (!body || static_cast<MemberKind>(body->kind) != MemberKind::admit) return {};
  auto device = take_device_card(body->card);
  return device ? device->id : DeviceId{};
}
}  // namespace

void Shard::Impl::on_publish(Conn& conn, BytesView body) {
  auto frame = codec::decode<wire::Publish>(body);
  if (!frame) return close(conn, Errc::closed_frame);
  auto envelope = open_envelope(frame->envelope);
  if (!envelope || frame->envelope.size() > limits::envelope_bytes_max ||
      envelope->header.counter == 0) {
    return refuse(conn, {}, Errc::envelope_bad);
  }
  const wire::Header& header = envelope->header;
  if (header.author != conn.device) {
    return refuse_envelope(conn, header.log, header.counter, Errc::not_member);
  }
  const Limits& bounds = config_.limits;
  if (conn.in_flight >= bounds.publishes_in_flight_max ||
      building_.batch->envelopes.size() >= bounds.pending_envelopes_max ||
      building_.batch->bytes.size() >= bounds.pending_bytes_max) {
    return refuse_envelope(conn, header.log, header.counter, Errc::busy);
  }
  LogState* log = ready_log(header.log, conn, FrameKind::publish, body);
  if (log) publish(conn, *log, *envelope, frame->envelope);
}

void Shard::Impl::publish(Conn& conn, LogState& log, const OpenEnvelope& envelope,
                          BytesView bytes) {
  const wire::Header& header = envelope.header;
  const Author* author = log.fold.find(conn.device);
  const std::uint64_t last = author ? author->counter : 0;
  const auto refused = [&](Errc code) {
    Bytes frame;
    codec::encode_to(wire::Publish{bytes}, frame);
    if (asks_again(log, conn, FrameKind::publish, frame)) return;
    refuse_envelope(conn, log.id, header.counter, code);
  };
  const bool known = log.load == LogState::Load::known || log.has_pending();
  if (known && log.shop != conn.shop->id) return refused(Errc::no_such_log);
  if (header.counter <= last) return answer_repeat(conn, log, envelope, bytes);
  if (!takes(conn, log, envelope)) return refuse_held(conn, log, header.counter);
  if (header.counter != last + 1) return refused(Errc::counter_gap);
  // Its author has more of this log than is here: the store was set back.
  if (header.seen_seq >= log.next_seq) return refused(Errc::counter_gap);
  if (header.previous != (author ? author->last : Hash{})) return refused(Errc::envelope_bad);
  if (const auto wait_ms =
          budgets_.take_envelope(conn.device, now_ms_, envelopes_per_minute(conn))) {
    wire::Error error;
    error.log = log.id;
    error.counter = header.counter;
    error.retry_ms = wait_ms;
    return refuse(conn, error, Errc::slow_down);
  }
  const std::uint64_t at_ms = std::max(now_ms_, log.last_time_ms);
  if (Errc code = check_class(conn, log, envelope, at_ms); code != Errc::none) {
    return refused(code);
  }
  append_entry(conn, log, envelope, bytes, at_ms);
  ++conn.in_flight;
}

std::size_t Shard::Impl::envelopes_per_minute(const Conn& conn) const {
  const Limits& bounds = config_.limits;
  if (conn.standing == Standing::desk) return 0;
  if (conn.standing == Standing::certified) return bounds.team_envelopes_per_minute_max;
  return conn.known ? bounds.envelopes_per_minute_max : bounds.newcomer_envelopes_per_minute_max;
}

void Shard::Impl::answer_repeat(Conn& conn, LogState& log, const OpenEnvelope& envelope,
                                BytesView bytes) {
  const std::uint64_t counter = envelope.header.counter;
  if (counter > committed_counter(log, conn.device)) {
    // Its place is not yet on disk; the answer waits for that.
    Bytes body;
    codec::encode_to(wire::Publish{bytes}, body);
    return wait(log, conn, {conn.id, FrameKind::publish, 0, std::move(body)});
  }
  ReadTask task{.kind = ReadTask::Kind::repeat, .conn = conn.id, .log = log.id};
  task.number = counter;
  task.hash = envelope.hash;
  ++conn.in_flight;
  read(task, store::FindEnvelope{log.id, conn.device, counter});
}

void Shard::Impl::repeat_found(const ReadTask& task, const Result<store::Place>& place) {
  Conn* conn = find(task.conn);
  if (!conn) return;
  if (conn->in_flight > 0) --conn->in_flight;
  if (!place) return refuse_envelope(*conn, task.log, task.number, Errc::busy);
  if (place->hash != task.hash) {
    wire::Error error;
    error.log = task.log;
    error.counter = task.number;
    error.envelope_hash = place->hash;
    return refuse(*conn, error, Errc::id_taken);
  }
  ++metrics_.envelopes_repeated;
  send(*conn, FrameKind::published,
       wire::Published{task.log, task.number, place->seq, place->time_ms, place->chain, place->hash,
                       voucher_of(task.log, place->seq, place->chain)});
}

std::uint64_t Shard::Impl::committed_counter(const LogState& log, const DeviceId& device) const {
  const Author* author = log.fold.find(device);
  std::uint64_t counter = author ? author->counter : 0;
  if (!log.has_pending()) return counter;
  for (const Pending* pending : {&under_way_, &building_}) {
    for (const store::NewEnvelope& one : pending->batch->envelopes) {
      if (one.log == log.id && one.author == device) {
        return std::min(counter, one.counter - 1);
      }
    }
  }
  return counter;
}

Errc Shard::Impl::check_member(Conn& conn, LogState& log, const OpenEnvelope& envelope,
                               std::uint64_t at_ms) {
  const bool genesis = is_genesis(envelope);
  const bool exists = log.fold.started();
  if (genesis && exists) return Errc::log_exists;
  if (!genesis && !exists) return Errc::no_such_log;
  if (genesis && conn.standing != Standing::desk &&
      !budgets_.take_log(conn.device, conn.source, conn.known, now_ms_,
                         config_.limits.new_logs_per_minute_max,
                         config_.limits.new_logs_of_source_per_minute_max)) {
    return Errc::quota;
  }
  Status status = log.fold.apply_member(*conn.shop->info, envelope, log.next_seq, at_ms);
  if (!status) return refusal_of_member(status.error());
  note_member(log, envelope);
  return Errc::none;
}

void Shard::Impl::note_member(LogState& log, const OpenEnvelope& envelope) {
  log.fold_changed = true;
  if (const DeviceId admitted = admitted_by(envelope)) {
    log.newcomers.emplace_back(log.next_seq, admitted);
  }
}

Errc Shard::Impl::check_class(Conn& conn, LogState& log, const OpenEnvelope& envelope,
                              std::uint64_t at_ms) {
  const wire::Header& header = envelope.header;
  const ShopInfo& info = *conn.shop->info;
  const auto envelope_class = static_cast<EnvelopeClass>(header.envelope_class);
  if (envelope_class == EnvelopeClass::member) return check_member(conn, log, envelope, at_ms);
  if (!log.fold.started()) return Errc::no_such_log;
  if (!log.fold.may_write(info, conn.device)) return Errc::not_member;
  if (envelope_class == EnvelopeClass::message) {
    // Its author does not know of the newest team key yet: somebody removed could read it.
    if (header.card_version < info.team_since) return Errc::epoch_closed;
    const bool newest =
        log.epoch != 0 && header.epoch == log.epoch && header.commitment == log.commitment;
    return newest ? Errc::none : Errc::epoch_closed;
  }
  if (envelope_class != EnvelopeClass::grant) return Errc::class_refused;
  if (!verify_envelope(conn.sign_key, envelope)) return Errc::envelope_bad;
  auto grant = check_grant(info, log.fold, log.epoch, {}, envelope);
  if (!grant) {
    if (grant.error() == Errc::grant_taken) return Errc::grant_taken;
    return grant.error() == Errc::not_a_member ? Errc::not_member : Errc::grant_refused;
  }
  log.epoch = grant->epoch;
  log.commitment = grant->commitment;
  log.fold_changed = true;
  return Errc::none;
}

// The author's place in a Publish; in a Refill `conn` is whoever gives it back.
void Shard::Impl::append_entry(Conn& conn, LogState& log, const OpenEnvelope& envelope,
                               BytesView bytes, std::uint64_t at_ms) {
  log.hold = Hold::none;
  if (log.next_seq == 1) {
    log.shop = conn.shop->id;
    log.last_chain = chain_start(log.shop, log.id);
  }
  log.fold.advance(envelope);
  log.last_time_ms = at_ms;
  log.last_chain = chain_next(log.last_chain, log.next_seq, at_ms, envelope.hash);
  store::Batch& batch = *building_.batch;
  batch.envelopes.push_back({log.id, log.next_seq, at_ms, log.last_chain, envelope.hash,
                             envelope.header.author, envelope.header.counter, batch.bytes.size(),
                             bytes.size()});
  append(batch.bytes, bytes);
  building_.logs.push_back(&log);
  store::LogWrite& write = log_write(log);
  write.seq = log.next_seq;
  write.time_ms = at_ms;
  write.chain = log.last_chain;
  write.epoch = log.epoch;
  write.commitment = log.commitment;
  ++log.next_seq;
}

store::LogWrite& Shard::Impl::log_write(LogState& log) {
  auto& writes = building_.batch->logs;
  const std::uint64_t number = last_batch_ + 1;
  if (log.write_batch != number) {
    log.write_batch = number;
    log.write_index = writes.size();
    store::LogWrite& write = writes.emplace_back();
    write.log = log.id;
    write.shop = log.shop;
    write.kind = log.fold.kind();
  }
  return writes[log.write_index];
}

void Shard::Impl::begin_commit() {
  if (committing_ || building_.empty()) return;
  for (store::LogWrite& write : building_.batch->logs) {
    LogState& log = *logs_.at(write.log);
    if (!log.fold_changed && write.seq - log.fold_seq < config_.limits.fold_lag_max) continue;
    write.fold = log.fold.save();
    for (const auto& [device, author] : log.fold.authors()) {
      if (author.counter > 0 || author.admitted) write.authors.push_back({device, author.counter});
    }
    log.fold_changed = false;
    log.fold_seq = write.seq;
  }
  std::swap(under_way_, building_);
  under_way_.number = ++last_batch_;
  under_way_.batch->node = config_.node;
  committing_ = true;
  outputs_.push_back(out::Commit{BatchId{under_way_.number}, under_way_.batch});
}

void Shard::Impl::on(in::Committed& committed) {
  require(committing_ && committed.batch == BatchId{under_way_.number},
          "Committed for a batch that is not under way");
  committing_ = false;
  ++metrics_.commits;
  const store::Batch& batch = *under_way_.batch;
  for (const store::CardWrite& card : batch.cards) {
    Shop& shop = *shops_.at(card.shop);
    adopt_card(shop, std::move(*std::exchange(shop.offered, std::nullopt)));
  }
  for (std::size_t i = 0; i < batch.envelopes.size(); ++i) {
    tell(*under_way_.logs[i], batch.envelopes[i], batch.envelope(batch.envelopes[i]));
  }
  for (const store::MarkWrite& mark : batch.marks) {
    auto found = logs_.find(mark.log);
    if (found == logs_.end()) continue;
    tell_mark(*found->second, mark);
  }
  for (const auto& [conn, log] : under_way_.refills) tell_refiller(conn, *log);
  if (has_others()) tell_others(batch);
  // Nobody else wrote between: what is here is the newest.
  fresh_ = true;
  for (const store::LogWrite& write : batch.logs) run_waiters(*logs_.at(write.log));
  fresh_ = false;
  for (const store::LogWrite& write : batch.logs) read_again(*logs_.at(write.log));
  if (batch.generation != 0) generation_begun(batch.generation, batch.restored_ms);
  under_way_.clear();
}

void Shard::Impl::tell(LogState& log, const store::NewEnvelope& one, BytesView envelope) {
  log.load = LogState::Load::known;
  log.seq = one.seq;
  log.time_ms = one.time_ms;
  log.chain = one.chain;
  ++metrics_.envelopes_placed;
  Shop& shop = *shops_.at(log.shop);
  auto slot = shop.devices.find(one.author);
  Conn* author = slot == shop.devices.end() ? nullptr : slot->second.conn;
  const Voucher voucher = voucher_of(one.log, one.seq, one.chain);
  if (author) {
    if (author->in_flight > 0) --author->in_flight;
    send(*author, FrameKind::published,
         wire::Published{one.log, one.counter, one.seq, one.time_ms, one.chain, one.hash, voucher});
  }
  if (one.seq == 1) begin_following(shop, log, author);
  if (!log.newcomers.empty()) begin_following(shop, log, one.seq);
  const bool to_desk = shop.desk && shop.desk != author;
  if (log.subscribers.empty() && !to_desk) return;
  scratch_.clear();
  codec::encode_framed(static_cast<std::uint32_t>(FrameKind::deliver),
                       wire::Deliver{one.log, one.seq, one.time_ms, envelope, voucher}, scratch_);
  if (to_desk) deliver(*shop.desk);
  for (Conn* conn : log.subscribers) {
    if (conn != author && conn != shop.desk) deliver(*conn);
  }
}

void Shard::Impl::deliver(Conn& conn) {
  ++metrics_.delivers_sent;
  send_framed(conn, scratch_);
}

void Shard::Impl::begin_following(Shop& shop, LogState& log, Conn* author) {
  if (author && author->standing == Standing::visitor) subscribe(*author, log);
  if (!shop.info || log.id != shop.info->shop_log) return;
  for (auto& [device, slot] : shop.devices) {
    if (slot.conn && slot.conn->standing == Standing::certified) subscribe(*slot.conn, log);
  }
}

void Shard::Impl::begin_following(Shop& shop, LogState& log, std::uint64_t seq) {
  for (const auto& [at, device] : log.newcomers) {
    auto slot = shop.devices.find(device);
    Conn* conn = at > seq || slot == shop.devices.end() ? nullptr : slot->second.conn;
    if (conn && conn->phase != Phase::challenged && conn->standing == Standing::visitor) {
      subscribe(*conn, log);
    }
  }
  std::erase_if(log.newcomers, [seq](const auto& each) { return each.first <= seq; });
}

void Shard::Impl::on(in::CommitFailed& failed) {
  require(committing_ && failed.batch == BatchId{under_way_.number},
          "CommitFailed for a batch that is not under way");
  committing_ = false;
  ++metrics_.commits_failed;
  const Errc code = failed.code == Errc::store_full ? Errc::store_full : Errc::busy;
  if (has_others() && failed.code == Errc::busy) {
    start_again(under_way_);
    start_again(building_);
  }
  // What has been built since stands on what is lost.
  const bool restored = under_way_.batch->generation != 0 || building_.batch->generation != 0;
  drop(under_way_, code);
  drop(building_, code);
  ++last_batch_;
  // Whoever told the relay of it waits for the new generation, and tells it again.
  while (restored && !conns_.empty()) close(*conns_.begin()->second, Errc::closed_store);
}

void Shard::Impl::drop(Pending& pending, Errc code) {
  const store::Batch& batch = *pending.batch;
  for (const store::NewEnvelope& one : batch.envelopes) {
    LogState& log = *logs_.at(one.log);
    Shop& shop = *shops_.at(log.shop);
    auto slot = shop.devices.find(one.author);
    if (slot == shop.devices.end() || !slot->second.conn) continue;
    Conn& author = *slot->second.conn;
    if (author.in_flight > 0) --author.in_flight;
    refuse_envelope(author, one.log, one.counter, code);
  }
  for (const store::CardWrite& card : batch.cards) {
    Shop& shop = *shops_.at(card.shop);
    auto slot = shop.devices.find(shop.offered->desk.id);
    if (slot != shop.devices.end() && slot->second.conn) refuse(*slot->second.conn, {}, code);
    shop.offered.reset();
  }
  for (const store::MarkWrite& mark : batch.marks) {
    auto log = logs_.find(mark.log);
    if (log == logs_.end()) continue;
    Shop& shop = *shops_.at(log->second->shop);
    auto slot = shop.devices.find(mark.device);
    wire::Error error;
    error.log = mark.log;
    if (slot != shop.devices.end() && slot->second.conn) refuse(*slot->second.conn, error, code);
  }
  for (const auto& [id, log] : pending.refills) {
    wire::Error error;
    error.log = log->id;
    if (Conn* conn = find(id)) refuse(*conn, error, code);
  }
  for (const store::LogWrite& write : batch.logs) reload(write.log);
  for (const store::MarkWrite& mark : batch.marks) reload(mark.log);
  pending.clear();
}

}  // namespace shopbell::relay
