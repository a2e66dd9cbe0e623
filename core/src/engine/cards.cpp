#include "engine/cards.h"

#include "engine/machines.h"
#include "store/keys.h"

namespace shopbell::engine {

Status Cards::take(BytesView card) {
  if (card.size() > limits::card_bytes_max) return Errc::too_large;
  Result<ShopInfo> offered = take_shop_card(m_.state.shop_id, card);
  if (!offered) return offered.error();
  if (m_.state.shop) {
    bool unchanged = false;
    const Status order = compare_shop_cards(*m_.state.shop, *offered, unchanged);
    const ShopInfo& known = *m_.state.shop;
    const bool news =
        offered->team_version > known.team_version ||
        (offered->team_version == known.team_version && offered->team_key != known.team_key);
    if (order.error() == Errc::card_old && m_.state.is_desk() && news) {
      return m_.desk.catch_up(*offered);
    }
    if (unchanged || order.error() == Errc::card_old) return {};
    if (order.error() == Errc::card_forked) {
      m_.state.forged_card = to_bytes(card);
      save();
    }
    if (!order) return order;
  }
  adopt(std::move(*offered));
  return {};
}

void Cards::adopt(ShopInfo info) {
  if (info.team_version != 0) m_.state.team_keys[info.team_version] = info.team_key;
  const bool other_team = m_.state.shop && info.team_version > m_.state.shop->team_version;
  m_.state.shop = std::move(info);
  save();
  show();
  m_.sessions.card_changed();
  for (auto& [id, log] : m_.state.logs) {
    // The desk's hand-overs are for those who have the former key alone.
    const bool handovers = m_.state.is_desk() && id == m_.state.shop->shop_log;
    if (other_team && !handovers) m_.outbox.team_changed(log);
  }
  m_.pump_all();
}

void Cards::save() {
  wire::ShopRecord record;
  if (m_.state.shop) record.card = m_.state.shop->card;
  for (const auto& [version, key] : m_.state.team_keys) record.team_keys.push_back({version, key});
  record.forged = m_.state.forged_card;
  record.cursor = m_.state.cursor;
  record.generation = m_.state.generation;
  record.desk_certificate = m_.state.desk_certificate;
  m_.io.put(store::shop_key(), record);
}

void Cards::show() {
  const ShopInfo& shop = *m_.state.shop;
  wire::Shop event;
  event.name = shop.name;
  event.look = shop.look;
  event.version = shop.version;
  event.fresh = shop.is_fresh(m_.connection.trusted_now());
  event.desk = shop.desk.id;
  event.shop_log = shop.shop_log;
  event.team_version = shop.team_version;
  event.team_since = shop.team_since;
  event.revoked = shop.revoked;
  for (const std::string& domain : shop.domains) event.domains.push_back(domain);
  m_.io.event(wire::EventKind::shop, event);
}

}  // namespace shopbell::engine
