#include "people.h"

namespace shopbell::sim {

void People::on_event(Device& device, wire::EventKind kind, BytesView body) {
  Person& person = people_[device.number()];
  if (kind == wire::EventKind::ready) {
    on_ready(device, person, body);
  } else if (kind == wire::EventKind::enrolled) {
    person.certified = true;
  } else if (kind == wire::EventKind::identified) {
    person.identified = codec::decode<wire::Identified>(body)->code == 0;
  } else if (kind == wire::EventKind::log_opened) {
    const auto opened = codec::decode<wire::LogOpened>(body);
    person.logs[opened->log].kind = opened->kind;
  } else if (kind == wire::EventKind::message) {
    const auto message = codec::decode<wire::MessageEvent>(body);
    LogSeen& seen = person.logs[message->log];
    seen.newest = std::max(seen.newest, message->seq);
  } else if (kind == wire::EventKind::response_event || kind == wire::EventKind::push_event) {
    on_inbox(person, kind, body);
  }
}

void People::on_ready(Device& device, Person& person, BytesView body) {
  const auto ready = codec::decode<wire::Ready>(body);
  person.ready = true;
  person.certified = ready->certified;
  say_who(device);
  if (device.setup().role != Role::desk && w_.chance.below(2) == 0) say_again(device);
}

void People::say_who(Device& device) {
  const Person& person = people_[device.number()];
  if (!device.running() || !person.ready) return;
  const auto secret = secrets_.find(device.number());
  if (secret != secrets_.end() && !person.certified) {
    wire::Enrol enrol;
    enrol.secret = Hash::from(secret->second);
    enrol.name = w_.chance.below(2) == 0 ? "小王" : "Agent Wang";
    device.command(wire::CommandKind::enrol, enrol);
  }
  const std::string& subject = device.setup().subject;
  if (subject.empty() || person.identified) return;
  // The backend's clock is right, and so is the desk's to a minute; where it is not, he tries anew.
  const std::string token =
      login_.token(subject, checker_.id_of(device), devices_.front()->clock_ms());
  wire::Identify identify;
  identify.token = token;
  identify.subject = crypto::hash("subject", {as_bytes(subject)});
  device.command(wire::CommandKind::identify, identify);
}

void People::on_inbox(Person& person, wire::EventKind kind, BytesView body) {
  const auto response = codec::decode<wire::ResponseEvent>(body);
  const auto push = codec::decode<wire::PushEvent>(body);
  const bool pushed = kind == wire::EventKind::push_event;
  if (pushed ? !push : !response || response->code != 0) return;
  const auto page = codec::decode<wire::InboxPage>(pushed ? push->body : response->body);
  if (!page) return;
  for (const wire::InboxRow& row : page->rows) {
    std::erase_if(person.inbox, [&](const auto& known) { return known.first == row.log; });
    person.inbox.emplace_back(row.log, row.team_log);
  }
}

void People::act() {
  Device& device = *devices_[w_.chance.below(devices_.size())];
  if (device.setup().role == Role::desk) return;
  if (!device.running() || !people_[device.number()].ready) return;
  if (device.setup().role == Role::agent) {
    agent_acts(device);
  } else {
    visitor_acts(device);
  }
}

void People::open(Device& device, const LogId& log, std::uint64_t limit, bool quiet) {
  wire::OpenLog open;
  open.log = log;
  open.limit = limit;
  open.quiet = quiet;
  device.command(wire::CommandKind::open_log, open);
}

void People::look_at(Device& device, const LogId& log) {
  open(device, log, w_.chance.below(3) == 0 ? 5 : 50, w_.chance.below(6) == 0);
  people_[device.number()].logs.try_emplace(log);
}

void People::ask_for_inbox(Device& agent) {
  wire::Request request;
  request.id = ++requests_;
  request.method = "inbox.list";
  agent.command(wire::CommandKind::request, request);
}

void People::all_write() {
  for (const auto& device : devices_) {
    if (!device->running() || device->setup().role == Role::desk) continue;
    const Person& person = people_[device->number()];
    if (device->setup().role == Role::agent && !person.certified) continue;
    for (const auto& [log, seen] : person.logs) {
      if (seen.kind != static_cast<std::uint64_t>(LogKind::shop)) write_to(*device, log);
    }
  }
}

void People::write_to(Device& device, const LogId& log) {
  const std::uint64_t number = ++texts_;
  said_[device.number()].emplace_back(log, number);
  checker_.written(device, number);
  w_.trace.say("  %s writes text %llu", device.name(), static_cast<unsigned long long>(number));
  send(device, log, number);
}

void People::say_again(Device& device) {
  const auto& said = said_[device.number()];
  if (said.empty()) return;
  const std::size_t back = w_.chance.below(std::min<std::size_t>(said.size(), 4));
  const auto& [log, number] = said[said.size() - 1 - back];
  checker_.repeated(device, number);
  w_.trace.say("  %s repeats text %llu", device.name(), static_cast<unsigned long long>(number));
  send(device, log, number);
}

void People::set_draft(Device& device, const LogId& log) {
  const std::string words = w_.chance.below(3) == 0 ? "" : checker_.words_of(texts_ + 1);
  device.command(wire::CommandKind::set_draft, wire::SetDraft{log, words});
}

void People::set_about(Device& device) {
  Bytes picture = w_.chance.bytes(200);
  picture[0] = 0xff;
  picture[1] = 0xd8;
  picture[2] = 0xff;
  wire::SetAbout about;
  about.name = w_.chance.below(2) == 0 ? "小王" : "Agent Wang";
  if (w_.chance.below(2) == 0) about.picture = picture;
  device.command(wire::CommandKind::set_about, about);
}

void People::send(Device& device, const LogId& log, std::uint64_t number) {
  const std::string words = checker_.words_of(number);
  wire::Text text;
  text.text = words;
  text.locale = number % 2 == 0 ? "zh-CN" : "en";
  const Bytes content = codec::encode(text);
  wire::Send send;
  send.log = log;
  send.ref = number;
  send.kind = static_cast<std::uint64_t>(wire::ContentKind::text);
  send.content = content;
  send.fallback = text.text;
  device.command(wire::CommandKind::send, send);
}

void People::visitor_acts(Device& device) {
  Person& person = people_[device.number()];
  const std::uint64_t what = w_.chance.below(14);
  if (what == 10) return say_again(device);
  if (what == 11) return set_about(device);
  if (what == 12) return set_draft(device, {});
  if (w_.chance.below(12) == 0) say_who(device);
  if (person.logs.empty() || w_.chance.in_thousand(15)) return write_to(device, {});
  auto log = person.logs.begin();
  std::advance(log, static_cast<std::ptrdiff_t>(w_.chance.below(person.logs.size())));
  if (what < 5) return write_to(device, log->first);
  if (what == 13) return set_draft(device, log->first);
  if (what == 5) return look_at(device, log->first);
  if (what == 6) {
    device.command(wire::CommandKind::set_typing,
                   wire::SetTyping{log->first, w_.chance.below(3) != 0});
  } else if (what == 7) {
    device.command(wire::CommandKind::load_history,
                   wire::LoadHistory{log->first, 0, w_.chance.below(20)});
  } else {
    device.command(wire::CommandKind::mark_read, wire::MarkRead{log->first, log->second.newest});
  }
}

void People::agent_acts(Device& device) {
  Person& person = people_[device.number()];
  if (!person.certified) return say_who(device);
  const std::uint64_t what = w_.chance.below(14);
  if (what == 12) return say_again(device);
  if (what == 13) return set_about(device);
  if (person.inbox.empty() || what == 0) {
    return ask_for_inbox(device);
  }
  const auto& [main_log, team_log] = person.inbox[w_.chance.below(person.inbox.size())];
  const LogId log = w_.chance.below(4) == 0 && team_log ? team_log : main_log;
  const auto known = person.logs.find(log);
  if (known == person.logs.end() || what == 1) return look_at(device, log);
  if (what < 7) return write_to(device, log);
  if (what == 7) {
    device.command(wire::CommandKind::set_typing, wire::SetTyping{log, w_.chance.below(3) != 0});
  } else if (what == 8) {
    device.command(wire::CommandKind::close_log, wire::CloseLog{log});
    person.logs.erase(known);
  } else if (what == 9) {
    device.command(wire::CommandKind::load_history, wire::LoadHistory{log, 0, 10});
  } else {
    device.command(wire::CommandKind::mark_read, wire::MarkRead{log, known->second.newest});
  }
}

}  // namespace shopbell::sim
