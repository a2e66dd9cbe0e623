#include "desk/team_logs.h"

namespace shopbell::desk {

void TeamLogs::on_event(wire::EventKind kind, BytesView body) {
  // By the end of a conversation's history all stored team logs have been named.
  if (kind != wire::EventKind::history_end) return;
  const auto event = codec::decode<wire::HistoryEnd>(body);
  if (!event) return;
  const auto found = conversations_.all().find(event->log);
  if (found == conversations_.all().end() || !found->second.team_log.is_zero()) return;
  if (!asked_.insert(event->log).second) return;
  wire::CreateLog create;
  create.kind = 2;
  create.main_log = event->log;
  issue(port_, wire::CommandKind::create_log, create);
}

}  // namespace shopbell::desk
