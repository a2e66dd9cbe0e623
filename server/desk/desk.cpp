#include "desk/desk.h"

namespace shopbell::desk {

Desk::Desk(DeskPort& port, InvitationBook& book, Options options)
    : port_(port),
      own_settings_(options.settings ? nullptr : make_memory_settings()),
      settings_(options.settings ? *options.settings : *own_settings_),
      words_(effective_words(options.words, settings_).words),
      seen_(settings_),
      custody_(port, words_, std::move(options.relays), std::move(options.desk_certificate)),
      enrolment_(port, book, options.shop),
      conversations_(port),
      team_logs_(port, conversations_),
      greeting_(port, conversations_, words_),
      presence_(port),
      inbox_(port, conversations_, book),
      search_(port, conversations_, options.search),
      admin_(port, options.shop, words_, std::move(options.words), custody_, settings_, seen_,
             options.premises),
      team_(port, book, presence_,
            {options.shop, options.premises.assets_url, options.premises.relay_url}) {}

std::vector<DeskModule*> Desk::modules() {
  // The conversations and who is there first: the others read them.
  return {&conversations_, &presence_, &custody_, &enrolment_, &team_logs_,
          &greeting_,      &inbox_,    &search_,  &admin_,     &team_};
}

void Desk::on_event(wire::EventKind kind, BytesView body) {
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
