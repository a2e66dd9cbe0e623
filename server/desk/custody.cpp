#include "desk/custody.h"

#include "shopbell/limits.h"

namespace shopbell::desk {
namespace {

constexpr std::uint64_t sign_every_ms = 24ull * 3600 * 1000;
constexpr std::uint64_t turn_every_ms = 30ull * 24 * 3600 * 1000;
// The command line removes devices too; its word stands in the book.
constexpr std::uint64_t look_every_ms = 30'000;
static_assert(sign_every_ms * 2 < limits::card_fresh_ms_default,
              "a day off does not make it stale");

}  // namespace

Custody::Custody(DeskPort& port, const ShopWords& words, std::vector<RelayAt> relays,
                 Bytes desk_certificate, InvitationBook& book)
    : port_(port),
      words_(words),
      relays_(std::move(relays)),
      desk_certificate_(std::move(desk_certificate)),
      book_(book) {}

void Custody::on_event(wire::EventKind kind, BytesView body) {
  if (kind == wire::EventKind::shop) {
    if (const auto shop = codec::decode<wire::Shop>(body)) take_card(*shop);
  }
  if (kind != wire::EventKind::ready) return;
  ready_ = true;
  sign();
}

void Custody::take_card(const wire::Shop& shop) {
  team_version_ = shop.team_version;
  team_since_ms_ = shop.team_since;
  // A book that was restored may not know of a removal; the card does.
  for (const auto& device : shop.revoked) {
    const auto known = book_.find_used_by(device);
    if (!known || known->removed_ms != 0) continue;
    const auto now = port_.now_ms();
    book_.change(device, {known->role, now, now});
  }
}

void Custody::settle() {
  const auto now = port_.now_ms();
  if (ready_ && (now >= looked_at_ms_ + look_every_ms || now < looked_at_ms_)) {
    looked_at_ms_ = now;
    if (!(removals_of(members_of(book_.all())) == signed_)) return sign();
  }
  // Also when the clock was set back: the card's dates would lie in the future.
  if (ready_ && (now >= signed_at_ms_ + sign_every_ms || now < signed_at_ms_)) sign();
}

void Custody::renew() {
  // Before the engine is ready nothing is signed; then the newest words are.
  if (ready_) sign();
}

void Custody::sign() {
  signed_at_ms_ = port_.now_ms();
  wire::Look look;
  look.accent = words_.accent;
  look.greeting_zh = words_.greeting_zh;
  look.greeting_en = words_.greeting_en;
  look.greeting_ar = words_.greeting_ar;
  const auto look_bytes = codec::encode(look);
  wire::SignCard card;
  card.name = words_.name;
  card.look = look_bytes;
  card.fresh_ms = limits::card_fresh_ms_default;
  card.desk_certificate = desk_certificate_;
  for (const auto& relay : relays_) {
    wire::RelayEntry entry;
    entry.url = relay.url;
    entry.key = relay.key;
    card.relays.push_back(entry);
  }
  for (const auto& domain : words_.domains) card.domains.push_back(domain);
  signed_ = removals_of(members_of(book_.all()));
  card.revoked = signed_.revoked;
  for (const auto& each : signed_.withdrawals) {
    card.withdrawals.push_back({each.device, each.at_ms});
  }
  const bool old = team_version_ != 0 && signed_at_ms_ >= team_since_ms_ + turn_every_ms;
  card.team_version_min = team_version_ + (old ? 1 : 0);
  issue(port_, wire::CommandKind::sign_card, card);
}

}  // namespace shopbell::desk
