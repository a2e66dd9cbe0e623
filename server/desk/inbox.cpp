#include "desk/inbox.h"

#include "shopbell/limits.h"

namespace shopbell::desk {
namespace {

// An answer is one signal; what stands around the rows fits into the rest.
constexpr std::size_t rows_bytes_max = limits::signal_bytes_max * 3 / 4;
// Some thousand conversations; older ones are found when search is built.
constexpr std::size_t list_pages_max = 16;

// For a device whose invitation is not in the book, as after a restore: until then it asks again.
constexpr std::uint64_t listen_again_ms = 24ull * 3600 * 1000;

// Newest first, in as many pages as it takes; at least one.
std::vector<Bytes> pages_of(std::vector<const Conversation*> rows, const Identity& identity) {
  std::sort(rows.begin(), rows.end(),
            [](const auto* a, const auto* b) { return a->time_ms > b->time_ms; });
  std::vector<Bytes> out;
  wire::InboxPage page;
  std::size_t bytes = 0;
  for (const auto* each : rows) {
    const auto row = row_of(*each, identity);
    bytes += codec::size_of(row) + 8;
    if (bytes > rows_bytes_max && !page.rows.empty()) {
      out.push_back(codec::encode(page));
      page.rows.clear();
      bytes = codec::size_of(row) + 8;
    }
    page.rows.push_back(row);
  }
  out.push_back(codec::encode(page));
  return out;
}

}  // namespace

wire::InboxRow row_of(const Conversation& one, const Identity& identity) {
  wire::InboxRow row;
  row.log = one.log;
  if (one.team_log_placed) row.team_log = one.team_log;
  row.preview = one.preview;
  row.head_seq = one.head_seq;
  row.time_ms = one.time_ms;
  row.waiting_since_ms = one.waiting_since_ms();
  row.page_title = one.page_title;
  row.locale = one.locale;
  row.creator = one.creator;
  row.recalled = one.recalled_seq != 0;
  row.tags.assign(one.tags.begin(), one.tags.end());
  if (const auto* customer = identity.customer_of(one.creator)) {
    row.subject = customer->subject;
    row.subject_name = customer->name;
  }
  return row;
}

Inbox::Inbox(DeskPort& port, Conversations& conversations, InvitationBook& book,
             const Identity& identity)
    : port_(port), conversations_(conversations), book_(book), identity_(identity) {}

void Inbox::on_event(wire::EventKind kind, BytesView body) {
  if (kind == wire::EventKind::shop) {
    const auto shop = codec::decode<wire::Shop>(body);
    if (!shop) return;
    for (const auto& device : shop->revoked) listeners_.erase(device);
  }
  if (kind != wire::EventKind::request_event) return;
  const auto request = codec::decode<wire::RequestEvent>(body);
  if (request && request->method == "inbox.list") list(*request);
}

void Inbox::list(const wire::RequestEvent& request) {
  if (request.role == 0) return respond(port_, request, Errc::not_certified, {});
  const auto known = book_.find_used_by(request.from);
  listeners_[request.from] = known ? known->not_after_ms : port_.now_ms() + listen_again_ms;
  std::vector<const Conversation*> rows;
  for (const auto& [log, one] : conversations_.all()) {
    if (one.preview_seq != 0) rows.push_back(&one);
  }
  const auto pages = pages_of(std::move(rows), identity_);
  respond(port_, request, Errc::none, pages.front());
  // What one answer does not hold comes as changes do.
  const auto count = std::min(pages.size(), list_pages_max);
  for (std::size_t i = 1; i < count; ++i) push(request.from, pages[i]);
}

void Inbox::push(const DeviceId& device, BytesView page) {
  wire::Push push;
  push.to = device;
  push.method = "inbox.changed";
  push.body = page;
  issue(port_, wire::CommandKind::push, push);
}

void Inbox::settle() {
  std::vector<const Conversation*> rows;
  for (const auto& log : conversations_.changed()) {
    const auto& one = conversations_.all().at(log);
    if (one.loaded && one.preview_seq != 0) rows.push_back(&one);
  }
  conversations_.forget_changes();
  if (rows.empty()) return;
  const auto now = port_.now_ms();
  std::erase_if(listeners_, [now](const auto& each) { return each.second < now; });
  const auto pages = pages_of(std::move(rows), identity_);
  for (const auto& [device, until_ms] : listeners_) {
    for (const auto& page : pages) push(device, page);
  }
}

}  // namespace shopbell::desk
