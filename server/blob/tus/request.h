// What somebody wants of /blobs: the headers of tus 1.0 (tus.io/protocols/resumable-upload) and of
// plain downloads, read into one order or refused. No I/O, no state.
#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include "blob/blob_store.h"
#include "blob/checksum.h"

namespace shopbell::blob::tus {

inline constexpr std::string_view version = "1.0.0";
inline constexpr std::string_view body_type = "application/offset+octet-stream";
inline constexpr std::string_view folder = "/blobs";

// Views into the request; empty where a header is absent.
struct Request {
  std::string_view method;
  std::string_view target;
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  std::string_view authorization;
  std::string_view content_type;
  std::string_view method_override;
  std::string_view tus_resumable;
  std::string_view upload_length;
  std::string_view upload_offset;
  std::string_view upload_metadata;
  std::string_view upload_defer_length;
  std::string_view upload_concat;
  std::string_view upload_checksum;
  std::string_view range;
  std::string_view if_range;
  std::string_view if_none_match;
};

enum class Act : std::uint8_t {
  options,  // what can be done here; also a browser's question whether a page may
  create,   // POST at the folder, perhaps with the first bytes
  append,   // PATCH
  status,   // HEAD of tus
  remove,   // DELETE
  read,     // GET, and HEAD without tus
};

// First and last byte that are wanted, as the client said it: from the front, or so many of the
// end.
struct Range {
  std::optional<std::uint64_t> first;
  std::optional<std::uint64_t> last;  // without `first`: the count
};

struct Order {
  Act act = Act::options;
  BlobId id;                     // but for options and create
  std::string_view token;        // but for options and read
  std::uint64_t length = 0;      // create
  std::uint64_t offset = 0;      // append
  std::uint64_t body_bytes = 0;  // create and append: that follow
  std::optional<Checksum> checksum;
  std::optional<Range> range;  // read
  bool head_only = false;      // read
  bool unchanged = false;      // read: the client has it
};

struct Refusal {
  unsigned status = 400;
  Errc code = Errc::blob_request;
};

// Whether a request is for the blobs at all.
bool is_ours(std::string_view target);

std::variant<Order, Refusal> read_request(const Request& request);

// Which bytes of `length` a range means; `last` included. Nothing where it lies outside.
struct Span {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};
std::optional<Span> span_of(const Range& range, std::uint64_t length);

}  // namespace shopbell::blob::tus
