#include "engine/sessions.h"

#include "engine/machines.h"
#include "store/keys.h"

namespace shopbell::engine {
namespace {

// Ids of the engine's own requests, out of the way of the host's.
constexpr std::uint64_t enrol_id = (std::uint64_t{1} << 52) + 1;
constexpr std::uint64_t handover_id = (std::uint64_t{1} << 52) + 2;
constexpr std::uint64_t renew_id = (std::uint64_t{1} << 52) + 3;
constexpr std::uint64_t keys_id_first = (std::uint64_t{1} << 52) + 16;

constexpr std::uint64_t identify_id = std::uint64_t{1} << 53;

constexpr std::string_view renew_method = "certificate.renew";

constexpr std::size_t peers_max = 1024;
constexpr std::size_t asked_max = 256;
constexpr std::uint64_t unreachable_retry_ms = 1'000;
constexpr std::uint64_t never = ~std::uint64_t{0};

}  // namespace

// --- asking

void Sessions::request(std::uint64_t id, std::string_view method, BytesView body) {
  if (asked_.size() >= asked_max) {
    wire::ResponseEvent event;
    event.id = id;
    event.code = static_cast<std::uint64_t>(Errc::quota);
    m_.io.event(wire::EventKind::response_event, event);
    return;
  }
  asked_[id] = Asked{std::string(method), to_bytes(body), false};
  send_asked();
}

void Sessions::enrol(const Key& secret, std::string_view name) {
  if (m_.state.certificate) {
    // With a certificate that has ended no relay lets this device in, not even to ask for another.
    m_.state.certificate.reset();
    m_.io.erase(store::certificate_key());
    m_.connection.renew();
    m_.connection.retry_now();
  }
  wire::EnrolRecord record;
  record.secret = Hash::from(secret.reveal());
  const std::string short_name(name.substr(0, limits::name_bytes_max));
  record.name = short_name;
  m_.io.put(store::enrol_key(), record);
  restore_enrol(record);
  send_asked();
}

void Sessions::restore_enrol(const wire::EnrolRecord& record) {
  invitation_ = Key::from(record.secret.view());
  enrol_name_ = std::string(record.name);
  wire::EnrolRequest request;
  request.invitation = invitation_id_of(*invitation_);
  request.mac = enrol_mac(invitation_key_of(*invitation_, m_.state.shop_id), m_.state.self(),
                          m_.state.shop_id);
  request.name = enrol_name_;
  asked_[enrol_id] = Asked{"enrol", codec::encode(request), false};
}

void Sessions::identify(std::string_view token) {
  // A number of its own each time: the desk knows a question that comes again by it.
  asked_.erase(identify_asked_);
  identify_asked_ = std::max(identify_id + m_.io.now_ms, identify_asked_ + 1);
  asked_[identify_asked_] = Asked{"identify", codec::encode(wire::IdentifyRequest{token}), false};
  send_asked();
}

void Sessions::ask(std::uint64_t id, std::string_view method, Bytes body) {
  asked_.try_emplace(id, Asked{std::string(method), std::move(body), false});
  send_asked();
}

void Sessions::card_changed() {
  if (m_.state.is_desk() && m_.state.shop) {
    // Nothing more is said to who is removed, nor as to whom he was.
    std::erase_if(peers_, [&](const auto& each) {
      return m_.state.shop->is_revoked(each.first) ||
             (each.second.certificate.size() > 0 && role_of(each.second) == 0);
    });
  }
  if (!m_.state.is_certified() || !m_.state.shop) return;
  drop_withdrawn_certificate();
  adopt_early_secret();
  if (!m_.state.is_certified()) return;
  if (!m_.state.team_secrets.contains(m_.state.shop->team_version))
    ask(handover_id, "handover", {});
}

void Sessions::drop_withdrawn_certificate() {
  if (!is_withdrawn(*m_.state.shop, *m_.state.certificate)) return;
  // A removed device is told so by the relay, and stays away.
  if (m_.state.shop->is_revoked(m_.state.self())) return;
  m_.state.certificate.reset();
  ask(renew_id, renew_method, {});
  m_.connection.renew();
}

void Sessions::ask_keys(const LogId& log, std::uint64_t from_epoch) {
  if (key_requests_.contains(log) || asked_.size() >= asked_max) return;
  wire::RegrantRequest request;
  request.log = log;
  request.from_epoch = from_epoch;
  const std::uint64_t id = keys_id_first + keys_asked_++;
  key_requests_[log] = id;
  ask(id, "regrant", codec::encode(request));
}

void Sessions::heard(const Log& log, const wire::MessageEvent& event) {
  if (!m_.state.is_certified() || log.id != m_.state.shop->shop_log ||
      event.kind != static_cast<std::uint64_t>(wire::ContentKind::shop_handover)) {
    return;
  }
  Result<wire::ShopHandover> handover = codec::decode<wire::ShopHandover>(event.content);
  if (!handover || handover->device != m_.state.self()) return;
  if (m_.state.team_secrets.contains(handover->team_version)) return;
  Result<Key> secret =
      open_handover(*m_.state.keys, m_.state.shop_id, handover->team_version, handover->box);
  Status taken =
      secret ? take_team_secret(handover->team_version, std::move(*secret)) : secret.error();
  if (!taken) m_.problem(taken.error(), log.id);
}

void Sessions::open_to_desk() {
  opening_ = m_.io.rng.nonce();
  retry_at_ms_ = m_.io.now_ms + limits::session_answer_ms_max;
  const BytesView certificate =
      m_.state.is_certified() ? BytesView(m_.state.certificate->bytes) : BytesView();
  const Bytes open = Session::make_open(*m_.state.keys, m_.state.shop->desk.id, certificate,
                                        *opening_, m_.io.now_ms);
  transmit(m_.state.shop->desk.id, signal_open, open);
}

void Sessions::send_asked() {
  if (!m_.connection.online() || m_.state.is_desk() || asked_.empty()) return;
  const auto desk = peers_.find(m_.state.shop->desk.id);
  if (desk == peers_.end()) {
    if (!opening_) open_to_desk();
    return;
  }
  for (auto& [id, asked] : asked_) {
    if (asked.sent) continue;
    asked.sent = true;
    wire::SessionMessage message;
    message.kind = session_request;
    message.id = id;
    message.method = asked.method;
    message.body = asked.body;
    send_message(desk->second, message);
  }
  retry_at_ms_ = m_.io.now_ms + limits::session_answer_ms_max;
}

// --- answering

Status Sessions::respond(const DeviceId& to, std::uint64_t id, std::uint64_t code, BytesView body) {
  const auto peer = peers_.find(to);
  if (peer == peers_.end()) return Errc::no_session;
  wire::SessionMessage message;
  message.kind = session_response;
  message.id = id;
  message.code = code;
  message.body = body;
  send_message(peer->second, message);
  return {};
}

void Sessions::push(const DeviceId& to, std::string_view method, BytesView body) {
  const auto peer = peers_.find(to);
  if (peer == peers_.end()) return;
  wire::SessionMessage message;
  message.kind = session_push;
  message.method = method;
  message.body = body;
  send_message(peer->second, message);
}

const Device* Sessions::peer_device(const DeviceId& id) const {
  const auto peer = peers_.find(id);
  return peer == peers_.end() ? nullptr : &peer->second.device;
}

std::uint64_t Sessions::role_of(const Peer& peer) const {
  if (peer.certificate.empty()) return 0;
  Result<Certificate> certificate = take_agent_certificate(*m_.state.shop, peer.certificate);
  if (!certificate || certificate->device != peer.device.id) return 0;
  const bool valid =
      check_certificate(*m_.state.shop, *certificate, m_.connection.trusted_now()).ok();
  return valid ? certificate->role : 0;
}

void Sessions::send_message(Peer& peer, const wire::SessionMessage& message) {
  peer.used_at_ms = m_.io.now_ms;
  transmit(peer.device.id, signal_data, peer.session.seal(*m_.state.keys, message));
}

void Sessions::transmit(const DeviceId& to, std::uint64_t kind, BytesView body) {
  wire::Signal frame;
  frame.to = to;
  frame.kind = kind;
  frame.body = body;
  m_.io.frame(wire::FrameKind::signal, frame);
}

// --- what comes

void Sessions::on_signal(const wire::Signal& signal) {
  if (signal.body.size() > limits::signal_bytes_max || !m_.state.shop) return;
  if (m_.state.is_visitor() && m_.linking.on_signal(signal)) return;
  if (signal.kind == signal_open && m_.state.is_desk()) on_open(signal.body);
  if (signal.kind == signal_accept && !m_.state.is_desk()) on_accept(signal.body);
  if (signal.kind == signal_data) on_data(signal);
}

void Sessions::on_open(BytesView body) {
  Result<Session::Opened> opened = Session::take_open(*m_.state.keys, body);
  if (!opened) return;
  Bytes answer;
  Result<Session> session = Session::accept(*m_.state.keys, *opened, m_.io.rng.nonce(), answer);
  if (!session) return;
  if (peers_.size() >= peers_max) drop_oldest_peer();
  const DeviceId id = opened->peer.id;
  peers_.erase(id);
  peers_.emplace(id, Peer{std::move(opened->peer), std::move(opened->certificate),
                          std::move(*session), m_.io.now_ms});
  transmit(id, signal_accept, answer);
}

void Sessions::drop_oldest_peer() {
  auto oldest = peers_.begin();
  for (auto it = peers_.begin(); it != peers_.end(); ++it) {
    if (it->second.used_at_ms < oldest->second.used_at_ms) oldest = it;
  }
  peers_.erase(oldest);
}

void Sessions::on_accept(BytesView body) {
  if (!opening_) return;
  const Device& desk = m_.state.shop->desk;
  Result<Session> session = Session::accept_at_opener(*m_.state.keys, desk, *opening_, body);
  if (!session) return;
  opening_.reset();
  peers_.erase(desk.id);
  peers_.emplace(desk.id, Peer{desk, {}, std::move(*session), m_.io.now_ms});
  for (auto& [id, asked] : asked_) asked.sent = false;
  send_asked();
}

void Sessions::on_data(const wire::Signal& signal) {
  Result<wire::SessionData> data = codec::decode<wire::SessionData>(signal.body);
  if (!data) return;
  const auto peer = peers_.find(data->from);
  if (peer == peers_.end()) return;
  Result<Session::Message> opened = peer->second.session.open(signal.body);
  if (!opened) return;
  const wire::SessionMessage& message = opened->message;
  if (message.kind == session_request && m_.state.is_desk()) on_request(peer->second, message);
  if (m_.state.is_desk()) return;
  if (message.kind == session_response) on_response(message);
  if (message.kind == session_push && m_.state.is_agent() && message.method == renew_method) {
    ask(renew_id, renew_method, {});
  } else if (message.kind == session_push) {
    wire::PushEvent event;
    event.method = message.method;
    event.body = message.body;
    m_.io.event(wire::EventKind::push_event, event);
  }
}

void Sessions::on_request(Peer& peer, const wire::SessionMessage& message) {
  peer.used_at_ms = m_.io.now_ms;
  const std::uint64_t role = role_of(peer);
  if (message.method == "handover") {
    m_.desk.answer_handover(peer.device, role, message.id);
    return;
  }
  if (message.method == "regrant") {
    m_.desk.answer_regrant(peer.device, role, message);
    return;
  }
  wire::RequestEvent event;
  event.from = peer.device.id;
  event.id = message.id;
  event.method = message.method;
  event.body = message.body;
  event.role = role;
  event.card = peer.device.card;
  m_.io.event(wire::EventKind::request_event, event);
}

void Sessions::on_response(const wire::SessionMessage& message) {
  const auto asked = asked_.find(message.id);
  if (asked == asked_.end()) return;
  asked_.erase(asked);
  const bool own = message.id >= enrol_id;
  if (own && m_.state.is_visitor()) {
    if (message.id == identify_asked_) m_.admission.on_identified(message.code, message.body);
    return;
  }
  if (own) {
    if (message.id >= keys_id_first) return on_keys(message);
    return on_enrolled(message);
  }
  wire::ResponseEvent event;
  event.id = message.id;
  event.code = message.code;
  event.body = message.body;
  m_.io.event(wire::EventKind::response_event, event);
}

void Sessions::on_keys(const wire::SessionMessage& message) {
  std::erase_if(key_requests_, [&](const auto& each) { return each.second == message.id; });
  if (message.code != 0) {
    m_.problem(static_cast<Errc>(message.code));
    return;
  }
  Result<wire::RegrantResponse> answer = codec::decode<wire::RegrantResponse>(message.body);
  if (answer) m_.replica.take_keys(*answer);
}

void Sessions::on_enrolled(const wire::SessionMessage& message) {
  Status status =
      message.code == 0 ? take_enrolment(message.body) : Status(static_cast<Errc>(message.code));
  if (message.id == enrol_id && (status || !is_temporary(status.error()))) {
    m_.io.erase(store::enrol_key());
    invitation_.reset();
  }
  if (!status) {
    if (message.id == renew_id && !is_temporary(status.error())) {
      m_.io.erase(store::certificate_key());
    }
    m_.problem(status.error());
    return;
  }
  wire::Enrolled event;
  event.role = m_.state.certificate->role;
  event.not_after_ms = m_.state.certificate->not_after_ms;
  m_.io.event(wire::EventKind::enrolled, event);
  // The relay knows this device as certified only from its next Hello on.
  if (message.id != handover_id) m_.connection.renew();
}

Status Sessions::take_enrolment(BytesView body) {
  Result<wire::EnrolResponse> answer = codec::decode<wire::EnrolResponse>(body);
  if (!answer) return answer.error();
  Result<Key> secret =
      open_handover(*m_.state.keys, m_.state.shop_id, answer->team_version, answer->team_box);
  if (!secret) return secret.error();
  if (Status taken = take_team_secret(answer->team_version, std::move(*secret)); !taken) {
    return taken;
  }
  if (!answer->certificate.empty()) {
    Result<Certificate> certificate = take_agent_certificate(*m_.state.shop, answer->certificate);
    if (!certificate) return certificate.error();
    if (certificate->device != m_.state.self()) return Errc::not_certified;
    if (invitation_) m_.people.enrolled(enrol_name_);
    wire::CertificateRecord record;
    record.certificate = answer->certificate;
    record.name = m_.state.about.name;
    m_.io.put(store::certificate_key(), record);
    m_.state.certificate = std::move(*certificate);
  }
  return m_.state.certificate ? Status() : Errc::not_certified;
}

Status Sessions::take_team_secret(std::uint64_t version, Key secret) {
  const auto named = m_.state.team_keys.find(version);
  if (named == m_.state.team_keys.end() && version > m_.state.shop->team_version) {
    early_secrets_.insert_or_assign(version, std::move(secret));
    return {};
  }
  crypto::SealPair team = crypto::seal_pair(std::move(secret));
  if (named == m_.state.team_keys.end() || named->second != team.key) return Errc::box_bad;
  wire::TeamSecretRecord record;
  record.version = version;
  record.secret = Hash::from(team.secret.reveal());
  m_.io.put(store::team_secret_key(version), record);
  m_.state.team_secrets[version] = std::move(team);
  m_.replica.want_all_keys();
  return {};
}

void Sessions::adopt_early_secret() {
  const std::uint64_t version = m_.state.shop->team_version;
  const auto early = early_secrets_.find(version);
  if (early == early_secrets_.end()) return;
  Key secret = std::move(early->second);
  early_secrets_.erase(early);
  if (Status taken = take_team_secret(version, std::move(secret)); !taken) {
    m_.problem(taken.error());
  }
}

// --- time and connections

void Sessions::peer_unreachable(const DeviceId& device) {
  peers_.erase(device);
  if (m_.state.is_desk()) return;
  opening_.reset();
  for (auto& [id, asked] : asked_) asked.sent = false;
  retry_at_ms_ = m_.io.now_ms + unreachable_retry_ms;
}

void Sessions::connection_begins() {
  card_changed();
  send_asked();
}

void Sessions::connection_lost() {
  peers_.clear();
  opening_.reset();
  for (auto& [id, asked] : asked_) asked.sent = false;
}

std::uint64_t Sessions::wake_at_ms() const {
  const bool waits = !m_.state.is_desk() && m_.connection.online() && !asked_.empty();
  return waits ? retry_at_ms_ : never;
}

void Sessions::tick() {
  retry_at_ms_ = std::min(retry_at_ms_, m_.io.now_ms + limits::session_answer_ms_max);
  if (m_.io.now_ms < wake_at_ms()) return;
  // No answer: the desk may have been restarted and forgotten the session.
  opening_.reset();
  peers_.clear();
  for (auto& [id, asked] : asked_) asked.sent = false;
  send_asked();
}

}  // namespace shopbell::engine
