#include "blob/tus/request.h"

#include <charconv>

namespace shopbell::blob::tus {
namespace {

constexpr Refusal refused{};

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

// Digits alone, below 2^63: what lies above is no length of a file.
std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t out = 0;
  const auto* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, out);
  const bool digits = !text.empty() && text.front() >= '0' && text.front() <= '9';
  if (!digits || error != std::errc() || at != end || out > INT64_MAX) return {};
  return out;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_word(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string_view bearer_of(std::string_view authorization) {
  constexpr std::string_view scheme = "Bearer ";
  if (!same_word(authorization.substr(0, scheme.size()), scheme)) return {};
  return trimmed(authorization.substr(scheme.size()));
}

bool is_body_type(std::string_view content_type) {
  return same_word(trimmed(content_type.substr(0, content_type.find(';'))), body_type);
}

// One range; several, and what cannot be read, are as if nothing was said (RFC 9110, 14.2).
std::optional<Range> read_range(std::string_view text) {
  constexpr std::string_view unit = "bytes=";
  if (!same_word(text.substr(0, unit.size()), unit)) return {};
  text = trimmed(text.substr(unit.size()));
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return {};
  const auto first = text.substr(0, dash);
  const auto last = text.substr(dash + 1);
  Range out;
  if (!first.empty() && !(out.first = number(first))) return {};
  if (!last.empty() && !(out.last = number(last))) return {};
  if (!out.first && !out.last) return {};
  if (out.first && out.last && *out.last < *out.first) return {};
  return out;
}

// A blob never changes, so its name is its tag.
bool names_tag(std::string_view list, std::string_view id) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    auto one = trimmed(list.substr(0, comma));
    if (one == "*") return true;
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one.size() == id.size() + 2 && one.front() == '"' && one.back() == '"' &&
        one.substr(1, id.size()) == id) {
      return true;
    }
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
  }
  return false;
}

using Outcome = std::variant<Order, Refusal>;

Outcome read_get(const Request& request, Order order, std::string_view id, bool head_only) {
  order.act = Act::read;
  order.head_only = head_only;
  order.unchanged = names_tag(request.if_none_match, id);
  // A range has a meaning with GET alone (RFC 9110, 14.2).
  const bool same = request.if_range.empty() || names_tag(request.if_range, id);
  if (same && !head_only) order.range = read_range(request.range);
  return order;
}

Outcome read_body(const Request& request, Order order) {
  if (request.chunked) return Refusal{411};
  order.body_bytes = request.content_length.value_or(0);
  if (!request.upload_checksum.empty()) {
    order.checksum = read_checksum(request.upload_checksum);
    if (!order.checksum) return refused;
  }
  return order;
}

Outcome read_create(const Request& request, Order order) {
  order.act = Act::create;
  // The spec allows them; here they would tell the relay what it need not know.
  if (!request.upload_metadata.empty()) return Refusal{400, Errc::blob_metadata};
  if (!request.upload_defer_length.empty() || !request.upload_concat.empty()) return refused;
  const auto length = number(request.upload_length);
  if (!length) return refused;
  order.length = *length;
  const bool empty = !request.chunked && request.content_length.value_or(0) == 0;
  if (!empty && !is_body_type(request.content_type)) return Refusal{415};
  auto read = read_body(request, order);
  const auto* const whole = std::get_if<Order>(&read);
  if (whole != nullptr && whole->body_bytes > order.length) return Refusal{413, Errc::blob_size};
  return read;
}

Outcome read_append(const Request& request, Order order) {
  order.act = Act::append;
  if (!is_body_type(request.content_type)) return Refusal{415};
  const auto offset = number(request.upload_offset);
  if (!offset) return refused;
  order.offset = *offset;
  return read_body(request, order);
}

// A body where none belongs would be taken for the next request.
bool has_body(const Request& request) {
  return request.chunked || request.content_length.value_or(0) != 0;
}

}  // namespace

bool is_ours(std::string_view target) {
  const auto path = path_of(target);
  return path == folder || (path.starts_with(folder) && path[folder.size()] == '/');
}

std::variant<Order, Refusal> read_request(const Request& request) {
  const auto method = request.method_override.empty() ? request.method : request.method_override;
  if (method == "OPTIONS") return Order{};
  auto name = path_of(request.target).substr(folder.size());
  if (!name.empty()) name.remove_prefix(1);
  const bool whole_folder = name.empty();
  Order order;
  const bool known = from_hex(name, order.id.data) && to_hex(order.id.view()) == name;
  if (!whole_folder && !known) return Refusal{404, Errc::blob_unknown};
  const bool plain = request.tus_resumable.empty();
  const bool reads = method == "GET" || (method == "HEAD" && plain);
  if (reads) {
    if (has_body(request)) return refused;
    if (whole_folder) return Refusal{404, Errc::blob_unknown};
    // The length of a body that does not follow: only who really asked by HEAD knows that.
    if (method == "HEAD" && request.method != "HEAD") return refused;
    return read_get(request, order, name, method == "HEAD");
  }
  if (method != "POST" && method != "PATCH" && method != "HEAD" && method != "DELETE") {
    return Refusal{405};
  }
  if (request.tus_resumable != version) return Refusal{412};
  if ((method == "POST") != whole_folder) return Refusal{405};
  order.token = bearer_of(request.authorization);
  if (method == "POST") return read_create(request, order);
  if (method == "PATCH") return read_append(request, order);
  if (has_body(request)) return refused;
  order.act = method == "HEAD" ? Act::status : Act::remove;
  return order;
}

std::optional<Span> span_of(const Range& range, std::uint64_t length) {
  if (length == 0) return {};
  if (!range.first) {
    if (*range.last == 0) return {};
    return Span{length - std::min(*range.last, length), length - 1};
  }
  if (*range.first >= length) return {};
  return Span{*range.first, std::min(range.last.value_or(length - 1), length - 1)};
}

}  // namespace shopbell::blob::tus
