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
  event.author_class = said.author_class;
  event.mine = said.mine;
  event.kind = static_cast<std::uint64_t>(wire::ContentKind::text);
  event.content = content;
  event.fallback = said.text;
  event.time_ms = said.time_ms == 0 ? said.seq * 1000 : said.time_ms;
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
void tell_history_end(Module& module, const LogId& log, bool more = false) {
  wire::HistoryEnd event;
  event.log = log;
  event.more = more;
  tell(module, wire::EventKind::history_end, event);
}

}  // namespace shopbell::desk
