// A log: envelopes, chain, the fold of members, grants and bodies (docs/PROTOCOL.md sections 3 to
// 5). Pure functions and values; relay and devices call the same ones.
#pragma once

#include <map>
#include <unordered_map>

#include "shopbell/identity.h"

namespace shopbell {

enum class EnvelopeClass : std::uint8_t { message = 1, grant = 2, member = 3, erase = 4 };
enum class MemberKind : std::uint64_t {
  genesis = 1,
  join = 2,
  leave = 3,
  resume = 4,
  admit = 5,
  keys = 6
};
enum class LogKind : std::uint8_t { main = 1, team = 2, shop = 3 };
enum class AuthorClass : std::uint8_t { customer = 1, shop = 2, desk = 3, stranger = 4 };

LogId log_id_of(const ShopId& shop, const DeviceId& creator, const Hash& random);
Hash chain_start(const ShopId& shop, const LogId& log);
Hash chain_next(const Hash& chain, std::uint64_t seq, std::uint64_t time_ms,
                const Hash& envelope_hash);
Hash envelope_hash_of(BytesView header, const Signature& signature);

// An envelope that passed the strict codec and the size limits; signature not yet checked. Views
// look into the bytes it was read from.
struct OpenEnvelope {
  wire::Header header;
  BytesView header_bytes;
  Signature signature;
  BytesView body;
  Hash hash;
};
// truncated, malformed, too_large, envelope_bad (class, body_length or body_digest).
Result<OpenEnvelope> open_envelope(BytesView envelope);
bool verify_envelope(const SignKey& author, const OpenEnvelope& envelope);

// Fills body_length and body_digest, signs. `header` needs everything else.
struct SignedEnvelope {
  Bytes bytes;
  Hash hash;
};
SignedEnvelope make_envelope(const DeviceKeys& author, wire::Header header, BytesView body);

// Member bodies.
Bytes make_genesis_body(const ShopId& shop, LogKind kind, const Hash& random, const Device& creator,
                        const LogId& main_log);
Bytes make_join_body(const Device& device, BytesView certificate);
// The desk's word that the log goes on from what its header says it has seen (PROTOCOL.md 10.7).
Bytes make_resume_body();
bool is_resume(const OpenEnvelope& envelope);
Bytes make_admit_body(const Device& device);

// Keys of epochs that were granted before a device was admitted (PROTOCOL.md 4.7).
struct EpochKey {
  std::uint64_t epoch = 0;
  Key key;
};
// At most `epoch_boxes_max` of them fit into one entry. bad_key.
Result<Bytes> make_keys_body(Rng& rng, const LogId& log, const Device& to,
                             std::span<const EpochKey> keys);
// Those that this device can open; commitments are the caller's to compare.
std::vector<EpochKey> open_keys_body(const LogId& log, const DeviceKeys& mine,
                                     const wire::MemberBody& body);

// One author of a log as the fold knows him.
struct Author {
  Device device;
  std::uint64_t counter = 0;               // of his last envelope here
  Hash last;                               // its envelope hash
  std::optional<Certificate> certificate;  // of his newest join
  std::vector<Certificate> earlier;        // of those before it
  bool admitted = false;                   // a further device of the customer
};

// Who takes part in a log: the fold of its entries. Starts empty; `apply_member` takes genesis,
// joins and admissions, the caller advances counters with `advance`.
class Fold {
 public:
  // Checks and applies a member entry: genesis as seq 1, others later. `at_ms` is the entry's time,
  // `team` the newest version of the team that an epoch before it names; who gives it a place
  // leaves that out.
  // Errors: malformed, envelope_bad, wrong_shop, bad_signature, not_certified, certificate_ended,
  // certificate_revoked, role_refused, not_a_member, class_refused, too_large (log_devices_max
  // authors of the shop are not counted). State is unchanged on error. The signature of the
  // envelope is checked here.
  Status apply_member(const ShopInfo& shop, const OpenEnvelope& envelope, std::uint64_t seq,
                      std::uint64_t at_ms, std::uint64_t team = team_of_now);
  // The author's place in his own sequence. counter_gap (beyond last + 1), id_taken (not beyond
  // last), chain_broken (previous does not fit).
  Status check_counter(const OpenEnvelope& envelope) const;
  void advance(const OpenEnvelope& envelope);
  // Takes the desk's device from the card into the authors. apply_member does it for the card it
  // sees; to be called when a newer card names another desk.
  void note_desk(const ShopInfo& shop);
  // May this device append messages and grants under that team? The desk needs no join.
  bool may_write(const ShopInfo& shop, const DeviceId& device,
                 std::uint64_t team = team_of_now) const;
  // May this device read? `certified`: it has shown a valid certificate.
  bool may_read(const ShopInfo& shop, const DeviceId& device, bool certified) const;
  AuthorClass class_of(const ShopInfo& shop, const DeviceId& device, std::uint64_t at_ms,
                       std::uint64_t team = team_of_now) const;
  // Why what this device says under that team does not count any more although it joined once:
  // certificate_revoked; else none.
  Errc void_at(const ShopInfo& shop, const DeviceId& device, std::uint64_t team) const;
  // The creator of a main log, and every device that was admitted to it.
  bool is_of_customer(const DeviceId& device) const;
  // Null where nobody of that id wrote or joined. The desk is there from the genesis on.
  const Author* find(const DeviceId& device) const;
  // Whose keys an envelope is checked with: the desk from the card, others from the fold. Null
  // where neither knows the device.
  const Device* device_of(const ShopInfo& shop, const DeviceId& device) const;
  // Devices that a grant must name besides desk and team, ascending by id.
  std::vector<const Device*> granted_devices(const ShopInfo& shop) const;

  LogKind kind() const { return kind_; }
  const LogId& log() const { return log_; }
  const LogId& main_log() const { return main_log_; }
  const DeviceId& creator() const { return creator_; }
  bool started() const { return started_; }
  // The place of the newest resume, 0 where there is none.
  std::uint64_t resumed() const { return resumed_; }
  const std::map<DeviceId, Author>& authors() const { return authors_; }

  // The stored form (docs/STORE_FORMAT.md) of everything above.
  Bytes save() const;
  static Result<Fold> load(BytesView stored);

 private:
  Status apply_genesis(const ShopInfo& shop, const wire::MemberBody& body,
                       const OpenEnvelope& envelope);
  Status apply_join(const ShopInfo& shop, const wire::MemberBody& body,
                    const OpenEnvelope& envelope, std::uint64_t at_ms, std::uint64_t team);
  Status apply_resume(const ShopInfo& shop, const OpenEnvelope& envelope, std::uint64_t seq);
  Status apply_admit(const ShopInfo& shop, const wire::MemberBody& body,
                     const OpenEnvelope& envelope);
  Status check_keys(const ShopInfo& shop, const wire::MemberBody& body,
                    const OpenEnvelope& envelope) const;
  Status check_host(const ShopInfo& shop, const OpenEnvelope& envelope) const;

  bool started_ = false;
  LogKind kind_ = LogKind::main;
  LogId log_;
  LogId main_log_;
  DeviceId creator_;
  ShopId shop_;
  std::uint64_t resumed_ = 0;
  std::map<DeviceId, Author> authors_;
};

// Grants.
struct Grant {
  std::uint64_t epoch = 0;
  Hash commitment;
  std::uint64_t team_version = 0;
};
Hash commitment_of(const LogId& log, std::uint64_t epoch, const Key& key);
// Seals `key` to everyone the fold and the card ask for. bad_key.
Result<Bytes> make_grant_body(Rng& rng, const ShopInfo& shop, const Fold& fold, std::uint64_t epoch,
                              const Key& key);
// The one rule of validity (PROTOCOL.md 4.3) for relay and devices. `last_epoch` is the newest one
// placed. `team_keys` maps older team versions that are still accepted to their public keys; the
// card's own is always. grant_taken, grant_refused, truncated, malformed, not_a_member.
Result<Grant> check_grant(const ShopInfo& shop, const Fold& fold, std::uint64_t last_epoch,
                          const std::map<std::uint64_t, SealKey>& team_keys,
                          const OpenEnvelope& envelope);
// The same for a grant that has its place, after epochs that had come to `team`: of a team version
// that this device has no key of (older than the cards it has seen, or newer than its own), the one
// recipient that is nobody else stands for the team.
Result<Grant> check_placed_grant(const ShopInfo& shop, const Fold& fold, std::uint64_t last_epoch,
                                 const std::map<std::uint64_t, SealKey>& team_keys,
                                 const OpenEnvelope& envelope, std::uint64_t team);
// Opens the box of `recipient` in a grant and compares with the commitment. box_bad, grant_bad.
Result<Key> open_grant(const LogId& log, BytesView body, const Hash& recipient,
                       const crypto::SealPair& pair);

// Bodies of class message.
std::size_t padded_size(std::size_t size);
struct Inner {
  wire::InnerBody body;  // views into `plain`
  Bytes plain;
};
// `header` as it will be signed, without body_length and body_digest.
Bytes seal_body(Rng& rng, const Key& epoch_key, const wire::Header& header,
                const wire::InnerBody& inner);
// body_bad.
Result<Inner> open_body(const Key& epoch_key, const OpenEnvelope& envelope);

// Marks and checkpoints.
Bytes make_mark(const DeviceKeys& device, const wire::MarkBody& mark);
Result<wire::MarkBody> take_mark(const SignKey& device, BytesView mark);
// Reads the body without checking the signature: the relay knows the connection, receivers look up
// the device first.
Result<wire::MarkBody> peek_mark(BytesView mark);
Bytes make_checkpoint(const crypto::SignPair& relay, const wire::CheckpointBody& checkpoint);
Result<wire::CheckpointBody> take_checkpoint(const SignKey& relay, BytesView checkpoint);

}  // namespace shopbell
