// The conversation of log.json and the grants of grant.json, replayed as a receiver does it.
#include "receiver.h"
#include "vectors.h"

namespace shopbell {
namespace {

using namespace testing;

struct Conversation {
  json::value file = load_vectors("log");
  Receiver receiver;
  std::vector<ShopInfo> cards;

  Conversation() {
    receiver.shop = fixed_at<ShopId>(file, "shop");
    receiver.log = fixed_at<LogId>(file, "log");
    for (const json::value& card : list_at(file, "cards")) {
      Result<ShopInfo> info = take_shop_card(receiver.shop, bytes_from(card));
      EXPECT_EQ(error_of(info), Errc::none);
      cards.push_back(std::move(*info));
    }
    receiver.chains.push_back(chain_start(receiver.shop, receiver.log));
  }

  const ShopInfo& card_of(const json::value& at) const {
    return cards.at(number_at(at, "card") - 1);
  }
};

std::string class_name(AuthorClass author_class) {
  switch (author_class) {
    case AuthorClass::customer:
      return "customer";
    case AuthorClass::shop:
      return "shop";
    case AuthorClass::desk:
      return "desk";
    case AuthorClass::stranger:
      break;
  }
  return "stranger";
}

void expect_opens(const Conversation& conversation, const json::value& at,
                  const OpenEnvelope& open) {
  if (!at.as_object().contains("epoch")) return;
  const std::uint64_t epoch = number_at(at, "epoch");
  for (const json::value& known : list_at(conversation.file, "epochs")) {
    if (number_at(known, "epoch") != epoch) continue;
    const Key key = key_at(known, "key");
    expect_bytes(commitment_of(open.header.log, epoch, key).view(), known, "commitment");
    const Result<Inner> inner = open_body(key, open);
    ASSERT_TRUE(inner.ok()) << what_of(at);
    expect_bytes(codec::encode(inner->body), at, "inner_bytes");
    return;
  }
  FAIL() << "no key for epoch " << epoch;
}

TEST(Vectors, AConversationIsTakenEntryByEntry) {
  Conversation conversation;
  Receiver& receiver = conversation.receiver;
  const json::value& file = conversation.file;
  EXPECT_EQ(
      log_id_of(receiver.shop, fixed_at<DeviceId>(file, "creator"), fixed_at<Hash>(file, "random")),
      receiver.log);
  expect_bytes(receiver.chains[0].view(), file, "chain_0");
  std::map<std::string, DeviceKeys> devices;
  for (const json::value& at : list_at(file, "devices")) {
    devices.emplace(text_at(at, "name"), device_at(at));
  }
  for (const json::value& at : list_at(file, "entries")) {
    const Bytes bytes = bytes_at(at, "envelope");
    const ShopInfo& card = conversation.card_of(at);
    OpenEnvelope open;
    ASSERT_EQ(receiver.check(card, number_at(at, "seq"), number_at(at, "time_ms"), bytes, open),
              Errc::none)
        << what_of(at);
    expect_bytes(open.header_bytes, at, "header_bytes");
    expect_bytes(open.hash.view(), at, "envelope_hash");
    const DeviceKeys& author = devices.at(text_at(at, "author"));
    EXPECT_EQ(to_hex(make_envelope(author, open.header, open.body).bytes), to_hex(bytes));
    EXPECT_EQ(class_name(receiver.fold.class_of(card, author.self.id, number_at(at, "time_ms"))),
              text_at(at, "author_class"))
        << what_of(at);
    expect_opens(conversation, at, open);
    receiver.take(card, number_at(at, "time_ms"), open);
    expect_bytes(receiver.chains.back().view(), at, "chain");
  }
}

TEST(Vectors, KeysOfOlderEpochsOpenForWhomTheyAreMade) {
  const Conversation whole;
  std::map<std::string, DeviceKeys> devices;
  for (const json::value& at : list_at(whole.file, "devices")) {
    devices.emplace(text_at(at, "name"), device_at(at));
  }
  for (const json::value& at : list_at(whole.file, "entries")) {
    if (text_at(at, "name") != "keys") continue;
    const Bytes bytes = bytes_at(at, "body");
    const Result<wire::MemberBody> body = codec::decode<wire::MemberBody>(bytes);
    ASSERT_TRUE(body.ok());
    const LogId log = whole.receiver.log;
    const std::vector<EpochKey> keys = open_keys_body(log, devices.at("phone"), *body);
    ASSERT_EQ(keys.size(), 2u);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      EXPECT_EQ(keys[i].epoch, i + 1);
      expect_bytes(keys[i].key.reveal(), list_at(whole.file, "epochs")[i], "key");
    }
    EXPECT_TRUE(open_keys_body(log, devices.at("stranger"), *body).empty());
    return;
  }
  FAIL() << "no keys in the conversation";
}

TEST(Vectors, EveryBreachOfAConversationIsNamed) {
  const Conversation whole;
  for (const json::value& at : list_at(whole.file, "refused")) {
    Conversation conversation;
    Receiver& receiver = conversation.receiver;
    const json::array& entries = list_at(conversation.file, "entries");
    for (std::size_t i = 0; i < number_at(at, "after"); ++i) {
      const Bytes bytes = bytes_at(entries[i], "envelope");
      const std::uint64_t time_ms = number_at(entries[i], "time_ms");
      const ShopInfo& card = conversation.card_of(entries[i]);
      OpenEnvelope open;
      ASSERT_EQ(receiver.check(card, i + 1, time_ms, bytes, open), Errc::none);
      receiver.take(card, time_ms, open);
    }
    OpenEnvelope open;
    const Bytes bytes = bytes_at(at, "envelope");
    expect_error(at, receiver.check(conversation.card_of(at), number_at(at, "seq"),
                                    number_at(at, "time_ms"), bytes, open));
  }
}

TEST(Vectors, TeamAndShopLogsBeginWithTheDesk) {
  Conversation conversation;
  for (const json::value& log : list_at(conversation.file, "desk_logs")) {
    Receiver receiver;
    receiver.shop = conversation.receiver.shop;
    receiver.log = fixed_at<LogId>(log, "log");
    receiver.chains.push_back(chain_start(receiver.shop, receiver.log));
    expect_bytes(receiver.chains[0].view(), log, "chain_0");
    for (const json::value& at : list_at(log, "entries")) {
      const Bytes bytes = bytes_at(at, "envelope");
      const ShopInfo& card = conversation.card_of(at);
      OpenEnvelope open;
      ASSERT_EQ(receiver.check(card, number_at(at, "seq"), number_at(at, "time_ms"), bytes, open),
                Errc::none)
          << what_of(at);
      receiver.take(card, number_at(at, "time_ms"), open);
      expect_bytes(receiver.chains.back().view(), at, "chain");
    }
    EXPECT_EQ(receiver.fold.log(), receiver.log);
    EXPECT_EQ(static_cast<std::uint64_t>(receiver.fold.kind()), number_at(log, "log_kind"));
  }
}

TEST(Vectors, GrantsOpenForWhomTheyName) {
  const json::value file = load_vectors("grant");
  const LogId log = fixed_at<LogId>(file, "log");
  for (const json::value& at : list_at(file, "grants")) {
    const Bytes body = bytes_at(at, "body");
    expect_bytes(commitment_of(log, number_at(at, "epoch"), key_at(at, "key")).view(), at,
                 "commitment");
    for (const json::value& opening : list_at(at, "openings")) {
      const Result<Key> key = open_grant(log, body, fixed_at<Hash>(opening, "recipient"),
                                         crypto::seal_pair(key_at(opening, "secret")));
      ASSERT_TRUE(key.ok());
      expect_bytes(key->reveal(), opening, "key");
    }
  }
  for (const json::value& at : list_at(file, "opening_refused")) {
    const Bytes body = bytes_at(at, "body");
    expect_error(at, error_of(open_grant(log, body, fixed_at<Hash>(at, "recipient"),
                                         crypto::seal_pair(key_at(at, "secret")))));
  }
}

// The shop card that knows these teams, the newest of which is its own.
ShopInfo card_with_teams(const json::value& at, const Device& desk,
                         std::map<std::uint64_t, SealKey>& older) {
  ShopInfo info;
  info.desk = desk;
  for (const json::value& team : list_at(at, "teams")) {
    older[number_at(team, "version")] = fixed_at<SealKey>(team, "key");
  }
  info.team_version = older.rbegin()->first;
  info.team_key = older.rbegin()->second;
  older.erase(info.team_version);
  return info;
}

TEST(Vectors, TheRuleOfGrantsJudgesAlike) {
  const json::value file = load_vectors("grant");
  std::map<std::string, DeviceKeys> devices;
  for (const json::value& at : list_at(file, "devices")) {
    devices.emplace(text_at(at, "name"), device_at(at));
  }
  const DeviceKeys& desk = devices.at("desk");
  const DeviceKeys& customer = devices.at("customer");
  for (const json::value& at : list_at(file, "validity")) {
    std::map<std::uint64_t, SealKey> older;
    ShopInfo info = card_with_teams(at, desk.self, older);
    info.shop = fixed_at<ShopId>(file, "shop");
    // The file's log was begun by its customer; where the desk is alone, the desk has begun one.
    const bool desk_alone = list_at(at, "devices").size() == 1;
    const DeviceKeys& creator = desk_alone ? desk : customer;
    LogWriter writer;
    const SignedEnvelope genesis = write_genesis(writer, info.shop, creator);
    Fold fold;
    const auto opened = open_envelope(genesis.bytes);
    ASSERT_TRUE(opened.ok());
    ASSERT_TRUE(fold.apply_member(info, *opened, 1, now_ms).ok());
    const SignedEnvelope grant = writer.write(creator, EnvelopeClass::grant, bytes_at(at, "body"));
    const auto open = open_envelope(grant.bytes);
    ASSERT_TRUE(open.ok());
    expect_error(at, error_of(check_grant(info, fold, number_at(at, "last_epoch"), older, *open)));
  }
}

}  // namespace
}  // namespace shopbell
