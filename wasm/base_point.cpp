// Multiples of Ed25519's base point without libsodium's table of them. The table is 27 KB of the
// compressed core.wasm, more than all the other code of the curve; without it a signature takes a
// fraction of a millisecond longer. cmake/Sodium.cmake gives libsodium's own function another name,
// and the linker drops it with its table.
#include <cstdint>

namespace {

// ge25519_p3 of libsodium's private/ed25519_ref10.h with 32-bit limbs.
struct Point {
  std::int32_t x[10], y[10], z[10], t[10];
};

// RFC 8032 section 5.1: y = 4/5, x even.
constexpr unsigned char base_point[32] = {
    0x58, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
    0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66};

}  // namespace

extern "C" {

int ge25519_frombytes(Point* out, const unsigned char* bytes);
// Constant in time in the scalar; only the point is public.
void ge25519_scalarmult(Point* out, const unsigned char* scalar, const Point* point);

void ge25519_scalarmult_base(Point* out, const unsigned char* scalar) {
  Point base;
  ge25519_frombytes(&base, base_point);
  ge25519_scalarmult(out, scalar, &base);
}

}  // extern "C"
