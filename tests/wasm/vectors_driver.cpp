// The core's functions by name, for the vectors: bytes in, bytes out. A program of tests only,
// built as wasm; tests/wasm/vectors_suite.mjs calls it.
//
// In: (u32 length, bytes) repeated, first the name of the function. Out: u32 size of what follows,
// then the same form, first the name of the error ("none"). Numbers are u64, flags one byte.
#include <cstdlib>

#include "shopbell/blob.h"
#include "shopbell/handshake.h"
#include "unit/core/receiver.h"
#include "unit/core/recode.h"
#include "wasm/vectors_args.h"

namespace {

using namespace shopbell;
using testing::Receiver;
using vectors::Answer;
using vectors::Args;
using vectors::demand;
using vectors::put_number;

template <class T>
Errc error_of(const Result<T>& result) {
  return result ? Errc::none : result.error();
}

Errc give_key(const Result<Key>& key, Answer& out) {
  if (key) out.bytes(key->reveal());
  return error_of(key);
}

// --- crypto

Errc recode(Args& in, Answer& out) {
  const auto recoder = testing::recoders.find(std::string(in.text()));
  demand(recoder != testing::recoders.end());
  Bytes again;
  const Errc error = recoder->second(in.bytes(), again);
  out.bytes(again);
  return error;
}

Errc hash(Args& in, Answer& out) {
  const std::string_view label = in.text();
  out.bytes(crypto::hash(label, {in.bytes()}).view());
  return Errc::none;
}

Errc kdf(Args& in, Answer& out) {
  const Key key = in.key();
  const std::string_view label = in.text();
  out.bytes(crypto::derive(key, label, {in.bytes()}).reveal());
  return Errc::none;
}

Errc sign(Args& in, Answer& out) {
  const crypto::SignPair pair = crypto::sign_pair(in.key());
  const std::string_view domain = in.text();
  out.bytes(pair.key.view());
  out.bytes(crypto::sign(pair, domain, in.bytes()).view());
  return Errc::none;
}

Errc verify(Args& in, Answer& out) {
  const auto key = in.fixed<SignKey>();
  const std::string_view domain = in.text();
  const BytesView body = in.bytes();
  const BytesView signature = in.bytes();
  out.flag(signature.size() == Signature::size &&
           crypto::verify(key, domain, body, Signature::from(signature)));
  return Errc::none;
}

Errc aead_seal(Args& in, Answer& out) {
  const Key key = in.key();
  const BytesView nonce_bytes = in.bytes();
  crypto::AeadNonce nonce{};
  demand(nonce_bytes.size() == nonce.size());
  std::copy(nonce_bytes.begin(), nonce_bytes.end(), nonce.begin());
  const BytesView aad = in.bytes();
  out.bytes(crypto::aead_seal(key, nonce, aad, in.bytes()));
  return Errc::none;
}

Errc agree(Args& in, Answer& out) {
  const crypto::SealPair pair = crypto::seal_pair(in.key());
  const auto shared = crypto::exchange(pair, in.fixed<SealKey>());
  if (!shared) return Errc::bad_key;
  out.bytes(shared->reveal());
  return Errc::none;
}

Errc open_box(Args& in, Answer& out) {
  const crypto::SealPair pair = crypto::seal_pair(in.key());
  const BytesView aad = in.bytes();
  const BytesView box = in.bytes();
  if (box.size() != KeyBox::size) return Errc::box_bad;
  return give_key(crypto::open_key_box(pair, aad, KeyBox::from(box)), out);
}

// --- who is who

Errc device(Args& in, Answer& out) {
  const DeviceKeys device = in.device();
  out.bytes(device.self.id.view());
  out.bytes(device.self.sign_key.view());
  out.bytes(device.self.seal_key.view());
  out.bytes(device.self.card);
  return Errc::none;
}

Errc take_device(Args& in, Answer& out) {
  const Result<Device> device = take_device_card(in.bytes());
  if (device) out.bytes(device->id.view());
  return error_of(device);
}

Errc desk_certificate(Args& in, Answer& out) {
  const crypto::SignPair root = crypto::sign_pair(in.key());
  const auto desk_key = in.fixed<SignKey>();
  const std::uint64_t issued_ms = in.number();
  out.bytes(make_desk_certificate(root, desk_key, issued_ms, in.number()));
  return Errc::none;
}

Errc team(Args& in, Answer& out) {
  const std::uint64_t version = in.number();
  const crypto::SealPair pair = crypto::seal_pair(in.key());
  out.bytes(pair.key.view());
  out.bytes(team_id_of(version, pair.key).view());
  return Errc::none;
}

Errc take_card(Args& in, Answer& out) {
  const auto shop = in.fixed<ShopId>();
  const Result<ShopInfo> info = take_shop_card(shop, in.bytes());
  if (info) out.number(info->version);
  return error_of(info);
}

Errc make_card(Args& in, Answer& out) {
  const DeviceKeys desk = in.device();
  const BytesView certificate = in.bytes();
  out.bytes(make_shop_card(desk, certificate, in.card()));
  return Errc::none;
}

Errc compare_cards(Args& in, Answer& out) {
  const ShopInfo known = in.card();
  const ShopInfo next = in.card();
  bool unchanged = false;
  const Status status = compare_shop_cards(known, next, unchanged);
  out.flag(status.ok() && !unchanged);
  return status.error();
}

Errc make_certificate(Args& in, Answer& out) {
  const DeviceKeys desk = in.device();
  const auto shop = in.fixed<ShopId>();
  const auto device = in.fixed<DeviceId>();
  const std::uint64_t role = in.number();
  const std::uint64_t issued_ms = in.number();
  const std::uint64_t not_after_ms = in.number();
  const auto person = in.fixed<DeviceId>();
  out.bytes(make_agent_certificate(desk, shop, device, role, issued_ms, not_after_ms, person));
  return Errc::none;
}

Errc take_certificate(Args& in, Answer& out) {
  const ShopInfo shop = in.card();
  const Result<Certificate> certificate = take_agent_certificate(shop, in.bytes());
  if (certificate) {
    out.bytes(certificate->device.view());
    out.bytes(certificate->person.view());
  }
  return error_of(certificate);
}

Errc certificate_at(Args& in, Answer&) {
  const ShopInfo issuer = in.card();
  const Result<Certificate> certificate = take_agent_certificate(issuer, in.bytes());
  demand(certificate.ok());
  const ShopInfo newest = in.card();
  const std::uint64_t at_ms = in.number();
  return check_certificate(newest, *certificate, at_ms, in.number()).error();
}

Errc handover(Args& in, Answer& out) {
  const DeviceKeys device = in.device();
  const auto shop = in.fixed<ShopId>();
  const std::uint64_t version = in.number();
  return give_key(open_handover(device, shop, version, in.fixed<KeyBox>()), out);
}

Errc invitation(Args& in, Answer& out) {
  const Key secret = in.key();
  const auto shop = in.fixed<ShopId>();
  const Key key = invitation_key_of(secret, shop);
  out.bytes(invitation_id_of(secret).view());
  out.bytes(key.reveal());
  out.bytes(enrol_mac(key, in.fixed<DeviceId>(), shop).view());
  return Errc::none;
}

Errc link(Args& in, Answer& out) {
  const Key secret = in.key();
  const Key key = link_key_of(secret, in.fixed<ShopId>());
  const LinkNames names{in.fixed<DeviceId>(), in.fixed<DeviceId>(), in.fixed<Hash>()};
  out.bytes(key.reveal());
  out.bytes(link_mac(key, names).view());
  out.number(link_digits(key, names));
  return Errc::none;
}

// --- bodies, marks, checkpoints

Errc padding(Args& in, Answer& out) {
  out.number(padded_size(static_cast<std::size_t>(in.number())));
  return Errc::none;
}

Errc open_sealed_body(Args& in, Answer& out) {
  OpenEnvelope envelope;
  envelope.header_bytes = in.bytes();
  const auto header = codec::decode<wire::Header>(envelope.header_bytes);
  demand(header.ok());
  envelope.header = *header;
  const Key epoch_key = in.key();
  envelope.body = in.bytes();
  const Result<Inner> inner = open_body(epoch_key, envelope);
  if (inner) {
    out.bytes(codec::encode(inner->body));
    out.bytes(inner->plain);
  }
  return error_of(inner);
}

Errc mark(Args& in, Answer& out) {
  const DeviceKeys device = in.device();
  wire::MarkBody mark;
  mark.log = in.fixed<LogId>();
  mark.device = in.fixed<DeviceId>();
  mark.kind = in.number();
  mark.seq = in.number();
  mark.chain = in.fixed<Hash>();
  out.bytes(make_mark(device, mark));
  return Errc::none;
}

Errc open_mark(Args& in, Answer& out) {
  const auto key = in.fixed<SignKey>();
  const Result<wire::MarkBody> mark = take_mark(key, in.bytes());
  if (mark) out.number(mark->seq);
  return error_of(mark);
}

Errc checkpoint(Args& in, Answer& out) {
  const crypto::SignPair relay = crypto::sign_pair(in.key());
  wire::CheckpointBody checkpoint;
  checkpoint.shop = in.fixed<ShopId>();
  checkpoint.log = in.fixed<LogId>();
  checkpoint.seq = in.number();
  checkpoint.chain = in.fixed<Hash>();
  checkpoint.time_ms = in.number();
  checkpoint.generation = in.number();
  out.bytes(make_checkpoint(relay, checkpoint));
  return Errc::none;
}

Errc open_checkpoint(Args& in, Answer& out) {
  const auto key = in.fixed<SignKey>();
  const Result<wire::CheckpointBody> checkpoint = take_checkpoint(key, in.bytes());
  if (checkpoint) out.number(checkpoint->seq);
  return error_of(checkpoint);
}

// --- connections and signals

Errc host(Args& in, Answer& out) {
  out.bytes(as_bytes(dialled_host(in.text())));
  return Errc::none;
}

template <class Proof>
Proof proof_of(BytesView bytes) {
  const Result<Proof> proof = codec::decode<Proof>(bytes);
  demand(proof.ok());
  return *proof;
}

Errc hello(Args& in, Answer& out) {
  const DeviceKeys device = in.device();
  out.bytes(sign_hello(device, proof_of<wire::HelloProof>(in.bytes())).view());
  return Errc::none;
}

Errc hello_holds(Args& in, Answer& out) {
  const auto key = in.fixed<SignKey>();
  const auto proof = proof_of<wire::HelloProof>(in.bytes());
  out.flag(verify_hello(key, proof, in.fixed<Signature>()));
  return Errc::none;
}

Errc welcome(Args& in, Answer& out) {
  const crypto::SignPair relay = crypto::sign_pair(in.key());
  out.bytes(sign_welcome(relay, proof_of<wire::WelcomeProof>(in.bytes())).view());
  return Errc::none;
}

Errc welcome_holds(Args& in, Answer& out) {
  const auto key = in.fixed<SignKey>();
  const auto proof = proof_of<wire::WelcomeProof>(in.bytes());
  out.flag(verify_welcome(key, proof, in.fixed<Signature>()));
  return Errc::none;
}

Errc relay_named(Args& in, Answer& out) {
  const ShopInfo shop = in.card();
  const auto key = in.fixed<SignKey>();
  out.flag(shop.has_relay_key(key, in.number()));
  return Errc::none;
}

Errc signal(Args& in, Answer& out) {
  const DeviceKeys device = in.device();
  const Key epoch_key = in.key();
  wire::LogSignal signal;
  signal.log = in.fixed<LogId>();
  signal.author = in.fixed<DeviceId>();
  signal.session = in.fixed<Hash>();
  signal.counter = in.number();
  signal.expires_ms = in.number();
  signal.epoch = in.number();
  wire::SignalContent content;
  content.kind = in.number();
  content.on = in.flag();
  out.bytes(make_log_signal(device, epoch_key, signal, content));
  return Errc::none;
}

Errc open_signal(Args& in, Answer& out) {
  const auto key = in.fixed<SignKey>();
  const Key epoch_key = in.key();
  const Result<wire::SignalContent> content = open_log_signal(key, epoch_key, in.bytes());
  if (content) out.flag(content->on);
  return error_of(content);
}

// --- sessions: `session_begin` makes both ends, the rest goes on from there

struct Ends {
  DeviceKeys a;
  DeviceKeys b;
  Hash nonce_a;
  Session at_a;
  Session at_b;
  std::uint64_t sent[3] = {};
};
std::optional<Ends> ends;

Errc session_begin(Args& in, Answer& out) {
  ends.emplace();
  ends->a = in.device();
  ends->b = in.device();
  const BytesView certificate = in.bytes();
  ends->nonce_a = in.fixed<Hash>();
  const auto nonce_b = in.fixed<Hash>();
  const Bytes open =
      Session::make_open(ends->a, ends->b.self.id, certificate, ends->nonce_a, in.number());
  out.bytes(open);
  const auto opened = Session::take_open(ends->b, open);
  if (!opened) return opened.error();
  Bytes answer;
  Result<Session> accepted = Session::accept(ends->b, *opened, nonce_b, answer);
  if (!accepted) return accepted.error();
  out.bytes(answer);
  Result<Session> taken = Session::accept_at_opener(ends->a, ends->b.self, ends->nonce_a, answer);
  if (!taken) return taken.error();
  ends->at_a = std::move(*taken);
  ends->at_b = std::move(*accepted);
  return Errc::none;
}

// The message with this counter; what lies before it is passed on as well.
Errc session_data(Args& in, Answer& out) {
  const std::uint64_t direction = in.number();
  const std::uint64_t counter = in.number();
  const bool from_a = direction == 1;
  Session& from = from_a ? ends->at_a : ends->at_b;
  Session& to = from_a ? ends->at_b : ends->at_a;
  const DeviceKeys& author = from_a ? ends->a : ends->b;
  while (++ends->sent[direction] < counter) {
    if (auto passed = to.open(from.seal(author, wire::SessionMessage())); !passed) {
      return passed.error();
    }
  }
  const Bytes data = from.seal(author, proof_of<wire::SessionMessage>(in.bytes()));
  out.bytes(data);
  const auto opened = to.open(data);
  if (opened) out.bytes(codec::encode(opened->message));
  return error_of(opened);
}

Errc session_take_open(Args& in, Answer&) {
  return error_of(Session::take_open(ends->b, in.bytes()));
}

Errc session_take_accept(Args& in, Answer&) {
  return error_of(Session::accept_at_opener(ends->a, ends->b.self, ends->nonce_a, in.bytes()));
}

Errc session_take_data(Args& in, Answer&) { return error_of(ends->at_b.open(in.bytes())); }

// --- logs: `log_begin` starts a receiver, `log_take` gives it the next envelope

std::optional<Receiver> receiver;

Errc log_begin(Args& in, Answer& out) {
  receiver.emplace();
  receiver->shop = in.fixed<ShopId>();
  receiver->log = in.fixed<LogId>();
  receiver->chains.push_back(chain_start(receiver->shop, receiver->log));
  out.bytes(receiver->chains.back().view());
  const auto creator = in.fixed<DeviceId>();
  out.bytes(log_id_of(receiver->shop, creator, in.fixed<Hash>()).view());
  return Errc::none;
}

Errc log_take(Args& in, Answer& out) {
  const ShopInfo card = in.card();
  const std::uint64_t seq = in.number();
  const std::uint64_t time_ms = in.number();
  OpenEnvelope open;
  const Errc error = receiver->check(card, seq, time_ms, in.bytes(), open);
  if (error != Errc::none) return error;
  receiver->take(card, time_ms, open);
  out.bytes(open.header_bytes);
  out.bytes(open.hash.view());
  out.bytes(receiver->chains.back().view());
  const Fold& fold = receiver->fold;
  out.number(static_cast<std::uint64_t>(fold.class_of(card, open.header.author, time_ms)));
  out.number(static_cast<std::uint64_t>(fold.kind()));
  return Errc::none;
}

Errc envelope_again(Args& in, Answer& out) {
  const DeviceKeys author = in.device();
  const Result<OpenEnvelope> open = open_envelope(in.bytes());
  if (open) out.bytes(make_envelope(author, open->header, open->body).bytes);
  return error_of(open);
}

// --- grants

Errc commitment(Args& in, Answer& out) {
  const auto log = in.fixed<LogId>();
  const std::uint64_t epoch = in.number();
  out.bytes(commitment_of(log, epoch, in.key()).view());
  return Errc::none;
}

Errc grant_key(Args& in, Answer& out) {
  const auto log = in.fixed<LogId>();
  const BytesView body = in.bytes();
  const auto recipient = in.fixed<Hash>();
  return give_key(open_grant(log, body, recipient, crypto::seal_pair(in.key())), out);
}

Bytes written(const DeviceKeys& author, const LogId& log, const SignedEnvelope* before,
              EnvelopeClass envelope_class, BytesView body) {
  wire::Header header;
  header.envelope_class = static_cast<std::uint64_t>(envelope_class);
  header.log = log;
  header.author = author.self.id;
  header.counter = before != nullptr ? 2 : 1;
  if (before != nullptr) header.previous = before->hash;
  return make_envelope(author, header, body).bytes;
}

// Against a log that `creator` has just begun: shop, desk, creator, newest epoch, body, then the
// teams as version and key, the last one that of the card.
Errc grant_rule(Args& in, Answer&) {
  ShopInfo info;
  info.shop = in.fixed<ShopId>();
  info.desk = in.device().self;
  const DeviceKeys creator = in.device();
  const std::uint64_t last_epoch = in.number();
  const BytesView body = in.bytes();
  std::map<std::uint64_t, SealKey> older;
  while (!in.done()) {
    info.team_version = in.number();
    info.team_key = in.fixed<SealKey>();
    older[info.team_version] = info.team_key;
  }
  older.erase(info.team_version);
  const Hash random = crypto::hash("vectors driver", {});
  const LogId log = log_id_of(info.shop, creator.self.id, random);
  const Bytes genesis =
      written(creator, log, nullptr, EnvelopeClass::member,
              make_genesis_body(info.shop, LogKind::main, random, creator.self, LogId()));
  const Result<OpenEnvelope> begun = open_envelope(genesis);
  demand(begun.ok());
  Fold fold;
  demand(fold.apply_member(info, *begun, 1, creator.self.created_ms).ok());
  const SignedEnvelope before{genesis, begun->hash};
  const Bytes grant = written(creator, log, &before, EnvelopeClass::grant, body);
  const Result<OpenEnvelope> open = open_envelope(grant);
  demand(open.ok());
  return error_of(check_grant(info, fold, last_epoch, older, *open));
}

// --- files

// Digest, then each sealed chunk.
Errc blob_seal(Args& in, Answer& out) {
  const Key key = in.key();
  BytesView file = in.bytes();
  const std::uint64_t size_of_file = file.size();
  blob::Sealer sealer(key, size_of_file);
  Answer chunks;
  Bytes sealed(blob::sealed_chunk_bytes);
  while (sealer.added() < blob::chunks_of(size_of_file)) {
    const BytesView chunk = file.first(std::min(file.size(), blob::chunk_bytes));
    file = file.subspan(chunk.size());
    const auto size = sealer.seal(sealer.added(), chunk, sealed);
    if (!size) return size.error();
    if (const Status added = sealer.add(chunk); !added) return added.error();
    chunks.bytes(BytesView(sealed).first(*size));
  }
  out.bytes(sealer.digest().view());
  append(out.results, chunks.results);
  return Errc::none;
}

Errc blob_open(Args& in, Answer& out) {
  const Key key = in.key();
  const blob::Opener opener(key, in.number());
  const std::uint64_t index = in.number();
  Bytes plain(blob::chunk_bytes);
  const auto size = opener.open(index, in.bytes(), plain);
  if (size) out.bytes(BytesView(plain).first(*size));
  return error_of(size);
}

Errc digest(Args& in, Answer& out) {
  blob::Digest made;
  made.add(in.bytes());
  out.bytes(made.value().view());
  return Errc::none;
}

struct Function {
  std::string_view name;
  Errc (*call)(Args&, Answer&);
};

constexpr Function functions[] = {
    {"recode", recode},
    {"hash", hash},
    {"kdf", kdf},
    {"sign", sign},
    {"verify", verify},
    {"aead_seal", aead_seal},
    {"agree", agree},
    {"open_box", open_box},
    {"device", device},
    {"take_device", take_device},
    {"desk_certificate", desk_certificate},
    {"team", team},
    {"take_card", take_card},
    {"make_card", make_card},
    {"compare_cards", compare_cards},
    {"make_certificate", make_certificate},
    {"take_certificate", take_certificate},
    {"certificate_at", certificate_at},
    {"handover", handover},
    {"invitation", invitation},
    {"link", link},
    {"padding", padding},
    {"open_body", open_sealed_body},
    {"mark", mark},
    {"open_mark", open_mark},
    {"checkpoint", checkpoint},
    {"open_checkpoint", open_checkpoint},
    {"host", host},
    {"hello", hello},
    {"hello_holds", hello_holds},
    {"welcome", welcome},
    {"welcome_holds", welcome_holds},
    {"relay_named", relay_named},
    {"signal", signal},
    {"open_signal", open_signal},
    {"session_begin", session_begin},
    {"session_data", session_data},
    {"session_take_open", session_take_open},
    {"session_take_accept", session_take_accept},
    {"session_take_data", session_take_data},
    {"log_begin", log_begin},
    {"log_take", log_take},
    {"envelope_again", envelope_again},
    {"commitment", commitment},
    {"grant_key", grant_key},
    {"grant_rule", grant_rule},
    {"blob_seal", blob_seal},
    {"blob_open", blob_open},
    {"digest", digest},
};

Bytes output;

}  // namespace

extern "C" {

std::uint8_t* vectors_alloc(std::uint32_t size) {
  return static_cast<std::uint8_t*>(std::malloc(size ? size : 1));
}

// Frees `bytes`; the answer lives until the next call. A function that is not there, or arguments
// of the wrong size, trap.
const std::uint8_t* vectors_call(std::uint8_t* bytes, std::uint32_t size) {
  Args in(BytesView(bytes, size));
  const std::string_view name = in.text();
  const auto* found = std::find_if(std::begin(functions), std::end(functions),
                                   [&](const Function& each) { return each.name == name; });
  demand(found != std::end(functions));
  Answer answer;
  const Errc error = found->call(in, answer);
  std::free(bytes);
  const BytesView error_name = as_bytes(name_of(error));
  output.clear();
  put_number(output, 4 + error_name.size() + answer.results.size(), 4);
  put_number(output, error_name.size(), 4);
  append(output, error_name);
  append(output, answer.results);
  return output.data();
}

}  // extern "C"
