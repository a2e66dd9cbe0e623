// What a page says of itself, read from the bytes of a stranger: title, description, the name of
// its site. Nothing is drawn, run or followed; a picture is none of it (docs/decisions/0018).
#pragma once

#include <string>
#include <string_view>

namespace shopbell::desk {

inline constexpr std::size_t title_bytes_max = 240;
inline constexpr std::size_t description_bytes_max = 480;
inline constexpr std::size_t site_bytes_max = 120;

struct Page {
  std::string title;
  std::string description;
  std::string site;
  bool empty() const { return title.empty(); }
};

// text/html or XHTML; `charset` is what stands behind it, empty where nothing does.
bool is_page(std::string_view content_type, std::string& charset);
// Reads the head of a page as far as it came. Texts come out as UTF-8 of one line, without control
// and direction characters, each at most as long as its limit.
Page read_page(std::string_view bytes, std::string charset);

}  // namespace shopbell::desk
