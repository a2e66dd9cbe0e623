// What is said back: tus 1.0's headers, those of plain downloads, and what browsers must be told so
// that pages of any site may speak to a relay and nothing that lies there ever runs. No I/O.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "blob/tus/request.h"

namespace shopbell::blob::tus {

struct Answer {
  unsigned status = 200;
  std::vector<std::pair<std::string_view, std::string>> headers;
  std::string body;
};

// `bytes_max`: of one file.
Answer answer_options(std::uint64_t bytes_max);
Answer answer_refusal(const Refusal& refusal);
// `expires_ms`: when a half upload goes; with a finished one 0.
Answer answer_created(const BlobId& id, const BlobInfo& info, bool with_body,
                      std::uint64_t expires_ms);
Answer answer_appended(const BlobInfo& info, std::uint64_t expires_ms);
Answer answer_status(const BlobInfo& info, std::uint64_t expires_ms);
Answer answer_removed();

// The head of a download; the caller sends the bytes of `span`, if there are any.
struct Download {
  Answer head;
  std::uint64_t bytes = 0;  // Content-Length, also where only the head is sent
  std::optional<Span> span;
};
Download answer_read(const Order& order, const BlobInfo& info);

// As HTTP writes dates: "Sun, 22 Nov 2026 21:57:00 GMT".
std::string http_date(std::uint64_t ms);

// The status that a code has over HTTP.
unsigned status_of(Errc code);

}  // namespace shopbell::blob::tus
