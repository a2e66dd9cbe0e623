// The corpora through every target, in the plain build: each seed whole, each of its beginnings,
// and each with one byte changed. tests/fuzz/corpus/NAME.hex: one seed a line.
#include <gtest/gtest.h>

#include <fstream>

#include "fuzz/targets.h"

namespace shopbell::fuzz {
namespace {

std::vector<Bytes> corpus_of(const std::string& name) {
  std::ifstream in(std::string(SHOPBELL_SOURCE_DIR) + "/tests/fuzz/corpus/" + name + ".hex");
  std::vector<Bytes> out;
  for (std::string line; std::getline(in, line);) {
    Bytes seed(line.size() / 2);
    if (line.empty() || line[0] == '#') continue;
    EXPECT_TRUE(from_hex(line, seed)) << name << ": " << line;
    out.push_back(std::move(seed));
  }
  return out;
}

// So many changed copies of a corpus are tried, spread over its bytes.
constexpr std::size_t changes_max = 300;

void replay(const std::string& name, Target target) {
  const auto seeds = corpus_of(name);
  ASSERT_FALSE(seeds.empty()) << "no corpus for " << name;
  std::size_t bytes = 0;
  for (const auto& seed : seeds) bytes += seed.size();
  const auto stride = 1 + 2 * bytes / changes_max;
  target({});
  std::size_t turn = 0;
  for (const auto& seed : seeds) {
    target(seed);
    for (std::size_t at = turn % stride; at < seed.size(); at += stride, ++turn) {
      target(BytesView(seed).first(at));
      Bytes changed = seed;
      changed[at] ^= static_cast<std::uint8_t>(1 + turn % 255);
      target(changed);
    }
  }
}

class FuzzCorpus : public ::testing::TestWithParam<std::string> {};

TEST_P(FuzzCorpus, is_taken_or_refused) { replay(GetParam(), targets().at(GetParam())); }

std::vector<std::string> names() {
  std::vector<std::string> out;
  for (const auto& [name, target] : targets()) out.push_back(name);
  return out;
}

INSTANTIATE_TEST_SUITE_P(Of, FuzzCorpus, ::testing::ValuesIn(names()),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace shopbell::fuzz
