#include "desk/preview/address.h"

#include <algorithm>
#include <cstddef>

namespace shopbell::desk {
namespace {

template <std::size_t N>
struct Range {
  std::array<std::uint8_t, N> first;
  unsigned bits;
};

template <std::size_t N>
bool lies_in(const std::array<std::uint8_t, N>& address, const Range<N>& range) {
  for (unsigned bit = 0; bit < range.bits; ++bit) {
    const unsigned shift = 7 - bit % 8;
    if (((address[bit / 8] ^ range.first[bit / 8]) >> shift & 1) != 0) return false;
  }
  return true;
}

// IANA's registry of special addresses (RFC 6890 and later), with multicast and what is reserved.
constexpr Range<4> special_v4[] = {{{0, 0, 0, 0}, 8},
                                   {{10, 0, 0, 0}, 8},
                                   {{100, 64, 0, 0}, 10},
                                   {{127, 0, 0, 0}, 8},
                                   {{169, 254, 0, 0}, 16},
                                   {{172, 16, 0, 0}, 12},
                                   {{192, 0, 0, 0}, 24},
                                   {{192, 0, 2, 0}, 24},
                                   {{192, 31, 196, 0}, 24},
                                   {{192, 52, 193, 0}, 24},
                                   {{192, 88, 99, 0}, 24},
                                   {{192, 168, 0, 0}, 16},
                                   {{192, 175, 48, 0}, 24},
                                   {{198, 18, 0, 0}, 15},
                                   {{198, 51, 100, 0}, 24},
                                   {{203, 0, 113, 0}, 24},
                                   {{224, 0, 0, 0}, 3},
                                   // Handed out by a cloud's machines to its guests.
                                   {{100, 100, 100, 200}, 32},
                                   {{168, 63, 129, 16}, 32}};

// Only these are given to the open network.
constexpr Range<16> global_v6{{0x20}, 3};
constexpr Range<16> special_v6[] = {
    {{0x20, 0x01, 0x00}, 23},              // Teredo and other protocols' own
    {{0x20, 0x01, 0x0d, 0xb8}, 32},        // documentation
    {{0x3f, 0xff}, 20},                    // documentation
    {{0x26, 0x20, 0x00, 0x4f, 0x80}, 48},  // AS112
};
constexpr Range<16> six_to_four{{0x20, 0x02}, 16};
constexpr Range<16> nat64{{0x00, 0x64, 0xff, 0x9b}, 96};
constexpr Range<16> mapped{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96};

AddressV4 inside(const AddressV6& address, std::size_t at) {
  AddressV4 out{};
  std::copy_n(address.begin() + static_cast<std::ptrdiff_t>(at), out.size(), out.begin());
  return out;
}

}  // namespace

bool is_public(const AddressV4& address) {
  return std::none_of(std::begin(special_v4), std::end(special_v4),
                      [&](const auto& range) { return lies_in(address, range); });
}

bool is_public(const AddressV6& address) {
  if (lies_in(address, mapped) || lies_in(address, nat64)) return is_public(inside(address, 12));
  if (lies_in(address, six_to_four)) return is_public(inside(address, 2));
  if (!lies_in(address, global_v6)) return false;
  return std::none_of(std::begin(special_v6), std::end(special_v6),
                      [&](const auto& range) { return lies_in(address, range); });
}

}  // namespace shopbell::desk
