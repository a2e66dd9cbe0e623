#include "world.h"

namespace shopbell::sim {
namespace {

constexpr std::uint64_t start_ms = 1'700'000'000'000;
constexpr std::uint64_t day_ms = 24ull * 3600 * 1000;
constexpr char relay_url[] = "wss://relay.example/v1";
constexpr std::uint64_t settle_every_ms = 20'000;
// Every back-off, idle limit and answer limit of the protocol has passed by then.
constexpr std::uint64_t rest_ms_max = 600'000;

constexpr int desk_number = 0;
constexpr int agent_number = 3;

}  // namespace

// Commands of the desk's abilities reach its engine in later steps, in order.
class World::Port : public desk::DeskPort {
 public:
  explicit Port(Device& device) : device_(device), life_(device.life()) {}
  void command(wire::CommandKind kind, BytesView body) override {
    waiting_.push_back({kind, to_bytes(body)});
  }
  std::uint64_t now_ms() const override { return device_.clock_ms(); }
  std::vector<std::pair<wire::CommandKind, Bytes>> take() { return std::exchange(waiting_, {}); }

 private:
  Device& device_;
  std::uint64_t life_;
  std::vector<std::pair<wire::CommandKind, Bytes>> waiting_;
};

World::World(std::uint64_t seed, bool verbose, Fault fault, std::string_view wanted)
    : w_(seed, verbose, fault), net_(w_, *this), wanted_(wanted) {
  w_.agenda.start_at(start_ms + w_.chance.below(day_ms));
  w_.trace.start();
  make_shop();
  relay_ = std::make_unique<Relay>(w_, net_, relay_seed_, dialled_host(relay_url), shop_);
  net_.set_relay(*relay_);
  checker_ = std::make_unique<Checker>(w_, *relay_);
  add_device(Role::desk, "desk");
  add_device(Role::visitor, "visitor a");
  add_device(Role::visitor, "visitor b");
  add_device(Role::agent, "agent");
}

World::~World() = default;

void World::make_shop() {
  root_seed_ = w_.chance.bytes(32);
  relay_seed_ = w_.chance.bytes(32);
  invitation_secret_ = w_.chance.bytes(32);
  shop_.data = crypto::sign_pair(Key::from(root_seed_)).key.data;
  book_ = desk::make_memory_invitations();
  const Key secret = Key::from(invitation_secret_);
  desk::Invitation invitation;
  invitation.id = invitation_id_of(secret);
  invitation.key = invitation_key_of(secret, shop_);
  invitation.role = 2;
  invitation.expires_ms = w_.agenda.now_ms() + day_ms;
  invitation.certificate_ms = 30 * day_ms;
  book_->add(invitation);
}

Device& World::add_device(Role role, std::string name) {
  Device::Setup setup;
  setup.number = static_cast<int>(devices_.size());
  setup.name = std::move(name);
  setup.role = role;
  setup.shop = shop_;
  setup.host = dialled_host(relay_url);
  setup.storage_key = w_.chance.bytes(32);
  setup.created_ms = w_.agenda.now_ms();
  if (role == Role::desk) {
    setup.desk_seeds = w_.chance.bytes(64);
    const BytesView seeds = setup.desk_seeds;
    const SignKey desk_key = crypto::sign_pair(Key::from(seeds.first(32))).key;
    desk_certificate_ =
        make_desk_certificate(crypto::sign_pair(Key::from(root_seed_)), desk_key,
                              w_.agenda.now_ms() - day_ms, w_.agenda.now_ms() + 300 * day_ms);
  }
  devices_.push_back(std::make_unique<Device>(w_, net_, *this, std::move(setup)));
  checker_->watch(*devices_.back());
  return *devices_.back();
}

// --- the desk's abilities

void World::start_desk(Device& device) {
  desk::Desk::Options options;
  options.shop = shop_;
  options.words.name = "Bags";
  options.relays.push_back({relay_url, crypto::sign_pair(Key::from(relay_seed_)).key});
  options.desk_certificate = desk_certificate_;
  desk_.reset();
  port_ = std::make_unique<Port>(device);
  desk_ = std::make_unique<desk::Desk>(*port_, *book_, std::move(options));
}

void World::settle_desk() {
  w_.agenda.after(settle_every_ms, [this] { settle_desk(); });
  Device& device = *devices_[desk_number];
  if (!device.running() || !desk_) return;
  desk_->settle();
  for (auto& [kind, body] : port_->take()) device.command(kind, std::move(body));
}

// --- what devices do

void World::on_start(Device& device) {
  people_[device.number()] = {};
  if (device.number() == desk_number) start_desk(device);
  checker_->on_start(device);
}

void World::on_event(Device& device, wire::EventKind kind, BytesView body) {
  checker_->on_event(device, kind, body);
  if (device.number() == desk_number) desk_->on_event(kind, body);
  Person& person = people_[device.number()];
  if (kind == wire::EventKind::ready) {
    const auto ready = codec::decode<wire::Ready>(body);
    person.ready = true;
    person.certified = ready->certified;
    if (device.number() == agent_number && !ready->certified) {
      wire::Enrol enrol;
      enrol.secret = Hash::from(invitation_secret_);
      enrol.name = w_.chance.below(2) == 0 ? "小王" : "Agent Wang";
      device.command(wire::CommandKind::enrol, enrol);
    }
    if (device.number() != desk_number && w_.chance.below(2) == 0) say_again(device);
  } else if (kind == wire::EventKind::enrolled) {
    person.certified = true;
  } else if (kind == wire::EventKind::log_opened) {
    const auto opened = codec::decode<wire::LogOpened>(body);
    person.logs[opened->log].kind = opened->kind;
  } else if (kind == wire::EventKind::message) {
    const auto message = codec::decode<wire::MessageEvent>(body);
    LogSeen& seen = person.logs[message->log];
    seen.newest = std::max(seen.newest, message->seq);
  } else if (kind == wire::EventKind::response_event || kind == wire::EventKind::push_event) {
    const auto response = codec::decode<wire::ResponseEvent>(body);
    const auto push = codec::decode<wire::PushEvent>(body);
    const bool pushed = kind == wire::EventKind::push_event;
    if (pushed ? !push : !response || response->code != 0) return;
    const auto page = codec::decode<wire::InboxPage>(pushed ? push->body : response->body);
    if (!page) return;
    for (const wire::InboxRow& row : page->rows) {
      std::erase_if(person.inbox, [&](const auto& known) { return known.first == row.log; });
      person.inbox.emplace_back(row.log, row.team_log);
    }
  }
}

void World::on_transmit(Device& device, BytesView bytes) { checker_->on_transmit(device, bytes); }

void World::on_settled(Device& device) {
  if (device.number() != desk_number) return;
  desk_->settle();
  for (auto& [kind, body] : port_->take()) device.command(kind, std::move(body));
}

void World::on_crash(Device& device) {
  people_[device.number()] = {};
  if (device.number() == desk_number) desk_.reset();
}

void World::from_device(int, BytesView bytes) { checker_->on_link(bytes); }
void World::to_device(int, BytesView bytes) { checker_->on_link(bytes); }

// --- what people do

void World::people_go_on() {
  w_.agenda.after(w_.chance.between(5, w_.chance.below(8) == 0 ? 8000 : 600), [this] {
    if (!w_.weather.stormy) return;
    act();
    people_go_on();
  });
}

void World::act() {
  if (w_.chance.below(14) == 0) return trouble();
  const std::uint64_t who = w_.chance.between(1, 4);
  Device& device = *devices_[std::min<std::uint64_t>(who, agent_number)];
  if (!device.running() || !people_[device.number()].ready) return;
  if (device.number() == agent_number) {
    agent_acts(device);
  } else {
    visitor_acts(device);
  }
}

void World::open(Device& device, const LogId& log) {
  wire::OpenLog open;
  open.log = log;
  open.limit = w_.chance.below(3) == 0 ? 5 : 50;
  open.quiet = w_.chance.below(6) == 0;
  device.command(wire::CommandKind::open_log, open);
  people_[device.number()].logs.try_emplace(log);
}

void World::write_to(Device& device, const LogId& log) {
  const std::uint64_t number = ++texts_;
  said_[device.number()].emplace_back(log, number);
  checker_->written(device, number);
  w_.trace.say("  %s writes text %llu", device.name(), static_cast<unsigned long long>(number));
  send(device, log, number);
}

void World::say_again(Device& device) {
  const auto& said = said_[device.number()];
  if (said.empty()) return;
  const std::size_t back = w_.chance.below(std::min<std::size_t>(said.size(), 4));
  const auto& [log, number] = said[said.size() - 1 - back];
  checker_->repeated(device, number);
  w_.trace.say("  %s repeats text %llu", device.name(), static_cast<unsigned long long>(number));
  send(device, log, number);
}

void World::set_draft(Device& device, const LogId& log) {
  const std::string words = w_.chance.below(3) == 0 ? "" : checker_->words_of(texts_ + 1);
  device.command(wire::CommandKind::set_draft, wire::SetDraft{log, words});
}

void World::set_about(Device& device) {
  Bytes picture = w_.chance.bytes(200);
  picture[0] = 0xff;
  picture[1] = 0xd8;
  picture[2] = 0xff;
  wire::SetAbout about;
  about.name = w_.chance.below(2) == 0 ? "小王" : "Agent Wang";
  if (w_.chance.below(2) == 0) about.picture = picture;
  device.command(wire::CommandKind::set_about, about);
}

void World::send(Device& device, const LogId& log, std::uint64_t number) {
  const std::string words = checker_->words_of(number);
  wire::Text text;
  text.text = words;
  text.locale = number % 2 == 0 ? "zh-CN" : "en";
  const Bytes content = codec::encode(text);
  wire::Send send;
  send.log = log;
  send.ref = number;
  send.kind = static_cast<std::uint64_t>(wire::ContentKind::text);
  send.content = content;
  send.fallback = text.text;
  device.command(wire::CommandKind::send, send);
}

void World::visitor_acts(Device& device) {
  Person& person = people_[device.number()];
  const std::uint64_t what = w_.chance.below(14);
  if (what == 10) return say_again(device);
  if (what == 11) return set_about(device);
  if (what == 12) return set_draft(device, {});
  if (person.logs.empty() || w_.chance.in_thousand(15)) return write_to(device, {});
  auto log = person.logs.begin();
  std::advance(log, static_cast<std::ptrdiff_t>(w_.chance.below(person.logs.size())));
  if (what < 5) return write_to(device, log->first);
  if (what == 13) return set_draft(device, log->first);
  if (what == 5) return open(device, log->first);
  if (what == 6) {
    device.command(wire::CommandKind::set_typing,
                   wire::SetTyping{log->first, w_.chance.below(3) != 0});
  } else if (what == 7) {
    device.command(wire::CommandKind::load_history,
                   wire::LoadHistory{log->first, 0, w_.chance.below(20)});
  } else {
    device.command(wire::CommandKind::mark_read, wire::MarkRead{log->first, log->second.newest});
  }
}

void World::agent_acts(Device& device) {
  Person& person = people_[device.number()];
  if (!person.certified) return;
  const std::uint64_t what = w_.chance.below(14);
  if (what == 12) return say_again(device);
  if (what == 13) return set_about(device);
  if (person.inbox.empty() || what == 0) {
    wire::Request request;
    request.id = ++requests_;
    request.method = "inbox.list";
    return device.command(wire::CommandKind::request, request);
  }
  const auto& [main_log, team_log] = person.inbox[w_.chance.below(person.inbox.size())];
  const LogId log = w_.chance.below(4) == 0 && team_log ? team_log : main_log;
  const auto known = person.logs.find(log);
  if (known == person.logs.end() || what == 1) return open(device, log);
  if (what < 7) return write_to(device, log);
  if (what == 7) {
    device.command(wire::CommandKind::set_typing, wire::SetTyping{log, w_.chance.below(3) != 0});
  } else if (what == 8) {
    device.command(wire::CommandKind::close_log, wire::CloseLog{log});
    person.logs.erase(known);
  } else if (what == 9) {
    device.command(wire::CommandKind::load_history, wire::LoadHistory{log, 0, 10});
  } else {
    device.command(wire::CommandKind::mark_read, wire::MarkRead{log, known->second.newest});
  }
}

// --- the weather

std::int64_t World::clock_jump() {
  return static_cast<std::int64_t>(w_.chance.below(240'000)) - 120'000;
}

void World::trouble() {
  Device& device = *devices_[w_.chance.below(devices_.size())];
  switch (w_.chance.below(9)) {
    case 0:
    case 1:
      return device.crash();
    case 2:
      return relay_->crash();
    case 3:
    case 4:
      return net_.cut(device.link());
    case 5:
      return net_.cut_all();
    case 6:
      return device.jump_clock(clock_jump());
    case 7:
      return relay_->jump_clock(clock_jump());
    default:
      if (people_[device.number()].ready) {
        device.command(wire::CommandKind::retry, wire::Retry{});
      }
  }
}

// --- the course of a world

bool World::stop_now() const {
  return wanted_.empty() ? !checker_->failures().empty() : checker_->failed(wanted_);
}

void World::run_for(std::uint64_t ms) {
  const std::uint64_t until = w_.agenda.now_ms() + ms;
  while (!w_.agenda.empty() && w_.agenda.next_ms() <= until && !stop_now()) w_.agenda.step();
}

void World::run() {
  for (const auto& device : devices_) {
    w_.agenda.after(w_.chance.below(4000), [&device] { device->start(); });
  }
  w_.agenda.after(w_.chance.below(3000), [this] { relay_->start(); });
  settle_desk();
  steps_wanted_ = w_.chance.between(800, 4000);
  run_stormy();
  come_to_rest();
  look_at_everything();
}

void World::run_stormy() {
  w_.weather.stormy = true;
  people_go_on();
  while (w_.agenda.steps() < steps_wanted_ && !stop_now()) w_.agenda.step();
  w_.weather.stormy = false;
  w_.trace.say("--- fair weather");
}

void World::come_to_rest() {
  std::string why;
  const std::uint64_t last_ms = w_.agenda.now_ms() + rest_ms_max;
  // Longer than every limit after which a side notices that the other is gone.
  run_for(60'000);
  while (!stop_now()) {
    if (checker_->at_rest(why)) return;
    if (w_.agenda.now_ms() > last_ms) return checker_->fail("converge", why);
    run_for(5'000);
  }
}

void World::look_at_everything() {
  if (stop_now()) return;
  Device& agent = *devices_[agent_number];
  if (people_[agent_number].certified) {
    wire::Request request;
    request.id = ++requests_;
    request.method = "inbox.list";
    agent.command(wire::CommandKind::request, request);
    run_for(20'000);
    for (const auto& [log, head] : relay_->heads()) {
      wire::OpenLog open;
      open.log = log;
      open.limit = 10;
      open.quiet = true;
      agent.command(wire::CommandKind::open_log, open);
    }
  } else {
    checker_->fail("converge", "the agent has no certificate");
  }
  run_for(60'000);
  checker_->forget_histories();
  for (const auto& device : devices_) {
    for (const auto& [log, head] : relay_->heads()) {
      device->command(wire::CommandKind::load_history, wire::LoadHistory{log, 0, 0});
    }
  }
  run_for(10'000);
  const std::uint64_t expected = devices_.size() * relay_->heads().size();
  if (checker_->histories_shown() < expected) {
    checker_->fail("converge", "not every history was shown");
  }
  checker_->final_checks();
}

}  // namespace shopbell::sim
