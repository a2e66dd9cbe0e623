// The few cryptographic acts of the protocol (docs/PROTOCOL.md section 0) over libsodium, and
// secrets as types. Nothing here draws randomness by itself: an Rng is fed by the host.
#pragma once

#include <optional>

#include "shopbell/bytes.h"
#include "shopbell/result.h"

namespace shopbell {

// N secret bytes: move-only, zeroed when left, compared in constant time, never printed.
template <std::size_t N>
class Secret {
 public:
  Secret() = default;
  // Copies from public view of secret bytes, e.g. after opening a box. Precondition: view.size() ==
  // N.
  static Secret from(BytesView view) {
    Secret out;
    std::copy_n(view.begin(), std::min(N, view.size()), out.data_.begin());
    return out;
  }
  Secret(Secret&& other) noexcept : data_(other.data_) { other.wipe(); }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      data_ = other.data_;
      other.wipe();
    }
    return *this;
  }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { wipe(); }

  // An explicit second copy, to be searched for in review.
  Secret clone() const { return from(reveal()); }
  // The bytes, for the crypto calls and the sealed store only.
  BytesView reveal() const { return {data_.data(), N}; }
  std::span<std::uint8_t> writable() { return {data_.data(), N}; }
  // Constant time.
  bool equals(const Secret& other) const;
  bool is_zero() const;

 private:
  void wipe() {
    volatile std::uint8_t* p = data_.data();
    for (std::size_t i = 0; i < N; ++i) p[i] = 0;
  }
  std::array<std::uint8_t, N> data_{};
};

using Key = Secret<32>;

// A deterministic generator with key erasure, seeded by the host's entropy: after each draw the
// state that made it is gone. Seeding mixes; drawing before the first seed aborts, for a key
// without randomness would be worse than no program.
class Rng {
 public:
  // At least limits::entropy_seed_bytes; shorter input is mixed in but does not count as a seed.
  void seed(BytesView entropy);
  bool seeded() const { return seeded_; }
  void fill(std::span<std::uint8_t> out);
  Key key();
  Hash nonce();

 private:
  Key state_;
  bool seeded_ = false;
};

namespace crypto {

// H(label, parts...) of PROTOCOL.md 0.2.
Hash hash(std::string_view label, std::initializer_list<BytesView> parts);
// KDF(key, label, parts...) of PROTOCOL.md 0.3.
Key derive(const Key& key, std::string_view label, std::initializer_list<BytesView> parts);

struct SignPair {
  Key seed;
  SignKey key;
};
struct SealPair {
  Key secret;
  SealKey key;
};
SignPair sign_pair(Key seed);
SealPair seal_pair(Key secret);

Signature sign(const SignPair& pair, std::string_view domain, BytesView body);
bool verify(const SignKey& key, std::string_view domain, BytesView body,
            const Signature& signature);

inline constexpr std::size_t nonce_bytes = 24;
inline constexpr std::size_t tag_bytes = 16;
using AeadNonce = std::array<std::uint8_t, nonce_bytes>;

Bytes aead_seal(const Key& key, const AeadNonce& nonce, BytesView aad, BytesView plain);
// Nothing where the tag does not fit.
std::optional<Bytes> aead_open(const Key& key, const AeadNonce& nonce, BytesView aad,
                               BytesView sealed);

// X25519; nothing where the result is all zero (a key of small order).
std::optional<Key> exchange(const SealPair& mine, const SealKey& theirs);

// BOX of PROTOCOL.md 0.6 for a 32-byte key. bad_key where `to` is of small order.
Result<KeyBox> box_key(Rng& rng, const SealKey& to, BytesView aad, const Key& secret);
// box_bad where it does not open.
Result<Key> open_key_box(const SealPair& mine, BytesView aad, const KeyBox& box);

std::array<std::uint8_t, 8> u64be(std::uint64_t value);
std::array<std::uint8_t, 8> u64le(std::uint64_t value);

}  // namespace crypto
}  // namespace shopbell
