#include "relay.h"

#include "mutant.h"

namespace shopbell::sim {

Relay::Relay(Clockwork& clockwork, Net& net, Bytes key_seed, std::string host, const ShopId& shop)
    : w_(clockwork),
      net_(net),
      key_seed_(std::move(key_seed)),
      host_(std::move(host)),
      shop_(shop),
      store_(store::make_memory_store(w_.chance.next() | 1)) {}

std::uint64_t Relay::clock_ms() const {
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(w_.agenda.now_ms()) +
                                    clock_ahead_ms_);
}

void Relay::after(std::uint64_t delay_ms, std::function<void()> act) {
  w_.agenda.after(delay_ms, [this, life = life_, act = std::move(act)] {
    if (life == life_ && running()) act();
  });
}

void Relay::start() {
  if (running()) return;
  ++life_;
  dead_ = false;
  ticked_ms_ = clock_ms();
  written_at_ms_ = 0;
  relay::Config config;
  config.key = crypto::sign_pair(Key::from(key_seed_));
  config.hosts = {host_};
  config.shops = {shop_};
  config.generation = store_->generation();
  config.restored_ms = store_->restored_ms();
  config.last_change = store_->last_change();
  w_.trace.note("relay", "start", life_);
  const Bytes entropy = w_.chance.bytes(64);
  shard_ = std::make_unique<relay::Shard>(std::move(config), entropy);
  run(relay::in::Tick{ticked_ms_});
}

void Relay::crash() {
  if (!running()) return;
  dead_ = true;
  die();
}

void Relay::die() {
  w_.tally.add(Event::relay_crash);
  w_.trace.note("relay", "crash", 0);
  shard_.reset();
  ++life_;
  net_.relay_crashed();
  w_.agenda.after(w_.chance.between(1, 4000), [this] { start(); });
}

void Relay::jump_clock(std::int64_t by_ms) {
  w_.tally.add(Event::clock_jump);
  clock_ahead_ms_ += by_ms;
  w_.trace.note("relay", "clock", static_cast<std::uint64_t>(clock_ahead_ms_));
}

void Relay::back_up() {
  w_.trace.note("relay", "backup", heads_.size());
  backup_ = store::copy_memory_store(*store_);
  backup_heads_ = heads_;
}

void Relay::set_back() {
  if (!running() || !backup_) return;
  const bool told = w_.chance.below(2) == 0;
  w_.tally.add(Event::relay_set_back);
  w_.trace.note("relay", "set back", told);
  was_set_back_ = true;
  crash();
  store_ = store::copy_memory_store(*backup_);
  for (const auto& [log, head] : heads_) {
    const auto kept = backup_heads_.find(log);
    const std::uint64_t seq = kept == backup_heads_.end() ? 0 : kept->second;
    if (seq < head) {
      std::uint64_t& lowest = set_back_to_.try_emplace(log, seq).first->second;
      lowest = std::min(lowest, seq);
    }
  }
  heads_ = backup_heads_;
  was_silently_set_back_ = was_silently_set_back_ || !told;
  if (!told) return;
  store::Batch batch;
  batch.generation = w_.chance.next() | 1;
  batch.restored_ms = clock_ms();
  if (!store_->commit(batch)) w_.trace.note("relay", "store refused", 0);
}

void Relay::feed(relay::Input input) {
  if (clock_ms() != ticked_ms_) {
    ticked_ms_ = clock_ms();
    if (!run(relay::in::Tick{ticked_ms_})) return;
  }
  run(std::move(input));
}

bool Relay::run(relay::Input input) {
  shard_->handle(std::move(input));
  while (relay::Output* output = shard_->poll()) {
    carry_out(*output);
    if (w_.strikes(w_.weather.relay_crash)) dead_ = true;
    if (dead_) {
      die();
      return false;
    }
  }
  return true;
}

void Relay::carry_out(relay::Output& output) {
  if (const auto* send = std::get_if<relay::out::Send>(&output)) {
    w_.trace.note("relay", "send", static_cast<LinkId>(send->conn), send->bytes);
    send_through_liar(static_cast<LinkId>(send->conn), send->bytes);
  } else if (const auto* close = std::get_if<relay::out::Close>(&output)) {
    w_.trace.note("relay", "close", static_cast<std::uint64_t>(close->code));
    net_.close_from_relay(static_cast<LinkId>(close->conn),
                          static_cast<std::uint16_t>(close->code));
  } else if (const auto* batch = std::get_if<relay::out::Commit>(&output)) {
    commit(*batch);
  } else if (const auto* asked = std::get_if<relay::out::Read>(&output)) {
    read(*asked);
  } else {
    wake(std::get<relay::out::Timeout>(output).at_ms);
  }
}

void Relay::send_through_liar(LinkId link, BytesView bytes) {
  const int device = net_.device_of(link);
  if (device < 0) return;
  const Bytes told = liar_->to_device(link, device, bytes);
  if (!told.empty()) net_.send_from_relay(link, told);
}

void Relay::commit(const relay::out::Commit& commit) {
  w_.trace.note("relay", "commit", static_cast<std::uint64_t>(commit.id));
  const bool early = mutant("ack-before-commit");
  const bool fails = !early && w_.strikes(w_.weather.commit_fails, Event::commit_failed);
  const Errc code = w_.chance.below(2) == 0 ? Errc::store_full : Errc::store_failed;
  const std::uint64_t slow = w_.chance.in_thousand(50) ? 3000 : 30;
  const std::uint64_t now = w_.agenda.now_ms();
  written_at_ms_ = std::max(written_at_ms_, now + w_.chance.between(0, slow));
  const std::uint64_t write_ms = written_at_ms_ - now;
  const std::uint64_t answer_ms = write_ms + w_.chance.between(0, 10);
  if (!fails) after(write_ms, [this, batch = commit.batch] { write(*batch); });
  after(early ? 0 : answer_ms, [this, id = commit.id, fails, code] {
    w_.trace.note("relay", fails ? "not committed" : "committed", static_cast<std::uint64_t>(id));
    if (fails) {
      feed(relay::in::CommitFailed{id, code});
    } else {
      feed(relay::in::Committed{id});
    }
  });
}

void Relay::write(const store::Batch& batch) {
  if (!store_->commit(batch)) {
    w_.trace.note("relay", "store refused", 0);
    return;
  }
  for (const store::LogWrite& log : batch.logs) heads_[log.log] = log.seq;
  for (const store::NewEnvelope& one : batch.envelopes) {
    placed_.insert({one.log, one.author, one.counter, one.seq});
  }
}

void Relay::read(const relay::out::Read& read) {
  after(w_.chance.between(0, 20), [this, id = read.id, query = read.query] {
    store::Answer answer = store::answer(*store_, query);
    after(w_.chance.between(0, 20), [this, id, answer = std::move(answer)] {
      feed(relay::in::ReadDone{id, answer});
    });
  });
}

void Relay::wake(std::uint64_t at_ms) {
  const std::uint64_t number = ++wake_number_;
  const std::uint64_t now = clock_ms();
  after(at_ms > now ? at_ms - now : 0, [this, number] {
    if (number == wake_number_) feed(relay::in::Tick{clock_ms()});
  });
}

void Relay::link_up(LinkId link) {
  if (running()) feed(relay::in::Opened{relay::ConnId{link}});
}

void Relay::link_message(LinkId link, BytesView bytes) {
  if (!running()) return;
  w_.trace.note("relay", "received", link, bytes);
  const int device = net_.device_of(link);
  if (device < 0) return feed(relay::in::Received{relay::ConnId{link}, bytes});
  const Bytes heard = liar_->to_relay(link, device, bytes);
  if (!heard.empty()) feed(relay::in::Received{relay::ConnId{link}, heard});
}

// Of a link that an earlier shard knew, the shard takes no notice.
void Relay::link_down(LinkId link) {
  if (running()) feed(relay::in::Closed{relay::ConnId{link}});
}

}  // namespace shopbell::sim
