#include "relay/shard.h"

#include <cstdio>
#include <cstdlib>

#include "relay/shard_impl.h"

namespace shopbell::relay {

namespace {
// Looks for silent connections this often; the limits it watches are ten times longer.
constexpr std::uint64_t sweep_ms = 1000;
}  // namespace

void defect(const char* what) {
  std::fprintf(stderr, "shopbell relay defect: %s\n", what);
  std::abort();
}

Shard::Impl::Impl(Config config, BytesView entropy)
    : config_(std::move(config)),
      voucher_key_(crypto::derive(config_.key.seed, "shopbell voucher key v1", {})),
      blob_tokens_(config_.key.seed) {
  require(!config_.hosts.empty(), "no host name configured");
  require(!config_.shops.empty(), "no shop configured");
  require(config_.generation != 0, "no store generation");
  stamps_ = config_.stamps;
  rng_.seed(entropy);
  require(rng_.seeded(), "too little entropy");
  for (const ShopId& id : config_.shops) {
    auto shop = std::make_unique<Shop>();
    shop->id = id;
    shops_.emplace(id, std::move(shop));
  }
  drop_logs_at_ = config_.limits.logs_in_memory_max;
}

void Shard::Impl::handle(Input input) {
  require(polled_ == outputs_.size(), "handle() before the drain was finished");
  outputs_.clear();
  polled_ = 0;
  require(now_ms_ != 0 || std::holds_alternative<in::Tick>(input), "the first input is no Tick");
  std::visit([this](auto& one) { on(one); }, input);
  finish_handle();
}

Output* Shard::Impl::poll() { return polled_ < outputs_.size() ? &outputs_[polled_++] : nullptr; }

void Shard::Impl::finish_handle() {
  begin_commit();
  for (ConnId id : dirty_) {
    Conn* conn = find(id);
    if (!conn) continue;
    conn->dirty = false;
    flush(*conn);
    if (conn->queued_bytes + conn->held.size() > config_.limits.slow_bytes) {
      close(*conn, Errc::closed_slow);
    }
  }
  dirty_.clear();
  if (draining_ && !committing_) {
    while (!conns_.empty()) close(*conns_.begin()->second, Errc::closed_draining);
  }
  metrics_.connections = conns_.size();
  metrics_.logs = logs_.size();
  if (!conns_.empty() && sweep_at_ms_ != timeout_told_ms_) {
    timeout_told_ms_ = sweep_at_ms_;
    outputs_.push_back(out::Timeout{sweep_at_ms_});
  }
}

bool Shard::Impl::drained() const { return draining_ && conns_.empty() && !committing_; }

void Shard::Impl::on(in::Tick& tick) {
  now_ms_ = tick.now_ms;
  if (now_ms_ < sweep_at_ms_ && sweep_at_ms_ - now_ms_ <= sweep_ms) return;
  sweep_at_ms_ = now_ms_ + sweep_ms;
  std::vector<std::pair<ConnId, Errc>> ended;
  for (auto& [id, held] : conns_) {
    Conn& conn = *held;
    // A clock that was set back must not make everybody silent for ever.
    conn.heard_ms = std::min(conn.heard_ms, now_ms_);
    conn.opened_ms = std::min(conn.opened_ms, now_ms_);
    if (conn.phase == Phase::challenged) {
      const auto most = limits::hello_ms_max + (conn.work_bits != 0 ? limits::work_ms_max : 0);
      const bool late = now_ms_ - conn.opened_ms > most;
      if (late) ended.push_back({id, Errc::closed_hello});
    } else if (now_ms_ - conn.heard_ms > limits::idle_ms_max) {
      ended.push_back({id, Errc::closed_idle});
    } else if (now_ms_ - conn.heard_ms > limits::ping_after_ms && !conn.pinged &&
               conn.phase == Phase::open) {
      conn.pinged = true;
      send(conn, wire::FrameKind::ping, wire::Ping{1});
    }
  }
  for (auto& [id, code] : ended) close(*find(id), code);
  if (has_others() && (now_ms_ >= looked_ms_ + look_every_ms || now_ms_ < looked_ms_)) look();
  drop_idle_logs();
  budgets_.sweep(now_ms_);
  for (auto& [id, shop] : shops_) forget_terms(*shop);
}

// A term counts for as long as there is room to remember it; the device itself refuses older ones.
void Shard::Impl::forget_terms(Shop& shop) {
  if (shop.devices.size() < conns_.size() + config_.limits.connections_max) return;
  std::erase_if(shop.devices, [](const auto& slot) { return slot.second.conn == nullptr; });
}

void Shard::Impl::on(in::Opened& opened) {
  auto [place, fresh] = conns_.emplace(opened.conn, nullptr);
  require(fresh, "a connection was opened twice");
  place->second = std::make_unique<Conn>(opened.conn);
  Conn& conn = *place->second;
  ++unproven_;
  ++metrics_.connections_opened;
  conn.heard_ms = conn.opened_ms = now_ms_;
  if (sweep_at_ms_ <= now_ms_) sweep_at_ms_ = now_ms_ + sweep_ms;
  conn.source = opened.source;
  const bool fits = budgets_.open(conn.source, config_.limits.unproven_of_source_max);
  if (draining_) return close(conn, Errc::closed_draining);
  if (!fits || conns_.size() > config_.limits.connections_max ||
      unproven_ > config_.limits.unproven_max) {
    return close(conn, Errc::closed_busy);
  }
  conn.relay_nonce = rng_.nonce();
  conn.work_bits =
      budgets_.work_bits(conn.source, now_ms_, config_.limits.newcomers_of_source_per_minute);
  if (conn.work_bits != 0) ++metrics_.work_asked;
  send(conn, wire::FrameKind::challenge,
       wire::Challenge{conn.relay_nonce, config_.key.key, config_.generation, conn.work_bits});
}

void Shard::Impl::on(in::Received& received) {
  Conn* conn = find(received.conn);
  if (!conn || draining_) return;
  conn->heard_ms = now_ms_;
  conn->pinged = false;
  const auto bytes_max =
      conn->phase == Phase::challenged ? config_.limits.hello_bytes_max : limits::frame_bytes_max;
  if (received.bytes.empty() || received.bytes.size() > bytes_max) {
    return close(*conn, Errc::closed_frame);
  }
  BytesView rest = received.bytes;
  while (!rest.empty()) {
    auto frame = codec::next_framed(rest);
    if (!frame) return close(*conn, Errc::closed_frame);
    on_frame(*conn, *frame);
    conn = find(received.conn);
    if (!conn) return;
  }
}

void Shard::Impl::on_frame(Conn& conn, const codec::Framed& frame) {
  using wire::FrameKind;
  const auto kind = static_cast<FrameKind>(frame.kind);
  if (kind == FrameKind::hello && conn.phase == Phase::challenged && conn.hello.empty()) {
    return on_hello(conn, frame.body);
  }
  // Nothing but one Hello before the Welcome has gone out.
  if (conn.phase != Phase::open) return close(conn, Errc::closed_proof);
  switch (kind) {
    case FrameKind::ping: {
      auto ping = codec::decode<wire::Ping>(frame.body);
      if (!ping) return close(conn, Errc::closed_frame);
      return send(conn, FrameKind::pong, wire::Pong{ping->id});
    }
    case FrameKind::pong:
      if (!codec::decode<wire::Pong>(frame.body)) close(conn, Errc::closed_frame);
      return;
    case FrameKind::put_card:
      return on_put_card(conn, frame.body);
    default:
      break;
  }
  if (conn.standing == Standing::no_card) return refuse(conn, {}, Errc::not_member);
  switch (kind) {
    case FrameKind::publish:
      return on_publish(conn, frame.body);
    case FrameKind::fetch:
      return on_fetch(conn, frame.body);
    case FrameKind::refill:
      return on_refill(conn, frame.body);
    case FrameKind::get_heads:
      return on_get_heads(conn, frame.body);
    case FrameKind::mark:
      return on_mark(conn, frame.body);
    case FrameKind::signal:
      return on_signal(conn, frame.body);
    case FrameKind::watch:
      return on_watch(conn, frame.body);
    case FrameKind::hello:
    case FrameKind::challenge:
    case FrameKind::welcome:
    case FrameKind::published:
    case FrameKind::deliver:
    case FrameKind::page:
    case FrameKind::heads:
    case FrameKind::card:
    case FrameKind::error:
      return close(conn, Errc::closed_frame);
    default:
      return refuse(conn, {}, Errc::frame_bad);  // of a newer version
  }
}

void Shard::Impl::on(in::Closed& closed) {
  if (Conn* conn = find(closed.conn)) forget(*conn);
}

void Shard::Impl::on(in::Queued& queued) {
  Conn* conn = find(queued.conn);
  if (!conn) return;
  conn->queued_bytes = queued.bytes;
  conn->congested = queued.bytes > config_.limits.congested_bytes;
  if (queued.bytes > config_.limits.slow_bytes) return close(*conn, Errc::closed_slow);
  start_fetches(*conn);
}

void Shard::Impl::on(in::ReadDone& done) {
  auto found = reads_.find(done.id);
  require(found != reads_.end(), "an answer to a read that is not under way");
  const ReadTask task = found->second;
  reads_.erase(found);
  require(
      done.answer.index() == static_cast<std::size_t>(std::array{
                                 5, 0, 2, 3, 1, 4, 1, 6, 5}[static_cast<std::size_t>(task.kind)]),
      "an answer of another kind than the read");
  switch (task.kind) {
    case ReadTask::Kind::card:
      return card_read(task, std::get<5>(done.answer));
    case ReadTask::Kind::log:
      return log_read(task, std::get<0>(done.answer));
    case ReadTask::Kind::logs_of_device:
      return logs_of_device_read(task, std::get<2>(done.answer));
    case ReadTask::Kind::heads:
      return heads_read(task, std::get<3>(done.answer));
    case ReadTask::Kind::page:
      return page_read(task, std::get<1>(done.answer));
    case ReadTask::Kind::repeat:
      return repeat_found(task, std::get<4>(done.answer));
    case ReadTask::Kind::twice:
      return twice_read(task, std::get<1>(done.answer));
    case ReadTask::Kind::moved:
      return moved_read(std::get<6>(done.answer));
    case ReadTask::Kind::other_card:
      return other_card_read(task, std::get<5>(done.answer));
  }
}

void Shard::Impl::on(in::Drain&) { draining_ = true; }

void Shard::Impl::send_framed(Conn& conn, BytesView frame) {
  if (!conn.dirty) {
    conn.dirty = true;
    dirty_.push_back(conn.id);
  }
  if (conn.phase == Phase::welcoming) return append(conn.held, frame);
  if (conn.out.size() + frame.size() > limits::frame_bytes_max) flush(conn);
  // One allocation for what usually goes out in one drain.
  if (conn.out.capacity() == 0) conn.out.reserve(std::max<std::size_t>(1024, frame.size()));
  append(conn.out, frame);
}

void Shard::Impl::refuse(Conn& conn, wire::Error error, Errc code) {
  error.code = static_cast<std::uint64_t>(code);
  if (code == Errc::busy) error.retry_ms = busy_retry_ms;
  if (code == Errc::store_full || code == Errc::quota) error.retry_ms = store_retry_ms;
  if (error.code >= 100 && error.code < 200) ++metrics_.refused[error.code - 100];
  send(conn, wire::FrameKind::error, error);
}

void Shard::Impl::refuse_envelope(Conn& conn, const LogId& log, std::uint64_t counter, Errc code) {
  wire::Error error;
  error.log = log;
  error.counter = counter;
  refuse(conn, error, code);
}

void Shard::Impl::flush(Conn& conn) {
  if (conn.out.empty()) return;
  const std::size_t size = conn.out.size();
  outputs_.push_back(out::Send{conn.id, std::move(conn.out)});
  conn.out = {};
  if (conn.congested) conn.queued_bytes += size;
}

void Shard::Impl::close(Conn& conn, Errc code) {
  if (!conn.out.empty()) outputs_.push_back(out::Send{conn.id, std::move(conn.out)});
  outputs_.push_back(out::Close{conn.id, code});
  const auto number = static_cast<std::size_t>(code);
  if (number >= 4000 && number < 4100) ++metrics_.closed_for_now[number - 4000];
  if (number >= 4500 && number < 4600) ++metrics_.closed_for_good[number - 4500];
  forget(conn);
}

// Says when to come again; only the core of a device that is not welcome here hears of it.
void Shard::Impl::turn_away(Conn& conn, Errc code) {
  wire::Error error;
  error.code = static_cast<std::uint64_t>(code);
  error.retry_ms = crowded_retry_ms;
  codec::encode_framed(static_cast<std::uint32_t>(wire::FrameKind::error), error, conn.out);
  close(conn, code);
}

void Shard::Impl::forget(Conn& conn) {
  while (!conn.logs.empty()) unsubscribe(conn, *conn.logs.back());
  budgets_.close(conn.source, conn.phase != Phase::challenged);
  if (conn.phase == Phase::challenged) {
    --unproven_;
  } else {
    --metrics_.devices;
    auto slot = conn.shop->devices.find(conn.device);
    if (slot != conn.shop->devices.end() && slot->second.conn == &conn) {
      slot->second.conn = nullptr;
      if (slot->second.term == 0) conn.shop->devices.erase(slot);
    }
    if (conn.shop->desk == &conn) conn.shop->desk = nullptr;
  }
  conns_.erase(conn.id);
}

Conn* Shard::Impl::find(ConnId conn) {
  auto found = conns_.find(conn);
  return found == conns_.end() ? nullptr : found->second.get();
}

void Shard::Impl::read(ReadTask task, store::Query query) {
  const ReadId id{++last_read_};
  reads_.emplace(id, task);
  outputs_.push_back(out::Read{id, std::move(query)});
}

Shard::Shard(Config config, BytesView entropy)
    : impl_(std::make_unique<Impl>(std::move(config), entropy)) {}
Shard::~Shard() = default;
void Shard::handle(Input input) { impl_->handle(std::move(input)); }
Output* Shard::poll() { return impl_->poll(); }
const Metrics& Shard::metrics() const { return impl_->metrics(); }
bool Shard::drained() const { return impl_->drained(); }

}  // namespace shopbell::relay
