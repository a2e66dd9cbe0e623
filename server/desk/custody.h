// Key custody: signs the shop card at start, daily, so that it stays fresh while the desk runs, and
// whenever what it says has changed: its words, or who was removed. Once a month the team's key
// turns over.
#pragma once

#include "desk/members.h"
#include "desk/port.h"
#include "desk/shop_words.h"

namespace shopbell::desk {

class Custody : public DeskModule {
 public:
  // `port`, `words` and `book` outlive it.
  Custody(DeskPort& port, const ShopWords& words, std::vector<RelayAt> relays,
          Bytes desk_certificate, InvitationBook& book);
  void on_event(wire::EventKind kind, BytesView body) override;
  void settle() override;
  // The words or the team have changed.
  void renew();

 private:
  void sign();
  void take_card(const wire::Shop& shop);

  DeskPort& port_;
  const ShopWords& words_;
  std::vector<RelayAt> relays_;
  Bytes desk_certificate_;
  InvitationBook& book_;
  bool ready_ = false;
  std::uint64_t signed_at_ms_ = 0;
  std::uint64_t looked_at_ms_ = 0;
  Removals signed_;
  std::uint64_t team_version_ = 0;
  std::uint64_t team_since_ms_ = 0;
};

}  // namespace shopbell::desk
