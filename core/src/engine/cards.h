// The shop card as this device knows it (docs/PROTOCOL.md section 2): takes newer ones, refuses
// older and forged ones, tells people.
#pragma once

#include "engine/state.h"

namespace shopbell::engine {

struct Machines;

class Cards {
 public:
  explicit Cards(Machines& machines) : m_(machines) {}
  // Bytes from outside. card_old and unchanged are no error here; a relay may lag behind.
  Status take(BytesView card);
  // A verified card becomes the known one: stored, shown.
  void adopt(ShopInfo info);
  void save();
  void show();

 private:
  Machines& m_;
};

}  // namespace shopbell::engine
