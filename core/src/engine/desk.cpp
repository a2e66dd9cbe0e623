#include "engine/desk.h"

#include "engine/machines.h"
#include "store/keys.h"

namespace shopbell::engine {
namespace {

constexpr std::uint64_t card_retry_ms = 1'000;

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
  if (state.team_secrets.empty()) {
    Key secret = m_.io.rng.key();
    wire::TeamSecretRecord record;
    record.version = 1;
    record.secret = Hash::from(secret.reveal());
    m_.io.put(store::team_secret_key(1), record);
    state.team_secrets[1] = crypto::seal_pair(std::move(secret));
  }
  ShopInfo info;
  info.shop = state.shop_id;
  info.version = std::max(state.shop ? state.shop->version + 1 : 1, m_.io.now_ms);
  info.issued_ms = m_.io.now_ms;
  info.fresh_until_ms = m_.io.now_ms + command.fresh_ms;
  info.desk = state.keys->self;
  info.team_version = state.team_secrets.rbegin()->first;
  info.team_key = state.team_secrets.rbegin()->second.key;
  info.name = std::string(command.name);
  info.look = to_bytes(command.look);
  for (const wire::RelayEntry& relay : command.relays) {
    info.relays.push_back(
        RelayInfo{std::string(relay.url), relay.key, relay.from_ms, relay.until_ms});
  }
  for (const std::string_view domain : command.domains) info.domains.emplace_back(domain);
  if (state.shop) info.revoked = state.shop->revoked;
  info.shop_log = state.shop && state.shop->shop_log
                      ? state.shop->shop_log
                      : m_.outbox.create_log(LogKind::shop, {}, 0).id;

  Result<ShopInfo> taken =
      take_shop_card(state.shop_id, make_shop_card(*state.keys, state.desk_certificate, info));
  if (!taken) return taken.error();
  m_.cards.adopt(std::move(*taken));
  m_.connection.card_arrived();
  hand_in_card();
  return {};
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
  const Bytes certificate =
      make_agent_certificate(*m_.state.keys, m_.state.shop_id, command.device, command.role,
                             m_.io.now_ms, command.not_after_ms);
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
  wire::ShopInvitationUsed used;
  used.invitation = command.invitation;
  used.device = command.device;
  record(wire::ContentKind::shop_invitation_used, codec::encode(used), "invitation used");

  wire::EnrolResponse answer;
  answer.certificate = certificate;
  answer.team_version = team_version;
  answer.team_box = *box;
  return m_.sessions.respond(command.device, command.request_id, 0, codec::encode(answer));
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

}  // namespace shopbell::engine
