// Answers a customer's first text with one fixed sentence in his language, once in a conversation's
// life: the answer names what it answers, and no conversation in which the desk has spoken gets
// another.
#pragma once

#include "desk/conversations.h"
#include "desk/shop_words.h"

namespace shopbell::desk {

class Greeting : public DeskModule {
 public:
  // Empty greetings stand for the built-in sentences. All outlive it.
  Greeting(DeskPort& port, Conversations& conversations, const ShopWords& words)
      : port_(port), conversations_(conversations), words_(words) {}
  void on_event(wire::EventKind kind, BytesView body) override;

 private:
  void greet(const LogId& log);

  DeskPort& port_;
  Conversations& conversations_;
  const ShopWords& words_;
};

// The language that a conversation is answered in, as "zh-CN": by its locale, else by its first
// text.
std::string_view language_of(const Conversation& conversation);

}  // namespace shopbell::desk
