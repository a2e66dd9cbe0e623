#include "desk/desk.h"

namespace shopbell::desk {

Desk::Desk(DeskPort& port, InvitationBook& book, Options options)
    : custody_(port, options.words, std::move(options.relays), std::move(options.desk_certificate)),
      enrolment_(port, book, options.shop),
      conversations_(port),
      team_logs_(port, conversations_),
      greeting_(port, conversations_, options.words.greeting_zh, options.words.greeting_en),
      inbox_(port, conversations_, book) {}

std::vector<DeskModule*> Desk::modules() {
  // The conversations first: the others read them.
  return {&conversations_, &custody_, &enrolment_, &team_logs_, &greeting_, &inbox_};
}

void Desk::on_event(wire::EventKind kind, BytesView body) {
  for (auto* module : modules()) module->on_event(kind, body);
}

void Desk::settle() {
  for (auto* module : modules()) module->settle();
}

}  // namespace shopbell::desk
