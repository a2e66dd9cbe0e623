#include "app/commands.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <ctime>
#include <iostream>

#include "app/assets.h"
#include "app/entropy.h"
#include "app/refusal.h"
#include "app/serve.h"
#include "app/team.h"
#include "desk/settings.h"
#include "net/asio_types.h"
#include "store/store.h"

namespace shopbell::app {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  std::string data = "shopbell-data";
  std::string assets;
  std::string file;
  std::string role;
  std::string passphrase_file;
  bool passphrase = false;
  std::optional<std::uint16_t> port;
  bool demo = false;
  bool behind_proxy = false;
  bool relay_only = false;
  Config config;
  InviteOptions invite;
};

Passphrase passphrase_of(const Arguments& a) {
  return a.passphrase_file.empty() ? Passphrase{} : Passphrase::from_file(a.passphrase_file);
}

DataDir dir_of(const Arguments& a) { return DataDir{fs::path(a.data)}; }

// Of a command that opens key files.
DataDir open_dir_of(const Arguments& a) { return DataDir{fs::path(a.data), passphrase_of(a)}; }

constexpr char lost_key[] =
    "Without the keys the shop is gone: no page that carries its tag ever trusts another.\n";

// Until a backup was made and once found good.
void remind_of_backup(const DataDir& dir) {
  const auto state = backup_state(dir);
  if (state.is_safe() || !fs::exists(dir.desk_key())) return;
  if (state.made_ms == 0) {
    std::cout << "The keys were never saved. " << lost_key
              << "Save them: shopbell keys backup FILE "
              << "--data " << dir.path.string() << "\n";
  } else {
    std::cout << "The backup of the keys was never checked. " << lost_key
              << "Check it where it is kept: shopbell keys verify FILE --data " << dir.path.string()
              << "\n";
  }
}

std::string date_text(std::uint64_t ms) {
  const auto seconds = static_cast<std::time_t>(ms / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char out[32];
  std::strftime(out, sizeof out, "%Y-%m-%d", &parts);
  return out;
}

ShopId require_shop(const DataDir& dir) {
  const auto shop = shop_of(dir);
  if (!shop) throw Refusal(fmt::format("{} holds no shop's keys", dir.path.string()));
  return *shop;
}

void show_keys(const DataDir& dir) {
  load_config(dir);
  if (const auto shop = shop_of(dir)) {
    std::cout << "shop: " << to_base64url(shop->view()) << "\n";
  }
  if (fs::exists(dir.relay_key())) {
    std::cout << "relay key: " << to_base64url(load_relay_key(dir).key.view()) << "\n";
  }
}

void init(const Arguments& a) {
  // Read back before anything is written: what the options said must be right as a whole.
  const auto config = parse_config(config_text(a.config), "init");
  init_data_dir(dir_of(a), a.relay_only ? Parts::relay : Parts::shop, config, wall_ms());
  std::cout << "made " << dir_of(a).path.string() << "\n";
  show_keys(dir_of(a));
  std::cout << "next: look at " << dir_of(a).config().string() << ", then start\n";
  remind_of_backup(dir_of(a));
}

int run_server(const Arguments& a, bool relay, bool desk) {
  ServeOptions options;
  options.dir = open_dir_of(a);
  options.assets = a.assets;
  options.with_relay = relay;
  options.with_desk = desk;
  options.behind_proxy = a.behind_proxy;
  options.demo = a.demo;
  options.port = a.port;
  return serve(std::move(options));
}

// The body behind GET `path`, or nothing where nobody answers.
std::optional<std::string> ask_server(const Config& config, const std::string& path) {
  net::asio::io_context io;
  net::error_code error;
  net::Socket socket(io);
  const auto host = config.serve.host == "localhost" ? "127.0.0.1" : config.serve.host;
  const auto address = net::asio::ip::make_address(host, error);
  if (!error) socket.connect({address, config.serve.port}, error);
  const auto request =
      fmt::format("GET {} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);
  if (!error) net::asio::write(socket, net::asio::buffer(request), error);
  std::string answer;
  if (!error) net::asio::read(socket, net::asio::dynamic_buffer(answer), error);
  const auto body = answer.find("\r\n\r\n");
  if (body == std::string::npos) return std::nullopt;
  return answer.substr(body + 4);
}

// With the port of the server that runs on it, which need not be the configuration's.
Config running_config(const DataDir& dir) {
  constexpr std::string_view any_port = ":0";
  auto config = load_config(dir);
  auto running = config;
  running.serve.port = noted_port(dir);
  if (running.serve.port == 0 || !ask_server(running, "/healthz")) return config;
  if (auto& url = running.serve.public_url; url.ends_with(any_port)) {
    url = fmt::format("{}:{}", url.substr(0, url.size() - any_port.size()), running.serve.port);
  }
  return running;
}

void print_invitation(Arguments& a) {
  const auto config = running_config(dir_of(a));
  if (!a.role.empty()) a.invite.role = a.role == "admin" ? 1 : a.role == "agent" ? 2 : 3;
  if (config.public_url().ends_with(":0")) {
    throw Refusal(
        "the console's port is not known: [serve] port is 0 and no server runs on this directory; "
        "start it first, or set public_url");
  }
  std::cout << invite(dir_of(a), require_shop(dir_of(a)), config.public_url(), config.relay_url(),
                      a.invite)
            << "\n";
}

// [shop], and what an admin has set since.
desk::EffectiveWords words_of(const DataDir& dir) {
  const auto seed = shop_words(load_config(dir).shop);
  if (!fs::exists(dir.settings())) return {seed};
  std::string problem;
  const auto book = desk::open_settings(dir.settings().string(), problem);
  if (!book) throw Refusal(problem);
  return desk::effective_words(seed, *book);
}

void print_words(const DataDir& dir) {
  const auto [words, domains_set_ms, look_set_ms] = words_of(dir);
  const auto source = [](std::uint64_t set_ms) {
    return set_ms == 0 ? std::string("shopbell.toml") : "set by an admin on " + date_text(set_ms);
  };
  std::cout << fmt::format("domains: {} ({})\n",
                           words.domains.empty()
                               ? "none"
                               : fmt::format("{}", fmt::join(words.domains, ", ")),
                           source(domains_set_ms))
            << fmt::format("look: {}, {} ({})\n", words.accent, words.position,
                           source(look_set_ms));
}

void print_held(const DataDir& dir) {
  const auto path = dir.relay_store();
  const auto held = fs::exists(path) ? store::count_held_logs(path.string()) : std::nullopt;
  if (!held || *held == 0) return;
  std::cout
      << "conversations that wait since the store was set back: " << *held
      << " (each goes on when a device that has more has put it back, or after ten minutes)\n";
}

// The operator says that relay.db is an older copy; the relay finds it out by itself later.
void mark_restored(const DataDir& dir) {
  const auto path = dir.relay_store();
  if (!fs::exists(path)) throw Refusal(path.string() + " is missing; bring it back first");
  std::string problem;
  const auto store = store::open_sqlite_store(path.string(), random_generation(), problem);
  if (!store) throw Refusal(problem);
  store::Batch batch;
  batch.generation = random_generation();
  batch.restored_ms = wall_ms();
  if (!store->commit(batch)) throw Refusal(store->problem());
  std::cout << "noted; start the server, and devices put back what is missing\n";
}

int print_status(const Arguments& a) {
  const auto dir = open_dir_of(a);
  auto config = load_config(dir);
  if (a.port) config.serve.port = *a.port;
  show_keys(dir);
  if (shop_of(dir)) {
    const auto state = load_desk(dir, wall_ms());
    std::cout << "desk certificate until: " << date_text(state.certificate.not_after_ms) << "\n";
    const auto backup = backup_state(dir);
    const auto date_or_never = [](std::uint64_t ms) { return ms == 0 ? "never" : date_text(ms); };
    std::cout << "keys saved: " << date_or_never(backup.made_ms)
              << ", backup checked: " << date_or_never(backup.verified_ms) << "\n";
    print_words(dir);
    remind_of_backup(dir);
  }
  print_held(dir);
  const auto ready = ask_server(config, "/readyz");
  std::cout << "server: " << ready.value_or("not running\n");
  return ready && ready->starts_with("ready") ? 0 : 1;
}

void add_data(CLI::App* command, Arguments& a) {
  command->add_option("--data", a.data, "data directory")->capture_default_str();
}

void add_passphrase_file(CLI::App* command, Arguments& a) {
  command->add_option("--passphrase-file", a.passphrase_file,
                      "file whose first line is the passphrase, in place of asking");
}

void add_server_options(CLI::App* command, Arguments& a, bool assets) {
  add_data(command, a);
  command->add_option("--port", a.port, "port to listen on, in place of the configuration's");
  command->add_flag("--behind-proxy", a.behind_proxy,
                    "plain HTTP on any address: a proxy before it ends TLS");
  add_passphrase_file(command, a);
  if (assets) command->add_option("--assets", a.assets, "folder of the web files");
}

void add_init(CLI::App& app, Arguments& a) {
  auto* command = app.add_subcommand("init", "make keys and configuration of a shop");
  add_data(command, a);
  command->add_flag("--relay-only", a.relay_only, "a relay for other people's shops: its key only");
  command->add_option("--name", a.config.shop.name, "the shop's name");
  command->add_option("--domain", a.config.shop.domains, "domain whose pages may show the widget");
  command->add_option("--host", a.config.serve.host, "address to listen on");
  command->add_option("--port", a.config.serve.port, "port to listen on");
  command->add_option("--public-url", a.config.serve.public_url, "where browsers find the code");
  command->add_option("--relay-url", a.config.serve.relay_url, "where devices find the relay");
  command->add_option("--relay-key", a.config.serve.relay_key, "the key of the relay there");
  command->add_option("--root", a.config.relay.roots, "a shop that this relay serves");
  command->add_option("--relay-host", a.config.relay.hosts, "a name under which it is dialled");
}

void add_invite(CLI::App& app, Arguments& a) {
  const std::map<std::string, std::uint64_t> units_ms = {
      {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
  auto* command = app.add_subcommand("invite", "print a console link that enrols one device");
  add_data(command, a);
  command->add_option("--role", a.role, "what the device may do")
      ->check(CLI::IsMember({"admin", "agent", "observer"}))
      ->default_str("admin for the first, then agent");
  command->add_option("--hours", a.invite.hours, "how long the link may be used")
      ->check(CLI::Range(1, 24 * 30))
      ->capture_default_str();
  command
      ->add_option("--certificate-for", a.invite.certificate_ms,
                   "how long the device may then speak for the shop, 30d at most: 12h, 90m, 45s")
      ->transform(CLI::AsNumberWithUnit(units_ms, CLI::AsNumberWithUnit::UNIT_REQUIRED))
      ->check(CLI::Range(units_ms.at("s"), desk::certificate_ms_max))
      ->default_str("30d");
}

CLI::App* add_keys(CLI::App& app, Arguments& a) {
  auto* keys = app.add_subcommand("keys", "show, save, check and bring back the keys");
  keys->require_subcommand(1);
  auto* show = keys->add_subcommand("show", "print the shop's id and the relay's public key");
  add_data(show, a);
  add_passphrase_file(show, a);
  for (const auto& [name, about] :
       {std::pair{"backup", "save all keys in one file; as secret as the keys"},
        std::pair{"verify", "check that a backup is whole and is of these keys"},
        std::pair{"restore", "write the key files that are missing"}}) {
    auto* command = keys->add_subcommand(name, about);
    add_data(command, a);
    add_passphrase_file(command, a);
    command->add_option("FILE", a.file, "the backup")->required();
    if (std::string_view(name) == "backup") {
      command->add_flag("--passphrase", a.passphrase, "ask for a passphrase and seal the file");
    }
  }
  for (const auto& [name, about] :
       {std::pair{"seal", "put a passphrase on the key files; serve then asks for it"},
        std::pair{"unseal", "take the passphrase off again"}}) {
    auto* command = keys->add_subcommand(name, about);
    add_data(command, a);
    add_passphrase_file(command, a);
  }
  return keys;
}

CLI::App* add_team(CLI::App& app, Arguments& a) {
  auto* team = app.add_subcommand("team", "who speaks for the shop; remove a device");
  team->require_subcommand(1);
  add_data(
      team->add_subcommand("list", "print each device: id, role, end of its certificate, name"), a);
  auto* remove = team->add_subcommand("remove", "remove a device for good");
  add_data(remove, a);
  remove->add_option("ID", a.file, "the first figures of its id, as list prints it")->required();
  return team;
}

int run_team(const CLI::App& team, const Arguments& a) {
  const auto dir = dir_of(a);
  (void)require_shop(dir);
  if (team.got_subcommand("list")) {
    std::cout << team_text(dir, wall_ms());
    return 0;
  }
  std::cout << remove_member(dir, a.file, wall_ms())
            << " is removed. A desk that runs makes it so within a minute, another at its next "
               "start.\nWhat was read on that device stays readable there; what is written from "
               "then on does not.\n";
  return 0;
}

void save_keys(const Arguments& a) {
  const bool seals = a.passphrase || !a.passphrase_file.empty();
  const auto dir = open_dir_of(a);
  backup_keys(dir, a.file, seals ? &dir.passphrase : nullptr, wall_ms());
  std::cout << "saved; whoever has " << a.file << (seals ? " and its passphrase" : "")
            << " is the shop\n";
  remind_of_backup(dir);
}

void bring_back_keys(const Arguments& a) {
  const auto dir = dir_of(a);
  const bool made_config = restore_keys(dir, a.file, passphrase_of(a));
  std::cout << "brought back\n";
  if (made_config) {
    std::cout << "next: " << dir.config().string() << " was not there and is as init writes it; "
              << "fill it in before you start\n";
  }
}

int run_keys(const CLI::App& keys, const Arguments& a) {
  const auto dir = open_dir_of(a);
  if (keys.got_subcommand("show")) {
    show_keys(dir);
  } else if (keys.got_subcommand("backup")) {
    save_keys(a);
  } else if (keys.got_subcommand("verify")) {
    verify_backup(dir, a.file, dir.passphrase, wall_ms());
    std::cout << "whole, and of these keys\n";
  } else if (keys.got_subcommand("seal") || keys.got_subcommand("unseal")) {
    // A server that runs has read them already.
    const bool seals = keys.got_subcommand("seal");
    const auto count = seals ? seal_keys(dir) : unseal_keys(dir);
    std::cout << count << " key files are " << (seals ? "sealed" : "open") << " now\n";
  } else {
    bring_back_keys(a);
  }
  return 0;
}

int run_one(const CLI::App& app, const CLI::App& keys, const CLI::App& team, Arguments& a) {
  if (app.got_subcommand("serve")) {
    if (a.demo && app.get_subcommand("serve")->count("--data") == 0) a.data = ".shopbell-demo";
    return run_server(a, true, true);
  }
  if (app.got_subcommand("relay")) return run_server(a, true, false);
  if (app.got_subcommand("desk")) return run_server(a, false, true);
  if (app.got_subcommand("keys")) return run_keys(keys, a);
  if (app.got_subcommand("team")) return run_team(team, a);
  if (app.got_subcommand("status")) return print_status(a);
  if (app.got_subcommand("init")) {
    init(a);
  } else if (app.got_subcommand("restore")) {
    mark_restored(dir_of(a));
  } else if (app.got_subcommand("invite")) {
    print_invitation(a);
  } else {
    const auto from = a.assets.empty() ? default_assets() : fs::path(a.assets);
    write_assets(from, a.file, load_config(dir_of(a)), words_of(dir_of(a)).words.domains);
    std::cout << "wrote " << a.file
              << "; the headers stand in its _headers, nginx.conf, Caddyfile\n";
  }
  return 0;
}

}  // namespace

int run_command(int argc, const char* const* argv) {
  Arguments a;
  CLI::App app("Shopbell: the bell on the shop's counter", "shopbell");
  app.require_subcommand(1);
  auto* serving = app.add_subcommand("serve", "relay, desk and web files in one process");
  add_server_options(serving, a, true);
  serving->add_flag("--demo", a.demo, "the demo shop, on this machine only");
  add_server_options(app.add_subcommand("relay", "the relay alone: reads nothing, serves no code"),
                     a, false);
  add_server_options(app.add_subcommand("desk", "desk and web files, beside a relay elsewhere"), a,
                     true);
  add_init(app, a);
  const auto* keys = add_keys(app, a);
  const auto* team = add_team(app, a);
  add_invite(app, a);
  auto* status = app.add_subcommand("status", "print whether the server is ready");
  add_data(status, a);
  status->add_option("--port", a.port, "port it listens on, in place of the configuration's");
  add_data(app.add_subcommand("restore", "say, before the start, that relay.db is an older copy"),
           a);
  auto* assets = app.add_subcommand("assets", "write the web files for another web space");
  add_data(assets, a);
  assets->add_option("DIR", a.file, "where to")->required();
  assets->add_option("--assets", a.assets, "folder of the web files");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    return run_one(app, *keys, *team, a);
  } catch (const Refusal& refusal) {
    std::cerr << "shopbell: " << refusal.what() << "\n";
  } catch (const std::exception& error) {
    std::cerr << "shopbell: " << error.what() << "\n";
  }
  return 1;
}

}  // namespace shopbell::app
