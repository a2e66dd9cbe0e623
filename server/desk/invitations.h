// Invitations: made by the command line or an admin, used up by the desk. The secret itself is in
// the link alone; what is kept is its id and the key that proves it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "shopbell/identity.h"

namespace shopbell::desk {

struct Invitation {
  LogId id;
  Key key;
  std::uint64_t role = 0;  // 1 admin, 2 agent, 3 observer
  std::uint64_t expires_ms = 0;
  std::uint64_t certificate_ms = 0;  // how long a certificate holds that it brings
  // Set by its use.
  DeviceId used_by;
  std::uint64_t not_after_ms = 0;  // of that certificate
  std::string name;
  // Of that device since: its certificates up to then hold no longer; it is removed.
  std::uint64_t withdrawn_ms = 0;
  std::uint64_t removed_ms = 0;
  // The same person's former device, which is removed as this one comes.
  DeviceId replaces = {};
  // The first device of the person whom it is for; zeros: of somebody who is new.
  DeviceId person = {};
  // Browser and system of the device that used it, as it says.
  std::string browser = {};

  bool used() const { return !used_by.is_zero(); }
  // Brings a further device of somebody who has one.
  bool is_beside() const { return person && !replaces; }
  // The person of the device that used it.
  const DeviceId& whose() const { return person ? person : used_by; }
};

// What changes of a device after it was certified.
struct MemberChange {
  std::uint64_t role = 0;
  std::uint64_t withdrawn_ms = 0;
  std::uint64_t removed_ms = 0;
};

// Contract: what add(), use(), change(), describe() and revoke() wrote is durable when they return
// true.
class InvitationBook {
 public:
  virtual ~InvitationBook() = default;
  virtual bool add(const Invitation& invitation) = 0;
  virtual std::optional<Invitation> find(const LogId& id) = 0;
  // The newest one that this device has used.
  virtual std::optional<Invitation> find_used_by(const DeviceId& device) = 0;
  // The device is in the team from now on, also if it was removed before; the one that it replaces
  // is removed at `now_ms` in the same step. False where the invitation is used already, is not
  // there, or cannot be written.
  virtual bool use(const LogId& id, const DeviceId& device, std::uint64_t not_after_ms,
                   const std::string& name, std::uint64_t now_ms) = 0;
  // False where nothing of this device is known, or it cannot be written.
  virtual bool change(const DeviceId& device, const MemberChange& change) = 0;
  // Its newest certificate holds until then. False as of change().
  virtual bool extend(const LogId& id, std::uint64_t not_after_ms) = 0;
  // False as of change().
  virtual bool describe(const DeviceId& device, const std::string& browser) = 0;
  // Used and unused ones.
  virtual std::vector<Invitation> all() = 0;
  // Forgets one that nobody has used. False where it is used, is not there, or cannot be written.
  virtual bool revoke(const LogId& id) = 0;
};

// For tests and the simulator.
std::unique_ptr<InvitationBook> make_memory_invitations();
// The file may be open in two processes: the command line adds while the desk runs. On failure
// null, and `problem` is a sentence.
std::unique_ptr<InvitationBook> open_invitations(const std::string& path, std::string& problem);

}  // namespace shopbell::desk
