// What the shop says of itself: its modules read one copy, which an admin may change while the desk
// runs.
#pragma once

#include <string>
#include <vector>

#include "shopbell/bytes.h"

namespace shopbell::desk {

struct ShopWords {
  std::string name;
  std::string accent;       // "#rrggbb"
  std::string greeting_zh;  // empty: the built-in sentence; so in the other languages
  std::string greeting_en;
  std::string greeting_ar;
  std::string position;              // where the bubble stands: "left", else right
  std::vector<std::string> domains;  // pages that may show the widget; see domains.h
  bool link_previews = false;        // the desk reads pages whose addresses agents send
};

struct RelayAt {
  std::string url;
  SignKey key;
};

// The most that fits into the shop card with room to spare.
inline constexpr std::size_t greeting_bytes_max = 500;

// "#" and six hexadecimal digits.
inline bool is_color(std::string_view text) {
  return text.size() == 7 && text[0] == '#' &&
         text.find_first_not_of("0123456789abcdefABCDEF", 1) == std::string_view::npos;
}

}  // namespace shopbell::desk
