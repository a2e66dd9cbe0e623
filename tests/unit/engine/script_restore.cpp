// The relay of scripts after a restore (docs/PROTOCOL.md section 10).
#include "unit/engine/script.h"

namespace shopbell::testing {

void Relay::set_back(const std::map<LogId, Log>& backup, bool noticed) {
  logs = backup;
  if (!noticed) return;
  ++generation;
  for (auto& [id, log] : logs) log.held = 1;
}

void Relay::send_head(std::size_t who, const LogId& id) {
  const auto peer = peers.find(who);
  const auto log = logs.find(id);
  if (peer == peers.end() || log == logs.end()) return;
  wire::Heads heads;
  heads.heads.push_back(head_of(id, log->second, peer->second.device));
  send(who, heads);
}

void Relay::hold_for_desk(const LogId& id) {
  logs.at(id).held = 2;
  for (const auto& [who, peer] : peers) {
    if (card && peer.device == card->desk.id) send_head(who, id);
  }
}

Errc Relay::check_refill(const wire::Refill& refill) {
  auto known = logs.find(refill.log);
  const std::uint64_t head = known == logs.end() ? 0 : known->second.entries.size();
  Hash chain = refill.before;
  std::uint64_t seq = refill.items.front().seq;
  for (const wire::Deliver& item : refill.items) {
    chain = chain_next(chain, seq++, item.time_ms, open_envelope(item.envelope)->hash);
  }
  const Hash voucher = crypto::hash("a voucher of tests", {chain.view()});
  if (to_bytes(refill.items.back().voucher) != to_bytes(voucher.view().first(16))) {
    return Errc::refill_refused;
  }
  if (refill.items.front().seq <= head) {
    if (known->second.chains[refill.items.front().seq - 1] != chain) hold_for_desk(refill.log);
    return Errc::none;
  }
  for (const wire::Deliver& item : refill.items) {
    Result<OpenEnvelope> envelope = open_envelope(item.envelope);
    Log& log = logs[refill.log];
    const std::uint64_t next = log.entries.size() + 1;
    if (envelope->header.envelope_class == 3) {
      EXPECT_TRUE(log.fold.apply_member(*card, *envelope, next, item.time_ms, 0).ok());
    } else if (envelope->header.envelope_class == 2) {
      const auto grant = codec::decode<wire::GrantBody>(envelope->body);
      log.epoch = grant->epoch;
      log.commitment = grant->commitment;
    }
    append_entry(log, *envelope, item.envelope, item.time_ms);
    for (auto& [who, peer] : peers) {
      if (reads(peer, refill.log, log)) send(who, deliver_of(refill.log, next));
    }
  }
  return Errc::none;
}

void Relay::on_refill(std::size_t who, const wire::Refill& refill) {
  ASSERT_FALSE(refill.items.empty());
  const Errc code = check_refill(refill);
  if (code == Errc::none) return send_head(who, refill.log);
  wire::Error error;
  error.code = static_cast<std::uint64_t>(code);
  error.log = refill.log;
  send(who, error);
}

}  // namespace shopbell::testing
