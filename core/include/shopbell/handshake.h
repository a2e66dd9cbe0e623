// Proofs of a connection, signals and sessions (docs/PROTOCOL.md sections 7 and 9).
#pragma once

#include "shopbell/log.h"

namespace shopbell {

Signature sign_hello(const DeviceKeys& device, const wire::HelloProof& proof);
bool verify_hello(const SignKey& device, const wire::HelloProof& proof, const Signature& signature);
Signature sign_welcome(const crypto::SignPair& relay, const wire::WelcomeProof& proof);
bool verify_welcome(const SignKey& relay, const wire::WelcomeProof& proof,
                    const Signature& signature);

// Proof of work (docs/PROTOCOL.md 7.16): whether `work` is one for a device before this nonce.
bool is_work(const Hash& relay_nonce, const DeviceId& device, std::uint64_t work,
             std::uint64_t bits);

// "host[:port]" as a device dials it: lower case, the default port of ws or wss left out. Empty
// where the URL is not ws:// or wss://.
std::string dialled_host(std::string_view url);

// Log signals. The caller keeps counters.
Bytes make_log_signal(const DeviceKeys& author, const Key& epoch_key, wire::LogSignal signal,
                      const wire::SignalContent& content);
// Reads who sent it, before its key is looked up; the signature is not checked yet.
Result<wire::LogSignal> peek_log_signal(BytesView signal);
// bad_signature, body_bad.
Result<wire::SignalContent> open_log_signal(const SignKey& author, const Key& epoch_key,
                                            BytesView signal);

// A link to a further device of a customer (docs/PROTOCOL.md 11.6): what its maker keeps of the
// secret, the proof that a newcomer sends (compare with same_mac), and the six digits that both
// show.
struct LinkNames {
  DeviceId host;   // who made the link
  DeviceId guest;  // who uses it
  Hash nonce;
};
Key link_key_of(const Key& secret, const ShopId& shop);
Hash link_mac(const Key& key, const LinkNames& names);
std::uint64_t link_digits(const Key& key, const LinkNames& names);

// One sealed session between two devices.
class Session {
 public:
  // The opener's first step; keep the result until `accept_at_opener`.
  static Bytes make_open(const DeviceKeys& mine, const DeviceId& to, BytesView certificate,
                         const Hash& nonce, std::uint64_t now_ms);

  struct Opened {
    Device peer;
    Bytes certificate;  // unverified bytes, empty where none came
    Hash nonce;
  };
  // The other side: checks form, signature and that it is meant. not_a_member where `to` is
  // another.
  static Result<Opened> take_open(const DeviceKeys& mine, BytesView open);
  // Makes the answer and the session.
  static Result<Session> accept(const DeviceKeys& mine, const Opened& opened, const Hash& nonce,
                                Bytes& answer);
  // The opener takes the answer. bad_signature, replayed (not the nonce that was sent).
  static Result<Session> accept_at_opener(const DeviceKeys& mine, const Device& peer,
                                          const Hash& nonce, BytesView answer);

  const DeviceId& peer() const { return peer_; }
  const Hash& name() const { return name_; }
  // The SessionData bytes of the next message in this direction.
  Bytes seal(const DeviceKeys& mine, const wire::SessionMessage& message);
  struct Message {
    wire::SessionMessage message;  // views into `plain`
    Bytes plain;
  };
  // replayed, body_bad, no_session (another session's data).
  Result<Message> open(BytesView data);

 private:
  DeviceId peer_;
  Hash name_;
  Key key_;
  bool opener_ = false;
  std::uint64_t sent_ = 0;
  std::uint64_t received_ = 0;
};

}  // namespace shopbell
