// wasm/abi.cpp as a native program: the same inputs must give the same bytes as core.wasm does, for
// whatever depends on the width of a pointer or the order of a hash table is a defect.
//
// stdin: (u32 kind, f64 number, u32 size, bytes) repeated, the first is the configuration (kind and
// number unused). stdout: what sb_input returns, one after the other.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <iterator>
#include <string>

struct Hosted;
extern "C" {
std::uint8_t* sb_alloc(std::uint32_t size);
Hosted* sb_new(std::uint8_t* config, std::uint32_t size);
void sb_delete(Hosted* device);
const std::uint8_t* sb_input(Hosted* device, std::uint32_t kind, double number, std::uint8_t* bytes,
                             std::uint32_t size);
}

namespace {

template <class T>
T take(const std::string& in, std::size_t& at) {
  if (in.size() - at < sizeof(T)) std::abort();
  T out;
  std::memcpy(&out, in.data() + at, sizeof out);
  at += sizeof out;
  return out;
}

}  // namespace

int main() {
  const std::string script{std::istreambuf_iterator<char>(std::cin), {}};
  Hosted* device = nullptr;
  for (std::size_t at = 0; at < script.size();) {
    const auto kind = take<std::uint32_t>(script, at);
    const auto number = take<double>(script, at);
    const auto size = take<std::uint32_t>(script, at);
    if (script.size() - at < size) std::abort();
    std::uint8_t* bytes = sb_alloc(size);
    std::memcpy(bytes, script.data() + at, size);
    at += size;
    if (device == nullptr) {
      device = sb_new(bytes, size);
      continue;
    }
    const std::uint8_t* out = sb_input(device, kind, number, bytes, size);
    std::uint32_t out_size = 0;
    std::memcpy(&out_size, out, sizeof out_size);
    std::cout.write(reinterpret_cast<const char*>(out), sizeof out_size + out_size);
  }
  if (device != nullptr) sb_delete(device);
  return 0;
}
