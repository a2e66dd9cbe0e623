// Which pages asked for the web files, by origin alone: whether the tag stands where the shop
// thinks. Bounded, for whoever asks may name any origin.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "desk/settings.h"

namespace shopbell::desk {

class SeenOrigins {
 public:
  struct One {
    std::uint64_t script_ms = 0;
    std::uint64_t frame_ms = 0;
    std::uint64_t refused_ms = 0;  // asked, for either, while no domain allowed it
  };
  enum class What : std::uint8_t { script, frame };

  static constexpr std::size_t origins_max = 64;

  // `book` outlives it.
  explicit SeenOrigins(SettingsBook& book);

  // `origin` is empty where the page did not say.
  void note(What what, const std::string& origin, bool allowed, std::uint64_t now_ms);
  // Writes what was noted, at most once a minute.
  void settle(std::uint64_t now_ms);

  const std::map<std::string, One>& all() const { return all_; }

 private:
  void make_room();

  SettingsBook& book_;
  std::map<std::string, One> all_;
  std::uint64_t written_ms_ = 0;
  bool dirty_ = false;
};

}  // namespace shopbell::desk
