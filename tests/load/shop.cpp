#include "load/shop.h"

#include <fmt/format.h>

#include <fstream>
#include <map>

#include "app/data_dir.h"
#include "app/entropy.h"
#include "app/files.h"
#include "load/measure.h"

namespace shopbell::load {
namespace {

constexpr std::uint64_t day_ms = 24ull * 3600 * 1000;

std::string line(std::string_view name, BytesView bytes) {
  return fmt::format("{} {}\n", name, to_hex(bytes));
}

Key key_in(const std::map<std::string, std::string>& lines, const std::string& name) {
  Hash bytes;
  const auto found = lines.find(name);
  if (found == lines.end() || !from_hex(found->second, bytes.data)) {
    give_up(fmt::format("the shop file has no {}; `loadgen prepare` makes one", name));
  }
  return Key::from(bytes.view());
}

}  // namespace

Rng fresh_rng() {
  std::array<std::uint8_t, 32> seed{};
  app::fill_random(seed);
  Rng rng;
  rng.seed(seed);
  return rng;
}

void prepare_relay(const std::string& directory, const std::string& shop_file,
                   const std::string& url) {
  const Key root = app::random_key();
  const auto shop = crypto::sign_pair(root.clone()).key;
  app::Config config;
  config.relay.roots = {to_base64url(shop.view())};
  config.relay.hosts = {dialled_host(url)};
  // What is measured is what it takes, not what it is told to take.
  config.relay.new_device_messages_per_minute = config.relay.device_messages_per_minute = 0;
  config.relay.team_messages_per_minute = 0;
  const app::DataDir dir{directory};
  app::init_data_dir(dir, app::Parts::relay, config, wall_ms());
  std::string text = line("root", root.reveal());
  for (const auto* name : {"desk_sign", "desk_seal", "team"}) {
    text += line(name, app::random_key().reveal());
  }
  text += line("relay", app::load_relay_key(dir).key.view());
  text += fmt::format("url {}\n", url);
  app::write_file(shop_file, text, true);
}

LoadShop load_shop(const std::string& shop_file) {
  std::ifstream in(shop_file);
  std::map<std::string, std::string> lines;
  for (std::string name, value; in >> name >> value;) lines[name] = value;
  LoadShop shop;
  shop.root = crypto::sign_pair(key_in(lines, "root"));
  shop.desk = device_from_seeds(key_in(lines, "desk_sign"), key_in(lines, "desk_seal"), 1);
  shop.team = crypto::seal_pair(key_in(lines, "team"));
  shop.relay = SignKey::from(key_in(lines, "relay").reveal());
  shop.url = lines["url"];
  ShopInfo& info = shop.info;
  info.shop = ShopId::from(shop.root.key.view());
  info.version = wall_ms();
  info.issued_ms = info.version;
  info.fresh_until_ms = info.issued_ms + 7 * day_ms;
  info.desk = shop.desk.self;
  info.team_version = 1;
  info.team_key = shop.team.key;
  info.name = "Load";
  info.relays = {{shop.url, shop.relay, 0, 0}};
  const auto certificate = make_desk_certificate(shop.root, shop.desk.sign.key,
                                                 info.issued_ms - day_ms, info.fresh_until_ms);
  info.card = make_shop_card(shop.desk, certificate, info);
  return shop;
}

DeviceKeys LoadShop::desk_again() const {
  return device_from_seeds(desk.sign.seed.clone(), desk.seal.secret.clone(), desk.self.created_ms);
}

Bytes make_certificate(const LoadShop& shop, const DeviceId& device) {
  constexpr std::uint64_t role_agent = 2;
  return make_agent_certificate(shop.desk, shop.info.shop, device, role_agent, wall_ms(),
                                wall_ms() + day_ms);
}

Writer::Writer(const LoadShop& shop, const DeviceKeys& device, Rng& rng)
    : shop_(shop), device_(device), random_(rng.nonce()), epoch_key_(rng.key()) {
  log_ = log_id_of(shop.info.shop, device.self.id, random_);
  commitment_ = commitment_of(log_, 1, epoch_key_);
  seen_chain_ = chain_start(shop.info.shop, log_);
}

Writer::Writer(const LoadShop& shop, const DeviceKeys& device, const Writer& begun)
    : shop_(shop),
      device_(device),
      log_(begun.log_),
      epoch_key_(begun.epoch_key_.clone()),
      commitment_(begun.commitment_),
      seen_seq_(begun.seen_seq_),
      seen_chain_(begun.seen_chain_) {}

wire::Header Writer::header(EnvelopeClass envelope_class) const {
  wire::Header out;
  out.envelope_class = static_cast<std::uint64_t>(envelope_class);
  out.log = log_;
  out.author = device_.self.id;
  out.counter = counter_ + 1;
  out.previous = previous_;
  out.card_version = shop_.info.version;
  out.seen_seq = seen_seq_;
  out.seen_chain = seen_chain_;
  out.time_ms = wall_ms();
  return out;
}

Bytes Writer::sign(wire::Header header, BytesView body) {
  auto made = make_envelope(device_, std::move(header), body);
  ++counter_;
  previous_ = made.hash;
  return std::move(made.bytes);
}

Bytes Writer::genesis() {
  const auto body =
      make_genesis_body(shop_.info.shop, LogKind::main, random_, device_.self, LogId());
  auto bytes = sign(header(EnvelopeClass::member), body);
  const auto opened = open_envelope(bytes);
  if (!opened || !fold_.apply_member(shop_.info, *opened, 1, wall_ms())) {
    give_up("the core refuses the generator's own genesis");
  }
  return bytes;
}

Bytes Writer::grant(Rng& rng) {
  const auto body = make_grant_body(rng, shop_.info, fold_, 1, epoch_key_);
  if (!body) give_up("the core refuses to make a grant");
  fold_ = Fold();
  return sign(header(EnvelopeClass::grant), *body);
}

Bytes Writer::join(BytesView certificate) {
  return sign(header(EnvelopeClass::member), make_join_body(device_.self, certificate));
}

Bytes Writer::message(Rng& rng, BytesView text) {
  auto head = header(EnvelopeClass::message);
  head.epoch = 1;
  head.commitment = commitment_;
  wire::InnerBody inner;
  inner.kind = static_cast<std::uint64_t>(wire::ContentKind::text);
  inner.content = text;
  return sign(head, seal_body(rng, epoch_key_, head, inner));
}

void Writer::see(std::uint64_t seq, const Hash& chain) {
  seen_seq_ = seq;
  seen_chain_ = chain;
}

}  // namespace shopbell::load
