// Pages from a server that means ill, over real sockets on loopback: what it leads to is not asked,
// what it sends too much or packed is not taken.
#include "net/page_fetcher.h"

#include <gtest/gtest.h>

namespace shopbell::net {
namespace {

// Answers each connection with the next of its answers, and keeps what was asked.
class Stranger {
 public:
  explicit Stranger(asio::io_context& io)
      : io_(io), acceptor_(io, {asio::ip::address_v4::loopback(), 0}) {
    accept();
  }
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  std::string at(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port()) + path;
  }

  std::vector<std::string> answers;
  std::vector<std::string> asked;
  bool speaks_first = false;

 private:
  struct Line {
    explicit Line(asio::io_context& io) : socket(io) {}
    Socket socket;
    std::string had;
    std::string answer;
  };
  void accept() {
    auto line = std::make_shared<Line>(io_);
    acceptor_.async_accept(line->socket, [this, line](error_code error) {
      if (error) return;
      if (speaks_first) {
        line->answer = answers.at(0);
        say(line);
      } else {
        hear(line);
      }
      accept();
    });
  }
  void hear(const std::shared_ptr<Line>& line) {
    asio::async_read_until(line->socket, asio::dynamic_buffer(line->had), "\r\n\r\n",
                           [this, line](error_code error, std::size_t) {
                             if (error) return;
                             asked.push_back(line->had);
                             const auto next = asked.size() - 1;
                             if (next >= answers.size()) return silent_.push_back(line);
                             line->answer = answers[next];
                             say(line);
                           });
  }
  static void say(const std::shared_ptr<Line>& line) {
    asio::async_write(line->socket, asio::buffer(line->answer),
                      [line](error_code, std::size_t) { line->socket.close(); });
  }

  asio::io_context& io_;
  Acceptor acceptor_;
  std::vector<std::shared_ptr<Line>> silent_;
};

std::string page(const std::string& body, const std::string& more = "") {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + more + "\r\n" + body;
}
std::string moved(const std::string& where) {
  return "HTTP/1.1 302 Found\r\nLocation: " + where + "\r\nContent-Length: 0\r\n\r\n";
}

class PageFetcherTest : public testing::Test {
 protected:
  // Loopback's 127.0.0.1 is the open network here, and nothing else is.
  static bool allows(const asio::ip::address& address, std::uint16_t) {
    return address == asio::ip::address_v4::loopback();
  }
  desk::Page fetch(const desk::Url& url) {
    std::optional<desk::Page> got;
    PageFetcher fetcher(io_, options_);
    fetcher.fetch(url, [&](desk::Page said) { got = std::move(said); });
    while (!got) io_.run_one();
    return *got;
  }
  desk::Page fetch(const std::string& path = "/") {
    // A name with a dot, which the test's own resolver knows.
    return fetch(*desk::read_url("http://page.test:" + std::to_string(stranger_.port()) + path));
  }

  asio::io_context io_;
  Stranger stranger_{io_};
  std::vector<std::string> looked_up_;
  PageFetcher::Addresses found_ = {asio::ip::address_v4::loopback()};
  PageFetcher::Options options_{.allows = allows,
                                .resolve =
                                    [this](const std::string& host, const auto& then) {
                                      looked_up_.push_back(host);
                                      then(found_);
                                    },
                                .time_max = std::chrono::hours(1)};
};

TEST_F(PageFetcherTest, SaysWhatAPageSaysAndAsksNoMoreThanItMust) {
  stranger_.answers = {page("<title>A bag</title>")};
  EXPECT_EQ(fetch("/bag?x=1").title, "A bag");
  ASSERT_EQ(stranger_.asked.size(), 1u);
  const auto& asked = stranger_.asked[0];
  EXPECT_TRUE(asked.starts_with("GET /bag?x=1 HTTP/1.1\r\n"));
  EXPECT_NE(asked.find("Host: page.test:"), asked.npos);
  EXPECT_NE(asked.find("Accept-Encoding: identity\r\n"), asked.npos);
  EXPECT_EQ(asked.find("Cookie"), asked.npos);
  EXPECT_EQ(asked.find("Referer"), asked.npos);
}

TEST_F(PageFetcherTest, InTheOpenNobodyInsideIsAsked) {
  options_.allows = PageFetcher::allows_public;
  stranger_.answers = {page("<title>secret</title>")};
  EXPECT_TRUE(fetch().empty());
  EXPECT_TRUE(fetch(*desk::read_url(stranger_.at("/"))).empty());
  EXPECT_TRUE(stranger_.asked.empty());
  const auto address = asio::ip::make_address("93.184.216.34");
  EXPECT_TRUE(PageFetcher::allows_public(address, 443));
  EXPECT_FALSE(PageFetcher::allows_public(address, 22));
  EXPECT_FALSE(PageFetcher::allows_public(asio::ip::make_address("::ffff:10.0.0.1"), 80));
}

TEST_F(PageFetcherTest, ANameWithOneAddressInsideIsNotAskedAtAll) {
  found_ = {asio::ip::address_v4::loopback(), asio::ip::make_address("169.254.169.254")};
  stranger_.answers = {page("<title>no</title>")};
  EXPECT_TRUE(fetch().empty());
  found_ = {};
  EXPECT_TRUE(fetch().empty());
  EXPECT_TRUE(stranger_.asked.empty());
}

TEST_F(PageFetcherTest, EachAddressOnTheWayIsLookedAtAgain) {
  const auto port = std::to_string(stranger_.port());
  stranger_.answers = {moved("/there"), moved("http://other.test:" + port + "/x"),
                       page("<title>end</title>")};
  EXPECT_EQ(fetch().title, "end");
  EXPECT_EQ(looked_up_, (std::vector<std::string>{"page.test", "page.test", "other.test"}));
  for (const auto* inside :
       {"http://127.0.0.2/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/",
        "http://localhost/", "http://2130706433/", "file:///etc/passwd", "https://127.0.0.2/"}) {
    stranger_.asked.clear();
    stranger_.answers = {moved(inside), page("<title>inside</title>")};
    EXPECT_TRUE(fetch().empty()) << inside;
    EXPECT_EQ(stranger_.asked.size(), 1u) << inside;
  }
}

TEST_F(PageFetcherTest, TheAddressThatWasLookedAtIsTheOneThatIsAsked) {
  // Whoever is asked for the name a second time says another one.
  options_.resolve = [this](const std::string&, const auto& then) {
    const bool first = looked_up_.empty();
    looked_up_.emplace_back("again");
    then({first ? asio::ip::address(asio::ip::address_v4::loopback())
                : asio::ip::make_address("127.0.0.2")});
  };
  stranger_.answers = {page("<title>first</title>")};
  EXPECT_EQ(fetch().title, "first");
  EXPECT_EQ(looked_up_.size(), 1u);
}

TEST_F(PageFetcherTest, NobodySendsUsRoundForEver) {
  stranger_.answers.assign(50, moved("/again"));
  EXPECT_TRUE(fetch().empty());
  EXPECT_LE(stranger_.asked.size(), 4u);
}

TEST_F(PageFetcherTest, WhatIsTooMuchIsNotRead) {
  options_.bytes_max = 4096;
  stranger_.answers = {page("<title>early</title>" + std::string(1'000'000, 'x'))};
  EXPECT_EQ(fetch().title, "early") << "its beginning was read";
  stranger_.asked.clear();
  stranger_.answers = {page(std::string(1'000'000, 'x') + "<title>late</title>")};
  EXPECT_TRUE(fetch().empty());
  stranger_.asked.clear();
  stranger_.answers = {page("<title>said</title>", "Content-Length: 99999999999\r\n")};
  EXPECT_TRUE(fetch().empty());
  stranger_.asked.clear();
  stranger_.answers = {page("<title>head</title>", "X: " + std::string(50'000, 'y') + "\r\n")};
  EXPECT_TRUE(fetch().empty());
}

TEST_F(PageFetcherTest, NothingPackedAndNothingButAPageIsTaken) {
  for (const auto* more : {"Content-Encoding: gzip\r\n", "Content-Encoding: br\r\n"}) {
    stranger_.asked.clear();
    stranger_.answers = {page("<title>bomb</title>", more)};
    EXPECT_TRUE(fetch().empty()) << more;
  }
  for (const auto* head :
       {"HTTP/1.1 200 OK\r\nContent-Type: image/svg+xml\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n\r\n"}) {
    stranger_.asked.clear();
    stranger_.answers = {std::string(head) + "<title>no</title>"};
    EXPECT_TRUE(fetch().empty()) << head;
  }
}

TEST_F(PageFetcherTest, WhoIsSilentIsLeft) {
  options_.time_max = std::chrono::milliseconds(1);
  EXPECT_TRUE(fetch().empty());
}

TEST_F(PageFetcherTest, WhoCannotProveHisNameIsNotRead) {
  stranger_.speaks_first = true;
  stranger_.answers = {page("<title>plain</title>")};
  auto url = *desk::read_url(stranger_.at("/"));
  url.tls = true;
  EXPECT_TRUE(fetch(url).empty());
}

}  // namespace
}  // namespace shopbell::net
