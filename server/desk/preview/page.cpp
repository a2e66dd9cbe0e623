#include "desk/preview/page.h"

#include <iconv.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace shopbell::desk {
namespace {

// What stands before the end of a head is words; beyond this much of it nobody writes a title.
constexpr std::size_t read_bytes_max = 1024 * 1024;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return lower(c); });
  return out;
}

bool begins(std::string_view text, std::string_view with) {
  if (text.size() < with.size()) return false;
  return std::equal(with.begin(), with.end(), text.begin(),
                    [](char a, char b) { return a == lower(b); });
}

std::size_t find_lower(std::string_view text, std::string_view what) {
  for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1)) {
    if (begins(text.substr(at), what)) return at;
  }
  return std::string_view::npos;
}

// --- words

void put_utf8(std::uint32_t point, std::string& out) {
  if (point == 0 || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) point = 0xfffd;
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (point < 0x80) return put(point);
  if (point < 0x800) {
    put(0xc0 | point >> 6);
  } else if (point < 0x10000) {
    put(0xe0 | point >> 12);
    put(0x80 | (point >> 6 & 0x3f));
  } else {
    put(0xf0 | point >> 18);
    put(0x80 | (point >> 12 & 0x3f));
    put(0x80 | (point >> 6 & 0x3f));
  }
  put(0x80 | (point & 0x3f));
}

// The next character of what may be UTF-8; U+FFFD and one byte where it is not.
std::uint32_t take_utf8(std::string_view& text) {
  const auto byte = [&text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint32_t first = byte(0);
  const std::size_t more = first < 0x80 ? 0 : first >> 5 == 6 ? 1 : first >> 4 == 14 ? 2 : 3;
  std::uint32_t point = more == 0 ? first : first & (0x3fu >> more);
  bool fits = first < 0x80 || (first >= 0xc2 && first < 0xf5);
  if (text.size() <= more) fits = false;
  for (std::size_t i = 1; fits && i <= more; ++i) {
    fits = byte(i) >> 6 == 2;
    point = point << 6 | (byte(i) & 0x3fu);
  }
  constexpr std::uint32_t least[] = {0, 0x80, 0x800, 0x10000};
  fits = fits && point >= least[more] && point < 0x110000 && (point < 0xd800 || point > 0xdfff);
  text.remove_prefix(fits ? more + 1 : 1);
  return fits ? point : 0xfffd;
}

// Those that have no shape of their own, or turn the direction of what follows.
bool is_hidden(std::uint32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c ||
         (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
         (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
         (c >= 0xe0000 && c <= 0xe007f);
}

struct Named {
  std::string_view name;
  std::uint32_t point;
};
constexpr Named named[] = {
    {"amp", '&'},      {"lt", '<'},      {"gt", '>'},       {"quot", '"'},     {"apos", '\''},
    {"nbsp", ' '},     {"middot", 0xb7}, {"ndash", 0x2013}, {"mdash", 0x2014}, {"hellip", 0x2026},
    {"laquo", 0xab},   {"raquo", 0xbb},  {"lsquo", 0x2018}, {"rsquo", 0x2019}, {"ldquo", 0x201c},
    {"rdquo", 0x201d}, {"copy", 0xa9},   {"reg", 0xae},     {"trade", 0x2122}, {"bull", 0x2022}};

// Of "&...;" at the beginning; 0 where it is none.
std::uint32_t take_reference(std::string_view& text) {
  constexpr std::size_t reference_max = 12;
  const auto end = text.substr(0, reference_max).find(';');
  if (end == std::string_view::npos) return 0;
  const auto name = text.substr(1, end - 1);
  std::uint32_t point = 0;
  if (name.size() > 1 && name[0] == '#') {
    const bool hex = name[1] == 'x' || name[1] == 'X';
    const std::string digits(name.substr(hex ? 2 : 1));
    char* rest = nullptr;
    const auto value = std::strtoul(digits.c_str(), &rest, hex ? 16 : 10);
    if (digits.empty() || *rest != '\0') return 0;
    point = value == 0 || value > 0x10ffff ? 0xfffd : static_cast<std::uint32_t>(value);
  } else {
    const auto* found = std::find_if(std::begin(named), std::end(named),
                                     [name](const Named& each) { return each.name == name; });
    if (found == std::end(named)) return 0;
    point = found->point;
  }
  text.remove_prefix(end + 1);
  return point;
}

// One line of plain words; cut between two characters.
std::string words_of(std::string_view text, std::size_t most) {
  std::string out;
  bool gap = false;
  while (!text.empty()) {
    std::uint32_t c = text[0] == '&' ? take_reference(text) : 0;
    if (c == 0) c = take_utf8(text);
    if (c < 0x80 && is_space(static_cast<char>(c))) c = ' ';
    if (c == ' ' || c == 0xa0 || c == 0x3000) {
      gap = !out.empty();
      continue;
    }
    if (is_hidden(c)) continue;
    std::string one = gap ? " " : "";
    put_utf8(c, one);
    if (out.size() + one.size() > most) break;
    out += one;
    gap = false;
  }
  return out;
}

// --- tags

struct Attributes {
  std::string name;
  std::string property;
  std::string content;
  std::string charset;
  std::string equivalent;
};

// Behind the name of a tag, up to and with its '>'.
Attributes take_attributes(std::string_view& text) {
  Attributes out;
  while (!text.empty() && text[0] != '>') {
    if (is_space(text[0]) || text[0] == '/') {
      text.remove_prefix(1);
      continue;
    }
    const auto name_end = std::min(text.find_first_of("= \t\n\r\f/>", 1), text.size());
    const auto name = lower(text.substr(0, name_end));
    text.remove_prefix(name_end);
    while (!text.empty() && is_space(text[0])) text.remove_prefix(1);
    if (text.empty() || text[0] != '=') continue;
    text.remove_prefix(1);
    while (!text.empty() && is_space(text[0])) text.remove_prefix(1);
    std::string_view value;
    if (!text.empty() && (text[0] == '"' || text[0] == '\'')) {
      const auto end = std::min(text.find(text[0], 1), text.size());
      value = text.substr(1, end - 1);
      text.remove_prefix(std::min(end + 1, text.size()));
    } else {
      value = text.substr(0, std::min(text.find_first_of(" \t\n\r\f>"), text.size()));
      text.remove_prefix(value.size());
    }
    if (name == "name") out.name = lower(value);
    if (name == "property") out.property = lower(value);
    if (name == "content") out.content = value;
    if (name == "charset") out.charset = lower(value);
    if (name == "http-equiv") out.equivalent = lower(value);
  }
  if (!text.empty()) text.remove_prefix(1);
  return out;
}

// What a head holds, before it is read as words.
struct Head {
  std::string title;
  std::string og_title;
  std::string description;
  std::string og_description;
  std::string site;
  std::string charset;
};

std::string charset_in(std::string_view content_type) {
  const auto type = lower(content_type);
  const auto at = type.find("charset=");
  if (at == std::string::npos) return {};
  auto value = type.substr(at + 8);
  if (value.starts_with('"') || value.starts_with('\'')) value.erase(0, 1);
  return value.substr(0, value.find_first_of("\"'; \t"));
}

void take_meta(const Attributes& meta, Head& out) {
  const auto put = [&](std::string& to) {
    if (to.empty()) to = meta.content;
  };
  const auto& name = meta.property.empty() ? meta.name : meta.property;
  if (name == "og:title") put(out.og_title);
  if (name == "og:description") put(out.og_description);
  if (name == "og:site_name") put(out.site);
  if (name == "description") put(out.description);
  if (!meta.charset.empty() && out.charset.empty()) out.charset = meta.charset;
  if (meta.equivalent == "content-type" && out.charset.empty()) {
    out.charset = charset_in(meta.content);
  }
}

// Passes over what stands up to the end of an element whose words are no markup.
std::string_view take_raw(std::string_view& text, std::string_view end) {
  const auto at = std::min(find_lower(text, end), text.size());
  const auto inside = text.substr(0, at);
  text.remove_prefix(at);
  return inside;
}

Head read_head(std::string_view text) {
  Head out;
  while (!text.empty()) {
    const auto open = text.find('<');
    if (open == std::string_view::npos) break;
    text.remove_prefix(open);
    if (text.starts_with("<!--")) {
      const auto end = text.find("-->", 4);
      if (end == std::string_view::npos) break;
      text.remove_prefix(end + 3);
      continue;
    }
    if (begins(text, "</head") || begins(text, "<body")) break;
    const auto name_end = std::min(text.find_first_of(" \t\n\r\f/>", 2), text.size());
    const auto name = lower(text.substr(1, name_end - 1));
    text.remove_prefix(name_end);
    const auto attributes = take_attributes(text);
    if (name == "meta") take_meta(attributes, out);
    if (name == "title" && out.title.empty()) out.title = take_raw(text, "</title");
    if (name == "script") take_raw(text, "</script");
    if (name == "style") take_raw(text, "</style");
  }
  return out;
}

// --- writing systems of old

constexpr std::string_view charsets[] = {"gb18030",    "gbk",          "gb2312",      "big5",
                                         "euc-jp",     "shift_jis",    "euc-kr",      "iso-8859-1",
                                         "iso-8859-6", "windows-1252", "windows-1256"};

// As UTF-8; as it is where the name is none of those above, for then it mostly is.
std::string in_utf8(std::string_view bytes, const std::string& charset) {
  const bool known =
      std::find(std::begin(charsets), std::end(charsets), charset) != std::end(charsets);
  // Its smaller kin are parts of it, and pages say their names in vain.
  const bool chinese = charset == "gbk" || charset == "gb2312";
  iconv_t convert = known ? iconv_open("UTF-8", chinese ? "gb18030" : charset.c_str())
                          : reinterpret_cast<iconv_t>(-1);
  if (convert == reinterpret_cast<iconv_t>(-1)) return std::string(bytes);
  std::string out(bytes.size() * 3 + 16, '\0');
  std::string in(bytes);
  char* from = in.data();
  char* to = out.data();
  std::size_t left = in.size();
  std::size_t room = out.size();
  while (left > 0 && ::iconv(convert, &from, &left, &to, &room) == static_cast<std::size_t>(-1)) {
    if (room < 2 || left == 0) break;
    *to++ = '?';
    --room;
    ++from;
    --left;
  }
  ::iconv_close(convert);
  out.resize(out.size() - room);
  return out;
}

}  // namespace

bool is_page(std::string_view content_type, std::string& charset) {
  const auto type = lower(content_type);
  const auto end = std::min(type.find_first_of("; \t"), type.size());
  const auto kind = std::string_view(type).substr(0, end);
  charset = charset_in(content_type);
  return kind == "text/html" || kind == "application/xhtml+xml";
}

Page read_page(std::string_view bytes, std::string charset) {
  auto head = read_head(bytes.substr(0, read_bytes_max));
  if (charset.empty()) charset = head.charset;
  const auto words = [&charset](const std::string& text, std::size_t most) {
    return words_of(in_utf8(text, charset), most);
  };
  Page out;
  out.title = words(head.og_title.empty() ? head.title : head.og_title, title_bytes_max);
  out.description = words(head.og_description.empty() ? head.description : head.og_description,
                          description_bytes_max);
  out.site = words(head.site, site_bytes_max);
  return out;
}

}  // namespace shopbell::desk
