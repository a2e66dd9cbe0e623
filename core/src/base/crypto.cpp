#include "shopbell/crypto.h"

#include <sodium.h>

#include <cstdlib>

#include "shopbell/limits.h"

namespace shopbell {
namespace {

// Lets libsodium choose its fast implementations. Under wasm there is only one, and starting it
// would draw randomness that the core must not have.
void start_sodium() {
#ifndef __EMSCRIPTEN__
  static const bool started = sodium_init() >= 0;
  if (!started) std::abort();
#endif
}

using Digest = std::array<std::uint8_t, 32>;

Digest digest_of(BytesView key, std::string_view label, std::initializer_list<BytesView> parts) {
  start_sodium();
  crypto_generichash_state state;
  crypto_generichash_init(&state, key.empty() ? nullptr : key.data(), key.size(), 32);
  const auto length = static_cast<std::uint8_t>(label.size());
  crypto_generichash_update(&state, &length, 1);
  const BytesView text = as_bytes(label);
  crypto_generichash_update(&state, text.data(), text.size());
  for (BytesView part : parts) crypto_generichash_update(&state, part.data(), part.size());
  Digest out;
  crypto_generichash_final(&state, out.data(), out.size());
  sodium_memzero(&state, sizeof state);
  return out;
}

// `u8(len(domain)) || domain || body` in one piece, as Ed25519 wants it; on the stack when short.
class Message {
 public:
  Message(std::string_view domain, BytesView body) : size_(1 + domain.size() + body.size()) {
    if (size_ > inline_.size()) heap_.resize(size_);
    std::uint8_t* out = size_ > inline_.size() ? heap_.data() : inline_.data();
    *out++ = static_cast<std::uint8_t>(domain.size());
    out = std::copy(domain.begin(), domain.end(), out);
    std::copy(body.begin(), body.end(), out);
  }
  const std::uint8_t* data() const { return heap_.empty() ? inline_.data() : heap_.data(); }
  std::size_t size() const { return size_; }

 private:
  std::size_t size_;
  std::array<std::uint8_t, 1024> inline_;
  Bytes heap_;
};

Key box_key_of(const Key& shared, BytesView fresh, const SealKey& to) {
  return crypto::derive(shared, "shopbell box v1", {fresh, to.view()});
}

constexpr crypto::AeadNonce zero_nonce{};

}  // namespace

template <std::size_t N>
bool Secret<N>::equals(const Secret& other) const {
  return sodium_memcmp(data_.data(), other.data_.data(), N) == 0;
}

template <std::size_t N>
bool Secret<N>::is_zero() const {
  return sodium_is_zero(data_.data(), N) == 1;
}

template class Secret<32>;

void Rng::seed(BytesView entropy) {
  start_sodium();
  Key next;
  crypto_generichash(next.writable().data(), 32, entropy.data(), entropy.size(),
                     state_.reveal().data(), 32);
  state_ = std::move(next);
  seeded_ = seeded_ || entropy.size() >= limits::entropy_seed_bytes;
}

void Rng::fill(std::span<std::uint8_t> out) {
  if (!seeded_) std::abort();
  start_sodium();
  static constexpr std::array<std::uint8_t, crypto_stream_chacha20_ietf_NONCEBYTES> nonce{};
  // The first block makes the next state, all further ones what is handed out.
  std::fill(out.begin(), out.end(), std::uint8_t{0});
  crypto_stream_chacha20_ietf_xor_ic(out.data(), out.data(), out.size(), nonce.data(), 1,
                                     state_.reveal().data());
  Key next;
  crypto_stream_chacha20_ietf(next.writable().data(), 32, nonce.data(), state_.reveal().data());
  state_ = std::move(next);
}

Key Rng::key() {
  Key out;
  fill(out.writable());
  return out;
}

Hash Rng::nonce() {
  Hash out;
  fill(out.data);
  return out;
}

namespace crypto {

Hash hash(std::string_view label, std::initializer_list<BytesView> parts) {
  Hash out;
  out.data = digest_of({}, label, parts);
  return out;
}

Key derive(const Key& key, std::string_view label, std::initializer_list<BytesView> parts) {
  Digest digest = digest_of(key.reveal(), label, parts);
  Key out = Key::from(digest);
  sodium_memzero(digest.data(), digest.size());
  return out;
}

SignPair sign_pair(Key seed) {
  start_sodium();
  SignPair pair;
  std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES> expanded;
  crypto_sign_seed_keypair(pair.key.data.data(), expanded.data(), seed.reveal().data());
  sodium_memzero(expanded.data(), expanded.size());
  pair.seed = std::move(seed);
  return pair;
}

SealPair seal_pair(Key secret) {
  start_sodium();
  SealPair pair;
  crypto_scalarmult_base(pair.key.data.data(), secret.reveal().data());
  pair.secret = std::move(secret);
  return pair;
}

Signature sign(const SignPair& pair, std::string_view domain, BytesView body) {
  start_sodium();
  // libsodium's secret key is the seed followed by the public key.
  std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES> secret;
  const BytesView seed = pair.seed.reveal();
  std::copy(pair.key.data.begin(), pair.key.data.end(),
            std::copy(seed.begin(), seed.end(), secret.begin()));
  const Message message(domain, body);
  Signature out;
  crypto_sign_detached(out.data.data(), nullptr, message.data(), message.size(), secret.data());
  sodium_memzero(secret.data(), secret.size());
  return out;
}

bool verify(const SignKey& key, std::string_view domain, BytesView body,
            const Signature& signature) {
  start_sodium();
  const Message message(domain, body);
  return crypto_sign_verify_detached(signature.data.data(), message.data(), message.size(),
                                     key.data.data()) == 0;
}

Bytes aead_seal(const Key& key, const AeadNonce& nonce, BytesView aad, BytesView plain) {
  start_sodium();
  Bytes out(plain.size() + tag_bytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(out.data(), nullptr, plain.data(), plain.size(),
                                             aad.data(), aad.size(), nullptr, nonce.data(),
                                             key.reveal().data());
  return out;
}

std::optional<Bytes> aead_open(const Key& key, const AeadNonce& nonce, BytesView aad,
                               BytesView sealed) {
  if (sealed.size() < tag_bytes) return std::nullopt;
  start_sodium();
  Bytes out(sealed.size() - tag_bytes);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(out.data(), nullptr, nullptr, sealed.data(),
                                                 sealed.size(), aad.data(), aad.size(),
                                                 nonce.data(), key.reveal().data()) != 0) {
    return std::nullopt;
  }
  return out;
}

std::optional<Key> exchange(const SealPair& mine, const SealKey& theirs) {
  start_sodium();
  Key out;
  if (crypto_scalarmult(out.writable().data(), mine.secret.reveal().data(), theirs.data.data()) !=
      0) {
    return std::nullopt;
  }
  return out;
}

Result<KeyBox> box_key(Rng& rng, const SealKey& to, BytesView aad, const Key& secret) {
  const SealPair fresh = seal_pair(rng.key());
  const std::optional<Key> shared = exchange(fresh, to);
  if (!shared) return Errc::bad_key;
  const Key key = box_key_of(*shared, fresh.key.view(), to);
  const Bytes sealed = aead_seal(key, zero_nonce, aad, secret.reveal());
  KeyBox box;
  std::copy(sealed.begin(), sealed.end(),
            std::copy(fresh.key.data.begin(), fresh.key.data.end(), box.data.begin()));
  return box;
}

Result<Key> open_key_box(const SealPair& mine, BytesView aad, const KeyBox& box) {
  const SealKey fresh = SealKey::from(box.view().first(SealKey::size));
  const std::optional<Key> shared = exchange(mine, fresh);
  if (!shared) return Errc::box_bad;
  const Key key = box_key_of(*shared, fresh.view(), mine.key);
  std::optional<Bytes> plain = aead_open(key, zero_nonce, aad, box.view().subspan(SealKey::size));
  if (!plain) return Errc::box_bad;
  Key out = Key::from(*plain);
  sodium_memzero(plain->data(), plain->size());
  return out;
}

std::array<std::uint8_t, 8> u64be(std::uint64_t value) {
  std::array<std::uint8_t, 8> out;
  for (std::size_t i = 0; i < 8; ++i) out[i] = static_cast<std::uint8_t>(value >> (56 - 8 * i));
  return out;
}

std::array<std::uint8_t, 8> u64le(std::uint64_t value) {
  std::array<std::uint8_t, 8> out;
  for (std::size_t i = 0; i < 8; ++i) out[i] = static_cast<std::uint8_t>(value >> (8 * i));
  return out;
}

}  // namespace crypto
}  // namespace shopbell
