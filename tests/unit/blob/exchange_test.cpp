// One request after the other against a store: what is kept, what is thrown away, who may; tokens,
// checksums and the books.
#include "blob/tus/exchange.h"

#include <gtest/gtest.h>
#include <sodium.h>

namespace shopbell::blob::tus {
namespace {

template <class T>
T filled(std::uint8_t byte) {
  T out;
  out.data.fill(byte);
  return out;
}

constexpr std::uint64_t day_ms = 24ull * 3600 * 1000;
constexpr std::uint64_t now_ms = 1'795'384'620'000;
const Bearer anna{filled<ShopId>(1), filled<DeviceId>(2)};
const Bearer bert{filled<ShopId>(1), filled<DeviceId>(3)};
const BlobId id = filled<BlobId>(9);

Bytes text(std::string_view from) { return to_bytes(as_bytes(from)); }

std::string header(const Answer& answer, std::string_view name) {
  for (const auto& [key, value] : answer.headers) {
    if (key == name) return value;
  }
  return {};
}

// Refuses on request, as a disk does.
class FailingStore : public BlobStore {
 public:
  Errc append_fails = Errc::none;
  Errc sync_fails = Errc::none;
  std::size_t syncs = 0;

  Status create(const BlobId& one, const BlobInfo& info) override {
    return inner_->create(one, info);
  }
  Result<BlobInfo> find(const BlobId& one) override { return inner_->find(one); }
  Result<std::unique_ptr<BlobWriter>> open_writer(const BlobId& one) override {
    auto inner = inner_->open_writer(one);
    if (!inner) return inner.error();
    return std::unique_ptr<BlobWriter>(std::make_unique<Writer>(*this, std::move(*inner)));
  }
  Result<std::unique_ptr<BlobReader>> open_reader(const BlobId& one) override {
    return inner_->open_reader(one);
  }
  Status remove(const BlobId& one) override { return inner_->remove(one); }
  Status each(const Visit& visit) override { return inner_->each(visit); }
  std::string problem() const override { return "full"; }

 private:
  class Writer : public BlobWriter {
   public:
    Writer(FailingStore& store, std::unique_ptr<BlobWriter> inner)
        : store_(store), inner_(std::move(inner)) {}
    const BlobInfo& info() const override { return inner_->info(); }
    Status append(BytesView bytes) override {
      if (store_.append_fails != Errc::none) return store_.append_fails;
      return inner_->append(bytes);
    }
    Status sync(std::uint64_t now) override {
      ++store_.syncs;
      if (store_.sync_fails != Errc::none) return store_.sync_fails;
      return inner_->sync(now);
    }
    Status rewind() override { return inner_->rewind(); }

   private:
    FailingStore& store_;
    std::unique_ptr<BlobWriter> inner_;
  };
  std::unique_ptr<BlobStore> inner_ = make_memory_blob_store();
};

class TusExchange : public ::testing::Test {
 protected:
  Exchange exchange(Order order, const Bearer& bearer = anna) {
    return {store_, std::move(order), bearer, id, day_ms};
  }
  static Order create_order(std::uint64_t length, std::uint64_t body = 0) {
    Order out;
    out.act = Act::create;
    out.length = length;
    out.body_bytes = body;
    return out;
  }
  static Order append_order(std::uint64_t offset, std::uint64_t body) {
    Order out;
    out.act = Act::append;
    out.id = id;
    out.offset = offset;
    out.body_bytes = body;
    return out;
  }
  static Order order_of(Act act) {
    Order out;
    out.act = act;
    out.id = id;
    return out;
  }
  void make(std::uint64_t length) {
    auto one = exchange(create_order(length));
    one.begin(now_ms);
    ASSERT_EQ(one.answer().status, 201u);
  }
  Answer append(std::uint64_t offset, std::string_view body, const Bearer& bearer = anna) {
    auto one = exchange(append_order(offset, body.size()), bearer);
    one.begin(now_ms);
    one.take(text(body), now_ms);
    one.end(now_ms);
    return one.answer();
  }
  std::uint64_t offset() { return store_.find(id)->offset; }

  FailingStore store_;
};

TEST_F(TusExchange, AFileIsBegunBroughtAndReadBack) {
  auto begun = exchange(create_order(10));
  begun.begin(now_ms);
  EXPECT_EQ(begun.answer().status, 201u);
  EXPECT_EQ(header(begun.answer(), "Location"), "/blobs/09090909090909090909090909090909");
  EXPECT_EQ(header(begun.answer(), "Upload-Expires"), http_date(now_ms + day_ms));
  EXPECT_EQ(begun.effect(), Exchange::Effect::created);
  const auto first = append(0, "hello");
  EXPECT_EQ(first.status, 204u);
  EXPECT_EQ(header(first, "Upload-Offset"), "5");
  EXPECT_NE(header(first, "Upload-Expires"), "");
  const auto second = append(5, "world");
  EXPECT_EQ(header(second, "Upload-Offset"), "10");
  EXPECT_EQ(header(second, "Upload-Expires"), "");
  auto read = exchange(order_of(Act::read));
  read.begin(now_ms);
  ASSERT_EQ(read.next(), Exchange::Next::send);
  EXPECT_EQ(read.answer_bytes(), 10u);
  EXPECT_EQ(header(read.answer(), "ETag"), "\"09090909090909090909090909090909\"");
  EXPECT_EQ(header(read.answer(), "Content-Type"), "application/octet-stream");
  EXPECT_EQ(header(read.answer(), "Content-Disposition"), "attachment");
  EXPECT_EQ(header(read.answer(), "X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(header(read.answer(), "Access-Control-Allow-Origin"), "*");
  Bytes got(10);
  ASSERT_TRUE(read.read(0, got).ok());
  EXPECT_EQ(got, text("helloworld"));
}

TEST_F(TusExchange, CreationMayBringBytes) {
  auto one = exchange(create_order(10, 4));
  one.begin(now_ms);
  ASSERT_EQ(one.next(), Exchange::Next::receive);
  one.take(text("hell"), now_ms);
  one.end(now_ms);
  EXPECT_EQ(one.answer().status, 201u);
  EXPECT_EQ(header(one.answer(), "Upload-Offset"), "4");
  EXPECT_EQ(offset(), 4u);
}

TEST_F(TusExchange, CreationThatIsCutLeavesNothing) {
  auto one = exchange(create_order(10, 4));
  one.begin(now_ms);
  one.take(text("he"), now_ms);
  one.cut(now_ms);
  EXPECT_EQ(one.effect(), Exchange::Effect::none);
  EXPECT_EQ(store_.find(id).error(), Errc::blob_unknown);
}

TEST_F(TusExchange, WhatCameBeforeACutIsKept) {
  make(10);
  auto one = exchange(append_order(0, 10));
  one.begin(now_ms);
  one.take(text("hel"), now_ms);
  one.cut(now_ms);
  EXPECT_EQ(offset(), 3u);
  EXPECT_EQ(header(append(3, "loworld"), "Upload-Offset"), "10");
}

TEST_F(TusExchange, BytesGoWhereTheFileEnds) {
  make(10);
  append(0, "hello");
  EXPECT_EQ(append(0, "hello").status, 409u);
  EXPECT_EQ(append(6, "orld").status, 409u);
  EXPECT_EQ(append(5, "worldmore").status, 413u);
  EXPECT_EQ(offset(), 5u);
}

TEST_F(TusExchange, NobodyElseWritesAsksOrRemoves) {
  make(10);
  EXPECT_EQ(append(0, "hello", bert).status, 404u);
  EXPECT_EQ(append(0, "hello", {filled<ShopId>(8), anna.device}).status, 404u);
  for (const auto act : {Act::status, Act::remove}) {
    auto one = exchange(order_of(act), bert);
    one.begin(now_ms);
    EXPECT_EQ(one.answer().status, 404u);
    EXPECT_EQ(one.refusal(), Errc::blob_unknown);
  }
  EXPECT_TRUE(store_.find(id).ok());
}

TEST_F(TusExchange, ThePlaceIsTold) {
  make(10);
  append(0, "hello");
  auto one = exchange(order_of(Act::status));
  one.begin(now_ms);
  EXPECT_EQ(one.answer().status, 200u);
  EXPECT_EQ(header(one.answer(), "Upload-Offset"), "5");
  EXPECT_EQ(header(one.answer(), "Upload-Length"), "10");
  EXPECT_EQ(header(one.answer(), "Cache-Control"), "no-store");
}

TEST_F(TusExchange, RemovedIsGone) {
  make(10);
  auto one = exchange(order_of(Act::remove));
  one.begin(now_ms);
  EXPECT_EQ(one.answer().status, 204u);
  EXPECT_EQ(one.effect(), Exchange::Effect::removed);
  EXPECT_EQ(one.info().length, 10u);
  auto again = exchange(order_of(Act::remove));
  again.begin(now_ms);
  EXPECT_EQ(again.answer().status, 404u);
}

TEST_F(TusExchange, HalfAFileIsReadByNobody) {
  make(10);
  append(0, "hello");
  auto one = exchange(order_of(Act::read));
  one.begin(now_ms);
  EXPECT_EQ(one.answer().status, 404u);
}

TEST_F(TusExchange, PartsAreNumberedAsHttpDoes) {
  make(10);
  append(0, "helloworld");
  auto order = order_of(Act::read);
  order.range = Range{5, std::nullopt};
  auto part = exchange(order);
  part.begin(now_ms);
  EXPECT_EQ(part.answer().status, 206u);
  EXPECT_EQ(header(part.answer(), "Content-Range"), "bytes 5-9/10");
  EXPECT_EQ(part.answer_bytes(), 5u);
  order.range = Range{10, std::nullopt};
  auto outside = exchange(order);
  outside.begin(now_ms);
  EXPECT_EQ(outside.answer().status, 416u);
  EXPECT_EQ(header(outside.answer(), "Content-Range"), "bytes */10");
  EXPECT_EQ(outside.next(), Exchange::Next::answer);
  order.range.reset();
  order.unchanged = true;
  auto same = exchange(order);
  same.begin(now_ms);
  EXPECT_EQ(same.answer().status, 304u);
  EXPECT_EQ(same.next(), Exchange::Next::answer);
}

Checksum checksum_of(std::string_view body) {
  const auto summer = make_checksummer(Checksum::Kind::sha256);
  summer->add(text(body));
  return {Checksum::Kind::sha256, summer->digest()};
}

TEST_F(TusExchange, AChecksumDecidesOnTheWhole) {
  make(10);
  auto order = append_order(0, 5);
  order.checksum = checksum_of("hello");
  auto wrong = exchange(order);
  wrong.begin(now_ms);
  wrong.take(text("hel"), now_ms);
  wrong.take(text("la"), now_ms + sync_ms_max);
  wrong.end(now_ms);
  EXPECT_EQ(wrong.answer().status, 460u);
  EXPECT_EQ(offset(), 0u);
  auto cut = exchange(order);
  cut.begin(now_ms);
  cut.take(text("hel"), now_ms + sync_ms_max);
  cut.cut(now_ms);
  EXPECT_EQ(offset(), 0u);
  auto right = exchange(order);
  right.begin(now_ms);
  right.take(text("hello"), now_ms);
  right.end(now_ms);
  EXPECT_EQ(right.answer().status, 204u);
  EXPECT_EQ(offset(), 5u);
}

TEST_F(TusExchange, ALongRequestIsSyncedOnItsWay) {
  make(100);
  auto one = exchange(append_order(0, 100));
  one.begin(now_ms);
  one.take(text("12345"), now_ms);
  EXPECT_EQ(offset(), 0u);
  one.take(text("67890"), now_ms + sync_ms_max);
  EXPECT_EQ(offset(), 10u);
  EXPECT_EQ(store_.syncs, 1u);
}

TEST_F(TusExchange, AFullDiskIsNamedAndKeepsWhatItHas) {
  make(10);
  auto one = exchange(append_order(0, 10));
  one.begin(now_ms);
  one.take(text("hello"), now_ms);
  store_.append_fails = Errc::store_full;
  one.take(text("world"), now_ms);
  EXPECT_EQ(one.answer().status, 507u);
  EXPECT_EQ(one.refusal(), Errc::store_full);
  EXPECT_EQ(offset(), 5u);
  store_.append_fails = Errc::none;
  EXPECT_EQ(append(5, "world").status, 204u);
}

TEST_F(TusExchange, NothingIsConfirmedThatWasNotSynced) {
  make(10);
  store_.sync_fails = Errc::store_failed;
  const auto answer = append(0, "hello");
  EXPECT_EQ(answer.status, 500u);
  EXPECT_EQ(offset(), 0u);
}

// --- tokens

class BlobTokens : public ::testing::Test {
 protected:
  const Key seed_ = Key::from(filled<Hash>(5).view());
  const Tokens tokens_{seed_};
};

TEST_F(BlobTokens, NamesWhomItWasMadeFor) {
  const auto token = tokens_.make(anna, now_ms);
  EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                    "0123456789-_"),
            std::string::npos);
  const auto bearer = tokens_.check(token, now_ms + token_ms_max - 1);
  ASSERT_TRUE(bearer.ok());
  EXPECT_EQ(bearer->shop, anna.shop);
  EXPECT_EQ(bearer->device, anna.device);
}

TEST_F(BlobTokens, EndsAfterItsDays) {
  const auto token = tokens_.make(anna, now_ms);
  EXPECT_EQ(tokens_.check(token, now_ms + token_ms_max).error(), Errc::blob_token);
}

TEST_F(BlobTokens, AnyChangeVoidsIt) {
  const auto token = tokens_.make(anna, now_ms);
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto bent = token;
    bent[i] = bent[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(tokens_.check(bent, now_ms).ok()) << i;
  }
  EXPECT_FALSE(tokens_.check("", now_ms).ok());
  EXPECT_FALSE(tokens_.check(token + "A", now_ms).ok());
  EXPECT_FALSE(tokens_.check(token.substr(1), now_ms).ok());
}

TEST_F(BlobTokens, AnotherRelaysIsNone) {
  const Tokens other(Key::from(filled<Hash>(6).view()));
  EXPECT_FALSE(tokens_.check(other.make(anna, now_ms), now_ms).ok());
}

// --- checksums

TEST(BlobChecksum, Sha1IsThatOfTheStandard) {
  const auto hex_of = [](std::string_view body, std::size_t step) {
    const auto summer = make_checksummer(Checksum::Kind::sha1);
    for (std::size_t at = 0; at < body.size(); at += step) {
      summer->add(as_bytes(body.substr(at, step)));
    }
    return to_hex(summer->digest());
  };
  EXPECT_EQ(hex_of("", 1), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  EXPECT_EQ(hex_of("abc", 1), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(hex_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 7),
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  EXPECT_EQ(hex_of(std::string(1'000'000, 'a'), 4099), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

// --- the books

Limits small_limits() {
  return {.file_bytes_max = 1000,
          .device_day_bytes_max = 20'000,
          .shop_bytes_max = 40'000,
          .unfinished_ms_max = day_ms};
}

BlobInfo info_of(const Bearer& bearer, std::uint64_t length, std::uint64_t at_ms) {
  return {.shop = bearer.shop,
          .device = bearer.device,
          .length = length,
          .created_ms = at_ms,
          .touched_ms = at_ms};
}

TEST(BlobKeeper, EachLimitHasItsName) {
  Keeper keeper(small_limits());
  EXPECT_EQ(keeper.reserve(anna, 1001, now_ms).error(), Errc::blob_size);
  // Each costs 8 KiB besides its bytes, so that many empty ones are not free.
  EXPECT_TRUE(keeper.reserve(anna, 1000, now_ms).ok());
  EXPECT_TRUE(keeper.reserve(anna, 1000, now_ms).ok());
  EXPECT_EQ(keeper.reserve(anna, 1000, now_ms).error(), Errc::blob_quota);
  EXPECT_TRUE(keeper.reserve(bert, 1000, now_ms).ok());
  EXPECT_TRUE(keeper.reserve(bert, 1000, now_ms).ok());
  const Bearer carla{anna.shop, filled<DeviceId>(4)};
  EXPECT_EQ(keeper.reserve(carla, 1000, now_ms).error(), Errc::blob_full);
  const Bearer other{filled<ShopId>(7), filled<DeviceId>(4)};
  EXPECT_TRUE(keeper.reserve(other, 1000, now_ms).ok());
}

TEST(BlobKeeper, TheNextDayBeginsAnew) {
  Keeper keeper(small_limits());
  EXPECT_TRUE(keeper.reserve(anna, 1000, now_ms).ok());
  EXPECT_TRUE(keeper.reserve(anna, 1000, now_ms).ok());
  EXPECT_TRUE(keeper.reserve(anna, 1000, now_ms + day_ms).ok());
}

TEST(BlobKeeper, WhatWasNotMadeTakesNoRoom) {
  Keeper keeper(small_limits());
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(keeper.reserve(anna, 1000, now_ms).ok());
    keeper.give_back(anna, 1000);
  }
}

TEST(BlobKeeper, RemovingGivesTheShopRoomButNotTheDay) {
  Keeper keeper(small_limits());
  keeper.counted_all();
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(keeper.reserve(anna, 1000, now_ms).ok());
    auto info = info_of(anna, 1000, now_ms);
    info.offset = info.length;
    keeper.created(id, info);
    keeper.removed(id, info);
  }
  EXPECT_EQ(keeper.bytes_kept(), 0u);
  EXPECT_EQ(keeper.blobs_kept(), 0u);
  EXPECT_EQ(keeper.reserve(anna, 1000, now_ms).error(), Errc::blob_quota);
  for (const std::uint8_t device : {5, 6}) {
    const Bearer one{anna.shop, filled<DeviceId>(device)};
    EXPECT_TRUE(keeper.reserve(one, 1000, now_ms).ok());
    EXPECT_TRUE(keeper.reserve(one, 1000, now_ms).ok());
  }
}

TEST(BlobKeeper, WhatWasNeverSentDoesNotCountForTheDay) {
  Keeper keeper({.file_bytes_max = 18'000, .device_day_bytes_max = 20'000});
  ASSERT_TRUE(keeper.reserve(anna, 10'000, now_ms).ok());
  auto info = info_of(anna, 10'000, now_ms);
  info.offset = 1000;
  keeper.created(id, info);
  EXPECT_EQ(keeper.reserve(anna, 2000, now_ms).error(), Errc::blob_quota);
  keeper.removed(id, info);
  EXPECT_TRUE(keeper.reserve(anna, 2000, now_ms).ok());
}

TEST(BlobKeeper, AStartCountsWhatIsThereOnce) {
  Keeper keeper(small_limits());
  const auto fresh = info_of(anna, 1000, now_ms);
  EXPECT_TRUE(keeper.reserve(anna, 1000, now_ms).ok());
  keeper.created(id, fresh);
  keeper.count(id, fresh, now_ms);
  keeper.count(filled<BlobId>(8), info_of(anna, 1000, now_ms), now_ms);
  keeper.counted_all();
  EXPECT_EQ(keeper.blobs_kept(), 2u);
  EXPECT_EQ(keeper.reserve(anna, 1000, now_ms).error(), Errc::blob_quota);
}

TEST(BlobKeeper, HalfUploadsEndADayAfterTheirLastByte) {
  Keeper keeper(small_limits());
  auto info = info_of(anna, 1000, now_ms);
  keeper.created(id, info);
  EXPECT_EQ(keeper.expires_ms(info), now_ms + day_ms);
  info.offset = 10;
  info.touched_ms = now_ms + 5;
  keeper.touched(id, info);
  EXPECT_TRUE(keeper.expired(now_ms + day_ms).empty());
  EXPECT_EQ(keeper.expired(now_ms + 5 + day_ms), std::vector<BlobId>{id});
  info.offset = info.length;
  keeper.touched(id, info);
  EXPECT_TRUE(keeper.expired(now_ms + 9 * day_ms).empty());
  EXPECT_EQ(keeper.expires_ms(info), 0u);
}

TEST(BlobKeeper, FilesGoOnceTheyHaveBeenKeptLongEnough) {
  auto limits = small_limits();
  limits.keep_ms_max = 30 * day_ms;
  Keeper keeper(limits);
  auto info = info_of(anna, 1000, now_ms);
  keeper.created(id, info);
  info.offset = info.length;
  info.touched_ms = now_ms + 5;
  keeper.touched(id, info);
  auto counted = info_of(bert, 10, now_ms);
  counted.offset = counted.length;
  const auto old = filled<BlobId>(8);
  keeper.count(old, counted, now_ms);
  EXPECT_TRUE(keeper.expired(now_ms + 30 * day_ms - 1).empty());
  EXPECT_EQ(keeper.expired(now_ms + 30 * day_ms), std::vector<BlobId>{old});
  EXPECT_FALSE(keeper.has_expired(info, now_ms + 30 * day_ms));
  EXPECT_TRUE(keeper.has_expired(info, now_ms + 5 + 30 * day_ms));
  keeper.removed(old, counted);
  keeper.removed(id, info);
  EXPECT_TRUE(keeper.expired(now_ms + 99 * day_ms).empty());
}

TEST(BlobKeeper, WhatADeviceWasGivenBeforeItWasRemovedCountsNoMore) {
  Keeper keeper(small_limits());
  auto before = anna;
  before.issued_ms = now_ms - 1;
  EXPECT_TRUE(keeper.may_bear(before));
  keeper.withdraw(anna.shop, {{anna.device, now_ms - 10, 2}}, now_ms);
  EXPECT_FALSE(keeper.may_bear(before));
  // Without a certificate it may come again, as anybody may.
  auto after = anna;
  after.issued_ms = now_ms + 1;
  EXPECT_TRUE(keeper.may_bear(after));
  keeper.withdraw(anna.shop, {{anna.device, now_ms - 10, 2}}, now_ms + 50);
  EXPECT_TRUE(keeper.may_bear(after)) << "nothing new";
  keeper.withdraw(anna.shop, {{anna.device, now_ms + 40, 3}}, now_ms + 50);
  EXPECT_FALSE(keeper.may_bear(after));
  auto stranger = bert;
  stranger.issued_ms = now_ms - 1;
  EXPECT_TRUE(keeper.may_bear(stranger));
  before.shop = filled<ShopId>(99);
  EXPECT_TRUE(keeper.may_bear(before)) << "of another shop";
}

}  // namespace
}  // namespace shopbell::blob::tus
