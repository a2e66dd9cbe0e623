#include "fuzz/targets.h"

#include <cstdio>
#include <cstdlib>

namespace shopbell::fuzz {

void require(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

const std::map<std::string, Target>& targets() {
  static const auto all = [] {
    std::map<std::string, Target> out;
    add_codec(out);
    add_objects(out);
    add_machines(out);
    add_files(out);
    add_pages(out);
    add_tus(out);
    return out;
  }();
  return all;
}

}  // namespace shopbell::fuzz
