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

  bool used() const { return !used_by.is_zero(); }
};

// Contract: what add(), use() and revoke() wrote is durable when they return true.
class InvitationBook {
 public:
  virtual ~InvitationBook() = default;
  virtual bool add(const Invitation& invitation) = 0;
  virtual std::optional<Invitation> find(const LogId& id) = 0;
  // The newest one that this device has used.
  virtual std::optional<Invitation> find_used_by(const DeviceId& device) = 0;
  // False where it is used already, is not there, or cannot be written.
  virtual bool use(const LogId& id, const DeviceId& device, std::uint64_t not_after_ms,
                   const std::string& name) = 0;
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
