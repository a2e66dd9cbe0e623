// Key custody: signs the shop card at start, daily, so that it stays fresh while the desk runs, and
// whenever what it says has changed.
#pragma once

#include "desk/port.h"
#include "desk/shop_words.h"

namespace shopbell::desk {

class Custody : public DeskModule {
 public:
  // `port` and `words` outlive it.
  Custody(DeskPort& port, const ShopWords& words, std::vector<RelayAt> relays,
          Bytes desk_certificate);
  void on_event(wire::EventKind kind, BytesView body) override;
  void settle() override;
  // The words have changed.
  void renew();

 private:
  void sign();

  DeskPort& port_;
  const ShopWords& words_;
  std::vector<RelayAt> relays_;
  Bytes desk_certificate_;
  bool ready_ = false;
  std::uint64_t signed_at_ms_ = 0;
};

}  // namespace shopbell::desk
