#include "net/engine_host.h"

#include "app/entropy.h"
#include "app/log.h"
#include "shopbell/handshake.h"
#include "shopbell/limits.h"

namespace shopbell::net {
namespace {

constexpr auto dial_time_max = std::chrono::seconds(10);
constexpr auto close_time_max = std::chrono::seconds(3);

}  // namespace

std::optional<DialTarget> dial_target(std::string_view url) {
  constexpr std::string_view scheme = "ws://";
  if (!url.starts_with(scheme)) return std::nullopt;
  url.remove_prefix(scheme.size());
  const auto slash = url.find('/');
  auto host = url.substr(0, slash);
  DialTarget out;
  out.path = slash == std::string_view::npos ? "/" : std::string(url.substr(slash));
  const auto bracket = host.find(']');
  const auto colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  out.port = colon == std::string_view::npos ? "80" : std::string(host.substr(colon + 1));
  host = host.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  out.host = host;
  if (out.host.empty() || out.port.empty()) return std::nullopt;
  return out;
}

// One connection: resolves, connects, shakes hands, reads until the end. Tells its host once that
// it is up and once that it is gone.
class EngineHost::Link : public std::enable_shared_from_this<Link> {
 public:
  explicit Link(EngineHost& host)
      : host_(&host),
        resolver_(host.io_.get_executor()),
        ws_(host.io_.get_executor()),
        limit_(host.io_.get_executor()) {}

  void dial(const DialTarget& target) {
    name_ = target.host.find(':') == std::string::npos ? target.host : "[" + target.host + "]";
    if (target.port != "80") name_ += ":" + target.port;
    path_ = target.path;
    give_up_after(dial_time_max);
    resolver_.async_resolve(target.host, target.port,
                            [self = shared_from_this()](error_code error, auto found) {
                              if (error) return self->end(0);
                              self->connect(found);
                            });
  }

  void send(BytesView bytes) {
    if (!up_ || closing_) return;
    append(pending_, bytes);
    if (writing_.empty()) write();
  }

  void close() {
    if (!up_) return cut();
    closing_ = true;
    if (writing_.empty()) shut();
  }

  // The host forgets this connection: nothing is reported any more.
  void abandon() {
    host_ = nullptr;
    cut();
  }

 private:
  void connect(const Resolver::results_type& found) {
    asio::async_connect(ws_.next_layer(), found,
                        [self = shared_from_this()](error_code error, const Tcp::endpoint&) {
                          if (error) return self->end(0);
                          self->shake_hands();
                        });
  }

  void shake_hands() {
    error_code ignored;
    ws_.next_layer().set_option(Tcp::no_delay(true), ignored);
    ws_.set_option(websocket::stream_base::decorator([](websocket::request_type& request) {
      request.set(http::field::sec_websocket_protocol, subprotocol);
    }));
    ws_.read_message_max(limits::frame_bytes_max);
    ws_.auto_fragment(false);
    ws_.binary(true);
    ws_.async_handshake(name_, path_, [self = shared_from_this()](error_code error) {
      if (error) return self->end(0);
      self->limit_.cancel();
      self->up_ = true;
      if (self->host_) self->host_->feed(in::Connected{});
      self->read();
    });
  }

  void read() {
    ws_.async_read(buffer_, [self = shared_from_this()](error_code error, std::size_t) {
      if (error) return self->end(self->ws_.reason().code);
      if (self->host_) {
        const auto data = self->buffer_.cdata();
        self->host_->feed(
            in::Received{{static_cast<const std::uint8_t*>(data.data()), data.size()}});
      }
      self->buffer_.consume(self->buffer_.size());
      self->read();
    });
  }

  void write() {
    writing_.swap(pending_);
    ws_.async_write(asio::buffer(writing_),
                    [self = shared_from_this()](error_code error, std::size_t) {
                      self->writing_.clear();
                      if (error) return self->end(0);
                      if (!self->pending_.empty()) return self->write();
                      if (self->closing_) self->shut();
                    });
  }

  void shut() {
    give_up_after(close_time_max);
    ws_.async_close(websocket::close_code::normal,
                    [self = shared_from_this()](error_code) { self->end(0); });
  }

  void give_up_after(std::chrono::seconds time) {
    limit_.expires_after(time);
    limit_.async_wait([self = shared_from_this()](error_code error) {
      if (!error) self->cut();
    });
  }

  void cut() {
    error_code ignored;
    resolver_.cancel();
    ws_.next_layer().close(ignored);
  }

  void end(std::uint16_t code) {
    limit_.cancel();
    cut();
    if (auto* host = std::exchange(host_, nullptr)) host->closed(*this, code);
  }

  EngineHost* host_;
  Resolver resolver_;
  WebSocket ws_;
  Timer limit_;
  std::string name_;
  std::string path_;
  beast::flat_buffer buffer_;
  Bytes pending_;
  Bytes writing_;
  bool up_ = false;
  bool closing_ = false;
};

std::unique_ptr<EngineHost> EngineHost::make(asio::io_context& io, Options options,
                                             std::string& problem) {
  const auto path = options.store_path;
  std::unique_ptr<EngineHost> host(new EngineHost(io, std::move(options)));
  host->store_ = desk::EngineStore::open(
      path,
      [raw = host.get()](desk::EngineStore::Done done) { raw->answers_.give(std::move(done)); },
      problem);
  return host->store_ ? std::move(host) : nullptr;
}

EngineHost::EngineHost(asio::io_context& io, Options options)
    : io_(io),
      target_(std::move(options.target)),
      on_event_(std::move(options.on_event)),
      wake_(io.get_executor()),
      answers_(io, [this](desk::EngineStore::Done& done) { answered(done); }) {
  const auto six = target_.host.find(':') != std::string::npos;
  const auto name = six ? "[" + target_.host + "]" : target_.host;
  options.engine.host = dialled_host("ws://" + name + ":" + target_.port + target_.path);
  engine_ = std::make_unique<Engine>(std::move(options.engine));
}

EngineHost::~EngineHost() {
  stop();
  store_.reset();
}

void EngineHost::start() { tick(true); }

void EngineHost::stop() {
  stopped_ = true;
  wake_.cancel();
  if (link_) link_->abandon();
  link_.reset();
}

void EngineHost::command(wire::CommandKind kind, BytesView body) {
  if (pumping_) {
    commands_.push_back({kind, to_bytes(body)});
    return;
  }
  feed(in::Command{kind, body});
}

void EngineHost::tick(bool asked_for) {
  const auto now = app::wall_ms();
  if (stopped_ || (now == ticked_ms_ && !asked_for)) return;
  ticked_ms_ = now;
  engine_->handle(in::Tick{now});
  pump();
}

void EngineHost::feed(const Input& input) {
  if (stopped_) return;
  tick(false);
  engine_->handle(input);
  pump();
}

void EngineHost::pump() {
  for (;;) {
    pumping_ = true;
    while (const auto* out = engine_->poll()) {
      std::visit([this](const auto& each) { carry_out(each); }, *out);
    }
    pumping_ = false;
    if (stopped_) return;
    if (entropy_due_) {
      entropy_due_ = false;
      std::array<std::uint8_t, 64> fresh{};
      app::fill_random(fresh);
      engine_->handle(in::Entropy{fresh});
    } else if (!commands_.empty()) {
      const auto next = std::move(commands_.front());
      commands_.erase(commands_.begin());
      engine_->handle(in::Command{next.kind, next.body});
    } else {
      return;
    }
  }
}

void EngineHost::carry_out(const out::Connect&) {
  link_ = std::make_shared<Link>(*this);
  link_->dial(target_);
}

void EngineHost::carry_out(const out::Disconnect&) {
  if (link_) link_->close();
}

void EngineHost::carry_out(const out::Transmit& out) {
  if (link_) link_->send(out.bytes);
}

void EngineHost::carry_out(const out::Persist& out) { store_->persist(out); }

void EngineHost::carry_out(const out::Load& out) { store_->load(out); }

void EngineHost::carry_out(const out::Event& out) { on_event_(out.kind, out.body); }

void EngineHost::carry_out(const out::Timeout& out) {
  const auto now = app::wall_ms();
  // An engine with nothing to do asks for a time that no clock can be set to.
  constexpr std::uint64_t longest_ms = 24ull * 3600 * 1000;
  const auto wait = out.at_ms > now ? std::min(out.at_ms - now, longest_ms) : 0;
  wake_.expires_after(std::chrono::milliseconds(wait));
  wake_.async_wait([this](error_code error) {
    if (!error) tick(true);
  });
}

void EngineHost::carry_out(const out::NeedEntropy&) { entropy_due_ = true; }

void EngineHost::answered(desk::EngineStore::Done& done) {
  if (const auto* persisted = std::get_if<desk::EngineStore::Persisted>(&done)) {
    if (persisted->ok) return feed(in::Persisted{persisted->batch});
    if (std::exchange(failed_, true)) return;
    app::log_problem("desk_store_failed", store_->problem());
    return feed(in::PersistFailed{persisted->batch});
  }
  const auto& loaded = std::get<desk::EngineStore::Loaded>(done);
  // An engine that is told of fewer records than there are would begin anew.
  if (!loaded.ok) {
    failed_ = true;
    app::log_problem("desk_store_failed", store_->problem());
    return stop();
  }
  std::vector<in::Record> records;
  records.reserve(loaded.records.size());
  for (const auto& [key, value] : loaded.records) records.push_back({key, value});
  feed(in::Loaded{loaded.id, records});
}

void EngineHost::closed(const Link& link, std::uint16_t code) {
  if (link_.get() != &link) return;
  link_.reset();
  feed(in::Closed{code});
}

}  // namespace shopbell::net
