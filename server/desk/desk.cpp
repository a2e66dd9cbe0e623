#include "desk/desk.h"

namespace shopbell::desk {
namespace {

TokenRules with_shop(TokenRules rules, const ShopId& shop) {
  rules.shop = shop;
  return rules;
}

}  // namespace

Desk::Desk(DeskPort& port, InvitationBook& book, Options options)
    : port_(port),
      book_(book),
      own_settings_(options.settings ? nullptr : make_memory_settings()),
      settings_(options.settings ? *options.settings : *own_settings_),
      words_(effective_words(options.words, settings_).words),
      seen_(settings_),
      custody_(port, words_, std::move(options.relays), std::move(options.desk_certificate), book),
      enrolment_(port, book, options.shop, [this] { custody_.renew(); }),
      conversations_(port),
      team_logs_(port, conversations_),
      greeting_(port, conversations_, words_),
      identity_(port, conversations_, with_shop(std::move(options.identity), options.shop)),
      presence_(port, book, settings_),
      attention_(port, book, settings_),
      inbox_(port, conversations_, book, identity_),
      search_(port, conversations_, identity_, options.search),
      previews_(port, words_, options.words, settings_, std::move(options.fetch_page)),
      admin_(port, options.shop, words_, std::move(options.words), custody_, settings_, seen_,
             options.premises),
      team_(port, book, presence_,
            {options.shop, options.premises.assets_url, options.premises.relay_url,
             [this] { custody_.renew(); }}),
      own_devices_(port, book, presence_,
                   {options.shop, options.premises.assets_url, options.premises.relay_url,
                    [this] { custody_.renew(); }}) {}

std::vector<DeskModule*> Desk::modules() {
  // The conversations and who is there first: the others read them.
  return {&conversations_, &presence_,  &custody_,     &enrolment_, &team_logs_,
          &greeting_,      &identity_,  &inbox_,       &search_,    &admin_,
          &team_,          &attention_, &own_devices_, &previews_};
}

Bytes Desk::with_role_of_today(BytesView body) const {
  auto request = codec::decode<wire::RequestEvent>(body);
  if (!request || request->role == 0) return to_bytes(body);
  const auto known = book_.find_used_by(request->from);
  if (!known) return to_bytes(body);
  if (known->removed_ms != 0) {
    request->role = 0;
  } else if (request->role != known->role && request->method != "certificate.renew") {
    // It was away when its role changed.
    wire::Push push;
    push.to = request->from;
    push.method = "certificate.renew";
    issue(port_, wire::CommandKind::push, push);
    request->role = known->role;
  }
  return codec::encode(*request);
}

void Desk::on_event(wire::EventKind kind, BytesView body) {
  Bytes request;
  if (kind == wire::EventKind::request_event) body = request = with_role_of_today(body);
  for (auto* module : modules()) module->on_event(kind, body);
}

void Desk::settle() {
  for (auto* module : modules()) module->settle();
  seen_.settle(port_.now_ms());
}

void Desk::note_page(SeenOrigins::What what, std::string_view address) {
  const auto origin = origin_of(address).value_or("");
  // A page that hides its address cannot be judged.
  const bool allowed = origin.empty() || allows(words_.domains, origin);
  seen_.note(what, origin, allowed, port_.now_ms());
}

}  // namespace shopbell::desk
