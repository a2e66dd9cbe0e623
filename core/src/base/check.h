// Asserts for our own mistakes; they stay on in release builds. Nothing from outside may trip one.
#pragma once

#ifdef __EMSCRIPTEN__
// A trap: the host sees it as a lost instance. Words would bring all of stdio into core.wasm.
#define SHOPBELL_CHECK(condition, what)   \
  do {                                    \
    if (!(condition)) __builtin_trap();   \
  } while (false)
#else
#include <cstdlib>

#if defined(__wasm__)
// stdio would cost more than the whole outbox; the trap's stack names the place.
#define SHOPBELL_DEFECT(what) __builtin_trap()
#else
#include <cstdio>
#define SHOPBELL_DEFECT(what) (std::fputs("shopbell: defect: " what "\n", stderr), std::abort())
#endif

#define SHOPBELL_CHECK(condition, what)      \
  do {                                       \
    if (!(condition)) SHOPBELL_DEFECT(what); \
  } while (false)
#endif
