// What the functions of vectors_driver.cpp are given and give back: (u32 length, bytes) repeated.
// An argument that is not there, or not of its size, is a trap: the caller is the tests' own.
#pragma once

#include "shopbell/handshake.h"

namespace shopbell::vectors {

inline void demand(bool holds) {
  if (!holds) __builtin_trap();
}

inline void put_number(Bytes& out, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

class Args {
 public:
  explicit Args(BytesView in) : in_(in) {}

  bool done() const { return in_.empty(); }
  BytesView bytes() { return take(number_of(take(4))); }
  std::string_view text() { return as_text(bytes()); }
  std::uint64_t number() { return number_of(sized(8)); }
  bool flag() { return sized(1)[0] != 0; }
  Key key() { return Key::from(sized(32)); }
  template <class F>
  F fixed() {
    return F::from(sized(F::size));
  }
  DeviceKeys device() {
    Key sign_seed = key();
    Key seal_secret = key();
    return device_from_seeds(std::move(sign_seed), std::move(seal_secret), number());
  }
  ShopInfo card() {
    const auto shop = fixed<ShopId>();
    Result<ShopInfo> info = take_shop_card(shop, bytes());
    demand(info.ok());
    return std::move(*info);
  }

 private:
  static std::uint64_t number_of(BytesView bytes) {
    std::uint64_t out = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) out = out << 8 | bytes[i];
    return out;
  }
  BytesView take(std::uint64_t size) {
    demand(size <= in_.size());
    const BytesView out = in_.first(static_cast<std::size_t>(size));
    in_ = in_.subspan(static_cast<std::size_t>(size));
    return out;
  }
  BytesView sized(std::size_t size) {
    const BytesView out = bytes();
    demand(out.size() == size);
    return out;
  }

  BytesView in_;
};

struct Answer {
  Bytes results;

  void bytes(BytesView view) {
    put_number(results, view.size(), 4);
    append(results, view);
  }
  void number(std::uint64_t value) {
    put_number(results, 8, 4);
    put_number(results, value, 8);
  }
  void flag(bool value) { bytes(Bytes{static_cast<std::uint8_t>(value)}); }
};

}  // namespace shopbell::vectors
