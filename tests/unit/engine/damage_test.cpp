// Bytes from outside, cut short and changed: each is named or passed over, none aborts, and no text
// is shown that nobody wrote.
#include "unit/engine/script.h"

namespace shopbell::testing {
namespace {

// One byte changed, in one of three ways by turns.
void flip(Bytes& bytes, std::size_t at) {
  constexpr std::array<std::uint8_t, 3> masks{0x01, 0x80, 0xff};
  bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ masks[at % masks.size()]);
}

// Feeds every prefix and every changed byte of one frame to a fresh copy of an engine.
class Damage {
 public:
  // `prepare` brings a world to where the frame is due for host 0 and returns the frame.
  using Prepare = std::function<Bytes(World&)>;

  Damage(const World& base, Prepare prepare, std::set<std::string> allowed)
      : base_(base), prepare_(std::move(prepare)), allowed_(std::move(allowed)) {}

  void everywhere(std::size_t stride = 1) {
    const Bytes good = frame_and_feed([](Bytes&) {});
    ASSERT_FALSE(good.empty());
    for (std::size_t size = 0; size < good.size(); size += stride) {
      frame_and_feed([&](Bytes& bytes) { bytes.resize(size); });
    }
    for (std::size_t at = 0; at < good.size(); at += stride) {
      frame_and_feed([&](Bytes& bytes) { flip(bytes, at); });
    }
  }

 private:
  Bytes frame_and_feed(const std::function<void(Bytes&)>& change) {
    const std::unique_ptr<World> world = base_.restart_as_copy();
    world->run();
    const Bytes good = prepare_(*world);
    Host& host = *world->hosts[0];
    host.forget();
    Bytes bytes = good;
    change(bytes);
    host.receive(bytes);
    host.write_all();
    for (const std::string& text : host.texts()) {
      EXPECT_TRUE(allowed_.contains(text)) << "shown: " << text;
    }
    for (const auto& problem : host.shown<wire::Problem>()) {
      EXPECT_NE(problem.code, 0u) << "a problem without a name";
    }
    // It still serves: a reload comes up again from what it stored.
    if (host.disk == base_.hosts[0]->disk) return good;
    world->crash(0);
    host.forget();
    world->run();
    EXPECT_FALSE(host.has_shown(Errc::store_damaged));
    EXPECT_EQ(host.shown<wire::Ready>().size(), 1u);
    return good;
  }

  const World& base_;
  Prepare prepare_;
  std::set<std::string> allowed_;
};

TEST(EngineDamage, deliver) {
  Talk talk;
  const LogId log = talk.log;
  Damage(talk.world,
         [&](World& world) {
           DeskPen desk{world};
           EXPECT_EQ(world.relay.place(desk.message(log, "answer").bytes), Errc::none);
           world.relay.peers[0].out.clear();
           return framed(world.relay.deliver_of(log, 4));
         },
         {"answer"})
      .everywhere();
}

TEST(EngineDamage, page) {
  Talk talk;
  const LogId log = talk.log;
  Damage(talk.world,
         [&](World& world) {
           DeskPen desk{world};
           wire::Page page;
           page.log = log;
           page.from = 4;
           page.head_seq = 5;
           for (std::uint64_t seq = 4; seq <= 5; ++seq) {
             const std::string text = seq == 4 ? "answer" : "again";
             EXPECT_EQ(world.relay.place(desk.message(log, text).bytes), Errc::none);
             page.items.push_back(world.relay.deliver_of(log, seq));
           }
           world.relay.peers[0].out.clear();
           return framed(page);
         },
         {"answer", "again"})
      .everywhere(3);
}

TEST(EngineDamage, published) {
  Talk talk;
  talk.world.relay.instead = [](std::size_t, wire::FrameKind kind, BytesView) {
    return kind == wire::FrameKind::publish;
  };
  talk.say("two", 2);
  talk.world.run();
  const Bytes envelope = to_bytes(talk.visitor.sent<wire::Publish>().at(0).envelope);
  const LogId log = talk.log;
  Damage(talk.world,
         [&](World& world) {
           if (world.relay.logs.at(log).entries.size() < 4) {
             world.relay.peers[0].out.clear();
             EXPECT_EQ(world.relay.place(envelope, 0), Errc::none);
             world.relay.peers[0].out.clear();
           }
           return framed(world.relay.published_of(log, 4));
         },
         {})
      .everywhere();
}

TEST(EngineDamage, heads) {
  Talk talk;
  const LogId log = talk.log;
  Damage(talk.world,
         [&](World&) {
           wire::Heads heads;
           wire::Head head;
           head.log = log;
           head.seq = 5;
           head.kind = 1;
           head.counter = 3;
           heads.heads.push_back(head);
           heads.cursor = 9;
           return framed(heads);
         },
         {})
      .everywhere();
}

TEST(EngineDamage, card) {
  Talk talk;
  Damage(talk.world,
         [&](World& world) {
           world.shop.info.version = 11;
           world.shop.info.name = "Newer";
           world.shop.publish();
           wire::Card card;
           card.card = world.shop.info.card;
           return framed(card);
         },
         {})
      .everywhere(2);
}

TEST(EngineDamage, mark) {
  Talk talk;
  const LogId log = talk.log;
  Damage(talk.world,
         [&](World& world) {
           wire::MarkBody body;
           body.log = log;
           body.device = world.shop.desk.self.id;
           body.kind = 1;
           body.seq = 3;
           body.chain = world.relay.logs.at(log).chains.at(2);
           const Bytes bytes = make_mark(world.shop.desk, body);
           wire::Mark mark;
           mark.mark = bytes;
           return framed(mark);
         },
         {})
      .everywhere();
}

TEST(EngineDamage, signal) {
  Talk talk;
  const LogId log = talk.log;
  Damage(talk.world,
         [&](World& world) {
           DeskPen desk{world};
           wire::LogSignal signal;
           signal.log = log;
           signal.author = world.shop.desk.self.id;
           signal.session = filled<Hash>(3);
           signal.counter = 1;
           signal.expires_ms = world.now + 5'000;
           signal.epoch = 1;
           wire::SignalContent content;
           content.kind = 1;
           content.on = true;
           const Bytes body =
               make_log_signal(world.shop.desk, desk.epoch_key(log), signal, content);
           wire::Signal frame;
           frame.log = log;
           frame.kind = 1;
           frame.body = body;
           return framed(frame);
         },
         {})
      .everywhere();
}

TEST(EngineDamage, welcome_in_every_prefix_and_changed_byte_leads_online_or_is_refused) {
  Talk talk;
  // One device on a fresh connection: the Welcome that it would get is changed on its way.
  std::size_t size = 0;
  auto meet = [&](const std::function<void(Bytes&)>& change) {
    const std::unique_ptr<World> world = talk.world.restart_as_copy();
    Host& host = *world->hosts[0];
    while (host.sent<wire::Hello>().empty()) ASSERT_TRUE(world->step());
    while (world->relay.peers[0].out.empty()) ASSERT_TRUE(world->step());
    Bytes bytes = world->relay.peers[0].out.front();
    world->relay.peers[0].out.clear();
    size = bytes.size();
    const Bytes good = bytes;
    change(bytes);
    host.receive(bytes);
    host.write_all();
    if (host.last_connection_state() == 2 && bytes != good) {
      // Heads, cursor and limits are the relay's word and not signed; time and generation are.
      EXPECT_EQ(host.sent<wire::Publish>().size(), 0u);
    }
    EXPECT_TRUE(host.texts().empty());
  };
  meet([](Bytes&) {});
  const std::size_t whole = size;
  for (std::size_t at = 0; at < whole; ++at) {
    meet([&](Bytes& bytes) { bytes.resize(at); });
    meet([&](Bytes& bytes) { flip(bytes, at); });
  }
}

}  // namespace
}  // namespace shopbell::testing
