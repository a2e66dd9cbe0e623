// Scripts around engines: a host that keeps a disk and carries out outputs when it is told to, a
// relay that follows docs/PROTOCOL.md and nothing more, and a world that takes one step after
// another, so that a failure can be put between any two.
#pragma once

#include <deque>
#include <memory>

#include "shopbell/engine.h"
#include "unit/core/fixtures.h"

namespace shopbell::testing {

// --- the number on the wire of each message that scripts speak of

template <class T>
struct KindOf;
#define SHOPBELL_KIND(type, space, name)             \
  template <>                                        \
  struct KindOf<wire::type> {                        \
    static constexpr auto value = wire::space::name; \
  }
SHOPBELL_KIND(Challenge, FrameKind, challenge);
SHOPBELL_KIND(Hello, FrameKind, hello);
SHOPBELL_KIND(Welcome, FrameKind, welcome);
SHOPBELL_KIND(Publish, FrameKind, publish);
SHOPBELL_KIND(Published, FrameKind, published);
SHOPBELL_KIND(Deliver, FrameKind, deliver);
SHOPBELL_KIND(Fetch, FrameKind, fetch);
SHOPBELL_KIND(Page, FrameKind, page);
SHOPBELL_KIND(GetHeads, FrameKind, get_heads);
SHOPBELL_KIND(Heads, FrameKind, heads);
SHOPBELL_KIND(Mark, FrameKind, mark);
SHOPBELL_KIND(Signal, FrameKind, signal);
SHOPBELL_KIND(Watch, FrameKind, watch);
SHOPBELL_KIND(PutCard, FrameKind, put_card);
SHOPBELL_KIND(Card, FrameKind, card);
SHOPBELL_KIND(Error, FrameKind, error);
SHOPBELL_KIND(Ping, FrameKind, ping);
SHOPBELL_KIND(Pong, FrameKind, pong);
SHOPBELL_KIND(Refill, FrameKind, refill);
SHOPBELL_KIND(Ready, EventKind, ready);
SHOPBELL_KIND(Connection, EventKind, connection);
SHOPBELL_KIND(LogOpened, EventKind, log_opened);
SHOPBELL_KIND(MessageEvent, EventKind, message);
SHOPBELL_KIND(Receipts, EventKind, receipts);
SHOPBELL_KIND(HistoryEnd, EventKind, history_end);
SHOPBELL_KIND(Typing, EventKind, typing);
SHOPBELL_KIND(RequestEvent, EventKind, request_event);
SHOPBELL_KIND(ResponseEvent, EventKind, response_event);
SHOPBELL_KIND(PushEvent, EventKind, push_event);
SHOPBELL_KIND(Problem, EventKind, problem);
SHOPBELL_KIND(Enrolled, EventKind, enrolled);
SHOPBELL_KIND(LogChanged, EventKind, log_changed);
SHOPBELL_KIND(Member, EventKind, member);
SHOPBELL_KIND(Placed, EventKind, placed);
SHOPBELL_KIND(Draft, EventKind, draft);
SHOPBELL_KIND(Discarded, EventKind, discarded);
SHOPBELL_KIND(LogReset, EventKind, log_reset);
SHOPBELL_KIND(Identified, EventKind, identified);
SHOPBELL_KIND(Send, CommandKind, send);
SHOPBELL_KIND(OpenLog, CommandKind, open_log);
SHOPBELL_KIND(LoadHistory, CommandKind, load_history);
SHOPBELL_KIND(MarkRead, CommandKind, mark_read);
SHOPBELL_KIND(SetTyping, CommandKind, set_typing);
SHOPBELL_KIND(Enrol, CommandKind, enrol);
SHOPBELL_KIND(Request, CommandKind, request);
SHOPBELL_KIND(Respond, CommandKind, respond);
SHOPBELL_KIND(Push, CommandKind, push);
SHOPBELL_KIND(SignCard, CommandKind, sign_card);
SHOPBELL_KIND(Certify, CommandKind, certify);
SHOPBELL_KIND(CreateLog, CommandKind, create_log);
SHOPBELL_KIND(Retry, CommandKind, retry);
SHOPBELL_KIND(SetDraft, CommandKind, set_draft);
SHOPBELL_KIND(SetAbout, CommandKind, set_about);
SHOPBELL_KIND(Discard, CommandKind, discard);
SHOPBELL_KIND(Identify, CommandKind, identify);
SHOPBELL_KIND(Admit, CommandKind, admit);
#undef SHOPBELL_KIND

template <class T>
Bytes framed(const T& message) {
  Bytes out;
  codec::encode_framed(static_cast<std::uint32_t>(KindOf<T>::value), message, out);
  return out;
}

using Disk = std::map<Bytes, Bytes>;

// One engine with its disk. Nothing is answered by itself: World or the script does it.
class Host {
 public:
  enum class Did { connect, disconnect, transmit, persist, load, event, timeout, need_entropy };
  struct Out {
    Did did;
    std::uint64_t number = 0;  // batch, load id, time, urgent
  };
  struct Item {
    std::uint32_t kind;
    Bytes body;
    std::size_t message = 0;  // which WebSocket message it travelled in
  };
  struct Write {
    std::uint64_t batch;
    std::vector<out::Put> puts;
    std::vector<Bytes> deletes;
  };
  struct Read {
    std::uint64_t id;
    Bytes from;
    Bytes to;
    std::uint64_t limit;
    bool descending;
  };

  Host(ShopId shop, Role role, std::uint8_t seed) : shop_(shop), role_(role), seed_(seed) {}

  // A new engine over what the disk holds; whatever was under way is gone.
  void start(std::uint64_t now);
  void feed(const Input& input);
  void entropy();
  void write_one();
  void fail_write();
  void read_one();
  void write_all() {
    while (!writes.empty()) write_one();
  }
  template <class T>
  void command(const T& message) {
    const Bytes body = codec::encode(message);
    feed(in::Command{KindOf<T>::value, body});
  }
  void receive(BytesView bytes) { feed(in::Received{bytes}); }
  template <class T>
  void receive_frame(const T& message) {
    receive(framed(message));
  }

  // What was sent or shown since forget(); views live until then.
  template <class T>
  std::vector<T> sent() const {
    return select<T>(frames);
  }
  template <class T>
  std::vector<T> shown() const {
    return select<T>(events);
  }
  bool has_shown(Errc problem) const {
    for (const wire::Problem& each : shown<wire::Problem>()) {
      if (each.code == static_cast<std::uint64_t>(problem)) return true;
    }
    return false;
  }
  std::vector<std::string> texts() const;
  std::uint64_t last_connection_state() const {
    const auto all = shown<wire::Connection>();
    return all.empty() ? 0 : all.back().state;
  }
  void forget();
  // The next output that no script has looked at yet; timeouts are passed over.
  std::optional<Out> next();
  void expect_next(Did did);
  void expect_quiet();

  const ShopId& shop() const { return shop_; }

  std::unique_ptr<Engine> engine;
  Disk disk;
  std::deque<Item> frames;
  std::deque<Item> events;
  std::deque<Out> outs;
  std::deque<Write> writes;
  std::deque<Read> reads;
  std::deque<Bytes> to_relay;
  std::deque<Bytes> from_relay;
  std::uint64_t wake_at_ms = 0;
  bool wants_entropy = false;
  bool wants_connection = false;
  bool wants_close = false;
  bool connected = false;
  bool may_connect = true;
  bool writes_by_itself = true;
  std::uint64_t term = 0;  // of the next engine
  bool dead = false;       // its storage failed; somebody has to start it anew

 private:
  template <class T>
  static std::vector<T> select(const std::deque<Item>& items) {
    std::vector<T> out;
    for (const Item& item : items) {
      if (item.kind != static_cast<std::uint32_t>(KindOf<T>::value)) continue;
      Result<T> message = codec::decode<T>(item.body);
      EXPECT_TRUE(message.ok());
      if (message) out.push_back(*message);
    }
    return out;
  }
  void take(const Output& output);
  void take_frames(BytesView bytes);

  ShopId shop_;
  Role role_;
  std::uint8_t seed_;
  std::uint8_t draws_ = 0;
  std::size_t messages_ = 0;
};

// A relay by the book, in memory. Everything it takes is durable at once.
class Relay {
 public:
  struct Entry {
    Bytes envelope;
    std::uint64_t time_ms = 0;
    Hash hash;
    Hash voucher;
  };
  struct Log {
    Fold fold;
    std::vector<Entry> entries;
    std::vector<Hash> chains;
    std::map<DeviceId, std::vector<std::uint64_t>> by_author;  // counter - 1 -> seq
    std::uint64_t epoch = 0;
    Hash commitment;
    std::uint64_t held = 0;
    std::map<std::pair<DeviceId, std::uint64_t>, std::pair<std::uint64_t, Bytes>> marks;
  };
  struct Peer {
    Hash nonce;
    DeviceId device;
    bool welcome = false;
    bool certified = false;
    std::set<LogId> watched;
    std::deque<Bytes> out;
  };

  Relay() = default;
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;
  void copy_state(const Relay& other) {
    now_ms = other.now_ms;
    card = other.card;
    logs = other.logs;
  }

  void connected(std::size_t who);
  void closed(std::size_t who) { peers.erase(who); }
  void received(std::size_t who, BytesView bytes);
  // As if `author` had handed it in on another connection. The error where it is refused.
  Errc place(BytesView envelope, std::optional<std::size_t> from = std::nullopt);
  // As if this were copied back from a backup, and noticed or not.
  void set_back(const std::map<LogId, Log>& backup, bool noticed);
  void put_card(BytesView bytes);
  wire::Deliver deliver_of(const LogId& log, std::uint64_t seq) const;
  wire::Published published_of(const LogId& log, std::uint64_t seq) const;

  crypto::SignPair keys = crypto::sign_pair(key_of(60));
  ShopId shop;
  std::uint64_t now_ms = 0;
  std::uint64_t generation = 1;
  std::optional<ShopInfo> card;
  std::map<LogId, Log> logs;
  std::map<std::size_t, Peer> peers;
  // Swallows a frame, or answers in place of the relay, where it returns true.
  std::function<bool(std::size_t who, wire::FrameKind kind, BytesView body)> instead;
  std::function<void(wire::Welcome&)> change_welcome;
  std::function<void(wire::Challenge&)> change_challenge;

  template <class T>
  void send(std::size_t who, const T& message) {
    const auto peer = peers.find(who);
    if (peer != peers.end()) peer->second.out.push_back(framed(message));
  }

 private:
  void on_hello(std::size_t who, const wire::Hello& hello);
  void on_fetch(std::size_t who, const wire::Fetch& fetch);
  void on_refill(std::size_t who, const wire::Refill& refill);
  Errc check_refill(const wire::Refill& refill);
  void send_head(std::size_t who, const LogId& id);
  void hold_for_desk(const LogId& id);
  void on_mark(std::size_t who, const wire::Mark& mark);
  void on_signal(std::size_t who, const wire::Signal& signal);
  void on_watch(std::size_t who, const wire::Watch& watch);
  bool reads(const Peer& peer, const LogId& id, const Log& log) const;
  wire::Head head_of(const LogId& id, const Log& log, const DeviceId& device) const;
  void append_entry(Log& log, const OpenEnvelope& envelope, BytesView bytes, std::uint64_t time_ms);
};

// Hosts, a relay and the time between them. Each step is one thing that happens to one of them.
class World {
 public:
  explicit World(bool with_card = true);

  Host& add(Role role, std::uint8_t seed);
  // One thing happens; false where nothing is to be done before time passes.
  bool step();
  // Steps until nothing is to be done.
  void run();
  // Time passes; who asked to be woken is woken.
  void advance(std::uint64_t ms);
  // Time passes up to the next wake-up.
  void pass_time();
  // Steps and lets time pass until `done`; false where that never comes.
  bool run_until(const std::function<bool()>& done, std::size_t steps_max = 4000);

  void cut(std::size_t who, std::uint16_t code = 0);
  void crash(std::size_t who);
  std::size_t index_of(const Host& host) const;

  // A copy of the durable state of relay and disks, with every engine started anew.
  std::unique_ptr<World> restart_as_copy() const;

  Shop shop;
  Relay relay;
  std::uint64_t now = testing::now_ms;
  std::deque<std::unique_ptr<Host>> hosts;

 private:
  bool step_host(std::size_t who);
  struct Origin {
    Role role;
    std::uint8_t seed;
  };
  std::vector<Origin> origins_;
};

// A text as the frame sends it.
Bytes text_content(std::string_view text);
wire::Send send_text(const LogId& log, std::uint64_t ref, BytesView content);
// A visitor with its first message placed.
struct Talk {
  World world;
  Host& visitor;
  LogId log;

  explicit Talk(std::string_view first = "one");
  void say(std::string_view text, std::uint64_t ref);
  Relay::Log& at_relay() { return world.relay.logs.at(log); }
};

// The desk writes into logs without an engine of its own.
struct DeskPen {
  World& world;
  Rng rng = make_rng(77);
  // The epoch's key of the log as the desk opens it.
  Key epoch_key(const LogId& log) const;
  wire::Header header(const LogId& log, EnvelopeClass envelope_class) const;
  SignedEnvelope message(const LogId& log, std::string_view text,
                         const std::function<void(wire::Header&)>& change = {},
                         std::uint64_t kind = 1);
  SignedEnvelope grant(const LogId& log);
};

}  // namespace shopbell::testing
