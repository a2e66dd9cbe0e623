#include "shopbell/blob.h"

#include <sodium.h>

#include <new>

#include "base/check.h"

namespace shopbell::blob {
namespace {

constexpr std::string_view chunk_label = "shopbell blob chunk v1";
constexpr std::string_view nonce_label = "shopbell blob nonce v1";

// u64le(index) || u8(last): what a chunk is, for its nonce and as its AAD.
using Place = std::array<std::uint8_t, 9>;

Place place_of(std::uint64_t index, bool last) {
  Place out;
  const auto number = crypto::u64le(index);
  std::copy(number.begin(), number.end(), out.begin());
  out[8] = last ? 1 : 0;
  return out;
}

// Plain bytes of chunk `index` in a file of `bytes`.
std::size_t plain_size(std::uint64_t index, std::uint64_t bytes) {
  const std::uint64_t begin = index * chunk_bytes;
  return static_cast<std::size_t>(std::min<std::uint64_t>(chunk_bytes, bytes - begin));
}

}  // namespace

std::uint64_t chunks_of(std::uint64_t bytes) {
  return bytes == 0 ? 1 : (bytes - 1) / chunk_bytes + 1;
}

std::uint64_t sealed_bytes_of(std::uint64_t bytes) {
  return bytes + chunks_of(bytes) * extra_bytes;
}

std::optional<std::uint64_t> bytes_of_sealed(std::uint64_t sealed) {
  if (sealed < extra_bytes) return std::nullopt;
  const std::uint64_t chunks = (sealed - 1) / sealed_chunk_bytes + 1;
  if (sealed < chunks * extra_bytes) return std::nullopt;
  const std::uint64_t bytes = sealed - chunks * extra_bytes;
  if (chunks_of(bytes) != chunks) return std::nullopt;
  return bytes;
}

static_assert(sizeof(crypto_generichash_state) <= 384);

namespace {

crypto_generichash_state* state_in(std::array<std::uint8_t, 384>& bytes) {
  return std::launder(reinterpret_cast<crypto_generichash_state*>(bytes.data()));
}

}  // namespace

Digest::Digest() {
  auto* state = new (state_.data()) crypto_generichash_state;
  crypto_generichash_init(state, nullptr, 0, Hash::size);
}

Digest::~Digest() { sodium_memzero(state_.data(), state_.size()); }

void Digest::add(BytesView bytes) {
  crypto_generichash_update(state_in(state_), bytes.data(), bytes.size());
}

Hash Digest::value() const {
  alignas(64) std::array<std::uint8_t, 384> copy = state_;
  Hash out;
  crypto_generichash_final(state_in(copy), out.data.data(), Hash::size);
  sodium_memzero(copy.data(), copy.size());
  return out;
}

Keys::Keys(const Key& key)
    : chunk_(crypto::derive(key, chunk_label, {})), nonce_(crypto::derive(key, nonce_label, {})) {}

std::size_t Keys::seal(std::uint64_t index, bool last, BytesView chunk,
                       std::span<std::uint8_t> out) const {
  SHOPBELL_CHECK(chunk.size() == chunk_bytes || (last && chunk.size() < chunk_bytes),
                 "only the last chunk is shorter");
  SHOPBELL_CHECK(out.size() >= chunk.size() + extra_bytes, "there is room for what is sealed");
  const Place place = place_of(index, last);
  crypto_generichash_state state;
  crypto_generichash_init(&state, nonce_.reveal().data(), 32, Hash::size);
  crypto_generichash_update(&state, place.data(), place.size());
  crypto_generichash_update(&state, chunk.data(), chunk.size());
  Hash hash;
  crypto_generichash_final(&state, hash.data.data(), Hash::size);
  sodium_memzero(&state, sizeof state);
  std::copy_n(hash.data.begin(), crypto::nonce_bytes, out.begin());
  crypto_aead_xchacha20poly1305_ietf_encrypt(out.data() + crypto::nonce_bytes, nullptr,
                                             chunk.data(), chunk.size(), place.data(), place.size(),
                                             nullptr, out.data(), chunk_.reveal().data());
  return chunk.size() + extra_bytes;
}

Result<std::size_t> Keys::open(std::uint64_t index, bool last, BytesView sealed,
                               std::span<std::uint8_t> out) const {
  if (sealed.size() < extra_bytes || sealed.size() > sealed_chunk_bytes) return Errc::blob_bad;
  const std::size_t size = sealed.size() - extra_bytes;
  SHOPBELL_CHECK(out.size() >= size, "there is room for what is opened");
  const Place place = place_of(index, last);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          out.data(), nullptr, nullptr, sealed.data() + crypto::nonce_bytes,
          sealed.size() - crypto::nonce_bytes, place.data(), place.size(), sealed.data(),
          chunk_.reveal().data()) != 0) {
    return Errc::blob_bad;
  }
  return size;
}

bool Sealer::fits(std::uint64_t index, BytesView chunk) const {
  return index < chunks_of(bytes_) && chunk.size() == plain_size(index, bytes_);
}

Result<std::size_t> Sealer::seal(std::uint64_t index, BytesView chunk,
                                 std::span<std::uint8_t> out) const {
  if (!fits(index, chunk)) return Errc::blob_file_changed;
  return keys_.seal(index, index + 1 == chunks_of(bytes_), chunk, out);
}

Status Sealer::add(BytesView chunk) {
  if (!fits(added_, chunk)) return Errc::blob_file_changed;
  digest_.add(chunk);
  ++added_;
  return {};
}

std::size_t Opener::size_of(std::uint64_t index) const {
  if (index >= chunks_of(bytes_)) return 0;
  return plain_size(index, bytes_) + extra_bytes;
}

Result<std::size_t> Opener::open(std::uint64_t index, BytesView sealed,
                                 std::span<std::uint8_t> out) const {
  if (sealed.empty() || sealed.size() != size_of(index)) return Errc::blob_bad;
  return keys_.open(index, index + 1 == chunks_of(bytes_), sealed, out);
}

}  // namespace shopbell::blob
