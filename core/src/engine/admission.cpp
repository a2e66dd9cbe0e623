#include "engine/admission.h"

#include "engine/machines.h"
#include "store/keys.h"

namespace shopbell::engine {
namespace {

// As much as a person sees when he opens a conversation.
constexpr std::uint64_t shown_messages = 50;

}  // namespace

// --- letting in

Result<Device> Admission::device_of(const wire::Admit& command) const {
  if (!command.card.empty()) {
    Result<Device> device = take_device_card(command.card);
    if (device && device->id != command.device) return Errc::command_bad;
    return device;
  }
  for (const auto& [id, log] : m_.state.logs) {
    if (!log.fold.is_of_customer(command.device)) continue;
    return *log.fold.device_of(*m_.state.shop, command.device);
  }
  return Errc::command_bad;
}

Status Admission::admit(const wire::Admit& command) {
  if (!m_.state.shop) return Errc::command_bad;
  Log* log = m_.state.find(command.log);
  Result<Device> device = device_of(command);
  if (log == nullptr || !device || !log->fold.started() || log->fold.kind() != LogKind::main) {
    return Errc::command_bad;
  }
  if (log->fold.is_of_customer(device->id)) return {};
  const Bytes body = make_admit_body(*device);
  std::size_t devices = log->fold.granted_devices(*m_.state.shop).size();
  for (const Outgoing& item : log->outbox) {
    if (item.envelope_class != EnvelopeClass::member) continue;
    if (same_bytes(item.inner, body)) return {};
    ++devices;
  }
  if (devices >= limits::log_devices_max) return Errc::quota;
  m_.outbox.add_member(*log, body);
  return {};
}

void Admission::on_admitted(Log& log, const wire::MemberBody& body, const DeviceId& by,
                            std::uint64_t seq, std::uint64_t time_ms) {
  Result<Device> device = take_device_card(body.card);
  if (!device) return;
  m_.people.joined(log, device->id, seq, time_ms);
  // What was delivered and read before is told with heads alone.
  if (device->id == m_.state.self()) m_.io.frame(wire::FrameKind::get_heads, wire::GetHeads{});
  // Every epoch that was granted without the newcomer is known here now: a later grant names him.
  if (by == m_.state.self() && seq > log.shown_seq) hand_keys(log, *device);
}

void Admission::hand_keys(Log& log, const Device& to) {
  std::vector<EpochKey> keys;
  for (auto epoch = log.epochs.begin(); epoch != log.epochs.end();) {
    if (epoch->second.key) {
      EpochKey each;
      each.epoch = epoch->first;
      each.key = epoch->second.key->clone();
      keys.push_back(std::move(each));
    }
    ++epoch;
    if (keys.empty() || (keys.size() < limits::epoch_boxes_max && epoch != log.epochs.end())) {
      continue;
    }
    Result<Bytes> body = make_keys_body(m_.io.rng, log.id, to, keys);
    keys.clear();
    if (!body) {
      m_.problem(body.error(), log.id, to.id);
      return;
    }
    m_.outbox.add_member(log, *body);
  }
}

std::optional<Bytes> Admission::again(const Log& log, BytesView member_body) const {
  const Result<wire::MemberBody> body = codec::decode<wire::MemberBody>(member_body);
  const MemberKind kind = body ? static_cast<MemberKind>(body->kind) : MemberKind::leave;
  if (kind == MemberKind::admit) return to_bytes(member_body);
  if (kind != MemberKind::keys) return std::nullopt;
  const Device* device = log.fold.device_of(*m_.state.shop, body->device);
  return device != nullptr ? std::optional(make_admit_body(*device)) : std::nullopt;
}

// --- having been let in

bool Admission::waits_for_key(const Log& log, std::uint64_t epoch) const {
  const bool came_later =
      m_.state.is_visitor() && log.fold.started() && log.fold.creator() != m_.state.self();
  const auto known = log.epochs.find(epoch);
  return came_later && known != log.epochs.end() && !known->second.key;
}

void Admission::on_keys(Log& log, const wire::MemberBody& body, std::uint64_t seq) {
  if (body.device != m_.state.self()) return;
  bool opened = false;
  for (EpochKey& each : open_keys_body(log.id, *m_.state.keys, body)) {
    const auto known = log.epochs.find(each.epoch);
    if (known == log.epochs.end() || known->second.key) continue;
    if (commitment_of(log.id, each.epoch, each.key) != known->second.commitment) {
      m_.problem(Errc::grant_bad, log.id);
      continue;
    }
    known->second.key = std::move(each.key);
    m_.replica.save(log, known->second);
    opened = true;
  }
  if (!opened || seq <= log.shown_seq) return;
  // It was read where it was written.
  log.unread = 0;
  m_.marks.show_log(log);
  if (log.open) m_.replica.load_history(log.id, 0, shown_messages);
}

// --- the shop's own login

Status Admission::identify(const wire::Identify& command) {
  State& state = m_.state;
  if (!state.is_visitor() || command.token.empty() || !command.subject) {
    return Errc::command_bad;
  }
  if (state.subject && state.subject != command.subject) return Errc::identity_other;
  // Before the desk is asked: what comes of it may be stored before the answer is.
  if (!state.subject) {
    state.subject = command.subject;
    keep_subject();
  }
  m_.sessions.identify(command.token);
  return {};
}

void Admission::on_identified(std::uint64_t code, BytesView body) {
  const Result<wire::IdentifyResponse> answer = codec::decode<wire::IdentifyResponse>(body);
  const auto refused = static_cast<Errc>(code);
  if (code == 0) {
    m_.state.subject_confirmed = true;
    keep_subject();
  } else if (!m_.state.subject_confirmed && !is_temporary(refused)) {
    m_.state.subject = {};
    m_.io.erase(store::subject_key());
  }
  wire::Identified event;
  event.code = code;
  if (code == 0 && answer) event.name = answer->name;
  m_.io.event(wire::EventKind::identified, event);
}

void Admission::keep_subject() {
  wire::SubjectRecord record;
  record.subject = m_.state.subject;
  record.confirmed = m_.state.subject_confirmed;
  m_.io.put(store::subject_key(), record);
}

void Admission::restore_subject(const wire::SubjectRecord& record) {
  m_.state.subject = record.subject;
  m_.state.subject_confirmed = record.confirmed;
}

}  // namespace shopbell::engine
