// A refusal that nobody looks at is a defect, and the compiler says so.
#pragma GCC diagnostic error "-Wunused-result"
#include "shopbell/result.h"

shopbell::Status act() { return shopbell::Errc::malformed; }

bool run() {
#ifdef CONTROL
  return act().ok();
#else
  act();
  return true;
#endif
}
