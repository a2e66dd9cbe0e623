// How a connection proves itself, what it is told first, and the shop's card.
#include "relay/shard_impl.h"

namespace shopbell::relay {

using wire::FrameKind;

void Shard::Impl::on_hello(Conn& conn, BytesView body) {
  auto hello = codec::decode<wire::Hello>(body);
  if (!hello) return close(conn, Errc::closed_frame);
  auto shop = shops_.find(hello->shop);
  if (shop == shops_.end()) return close(conn, Errc::closed_shop_unknown);
  conn.shop = shop->second.get();
  if (conn.shop->load == Shop::Load::known) return check_hello(conn, *hello);
  conn.hello = to_bytes(body);
  conn.shop->waiting.push_back(conn.id);
  if (conn.shop->load == Shop::Load::unknown) {
    conn.shop->load = Shop::Load::reading;
    read({.kind = ReadTask::Kind::card, .shop = conn.shop->id}, store::ReadCard{conn.shop->id});
  }
}

void Shard::Impl::card_read(const ReadTask& task, const Result<Bytes>& card) {
  Shop& shop = *shops_.at(task.shop);
  const std::vector<ConnId> waiting = std::exchange(shop.waiting, {});
  shop.load = Shop::Load::unknown;
  if (card && card->empty()) shop.load = Shop::Load::known;
  if (card && !card->empty()) {
    if (auto info = take_shop_card(shop.id, *card)) {
      shop.info = std::move(*info);
      shop.load = Shop::Load::known;
      tell_withdrawn(shop);
    }
  }
  for (ConnId id : waiting) {
    Conn* conn = find(id);
    if (!conn) continue;
    if (shop.load != Shop::Load::known) {
      close(*conn, Errc::closed_store);
      continue;
    }
    const Bytes hello = std::exchange(conn->hello, {});
    check_hello(*conn, *codec::decode<wire::Hello>(hello));
  }
}

void Shard::Impl::check_hello(Conn& conn, const wire::Hello& hello) {
  const auto& hosts = config_.hosts;
  if (std::find(hosts.begin(), hosts.end(), hello.host) == hosts.end()) {
    return close(conn, Errc::closed_proof);
  }
  auto device = take_device_card(hello.card);
  if (!device) return close(conn, Errc::closed_proof);
  const wire::HelloProof proof{hello.host,         hello.shop, config_.key.key, conn.relay_nonce,
                               hello.client_nonce, device->id, hello.term};
  if (!verify_hello(device->sign_key, proof, hello.signature)) {
    return close(conn, Errc::closed_proof);
  }
  if (!budgets_.take_connection(device->id, now_ms_,
                                config_.limits.connections_of_device_per_minute_max)) {
    return turn_away(conn, Errc::closed_busy);
  }
  conn.worked = is_work(conn.relay_nonce, device->id, hello.work, conn.work_bits);
  conn.device = device->id;
  conn.sign_key = device->sign_key;
  conn.client_nonce = hello.client_nonce;
  conn.card_version = hello.card_version;
  conn.certificate = to_bytes(hello.certificate);
  if (Errc code = take_standing(conn); code != Errc::none) {
    // Only the card says that another certificate is to be had.
    const auto certificate = take_agent_certificate(*conn.shop->info, conn.certificate);
    if (certificate && is_withdrawn(*conn.shop->info, *certificate)) {
      send(conn, FrameKind::card, wire::Card{conn.shop->info->card});
    }
    return close(conn, code);
  }
  if (!replace_older(conn, hello.term)) return;
  tell_others(bus::DeviceNews{conn.shop->id, conn.device, hello.term});
  conn.phase = Phase::welcoming;
  --unproven_;
  budgets_.proven(conn.source);
  conn.known = conn.standing != Standing::visitor;
  ++metrics_.devices;
  if (conn.standing == Standing::desk) conn.shop->desk = &conn;
  prepare_welcome(conn, hello);
}

Errc Shard::Impl::take_standing(Conn& conn) {
  conn.standing = Standing::no_card;
  if (!conn.shop->info) return Errc::none;
  const ShopInfo& info = *conn.shop->info;
  // Without its certificate it is one visitor more; so somebody can be invited again.
  if (info.is_revoked(conn.device) && !conn.certificate.empty()) return Errc::closed_removed;
  conn.standing = Standing::visitor;
  if (conn.device == info.desk.id) {
    conn.standing = Standing::desk;
  } else if (!conn.certificate.empty()) {
    auto certificate = take_agent_certificate(info, conn.certificate);
    if (!certificate || certificate->device != conn.device ||
        !check_certificate(info, *certificate, now_ms_)) {
      return Errc::closed_certificate;
    }
    conn.standing = Standing::certified;
  }
  return Errc::none;
}

bool Shard::Impl::replace_older(Conn& conn, std::uint64_t term) {
  auto& devices = conn.shop->devices;
  auto slot = devices.find(conn.device);
  if (slot != devices.end()) {
    if (term < slot->second.term) {
      close(conn, Errc::closed_replaced);
      return false;
    }
    if (slot->second.conn) close(*slot->second.conn, Errc::closed_replaced);
  }
  devices[conn.device] = {&conn, term};
  return true;
}

void Shard::Impl::prepare_welcome(Conn& conn, const wire::Hello& hello) {
  switch (conn.standing) {
    case Standing::no_card:
      return send_welcome(conn, {}, 0, false);
    case Standing::visitor:
      return read({.kind = ReadTask::Kind::logs_of_device, .conn = conn.id},
                  store::ReadLogsOfDevice{conn.shop->id, conn.device});
    case Standing::certified: {
      const LogId& shop_log = conn.shop->info->shop_log;
      return shop_log ? begin_task(conn, {shop_log}) : send_welcome(conn, {}, 0, false);
    }
    case Standing::desk: {
      if (is_ahead(hello)) return begin_generation();
      // A cursor of another generation means nothing here.
      const std::uint64_t cursor = hello.generation == config_.generation ? hello.cursor : 0;
      return read(
          {.kind = ReadTask::Kind::heads, .conn = conn.id, .number = cursor},
          store::ReadHeads{conn.shop->id, conn.device, cursor, limits::heads_per_welcome_max + 1});
    }
  }
}

void Shard::Impl::send_welcome(Conn& conn, std::vector<wire::Head> heads, std::uint64_t cursor,
                               bool more) {
  wire::Welcome welcome;
  welcome.time_ms = now_ms_;
  welcome.generation = config_.generation;
  welcome.signature = sign_welcome(
      config_.key, wire::WelcomeProof{conn.shop->id, conn.relay_nonce, conn.client_nonce,
                                      conn.device, welcome.time_ms, welcome.generation});
  if (conn.shop->info && conn.shop->info->version > conn.card_version) {
    welcome.card = conn.shop->info->card;
  }
  welcome.heads = std::move(heads);
  welcome.cursor = cursor;
  welcome.more = more;
  welcome.frame_size_max = limits::frame_bytes_max;
  welcome.idle_ms_max = limits::idle_ms_max;
  // While there is no card nobody has anything to say, nor to show.
  std::string token;
  if (config_.blob_bytes_max != 0 && conn.standing != Standing::no_card) {
    token = blob_tokens_.make({conn.shop->id, conn.device}, now_ms_);
    welcome.blob_token = token;
    welcome.blob_bytes_max = config_.blob_bytes_max;
  }
  conn.phase = Phase::open;
  send(conn, FrameKind::welcome, welcome);
  const Bytes held = std::exchange(conn.held, {});
  BytesView rest = held;
  while (!rest.empty()) {
    const BytesView before = rest;
    require(codec::next_framed(rest).ok(), "a held frame does not read");
    send_framed(conn, before.first(before.size() - rest.size()));
  }
}

void Shard::Impl::on_put_card(Conn& conn, BytesView body) {
  auto put = codec::decode<wire::PutCard>(body);
  if (!put) return close(conn, Errc::closed_frame);
  Shop& shop = *conn.shop;
  if (put->card.size() > limits::card_bytes_max) return refuse(conn, {}, Errc::card_refused);
  auto offered = take_shop_card(shop.id, put->card);
  if (!offered || offered->desk.id != conn.device) return refuse(conn, {}, Errc::card_refused);
  if (shop.offered) return refuse(conn, {}, Errc::busy);
  if (shop.info) {
    bool unchanged = false;
    if (!compare_shop_cards(*shop.info, *offered, unchanged)) {
      // A desk that was restored learns from it what it has said since.
      if (offered->version > shop.info->version ||
          offered->team_version < shop.info->team_version) {
        send(conn, FrameKind::card, wire::Card{shop.info->card});
      }
      return refuse(conn, {}, Errc::card_refused);
    }
    if (unchanged) return send(conn, FrameKind::card, wire::Card{shop.info->card});
  }
  building_.batch->cards.push_back(
      {shop.id, to_bytes(put->card), shop.info ? shop.info->card : Bytes{}});
  shop.offered = std::move(*offered);
}

void Shard::Impl::adopt_card(Shop& shop, ShopInfo info) {
  const LogId former = shop.info ? shop.info->shop_log : LogId{};
  shop.info = std::move(info);
  tell_withdrawn(shop);
  std::vector<ConnId> concerned;
  for (auto& [id, conn] : conns_) {
    if (conn->shop == &shop && conn->phase != Phase::challenged) concerned.push_back(id);
  }
  shop.desk = nullptr;
  for (ConnId id : concerned) {
    if (Conn* conn = find(id)) take_card_into(*conn, former != shop.info->shop_log);
  }
}

std::vector<WithdrawalInfo> withdrawn_of(const ShopInfo& shop) {
  auto out = shop.withdrawals;
  for (const DeviceId& device : shop.revoked) out.push_back({device, 0, 0});
  return out;
}

void Shard::Impl::tell_withdrawn(const Shop& shop) {
  if (config_.blob_bytes_max == 0) return;
  outputs_.push_back(out::Withdrawn{shop.id, withdrawn_of(*shop.info)});
}

void Shard::Impl::take_card_into(Conn& conn, bool new_shop_log) {
  const ShopInfo& info = *conn.shop->info;
  send(conn, FrameKind::card, wire::Card{info.card});
  if (Errc code = take_standing(conn); code != Errc::none) return close(conn, code);
  if (conn.standing == Standing::desk) conn.shop->desk = &conn;
  if (conn.standing == Standing::certified && new_shop_log && conn.phase == Phase::open) {
    begin_task(conn, {info.shop_log});
  }
}

}  // namespace shopbell::relay
