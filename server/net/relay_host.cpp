#include "net/relay_host.h"

#include <fmt/format.h>

#include <cstring>
#include <iterator>

#include "app/entropy.h"
#include "app/log.h"
#include "shopbell/limits.h"

namespace shopbell::net {
namespace {

using Clock = std::chrono::steady_clock;

// For the WebSocket's opening and for its closing, each.
constexpr auto handshake_time_max = std::chrono::seconds(5);
// No clock can be set to "never".
constexpr std::uint64_t wait_ms_max = 24ull * 3600 * 1000;
constexpr auto sweep_every = std::chrono::milliseconds(500);
// Held by every connection while it waits: one short message. Longer ones borrow memory until they
// are handed on.
constexpr std::size_t idle_read_bytes = 768;
constexpr std::size_t read_step_bytes = 4 * 1024;

std::array<std::uint8_t, 32> fresh_entropy() {
  std::array<std::uint8_t, 32> out{};
  app::fill_random(out);
  return out;
}

// Who shares an IPv4 address or a /64 of IPv6. Behind a proxy on this machine everybody does, so
// that loopback says nothing. Never logged, and forgotten with the connection.
std::uint64_t source_of(const Socket& socket) {
  error_code error;
  const auto address = socket.remote_endpoint(error).address();
  if (error || address.is_loopback()) return 0;
  if (address.is_v4()) return address.to_v4().to_uint();
  const auto six = address.to_v6();
  if (six.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, six).to_uint();
  std::uint64_t prefix = 0;
  std::memcpy(&prefix, six.to_bytes().data(), sizeof prefix);
  return prefix;
}

}  // namespace

class RelayHost::Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(RelayHost& host, relay::ConnId id, Socket socket)
      : host_(host), id_(id), source_(source_of(socket)), ws_(std::move(socket)) {}

  relay::ConnId id() const { return id_; }
  std::uint64_t source() const { return source_; }
  std::size_t queued() const { return pending_.size() + writing_.size(); }
  bool needs_flush() const { return !pending_.empty() && writing_.empty(); }
  bool settled() const { return open_ && !closing_; }

  void accept(UpgradeRequest request) {
    auto kept = std::make_shared<UpgradeRequest>(std::move(request));
    ws_.set_option(websocket::stream_base::decorator([](websocket::response_type& response) {
      response.set(http::field::sec_websocket_protocol, subprotocol);
      response.erase(http::field::server);
    }));
    ws_.read_message_max(host_.limits_.hello_bytes_max);
    ws_.auto_fragment(false);
    ws_.binary(true);
    ws_.async_accept(*kept, [self = shared_from_this(), kept](error_code error) {
      if (error) return self->host_.gone(*self);
      self->open_ = true;
      self->host_.opened(self);
      self->read();
    });
  }

  // Joined with what waits already.
  void queue(Bytes bytes) {
    if (pending_.empty()) {
      pending_ = std::move(bytes);
    } else {
      boundaries_.push_back(pending_.size());
      append(pending_, bytes);
    }
  }

  void flush() {
    if (!needs_flush()) return;
    take_message();
    ws_.async_write(asio::buffer(writing_),
                    [self = shared_from_this()](error_code error, std::size_t) {
                      self->writing_ = Bytes();
                      if (error) return self->fail();
                      if (!self->pending_.empty()) {
                        self->flush();
                      } else if (self->closing_) {
                        self->send_close();
                      }
                      self->host_.queue_changed(*self);
                    });
  }

  void close(Errc code) {
    if (closing_) return;
    closing_ = true;
    code_ = code;
    if (writing_.empty() && pending_.empty()) send_close();
  }

  void cut() {
    error_code ignored;
    ws_.next_layer().close(ignored);
  }

  bool congested = false;
  bool dirty = false;

 private:
  // One message, at most as long as a device takes; never cut within a Send.
  void take_message() {
    if (pending_.size() <= limits::frame_bytes_max || boundaries_.empty()) {
      writing_ = std::move(pending_);
      pending_ = Bytes();
      boundaries_ = {};
      return;
    }
    std::size_t count = 0;
    while (count < boundaries_.size() && boundaries_[count] <= limits::frame_bytes_max) ++count;
    const auto size = boundaries_[count == 0 ? 0 : count - 1];
    const auto cut = pending_.begin() + static_cast<std::ptrdiff_t>(size);
    writing_.assign(pending_.begin(), cut);
    pending_.erase(pending_.begin(), cut);
    std::vector<std::size_t> rest;
    for (const auto at : boundaries_) {
      if (at > size) rest.push_back(at - size);
    }
    boundaries_ = std::move(rest);
  }

  void read() {
    const auto done = [self = shared_from_this()](error_code error, std::size_t size) {
      self->on_read(error, size);
    };
    if (long_.empty()) return ws_.async_read_some(asio::buffer(short_), done);
    const auto had = long_.size();
    long_.resize(had + std::max(read_step_bytes, had));
    room_ = long_.size() - had;
    ws_.async_read_some(asio::buffer(long_.data() + had, room_), done);
  }

  void on_read(error_code error, std::size_t size) {
    if (error) return fail();
    BytesView got;
    if (long_.empty()) {
      got = BytesView(short_).first(size);
    } else {
      long_.resize(long_.size() - room_ + size);
      got = long_;
    }
    if (!ws_.is_message_done()) {
      if (long_.empty()) long_.assign(got.begin(), got.end());
    } else if (ws_.got_binary()) {
      // That was the Hello; what follows comes from a proven device.
      ws_.read_message_max(limits::frame_bytes_max);
      if (!closing_) host_.received(*this, got);
      long_ = Bytes();
    } else {
      long_ = Bytes();
      host_.gone(*this);
      close(Errc::closed_frame);
      host_.watch_deadline(shared_from_this());
    }
    read();
  }

  void send_close() {
    const auto number = static_cast<std::uint16_t>(code_);
    const websocket::close_reason reason{static_cast<websocket::close_code>(number)};
    ws_.async_close(reason, [self = shared_from_this()](error_code) { self->fail(); });
  }

  void fail() {
    host_.gone(*this);
    cut();
  }

  RelayHost& host_;
  const relay::ConnId id_;
  const std::uint64_t source_;
  WebSocket ws_;
  bool open_ = false;
  bool closing_ = false;
  Errc code_ = Errc::none;
  std::array<std::uint8_t, idle_read_bytes> short_;
  Bytes long_;
  std::size_t room_ = 0;
  Bytes pending_;
  std::vector<std::size_t> boundaries_;
  Bytes writing_;
};

RelayHost::RelayHost(asio::io_context& io, relay::Config config,
                     std::unique_ptr<store::Store> store)
    : io_(io),
      limits_(config.limits),
      wake_(io.get_executor()),
      sweeper_(io.get_executor()),
      replies_(io, [this](relay::Input& input) {
        if (std::holds_alternative<relay::in::CommitFailed>(input)) healthy_ = false;
        if (std::holds_alternative<relay::in::Committed>(input)) healthy_ = true;
        feed(std::move(input));
      }) {
  config.generation = store->generation();
  config.restored_ms = store->restored_ms();
  config.last_change = store->last_change();
  shard_ = std::make_unique<relay::Shard>(std::move(config), fresh_entropy());
  worker_ = std::make_unique<store::StoreWorker>(
      std::move(store), [this](relay::Input reply) { replies_.give(std::move(reply)); },
      [this](const std::string& problem) {
        app::log_problem("store_failed", problem);
        const std::lock_guard lock(problem_mutex_);
        problem_ = problem;
      });
  tick(true);
}

RelayHost::~RelayHost() { worker_.reset(); }

std::string RelayHost::store_problem() const {
  const std::lock_guard lock(problem_mutex_);
  return problem_;
}

void RelayHost::tick(bool asked_for) {
  const auto now = app::wall_ms();
  if (now == ticked_ms_ && !asked_for) return;
  ticked_ms_ = now;
  shard_->handle(relay::in::Tick{now});
  pump();
}

void RelayHost::feed(relay::Input input) {
  tick(false);
  shard_->handle(std::move(input));
  pump();
  tell_congested();
  if (draining_) check_drained();
}

// A burst may fill a queue before its first write: signals must not close a connection as slow.
void RelayHost::tell_congested() {
  for (std::size_t i = 0; i < risen_.size(); ++i) {
    const auto connection = risen_[i];
    shard_->handle(relay::in::Queued{connection->id(), connection->queued()});
    pump();
  }
  risen_.clear();
}

void RelayHost::pump() {
  while (auto* out = shard_->poll()) {
    std::visit([this](auto& each) { carry_out(each); }, *out);
  }
}

void RelayHost::carry_out(relay::out::Send& out) {
  const auto found = connections_.find(static_cast<std::uint64_t>(out.conn));
  if (found == connections_.end()) return;
  auto& connection = *found->second;
  connection.queue(std::move(out.bytes));
  if (!connection.congested && connection.queued() > limits_.congested_bytes) {
    connection.congested = true;
    risen_.push_back(found->second);
  }
  if (!connection.dirty) {
    connection.dirty = true;
    dirty_.push_back(found->second);
  }
}

void RelayHost::carry_out(relay::out::Close& out) {
  const auto found = connections_.find(static_cast<std::uint64_t>(out.conn));
  if (found == connections_.end()) return;
  found->second->close(out.code);
  watch_deadline(found->second);
}

void RelayHost::carry_out(relay::out::Commit& out) { worker_->submit(out); }

void RelayHost::carry_out(relay::out::Read& out) { worker_->read(out); }

void RelayHost::carry_out(relay::out::Withdrawn& out) {
  if (on_withdrawn) on_withdrawn(out.shop, std::move(out.all));
}

void RelayHost::carry_out(relay::out::Timeout& out) {
  wake_at_ms_ = out.at_ms;
  arm();
}

void RelayHost::arm() {
  const auto now = app::wall_ms();
  const auto wait = wake_at_ms_ > now ? std::min(wake_at_ms_ - now, wait_ms_max) : 0;
  wake_.expires_after(std::chrono::milliseconds(wait));
  wake_.async_wait([this](error_code error) {
    if (error) return;
    // The wall clock may have been set back meanwhile; the shard says a time only once.
    if (app::wall_ms() < wake_at_ms_) return arm();
    tick(true);
    if (draining_) check_drained();
  });
}

void RelayHost::accept(Socket socket, UpgradeRequest request) {
  const auto id = relay::ConnId{next_conn_++};
  auto connection = std::make_shared<Connection>(*this, id, std::move(socket));
  connections_.emplace(static_cast<std::uint64_t>(id), connection);
  watch_deadline(connection);
  connection->accept(std::move(request));
}

void RelayHost::opened(const ConnectionPtr& connection) {
  feed(relay::in::Opened{connection->id(), connection->source()});
}

void RelayHost::received(Connection& connection, BytesView bytes) {
  feed(relay::in::Received{connection.id(), bytes});
}

void RelayHost::gone(Connection& connection) {
  const auto id = static_cast<std::uint64_t>(connection.id());
  if (connections_.erase(id) == 0) return;
  feed(relay::in::Closed{connection.id()});
}

void RelayHost::queue_changed(Connection& connection) {
  const auto bytes = connection.queued();
  const bool over = bytes > limits_.congested_bytes;
  const bool low = bytes < limits_.congested_bytes / 2;
  const bool much = bytes > limits_.slow_bytes;
  if (!(connection.congested ? low || much : over)) return;
  connection.congested = over;
  if (connections_.contains(static_cast<std::uint64_t>(connection.id()))) {
    feed(relay::in::Queued{connection.id(), bytes});
  }
}

void RelayHost::settle() {
  // Flushing may make a connection congested, which feeds the shard, which may make others dirty.
  for (std::size_t i = 0; i < dirty_.size(); ++i) {
    const auto connection = dirty_[i];
    connection->dirty = false;
    connection->flush();
    queue_changed(*connection);
  }
  dirty_.clear();
}

void RelayHost::watch_deadline(const ConnectionPtr& connection) {
  deadlines_.emplace_back(Clock::now() + handshake_time_max, connection);
  if (sweeping_) return;
  sweeping_ = true;
  sweep();
}

void RelayHost::sweep() {
  const auto now = Clock::now();
  std::erase_if(deadlines_, [now](const auto& entry) {
    const auto connection = entry.second.lock();
    if (!connection || connection->settled()) return true;
    if (entry.first > now) return false;
    connection->cut();
    return true;
  });
  if (deadlines_.empty()) {
    sweeping_ = false;
    return;
  }
  sweeper_.expires_after(sweep_every);
  sweeper_.async_wait([this](error_code error) {
    if (!error) sweep();
  });
}

void RelayHost::drain(std::function<void()> done) {
  draining_ = true;
  drained_ = std::move(done);
  feed(relay::in::Drain{});
}

void RelayHost::check_drained() {
  if (!drained_ || !shard_->drained() || !connections_.empty()) return;
  auto done = std::move(drained_);
  drained_ = nullptr;
  wake_.cancel();
  sweeper_.cancel();
  done();
}

std::string RelayHost::metrics_text() const {
  const auto& m = shard_->metrics();
  std::string out;
  const auto add = [&out](std::string_view name, std::string_view type, std::uint64_t value) {
    fmt::format_to(std::back_inserter(out), "# TYPE shopbell_relay_{} {}\nshopbell_relay_{} {}\n",
                   name, type, name, value);
  };
  add("envelopes_placed_total", "counter", m.envelopes_placed);
  add("envelopes_repeated_total", "counter", m.envelopes_repeated);
  add("delivers_sent_total", "counter", m.delivers_sent);
  add("pages_sent_total", "counter", m.pages_sent);
  add("marks_placed_total", "counter", m.marks_placed);
  add("signals_forwarded_total", "counter", m.signals_forwarded);
  add("signals_dropped_total", "counter", m.signals_dropped);
  add("commits_total", "counter", m.commits);
  add("commits_failed_total", "counter", m.commits_failed);
  add("connections_opened_total", "counter", m.connections_opened);
  add("work_asked_total", "counter", m.work_asked);
  add("work_brought_total", "counter", m.work_brought);
  add("connections", "gauge", m.connections);
  add("devices", "gauge", m.devices);
  add("logs_in_memory", "gauge", m.logs);
  const auto add_codes = [&out](std::string_view name, const auto& counts, std::size_t base) {
    fmt::format_to(std::back_inserter(out), "# TYPE shopbell_relay_{} counter\n", name);
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (counts[i] == 0) continue;
      fmt::format_to(std::back_inserter(out), "shopbell_relay_{}{{code=\"{}\"}} {}\n", name,
                     base + i, counts[i]);
    }
  };
  add_codes("refused_total", m.refused, 100);
  add_codes("closed_for_now_total", m.closed_for_now, 4000);
  add_codes("closed_for_good_total", m.closed_for_good, 4500);
  return out;
}

}  // namespace shopbell::net
