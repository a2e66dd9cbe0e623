#include "app/serve.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <iostream>

#include "app/desk_process.h"
#include "app/entropy.h"
#include "app/files.h"
#include "app/log.h"
#include "app/refusal.h"
#include "net/blob_host.h"
#include "net/relay_host.h"

namespace shopbell::app {
namespace {

namespace fs = std::filesystem;
namespace asio = net::asio;

constexpr char plain_text[] = "text/plain; charset=utf-8";
// Handlers carried out before what gathered is sent.
constexpr int burst_max = 256;

using desk::role_admin;
using desk::role_agent;

std::string origin_of_relay(const std::string& relay_url) {
  return relay_url.substr(0, relay_url.find('/', relay_url.find("://") + 3));
}

// The address under which this process reaches its own port.
std::string own_host(const std::string& listening) {
  if (listening == "localhost" || listening == "0.0.0.0") return "127.0.0.1";
  return listening == "::" ? "::1" : listening;
}

std::uint64_t memory_bytes() {
  std::uint64_t pages = 0;
  std::uint64_t resident = 0;
  const auto text = read_file("/proc/self/statm").value_or("");
  if (std::sscanf(text.c_str(), "%lu %lu", &pages, &resident) != 2) return 0;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

// Connections are files; the soft limit of a shell is far below what the hard one allows.
void allow_many_sockets() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

Config demo_config(std::uint16_t port) {
  Config config;
  config.shop.name = "\u5c71\u8336\u76ae\u5177 Camellia";
  // A free port is known, and is named then, only once it has been taken.
  if (port != 0) config.shop.domains = {fmt::format("http://127.0.0.1:{}", port)};
  config.serve.host = "localhost";
  config.serve.port = port;
  config.serve.public_url = fmt::format("http://localhost:{}", port);
  return config;
}

class Server : public net::Site {
 public:
  explicit Server(ServeOptions options)
      : options_(std::move(options)), http_(io_, *this), signals_(io_.get_executor()) {}

  int run() {
    prepare();
    listen();
    load_files();
    if (options_.with_relay) open_relay();
    if (options_.with_desk) open_desk();
    wait_for_signal();
    if (desk_) desk_->start();
    log_info("listening", {{"port", config_.serve.port}});
    loop();
    log_info("stopped", {{"exit_code", static_cast<std::uint64_t>(exit_code_)}});
    return exit_code_;
  }

  net::Reply answer(const Request& request) override {
    const auto path = request.target.substr(0, request.target.find('?'));
    if (path == "/healthz") return net::text_reply(200, plain_text, "ok\n");
    if (path == "/readyz") return readiness();
    if (path == "/metrics") return net::text_reply(200, "text/plain; version=0.0.4", metrics());
    if (files_) {
      note_page(path, request.from);
      return files_->find(request.target, request.accept_encoding, request.if_none_match);
    }
    return net::text_reply(404, plain_text, "This relay serves no pages.\n");
  }

  bool upgrade(net::Socket& socket, net::UpgradeRequest& request) override {
    if (!relay_ || relay_->draining()) return false;
    relay_->accept(std::move(socket), std::move(request));
    return true;
  }

  bool takes(std::string_view target) override { return blobs_ && blob::tus::is_ours(target); }

  void take(net::Handover from) override { blobs_->take(std::move(from)); }

 private:
  void prepare() {
    allow_many_sockets();
    // A limit on the size of files is a full disk, no reason to die.
    std::signal(SIGXFSZ, SIG_IGN);
    if (options_.demo && !fs::exists(options_.dir.config())) {
      init_data_dir(options_.dir, Parts::shop, demo_config(options_.port.value_or(8080)),
                    wall_ms());
    }
    config_ = load_config(options_.dir);
    if (options_.port) config_.serve.port = *options_.port;
    const bool open = config_.serve.insecure_http || options_.behind_proxy;
    if (!is_loopback(config_.serve.host) && !open) {
      throw Refusal(fmt::format(
          "[serve] host is {}: plain HTTP is served on loopback only. Put a proxy that ends TLS "
          "before it and start with --behind-proxy",
          config_.serve.host));
    }
    lock_.emplace(options_.dir);
    if (options_.with_desk) {
      state_ = load_desk(options_.dir, wall_ms());
      shop_ = state_->shop;
      std::string problem;
      settings_ = desk::open_settings(options_.dir.settings().string(), problem);
      if (!settings_) throw Refusal(problem);
    }
  }

  // Whether the tag stands where the shop thinks; the pages' origins alone are kept.
  void note_page(std::string_view path, std::string_view from) {
    if (!desk_) return;
    if (path == "/shopbell.js") desk_->note_page(desk::SeenOrigins::What::script, from);
    if (path == "/widget/frame.html") desk_->note_page(desk::SeenOrigins::What::frame, from);
  }

  void listen() {
    std::string problem;
    config_.serve.port = http_.listen(config_.serve.host, config_.serve.port, problem);
    if (config_.serve.port == 0) throw Refusal(problem);
    lock_->note_port(config_.serve.port);
    if (options_.demo) {
      const auto former = config_.shop;
      auto identity = std::move(config_.identity);
      const auto blobs = config_.blobs;
      config_ = demo_config(config_.serve.port);
      config_.identity = std::move(identity);
      config_.blobs = blobs;
      config_.shop.name = former.name;
      config_.shop.accent = former.accent;
    }
  }

  void load_files() {
    if (!options_.with_desk) return;
    const auto folder = options_.assets.empty() ? default_assets() : options_.assets;
    net::StaticFiles::Options about;
    const auto words = desk::effective_words(shop_words(config_.shop), *settings_).words;
    about.policy.frame_ancestors = words.domains;
    about.policy.relay_origin = origin_of_relay(config_.relay_url());
    if (options_.demo) {
      about.demo_script =
          fmt::format("<script async src=\"{}/shopbell.js\" data-shop=\"{}\"></script>",
                      config_.public_url(), to_base64url(shop_.view()));
    }
    std::string problem;
    files_ = net::StaticFiles::load(folder, std::move(about), problem);
    if (!files_) throw Refusal(problem);
    if (words.domains.empty()) log_warning("no_domain_may_show_the_widget");
  }

  void open_relay() {
    relay::Config about;
    about.key = load_relay_key(options_.dir);
    relay_key_ = about.key.key;
    about.hosts = config_.relay.hosts;
    about.hosts.push_back(dialled_host(config_.relay_url()));
    about.hosts.push_back(dialled_host(own_url()));
    for (const auto& root : config_.relay.roots) {
      ShopId shop;
      // The configuration has been checked for this.
      (void)from_base64url(root, shop.data);
      about.shops.push_back(shop);
    }
    if (about.shops.empty()) {
      const auto shop = shop_of(options_.dir);
      if (!shop) {
        throw Refusal(fmt::format("{} names no shop under [relay] roots, so nobody could connect",
                                  options_.dir.config().string()));
      }
      about.shops.push_back(*shop);
    }
    std::string problem;
    auto store =
        store::open_sqlite_store(options_.dir.relay_store().string(), random_generation(), problem);
    if (!store) throw Refusal(problem);
    set_rates(about.limits);
    const auto seed = about.key.seed.clone();
    const auto limits = blob_limits();
    about.blob_bytes_max = limits.file_bytes_max;
    if (limits.file_bytes_max != 0) {
      open_blobs(seed, limits);
      // The relay reads a card when somebody comes; uploads need no connection.
      for (const auto& shop : about.shops) withdraw_stored(*store, shop);
    }
    relay_ = std::make_unique<net::RelayHost>(io_, std::move(about), std::move(store));
    if (!blobs_) return;
    relay_->on_withdrawn = [this](const ShopId& shop, std::vector<WithdrawalInfo> all) {
      blobs_->withdraw(shop, std::move(all));
    };
  }

  void withdraw_stored(store::Store& store, const ShopId& shop) {
    const auto answer = store::answer(store, store::ReadCard{shop});
    const auto* card = std::get_if<Result<Bytes>>(&answer);
    if (card == nullptr || !card->ok() || (*card)->empty()) return;
    const auto info = take_shop_card(shop, **card);
    if (info) blobs_->withdraw(shop, relay::withdrawn_of(*info));
  }

  void set_rates(relay::Limits& limits) const {
    const auto& rates = config_.relay;
    limits.newcomer_envelopes_per_minute_max = rates.new_device_messages_per_minute;
    limits.envelopes_per_minute_max = rates.device_messages_per_minute;
    limits.team_envelopes_per_minute_max = rates.team_messages_per_minute;
    limits.newcomers_of_source_per_minute = rates.new_devices_per_minute;
    // Nobody but who started it comes to a demo, to see how fast it is.
    if (options_.demo) {
      limits.newcomer_envelopes_per_minute_max = 0;
      limits.envelopes_per_minute_max = limits.team_envelopes_per_minute_max = 0;
    }
  }

  blob::Limits blob_limits() const {
    constexpr std::uint64_t mib = 1024 * 1024;
    constexpr std::uint64_t hour_ms = 3'600'000;
    blob::Limits out;
    out.file_bytes_max = config_.blobs.file_mib_max * mib;
    out.device_day_bytes_max = config_.blobs.device_day_mib_max * mib;
    out.shop_bytes_max = config_.blobs.shop_mib_max * mib;
    out.unfinished_ms_max = config_.blobs.unfinished_hours_max * hour_ms;
    out.keep_ms_max = config_.blobs.keep_files_days * 24 * hour_ms;
    return out;
  }

  void open_blobs(const Key& seed, const blob::Limits& limits) {
    std::string problem;
    auto store = blob::open_folder_blob_store(options_.dir.blobs().string(), problem);
    if (!store) throw Refusal(problem);
    blobs_ = std::make_unique<net::BlobHost>(io_, std::move(store), seed, limits,
                                             [this](net::Socket socket, auto rest) {
                                               http_.resume(std::move(socket), std::move(rest));
                                             });
  }

  std::string own_url() const {
    const auto host = own_host(config_.serve.host);
    const bool six = host.find(':') != std::string::npos;
    return fmt::format("ws://{}:{}/ws", six ? "[" + host + "]" : host, config_.serve.port);
  }

  void open_desk() {
    DeskProcess::Options about{.dir = options_.dir, .config = &config_, .target = {}, .relay = {}};
    about.relay.url = config_.relay_url();
    about.relay.key = relay_key_;
    if (!options_.with_relay) {
      if (config_.serve.relay_url.empty() || config_.serve.relay_key.empty()) {
        throw Refusal(fmt::format(
            "{}: a desk alone needs relay_url and relay_key under [serve]; the relay's operator "
            "has them (shopbell keys show)",
            options_.dir.config().string()));
      }
      (void)from_base64url(config_.serve.relay_key, about.relay.key.data);
    }
    const auto& dial = config_.serve.dial_url;
    const auto elsewhere = dial.empty() ? config_.relay_url() : dial;
    const auto target = net::dial_target(relay_ ? own_url() : elsewhere);
    if (!target) {
      throw Refusal(
          "the desk dials ws:// only; put a proxy that speaks TLS to the relay beside it and name "
          "the proxy as dial_url under [serve]");
    }
    about.target = *target;
    about.settings = settings_.get();
    about.on_domains = [this](const std::vector<std::string>& domains) {
      files_->set_frame_ancestors(domains);
    };
    desk_ = std::make_unique<DeskProcess>(io_, std::move(*state_), std::move(about));
  }

  void wait_for_signal() {
    signals_.add(SIGTERM);
    signals_.add(SIGINT);
    signals_.async_wait([this](net::error_code error, int) {
      if (!error) shut_down();
    });
  }

  void shut_down() {
    if (std::exchange(shutting_down_, true)) return io_.stop();
    log_info("draining");
    wait_for_signal();
    http_.stop();
    if (desk_) desk_->stop();
    if (!relay_) return io_.stop();
    const auto done = [this, left = std::make_shared<int>(blobs_ ? 2 : 1)] {
      if (--*left == 0) io_.stop();
    };
    relay_->drain(done);
    if (blobs_) blobs_->drain(done);
  }

  void loop() {
    while (!io_.stopped() && io_.run_one() > 0) {
      for (int i = 0; i < burst_max && io_.poll_one() > 0; ++i) {
      }
      if (desk_ && !shutting_down_) watch_desk();
      if (relay_) relay_->settle();
    }
  }

  void watch_desk() {
    desk_->settle();
    if (desk_->failed() && !std::exchange(desk_failed_, true)) {
      log_error("desk_stopped");
      exit_code_ = 1;
      shut_down();
    }
    if (desk_->online() && !std::exchange(announced_, true)) announce();
  }

  // Once the shop can be reached; a program that started this one waits for these lines.
  void announce() {
    log_info("ready");
    if (!options_.demo) return;
    const auto link = invite(options_.dir, shop_, config_.public_url(), config_.relay_url(),
                             InviteOptions{.role = 1});
    std::cout << "shops: " << config_.shop.domains.front() << "/demo/\n"
              << "console: " << link << "\n"
              << "health: " << config_.public_url() << "/healthz" << std::endl;
  }

  net::Reply readiness() const {
    std::string problem;
    if (shutting_down_) problem = "draining";
    if (relay_ && !relay_->healthy()) {
      problem = "the relay's store does not take writes: " + relay_->store_problem();
    }
    if (desk_ && !desk_->online()) problem = "the desk is not connected to its relay";
    if (desk_ && !desk_->disk_problem().empty()) {
      problem = "the desk's store does not take writes: " + desk_->disk_problem();
    }
    if (problem.empty()) return net::text_reply(200, plain_text, "ready\n");
    return net::text_reply(503, plain_text, fmt::format("not ready: {}\n", problem));
  }

  std::string metrics() const {
    auto out = relay_ ? relay_->metrics_text() : std::string();
    if (blobs_) out += blobs_->metrics_text();
    out += fmt::format(
        "# TYPE shopbell_http_requests_total counter\nshopbell_http_requests_total {}\n"
        "# TYPE process_resident_memory_bytes gauge\nprocess_resident_memory_bytes {}\n",
        http_.requests(), memory_bytes());
    if (desk_) {
      out += fmt::format("# TYPE shopbell_desk_online gauge\nshopbell_desk_online {}\n",
                         desk_->online() ? 1 : 0);
    }
    return out;
  }

  ServeOptions options_;
  Config config_;
  std::optional<DirLock> lock_;
  std::optional<DeskState> state_;
  ShopId shop_;
  SignKey relay_key_;
  std::unique_ptr<desk::SettingsBook> settings_;
  bool shutting_down_ = false;
  bool desk_failed_ = false;
  bool announced_ = false;
  int exit_code_ = 0;
  // Last, so that they end first; the context outlives what hangs on it.
  asio::io_context io_{1};
  std::unique_ptr<net::StaticFiles> files_;
  net::HttpServer http_;
  asio::basic_signal_set<net::Executor> signals_;
  std::unique_ptr<net::RelayHost> relay_;
  std::unique_ptr<net::BlobHost> blobs_;
  std::unique_ptr<DeskProcess> desk_;
};

bool has_admin(desk::InvitationBook& book) {
  const auto now = wall_ms();
  const auto all = book.all();
  return std::any_of(all.begin(), all.end(), [now](const desk::Invitation& each) {
    const bool counts = each.used() ? desk::is_member(each, now) : each.expires_ms > now;
    return each.role == role_admin && counts;
  });
}

}  // namespace

int serve(ServeOptions options) { return Server(std::move(options)).run(); }

fs::path default_assets() {
  std::error_code error;
  const auto program = fs::read_symlink("/proc/self/exe", error);
  const auto folder = program.parent_path();
  for (const auto& candidate : {folder / ".." / "web", folder / ".." / "share/shopbell/web"}) {
    if (fs::exists(candidate / "manifest.json", error)) return candidate.lexically_normal();
  }
  return "build/web";
}

std::string invite(const DataDir& dir, const ShopId& shop, const std::string& public_url,
                   const std::string& relay_url, const InviteOptions& options) {
  constexpr std::uint64_t hour_ms = 3'600'000;
  const auto secret = random_key();
  desk::Invitation invitation;
  invitation.id = invitation_id_of(secret);
  invitation.key = invitation_key_of(secret, shop);
  invitation.role = options.role.value_or(0);
  invitation.expires_ms = wall_ms() + options.hours * hour_ms;
  invitation.certificate_ms = options.certificate_ms;
  std::string problem;
  const auto book = desk::open_invitations(dir.invitations().string(), problem);
  if (!book) throw Refusal(problem);
  if (invitation.role == 0) invitation.role = has_admin(*book) ? role_agent : role_admin;
  if (!book->add(invitation)) {
    throw Refusal(fmt::format("{} could not be written", dir.invitations().string()));
  }
  return desk::invitation_link(public_url, relay_url, shop, secret);
}

}  // namespace shopbell::app
