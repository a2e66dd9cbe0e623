// Asserts for our own mistakes; they stay on in release builds. Nothing from outside may trip one.
#pragma once

#ifdef __EMSCRIPTEN__
// A trap: the host sees it as a lost instance. Words would bring all of stdio into core.wasm.
#define SHOPBELL_CHECK(condition, what)   \
  do {                                    \
    if (!(condition)) __builtin_trap();   \
  } while (false)
#else
#include <cstdio>
#include <cstdlib>

#define SHOPBELL_CHECK(condition, what)                          \
  do {                                                           \
    if (!(condition)) {                                          \
      std::fputs("shopbell: defect: " what "\n", stderr);        \
      std::abort();                                              \
    }                                                            \
  } while (false)
#endif
