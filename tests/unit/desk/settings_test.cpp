// What admins set: kept, and before the configuration until that is changed. Over both books.
#include "desk/settings.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "unit/desk/fake_port.h"

namespace shopbell::desk {
namespace {

namespace fs = std::filesystem;

class SettingsTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    for (const auto* ending : {"", "-wal", "-shm"}) fs::remove(file_ + ending);
    seed_.accent = "#0f766e";
    seed_.position = "right";
    seed_.domains = {"https://shop.example"};
    open();
  }

  // As a restart does, where something outlives one.
  void open() {
    if (!GetParam()) {
      if (!book_) book_ = make_memory_settings();
      return;
    }
    book_.reset();
    std::string problem;
    book_ = open_settings(file_, problem);
    ASSERT_EQ(problem, "");
  }

  const std::string file_ = testing::TempDir() + "settings_test.db";
  ShopWords seed_;
  std::unique_ptr<SettingsBook> book_;
};

TEST_P(SettingsTest, ConfigurationStandsAsLongAsNothingIsSet) {
  const auto found = effective_words(seed_, *book_);
  EXPECT_EQ(found.words.domains, seed_.domains);
  EXPECT_EQ(found.words.accent, "#0f766e");
  EXPECT_EQ(found.domains_set_ms, 0u);
  EXPECT_EQ(found.look_set_ms, 0u);
}

TEST_P(SettingsTest, WhatAnAdminSetStandsBeforeTheConfiguration) {
  ASSERT_TRUE(keep_domains(*book_, seed_, {"*.shop.example"}, device_number(1), 1000));
  wire::AdminLook look;
  look.accent = "#aa0000";
  look.greeting_zh = "hi";
  look.position = "left";
  ASSERT_TRUE(keep_look(*book_, seed_, look, device_number(1), 2000));
  open();
  const auto found = effective_words(seed_, *book_);
  EXPECT_EQ(found.words.domains, std::vector<std::string>{"*.shop.example"});
  EXPECT_EQ(found.words.accent, "#aa0000");
  EXPECT_EQ(found.words.greeting_zh, "hi");
  EXPECT_EQ(found.words.position, "left");
  EXPECT_EQ(found.domains_set_ms, 1000u);
  EXPECT_EQ(found.look_set_ms, 2000u);
}

TEST_P(SettingsTest, EmptyListIsKeptToo) {
  ASSERT_TRUE(keep_domains(*book_, seed_, {}, device_number(1), 1000));
  EXPECT_TRUE(effective_words(seed_, *book_).words.domains.empty());
}

TEST_P(SettingsTest, ChangedConfigurationIsTheNewerWord) {
  ASSERT_TRUE(keep_domains(*book_, seed_, {"*.shop.example"}, device_number(1), 1000));
  wire::AdminLook look;
  look.accent = "#aa0000";
  ASSERT_TRUE(keep_look(*book_, seed_, look, device_number(1), 1000));
  seed_.domains.push_back("https://other.example");
  const auto found = effective_words(seed_, *book_);
  EXPECT_EQ(found.words.domains, seed_.domains);
  EXPECT_EQ(found.domains_set_ms, 0u);
  EXPECT_EQ(found.words.accent, "#aa0000") << "one part does not take the other with it";
}

TEST_P(SettingsTest, DamagedRecordLeavesTheConfiguration) {
  const Bytes noise = {0xff, 0xff, 0xff};
  ASSERT_TRUE(book_->put("domains", noise));
  EXPECT_EQ(effective_words(seed_, *book_).words.domains, seed_.domains);
}

INSTANTIATE_TEST_SUITE_P(Books, SettingsTest, testing::Bool(),
                         [](const auto& each) { return each.param ? "sqlite" : "memory"; });

}  // namespace
}  // namespace shopbell::desk
