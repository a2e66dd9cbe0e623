// Fetches a page for a link preview, as somebody who trusts nobody: public addresses alone, asked
// for after the name was looked up and again where a page sends us on, the very address that was
// looked at being dialled; five seconds and a mebibyte in all; nothing packed, no cookie, no
// picture. What it says to nobody is who asked.
#pragma once

#include <boost/asio/ssl.hpp>

#include "desk/preview/page.h"
#include "desk/preview/url.h"
#include "net/asio_types.h"

namespace shopbell::net {

class PageFetcher {
 public:
  // What a page says of itself; empty where it was not to be had, for whatever reason.
  using Done = std::function<void(desk::Page)>;
  using Addresses = std::vector<asio::ip::address>;
  struct Options {
    // Both are the same everywhere but in tests, which have no open network.
    std::function<bool(const asio::ip::address&, std::uint16_t port)> allows = allows_public;
    std::function<void(const std::string& host, std::function<void(Addresses)>)> resolve;
    std::chrono::milliseconds time_max = std::chrono::seconds(5);
    std::size_t bytes_max = 1024 * 1024;
  };

  // Public, at port 80 or 443.
  static bool allows_public(const asio::ip::address& address, std::uint16_t port);

  explicit PageFetcher(asio::io_context& io) : PageFetcher(io, Options()) {}
  PageFetcher(asio::io_context& io, Options options);

  // `done` is called once, never within this call.
  void fetch(const desk::Url& url, Done done);

 private:
  class Fetch;
  void resolve(const std::string& host, std::function<void(Addresses)> then);

  asio::io_context& io_;
  Options options_;
  asio::ssl::context tls_;
};

}  // namespace shopbell::net
