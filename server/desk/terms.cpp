#include "desk/terms.h"

#include <algorithm>
#include <cstdint>

namespace shopbell::desk {
namespace {

// Longer ones are no words that anybody searches for.
constexpr std::size_t word_characters_max = 40;

// The next character from `at` on, and past it. Broken bytes stand for themselves, as blanks.
char32_t next_character(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(at++);
  if (first < 0x80) return first;
  const std::size_t more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
  if (more == 0 || at + more > text.size()) return U' ';
  char32_t out = first & (0x3f >> more);
  for (std::size_t i = 0; i < more; ++i) {
    if ((byte(at) & 0xc0) != 0x80) return U' ';
    out = (out << 6) | (byte(at++) & 0x3f);
  }
  return out;
}

void append_character(std::string& out, char32_t c) {
  const auto put = [&](char32_t bits) { out.push_back(static_cast<char>(bits)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xc0 | (c >> 6));
    put(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    put(0xe0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3f));
    put(0x80 | (c & 0x3f));
  } else {
    put(0xf0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3f));
    put(0x80 | ((c >> 6) & 0x3f));
    put(0x80 | (c & 0x3f));
  }
}

char32_t lower(char32_t c) {
  if ((c >= U'A' && c <= U'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7)) return c + 32;
  if (c >= 0x100 && c <= 0x17f && c != 0x130 && c != 0x131) {
    const bool odd_is_large = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e);
    return (c % 2 == 1) == odd_is_large ? c + 1 : c;
  }
  if (c >= 0x391 && c <= 0x3a9) return c + 32;
  if (c >= 0x410 && c <= 0x42f) return c + 32;
  if (c >= 0x400 && c <= 0x40f) return c + 80;
  if (c >= 0xff21 && c <= 0xff3a) return c - 0xff21 + U'a';  // full-width letters
  if (c >= 0xff10 && c <= 0xff19) return c - 0xff10 + U'0';
  return c;
}

// Written without spaces.
bool is_dense(char32_t c) {
  return (c >= 0x3040 && c <= 0x30ff) || (c >= 0x3400 && c <= 0x9fff) ||
         (c >= 0xac00 && c <= 0xd7af) || (c >= 0xf900 && c <= 0xfaff) ||
         (c >= 0x20000 && c <= 0x3ffff);
}

bool is_letter(char32_t c) {
  if (c < 0x80) return (c >= U'a' && c <= U'z') || (c >= U'0' && c <= U'9');
  if (c < 0xc0 || c == 0xd7 || c == 0xf7) return false;
  const bool punctuation = (c >= 0x2000 && c <= 0x2bff) || (c >= 0x3000 && c <= 0x303f) ||
                           (c >= 0xfe00 && c <= 0xfe6f) || c >= 0xff00 || c == 0x60c ||
                           c == 0x61b || c == 0x61f;
  return !punctuation;
}

// Runs of one sort of characters, lowered.
struct Run {
  std::u32string characters;
  bool dense = false;
};

std::vector<Run> runs_of(std::string_view text) {
  std::vector<Run> out;
  bool goes_on = false;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = lower(next_character(text, at));
    const bool dense = is_dense(c);
    if (!dense && !is_letter(c)) {
      goes_on = false;
      continue;
    }
    if (!goes_on || out.back().dense != dense) out.push_back({{}, dense});
    goes_on = true;
    out.back().characters.push_back(c);
  }
  return out;
}

std::string utf8_of(std::u32string_view characters) {
  std::string out;
  for (const char32_t c : characters) append_character(out, c);
  return out;
}

void take(std::vector<std::string>& out, std::u32string_view term) {
  if (!term.empty() && term.size() <= word_characters_max) out.push_back(utf8_of(term));
}

std::vector<std::string> each_once(std::vector<std::string> terms) {
  std::sort(terms.begin(), terms.end());
  terms.erase(std::unique(terms.begin(), terms.end()), terms.end());
  return terms;
}

void take_pairs(std::vector<std::string>& out, std::u32string_view run) {
  for (std::size_t i = 0; i + 1 < run.size(); ++i) take(out, run.substr(i, 2));
}

}  // namespace

std::vector<std::string> terms_of(std::string_view text) {
  std::vector<std::string> out;
  for (const Run& run : runs_of(text)) {
    const std::u32string_view all = run.characters;
    if (!run.dense) {
      take(out, all);
      continue;
    }
    for (std::size_t i = 0; i < all.size(); ++i) take(out, all.substr(i, 1));
    take_pairs(out, all);
  }
  return each_once(std::move(out));
}

std::vector<std::string> query_terms_of(std::string_view words) {
  std::vector<std::string> out;
  for (const Run& run : runs_of(words)) {
    if (run.dense && run.characters.size() > 1) {
      take_pairs(out, run.characters);
    } else {
      take(out, run.characters);
    }
  }
  return each_once(std::move(out));
}

std::string lowered(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();)
    append_character(out, lower(next_character(text, at)));
  return out;
}

std::vector<std::string> pieces_of(std::string_view words) {
  std::vector<std::string> out;
  for (const Run& run : runs_of(words)) out.push_back(utf8_of(run.characters));
  return out;
}

}  // namespace shopbell::desk
