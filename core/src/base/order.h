// Sorts a few items. The library's sort, made for many, is more than a kilobyte for each type, and
// browsers load it.
#pragma once

#include <utility>
#include <vector>

namespace shopbell {

template <class T, class Less>
void sort_few(std::vector<T>& items, Less less) {
  for (std::size_t end = 1; end < items.size(); ++end) {
    for (std::size_t at = end; at > 0 && less(items[at], items[at - 1]); --at) {
      std::swap(items[at], items[at - 1]);
    }
  }
}

}  // namespace shopbell
