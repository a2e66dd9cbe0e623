#include "kill/person.h"

#include <fmt/format.h>

#include "app/entropy.h"

namespace shopbell::kill {
namespace {

using wire::CommandKind;
using wire::EventKind;

constexpr auto kind_text = static_cast<std::uint64_t>(wire::ContentKind::text);
constexpr std::uint64_t class_desk = 3;
constexpr std::uint64_t state_stopped = 4;

EngineConfig config_of(const Person::Options& options) {
  EngineConfig config;
  config.shop = options.shop;
  config.role = options.role;
  config.host = options.host;
  config.storage_key = app::random_key();
  return config;
}

}  // namespace

Person::Person(net::asio::io_context& io, Ledger& ledger, Options options)
    : ledger_(ledger),
      options_(std::move(options)),
      core_(io, options_.address, config_of(options_),
            [this](EventKind kind, BytesView body) { event(kind, body); }) {
  core_.start();
}

void Person::enrol(const Key& secret) {
  secret_ = secret.clone();
  if (!ready_) return;
  wire::Enrol enrol;
  enrol.secret = Hash::from(secret.reveal());
  enrol.name = options_.name;
  core_.command(CommandKind::enrol, enrol);
}

void Person::open(const LogId& log, bool quiet) {
  wire::OpenLog open;
  open.log = log;
  open.limit = 1;
  open.quiet = quiet;
  core_.command(CommandKind::open_log, open);
}

void Person::close(const LogId& log) {
  wire::CloseLog close;
  close.log = log;
  core_.command(CommandKind::close_log, close);
}

void Person::write(const LogId& log, std::size_t padding) {
  const auto ref = ++refs_;
  const auto words = fmt::format("{} says {}", options_.name, ref);
  ledger_.wrote(options_.name, device_, words);
  waiting_[ref] = words;
  const auto long_words = words + std::string(padding, '.');
  wire::Text text;
  text.text = long_words;
  text.locale = "en";
  const auto content = codec::encode(text);
  wire::Send send;
  send.log = log;
  send.ref = ref;
  send.kind = kind_text;
  send.content = content;
  send.fallback = words;
  core_.command(CommandKind::send, send);
}

std::uint64_t Person::delivered(const LogId& log) const {
  const auto found = delivered_.find(log);
  return found == delivered_.end() ? 0 : found->second;
}

std::uint64_t Person::last_placed(const LogId& log) const {
  const auto found = placed_.find(log);
  return found == placed_.end() ? 0 : found->second;
}

std::size_t Person::greetings(const LogId& log) const {
  const auto found = greetings_.find(log);
  return found == greetings_.end() ? 0 : found->second.size();
}

void Person::event(EventKind kind, BytesView body) {
  const auto read = [&]<class T>(T, auto then) {
    const auto event = codec::decode<T>(body);
    if (!event) give_up(options_.name + " cannot read what his device tells");
    then(*event);
  };
  switch (kind) {
    case EventKind::ready:
      return read(wire::Ready{}, [this](const auto& ready) {
        ready_ = true;
        device_ = ready.device;
        if (secret_) enrol(*secret_);
      });
    case EventKind::enrolled:
      enrolled_ = true;
      return;
    case EventKind::connection:
      return read(wire::Connection{}, [this](const auto& one) { on_connection(one); });
    case EventKind::log_opened:
      return read(wire::LogOpened{}, [this](const auto& opened) {
        if (options_.role == Role::visitor) log_ = opened.log;
      });
    case EventKind::message:
      return read(wire::MessageEvent{}, [this](const auto& message) { on_message(message); });
    case EventKind::placed:
      return read(wire::Placed{}, [this](const auto& placed) { on_placed(placed); });
    case EventKind::receipts:
      return read(wire::Receipts{}, [this](const auto& receipts) {
        auto& known = delivered_[receipts.log];
        if (receipts.delivered_seq < known) ledger_.fault(options_.name + " saw a receipt fall");
        known = receipts.delivered_seq;
      });
    case EventKind::log_changed:
      return read(wire::LogChanged{}, [this](const auto& log) {
        if (log.in_sync) {
          in_sync_.insert(log.log);
        } else {
          in_sync_.erase(log.log);
        }
      });
    case EventKind::problem:
      return read(wire::Problem{}, [this](const auto& problem) {
        const auto code = static_cast<Errc>(problem.code);
        if (!is_temporary(code)) {
          ledger_.fault(fmt::format("the device of {} says {}", options_.name, name_of(code)));
        }
      });
    default:
      return;
  }
}

void Person::on_connection(const wire::Connection& connection) {
  if (connection.state != state_stopped) return;
  ledger_.fault(fmt::format("the device of {} has stopped: {}", options_.name,
                            name_of(static_cast<Errc>(connection.code))));
}

void Person::on_message(const wire::MessageEvent& message) {
  if (message.mine || message.history || message.kind != kind_text) return;
  if (message.problem != 0) {
    return ledger_.fault(fmt::format("{} could not open a text: {}", options_.name,
                                     name_of(static_cast<Errc>(message.problem))));
  }
  if (message.author_class == class_desk) {
    if (!greetings_[message.log].insert(message.seq).second) {
      ledger_.count_doubled(options_.name + " saw a greeting twice");
    }
    return;
  }
  ledger_.saw(options_.name, message.log, message.seq, std::string(message.fallback));
  if (on_text) on_text(*this, message.log);
}

void Person::on_placed(const wire::Placed& placed) {
  if (placed.ref == 0) return;
  const auto found = waiting_.find(placed.ref);
  if (found == waiting_.end()) {
    return ledger_.count_doubled(options_.name + " was told twice that a text has its place");
  }
  if (placed.code != 0) {
    ledger_.fault(
        fmt::format("{} was refused: {}", found->second, name_of(static_cast<Errc>(placed.code))));
  } else {
    ledger_.acknowledged(found->second, placed.log, placed.seq, placed.counter);
    placed_[placed.log] = std::max(placed_[placed.log], placed.seq);
  }
  waiting_.erase(found);
}

}  // namespace shopbell::kill
