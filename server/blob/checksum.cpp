#include "blob/checksum.h"

#include <sodium.h>

#include <bit>

namespace shopbell::blob {
namespace {

class Sha256 : public Checksummer {
 public:
  Sha256() { crypto_hash_sha256_init(&state_); }
  void add(BytesView bytes) override {
    crypto_hash_sha256_update(&state_, bytes.data(), bytes.size());
  }
  Bytes digest() override {
    Bytes out(crypto_hash_sha256_BYTES);
    crypto_hash_sha256_final(&state_, out.data());
    return out;
  }

 private:
  crypto_hash_sha256_state state_;
};

// FIPS 180-4; libsodium has none, rightly. Every tus client speaks it.
class Sha1 : public Checksummer {
 public:
  void add(BytesView bytes) override {
    length_ += bytes.size();
    while (!bytes.empty()) {
      const auto take = std::min(block_.size() - held_, bytes.size());
      std::copy_n(bytes.begin(), take, block_.begin() + static_cast<std::ptrdiff_t>(held_));
      held_ += take;
      bytes = bytes.subspan(take);
      if (held_ == block_.size()) mix();
    }
  }

  Bytes digest() override {
    const std::uint64_t bits = length_ * 8;
    static constexpr std::array<std::uint8_t, 64> padding = {0x80};
    const auto room = held_ < 56 ? 56 - held_ : 120 - held_;
    add(BytesView(padding).first(room));
    std::array<std::uint8_t, 8> size{};
    for (std::size_t i = 0; i < size.size(); ++i) {
      size[i] = static_cast<std::uint8_t>(bits >> (56 - 8 * i));
    }
    add(size);
    Bytes out;
    for (const auto word : state_) {
      for (int shift = 24; shift >= 0; shift -= 8) {
        out.push_back(static_cast<std::uint8_t>(word >> shift));
      }
    }
    return out;
  }

 private:
  void mix() {
    std::array<std::uint32_t, 80> w{};
    for (std::size_t i = 0; i < 16; ++i) {
      for (std::size_t j = 0; j < 4; ++j) w[i] = w[i] << 8 | block_[i * 4 + j];
    }
    for (std::size_t i = 16; i < 80; ++i) {
      w[i] = std::rotl(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    }
    auto [a, b, c, d, e] = state_;
    for (std::size_t i = 0; i < 80; ++i) {
      std::uint32_t f = b ^ c ^ d;
      std::uint32_t k = i < 40 ? 0x6ed9eba1 : 0xca62c1d6;
      if (i < 20) {
        f = (b & c) | (~b & d);
        k = 0x5a827999;
      } else if (i >= 40 && i < 60) {
        f = (b & c) | (b & d) | (c & d);
        k = 0x8f1bbcdc;
      }
      const std::uint32_t next = std::rotl(a, 5) + f + e + k + w[i];
      e = d;
      d = c;
      c = std::rotl(b, 30);
      b = a;
      a = next;
    }
    const std::array<std::uint32_t, 5> sum = {a, b, c, d, e};
    for (std::size_t i = 0; i < sum.size(); ++i) state_[i] += sum[i];
    held_ = 0;
  }

  std::array<std::uint32_t, 5> state_ = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476,
                                         0xc3d2e1f0};
  std::array<std::uint8_t, 64> block_{};
  std::size_t held_ = 0;
  std::uint64_t length_ = 0;
};

std::optional<Bytes> from_base64(std::string_view text, std::size_t bytes) {
  Bytes out(bytes);
  std::size_t size = 0;
  const char* end = nullptr;
  const int fits = sodium_base642bin(out.data(), out.size(), text.data(), text.size(), nullptr,
                                     &size, &end, sodium_base64_VARIANT_ORIGINAL);
  if (fits != 0 || size != bytes || end != text.data() + text.size()) return {};
  return out;
}

}  // namespace

std::optional<Checksum> read_checksum(std::string_view text) {
  const auto space = text.find(' ');
  if (space == std::string_view::npos) return {};
  const auto name = text.substr(0, space);
  Checksum out;
  if (name == "sha256") {
    out.kind = Checksum::Kind::sha256;
  } else if (name != "sha1") {
    return {};
  }
  const bool short_one = out.kind == Checksum::Kind::sha1;
  auto digest = from_base64(text.substr(space + 1), short_one ? 20 : 32);
  if (!digest) return {};
  out.digest = std::move(*digest);
  return out;
}

std::unique_ptr<Checksummer> make_checksummer(Checksum::Kind kind) {
  if (kind == Checksum::Kind::sha256) return std::make_unique<Sha256>();
  return std::make_unique<Sha1>();
}

}  // namespace shopbell::blob
