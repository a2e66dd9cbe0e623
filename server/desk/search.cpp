#include "desk/search.h"

#include "desk/terms.h"
#include "shopbell/limits.h"

namespace shopbell::desk {
namespace {

constexpr std::uint64_t kind_main = 1;
constexpr std::uint64_t kind_team = 2;
constexpr std::uint64_t class_shop = 2;
// What it says by itself is the same everywhere; nobody looks for it.
constexpr std::uint64_t class_desk = 3;
constexpr std::uint64_t class_stranger = 4;
constexpr std::uint64_t page_entries = 200;
constexpr std::size_t page_hits = 20;
constexpr std::size_t authors_max = 100;
constexpr std::size_t text_bytes_max = 400;
constexpr std::size_t text_bytes_before = 120;
constexpr std::size_t query_bytes_max = 400;

bool is(const wire::MessageEvent& event, wire::ContentKind kind) {
  return event.kind == static_cast<std::uint64_t>(kind);
}

// What a message is found by; empty where nobody looks for it.
std::string words_of(const wire::MessageEvent& event) {
  if (is(event, wire::ContentKind::text) || is(event, wire::ContentKind::edit)) {
    const auto text = codec::decode<wire::Text>(event.content);
    return text ? std::string(text->text) : std::string();
  }
  if (is(event, wire::ContentKind::about)) {
    const auto about = codec::decode<wire::About>(event.content);
    return about ? std::string(about->name) : std::string();
  }
  if (is(event, wire::ContentKind::page_view)) {
    const auto page = codec::decode<wire::PageView>(event.content);
    return page ? std::string(page->title) : std::string();
  }
  return std::string(event.fallback);
}

std::size_t at_character(std::string_view text, std::size_t at) {
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) ++at;
  return std::min(at, text.size());
}

// What stands around the first of the words.
std::string_view around(std::string_view text, const std::string& words) {
  if (text.size() <= text_bytes_max) return text;
  const auto pieces = pieces_of(words);
  const auto low = lowered(text);
  const auto found = pieces.empty() ? 0 : low.find(pieces.front());
  const auto at = found == std::string::npos ? 0 : found;
  const auto from = at_character(text, at < text_bytes_before ? 0 : at - text_bytes_before);
  const auto end = at_character(text, std::min(text.size(), from + text_bytes_max));
  return text.substr(from, end - from);
}

}  // namespace

void Search::on_event(wire::EventKind kind, BytesView body) {
  if (kind == wire::EventKind::request_event) {
    const auto request = codec::decode<wire::RequestEvent>(body);
    if (request && request->method == "search") answer(*request);
  }
  if (index_ == nullptr || index_->failed()) return;
  if (kind == wire::EventKind::log_opened) {
    if (const auto event = codec::decode<wire::LogOpened>(body)) on_opened(*event);
  } else if (kind == wire::EventKind::message) {
    if (const auto event = codec::decode<wire::MessageEvent>(body)) on_message(*event);
  } else if (kind == wire::EventKind::history_end) {
    if (const auto event = codec::decode<wire::HistoryEnd>(body)) on_history_end(*event);
  }
}

void Search::on_opened(const wire::LogOpened& event) {
  if (event.kind != kind_main && event.kind != kind_team) return;
  const auto [at, fresh] = logs_.try_emplace(event.log);
  at->second.main = event.kind == kind_main ? event.log : event.main_log;
  if (!fresh) return;
  auto& log = at->second;
  log.done = index_->done_seq(event.log);
  if (event.kind == kind_main) conversations_.set_tags(event.log, index_->tags_of(event.log));
  if (event.head_seq != 0 && log.done == event.head_seq) {
    log.caught_up = true;
    return;
  }
  behind_.push_back(event.log);
  load_next();
}

void Search::load_next() {
  if (reading_ || behind_.empty()) return;
  reading_ = true;
  wire::LoadHistory load;
  load.log = behind_.front();
  load.before_seq = logs_[behind_.front()].done + 1 + page_entries;
  load.limit = page_entries;
  issue(port_, wire::CommandKind::load_history, load);
}

void Search::on_history_end(const wire::HistoryEnd& event) {
  if (!reading_ || event.log != behind_.front()) return;
  const auto done = logs_[event.log].done;
  // Another ability has asked for another part of it.
  if (event.first_seq > done + 1) return;
  reading_ = false;
  set_done(event.log, event.last_seq);
  if (event.at_end || event.last_seq <= done) {
    logs_[event.log].caught_up = true;
    behind_.pop_front();
  }
  load_next();
}

void Search::on_message(const wire::MessageEvent& event) {
  const auto log = logs_.find(event.log);
  if (log == logs_.end() || event.seq == 0 || event.problem != 0) return;
  if (event.author_class == class_stranger || event.author_class == class_desk) return;
  if (event.seq <= log->second.done) return;
  // What comes now to a log that is being read is read in its turn.
  if (!event.history && !log->second.caught_up) return;
  if (is(event, wire::ContentKind::tag)) {
    on_tag(log->second.main, event);
    if (!event.history) set_done(event.log, event.seq);
    return;
  }
  const auto words = words_of(event);
  if (is(event, wire::ContentKind::about)) {
    index_->set_name(event.author, event.author_class, words);
  }
  if (is_amendment(event.kind)) {
    const bool recall = is(event, wire::ContentKind::recall);
    const bool edit = is(event, wire::ContentKind::edit) && !words.empty();
    if (recall || edit) index_->amend(event.log, event, recall ? std::string() : words);
  } else if (!words.empty()) {
    index_->add({event.log, log->second.main, event.seq, event.time_ms, event.author, event.counter,
                 event.author_class, event.kind, words});
  }
  if (!event.history) set_done(event.log, event.seq);
}

// Only those who answer put them on, and where customers cannot see them.
void Search::on_tag(const LogId& main, const wire::MessageEvent& event) {
  const auto tag = codec::decode<wire::Tag>(event.content);
  const bool is_for_team = event.log != main && event.author_class == class_shop;
  if (!tag || !is_for_team || tag->name.empty() || tag->name.size() > tag_bytes_max) return;
  if (!index_->set_tag(main, event.seq, tag->name, tag->off)) return;
  conversations_.set_tags(main, index_->tags_of(main));
}

void Search::set_done(const LogId& id, std::uint64_t seq) {
  auto& log = logs_[id];
  if (seq <= log.done) return;
  log.done = seq;
  index_->set_done(id, seq);
}

void Search::settle() {
  if (index_ != nullptr) index_->commit();
}

void Search::answer(const wire::RequestEvent& request) {
  if (request.role == 0) return respond(port_, request, Errc::not_certified, {});
  const auto asked = codec::decode<wire::SearchRequest>(request.body);
  if (!asked || asked->words.size() > query_bytes_max || asked->tag.size() > tag_bytes_max) {
    return respond(port_, request, Errc::malformed, {});
  }
  if (index_ == nullptr || index_->failed()) return respond(port_, request, Errc::store_failed, {});
  const Wanted wanted{
      std::string(asked->words), asked->from_ms,   asked->to_ms,     asked->author, asked->who,
      std::string(asked->tag),   asked->before_ms, asked->before_id, page_hits};
  const Found found = index_->find(wanted);
  const auto authors = index_->named(class_shop, authors_max);
  std::vector<std::string> names;
  names.reserve(found.hits.size());
  wire::SearchPage page;
  std::set<LogId> rows;
  for (const Findable& each : found.hits) {
    names.push_back(index_->name_of(each.author));
    wire::SearchHit hit;
    hit.log = each.main;
    hit.inside = each.inside;
    hit.seq = each.seq;
    hit.time_ms = each.time_ms;
    hit.author = each.author;
    hit.author_class = each.author_class;
    hit.kind = each.kind;
    hit.text = around(each.text, wanted.words);
    hit.name = names.back();
    page.hits.push_back(hit);
    const auto one = conversations_.all().find(each.main);
    if (one != conversations_.all().end() && rows.insert(each.main).second) {
      page.rows.push_back(row_of(one->second, identity_));
    }
  }
  for (const auto& [device, name] : authors) page.authors.push_back({device, name});
  page.before_ms = found.before_ms;
  page.before_id = found.before_id;
  page.building = !behind_.empty();
  respond(port_, request, Errc::none, codec::encode(page));
}

}  // namespace shopbell::desk
