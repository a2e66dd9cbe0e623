#include "world.h"

namespace shopbell::sim {
namespace {

constexpr std::uint64_t start_ms = 1'700'000'000'000;
constexpr std::uint64_t day_ms = 24ull * 3600 * 1000;
constexpr char relay_url[] = "wss://relay.example/v1";
constexpr std::uint64_t settle_every_ms = 20'000;
// Every back-off, idle limit and answer limit of the protocol has passed by then.
constexpr std::uint64_t rest_ms_max = 600'000;
// The desk waits so long for what others may have, and may have to begin anew.
constexpr std::uint64_t hold_ms_max = 3 * limits::resume_after_ms;

constexpr std::size_t visitors_max = 3;
constexpr std::size_t agents_max = 2;
constexpr std::uint64_t nodes_max = 3;
constexpr std::uint64_t steps_min = 2000;
constexpr std::uint64_t steps_max = 5000;

bool plays_all_troubles = false;

}  // namespace

void play_all_troubles(bool yes) { plays_all_troubles = yes; }

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

World::World(std::uint64_t seed, bool verbose, std::string_view wanted)
    : w_(seed, verbose), net_(w_, *this), wanted_(wanted) {
  w_.agenda.start_at(start_ms + w_.chance.below(day_ms));
  w_.trace.start();
  make_shop();
  relay_ = std::make_unique<Relay>(w_, net_, relay_seed_, dialled_host(relay_url), shop_);
  liar_ = std::make_unique<Liar>(w_, lies_, *relay_, shop_, relay_seed_);
  relay_->set_liar(*liar_);
  all_troubles_ = plays_all_troubles;
  // A liar's stories are of one store.
  const Backups may[] = {Backups::relay, Backups::relay, Backups::devices, Backups::nobody};
  if (all_troubles_ && !liar_->is_one()) backups_ = may[w_.chance.below(std::size(may))];
  // An operator who sets the store back stops all its nodes first.
  const bool one_node = liar_->is_one() || backups_ == Backups::relay;
  for (std::uint64_t more = one_node ? 0 : w_.chance.below(nodes_max); more > 0; --more) {
    relay_->add_node();
  }
  checker_ = std::make_unique<Checker>(w_, *relay_, lies_);
  login_ = std::make_unique<Login>(shop_);
  people_ = std::make_unique<People>(w_, *checker_, *login_, devices_);
  add_everybody();
}

World::~World() = default;

void World::make_shop() {
  root_seed_ = w_.chance.bytes(32);
  relay_seed_ = w_.chance.bytes(32);
  shop_.data = crypto::sign_pair(Key::from(root_seed_)).key.data;
  book_ = desk::make_memory_invitations();
}

// At least two visitors: what one of them is told is compared with what others are.
void World::add_everybody() {
  add_device(Role::desk, "desk");
  const std::uint64_t visitors = w_.chance.between(2, visitors_max);
  for (std::uint64_t i = 0; i < visitors; ++i) {
    add_device(Role::visitor, std::string("visitor ") + static_cast<char>('a' + i));
  }
  const std::uint64_t agents = w_.chance.between(1, agents_max);
  for (std::uint64_t i = 0; i < agents; ++i) {
    invite(add_device(Role::agent, std::string("agent ") + static_cast<char>('a' + i)));
  }
  add_further_devices();
}

// In every second world a customer has two devices that the shop's login knows, in every second one
// the first agent has two.
void World::add_further_devices() {
  if (w_.chance.below(2) == 0) {
    Device& phone = add_device(Role::visitor, "phone of a");
    phone.belongs_to("a");
    devices_[1]->belongs_to("a");
  }
  if (w_.chance.below(2) != 0) return;
  const auto is_agent = [](const auto& each) { return each->setup().role == Role::agent; };
  agent_ = std::find_if(devices_.begin(), devices_.end(), is_agent)->get();
  beside_ = &add_device(Role::agent, "laptop of agent a");
}

void World::invite_beside() {
  const bool can = beside_ && !people_->is_invited(*beside_) && people_->is_certified(*agent_);
  if (can) invite(*beside_, checker_->id_of(*agent_));
}

void World::invite(const Device& agent, const DeviceId& person) {
  Bytes bytes = w_.chance.bytes(32);
  const Key secret = Key::from(bytes);
  desk::Invitation invitation;
  invitation.id = invitation_id_of(secret);
  invitation.key = invitation_key_of(secret, shop_);
  invitation.role = 2;
  invitation.expires_ms = w_.agenda.now_ms() + day_ms;
  invitation.certificate_ms = 30 * day_ms;
  invitation.person = person;
  book_->add(invitation);
  people_->invite(agent, std::move(bytes));
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
  setup.keeps_nothing = role == Role::visitor && w_.chance.below(6) == 0;
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
  options.identity = login_->rules();
  desk_.reset();
  port_ = std::make_unique<Port>(device);
  desk_ = std::make_unique<desk::Desk>(*port_, *book_, std::move(options));
}

void World::settle_desk() {
  w_.agenda.after(settle_every_ms, [this] { settle_desk(); });
  Device& device = *devices_.front();
  if (!device.running() || !desk_) return;
  desk_->settle();
  for (auto& [kind, body] : port_->take()) device.command(kind, std::move(body));
}

// --- what devices do

void World::on_start(Device& device) {
  people_->on_start(device);
  if (is_desk(device)) start_desk(device);
  checker_->on_start(device);
}

void World::on_event(Device& device, wire::EventKind kind, BytesView body) {
  checker_->on_event(device, kind, body);
  if (is_desk(device)) desk_->on_event(kind, body);
  people_->on_event(device, kind, body);
  if (&device == agent_) invite_beside();
}

void World::on_transmit(Device& device, BytesView bytes) { checker_->on_transmit(device, bytes); }
void World::on_written(Device&, const out::Persist& batch) { checker_->on_written(batch); }

void World::on_said_again(Device& device, BytesView send) {
  checker_->repeated(device, codec::decode<wire::Send>(send)->ref);
}

void World::on_settled(Device& device) {
  if (!is_desk(device)) return;
  desk_->settle();
  for (auto& [kind, body] : port_->take()) device.command(kind, std::move(body));
}

void World::on_crash(Device& device) {
  people_->on_start(device);
  if (is_desk(device)) desk_.reset();
}

void World::on_wiped(Device& device) {
  people_->on_wiped(device);
  checker_->on_wiped(device);
}

void World::on_set_back(Device& device) {
  people_->on_wiped(device);
  checker_->on_set_back(device);
}

void World::from_device(int, BytesView bytes) { checker_->on_link(bytes); }
void World::to_device(int, BytesView bytes) { checker_->on_link(bytes); }

// --- what people do

void World::people_go_on() {
  w_.agenda.after(w_.chance.between(5, w_.chance.below(8) == 0 ? 8000 : 600), [this] {
    if (!w_.weather.stormy) return;
    if (w_.chance.below(14) == 0) {
      trouble();
    } else {
      people_->act();
    }
    people_go_on();
  });
}

// --- the weather

std::int64_t World::clock_jump() {
  return static_cast<std::int64_t>(w_.chance.below(240'000)) - 120'000;
}

void World::trouble() {
  Device& device = *devices_[w_.chance.below(devices_.size())];
  switch (w_.chance.below(all_troubles_ ? 20 : 16)) {
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
    case 8:
      return net_.part(device.number(), w_.chance.between(1000, 300'000));
    case 9:
    case 10:
      return device.put_to_sleep();
    case 11:
      return device.fill_disk(w_.chance.between(1000, 60'000));
    case 13:
      return relay_->pause(w_.chance.between(100, 20'000));
    case 14:
      return relay_->part_from_store(w_.chance.between(100, 20'000));
    case 15:
      return relay_->part_from_bus(w_.chance.between(1000, 60'000));
    case 16:
    case 17:
    case 18:
      return use_backup(device);
    case 19:
      return remove_agent();
    default:
      if (people_->is_ready(device)) {
        device.command(wire::CommandKind::retry, wire::Retry{});
      }
  }
}

void World::use_backup(Device& device) {
  const bool takes = w_.chance.below(2) == 0;
  if (backups_ == Backups::relay) takes ? relay_->back_up() : relay_->set_back();
  if (backups_ == Backups::devices) takes ? device.back_up() : device.set_back();
}

// As the command line does it: the desk finds it in its book.
void World::remove_agent() {
  const Device& agent = *devices_.back();
  const auto member = book_->find_used_by(checker_->id_of(agent));
  if (!member || member->removed_ms != 0 || w_.agenda.steps() < steps_wanted_ / 2) return;
  w_.tally.add(Event::agent_removed);
  w_.trace.note(agent.name(), "removed", 0);
  const std::uint64_t now_ms = devices_.front()->clock_ms();
  book_->change(member->used_by, {member->role, now_ms, now_ms});
  checker_->removed(agent);
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
  steps_wanted_ = w_.chance.between(steps_min, steps_max);
  run_stormy();
  turn_honest();
  bring_all_back();
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

// Who has a name says it once more, until everybody knows.
void World::all_say_who() {
  const std::uint64_t last_ms = w_.agenda.now_ms() + rest_ms_max;
  const auto is_known = [this](const auto& device) {
    const bool is_agent = device->setup().role == Role::agent;
    if (is_agent) return people_->is_certified(*device) || checker_->is_removed(*device);
    return device->setup().subject.empty() || people_->is_identified(*device);
  };
  run_for(60'000);
  while (!stop_now() && !std::all_of(devices_.begin(), devices_.end(), is_known)) {
    if (w_.agenda.now_ms() > last_ms) {
      if (!checker_->is_shop_log_named()) checker_->fail("converge", "somebody is not known");
      for (const auto& device : devices_) {
        if (!is_known(device)) checker_->stays_unknown(*device);
      }
      return;
    }
    for (const auto& device : devices_) people_->say_who(*device);
    run_for(20'000);
  }
}

// Whoever was lied to tries again and hears from the relay anew. Then comes the exchange after
// which every lie that had an effect must have been named: everybody writes into every log.
void World::turn_honest() {
  if (liar_->is_one()) {
    liar_->repent();
    net_.cut_all();
    run_for(10'000);
    for (const auto& device : devices_) {
      if (device->running()) device->command(wire::CommandKind::retry, wire::Retry{});
    }
  }
  all_say_who();
  if (!liar_->is_one()) return;
  agents_look();
  run_for(60'000);
  people_->all_write();
}

// What the relay has lost comes again from those who look.
void World::bring_all_back() {
  if (!relay_->was_set_back()) return;
  run_for(60'000);
  agents_look();
}

void World::come_to_rest() {
  std::string why;
  const bool held = relay_->was_set_back();
  const std::uint64_t last_ms = w_.agenda.now_ms() + rest_ms_max + (held ? hold_ms_max : 0);
  // Longer than every limit after which a side notices that the other is gone.
  run_for(60'000);
  while (!stop_now()) {
    if (checker_->at_rest(why)) return;
    if (w_.agenda.now_ms() > last_ms) return checker_->fail("converge", why);
    run_for(5'000);
  }
}

void World::look_as_agent(Device& agent) {
  if (!people_->is_certified(agent)) {
    return checker_->fail("converge", agent.setup().name + " has no certificate");
  }
  people_->ask_for_inbox(agent);
  run_for(20'000);
  for (const auto& [log, head] : relay_->heads()) people_->open(agent, log, 10, true);
}

void World::agents_look() {
  for (const auto& device : devices_) {
    const bool looks = device->setup().role == Role::agent && !checker_->is_removed(*device);
    if (looks && !checker_->is_unknown(*device)) look_as_agent(*device);
  }
}

void World::look_at_everything() {
  if (stop_now()) return;
  agents_look();
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
