#include "desk/domains.h"

#include <algorithm>

namespace shopbell::desk {
namespace {

constexpr std::size_t host_bytes_max = 253;
constexpr std::string_view digits = "0123456789";

struct Parts {
  std::string_view scheme;  // "http", "https", or empty
  std::string host;
  std::string port;  // empty: the usual one
};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool is_port(std::string_view text) {
  if (text.empty() || text.size() > 5 || text.find_first_not_of(digits) != std::string_view::npos) {
    return false;
  }
  const auto number = std::stoul(std::string(text));
  return number >= 1 && number <= 65535;
}

// Labels of letters, digits and hyphens between dots; other writing comes as xn-- from browsers.
bool is_host(std::string_view host) {
  if (host.empty() || host.size() > host_bytes_max) return false;
  if (host.front() == '[') {
    return host.size() > 2 && host.back() == ']' &&
           host.substr(1, host.size() - 2).find_first_not_of("0123456789abcdef:.") ==
               std::string_view::npos;
  }
  while (true) {
    const auto dot = host.find('.');
    const auto label = host.substr(0, dot);
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-' ||
        label.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") !=
            std::string_view::npos) {
      return false;
    }
    if (dot == std::string_view::npos) return true;
    host.remove_prefix(dot + 1);
  }
}

// Takes "http://" or "https://" off; false for any other scheme.
bool take_scheme(std::string_view& text, std::string_view& scheme) {
  for (const std::string_view known : {"https", "http"}) {
    if (lower(text.substr(0, known.size() + 3)) == std::string(known) + "://") {
      scheme = known;
      text.remove_prefix(known.size() + 3);
      return true;
    }
  }
  // "shop.example:8443" has no scheme, "mailto:me" has; what stands behind the colon tells.
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || text.front() == '[') return true;
  const auto behind = text.substr(colon + 1);
  if (behind.starts_with("//")) return false;
  const bool dotted = text.substr(0, colon).find('.') != std::string_view::npos;
  return dotted || (!behind.empty() && digits.find(behind.front()) != std::string_view::npos) ||
         lower(text.substr(0, colon)) == "localhost";
}

// Host and port of what stands behind the scheme; the mistake, if there is one.
std::string_view split(std::string_view text, Parts& parts) {
  if (text.find_first_of("/?#") != std::string_view::npos) return domain_path;
  if (text.find('@') != std::string_view::npos) return domain_user;
  const auto bracket = text.find(']');
  const auto colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) {
    const auto port = text.substr(colon + 1);
    if (!is_port(port)) return domain_port;
    parts.port = port;
    if ((parts.scheme == "https" && port == "443") || (parts.scheme == "http" && port == "80")) {
      parts.port.clear();
    }
  }
  parts.host = lower(text.substr(0, colon));
  return {};
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  const auto first = text.find_first_not_of(space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

bool allows_one(std::string_view domain, std::string_view origin) {
  if (domain == origin) return true;
  const auto scheme_end = origin.find("://");
  if (domain.find("://") != std::string_view::npos || scheme_end == std::string_view::npos) {
    return false;
  }
  const auto host = origin.substr(scheme_end + 3);
  if (!domain.starts_with("*.")) return domain == host;
  return host.size() > domain.size() - 1 && host.ends_with(domain.substr(1));
}

}  // namespace

DomainRead read_domain(std::string_view text) {
  text = trimmed(text);
  if (text.empty()) return {{}, domain_empty};
  Parts parts;
  if (!take_scheme(text, parts.scheme)) return {{}, domain_scheme};
  // As it is copied from an address bar.
  if (text.ends_with('/')) text.remove_suffix(1);
  if (const auto mistake = split(text, parts); !mistake.empty()) return {{}, mistake};
  std::string_view host = parts.host;
  const bool below = host.starts_with("*.");
  if (below) host.remove_prefix(2);
  if (host.find('*') != std::string_view::npos) return {{}, domain_wildcard};
  if (below && (!parts.scheme.empty() || !parts.port.empty())) return {{}, domain_wildcard};
  if (!is_host(host)) return {{}, domain_host};
  // "*.com" would let in whoever buys a name.
  if (below && host.find('.') == std::string_view::npos) return {{}, domain_wildcard};
  std::string out(parts.scheme);
  if (!out.empty()) out += "://";
  out += parts.host;
  if (!parts.port.empty()) out += ":" + parts.port;
  return {std::move(out), {}};
}

bool allows(const std::vector<std::string>& domains, std::string_view origin) {
  return std::any_of(domains.begin(), domains.end(),
                     [origin](const std::string& domain) { return allows_one(domain, origin); });
}

std::optional<std::string> origin_of(std::string_view address) {
  const auto start = address.find("://");
  if (start == std::string_view::npos) return std::nullopt;
  const auto end = address.find_first_of("/?#", start + 3);
  auto read = read_domain(address.substr(0, end));
  if (!read.mistake.empty() || read.domain.find("://") == std::string::npos) return std::nullopt;
  return std::move(read.domain);
}

}  // namespace shopbell::desk
