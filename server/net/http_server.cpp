#include "net/http_server.h"

#include <fmt/format.h>

#include <iterator>

namespace shopbell::net {
namespace {

using Stream = beast::basic_stream<Tcp, Executor, beast::unlimited_rate_policy>;

// For a whole request, also the next one on a connection.
constexpr auto request_time_max = std::chrono::seconds(20);
// For a whole answer: the largest file over a phone line of 30 kbit/s.
constexpr auto response_time_max = std::chrono::seconds(120);
constexpr std::size_t header_bytes_max = 8 * 1024;
constexpr auto accept_retry = std::chrono::milliseconds(100);

std::string_view view_of(beast::string_view text) { return {text.data(), text.size()}; }

std::string head_of(const Reply& reply, bool keep_alive) {
  const auto reason = http::obsolete_reason(static_cast<http::status>(reply.status));
  std::string out;
  out.reserve(1024);
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\n", reply.status, view_of(reason));
  for (const auto& [name, value] : reply.headers) {
    fmt::format_to(std::back_inserter(out), "{}: {}\r\n", name, value);
  }
  if (reply.status != 304) {
    fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", reply.body.size());
  }
  out += keep_alive ? "\r\n" : "Connection: close\r\n\r\n";
  return out;
}

bool offers_subprotocol(std::string_view list) {
  return http::token_list(list).exists(subprotocol);
}

// A page in a sandbox says "null".
std::string_view page_of(const http::request<http::empty_body>& request) {
  const auto origin = view_of(request[http::field::origin]);
  if (!origin.empty() && origin != "null") return origin;
  return view_of(request[http::field::referer]);
}

Reply plain(unsigned status, std::string_view text) {
  return text_reply(status, "text/plain; charset=utf-8", std::string(text) + "\n");
}

}  // namespace

// One connection, from its first request to its end or its upgrade.
class HttpServer::Session : public std::enable_shared_from_this<Session> {
 public:
  Session(HttpServer& server, Socket socket, beast::flat_buffer rest = {})
      : server_(server),
        sessions_(server.sessions_),
        stream_(std::move(socket)),
        buffer_(std::move(rest)) {
    sessions_->insert(this);
  }
  ~Session() { sessions_->erase(this); }

  void read() {
    parser_.emplace();
    parser_->header_limit(header_bytes_max);
    // Bodies are refused here, or read by whom they are handed to.
    parser_->body_limit(boost::none);
    stream_.expires_after(request_time_max);
    http::async_read_header(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](error_code error, std::size_t) { self->on_read(error); });
  }

  void close() {
    error_code ignored;
    stream_.socket().close(ignored);
  }

 private:
  void on_read(error_code error) {
    // Until a request has been understood as a whole nothing may follow it: the bytes behind it
    // could be its body, and would be taken for a request.
    keep_alive_ = false;
    if (error == http::error::header_limit || error == http::error::unexpected_body) {
      return send(plain(400, "The request is too long."), false);
    }
    if (error) return;
    ++server_.requests_;
    auto& request = parser_->get();
    if (server_.site_.takes(view_of(request.target()))) return hand_over();
    if (!parser_->is_done()) return send(plain(400, "The request is too long."), false);
    if (websocket::is_upgrade(request)) return upgrade();
    keep_alive_ = request.keep_alive() && !server_.listeners_.empty();
    const bool head = request.method() == http::verb::head;
    if (!head && request.method() != http::verb::get) {
      auto reply = plain(405, "Only GET and HEAD are served here.");
      reply.headers.emplace_back("Allow", "GET, HEAD");
      return send(std::move(reply), false);
    }
    send(server_.site_.answer({.target = view_of(request.target()),
                               .accept_encoding = view_of(request[http::field::accept_encoding]),
                               .if_none_match = view_of(request[http::field::if_none_match]),
                               .from = page_of(request)}),
         head);
  }

  void hand_over() {
    stream_.expires_never();
    Handover out{stream_.release_socket(), {}, std::move(buffer_), {}, parser_->chunked()};
    const auto length = parser_->content_length();
    if (length) out.content_length = *length;
    out.request = parser_->release();
    server_.site_.take(std::move(out));
  }

  void upgrade() {
    auto request = parser_->release();
    const auto target = view_of(request.target());
    if (target.substr(0, target.find('?')) != "/ws") return send(plain(404, "Not here."), false);
    if (!offers_subprotocol(view_of(request[http::field::sec_websocket_protocol]))) {
      return send(plain(400, "The subprotocol shopbell.v1 must be offered."), false);
    }
    stream_.expires_never();
    auto socket = stream_.release_socket();
    if (!server_.site_.upgrade(socket, request)) {
      stream_.socket() = std::move(socket);
      send(plain(404, "There is no relay here."), false);
    }
  }

  void send(Reply reply, bool head_only) {
    reply_ = std::move(reply);
    head_ = head_of(reply_, keep_alive_);
    const auto body = head_only ? std::string_view() : reply_.body;
    const std::array<asio::const_buffer, 2> buffers = {asio::buffer(head_),
                                                       asio::buffer(body.data(), body.size())};
    stream_.expires_after(response_time_max);
    asio::async_write(stream_, buffers, [self = shared_from_this()](error_code error, std::size_t) {
      if (error) return;
      if (self->keep_alive_) return self->read();
      error_code ignored;
      self->stream_.socket().shutdown(Socket::shutdown_send, ignored);
    });
  }

  HttpServer& server_;
  // Kept alive: a session whose handler never ran goes with the io_context, after the server.
  const std::shared_ptr<Sessions> sessions_;
  Stream stream_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::empty_body>> parser_;
  Reply reply_;
  std::string head_;
  bool keep_alive_ = false;
};

struct HttpServer::Listener {
  explicit Listener(asio::io_context& io) : acceptor(io.get_executor()), retry(io.get_executor()) {}
  Acceptor acceptor;
  Timer retry;
};

HttpServer::HttpServer(asio::io_context& io, Site& site, std::size_t sessions_max)
    : io_(io), site_(site), sessions_max_(sessions_max) {}
HttpServer::~HttpServer() = default;

error_code HttpServer::open(const asio::ip::address& address, std::uint16_t port,
                            std::uint16_t& bound) {
  auto listener = std::make_shared<Listener>(io_);
  auto& acceptor = listener->acceptor;
  const Tcp::endpoint endpoint(address, port);
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error && address.is_v6()) acceptor.set_option(asio::ip::v6_only(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (!error) bound = acceptor.local_endpoint(error).port();
  if (error) return error;
  listeners_.push_back(listener);
  accept(listener);
  return {};
}

std::uint16_t HttpServer::listen(const std::string& host, std::uint16_t port,
                                 std::string& problem) {
  error_code error;
  const bool both = host == "localhost";
  const auto address = asio::ip::make_address(both ? "127.0.0.1" : host, error);
  std::uint16_t bound = 0;
  if (!error) error = open(address, port, bound);
  if (error) {
    problem = fmt::format("cannot listen at {} port {}: {}", host, port, error.message());
    return 0;
  }
  std::uint16_t six = 0;
  // A machine without IPv6 has no second loopback address, and nobody will dial it.
  if (both) (void)open(asio::ip::address_v6::loopback(), bound, six);
  return bound;
}

void HttpServer::accept(const std::shared_ptr<Listener>& listener) {
  listener->acceptor.async_accept([this, listener](error_code error, Socket socket) {
    if (!listener->acceptor.is_open()) return;
    if (error) {
      // Out of descriptors, mostly: trying again at once would only burn the processor.
      listener->retry.expires_after(accept_retry);
      listener->retry.async_wait([this, listener](error_code cut) {
        if (!cut) accept(listener);
      });
      return;
    }
    // Closed at once: what others hold open must not take the memory of those who talk.
    if (sessions_->size() >= sessions_max_) return accept(listener);
    error_code ignored;
    socket.set_option(Tcp::no_delay(true), ignored);
    std::make_shared<Session>(*this, std::move(socket))->read();
    accept(listener);
  });
}

void HttpServer::resume(Socket socket, beast::flat_buffer rest) {
  if (listeners_.empty()) return;
  std::make_shared<Session>(*this, std::move(socket), std::move(rest))->read();
}

void HttpServer::stop() {
  for (const auto& listener : listeners_) {
    error_code ignored;
    listener->acceptor.close(ignored);
    listener->retry.cancel();
  }
  listeners_.clear();
  for (auto* session : *sessions_) session->close();
}

}  // namespace shopbell::net
