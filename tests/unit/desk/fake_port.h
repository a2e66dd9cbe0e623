// A desk port that keeps what was commanded, and events as an engine would give them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "desk/port.h"

namespace shopbell::desk {

class FakePort : public DeskPort {
 public:
  void command(wire::CommandKind kind, BytesView body) override {
    commands.emplace_back(kind, to_bytes(body));
  }
  std::uint64_t now_ms() const override { return now; }

  // The bodies of one kind, taken off.
  std::vector<Bytes> take(wire::CommandKind kind) {
    std::vector<Bytes> out;
    std::erase_if(commands, [&](auto& each) {
      if (each.first != kind) return false;
      out.push_back(std::move(each.second));
      return true;
    });
    return out;
  }

  std::uint64_t now = 1'700'000'000'000;
  std::vector<std::pair<wire::CommandKind, Bytes>> commands;
};

template <std::size_t N, class Tag>
Fixed<N, Tag> numbered(std::uint8_t number, Fixed<N, Tag>) {
  Fixed<N, Tag> out;
  out.data[0] = number;
  return out;
}
inline LogId log_number(std::uint8_t number) { return numbered(number, LogId{}); }
inline DeviceId device_number(std::uint8_t number) { return numbered(number, DeviceId{}); }

template <class Module, class T>
void tell(Module& module, wire::EventKind kind, const T& event) {
  module.on_event(kind, codec::encode(event));
}

struct Said {
  LogId log;
  std::uint64_t seq = 0;
  std::uint64_t author_class = 1;
  std::string text;
  std::string locale = {};
  bool mine = false;
  std::uint64_t time_ms = 0;
  DeviceId author = {};
  std::uint64_t counter = 0;
};

template <class Module>
void tell_text(Module& module, const Said& said) {
  wire::Text text;
  text.text = said.text;
  text.locale = said.locale;
  const auto content = codec::encode(text);
  wire::MessageEvent event;
  event.log = said.log;
  event.seq = said.seq;
  event.author = said.author;
  event.counter = said.counter;
  event.author_class = said.author_class;
  event.mine = said.mine;
  event.kind = static_cast<std::uint64_t>(wire::ContentKind::text);
  event.content = content;
  event.fallback = said.text;
  event.time_ms = said.time_ms == 0 ? said.seq * 1000 : said.time_ms;
  tell(module, wire::EventKind::message, event);
}

struct Amended {
  LogId log = {};
  std::uint64_t seq = 0;
  wire::ContentKind kind = wire::ContentKind::edit;
  DeviceId author = {};
  std::uint64_t target_counter = 0;
  std::uint64_t time_ms = 0;
  std::string text = {};
};

// By the author of the target himself, as he says.
template <class Module>
void tell_amendment(Module& module, const Amended& amended) {
  wire::Text text;
  text.text = amended.text;
  const auto content = codec::encode(text);
  wire::MessageEvent event;
  event.log = amended.log;
  event.seq = amended.seq;
  event.author = amended.author;
  event.author_class = 1;
  event.kind = static_cast<std::uint64_t>(amended.kind);
  event.content = content;
  event.time_ms = amended.time_ms;
  event.target_author = amended.author;
  event.target_counter = amended.target_counter;
  event.target_seq = amended.target_counter;
  tell(module, wire::EventKind::message, event);
}

template <class Module>
void tell_opened(Module& module, const LogId& log, std::uint64_t kind, const LogId& main = {}) {
  wire::LogOpened event;
  event.log = log;
  event.kind = kind;
  event.main_log = main;
  tell(module, wire::EventKind::log_opened, event);
}

template <class Module>
void tell_history_end(Module& module, const LogId& log, bool more = false,
                      std::uint64_t last_seq = 1) {
  wire::HistoryEnd event;
  event.log = log;
  event.more = more;
  event.first_seq = more ? 2 : 1;
  event.last_seq = last_seq;
  event.at_end = true;
  tell(module, wire::EventKind::history_end, event);
}

}  // namespace shopbell::desk
