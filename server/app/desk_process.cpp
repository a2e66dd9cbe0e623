#include "app/desk_process.h"

#include <fmt/format.h>

#include "app/entropy.h"
#include "app/files.h"
#include "app/log.h"
#include "app/refusal.h"

namespace shopbell::app {
namespace {

constexpr std::uint64_t state_online = 2;
constexpr std::uint64_t state_stopped = 4;
// Between two tries to write to a disk that has refused; begins anew after a calm while.
constexpr std::chrono::seconds disk_wait_first{1};
constexpr std::chrono::seconds disk_wait_max{16};
constexpr std::chrono::seconds disk_calm{60};

// The keys of the shop's own login; a shared secret lies in a file beside the shop's keys.
desk::TokenRules token_rules(const IdentitySection& identity, const DataDir& dir) {
  desk::TokenRules rules;
  rules.issuer = identity.issuer;
  for (const auto& line : identity.keys) {
    auto whole = line;
    const auto value = line.rfind(' ') + 1;
    if (line.find(" HS256 ") != std::string::npos) {
      const auto path = dir.path / line.substr(value);
      require_private(path);
      auto secret = read_file(path);
      if (!secret) {
        throw Refusal(fmt::format("{} is not there; [identity] keys names it", path.string()));
      }
      secret->erase(secret->find_last_not_of(" \r\n") + 1);
      whole = line.substr(0, value) + *secret;
    }
    auto key = desk::read_identity_key(whole);
    if (!key) {
      throw Refusal(fmt::format(
          "[identity] keys: \"{}\" holds no key; an HS256 file has 32 bytes or more in base64url",
          line.substr(0, value - 1)));
    }
    rules.keys.push_back(std::move(*key));
  }
  return rules;
}

}  // namespace

class DeskProcess::Port : public desk::DeskPort {
 public:
  explicit Port(DeskProcess& process) : process_(process) {}
  void command(wire::CommandKind kind, BytesView body) override {
    if (process_.host_) process_.host_->command(kind, body);
  }
  std::uint64_t now_ms() const override { return wall_ms(); }

 private:
  DeskProcess& process_;
};

DeskProcess::DeskProcess(net::asio::io_context& io, DeskState state, Options options)
    : io_(io),
      state_(std::move(state)),
      options_(std::move(options)),
      minute_(io.get_executor()),
      disk_again_(io.get_executor()),
      pages_(io),
      port_(std::make_unique<Port>(*this)) {
  std::string problem;
  book_ = desk::open_invitations(options_.dir.invitations().string(), problem);
  if (!book_) throw Refusal(problem);
  search_ = desk::SearchIndex::open(
      options_.dir.search().string(),
      crypto::derive(state_.desk.storage_key, "shopbell search v1", {}), problem);
  if (!search_) throw Refusal(problem);
  desk_ = make_desk();
  host_ = make_host(problem);
  if (!host_) throw Refusal(problem);
}

std::unique_ptr<desk::Desk> DeskProcess::make_desk() {
  desk::Premises premises{
      .relay_url = options_.config->relay_url(),
      .assets_url = options_.config->public_url(),
      .certificate_end_ms = state_.certificate.not_after_ms,
      .backed_up_ms = [dir = options_.dir] { return backup_state(dir).made_ms; },
      .backup_verified_ms = [dir = options_.dir] { return backup_state(dir).verified_ms; },
      .on_domains = options_.on_domains};
  desk::Desk::Options about{.shop = state_.shop,
                            .words = shop_words(options_.config->shop),
                            .relays = {options_.relay},
                            .desk_certificate = state_.certificate.bytes,
                            .settings = options_.settings,
                            .premises = std::move(premises),
                            .search = search_.get(),
                            .identity = token_rules(options_.config->identity, options_.dir),
                            .fetch_page = [this](const desk::Url& url, auto done) {
                              pages_.fetch(url, std::move(done));
                            }};
  return std::make_unique<desk::Desk>(*port_, *book_, std::move(about));
}

std::unique_ptr<net::EngineHost> DeskProcess::make_host(std::string& problem) {
  const auto& device = state_.desk.device;
  net::EngineHost::Options engine{
      .engine = {.shop = state_.shop,
                 .role = Role::desk,
                 .host = {},
                 .storage_key = state_.desk.storage_key.clone(),
                 .keys = device_from_seeds(device.sign.seed.clone(), device.seal.secret.clone(),
                                           device.self.created_ms)},
      .target = options_.target,
      .store_path = options_.dir.desk_store().string(),
      .on_event = [this](wire::EventKind kind, BytesView body) { on_event(kind, body); }};
  return net::EngineHost::make(io_, std::move(engine), problem);
}

DeskProcess::~DeskProcess() = default;

void DeskProcess::start() {
  began_ = std::chrono::steady_clock::now();
  host_->start();
  wake_later();
}

void DeskProcess::stop() {
  online_ = false;
  minute_.cancel();
  disk_again_.cancel();
  if (host_) host_->stop();
}

void DeskProcess::settle() {
  if (host_ && host_->failed()) lose_disk(host_->problem());
  if (host_ && !failed_) desk_->settle();
}

// Its modules have heard of what was never stored, so they go with the device.
void DeskProcess::lose_disk(std::string problem) {
  online_ = false;
  disk_problem_ = std::move(problem);
  if (std::chrono::steady_clock::now() - began_ > disk_calm) disk_wait_ = {};
  disk_wait_ = std::clamp(2 * disk_wait_, disk_wait_first, disk_wait_max);
  host_.reset();
  try_disk_again();
}

void DeskProcess::try_disk_again() {
  disk_again_.expires_after(disk_wait_);
  disk_again_.async_wait([this](net::error_code error) {
    if (error) return;
    // Not told further: it names the path.
    std::string problem;
    auto host = make_host(problem);
    if (!host) return try_disk_again();
    desk_ = make_desk();
    host_ = std::move(host);
    start();
  });
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
      if (online_) disk_problem_.clear();
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
