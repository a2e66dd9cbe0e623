#include "desk/members.h"

#include <algorithm>

namespace shopbell::desk {

std::map<DeviceId, Invitation> members_of(std::vector<Invitation> all) {
  std::map<DeviceId, Invitation> out;
  for (auto& each : all) {
    if (!each.used()) continue;
    const auto place = out.find(each.used_by);
    if (place == out.end()) {
      const auto device = each.used_by;
      out.emplace(device, std::move(each));
    } else if (each.not_after_ms > place->second.not_after_ms) {
      place->second = std::move(each);
    }
  }
  return out;
}

bool is_member(const Invitation& invitation, std::uint64_t now_ms) {
  return invitation.used() && invitation.removed_ms == 0 && invitation.not_after_ms >= now_ms;
}

bool is_last_admin(const std::map<DeviceId, Invitation>& members,
                   const std::vector<DeviceId>& devices, std::uint64_t now_ms) {
  bool inside = false;
  for (const auto& [device, one] : members) {
    if (one.role != role_admin || !is_member(one, now_ms)) continue;
    if (std::find(devices.begin(), devices.end(), device) == devices.end()) return false;
    inside = true;
  }
  return inside;
}

DeviceId person_of(InvitationBook& book, const DeviceId& device) {
  const auto known = book.find_used_by(device);
  return known ? known->whose() : device;
}

std::vector<DeviceId> devices_of(const std::map<DeviceId, Invitation>& members,
                                 const DeviceId& person, std::uint64_t now_ms) {
  std::vector<DeviceId> out;
  for (const auto& [device, one] : members) {
    if (one.whose() == person && is_member(one, now_ms)) out.push_back(device);
  }
  return out;
}

void revoke_links(InvitationBook& book, const DeviceId& person) {
  for (const auto& each : book.all()) {
    if (!each.used() && each.is_beside() && each.person == person) book.revoke(each.id);
  }
}

void push_to_others(DeskPort& port, InvitationBook& book, const DeviceId& device,
                    std::string_view method, BytesView body) {
  const auto members = members_of(book.all());
  for (const auto& other : devices_of(members, person_of(book, device), port.now_ms())) {
    if (other == device) continue;
    wire::Push push;
    push.to = other;
    push.method = method;
    push.body = body;
    issue(port, wire::CommandKind::push, push);
  }
}

bool Removals::operator==(const Removals& other) const {
  const auto same = [](const WithdrawalInfo& a, const WithdrawalInfo& b) {
    return a.device == b.device && a.at_ms == b.at_ms;
  };
  return revoked == other.revoked &&
         std::equal(withdrawals.begin(), withdrawals.end(), other.withdrawals.begin(),
                    other.withdrawals.end(), same);
}

Removals removals_of(const std::map<DeviceId, Invitation>& members) {
  std::vector<const Invitation*> oldest_first;
  for (const auto& [device, each] : members) oldest_first.push_back(&each);
  std::sort(oldest_first.begin(), oldest_first.end(),
            [](const auto* a, const auto* b) { return a->withdrawn_ms < b->withdrawn_ms; });
  Removals out;
  for (const auto* each : oldest_first) {
    if (each->removed_ms != 0) out.revoked.push_back(each->used_by);
    if (each->withdrawn_ms != 0) out.withdrawals.push_back({each->used_by, each->withdrawn_ms});
  }
  return out;
}

}  // namespace shopbell::desk
