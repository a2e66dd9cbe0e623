// The checker of removals: what a removed device holds must not open what was written after.
#include "checker.h"
#include "store/keys.h"

namespace shopbell::sim {

bool Checker::has_epoch_key(const Device& device, const LogId& log, std::uint64_t epoch) const {
  const auto& records = device.disk().synced();
  const auto found = records.find(shopbell::store::epoch_key(log, epoch));
  if (found == records.end()) return false;
  const auto plain = device.open_record(found->first, found->second);
  const auto record = codec::decode<wire::EpochRecord>(*plain);
  return record && record->key;
}

// What its keys open of what was sealed by somebody who knew that it was removed.
bool Checker::can_open_later(const Device& device, const LogId& log, const StoredLog& stored,
                             std::uint64_t card_version, std::string& what) const {
  const auto& records = device.disk().synced();
  std::set<std::uint64_t> open;  // epochs
  for (const store::Entry& entry : stored.entries) {
    const auto envelope = open_envelope(entry.envelope);
    const wire::Header& header = envelope->header;
    if (header.envelope_class == static_cast<std::uint64_t>(EnvelopeClass::grant)) {
      const auto grant = codec::decode<wire::GrantBody>(envelope->body);
      const bool has_team = records.contains(shopbell::store::team_secret_key(grant->team_version));
      if (has_team || has_epoch_key(device, log, grant->epoch)) open.insert(grant->epoch);
    }
    const bool later = header.card_version >= card_version;
    if (header.envelope_class == static_cast<std::uint64_t>(EnvelopeClass::message) && later &&
        open.contains(header.epoch)) {
      what = to_hex(log.view()).substr(0, 8) + "#" + std::to_string(entry.seq);
      return true;
    }
  }
  return false;
}

void Checker::check_removed(const std::map<LogId, StoredLog>& logs) {
  for (const Device* device : devices_) {
    const auto revoked = revoked_in_.find(id_of(*device));
    if (!is_removed(*device) || revoked == revoked_in_.end()) continue;
    for (const auto& [id, log] : logs) {
      std::string what;
      if (can_open_later(*device, id, log, revoked->second, what)) {
        fail("removed", device->setup().name + " was removed and can open " + what);
      }
    }
  }
}

}  // namespace shopbell::sim
