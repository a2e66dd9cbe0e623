#include "kill/site.h"

#include <fmt/format.h>

#include "app/entropy.h"
#include "app/files.h"
#include "desk/invitations.h"
#include "kill/ledger.h"
#include "net/asio_types.h"
#include "shopbell/handshake.h"

namespace shopbell::kill {
namespace {

// Not 127.0.0.1: while the relay is down nobody's outgoing connection may take its port.
constexpr char host[] = "127.0.0.2";

std::uint16_t free_port() {
  net::asio::io_context io;
  net::Acceptor acceptor(io, {net::asio::ip::make_address(host), 0});
  return acceptor.local_endpoint().port();
}

app::Config shop_config() {
  app::Config config;
  config.shop.name = "Kill";
  config.shop.domains = {"http://127.0.0.1:1"};
  config.serve.host = host;
  return config;
}

}  // namespace

Site::Site(Shape shape, const std::string& program, const std::filesystem::path& folder,
           std::uint32_t messages_per_minute)
    : messages_per_minute_(messages_per_minute) {
  relay_port_ = free_port();
  desk_port_ = shape == Shape::serve ? relay_port_ : free_port();
  url_ = fmt::format("ws://{}:{}/ws", host, relay_port_);
  const auto add = [&](const char* command, const app::DataDir& dir) {
    programs_.push_back(std::make_unique<Program>(
        std::vector<std::string>{program, command, "--data", dir.path.string()},
        (folder / fmt::format("{}.log", command)).string()));
  };
  relay_.path = folder / "disk-a" / "relay";
  desk_.path = folder / "disk-b" / "desk";
  std::filesystem::create_directories(folder / "disk-a");
  std::filesystem::create_directories(folder / "disk-b");
  if (shape == Shape::serve) {
    relay_ = desk_;
    make_serve();
    add("serve", desk_);
  } else {
    make_split();
    add("relay", relay_);
    add("desk", desk_);
  }
}

app::RelaySection Site::rates() const {
  app::RelaySection out;
  out.new_device_messages_per_minute = out.device_messages_per_minute = messages_per_minute_;
  out.team_messages_per_minute = 0;
  return out;
}

void Site::make_serve() {
  auto config = shop_config();
  config.relay = rates();
  config.serve.port = relay_port_;
  app::init_data_dir(desk_, app::Parts::shop, config, app::wall_ms());
  shop_ = *app::shop_of(desk_);
}

void Site::make_split() {
  app::Config relay;
  relay.relay = rates();
  relay.serve.host = host;
  relay.serve.port = relay_port_;
  relay.relay.hosts = {dialled_host(url_)};
  app::init_data_dir(relay_, app::Parts::relay, relay, app::wall_ms());
  auto config = shop_config();
  config.serve.port = desk_port_;
  config.serve.relay_url = url_;
  config.serve.relay_key = to_base64url(app::load_relay_key(relay_).key.view());
  app::init_data_dir(desk_, app::Parts::shop, config, app::wall_ms());
  shop_ = *app::shop_of(desk_);
  relay.relay.roots = {to_base64url(shop_.view())};
  app::write_file(relay_.config(), app::config_text(relay, app::Parts::relay), false);
}

std::string Site::ask(std::uint16_t port, std::string_view path) const {
  net::asio::io_context io;
  net::Socket socket(io);
  net::error_code error;
  socket.connect({net::asio::ip::make_address(host), port}, error);
  const auto request =
      fmt::format("GET {} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);
  if (!error) net::asio::write(socket, net::asio::buffer(request), error);
  std::string answer;
  if (!error) net::asio::read(socket, net::asio::dynamic_buffer(answer), error);
  const auto body = answer.find("\r\n\r\n");
  if (body == std::string::npos) return "0";
  return answer.substr(9, 4) + answer.substr(body + 4);
}

Key Site::invite() const {
  constexpr std::uint64_t role_agent = 2;
  constexpr std::uint64_t day_ms = 24ull * 3600 * 1000;
  auto secret = app::random_key();
  desk::Invitation invitation;
  invitation.id = invitation_id_of(secret);
  invitation.key = invitation_key_of(secret, shop_);
  invitation.role = role_agent;
  invitation.expires_ms = app::wall_ms() + day_ms;
  invitation.certificate_ms = day_ms;
  std::string problem;
  const auto book = desk::open_invitations(desk_.invitations().string(), problem);
  if (!book || !book->add(invitation)) give_up("no invitation could be written: " + problem);
  return secret;
}

}  // namespace shopbell::kill
