// Key custody: signs the shop card at start and then daily, so that it stays fresh while the desk
// runs.
#pragma once

#include <string>
#include <vector>

#include "desk/port.h"

namespace shopbell::desk {

// What the shop says of itself; from its configuration.
struct ShopWords {
  std::string name;
  std::string accent;
  std::string greeting_zh;
  std::string greeting_en;
  std::vector<std::string> domains;
};

struct RelayAt {
  std::string url;
  SignKey key;
};

class Custody : public DeskModule {
 public:
  Custody(DeskPort& port, ShopWords words, std::vector<RelayAt> relays, Bytes desk_certificate);
  void on_event(wire::EventKind kind, BytesView body) override;
  void settle() override;

 private:
  void sign();

  DeskPort& port_;
  ShopWords words_;
  std::vector<RelayAt> relays_;
  Bytes desk_certificate_;
  bool ready_ = false;
  std::uint64_t signed_at_ms_ = 0;
};

}  // namespace shopbell::desk
