// What a message costs: frames and bytes on the wire, batches and bytes in the device's store. Each
// gate stands a little above what was measured, so that growth is noticed and has to be meant.
#include "unit/engine/script.h"

namespace shopbell::testing {
namespace {

// 200 bytes as the widget sends them: content without a fallback. With kind, locale and lengths
// 212, padded to 256, and 40 for nonce and tag.
constexpr std::size_t body_bytes = 296;
const std::string words(200, 'w');

Bytes widget_content() {
  wire::Text text;
  text.text = words;
  text.locale = "zh-CN";
  return codec::encode(text);
}

wire::Send widget_send(const LogId& log, std::uint64_t ref, BytesView content) {
  wire::Send send = send_text(log, ref, content);
  send.fallback = {};
  return send;
}

// The same words from the desk.
SignedEnvelope answer_in(Talk& talk) {
  DeskPen desk{talk.world};
  wire::Header header = desk.header(talk.log, EnvelopeClass::message);
  header.epoch = talk.at_relay().epoch;
  header.commitment = talk.at_relay().commitment;
  const Bytes content = widget_content();
  wire::InnerBody inner;
  inner.kind = static_cast<std::uint64_t>(wire::ContentKind::text);
  inner.content = content;
  const Bytes body = seal_body(desk.rng, desk.epoch_key(talk.log), header, inner);
  return make_envelope(talk.world.shop.desk, header, body);
}

struct Cost {
  std::size_t messages = 0;  // WebSocket messages that left, since the host began
  std::size_t batches = 0;
  std::size_t stored_bytes = 0;  // keys and values put
};

// Lets everything happen, time until the marks are out included, and counts what the host did.
Cost cost_of_settling(Talk& talk) {
  Host& host = talk.visitor;
  host.writes_by_itself = false;
  Cost cost;
  for (int rounds = 0; rounds < 3; ++rounds) {
    talk.world.run();
    while (!host.writes.empty()) {
      ++cost.batches;
      for (const out::Put& put : host.writes.front().puts) {
        cost.stored_bytes += put.key.size() + put.value.size();
      }
      host.write_one();
      talk.world.run();
    }
    talk.world.advance(limits::mark_interval_ms);
  }
  host.writes_by_itself = true;
  if (!host.frames.empty()) cost.messages = host.frames.back().message;
  return cost;
}

// A conversation in which both have said something, and all is marked.
struct Quiet {
  Talk talk;
  std::size_t messages_before = 0;

  Quiet() {
    EXPECT_EQ(talk.world.relay.place(answer_in(talk).bytes), Errc::none);
    messages_before = cost_of_settling(talk).messages;
    talk.visitor.forget();
  }
};

// How many of one kind left, and the bytes of the first on the wire.
template <class T>
std::pair<std::size_t, std::size_t> frames_of(const Host& host) {
  const std::vector<T> all = host.sent<T>();
  return {all.size(), all.empty() ? 0 : framed(all.front()).size()};
}

// Measured and gated; what is far below its gate was not measured, or the gate is out of date.
void expect_about(const char* what, std::size_t measured, std::size_t gate) {
  EXPECT_LE(measured, gate) << what;
  EXPECT_GE(measured, gate - gate / 5) << what << ": lower the gate";
  ::testing::Test::RecordProperty(what, static_cast<int>(measured));
}

TEST(WireCost, a_message_that_is_sent) {
  // Above the body: header 208 (log, author, and four hashes), signature 66, tags and lengths.
  constexpr std::size_t publish_bytes_max = body_bytes + 300;
  // Log 18, chain 34, envelope hash 34, voucher 18, and counter, place, time.
  constexpr std::size_t published_bytes_max = 122;
  // One before it leaves (outbox record, log), one when it has its place (entry, log).
  constexpr std::size_t batches_max = 2;
  // The sealed outbox record 850, the entry 660, the place of its ref 90, and the log's record of
  // 610 with each batch. Keys and 40 bytes of sealing are in all of them.
  constexpr std::size_t stored_bytes_max = 3000;
  Quiet quiet;
  Talk& talk = quiet.talk;
  const Bytes content = widget_content();
  talk.visitor.command(widget_send(talk.log, 2, content));
  const Cost cost = cost_of_settling(talk);

  const auto [publishes, publish_bytes] = frames_of<wire::Publish>(talk.visitor);
  EXPECT_EQ(publishes, 1u);
  EXPECT_EQ(talk.visitor.frames.size(), 1u) << "no other frame left";
  EXPECT_EQ(cost.messages - quiet.messages_before, 1u);
  expect_about("publish_bytes", publish_bytes, publish_bytes_max);
  const wire::Published published = talk.world.relay.published_of(talk.log, 5);
  expect_about("published_bytes", framed(published).size(), published_bytes_max);
  EXPECT_EQ(cost.batches, batches_max);
  expect_about("stored_bytes", cost.stored_bytes, stored_bytes_max);
}

TEST(WireCost, a_message_that_is_received) {
  // The envelope as it was published, and log, place, time and voucher.
  constexpr std::size_t deliver_bytes_max = body_bytes + 348;
  // Body 90, signature 66: whoever shows "delivered" verifies it himself.
  constexpr std::size_t mark_bytes_max = 170;
  // The entry and the log's record in one.
  constexpr std::size_t batches_max = 1;
  constexpr std::size_t stored_bytes_max = 1400;
  Quiet quiet;
  Talk& talk = quiet.talk;
  ASSERT_EQ(talk.world.relay.place(answer_in(talk).bytes), Errc::none);
  const Cost cost = cost_of_settling(talk);

  EXPECT_EQ(talk.visitor.shown<wire::MessageEvent>().size(), 1u);
  const wire::Deliver deliver = talk.world.relay.deliver_of(talk.log, 5);
  expect_about("deliver_bytes", framed(deliver).size(), deliver_bytes_max);
  const auto [marks, mark_bytes] = frames_of<wire::Mark>(talk.visitor);
  EXPECT_EQ(marks, 1u);
  EXPECT_EQ(talk.visitor.frames.size(), 1u) << "nothing but the mark left";
  expect_about("mark_bytes", mark_bytes, mark_bytes_max);
  EXPECT_EQ(cost.messages - quiet.messages_before, 1u);
  EXPECT_EQ(cost.batches, batches_max);
  expect_about("stored_bytes", cost.stored_bytes, stored_bytes_max);
}

TEST(WireCost, ten_messages_at_once_cost_one_mark_and_no_more_than_ten) {
  constexpr std::size_t count = 10;
  Quiet quiet;
  Talk& talk = quiet.talk;
  for (std::size_t i = 0; i < count; ++i) {
    ASSERT_EQ(talk.world.relay.place(answer_in(talk).bytes), Errc::none);
  }
  const Cost cost = cost_of_settling(talk);
  EXPECT_EQ(talk.visitor.shown<wire::MessageEvent>().size(), count);
  // The first at once, then the newest when the interval is over.
  EXPECT_LE(talk.visitor.sent<wire::Mark>().size(), 2u);
  EXPECT_EQ(talk.visitor.frames.size(), talk.visitor.sent<wire::Mark>().size());
  EXPECT_LE(cost.batches, count);
}

TEST(WireCost, a_first_message_travels_with_all_that_it_needs) {
  // Genesis 434 (with the device's card), grant 640 (three boxes of 116), message 580.
  constexpr std::size_t first_bytes_max = 1750;
  World world;
  Host& visitor = world.add(Role::visitor, 20);
  world.run();
  visitor.forget();
  const Bytes content = widget_content();
  visitor.command(widget_send({}, 1, content));
  EXPECT_EQ(visitor.writes.size(), 1u) << "all of it is one transaction";
  visitor.write_all();
  ASSERT_EQ(visitor.to_relay.size(), 1u) << "genesis, grant and message leave in one";
  EXPECT_EQ(visitor.sent<wire::Publish>().size(), 3u);
  expect_about("first_bytes", visitor.to_relay.front().size(), first_bytes_max);
}

}  // namespace
}  // namespace shopbell::testing
