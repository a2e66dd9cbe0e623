// What the second implementation wrote, read by this one: codec, keys, cards, bodies, proofs.
// The conversation of log.json has its own file.
#include "vectors.h"
#include "recode.h"

namespace shopbell {
namespace {

using namespace testing;

Errc recode_as(const json::value& at, Bytes& out) {
  return recoders.at(text_at(at, "type"))(bytes_at(at, "hex"), out);
}

TEST(Vectors, Codec) {
  const json::value file = load_vectors("codec");
  Bytes out;
  for (const json::value& at : list_at(file, "values")) {
    EXPECT_EQ(recode_as(at, out), Errc::none) << text_at(at, "type");
    expect_bytes(out, at, "hex");
  }
  for (const json::value& at : list_at(file, "accepted")) {
    EXPECT_EQ(recode_as(at, out), Errc::none) << what_of(at);
  }
  for (const json::value& at : list_at(file, "refused")) expect_error(at, recode_as(at, out));
}

Bytes joined_parts(const json::value& at) {
  Bytes out;
  for (const json::value& part : at.as_object().at("parts").as_array()) {
    append(out, bytes_from(part));
  }
  return out;
}

TEST(Vectors, HashesAndDerivedKeys) {
  const json::value file = load_vectors("hash_kdf");
  for (const json::value& at : list_at(file, "hash")) {
    expect_bytes(crypto::hash(text_at(at, "label"), {joined_parts(at)}).view(), at, "hash");
  }
  for (const json::value& at : list_at(file, "kdf")) {
    const Key out = crypto::derive(key_at(at, "key"), text_at(at, "label"), {joined_parts(at)});
    expect_bytes(out.reveal(), at, "out");
  }
}

TEST(Vectors, Signatures) {
  const json::value file = load_vectors("hash_kdf");
  for (const json::value& at : list_at(file, "sign")) {
    const crypto::SignPair pair = crypto::sign_pair(key_at(at, "seed"));
    expect_bytes(pair.key.view(), at, "key");
    expect_bytes(crypto::sign(pair, text_at(at, "domain"), bytes_at(at, "x")).view(), at,
                 "signature");
  }
  for (const json::value& at : list_at(file, "verify")) {
    const Bytes signature = bytes_at(at, "signature");
    const bool valid = signature.size() == Signature::size &&
                       crypto::verify(fixed_at<SignKey>(at, "key"), text_at(at, "domain"),
                                      bytes_at(at, "x"), Signature::from(signature));
    EXPECT_EQ(valid, at.at("valid").as_bool()) << what_of(at);
  }
}

TEST(Vectors, SealingAndAgreement) {
  const json::value file = load_vectors("hash_kdf");
  for (const json::value& at : list_at(file, "aead")) {
    crypto::AeadNonce nonce;
    const Bytes bytes = bytes_at(at, "nonce");
    std::copy(bytes.begin(), bytes.end(), nonce.begin());
    expect_bytes(
        crypto::aead_seal(key_at(at, "key"), nonce, bytes_at(at, "aad"), bytes_at(at, "plain")), at,
        "sealed");
  }
  for (const json::value& at : list_at(file, "agree")) {
    const auto shared =
        crypto::exchange(crypto::seal_pair(key_at(at, "secret")), fixed_at<SealKey>(at, "key"));
    EXPECT_EQ(shared.has_value(), !at.at("shared").is_null());
    if (shared) expect_bytes(shared->reveal(), at, "shared");
  }
}

Errc open_box(const json::value& at, Key& out) {
  const Bytes box = bytes_at(at, "box");
  if (box.size() != KeyBox::size) return Errc::box_bad;
  Result<Key> opened = crypto::open_key_box(crypto::seal_pair(key_at(at, "to_secret")),
                                            bytes_at(at, "aad"), KeyBox::from(box));
  const Errc error = error_of(opened);
  if (opened) out = std::move(*opened);
  return error;
}

TEST(Vectors, Boxes) {
  const json::value file = load_vectors("hash_kdf");
  Key key;
  for (const json::value& at : list_at(file, "box")) {
    if (bytes_at(at, "plain").size() != 32) continue;
    EXPECT_EQ(open_box(at, key), Errc::none);
    expect_bytes(key.reveal(), at, "plain");
  }
  for (const json::value& at : list_at(file, "box_refused")) expect_error(at, open_box(at, key));
}

TEST(Vectors, Devices) {
  const json::value file = load_vectors("device");
  for (const json::value& at : list_at(file, "devices")) {
    const DeviceKeys device = device_at(at);
    expect_bytes(device.self.id.view(), at, "id");
    expect_bytes(device.self.sign_key.view(), at, "sign_key");
    expect_bytes(device.self.seal_key.view(), at, "seal_key");
    expect_bytes(device.self.card, at, "card");
    EXPECT_TRUE(take_device_card(device.self.card).ok());
  }
  for (const json::value& at : list_at(file, "refused")) {
    expect_error(at, error_of(take_device_card(bytes_at(at, "card"))));
  }
}

TEST(Vectors, ShopCards) {
  const json::value file = load_vectors("shop_card");
  const ShopId shop = fixed_at<ShopId>(file, "shop");
  const DeviceKeys desk = device_at(file.at("desk"));
  const crypto::SignPair root = crypto::sign_pair(key_at(file, "root_seed"));
  const json::value& certificate = file.at("desk_certificate");
  expect_bytes(make_desk_certificate(root, fixed_at<SignKey>(certificate, "desk_key"),
                                     number_at(certificate, "issued_ms"),
                                     number_at(certificate, "not_after_ms")),
               certificate, "signed");
  for (const json::value& at : list_at(file, "teams")) {
    expect_bytes(crypto::seal_pair(key_at(at, "secret")).key.view(), at, "key");
    expect_bytes(team_id_of(number_at(at, "version"), fixed_at<SealKey>(at, "key")).view(), at,
                 "id");
  }
  for (const json::value& at : list_at(file, "cards")) {
    const Bytes card = bytes_at(at, "signed");
    const Result<ShopInfo> taken = take_shop_card(shop, card);
    ASSERT_TRUE(taken.ok());
    EXPECT_EQ(taken->version, number_at(at.at("fields"), "version"));
    expect_bytes(make_shop_card(desk, bytes_at(certificate, "signed"), *taken), at, "signed");
    expect_bytes(crypto::hash("shopbell card hash v1", {card}).view(), at, "card_hash");
  }
  for (const json::value& at : list_at(file, "accepted")) {
    EXPECT_EQ(error_of(take_shop_card(shop, bytes_at(at, "card"))), Errc::none) << what_of(at);
  }
  for (const json::value& at : list_at(file, "refused")) {
    expect_error(at, error_of(take_shop_card(shop, bytes_at(at, "card"))));
  }
  for (const json::value& at : list_at(file, "versions")) {
    const Result<ShopInfo> known = take_shop_card(shop, bytes_at(at, "known"));
    const Result<ShopInfo> next = take_shop_card(shop, bytes_at(at, "next"));
    ASSERT_TRUE(known && next) << what_of(at);
    bool unchanged = false;
    const Status status = compare_shop_cards(*known, *next, unchanged);
    expect_error(at, status.error());
    EXPECT_EQ(status.ok() && !unchanged, at.at("adopt").as_bool()) << what_of(at);
  }
}

ShopInfo shop_info_of(const ShopId& shop, BytesView card) {
  Result<ShopInfo> info = take_shop_card(shop, card);
  EXPECT_TRUE(info.ok());
  return info ? std::move(*info) : ShopInfo();
}

TEST(Vectors, AgentCertificates) {
  const json::value file = load_vectors("agent_certificate");
  const ShopId shop = fixed_at<ShopId>(file, "shop");
  const ShopInfo info = shop_info_of(shop, bytes_from(list_at(file, "cards")[0]));
  const json::value& fields = file.at("fields");
  expect_bytes(
      make_agent_certificate(device_at(file.at("desk")), shop, fixed_at<DeviceId>(fields, "device"),
                             number_at(fields, "role"), number_at(fields, "issued_ms"),
                             number_at(fields, "not_after_ms")),
      file, "signed");
  const auto certificate = take_agent_certificate(info, bytes_at(file, "signed"));
  ASSERT_TRUE(certificate.ok());
  EXPECT_EQ(certificate->person, certificate->device);
  const json::value& further = file.at("further");
  const json::value& names = further.at("fields");
  const DeviceId person = fixed_at<DeviceId>(names, "person");
  expect_bytes(
      make_agent_certificate(device_at(file.at("desk")), shop, fixed_at<DeviceId>(names, "device"),
                             number_at(names, "role"), number_at(names, "issued_ms"),
                             number_at(names, "not_after_ms"), person),
      further, "signed");
  EXPECT_EQ(take_agent_certificate(info, bytes_at(further, "signed"))->person, person);
  for (const json::value& at : list_at(file, "refused")) {
    expect_error(at, error_of(take_agent_certificate(info, bytes_at(at, "signed"))));
  }
  for (const json::value& at : list_at(file, "validity")) {
    const ShopInfo newest = shop_info_of(shop, bytes_at(at, "card"));
    expect_error(at, check_certificate(newest, *certificate, number_at(at, "at_ms"),
                                       number_at(at, "team_version"))
                         .error());
  }
}

TEST(Vectors, HandoverAndInvitation) {
  const json::value file = load_vectors("handover");
  const ShopId shop = fixed_at<ShopId>(file, "shop");
  const Result<Key> opened =
      open_handover(device_at(file.at("device")), shop, number_at(file.at("team"), "version"),
                    fixed_at<KeyBox>(file, "box"));
  ASSERT_TRUE(opened.ok());
  expect_bytes(opened->reveal(), file.at("team"), "secret");
  for (const json::value& at : list_at(file, "refused")) {
    expect_error(at,
                 error_of(open_handover(device_at(at.at("device")), shop, number_at(at, "version"),
                                        fixed_at<KeyBox>(at, "box"))));
  }
  const json::value invitation = load_vectors("invitation");
  const Key secret = key_at(invitation, "secret");
  const Key key = invitation_key_of(secret, fixed_at<ShopId>(invitation, "shop"));
  expect_bytes(invitation_id_of(secret).view(), invitation, "invitation_id");
  expect_bytes(key.reveal(), invitation, "key");
  for (const json::value* at : {&invitation, &invitation.at("other_device")}) {
    expect_bytes(enrol_mac(key, fixed_at<DeviceId>(*at, "device"), shop).view(), *at, "mac");
  }
}

TEST(Vectors, Links) {
  const json::value file = load_vectors("link");
  const Key secret = key_at(file, "secret");
  const Key key = link_key_of(secret, fixed_at<ShopId>(file, "shop"));
  expect_bytes(key.reveal(), file, "key");
  const json::value& other = file.at("other_shop");
  expect_bytes(link_key_of(secret, fixed_at<ShopId>(other, "shop")).reveal(), other, "key");
  for (const json::value& at : list_at(file, "uses")) {
    const LinkNames names{fixed_at<DeviceId>(at, "host"), fixed_at<DeviceId>(at, "guest"),
                          fixed_at<Hash>(at, "nonce")};
    expect_bytes(link_mac(key, names).view(), at, "mac");
    EXPECT_EQ(link_digits(key, names), number_at(at, "digits"));
    const Bytes request = codec::encode(wire::LinkRequest{link_mac(key, names), names.nonce});
    expect_bytes(request, at, "request");
  }
}

TEST(Vectors, Bodies) {
  const json::value file = load_vectors("body");
  for (const json::value& at : list_at(file, "padding")) {
    EXPECT_EQ(padded_size(number_at(at, "length")), number_at(at, "padded"));
  }
  const auto open = [](const json::value& at, Result<Inner>& out) {
    const Bytes header_bytes = bytes_at(at, "header_bytes");
    const Bytes body = bytes_at(at, "body");
    const auto header = codec::decode<wire::Header>(header_bytes);
    ASSERT_TRUE(header.ok()) << what_of(at);
    OpenEnvelope envelope;
    envelope.header = *header;
    envelope.header_bytes = header_bytes;
    envelope.body = body;
    out = open_body(key_at(at, "epoch_key"), envelope);
  };
  for (const json::value& at : list_at(file, "bodies")) {
    Result<Inner> inner(Errc::none);
    open(at, inner);
    ASSERT_TRUE(inner.ok()) << what_of(at);
    expect_bytes(codec::encode(inner->body), at, "inner_bytes");
    expect_bytes(inner->plain, at, "plain");
  }
  for (const json::value& at : list_at(file, "opened")) {
    Result<Inner> inner(Errc::none);
    open(at, inner);
    EXPECT_TRUE(inner.ok()) << what_of(at);
  }
  for (const json::value& at : list_at(file, "refused")) {
    Result<Inner> inner(Errc::none);
    open(at, inner);
    expect_error(at, error_of(inner));
  }
}

TEST(Vectors, Marks) {
  const json::value file = load_vectors("mark");
  const DeviceKeys device = device_at(file.at("device"));
  for (const json::value& at : list_at(file, "marks")) {
    const json::value& fields = at.at("fields");
    wire::MarkBody mark;
    mark.log = fixed_at<LogId>(fields, "log");
    mark.device = fixed_at<DeviceId>(fields, "device");
    mark.kind = number_at(fields, "kind");
    mark.seq = number_at(fields, "seq");
    mark.chain = fixed_at<Hash>(fields, "chain");
    expect_bytes(make_mark(device, mark), at, "signed");
    EXPECT_TRUE(take_mark(device.self.sign_key, bytes_at(at, "signed")).ok());
  }
  for (const json::value& at : list_at(file, "refused")) {
    expect_error(at, error_of(take_mark(device.self.sign_key, bytes_at(at, "signed"))));
  }
}

TEST(Vectors, Checkpoints) {
  const json::value file = load_vectors("checkpoint");
  const crypto::SignPair relay = crypto::sign_pair(key_at(file, "relay_seed"));
  const json::value& fields = file.at("fields");
  wire::CheckpointBody body;
  body.shop = fixed_at<ShopId>(fields, "shop");
  body.log = fixed_at<LogId>(fields, "log");
  body.seq = number_at(fields, "seq");
  body.chain = fixed_at<Hash>(fields, "chain");
  body.time_ms = number_at(fields, "time_ms");
  body.generation = number_at(fields, "generation");
  expect_bytes(make_checkpoint(relay, body), file, "signed");
  EXPECT_TRUE(take_checkpoint(relay.key, bytes_at(file, "signed")).ok());
  for (const json::value& at : list_at(file, "refused")) {
    expect_error(at, error_of(take_checkpoint(relay.key, bytes_at(at, "signed"))));
  }
}

TEST(Vectors, Hello) {
  const json::value file = load_vectors("hello");
  for (const json::value& at : list_at(file, "hosts")) {
    EXPECT_EQ(dialled_host(text_at(at, "url")), text_at(at, "host")) << text_at(at, "url");
  }
  const DeviceKeys device = device_at(file.at("device"));
  const Bytes bytes = bytes_at(file, "proof_bytes");
  const auto proof = codec::decode<wire::HelloProof>(bytes);
  ASSERT_TRUE(proof.ok());
  EXPECT_EQ(std::string(proof->host), text_at(file.at("proof"), "host"));
  EXPECT_EQ(proof->term, number_at(file.at("proof"), "term"));
  expect_bytes(sign_hello(device, *proof).view(), file, "signature");
  for (const json::value& at : list_at(file, "refused")) {
    const Bytes other = bytes_at(at, "proof_bytes");
    const auto refused = codec::decode<wire::HelloProof>(other);
    ASSERT_TRUE(refused.ok()) << what_of(at);
    EXPECT_FALSE(verify_hello(device.self.sign_key, *refused, fixed_at<Signature>(at, "signature")))
        << what_of(at);
  }
}

TEST(Vectors, Welcome) {
  const json::value file = load_vectors("welcome");
  const crypto::SignPair relay = crypto::sign_pair(key_at(file, "relay_seed"));
  const Bytes bytes = bytes_at(file, "proof_bytes");
  const auto proof = codec::decode<wire::WelcomeProof>(bytes);
  ASSERT_TRUE(proof.ok());
  EXPECT_EQ(proof->time_ms, number_at(file.at("proof"), "time_ms"));
  expect_bytes(sign_welcome(relay, *proof).view(), file, "signature");
  for (const json::value& at : list_at(file, "refused")) {
    const Bytes other = bytes_at(at, "proof_bytes");
    const auto refused = codec::decode<wire::WelcomeProof>(other);
    ASSERT_TRUE(refused.ok()) << what_of(at);
    EXPECT_FALSE(verify_welcome(relay.key, *refused, fixed_at<Signature>(at, "signature")))
        << what_of(at);
  }
  const ShopInfo info = shop_info_of(fixed_at<ShopId>(file, "shop"), bytes_at(file, "card"));
  for (const json::value& at : list_at(file, "named")) {
    EXPECT_EQ(info.has_relay_key(fixed_at<SignKey>(at, "key"), number_at(at, "at_ms")),
              at.at("named").as_bool())
        << what_of(at);
  }
}

TEST(Vectors, LogSignals) {
  const json::value file = load_vectors("signal");
  const DeviceKeys device = device_at(file.at("device"));
  const Key epoch_key = key_at(file, "epoch_key");
  const json::value& fields = file.at("fields");
  for (const json::value& at : list_at(file, "signals")) {
    wire::LogSignal signal;
    signal.log = fixed_at<LogId>(fields, "log");
    signal.author = fixed_at<DeviceId>(fields, "author");
    signal.session = fixed_at<Hash>(fields, "session");
    signal.counter = number_at(fields, "counter");
    signal.expires_ms = number_at(fields, "expires_ms");
    signal.epoch = number_at(fields, "epoch");
    wire::SignalContent content;
    content.kind = number_at(at.at("content"), "kind");
    content.on = at.at("content").at("on").as_bool();
    expect_bytes(make_log_signal(device, epoch_key, signal, content), at, "signed");
    const auto opened = open_log_signal(device.self.sign_key, epoch_key, bytes_at(at, "signed"));
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ(opened->on, content.on);
  }
  for (const json::value& at : list_at(file, "refused")) {
    expect_error(
        at, error_of(open_log_signal(device.self.sign_key, epoch_key, bytes_at(at, "signed"))));
  }
}

// Both ends of the session of session.json, before any data.
struct SessionEnds {
  json::value file = load_vectors("session");
  DeviceKeys a = device_at(file.at("a"));
  DeviceKeys b = device_at(file.at("b"));
  Hash nonce_a = fixed_at<Hash>(file, "nonce_a");
  Session at_a;
  Session at_b;

  SessionEnds() {
    const Bytes open = Session::make_open(a, b.self.id, bytes_at(file, "certificate"), nonce_a,
                                          number_at(file, "time_ms"));
    expect_bytes(open, file, "open");
    const auto opened = Session::take_open(b, open);
    EXPECT_EQ(error_of(opened), Errc::none);
    Bytes answer;
    auto accepted = Session::accept(b, *opened, fixed_at<Hash>(file, "nonce_b"), answer);
    EXPECT_EQ(error_of(accepted), Errc::none);
    expect_bytes(answer, file, "accept");
    auto taken = Session::accept_at_opener(a, b.self, nonce_a, answer);
    EXPECT_EQ(error_of(taken), Errc::none);
    at_a = std::move(*taken);
    at_b = std::move(*accepted);
  }
};

TEST(Vectors, Sessions) {
  SessionEnds ends;
  std::uint64_t sent[3] = {};
  for (const json::value& at : list_at(ends.file, "data")) {
    const std::uint64_t direction = number_at(at, "direction");
    const bool from_a = direction == 1;
    Session& from = from_a ? ends.at_a : ends.at_b;
    Session& to = from_a ? ends.at_b : ends.at_a;
    const DeviceKeys& author = from_a ? ends.a : ends.b;
    // The file shows some counters only; what lies between is passed on as well.
    while (++sent[direction] < number_at(at, "counter")) {
      ASSERT_TRUE(to.open(from.seal(author, wire::SessionMessage())).ok());
    }
    const Bytes message_bytes = bytes_at(at, "message_bytes");
    const auto message = codec::decode<wire::SessionMessage>(message_bytes);
    ASSERT_TRUE(message.ok());
    const Bytes data = from.seal(author, *message);
    expect_bytes(data, at, "bytes");
    const auto opened = to.open(data);
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ(codec::encode(opened->message), message_bytes);
  }
}

TEST(Vectors, SessionsRefused) {
  SessionEnds ends;
  for (const json::value& at : list_at(ends.file, "open_refused")) {
    expect_error(at, error_of(Session::take_open(ends.b, bytes_at(at, "signed"))));
  }
  for (const json::value& at : list_at(ends.file, "accept_refused")) {
    expect_error(at, error_of(Session::accept_at_opener(ends.a, ends.b.self, ends.nonce_a,
                                                        bytes_at(at, "signed"))));
  }
  for (const json::value& at : list_at(ends.file, "data_refused")) {
    expect_error(at, error_of(ends.at_b.open(bytes_at(at, "bytes"))));
  }
}

}  // namespace
}  // namespace shopbell
