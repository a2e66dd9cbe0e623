#include "relay.h"

namespace shopbell::sim {

Relay::Relay(Clockwork& clockwork, Net& net, Bytes key_seed, std::string host, const ShopId& shop)
    : w_(clockwork),
      net_(net),
      key_seed_(std::move(key_seed)),
      host_(std::move(host)),
      shop_(shop),
      store_(store::make_memory_store(w_.chance.next() | 1)) {
  add_node();
}

void Relay::add_node() {
  nodes_.push_back(std::make_unique<Node>(w_, net_, *this, nodes_.size() + 1));
  net_.add_relay(*nodes_.back());
}

relay::Config Relay::config() const {
  relay::Config config;
  config.key = crypto::sign_pair(Key::from(key_seed_));
  config.hosts = {host_};
  config.shops = {shop_};
  config.generation = store_->generation();
  config.restored_ms = store_->restored_ms();
  config.last_change = store_->last_change();
  if (const auto moved = store_->moved_since({}, 0)) config.stamps = moved->stamps;
  return config;
}

void Relay::start() {
  for (const auto& node : nodes_) node->start();
}

void Relay::crash() { one_of_them().crash(); }
void Relay::jump_clock(std::int64_t by_ms) { one_of_them().jump_clock(by_ms); }
void Relay::pause(std::uint64_t for_ms) { one_of_them().pause(for_ms); }
void Relay::part_from_store(std::uint64_t for_ms) { one_of_them().part_from_store(for_ms); }

void Relay::part_from_bus(std::uint64_t for_ms) {
  if (has_several()) one_of_them().part_from_bus(for_ms);
}

Status Relay::write(const store::Batch& batch) {
  const Status status = store_->commit(batch);
  if (!status) return status;
  for (const store::LogWrite& log : batch.logs) heads_[log.log] = log.seq;
  for (const store::NewEnvelope& one : batch.envelopes) {
    placed_.insert({one.log, one.author, one.counter, one.seq});
  }
  return {};
}

void Relay::back_up() {
  w_.trace.note("relay", "backup", heads_.size());
  backup_ = store::copy_memory_store(*store_);
  backup_heads_ = heads_;
}

void Relay::set_back() {
  Node& node = *nodes_.front();
  if (!node.running() || !backup_) return;
  const bool told = w_.chance.below(2) == 0;
  w_.tally.add(Event::relay_set_back);
  w_.trace.note("relay", "set back", told);
  was_set_back_ = true;
  node.crash();
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
  batch.restored_ms = node.clock_ms();
  if (!store_->commit(batch)) w_.trace.note("relay", "store refused", 0);
}

}  // namespace shopbell::sim
