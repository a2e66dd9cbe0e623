// Which pages asked: bounded, kept over a restart, written seldom.
#include "desk/seen.h"

#include <gtest/gtest.h>

namespace shopbell::desk {
namespace {

using What = SeenOrigins::What;

constexpr std::uint64_t minute_ms = 60'000;
constexpr std::uint64_t start_ms = 1'700'000'000'000;

// Counts what is written.
class CountingBook : public SettingsBook {
 public:
  std::optional<Bytes> get(std::string_view name) override { return book_->get(name); }
  bool put(std::string_view name, BytesView value) override {
    ++puts;
    return !broken && book_->put(name, value);
  }
  int puts = 0;
  bool broken = false;

 private:
  std::unique_ptr<SettingsBook> book_ = make_memory_settings();
};

class SeenTest : public testing::Test {
 protected:
  CountingBook book_;
  SeenOrigins seen_{book_};
};

TEST_F(SeenTest, NotesScriptFrameAndRefusalApart) {
  seen_.note(What::script, "https://shop.example", true, start_ms);
  seen_.note(What::frame, "https://shop.example", true, start_ms + 5);
  seen_.note(What::script, "https://other.example", false, start_ms + 7);
  const auto& shop = seen_.all().at("https://shop.example");
  EXPECT_EQ(shop.script_ms, start_ms);
  EXPECT_EQ(shop.frame_ms, start_ms + 5);
  EXPECT_EQ(shop.refused_ms, 0u);
  EXPECT_EQ(seen_.all().at("https://other.example").refused_ms, start_ms + 7);
}

TEST_F(SeenTest, IsWrittenAtMostOnceAMinuteAndReadBack) {
  seen_.settle(start_ms);
  EXPECT_EQ(book_.puts, 0) << "nothing to write";
  for (std::uint64_t i = 0; i < 100; ++i) {
    seen_.note(What::script, "https://shop.example", true, start_ms + i);
    seen_.settle(start_ms + i);
  }
  EXPECT_EQ(book_.puts, 1);
  seen_.settle(start_ms + minute_ms);
  seen_.settle(start_ms + 2 * minute_ms);
  EXPECT_EQ(book_.puts, 2);
  const SeenOrigins after(book_);
  EXPECT_EQ(after.all().at("https://shop.example").script_ms, start_ms + 99);
}

TEST_F(SeenTest, WhatTheDiskRefusedIsWrittenLater) {
  book_.broken = true;
  seen_.note(What::script, "https://shop.example", true, start_ms);
  seen_.settle(start_ms);
  book_.broken = false;
  seen_.settle(start_ms + 1);
  EXPECT_EQ(book_.puts, 1) << "not more often than once a minute";
  seen_.settle(start_ms + minute_ms);
  EXPECT_EQ(SeenOrigins(book_).all().size(), 1u);
}

TEST_F(SeenTest, StrangersDoNotPushTheShopsPagesOut) {
  seen_.note(What::script, "https://shop.example", true, start_ms);
  for (int i = 0; i < 1000; ++i) {
    seen_.note(What::script, "https://s" + std::to_string(i) + ".example", false, start_ms + 1);
  }
  EXPECT_EQ(seen_.all().size(), SeenOrigins::origins_max);
  EXPECT_TRUE(seen_.all().contains("https://shop.example"));
  EXPECT_TRUE(seen_.all().contains("https://s999.example")) << "the newest of them is there";
}

TEST_F(SeenTest, DamagedRecordBeginsAnew) {
  const Bytes noise = {0xff, 0xff};
  ASSERT_TRUE(book_.put("seen", noise));
  EXPECT_TRUE(SeenOrigins(book_).all().empty());
}

}  // namespace
}  // namespace shopbell::desk
