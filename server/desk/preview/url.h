// An address as it stands in a message, read in one way only: what is not written plainly is not
// asked. The same reading serves where a page sends us on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace shopbell::desk {

inline constexpr std::size_t url_bytes_max = 2000;

struct Url {
  bool tls = false;
  std::string host;  // lower case, no dot at the end; an IPv6 address without its brackets
  std::uint16_t port = 0;
  std::string target;  // path and query

  // As it stands in a Host header.
  std::string authority() const;
  bool is_usual_port() const { return port == (tls ? 443 : 80); }
};

// http or https; a name with a dot, not one of a local network, or an address in its usual form: no
// numbers that stand for addresses (0x7f.1, 2130706433), no user, nothing but ASCII.
std::optional<Url> read_url(std::string_view text);
// Where a page sends us; relative addresses are read from where it stands. Nothing that leads from
// https to http.
std::optional<Url> follow(const Url& from, std::string_view location);

}  // namespace shopbell::desk
