// Words as they are searched for: in scripts that put spaces between words the words in lower case,
// in Chinese, Japanese and Korean each character and each two that stand side by side.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace shopbell::desk {

// What a text is found by; each term once.
std::vector<std::string> terms_of(std::string_view text);

// What a query asks for. A pair stands for the two characters in it.
std::vector<std::string> query_terms_of(std::string_view words);

// In lower case, as far as Latin, Greek and Cyrillic letters go; the same number of characters.
std::string lowered(std::string_view text);

// The pieces of a query that must stand in a text as they are, lowered.
std::vector<std::string> pieces_of(std::string_view words);

}  // namespace shopbell::desk
