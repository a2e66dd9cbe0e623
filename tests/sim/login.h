// The shop's own login: says by a token whose a device is (docs/PROTOCOL.md section 11).
#pragma once

#include <string>

#include "desk/identity/token.h"
#include "shopbell/identity.h"

namespace shopbell::sim {

class Login {
 public:
  explicit Login(const ShopId& shop) : shop_(shop) {}
  desk::TokenRules rules() const;
  // Each one has another number, and is used once.
  std::string token(std::string_view subject, const DeviceId& device, std::uint64_t now_ms);

 private:
  ShopId shop_;
  std::uint64_t tokens_ = 0;
};

}  // namespace shopbell::sim
