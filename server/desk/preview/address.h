// Which addresses the desk asks for a page: those of the open network alone. A link is a stranger's
// word; what it leads to must not be the shop's own machines, nor those that hand out secrets to
// whoever stands in the same rack.
#pragma once

#include <array>
#include <cstdint>

namespace shopbell::desk {

using AddressV4 = std::array<std::uint8_t, 4>;
using AddressV6 = std::array<std::uint8_t, 16>;

bool is_public(const AddressV4& address);
// Addresses that hold another one of version 4 are judged by that.
bool is_public(const AddressV6& address);

}  // namespace shopbell::desk
