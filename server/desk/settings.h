// What an admin has set, kept beside the configuration. The configuration seeds; what an admin set
// later wins, until somebody changes the same lines of the configuration: the newest word counts
// (docs/decisions/0008).
#pragma once

#include <memory>
#include <optional>

#include "desk/shop_words.h"
#include "shopbell/wire.h"

namespace shopbell::desk {

// Contract: what put() wrote is durable when it returns true.
class SettingsBook {
 public:
  virtual ~SettingsBook() = default;
  virtual std::optional<Bytes> get(std::string_view name) = 0;
  virtual bool put(std::string_view name, BytesView value) = 0;
};

// For tests and the simulator.
std::unique_ptr<SettingsBook> make_memory_settings();
// The file may be open in two processes: the command line reads while the desk runs. On failure
// null, and `problem` is a sentence.
std::unique_ptr<SettingsBook> open_settings(const std::string& path, std::string& problem);

// What the card and the pages are made from, and where it comes from.
struct EffectiveWords {
  ShopWords words;
  // When an admin set it; 0: the configuration's.
  std::uint64_t domains_set_ms = 0;
  std::uint64_t look_set_ms = 0;
};
EffectiveWords effective_words(const ShopWords& seed, SettingsBook& book);

// False where it cannot be written. `seed` is what the configuration says today.
bool keep_domains(SettingsBook& book, const ShopWords& seed,
                  const std::vector<std::string>& domains, const DeviceId& by,
                  std::uint64_t now_ms);
bool keep_look(SettingsBook& book, const ShopWords& seed, const wire::AdminLook& look,
               const DeviceId& by, std::uint64_t now_ms);
bool keep_previews(SettingsBook& book, const ShopWords& seed, bool on, const DeviceId& by,
                   std::uint64_t now_ms);

// The look as admins see and set it; it looks into `words`.
wire::AdminLook admin_look_of(const ShopWords& words);

}  // namespace shopbell::desk
