// What browsers are given: encodings, caching, headers, and what is refused.
#include "net/static_files.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace shopbell::net {
namespace {

namespace fs = std::filesystem;

class StaticFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) /
              (std::string("static_files_") +
               testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    write("shopbell.js", "loader");
    write("shopbell.js.br", "loader-br");
    write("shopbell.js.gz", "loader-gz");
    write("widget/frame.html", "frame");
    write("widget/frame-0123456789.js", "script");
    write("engine/worker-0123456789.js", "worker");
    write("console/index.html", "console");
    write("demo/index.html", "<p>__SHOPBELL_SCRIPT__</p>");
    write("manifest.json", R"({"files":[
      {"path":"shopbell.js","immutable":false},
      {"path":"widget/frame.html","immutable":false},
      {"path":"widget/frame-0123456789.js","immutable":true},
      {"path":"engine/worker-0123456789.js","immutable":true},
      {"path":"console/index.html","immutable":false},
      {"path":"demo/index.html","immutable":false}]})");
    write("secret.key", "secret");
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& path, const std::string& text) {
    fs::create_directories((folder_ / path).parent_path());
    std::ofstream(folder_ / path, std::ios::binary) << text;
  }

  std::unique_ptr<StaticFiles> load(std::vector<std::string> domains, std::string script = {}) {
    std::string problem;
    auto files = StaticFiles::load(
        folder_, {.policy = {std::move(domains), "wss://relay.example"}, .demo_script = script},
        problem);
    EXPECT_EQ(problem, "");
    return files;
  }

  fs::path folder_;
};

std::string header(const Reply& reply, std::string_view name) {
  for (const auto& [key, value] : reply.headers) {
    if (key == name) return value;
  }
  return {};
}

TEST_F(StaticFilesTest, PicksTheBestEncodingThatTheBrowserTakes) {
  const auto files = load({"https://shop.example"});
  const auto br = files->find("/shopbell.js?v=1", "gzip, deflate, br", "");
  EXPECT_EQ(br.body, "loader-br");
  EXPECT_EQ(header(br, "Content-Encoding"), "br");
  EXPECT_EQ(header(br, "Vary"), "Accept-Encoding");
  EXPECT_EQ(header(br, "Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(files->find("/shopbell.js", "gzip", "").body, "loader-gz");
  EXPECT_EQ(files->find("/shopbell.js", "br;q=0, gzip;q=0.5", "").body, "loader-gz");
  const auto plain = files->find("/shopbell.js", "", "");
  EXPECT_EQ(plain.body, "loader");
  EXPECT_EQ(header(plain, "Content-Encoding"), "");
}

TEST_F(StaticFilesTest, AnswersNotModifiedByTag) {
  const auto files = load({"https://shop.example"});
  const auto etag = header(files->find("/shopbell.js", "", ""), "ETag");
  EXPECT_FALSE(etag.empty());
  EXPECT_EQ(files->find("/shopbell.js", "br", "\"other\", " + etag).status, 304u);
  EXPECT_EQ(files->find("/shopbell.js", "br", "\"other\"").status, 200u);
}

TEST_F(StaticFilesTest, HashedNamesAreForEverOthersAreAskedFor) {
  const auto files = load({"https://shop.example"});
  EXPECT_EQ(header(files->find("/widget/frame-0123456789.js", "", ""), "Cache-Control"),
            "public, max-age=31536000, immutable");
  EXPECT_EQ(header(files->find("/shopbell.js", "", ""), "Cache-Control"), "no-cache");
}

TEST_F(StaticFilesTest, FrameMayBeShownByTheShopsPagesOnly) {
  const auto files = load({"https://shop.example", "https://www.shop.example"});
  const auto frame = files->find("/widget/frame.html", "", "");
  EXPECT_EQ(header(frame, "Content-Security-Policy"),
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
            "media-src 'self' blob:; connect-src 'self' wss://relay.example https://relay.example; "
            "worker-src 'self'; base-uri 'none'; "
            "form-action 'none'; frame-ancestors https://shop.example https://www.shop.example");
  EXPECT_EQ(header(frame, "Cross-Origin-Resource-Policy"), "cross-origin");
  EXPECT_EQ(header(frame, "Cross-Origin-Embedder-Policy"), "require-corp");
  EXPECT_EQ(header(frame, "X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(header(frame, "Referrer-Policy"), "no-referrer");
}

TEST_F(StaticFilesTest, TheScriptInTheFramesPageRunsThereAlone) {
  const std::string hash = "sha256-" + std::string(42, 'a') + "/=";
  write("manifest.json", R"({"files":[
      {"path":"widget/frame.html","immutable":false,"script":")" +
                             hash + R"("},
      {"path":"console/index.html","immutable":false}]})");
  const auto files = load({"https://shop.example"});
  const auto policy = [&](const char* path) {
    return header(files->find(path, "", ""), "Content-Security-Policy");
  };
  EXPECT_TRUE(policy("/widget/frame.html")
                  .starts_with("default-src 'none'; script-src 'self' '" + hash + "'; style-src"));
  EXPECT_EQ(policy("/console/").find("sha256"), std::string::npos);
  EXPECT_EQ(files->policy().frame_script, hash);
}

TEST_F(StaticFilesTest, NothingButAHashGetsIntoThePolicy) {
  write("manifest.json", R"({"files":[{"path":"widget/frame.html","immutable":false,
      "script":"sha256-x'; script-src *; x '0123456789012345678901="}]})");
  const auto files = load({"https://shop.example"});
  const auto frame = files->find("/widget/frame.html", "", "");
  EXPECT_TRUE(header(frame, "Content-Security-Policy")
                  .starts_with("default-src 'none'; script-src 'self'; style-src"));
}

TEST_F(StaticFilesTest, LoaderAloneMayBeReadByEveryOrigin) {
  const auto files = load({"https://shop.example"});
  const auto allowed = [&](const char* path) {
    return header(files->find(path, "", ""), "Access-Control-Allow-Origin");
  };
  EXPECT_EQ(allowed("/shopbell.js"), "*");
  EXPECT_EQ(kind_of("widget/panel.js"), FileKind::loader);
  EXPECT_EQ(kind_of("widget/later/login-0123.js"), FileKind::loader);
  EXPECT_EQ(kind_of("widget/later/tools-0123.js"), FileKind::asset);
  EXPECT_EQ(kind_of("engine/media-0123.js"), FileKind::worker);
  EXPECT_EQ(allowed("/widget/frame.html"), "");
  EXPECT_EQ(allowed("/console/"), "");
}

TEST_F(StaticFilesTest, NoDomainRefusesTheFrameAndSaysWhy) {
  const auto files = load({});
  const auto frame = files->find("/widget/frame.html", "br", "");
  EXPECT_EQ(frame.status, 403u);
  EXPECT_NE(frame.body.find("adds the page's domain in the console"), std::string_view::npos);
  EXPECT_EQ(header(frame, "Cross-Origin-Resource-Policy"), "cross-origin");
  EXPECT_EQ(header(frame, "Cross-Origin-Embedder-Policy"), "require-corp");
  EXPECT_EQ(files->find("/shopbell.js", "", "").status, 200u);
}

TEST_F(StaticFilesTest, ChangedDomainsHoldForTheNextAnswer) {
  const auto files = load({"https://shop.example"});
  const auto before = header(files->find("/widget/frame.html", "", ""), "ETag");
  EXPECT_EQ(files->find("/widget/frame.html", "", before).status, 304u);
  files->set_frame_ancestors({"*.shop.example"});
  const auto frame = files->find("/widget/frame.html", "", before);
  EXPECT_EQ(frame.status, 200u) << "with the tag of the former list";
  EXPECT_TRUE(header(frame, "Content-Security-Policy").ends_with("frame-ancestors *.shop.example"));
}

TEST_F(StaticFilesTest, WorkerAloneMayCompileWasm) {
  const auto files = load({"https://shop.example"});
  const auto policy = [&](const char* path) {
    return header(files->find(path, "", ""), "Content-Security-Policy");
  };
  EXPECT_EQ(policy("/engine/worker-0123456789.js"),
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; "
            "connect-src 'self' wss://relay.example https://relay.example");
  EXPECT_EQ(policy("/widget/frame.html").find("wasm-unsafe-eval"), std::string::npos);
  EXPECT_TRUE(policy("/console/").ends_with("; frame-ancestors 'none'"));
}

TEST_F(StaticFilesTest, OnlyWhatTheManifestNamesIsThere) {
  const auto files = load({"https://shop.example"});
  for (const auto* path :
       {"/secret.key", "/../secret.key", "/widget/../secret.key", "/widget/..%2fsecret.key",
        "//secret.key", "/manifest.json", "/shopbell.js.br", "", "shopbell.js",
        "/widget\\frame.html", "http://localhost/shopbell.js"}) {
    EXPECT_EQ(files->find(path, "", "").status, 404u) << path;
  }
}

TEST_F(StaticFilesTest, DemoIsServedOnlyWhereItIsAskedFor) {
  EXPECT_EQ(load({"https://shop.example"})->find("/demo/", "", "").status, 404u);
  const auto files = load({"https://shop.example"}, "<script></script>");
  EXPECT_EQ(files->find("/demo/", "", "").body, "<p><script></script></p>");
  EXPECT_EQ(header(files->find("/demo/", "", ""), "Content-Security-Policy"), "");
  EXPECT_EQ(header(files->find("/demo/", "", ""), "Referrer-Policy"), "");
}

TEST_F(StaticFilesTest, ManifestThatClimbsOrNamesNothingIsRefused) {
  std::string problem;
  for (const auto* path : {"../secret.key", "missing.js"}) {
    write("manifest.json", std::string(R"({"files":[{"path":")") + path + R"("}]})");
    EXPECT_EQ(StaticFiles::load(folder_, {}, problem), nullptr) << path;
    EXPECT_NE(problem.find(path), std::string::npos);
  }
  write("manifest.json", "{");
  EXPECT_EQ(StaticFiles::load(folder_, {}, problem), nullptr);
}

TEST(AcceptEncoding, NeedsTheWholeNameAndAQualityAboveZero) {
  EXPECT_TRUE(accepts_coding("br", "br"));
  EXPECT_TRUE(accepts_coding("gzip;q=0.1 , br", "gzip"));
  EXPECT_FALSE(accepts_coding("brotli", "br"));
  EXPECT_FALSE(accepts_coding("br;q=0.0", "br"));
  EXPECT_FALSE(accepts_coding("", "br"));
}

}  // namespace
}  // namespace shopbell::net
