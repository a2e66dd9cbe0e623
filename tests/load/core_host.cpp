#include "load/core_host.h"

#include "app/entropy.h"
#include "load/measure.h"

namespace shopbell::load {

CoreHost::CoreHost(net::asio::io_context& io, const Address& address, EngineConfig config,
                   OnEvent on_event)
    : address_(address),
      on_event_(std::move(on_event)),
      engine_(std::move(config)),
      link_(io, *this),
      wake_(io) {}

void CoreHost::command_bytes(wire::CommandKind kind, Bytes body) {
  tell([this, kind, body = std::move(body)] { feed(in::Command{kind, body}); });
}

void CoreHost::opened() {
  tell([this] { feed(in::Connected{}); });
}

void CoreHost::received(BytesView message) {
  tell([this, message] { feed(in::Received{message}); });
}

void CoreHost::closed(std::uint16_t code) {
  tell([this, code] { feed(in::Closed{code}); });
}

void CoreHost::tell(Step step) {
  if (step) steps_.push_back(std::move(step));
  if (running_) return;
  running_ = true;
  if (const auto now = wall_ms(); now != ticked_ms_ || steps_.empty()) {
    ticked_ms_ = now;
    feed(in::Tick{now});
  }
  while (!steps_.empty()) {
    const auto next = std::move(steps_.front());
    steps_.pop_front();
    next();
  }
  running_ = false;
  link_.flush();
}

void CoreHost::feed(const Input& input) {
  engine_.handle(input);
  while (const Output* output = engine_.poll()) {
    std::visit([this](const auto& one) { carry_out(one); }, *output);
  }
}

void CoreHost::carry_out(const out::Connect&) { link_.dial(address_, net::subprotocol); }

void CoreHost::carry_out(const out::Disconnect&) {
  link_.cut();
  closed(0);
}

void CoreHost::carry_out(const out::Persist& out) {
  for (const auto& put : out.puts) store_[put.key] = put.value;
  for (const auto& key : out.deletes) store_.erase(key);
  steps_.push_back([this, batch = out.batch] { feed(in::Persisted{batch}); });
}

void CoreHost::carry_out(const out::Load& out) {
  steps_.push_back([this, id = out.id, from = to_bytes(out.from), to = to_bytes(out.to),
                    limit = out.limit,
                    descending = out.descending] { load(id, from, to, limit, descending); });
}

void CoreHost::load(std::uint64_t id, const Bytes& from, const Bytes& to, std::uint64_t limit,
                    bool descending) {
  std::vector<in::Record> records;
  const auto end = store_.lower_bound(to);
  for (auto at = store_.lower_bound(from); at != end; ++at) {
    records.push_back({at->first, at->second});
  }
  if (descending) std::reverse(records.begin(), records.end());
  if (limit != 0 && records.size() > limit) records.resize(limit);
  feed(in::Loaded{id, records});
}

void CoreHost::carry_out(const out::Timeout& out) {
  const auto wait = out.at_ms > ticked_ms_ ? out.at_ms - ticked_ms_ : 0;
  constexpr std::uint64_t wait_ms_max = 60'000;
  wake_.expires_after(std::chrono::milliseconds(std::min(wait, wait_ms_max)));
  wake_.async_wait([this](net::error_code error) {
    if (!error) tell();
  });
}

void CoreHost::carry_out(const out::NeedEntropy&) {
  std::array<std::uint8_t, 64> bytes{};
  app::fill_random(bytes);
  steps_.push_back([this, bytes] { feed(in::Entropy{bytes}); });
}

}  // namespace shopbell::load
