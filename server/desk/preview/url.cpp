#include "desk/preview/url.h"

#include <algorithm>
#include <charconv>

namespace shopbell::desk {
namespace {

constexpr std::string_view local_suffixes[] = {".localhost", ".local", ".internal",
                                               ".home.arpa", ".lan",   ".onion"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }

bool is_host_char(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '.'; }

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool is_number(std::string_view text, unsigned most) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > most) return false;
  return text.size() == 1 || text[0] != '0';
}

// Four numbers, each in its shortest form.
bool is_v4(std::string_view host) {
  for (int part = 0; part < 4; ++part) {
    const auto dot = host.find('.');
    if ((dot == std::string_view::npos) != (part == 3)) return false;
    if (!is_number(host.substr(0, dot), 255)) return false;
    if (part < 3) host.remove_prefix(dot + 1);
  }
  return true;
}

// Whether some reader could take it for an address: its last part begins as a number does.
bool ends_in_number(std::string_view host) {
  const auto last = host.substr(host.rfind('.') + 1);
  return !last.empty() && is_digit(last[0]);
}

bool is_name(std::string_view host) {
  if (host.size() > 253 || host.find('.') == std::string_view::npos) return false;
  if (!std::all_of(host.begin(), host.end(), is_host_char)) return false;
  if (host.front() == '.' || host.find("..") != std::string_view::npos) return false;
  return std::none_of(std::begin(local_suffixes), std::end(local_suffixes),
                      [host](std::string_view suffix) { return host.ends_with(suffix); });
}

bool read_host(std::string_view text, Url& out) {
  if (text.starts_with('[')) {
    if (!text.ends_with(']')) return false;
    out.host = lower(text.substr(1, text.size() - 2));
    return out.host.find(':') != std::string::npos &&
           std::all_of(out.host.begin(), out.host.end(),
                       [](char c) { return is_hex(c) || c == ':' || c == '.'; });
  }
  out.host = lower(text);
  if (out.host.ends_with('.')) out.host.pop_back();
  if (out.host.empty()) return false;
  return ends_in_number(out.host) ? is_v4(out.host) : is_name(out.host);
}

bool read_authority(std::string_view text, Url& out) {
  if (text.find('@') != std::string_view::npos) return false;
  const auto bracket = text.rfind(']');
  const auto colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  out.port = out.tls ? 443 : 80;
  if (colon != std::string_view::npos) {
    const auto port = text.substr(colon + 1);
    if (!is_number(port, 65535) || port == "0") return false;
    out.port = static_cast<std::uint16_t>(std::stoul(std::string(port)));
  }
  return read_host(text.substr(0, colon), out);
}

// Printable ASCII, so that nothing in it ends a line of a request.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; }) &&
         text.find('\\') == std::string_view::npos;
}

// What it looks into `path` for is never a folder of this machine: dots are the server's matter.
std::string folder_of(std::string_view target) {
  const auto path = target.substr(0, target.find('?'));
  return std::string(path.substr(0, path.rfind('/') + 1));
}

}  // namespace

std::string Url::authority() const {
  std::string out = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (!is_usual_port()) out += ":" + std::to_string(port);
  return out;
}

std::optional<Url> read_url(std::string_view text) {
  if (text.size() > url_bytes_max || !is_plain(text)) return {};
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return {};
  const auto scheme = lower(text.substr(0, scheme_end));
  if (scheme != "http" && scheme != "https") return {};
  Url out;
  out.tls = scheme == "https";
  auto rest = text.substr(scheme_end + 3);
  rest = rest.substr(0, rest.find('#'));
  const auto path = std::min(rest.find_first_of("/?"), rest.size());
  if (!read_authority(rest.substr(0, path), out)) return {};
  out.target = rest.substr(path);
  if (!out.target.starts_with('/')) out.target.insert(0, "/");
  return out;
}

std::optional<Url> follow(const Url& from, std::string_view location) {
  const std::string_view scheme = from.tls ? "https" : "http";
  location = location.substr(0, location.find('#'));
  if (location.empty()) return {};
  std::string whole;
  const auto colon = location.find(':');
  if (colon != std::string_view::npos && colon < location.find_first_of("/?")) {
    whole = location;
  } else if (location.starts_with("//")) {
    whole = std::string(scheme) + ":" + std::string(location);
  } else {
    whole = std::string(scheme) + "://" + from.authority();
    if (location.starts_with('?')) {
      whole += from.target.substr(0, from.target.find('?'));
    } else if (!location.starts_with('/')) {
      whole += folder_of(from.target);
    }
    whole += location;
  }
  auto out = read_url(whole);
  if (out && from.tls && !out->tls) return {};
  return out;
}

}  // namespace shopbell::desk
