#include "unit/engine/script.h"

namespace shopbell::testing {

// --- host

void Host::start(std::uint64_t now) {
  EngineConfig config;
  config.shop = shop_;
  config.role = role_;
  config.host = "relay.example";
  config.storage_key = key_of(static_cast<std::uint8_t>(seed_ + 50));
  config.term = term;
  if (role_ == Role::desk) config.keys = device_of(seed_);
  writes.clear();
  reads.clear();
  to_relay.clear();
  from_relay.clear();
  wants_entropy = wants_connection = wants_close = connected = dead = false;
  wake_at_ms = 0;
  engine = std::make_unique<Engine>(std::move(config));
  feed(in::Tick{now});
}

void Host::feed(const Input& input) {
  engine->handle(input);
  while (const Output* output = engine->poll()) take(*output);
}

void Host::take(const Output& output) {
  if (std::holds_alternative<out::Connect>(output)) {
    wants_connection = true;
    outs.push_back({Did::connect});
  } else if (std::holds_alternative<out::Disconnect>(output)) {
    wants_close = true;
    outs.push_back({Did::disconnect});
  } else if (const auto* transmit = std::get_if<out::Transmit>(&output)) {
    outs.push_back({Did::transmit});
    to_relay.push_back(to_bytes(transmit->bytes));
    take_frames(transmit->bytes);
  } else if (const auto* persist = std::get_if<out::Persist>(&output)) {
    outs.push_back({Did::persist, persist->batch});
    writes.push_back({persist->batch,
                      {persist->puts.begin(), persist->puts.end()},
                      {persist->deletes.begin(), persist->deletes.end()}});
  } else if (const auto* load = std::get_if<out::Load>(&output)) {
    outs.push_back({Did::load, load->id});
    reads.push_back(
        {load->id, to_bytes(load->from), to_bytes(load->to), load->limit, load->descending});
  } else if (const auto* event = std::get_if<out::Event>(&output)) {
    outs.push_back({Did::event, static_cast<std::uint64_t>(event->kind)});
    events.push_back({static_cast<std::uint32_t>(event->kind), to_bytes(event->body)});
  } else if (const auto* timeout = std::get_if<out::Timeout>(&output)) {
    wake_at_ms = timeout->at_ms;
  } else if (const auto* need = std::get_if<out::NeedEntropy>(&output)) {
    wants_entropy = true;
    outs.push_back({Did::need_entropy, need->urgent});
  }
}

void Host::take_frames(BytesView bytes) {
  ++messages_;
  while (!bytes.empty()) {
    Result<codec::Framed> frame = codec::next_framed(bytes);
    ASSERT_TRUE(frame.ok());
    frames.push_back({frame->kind, to_bytes(frame->body), messages_});
  }
}

void Host::entropy() {
  wants_entropy = false;
  const Hash noise =
      crypto::hash("script entropy", {crypto::u64be(seed_), crypto::u64be(++draws_)});
  feed(in::Entropy{noise.view()});
}

void Host::write_one() {
  ASSERT_FALSE(writes.empty());
  const Write write = std::move(writes.front());
  writes.pop_front();
  for (const out::Put& put : write.puts) disk[put.key] = put.value;
  for (const Bytes& key : write.deletes) disk.erase(key);
  feed(in::Persisted{write.batch});
}

void Host::fail_write() {
  ASSERT_FALSE(writes.empty());
  const std::uint64_t batch = writes.front().batch;
  writes.clear();
  dead = true;
  feed(in::PersistFailed{batch});
}

void Host::read_one() {
  ASSERT_FALSE(reads.empty());
  const Read read = std::move(reads.front());
  reads.pop_front();
  std::vector<std::pair<Bytes, Bytes>> found;
  for (auto it = disk.lower_bound(read.from); it != disk.end() && it->first < read.to; ++it) {
    found.push_back(*it);
  }
  if (read.descending) std::reverse(found.begin(), found.end());
  if (read.limit != 0 && found.size() > read.limit) found.resize(read.limit);
  std::vector<in::Record> records;
  for (const auto& [key, value] : found) records.push_back({key, value});
  feed(in::Loaded{read.id, records});
}

std::vector<std::string> Host::texts() const {
  std::vector<std::string> out;
  for (const auto& message : shown<wire::MessageEvent>()) {
    if (message.kind == 1) out.emplace_back(message.fallback);
  }
  return out;
}

void Host::forget() {
  frames.clear();
  events.clear();
  outs.clear();
}

std::optional<Host::Out> Host::next() {
  if (outs.empty()) return std::nullopt;
  const Out out = outs.front();
  outs.pop_front();
  return out;
}

void Host::expect_next(Did did) {
  const auto out = next();
  ASSERT_TRUE(out.has_value()) << "nothing came";
  EXPECT_EQ(static_cast<int>(out->did), static_cast<int>(did));
}

void Host::expect_quiet() {
  EXPECT_TRUE(outs.empty()) << "an output of kind " << static_cast<int>(outs.front().did);
}

// --- relay

void Relay::connected(std::size_t who) {
  Peer& peer = peers[who] = {};
  peer.nonce = crypto::hash("script nonce", {crypto::u64be(now_ms), crypto::u64be(who)});
  wire::Challenge challenge;
  challenge.nonce = peer.nonce;
  challenge.relay_key = keys.key;
  challenge.generation = generation;
  if (change_challenge) change_challenge(challenge);
  send(who, challenge);
}

void Relay::received(std::size_t who, BytesView bytes) {
  while (!bytes.empty() && peers.contains(who)) {
    Result<codec::Framed> frame = codec::next_framed(bytes);
    ASSERT_TRUE(frame.ok());
    const auto kind = static_cast<wire::FrameKind>(frame->kind);
    const BytesView body = frame->body;
    if (instead && instead(who, kind, body)) continue;
    if (kind == wire::FrameKind::hello) {
      on_hello(who, *codec::decode<wire::Hello>(body));
      continue;
    }
    ASSERT_TRUE(peers[who].welcome) << "before its welcome a device sent more than Hello";
    switch (kind) {
      case wire::FrameKind::publish:
        place(codec::decode<wire::Publish>(body)->envelope, who);
        break;
      case wire::FrameKind::fetch:
        on_fetch(who, *codec::decode<wire::Fetch>(body));
        break;
      case wire::FrameKind::refill:
        on_refill(who, *codec::decode<wire::Refill>(body));
        break;
      case wire::FrameKind::mark:
        on_mark(who, *codec::decode<wire::Mark>(body));
        break;
      case wire::FrameKind::signal:
        on_signal(who, *codec::decode<wire::Signal>(body));
        break;
      case wire::FrameKind::watch:
        on_watch(who, *codec::decode<wire::Watch>(body));
        break;
      case wire::FrameKind::put_card:
        put_card(codec::decode<wire::PutCard>(body)->card);
        // It answers with the card it has, whether it was news or not.
        send(who, wire::Card{card->card});
        break;
      case wire::FrameKind::ping:
        send(who, wire::Pong{codec::decode<wire::Ping>(body)->id});
        break;
      default:
        break;
    }
  }
}

void Relay::on_hello(std::size_t who, const wire::Hello& hello) {
  Peer& peer = peers[who];
  Result<Device> device = take_device_card(hello.card);
  ASSERT_TRUE(device.ok());
  wire::HelloProof proof;
  proof.host = "relay.example";
  proof.shop = hello.shop;
  proof.relay_key = keys.key;
  proof.relay_nonce = peer.nonce;
  proof.client_nonce = hello.client_nonce;
  proof.device = device->id;
  proof.term = hello.term;
  ASSERT_TRUE(verify_hello(device->sign_key, proof, hello.signature));
  peer.device = device->id;
  peer.welcome = true;
  if (card && !hello.certificate.empty()) {
    Result<Certificate> certificate = take_agent_certificate(*card, hello.certificate);
    peer.certified = certificate && check_certificate(*card, *certificate, now_ms);
  }
  wire::Welcome welcome;
  welcome.time_ms = now_ms;
  welcome.generation = generation;
  welcome.cursor = 1;
  if (card && hello.card_version < card->version) welcome.card = card->card;
  for (const auto& [id, log] : logs) {
    if (reads(peer, id, log)) welcome.heads.push_back(head_of(id, log, peer.device));
  }
  if (change_welcome) change_welcome(welcome);
  wire::WelcomeProof answer;
  answer.shop = shop;
  answer.relay_nonce = peer.nonce;
  answer.client_nonce = hello.client_nonce;
  answer.device = peer.device;
  answer.time_ms = welcome.time_ms;
  answer.generation = welcome.generation;
  welcome.signature = sign_welcome(keys, answer);
  send(who, welcome);
}

bool Relay::reads(const Peer& peer, const LogId& id, const Log& log) const {
  if (!peer.welcome || !card) return false;
  if (peer.device == card->desk.id) return true;
  if (peer.certified) return log.fold.kind() == LogKind::shop || peer.watched.contains(id);
  return log.fold.may_read(*card, peer.device, false);
}

wire::Head Relay::head_of(const LogId& id, const Log& log, const DeviceId& device) const {
  wire::Head head;
  head.log = id;
  head.seq = log.entries.size();
  head.kind = static_cast<std::uint64_t>(log.fold.kind());
  if (const Author* author = log.fold.find(device)) head.counter = author->counter;
  for (const auto& [who, mark] : log.marks) head.marks.push_back(mark.second);
  if (!log.chains.empty()) head.chain = log.chains.back();
  head.held = log.held;
  return head;
}

wire::Deliver Relay::deliver_of(const LogId& id, std::uint64_t seq) const {
  const Entry& entry = logs.at(id).entries.at(seq - 1);
  wire::Deliver deliver;
  deliver.log = id;
  deliver.seq = seq;
  deliver.time_ms = entry.time_ms;
  deliver.envelope = entry.envelope;
  deliver.voucher = entry.voucher.view().first(16);
  return deliver;
}

wire::Published Relay::published_of(const LogId& id, std::uint64_t seq) const {
  const Log& log = logs.at(id);
  const Entry& entry = log.entries.at(seq - 1);
  wire::Published published;
  published.log = id;
  published.counter = open_envelope(entry.envelope)->header.counter;
  published.seq = seq;
  published.time_ms = entry.time_ms;
  published.chain = log.chains.at(seq - 1);
  published.envelope_hash = entry.hash;
  published.voucher = entry.voucher.view().first(16);
  return published;
}

Errc Relay::place(BytesView bytes, std::optional<std::size_t> from) {
  Result<OpenEnvelope> envelope = open_envelope(bytes);
  EXPECT_TRUE(envelope.ok());
  if (!envelope || !card) return Errc::envelope_bad;
  const wire::Header& header = envelope->header;
  auto refuse = [&](Errc code) {
    wire::Error error;
    error.code = static_cast<std::uint64_t>(code);
    error.log = header.log;
    error.counter = header.counter;
    if (from) send(*from, error);
    return code;
  };
  if (!logs.contains(header.log)) {
    Fold fold;
    if (!fold.apply_member(*card, *envelope, 1, now_ms)) return refuse(Errc::no_such_log);
    logs[header.log].fold = fold;
  } else {
    Log& log = logs[header.log];
    const auto& placed = log.by_author[header.author];
    if (header.counter <= placed.size()) {
      const std::uint64_t seq = placed[header.counter - 1];
      if (log.entries[seq - 1].hash != envelope->hash) return refuse(Errc::id_taken);
      if (from) send(*from, published_of(header.log, seq));
      return Errc::none;
    }
    if (from && log.held != 0 && !is_resume(*envelope)) {
      if (header.author == log.fold.creator()) hold_for_desk(header.log);
      return refuse(Errc::log_held);
    }
    if (header.counter > placed.size() + 1) return refuse(Errc::counter_gap);
    if (header.envelope_class == 3) {
      if (Status status = log.fold.apply_member(*card, *envelope, log.entries.size() + 1, now_ms);
          !status) {
        return refuse(status.error());
      }
    } else if (!log.fold.may_write(*card, header.author)) {
      return refuse(Errc::not_member);
    }
    if (header.envelope_class == 1 &&
        (header.epoch != log.epoch || header.commitment != log.commitment)) {
      return refuse(Errc::epoch_closed);
    }
    if (header.envelope_class == 2) {
      Result<Grant> grant = check_grant(*card, log.fold, log.epoch, {}, *envelope);
      if (!grant) {
        return refuse(grant.error() == Errc::grant_taken ? Errc::grant_taken : Errc::grant_refused);
      }
      log.epoch = grant->epoch;
      log.commitment = grant->commitment;
    }
  }
  Log& log = logs[header.log];
  append_entry(log, *envelope, bytes, now_ms);
  const std::uint64_t seq = log.entries.size();
  for (auto& [who, peer] : peers) {
    if (from && who == *from) {
      send(who, published_of(header.log, seq));
    } else if (reads(peer, header.log, log)) {
      send(who, deliver_of(header.log, seq));
    }
  }
  return Errc::none;
}

void Relay::append_entry(Log& log, const OpenEnvelope& envelope, BytesView bytes,
                         std::uint64_t time_ms) {
  log.held = 0;
  const std::uint64_t seq = log.entries.size() + 1;
  const Hash before = seq == 1 ? chain_start(shop, envelope.header.log) : log.chains.back();
  log.chains.push_back(chain_next(before, seq, time_ms, envelope.hash));
  const Hash voucher = crypto::hash("a voucher of tests", {log.chains.back().view()});
  log.entries.push_back({to_bytes(bytes), time_ms, envelope.hash, voucher});
  log.by_author[envelope.header.author].push_back(seq);
  log.fold.advance(envelope);
}

void Relay::put_card(BytesView bytes) {
  Result<ShopInfo> taken = take_shop_card(shop, bytes);
  ASSERT_TRUE(taken.ok());
  if (card && (taken->version <= card->version || taken->team_version < card->team_version)) return;
  card = std::move(*taken);
  wire::Card news;
  news.card = card->card;
  for (auto& [who, peer] : peers) {
    if (peer.welcome && peer.device != card->desk.id) send(who, news);
  }
}

void Relay::on_fetch(std::size_t who, const wire::Fetch& fetch) {
  wire::Page page;
  page.log = fetch.log;
  page.from = fetch.from;
  const auto log = logs.find(fetch.log);
  if (log == logs.end()) {
    wire::Error error;
    error.code = static_cast<std::uint64_t>(Errc::no_such_log);
    error.log = fetch.log;
    send(who, error);
    return;
  }
  page.head_seq = log->second.entries.size();
  page.resumed = log->second.fold.resumed();
  if (fetch.from == 1) page.before = chain_start(shop, fetch.log);
  if (fetch.from > 1 && fetch.from - 1 <= page.head_seq) {
    page.before = log->second.chains[fetch.from - 2];
  }
  // A page of three, so that asking on is asked for.
  for (std::uint64_t seq = fetch.from;
       seq <= std::min(fetch.to, page.head_seq) && page.items.size() < 3; ++seq) {
    page.items.push_back(deliver_of(fetch.log, seq));
  }
  send(who, page);
}

void Relay::on_mark(std::size_t who, const wire::Mark& mark) {
  Result<wire::MarkBody> body = peek_mark(mark.mark);
  ASSERT_TRUE(body.ok());
  const auto log = logs.find(body->log);
  ASSERT_TRUE(log != logs.end());
  ASSERT_LE(body->seq, log->second.entries.size());
  auto& [seq, bytes] = log->second.marks[{body->device, body->kind}];
  if (body->seq <= seq) return;
  seq = body->seq;
  bytes = to_bytes(mark.mark);
  for (auto& [other, peer] : peers) {
    if (other != who && reads(peer, body->log, log->second)) send(other, mark);
  }
}

void Relay::on_signal(std::size_t who, const wire::Signal& signal) {
  if (!signal.log.is_zero()) {
    for (auto& [other, peer] : peers) {
      if (other != who && reads(peer, signal.log, logs.at(signal.log))) send(other, signal);
    }
    return;
  }
  for (auto& [other, peer] : peers) {
    if (peer.device == signal.to) {
      send(other, signal);
      return;
    }
  }
  wire::Error error;
  error.code = static_cast<std::uint64_t>(Errc::unreachable);
  error.device = signal.to;
  send(who, error);
}

void Relay::on_watch(std::size_t who, const wire::Watch& watch) {
  Peer& peer = peers[who];
  wire::Heads heads;
  std::set<LogId> watched(watch.logs.begin(), watch.logs.end());
  for (const LogId& id : watched) {
    const auto log = logs.find(id);
    if (log != logs.end() && peer.certified) {
      heads.heads.push_back(head_of(id, log->second, peer.device));
    }
  }
  peer.watched = std::move(watched);
  if (!heads.heads.empty()) send(who, heads);
}

// --- world

World::World(bool with_card) {
  shop.info.relays[0].key = relay.keys.key;
  shop.publish();
  relay.shop = shop.id;
  relay.now_ms = now;
  if (with_card) relay.card = shop.info;
}

Host& World::add(Role role, std::uint8_t seed) {
  origins_.push_back({role, seed});
  hosts.push_back(std::make_unique<Host>(shop.id, role, seed));
  hosts.back()->start(now);
  return *hosts.back();
}

std::size_t World::index_of(const Host& host) const {
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    if (hosts[i].get() == &host) return i;
  }
  return hosts.size();
}

bool World::step_host(std::size_t who) {
  Host& host = *hosts[who];
  if (host.dead) {
    crash(who);
    return true;
  }
  if (host.wants_entropy) {
    host.entropy();
    return true;
  }
  if (!host.writes.empty() && host.writes_by_itself) {
    host.write_one();
    return true;
  }
  if (!host.reads.empty()) {
    host.read_one();
    return true;
  }
  if (host.wants_connection && host.may_connect) {
    host.wants_connection = false;
    host.connected = true;
    relay.connected(who);
    host.feed(in::Connected{});
    return true;
  }
  if (!host.to_relay.empty()) {
    const Bytes bytes = std::move(host.to_relay.front());
    host.to_relay.pop_front();
    relay.received(who, bytes);
    return true;
  }
  const auto peer = relay.peers.find(who);
  if (host.connected && peer != relay.peers.end() && !peer->second.out.empty()) {
    const Bytes bytes = std::move(peer->second.out.front());
    peer->second.out.pop_front();
    host.receive(bytes);
    return true;
  }
  if (host.wants_close) {
    cut(who, 1000);
    return true;
  }
  return false;
}

bool World::step() {
  for (std::size_t who = 0; who < hosts.size(); ++who) {
    if (step_host(who)) return true;
  }
  return false;
}

void World::run() {
  for (int steps = 0; steps < 20'000; ++steps) {
    if (!step()) return;
  }
  FAIL() << "the world does not come to rest";
}

void World::advance(std::uint64_t ms) {
  now += ms;
  relay.now_ms = now;
  for (auto& host : hosts) {
    if (host->wake_at_ms <= now) host->feed(in::Tick{now});
  }
}

void World::pass_time() {
  std::uint64_t next = ~std::uint64_t{0};
  for (const auto& host : hosts) next = std::min(next, host->wake_at_ms);
  ASSERT_NE(next, ~std::uint64_t{0}) << "nobody waits for anything";
  advance(next > now ? next - now : 1);
}

bool World::run_until(const std::function<bool()>& done, std::size_t steps_max) {
  for (std::size_t steps = 0; steps < steps_max; ++steps) {
    if (done()) return true;
    if (!step()) pass_time();
  }
  return done();
}

void World::cut(std::size_t who, std::uint16_t code) {
  Host& host = *hosts[who];
  host.to_relay.clear();
  host.wants_close = false;
  relay.closed(who);
  // An attempt that is under way fails; where there is none, nothing is lost.
  if (!host.connected && !host.wants_connection) return;
  host.connected = false;
  host.wants_connection = false;
  host.feed(in::Closed{code});
}

void World::crash(std::size_t who) {
  relay.closed(who);
  hosts[who]->start(now);
}

std::unique_ptr<World> World::restart_as_copy() const {
  auto copy = std::make_unique<World>(false);
  copy->now = now;
  copy->relay.copy_state(relay);
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    copy->origins_.push_back(origins_[i]);
    copy->hosts.push_back(std::make_unique<Host>(shop.id, origins_[i].role, origins_[i].seed));
    copy->hosts.back()->disk = hosts[i]->disk;
    copy->hosts.back()->start(now);
  }
  return copy;
}

// --- words for scripts

Bytes text_content(std::string_view text) {
  wire::Text content;
  content.text = text;
  return codec::encode(content);
}

wire::Send send_text(const LogId& log, std::uint64_t ref, BytesView content) {
  wire::Send send;
  send.log = log;
  send.ref = ref;
  send.kind = 1;
  send.content = content;
  Result<wire::Text> text = codec::decode<wire::Text>(content);
  if (text) send.fallback = text->text;
  return send;
}

Talk::Talk(std::string_view first) : visitor(world.add(Role::visitor, 20)) {
  world.run();
  say(first, 1);
  world.run();
  const auto opened = visitor.shown<wire::LogOpened>();
  if (opened.empty()) {
    ADD_FAILURE() << "no conversation began";
    return;
  }
  log = opened.front().log;
  visitor.forget();
}

void Talk::say(std::string_view text, std::uint64_t ref) {
  const Bytes content = text_content(text);
  visitor.command(send_text(log, ref, content));
}

Key DeskPen::epoch_key(const LogId& id) const {
  const Relay::Log& log = world.relay.logs.at(id);
  for (auto entry = log.entries.rbegin(); entry != log.entries.rend(); ++entry) {
    Result<OpenEnvelope> envelope = open_envelope(entry->envelope);
    if (!envelope || envelope->header.envelope_class != 2) continue;
    const Hash desk = Hash::from(world.shop.desk.self.id.view());
    Result<Key> key = open_grant(id, envelope->body, desk, world.shop.desk.seal);
    EXPECT_TRUE(key.ok());
    if (key) return std::move(*key);
  }
  return {};
}

wire::Header DeskPen::header(const LogId& id, EnvelopeClass envelope_class) const {
  const Relay::Log& log = world.relay.logs.at(id);
  const Author* self = log.fold.find(world.shop.desk.self.id);
  wire::Header header;
  header.envelope_class = static_cast<std::uint64_t>(envelope_class);
  header.log = id;
  header.author = world.shop.desk.self.id;
  header.counter = (self != nullptr ? self->counter : 0) + 1;
  if (self != nullptr) header.previous = self->last;
  header.card_version = world.relay.card->version;
  header.seen_seq = log.entries.size();
  header.seen_chain = log.chains.back();
  header.time_ms = world.now;
  return header;
}

SignedEnvelope DeskPen::message(const LogId& id, std::string_view text,
                                const std::function<void(wire::Header&)>& change,
                                std::uint64_t kind) {
  const Relay::Log& log = world.relay.logs.at(id);
  wire::Header header = this->header(id, EnvelopeClass::message);
  header.epoch = log.epoch;
  header.commitment = log.commitment;
  if (change) change(header);
  const Bytes content = text_content(text);
  wire::InnerBody inner;
  inner.kind = kind;
  inner.content = content;
  inner.fallback = text;
  return make_envelope(world.shop.desk, header, seal_body(rng, epoch_key(id), header, inner));
}

SignedEnvelope DeskPen::grant(const LogId& id) {
  const Relay::Log& log = world.relay.logs.at(id);
  const Key key = rng.key();
  Result<Bytes> body = make_grant_body(rng, *world.relay.card, log.fold, log.epoch + 1, key);
  EXPECT_TRUE(body.ok());
  return make_envelope(world.shop.desk, header(id, EnvelopeClass::grant), *body);
}

}  // namespace shopbell::testing
