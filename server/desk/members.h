// The team as the invitations tell it: one member a device, with what it may do today.
#pragma once

#include "desk/invitations.h"
#include "desk/port.h"

namespace shopbell::desk {

// The full lifetime of a certificate: who has not come for a month is invited again, who comes gets
// another in time. An invitation may bring a shorter one.
inline constexpr std::uint64_t certificate_ms_max = 30ull * 24 * 3600 * 1000;

// One line a device, that of its newest certificate; removed ones too.
std::map<DeviceId, Invitation> members_of(std::vector<Invitation> all);
bool is_member(const Invitation& invitation, std::uint64_t now_ms);
// Whether nobody could let anybody in any more without these devices, of which one can.
bool is_last_admin(const std::map<DeviceId, Invitation>& members,
                   const std::vector<DeviceId>& devices, std::uint64_t now_ms);

// A person has one device or some; his name is the id of the first one. A device that nothing is
// known of is a person of its own.
inline constexpr std::size_t person_devices_max = 8;
DeviceId person_of(InvitationBook& book, const DeviceId& device);
// Those that are in the team.
std::vector<DeviceId> devices_of(const std::map<DeviceId, Invitation>& members,
                                 const DeviceId& person, std::uint64_t now_ms);
// Links that would bring him a further device are void from now on.
void revoke_links(InvitationBook& book, const DeviceId& person);
// Tells the other devices of the one's person.
void push_to_others(DeskPort& port, InvitationBook& book, const DeviceId& device,
                    std::string_view method, BytesView body);

// What the shop card must say of removals and of certificates that hold no longer.
struct Removals {
  std::vector<DeviceId> revoked;
  std::vector<WithdrawalInfo> withdrawals;
  bool operator==(const Removals& other) const;
};
Removals removals_of(const std::map<DeviceId, Invitation>& members);

}  // namespace shopbell::desk
