#include "load/engines.h"

#include <fmt/format.h>
#include <unistd.h>

#include "load/core_host.h"
#include "load/measure.h"
#include "load/shop.h"

namespace shopbell::load {
namespace {

using net::error_code;
using wire::CommandKind;
using wire::EventKind;

constexpr std::uint64_t state_online = 2;
constexpr auto kind_text = static_cast<std::uint64_t>(wire::ContentKind::text);

struct Visitor {
  std::unique_ptr<CoreHost> core;
  LogId log;
  std::vector<std::uint64_t> sent_ns;
  std::size_t placed = 0;
  std::size_t delivered = 0;
};

class Engines {
 public:
  explicit Engines(const EnginesOptions& options)
      : options_(options),
        shop_(load_shop(options.shop_file)),
        address_(address_of(options.url)),
        visitors_(options.visitors),
        limit_(io_),
        text_(200, 'a') {}

  void run() {
    auto config = config_of(Role::desk);
    config.keys = shop_.desk_again();
    desk_ = std::make_unique<CoreHost>(
        io_, address_, std::move(config),
        [this](EventKind kind, BytesView body) { desk_event(kind, body); });
    desk_->start();
    limit_.expires_after(std::chrono::seconds(options_.seconds_max));
    limit_.async_wait([this](error_code error) {
      if (!error) give_up(fmt::format("not done in time: {} delivered", delivered_));
    });
    io_.run();
    report();
  }

 private:
  EngineConfig config_of(Role role) {
    EngineConfig config;
    config.shop = shop_.info.shop;
    config.role = role;
    config.host = shop_.host();
    config.storage_key = rng_.key();
    return config;
  }

  void desk_event(EventKind kind, BytesView body) {
    if (kind == EventKind::ready) return sign_card();
    if (kind == EventKind::problem) return problem("the desk", body);
    if (kind == EventKind::connection) {
      const auto connection = codec::decode<wire::Connection>(body);
      if (connection && connection->state == state_online && begin_ns_ == 0) begin();
    }
    if (kind != EventKind::message) return;
    const auto message = codec::decode<wire::MessageEvent>(body);
    if (!message || message->mine || message->kind != kind_text) return;
    if (message->problem != 0) give_up("the desk could not open a message");
    const auto visitor = of_log_.find(message->log);
    if (visitor == of_log_.end()) give_up("the desk saw a conversation that nobody began");
    auto& one = *visitor->second;
    if (one.delivered == options_.messages) give_up("a message came twice");
    delivery_times_.push_back(static_cast<double>(now_ns() - one.sent_ns[one.delivered++]));
    ++delivered_;
    check_done();
  }

  void sign_card() {
    const auto now = wall_ms();
    constexpr std::uint64_t day_ms = 24ull * 3600 * 1000;
    const auto certificate =
        make_desk_certificate(shop_.root, shop_.desk.sign.key, now - day_ms, now + day_ms);
    wire::SignCard card;
    card.name = shop_.info.name;
    card.fresh_ms = day_ms;
    card.desk_certificate = certificate;
    wire::RelayEntry relay;
    relay.url = shop_.url;
    relay.key = shop_.relay;
    card.relays = {relay};
    desk_->command(CommandKind::sign_card, card);
  }

  void begin() {
    begin_ns_ = now_ns();
    cpu_ = cpu_ns(options_.pid);
    own_cpu_ = cpu_ns(getpid());
    for (auto& visitor : visitors_) {
      visitor.core = std::make_unique<CoreHost>(
          io_, address_, config_of(Role::visitor),
          [this, &visitor](EventKind kind, BytesView body) { event(visitor, kind, body); });
      visitor.core->start();
    }
  }

  void event(Visitor& visitor, EventKind kind, BytesView body) {
    switch (kind) {
      case EventKind::ready:
        return send(visitor);
      case EventKind::problem:
        return problem("a visitor", body);
      case EventKind::log_opened: {
        const auto opened = codec::decode<wire::LogOpened>(body);
        if (!opened || visitor.log) return;
        visitor.log = opened->log;
        of_log_[visitor.log] = &visitor;
        return fill_window(visitor);
      }
      case EventKind::placed: {
        const auto placed = codec::decode<wire::Placed>(body);
        if (!placed || placed->ref == 0) return;
        if (placed->code != 0) give_up("a message was refused");
        place_times_.push_back(static_cast<double>(now_ns() - visitor.sent_ns[placed->ref - 1]));
        ++visitor.placed;
        fill_window(visitor);
        return check_done();
      }
      default:
        return;
    }
  }

  void send(Visitor& visitor) {
    visitor.sent_ns.push_back(now_ns());
    wire::Send send;
    send.log = visitor.log;
    send.ref = visitor.sent_ns.size();
    send.kind = kind_text;
    send.content = as_bytes(text_);
    visitor.core->command(CommandKind::send, send);
  }

  void fill_window(Visitor& visitor) {
    while (visitor.log && visitor.sent_ns.size() < options_.messages &&
           visitor.sent_ns.size() - visitor.placed < options_.window) {
      send(visitor);
    }
  }

  void check_done() {
    const auto total = options_.messages * visitors_.size();
    if (place_times_.size() < total || delivered_ < total) return;
    end_ns_ = now_ns();
    io_.stop();
  }

  void problem(std::string_view whose, BytesView body) {
    const auto read = codec::decode<wire::Problem>(body);
    give_up(fmt::format("{} core says: {}", whose,
                        name_of(read ? static_cast<Errc>(read->code) : Errc::malformed)));
  }

  void report() {
    const auto total = static_cast<double>(place_times_.size());
    const auto per_message = [total](std::uint64_t ns) {
      return static_cast<double>(ns) / 1e3 / total;
    };
    Report out;
    out.add("visitors", std::uint64_t{visitors_.size()});
    out.add("messages", std::uint64_t{place_times_.size()});
    out.add("per_second", total / static_cast<double>(end_ns_ - begin_ns_) * 1e9);
    out.add("cpu_us", per_message(cpu_ns(options_.pid) - cpu_));
    out.add("cores_cpu_us", per_message(cpu_ns(getpid()) - own_cpu_));
    out.add_times("placed", place_times_);
    out.add_times("delivered", delivery_times_);
    out.print();
  }

  const EnginesOptions options_;
  net::asio::io_context io_{1};
  const LoadShop shop_;
  const Address address_;
  Rng rng_ = fresh_rng();
  std::unique_ptr<CoreHost> desk_;
  std::vector<Visitor> visitors_;
  std::map<LogId, Visitor*> of_log_;
  net::Timer limit_;
  const std::string text_;
  std::uint64_t begin_ns_ = 0;
  std::uint64_t end_ns_ = 0;
  std::uint64_t cpu_ = 0;
  std::uint64_t own_cpu_ = 0;
  std::size_t delivered_ = 0;
  std::vector<double> place_times_;
  std::vector<double> delivery_times_;
};

}  // namespace

void run_engines(const EnginesOptions& options) {
  allow_files(options.visitors + 64);
  Engines(options).run();
}

}  // namespace shopbell::load
