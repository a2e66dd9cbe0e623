#include "desk/greeting.h"

#include "desk/greeting_words.h"

namespace shopbell::desk {

namespace {

std::string_view greeting_in(std::string_view language, const ShopWords& own) {
  const auto either = [](const std::string& said, std::string_view built_in) {
    return said.empty() ? built_in : std::string_view(said);
  };
  if (language == "zh-CN") return either(own.greeting_zh, words::greeting_zh);
  if (language == "ar") return either(own.greeting_ar, words::greeting_ar);
  return either(own.greeting_en, words::greeting_en);
}

}  // namespace

std::string_view language_of(const Conversation& conversation) {
  const auto& locale = conversation.locale;
  if (locale.starts_with("ar")) return "ar";
  const bool chinese = locale.empty() ? conversation.first_text_cjk : locale.starts_with("zh");
  return chinese ? "zh-CN" : "en";
}

void Greeting::on_event(wire::EventKind kind, BytesView body) {
  if (kind == wire::EventKind::message) {
    if (const auto event = codec::decode<wire::MessageEvent>(body)) greet(event->log);
  } else if (kind == wire::EventKind::history_end) {
    if (const auto event = codec::decode<wire::HistoryEnd>(body)) greet(event->log);
  }
}

void Greeting::greet(const LogId& log) {
  const auto found = conversations_.all().find(log);
  if (found == conversations_.all().end()) return;
  const auto& one = found->second;
  // A conversation whose beginning is far back, or that a person has answered, is no new one.
  if (!one.loaded || !one.complete || one.first_text_seq == 0) return;
  if (one.desk_spoke || one.answered_seq != 0) return;
  wire::Text text;
  text.locale = language_of(one);
  text.text = greeting_in(text.locale, words_);
  const auto content = codec::encode(text);
  wire::Send send;
  send.log = log;
  send.kind = static_cast<std::uint64_t>(wire::ContentKind::text);
  send.content = content;
  send.fallback = text.text;
  send.answers_seq = one.first_text_seq;
  conversations_.note_desk_spoke(log);
  issue(port_, wire::CommandKind::send, send);
}

}  // namespace shopbell::desk
