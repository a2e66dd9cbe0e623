// A shop, its devices, a shard and a memory store, with nothing else: frames in, frames out.
// Commits and reads are answered at once, or by hand where a test holds them.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <map>

#include "relay/shard.h"
#include "shopbell/limits.h"

namespace shopbell::relay::testing {

template <class T>
T filled(std::uint8_t byte) {
  T out;
  out.data.fill(byte);
  return out;
}

inline Key seed(std::uint8_t byte) { return Key::from(filled<Hash>(byte).view()); }

inline DeviceKeys device(std::uint8_t number) {
  return device_from_seeds(seed(number), seed(static_cast<std::uint8_t>(number + 100)), 1000);
}

struct Frame {
  wire::FrameKind kind;
  Bytes body;
  template <class T>
  T as() const {
    auto out = codec::decode<T>(body);
    EXPECT_TRUE(out.ok()) << "frame of another kind or malformed";
    return out ? *out : T{};
  }
};

template <class T>
Bytes framed(wire::FrameKind kind, const T& message) {
  Bytes out;
  codec::encode_framed(static_cast<std::uint32_t>(kind), message, out);
  return out;
}

struct World;

// One connection of one device; what came in is in `frames`, one element of `messages` a Send.
struct Client {
  World* world = nullptr;
  DeviceKeys keys;
  ConnId conn{};
  std::deque<Frame> frames;
  std::size_t messages = 0;
  Errc closed = Errc::none;
  std::uint64_t source = 0;
  struct Place {
    std::uint64_t counter = 0;
    Hash last;
  };
  std::map<LogId, Place> places;

  void connect();
  wire::Hello hello_of(const Bytes& certificate = {}, std::uint64_t term = 0);
  void say(const wire::Hello& hello);
  // Connects, proves, and takes the Welcome.
  wire::Welcome join(const Bytes& certificate = {}, std::uint64_t term = 0);
  template <class T>
  void send(wire::FrameKind kind, const T& message) {
    send_bytes(framed(kind, message));
  }
  void send_bytes(const Bytes& bytes);

  // The next frame, which must be of this kind.
  template <class T>
  T expect(wire::FrameKind kind) {
    if (frames.empty() || frames.front().kind != kind) {
      ADD_FAILURE() << "expected frame " << static_cast<int>(kind) << ", got "
                    << (frames.empty() ? 0 : static_cast<int>(frames.front().kind));
      return {};
    }
    last_ = std::move(frames.front());
    frames.pop_front();
    return last_.as<T>();
  }
  wire::Published expect_published() { return expect<wire::Published>(wire::FrameKind::published); }
  wire::Deliver expect_deliver() { return expect<wire::Deliver>(wire::FrameKind::deliver); }
  wire::Error expect_error(Errc code) {
    auto error = expect<wire::Error>(wire::FrameKind::error);
    EXPECT_EQ(name_of(static_cast<Errc>(error.code)), name_of(code));
    return error;
  }
  void expect_quiet() const { EXPECT_TRUE(frames.empty()); }

  // Envelopes in this device's own order; each takes the next counter.
  SignedEnvelope envelope(const LogId& log, wire::Header header, BytesView body);
  SignedEnvelope message(const LogId& log, std::size_t bytes = 80);
  SignedEnvelope genesis(LogKind kind, std::uint8_t random, LogId& log);
  SignedEnvelope grant(const LogId& log, const Fold& fold, std::uint64_t epoch);
  void publish(const SignedEnvelope& envelope);
  // A conversation with its first grant; all answered and taken. Returns its id.
  LogId begin_log(std::uint8_t random = 1);

 private:
  Frame last_;
};

struct World {
  crypto::SignPair root = crypto::sign_pair(seed(50));
  DeviceKeys desk_keys = device(40);
  std::unique_ptr<store::Store> store = store::make_memory_store(77);
  std::unique_ptr<Shard> shard;
  std::map<ConnId, Client*> clients;
  std::deque<out::Commit> commits;                       // held
  std::deque<out::Read> reads;                           // held
  std::optional<std::vector<WithdrawalInfo>> withdrawn;  // as said last
  bool hold_commits = false;
  bool hold_reads = false;
  std::uint64_t now_ms = 1'000'000;
  std::uint64_t timeout_ms = 0;
  std::vector<bus::News> told;
  std::uint64_t node = 0;  // one of several
  std::uint64_t last_conn = 0;
  std::uint64_t sends = 0;
  Rng rng;
  Hash epoch_key = filled<Hash>(61);
  std::map<LogId, Hash> commitments;
  std::map<LogId, std::uint64_t> epochs;
  ShopInfo info;
  Limits limits;
  std::uint64_t blob_bytes_max = 0;

  explicit World(bool with_card = true) {
    // Scripts say in a moment what people say in hours.
    limits.newcomer_envelopes_per_minute_max = limits.envelopes_per_minute_max = 1'000'000;
    limits.team_envelopes_per_minute_max = 1'000'000;
    limits.connections_of_device_per_minute_max = 1'000'000;
    rng.seed(filled<Hash>(3).view());
    info.shop = ShopId::from(root.key.view());
    info.desk = desk_keys.self;
    info.team_version = 1;
    info.team_key = crypto::seal_pair(seed(70)).key;
    info.shop_log = log_id_of(info.shop, info.desk.id, filled<Hash>(200));
    info.name = "shop";
    sign_card(1);
    if (with_card) {
      store::Batch batch;
      batch.cards.push_back({info.shop, info.card, {}});
      EXPECT_TRUE(store->commit(batch).ok());
    }
    start();
  }

  crypto::SignPair relay_key() const { return crypto::sign_pair(seed(60)); }
  void sign_card(std::uint64_t version) {
    info.version = version;
    info.issued_ms = now_ms;
    info.fresh_until_ms = now_ms + 1'000'000;
    const Bytes certificate =
        make_desk_certificate(root, desk_keys.sign.key, 1, now_ms + 1'000'000'000);
    info.card = make_shop_card(desk_keys, certificate, info);
  }
  Bytes certify(const DeviceKeys& keys, std::uint64_t not_after_ms = 2'000'000) {
    return make_agent_certificate(desk_keys, info.shop, keys.self.id, 2, 1000, not_after_ms);
  }
  // A fresh shard over what the store holds, as after a crash.
  void start() {
    Config config;
    config.key = relay_key();
    config.hosts = {"relay.test"};
    config.shops = {info.shop};
    config.generation = store->generation();
    config.restored_ms = store->restored_ms();
    config.last_change = store->last_change();
    config.blob_bytes_max = blob_bytes_max;
    config.node = node;
    config.on_bus = bus::NodeId{node};
    if (const auto moved = store->moved_since({}, 0)) config.stamps = moved->stamps;
    config.limits = limits;
    shard = std::make_unique<Shard>(std::move(config), filled<Hash>(4).view());
    commits.clear();
    reads.clear();
    feed(in::Tick{now_ms});
  }
  Client client(DeviceKeys keys) {
    Client out;
    out.world = this;
    out.keys = std::move(keys);
    return out;
  }
  void tick(std::uint64_t ms) {
    now_ms += ms;
    feed(in::Tick{now_ms});
  }
  void feed(Input input) {
    shard->handle(std::move(input));
    std::deque<Input> answers;
    while (Output* out = shard->poll()) {
      std::visit([&](auto& one) { carry(one, answers); }, *out);
    }
    for (Input& answer : answers) feed(std::move(answer));
  }
  void release_commit() {
    ASSERT_FALSE(commits.empty());
    const out::Commit commit = commits.front();
    commits.pop_front();
    const Status status = store->commit(*commit.batch);
    ASSERT_TRUE(status.ok()) << store->problem();
    feed(in::Committed{commit.id});
  }
  void fail_commit(Errc code) {
    ASSERT_FALSE(commits.empty());
    const BatchId id = commits.front().id;
    commits.pop_front();
    feed(in::CommitFailed{id, code});
  }
  void release_reads() {
    while (!reads.empty()) {
      const out::Read read = reads.front();
      reads.pop_front();
      feed(in::ReadDone{read.id, store::answer(*store, read.query)});
    }
  }
  Fold fold_of(const LogId& log) const {
    auto record = store->read_log(log);
    EXPECT_TRUE(record.ok());
    auto fold = Fold::load(record->fold);
    EXPECT_TRUE(fold.ok());
    return *fold;
  }

 private:
  void carry(out::Send& out, std::deque<Input>&) {
    ++sends;
    Client* to = clients.at(out.conn);
    ++to->messages;
    EXPECT_LE(out.bytes.size(), limits::frame_bytes_max);
    BytesView rest = out.bytes;
    while (!rest.empty()) {
      auto frame = codec::next_framed(rest);
      ASSERT_TRUE(frame.ok());
      to->frames.push_back({static_cast<wire::FrameKind>(frame->kind), to_bytes(frame->body)});
    }
  }
  void carry(out::Close& out, std::deque<Input>&) { clients.at(out.conn)->closed = out.code; }
  void carry(out::Commit& out, std::deque<Input>& answers) {
    if (hold_commits) {
      commits.push_back(out);
      return;
    }
    const Status status = store->commit(*out.batch);
    ASSERT_TRUE(status.ok()) << store->problem();
    answers.push_back(in::Committed{out.id});
  }
  void carry(out::Read& out, std::deque<Input>& answers) {
    if (hold_reads) {
      reads.push_back(out);
      return;
    }
    answers.push_back(in::ReadDone{out.id, store::answer(*store, out.query)});
  }
  void carry(out::Withdrawn& out, std::deque<Input>&) { withdrawn = std::move(out.all); }
  void carry(out::Timeout& out, std::deque<Input>&) { timeout_ms = out.at_ms; }
  void carry(out::Tell& out, std::deque<Input>&) { told.push_back(std::move(out.news)); }
};

inline void Client::connect() {
  world->feed(in::Closed{conn});
  conn = ConnId{++world->last_conn};
  closed = Errc::none;
  frames.clear();
  world->clients[conn] = this;
  world->feed(in::Opened{conn, source});
}

inline wire::Hello Client::hello_of(const Bytes& certificate, std::uint64_t term) {
  const auto challenge = expect<wire::Challenge>(wire::FrameKind::challenge);
  wire::Hello hello;
  hello.shop = world->info.shop;
  hello.client_nonce = filled<Hash>(8);
  hello.card = keys.self.card;
  hello.certificate = certificate;
  hello.term = term;
  hello.host = "relay.test";
  hello.signature =
      sign_hello(keys, wire::HelloProof{hello.host, hello.shop, challenge.relay_key,
                                        challenge.nonce, hello.client_nonce, keys.self.id, term});
  return hello;
}

inline void Client::say(const wire::Hello& hello) { send(wire::FrameKind::hello, hello); }

inline wire::Welcome Client::join(const Bytes& certificate, std::uint64_t term) {
  connect();
  say(hello_of(certificate, term));
  EXPECT_EQ(closed, Errc::none) << name_of(closed);
  return expect<wire::Welcome>(wire::FrameKind::welcome);
}

inline void Client::send_bytes(const Bytes& bytes) { world->feed(in::Received{conn, bytes}); }

inline SignedEnvelope Client::envelope(const LogId& log, wire::Header header, BytesView body) {
  Place& place = places[log];
  header.log = log;
  header.author = keys.self.id;
  header.counter = ++place.counter;
  header.previous = place.last;
  header.time_ms = world->now_ms;
  SignedEnvelope out = make_envelope(keys, header, body);
  place.last = out.hash;
  return out;
}

inline SignedEnvelope Client::message(const LogId& log, std::size_t bytes) {
  wire::Header header;
  header.envelope_class = 1;
  header.epoch = world->epochs[log];
  header.commitment = world->commitments[log];
  return envelope(log, header, Bytes(bytes, 1));
}

inline SignedEnvelope Client::genesis(LogKind kind, std::uint8_t random, LogId& log) {
  const Hash salt = filled<Hash>(random);
  log = log_id_of(world->info.shop, keys.self.id, salt);
  wire::Header header;
  header.envelope_class = 3;
  const LogId main = kind == LogKind::team ? filled<LogId>(1) : LogId{};
  return envelope(log, header, make_genesis_body(world->info.shop, kind, salt, keys.self, main));
}

inline SignedEnvelope Client::grant(const LogId& log, const Fold& fold, std::uint64_t epoch) {
  const Key key = Key::from(world->epoch_key.view());
  auto body = make_grant_body(world->rng, world->info, fold, epoch, key);
  EXPECT_TRUE(body.ok());
  wire::Header header;
  header.envelope_class = 2;
  world->epochs[log] = epoch;
  world->commitments[log] = commitment_of(log, epoch, key);
  return envelope(log, header, *body);
}

inline void Client::publish(const SignedEnvelope& envelope) {
  send(wire::FrameKind::publish, wire::Publish{envelope.bytes});
}

inline LogId Client::begin_log(std::uint8_t random) {
  LogId log;
  publish(genesis(LogKind::main, random, log));
  expect_published();
  publish(grant(log, world->fold_of(log), 1));
  expect_published();
  return log;
}

}  // namespace shopbell::relay::testing
