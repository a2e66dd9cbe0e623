#include "desk/presence.h"

namespace shopbell::desk {
namespace {

// More than any team; only certified devices count.
constexpr std::size_t devices_max = 1024;

}  // namespace

void Presence::on_event(wire::EventKind kind, BytesView body) {
  if (kind != wire::EventKind::request_event) return;
  const auto request = codec::decode<wire::RequestEvent>(body);
  if (!request) return;
  const bool sets = request->method == "status.set";
  const bool gets = request->method == "status.get";
  if (request->role == 0) {
    if (sets || gets) respond(port_, *request, Errc::not_certified, {});
    return;
  }
  auto& one = heard(request->from);
  if (gets) return answer(*request, one);
  if (!sets) return;
  const auto status = codec::decode<wire::AgentStatus>(request->body);
  if (!status) return respond(port_, *request, status.error(), {});
  one.away = status->away;
  one.status_ms = port_.now_ms();
  answer(*request, one);
}

Presence::One Presence::of(const DeviceId& device) const {
  const auto found = all_.find(device);
  return found == all_.end() ? One{} : found->second;
}

Presence::One& Presence::heard(const DeviceId& device) {
  if (!all_.contains(device) && all_.size() >= devices_max) {
    all_.erase(std::min_element(all_.begin(), all_.end(), [](const auto& a, const auto& b) {
      return a.second.heard_ms < b.second.heard_ms;
    }));
  }
  auto& one = all_[device];
  one.heard_ms = port_.now_ms();
  return one;
}

void Presence::answer(const wire::RequestEvent& request, const One& one) {
  wire::AgentStatus out;
  out.away = one.away;
  out.since_ms = one.status_ms;
  out.role = request.role;
  respond(port_, request, Errc::none, codec::encode(out));
}

}  // namespace shopbell::desk
