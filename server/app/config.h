// shopbell.toml: what a shop or a relay's operator may set. Every key stands, documented, in the
// file that `init` writes; a key that is not known is an error, for a typing mistake must not pass
// silently.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "desk/shop_words.h"

namespace shopbell::app {

struct ShopSection {
  std::string name = "My shop";
  std::string accent = "#0f6b66";
  std::string greeting_zh;  // empty: the built-in one
  std::string greeting_en;
  std::string greeting_ar;
  std::string position = "right";    // of the bubble
  std::vector<std::string> domains;  // whose pages may show the widget
  bool link_previews = false;
};

struct ServeSection {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;
  std::string public_url;  // where browsers find loader, frame and console; no slash at the end
  std::string relay_url;   // where devices find the relay: ws://.../ws or wss://.../ws
  std::string relay_key;   // its public key; empty: the relay of this data directory
  std::string dial_url;    // where the desk itself dials that relay; empty: relay_url
  bool insecure_http = false;
};

struct RelaySection {
  std::vector<std::string> roots;  // shop ids that are served; empty: the shop of this directory
  std::vector<std::string> hosts;  // names under which devices dial the relay
  // Each 0: no limit.
  std::uint32_t new_device_messages_per_minute = 240;
  std::uint32_t device_messages_per_minute = 600;
  std::uint32_t team_messages_per_minute = 2400;
  std::uint32_t new_devices_per_minute = 600;  // of one address, before they are asked for work
};

// Of files that people send each other; the relay keeps them sealed.
struct BlobsSection {
  std::uint32_t file_mib_max = 2048;  // 0: no files at all
  std::uint32_t device_day_mib_max = 10'240;
  std::uint32_t shop_mib_max = 102'400;
  std::uint32_t unfinished_hours_max = 24;
  std::uint32_t keep_files_days = 0;  // 0: as long as messages
};

struct IdentitySection {
  std::string issuer;
  std::vector<std::string> keys;  // "KID EdDSA PUBLIC" or "KID HS256 FILE"
};

// What an admin sets in the console stands before [shop]; see desk/settings.h.
struct Config {
  ShopSection shop;
  ServeSection serve;
  RelaySection relay;
  BlobsSection blobs;
  IdentitySection identity;

  // Where browsers find the code: public_url, or made from host and port.
  std::string public_url() const;
  // Where devices find the relay: relay_url, or made from public_url.
  std::string relay_url() const;
};

// Refusal "NAME:LINE: what is wrong" for text that is not TOML, an unknown key, a value of the
// wrong type or out of its range.
Config parse_config(std::string_view text, const std::string& name);

// Which parts a data directory has: a shop's own, or a relay's alone.
enum class Parts : std::uint8_t { shop, relay };

// The documented file that parse_config reads back to the same values; without [shop] for a relay
// that has none.
std::string config_text(const Config& config, Parts parts = Parts::shop);

// [shop] as the desk takes it.
desk::ShopWords shop_words(const ShopSection& shop);

// "http://host[:port]" or https, lower case, nothing behind it. Such text can stand in a header.
bool is_origin(std::string_view text);
// "127.0.0.1", "::1" or "localhost".
bool is_loopback(std::string_view host);

}  // namespace shopbell::app
