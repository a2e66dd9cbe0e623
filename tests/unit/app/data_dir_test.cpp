// A data directory is whole or refused with a sentence that says what to do.
#include "app/data_dir.h"

#include <gtest/gtest.h>

#include "app/files.h"
#include "app/refusal.h"

namespace shopbell::app {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t now_ms = 1'700'000'000'000;
constexpr std::uint64_t day_ms = 24ull * 3600 * 1000;

template <class Act>
std::string refusal_of(Act act) {
  try {
    act();
  } catch (const Refusal& refusal) {
    return refusal.what();
  }
  return "taken";
}

bool says(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

class DataDirTest : public testing::Test {
 protected:
  void SetUp() override {
    dir_.path =
        fs::path(testing::TempDir()) /
        (std::string("data_dir_") + testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(dir_.path);
  }
  void TearDown() override { fs::remove_all(dir_.path); }

  void init() { init_data_dir(dir_, Parts::shop, Config{}, now_ms); }

  DataDir dir_;
};

TEST_F(DataDirTest, InitMakesAWholeShop) {
  init();
  load_config(dir_);
  const auto state = load_desk(dir_, now_ms);
  EXPECT_EQ(state.certificate.desk_key, state.desk.device.self.sign_key);
  EXPECT_EQ(shop_of(dir_), state.shop);
  for (const auto& path : {dir_.root_key(), dir_.desk_key(), dir_.relay_key()}) {
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  }
  EXPECT_TRUE(says(refusal_of([&] { init(); }), "is there already"));
}

TEST_F(DataDirTest, TwoShopsShareNoKey) {
  init();
  const auto first = load_desk(dir_, now_ms);
  const auto relay = load_relay_key(dir_);
  fs::remove_all(dir_.path);
  init();
  const auto second = load_desk(dir_, now_ms);
  EXPECT_NE(first.shop, second.shop);
  EXPECT_NE(first.desk.device.self.id, second.desk.device.self.id);
  EXPECT_FALSE(first.desk.storage_key.equals(second.desk.storage_key));
  EXPECT_NE(relay.key, load_relay_key(dir_).key);
}

TEST_F(DataDirTest, InitThatWasCutShortIsNamed) {
  init();
  fs::remove(dir_.config());
  EXPECT_TRUE(says(refusal_of([&] { load_config(dir_); }), "init was cut short"));
  EXPECT_TRUE(says(refusal_of([&] { init(); }), "a former init was cut short"));
}

TEST_F(DataDirTest, EmptyDirectoryPointsToInit) {
  EXPECT_TRUE(says(refusal_of([&] { load_config(dir_); }), "shopbell init --data"));
}

TEST_F(DataDirTest, DamagedOrMissingKeysAreNamed) {
  init();
  const auto whole = *read_file(dir_.desk_key());
  for (const auto size : {whole.size() - 1, whole.size() / 2, std::size_t{0}}) {
    write_file(dir_.desk_key(), whole.substr(0, size), true);
    EXPECT_TRUE(says(refusal_of([&] { load_desk(dir_, now_ms); }), "is cut short or was changed"));
  }
  auto changed = whole;
  changed[whole.find("sign_seed: ") + 12] ^= 1;
  write_file(dir_.desk_key(), changed, true);
  EXPECT_TRUE(says(refusal_of([&] { load_desk(dir_, now_ms); }), "is cut short or was changed"));
  fs::remove(dir_.desk_key());
  EXPECT_TRUE(says(refusal_of([&] { load_desk(dir_, now_ms); }), "shopbell keys restore"));
}

TEST_F(DataDirTest, KeysThatOthersCanReadAreRefused) {
  init();
  fs::permissions(dir_.desk_key(), fs::perms::others_read, fs::perm_options::add);
  EXPECT_TRUE(says(refusal_of([&] { load_desk(dir_, now_ms); }), "chmod 600"));
}

TEST_F(DataDirTest, KeysOfTwoShopsDoNotMix) {
  init();
  const auto desk = *read_file(dir_.desk_key());
  fs::remove_all(dir_.path);
  init();
  write_file(dir_.desk_key(), desk, true);
  EXPECT_TRUE(says(refusal_of([&] { load_desk(dir_, now_ms); }), "do not belong together"));
}

TEST_F(DataDirTest, CertificateIsRenewedByTheRootAndEndsWithoutIt) {
  init();
  const auto first = load_desk(dir_, now_ms).certificate.not_after_ms;
  EXPECT_EQ(first, now_ms + 365 * day_ms);
  EXPECT_EQ(load_desk(dir_, now_ms + 300 * day_ms).certificate.not_after_ms, first);
  const auto later = now_ms + 310 * day_ms;
  EXPECT_EQ(load_desk(dir_, later).certificate.not_after_ms, later + 365 * day_ms);
  fs::remove(dir_.root_key());
  EXPECT_TRUE(says(refusal_of([&] { load_desk(dir_, later + 366 * day_ms); }), "has ended"));
}

TEST_F(DataDirTest, BackupIsCheckedAndBringsKeysBack) {
  init();
  const auto file = dir_.path / "backup";
  EXPECT_EQ(backup_state(dir_).made_ms, 0u);
  backup_keys(dir_, file, nullptr, now_ms);
  EXPECT_EQ(backup_state(dir_).made_ms, now_ms);
  EXPECT_FALSE(backup_state(dir_).is_safe()) << "nobody has checked it";
  verify_backup(dir_, file, {}, now_ms + 1);
  EXPECT_TRUE(backup_state(dir_).is_safe());
  EXPECT_EQ(backup_state(dir_).verified_ms, now_ms + 1);
  const auto shop = load_desk(dir_, now_ms).shop;
  fs::remove(dir_.desk_key());
  fs::remove(dir_.root_key());
  restore_keys(dir_, file, {});
  EXPECT_EQ(load_desk(dir_, now_ms).shop, shop);
  EXPECT_EQ(fs::status(dir_.desk_key()).permissions(),
            fs::perms::owner_read | fs::perms::owner_write);

  auto text = *read_file(file);
  write_file(file, text.substr(0, text.size() / 2), true);
  EXPECT_TRUE(says(refusal_of([&] { verify_backup(dir_, file, {}, now_ms + 1); }), "is cut short"));
  write_file(file, text, true);
  fs::remove_all(dir_.relay_key());
  write_file(dir_.relay_key(), relay_key_text(make_relay_key()), true);
  EXPECT_TRUE(says(refusal_of([&] { verify_backup(dir_, file, {}, now_ms + 1); }),
                   "holds another relay.key"));
  EXPECT_TRUE(says(refusal_of([&] { restore_keys(dir_, file, {}); }), "holds another relay.key"));
}

TEST_F(DataDirTest, BackupAloneMakesADirectoryAgain) {
  init();
  const auto shop = load_desk(dir_, now_ms).shop;
  const auto file = fs::path(testing::TempDir()) / "data_dir_backup";
  fs::remove(file);
  backup_keys(dir_, file, nullptr, now_ms);
  EXPECT_FALSE(restore_keys(dir_, file, {}));
  fs::remove_all(dir_.path);
  EXPECT_TRUE(
      says(refusal_of([&] { verify_backup(dir_, file, {}, now_ms + 1); }), "no keys to compare"));
  EXPECT_TRUE(restore_keys(dir_, file, {}));
  EXPECT_EQ(fs::status(dir_.path).permissions(), fs::perms::owner_all);
  load_config(dir_);
  EXPECT_EQ(load_desk(dir_, now_ms).shop, shop);
  verify_backup(dir_, file, {}, now_ms + 1);
  fs::remove(file);
}

TEST_F(DataDirTest, MarkOfAnEarlierVersionCountsAsNotChecked) {
  init();
  write_file(dir_.backup_mark(), "1700000000000\n", false);
  EXPECT_EQ(backup_state(dir_).made_ms, 1'700'000'000'000u);
  EXPECT_EQ(backup_state(dir_).verified_ms, 0u);
}

class SealedKeysTest : public DataDirTest {
 protected:
  Passphrase words(const std::string& text) {
    const auto file = fs::path(testing::TempDir()) / "data_dir_words";
    write_file(file, text + "\n", true);
    auto out = Passphrase::from_file(file.string());
    fs::remove(file);
    return out;
  }
};

TEST_F(SealedKeysTest, BackupUnderAPassphraseOpensWithItAlone) {
  init();
  const auto file = dir_.path / "backup";
  const auto right = words("correct horse");
  backup_keys(dir_, file, &right, now_ms);
  const auto text = *read_file(file);
  EXPECT_EQ(text.find("seed"), std::string::npos);
  EXPECT_TRUE(is_sealed(text));
  verify_backup(dir_, file, words("correct horse"), now_ms);
  EXPECT_TRUE(says(refusal_of([&] { verify_backup(dir_, file, words("battery staple"), now_ms); }),
                   "the passphrase is not that of"));
  auto other = text;
  other[other.size() - 10] = other[other.size() - 10] == '0' ? '1' : '0';
  write_file(file, other, true);
  EXPECT_TRUE(says(refusal_of([&] { verify_backup(dir_, file, right, now_ms); }), "was changed"));
  write_file(file, text.substr(0, 60), true);
  EXPECT_TRUE(says(refusal_of([&] { verify_backup(dir_, file, right, now_ms); }), "cut short"));
}

TEST_F(SealedKeysTest, KeyFilesRestUnderAPassphraseAndServeAllTheSame) {
  init();
  const auto shop = load_desk(dir_, now_ms).shop;
  dir_.passphrase = words("correct horse");
  EXPECT_EQ(seal_keys(dir_), 3u);
  EXPECT_EQ(seal_keys(dir_), 0u) << "what is sealed stays as it is";
  for (const auto& path : {dir_.root_key(), dir_.desk_key(), dir_.relay_key()}) {
    EXPECT_EQ(read_file(path)->find("seed"), std::string::npos) << path;
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  }
  EXPECT_EQ(load_desk(dir_, now_ms).shop, shop);
  const auto file = dir_.path / "backup";
  EXPECT_TRUE(
      says(refusal_of([&] { backup_keys(dir_, file, nullptr, now_ms); }), "backup must be too"));
  dir_.passphrase = words("battery staple");
  EXPECT_TRUE(says(refusal_of([&] { load_desk(dir_, now_ms); }), "passphrase is not that of"));
  dir_.passphrase = words("correct horse");
  EXPECT_EQ(unseal_keys(dir_), 3u);
  dir_.passphrase = {};
  EXPECT_EQ(load_desk(dir_, now_ms).shop, shop);
}

TEST_F(SealedKeysTest, PassphraseFileIsPrivateAndNotTooShort) {
  fs::create_directories(dir_.path);
  const auto file = (dir_.path / "words").string();
  EXPECT_TRUE(says(refusal_of([&] { Passphrase::from_file(file); }), "is not there"));
  write_file(file, "short\n", true);
  EXPECT_TRUE(says(refusal_of([&] { Passphrase::from_file(file); }), "at least 8"));
  write_file(file, "long enough\n", false);
  EXPECT_TRUE(says(refusal_of([&] { Passphrase::from_file(file); }), "read by others"));
}

TEST_F(DataDirTest, SecretsAreNotWrittenThroughWhatLiesThere) {
  fs::create_directories(dir_.path);
  const auto theirs = dir_.path / "theirs";
  write_file(theirs, "untouched", false);
  fs::create_symlink(theirs, dir_.path / "mine.new");
  write_file(dir_.path / "mine", "secret", true);
  EXPECT_EQ(read_file(theirs), "untouched");
  EXPECT_EQ(read_file(dir_.path / "mine"), "secret");
  EXPECT_TRUE(fs::is_regular_file(fs::symlink_status(dir_.path / "mine")));
}

TEST_F(DataDirTest, OneProcessAtATime) {
  init();
  const DirLock first(dir_);
  EXPECT_EQ(noted_port(dir_), 0u);
  first.note_port(40'123);
  first.note_port(8080);
  EXPECT_EQ(noted_port(dir_), 8080u);
  EXPECT_TRUE(says(refusal_of([&] { const DirLock second(dir_); }), "in use"));
}

}  // namespace
}  // namespace shopbell::app
