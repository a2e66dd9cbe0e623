#include "fixtures.h"

namespace shopbell {
namespace {

using testing::device_of;
using testing::error_of;
using testing::filled;
using testing::key_of;
using testing::now_ms;
using testing::Shop;

TEST(Hello, FitsTheProofThatWasSignedAndNoOther) {
  const DeviceKeys device = device_of(1);
  wire::HelloProof proof;
  proof.host = "relay.example";
  proof.shop = filled<ShopId>(1);
  proof.relay_key = filled<SignKey>(2);
  proof.relay_nonce = filled<Hash>(3);
  proof.client_nonce = filled<Hash>(4);
  proof.device = device.self.id;
  proof.term = 5;
  const Signature signature = sign_hello(device, proof);
  const auto fits = [&](const std::function<void(wire::HelloProof&)>& change) {
    wire::HelloProof other = proof;
    change(other);
    return verify_hello(device.self.sign_key, other, signature);
  };
  EXPECT_TRUE(fits([](wire::HelloProof&) {}));
  EXPECT_FALSE(fits([](wire::HelloProof& p) { p.host = "other.example"; }));
  EXPECT_FALSE(fits([](wire::HelloProof& p) { p.shop = {}; }));
  EXPECT_FALSE(fits([](wire::HelloProof& p) { p.relay_key = {}; }));
  EXPECT_FALSE(fits([](wire::HelloProof& p) { p.relay_nonce = {}; }));
  EXPECT_FALSE(fits([](wire::HelloProof& p) { p.client_nonce = {}; }));
  EXPECT_FALSE(fits([](wire::HelloProof& p) { p.device = {}; }));
  EXPECT_FALSE(fits([](wire::HelloProof& p) { p.term = 6; }));
  EXPECT_FALSE(verify_hello(device_of(2).self.sign_key, proof, signature));
}

TEST(Welcome, FitsTheProofThatWasSignedAndNoOther) {
  const crypto::SignPair relay = crypto::sign_pair(key_of(1));
  wire::WelcomeProof proof;
  proof.shop = filled<ShopId>(1);
  proof.relay_nonce = filled<Hash>(3);
  proof.client_nonce = filled<Hash>(4);
  proof.time_ms = 5;
  const Signature signature = sign_welcome(relay, proof);
  EXPECT_TRUE(verify_welcome(relay.key, proof, signature));
  proof.time_ms = 6;
  EXPECT_FALSE(verify_welcome(relay.key, proof, signature));
  wire::HelloProof hello;
  EXPECT_FALSE(verify_hello(relay.key, hello, sign_welcome(relay, wire::WelcomeProof())))
      << "equal bytes under another domain";
}

TEST(DialledHost, IsLowerCaseWithoutTheDefaultPort) {
  EXPECT_EQ(dialled_host("wss://Relay.Example/v1?x#y"), "relay.example");
  EXPECT_EQ(dialled_host("wss://relay.example:443"), "relay.example");
  EXPECT_EQ(dialled_host("wss://relay.example:80/"), "relay.example:80");
  EXPECT_EQ(dialled_host("ws://127.0.0.1:80/v1"), "127.0.0.1");
  EXPECT_EQ(dialled_host("ws://127.0.0.1:443/v1"), "127.0.0.1:443");
  EXPECT_EQ(dialled_host("WS://[::1]:8080"), "[::1]:8080");
  EXPECT_EQ(dialled_host("https://relay.example"), "");
  EXPECT_EQ(dialled_host("wss://user@relay.example"), "");
  EXPECT_EQ(dialled_host(""), "");
}

struct SignalCase {
  DeviceKeys author = device_of(1);
  wire::LogSignal signal;
  Bytes bytes;

  SignalCase() {
    signal.log = filled<LogId>(1);
    signal.author = author.self.id;
    signal.session = filled<Hash>(2);
    signal.counter = 3;
    signal.expires_ms = now_ms;
    signal.epoch = 1;
    wire::SignalContent content;
    content.kind = 1;
    content.on = true;
    bytes = make_log_signal(author, key_of(9), signal, content);
  }
};

TEST(LogSignal, OpensWithItsEpochKey) {
  const SignalCase made;
  const Result<wire::LogSignal> peeked = peek_log_signal(made.bytes);
  ASSERT_TRUE(peeked.ok());
  EXPECT_EQ(peeked->author, made.author.self.id);
  EXPECT_EQ(peeked->counter, 3u);
  const auto content = open_log_signal(made.author.self.sign_key, key_of(9), made.bytes);
  ASSERT_TRUE(content.ok());
  EXPECT_EQ(content->kind, 1u);
  EXPECT_TRUE(content->on);
}

TEST(LogSignal, EachBreachHasItsName) {
  const SignalCase made;
  const SignKey& key = made.author.self.sign_key;
  EXPECT_EQ(error_of(open_log_signal(key, key_of(8), made.bytes)), Errc::body_bad);
  EXPECT_EQ(error_of(open_log_signal(device_of(2).self.sign_key, key_of(9), made.bytes)),
            Errc::bad_signature);
  testing::damage_everywhere(made.bytes, [&](BytesView bytes) {
    return error_of(open_log_signal(key, key_of(9), bytes));
  });
}

TEST(LogSignal, ItsPlaceIsPartOfItsKey) {
  const SignalCase made;
  for (int change = 0; change < 4; ++change) {
    const auto outer = codec::decode<wire::Signed>(made.bytes);
    auto signal = codec::decode<wire::LogSignal>(outer->body);
    ASSERT_TRUE(signal.ok());
    if (change == 0) signal->log = filled<LogId>(9);
    if (change == 1) signal->author = filled<DeviceId>(9);
    if (change == 2) signal->session = filled<Hash>(9);
    if (change == 3) signal->counter = 9;
    const Bytes bytes =
        sign_object(made.author.sign, "shopbell log signal v1", codec::encode(*signal));
    EXPECT_EQ(error_of(open_log_signal(made.author.self.sign_key, key_of(9), bytes)),
              Errc::body_bad)
        << change;
  }
}

// Two devices with a session up.
struct Pair {
  DeviceKeys a = device_of(1);
  DeviceKeys b = device_of(2);
  Hash a_nonce = filled<Hash>(11);
  Hash b_nonce = filled<Hash>(12);
  Bytes open = Session::make_open(a, b.self.id, as_bytes("certificate"), a_nonce, now_ms);
  Bytes answer;
  Session at_a;
  Session at_b;

  Pair() {
    Result<Session::Opened> opened = Session::take_open(b, open);
    EXPECT_EQ(error_of(opened), Errc::none);
    Result<Session> accepted = Session::accept(b, *opened, b_nonce, answer);
    EXPECT_EQ(error_of(accepted), Errc::none);
    at_b = std::move(*accepted);
    Result<Session> taken = Session::accept_at_opener(a, b.self, a_nonce, answer);
    EXPECT_EQ(error_of(taken), Errc::none);
    at_a = std::move(*taken);
  }
};

wire::SessionMessage request(std::string_view method) {
  wire::SessionMessage message;
  message.kind = 1;
  message.id = 7;
  message.method = method;
  return message;
}

TEST(Session, CarriesMessagesBothWays) {
  Pair pair;
  EXPECT_EQ(pair.at_a.peer(), pair.b.self.id);
  EXPECT_EQ(pair.at_b.peer(), pair.a.self.id);
  EXPECT_EQ(pair.at_a.name(), pair.a_nonce);
  EXPECT_EQ(pair.at_b.name(), pair.a_nonce);
  for (std::string_view text : {"one", "two", "three"}) {
    const auto there = pair.at_b.open(pair.at_a.seal(pair.a, request(text)));
    ASSERT_TRUE(there.ok());
    EXPECT_EQ(there->message.method, text);
    EXPECT_EQ(there->message.id, 7u);
    const auto back = pair.at_a.open(pair.at_b.seal(pair.b, request(text)));
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(back->message.method, text);
  }
}

TEST(Session, TheOpenerIsNamedAndHisCertificateHandedOn) {
  Pair pair;
  const auto opened = Session::take_open(pair.b, pair.open);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened->peer.id, pair.a.self.id);
  EXPECT_EQ(as_text(opened->certificate), "certificate");
  EXPECT_EQ(opened->nonce, pair.a_nonce);
  EXPECT_EQ(error_of(Session::take_open(device_of(3), pair.open)), Errc::not_a_member);
}

TEST(Session, StepsAreRefusedWhenAnyByteIsChanged) {
  Pair pair;
  testing::damage_everywhere(
      pair.open, [&](BytesView bytes) { return error_of(Session::take_open(pair.b, bytes)); });
  testing::damage_everywhere(pair.answer, [&](BytesView bytes) {
    return error_of(Session::accept_at_opener(pair.a, pair.b.self, pair.a_nonce, bytes));
  });
  const Bytes data = pair.at_a.seal(pair.a, request("x"));
  const BytesView sealed = data;
  // `to` (34 bytes in front) is for the relay; everything behind it is checked here.
  testing::damage_everywhere(sealed.subspan(34), [&](BytesView bytes) {
    Bytes whole = to_bytes(sealed.first(34));
    append(whole, bytes);
    return error_of(pair.at_b.open(whole));
  });
  EXPECT_TRUE(pair.at_b.open(data).ok()) << "what was refused has not moved the counter";
}

TEST(Session, RepeatsAndGapsAreReplays) {
  Pair pair;
  const Bytes first = pair.at_a.seal(pair.a, request("1"));
  const Bytes second = pair.at_a.seal(pair.a, request("2"));
  EXPECT_EQ(error_of(pair.at_b.open(second)), Errc::replayed);
  EXPECT_TRUE(pair.at_b.open(first).ok());
  EXPECT_EQ(error_of(pair.at_b.open(first)), Errc::replayed);
  EXPECT_TRUE(pair.at_b.open(second).ok());
  EXPECT_NE(error_of(pair.at_a.open(first)), Errc::none) << "sent back to its author";
}

TEST(Session, AnAnswerToAnotherOpeningIsAReplay) {
  Pair pair;
  EXPECT_EQ(error_of(Session::accept_at_opener(pair.a, pair.b.self, filled<Hash>(13), pair.answer)),
            Errc::replayed);
  EXPECT_EQ(
      error_of(Session::accept_at_opener(device_of(3), pair.b.self, pair.a_nonce, pair.answer)),
      Errc::not_a_member);
  EXPECT_EQ(
      error_of(Session::accept_at_opener(pair.a, device_of(3).self, pair.a_nonce, pair.answer)),
      Errc::bad_signature);
}

TEST(Session, DataOfAnotherSessionIsNamedSo) {
  Pair one;
  Pair two;
  const Bytes open = Session::make_open(two.a, two.b.self.id, {}, filled<Hash>(21), now_ms);
  const auto opened = Session::take_open(two.b, open);
  ASSERT_TRUE(opened.ok());
  Bytes answer;
  auto later = Session::accept(two.b, *opened, filled<Hash>(22), answer);
  ASSERT_TRUE(later.ok());
  EXPECT_EQ(error_of(later->open(one.at_a.seal(one.a, request("x")))), Errc::no_session);
}

}  // namespace
}  // namespace shopbell
