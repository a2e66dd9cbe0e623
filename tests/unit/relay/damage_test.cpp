// Every frame that a device sends, cut short at each byte and changed in each byte: it is refused
// by name or does what any such frame may do, nothing is stored, and nobody else hears of it.
#include "unit/relay/world.h"

namespace shopbell::relay::testing {
namespace {

using wire::FrameKind;

// What came of one damaged frame.
struct Outcome {
  std::string where;  // what was done to the frame
  Errc closed = Errc::none;
  std::vector<Frame> frames;
  std::deque<out::Commit> commits;
  bool others_heard = false;

  bool named() const {
    if (closed != Errc::none) return true;
    return frames.size() == 1 && frames[0].kind == FrameKind::error &&
           frames[0].as<wire::Error>().code != 0;
  }
};

// A shop with one conversation, in which nothing is written any more.
struct Scene {
  World world;
  Client visitor = world.client(device(1));
  Client desk = world.client(device(40));
  Client agent = world.client(device(5));
  LogId log;

  Scene() {
    // The same frame many times, and each time as if it were the first.
    world.limits.new_logs_per_minute_max = 100'000;
    world.limits.visitor_signals_per_second_max = 100'000;
    world.start();
    join(visitor);
    join(desk);
    join(agent);
    log = visitor.begin_log();
    desk.frames.clear();
    world.hold_commits = true;
  }
  void join(Client& client) {
    client.join(&client == &agent ? world.certify(agent.keys) : Bytes{});
  }
  Client& other(const Client& sender) { return &sender == &visitor ? desk : visitor; }
};

class Damage {
 public:
  using Make = std::function<Bytes(Scene&)>;
  using Judge = std::function<void(const Outcome&)>;

  Damage(Client Scene::*sender, Make make) : sender_(sender), make_(std::move(make)) {}

  // Calls `judge` for every prefix, the empty one too, and for three changes of every byte.
  void everywhere(const Judge& judge) {
    // Of a scene of its own, for what is made there takes a counter.
    Scene measured;
    const std::size_t size = make_(measured).size();
    for (std::size_t kept = 0; kept < size; ++kept) {
      judge(feed([&](Bytes& bytes) { bytes.resize(kept); },
                 "the first " + std::to_string(kept) + " bytes"));
    }
    for (std::size_t at = 0; at < size; ++at) {
      for (const std::uint8_t mask : {0x01, 0x80, 0xff}) {
        judge(feed([&](Bytes& bytes) { bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ mask); },
                   "byte " + std::to_string(at) + " changed by " + std::to_string(mask)));
      }
    }
  }

  // The control: as it should be, it is taken.
  Outcome whole() {
    return feed([](Bytes&) {}, "nothing");
  }

 private:
  Outcome feed(const std::function<void(Bytes&)>& change, std::string where) {
    Client& sender = *scene_.*sender_;
    scene_->join(sender);
    Client& other = scene_->other(sender);
    other.frames.clear();
    // The same frame each time: what is sent takes no counter for good.
    const auto places = sender.places;
    Bytes bytes = make_(*scene_);
    sender.places = places;
    change(bytes);
    sender.send_bytes(bytes);
    Outcome out{std::move(where), sender.closed, {}, scene_->world.commits, !other.frames.empty()};
    out.frames.assign(sender.frames.begin(), sender.frames.end());
    // What it did stays with its shard.
    if (!out.commits.empty()) scene_ = std::make_unique<Scene>();
    return out;
  }

  std::unique_ptr<Scene> scene_ = std::make_unique<Scene>();
  Client Scene::*sender_;
  Make make_;
};

void is_refused_by_name(const Outcome& out) {
  EXPECT_TRUE(out.named()) << out.where;
  EXPECT_TRUE(out.commits.empty()) << out.where;
  EXPECT_FALSE(out.others_heard) << out.where;
}

TEST(RelayDamage, of_a_hello_is_refused_by_name) {
  World world;
  Client visitor = world.client(device(1));
  const Bytes certificate = world.certify(visitor.keys);
  const auto say = [&](const std::function<void(Bytes&)>& change) {
    visitor.connect();
    Bytes bytes = framed(FrameKind::hello, visitor.hello_of(certificate, 7));
    change(bytes);
    visitor.send_bytes(bytes);
    return bytes.size();
  };
  const std::size_t size = say([](Bytes&) {});
  EXPECT_EQ(visitor.closed, Errc::none);
  visitor.expect<wire::Welcome>(FrameKind::welcome);
  for (std::size_t kept = 0; kept < size; ++kept) {
    say([&](Bytes& bytes) { bytes.resize(kept); });
    EXPECT_NE(visitor.closed, Errc::none) << "the first " << kept << " bytes";
    visitor.expect_quiet();
  }
  for (std::size_t at = 0; at < size; ++at) {
    for (const std::uint8_t mask : {0x01, 0x80, 0xff}) {
      say([&](Bytes& bytes) { bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ mask); });
      EXPECT_NE(visitor.closed, Errc::none) << "byte " << at << " changed by " << int{mask};
      visitor.expect_quiet();
    }
  }
}

TEST(RelayDamage, of_a_message_is_refused_or_is_of_its_signature_or_its_authors_time) {
  const Bytes good = [] {
    Scene scene;
    return scene.visitor.message(scene.log).bytes;
  }();
  const auto expected = open_envelope(good);
  ASSERT_TRUE(expected.ok());
  Damage damage(&Scene::visitor, [](Scene& scene) {
    return framed(FrameKind::publish, wire::Publish{scene.visitor.message(scene.log).bytes});
  });
  std::size_t placed = 0;
  damage.everywhere([&](const Outcome& out) {
    EXPECT_FALSE(out.others_heard) << out.where;
    if (out.commits.empty()) {
      EXPECT_TRUE(out.named()) << out.where;
      return;
    }
    // Receivers check who wrote a message; the relay has checked all that it numbers by.
    const store::Batch& batch = *out.commits.front().batch;
    ASSERT_EQ(batch.envelopes.size(), 1u);
    const auto taken = open_envelope(batch.envelope(batch.envelopes[0]));
    ASSERT_TRUE(taken.ok()) << out.where;
    wire::Header header = taken->header;
    header.time_ms = expected->header.time_ms;
    EXPECT_TRUE(same_bytes(codec::encode(header), expected->header_bytes)) << out.where;
    EXPECT_TRUE(same_bytes(taken->body, expected->body)) << out.where;
    ++placed;
  });
  EXPECT_GE(placed, 3 * sizeof(Signature));
  EXPECT_EQ(damage.whole().commits.size(), 1u);
}

TEST(RelayDamage, of_a_genesis_is_refused_by_name) {
  Damage damage(&Scene::visitor, [](Scene& scene) {
    LogId log;
    const SignedEnvelope genesis = scene.visitor.genesis(LogKind::main, 9, log);
    return framed(FrameKind::publish, wire::Publish{genesis.bytes});
  });
  damage.everywhere(is_refused_by_name);
  EXPECT_EQ(damage.whole().commits.size(), 1u);
}

TEST(RelayDamage, of_a_grant_is_refused_by_name) {
  Damage damage(&Scene::visitor, [](Scene& scene) {
    const SignedEnvelope grant = scene.visitor.grant(scene.log, scene.world.fold_of(scene.log), 2);
    return framed(FrameKind::publish, wire::Publish{grant.bytes});
  });
  damage.everywhere(is_refused_by_name);
  EXPECT_EQ(damage.whole().commits.size(), 1u);
}

wire::MarkBody mark_of(const Scene& scene) {
  return {scene.log, scene.desk.keys.self.id, 2, 1, filled<Hash>(1)};
}

TEST(RelayDamage, of_a_mark_is_refused_or_is_for_receivers_to_see) {
  Damage damage(&Scene::desk, [](Scene& scene) {
    const Bytes mark = make_mark(scene.desk.keys, mark_of(scene));
    return framed(FrameKind::mark, wire::Mark{mark});
  });
  const wire::MarkBody good = mark_of(Scene{});
  damage.everywhere([&](const Outcome& out) {
    EXPECT_FALSE(out.others_heard) << out.where;
    if (out.commits.empty()) {
      EXPECT_TRUE(out.named()) << out.where;
      return;
    }
    // Receivers check signature and chain; the relay has checked what it keeps the mark under.
    const auto& marks = out.commits.front().batch->marks;
    ASSERT_EQ(marks.size(), 1u);
    EXPECT_EQ(marks[0].log, good.log) << out.where;
    EXPECT_EQ(marks[0].device, good.device) << out.where;
    EXPECT_EQ(marks[0].kind, good.kind) << out.where;
    EXPECT_EQ(marks[0].seq, good.seq) << out.where;
  });
  EXPECT_EQ(damage.whole().commits.size(), 1u);
}

TEST(RelayDamage, of_a_shop_card_is_refused_by_name) {
  Damage damage(&Scene::desk, [](Scene& scene) {
    scene.world.sign_card(2);
    return framed(FrameKind::put_card, wire::PutCard{scene.world.info.card});
  });
  damage.everywhere(is_refused_by_name);
  EXPECT_EQ(damage.whole().commits.size(), 1u);
}

// Frames whose every value may be asked for: what is no frame is refused, nothing is ever stored,
// and whoever has no part in it hears nothing.
void asks_only(Client Scene::*sender, FrameKind answer, const Damage::Make& make) {
  Damage damage(sender, make);
  damage.everywhere([&](const Outcome& out) {
    EXPECT_TRUE(out.commits.empty()) << out.where;
    EXPECT_FALSE(out.others_heard) << out.where;
    if (out.named()) return;
    for (const Frame& frame : out.frames) {
      const bool fits = frame.kind == answer || frame.kind == FrameKind::pong;
      EXPECT_TRUE(fits) << out.where << " is answered by frame " << static_cast<int>(frame.kind);
    }
  });
  const Outcome whole = damage.whole();
  ASSERT_EQ(whole.closed, Errc::none);
  ASSERT_FALSE(whole.frames.empty());
  EXPECT_EQ(whole.frames.front().kind, answer);
}

TEST(RelayDamage, of_a_fetch_asks_for_something_else_or_is_refused) {
  asks_only(&Scene::visitor, FrameKind::page, [](Scene& scene) {
    return framed(FrameKind::fetch, wire::Fetch{scene.log, 1, 2});
  });
}

TEST(RelayDamage, of_a_question_for_heads_asks_for_others_or_is_refused) {
  asks_only(&Scene::desk, FrameKind::heads,
            [](Scene&) { return framed(FrameKind::get_heads, wire::GetHeads{1}); });
}

TEST(RelayDamage, of_a_ping_is_another_ping_or_refused) {
  asks_only(&Scene::visitor, FrameKind::pong,
            [](Scene&) { return framed(FrameKind::ping, wire::Ping{300}); });
}

TEST(RelayDamage, of_a_pong_is_another_pong_or_refused) {
  Damage damage(&Scene::visitor, [](Scene&) { return framed(FrameKind::pong, wire::Pong{300}); });
  damage.everywhere([](const Outcome& out) {
    EXPECT_TRUE(out.commits.empty()) << out.where;
    EXPECT_FALSE(out.others_heard) << out.where;
  });
  EXPECT_EQ(damage.whole().closed, Errc::none);
}

TEST(RelayDamage, of_a_list_to_watch_watches_nothing_foreign) {
  Damage damage(&Scene::agent, [](Scene& scene) {
    wire::Watch watch;
    watch.logs.push_back(scene.log);
    return framed(FrameKind::watch, watch);
  });
  damage.everywhere([](const Outcome& out) {
    EXPECT_TRUE(out.commits.empty()) << out.where;
    EXPECT_FALSE(out.others_heard) << out.where;
  });
}

TEST(RelayDamage, of_a_signal_changes_its_sealed_words_or_is_refused) {
  const Hash sealed = filled<Hash>(7);
  wire::Signal typing;
  typing.kind = 1;
  typing.body = sealed.view();
  Damage damage(&Scene::visitor, [&](Scene& scene) {
    typing.log = scene.log;
    return framed(FrameKind::signal, typing);
  });
  std::size_t heard = 0;
  std::size_t for_nobody = 0;
  damage.everywhere([&](const Outcome& out) {
    EXPECT_TRUE(out.commits.empty()) << out.where;
    if (out.others_heard) ++heard;
    if (!out.others_heard && !out.named()) ++for_nobody;
  });
  // The body is for its receivers to open; a log of another name is one that nobody follows.
  EXPECT_EQ(heard, 3 * sizeof(Hash));
  EXPECT_EQ(for_nobody, 3 * sizeof(LogId));
  EXPECT_TRUE(damage.whole().others_heard);
}

}  // namespace
}  // namespace shopbell::relay::testing
