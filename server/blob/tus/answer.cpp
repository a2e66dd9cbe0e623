#include "blob/tus/answer.h"

#include <fmt/format.h>

#include <ctime>

namespace shopbell::blob::tus {
namespace {

// On each answer. Nobody's cookies come along, so pages of any site may ask.
void add_common(Answer& out) {
  out.headers.insert(
      out.headers.end(),
      {{"Access-Control-Allow-Origin", "*"},
       {"Access-Control-Expose-Headers",
        "Location, Tus-Resumable, Tus-Version, Tus-Extension, Tus-Max-Size, "
        "Tus-Checksum-Algorithm, Upload-Offset, Upload-Length, Upload-Expires, ETag, "
        "Accept-Ranges, Content-Range, Content-Length, Retry-After"},
       {"X-Content-Type-Options", "nosniff"},
       {"Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'"},
       {"Cross-Origin-Resource-Policy", "cross-origin"},
       {"Referrer-Policy", "no-referrer"}});
}

Answer tus_answer(unsigned status) {
  Answer out;
  out.status = status;
  out.headers = {{"Tus-Resumable", std::string(version)}, {"Cache-Control", "no-store"}};
  add_common(out);
  return out;
}

void add_expiry(Answer& out, std::uint64_t expires_ms) {
  if (expires_ms != 0) out.headers.emplace_back("Upload-Expires", http_date(expires_ms));
}

std::string tag_of(const BlobId& id) { return fmt::format("\"{}\"", to_hex(id.view())); }

}  // namespace

std::string http_date(std::uint64_t ms) {
  static constexpr std::array days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto seconds = static_cast<std::time_t>(ms / 1000);
  std::tm parts{};
  if (::gmtime_r(&seconds, &parts) == nullptr) return {};
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT",
                     days[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
                     months[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900,
                     parts.tm_hour, parts.tm_min, parts.tm_sec);
}

unsigned status_of(Errc code) {
  switch (code) {
    case Errc::blob_token:
      return 401;
    case Errc::blob_unknown:
      return 404;
    case Errc::blob_offset:
      return 409;
    case Errc::blob_size:
      return 413;
    case Errc::blob_quota:
      return 429;
    case Errc::blob_checksum:
      return 460;
    case Errc::busy:
      return 503;
    case Errc::blob_full:
    case Errc::store_full:
      return 507;
    case Errc::blob_request:
    case Errc::blob_metadata:
      return 400;
    default:
      return 500;
  }
}

Answer answer_options(std::uint64_t bytes_max) {
  Answer out;
  out.status = 204;
  out.headers = {
      {"Tus-Resumable", std::string(version)},
      {"Tus-Version", std::string(version)},
      {"Tus-Extension", "creation,creation-with-upload,checksum,termination,expiration"},
      {"Tus-Max-Size", fmt::to_string(bytes_max)},
      {"Tus-Checksum-Algorithm", std::string(checksum_names)},
      {"Access-Control-Allow-Methods", "GET, HEAD, POST, PATCH, DELETE, OPTIONS"},
      // Upload-Metadata so that its refusal is heard.
      {"Access-Control-Allow-Headers",
       "Authorization, Content-Type, Tus-Resumable, Upload-Length, Upload-Offset, "
       "Upload-Checksum, Upload-Metadata, Upload-Defer-Length, Upload-Concat, "
       "X-HTTP-Method-Override, X-Requested-With, X-Request-ID, Range, If-Range, If-None-Match"},
      {"Access-Control-Max-Age", "86400"},
      {"Cache-Control", "no-store"},
  };
  add_common(out);
  return out;
}

Answer answer_refusal(const Refusal& refusal) {
  auto out = tus_answer(refusal.status);
  if (refusal.status == 401) out.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (refusal.status == 405) {
    out.headers.emplace_back("Allow", "GET, HEAD, POST, PATCH, DELETE, OPTIONS");
  }
  if (refusal.status == 412) out.headers.emplace_back("Tus-Version", std::string(version));
  if (refusal.status == 429) out.headers.emplace_back("Retry-After", "3600");
  if (refusal.status == 503) out.headers.emplace_back("Retry-After", "2");
  out.headers.emplace_back("Content-Type", "application/problem+json");
  // Of our own words alone, which hold nothing that JSON would have to escape.
  out.body = fmt::format("{{\"title\":\"{}\",\"status\":{},\"code\":\"{}\"}}\n",
                         text_of(refusal.code), refusal.status, name_of(refusal.code));
  return out;
}

Answer answer_created(const BlobId& id, const BlobInfo& info, bool with_body,
                      std::uint64_t expires_ms) {
  auto out = tus_answer(201);
  out.headers.emplace_back("Location", fmt::format("{}/{}", folder, to_hex(id.view())));
  if (with_body) out.headers.emplace_back("Upload-Offset", fmt::to_string(info.offset));
  add_expiry(out, expires_ms);
  return out;
}

Answer answer_appended(const BlobInfo& info, std::uint64_t expires_ms) {
  auto out = tus_answer(204);
  out.headers.emplace_back("Upload-Offset", fmt::to_string(info.offset));
  add_expiry(out, expires_ms);
  return out;
}

Answer answer_status(const BlobInfo& info, std::uint64_t expires_ms) {
  auto out = tus_answer(200);
  out.headers.emplace_back("Upload-Offset", fmt::to_string(info.offset));
  out.headers.emplace_back("Upload-Length", fmt::to_string(info.length));
  add_expiry(out, expires_ms);
  return out;
}

Answer answer_removed() { return tus_answer(204); }

Download answer_read(const Order& order, const BlobInfo& info) {
  Download out;
  auto& headers = out.head.headers;
  headers = {{"ETag", tag_of(order.id)},
             {"Cache-Control", "private, max-age=31536000, immutable"},
             {"Accept-Ranges", "bytes"}};
  add_common(out.head);
  if (order.unchanged) {
    out.head.status = 304;
    return out;
  }
  if (order.range) {
    out.span = span_of(*order.range, info.length);
    if (!out.span) {
      out.head = answer_refusal({416, Errc::blob_request});
      out.head.headers.emplace_back("Content-Range", fmt::format("bytes */{}", info.length));
      out.bytes = out.head.body.size();
      return out;
    }
    out.head.status = 206;
    headers.emplace_back("Content-Range", fmt::format("bytes {}-{}/{}", out.span->first,
                                                      out.span->last, info.length));
  } else if (info.length != 0) {
    out.span = Span{0, info.length - 1};
  }
  headers.emplace_back("Content-Type", "application/octet-stream");
  headers.emplace_back("Content-Disposition", "attachment");
  out.bytes = out.span ? out.span->last - out.span->first + 1 : 0;
  if (order.head_only) out.span.reset();
  return out;
}

}  // namespace shopbell::blob::tus
