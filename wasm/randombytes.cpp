// The random source of libsodium, which in wasm is none: the core draws from its own generator,
// seeded by the Entropy input. Whatever asks libsodium all the same is a defect and traps, for a
// guessable key would be worse than no key.
#include <cstddef>
#include <cstdint>

extern "C" {

[[noreturn]] void randombytes(unsigned char*, unsigned long long) { __builtin_trap(); }
[[noreturn]] void randombytes_buf(void*, std::size_t) { __builtin_trap(); }
[[noreturn]] std::uint32_t randombytes_random() { __builtin_trap(); }
[[noreturn]] std::uint32_t randombytes_uniform(std::uint32_t) { __builtin_trap(); }
// sodium_init calls it; nothing is drawn here.
void randombytes_stir() {}

}  // extern "C"
