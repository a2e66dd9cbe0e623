#include "engine/linking.h"

#include "engine/machines.h"
#include "store/keys.h"

namespace shopbell::engine {
namespace {

constexpr std::uint64_t request_id = 1;
constexpr std::uint64_t unreachable_retry_ms = 2'000;
constexpr std::uint64_t never = ~std::uint64_t{0};
// The secret, then the two public keys of the device that made it.
constexpr std::size_t secret_bytes = 32;
constexpr std::size_t link_bytes = secret_bytes + SignKey::size + SealKey::size;

}  // namespace

// --- the host's requests

void Linking::request(std::uint64_t id, std::string_view method, BytesView body) {
  Bytes link;
  const Status status = run(method, body, link);
  wire::LinkState now = state();
  now.link = link;
  const Bytes bytes = codec::encode(now);
  wire::ResponseEvent event;
  event.id = id;
  if (!status) event.code = static_cast<std::uint64_t>(status.error());
  event.body = bytes;
  m_.io.event(wire::EventKind::response_event, event);
}

Status Linking::run(std::string_view method, BytesView body, Bytes& link) {
  if (method == "link.make") return make(link);
  if (method == "link.use") return use(body);
  if (method == "link.allow") return decide(Errc::none);
  if (method == "link.refuse") return decide(Errc::link_denied);
  if (method == "link.cancel") forget();
  return {};
}

wire::LinkState Linking::state() const {
  wire::LinkState state;
  state.step = static_cast<std::uint64_t>(step_);
  state.code = static_cast<std::uint64_t>(code_);
  state.digits = digits_;
  state.end_ms = end_ms_;
  return state;
}

void Linking::show(Step step, Errc code) {
  step_ = step;
  code_ = code;
  const Bytes body = codec::encode(state());
  wire::PushEvent event;
  event.method = "link";
  event.body = body;
  m_.io.event(wire::EventKind::push_event, event);
}

void Linking::forget() {
  if (made()) m_.io.erase(store::link_key());
  step_ = Step::none;
  code_ = Errc::none;
  digits_ = 0;
  key_.reset();
  session_.reset();
  user_ = {};
  decided_ = false;
}

// --- the device that has the conversations

Status Linking::make(Bytes& link) {
  const auto& logs = m_.state.logs;
  const bool has_any = std::any_of(logs.begin(), logs.end(), [&](const auto& each) {
    return each.second.fold.is_of_customer(m_.state.self());
  });
  if (!has_any) return Errc::command_bad;
  forget();
  const Key secret = m_.io.rng.key();
  key_ = link_key_of(secret, m_.state.shop_id);
  end_ms_ = m_.io.now_ms + limits::link_ms_max;
  step_ = Step::open;
  save();
  const Device& self = m_.state.keys->self;
  for (const BytesView part : {secret.reveal(), self.sign_key.view(), self.seal_key.view()}) {
    append(link, part);
  }
  return {};
}

void Linking::save() {
  wire::LinkRecord record;
  record.key = Hash::from(key_->reveal());
  record.end_ms = end_ms_;
  record.device = user_.id;
  record.decided = decided_;
  record.code = static_cast<std::uint64_t>(code_);
  m_.io.put(store::link_key(), record);
}

void Linking::restore(const wire::LinkRecord& record) {
  key_ = Key::from(record.key.view());
  end_ms_ = record.end_ms;
  user_.id = record.device;
  decided_ = record.decided;
  code_ = static_cast<Errc>(record.code);
  step_ = decided_ ? Step::none : Step::open;
}

void Linking::on_open(BytesView body) {
  Result<Session::Opened> opened = Session::take_open(*m_.state.keys, body);
  if (!opened) return;
  Bytes accepted;
  Result<Session> session = Session::accept(*m_.state.keys, *opened, m_.io.rng.nonce(), accepted);
  if (!session) return;
  session_ = std::move(*session);
  peer_ = std::move(opened->peer);
  m_.sessions.transmit(peer_.id, signal_accept, accepted);
}

void Linking::on_request(BytesView body) {
  const Result<wire::LinkRequest> request = codec::decode<wire::LinkRequest>(body);
  const LinkNames names{m_.state.self(), peer_.id, request ? request->nonce : Hash()};
  if (!request || !same_mac(link_mac(*key_, names), request->mac)) {
    answer(Errc::invitation_refused);
  } else if (user_.id && user_.id != peer_.id) {
    answer(Errc::link_used);
  } else if (!user_.id && m_.io.now_ms > end_ms_) {
    answer(Errc::link_expired);
  } else if (decided_) {
    answer(code_);
  } else {
    user_ = peer_;
    digits_ = link_digits(*key_, names);
    save();
    show(Step::asked, Errc::none);
  }
}

Status Linking::decide(Errc verdict) {
  if (step_ != Step::asked) return Errc::command_bad;
  if (verdict == Errc::none) verdict = admit_everywhere();
  decided_ = true;
  code_ = verdict;
  save();
  show(verdict == Errc::none ? Step::done : Step::refused, verdict);
  // Who has lost his session asks again, and hears it then.
  if (peer_.id == user_.id) answer(verdict);
  return {};
}

// In later conversations the desk lets in who belongs together by these (section 11.4).
Errc Linking::admit_everywhere() {
  std::vector<LogId> own;
  for (const auto& [id, log] : m_.state.logs) {
    if (!log.fold.is_of_customer(m_.state.self())) continue;
    const std::size_t devices = log.fold.granted_devices(*m_.state.shop).size();
    if (devices >= limits::log_devices_max && !log.fold.is_of_customer(user_.id)) {
      return Errc::too_large;
    }
    own.push_back(id);
  }
  wire::Admit admit;
  admit.device = user_.id;
  admit.card = user_.card;
  for (const LogId& id : own) {
    admit.log = id;
    if (Status status = m_.admission.admit(admit); !status) m_.problem(status.error(), id);
  }
  return Errc::none;
}

void Linking::answer(Errc code) {
  wire::SessionMessage message;
  message.kind = session_response;
  message.code = static_cast<std::uint64_t>(code);
  say(message);
}

void Linking::say(const wire::SessionMessage& given) {
  if (!session_) return;
  wire::SessionMessage message = given;
  message.id = request_id;
  message.method = "link";
  m_.sessions.transmit(peer_.id, signal_data, session_->seal(*m_.state.keys, message));
}

// --- the newcomer

Status Linking::use(BytesView link) {
  if (link.size() != link_bytes) return Errc::malformed;
  // A person whom the shop's own login knows has his conversations by it, and nobody else's.
  if (m_.state.subject) return Errc::identity_other;
  Device host;
  host.sign_key = SignKey::from(link.subspan(secret_bytes, SignKey::size));
  host.seal_key = SealKey::from(link.last(SealKey::size));
  host.id = device_id_of(host.sign_key, host.seal_key);
  if (host.id == m_.state.self()) return Errc::command_bad;
  forget();
  peer_ = std::move(host);
  key_ = link_key_of(Key::from(link.first(secret_bytes)), m_.state.shop_id);
  nonce_ = m_.io.rng.nonce();
  end_ms_ = m_.io.now_ms + limits::link_ms_max;
  step_ = Step::calling;
  call();
  return {};
}

void Linking::call() {
  session_.reset();
  retry_at_ms_ = m_.io.now_ms + limits::session_answer_ms_max;
  if (!m_.connection.online()) return;
  opening_ = m_.io.rng.nonce();
  m_.sessions.transmit(peer_.id, signal_open,
                       Session::make_open(*m_.state.keys, peer_.id, {}, opening_, m_.io.now_ms));
}

bool Linking::on_accept(BytesView body) {
  if (!uses()) return false;
  Result<Session> session = Session::accept_at_opener(*m_.state.keys, peer_, opening_, body);
  if (!session) return false;
  session_ = std::move(*session);
  const LinkNames names{peer_.id, m_.state.self(), nonce_};
  const Bytes request = codec::encode(wire::LinkRequest{link_mac(*key_, names), nonce_});
  wire::SessionMessage message;
  message.kind = session_request;
  message.body = request;
  say(message);
  digits_ = link_digits(*key_, names);
  if (step_ != Step::waiting) show(Step::waiting, Errc::none);
  return true;
}

void Linking::peer_unreachable(const DeviceId& device) {
  if (!uses() || device != peer_.id) return;
  session_.reset();
  retry_at_ms_ = m_.io.now_ms + unreachable_retry_ms;
  if (code_ != Errc::unreachable) show(Step::calling, Errc::unreachable);
}

// --- what comes, and time

bool Linking::on_signal(const wire::Signal& signal) {
  if (signal.kind == signal_open) {
    if (made()) on_open(signal.body);
    return true;
  }
  return signal.kind == signal_accept ? on_accept(signal.body) : on_data(signal.body);
}

bool Linking::on_data(BytesView body) {
  if (!session_) return false;
  const Result<Session::Message> opened = session_->open(body);
  if (!opened) return false;
  const wire::SessionMessage& message = opened->message;
  if (made() && message.kind == session_request) {
    on_request(message.body);
  } else if (uses() && message.kind == session_response) {
    show(message.code == 0 ? Step::done : Step::refused, static_cast<Errc>(message.code));
  }
  return true;
}

void Linking::connection_begins() {
  if (uses()) call();
}

std::uint64_t Linking::wake_at_ms() const {
  return uses() ? std::min(retry_at_ms_, end_ms_ + 1) : never;
}

void Linking::tick() {
  retry_at_ms_ = std::min(retry_at_ms_, m_.io.now_ms + limits::session_answer_ms_max);
  end_ms_ = std::min(end_ms_, m_.io.now_ms + limits::link_ms_max);
  if (m_.io.now_ms < wake_at_ms()) return;
  if (m_.io.now_ms > end_ms_) return show(Step::refused, Errc::link_expired);
  // No answer: the other device may have been restarted and forgotten the session.
  call();
}

}  // namespace shopbell::engine
