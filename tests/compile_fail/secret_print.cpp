// A secret does not go into a log or a stream.
#include <iostream>

#include "shopbell/crypto.h"

void print(const shopbell::Key& key, const shopbell::Hash& hash) {
#ifdef CONTROL
  std::cout << shopbell::to_hex(hash.view()) << key.is_zero();
#else
  std::cout << shopbell::to_hex(hash.view()) << key;
#endif
}
