// Grants: who can open an epoch (docs/PROTOCOL.md section 4).
#include "base/order.h"
#include "shopbell/limits.h"
#include "shopbell/log.h"

namespace shopbell {
namespace {

struct Recipient {
  Hash id;
  SealKey key;
};

Recipient recipient_of(const Device& device) {
  Recipient out;
  out.id.data = device.id.data;
  out.key = device.seal_key;
  return out;
}

// Everyone a grant must name but the team: the devices of the fold, the desk.
std::vector<Recipient> people_of(const ShopInfo& shop, const Fold& fold) {
  std::vector<Recipient> out;
  for (const Device* device : fold.granted_devices(shop)) out.push_back(recipient_of(*device));
  out.push_back(recipient_of(shop.desk));
  return out;
}

// Everyone a grant must name, ascending.
std::vector<Recipient> recipients_of(const ShopInfo& shop, const Fold& fold,
                                     std::uint64_t team_version, const SealKey& team_key) {
  std::vector<Recipient> out = people_of(shop, fold);
  Recipient team;
  team.id = team_id_of(team_version, team_key);
  team.key = team_key;
  out.push_back(team);
  sort_few(out, [](const Recipient& a, const Recipient& b) { return a.id < b.id; });
  return out;
}

Bytes keys_aad(const LogId& log, std::uint64_t epoch, const DeviceId& to) {
  Bytes aad = to_bytes(as_bytes("shopbell keys box v1"));
  append(aad, log.view());
  append(aad, crypto::u64be(epoch));
  append(aad, to.view());
  return aad;
}

Bytes box_aad(const LogId& log, std::uint64_t epoch, const Hash& commitment,
              const Hash& recipient) {
  Bytes aad = to_bytes(as_bytes("shopbell grant box v1"));
  append(aad, log.view());
  append(aad, crypto::u64be(epoch));
  append(aad, commitment.view());
  append(aad, recipient.view());
  return aad;
}

// The public key of a team version that is accepted here; zero where it is not.
SealKey accepted_team_key(const ShopInfo& shop, std::uint64_t version,
                          const std::map<std::uint64_t, SealKey>& team_keys) {
  if (version == 0 || version > shop.team_version) return {};
  if (version == shop.team_version) return shop.team_key;
  const auto found = team_keys.find(version);
  return found == team_keys.end() ? SealKey() : found->second;
}

bool names_exactly(const std::vector<wire::GrantBox>& boxes, const std::vector<Recipient>& wanted) {
  return std::equal(boxes.begin(), boxes.end(), wanted.begin(), wanted.end(),
                    [](const wire::GrantBox& box, const Recipient& recipient) {
                      return box.recipient == recipient.id && !box.box.is_zero();
                    });
}

// What stands in a grant whatever its team: class, author, epoch.
Result<wire::GrantBody> read_grant(const ShopInfo& shop, const Fold& fold, std::uint64_t last_epoch,
                                   const OpenEnvelope& envelope, std::uint64_t team) {
  if (envelope.header.log != fold.log()) return Errc::grant_refused;
  if (envelope.header.envelope_class != static_cast<std::uint64_t>(EnvelopeClass::grant)) {
    return Errc::grant_refused;
  }
  Result<wire::GrantBody> body = codec::decode<wire::GrantBody>(envelope.body);
  if (!body) return body.error();
  // Nobody who was removed names the team that came of it: he would choose its key.
  if (!fold.may_write(shop, envelope.header.author, std::max(team, body->team_version))) {
    return Errc::not_a_member;
  }
  if (body->epoch != 0 && body->epoch <= last_epoch) return Errc::grant_taken;
  if (body->epoch != last_epoch + 1 || body->commitment.is_zero()) return Errc::grant_refused;
  return body;
}

Grant grant_of(const wire::GrantBody& body) {
  return {body.epoch, body.commitment, body.team_version};
}

// Everyone but the team is named, and one more.
bool names_one_more(const std::vector<wire::GrantBox>& boxes, std::vector<Recipient> wanted) {
  if (boxes.size() != wanted.size() + 1) return false;
  const auto is_wanted = [&](const wire::GrantBox& box) {
    return std::any_of(wanted.begin(), wanted.end(),
                       [&](const Recipient& each) { return each.id == box.recipient; });
  };
  const auto ascends = [](const wire::GrantBox& a, const wire::GrantBox& b) {
    return a.recipient < b.recipient;
  };
  return std::is_sorted(boxes.begin(), boxes.end(), ascends) &&
         std::adjacent_find(boxes.begin(), boxes.end(),
                            [](const wire::GrantBox& a, const wire::GrantBox& b) {
                              return a.recipient == b.recipient;
                            }) == boxes.end() &&
         std::count_if(boxes.begin(), boxes.end(), is_wanted) ==
             static_cast<std::ptrdiff_t>(wanted.size()) &&
         std::none_of(boxes.begin(), boxes.end(),
                      [](const wire::GrantBox& box) { return box.box.is_zero(); });
}

}  // namespace

Hash commitment_of(const LogId& log, std::uint64_t epoch, const Key& key) {
  return crypto::hash("shopbell commitment v1", {log.view(), crypto::u64be(epoch), key.reveal()});
}

Result<Bytes> make_grant_body(Rng& rng, const ShopInfo& shop, const Fold& fold, std::uint64_t epoch,
                              const Key& key) {
  wire::GrantBody body;
  body.epoch = epoch;
  body.commitment = commitment_of(fold.log(), epoch, key);
  body.team_version = shop.team_version;
  for (const Recipient& to : recipients_of(shop, fold, shop.team_version, shop.team_key)) {
    const Bytes aad = box_aad(fold.log(), epoch, body.commitment, to.id);
    const Result<KeyBox> box = crypto::box_key(rng, to.key, aad, key);
    if (!box) return box.error();
    wire::GrantBox entry;
    entry.recipient = to.id;
    entry.box = *box;
    body.boxes.push_back(entry);
  }
  return codec::encode(body);
}

Result<Grant> check_grant(const ShopInfo& shop, const Fold& fold, std::uint64_t last_epoch,
                          const std::map<std::uint64_t, SealKey>& team_keys,
                          const OpenEnvelope& envelope) {
  const Result<wire::GrantBody> body = read_grant(shop, fold, last_epoch, envelope, team_of_now);
  if (!body) return body.error();
  const SealKey team_key = accepted_team_key(shop, body->team_version, team_keys);
  if (team_key.is_zero()) return Errc::grant_refused;
  if (!names_exactly(body->boxes, recipients_of(shop, fold, body->team_version, team_key))) {
    return Errc::grant_refused;
  }
  return grant_of(*body);
}

Result<Grant> check_placed_grant(const ShopInfo& shop, const Fold& fold, std::uint64_t last_epoch,
                                 const std::map<std::uint64_t, SealKey>& team_keys,
                                 const OpenEnvelope& envelope, std::uint64_t team) {
  const Result<wire::GrantBody> body = read_grant(shop, fold, last_epoch, envelope, team);
  if (!body) return body.error();
  const SealKey team_key = accepted_team_key(shop, body->team_version, team_keys);
  if (body->team_version == 0) return Errc::grant_refused;
  const bool right =
      team_key.is_zero()
          ? names_one_more(body->boxes, people_of(shop, fold))
          : names_exactly(body->boxes, recipients_of(shop, fold, body->team_version, team_key));
  if (!right) return Errc::grant_refused;
  return grant_of(*body);
}

Result<Key> open_grant(const LogId& log, BytesView body, const Hash& recipient,
                       const crypto::SealPair& pair) {
  const Result<wire::GrantBody> grant = codec::decode<wire::GrantBody>(body);
  if (!grant) return Errc::box_bad;
  const auto box =
      std::find_if(grant->boxes.begin(), grant->boxes.end(),
                   [&](const wire::GrantBox& entry) { return entry.recipient == recipient; });
  if (box == grant->boxes.end()) return Errc::box_bad;
  const Bytes aad = box_aad(log, grant->epoch, grant->commitment, recipient);
  Result<Key> key = crypto::open_key_box(pair, aad, box->box);
  if (!key) return key;
  if (commitment_of(log, grant->epoch, *key) != grant->commitment) return Errc::grant_bad;
  return key;
}

Result<Bytes> make_keys_body(Rng& rng, const LogId& log, const Device& to,
                             std::span<const EpochKey> keys) {
  wire::MemberBody body;
  body.kind = static_cast<std::uint64_t>(MemberKind::keys);
  body.device = to.id;
  for (const EpochKey& each : keys) {
    const Result<KeyBox> box =
        crypto::box_key(rng, to.seal_key, keys_aad(log, each.epoch, to.id), each.key);
    if (!box) return box.error();
    body.epochs.push_back({each.epoch, *box});
  }
  return codec::encode(body);
}

std::vector<EpochKey> open_keys_body(const LogId& log, const DeviceKeys& mine,
                                     const wire::MemberBody& body) {
  std::vector<EpochKey> out;
  for (const wire::EpochBox& each : body.epochs) {
    Result<Key> key =
        crypto::open_key_box(mine.seal, keys_aad(log, each.epoch, mine.self.id), each.box);
    if (!key) continue;
    EpochKey opened;
    opened.epoch = each.epoch;
    opened.key = std::move(*key);
    out.push_back(std::move(opened));
  }
  return out;
}

}  // namespace shopbell
