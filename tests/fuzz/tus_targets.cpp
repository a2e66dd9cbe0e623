// Requests for blobs as a stranger writes them.
#include "blob/token.h"
#include "blob/tus/answer.h"
#include "fuzz/targets.h"

namespace shopbell::fuzz {
namespace {

namespace tus = blob::tus;

// A line each: method, target, then "Name: value" in any order.
tus::Request request_of(std::string_view text) {
  tus::Request out;
  const std::map<std::string_view, std::string_view*> fields = {
      {"Authorization", &out.authorization},
      {"Content-Type", &out.content_type},
      {"X-HTTP-Method-Override", &out.method_override},
      {"Tus-Resumable", &out.tus_resumable},
      {"Upload-Length", &out.upload_length},
      {"Upload-Offset", &out.upload_offset},
      {"Upload-Metadata", &out.upload_metadata},
      {"Upload-Defer-Length", &out.upload_defer_length},
      {"Upload-Concat", &out.upload_concat},
      {"Upload-Checksum", &out.upload_checksum},
      {"Range", &out.range},
      {"If-Range", &out.if_range},
      {"If-None-Match", &out.if_none_match}};
  const auto next = [&text] {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text = end == text.npos ? std::string_view() : text.substr(end + 1);
    return line;
  };
  out.method = next();
  out.target = next();
  while (!text.empty()) {
    const auto line = next();
    const auto colon = line.find(": ");
    if (colon == line.npos) continue;
    const auto name = line.substr(0, colon);
    const auto value = line.substr(colon + 2);
    if (name == "Content-Length") out.content_length = value.size();
    if (name == "Transfer-Encoding") out.chunked = true;
    if (const auto found = fields.find(name); found != fields.end()) *found->second = value;
  }
  return out;
}

void check_answer(const tus::Answer& answer) {
  require(answer.status >= 200 && answer.status < 600, "an answer has a status");
  for (const auto& [name, value] : answer.headers) {
    require(value.find_first_of("\r\n") == value.npos, "no header holds the end of a line");
  }
}

void check_order(const tus::Order& order) {
  if (order.act == tus::Act::create) {
    require(order.body_bytes <= order.length, "a creation brings no more than it said");
  }
  if (order.act != tus::Act::read) return;
  for (const std::uint64_t length : {0ull, 1ull, 65'576ull, ~0ull >> 1}) {
    blob::BlobInfo info;
    info.length = info.offset = length;
    const auto download = tus::answer_read(order, info);
    check_answer(download.head);
    if (!download.span) continue;
    require(download.span->first <= download.span->last, "a span has a byte");
    require(download.span->last < length, "a span lies within the file");
    require(download.bytes == download.span->last - download.span->first + 1, "and says its size");
  }
}

void request(BytesView in) {
  const auto wanted = request_of(as_text(in));
  if (!tus::is_ours(wanted.target)) return;
  const auto read = tus::read_request(wanted);
  if (const auto* refusal = std::get_if<tus::Refusal>(&read)) {
    check_answer(tus::answer_refusal(*refusal));
  } else {
    check_order(std::get<tus::Order>(read));
  }
  static const blob::Tokens tokens{Key()};
  require(!tokens.check(wanted.authorization, 1), "nobody guesses a token");
}

}  // namespace

void add_tus(std::map<std::string, Target>& out) { out["tus"] = request; }

}  // namespace shopbell::fuzz
