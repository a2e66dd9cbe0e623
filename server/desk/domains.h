// Domains that may show the widget, in the four forms that the shop card knows: an origin
// ("https://shop.example"), a host with its port ("shop.example:8443"), a host at the usual port
// ("shop.example"), and "*.shop.example" for all hosts below one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shopbell::desk {

inline constexpr std::size_t domains_max = 50;
// All of them together: the shop card must stay small.
inline constexpr std::size_t domains_bytes_max = 6 * 1024;

// Why a text is no domain; the names are those of the sentences in the console.
inline constexpr std::string_view domain_empty = "empty";
inline constexpr std::string_view domain_scheme = "scheme";      // neither http nor https
inline constexpr std::string_view domain_path = "path";          // something behind the host
inline constexpr std::string_view domain_user = "user";          // a name before the host
inline constexpr std::string_view domain_port = "port";          // not a number from 1 to 65535
inline constexpr std::string_view domain_wildcard = "wildcard";  // a star elsewhere than in front
inline constexpr std::string_view domain_host = "host";          // no name of a host
inline constexpr std::string_view domain_twice = "twice";
inline constexpr std::string_view domain_many = "many";

// Either the domain in its one spelling (lower case, without the usual port or a slash at the end),
// or why it is none.
struct DomainRead {
  std::string domain;
  std::string_view mistake;
};
DomainRead read_domain(std::string_view text);

// Whether pages of this origin may show the widget, as browsers read the list.
bool allows(const std::vector<std::string>& domains, std::string_view origin);

// The origin of a Referer or Origin header; nothing where it has none that a shop's page could
// have.
std::optional<std::string> origin_of(std::string_view address);

}  // namespace shopbell::desk
