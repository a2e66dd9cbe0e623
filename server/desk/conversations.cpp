#include "desk/conversations.h"

namespace shopbell::desk {
namespace {

// Enough for what the inbox shows; older messages only say that the conversation is no new one.
constexpr std::uint64_t history_messages = 100;
constexpr std::size_t preview_bytes_max = 200;
constexpr std::size_t title_bytes_max = 200;
constexpr std::size_t locale_bytes_max = 35;
constexpr std::size_t waiting_max = 2 * history_messages;

constexpr std::uint64_t kind_main = 1;
constexpr std::uint64_t kind_team = 2;
constexpr std::uint64_t class_customer = 1;
constexpr std::uint64_t class_shop = 2;
constexpr std::uint64_t class_desk = 3;

// Not longer than asked for, and not cut inside a character.
std::string shortened(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  auto end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return std::string(text.substr(0, end));
}

// Chinese characters U+4000 to U+9FFF begin with these bytes in UTF-8.
bool has_cjk(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0xe4 && byte <= 0xe9) return true;
  }
  return false;
}

}  // namespace

void Conversations::on_event(wire::EventKind kind, BytesView body) {
  if (kind == wire::EventKind::log_opened) {
    if (const auto event = codec::decode<wire::LogOpened>(body)) on_opened(*event);
  } else if (kind == wire::EventKind::message) {
    if (const auto event = codec::decode<wire::MessageEvent>(body)) on_message(*event);
  } else if (kind == wire::EventKind::history_end) {
    const auto event = codec::decode<wire::HistoryEnd>(body);
    const auto found = event ? all_.find(event->log) : all_.end();
    if (found == all_.end()) return;
    found->second.loaded = true;
    found->second.complete = !event->more;
    changed_.insert(event->log);
  }
}

void Conversations::on_opened(const wire::LogOpened& event) {
  if (event.kind == kind_team) return on_team_log(event);
  if (event.kind != kind_main) return;
  const auto [at, fresh] = all_.try_emplace(event.log);
  auto& conversation = at->second;
  conversation.log = event.log;
  conversation.creator = event.creator;
  conversation.head_seq = std::max(conversation.head_seq, event.head_seq);
  take_team_log(conversation);
  if (!fresh) return;
  wire::LoadHistory load;
  load.log = event.log;
  load.limit = history_messages;
  issue(port_, wire::CommandKind::load_history, load);
}

void Conversations::on_team_log(const wire::LogOpened& event) {
  TeamLog& team = team_logs_.try_emplace(event.main_log, TeamLog{event.log}).first->second;
  if (team.log != event.log) return;
  team.placed |= event.head_seq > 0;
  const auto main = all_.find(event.main_log);
  if (main == all_.end()) return;
  take_team_log(main->second);
  changed_.insert(event.main_log);
}

void Conversations::take_team_log(Conversation& conversation) const {
  const auto team = team_logs_.find(conversation.log);
  if (team == team_logs_.end()) return;
  conversation.team_log = team->second.log;
  conversation.team_log_placed = team->second.placed;
}

void Conversations::on_message(const wire::MessageEvent& event) {
  const auto found = all_.find(event.log);
  if (found == all_.end()) return;
  auto& conversation = found->second;
  if (event.mine || event.author_class == class_desk) conversation.desk_spoke = true;
  if (event.seq == 0) return;
  conversation.head_seq = std::max(conversation.head_seq, event.seq);
  if (event.problem != 0) return;
  changed_.insert(event.log);
  if (event.kind == static_cast<std::uint64_t>(wire::ContentKind::page_view)) {
    return on_page(conversation, event);
  }
  if (event.kind == static_cast<std::uint64_t>(wire::ContentKind::about)) return;
  if (is_amendment(event.kind)) return on_amendment(conversation, event);
  conversation.time_ms = std::max(conversation.time_ms, event.time_ms);
  if (event.author_class == class_shop) {
    conversation.answered_seq = std::max(conversation.answered_seq, event.seq);
    conversation.waiting.erase(conversation.waiting.begin(),
                               conversation.waiting.upper_bound(conversation.answered_seq));
  } else if (event.author_class == class_customer && event.seq > conversation.answered_seq) {
    conversation.waiting.emplace(event.seq, event.time_ms);
    // Only the first one is shown, and an answer answers all that came before it.
    if (conversation.waiting.size() > waiting_max) {
      conversation.waiting.erase(std::prev(conversation.waiting.end()));
    }
  }
  on_text(conversation, event);
}

void Conversations::on_text(Conversation& conversation, const wire::MessageEvent& event) {
  std::string_view words = event.fallback;
  std::string_view locale;
  if (event.kind == static_cast<std::uint64_t>(wire::ContentKind::text)) {
    const auto text = codec::decode<wire::Text>(event.content);
    if (!text) return;
    words = text->text;
    locale = text->locale;
    const auto first = conversation.first_text_seq;
    if (event.author_class == class_customer && (first == 0 || event.seq < first)) {
      conversation.first_text_seq = event.seq;
      conversation.first_text_cjk = has_cjk(words);
    }
  }
  // What people said; the desk's own greeting tells an agent nothing.
  if (event.author_class != class_desk && event.seq >= conversation.preview_seq) {
    const bool again = event.seq == conversation.preview_seq;
    if (!again) conversation.edited_seq = conversation.recalled_seq = 0;
    if (conversation.edited_seq == 0 && conversation.recalled_seq == 0) {
      conversation.preview = shortened(words, preview_bytes_max);
    }
    conversation.preview_seq = event.seq;
    conversation.preview_of = {event.author, event.counter, event.time_ms};
  }
  const bool customer = event.author_class == class_customer;
  if (customer && !locale.empty() && event.seq >= conversation.locale_seq) {
    conversation.locale = shortened(locale, locale_bytes_max);
    conversation.locale_seq = event.seq;
  }
}

// News of the newest message alone; what is older has no place in the inbox.
void Conversations::on_amendment(Conversation& conversation, const wire::MessageEvent& event) {
  if (!may_amend(conversation.preview_of, event)) return;
  if (event.kind == static_cast<std::uint64_t>(wire::ContentKind::recall)) {
    conversation.recalled_seq = event.seq;
    conversation.preview.clear();
  } else if (event.kind == static_cast<std::uint64_t>(wire::ContentKind::edit)) {
    const auto text = codec::decode<wire::Text>(event.content);
    const bool newest = event.seq >= conversation.edited_seq && conversation.recalled_seq == 0;
    if (!text || text->text.empty() || !newest) return;
    conversation.edited_seq = event.seq;
    conversation.preview = shortened(text->text, preview_bytes_max);
  }
}

void Conversations::on_page(Conversation& conversation, const wire::MessageEvent& event) {
  const auto page = codec::decode<wire::PageView>(event.content);
  if (!page || event.author_class != class_customer) return;
  if (event.seq >= conversation.page_seq) {
    conversation.page_title = shortened(page->title, title_bytes_max);
    conversation.page_seq = event.seq;
  }
  if (!page->locale.empty() && event.seq >= conversation.locale_seq) {
    conversation.locale = shortened(page->locale, locale_bytes_max);
    conversation.locale_seq = event.seq;
  }
}

void Conversations::set_tags(const LogId& log, std::vector<std::string> tags) {
  const auto found = all_.find(log);
  if (found == all_.end() || found->second.tags == tags) return;
  found->second.tags = std::move(tags);
  changed_.insert(log);
}

void Conversations::note_desk_spoke(const LogId& log) {
  const auto found = all_.find(log);
  if (found != all_.end()) found->second.desk_spoke = true;
}

}  // namespace shopbell::desk
