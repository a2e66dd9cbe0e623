#include "engine/typing.h"

#include "engine/machines.h"

namespace shopbell::engine {
namespace {

constexpr std::uint64_t signal_of_log = 1;
constexpr std::uint64_t content_typing = 1;
constexpr std::size_t heard_max = 4096;
// Sessions of one author whose counters are remembered; he has one for each of his connections.
constexpr std::size_t sessions_max = 8;

}  // namespace

void Typing::set(const LogId& id, bool on) {
  Log* log = m_.state.find(id);
  if (log == nullptr || !m_.connection.online() || log->epochs.empty()) return;
  const Epoch& epoch = log->epochs.rbegin()->second;
  if (!epoch.key || !log->fold.may_write(*m_.state.shop, m_.state.self())) return;
  const std::uint64_t now = m_.io.now_ms;
  Said& said = said_[id];
  const bool again =
      said.on == on && now >= said.at_ms && now < said.at_ms + limits::typing_repeat_ms;
  if (again || (!on && !said.on)) return;
  said = Said{on, now};
  if (!session_) session_ = m_.io.rng.nonce();

  wire::LogSignal signal;
  signal.log = id;
  signal.author = m_.state.self();
  signal.session = session_;
  signal.counter = ++counter_;
  signal.expires_ms = m_.connection.trusted_now() + limits::signal_life_ms_max;
  signal.epoch = epoch.number;
  wire::SignalContent content;
  content.kind = content_typing;
  content.on = on;
  const Bytes body = make_log_signal(*m_.state.keys, *epoch.key, signal, content);
  wire::Signal frame;
  frame.log = id;
  frame.kind = signal_of_log;
  frame.body = body;
  m_.io.frame(wire::FrameKind::signal, frame);
}

void Typing::on_signal(const wire::Signal& frame) {
  Result<wire::LogSignal> signal = peek_log_signal(frame.body);
  Log* log = m_.state.find(frame.log);
  if (!signal || log == nullptr || signal->log != frame.log || frame.kind != signal_of_log) return;
  const std::uint64_t now = m_.connection.trusted_now();
  // Clocks differ; a signal from far ahead is as void as one from the past.
  if (signal->expires_ms + limits::signal_life_ms_max < now ||
      signal->expires_ms > now + limits::clock_skew_ms_max) {
    return;
  }
  const Device* author = log->fold.device_of(*m_.state.shop, signal->author);
  const auto epoch = log->epochs.find(signal->epoch);
  if (author == nullptr || epoch == log->epochs.end() || !epoch->second.key) return;
  const Who who{frame.log, signal->author};
  Heard& heard = heard_[who];
  const auto known = std::find_if(heard.counters.begin(), heard.counters.end(),
                                  [&](const auto& each) { return each.first == signal->session; });
  if (known != heard.counters.end() && signal->counter <= known->second) return;
  Result<wire::SignalContent> content =
      open_log_signal(author->sign_key, *epoch->second.key, frame.body);
  if (!content || content->kind != content_typing) return;
  if (known != heard.counters.end()) heard.counters.erase(known);
  heard.counters.emplace_back(signal->session, signal->counter);
  if (heard.counters.size() > sessions_max) heard.counters.pop_front();
  const bool was_on = heard.until_ms != 0;
  heard.until_ms = content->on ? m_.io.now_ms + limits::typing_forget_ms : 0;
  if (was_on != content->on) show(who, content->on);
  while (heard_.size() > heard_max) heard_.erase(heard_.begin());
}

void Typing::has_written(const LogId& log, const DeviceId& author) {
  const Who who{log, author};
  const auto heard = heard_.find(who);
  if (heard == heard_.end() || heard->second.until_ms == 0) return;
  heard->second.until_ms = 0;
  show(who, false);
}

void Typing::connection_lost() {
  session_ = Hash{};
  said_.clear();
  for (auto& [who, heard] : heard_) {
    if (heard.until_ms != 0) show(who, false);
    heard.until_ms = 0;
  }
}

void Typing::tick() {
  for (auto& [who, heard] : heard_) {
    if (heard.until_ms == 0) continue;
    heard.until_ms = std::min(heard.until_ms, m_.io.now_ms + limits::typing_forget_ms);
    if (m_.io.now_ms < heard.until_ms) continue;
    heard.until_ms = 0;
    show(who, false);
  }
}

std::uint64_t Typing::wake_at_ms() const {
  std::uint64_t at = ~std::uint64_t{0};
  for (const auto& [who, heard] : heard_) {
    if (heard.until_ms != 0) at = std::min(at, heard.until_ms);
  }
  return at;
}

void Typing::show(const Who& who, bool on) {
  wire::Typing event;
  event.log = who.first;
  event.author = who.second;
  event.on = on;
  m_.io.event(wire::EventKind::typing, event);
}

}  // namespace shopbell::engine
