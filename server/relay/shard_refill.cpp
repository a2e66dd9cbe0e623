// After a restore (docs/PROTOCOL.md section 10): vouchers, held logs, what devices give back, and
// the proof that numbers were given twice.
#include "relay/shard_impl.h"

namespace shopbell::relay {

using wire::FrameKind;

namespace {
constexpr std::size_t voucher_bytes = 16;
constexpr std::uint64_t held_retry_ms = 2000;

wire::Error error_of(const LogId& log) {
  wire::Error error;
  error.log = log;
  return error;
}
}  // namespace

Voucher Shard::Impl::voucher_of(const LogId& log, std::uint64_t seq, const Hash& chain) const {
  const Key whole = crypto::derive(voucher_key_, "shopbell voucher v1",
                                   {log.view(), crypto::u64be(seq), chain.view()});
  Voucher out;
  std::copy_n(whole.reveal().begin(), voucher_bytes, out.begin());
  return out;
}

// --- held logs

void Shard::Impl::refuse_held(Conn& conn, LogState& log, std::uint64_t counter) {
  wire::Error error = error_of(log.id);
  error.counter = counter;
  error.retry_ms = held_retry_ms;
  refuse(conn, error, Errc::log_held);
  // Who began it writes into it, or an agent beside it: he has nothing more to give back.
  const bool creator = conn.standing == Standing::visitor && conn.device == log.fold.creator();
  const bool beside = log.fold.kind() == LogKind::team && conn.standing == Standing::certified;
  if ((creator || beside) && log.hold == Hold::waits) hold_for_desk(log);
}

void Shard::Impl::hold_for_desk(LogState& log) {
  log.hold = Hold::desk;
  Conn* desk = shops_.at(log.shop)->desk;
  if (desk && desk->phase == Phase::open) send_heads(*desk, {head_of(log, desk->device)});
}

bool Shard::Impl::takes(const Conn& conn, LogState& log, const OpenEnvelope& envelope) {
  if (log.refiller != ConnId{} && log.refiller != conn.id && find(log.refiller)) return false;
  log.refiller = ConnId{};
  if (log.hold == Hold::none) return true;
  return conn.standing == Standing::desk && is_resume(envelope);
}

// --- a new generation

void Shard::Impl::begin_generation() {
  if (building_.batch->generation != 0 || under_way_.batch->generation != 0) return;
  const Hash noise = rng_.nonce();
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof(number); ++i) number = number << 8 | noise.data[i];
  building_.batch->generation = (number >> 1) | 1;
  building_.batch->restored_ms = now_ms_;
}

// What stood in memory was of the store before it was known to be older.
void Shard::Impl::generation_begun(std::uint64_t generation, std::uint64_t restored_ms) {
  config_.generation = generation;
  config_.restored_ms = restored_ms;
  ++restores_;
  drop(building_, Errc::busy);
  ++last_batch_;
  while (!conns_.empty()) close(*conns_.begin()->second, Errc::closed_restored);
  std::vector<LogId> known;
  for (const auto& [id, log] : logs_) known.push_back(id);
  for (const LogId& id : known) reload(id);
}

bool Shard::Impl::is_ahead(const wire::Hello& hello) const {
  // What other nodes have placed since it began it does not count.
  if (has_others()) return false;
  if (config_.last_change == UINT64_MAX || hello.generation != config_.generation) return false;
  return hello.cursor > config_.last_change + metrics_.envelopes_placed;
}

// --- refill

void Shard::Impl::on_refill(Conn& conn, BytesView body) {
  auto refill = codec::decode<wire::Refill>(body);
  if (!refill) return close(conn, Errc::closed_frame);
  Run run;
  if (!read_run(*refill, run)) return refuse(conn, error_of(refill->log), Errc::frame_bad);
  LogState* log = ready_log(refill->log, conn, FrameKind::refill, body);
  if (!log) return;
  const bool known = log->load == LogState::Load::known || log->has_pending();
  if (known && log->shop != conn.shop->id) {
    return refuse(conn, error_of(log->id), Errc::no_such_log);
  }
  const bool vouched = run.voucher == voucher_of(log->id, run.last_seq, run.last_chain);
  if (!vouched) return refuse(conn, error_of(log->id), Errc::refill_refused);
  // Where it has more than this node knows, another node may have told it.
  if (asks_again(*log, conn, FrameKind::refill, body)) return;
  if (run.first_seq < log->next_seq) return check_twice(conn, *log, run);
  const Hash head = known ? log->last_chain : chain_start(conn.shop->id, log->id);
  const bool follows = run.first_seq == log->next_seq && refill->before == head &&
                       refill->items.front().time_ms >= log->last_time_ms;
  if (!follows) return refuse(conn, error_of(log->id), Errc::refill_refused);
  const bool busy = log->refiller != ConnId{} && log->refiller != conn.id && find(log->refiller);
  if (busy || building_.batch->bytes.size() >= config_.limits.pending_bytes_max) {
    return refuse(conn, error_of(log->id), Errc::busy);
  }
  // Its own word for a place that it has not: the store was set back, and nobody has said so.
  const bool noticed = log->hold != Hold::none || run.last_time_ms <= config_.restored_ms;
  if (!noticed) return begin_generation();
  take_run(conn, *log, *refill);
}

// The chain over the items, from what the device says stood before them.
bool Shard::Impl::read_run(const wire::Refill& refill, Run& out) const {
  if (refill.items.empty() || refill.items.front().seq == 0) return false;
  out.first_seq = refill.items.front().seq;
  out.last_chain = refill.before;
  std::uint64_t seq = out.first_seq;
  for (const wire::Deliver& item : refill.items) {
    auto envelope = open_envelope(item.envelope);
    const bool fits = envelope && item.envelope.size() <= limits::envelope_bytes_max &&
                      envelope->header.log == refill.log && envelope->header.counter != 0;
    if (!fits || item.log != refill.log || item.seq != seq || item.time_ms < out.last_time_ms) {
      return false;
    }
    out.last_chain = chain_next(out.last_chain, seq++, item.time_ms, envelope->hash);
    out.last_time_ms = item.time_ms;
  }
  out.last_seq = seq - 1;
  const BytesView voucher = refill.items.back().voucher;
  if (voucher.size() != voucher_bytes) return false;
  std::copy(voucher.begin(), voucher.end(), out.voucher.begin());
  return true;
}

void Shard::Impl::take_run(Conn& conn, LogState& log, const wire::Refill& refill) {
  for (const wire::Deliver& item : refill.items) {
    auto envelope = open_envelope(item.envelope);
    if (static_cast<EnvelopeClass>(envelope->header.envelope_class) == EnvelopeClass::member) {
      // Checked when it had its place first; what was withdrawn since held then.
      if (log.fold.apply_member(*conn.shop->info, *envelope, log.next_seq, item.time_ms, 0)) {
        note_member(log, *envelope);
      }
    } else if (auto grant = codec::decode<wire::GrantBody>(envelope->body);
               grant && static_cast<EnvelopeClass>(envelope->header.envelope_class) ==
                            EnvelopeClass::grant) {
      log.epoch = grant->epoch;
      log.commitment = grant->commitment;
      log.fold_changed = true;
    }
    append_entry(conn, log, *envelope, item.envelope, item.time_ms);
  }
  log.refiller = refill.last > refill.items.back().seq ? conn.id : ConnId{};
  building_.refills.push_back({conn.id, &log});
}

void Shard::Impl::tell_refiller(ConnId id, LogState& log) {
  Conn* conn = find(id);
  if (!conn || conn->phase != Phase::open) return;
  if (may_read(*conn, log) != Errc::none) return;
  if (conn->standing == Standing::visitor) subscribe(*conn, log);
  send_heads(*conn, {head_of(log, conn->device)});
}

// --- numbers given twice

void Shard::Impl::check_twice(Conn& conn, LogState& log, const Run& run) {
  if (Errc code = may_read(conn, log); code != Errc::none) {
    return refuse(conn, error_of(log.id), code);
  }
  // It is proven by its first place; what stands there is on disk or is not there yet.
  if (run.first_seq != run.last_seq || run.first_seq > log.seq) {
    return send_heads(conn, {head_of(log, conn.device)});
  }
  ReadTask task{.kind = ReadTask::Kind::twice, .conn = conn.id, .log = log.id};
  task.number = run.first_seq;
  task.hash = run.last_chain;
  read(task, store::ReadPage{log.id, run.first_seq, run.first_seq, limits::page_bytes_max});
}

void Shard::Impl::twice_read(const ReadTask& task,
                             const Result<std::vector<store::Entry>>& entries) {
  Conn* conn = find(task.conn);
  auto log = logs_.find(task.log);
  if (!conn || log == logs_.end()) return;
  if (!entries || entries->empty()) return refuse(*conn, error_of(task.log), Errc::busy);
  if (entries->front().chain != task.hash && log->second->hold != Hold::desk) {
    hold_for_desk(*log->second);
  }
  send_heads(*conn, {head_of(*log->second, conn->device)});
}

}  // namespace shopbell::relay
