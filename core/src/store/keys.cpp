#include "store/keys.h"

#include "shopbell/crypto.h"

namespace shopbell::store {
namespace {

Bytes key_of(std::string_view prefix) { return to_bytes(as_bytes(prefix)); }

Bytes key_of(std::string_view prefix, const LogId& log) {
  Bytes key = key_of(prefix);
  append(key, log.view());
  return key;
}

Bytes key_of(std::string_view prefix, const LogId& log, std::uint64_t number) {
  Bytes key = key_of(prefix, log);
  append(key, crypto::u64be(number));
  return key;
}

Bytes key_of(std::string_view prefix, std::uint64_t number) {
  Bytes key = key_of(prefix);
  append(key, crypto::u64be(number));
  return key;
}

std::uint64_t read_u64be(BytesView bytes) {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes) value = (value << 8) | byte;
  return value;
}

}  // namespace

Bytes draft_key(const LogId& log) { return key_of("d", log); }
Bytes identity_key() { return key_of("id"); }
Bytes about_key() { return key_of("ia"); }
Bytes certificate_key() { return key_of("ic"); }
Bytes enrol_key() { return key_of("ie"); }
Bytes link_key() { return key_of("il"); }
Bytes subject_key() { return key_of("is"); }
Bytes shop_key() { return key_of("j"); }
Bytes team_secret_key(std::uint64_t version) { return key_of("kt", version); }
Bytes team_member_key(const DeviceId& device) {
  Bytes key = key_of("km");
  append(key, device.view());
  return key;
}
Bytes epoch_key(const LogId& log, std::uint64_t epoch) { return key_of("ke", log, epoch); }
Bytes log_key(const LogId& log) { return key_of("l", log); }
Bytes outbox_key(const LogId& log, std::uint64_t index) { return key_of("o", log, index); }
Bytes sent_key(std::uint64_t slot) { return key_of("r", slot); }
Bytes checkpoint_key(const LogId& log) { return key_of("w", log); }
Bytes entry_key(const LogId& log, std::uint64_t seq) { return key_of("z", log, seq); }
Bytes amend_key(const LogId& log, std::uint64_t target_seq, std::uint64_t seq) {
  Bytes key = key_of("A", log, target_seq);
  append(key, crypto::u64be(seq));
  return key;
}
Bytes lost_key(const LogId& log, std::uint64_t seq, const Hash& envelope) {
  Bytes key = key_of("~", log, seq);
  append(key, envelope.view().first(8));
  return key;
}

Bytes start_from() { return key_of("a"); }
Bytes start_to() { return key_of("z"); }

ParsedKey parse_key(BytesView key) {
  constexpr std::size_t number_bytes = 8;
  const std::string_view text = as_text(key);
  ParsedKey parsed;
  auto take = [&](RecordKind kind, std::size_t prefix, bool has_log, bool has_number) {
    const std::size_t size = prefix + (has_log ? LogId::size : 0) + (has_number ? number_bytes : 0);
    if (key.size() != size) return;
    parsed.kind = kind;
    if (has_log) parsed.log = LogId::from(key.subspan(prefix, LogId::size));
    if (has_number) parsed.number = read_u64be(key.last(number_bytes));
  };
  if (text.starts_with("d")) take(RecordKind::draft, 1, true, false);
  if (text == "id") take(RecordKind::identity, 2, false, false);
  if (text == "ia") take(RecordKind::about, 2, false, false);
  if (text == "ic") take(RecordKind::certificate, 2, false, false);
  if (text == "ie") take(RecordKind::enrol, 2, false, false);
  if (text == "il") take(RecordKind::link, 2, false, false);
  if (text == "is") take(RecordKind::subject, 2, false, false);
  if (text == "j") take(RecordKind::shop, 1, false, false);
  if (text.starts_with("kt")) take(RecordKind::team_secret, 2, false, true);
  if (text.starts_with("km") && key.size() == 2 + DeviceId::size) {
    parsed.kind = RecordKind::team_member;
  }
  if (text.starts_with("ke")) take(RecordKind::epoch, 2, true, true);
  if (text.starts_with("l")) take(RecordKind::log, 1, true, false);
  if (text.starts_with("o")) take(RecordKind::outbox, 1, true, true);
  if (text.starts_with("r")) take(RecordKind::sent, 1, false, true);
  if (text.starts_with("A") && key.size() == 1 + LogId::size + 2 * number_bytes) {
    parsed.kind = RecordKind::amend;
    parsed.log = LogId::from(key.subspan(1, LogId::size));
    parsed.number = read_u64be(key.last(number_bytes));
  }
  if (text.starts_with("z")) take(RecordKind::entry, 1, true, true);
  return parsed;
}

}  // namespace shopbell::store
