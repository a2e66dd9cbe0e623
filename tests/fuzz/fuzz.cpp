// libFuzzer's entry: `fuzz --target=NAME CORPUS...` runs one of the targets.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "fuzz/targets.h"

namespace {
shopbell::fuzz::Target target = nullptr;
}

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  // The fixtures speak gtest; what they expect must hold here as well.
  ::testing::GTEST_FLAG(break_on_failure) = true;
  const std::string flag = "--target=";
  for (int i = 1; i < *argc; ++i) {
    const std::string word = (*argv)[i];
    if (!word.starts_with(flag)) continue;
    const auto found = shopbell::fuzz::targets().find(word.substr(flag.size()));
    if (found != shopbell::fuzz::targets().end()) target = found->second;
  }
  if (target) return 0;
  for (const auto& [name, one] : shopbell::fuzz::targets()) std::printf("%s\n", name.c_str());
  std::exit(2);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  target({data, size});
  return 0;
}
