#include "app/desk_process.h"

#include "app/entropy.h"
#include "app/log.h"
#include "app/refusal.h"

namespace shopbell::app {
namespace {

constexpr std::uint64_t state_online = 2;
constexpr std::uint64_t state_stopped = 4;

}  // namespace

class DeskProcess::Port : public desk::DeskPort {
 public:
  explicit Port(DeskProcess& process) : process_(process) {}
  void command(wire::CommandKind kind, BytesView body) override {
    process_.host_->command(kind, body);
  }
  std::uint64_t now_ms() const override { return wall_ms(); }

 private:
  DeskProcess& process_;
};

DeskProcess::DeskProcess(net::asio::io_context& io, DeskState state, Options options)
    : minute_(io.get_executor()), port_(std::make_unique<Port>(*this)) {
  std::string problem;
  book_ = desk::open_invitations(options.dir.invitations().string(), problem);
  if (!book_) throw Refusal(problem);
  search_ = desk::SearchIndex::open(
      options.dir.search().string(),
      crypto::derive(state.desk.storage_key, "shopbell search v1", {}), problem);
  if (!search_) throw Refusal(problem);
  desk::Premises premises{
      .relay_url = options.config->relay_url(),
      .assets_url = options.config->public_url(),
      .certificate_end_ms = state.certificate.not_after_ms,
      .backed_up_ms = [dir = options.dir] { return backup_state(dir).made_ms; },
      .backup_verified_ms = [dir = options.dir] { return backup_state(dir).verified_ms; },
      .on_domains = std::move(options.on_domains)};
  desk::Desk::Options about{.shop = state.shop,
                            .words = shop_words(options.config->shop),
                            .relays = {std::move(options.relay)},
                            .desk_certificate = std::move(state.certificate.bytes),
                            .settings = options.settings,
                            .premises = std::move(premises),
                            .search = search_.get()};
  desk_ = std::make_unique<desk::Desk>(*port_, *book_, std::move(about));
  net::EngineHost::Options engine{
      .engine = {.shop = state.shop,
                 .role = Role::desk,
                 .host = {},
                 .storage_key = std::move(state.desk.storage_key),
                 .keys = std::move(state.desk.device)},
      .target = std::move(options.target),
      .store_path = options.dir.desk_store().string(),
      .on_event = [this](wire::EventKind kind, BytesView body) { on_event(kind, body); }};
  host_ = net::EngineHost::make(io, std::move(engine), problem);
  if (!host_) throw Refusal(problem);
}

DeskProcess::~DeskProcess() = default;

void DeskProcess::start() {
  host_->start();
  wake_later();
}

void DeskProcess::stop() {
  online_ = false;
  minute_.cancel();
  host_->stop();
}

void DeskProcess::settle() {
  if (host_->failed()) failed_ = true;
  if (!failed_) desk_->settle();
}

void DeskProcess::wake_later() {
  minute_.expires_after(std::chrono::minutes(1));
  minute_.async_wait([this](net::error_code error) {
    if (!error) wake_later();
  });
}

void DeskProcess::on_event(wire::EventKind kind, BytesView body) {
  if (kind == wire::EventKind::connection) {
    if (const auto event = codec::decode<wire::Connection>(body)) {
      online_ = event->state == state_online;
      failed_ = failed_ || event->state == state_stopped;
      log_info("desk_connection", {{"state", event->state}, {"code", event->code}});
    }
  } else if (kind == wire::EventKind::problem) {
    if (const auto event = codec::decode<wire::Problem>(body)) {
      log_warning("desk_problem", {{"code", event->code}});
    }
  }
  desk_->on_event(kind, body);
}

}  // namespace shopbell::app
