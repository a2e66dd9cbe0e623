#include "engine/desk.h"

#include "engine/machines.h"
#include "store/keys.h"

namespace shopbell::engine {
namespace {

constexpr std::uint64_t card_retry_ms = 1'000;
// Announced in one go; the next ones follow at once, after what has come meanwhile.
constexpr std::size_t epochs_at_once = 64;
// Forty bytes each in an answer of one signal.
constexpr std::size_t keys_max = 1000;

}  // namespace

Status Desk::sign_card(const wire::SignCard& command) {
  State& state = m_.state;
  if (!state.is_desk()) return Errc::command_bad;
  // What the root does not stand behind must leave neither key nor log.
  ShopInfo probe;
  probe.shop = state.shop_id;
  probe.version = 1;
  probe.issued_ms = m_.io.now_ms;
  probe.desk = state.keys->self;
  Result<ShopInfo> probed =
      take_shop_card(state.shop_id, make_shop_card(*state.keys, command.desk_certificate, probe));
  if (!probed) return probed.error();
  state.desk_certificate = to_bytes(command.desk_certificate);
  ShopInfo info;
  info.shop = state.shop_id;
  info.desk = state.keys->self;
  info.name = std::string(command.name);
  info.look = to_bytes(command.look);
  for (const wire::RelayEntry& relay : command.relays) {
    info.relays.push_back(
        RelayInfo{std::string(relay.url), relay.key, relay.from_ms, relay.until_ms});
  }
  for (const std::string_view domain : command.domains) info.domains.emplace_back(domain);
  const bool removes = take_removals(command, info);
  const std::uint64_t team_version = state.shop ? state.shop->team_version : 0;
  take_team(info, std::max(command.team_version_min, team_version + (removes ? 1 : 0)));
  info.shop_log = state.shop && state.shop->shop_log
                      ? state.shop->shop_log
                      : m_.outbox.create_log(LogKind::shop, {}, 0).id;
  return put_out(std::move(info), command.fresh_ms);
}

bool Desk::take_removals(const wire::SignCard& command, ShopInfo& info) {
  bool removes = false;
  const std::uint64_t next_team = m_.state.shop ? m_.state.shop->team_version + 1 : 1;
  if (m_.state.shop) {
    info.revoked = m_.state.shop->revoked;
    info.withdrawals = m_.state.shop->withdrawals;
  }
  for (const wire::Withdrawal& each : command.withdrawals) {
    const auto known =
        std::find_if(info.withdrawals.begin(), info.withdrawals.end(),
                     [&](const WithdrawalInfo& one) { return one.device == each.device; });
    if (known != info.withdrawals.end() && known->at_ms >= each.at_ms) continue;
    if (known != info.withdrawals.end()) info.withdrawals.erase(known);
    info.withdrawals.push_back({each.device, each.at_ms, next_team});
    const bool removed = std::find(command.revoked.begin(), command.revoked.end(), each.device) !=
                         command.revoked.end();
    record_withdrawal(info.withdrawals.back(), removed);
  }
  for (const DeviceId& device : command.revoked) {
    if (info.is_revoked(device)) continue;
    take_removal(device, info);
    removes = true;
  }
  keep_newest_removals(info);
  return removes;
}

void Desk::take_removal(const DeviceId& device, ShopInfo& info) {
  info.revoked.push_back(device);
  m_.io.erase(store::team_member_key(device));
  m_.state.team_members.erase(device);
}

void Desk::keep_newest_removals(ShopInfo& info) const {
  // The card has an end; the certificates of the oldest have ended long ago.
  const auto keep_newest = [](auto& list) {
    if (list.size() > limits::removals_max) {
      list.erase(list.begin(), list.end() - static_cast<std::ptrdiff_t>(limits::removals_max));
    }
  };
  keep_newest(info.revoked);
  keep_newest(info.withdrawals);
}

Status Desk::catch_up(const ShopInfo& known) {
  ShopInfo info = *m_.state.shop;
  m_.state.team_keys[known.team_version] = known.team_key;
  info.withdrawals = known.withdrawals;
  info.revoked.clear();
  for (const DeviceId& device : known.revoked) take_removal(device, info);
  take_team(info, known.team_version + 1);
  return put_out(std::move(info), m_.state.shop->fresh_until_ms - m_.state.shop->issued_ms);
}

void Desk::record_withdrawal(const WithdrawalInfo& withdrawal, bool removed) {
  if (!m_.state.shop) return;
  wire::ShopRemoval removal;
  removal.device = withdrawal.device;
  removal.at_ms = withdrawal.at_ms;
  removal.removed = removed;
  record(wire::ContentKind::shop_removal, codec::encode(removal), "removal");
}

void Desk::take_team(ShopInfo& info, std::uint64_t version_min) {
  State& state = m_.state;
  // After a restore the secret of the card's key may have gone with the newer store.
  if (state.shop) {
    const auto held = state.team_secrets.find(state.shop->team_version);
    const bool lost = held == state.team_secrets.end() || held->second.key != state.shop->team_key;
    if (lost) version_min = std::max(version_min, state.shop->team_version + 1);
  }
  const std::uint64_t newest = state.team_secrets.empty() ? 0 : state.team_secrets.rbegin()->first;
  if (newest == 0 || newest < version_min) {
    Key secret = m_.io.rng.key();
    wire::TeamSecretRecord record;
    record.version = std::max<std::uint64_t>(version_min, 1);
    record.secret = Hash::from(secret.reveal());
    m_.io.put(store::team_secret_key(record.version), record);
    state.team_secrets[record.version] = crypto::seal_pair(std::move(secret));
  }
  info.team_version = state.team_secrets.rbegin()->first;
  info.team_key = state.team_secrets.rbegin()->second.key;
  const bool is_news = !state.shop || state.shop->team_version != info.team_version;
  info.team_since = is_news ? 0 : state.shop->team_since;
  if (is_news && state.shop) hand_over_to_all(info);
}

void Desk::hand_over_to_all(const ShopInfo& info) {
  for (const auto& [id, member] : m_.state.team_members) {
    if (info.is_revoked(id) || member.not_after_ms < m_.io.now_ms) continue;
    Result<KeyBox> box = handover_for(member.device);
    if (!box) continue;
    wire::ShopHandover handover;
    handover.device = id;
    handover.team_version = info.team_version;
    handover.box = *box;
    record(wire::ContentKind::shop_handover, codec::encode(handover), "hand-over");
  }
  // They are sealed under what the team can open today; each box is for one device alone.
  m_.outbox.run_pumps();
  card_taken_ = false;
}

Status Desk::put_out(ShopInfo info, std::uint64_t fresh_ms) {
  State& state = m_.state;
  info.version = std::max(state.shop ? state.shop->version + 1 : 1, m_.io.now_ms);
  info.issued_ms = m_.io.now_ms;
  info.fresh_until_ms = m_.io.now_ms + fresh_ms;
  if (info.team_since == 0) info.team_since = info.version;
  Result<ShopInfo> taken =
      take_shop_card(state.shop_id, make_shop_card(*state.keys, state.desk_certificate, info));
  if (!taken) return taken.error();
  m_.cards.adopt(std::move(*taken));
  m_.connection.card_arrived();
  hand_in_card();
  return {};
}

void Desk::readmit(const DeviceId& device) {
  const ShopInfo& shop = *m_.state.shop;
  if (!shop.is_revoked(device)) return;
  ShopInfo info = shop;
  std::erase(info.revoked, device);
  Status put = put_out(std::move(info), shop.fresh_until_ms - shop.issued_ms);
  if (!put) m_.problem(put.error());
}

void Desk::hand_in_card() {
  if (!m_.state.is_desk() || !m_.connection.online() || !m_.state.shop) return;
  card_under_way_ = true;
  m_.io.frame(wire::FrameKind::put_card, wire::PutCard{m_.state.shop->card});
}

bool Desk::is_desk() const { return m_.state.is_desk(); }

void Desk::connection_begins() {
  card_taken_ = false;
  card_under_way_ = false;
  retry_at_ms_ = never;
  hand_in_card();
}

void Desk::on_refused(const wire::Error& error) {
  if (!card_under_way_) return;
  retry_at_ms_ = m_.io.now_ms + std::max(error.retry_ms, card_retry_ms);
}

void Desk::tick() {
  const std::uint64_t now = m_.io.now_ms;
  announce_epochs();
  if (retry_at_ms_ == never) return;
  // A clock that was set back must not put it off.
  retry_at_ms_ = std::min(retry_at_ms_, now + limits::retry_ms_max);
  if (now < retry_at_ms_) return;
  retry_at_ms_ = never;
  hand_in_card();
}

void Desk::card_taken() {
  card_under_way_ = false;
  retry_at_ms_ = never;
  if (!is_desk() || card_taken_ || !m_.connection.online()) return;
  card_taken_ = true;
  m_.pump_all();
  plan_epochs();
  announce_epochs();
}

std::uint64_t Desk::wake_at_ms() const {
  return to_announce_.empty() ? retry_at_ms_ : std::min(retry_at_ms_, m_.io.now_ms);
}

void Desk::plan_epochs() {
  to_announce_.clear();
  for (const auto& [id, log] : m_.state.logs) {
    if (log.epochs.empty() || log.stopped != Errc::none) continue;
    const bool of_late = m_.io.now_ms < log.time_ms + limits::epoch_age_ms_max;
    const bool old_team = log.epochs.rbegin()->second.team_version < m_.state.shop->team_version;
    if (of_late && old_team) to_announce_.push_back(id);
  }
}

void Desk::announce_epochs() {
  for (std::size_t i = 0; i < epochs_at_once && !to_announce_.empty(); ++i) {
    m_.outbox.announce(m_.replica.log_of(to_announce_.front()));
    to_announce_.pop_front();
  }
}

Result<KeyBox> Desk::handover_for(const Device& device) {
  const auto& [version, pair] = *m_.state.team_secrets.rbegin();
  return make_handover(m_.io.rng, m_.state.shop_id, version, device, pair.secret);
}

void Desk::record(wire::ContentKind kind, BytesView content, std::string_view fallback) {
  Log& log = m_.replica.log_of(m_.state.shop->shop_log);
  wire::InnerBody inner;
  inner.kind = static_cast<std::uint64_t>(kind);
  inner.content = content;
  inner.fallback = fallback;
  m_.outbox.add_message(log, 0, inner);
}

Status Desk::certify(const wire::Certify& command) {
  if (!m_.state.is_desk() || !m_.state.shop) return Errc::command_bad;
  const Device* device = m_.sessions.peer_device(command.device);
  if (device == nullptr) return Errc::no_session;
  Result<KeyBox> box = handover_for(*device);
  if (!box) return box.error();
  // Later than what was withdrawn of this device.
  std::uint64_t issued_ms = m_.io.now_ms;
  for (const WithdrawalInfo& each : m_.state.shop->withdrawals) {
    if (each.device == command.device) issued_ms = std::max(issued_ms, each.at_ms + 1);
  }
  const Bytes certificate =
      make_agent_certificate(*m_.state.keys, m_.state.shop_id, command.device, command.role,
                             issued_ms, command.not_after_ms, command.person);
  keep_member(*device, command.not_after_ms);
  const std::uint64_t team_version = m_.state.team_secrets.rbegin()->first;

  wire::ShopCertificate issued;
  issued.certificate = certificate;
  issued.name = command.name;
  issued.card = device->card;
  record(wire::ContentKind::shop_certificate, codec::encode(issued), "certificate");
  wire::ShopHandover handover;
  handover.device = command.device;
  handover.team_version = team_version;
  handover.box = *box;
  record(wire::ContentKind::shop_handover, codec::encode(handover), "hand-over");
  if (command.invitation) {
    wire::ShopInvitationUsed used;
    used.invitation = command.invitation;
    used.device = command.device;
    record(wire::ContentKind::shop_invitation_used, codec::encode(used), "invitation used");
  }
  readmit(command.device);

  wire::EnrolResponse answer;
  answer.certificate = certificate;
  answer.team_version = team_version;
  answer.team_box = *box;
  return m_.sessions.respond(command.device, command.request_id, 0, codec::encode(answer));
}

void Desk::keep_member(const Device& device, std::uint64_t not_after_ms) {
  m_.state.team_members[device.id] = {device, not_after_ms};
  wire::TeamMemberRecord record;
  record.card = device.card;
  record.not_after_ms = not_after_ms;
  m_.io.put(store::team_member_key(device.id), record);
}

Status Desk::create_log(const wire::CreateLog& command) {
  if (!m_.state.is_desk() || command.kind != static_cast<std::uint64_t>(LogKind::team) ||
      !command.main_log) {
    return Errc::command_bad;
  }
  m_.outbox.create_log(LogKind::team, command.main_log, 0);
  return {};
}

void Desk::resume_if_whole(Log& log) {
  if (!is_desk() || log.held == 0 || log.is_apart() || log.is_behind()) return;
  if (!log.has_genesis() || log.stopped != Errc::none) return;
  constexpr std::uint64_t for_the_desk_alone = 2;
  if (log.held != for_the_desk_alone) {
    if (log.resume_at_ms == 0) log.resume_at_ms = m_.io.now_ms + limits::resume_after_ms;
    m_.wake_log_at(log, log.resume_at_ms);
    if (m_.io.now_ms < log.resume_at_ms) return;
  }
  log.resume_at_ms = 0;
  const bool begun = !log.outbox.empty() && log.outbox.front().inner == make_resume_body();
  if (!begun) m_.outbox.resume(log);
}

void Desk::answer_handover(const Device& device, std::uint64_t role, std::uint64_t request_id) {
  wire::EnrolResponse answer;
  Errc code = role == 0 ? Errc::not_certified : Errc::none;
  Bytes body;
  if (code == Errc::none) {
    Result<KeyBox> box = handover_for(device);
    if (box) {
      answer.team_version = m_.state.team_secrets.rbegin()->first;
      answer.team_box = *box;
      body = codec::encode(answer);
    } else {
      code = box.error();
    }
  }
  // The session that asked is there: it has just asked.
  Status answered =
      m_.sessions.respond(device.id, request_id, static_cast<std::uint64_t>(code), body);
  if (!answered) m_.problem(answered.error());
}

void Desk::answer_regrant(const Device& device, std::uint64_t role,
                          const wire::SessionMessage& request) {
  const auto refuse = [&](Errc code) {
    Status answered =
        m_.sessions.respond(device.id, request.id, static_cast<std::uint64_t>(code), {});
    if (!answered) m_.problem(answered.error());
  };
  if (role == 0) return refuse(Errc::not_certified);
  Result<wire::RegrantRequest> asked = codec::decode<wire::RegrantRequest>(request.body);
  if (!asked) return refuse(asked.error());
  const Log* log = m_.state.find(asked->log);
  if (log == nullptr || !log->fold.may_read(*m_.state.shop, device.id, true)) {
    return refuse(Errc::no_such_log);
  }
  wire::RegrantResponse answer;
  answer.log = asked->log;
  for (const auto& [number, epoch] : log->epochs) {
    if (number < asked->from_epoch || !epoch.key || answer.keys.size() >= keys_max) continue;
    answer.keys.push_back({number, Hash::from(epoch.key->reveal())});
  }
  wire::ShopRegrant regrant;
  regrant.device = device.id;
  regrant.log = asked->log;
  record(wire::ContentKind::shop_regrant, codec::encode(regrant), "earlier keys given");
  Status answered = m_.sessions.respond(device.id, request.id, 0, codec::encode(answer));
  if (!answered) m_.problem(answered.error());
}

}  // namespace shopbell::engine
