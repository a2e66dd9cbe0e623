#include "load/talk.h"

#include <fmt/format.h>

#include "load/core_host.h"
#include "load/measure.h"
#include "load/shop.h"

namespace shopbell::load {
namespace {

using net::error_code;
using wire::CommandKind;
using wire::EventKind;

class Talk {
 public:
  explicit Talk(const TalkOptions& options) : options_(options), limit_(io_) {
    const Address address = address_of(options.url);
    EngineConfig config;
    if (!from_base64url(options.shop, config.shop.data)) give_up("--shop is no key of a shop");
    config.role = Role::visitor;
    config.host = dialled_host(options.url);
    config.storage_key = fresh_rng().key();
    core_ =
        std::make_unique<CoreHost>(io_, address, std::move(config),
                                   [this](EventKind kind, BytesView body) { event(kind, body); });
  }

  void run() {
    begin_ns_ = now_ns();
    core_->start();
    limit_.expires_after(std::chrono::seconds(options_.seconds_max));
    limit_.async_wait([this](error_code error) {
      if (!error) give_up(fmt::format("not done in time: {} placed", placed_));
    });
    io_.run();
    Report out;
    out.add("messages", std::uint64_t{placed_});
    out.add("per_second",
            static_cast<double>(placed_) / static_cast<double>(now_ns() - begin_ns_) * 1e9);
    out.print();
  }

 private:
  void event(EventKind kind, BytesView body) {
    switch (kind) {
      case EventKind::ready:
        return send();
      case EventKind::problem: {
        const auto read = codec::decode<wire::Problem>(body);
        give_up(name_of(read ? static_cast<Errc>(read->code) : Errc::malformed));
      }
      case EventKind::log_opened: {
        const auto opened = codec::decode<wire::LogOpened>(body);
        if (!opened || log_) return;
        log_ = opened->log;
        return fill_window();
      }
      case EventKind::placed: {
        const auto placed = codec::decode<wire::Placed>(body);
        if (!placed || placed->ref == 0) return;
        if (placed->code != 0) give_up("a message was refused");
        if (++placed_ == options_.messages) return io_.stop();
        return fill_window();
      }
      default:
        return;
    }
  }

  void send() {
    const std::string words = fmt::format("Line {}.", ++sent_);
    wire::Text text;
    text.text = words;
    const auto content = codec::encode(text);
    wire::Send send;
    send.log = log_;
    send.ref = sent_;
    send.kind = static_cast<std::uint64_t>(wire::ContentKind::text);
    send.content = content;
    send.fallback = words;
    core_->command(CommandKind::send, send);
  }

  void fill_window() {
    while (log_ && sent_ < options_.messages && sent_ - placed_ < options_.window) send();
  }

  const TalkOptions options_;
  net::asio::io_context io_{1};
  net::Timer limit_;
  std::unique_ptr<CoreHost> core_;
  LogId log_;
  std::size_t sent_ = 0;
  std::size_t placed_ = 0;
  std::uint64_t begin_ns_ = 0;
};

}  // namespace

void run_talk(const TalkOptions& options) { Talk(options).run(); }

}  // namespace shopbell::load
