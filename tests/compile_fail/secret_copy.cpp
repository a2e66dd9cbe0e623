// A secret is not copied by accident: only clone(), which can be searched for, makes a second one.
#include "shopbell/crypto.h"

shopbell::Key second(const shopbell::Key& key) {
#ifdef CONTROL
  return key.clone();
#else
  return key;
#endif
}
