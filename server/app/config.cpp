#include "app/config.h"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <array>
#include <functional>
#include <sstream>
#include <variant>

#include "app/refusal.h"
#include "desk/domains.h"
#include "shopbell/bytes.h"

namespace shopbell::app {
namespace {

using Texts = std::vector<std::string>;
using Target = std::variant<std::string*, Texts*, std::uint16_t*, std::uint32_t*, bool*>;

// One key: where it goes, what makes a text right (empty: anything), and its comment in the file.
struct Key {
  std::string_view section;
  std::string_view name;
  Target target;
  bool (*fits)(std::string_view);
  std::string_view wanted;
  std::string_view about;
};

bool any_line(std::string_view text) {
  return text.size() <= 500 && text.find_first_of("\r\n") == std::string_view::npos;
}

bool is_position(std::string_view text) { return text == "right" || text == "left"; }

// In its one spelling, for it is compared with what browsers say.
bool is_domain(std::string_view text) {
  return !text.empty() && desk::read_domain(text).domain == text;
}

bool is_key(std::string_view text) {
  std::array<std::uint8_t, 32> bytes{};
  return from_base64url(text, bytes);
}

bool is_key_or_empty(std::string_view text) { return text.empty() || is_key(text); }

bool is_host(std::string_view text) {
  return !text.empty() && text.size() <= 255 &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-:[]") ==
             std::string_view::npos;
}

bool is_url_or_empty(std::string_view text) { return text.empty() || is_origin(text); }

bool is_relay_url_or_empty(std::string_view text) {
  if (text.empty()) return true;
  const bool plain = text.starts_with("ws://");
  if (!plain && !text.starts_with("wss://")) return false;
  text.remove_prefix(plain ? 5 : 6);
  if (!text.ends_with("/ws")) return false;
  return is_host(text.substr(0, text.size() - 3));
}

bool is_issuer_or_empty(std::string_view text) { return text.size() <= 200; }

// "KID EdDSA PUBLIC", or "KID HS256 FILE": a shared secret has no place in a file that many read.
bool is_identity_key(std::string_view text) {
  const auto first = text.find(' ');
  const auto second = first == std::string_view::npos ? first : text.find(' ', first + 1);
  if (second == std::string_view::npos || first == 0) return false;
  const auto algorithm = text.substr(first + 1, second - first - 1);
  const auto value = text.substr(second + 1);
  if (algorithm == "EdDSA") return is_key(value);
  return algorithm == "HS256" && !value.empty() && value.find_first_of("/\\ ") == value.npos;
}

std::vector<Key> keys_of(Config& c) {
  return {
      {"shop", "name", &c.shop.name, any_line, "one line of text",
       "The shop's name as customers see it."},
      {"shop", "accent", &c.shop.accent, desk::is_color, "a color like \"#0f766e\"",
       "The color of bubble and buttons."},
      {"shop", "greeting_zh", &c.shop.greeting_zh, any_line, "one line of text",
       "What a customer is told after his first message, Chinese; \"\" is the built-in sentence."},
      {"shop", "greeting_en", &c.shop.greeting_en, any_line, "one line of text",
       "The same in English."},
      {"shop", "greeting_ar", &c.shop.greeting_ar, any_line, "one line of text",
       "The same in Arabic."},
      {"shop", "position", &c.shop.position, is_position, "\"right\" or \"left\"",
       "The corner of the bubble; the tag to copy carries it."},
      {"shop", "domains", &c.shop.domains, is_domain,
       "domains like \"https://shop.example\", \"shop.example\" or \"*.shop.example\"",
       "Domains whose pages may show the widget. While the list is empty no page may."},
      {"shop", "link_previews", &c.shop.link_previews, nullptr, "true or false",
       "Whether the desk reads the page of a link that an agent sends, and says what it is about."},
      {"serve", "host", &c.serve.host, is_host, "an address to listen on",
       "The address to listen on. Plain HTTP on anything but loopback needs insecure_http."},
      {"serve", "port", &c.serve.port, nullptr, "a number from 0 to 65535",
       "The port to listen on; 0 takes a free one."},
      {"serve", "public_url", &c.serve.public_url, is_url_or_empty,
       "an origin like \"https://chat.shop.example\"",
       "Where browsers find loader, frame and console. \"\": made from host and port."},
      {"serve", "relay_url", &c.serve.relay_url, is_relay_url_or_empty,
       "a URL like \"wss://relay.example/ws\"",
       "Where devices find the relay. \"\": /ws at public_url."},
      {"serve", "relay_key", &c.serve.relay_key, is_key_or_empty, "a key as `init` prints it",
       "The public key of the relay at relay_url. \"\": the relay of this directory."},
      {"serve", "dial_url", &c.serve.dial_url, is_relay_url_or_empty,
       "a URL like \"ws://127.0.0.1:9000/ws\"",
       "Where the desk dials that relay, as through a proxy that speaks TLS. \"\": relay_url."},
      {"serve", "insecure_http", &c.serve.insecure_http, nullptr, "true or false",
       "Listen without TLS on any address: only behind a proxy that ends TLS (--behind-proxy)."},
      {"relay", "roots", &c.relay.roots, is_key, "shop ids as `keys show` prints them",
       "Shops that this relay serves. Empty: the shop of this directory."},
      {"relay", "hosts", &c.relay.hosts, is_host, "names like \"relay.example\"",
       "Names under which devices dial this relay, port included unless 80 or 443."},
      {"relay", "new_device_messages_per_minute", &c.relay.new_device_messages_per_minute, nullptr,
       "a number from 0 to 1048576",
       "What a device may send that has no conversation yet, half of it at once; 0: no limit."},
      {"relay", "device_messages_per_minute", &c.relay.device_messages_per_minute, nullptr,
       "a number from 0 to 1048576", "The same for one that has; what is over it waits on it."},
      {"relay", "team_messages_per_minute", &c.relay.team_messages_per_minute, nullptr,
       "a number from 0 to 1048576", "The same for a device of the shop's people."},
      {"relay", "new_devices_per_minute", &c.relay.new_devices_per_minute, nullptr,
       "a number from 0 to 1048576",
       "New devices of one address (IPv6: a /64); what is over it has to compute first. 0: no "
       "limit."},
      {"blobs", "file_mib_max", &c.blobs.file_mib_max, nullptr, "a number from 0 to 1048576",
       "The largest file that may be sent, in MiB; 0: none at all."},
      {"blobs", "device_day_mib_max", &c.blobs.device_day_mib_max, nullptr,
       "a number from 0 to 1048576",
       "How much one device may begin to send between two midnights (UTC), in MiB; 0: no limit."},
      {"blobs", "shop_mib_max", &c.blobs.shop_mib_max, nullptr, "a number from 0 to 1048576",
       "How much the files of one shop may take in all, in MiB; 0: what the disk holds."},
      {"blobs", "unfinished_hours_max", &c.blobs.unfinished_hours_max, nullptr,
       "a number from 1 to 1048576",
       "A file that came in part goes when nothing came of it for so many hours."},
      {"blobs", "keep_files_days", &c.blobs.keep_files_days, nullptr, "a number from 0 to 1048576",
       "A file goes so many days after it came; 0: it stays, as messages do."},
      {"identity", "issuer", &c.identity.issuer, is_issuer_or_empty, "a text like \"shop.example\"",
       "What `iss` must be in the tokens of the shop's own login. \"\": anything."},
      {"identity", "keys", &c.identity.keys, is_identity_key,
       "\"KID EdDSA PUBLIC\" or \"KID HS256 FILE\", the file being in this directory",
       "Keys of the shop's own login, the new one and the former. Empty: nobody is identified."},
  };
}

class Reader {
 public:
  Reader(const std::string& name, std::vector<Key> keys) : name_(name), keys_(std::move(keys)) {}

  void read(const toml::table& document) {
    for (const auto& [section, node] : document) {
      const auto* table = node.as_table();
      const auto known = known_in(section.str());
      if (known.empty()) {
        fail(section.source(),
             fmt::format("unknown section or key \"{}\"; known: {}", section.str(),
                         "[shop], [serve], [relay], [blobs], [identity]"));
      }
      if (table == nullptr) {
        fail(section.source(), fmt::format("\"{}\" must be a section", section.str()));
      }
      for (const auto& [key, value] : *table) {
        const auto* found = find(section.str(), key.str());
        if (found == nullptr) {
          fail(key.source(), fmt::format("unknown key \"{}\" in [{}]; known: {}", key.str(),
                                         section.str(), known));
        }
        take(*found, value);
      }
    }
  }

  [[noreturn]] void fail(const toml::source_region& where, std::string_view what) const {
    throw Refusal(fmt::format("{}:{}: {}", name_, where.begin.line, what));
  }

 private:
  std::string known_in(std::string_view section) const {
    std::string out;
    for (const auto& key : keys_) {
      if (key.section != section) continue;
      if (!out.empty()) out += ", ";
      out += key.name;
    }
    return out;
  }

  const Key* find(std::string_view section, std::string_view name) const {
    for (const auto& key : keys_) {
      if (key.section == section && key.name == name) return &key;
    }
    return nullptr;
  }

  [[noreturn]] void refuse(const Key& key, const toml::node& node) const {
    fail(node.source(), fmt::format("{} in [{}] must be {}", key.name, key.section, key.wanted));
  }

  std::string text(const Key& key, const toml::node& node) const {
    const auto* value = node.as_string();
    if (value == nullptr || !key.fits(value->get())) refuse(key, node);
    return value->get();
  }

  void take(const Key& key, const toml::node& node) const {
    if (auto* const* out = std::get_if<std::string*>(&key.target)) {
      **out = text(key, node);
    } else if (auto* const* texts = std::get_if<Texts*>(&key.target)) {
      const auto* array = node.as_array();
      if (array == nullptr) refuse(key, node);
      (*texts)->clear();
      for (const auto& element : *array) (*texts)->push_back(text(key, element));
    } else if (auto* const* number = std::get_if<std::uint16_t*>(&key.target)) {
      const auto value = node.is_integer() ? node.value<std::int64_t>() : std::nullopt;
      if (!value || *value < 0 || *value > 65535) refuse(key, node);
      **number = static_cast<std::uint16_t>(*value);
    } else if (auto* const* count = std::get_if<std::uint32_t*>(&key.target)) {
      const auto value = node.is_integer() ? node.value<std::int64_t>() : std::nullopt;
      const bool from_one = key.wanted.find("from 1 ") != std::string_view::npos;
      if (!value || *value < (from_one ? 1 : 0) || *value > 1'048'576) refuse(key, node);
      **count = static_cast<std::uint32_t>(*value);
    } else if (auto* const* flag = std::get_if<bool*>(&key.target)) {
      const auto value = node.is_boolean() ? node.value<bool>() : std::nullopt;
      if (!value) refuse(key, node);
      **flag = *value;
    }
  }

  const std::string& name_;
  std::vector<Key> keys_;
};

std::string quoted(std::string_view text) {
  std::ostringstream out;
  out << toml::toml_formatter{toml::value<std::string>(text)};
  return out.str();
}

std::string value_text(const Target& target) {
  if (auto* const* text = std::get_if<std::string*>(&target)) return quoted(**text);
  if (auto* const* number = std::get_if<std::uint16_t*>(&target)) return fmt::to_string(**number);
  if (auto* const* count = std::get_if<std::uint32_t*>(&target)) return fmt::to_string(**count);
  if (auto* const* flag = std::get_if<bool*>(&target)) return **flag ? "true" : "false";
  std::string out = "[";
  for (const auto& text : *std::get<Texts*>(target)) {
    if (out.size() > 1) out += ", ";
    out += quoted(text);
  }
  return out + "]";
}

}  // namespace

std::string Config::public_url() const {
  if (!serve.public_url.empty()) return serve.public_url;
  const bool six = serve.host.find(':') != std::string::npos;
  const auto host = six ? fmt::format("[{}]", serve.host) : serve.host;
  return fmt::format("http://{}:{}", host, serve.port);
}

std::string Config::relay_url() const {
  if (!serve.relay_url.empty()) return serve.relay_url;
  const auto base = public_url();
  if (base.starts_with("https://")) return "wss://" + base.substr(8) + "/ws";
  return "ws://" + base.substr(7) + "/ws";
}

Config parse_config(std::string_view text, const std::string& name) {
  Config config;
  Reader reader(name, keys_of(config));
  try {
    reader.read(toml::parse(text, name));
  } catch (const toml::parse_error& error) {
    reader.fail(error.source(), error.description());
  }
  return config;
}

std::string config_text(const Config& config, Parts parts) {
  auto copy = config;
  std::string out =
      "# Shopbell. Every key stands here; a key that is not known is an error.\n"
      "# Changes take effect at the next start, and then stand before what an admin has set.\n";
  std::string_view section;
  for (const auto& key : keys_of(copy)) {
    const bool of_shop = key.section == "shop" || key.section == "identity";
    if (parts == Parts::relay && of_shop) continue;
    if (key.section != section) {
      section = key.section;
      out += fmt::format("\n[{}]\n", section);
    }
    out += fmt::format("# {}\n{} = {}\n", key.about, key.name, value_text(key.target));
  }
  return out;
}

desk::ShopWords shop_words(const ShopSection& shop) {
  return {shop.name,        shop.accent,   shop.greeting_zh, shop.greeting_en,
          shop.greeting_ar, shop.position, shop.domains,     shop.link_previews};
}

bool is_origin(std::string_view text) {
  if (text.starts_with("https://")) {
    text.remove_prefix(8);
  } else if (text.starts_with("http://")) {
    text.remove_prefix(7);
  } else {
    return false;
  }
  return is_host(text) && text.front() != ':' && text.back() != ':';
}

bool is_loopback(std::string_view host) {
  return host.starts_with("127.") || host == "::1" || host == "localhost";
}

}  // namespace shopbell::app
