// A shop made up for a run: its keys, its card, and devices with conversations whose envelopes are
// sealed and signed before any clock starts.
#pragma once

#include <string>

#include "shopbell/handshake.h"

namespace shopbell::load {

// Seeded by the system; one for each thread.
Rng fresh_rng();

// Root, desk and team of a shop that exists for measuring only, kept in a file between runs.
struct LoadShop {
  crypto::SignPair root;
  DeviceKeys desk;
  crypto::SealPair team;
  SignKey relay;    // the relay's key
  std::string url;  // the relay's address as dialled
  ShopInfo info;    // the card as of now
  std::string host() const { return dialled_host(url); }
  // The desk's keys once more, for who keeps his own.
  DeviceKeys desk_again() const;
};

// Makes a data directory for `shopbell relay` that serves a new shop under `url`, and the file that
// load_shop reads. Gives up where something is there already.
void prepare_relay(const std::string& directory, const std::string& shop_file,
                   const std::string& url);
// With a card of this moment, thus newer than all before.
LoadShop load_shop(const std::string& shop_file);

Bytes make_certificate(const LoadShop& shop, const DeviceId& device);

// One conversation as one of its authors writes it.
class Writer {
 public:
  // Of a conversation that this device begins.
  Writer(const LoadShop& shop, const DeviceKeys& device, Rng& rng);
  // Of the one of `begun`, as a certified device that joins it.
  Writer(const LoadShop& shop, const DeviceKeys& device, const Writer& begun);

  // Envelopes, in the order they have to be published. The first is genesis() and grant(), or
  // join().
  Bytes genesis();
  Bytes grant(Rng& rng);
  Bytes join(BytesView certificate);
  Bytes message(Rng& rng, BytesView text);

  // What the author has seen last; goes into what he writes from here on.
  void see(std::uint64_t seq, const Hash& chain);
  const LogId& log() const { return log_; }
  std::uint64_t counter() const { return counter_; }

 private:
  Bytes sign(wire::Header header, BytesView body);
  wire::Header header(EnvelopeClass envelope_class) const;

  const LoadShop& shop_;
  const DeviceKeys& device_;
  LogId log_;
  Hash random_;
  Key epoch_key_;
  Hash commitment_;
  std::uint64_t counter_ = 0;
  Hash previous_;
  std::uint64_t seen_seq_ = 0;
  Hash seen_chain_;
  Fold fold_;
};

}  // namespace shopbell::load
