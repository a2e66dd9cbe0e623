// Blobs over real sockets on loopback: bodies in pieces, connections that go on, are cut or are
// taken over, and what is refused while its bytes are still coming.
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "app/entropy.h"
#include "net/blob_host.h"

namespace shopbell::net {
namespace {

// Lets a test stop the disk in the middle of a write.
class GatedStore : public blob::BlobStore {
 public:
  Status create(const blob::BlobId& id, const blob::BlobInfo& info) override {
    return inner_->create(id, info);
  }
  Result<blob::BlobInfo> find(const blob::BlobId& id) override { return inner_->find(id); }
  Result<std::unique_ptr<blob::BlobWriter>> open_writer(const blob::BlobId& id) override {
    return inner_->open_writer(id);
  }
  Result<std::unique_ptr<blob::BlobReader>> open_reader(const blob::BlobId& id) override {
    const std::lock_guard gate(gate_);
    return inner_->open_reader(id);
  }
  Status remove(const blob::BlobId& id) override { return inner_->remove(id); }
  Status each(const Visit& visit) override { return inner_->each(visit); }
  std::string problem() const override { return {}; }

  std::mutex gate_;

 private:
  std::unique_ptr<blob::BlobStore> inner_ = blob::make_memory_blob_store();
};

std::string pattern(std::size_t size) {
  std::string out(size, '\0');
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<char>(i * 31 >> 5);
  return out;
}

struct Heard {
  std::string head;
  std::string body;
  unsigned status() const { return static_cast<unsigned>(std::stoi(head.substr(9, 3))); }
  std::string header(const std::string& name) const {
    const auto at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return {};
    const auto from = at + name.size() + 4;
    return head.substr(from, head.find("\r\n", from) - from);
  }
};

// A client's connection: writes what it is told and reads one answer at a time.
class Line {
 public:
  Line(asio::io_context& io, std::uint16_t port) : socket_(io) {
    socket_.connect({asio::ip::address_v4::loopback(), port});
  }
  void write(std::string_view text) { asio::write(socket_, asio::buffer(text), ignored_); }
  Heard hear(bool head_only = false) {
    Heard out;
    error_code error;
    const auto size = asio::read_until(socket_, asio::dynamic_buffer(had_), "\r\n\r\n", error);
    if (error) return {"HTTP/1.1 000 \r\n", {}};
    out.head = had_.substr(0, size);
    had_.erase(0, size);
    const auto length = out.header("Content-Length");
    const auto wanted = length.empty() || head_only ? 0 : std::stoul(length);
    if (had_.size() < wanted) {
      asio::read(socket_, asio::dynamic_buffer(had_), asio::transfer_exactly(wanted - had_.size()),
                 error);
    }
    out.body = had_.substr(0, wanted);
    had_.erase(0, std::min<std::size_t>(wanted, had_.size()));
    return out;
  }
  Heard ask(std::string_view text) {
    write(text);
    return hear();
  }
  // Waits for it.
  bool ended() {
    error_code error;
    asio::read(socket_, asio::dynamic_buffer(had_), error);
    return error.failed();
  }
  void close() { socket_.close(); }

 private:
  Socket socket_;
  std::string had_;
  error_code ignored_;
};

class BlobHostTest : public testing::Test, public Site {
 protected:
  void SetUp() override {
    std::string problem;
    port_ = server_.listen("127.0.0.1", 0, problem);
    ASSERT_NE(port_, 0) << problem;
    auto store = std::make_unique<GatedStore>();
    store_ = store.get();
    open(std::move(store));
  }
  void open(std::unique_ptr<blob::BlobStore> store) {
    // No test is as slow as that; one waits for it.
    const blob::Limits limits{.idle_ms_max = idle_ms()};
    blobs_ = std::make_unique<BlobHost>(io_, std::move(store), seed_, limits,
                                        [this](Socket socket, beast::flat_buffer rest) {
                                          server_.resume(std::move(socket), std::move(rest));
                                        });
    thread_ = std::thread([this] {
      const auto work = asio::make_work_guard(io_);
      io_.run();
    });
  }
  void TearDown() override {
    io_.stop();
    if (thread_.joinable()) thread_.join();
    blobs_.reset();
  }

  virtual std::uint64_t idle_ms() const { return 3'600'000; }

  Reply answer(const Request& request) override {
    return text_reply(200, "text/plain", std::string(request.target));
  }
  bool upgrade(Socket&, UpgradeRequest&) override { return false; }
  bool takes(std::string_view target) override { return blob::tus::is_ours(target); }
  void take(Handover from) override { blobs_->take(std::move(from)); }

  Line line() { return {client_io_, port_}; }
  std::string token(std::uint8_t device = 2) const {
    blob::Bearer bearer;
    bearer.shop.data.fill(1);
    bearer.device.data.fill(device);
    return blob::Tokens(seed_).make(bearer, app::wall_ms());
  }
  std::string head(const std::string& method, const std::string& target, const std::string& more,
                   std::uint8_t device = 2) const {
    return method + " " + target + " HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\n" +
           "Authorization: Bearer " + token(device) + "\r\n" + more + "\r\n";
  }
  static std::string body_head(std::uint64_t offset, std::uint64_t size) {
    return "Content-Type: application/offset+octet-stream\r\nUpload-Offset: " +
           std::to_string(offset) + "\r\nContent-Length: " + std::to_string(size) + "\r\n";
  }
  std::string create(std::uint64_t length) {
    auto one = line();
    const auto heard =
        one.ask(head("POST", "/blobs", "Upload-Length: " + std::to_string(length) + "\r\n"));
    EXPECT_EQ(heard.status(), 201u);
    return heard.header("Location");
  }
  std::string put(const std::string& body) {
    const auto where = create(body.size());
    auto one = line();
    EXPECT_EQ(one.ask(head("PATCH", where, body_head(0, body.size())) + body).status(), 204u);
    return where;
  }
  bool said(const std::string& line_of_metrics) const {
    return blobs_->metrics_text().find(line_of_metrics) != std::string::npos;
  }
  void wait_for(const std::string& line_of_metrics) const {
    while (!said(line_of_metrics)) std::this_thread::yield();
  }
  std::string place(const std::string& where) {
    auto one = line();
    one.write(head("HEAD", where, ""));
    return one.hear(true).header("Upload-Offset");
  }

  const Key seed_ = app::random_key();
  std::uint16_t port_ = 0;
  asio::io_context client_io_;
  asio::io_context io_;
  HttpServer server_{io_, *this};
  GatedStore* store_ = nullptr;
  std::unique_ptr<BlobHost> blobs_;
  std::thread thread_;
};

TEST_F(BlobHostTest, EverythingOnOneConnection) {
  auto one = line();
  const auto made = one.ask(head("POST", "/blobs", "Upload-Length: 10\r\n"));
  ASSERT_EQ(made.status(), 201u);
  const auto where = made.header("Location");
  EXPECT_EQ(one.ask("GET /other HTTP/1.1\r\nHost: x\r\n\r\n").body, "/other");
  EXPECT_EQ(one.ask(head("PATCH", where, body_head(0, 5)) + "hello").header("Upload-Offset"), "5");
  EXPECT_EQ(
      one.ask(head("POST", where, "X-HTTP-Method-Override: PATCH\r\n" + body_head(5, 5)) + "world")
          .status(),
      204u);
  const auto read = one.ask("GET " + where + " HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(read.status(), 200u);
  EXPECT_EQ(read.body, "helloworld");
  const auto part = one.ask("GET " + where + " HTTP/1.1\r\nHost: x\r\nRange: bytes=5-7\r\n\r\n");
  EXPECT_EQ(part.status(), 206u);
  EXPECT_EQ(part.body, "wor");
  EXPECT_EQ(one.ask(head("DELETE", where, "")).status(), 204u);
  EXPECT_EQ(one.ask("GET " + where + " HTTP/1.1\r\nHost: x\r\n\r\n").status(), 404u);
}

TEST_F(BlobHostTest, ARemovedDevicesRightEndsAtOnce) {
  const auto where = create(1'000'000);
  const auto ask = "HEAD " + where + " HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\n";
  const auto former = ask + "Authorization: Bearer " + token() + "\r\n\r\n";
  auto one = line();
  one.write(head("PATCH", where, body_head(0, 1'000'000)) + pattern(500'000));
  wait_for("shopbell_blobs_uploads 1\n");
  ShopId shop;
  DeviceId removed;
  shop.data.fill(1);
  removed.data.fill(2);
  blobs_->withdraw(shop, {{removed, 1, 2}});
  EXPECT_TRUE(one.ended());
  auto two = line();
  two.write(former);
  EXPECT_EQ(two.hear(true).status(), 401u);
  auto three = line();
  EXPECT_EQ(three.ask(head("POST", "/blobs", "Upload-Length: 3\r\n", 3)).status(), 201u);
  // A visitor again, it gets what a visitor gets.
  for (const auto then = app::wall_ms(); app::wall_ms() <= then + 1;) std::this_thread::yield();
  EXPECT_FALSE(place(where).empty());
}

TEST_F(BlobHostTest, RequestsBehindABodyAreAnsweredInTheirOrder) {
  const auto where = create(5);
  auto one = line();
  one.write(head("PATCH", where, body_head(0, 5)) + "hello" + "GET " + where +
            " HTTP/1.1\r\nHost: x\r\n\r\nGET /next HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(one.hear().status(), 204u);
  EXPECT_EQ(one.hear().body, "hello");
  EXPECT_EQ(one.hear().body, "/next");
}

TEST_F(BlobHostTest, BodiesLongerThanEveryBufferComeWhole) {
  const auto body = pattern(3'000'001);
  const auto where = put(body);
  auto one = line();
  EXPECT_TRUE(one.ask("GET " + where + " HTTP/1.1\r\nHost: x\r\n\r\n").body == body);
  const auto tail =
      one.ask("GET " + where + " HTTP/1.1\r\nHost: x\r\nRange: bytes=-1000000\r\n\r\n");
  EXPECT_TRUE(tail.body == body.substr(body.size() - 1'000'000));
}

TEST_F(BlobHostTest, WhatCameBeforeALineWasCutIsKept) {
  const auto where = create(1'000'000);
  const auto body = pattern(1'000'000);
  auto one = line();
  one.write(head("PATCH", where, body_head(0, body.size())) + body.substr(0, 400'000));
  wait_for("shopbell_blobs_received_bytes_total 400000\n");
  one.close();
  EXPECT_EQ(place(where), "400000");
  auto two = line();
  EXPECT_EQ(
      two.ask(head("PATCH", where, body_head(400'000, 600'000)) + body.substr(400'000)).status(),
      204u);
  EXPECT_TRUE(two.ask("GET " + where + " HTTP/1.1\r\nHost: x\r\n\r\n").body == body);
}

TEST_F(BlobHostTest, AStuckUploadGivesWayToItsOwnDevice) {
  const auto where = create(10);
  auto stuck = line();
  stuck.write(head("PATCH", where, body_head(0, 10)) + "hello");
  wait_for("shopbell_blobs_received_bytes_total 5\n");
  EXPECT_EQ(place(where), "5");
  EXPECT_TRUE(stuck.ended());
}

class ImpatientBlobHostTest : public BlobHostTest {
  std::uint64_t idle_ms() const override { return 20; }
};

TEST_F(ImpatientBlobHostTest, WhoSendsNothingIsClosedAndKeepsWhatCame) {
  const auto where = create(10);
  auto stuck = line();
  stuck.write(head("PATCH", where, body_head(0, 10)) + "hello");
  EXPECT_TRUE(stuck.ended());
  EXPECT_EQ(place(where), "5");
}

TEST_F(ImpatientBlobHostTest, WhoReadsNothingIsClosed) {
  const blob::BlobId id{{7}};
  const Bytes bytes(20'000'000);
  blob::BlobInfo info;
  info.length = bytes.size();
  ASSERT_TRUE(store_->create(id, info).ok());
  const auto writer = store_->open_writer(id);
  ASSERT_TRUE((*writer)->append(bytes).ok() && (*writer)->sync(1).ok());
  auto stuck = line();
  stuck.write("GET /blobs/" + to_hex(id.view()) + " HTTP/1.1\r\nHost: x\r\n\r\n");
  while (said("shopbell_blobs_sent_bytes_total 0\n")) std::this_thread::yield();
  wait_for("shopbell_blobs_downloads 0\n");
  EXPECT_FALSE(said("shopbell_blobs_sent_bytes_total 20000000\n"));
}

TEST_F(BlobHostTest, AnotherDeviceDisturbsNothing) {
  const auto where = put("hello");
  auto one = line();
  EXPECT_EQ(one.ask(head("DELETE", where, "", 3)).status(), 404u);
  EXPECT_EQ(one.ask("GET " + where + " HTTP/1.1\r\nHost: x\r\n\r\n").body, "hello");
}

TEST_F(BlobHostTest, RefusalsAreHeardWhileBytesStillCome) {
  auto one = line();
  one.write(
      "PATCH /blobs/00000000000000000000000000000000 HTTP/1.1\r\nHost: x\r\n"
      "Tus-Resumable: 1.0.0\r\n" +
      body_head(0, 5'000'000) + "\r\n");
  // More than the sockets hold between them, so that somebody must listen on.
  one.write(pattern(5'000'000));
  const auto heard = one.hear();
  EXPECT_EQ(heard.status(), 401u);
  EXPECT_NE(heard.body.find("\"code\":\"blob_token\""), std::string::npos);
  EXPECT_EQ(heard.header("Connection"), "close");
}

TEST_F(BlobHostTest, WhoAsksFirstIsToldToGoOn) {
  const auto where = create(5);
  auto one = line();
  EXPECT_EQ(one.ask(head("PATCH", where, "Expect: 100-continue\r\n" + body_head(0, 5))).status(),
            100u);
  EXPECT_EQ(one.ask("hello").status(), 204u);
  auto two = line();
  EXPECT_EQ(two.ask(head("PATCH", where, "Expect: 100-continue\r\n" + body_head(9, 5))).status(),
            409u);
}

TEST_F(BlobHostTest, AWrongChecksumIsThrownAway) {
  const auto where = create(5);
  auto one = line();
  const std::string sum = "Upload-Checksum: sha1 qUqP5cyxm6YcTAhz05Hph5gvu9M=\r\n";
  EXPECT_EQ(one.ask(head("PATCH", where, sum + body_head(0, 5)) + "wrong").status(), 460u);
  EXPECT_EQ(place(where), "0");
  EXPECT_EQ(one.ask(head("PATCH", where, sum + body_head(0, 4)) + "test").status(), 204u);
}

TEST_F(BlobHostTest, PagesOfAnySiteMayAsk) {
  auto one = line();
  const auto heard = one.ask(
      "OPTIONS /blobs HTTP/1.1\r\nHost: x\r\nOrigin: https://shop.example\r\n"
      "Access-Control-Request-Method: PATCH\r\n"
      "Access-Control-Request-Headers: authorization,tus-resumable,upload-offset\r\n\r\n");
  EXPECT_EQ(heard.status(), 204u);
  EXPECT_EQ(heard.header("Access-Control-Allow-Origin"), "*");
  EXPECT_NE(heard.header("Access-Control-Allow-Methods").find("PATCH"), std::string::npos);
  EXPECT_NE(heard.header("Access-Control-Allow-Headers").find("Upload-Offset"), std::string::npos);
  EXPECT_EQ(heard.header("Tus-Version"), "1.0.0");
  EXPECT_EQ(heard.header("Tus-Max-Size"), std::to_string(2048ull << 20));
  EXPECT_EQ(heard.header("Access-Control-Allow-Credentials"), "");
}

TEST_F(BlobHostTest, OneDeviceHasOnlySoManyUploadsAtOnce) {
  std::vector<Line> stuck;
  for (int i = 0; i < 8; ++i) {
    const auto where = create(10);
    stuck.push_back(line());
    stuck.back().write(head("PATCH", where, "Expect: 100-continue\r\n" + body_head(0, 10)));
    EXPECT_EQ(stuck.back().hear().status(), 100u);
  }
  auto one = line();
  const auto refused = one.ask(head("POST", "/blobs", "Upload-Length: 5\r\n"));
  EXPECT_EQ(refused.status(), 503u);
  EXPECT_NE(refused.body.find("\"code\":\"busy\""), std::string::npos);
  EXPECT_NE(refused.header("Retry-After"), "");
  EXPECT_EQ(one.ask(head("POST", "/blobs", "Upload-Length: 5\r\n", 3)).status(), 201u);
}

TEST_F(BlobHostTest, MessagesGoOnWhileTheDiskOfBlobsStands) {
  const auto where = put("hello");
  std::unique_lock gate(store_->gate_);
  auto slow = line();
  slow.write("GET " + where + " HTTP/1.1\r\nHost: x\r\n\r\n");
  // The relay's thread, and that of the sockets of blobs.
  auto one = line();
  EXPECT_EQ(one.ask("GET /message HTTP/1.1\r\nHost: x\r\n\r\n").body, "/message");
  EXPECT_EQ(one.ask("OPTIONS /blobs HTTP/1.1\r\nHost: x\r\n\r\n").status(), 204u);
  EXPECT_EQ(place(where), "5");
  gate.unlock();
  EXPECT_EQ(slow.hear().body, "hello");
}

TEST_F(BlobHostTest, DrainKeepsWhatHasCome) {
  const auto where = create(10);
  auto one = line();
  one.write(head("PATCH", where, "Expect: 100-continue\r\n" + body_head(0, 10)));
  EXPECT_EQ(one.hear().status(), 100u);
  one.write("hello");
  std::promise<void> done;
  asio::post(io_, [&] {
    server_.stop();
    blobs_->drain([&done] { done.set_value(); });
  });
  EXPECT_TRUE(one.ended());
  done.get_future().wait();
  blob::BlobId id;
  ASSERT_TRUE(from_hex(where.substr(7), id.data));
  EXPECT_EQ(store_->find(id)->offset, 5u);
}

TEST_F(BlobHostTest, CountsAreTold) {
  const auto where = put("hello");
  auto one = line();
  EXPECT_EQ(one.ask("GET " + where + " HTTP/1.1\r\nHost: x\r\n\r\n").body, "hello");
  EXPECT_EQ(one.ask("GET /blobs/x HTTP/1.1\r\nHost: x\r\n\r\n").status(), 404u);
  const auto text = blobs_->metrics_text();
  for (const auto* line_of :
       {"shopbell_blobs_created_total 1\n", "shopbell_blobs_finished_total 1\n",
        "shopbell_blobs_received_bytes_total 5\n", "shopbell_blobs_kept_bytes 5\n",
        "shopbell_blobs_refused_total{code=\"blob_unknown\"} 1\n"}) {
    EXPECT_NE(text.find(line_of), std::string::npos) << line_of;
  }
}

}  // namespace
}  // namespace shopbell::net
