// The team as the invitations tell it: one member a device, with what it may do today.
#pragma once

#include "desk/invitations.h"
#include "desk/port.h"

namespace shopbell::desk {

// The only lifetime of a certificate: who has not come for a month is invited again. An invitation
// may bring a shorter one.
inline constexpr std::uint64_t certificate_ms_max = 30ull * 24 * 3600 * 1000;

// One line a device, that of its newest certificate; removed ones too.
std::map<DeviceId, Invitation> members_of(std::vector<Invitation> all);
bool is_member(const Invitation& invitation, std::uint64_t now_ms);
// Whether nobody else could let anybody in any more.
bool is_last_admin(const std::map<DeviceId, Invitation>& members, const DeviceId& device,
                   std::uint64_t now_ms);

// What the shop card must say of removals and of certificates that hold no longer.
struct Removals {
  std::vector<DeviceId> revoked;
  std::vector<WithdrawalInfo> withdrawals;
  bool operator==(const Removals& other) const;
};
Removals removals_of(const std::map<DeviceId, Invitation>& members);

}  // namespace shopbell::desk
