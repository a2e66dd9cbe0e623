// Wires the machines together: start from the store, inputs to machines, and what is due before a
// drain.
#include "shopbell/engine.h"

#include "base/check.h"
#include "engine/machines.h"
#include "store/keys.h"

namespace shopbell {

using engine::Log;
using engine::Machines;
using engine::State;

class Engine::Impl {
 public:
  explicit Impl(EngineConfig config)
      : machines_(std::move(config.storage_key), initial_state(config)) {}

  void handle(const Input& input);
  const Output* poll() { return machines_.io.poll(wake_at_ms()); }

 private:
  enum class Phase : std::uint8_t { fresh, unseeded, loading, ready };

  static State initial_state(EngineConfig& config) {
    State state;
    state.shop_id = config.shop;
    state.role = config.role;
    state.host = std::move(config.host);
    state.term = config.term;
    state.keys = std::move(config.keys);
    return state;
  }

  void on(const in::Tick& tick);
  void on(const in::Connected&) { machines_.connection.on_connected(); }
  void on(const in::Received& received) { machines_.connection.on_received(received.bytes); }
  void on(const in::Closed& closed) { machines_.connection.on_closed(closed.code); }
  void on(const in::Persisted& persisted);
  void on(const in::PersistFailed& failed);
  void on(const in::Loaded& loaded);
  void on(const in::Entropy& entropy);
  void on(const in::Command& command);

  void start_loading();
  void take_records(std::span<const in::Record> records);
  Status take_record(BytesView key, BytesView plain);
  void take_log(const LogId& id, const wire::LogRecord& record);
  void become_ready();
  Status run(const in::Command& command);
  void clock_set_back(std::uint64_t by_ms);
  void tick_all();
  void flush();
  void save(const Log& log);
  std::uint64_t wake_at_ms() const;

  template <class T, class Run>
  static Status decoded(BytesView body, Run&& run) {
    Result<T> message = codec::decode<T>(body);
    return message ? run(*message) : Status(message.error());
  }
  Log* open_log(const LogId& id) { return machines_.state.find(id); }

  Machines machines_;
  Phase phase_ = Phase::fresh;
  std::uint64_t start_load_ = 0;
};

void Engine::Impl::handle(const Input& input) {
  machines_.io.begin();
  if (machines_.io.stopped()) return;
  std::visit([this](const auto& each) { on(each); }, input);
  if (!machines_.io.stopped() && phase_ == Phase::ready) flush();
}

void Engine::Impl::on(const in::Tick& tick) {
  const std::uint64_t before_ms = machines_.io.now_ms;
  machines_.io.now_ms = tick.now_ms;
  if (tick.now_ms < before_ms) clock_set_back(before_ms - tick.now_ms);
  const bool slept = before_ms != 0 && tick.now_ms > before_ms + limits::idle_ms_max;
  if (slept) machines_.marks.slept(tick.now_ms - before_ms);
  if (phase_ == Phase::fresh) {
    phase_ = Phase::unseeded;
    machines_.io.need_entropy(true);
    return;
  }
  if (phase_ == Phase::ready) tick_all();
}

void Engine::Impl::on(const in::Entropy& entropy) {
  machines_.io.rng.seed(entropy.bytes);
  if (phase_ != Phase::unseeded) return;
  if (machines_.io.rng.seeded()) {
    start_loading();
  } else {
    machines_.io.need_entropy(true);
  }
}

void Engine::Impl::on(const in::Persisted& persisted) {
  SHOPBELL_CHECK(machines_.io.persisted(persisted.batch), "Persisted names no batch under way");
}

void Engine::Impl::on(const in::PersistFailed& failed) {
  SHOPBELL_CHECK(machines_.io.is_under_way(failed.batch), "PersistFailed names no batch under way");
  machines_.io.stop(Errc::store_failed);
}

void Engine::Impl::on(const in::Loaded& loaded) {
  SHOPBELL_CHECK(machines_.io.take_load(loaded.id), "Loaded names no load under way");
  if (loaded.id == start_load_ && phase_ == Phase::loading) {
    take_records(loaded.records);
    return;
  }
  if (machines_.people.on_loaded(loaded.id, loaded.records)) return;
  SHOPBELL_CHECK(machines_.replica.on_loaded(loaded.id, loaded.records), "a load nobody asked for");
}

void Engine::Impl::on(const in::Command& command) {
  Status status = phase_ == Phase::ready ? run(command) : Status(Errc::command_bad);
  if (!status) machines_.problem(status.error());
}

// --- start

void Engine::Impl::start_loading() {
  phase_ = Phase::loading;
  start_load_ = machines_.io.load(store::start_from(), store::start_to(), 0, false);
}

void Engine::Impl::take_records(std::span<const in::Record> records) {
  for (const in::Record& record : records) {
    Result<Bytes> plain = machines_.io.open_record(record.key, record.value);
    Status status = plain ? take_record(record.key, *plain) : Status(plain.error());
    if (!status) {
      // A store that does not open is not written over: what is in it may still be saved.
      machines_.io.stop(Errc::store_damaged);
      return;
    }
  }
  become_ready();
}

Status Engine::Impl::take_record(BytesView key, BytesView plain) {
  State& state = machines_.state;
  const store::ParsedKey parsed = store::parse_key(key);
  switch (parsed.kind) {
    case store::RecordKind::draft:
      return decoded<wire::DraftRecord>(plain, [&](const wire::DraftRecord& record) {
        machines_.drafts.restore(parsed.log, record);
        return Status();
      });
    case store::RecordKind::about:
      return decoded<wire::AboutRecord>(plain, [&](const wire::AboutRecord& record) {
        state.about = {std::string(record.name), to_bytes(record.picture)};
        state.about_kept = true;
        return Status();
      });
    case store::RecordKind::identity:
      return decoded<wire::IdentityRecord>(plain, [&](const wire::IdentityRecord& record) {
        if (record.format != 1) return Status(Errc::unknown_format);
        state.keys = device_from_seeds(Key::from(record.sign_seed.view()),
                                       Key::from(record.seal_secret.view()), record.created_ms);
        return Status();
      });
    case store::RecordKind::certificate:
      if (!state.is_agent()) return {};
      return decoded<wire::CertificateRecord>(plain, [&](const wire::CertificateRecord& record) {
        if (!state.about_kept) state.about.name = std::string(record.name);
        Certificate certificate;
        certificate.bytes = to_bytes(record.certificate);
        state.certificate = std::move(certificate);
        return Status();
      });
    case store::RecordKind::enrol:
      if (!state.is_agent()) return {};
      return decoded<wire::EnrolRecord>(plain, [&](const wire::EnrolRecord& record) {
        if (!state.keys) return Status(Errc::store_damaged);
        machines_.sessions.restore_enrol(record);
        return Status();
      });
    case store::RecordKind::subject:
      return decoded<wire::SubjectRecord>(plain, [&](const wire::SubjectRecord& record) {
        machines_.admission.restore_subject(record);
        return Status();
      });
    case store::RecordKind::link:
      if (!state.is_visitor()) return {};
      return decoded<wire::LinkRecord>(plain, [&](const wire::LinkRecord& record) {
        machines_.linking.restore(record);
        return Status();
      });
    case store::RecordKind::shop:
      return decoded<wire::ShopRecord>(plain, [&](const wire::ShopRecord& record) {
        for (const wire::TeamKeyRecord& team : record.team_keys) {
          state.team_keys[team.version] = team.key;
        }
        state.forged_card = to_bytes(record.forged);
        state.cursor = record.cursor;
        state.generation = record.generation;
        state.desk_certificate = to_bytes(record.desk_certificate);
        if (record.card.empty()) return Status();
        Result<ShopInfo> shop = take_shop_card(state.shop_id, record.card);
        if (!shop) return Status(shop.error());
        state.shop = std::move(*shop);
        return Status();
      });
    case store::RecordKind::team_secret:
      if (state.is_visitor()) return {};
      return decoded<wire::TeamSecretRecord>(plain, [&](const wire::TeamSecretRecord& record) {
        state.team_secrets[record.version] = crypto::seal_pair(Key::from(record.secret.view()));
        return Status();
      });
    case store::RecordKind::team_member:
      if (!state.is_desk()) return {};
      return decoded<wire::TeamMemberRecord>(plain, [&](const wire::TeamMemberRecord& record) {
        Result<Device> device = take_device_card(record.card);
        if (!device) return Status(device.error());
        state.team_members[device->id] = {*device, record.not_after_ms};
        return Status();
      });
    case store::RecordKind::epoch:
      return decoded<wire::EpochRecord>(plain, [&](const wire::EpochRecord& record) {
        engine::Epoch& epoch = machines_.replica.log_of(parsed.log).epochs[record.epoch];
        epoch.number = record.epoch;
        epoch.commitment = record.commitment;
        epoch.team_version = record.team_version;
        epoch.granted_ms = record.granted_ms;
        if (record.key) epoch.key = Key::from(record.key.view());
        return Status();
      });
    case store::RecordKind::log:
      return decoded<wire::LogRecord>(plain, [&](const wire::LogRecord& record) {
        take_log(parsed.log, record);
        Result<Fold> fold = Fold::load(record.fold);
        if (!fold) return Status(fold.error());
        machines_.replica.log_of(parsed.log).fold = std::move(*fold);
        return Status();
      });
    case store::RecordKind::outbox:
      return decoded<wire::OutboxRecord>(plain, [&](const wire::OutboxRecord& record) {
        machines_.outbox.restore(machines_.replica.log_of(parsed.log), parsed.number, record);
        return Status();
      });
    case store::RecordKind::sent:
      return decoded<wire::SentRecord>(plain, [&](const wire::SentRecord& record) {
        machines_.repeats.restore(parsed.number, record);
        return Status();
      });
    default:
      return {};  // a newer version's; kept as it is
  }
}

void Engine::Impl::take_log(const LogId& id, const wire::LogRecord& record) {
  Log& log = machines_.replica.log_of(id);
  log.seq = record.seq;
  if (record.seq > 0) log.chain = record.chain;
  log.chains[log.seq] = log.chain;
  log.time_ms = record.time_ms;
  log.head_seq = record.seq;
  log.last_foreign = record.seq;
  log.own_read = record.own_read;
  log.own_read_chain = record.own_read_chain;
  log.unread = record.unread;
  log.last_talk = record.last_talk;
  log.epoch_messages = record.epoch_messages;
  log.about_said = record.about_said;
  log.stopped = static_cast<Errc>(record.stopped);
  log.resume_seq = record.resume_seq;
  log.resume_chain = record.resume_chain;
  log.shown_seq = record.shown_seq;
  log.outbox_next = std::max(log.outbox_next, record.outbox_next);
  for (const wire::MarkRecord& mark : record.marks) {
    log.marks[mark.device] = {mark.delivered, mark.read};
  }
  for (const wire::NameRecord& name : record.names) {
    log.people[name.device] = {std::string(name.name), name.seq, name.picture, {}, name.joined_seq};
  }
}

void Engine::Impl::become_ready() {
  State& state = machines_.state;
  if (!state.keys) {
    state.keys = make_device(machines_.io.rng, machines_.io.now_ms);
    wire::IdentityRecord record;
    record.format = 1;
    record.sign_seed = Hash::from(state.keys->sign.seed.reveal());
    record.seal_secret = Hash::from(state.keys->seal.secret.reveal());
    record.created_ms = state.keys->self.created_ms;
    machines_.io.put(store::identity_key(), record);
  }
  if (state.is_certified() && state.shop) {
    Result<Certificate> certificate = take_agent_certificate(*state.shop, state.certificate->bytes);
    if (certificate) {
      state.certificate = std::move(*certificate);
    } else {
      state.certificate.reset();
    }
  }
  phase_ = Phase::ready;
  wire::Ready ready;
  ready.device = state.self();
  ready.certified = state.is_certified();
  ready.has_card = state.shop.has_value();
  if (state.is_certified()) ready.not_after_ms = state.certificate->not_after_ms;
  ready.name = state.about.name;
  ready.picture = state.about.picture;
  ready.subject = state.subject;
  ready.identified = state.subject_confirmed;
  machines_.io.event(wire::EventKind::ready, ready);
  machines_.drafts.show_all();
  machines_.sessions.card_changed();
  if (state.shop) machines_.cards.show();
  for (auto& [id, log] : state.logs) {
    // Whoever was to hear of it may be gone.
    if (log.stopped != Errc::none) machines_.problem(log.stopped, id);
    if (!log.has_genesis() && log.outbox.empty() && log.refused.empty()) continue;
    machines_.replica.show_opened(log, 0);
    if (state.is_desk()) machines_.people.show_admitted(log);
    machines_.marks.show_log(log);
    machines_.marks.show_receipts(log);
    machines_.outbox.pump(log);
  }
  machines_.connection.start();
}

// --- commands

Status Engine::Impl::run(const in::Command& command) {
  using wire::CommandKind;
  switch (command.kind) {
    case CommandKind::send:
      return decoded<wire::Send>(command.body, [&](const wire::Send& send) {
        Status status = machines_.outbox.send(send);
        if (!status) {
          wire::Placed refused;
          refused.log = send.log;
          refused.ref = send.ref;
          refused.code = static_cast<std::uint64_t>(status.error());
          machines_.io.event(wire::EventKind::placed, refused);
        }
        return Status();
      });
    case CommandKind::open_log:
      return decoded<wire::OpenLog>(command.body, [&](const wire::OpenLog& open) {
        machines_.replica.open(machines_.replica.log_of(open.log), open);
        return Status();
      });
    case CommandKind::load_history:
      return decoded<wire::LoadHistory>(command.body, [&](const wire::LoadHistory& load) {
        machines_.replica.load_history(load.log, load.before_seq, load.limit);
        return Status();
      });
    case CommandKind::mark_read:
      return decoded<wire::MarkRead>(command.body, [&](const wire::MarkRead& mark) {
        Log* log = open_log(mark.log);
        if (log == nullptr) return Status(Errc::command_bad);
        machines_.marks.read_up_to(*log, mark.seq);
        return Status();
      });
    case CommandKind::set_typing:
      return decoded<wire::SetTyping>(command.body, [&](const wire::SetTyping& typing) {
        machines_.typing.set(typing.log, typing.on);
        return Status();
      });
    case CommandKind::close_log:
      return decoded<wire::CloseLog>(command.body, [&](const wire::CloseLog& close) {
        if (Log* log = open_log(close.log)) {
          log->open = false;
          for (auto& [device, person] : log->people) person.picture.clear();
        }
        machines_.replica.watch();
        return Status();
      });
    case CommandKind::enrol:
      if (!machines_.state.is_agent()) return Errc::command_bad;
      return decoded<wire::Enrol>(command.body, [&](const wire::Enrol& enrol) {
        machines_.sessions.enrol(Key::from(enrol.secret.view()), enrol.name);
        return Status();
      });
    case CommandKind::request:
      return decoded<wire::Request>(command.body, [&](const wire::Request& request) {
        if (machines_.state.is_visitor() && engine::Linking::takes(request.method)) {
          machines_.linking.request(request.id, request.method, request.body);
        } else {
          machines_.sessions.request(request.id, request.method, request.body);
        }
        return Status();
      });
    case CommandKind::respond:
      return decoded<wire::Respond>(command.body, [&](const wire::Respond& answer) {
        return machines_.sessions.respond(answer.to, answer.id, answer.code, answer.body);
      });
    case CommandKind::push:
      return decoded<wire::Push>(command.body, [&](const wire::Push& push) {
        machines_.sessions.push(push.to, push.method, push.body);
        return Status();
      });
    case CommandKind::sign_card:
      return decoded<wire::SignCard>(
          command.body, [&](const wire::SignCard& sign) { return machines_.desk.sign_card(sign); });
    case CommandKind::certify:
      return decoded<wire::Certify>(command.body, [&](const wire::Certify& certify) {
        return machines_.desk.certify(certify);
      });
    case CommandKind::create_log:
      return decoded<wire::CreateLog>(command.body, [&](const wire::CreateLog& create) {
        return machines_.desk.create_log(create);
      });
    case CommandKind::retry:
      machines_.connection.retry_now();
      return {};
    case CommandKind::set_draft:
      return decoded<wire::SetDraft>(command.body, [&](const wire::SetDraft& draft) {
        machines_.drafts.set(draft.log, draft.text);
        return Status();
      });
    case CommandKind::set_about:
      return decoded<wire::SetAbout>(command.body, [&](const wire::SetAbout& about) {
        return machines_.people.set_about(about.name, about.picture);
      });
    case CommandKind::discard:
      return decoded<wire::Discard>(command.body, [&](const wire::Discard& discard) {
        if (Log* log = open_log(discard.log)) machines_.outbox.discard(*log, discard.ref);
        return Status();
      });
    case CommandKind::identify:
      if (!machines_.state.is_visitor()) return Errc::command_bad;
      return decoded<wire::Identify>(command.body, [&](const wire::Identify& identify) {
        Status status = machines_.admission.identify(identify);
        if (!status) {
          wire::Identified refused;
          refused.code = static_cast<std::uint64_t>(status.error());
          machines_.io.event(wire::EventKind::identified, refused);
        }
        return Status();
      });
    case CommandKind::admit:
      if (!machines_.state.is_desk()) return Errc::command_bad;
      return decoded<wire::Admit>(
          command.body, [&](const wire::Admit& admit) { return machines_.admission.admit(admit); });
  }
  return Errc::command_bad;
}

// --- time, and what is due before a drain

void Engine::Impl::clock_set_back(std::uint64_t by_ms) {
  // What was due in two seconds stays due in two seconds.
  std::set<std::pair<std::uint64_t, LogId>> timers;
  for (const auto& [at_ms, id] : machines_.log_timers) {
    timers.insert({at_ms - std::min(at_ms, by_ms), id});
  }
  machines_.log_timers = std::move(timers);
  for (auto& [id, log] : machines_.state.logs) {
    log.outbox_retry_at_ms -= std::min(log.outbox_retry_at_ms, by_ms);
    log.outbox_answer_by_ms -= std::min(log.outbox_answer_by_ms, by_ms);
    log.fetch_retry_at_ms -= std::min(log.fetch_retry_at_ms, by_ms);
    log.resume_at_ms -= std::min(log.resume_at_ms, by_ms);
  }
}

void Engine::Impl::tick_all() {
  machines_.connection.tick();
  machines_.sessions.tick();
  machines_.linking.tick();
  machines_.typing.tick();
  machines_.desk.tick();
  std::vector<LogId> due;
  while (!machines_.log_timers.empty() &&
         machines_.log_timers.begin()->first <= machines_.io.now_ms) {
    due.push_back(machines_.log_timers.begin()->second);
    machines_.log_timers.erase(machines_.log_timers.begin());
  }
  for (const LogId& id : due) {
    Log* log = machines_.state.find(id);
    if (log == nullptr) continue;
    machines_.outbox.log_timer(*log);
    machines_.replica.log_timer(*log);
    machines_.marks.flush(*log);
  }
}

void Engine::Impl::flush() {
  machines_.outbox.run_pumps();
  for (const LogId& id : machines_.dirty_logs) {
    Log& log = machines_.replica.log_of(id);
    save(log);
    machines_.marks.flush(log);
  }
  machines_.dirty_logs.clear();
}

void Engine::Impl::save(const Log& log) {
  wire::LogRecord record;
  const Bytes fold = log.fold.save();
  record.kind = static_cast<std::uint64_t>(log.fold.kind());
  record.seq = log.seq;
  if (log.seq > 0) record.chain = log.chain;
  record.time_ms = log.time_ms;
  record.fold = fold;
  record.own_read = log.own_read;
  record.own_read_chain = log.own_read_chain;
  record.unread = log.unread;
  record.last_talk = log.last_talk;
  record.epoch_messages = log.epoch_messages;
  record.stopped = static_cast<std::uint64_t>(log.stopped);
  record.outbox_next = log.outbox_next;
  for (const auto& [device, progress] : log.marks) {
    record.marks.push_back({device, progress.delivered, progress.read});
  }
  record.about_said = log.about_said;
  record.resume_seq = log.resume_seq;
  record.resume_chain = log.resume_chain;
  record.shown_seq = log.shown_seq;
  for (const auto& [device, person] : log.people) {
    record.names.push_back(
        {device, person.name, person.about_seq, person.has_picture, person.joined_seq});
  }
  machines_.io.put(store::log_key(log.id), record);
}

std::uint64_t Engine::Impl::wake_at_ms() const {
  if (machines_.io.stopped()) return ~std::uint64_t{0};
  std::uint64_t at = std::min({machines_.connection.wake_at_ms(), machines_.sessions.wake_at_ms(),
                               machines_.linking.wake_at_ms(), machines_.typing.wake_at_ms(),
                               machines_.desk.wake_at_ms()});
  if (!machines_.log_timers.empty()) {
    at = std::min(at, machines_.log_timers.begin()->first);
  }
  return at;
}

Engine::Engine(EngineConfig config) : impl_(std::make_unique<Impl>(std::move(config))) {}
Engine::~Engine() = default;
void Engine::handle(const Input& input) { impl_->handle(input); }
const Output* Engine::poll() { return impl_->poll(); }

}  // namespace shopbell
