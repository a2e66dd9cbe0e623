// Who takes part in a log: the fold of its member entries (docs/PROTOCOL.md 3.6 to 3.9).
#include "e2ee/parse.h"
#include "shopbell/limits.h"
#include "shopbell/log.h"

namespace shopbell {
namespace {

// The author's card as a member entry carries it, and that he signed the entry.
Result<Device> take_author(const wire::MemberBody& body, const OpenEnvelope& envelope) {
  Result<Device> device = take_device_card(body.card);
  if (!device) return device;
  if (device->id != envelope.header.author) return Errc::not_a_member;
  if (!verify_envelope(device->sign_key, envelope)) return Errc::bad_signature;
  return device;
}

// A genesis has these fields and no others; the log's id must follow from them.
Status check_genesis(const ShopInfo& shop, const wire::MemberBody& body,
                     const OpenEnvelope& envelope) {
  if (body.log_kind == 0 || body.log_kind > static_cast<std::uint64_t>(LogKind::shop)) {
    return Errc::envelope_bad;
  }
  if (body.shop != shop.shop) return Errc::wrong_shop;
  const auto kind = static_cast<LogKind>(body.log_kind);
  if ((kind == LogKind::team) == body.main_log.is_zero()) return Errc::envelope_bad;
  if (!body.certificate.empty() || !body.device.is_zero() || !body.epochs.empty()) {
    return Errc::envelope_bad;
  }
  const wire::Header& header = envelope.header;
  if (header.counter != 1 || !header.previous.is_zero()) return Errc::envelope_bad;
  if (header.log != log_id_of(body.shop, header.author, body.random)) return Errc::envelope_bad;
  if (kind != LogKind::main && header.author != shop.desk.id) return Errc::not_a_member;
  return {};
}

// Nothing that only a genesis has.
bool is_later(const wire::MemberBody& body) {
  return body.log_kind == 0 && body.shop.is_zero() && body.random.is_zero() &&
         body.main_log.is_zero();
}

bool is_plain_join(const wire::MemberBody& body) {
  return is_later(body) && body.device.is_zero() && body.epochs.empty();
}

bool is_ascending(const std::vector<wire::EpochBox>& epochs) {
  std::uint64_t last = 0;
  for (const wire::EpochBox& each : epochs) {
    if (each.epoch <= last || each.box.is_zero()) return false;
    last = each.epoch;
  }
  return !epochs.empty() && epochs.size() <= limits::epoch_boxes_max;
}

Result<Certificate> check_join(const ShopInfo& shop, const wire::MemberBody& body,
                               const DeviceId& author, std::uint64_t at_ms, std::uint64_t team) {
  if (!is_plain_join(body)) return Errc::envelope_bad;
  if (body.certificate.empty()) return Errc::not_certified;
  Result<Certificate> certificate = take_agent_certificate(shop, body.certificate);
  if (!certificate) return certificate;
  if (certificate->device != author) return Errc::not_certified;
  if (Status status = check_certificate(shop, *certificate, at_ms, team); !status) {
    return status.error();
  }
  if (!may_role_write(certificate->role)) return Errc::role_refused;
  return certificate;
}

Result<Author> load_author(const wire::AuthorRecord& record) {
  Author author;
  author.device.id = record.device;
  author.counter = record.counter;
  author.last = record.last;
  author.admitted = record.admitted;
  if (!record.card.empty()) {
    Result<Device> device = parse_device_card(record.card);
    if (!device) return device.error();
    if (device->id != record.device) return Errc::malformed;
    author.device = std::move(*device);
  }
  if (!record.certificate.empty()) {
    Result<Certificate> certificate = parse_agent_certificate(record.certificate);
    if (!certificate) return certificate.error();
    author.certificate = std::move(*certificate);
  }
  for (const BytesView bytes : record.earlier) {
    Result<Certificate> certificate = parse_agent_certificate(bytes);
    if (!certificate) return certificate.error();
    author.earlier.push_back(std::move(*certificate));
  }
  return author;
}

}  // namespace

Status Fold::apply_member(const ShopInfo& shop, const OpenEnvelope& envelope, std::uint64_t seq,
                          std::uint64_t at_ms, std::uint64_t team) {
  if (envelope.header.envelope_class != static_cast<std::uint64_t>(EnvelopeClass::member)) {
    return Errc::envelope_bad;
  }
  const Result<wire::MemberBody> body = codec::decode<wire::MemberBody>(envelope.body);
  if (!body) return body.error();
  const auto kind = static_cast<MemberKind>(body->kind);
  if (kind == MemberKind::leave) return Errc::class_refused;
  if (kind == MemberKind::resume) return apply_resume(shop, envelope, seq);
  if (kind < MemberKind::genesis || kind > MemberKind::keys) return Errc::envelope_bad;
  const bool genesis = kind == MemberKind::genesis;
  if (genesis != (seq == 1) || genesis == started_) return Errc::envelope_bad;
  if (genesis) return apply_genesis(shop, *body, envelope);
  if (kind == MemberKind::admit) return apply_admit(shop, *body, envelope);
  if (kind == MemberKind::keys) return check_keys(shop, *body, envelope);
  return apply_join(shop, *body, envelope, at_ms, team);
}

Status Fold::apply_genesis(const ShopInfo& shop, const wire::MemberBody& body,
                           const OpenEnvelope& envelope) {
  if (Status status = check_genesis(shop, body, envelope); !status) return status;
  Result<Device> device = take_author(body, envelope);
  if (!device) return device.error();
  started_ = true;
  kind_ = static_cast<LogKind>(body.log_kind);
  log_ = envelope.header.log;
  main_log_ = body.main_log;
  creator_ = device->id;
  shop_ = body.shop;
  authors_[creator_].device = std::move(*device);
  note_desk(shop);
  return {};
}

Status Fold::apply_join(const ShopInfo& shop, const wire::MemberBody& body,
                        const OpenEnvelope& envelope, std::uint64_t at_ms, std::uint64_t team) {
  if (envelope.header.log != log_) return Errc::envelope_bad;
  if (shop.shop != shop_) return Errc::wrong_shop;
  if (kind_ == LogKind::shop) return Errc::not_a_member;
  Result<Certificate> certificate = check_join(shop, body, envelope.header.author, at_ms, team);
  if (!certificate) return certificate.error();
  Result<Device> device = take_author(body, envelope);
  if (!device) return device.error();
  Author& author = authors_[device->id];
  author.device = std::move(*device);
  // What he said under a former one stays the shop's.
  const bool again = author.certificate && author.certificate->bytes != certificate->bytes;
  if (again) author.earlier.push_back(std::move(*author.certificate));
  author.certificate = std::move(*certificate);
  note_desk(shop);
  return {};
}

Status Fold::apply_resume(const ShopInfo& shop, const OpenEnvelope& envelope, std::uint64_t seq) {
  if (!started_ || !is_resume(envelope) || envelope.header.log != log_) return Errc::envelope_bad;
  if (envelope.header.author != shop.desk.id) return Errc::not_a_member;
  if (!verify_envelope(shop.desk.sign_key, envelope)) return Errc::bad_signature;
  resumed_ = seq;
  return {};
}

// Who lets a device in, or hands it keys: the desk, or a device of the customer's own.
Status Fold::check_host(const ShopInfo& shop, const OpenEnvelope& envelope) const {
  const DeviceId& author = envelope.header.author;
  if (envelope.header.log != log_) return Errc::envelope_bad;
  if (kind_ != LogKind::main || (author != shop.desk.id && !is_of_customer(author))) {
    return Errc::not_a_member;
  }
  const Device* device = device_of(shop, author);
  if (device == nullptr) return Errc::not_a_member;
  return verify_envelope(device->sign_key, envelope) ? Status() : Errc::bad_signature;
}

Status Fold::apply_admit(const ShopInfo& shop, const wire::MemberBody& body,
                         const OpenEnvelope& envelope) {
  if (!is_plain_join(body) || !body.certificate.empty()) return Errc::envelope_bad;
  if (Status status = check_host(shop, envelope); !status) return status;
  Result<Device> device = take_device_card(body.card);
  if (!device) return device.error();
  if (device->id == shop.desk.id) return Errc::envelope_bad;
  // Two hosts may have let in the same one at the same time.
  if (is_of_customer(device->id)) return {};
  if (granted_devices(shop).size() >= limits::log_devices_max) return Errc::too_large;
  Author& author = authors_[device->id];
  author.device = std::move(*device);
  author.admitted = true;
  return {};
}

Status Fold::check_keys(const ShopInfo& shop, const wire::MemberBody& body,
                        const OpenEnvelope& envelope) const {
  if (!is_later(body) || !body.card.empty() || !body.certificate.empty()) {
    return Errc::envelope_bad;
  }
  if (!is_of_customer(body.device) || !is_ascending(body.epochs)) return Errc::envelope_bad;
  return check_host(shop, envelope);
}

bool Fold::is_of_customer(const DeviceId& device) const {
  if (!started_ || kind_ != LogKind::main) return false;
  if (device == creator_) return true;
  const Author* author = find(device);
  return author != nullptr && author->admitted;
}

void Fold::note_desk(const ShopInfo& shop) {
  Author& desk = authors_[shop.desk.id];
  if (desk.device.card.empty()) desk.device = shop.desk;
}

Status Fold::check_counter(const OpenEnvelope& envelope) const {
  const wire::Header& header = envelope.header;
  const Author* author = find(header.author);
  const std::uint64_t last = author ? author->counter : 0;
  if (header.counter <= last) return Errc::id_taken;
  if (header.counter - last > 1) return Errc::counter_gap;
  if (header.previous != (author ? author->last : Hash())) return Errc::chain_broken;
  return {};
}

void Fold::advance(const OpenEnvelope& envelope) {
  Author& author = authors_[envelope.header.author];
  author.device.id = envelope.header.author;
  author.counter = envelope.header.counter;
  author.last = envelope.hash;
}

namespace {

// The first certificate of an author that `holds` is true for.
template <class Holds>
bool any_certificate(const Author& author, Holds&& holds) {
  if (!author.certificate) return false;
  return holds(*author.certificate) ||
         std::any_of(author.earlier.begin(), author.earlier.end(), holds);
}

}  // namespace

bool Fold::may_write(const ShopInfo& shop, const DeviceId& device, std::uint64_t team) const {
  if (!started_) return false;
  if (device == shop.desk.id) return true;
  if (kind_ == LogKind::shop) return false;
  if (is_of_customer(device)) return true;
  const Author* author = find(device);
  // That it has ended is for the reader to see: the class of what it wrote says so.
  return author && any_certificate(*author, [&](const Certificate& each) {
           return !is_withdrawn(shop, each, team);
         });
}

bool Fold::may_read(const ShopInfo& shop, const DeviceId& device, bool certified) const {
  if (!started_) return false;
  if (device == shop.desk.id) return true;
  if (certified && !shop.is_revoked(device)) return true;
  return is_of_customer(device);
}

AuthorClass Fold::class_of(const ShopInfo& shop, const DeviceId& device, std::uint64_t at_ms,
                           std::uint64_t team) const {
  if (device == shop.desk.id) return AuthorClass::desk;
  const Author* author = find(device);
  const bool certified = author && any_certificate(*author, [&](const Certificate& each) {
                           return check_certificate(shop, each, at_ms, team).ok();
                         });
  if (certified) return AuthorClass::shop;
  return is_of_customer(device) ? AuthorClass::customer : AuthorClass::stranger;
}

Errc Fold::void_at(const ShopInfo& shop, const DeviceId& device, std::uint64_t team) const {
  const Author* author = find(device);
  const bool joined = author != nullptr && author->certificate;
  return joined && !may_write(shop, device, team) ? Errc::certificate_revoked : Errc::none;
}

const Author* Fold::find(const DeviceId& device) const {
  const auto found = authors_.find(device);
  return found == authors_.end() ? nullptr : &found->second;
}

const Device* Fold::device_of(const ShopInfo& shop, const DeviceId& device) const {
  if (device == shop.desk.id) return &shop.desk;
  const Author* author = find(device);
  return author && !author->device.card.empty() ? &author->device : nullptr;
}

std::vector<const Device*> Fold::granted_devices(const ShopInfo& shop) const {
  std::vector<const Device*> out;
  if (!started_ || kind_ != LogKind::main) return out;
  for (const auto& [id, author] : authors_) {
    if (id != shop.desk.id && is_of_customer(id)) out.push_back(&author.device);
  }
  return out;
}

Bytes Fold::save() const {
  wire::FoldRecord record;
  if (!started_) return {};
  record.kind = static_cast<std::uint64_t>(kind_);
  record.log = log_;
  record.main_log = main_log_;
  record.creator = creator_;
  record.shop = shop_;
  record.resumed = resumed_;
  for (const auto& [id, author] : authors_) {
    wire::AuthorRecord entry;
    entry.device = id;
    entry.card = author.device.card;
    entry.counter = author.counter;
    entry.last = author.last;
    entry.admitted = author.admitted;
    if (author.certificate) entry.certificate = author.certificate->bytes;
    for (const Certificate& each : author.earlier) entry.earlier.push_back(each.bytes);
    record.authors.push_back(entry);
  }
  return codec::encode(record);
}

Result<Fold> Fold::load(BytesView stored) {
  Fold fold;
  if (stored.empty()) return fold;
  const Result<wire::FoldRecord> record = codec::decode<wire::FoldRecord>(stored);
  if (!record) return record.error();
  if (record->kind == 0 || record->kind > static_cast<std::uint64_t>(LogKind::shop)) {
    return Errc::malformed;
  }
  fold.started_ = true;
  fold.kind_ = static_cast<LogKind>(record->kind);
  fold.log_ = record->log;
  fold.main_log_ = record->main_log;
  fold.creator_ = record->creator;
  fold.shop_ = record->shop;
  fold.resumed_ = record->resumed;
  for (const wire::AuthorRecord& entry : record->authors) {
    Result<Author> author = load_author(entry);
    if (!author) return author.error();
    fold.authors_[entry.device] = std::move(*author);
  }
  return fold;
}

}  // namespace shopbell
