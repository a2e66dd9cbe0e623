#include "net/page_fetcher.h"

#include "desk/preview/address.h"

namespace shopbell::net {
namespace {

constexpr int hops_max = 4;
constexpr std::uint32_t head_bytes_max = 16 * 1024;

bool is_redirect(unsigned status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

}  // namespace

bool PageFetcher::allows_public(const asio::ip::address& address, std::uint16_t port) {
  if (port != 80 && port != 443) return false;
  return address.is_v4() ? desk::is_public(address.to_v4().to_bytes())
                         : desk::is_public(address.to_v6().to_bytes());
}

PageFetcher::PageFetcher(asio::io_context& io, Options options)
    : io_(io), options_(std::move(options)), tls_(asio::ssl::context::tls_client) {
  tls_.set_default_verify_paths();
  tls_.set_verify_mode(asio::ssl::verify_peer);
}

void PageFetcher::resolve(const std::string& host, std::function<void(Addresses)> then) {
  error_code error;
  const auto literal = asio::ip::make_address(host, error);
  if (!error) return then({literal});
  if (options_.resolve) return options_.resolve(host, std::move(then));
  auto resolver = std::make_shared<Resolver>(io_.get_executor());
  resolver->async_resolve(host, "", [resolver, then = std::move(then)](error_code, auto found) {
    Addresses out;
    for (const auto& each : found) out.push_back(each.endpoint().address());
    then(std::move(out));
  });
}

class PageFetcher::Fetch : public std::enable_shared_from_this<Fetch> {
 public:
  Fetch(PageFetcher& host, Done done)
      : host_(host), done_(std::move(done)), deadline_(host.io_.get_executor()) {}

  void start(const desk::Url& url) {
    deadline_.expires_after(host_.options_.time_max);
    deadline_.async_wait([self = shared_from_this()](error_code error) {
      if (!error) self->finish({});
    });
    asio::post(host_.io_, [self = shared_from_this(), url] { self->hop(url); });
  }

 private:
  using Plain = Socket;
  using Tls = asio::ssl::stream<Socket>;

  void hop(const desk::Url& url) {
    if (!done_) return;
    if (++hops_ > hops_max) return finish({});
    url_ = url;
    close();
    host_.resolve(url.host,
                  [self = shared_from_this()](const Addresses& found) { self->connect(found); });
  }

  // One address that may not be asked makes the whole name one that may not: who answers with both
  // hopes that we take the other.
  void connect(const Addresses& found) {
    if (!done_ || found.empty()) return finish({});
    std::vector<Tcp::endpoint> endpoints;
    for (const auto& address : found) {
      if (!host_.options_.allows(address, url_.port)) return finish({});
      endpoints.emplace_back(address, url_.port);
    }
    std::stable_partition(endpoints.begin(), endpoints.end(),
                          [](const auto& each) { return each.address().is_v4(); });
    tls_.emplace(Socket(host_.io_), host_.tls_);
    asio::async_connect(socket(), endpoints,
                        [self = shared_from_this()](error_code error, const Tcp::endpoint&) {
                          if (error) return self->finish({});
                          self->connected();
                        });
  }

  void connected() {
    if (!done_) return;
    if (!url_.tls) return ask(socket());
    SSL_set_tlsext_host_name(tls_->native_handle(), url_.host.c_str());
    tls_->set_verify_callback(asio::ssl::host_name_verification(url_.host));
    tls_->async_handshake(asio::ssl::stream_base::client,
                          [self = shared_from_this()](error_code error) {
                            if (error) return self->finish({});
                            self->ask(*self->tls_);
                          });
  }

  template <class Stream>
  void ask(Stream& stream) {
    if (!done_) return;
    request_ = {http::verb::get, url_.target, 11};
    request_.set(http::field::host, url_.authority());
    request_.set(http::field::user_agent, "Mozilla/5.0 (compatible; Shopbell link preview)");
    request_.set(http::field::accept, "text/html,application/xhtml+xml");
    request_.set(http::field::accept_encoding, "identity");
    request_.set(http::field::connection, "close");
    http::async_write(stream, request_,
                      [self = shared_from_this(), &stream](error_code error, std::size_t) {
                        if (error) return self->finish({});
                        self->read_head(stream);
                      });
  }

  template <class Stream>
  void read_head(Stream& stream) {
    if (!done_) return;
    parser_.emplace();
    parser_->header_limit(head_bytes_max);
    // Of all pages on the way together.
    parser_->body_limit(host_.options_.bytes_max - std::min(read_, host_.options_.bytes_max));
    buffer_.clear();
    http::async_read_header(stream, buffer_, *parser_,
                            [self = shared_from_this(), &stream](error_code error, std::size_t) {
                              if (!error) return self->judge(stream);
                              // A length that is too much is said before a byte of it has come.
                              self->finish({});
                            });
  }

  template <class Stream>
  void judge(Stream& stream) {
    if (!done_) return;
    const auto& head = parser_->get();
    if (is_redirect(head.result_int())) {
      const auto next = desk::follow(url_, std::string(head[http::field::location]));
      if (!next) return finish({});
      read_ += head_bytes_max;
      return hop(*next);
    }
    const auto encoding = head[http::field::content_encoding];
    const bool plain = encoding.empty() || beast::iequals(encoding, "identity");
    const bool page = desk::is_page(std::string(head[http::field::content_type]), charset_);
    if (head.result_int() != 200 || !plain || !page) return finish({});
    http::async_read(
        stream, buffer_, *parser_,
        [self = shared_from_this()](error_code error, std::size_t) { self->read_body(error); });
  }

  // A page that is cut, or longer than we read, has its head at the beginning all the same.
  void read_body(error_code error) {
    if (!done_) return;
    const bool enough = !error || error == http::error::body_limit ||
                        error == http::error::partial_message || error == asio::error::eof ||
                        error == asio::ssl::error::stream_truncated;
    finish(enough ? desk::read_page(parser_->get().body(), charset_) : desk::Page());
  }

  void finish(desk::Page page) {
    if (!done_) return;
    deadline_.cancel();
    close();
    std::exchange(done_, nullptr)(std::move(page));
  }

  Socket& socket() { return tls_->next_layer(); }
  // The handlers that still come hold what they write to.
  void close() {
    error_code ignored;
    if (tls_) socket().close(ignored);
  }

  PageFetcher& host_;
  Done done_;
  Timer deadline_;
  desk::Url url_;
  int hops_ = 0;
  std::size_t read_ = 0;
  std::string charset_;
  std::optional<Tls> tls_;
  http::request<http::empty_body> request_;
  beast::flat_buffer buffer_{head_bytes_max + 64 * 1024};
  std::optional<http::response_parser<http::string_body>> parser_;
};

void PageFetcher::fetch(const desk::Url& url, Done done) {
  std::make_shared<Fetch>(*this, std::move(done))->start(url);
}

}  // namespace shopbell::net
