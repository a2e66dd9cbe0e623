// Logs in memory: loaded when somebody needs them, kept while somebody uses them.
#include "relay/shard_impl.h"

namespace shopbell::relay {

using wire::FrameKind;

LogState& Shard::Impl::log_state(const LogId& id) {
  auto& place = logs_[id];
  if (!place) place = std::make_unique<LogState>(id);
  return *place;
}

LogState* Shard::Impl::ready_log(const LogId& id, Conn& conn, FrameKind kind, BytesView body,
                                 std::uint32_t serial) {
  const bool in_memory = logs_.contains(id);
  LogState& log = log_state(id);
  if (log.load == LogState::Load::known || log.load == LogState::Load::missing) return &log;
  wait(log, conn, {conn.id, kind, serial, to_bytes(body)});
  // Where it may not wait, nothing is read or kept for it.
  if (!log.waiters.empty()) {
    begin_read(log);
  } else if (!in_memory) {
    logs_.erase(id);
  }
  return nullptr;
}

void Shard::Impl::wait(LogState& log, Conn& conn, Waiter waiter) {
  const Limits& bounds = config_.limits;
  const bool full = log.waiters.size() >= waiters_max ||
                    conn.waiting >= bounds.waiters_of_connection_max ||
                    waiting_bytes_ + waiter.body.size() > bounds.waiting_bytes_max;
  if (full && waiter.kind != FrameKind::welcome) return refuse_waiter(conn, log.id, waiter);
  ++conn.waiting;
  waiting_bytes_ += waiter.body.size();
  log.waiters.push_back(std::move(waiter));
}

void Shard::Impl::refuse_waiter(Conn& conn, const LogId& log, const Waiter& waiter) {
  wire::Error error;
  error.log = log;
  if (waiter.kind == FrameKind::publish) {
    auto frame = codec::decode<wire::Publish>(waiter.body);
    auto envelope = open_envelope(frame->envelope);
    error.counter = envelope->header.counter;
  }
  refuse(conn, error, Errc::busy);
}

void Shard::Impl::begin_read(LogState& log) {
  if (log.load == LogState::Load::reading) return;
  log.load = LogState::Load::reading;
  read({.kind = ReadTask::Kind::log, .log = log.id, .number = restores_}, store::ReadLog{log.id});
}

void Shard::Impl::log_read(const ReadTask& task, Result<store::LogRecord>& record) {
  LogState& log = *logs_.at(task.log);
  log.load = LogState::Load::unknown;
  if (task.number != restores_ || std::exchange(log.again, false)) return begin_read(log);
  const std::uint64_t told = log.seq;
  const std::vector<store::MarkWrite> marks = has_others() ? log.marks : decltype(log.marks){};
  if (record) {
    if (restore(log, *record)) log.load = LogState::Load::known;
  } else if (record.error() == Errc::no_such_log) {
    log.load = LogState::Load::missing;
    log.seq = 0;
    log.next_seq = 1;
    log.last_time_ms = 0;
    log.fold = Fold{};
    log.epoch = 0;
    log.commitment = {};
    log.fold_seq = 0;
    log.hold = Hold::none;
  }
  if (has_others() && log.load == LogState::Load::known) catch_up(log, told, marks, *record);
  if (has_others() && log.load == LogState::Load::unknown) unread_.insert(log.id);
  fresh_ = true;
  run_waiters(log);
  fresh_ = false;
  read_again(log);
  const bool idle = log.waiters.empty() && log.subscribers.empty() && !log.has_pending();
  if (log.load == LogState::Load::missing && idle) logs_.erase(task.log);
}

bool Shard::Impl::restore(LogState& log, store::LogRecord& record) {
  auto fold = Fold::load(record.fold);
  if (!fold) return false;
  log.fold = std::move(*fold);
  for (const store::Entry& entry : record.tail) {
    auto envelope = open_envelope(entry.envelope);
    if (!envelope) return false;
    log.fold.advance(*envelope);
  }
  log.shop = record.shop;
  log.seq = record.seq;
  log.time_ms = log.last_time_ms = record.time_ms;
  log.chain = log.last_chain = record.chain;
  log.next_seq = record.seq + 1;
  log.epoch = record.epoch;
  log.commitment = record.commitment;
  log.fold_seq = record.fold_seq;
  log.fold_changed = false;
  log.hold = record.held ? Hold::waits : Hold::none;
  log.marks = std::move(record.marks);
  return true;
}

void Shard::Impl::run_waiters(LogState& log) {
  if (log.waiters.empty()) return;
  for (Waiter& waiter : std::exchange(log.waiters, {})) {
    waiting_bytes_ -= waiter.body.size();
    run_waiter(waiter, log);
  }
}

void Shard::Impl::run_waiter(Waiter& waiter, LogState& log) {
  Conn* conn = find(waiter.conn);
  if (!conn) return;
  --conn->waiting;
  const bool ready = log.load != LogState::Load::unknown;
  if (waiter.kind == FrameKind::welcome) {
    return task_log_ready(*conn, waiter.serial, ready ? &log : nullptr);
  }
  if (conn->phase != Phase::open) return;
  if (!ready) return refuse_waiter(*conn, log.id, waiter);
  switch (waiter.kind) {
    case FrameKind::publish:
      return on_publish(*conn, waiter.body);
    case FrameKind::fetch:
      return on_fetch(*conn, waiter.body);
    case FrameKind::mark:
      return on_mark(*conn, waiter.body);
    case FrameKind::refill:
      return on_refill(*conn, waiter.body);
    default:
      defect("a waiter of this kind");
  }
}

void Shard::Impl::reload(const LogId& id) {
  auto found = logs_.find(id);
  if (found == logs_.end()) return;
  LogState& log = *found->second;
  if (log.load == LogState::Load::reading) return;
  log.load = LogState::Load::unknown;
  log.next_seq = log.seq + 1;
  log.newcomers.clear();
  if (!log.waiters.empty() || !log.subscribers.empty()) begin_read(log);
}

void Shard::Impl::subscribe(Conn& conn, LogState& log) {
  if (std::find(conn.logs.begin(), conn.logs.end(), &log) != conn.logs.end()) return;
  conn.logs.push_back(&log);
  log.subscribers.push_back(&conn);
}

void Shard::Impl::unsubscribe(Conn& conn, LogState& log) {
  std::erase(conn.logs, &log);
  std::erase(log.subscribers, &conn);
}

void Shard::Impl::drop_idle_logs() {
  if (logs_.size() <= drop_logs_at_) return;
  std::erase_if(logs_, [](const auto& item) {
    const LogState& log = *item.second;
    return log.subscribers.empty() && log.waiters.empty() && !log.has_pending() && !log.moved &&
           log.load != LogState::Load::reading;
  });
  // What is left is in use; looking again at once would find the same.
  drop_logs_at_ = std::max(config_.limits.logs_in_memory_max, logs_.size() + logs_.size() / 4);
}

Errc Shard::Impl::may_read(const Conn& conn, const LogState& log) const {
  if (log.load != LogState::Load::known || log.shop != conn.shop->id) return Errc::no_such_log;
  return log.fold.may_read(*conn.shop->info, conn.device, is_certified(conn)) ? Errc::none
                                                                              : Errc::not_member;
}

}  // namespace shopbell::relay
