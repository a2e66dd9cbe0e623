// What a page says of itself, for a link that somebody of the shop is about to send: method
// "preview.get". The desk alone reads pages, and only where an admin has turned that on; what
// customers write is never read for it (docs/decisions/0018).
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>

#include "desk/port.h"
#include "desk/preview/page.h"
#include "desk/preview/url.h"
#include "desk/settings.h"

namespace shopbell::desk {

// Calls back once, never within the call; an empty page where there is nothing to be had.
using FetchPage = std::function<void(const Url&, std::function<void(Page)>)>;

class Previews : public DeskModule {
 public:
  // Without `fetch` it is off.
  Previews(DeskPort& port, ShopWords& words, const ShopWords& seed, SettingsBook& book,
           FetchPage fetch);
  void on_event(wire::EventKind kind, BytesView body) override;

 private:
  struct Asker {
    DeviceId device;
    std::uint64_t request = 0;
  };
  struct Known {
    Page page;
    std::uint64_t at_ms = 0;
  };

  void set(const wire::RequestEvent& request);
  void get(const wire::RequestEvent& request);
  bool has_room(const DeviceId& device);
  void found(const std::string& url, Page page);
  void answer(const Asker& asker, const std::string& url, const Page& page);

  DeskPort& port_;
  ShopWords& words_;
  const ShopWords seed_;
  SettingsBook& book_;
  const FetchPage fetch_;
  std::map<std::string, Known> known_;
  std::map<std::string, std::vector<Asker>> under_way_;
  std::map<DeviceId, std::deque<std::uint64_t>> asked_;
  // A page may come when the desk that asked for it is gone.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace shopbell::desk
