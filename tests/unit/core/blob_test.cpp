// Files chunk by chunk: what is sealed opens as it was, and as nothing else.
#include "shopbell/blob.h"

#include "fixtures.h"
#include "unit/relay/allocation_count.h"

namespace shopbell::blob {
namespace {

using testing::key_of;

Bytes file_of(std::size_t size) {
  Bytes out(size);
  for (std::size_t n = 0; n < size; ++n) out[n] = static_cast<std::uint8_t>(n + (n >> 8));
  return out;
}

BytesView chunk_of(const Bytes& file, std::uint64_t index) {
  const BytesView all(file);
  const auto begin = static_cast<std::size_t>(index) * chunk_bytes;
  return all.subspan(begin, std::min(chunk_bytes, all.size() - begin));
}

Bytes sealed_chunk(const Sealer& sealer, std::uint64_t index, BytesView chunk) {
  Bytes out(sealed_chunk_bytes);
  const auto size = sealer.seal(index, chunk, out);
  EXPECT_TRUE(size.ok());
  out.resize(size ? *size : 0);
  return out;
}

std::vector<Bytes> sealed_chunks(const Key& key, const Bytes& file) {
  const Sealer sealer(key, file.size());
  std::vector<Bytes> out;
  for (std::uint64_t index = 0; index < chunks_of(file.size()); ++index) {
    out.push_back(sealed_chunk(sealer, index, chunk_of(file, index)));
  }
  return out;
}

Result<Bytes> opened(const Opener& opener, std::uint64_t index, BytesView sealed) {
  Bytes out(chunk_bytes);
  const auto size = opener.open(index, sealed, out);
  if (!size) return size.error();
  out.resize(*size);
  return out;
}

bool refused(const Opener& opener, std::uint64_t index, BytesView sealed) {
  const auto result = opened(opener, index, sealed);
  return !result && result.error() == Errc::blob_bad;
}

TEST(Blob, EverySizeOpensAsItWasSealed) {
  for (std::size_t size : {std::size_t{0}, std::size_t{1}, chunk_bytes - 1, chunk_bytes,
                           chunk_bytes + 1, 2 * chunk_bytes, 3 * chunk_bytes + 17}) {
    const Bytes file = file_of(size);
    const auto sealed = sealed_chunks(key_of(1), file);
    EXPECT_EQ(sealed.size(), chunks_of(size));
    const Opener opener(key_of(1), size);
    std::uint64_t total = 0;
    // Backwards: each opens alone.
    for (std::uint64_t index = sealed.size(); index-- > 0;) {
      const auto plain = opened(opener, index, sealed[index]);
      ASSERT_TRUE(plain.ok()) << size << " " << index;
      EXPECT_TRUE(same_bytes(*plain, chunk_of(file, index)));
      EXPECT_EQ(opener.size_of(index), sealed[index].size());
      total += sealed[index].size();
    }
    EXPECT_EQ(total, sealed_bytes_of(size));
    EXPECT_EQ(bytes_of_sealed(total), size);
  }
}

TEST(Blob, SizesThatNoFileHasAreKnown) {
  for (std::uint64_t sealed :
       {std::uint64_t{0}, std::uint64_t{39}, std::uint64_t{sealed_chunk_bytes + 1},
        std::uint64_t{sealed_chunk_bytes + extra_bytes}}) {
    EXPECT_EQ(bytes_of_sealed(sealed), std::nullopt) << sealed;
  }
  EXPECT_EQ(bytes_of_sealed(extra_bytes), 0u);
  EXPECT_EQ(bytes_of_sealed(sealed_chunk_bytes + extra_bytes + 1), chunk_bytes + 1);
}

TEST(Blob, AnyChangedByteOfAChunkIsNamed) {
  const Bytes file = file_of(chunk_bytes + 300);
  auto sealed = sealed_chunks(key_of(1), file);
  const Opener opener(key_of(1), file.size());
  // Every byte of the short one; in the full one nonce, tag and some of the body.
  for (std::size_t at = 0; at < sealed[1].size(); ++at) {
    sealed[1][at] ^= 0x40;
    EXPECT_TRUE(refused(opener, 1, sealed[1])) << at;
    sealed[1][at] ^= 0x40;
  }
  for (std::size_t at = 0; at < sealed_chunk_bytes; at += at < 24 || at > 65'550 ? 1 : 997) {
    sealed[0][at] ^= 1;
    EXPECT_TRUE(refused(opener, 0, sealed[0])) << at;
    sealed[0][at] ^= 1;
  }
  EXPECT_TRUE(opened(opener, 0, sealed[0]).ok());
  EXPECT_TRUE(opened(opener, 1, sealed[1]).ok());
}

TEST(Blob, ChunksAreBoundToTheirPlaceAndToTheEnd) {
  const Bytes file = file_of(3 * chunk_bytes);
  const auto sealed = sealed_chunks(key_of(1), file);
  const Opener opener(key_of(1), file.size());
  EXPECT_TRUE(refused(opener, 1, sealed[0]));
  EXPECT_TRUE(refused(opener, 0, sealed[1]));
  EXPECT_TRUE(refused(opener, 1, sealed[2]));
  // Cut after the second chunk, said to be all of a shorter file.
  EXPECT_TRUE(refused(Opener(key_of(1), 2 * chunk_bytes), 1, sealed[1]));
  // One more, after the last.
  EXPECT_TRUE(refused(opener, 3, sealed[2]));
  EXPECT_TRUE(refused(Opener(key_of(1), 4 * chunk_bytes), 2, sealed[2]));
  EXPECT_TRUE(refused(Opener(key_of(2), file.size()), 0, sealed[0]));
}

TEST(Blob, SizesOfChunksAreThoseOfTheFile) {
  const Bytes file = file_of(100);
  const auto sealed = sealed_chunks(key_of(1), file);
  const Opener opener(key_of(1), 100);
  for (std::size_t size = 0; size < sealed[0].size(); ++size) {
    EXPECT_TRUE(refused(opener, 0, BytesView(sealed[0]).first(size))) << size;
  }
  Bytes longer = sealed[0];
  longer.push_back(0);
  EXPECT_TRUE(refused(opener, 0, longer));
  EXPECT_TRUE(refused(Opener(key_of(1), 101), 0, sealed[0]));
  EXPECT_TRUE(refused(opener, 1ull << 60, sealed[0]));
}

TEST(Blob, AnyChunkIsSealedAgainWithTheSameBytes) {
  const Bytes file = file_of(4 * chunk_bytes + 9);
  const auto whole = sealed_chunks(key_of(1), file);
  const Sealer again(key_of(1), file.size());
  for (std::uint64_t index = whole.size(); index-- > 0;) {
    EXPECT_EQ(sealed_chunk(again, index, chunk_of(file, index)), whole[index]);
  }
}

TEST(Blob, TheDigestTakesEachChunkInItsOrder) {
  const Bytes file = file_of(2 * chunk_bytes + 9);
  Sealer sealer(key_of(1), file.size());
  Digest whole;
  whole.add(file);
  while (sealer.added() < chunks_of(file.size())) {
    EXPECT_NE(sealer.digest(), whole.value());
    ASSERT_TRUE(sealer.add(chunk_of(file, sealer.added())).ok());
  }
  EXPECT_EQ(sealer.digest(), whole.value());
}

TEST(Blob, AChangedFileNeverUsesANonceAgain) {
  Bytes file = file_of(chunk_bytes + 1);
  const auto before = sealed_chunks(key_of(1), file);
  file[5] ^= 1;
  const auto after = sealed_chunks(key_of(1), file);
  const auto nonce_of = [](const Bytes& sealed) { return to_bytes(BytesView(sealed).first(24)); };
  EXPECT_NE(nonce_of(before[0]), nonce_of(after[0]));
  EXPECT_EQ(before[1], after[1]);
  // Nor do two like chunks of one file, nor one that became the last.
  const auto like = sealed_chunks(key_of(1), Bytes(2 * chunk_bytes, 7));
  const auto alone = sealed_chunks(key_of(1), Bytes(chunk_bytes, 7));
  EXPECT_NE(nonce_of(like[0]), nonce_of(like[1]));
  EXPECT_NE(nonce_of(like[0]), nonce_of(alone[0]));
}

TEST(Blob, AFileThatGrowsOrShrinksIsNamed) {
  const Bytes file = file_of(chunk_bytes + 10);
  Bytes out(sealed_chunk_bytes);
  Sealer sealer(key_of(1), file.size());
  const BytesView all(file);
  EXPECT_EQ(sealer.seal(0, all.first(10), out).error(), Errc::blob_file_changed);
  EXPECT_EQ(sealer.seal(1, all.first(11), out).error(), Errc::blob_file_changed);
  EXPECT_EQ(sealer.seal(2, {}, out).error(), Errc::blob_file_changed);
  EXPECT_EQ(sealer.add(all.first(10)).error(), Errc::blob_file_changed);
  EXPECT_TRUE(sealer.add(all.first(chunk_bytes)).ok());
  EXPECT_EQ(sealer.add(all.first(9)).error(), Errc::blob_file_changed);
  EXPECT_TRUE(sealer.add(all.first(10)).ok());
  EXPECT_EQ(sealer.add({}).error(), Errc::blob_file_changed);
}

TEST(Blob, TheDigestIsBlake2bOfTheFile) {
  // "abc", by an independent implementation (Python's hashlib).
  Digest digest;
  digest.add(as_bytes("a"));
  (void)digest.value();
  digest.add(as_bytes("bc"));
  EXPECT_EQ(to_hex(digest.value().view()),
            "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

TEST(Blob, AChunkAllocatesNothing) {
  const Bytes file = file_of(3 * chunk_bytes);
  Bytes sealed(sealed_chunk_bytes);
  Bytes plain(chunk_bytes);
  Sealer sealer(key_of(1), file.size());
  const Opener opener(key_of(1), file.size());
  const auto before = relay::testing::allocations_here();
  for (std::uint64_t index = 0; index < 3; ++index) {
    const auto size = sealer.seal(index, chunk_of(file, index), sealed);
    ASSERT_TRUE(size.ok() && sealer.add(chunk_of(file, index)).ok());
    ASSERT_TRUE(opener.open(index, BytesView(sealed).first(*size), plain).ok());
  }
  EXPECT_EQ(relay::testing::allocations_here(), before);
}

}  // namespace
}  // namespace shopbell::blob
