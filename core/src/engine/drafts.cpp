#include "engine/drafts.h"

#include "engine/machines.h"
#include "store/keys.h"

namespace shopbell::engine {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blank) + 1 - first);
}

}  // namespace

void Drafts::set(const LogId& log, std::string_view text) {
  if (text.size() > limits::draft_bytes_max) {
    m_.problem(Errc::too_large, log);
    return;
  }
  if (text.empty()) {
    forget(log);
    return;
  }
  const auto known = drafts_.find(log);
  if (known == drafts_.end()) {
    make_room();
  } else if (known->second.text == text) {
    return;
  }
  Draft& draft = drafts_[log];
  draft.text = std::string(text);
  draft.order = ++last_order_;
  wire::DraftRecord record;
  record.text = text;
  record.order = draft.order;
  m_.io.put(store::draft_key(log), record);
  show(log, text);
}

void Drafts::make_room() {
  while (drafts_.size() >= limits::drafts_max) {
    const auto oldest = std::min_element(
        drafts_.begin(), drafts_.end(),
        [](const auto& a, const auto& b) { return a.second.order < b.second.order; });
    forget(LogId(oldest->first));
  }
}

void Drafts::forget(const LogId& log) {
  if (drafts_.erase(log) == 0) return;
  m_.io.erase(store::draft_key(log));
  show(log, {});
}

void Drafts::sent(const wire::Send& command) {
  // Whatever stood there was for the conversation that has begun now.
  if (!command.log) {
    forget({});
    return;
  }
  const auto draft = drafts_.find(command.log);
  if (draft == drafts_.end()) return;
  if (command.kind != static_cast<std::uint64_t>(wire::ContentKind::text)) return;
  Result<wire::Text> text = codec::decode<wire::Text>(command.content);
  // The host keeps a draft a little late: what is stored may be the beginning of what was sent.
  const bool same = text && trimmed(text->text).starts_with(trimmed(draft->second.text));
  if (same) forget(command.log);
}

void Drafts::show_all() {
  for (const auto& [log, draft] : drafts_) show(log, draft.text);
}

void Drafts::show(const LogId& log, std::string_view text) {
  wire::Draft event;
  event.log = log;
  event.text = text;
  m_.io.event(wire::EventKind::draft, event);
}

void Drafts::restore(const LogId& log, const wire::DraftRecord& record) {
  drafts_[log] = {std::string(record.text), record.order};
  last_order_ = std::max(last_order_, record.order);
}

}  // namespace shopbell::engine
