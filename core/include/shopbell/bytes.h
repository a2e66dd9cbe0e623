// Bytes, and the fixed-width values that the protocol names. A type per id, so that a log id can
// not be passed where a device id is meant. Views never own; they live as long as what they look
// at.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shopbell {

using Bytes = std::vector<std::uint8_t>;
using BytesView = std::span<const std::uint8_t>;

inline BytesView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline std::string_view as_text(BytesView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline Bytes to_bytes(BytesView view) { return Bytes(view.begin(), view.end()); }

inline void append(Bytes& out, BytesView more) { out.insert(out.end(), more.begin(), more.end()); }

inline bool same_bytes(BytesView a, BytesView b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin());
}

// N public bytes with a meaning. `Tag` makes each meaning a type of its own. All zero means "none".
template <std::size_t N, class Tag>
struct Fixed {
  static constexpr std::size_t size = N;
  std::array<std::uint8_t, N> data{};

  // Precondition: view.size() == N.
  static Fixed from(BytesView view) {
    Fixed out;
    std::copy_n(view.begin(), std::min(N, view.size()), out.data.begin());
    return out;
  }
  BytesView view() const { return {data.data(), N}; }
  bool is_zero() const {
    return std::all_of(data.begin(), data.end(), [](std::uint8_t b) { return b == 0; });
  }
  explicit operator bool() const { return !is_zero(); }
  friend bool operator==(const Fixed& a, const Fixed& b) { return a.data == b.data; }
  friend bool operator!=(const Fixed& a, const Fixed& b) { return a.data != b.data; }
  friend bool operator<(const Fixed& a, const Fixed& b) { return a.data < b.data; }
};

using ShopId = Fixed<32, struct ShopIdTag>;      // the root's Ed25519 public key
using SignKey = Fixed<32, struct SignKeyTag>;    // Ed25519 public key
using SealKey = Fixed<32, struct SealKeyTag>;    // X25519 public key
using DeviceId = Fixed<32, struct DeviceIdTag>;  // BLAKE2b-256 over both public keys
using LogId = Fixed<16, struct LogIdTag>;
using Hash = Fixed<32, struct HashTag>;  // BLAKE2b-256, chains, nonces
using Signature = Fixed<64, struct SignatureTag>;
using KeyBox = Fixed<80, struct KeyBoxTag>;  // a 32-byte key sealed to a SealKey

// For hash tables; the values are hashes or keys already, so their first bytes do.
struct FixedHash {
  template <std::size_t N, class Tag>
  std::size_t operator()(const Fixed<N, Tag>& value) const {
    std::size_t out = 0;
    std::memcpy(&out, value.data.data(), sizeof out);
    return out;
  }
};

std::string to_hex(BytesView bytes);
// Lower or upper case; false where the text is not hexadecimal of exactly out.size() bytes.
bool from_hex(std::string_view text, std::span<std::uint8_t> out);
// base64url without padding (RFC 4648 section 5), as keys stand in tags and links.
std::string to_base64url(BytesView bytes);
// False where the text is not the one canonical encoding of out.size() bytes.
bool from_base64url(std::string_view text, std::span<std::uint8_t> out);

}  // namespace shopbell
