// What devices ask for: pages, heads, subscriptions; and what they hand on: marks and signals.
#include "relay/shard_impl.h"

namespace shopbell::relay {

using wire::FrameKind;

namespace {
constexpr std::uint64_t checkpoint_interval_ms = 1000;
constexpr std::uint64_t log_signal = 1;
constexpr std::uint64_t session_data = 4;

// Leaves in `heads` what one frame may hold, and returns the others.
std::vector<wire::Head> split_off(std::vector<wire::Head>& heads) {
  std::size_t bytes = 0;
  std::size_t count = 0;
  while (count < heads.size() && count < limits::heads_per_welcome_max &&
         bytes < limits::page_bytes_max) {
    bytes += codec::size_of(heads[count++]);
  }
  const auto end = heads.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<wire::Head> rest(std::make_move_iterator(end), std::make_move_iterator(heads.end()));
  heads.erase(end, heads.end());
  return rest;
}

wire::Error error_of(const LogId& log) {
  wire::Error error;
  error.log = log;
  return error;
}
}  // namespace

void Shard::Impl::on_fetch(Conn& conn, BytesView body) {
  auto fetch = codec::decode<wire::Fetch>(body);
  if (!fetch) return close(conn, Errc::closed_frame);
  if (fetch->from == 0 || fetch->to < fetch->from) {
    return refuse(conn, error_of(fetch->log), Errc::frame_bad);
  }
  LogState* log = ready_log(fetch->log, conn, FrameKind::fetch, body);
  if (!log) return;
  if (Errc code = may_read(conn, *log); code != Errc::none) {
    if (asks_again(*log, conn, FrameKind::fetch, body)) return;
    return refuse(conn, error_of(fetch->log), code);
  }
  const bool beyond = fetch->from > log->seq + 1;
  if (beyond && asks_again(*log, conn, FrameKind::fetch, body)) return;
  if (conn.fetches.size() >= config_.limits.fetches_waiting_max) {
    return refuse(conn, error_of(fetch->log), Errc::busy);
  }
  conn.fetches.push_back({fetch->log, fetch->from, fetch->to});
  start_fetches(conn);
}

void Shard::Impl::start_fetches(Conn& conn) {
  std::size_t started = 0;
  while (started < conn.fetches.size() && !conn.congested &&
         conn.fetches_reading < config_.limits.fetches_reading_max) {
    const Conn::Fetch& fetch = conn.fetches[started++];
    auto log = logs_.find(fetch.log);
    const std::uint64_t head = log == logs_.end() ? fetch.to : log->second->seq;
    ++conn.fetches_reading;
    // The entry before tells the chain there.
    const std::uint64_t from = std::max<std::uint64_t>(fetch.from, 2) - 1;
    read({.kind = ReadTask::Kind::page, .conn = conn.id, .log = fetch.log, .number = fetch.from},
         store::ReadPage{fetch.log, from, std::min(fetch.to, head),
                         limits::page_bytes_max + limits::envelope_bytes_max});
  }
  conn.fetches.erase(conn.fetches.begin(),
                     conn.fetches.begin() + static_cast<std::ptrdiff_t>(started));
}

void Shard::Impl::page_read(const ReadTask& task,
                            const Result<std::vector<store::Entry>>& entries) {
  Conn* conn = find(task.conn);
  if (!conn) return;
  --conn->fetches_reading;
  LogState* log = entries ? ready_page_log(*conn, task, *entries) : nullptr;
  if (!entries) refuse(*conn, error_of(task.log), Errc::busy);
  if (log) send_page(*conn, *log, task.number, *entries);
  start_fetches(*conn);
}

// The log may have left memory, or come under reload, while the page was read.
LogState* Shard::Impl::ready_page_log(Conn& conn, const ReadTask& task,
                                      const std::vector<store::Entry>& entries) {
  const std::uint64_t to =
      entries.empty() ? task.number : std::max(task.number, entries.back().seq);
  Bytes again;
  codec::encode_to(wire::Fetch{task.log, task.number, to}, again);
  return ready_log(task.log, conn, FrameKind::fetch, again);
}

void Shard::Impl::send_page(Conn& conn, LogState& log, std::uint64_t from,
                            const std::vector<store::Entry>& entries) {
  wire::Page page;
  page.log = log.id;
  page.from = from;
  page.head_seq = log.seq;
  page.resumed = log.fold.resumed();
  if (from == 1) page.before = chain_start(log.shop, log.id);
  std::vector<Voucher> vouchers;
  vouchers.reserve(entries.size());
  page.items.reserve(entries.size());
  for (const store::Entry& entry : entries) {
    if (entry.seq < from) {
      page.before = entry.chain;
      continue;
    }
    vouchers.push_back(voucher_of(log.id, entry.seq, entry.chain));
    page.items.push_back({log.id, entry.seq, entry.time_ms, entry.envelope, vouchers.back()});
  }
  Bytes checkpoint;
  const bool due = now_ms_ - log.checkpoint_ms >= checkpoint_interval_ms;
  if (log.seq > 0 && (due || now_ms_ < log.checkpoint_ms)) {
    log.checkpoint_ms = now_ms_;
    checkpoint = make_checkpoint(
        config_.key,
        wire::CheckpointBody{log.shop, log.id, log.seq, log.chain, now_ms_, config_.generation});
    page.checkpoint = checkpoint;
  }
  ++metrics_.pages_sent;
  send(conn, FrameKind::page, page);
}

void Shard::Impl::on_get_heads(Conn& conn, BytesView body) {
  auto get = codec::decode<wire::GetHeads>(body);
  if (!get) return close(conn, Errc::closed_frame);
  if (conn.standing != Standing::desk) {
    std::vector<wire::Head> heads;
    for (const LogState* log : conn.logs) {
      if (log->load == LogState::Load::known) heads.push_back(head_of(*log, conn.device));
    }
    return send_heads(conn, std::move(heads));
  }
  if (conn.heads_reading) return refuse(conn, {}, Errc::busy);
  conn.heads_reading = true;
  read(
      {.kind = ReadTask::Kind::heads, .conn = conn.id, .number = get->cursor},
      store::ReadHeads{conn.shop->id, conn.device, get->cursor, limits::heads_per_welcome_max + 1});
}

void Shard::Impl::heads_read(const ReadTask& task,
                             const Result<std::vector<store::HeadRow>>& rows) {
  Conn* conn = find(task.conn);
  if (!conn) return;
  conn->heads_reading = false;
  // Who asks for more of them would not ask again.
  if (!rows) return close(*conn, Errc::closed_store);
  std::vector<wire::Head> heads;
  std::uint64_t cursor = task.number;
  std::size_t bytes = 0;
  for (const store::HeadRow& row : *rows) {
    if (heads.size() == limits::heads_per_welcome_max || bytes > limits::page_bytes_max) break;
    wire::Head head{row.log,     row.seq, static_cast<std::uint64_t>(row.kind),
                    row.counter, {},      row.chain};
    for (const Bytes& mark : row.marks) head.marks.push_back(mark);
    const auto log = logs_.find(row.log);
    const Hold hold = log == logs_.end() ? Hold::none : log->second->hold;
    head.held = std::max<std::uint64_t>(row.held ? 1 : 0, static_cast<std::uint64_t>(hold));
    bytes += codec::size_of(head);
    cursor = row.change;
    heads.push_back(std::move(head));
  }
  const bool more = heads.size() < rows->size();
  if (conn->phase == Phase::welcoming) return send_welcome(*conn, std::move(heads), cursor, more);
  send(*conn, FrameKind::heads, wire::Heads{std::move(heads), cursor, more});
}

void Shard::Impl::on_watch(Conn& conn, BytesView body) {
  auto watch = codec::decode<wire::Watch>(body);
  if (!watch) return close(conn, Errc::closed_frame);
  if (conn.standing == Standing::visitor) return refuse(conn, {}, Errc::not_member);
  if (watch->logs.size() > limits::watch_logs_max) return refuse(conn, {}, Errc::quota);
  if (conn.waiting >= config_.limits.waiters_of_connection_max) {
    return refuse(conn, {}, Errc::busy);
  }
  const LogId& shop_log = conn.shop->info->shop_log;
  const std::vector<LogState*> former = conn.logs;
  for (LogState* log : former) {
    const bool kept =
        std::find(watch->logs.begin(), watch->logs.end(), log->id) != watch->logs.end();
    if (log->id != shop_log && !kept) unsubscribe(conn, *log);
  }
  begin_task(conn, std::move(watch->logs));
}

void Shard::Impl::logs_of_device_read(const ReadTask& task,
                                      const Result<std::vector<LogId>>& logs) {
  Conn* conn = find(task.conn);
  if (!conn || conn->phase != Phase::welcoming) return;
  if (!logs) return close(*conn, Errc::closed_store);
  conn->known = conn->known || !logs->empty();
  if (!conn->known) {
    // Without work: who has a conversation was not to do any, and this one has none.
    if (!conn->worked || !budgets_.take_newcomer(conn->device, conn->source, now_ms_,
                                                 config_.limits.newcomers_of_source_per_minute)) {
      return turn_away(*conn, Errc::closed_crowded);
    }
    if (conn->work_bits != 0) ++metrics_.work_brought;
  }
  std::vector<LogId> first = *logs;
  if (first.size() > limits::repeated_max) first.resize(limits::repeated_max);
  begin_task(*conn, std::move(first));
}

void Shard::Impl::begin_task(Conn& conn, std::vector<LogId> logs) {
  conn.task = {std::move(logs), 0, conn.task.serial + 1};
  // One more than there are logs, so that it does not end before all have been asked for.
  conn.task.left = conn.task.logs.size() + 1;
  const std::uint32_t serial = conn.task.serial;
  const std::vector<LogId> asked = conn.task.logs;
  const ConnId id = conn.id;
  for (const LogId& log_id : asked) {
    // Who was served by another node knows its logs as they stand there.
    LogState* log = has_others() ? fresh_log(log_id, conn, serial)
                                 : ready_log(log_id, conn, FrameKind::welcome, {}, serial);
    if (log) task_log_ready(conn, serial, log);
    if (!find(id)) return;
  }
  task_part_done(conn, serial);
}

void Shard::Impl::task_log_ready(Conn& conn, std::uint32_t serial, LogState* log) {
  if (serial != conn.task.serial || conn.task.left == 0) return;
  // It would wait for what nobody tells it.
  if (!log) return close(conn, Errc::closed_store);
  const Errc code = may_read(conn, *log);
  if (code == Errc::none) {
    subscribe(conn, *log);
  } else if (conn.phase == Phase::open) {
    refuse(conn, error_of(log->id), code);
  }
  task_part_done(conn, serial);
}

void Shard::Impl::task_part_done(Conn& conn, std::uint32_t serial) {
  if (serial == conn.task.serial && --conn.task.left == 0) finish_task(conn);
}

void Shard::Impl::finish_task(Conn& conn) {
  const std::vector<LogId> asked = std::exchange(conn.task.logs, {});
  std::vector<wire::Head> heads;
  for (const LogId& id : asked) {
    auto log = logs_.find(id);
    if (log == logs_.end()) continue;
    if (log->second->load == LogState::Load::reading) return begin_task(conn, asked);
    if (may_read(conn, *log->second) == Errc::none) {
      heads.push_back(head_of(*log->second, conn.device));
    }
  }
  if (conn.phase != Phase::welcoming) return send_heads(conn, std::move(heads));
  // What does not fit into the Welcome follows it.
  std::vector<wire::Head> rest = split_off(heads);
  send_welcome(conn, std::move(heads), 0, false);
  if (!rest.empty()) send_heads(conn, std::move(rest));
}

// At least one frame: it is the answer.
void Shard::Impl::send_heads(Conn& conn, std::vector<wire::Head> heads) {
  do {
    std::vector<wire::Head> rest = split_off(heads);
    send(conn, FrameKind::heads, wire::Heads{std::move(heads), 0, false});
    heads = std::move(rest);
  } while (!heads.empty());
}

wire::Head Shard::Impl::head_of(const LogState& log, const DeviceId& device) const {
  wire::Head head{log.id,
                  log.seq,
                  static_cast<std::uint64_t>(log.fold.kind()),
                  committed_counter(log, device),
                  {},
                  log.chain,
                  static_cast<std::uint64_t>(log.hold)};
  for (const store::MarkWrite& mark : log.marks) head.marks.push_back(mark.mark);
  return head;
}

void Shard::Impl::on_mark(Conn& conn, BytesView body) {
  auto frame = codec::decode<wire::Mark>(body);
  if (!frame) return close(conn, Errc::closed_frame);
  auto mark = peek_mark(frame->mark);
  if (!mark || frame->mark.size() > config_.limits.mark_bytes_max || mark->device != conn.device ||
      mark->kind < 1 || mark->kind > 2) {
    return refuse(conn, {}, Errc::mark_refused);
  }
  LogState* log = ready_log(mark->log, conn, FrameKind::mark, body);
  if (!log) return;
  if (Errc code = may_read(conn, *log); code != Errc::none) {
    if (asks_again(*log, conn, FrameKind::mark, body)) return;
    return refuse(conn, error_of(mark->log), code);
  }
  if (mark->seq == 0 || mark->seq > log->seq) {
    if (asks_again(*log, conn, FrameKind::mark, body)) return;
    return refuse(conn, error_of(mark->log), Errc::mark_refused);
  }
  store::MarkWrite write{log->id, conn.device, mark->kind, mark->seq, to_bytes(frame->mark)};
  auto same = std::find_if(log->marks.begin(), log->marks.end(), [&](const auto& one) {
    return one.device == write.device && one.kind == write.kind;
  });
  if (same == log->marks.end()) {
    log->marks.push_back(write);
  } else if (same->seq < write.seq) {
    *same = write;
  } else {
    return;
  }
  building_.batch->marks.push_back(std::move(write));
}

void Shard::Impl::tell_mark(LogState& log, const store::MarkWrite& mark) {
  ++metrics_.marks_placed;
  Conn* desk = shops_.at(log.shop)->desk;
  const wire::Mark frame{mark.mark};
  if (desk && desk->device != mark.device) send(*desk, FrameKind::mark, frame);
  for (Conn* conn : log.subscribers) {
    if (conn != desk && conn->device != mark.device) send(*conn, FrameKind::mark, frame);
  }
}

void Shard::Impl::on_signal(Conn& conn, BytesView body) {
  auto signal = codec::decode<wire::Signal>(body);
  if (!signal) return close(conn, Errc::closed_frame);
  wire::Error error;
  error.log = signal->log;
  error.device = signal->to;
  const bool to_log = !signal->log.is_zero();
  const bool fits = to_log ? signal->kind == log_signal
                           : signal->kind > log_signal && signal->kind <= session_data;
  if (to_log != signal->to.is_zero() || !fits || signal->body.size() > limits::signal_bytes_max) {
    return refuse(conn, error, Errc::frame_bad);
  }
  const auto most = conn.standing == Standing::visitor
                        ? config_.limits.visitor_signals_per_second_max
                        : config_.limits.signals_per_second_max;
  if (conn.standing != Standing::desk && !budgets_.take_signal(conn.device, now_ms_, most)) {
    ++metrics_.signals_dropped;
    return refuse(conn, error, Errc::quota);
  }
  if (!to_log) {
    auto slot = conn.shop->devices.find(signal->to);
    Conn* to = slot == conn.shop->devices.end() ? nullptr : slot->second.conn;
    // Nobody knows whether another node has it; who gets no answer asks again.
    if (has_others()) tell_others(bus::SignalNews{conn.shop->id, to_bytes(body)});
    if (to && to->phase == Phase::open) return forward(*to, *signal);
    return has_others() ? void() : refuse(conn, error, Errc::unreachable);
  }
  // Who would hear it has the log in memory.
  auto log = logs_.find(signal->log);
  if (log == logs_.end() || log->second->load != LogState::Load::known) return;
  if (Errc code = may_read(conn, *log->second); code != Errc::none) {
    return refuse(conn, error, code);
  }
  if (has_others()) tell_others(bus::SignalNews{conn.shop->id, to_bytes(body)});
  forward_to_log(*log->second, &conn, *signal);
}

void Shard::Impl::forward_to_log(const LogState& log, const Conn* from,
                                 const wire::Signal& signal) {
  Conn* desk = shops_.at(log.shop)->desk;
  if (desk && desk != from) forward(*desk, signal);
  for (Conn* to : log.subscribers) {
    if (to != from && to != desk) forward(*to, signal);
  }
}

void Shard::Impl::forward(Conn& to, const wire::Signal& signal) {
  if (to.congested || to.phase != Phase::open) {
    ++metrics_.signals_dropped;
    return;
  }
  ++metrics_.signals_forwarded;
  send(to, FrameKind::signal, signal);
}

}  // namespace shopbell::relay
