// blob.json, read by this implementation.
#include "shopbell/blob.h"
#include "vectors.h"

namespace shopbell::blob {
namespace {

using namespace testing;

Bytes file_of(std::uint64_t size) {
  Bytes out(static_cast<std::size_t>(size));
  for (std::size_t n = 0; n < out.size(); ++n) out[n] = static_cast<std::uint8_t>(n + (n >> 8));
  return out;
}

Hash digest_of(BytesView bytes) {
  Digest digest;
  digest.add(bytes);
  return digest.value();
}

TEST(Vectors, Files) {
  const json::value file = load_vectors("blob");
  const Key key = key_at(file, "key");
  for (const json::value& at : list_at(file, "files")) {
    const std::uint64_t size = number_at(at, "bytes");
    const Bytes plain = file_of(size);
    EXPECT_EQ(sealed_bytes_of(size), number_at(at, "sealed_bytes"));
    Sealer sealer(key, size);
    Bytes out(sealed_chunk_bytes);
    BytesView rest = plain;
    for (const json::value& chunk : list_at(at, "chunks")) {
      const BytesView next = rest.first(std::min(rest.size(), chunk_bytes));
      rest = rest.subspan(next.size());
      const auto sealed = sealer.seal(sealer.added(), next, out);
      ASSERT_TRUE(sealed.ok() && sealer.add(next).ok());
      EXPECT_EQ(*sealed, number_at(chunk, "bytes"));
      const BytesView made = BytesView(out).first(*sealed);
      expect_bytes(made.first(crypto::nonce_bytes), chunk, "nonce");
      expect_bytes(digest_of(made).view(), chunk, "hash");
      if (at.as_object().contains("sealed")) expect_bytes(made, at, "sealed");
    }
    EXPECT_EQ(sealer.added(), chunks_of(size));
    expect_bytes(sealer.digest().view(), at, "digest");
  }
}

TEST(Vectors, FilesRefused) {
  const json::value file = load_vectors("blob");
  Bytes out(chunk_bytes);
  for (const json::value& at : list_at(file, "refused")) {
    const Opener opener(key_at(file, "key"), number_at(at, "bytes"));
    const auto opened = opener.open(number_at(at, "index"), bytes_at(at, "sealed"), out);
    expect_error(at, opened ? Errc::none : opened.error());
  }
}

}  // namespace
}  // namespace shopbell::blob
