#include "node.h"

#include "mutant.h"
#include "relay.h"

namespace shopbell::sim {
namespace {

// What a store says that can not be reached.
store::Answer no_answer(const store::Query& query) {
  constexpr Errc code = Errc::store_failed;
  switch (query.index()) {
    case 0:
      return Result<store::LogRecord>(code);
    case 1:
      return Result<std::vector<store::Entry>>(code);
    case 2:
      return Result<std::vector<LogId>>(code);
    case 3:
      return Result<std::vector<store::HeadRow>>(code);
    case 4:
      return Result<store::Place>(code);
    case 5:
      return Result<Bytes>(code);
    default:
      return Result<store::Moved>(code);
  }
}

}  // namespace

Node::Node(Clockwork& clockwork, Net& net, Relay& relay, std::uint64_t number)
    : w_(clockwork), net_(net), relay_(relay), number_(number) {}

std::uint64_t Node::clock_ms() const {
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(w_.agenda.now_ms()) +
                                    clock_ahead_ms_);
}

void Node::after(std::uint64_t delay_ms, std::function<void()> act) {
  w_.agenda.after(delay_ms, [this, life = life_, act = std::move(act)] {
    if (life == life_ && running()) act();
  });
}

void Node::awake(std::function<void()> act) {
  const std::uint64_t now = w_.agenda.now_ms();
  if (now > paused_until_ms_) return act();
  after(paused_until_ms_ - now, std::move(act));
}

// --- life and death

void Node::start() {
  if (running()) return;
  ++life_;
  dead_ = false;
  ticked_ms_ = clock_ms();
  written_at_ms_ = paused_until_ms_ = 0;
  relay::Config config = relay_.config();
  join_bus(config);
  w_.trace.note("relay", "start", life_);
  const Bytes entropy = w_.chance.bytes(64);
  shard_ = std::make_unique<relay::Shard>(std::move(config), entropy);
  run(relay::in::Tick{ticked_ms_});
}

void Node::crash() {
  if (!running()) return;
  dead_ = true;
  die();
}

void Node::die() {
  w_.tally.add(Event::relay_crash);
  w_.trace.note("relay", "crash", number_);
  shard_.reset();
  heard_.reset();
  ++life_;
  net_.relay_crashed(*this);
  w_.agenda.after(w_.chance.between(1, 4000), [this] { start(); });
}

void Node::jump_clock(std::int64_t by_ms) {
  w_.tally.add(Event::clock_jump);
  clock_ahead_ms_ += by_ms;
  w_.trace.note("relay", "clock", static_cast<std::uint64_t>(clock_ahead_ms_));
}

void Node::pause(std::uint64_t for_ms) {
  w_.tally.add(Event::node_paused);
  w_.trace.note("relay", "paused", number_);
  paused_until_ms_ = w_.agenda.now_ms() + for_ms;
}

void Node::part_from_store(std::uint64_t for_ms) {
  w_.tally.add(Event::store_parted);
  w_.trace.note("relay", "no store", number_);
  no_store_until_ms_ = w_.agenda.now_ms() + for_ms;
}

void Node::part_from_bus(std::uint64_t for_ms) {
  w_.tally.add(Event::bus_parted);
  w_.trace.note("relay", "no bus", number_);
  no_bus_until_ms_ = w_.agenda.now_ms() + for_ms;
}

bool Node::is_parted_from_store() const {
  return w_.weather.stormy && w_.agenda.now_ms() < no_store_until_ms_;
}

bool Node::loses_bus_messages() const {
  return w_.weather.stormy && w_.agenda.now_ms() < no_bus_until_ms_;
}

// --- the shard

void Node::feed(relay::Input input) {
  if (clock_ms() != ticked_ms_) {
    ticked_ms_ = clock_ms();
    if (!run(relay::in::Tick{ticked_ms_})) return;
  }
  run(std::move(input));
}

bool Node::run(relay::Input input) {
  shard_->handle(std::move(input));
  while (relay::Output* output = shard_->poll()) {
    carry_out(*output);
    if (w_.strikes(w_.weather.relay_crash)) dead_ = true;
    if (dead_) {
      die();
      return false;
    }
  }
  return true;
}

void Node::carry_out(relay::Output& output) {
  if (const auto* send = std::get_if<relay::out::Send>(&output)) {
    w_.trace.note("relay", "send", static_cast<LinkId>(send->conn), send->bytes);
    send_through_liar(static_cast<LinkId>(send->conn), send->bytes);
  } else if (const auto* close = std::get_if<relay::out::Close>(&output)) {
    w_.trace.note("relay", "close", static_cast<std::uint64_t>(close->code));
    net_.close_from_relay(static_cast<LinkId>(close->conn),
                          static_cast<std::uint16_t>(close->code));
  } else if (const auto* batch = std::get_if<relay::out::Commit>(&output)) {
    commit(*batch);
  } else if (const auto* asked = std::get_if<relay::out::Read>(&output)) {
    read(*asked);
  } else if (const auto* told = std::get_if<relay::out::Tell>(&output)) {
    tell(told->news);
  } else {
    wake(std::get<relay::out::Timeout>(output).at_ms);
  }
}

void Node::send_through_liar(LinkId link, BytesView bytes) {
  const int device = net_.device_of(link);
  if (device < 0) return;
  const Bytes told = relay_.liar().to_device(link, device, bytes);
  if (!told.empty()) net_.send_from_relay(link, told);
}

void Node::wake(std::uint64_t at_ms) {
  const std::uint64_t number = ++wake_number_;
  const std::uint64_t now = clock_ms();
  after(at_ms > now ? at_ms - now : 0, [this, number] {
    awake([this, number] {
      if (number == wake_number_) feed(relay::in::Tick{clock_ms()});
    });
  });
}

// --- the store

void Node::commit(const relay::out::Commit& commit) {
  w_.trace.note("relay", "commit", static_cast<std::uint64_t>(commit.id));
  const bool early = mutant("ack-before-commit");
  const bool strikes = !early && w_.strikes(w_.weather.commit_fails, Event::commit_failed);
  const bool fails = strikes || is_parted_from_store();
  const Errc code = w_.chance.below(2) == 0 ? Errc::store_full : Errc::store_failed;
  // Where others write too, whoever is slow finds that one of them was first.
  const bool is_slow = w_.chance.in_thousand(relay_.has_several() ? 200 : 50);
  const std::uint64_t slow = is_slow ? 3000 : 30;
  const std::uint64_t now = w_.agenda.now_ms();
  written_at_ms_ = std::max(written_at_ms_, now + w_.chance.between(0, slow));
  const std::uint64_t write_ms = written_at_ms_ - now;
  const std::uint64_t answer_ms = write_ms + w_.chance.between(0, 10);
  const auto outcome = std::make_shared<Status>();
  if (fails) *outcome = code;
  if (!fails) {
    after(write_ms, [this, batch = commit.batch, outcome] { *outcome = relay_.write(*batch); });
  }
  after(early ? 0 : answer_ms, [this, id = commit.id, outcome] {
    awake([this, id, outcome] { answer_commit(id, *outcome); });
  });
}

void Node::answer_commit(relay::BatchId id, const Status& status) {
  w_.trace.note("relay", status ? "committed" : "not committed", static_cast<std::uint64_t>(id));
  if (status) return feed(relay::in::Committed{id});
  if (status.error() == Errc::busy) w_.tally.add(Event::other_node_first);
  feed(relay::in::CommitFailed{id, status.error()});
}

void Node::read(const relay::out::Read& read) {
  after(w_.chance.between(0, 20), [this, id = read.id, query = read.query] {
    const bool parted = is_parted_from_store();
    store::Answer answer = parted ? no_answer(query) : store::answer(relay_.store(), query);
    after(w_.chance.between(0, 20), [this, id, answer = std::move(answer)] {
      awake([this, id, answer] { feed(relay::in::ReadDone{id, answer}); });
    });
  });
}

// --- the other nodes

void Node::join_bus(relay::Config& config) {
  if (!relay_.has_several()) return;
  config.node = number_;
  config.on_bus = bus::NodeId{w_.chance.next()};
  bus_ = bus::join_in_process(relay_.hub(), config.on_bus);
  heard_ = bus_->subscribe([this](const bus::Message& message) { hear(message); });
}

// Who is parted from the bus has told nobody, and does not know; the number is missing.
void Node::tell(const bus::News& news) {
  relay_.set_hushed(loses_bus_messages());
  bus_->publish(news);
  relay_.set_hushed(false);
}

void Node::hear(const bus::Message& message) {
  const bool lost = w_.strikes(w_.weather.bus_loses, Event::bus_lost);
  const bool again = w_.strikes(w_.weather.bus_repeats, Event::bus_repeated);
  const std::uint64_t late = w_.chance.in_thousand(50) ? 3000 : 30;
  const std::uint64_t now = w_.agenda.now_ms();
  std::uint64_t& last_ms = heard_ms_[message.from];
  last_ms = std::max(last_ms, now + w_.chance.between(1, late));
  if (lost || loses_bus_messages() || relay_.hushed()) return;
  for (int i = 0; i < (again ? 2 : 1); ++i) {
    after(last_ms - now,
          [this, message] { awake([this, message] { feed(relay::in::Heard{message}); }); });
  }
}

// --- links

void Node::link_up(LinkId link) {
  if (running()) awake([this, link] { feed(relay::in::Opened{relay::ConnId{link}}); });
}

void Node::link_message(LinkId link, BytesView bytes) {
  if (!running()) return;
  w_.trace.note("relay", "received", link, bytes);
  const int device = net_.device_of(link);
  const Bytes heard = device < 0 ? to_bytes(bytes) : relay_.liar().to_relay(link, device, bytes);
  if (heard.empty()) return;
  awake([this, link, heard] { feed(relay::in::Received{relay::ConnId{link}, heard}); });
}

// Of a link that an earlier shard knew, the shard takes no notice.
void Node::link_down(LinkId link) {
  if (running()) awake([this, link] { feed(relay::in::Closed{relay::ConnId{link}}); });
}

}  // namespace shopbell::sim
