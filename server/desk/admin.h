// What admins see and change of their shop: where the tag stands, which pages may show the widget,
// how it looks. What is changed is recorded before anything acts on it.
#pragma once

#include <functional>

#include "desk/custody.h"
#include "desk/domains.h"
#include "desk/seen.h"

namespace shopbell::desk {

// What the desk's host knows of the place; it changes seldom or is looked up anew each time.
struct Premises {
  std::string relay_url;
  std::string assets_url;
  std::uint64_t certificate_end_ms = 0;
  // When the keys were last saved; 0: never.
  std::function<std::uint64_t()> backed_up_ms = [] { return std::uint64_t{0}; };
  // When a backup was last checked; 0: never.
  std::function<std::uint64_t()> backup_verified_ms = [] { return std::uint64_t{0}; };
  // The host's own copy of the list follows at once.
  std::function<void(const std::vector<std::string>&)> on_domains = [](const auto&) {};
};

class Admin : public DeskModule {
 public:
  // All outlive it but `seed` and `premises`.
  Admin(DeskPort& port, const ShopId& shop, ShopWords& words, ShopWords seed, Custody& custody,
        SettingsBook& book, const SeenOrigins& seen, Premises premises);
  void on_event(wire::EventKind kind, BytesView body) override;

 private:
  void overview(const wire::RequestEvent& request);
  void set_domains(const wire::RequestEvent& request);
  void set_look(const wire::RequestEvent& request);

  DeskPort& port_;
  ShopId shop_;
  ShopWords& words_;
  ShopWords seed_;
  Custody& custody_;
  SettingsBook& book_;
  const SeenOrigins& seen_;
  Premises premises_;
};

// Answers setting_refused; `why` is a name that the console has a sentence for.
void refuse_setting(DeskPort& port, const wire::RequestEvent& request, std::string_view why,
                    std::size_t at = 0);

}  // namespace shopbell::desk
