// What is asked of /blobs, and every way in which it is refused.
#include "blob/tus/request.h"

#include <gtest/gtest.h>

#include "blob/tus/answer.h"

namespace shopbell::blob::tus {
namespace {

constexpr std::string_view name = "/blobs/000102030405060708090a0b0c0d0e0f";
constexpr std::string_view digest = "sha1 qUqP5cyxm6YcTAhz05Hph5gvu9M=";

Request create() {
  Request out;
  out.method = "POST";
  out.target = "/blobs";
  out.tus_resumable = "1.0.0";
  out.authorization = "Bearer abc";
  out.upload_length = "100";
  return out;
}

Request append() {
  Request out;
  out.method = "PATCH";
  out.target = name;
  out.tus_resumable = "1.0.0";
  out.authorization = "Bearer abc";
  out.content_type = "application/offset+octet-stream";
  out.upload_offset = "40";
  out.content_length = 60;
  return out;
}

Request get() {
  Request out;
  out.method = "GET";
  out.target = name;
  return out;
}

Order taken(const Request& request) {
  const auto read = read_request(request);
  if (const auto* order = std::get_if<Order>(&read)) return *order;
  const auto& refusal = std::get<Refusal>(read);
  ADD_FAILURE() << refusal.status << " " << name_of(refusal.code);
  return {};
}

std::string refused(const Request& request) {
  const auto read = read_request(request);
  const auto* refusal = std::get_if<Refusal>(&read);
  if (refusal == nullptr) return "taken";
  return std::to_string(refusal->status) + " " + std::string(name_of(refusal->code));
}

TEST(TusRequest, CreationNamesALength) {
  const auto order = taken(create());
  EXPECT_EQ(order.act, Act::create);
  EXPECT_EQ(order.length, 100u);
  EXPECT_EQ(order.token, "abc");
  EXPECT_EQ(order.body_bytes, 0u);
}

TEST(TusRequest, CreationMayBringItsFirstBytes) {
  auto request = create();
  request.content_type = "application/offset+octet-stream";
  request.content_length = 30;
  EXPECT_EQ(taken(request).body_bytes, 30u);
  request.content_length = 101;
  EXPECT_EQ(refused(request), "413 blob_size");
  request.content_length = 30;
  request.content_type = "application/json";
  EXPECT_EQ(refused(request), "415 blob_request");
}

TEST(TusRequest, ATypeOfNoBodyMeansNothing) {
  auto request = create();
  request.content_type = "application/json";
  request.content_length = 0;
  EXPECT_EQ(taken(request).act, Act::create);
}

TEST(TusRequest, NothingThatTellsOfTheFileIsTaken) {
  auto request = create();
  request.upload_metadata = "filename YS5qcGc=";
  EXPECT_EQ(refused(request), "400 blob_metadata");
}

TEST(TusRequest, LengthsAreDigits) {
  for (const auto* bad : {"", "-1", "+1", " 1", "1 ", "0x10", "1e3", "9223372036854775808",
                          "99999999999999999999999"}) {
    auto request = create();
    request.upload_length = bad;
    EXPECT_EQ(refused(request), "400 blob_request") << bad;
    auto more = append();
    more.upload_offset = bad;
    EXPECT_EQ(refused(more), "400 blob_request") << bad;
  }
  auto request = create();
  request.upload_length = "9223372036854775807";
  EXPECT_EQ(taken(request).length, 9223372036854775807u);
}

TEST(TusRequest, WhatIsNotSpokenHereIsRefused) {
  auto later = create();
  later.upload_length = "";
  later.upload_defer_length = "1";
  EXPECT_EQ(refused(later), "400 blob_request");
  auto part = create();
  part.upload_concat = "partial";
  EXPECT_EQ(refused(part), "400 blob_request");
  auto newer = create();
  newer.tus_resumable = "2.0.0";
  EXPECT_EQ(refused(newer), "412 blob_request");
  auto none = append();
  none.tus_resumable = "";
  EXPECT_EQ(refused(none), "412 blob_request");
  auto chunked = append();
  chunked.chunked = true;
  EXPECT_EQ(refused(chunked), "411 blob_request");
  auto typed = append();
  typed.content_type = "image/jpeg";
  EXPECT_EQ(refused(typed), "415 blob_request");
  auto put = append();
  put.method = "PUT";
  EXPECT_EQ(refused(put), "405 blob_request");
}

TEST(TusRequest, FolderAndFileHaveTheirOwnMethods) {
  auto to_file = create();
  to_file.target = name;
  EXPECT_EQ(refused(to_file), "405 blob_request");
  auto to_folder = append();
  to_folder.target = "/blobs/";
  EXPECT_EQ(refused(to_folder), "405 blob_request");
  auto listing = get();
  listing.target = "/blobs/";
  EXPECT_EQ(refused(listing), "404 blob_unknown");
}

TEST(TusRequest, NamesAreThirtyTwoSmallHexDigits) {
  for (const auto* bad :
       {"/blobs/00", "/blobs/000102030405060708090A0B0C0D0E0F", "/blobs/../keys",
        "/blobs/000102030405060708090a0b0c0d0e0f/", "/blobs/000102030405060708090a0b0c0d0e0g"}) {
    auto request = get();
    request.target = bad;
    EXPECT_EQ(refused(request), "404 blob_unknown") << bad;
  }
}

TEST(TusRequest, TheRightIsTheWordBehindBearer) {
  auto request = append();
  request.authorization = "bearer  abc ";
  EXPECT_EQ(taken(request).token, "abc");
  for (const auto* bad : {"", "abc", "Basic abc", "Bearer"}) {
    request.authorization = bad;
    EXPECT_EQ(taken(request).token, "") << bad;
  }
}

TEST(TusRequest, WhoHasNoPatchSaysItInAHeader) {
  auto request = append();
  request.method = "POST";
  request.method_override = "PATCH";
  const auto order = taken(request);
  EXPECT_EQ(order.act, Act::append);
  EXPECT_EQ(order.offset, 40u);
  auto gone = append();
  gone.method = "POST";
  gone.method_override = "DELETE";
  gone.content_length = 0;
  EXPECT_EQ(taken(gone).act, Act::remove);
  auto unsent = get();
  unsent.method_override = "HEAD";
  EXPECT_EQ(refused(unsent), "400 blob_request");
}

TEST(TusRequest, ChecksumsAreReadOrRefused) {
  auto request = append();
  request.upload_checksum = digest;
  EXPECT_EQ(taken(request).checksum->digest.size(), 20u);
  for (const auto* bad : {"sha1", "md5 1B2M2Y8AsgTpgAmY7PhCfg==", "sha1 ????", "sha1 YWJj",
                          "sha256 qUqP5cyxm6YcTAhz05Hph5gvu9M=", " "}) {
    request.upload_checksum = bad;
    EXPECT_EQ(refused(request), "400 blob_request") << bad;
  }
}

TEST(TusRequest, HeadWithTusAsksForThePlaceWithoutForTheFile) {
  auto request = get();
  request.method = "HEAD";
  EXPECT_EQ(taken(request).act, Act::read);
  EXPECT_TRUE(taken(request).head_only);
  request.range = "bytes=0-1";
  EXPECT_FALSE(taken(request).range.has_value());
  request.tus_resumable = "1.0.0";
  EXPECT_EQ(taken(request).act, Act::status);
}

TEST(TusRequest, NoBodyWhereNoneBelongs) {
  auto request = get();
  request.content_length = 5;
  EXPECT_EQ(refused(request), "400 blob_request");
  request.content_length.reset();
  request.chunked = true;
  EXPECT_EQ(refused(request), "400 blob_request");
  request.chunked = false;
  request.method = "DELETE";
  request.tus_resumable = "1.0.0";
  request.content_length = 5;
  EXPECT_EQ(refused(request), "400 blob_request");
}

TEST(TusRequest, OnlyItsOwnPathsAreTaken) {
  EXPECT_TRUE(is_ours("/blobs"));
  EXPECT_TRUE(is_ours("/blobs?x"));
  EXPECT_TRUE(is_ours(name));
  EXPECT_FALSE(is_ours("/blobsy"));
  EXPECT_FALSE(is_ours("/widget/blobs"));
  EXPECT_FALSE(is_ours(""));
}

std::string span_text(std::string_view range, std::uint64_t length) {
  auto request = get();
  request.range = range;
  const auto order = taken(request);
  if (!order.range) return "all";
  const auto span = span_of(*order.range, length);
  return span ? std::to_string(span->first) + "-" + std::to_string(span->last) : "outside";
}

TEST(TusRequest, RangesMeanWhatHttpSays) {
  EXPECT_EQ(span_text("bytes=0-9", 100), "0-9");
  EXPECT_EQ(span_text("bytes=90-", 100), "90-99");
  EXPECT_EQ(span_text("bytes=90-500", 100), "90-99");
  EXPECT_EQ(span_text("bytes=-10", 100), "90-99");
  EXPECT_EQ(span_text("bytes=-500", 100), "0-99");
  EXPECT_EQ(span_text("bytes=100-", 100), "outside");
  EXPECT_EQ(span_text("bytes=-0", 100), "outside");
  EXPECT_EQ(span_text("bytes=0-", 0), "outside");
  // Several, and what makes no sense, is as if nothing was said.
  for (const auto* bad : {"", "bytes=", "bytes=-", "bytes=9-1", "bytes=0-1,5-6", "lines=0-1",
                          "bytes=a-b", "bytes=0x1-2", "bytes=99999999999999999999-"}) {
    EXPECT_EQ(span_text(bad, 100), "all") << bad;
  }
}

TEST(TusRequest, ARangeOfAnotherFileIsNoRange) {
  auto request = get();
  request.range = "bytes=0-9";
  request.if_range = "\"000102030405060708090a0b0c0d0e0f\"";
  EXPECT_TRUE(taken(request).range.has_value());
  request.if_range = "\"ff0102030405060708090a0b0c0d0e0f\"";
  EXPECT_FALSE(taken(request).range.has_value());
}

TEST(TusRequest, WhoHasItIsToldSo) {
  auto request = get();
  EXPECT_FALSE(taken(request).unchanged);
  request.if_none_match = "\"x\", W/\"000102030405060708090a0b0c0d0e0f\"";
  EXPECT_TRUE(taken(request).unchanged);
  request.if_none_match = "000102030405060708090a0b0c0d0e0f";
  EXPECT_FALSE(taken(request).unchanged);
}

TEST(TusAnswer, DatesAreThoseOfHttp) {
  EXPECT_EQ(http_date(1'795'384'620'000), "Sun, 22 Nov 2026 21:57:00 GMT");
  EXPECT_EQ(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
}

TEST(TusAnswer, RefusalsAreNamedAndHoldNothingElse) {
  const auto answer = answer_refusal({413, Errc::blob_size});
  EXPECT_EQ(answer.body,
            "{\"title\":\"The file is larger than the server takes.\",\"status\":413,"
            "\"code\":\"blob_size\"}\n");
}

// The titles go into JSON as they stand.
TEST(TusAnswer, NoSentenceWouldHaveToBeEscaped) {
  for (std::uint16_t code = 0; code < 200; ++code) {
    EXPECT_EQ(text_of(static_cast<Errc>(code)).find_first_of("\"\\\n"), std::string_view::npos);
  }
}

TEST(TusAnswer, EveryCodeOfBlobsHasItsStatus) {
  EXPECT_EQ(status_of(Errc::blob_request), 400u);
  EXPECT_EQ(status_of(Errc::blob_token), 401u);
  EXPECT_EQ(status_of(Errc::blob_metadata), 400u);
  EXPECT_EQ(status_of(Errc::blob_size), 413u);
  EXPECT_EQ(status_of(Errc::blob_quota), 429u);
  EXPECT_EQ(status_of(Errc::blob_full), 507u);
  EXPECT_EQ(status_of(Errc::blob_unknown), 404u);
  EXPECT_EQ(status_of(Errc::blob_offset), 409u);
  EXPECT_EQ(status_of(Errc::blob_checksum), 460u);
  EXPECT_EQ(status_of(Errc::store_full), 507u);
  EXPECT_EQ(status_of(Errc::store_failed), 500u);
  EXPECT_EQ(status_of(Errc::busy), 503u);
}

}  // namespace
}  // namespace shopbell::blob::tus
