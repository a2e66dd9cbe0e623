#include "fixtures.h"

namespace shopbell {
namespace {

using testing::day_ms;
using testing::device_of;
using testing::error_of;
using testing::filled;
using testing::key_of;
using testing::LogWriter;
using testing::MainLog;
using testing::make_rng;
using testing::now_ms;
using testing::Shop;
using testing::write_genesis;

OpenEnvelope opened(const SignedEnvelope& made) {
  const Result<OpenEnvelope> open = open_envelope(made.bytes);
  EXPECT_EQ(error_of(open), Errc::none);
  return *open;
}

wire::Header message_header(const DeviceKeys& author) {
  wire::Header header;
  header.envelope_class = 1;
  header.log = filled<LogId>(1);
  header.author = author.self.id;
  header.counter = 1;
  header.epoch = 1;
  header.commitment = filled<Hash>(2);
  header.time_ms = now_ms;
  return header;
}

TEST(Chain, EveryPartOfAnEntryCounts) {
  const Hash start = chain_start(filled<ShopId>(1), filled<LogId>(2));
  EXPECT_NE(start, chain_start(filled<ShopId>(2), filled<LogId>(2)));
  EXPECT_NE(start, chain_start(filled<ShopId>(1), filled<LogId>(1)));
  const Hash next = chain_next(start, 1, 5, filled<Hash>(3));
  EXPECT_EQ(next, chain_next(start, 1, 5, filled<Hash>(3)));
  EXPECT_NE(next, chain_next(next, 1, 5, filled<Hash>(3)));
  EXPECT_NE(next, chain_next(start, 2, 5, filled<Hash>(3)));
  EXPECT_NE(next, chain_next(start, 1, 6, filled<Hash>(3)));
  EXPECT_NE(next, chain_next(start, 1, 5, filled<Hash>(4)));
}

TEST(Chain, EntriesThatChangePlacesGiveAnotherChain) {
  const Hash start = chain_start(filled<ShopId>(1), filled<LogId>(2));
  const Hash a = filled<Hash>(3);
  const Hash b = filled<Hash>(4);
  EXPECT_NE(chain_next(chain_next(start, 1, 5, a), 2, 5, b),
            chain_next(chain_next(start, 1, 5, b), 2, 5, a));
}

TEST(Envelope, OpensAsItWasMade) {
  const DeviceKeys author = device_of(1);
  const SignedEnvelope made = make_envelope(author, message_header(author), as_bytes("body"));
  const OpenEnvelope open = opened(made);
  EXPECT_EQ(open.header.counter, 1u);
  EXPECT_EQ(open.header.body_length, 4u);
  EXPECT_EQ(as_text(open.body), "body");
  EXPECT_EQ(open.hash, made.hash);
  EXPECT_TRUE(verify_envelope(author.self.sign_key, open));
  EXPECT_FALSE(verify_envelope(device_of(2).self.sign_key, open));
}

TEST(Envelope, AnyChangedByteIsRefusedOrFailsItsSignature) {
  const DeviceKeys author = device_of(1);
  const SignedEnvelope made = make_envelope(author, message_header(author), as_bytes("body"));
  testing::damage_everywhere(made.bytes, [&](BytesView bytes) {
    const Result<OpenEnvelope> open = open_envelope(bytes);
    if (!open) return open.error();
    return verify_envelope(author.self.sign_key, *open) ? Errc::none : Errc::bad_signature;
  });
}

TEST(Envelope, RulesOfItsClassAreChecked) {
  const DeviceKeys author = device_of(1);
  const auto with = [&](const std::function<void(wire::Header&)>& change) {
    wire::Header header = message_header(author);
    change(header);
    return error_of(open_envelope(make_envelope(author, header, as_bytes("body")).bytes));
  };
  EXPECT_EQ(with([](wire::Header&) {}), Errc::none);
  EXPECT_EQ(with([](wire::Header& h) { h.envelope_class = 0; }), Errc::envelope_bad);
  EXPECT_EQ(with([](wire::Header& h) { h.envelope_class = 5; }), Errc::envelope_bad);
  EXPECT_EQ(with([](wire::Header& h) { h.envelope_class = 2; }), Errc::envelope_bad);
  EXPECT_EQ(with([](wire::Header& h) { h.counter = 0; }), Errc::envelope_bad);
  EXPECT_EQ(with([](wire::Header& h) { h.epoch = 0; }), Errc::envelope_bad);
  EXPECT_EQ(with([](wire::Header& h) { h.commitment = {}; }), Errc::envelope_bad);
}

TEST(Envelope, LengthAndDigestMustFitTheBody) {
  const DeviceKeys author = device_of(1);
  const SignedEnvelope made = make_envelope(author, message_header(author), as_bytes("body"));
  auto envelope = codec::decode<wire::Envelope>(made.bytes);
  for (std::string_view body : {"bode", "body!", ""}) {
    envelope->body = as_bytes(body);
    EXPECT_EQ(error_of(open_envelope(codec::encode(*envelope))), Errc::envelope_bad) << body;
  }
}

TEST(Envelope, SizesAreLimited) {
  const DeviceKeys author = device_of(1);
  const auto of_size = [&](std::size_t size) {
    return error_of(
        open_envelope(make_envelope(author, message_header(author), Bytes(size, 1)).bytes));
  };
  EXPECT_EQ(of_size(limits::body_bytes_max), Errc::none);
  EXPECT_EQ(of_size(limits::body_bytes_max + 1), Errc::too_large);
  EXPECT_EQ(of_size(limits::envelope_bytes_max), Errc::too_large);
  wire::Envelope envelope;
  const Bytes header(limits::header_bytes_max + 1, 1);
  envelope.header = header;
  EXPECT_EQ(error_of(open_envelope(codec::encode(envelope))), Errc::too_large);
}

TEST(Counters, AreDenseAndNameTheOneBefore) {
  const Shop shop;
  MainLog log(shop);
  LogWriter at_one = log.writer;
  const auto header_with = [&](std::uint64_t counter, const Hash& previous) {
    return log.fold
        .check_counter(opened(at_one.write(shop.customer, EnvelopeClass::message, as_bytes("x"),
                                           [&](wire::Header& header) {
                                             header.counter = counter;
                                             header.previous = previous;
                                             header.epoch = 1;
                                             header.commitment = filled<Hash>(1);
                                           })))
        .error();
  };
  const Hash first = log.writer.last[shop.customer.self.id].second;
  EXPECT_EQ(header_with(2, first), Errc::none);
  EXPECT_EQ(header_with(1, {}), Errc::id_taken);
  EXPECT_EQ(header_with(3, first), Errc::counter_gap);
  EXPECT_EQ(header_with(~std::uint64_t{0}, first), Errc::counter_gap);
  EXPECT_EQ(header_with(2, {}), Errc::chain_broken);
  EXPECT_EQ(header_with(2, filled<Hash>(1)), Errc::chain_broken);
}

TEST(Counters, OfTheDeskAreCountedWithoutAJoin) {
  const Shop shop;
  MainLog log(shop);
  for (std::uint64_t counter = 1; counter <= 3; ++counter) {
    const SignedEnvelope made = log.writer.write(shop.desk, EnvelopeClass::grant, as_bytes("x"));
    const OpenEnvelope open = opened(made);
    EXPECT_EQ(log.fold.check_counter(open).error(), Errc::none);
    log.fold.advance(open);
    EXPECT_EQ(log.fold.check_counter(open).error(), Errc::id_taken);
    EXPECT_EQ(log.fold.find(shop.desk.self.id)->counter, counter);
  }
  EXPECT_EQ(log.fold.find(shop.desk.self.id)->device.sign_key, shop.desk.self.sign_key);
}

TEST(Genesis, BeginsTheFold) {
  const Shop shop;
  const MainLog log(shop);
  EXPECT_TRUE(log.fold.started());
  EXPECT_EQ(log.fold.kind(), LogKind::main);
  EXPECT_EQ(log.fold.log(), log.writer.log);
  EXPECT_EQ(log.fold.creator(), shop.customer.self.id);
  const DeviceId& customer = shop.customer.self.id;
  EXPECT_TRUE(log.fold.may_write(shop.info, customer));
  EXPECT_TRUE(log.fold.may_read(shop.info, customer, false));
  EXPECT_EQ(log.fold.class_of(shop.info, customer, now_ms), AuthorClass::customer);
  EXPECT_EQ(log.fold.class_of(shop.info, shop.desk.self.id, now_ms), AuthorClass::desk);
  EXPECT_EQ(log.fold.class_of(shop.info, shop.agent.self.id, now_ms), AuthorClass::stranger);
  EXPECT_EQ(log.fold.device_of(shop.info, customer)->sign_key, shop.customer.self.sign_key);
  EXPECT_EQ(log.fold.device_of(shop.info, shop.stranger.self.id), nullptr);
}

// The genesis as `change` leaves it, taken by an empty fold.
Errc genesis_with(const Shop& shop, const DeviceKeys& creator,
                  const std::function<void(wire::MemberBody&)>& change,
                  const std::function<void(wire::Header&)>& change_header = {},
                  std::uint64_t seq = 1) {
  wire::MemberBody body;
  body.kind = 1;
  body.log_kind = 1;
  body.shop = shop.id;
  body.random = filled<Hash>(42);
  body.card = creator.self.card;
  LogWriter writer;
  writer.log = log_id_of(shop.id, creator.self.id, body.random);
  change(body);
  const SignedEnvelope made =
      writer.write(creator, EnvelopeClass::member, codec::encode(body), change_header);
  Fold fold;
  const Errc error = fold.apply_member(shop.info, opened(made), seq, now_ms).error();
  EXPECT_EQ(fold.started(), error == Errc::none) << "the state is unchanged on an error";
  return error;
}

TEST(Genesis, EachBreachHasItsName) {
  const Shop shop;
  const auto with = [&](const std::function<void(wire::MemberBody&)>& change) {
    return genesis_with(shop, shop.customer, change);
  };
  const auto nothing = [](wire::MemberBody&) {};
  EXPECT_EQ(with(nothing), Errc::none);
  EXPECT_EQ(with([](auto& body) { body.shop = filled<ShopId>(1); }), Errc::wrong_shop);
  EXPECT_EQ(with([](auto& body) { body.random = filled<Hash>(1); }), Errc::envelope_bad);
  EXPECT_EQ(with([](auto& body) { body.log_kind = 0; }), Errc::envelope_bad);
  EXPECT_EQ(with([](auto& body) { body.log_kind = 4; }), Errc::envelope_bad);
  EXPECT_EQ(with([](auto& body) { body.log_kind = 3; }), Errc::not_a_member);
  EXPECT_EQ(with([](auto& body) { body.log_kind = 2; }), Errc::envelope_bad) << "no main log";
  EXPECT_EQ(with([](auto& body) { body.main_log = filled<LogId>(1); }), Errc::envelope_bad);
  EXPECT_EQ(with([](auto& body) { body.device = filled<DeviceId>(1); }), Errc::envelope_bad);
  EXPECT_EQ(with([](auto& body) { body.kind = 3; }), Errc::class_refused);
  EXPECT_EQ(with([](auto& body) { body.kind = 4; }), Errc::envelope_bad);
  EXPECT_EQ(with([&](auto& body) { body.card = shop.agent.self.card; }), Errc::not_a_member);
  EXPECT_NE(with([&](auto& body) { body.card = {}; }), Errc::none);
  EXPECT_EQ(genesis_with(shop, shop.customer, nothing, {}, 2), Errc::envelope_bad);
  EXPECT_EQ(genesis_with(shop, shop.customer, nothing, [](auto& header) { header.counter = 2; }),
            Errc::envelope_bad);
  EXPECT_EQ(
      genesis_with(shop, shop.customer, nothing, [](auto& header) { header.envelope_class = 2; }),
      Errc::envelope_bad);
}

TEST(Genesis, OfTeamAndShopLogsIsTheDesks) {
  const Shop shop;
  for (LogKind kind : {LogKind::team, LogKind::shop}) {
    const auto change = [&](wire::MemberBody& body) {
      body.log_kind = static_cast<std::uint64_t>(kind);
      if (kind == LogKind::team) body.main_log = filled<LogId>(1);
    };
    EXPECT_EQ(genesis_with(shop, shop.desk, change), Errc::none);
    EXPECT_EQ(genesis_with(shop, shop.customer, change), Errc::not_a_member);
  }
}

TEST(Genesis, OfAForgerFailsItsSignature) {
  const Shop shop;
  LogWriter writer;
  SignedEnvelope made = write_genesis(writer, shop.id, shop.customer);
  auto envelope = codec::decode<wire::Envelope>(made.bytes);
  envelope->signature.data[0] ^= 1;
  made.bytes = codec::encode(*envelope);
  Fold fold;
  EXPECT_EQ(fold.apply_member(shop.info, opened(made), 1, now_ms).error(), Errc::bad_signature);
  EXPECT_FALSE(fold.started());
}

TEST(Join, LetsACertifiedDeviceWrite) {
  const Shop shop;
  MainLog log(shop);
  const DeviceId& agent = shop.agent.self.id;
  EXPECT_FALSE(log.fold.may_write(shop.info, agent));
  EXPECT_TRUE(log.fold.may_read(shop.info, agent, true));
  EXPECT_FALSE(log.fold.may_read(shop.info, agent, false));
  log.apply(shop, log.join(shop.agent, shop.certificate(shop.agent)), 2);
  EXPECT_TRUE(log.fold.may_write(shop.info, agent));
  EXPECT_EQ(log.fold.class_of(shop.info, agent, now_ms), AuthorClass::shop);
  EXPECT_EQ(log.fold.class_of(shop.info, agent, now_ms + 31 * day_ms), AuthorClass::stranger)
      << "after the certificate's end";
  EXPECT_EQ(log.fold.find(agent)->counter, 1u);
}

TEST(Join, OfARevokedDeviceNoLongerCounts) {
  Shop shop;
  MainLog log(shop);
  log.apply(shop, log.join(shop.agent, shop.certificate(shop.agent)), 2);
  shop.info.revoked.push_back(shop.agent.self.id);
  EXPECT_FALSE(log.fold.may_write(shop.info, shop.agent.self.id));
  EXPECT_FALSE(log.fold.may_read(shop.info, shop.agent.self.id, true));
  EXPECT_EQ(log.fold.class_of(shop.info, shop.agent.self.id, now_ms), AuthorClass::stranger);
}

TEST(Join, EachBreachHasItsName) {
  Shop shop;
  MainLog log(shop);
  const auto join = [&](const DeviceKeys& device, BytesView certificate,
                        std::uint64_t at_ms = now_ms, std::uint64_t seq = 2) {
    LogWriter writer = log.writer;
    const SignedEnvelope made =
        writer.write(device, EnvelopeClass::member, make_join_body(device.self, certificate));
    Fold fold = log.fold;
    return fold.apply_member(shop.info, opened(made), seq, at_ms).error();
  };
  const Bytes good = shop.certificate(shop.agent);
  EXPECT_EQ(join(shop.agent, good), Errc::none);
  EXPECT_EQ(join(shop.agent, {}), Errc::not_certified);
  EXPECT_EQ(join(shop.stranger, good), Errc::not_certified) << "another's certificate";
  EXPECT_EQ(join(shop.agent, good, now_ms + 31 * day_ms), Errc::certificate_ended);
  EXPECT_EQ(join(shop.agent, good, now_ms, 1), Errc::envelope_bad);
  EXPECT_EQ(join(shop.agent, as_bytes("?")), Errc::malformed);
  const DeviceKeys other_desk = device_of(99);
  EXPECT_EQ(join(shop.agent, make_agent_certificate(other_desk, shop.id, shop.agent.self.id, 2,
                                                    now_ms, now_ms + day_ms)),
            Errc::bad_signature);
  EXPECT_EQ(
      join(shop.agent, make_agent_certificate(shop.desk, filled<ShopId>(1), shop.agent.self.id, 2,
                                              now_ms, now_ms + day_ms)),
      Errc::wrong_shop);
  shop.info.revoked.push_back(shop.agent.self.id);
  EXPECT_EQ(join(shop.agent, good), Errc::certificate_revoked);
}

TEST(Join, AgainKeepsTheCounter) {
  const Shop shop;
  MainLog log(shop);
  log.apply(shop, log.join(shop.agent, shop.certificate(shop.agent)), 2);
  log.apply(shop, log.join(shop.agent, shop.certificate(shop.agent)), 3);
  EXPECT_EQ(log.fold.find(shop.agent.self.id)->counter, 2u);
}

TEST(ShopLog, OnlyTheDeskWrites) {
  const Shop shop;
  LogWriter writer;
  const SignedEnvelope genesis = write_genesis(writer, shop.id, shop.desk, LogKind::shop);
  Fold fold;
  ASSERT_TRUE(fold.apply_member(shop.info, opened(genesis), 1, now_ms).ok());
  const SignedEnvelope join =
      writer.write(shop.agent, EnvelopeClass::member,
                   make_join_body(shop.agent.self, shop.certificate(shop.agent)));
  EXPECT_EQ(fold.apply_member(shop.info, opened(join), 2, now_ms).error(), Errc::not_a_member);
  EXPECT_TRUE(fold.may_write(shop.info, shop.desk.self.id));
  EXPECT_FALSE(fold.may_write(shop.info, shop.agent.self.id));
  EXPECT_TRUE(fold.may_read(shop.info, shop.agent.self.id, true));
  EXPECT_FALSE(fold.may_read(shop.info, shop.customer.self.id, false));
}

TEST(Fold, IsTheSameAfterSavingAndLoading) {
  const Shop shop;
  MainLog log(shop);
  log.apply(shop, log.join(shop.agent, shop.certificate(shop.agent)), 2);
  const Bytes saved = log.fold.save();
  const Result<Fold> loaded = Fold::load(saved);
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded->save(), saved);
  EXPECT_EQ(loaded->log(), log.fold.log());
  EXPECT_EQ(loaded->authors().size(), 3u);
  EXPECT_TRUE(loaded->may_write(shop.info, shop.agent.self.id));
  EXPECT_EQ(loaded->find(shop.agent.self.id)->device.seal_key, shop.agent.self.seal_key);
  EXPECT_EQ(loaded->find(shop.customer.self.id)->last, log.fold.find(shop.customer.self.id)->last);
  EXPECT_FALSE(Fold::load(Fold().save())->started());
  for (std::size_t size = 1; size < saved.size(); ++size) {
    const Result<Fold> part = Fold::load(BytesView(saved).first(size));
    EXPECT_TRUE(!part || part->save().size() == size) << size;
  }
}

TEST(Fold, what_was_said_before_a_withdrawal_stays_the_shops) {
  Shop shop;
  MainLog log(shop);
  log.apply(shop, log.join(shop.agent, shop.certificate(shop.agent)), 2);
  const DeviceId agent = shop.agent.self.id;
  shop.info.withdrawals.push_back({agent, now_ms + day_ms, 2});
  for (const std::uint64_t ms : {now_ms, now_ms + 2 * day_ms}) {
    EXPECT_EQ(log.fold.class_of(shop.info, agent, ms, 1), AuthorClass::shop)
        << "whatever the clock";
    EXPECT_EQ(log.fold.class_of(shop.info, agent, ms, 2), AuthorClass::stranger);
  }
  EXPECT_EQ(log.fold.void_at(shop.info, agent, 1), Errc::none);
  EXPECT_EQ(log.fold.void_at(shop.info, agent, 2), Errc::certificate_revoked);
  EXPECT_TRUE(log.fold.may_write(shop.info, agent, 1));
  EXPECT_FALSE(log.fold.may_write(shop.info, agent, 2));
  EXPECT_FALSE(log.fold.may_write(shop.info, agent)) << "from now on";
}

TEST(Fold, a_later_certificate_is_not_withdrawn_and_the_former_words_stay_the_shops) {
  Shop shop;
  MainLog log(shop);
  const DeviceId agent = shop.agent.self.id;
  log.apply(shop, log.join(shop.agent, shop.certificate(shop.agent)), 2);
  shop.info.withdrawals.push_back({agent, now_ms, 2});
  const Bytes later = make_agent_certificate(shop.desk, shop.id, agent, 2, now_ms + 5 * day_ms,
                                             now_ms + 35 * day_ms);
  const SignedEnvelope again = log.join(shop.agent, later);
  const Result<OpenEnvelope> open = open_envelope(again.bytes);
  ASSERT_EQ(log.fold.apply_member(shop.info, *open, 3, now_ms + 5 * day_ms, 2).error(), Errc::none);
  EXPECT_TRUE(log.fold.may_write(shop.info, agent));
  const Result<Fold> kept = Fold::load(log.fold.save());
  ASSERT_TRUE(kept.ok());
  for (const Fold& fold : {log.fold, *kept}) {
    EXPECT_EQ(fold.class_of(shop.info, agent, now_ms, 1), AuthorClass::shop);
    EXPECT_EQ(fold.class_of(shop.info, agent, now_ms + 2 * day_ms, 2), AuthorClass::stranger);
    EXPECT_EQ(fold.class_of(shop.info, agent, now_ms + 6 * day_ms, 2), AuthorClass::shop);
  }
}

TEST(Fold, an_observer_does_not_join) {
  Shop shop;
  MainLog log(shop);
  const Bytes observer =
      make_agent_certificate(shop.desk, shop.id, shop.agent.self.id, 3, now_ms, now_ms + day_ms);
  const SignedEnvelope join = log.join(shop.agent, observer);
  const Result<OpenEnvelope> open = open_envelope(join.bytes);
  EXPECT_EQ(log.fold.apply_member(shop.info, *open, 2, now_ms).error(), Errc::role_refused);
  EXPECT_FALSE(log.fold.may_write(shop.info, shop.agent.self.id));
  EXPECT_TRUE(log.fold.may_read(shop.info, shop.agent.self.id, true));
}

}  // namespace
}  // namespace shopbell
