// Keys of a device's store, in the order in which they are read at start (docs/STORE_FORMAT.md).
// Log ids and numbers stand big-endian so that key order is number order.
#pragma once

#include "shopbell/bytes.h"

namespace shopbell::store {

Bytes draft_key(const LogId& log);
Bytes identity_key();
Bytes about_key();
Bytes certificate_key();
Bytes enrol_key();
Bytes link_key();
Bytes subject_key();
Bytes shop_key();
Bytes team_secret_key(std::uint64_t version);
Bytes team_member_key(const DeviceId& device);
Bytes epoch_key(const LogId& log, std::uint64_t epoch);
Bytes log_key(const LogId& log);
Bytes outbox_key(const LogId& log, std::uint64_t index);
Bytes sent_key(std::uint64_t slot);
Bytes checkpoint_key(const LogId& log);
Bytes entry_key(const LogId& log, std::uint64_t seq);
Bytes amend_key(const LogId& log, std::uint64_t target_seq, std::uint64_t seq);
// What lost its place; of two that lost the same one both are kept.
Bytes lost_key(const LogId& log, std::uint64_t seq, const Hash& envelope);

// What is loaded at start: everything but entries and their copies.
Bytes start_from();
Bytes start_to();

// What a key that was read names; `log` and `number` where the kind has them.
enum class RecordKind : std::uint8_t {
  unknown,
  draft,
  about,
  identity,
  certificate,
  enrol,
  link,
  subject,
  shop,
  team_secret,
  team_member,
  epoch,
  log,
  outbox,
  sent,
  entry,
  amend
};
struct ParsedKey {
  RecordKind kind = RecordKind::unknown;
  LogId log;
  std::uint64_t number = 0;  // the last one
};
ParsedKey parse_key(BytesView key);

}  // namespace shopbell::store
