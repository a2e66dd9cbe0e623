// Several nodes over one store. Each may write every log: the store takes a batch only where it
// follows what is stored, and whoever was second reads again and looks at his envelopes anew. The
// bus says sooner what the store says within look_every_ms. docs/decisions/0019.
#include "relay/shard_impl.h"

namespace shopbell::relay {

using wire::FrameKind;

// --- what others are told

void Shard::Impl::tell_others(bus::News news) {
  if (has_others()) outputs_.push_back(out::Tell{std::move(news)});
}

void Shard::Impl::tell_others(const store::Batch& batch) {
  std::set<LogId> told;
  for (const store::LogWrite& write : batch.logs) {
    told.insert(write.log);
    tell_others(bus::HeadNews{write.shop, write.log, write.seq});
  }
  for (const store::MarkWrite& mark : batch.marks) {
    auto log = logs_.find(mark.log);
    if (log == logs_.end() || !told.insert(mark.log).second) continue;
    tell_others(bus::HeadNews{log->second->shop, mark.log, log->second->seq});
  }
  for (const store::CardWrite& card : batch.cards) tell_others(bus::CardNews{card.shop});
}

// --- what others tell

void Shard::Impl::on(in::Heard& heard_one) {
  const bus::Message& message = heard_one.message;
  if (!has_others() || message.from == config_.on_bus) return;
  std::uint64_t& last = heard_[message.from];
  const bool gap = message.number > last + 1;
  last = std::max(last, message.number);
  std::visit([this](const auto& news) { heard(news); }, message.news);
  if (gap) look();
}

void Shard::Impl::heard(const bus::HeadNews& news) { log_moved(news.shop, news.log); }

void Shard::Impl::heard(const bus::CardNews& news) { read_card_again(news.shop); }

// It has gone there. Of an older word that comes late nothing is lost but a connection.
void Shard::Impl::heard(const bus::DeviceNews& news) {
  auto shop = shops_.find(news.shop);
  if (shop == shops_.end()) return;
  auto slot = shop->second->devices.find(news.device);
  if (slot == shop->second->devices.end()) return;
  Conn* conn = slot->second.conn;
  if (news.term < slot->second.term) {
    if (conn) tell_others(bus::DeviceNews{news.shop, news.device, slot->second.term});
    return;
  }
  const bool other_leader = news.term > slot->second.term;
  slot->second.term = news.term;
  if (conn) close(*conn, other_leader ? Errc::closed_replaced : Errc::closed_idle);
}

void Shard::Impl::heard(const bus::SignalNews& news) {
  auto shop = shops_.find(news.shop);
  auto signal = codec::decode<wire::Signal>(news.signal);
  if (shop == shops_.end() || !signal) return;
  if (!signal->to.is_zero()) {
    auto slot = shop->second->devices.find(signal->to);
    if (slot != shop->second->devices.end() && slot->second.conn) {
      forward(*slot->second.conn, *signal);
    }
    return;
  }
  auto log = logs_.find(signal->log);
  if (log == logs_.end() || log->second->load != LogState::Load::known) return;
  forward_to_log(*log->second, nullptr, *signal);
}

// --- what the store says

void Shard::Impl::look() {
  if (looking_) return;
  looking_ = true;
  looked_ms_ = now_ms_;
  stamps_[config_.node] = UINT64_MAX;  // its own
  read({.kind = ReadTask::Kind::moved}, store::ReadMoved{stamps_, moved_max});
  for (const ShopId& shop : std::exchange(cards_unread_, {})) read_card_again(shop);
  for (const LogId& id : std::exchange(unread_, {})) {
    auto log = logs_.find(id);
    if (log == logs_.end()) continue;
    log->second->moved = true;
    read_again(*log->second);
  }
}

void Shard::Impl::moved_read(const Result<store::Moved>& moved) {
  looking_ = false;
  if (!moved) return;
  if (moved->generation != config_.generation) {
    // What is under way is of the former one; it is asked again.
    if (committing_ || !building_.empty()) return;
    return generation_begun(moved->generation, moved->restored_ms);
  }
  stamps_ = moved->stamps;
  for (const ShopId& shop : moved->cards) read_card_again(shop);
  for (const auto& [shop, log] : moved->logs) log_moved(shop, log);
  if (moved->logs.size() >= moved_max) look();
}

void Shard::Impl::read_card_again(const ShopId& id) {
  auto shop = shops_.find(id);
  if (shop == shops_.end() || shop->second->load != Shop::Load::known) return;
  read({.kind = ReadTask::Kind::other_card, .shop = id}, store::ReadCard{id});
}

void Shard::Impl::other_card_read(const ReadTask& task, const Result<Bytes>& card) {
  Shop& shop = *shops_.at(task.shop);
  if (!card) {
    cards_unread_.insert(task.shop);
    return;
  }
  auto info = take_shop_card(shop.id, *card);
  if (!info || (shop.info && info->version <= shop.info->version)) return;
  adopt_card(shop, std::move(*info));
}

void Shard::Impl::log_moved(const ShopId& shop_id, const LogId& id) {
  auto shop = shops_.find(shop_id);
  if (shop == shops_.end()) return;
  auto found = logs_.find(id);
  // Nobody here could be told; who comes is told what stands then.
  if (found == logs_.end() && conns_.empty()) return;
  LogState& log = found == logs_.end() ? log_state(id) : *found->second;
  log.moved = log.wanted = true;
  read_again(log);
}

void Shard::Impl::read_again(LogState& log) {
  if (!log.moved || log.load == LogState::Load::reading || log.has_pending()) return;
  log.moved = false;
  log.load = LogState::Load::unknown;
  begin_read(log);
}

bool Shard::Impl::asks_again(LogState& log, Conn& conn, FrameKind kind, BytesView body) {
  if (!has_others() || fresh_) return false;
  wait(log, conn, {conn.id, kind, 0, to_bytes(body)});
  read_anew(log);
  return true;
}

LogState* Shard::Impl::fresh_log(const LogId& id, Conn& conn, std::uint32_t serial) {
  LogState& log = log_state(id);
  wait(log, conn, {conn.id, FrameKind::welcome, serial, {}});
  read_anew(log);
  return nullptr;
}

// One that is under way may have begun before what it is asked about.
void Shard::Impl::read_anew(LogState& log) {
  if (log.load == LogState::Load::reading) {
    log.again = true;
  } else {
    log.moved = true;
    read_again(log);
  }
}

// --- what was read

void Shard::Impl::catch_up(LogState& log, std::uint64_t told,
                           const std::vector<store::MarkWrite>& marks,
                           const store::LogRecord& record) {
  Shop& shop = *shops_.at(log.shop);
  const bool wanted = std::exchange(log.wanted, false);
  follow_again(shop, log);
  if (told == 0) {
    Conn* desk = wanted ? shop.desk : nullptr;
    if (desk && desk->phase != Phase::challenged) {
      send_heads(*desk, {head_of(log, desk->device)});
    }
    return;
  }
  if (log.seq > told) tell_missed(log, told, record);
  for (const store::MarkWrite& mark : log.marks) {
    const auto same = std::find_if(marks.begin(), marks.end(), [&](const auto& one) {
      return one.device == mark.device && one.kind == mark.kind;
    });
    if (same == marks.end() || same->seq < mark.seq) tell_mark(log, mark);
  }
}

void Shard::Impl::tell_missed(LogState& log, std::uint64_t told, const store::LogRecord& record) {
  Shop& shop = *shops_.at(log.shop);
  std::vector<Conn*> hearers = log.subscribers;
  const bool desk_follows = std::find(hearers.begin(), hearers.end(), shop.desk) != hearers.end();
  if (shop.desk && !desk_follows) hearers.push_back(shop.desk);
  if (record.fold_seq > told) {
    // They fetch what lies between.
    for (Conn* conn : hearers) send_heads(*conn, {head_of(log, conn->device)});
    return;
  }
  for (const store::Entry& entry : record.tail) {
    if (entry.seq <= told) continue;
    scratch_.clear();
    codec::encode_framed(static_cast<std::uint32_t>(FrameKind::deliver),
                         wire::Deliver{log.id, entry.seq, entry.time_ms, entry.envelope,
                                       voucher_of(log.id, entry.seq, entry.chain)},
                         scratch_);
    for (Conn* conn : hearers) deliver(*conn);
  }
}

// Whoever was let in there, and came here before that.
void Shard::Impl::follow_again(Shop& shop, LogState& log) {
  const bool is_shop_log = shop.info && log.id == shop.info->shop_log;
  const auto join = [&](Conn* conn) {
    if (!conn || conn->phase == Phase::challenged) return;
    const bool visits = conn->standing == Standing::visitor && !is_shop_log;
    const bool follows = visits || (is_shop_log && conn->standing == Standing::certified);
    if (!follows) return;
    if (std::find(conn->logs.begin(), conn->logs.end(), &log) != conn->logs.end()) return;
    subscribe(*conn, log);
    if (conn->phase == Phase::open) send_heads(*conn, {head_of(log, conn->device)});
  };
  if (is_shop_log) {
    for (auto& [device, slot] : shop.devices) join(slot.conn);
    return;
  }
  for (const auto& [device, author] : log.fold.authors()) {
    auto slot = shop.devices.find(device);
    if (slot != shop.devices.end()) join(slot->second.conn);
  }
}

// --- another node was first

void Shard::Impl::start_again(Pending& pending) {
  const store::Batch& batch = *pending.batch;
  if (batch.generation != 0) return;
  for (const store::NewEnvelope& one : batch.envelopes) {
    LogState& log = *logs_.at(one.log);
    Shop& shop = *shops_.at(log.shop);
    auto slot = shop.devices.find(one.author);
    Conn* author = slot == shop.devices.end() ? nullptr : slot->second.conn;
    if (!author) continue;
    if (author->in_flight > 0) --author->in_flight;
    Bytes frame;
    codec::encode_to(wire::Publish{batch.envelope(one)}, frame);
    wait(log, *author, {author->id, FrameKind::publish, 0, std::move(frame)});
  }
  for (const store::MarkWrite& mark : batch.marks) {
    auto log = logs_.find(mark.log);
    if (log == logs_.end()) continue;
    Shop& shop = *shops_.at(log->second->shop);
    auto slot = shop.devices.find(mark.device);
    Conn* signer = slot == shop.devices.end() ? nullptr : slot->second.conn;
    if (!signer) continue;
    Bytes frame;
    codec::encode_to(wire::Mark{mark.mark}, frame);
    wait(*log->second, *signer, {signer->id, FrameKind::mark, 0, std::move(frame)});
  }
  for (const auto& [id, log] : pending.refills) {
    wire::Error error;
    error.log = log->id;
    if (Conn* conn = find(id)) refuse(*conn, error, Errc::busy);
  }
  for (const store::CardWrite& card : batch.cards) {
    Shop& shop = *shops_.at(card.shop);
    auto slot = shop.devices.find(shop.offered->desk.id);
    if (slot != shop.devices.end() && slot->second.conn) refuse(*slot->second.conn, {}, Errc::busy);
    shop.offered.reset();
    read_card_again(card.shop);
  }
  std::vector<LogId> touched;
  for (const store::LogWrite& write : batch.logs) touched.push_back(write.log);
  for (const store::MarkWrite& mark : batch.marks) touched.push_back(mark.log);
  pending.clear();
  for (const LogId& id : touched) reload(id);
}

}  // namespace shopbell::relay
