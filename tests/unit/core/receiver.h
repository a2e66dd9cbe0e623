// A receiver of one log, put together from the core's functions. Native tests and the wasm driver
// of vectors share it.
#pragma once

#include "shopbell/log.h"

namespace shopbell::testing {

// PROTOCOL.md 3.10 over the core's functions, in its order.
struct Receiver {
  ShopId shop;
  LogId log;
  std::vector<ShopInfo> cards;
  Fold fold;
  std::vector<Hash> chains;
  std::uint64_t time_ms = 0;
  std::uint64_t epoch = 0;
  std::map<std::uint64_t, SealKey> team_keys;

  Errc check(const ShopInfo& card, std::uint64_t seq, std::uint64_t at_ms, BytesView bytes,
             OpenEnvelope& open) {
    if (seq != chains.size() || at_ms < time_ms) return Errc::chain_broken;
    const Result<OpenEnvelope> read = open_envelope(bytes);
    if (!read) return digest_differs(bytes) ? Errc::chain_broken : read.error();
    open = *read;
    if (open.header.envelope_class == 4) return Errc::class_refused;
    const bool member = open.header.envelope_class == 3;
    if (fold.started() && open.header.log != log) return Errc::chain_broken;
    if (member) {
      Fold next = fold;
      if (Status status = next.apply_member(card, open, seq, at_ms); !status) {
        return status.error();
      }
      if (!next.check_counter(open)) return Errc::chain_broken;
      fold = next;
    } else {
      const Device* author = fold.device_of(card, open.header.author);
      if (!author || !fold.may_write(card, author->id)) return Errc::not_a_member;
      if (!verify_envelope(author->sign_key, open)) return Errc::bad_signature;
      if (!fold.check_counter(open)) return Errc::chain_broken;
    }
    if (open.header.seen_seq >= seq) return Errc::forked;
    if (open.header.seen_chain != chains[open.header.seen_seq]) return Errc::forked;
    if (open.header.envelope_class != 2) return Errc::none;
    const Result<Grant> grant = check_grant(card, fold, epoch, team_keys, open);
    return grant ? Errc::none : grant.error();
  }

  // Whether the envelope would open but for the length or digest of its body.
  static bool digest_differs(BytesView bytes) {
    const auto envelope = codec::decode<wire::Envelope>(bytes);
    if (!envelope) return false;
    const auto header = codec::decode<wire::Header>(envelope->header);
    return header && (header->body_length != envelope->body.size() ||
                      header->body_digest != crypto::hash("shopbell body v1", {envelope->body}));
  }

  void take(const ShopInfo& card, std::uint64_t at_ms, const OpenEnvelope& open) {
    fold.advance(open);
    if (open.header.envelope_class == 2) ++epoch;
    chains.push_back(chain_next(chains.back(), chains.size(), at_ms, open.hash));
    time_ms = at_ms;
    team_keys[card.team_version] = card.team_key;
  }
};

}  // namespace shopbell::testing
