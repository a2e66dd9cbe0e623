// A secret does not turn into bytes unless reveal() says so.
#include "shopbell/crypto.h"

shopbell::BytesView bytes_of(const shopbell::Key& key) {
#ifdef CONTROL
  return key.reveal();
#else
  return key;
#endif
}
