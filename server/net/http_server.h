// HTTP/1.1 on one port: listens, reads requests, sends what the site answers, hands WebSocket
// upgrades on. Everything runs on the io_context's one thread.
#pragma once

#include <unordered_set>

#include "net/asio_types.h"
#include "net/static_files.h"

namespace shopbell::net {

using UpgradeRequest = http::request<http::empty_body>;

// A connection whose newest request is somebody else's to answer: its head has been read, and
// `rest` holds what came behind it. `socket` belongs to no io_context's thread but the taker's.
struct Handover {
  Socket socket;
  UpgradeRequest request;
  beast::flat_buffer rest;
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
};

// What stands behind the port. Lives longer than the server.
class Site {
 public:
  struct Request {
    std::string_view target;
    std::string_view accept_encoding;
    std::string_view if_none_match;
    // Where the page is that asks, as far as it says: Origin, else Referer.
    std::string_view from;
  };
  virtual ~Site() = default;
  // GET or HEAD.
  virtual Reply answer(const Request& request) = 0;
  // A request to upgrade at /ws that offers the subprotocol. False: there is no relay here.
  virtual bool upgrade(Socket& socket, UpgradeRequest& request) = 0;
  // Whether requests for this target are handed over, with their bodies, to where `take` says.
  virtual bool takes(std::string_view) { return false; }
  virtual void take(Handover) {}
};

class HttpServer {
 public:
  // `sessions_max`: connections that wait for a request or an answer; upgraded ones do not count.
  HttpServer(asio::io_context& io, Site& site, std::size_t sessions_max = 16'384);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Listens at a numeric address, or at both loopback addresses for "localhost". Port 0 takes a
  // free one. Returns the port, or 0 with a sentence in `problem`.
  std::uint16_t listen(const std::string& host, std::uint16_t port, std::string& problem);
  // Goes on with a connection that came back from where it was handed to; `rest` holds what was
  // read of the next request.
  void resume(Socket socket, beast::flat_buffer rest);
  // Takes no new connections and ends those that wait for a request.
  void stop();
  std::uint64_t requests() const { return requests_; }

 private:
  class Session;
  using Sessions = std::unordered_set<Session*>;
  struct Listener;

  error_code open(const asio::ip::address& address, std::uint16_t port, std::uint16_t& bound);
  void accept(const std::shared_ptr<Listener>& listener);

  asio::io_context& io_;
  Site& site_;
  std::size_t sessions_max_;
  std::vector<std::shared_ptr<Listener>> listeners_;
  std::shared_ptr<Sessions> sessions_ = std::make_shared<Sessions>();
  std::uint64_t requests_ = 0;
};

}  // namespace shopbell::net
