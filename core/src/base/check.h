// Asserts for our own mistakes; they stay on in release builds. Nothing from outside may trip one.
#pragma once

#if defined(__wasm__)
// A trap: the host sees it as a lost instance. Words would bring all of stdio into core.wasm.
#define SHOPBELL_CHECK(condition, what) \
  do {                                  \
    if (!(condition)) __builtin_trap(); \
  } while (false)
#else
#ifdef NDEBUG
#error "Shopbell is built with its asserts; leave NDEBUG undefined"
#endif
#include <cassert>
#define SHOPBELL_CHECK(condition, what) assert((condition) && (what))
#endif
