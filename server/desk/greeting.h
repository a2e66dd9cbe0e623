// Answers a customer's first text with one fixed sentence in his language, once in a conversation's
// life: the answer names what it answers, and no conversation in which the desk has spoken gets
// another.
#pragma once

#include "desk/conversations.h"

namespace shopbell::desk {

class Greeting : public DeskModule {
 public:
  // Empty texts stand for the built-in sentences.
  Greeting(DeskPort& port, Conversations& conversations, std::string zh, std::string en);
  void on_event(wire::EventKind kind, BytesView body) override;

 private:
  void greet(const LogId& log);

  DeskPort& port_;
  Conversations& conversations_;
  std::string zh_;
  std::string en_;
};

// Whether a conversation is spoken to in Chinese: by its locale, else by its first text.
bool speaks_chinese(const Conversation& conversation);

}  // namespace shopbell::desk
