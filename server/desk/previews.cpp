#include "desk/previews.h"

namespace shopbell::desk {
namespace {

constexpr std::uint64_t known_ms_max = 10 * 60 * 1000;
constexpr std::size_t known_max = 200;
constexpr std::size_t under_way_max = 8;
constexpr std::uint64_t minute_ms = 60'000;
constexpr std::size_t asked_per_minute_max = 20;

}  // namespace

Previews::Previews(DeskPort& port, ShopWords& words, const ShopWords& seed, SettingsBook& book,
                   FetchPage fetch)
    : port_(port), words_(words), seed_(seed), book_(book), fetch_(std::move(fetch)) {}

void Previews::on_event(wire::EventKind kind, BytesView body) {
  if (kind != wire::EventKind::request_event) return;
  const auto request = codec::decode<wire::RequestEvent>(body);
  if (!request) return;
  if (request->method == "preview.get") return get(*request);
  if (request->method == "admin.previews.set" && may_administer(port_, *request)) set(*request);
}

void Previews::set(const wire::RequestEvent& request) {
  const auto asked = codec::decode<wire::AdminPreviews>(request.body);
  if (!asked) return respond(port_, request, asked.error(), {});
  if (asked->on != words_.link_previews) {
    if (!keep_previews(book_, seed_, asked->on, request.from, port_.now_ms())) {
      return respond(port_, request, Errc::store_failed, {});
    }
    words_.link_previews = asked->on;
  }
  wire::AdminPreviews out;
  out.on = words_.link_previews;
  respond(port_, request, Errc::none, codec::encode(out));
}

void Previews::get(const wire::RequestEvent& request) {
  if (request.role == 0) return respond(port_, request, Errc::not_certified, {});
  if (!words_.link_previews || !fetch_) return respond(port_, request, Errc::preview_off, {});
  const auto asked = codec::decode<wire::PreviewRequest>(request.body);
  if (!asked) return respond(port_, request, asked.error(), {});
  const auto url = read_url(asked->url);
  if (!url || !url->is_usual_port()) return respond(port_, request, Errc::preview_none, {});
  const std::string text(asked->url);
  const Asker asker{request.from, request.id};
  const auto now = port_.now_ms();
  std::erase_if(known_, [now](const auto& each) {
    return each.second.at_ms + known_ms_max <= now || each.second.at_ms > now;
  });
  if (const auto known = known_.find(text); known != known_.end()) {
    return answer(asker, text, known->second.page);
  }
  if (const auto running = under_way_.find(text); running != under_way_.end()) {
    return running->second.push_back(asker);
  }
  if (!has_room(request.from)) return respond(port_, request, Errc::quota, {});
  if (under_way_.size() >= under_way_max) return respond(port_, request, Errc::busy, {});
  under_way_[text] = {asker};
  fetch_(*url, [this, text, alive = std::weak_ptr(alive_)](Page page) {
    if (!alive.expired()) found(text, std::move(page));
  });
}

bool Previews::has_room(const DeviceId& device) {
  const auto now = port_.now_ms();
  for (auto& [asker, times] : asked_) {
    std::erase_if(times, [now](std::uint64_t at) { return at + minute_ms <= now || at > now; });
  }
  std::erase_if(asked_, [](const auto& each) { return each.second.empty(); });
  auto& times = asked_[device];
  if (times.size() >= asked_per_minute_max) return false;
  times.push_back(now);
  return true;
}

void Previews::found(const std::string& url, Page page) {
  const auto askers = under_way_.extract(url);
  if (known_.size() >= known_max) known_.erase(known_.begin());
  const auto& kept = known_.insert_or_assign(url, Known{std::move(page), port_.now_ms()}).first;
  if (askers.empty()) return;
  for (const Asker& asker : askers.mapped()) answer(asker, url, kept->second.page);
}

void Previews::answer(const Asker& asker, const std::string& url, const Page& page) {
  wire::RequestEvent request;
  request.from = asker.device;
  request.id = asker.request;
  if (page.empty()) return respond(port_, request, Errc::preview_none, {});
  wire::LinkPreview out;
  out.url = url;
  out.title = page.title;
  out.description = page.description;
  out.site = page.site;
  respond(port_, request, Errc::none, codec::encode(out));
}

}  // namespace shopbell::desk
