#include "desk/identity/identity.h"

namespace shopbell::desk {
namespace {

constexpr std::uint64_t kind_main = 1;
constexpr std::uint64_t kind_shop = 3;
constexpr std::uint64_t class_customer = 1;
constexpr std::uint64_t records_a_page = 500;
constexpr std::size_t waiting_max = 1000;

bool is_record(const wire::MessageEvent& event) {
  return event.mine && event.problem == 0 &&
         event.kind == static_cast<std::uint64_t>(wire::ContentKind::shop_customer);
}

}  // namespace

Identity::Identity(DeskPort& port, Conversations& conversations, TokenRules rules)
    : port_(port), conversations_(conversations), rules_(std::move(rules)) {}

void Identity::on_event(wire::EventKind kind, BytesView body) {
  if (kind == wire::EventKind::log_opened) {
    if (const auto event = codec::decode<wire::LogOpened>(body)) on_opened(*event);
  } else if (kind == wire::EventKind::history_end) {
    if (const auto event = codec::decode<wire::HistoryEnd>(body)) on_history_end(*event);
  } else if (kind == wire::EventKind::message) {
    const auto event = codec::decode<wire::MessageEvent>(body);
    if (event && event->log == shop_log_ && is_record(*event)) on_record(*event);
  } else if (kind == wire::EventKind::member) {
    const auto event = codec::decode<wire::Member>(body);
    const auto* conversation = event ? conversations_.find(event->log) : nullptr;
    if (!conversation || event->author_class != class_customer) return;
    admitted_[event->log].insert(event->device);
    unite(conversation->creator, event->device);
  } else if (kind == wire::EventKind::request_event) {
    const auto request = codec::decode<wire::RequestEvent>(body);
    if (!request || request->method != "identify") return;
    const auto asked = codec::decode<wire::IdentifyRequest>(request->body);
    if (!asked) return respond(port_, *request, asked.error(), {});
    Waiting one{request->from, request->id, std::string(asked->token), to_bytes(request->card)};
    if (loaded_) return identify(one);
    if (waiting_.size() < waiting_max) waiting_.push_back(std::move(one));
  }
}

void Identity::on_opened(const wire::LogOpened& event) {
  if (event.kind == kind_shop) {
    if (shop_log_ == event.log) return;
    shop_log_ = event.log;
    wire::LoadHistory load;
    load.log = event.log;
    load.limit = records_a_page;
    issue(port_, wire::CommandKind::load_history, load);
  } else if (event.kind == kind_main && event.creator) {
    logs_of_[event.creator].insert(event.log);
    admitted_[event.log].insert(event.creator);
    changed_.insert(person_of(event.creator));
  }
}

void Identity::on_history_end(const wire::HistoryEnd& event) {
  if (event.log != shop_log_ || loaded_) return;
  if (event.more) {
    wire::LoadHistory load;
    load.log = event.log;
    load.before_seq = event.first_seq;
    load.limit = records_a_page;
    issue(port_, wire::CommandKind::load_history, load);
    return;
  }
  loaded_ = true;
  for (const auto& asked : std::exchange(waiting_, {})) identify(asked);
}

// --- what the shop's own login says

void Identity::identify(const Waiting& asked) {
  const auto claims = check(asked);
  if (!claims) return answer(asked, claims.error(), {});
  used_[claims->id] = {asked.from, asked.id, claims->expires_ms};
  const auto* known = customer_of(asked.from);
  if (known && known->name == claims->name) return answer(asked, Errc::none, known->name);
  record(asked, *claims);
}

Result<TokenClaims> Identity::check(const Waiting& asked) {
  const auto now = port_.now_ms();
  std::erase_if(used_,
                [now](const auto& each) { return each.second.end_ms + 2 * token_skew_ms < now; });
  auto claims = verify_token(rules_, asked.token, asked.from, now);
  if (!claims) return claims;
  // A question whose answer was lost comes again under its number.
  const auto use = used_.find(claims->id);
  if (use != used_.end() && (use->second.device != asked.from || use->second.request != asked.id)) {
    return Errc::identity_used;
  }
  const auto* known = customer_of(asked.from);
  if (known && known->subject != claims->subject) return Errc::identity_other;
  return claims;
}

void Identity::answer(const Waiting& asked, Errc code, std::string_view name) {
  wire::IdentifyResponse body;
  body.name = name;
  wire::Respond out;
  const auto bytes = codec::encode(body);
  out.to = asked.from;
  out.id = asked.id;
  out.code = static_cast<std::uint64_t>(code);
  if (code == Errc::none) out.body = bytes;
  issue(port_, wire::CommandKind::respond, out);
}

void Identity::record(const Waiting& asked, const TokenClaims& claims) {
  if (!recording_.try_emplace(claims.id, asked).second) return;
  wire::ShopCustomer said;
  said.device = asked.from;
  said.subject = claims.subject;
  said.name = claims.name;
  said.card = asked.card;
  said.token = claims.id;
  said.time_ms = port_.now_ms();
  const auto content = codec::encode(said);
  wire::Send send;
  send.log = shop_log_;
  send.kind = static_cast<std::uint64_t>(wire::ContentKind::shop_customer);
  send.content = content;
  send.fallback = "customer";
  issue(port_, wire::CommandKind::send, send);
}

void Identity::on_record(const wire::MessageEvent& event) {
  const auto said = codec::decode<wire::ShopCustomer>(event.content);
  if (!said) return;
  cards_[said->device] = to_bytes(said->card);
  const auto [subject, fresh] =
      by_subject_.try_emplace(std::string(said->subject), person_of(said->device));
  if (!fresh) unite(*people_.at(subject->second).devices.begin(), said->device);
  auto& person = people_.at(person_of(said->device));
  if (person.customer.subject.empty()) {
    person.customer.subject = said->subject;
    by_subject_[person.customer.subject] = person_of(said->device);
  }
  if (person.customer.subject == said->subject && said->time_ms >= person.named_ms) {
    person.customer.name = said->name;
    person.named_ms = said->time_ms;
  }
  changed_.insert(person_of(said->device));
  const auto asked = recording_.find(std::string(said->token));
  if (asked == recording_.end()) return;
  answer(asked->second, Errc::none, said->name);
  recording_.erase(asked);
}

// --- who belongs together

std::uint64_t Identity::person_of(const DeviceId& device) {
  const auto [at, fresh] = person_of_.try_emplace(device, persons_ + 1);
  if (fresh) people_[++persons_].devices.insert(device);
  return at->second;
}

const Identity::Customer* Identity::customer_of(const DeviceId& device) const {
  const auto found = person_of_.find(device);
  if (found == person_of_.end()) return nullptr;
  const auto& customer = people_.at(found->second).customer;
  return customer.subject.empty() ? nullptr : &customer;
}

void Identity::unite(const DeviceId& one, const DeviceId& other) {
  const auto to = person_of(one);
  const auto from = person_of(other);
  if (to == from) return;
  auto& kept = people_.at(to);
  auto& given = people_.at(from);
  // Two customers stay two, whatever their devices do.
  if (!kept.customer.subject.empty() && !given.customer.subject.empty()) return;
  if (kept.customer.subject.empty()) {
    kept.customer = given.customer;
    kept.named_ms = given.named_ms;
  }
  for (const auto& device : given.devices) {
    kept.devices.insert(device);
    person_of_[device] = to;
  }
  if (!kept.customer.subject.empty()) by_subject_[kept.customer.subject] = to;
  people_.erase(from);
  changed_.erase(from);
  changed_.insert(to);
}

void Identity::settle() {
  // What is not known yet must not look as if it were not so.
  if (!loaded_) return;
  for (const auto id : std::exchange(changed_, {})) {
    const auto person = people_.find(id);
    if (person != people_.end()) reconcile(person->second);
  }
}

void Identity::reconcile(const Person& person) {
  for (const auto& creator : person.devices) {
    const auto logs = logs_of_.find(creator);
    if (logs == logs_of_.end()) continue;
    for (const auto& log : logs->second) {
      conversations_.note_changed(log);
      for (const auto& device : person.devices) {
        if (!admitted_[log].insert(device).second) continue;
        wire::Admit admit;
        admit.log = log;
        admit.device = device;
        const auto card = cards_.find(device);
        if (card != cards_.end()) admit.card = card->second;
        issue(port_, wire::CommandKind::admit, admit);
      }
    }
  }
}

}  // namespace shopbell::desk
