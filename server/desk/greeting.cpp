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

void Greeting::on_event(wire::EventKind kind, BytesView) {
  if (kind != wire::EventKind::message && kind != wire::EventKind::history_end) return;
  std::vector<LogId> due;
  for (const auto& log : conversations_.changed()) {
    const auto& one = conversations_.all().at(log);
    // A conversation whose beginning is far back, or that a person has answered, is no new one.
    if (one.loaded && one.complete && one.first_text_seq != 0 && !one.desk_spoke &&
        one.answered_seq == 0) {
      due.push_back(log);
    }
  }
  for (const auto& log : due) {
    const auto& one = conversations_.all().at(log);
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
}

}  // namespace shopbell::desk
