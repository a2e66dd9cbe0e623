// blob.wasm: files sealed and opened chunk by chunk (core/include/shopbell/blob.h). One buffer of
// plain and one of sealed bytes serve all files of an instance; each call works on their beginning.
// Numbers that may pass 2^32 come as double. An answer below zero is an error.
#include <cstdlib>

#include "base/check.h"
#include "shopbell/blob.h"

namespace {

using namespace shopbell;

alignas(16) std::uint8_t plain[blob::chunk_bytes];
alignas(16) std::uint8_t sealed[blob::sealed_chunk_bytes];

struct File {
  File(const Key& key, std::uint64_t bytes) : sealer(key, bytes), opener(key, bytes) {}
  blob::Sealer sealer;
  blob::Opener opener;
};

BytesView plain_view(std::uint32_t size) {
  SHOPBELL_CHECK(size <= sizeof plain, "a chunk fits");
  return {plain, size};
}

}  // namespace

extern "C" {

std::uint8_t* blob_plain() { return plain; }
std::uint8_t* blob_sealed() { return sealed; }

// The key is the first 32 bytes of the plain buffer, which are zero after it.
File* blob_new(double bytes) {
  const Key key = Key::from(plain_view(32));
  std::fill_n(plain, 32, std::uint8_t{0});
  return new File(key, static_cast<std::uint64_t>(bytes));
}

void blob_delete(File* file) { delete file; }

// Chunk `index`, of `size` plain bytes: the sealed size. -1: not the size that it has in this file.
std::int32_t blob_seal(File* file, double index, std::uint32_t size) {
  const auto number = static_cast<std::uint64_t>(index);
  const Result<std::size_t> out = file->sealer.seal(number, plain_view(size), sealed);
  return out ? static_cast<std::int32_t>(*out) : -1;
}

// The next chunk for the digest: 0, or -1 as above.
std::int32_t blob_add(File* file, std::uint32_t size) {
  return file->sealer.add(plain_view(size)).ok() ? 0 : -1;
}

// Of the chunks added so far, into the first 32 bytes of the sealed buffer.
void blob_digest(File* file) {
  const Hash digest = file->sealer.digest();
  std::copy(digest.data.begin(), digest.data.end(), sealed);
}

// Sealed chunk `index` of `size` bytes: the plain size. -1: it is not that chunk.
std::int32_t blob_open(File* file, double index, std::uint32_t size) {
  if (size > sizeof sealed) return -1;
  const BytesView in(sealed, size);
  const Result<std::size_t> out = file->opener.open(static_cast<std::uint64_t>(index), in, plain);
  return out ? static_cast<std::int32_t>(*out) : -1;
}

}  // extern "C"
