#include "desk/greeting.h"

#include "desk/greeting_words.h"

namespace shopbell::desk {

bool speaks_chinese(const Conversation& conversation) {
  if (!conversation.locale.empty()) return conversation.locale.starts_with("zh");
  return conversation.first_text_cjk;
}

Greeting::Greeting(DeskPort& port, Conversations& conversations, std::string zh, std::string en)
    : port_(port),
      conversations_(conversations),
      zh_(zh.empty() ? words::greeting_zh : std::move(zh)),
      en_(en.empty() ? words::greeting_en : std::move(en)) {}

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
  const bool chinese = speaks_chinese(one);
  wire::Text text;
  text.text = chinese ? zh_ : en_;
  text.locale = chinese ? "zh-CN" : "en";
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
