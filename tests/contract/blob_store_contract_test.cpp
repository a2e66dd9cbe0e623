// The contract of what keeps blobs (server/blob/blob_store.h), the same cases over every
// implementation; and what a folder must stand besides: SIGKILL, torn pages, files cut short.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "blob/blob_store.h"

namespace shopbell::blob {
namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "shopbell_XXXXXX").string();
    path_ = ::mkdtemp(name.data()) ? name : "";
  }
  ~Folder() { fs::remove_all(path_); }
  std::string blobs() const { return path_ + "/blobs"; }
  fs::path file(const BlobId& id) const {
    const auto name = to_hex(id.view());
    return fs::path(blobs()) / name.substr(0, 2) / name;
  }

 private:
  std::string path_;
};

template <class T>
T filled(std::uint8_t byte) {
  T out;
  out.data.fill(byte);
  return out;
}

BlobInfo info_of(std::uint64_t length) {
  return {.shop = filled<ShopId>(1),
          .device = filled<DeviceId>(2),
          .length = length,
          .created_ms = 1000,
          .touched_ms = 1000};
}

// Says at each place which byte belongs there.
Bytes pattern(std::uint64_t from, std::size_t size) {
  Bytes out(size);
  for (std::size_t i = 0; i < size; ++i) {
    out[i] = static_cast<std::uint8_t>((from + i) * 31 >> 3);
  }
  return out;
}

Bytes read_all(BlobStore& store, const BlobId& id) {
  auto reader = store.open_reader(id);
  if (!reader) return {};
  Bytes out((*reader)->info().length);
  EXPECT_TRUE((*reader)->read(0, out).ok());
  return out;
}

enum class Kind { memory, folder };

class BlobStoreContract : public ::testing::TestWithParam<Kind> {
 protected:
  void SetUp() override { open(); }
  void open() {
    std::string problem;
    store_.reset();
    store_ = GetParam() == Kind::memory ? make_memory_blob_store()
                                        : open_folder_blob_store(folder_.blobs(), problem);
    ASSERT_NE(store_, nullptr) << problem;
  }
  std::unique_ptr<BlobWriter> writer(const BlobId& id) {
    auto out = store_->open_writer(id);
    EXPECT_TRUE(out.ok());
    return std::move(*out);
  }
  void put(const BlobId& id, std::size_t size) {
    ASSERT_TRUE(store_->create(id, info_of(size)).ok());
    const auto one = writer(id);
    ASSERT_TRUE(one->append(pattern(0, size)).ok());
    ASSERT_TRUE(one->sync(2000).ok());
  }

  Folder folder_;
  std::unique_ptr<BlobStore> store_;
  const BlobId id_ = filled<BlobId>(7);
};

TEST_P(BlobStoreContract, what_was_never_made_is_unknown) {
  EXPECT_EQ(store_->find(id_).error(), Errc::blob_unknown);
  EXPECT_EQ(store_->open_writer(id_).error(), Errc::blob_unknown);
  EXPECT_EQ(store_->open_reader(id_).error(), Errc::blob_unknown);
  EXPECT_EQ(store_->remove(id_).error(), Errc::blob_unknown);
}

TEST_P(BlobStoreContract, what_was_made_is_found_as_it_was_said) {
  ASSERT_TRUE(store_->create(id_, info_of(10)).ok());
  const auto found = store_->find(id_);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->shop, filled<ShopId>(1));
  EXPECT_EQ(found->device, filled<DeviceId>(2));
  EXPECT_EQ(found->length, 10u);
  EXPECT_EQ(found->offset, 0u);
  EXPECT_EQ(found->created_ms, 1000u);
  EXPECT_FALSE(found->finished());
}

TEST_P(BlobStoreContract, an_id_is_used_once) {
  ASSERT_TRUE(store_->create(id_, info_of(10)).ok());
  EXPECT_FALSE(store_->create(id_, info_of(20)).ok());
  EXPECT_EQ(store_->find(id_)->length, 10u);
}

TEST_P(BlobStoreContract, nothing_counts_before_it_was_synced) {
  ASSERT_TRUE(store_->create(id_, info_of(10)).ok());
  const auto one = writer(id_);
  ASSERT_TRUE(one->append(pattern(0, 4)).ok());
  EXPECT_EQ(store_->find(id_)->offset, 0u);
  ASSERT_TRUE(one->sync(2000).ok());
  EXPECT_EQ(one->info().offset, 4u);
  EXPECT_EQ(store_->find(id_)->offset, 4u);
  EXPECT_EQ(store_->find(id_)->touched_ms, 2000u);
}

TEST_P(BlobStoreContract, a_later_writer_goes_on_behind_what_was_synced) {
  ASSERT_TRUE(store_->create(id_, info_of(10)).ok());
  {
    const auto one = writer(id_);
    ASSERT_TRUE(one->append(pattern(0, 4)).ok());
    ASSERT_TRUE(one->sync(2000).ok());
    ASSERT_TRUE(one->append(Bytes(3, 0xff)).ok());
  }
  const auto next = writer(id_);
  EXPECT_EQ(next->info().offset, 4u);
  ASSERT_TRUE(next->append(pattern(4, 6)).ok());
  ASSERT_TRUE(next->sync(3000).ok());
  EXPECT_TRUE(next->info().finished());
  EXPECT_EQ(read_all(*store_, id_), pattern(0, 10));
}

TEST_P(BlobStoreContract, a_rewind_forgets_what_was_not_synced) {
  ASSERT_TRUE(store_->create(id_, info_of(8)).ok());
  const auto one = writer(id_);
  ASSERT_TRUE(one->append(pattern(0, 4)).ok());
  ASSERT_TRUE(one->sync(2000).ok());
  ASSERT_TRUE(one->append(Bytes(4, 0xff)).ok());
  ASSERT_TRUE(one->rewind().ok());
  EXPECT_EQ(one->info().offset, 4u);
  ASSERT_TRUE(one->append(pattern(4, 4)).ok());
  ASSERT_TRUE(one->sync(2000).ok());
  EXPECT_EQ(read_all(*store_, id_), pattern(0, 8));
}

TEST_P(BlobStoreContract, more_than_the_length_is_not_taken) {
  ASSERT_TRUE(store_->create(id_, info_of(4)).ok());
  const auto one = writer(id_);
  EXPECT_FALSE(one->append(pattern(0, 5)).ok());
  ASSERT_TRUE(one->append(pattern(0, 4)).ok());
  EXPECT_FALSE(one->append(pattern(4, 1)).ok());
}

TEST_P(BlobStoreContract, half_a_blob_cannot_be_read) {
  ASSERT_TRUE(store_->create(id_, info_of(4)).ok());
  const auto one = writer(id_);
  ASSERT_TRUE(one->append(pattern(0, 3)).ok());
  ASSERT_TRUE(one->sync(2000).ok());
  EXPECT_EQ(store_->open_reader(id_).error(), Errc::blob_unknown);
}

TEST_P(BlobStoreContract, an_empty_blob_is_finished_from_the_start) {
  ASSERT_TRUE(store_->create(id_, info_of(0)).ok());
  EXPECT_TRUE(store_->open_reader(id_).ok());
}

TEST_P(BlobStoreContract, any_part_can_be_read_and_nothing_beyond) {
  put(id_, 200'000);
  auto reader = store_->open_reader(id_);
  ASSERT_TRUE(reader.ok());
  Bytes part(70'000);
  ASSERT_TRUE((*reader)->read(65'536, part).ok());
  EXPECT_EQ(part, pattern(65'536, part.size()));
  EXPECT_FALSE((*reader)->read(150'000, part).ok());
  EXPECT_FALSE((*reader)->read(UINT64_MAX - 10, part).ok());
}

TEST_P(BlobStoreContract, who_reads_goes_on_when_the_blob_is_removed) {
  put(id_, 1000);
  auto reader = store_->open_reader(id_);
  ASSERT_TRUE(reader.ok());
  ASSERT_TRUE(store_->remove(id_).ok());
  Bytes part(1000);
  EXPECT_TRUE((*reader)->read(0, part).ok());
  EXPECT_EQ(part, pattern(0, 1000));
  EXPECT_EQ(store_->find(id_).error(), Errc::blob_unknown);
}

TEST_P(BlobStoreContract, each_blob_is_told_with_how_far_it_has_come) {
  put(filled<BlobId>(1), 5);
  ASSERT_TRUE(store_->create(filled<BlobId>(0xfe), info_of(9)).ok());
  std::map<BlobId, std::uint64_t> offsets;
  ASSERT_TRUE(store_
                  ->each([&](const BlobId& id, const BlobInfo& info) {
                    offsets[id] = info.offset;
                    return true;
                  })
                  .ok());
  EXPECT_EQ(offsets,
            (std::map<BlobId, std::uint64_t>{{filled<BlobId>(1), 5}, {filled<BlobId>(0xfe), 0}}));
  std::size_t visits = 0;
  ASSERT_TRUE(store_->each([&](const BlobId&, const BlobInfo&) { return ++visits == 9; }).ok());
  EXPECT_EQ(visits, 1u);
}

INSTANTIATE_TEST_SUITE_P(Of, BlobStoreContract, ::testing::Values(Kind::memory, Kind::folder),
                         [](const auto& each) {
                           return each.param == Kind::memory ? "memory" : "folder";
                         });

// --- what a disk does

class BlobFolder : public ::testing::Test {
 protected:
  void SetUp() override { open(); }
  void open() {
    std::string problem;
    store_.reset();
    store_ = open_folder_blob_store(folder_.blobs(), problem);
    ASSERT_NE(store_, nullptr) << problem;
  }
  // Three syncs, 100 bytes each.
  void put_three() {
    ASSERT_TRUE(store_->create(id_, info_of(400)).ok());
    auto one = store_->open_writer(id_);
    for (std::uint64_t at = 0; at < 300; at += 100) {
      ASSERT_TRUE((*one)->append(pattern(at, 100)).ok());
      ASSERT_TRUE((*one)->sync(2000 + at).ok());
    }
  }
  void overwrite(std::uint64_t at, const Bytes& bytes) const {
    std::fstream file(folder_.file(id_), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(at));
    file.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  }
  Bytes page(std::uint64_t number) const {
    std::ifstream file(folder_.file(id_), std::ios::binary);
    file.seekg(static_cast<std::streamoff>(number * 4096));
    Bytes out(4096);
    file.read(reinterpret_cast<char*>(out.data()), 4096);
    return out;
  }

  Folder folder_;
  std::unique_ptr<BlobStore> store_;
  const BlobId id_ = filled<BlobId>(7);
};

TEST_F(BlobFolder, what_was_synced_is_there_after_a_start) {
  put_three();
  open();
  EXPECT_EQ(store_->find(id_)->offset, 300u);
}

TEST_F(BlobFolder, a_torn_record_leaves_the_one_before_it) {
  put_three();
  // The third sync wrote page 1; any beginning of it may have reached the disk, over what was
  // there.
  const Bytes whole = page(1);
  for (const std::size_t torn : {1u, 20u, 60u, 100u, 150u}) {
    Bytes bent = whole;
    bent[torn] ^= 0x40;
    overwrite(4096, bent);
    EXPECT_EQ(store_->find(id_)->offset, 200u) << torn;
    auto one = store_->open_writer(id_);
    ASSERT_TRUE(one.ok());
    EXPECT_EQ((*one)->info().offset, 200u);
    overwrite(4096, whole);
    overwrite(8192 + 200, pattern(200, 100));
  }
}

TEST_F(BlobFolder, a_file_that_is_shorter_than_its_record_counts_as_long_as_it_is) {
  put_three();
  fs::resize_file(folder_.file(id_), 8192 + 250);
  EXPECT_EQ(store_->find(id_)->offset, 250u);
  fs::resize_file(folder_.file(id_), 8192);
  EXPECT_EQ(store_->find(id_)->offset, 0u);
}

TEST_F(BlobFolder, bytes_behind_the_record_count_for_nothing) {
  put_three();
  overwrite(8192 + 300, Bytes(100, 0xff));
  EXPECT_EQ(store_->find(id_)->offset, 300u);
  auto one = store_->open_writer(id_);
  ASSERT_TRUE((*one)->append(pattern(300, 100)).ok());
  ASSERT_TRUE((*one)->sync(9000).ok());
  EXPECT_EQ(read_all(*store_, id_), pattern(0, 400));
}

TEST_F(BlobFolder, what_a_crash_left_of_the_making_is_swept) {
  put_three();
  const auto other = filled<BlobId>(9);
  fs::create_directories(folder_.file(other).parent_path());
  std::ofstream(folder_.file(other)) << "shopbell";
  std::size_t told = 0;
  ASSERT_TRUE(store_
                  ->each([&](const BlobId& id, const BlobInfo&) {
                    EXPECT_EQ(id, id_);
                    return ++told != 0;
                  })
                  .ok());
  EXPECT_EQ(told, 1u);
  EXPECT_FALSE(fs::exists(folder_.file(other)));
}

TEST_F(BlobFolder, a_damaged_record_with_bytes_behind_it_is_left_to_people) {
  put_three();
  overwrite(0, Bytes(8192, 0));
  ASSERT_TRUE(store_->each([](const BlobId&, const BlobInfo&) { return true; }).ok());
  EXPECT_TRUE(fs::exists(folder_.file(id_)));
  EXPECT_EQ(store_->find(id_).error(), Errc::blob_unknown);
}

TEST_F(BlobFolder, others_cannot_read_the_files) {
  put_three();
  const auto rights = fs::status(folder_.file(id_)).permissions();
  EXPECT_EQ(rights & (fs::perms::group_all | fs::perms::others_all), fs::perms::none);
}

// A child appends and tells each place that was confirmed; it is killed at once when enough were.
TEST_F(BlobFolder, confirmed_places_survive_a_kill) {
  constexpr std::uint64_t length = 64ull << 20;
  ASSERT_TRUE(store_->create(id_, info_of(length)).ok());
  std::uint64_t confirmed = 0;
  for (int round = 0; round < 5; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const auto child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto one = store_->open_writer(id_);
      if (!one) ::_exit(1);
      for (std::uint64_t at = (*one)->info().offset; at < length;) {
        const auto size = 10'000 + static_cast<std::size_t>(at % 7001);
        if (!(*one)->append(pattern(at, size)) || !(*one)->sync(at)) ::_exit(2);
        at += size;
        if (::write(ends[1], &at, sizeof at) != sizeof at) ::_exit(3);
      }
      ::_exit(0);
    }
    ::close(ends[1]);
    for (int i = 0; i < 7 + round; ++i) {
      ASSERT_EQ(::read(ends[0], &confirmed, sizeof confirmed),
                static_cast<ssize_t>(sizeof confirmed));
    }
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    std::uint64_t more = 0;
    while (::read(ends[0], &more, sizeof more) == static_cast<ssize_t>(sizeof more)) {
      confirmed = more;
    }
    ::close(ends[0]);
    ASSERT_TRUE(WIFSIGNALED(status));
    open();
    const auto found = store_->find(id_);
    ASSERT_TRUE(found.ok());
    EXPECT_GE(found->offset, confirmed);
    Bytes kept(found->offset);
    std::ifstream file(folder_.file(id_), std::ios::binary);
    file.seekg(8192);
    file.read(reinterpret_cast<char*>(kept.data()), static_cast<std::streamsize>(kept.size()));
    EXPECT_EQ(kept, pattern(0, kept.size()));
  }
}

}  // namespace
}  // namespace shopbell::blob
