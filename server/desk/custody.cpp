#include "desk/custody.h"

#include "shopbell/limits.h"

namespace shopbell::desk {
namespace {

constexpr std::uint64_t sign_every_ms = 24ull * 3600 * 1000;
static_assert(sign_every_ms * 2 < limits::card_fresh_ms_default,
              "a day off does not make it stale");

}  // namespace

Custody::Custody(DeskPort& port, const ShopWords& words, std::vector<RelayAt> relays,
                 Bytes desk_certificate)
    : port_(port),
      words_(words),
      relays_(std::move(relays)),
      desk_certificate_(std::move(desk_certificate)) {}

void Custody::on_event(wire::EventKind kind, BytesView) {
  if (kind != wire::EventKind::ready) return;
  ready_ = true;
  sign();
}

void Custody::settle() {
  const auto now = port_.now_ms();
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
  issue(port_, wire::CommandKind::sign_card, card);
}

}  // namespace shopbell::desk
