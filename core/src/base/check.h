// Asserts for our own mistakes; they stay on in release builds. Nothing from outside may trip one.
#pragma once

#include <cstdlib>

#if defined(__wasm__)
// A trap: the host sees it as a lost instance. Words would bring all of stdio into core.wasm.
#define SHOPBELL_DEFECT(what) __builtin_trap()
#else
#include <cstdio>
#define SHOPBELL_DEFECT(what) (std::fputs("shopbell: defect: " what "\n", stderr), std::abort())
#endif

#define SHOPBELL_CHECK(condition, what)      \
  do {                                       \
    if (!(condition)) SHOPBELL_DEFECT(what); \
  } while (false)
