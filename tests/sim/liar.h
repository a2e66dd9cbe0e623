// A relay that lies: it stands between the production shard and the links, knows the wire and the
// relay's key, and changes what devices are told. In each world it has other habits.
//
//   drop, repeat, reorder  frames: no more than a bad link would do; nobody needs to name it
//   withheld, old card     what a relay may do as well: the device goes on with the card it has
//   forged card            signed by a root that is not the shop's
//   broken signature, swapped body, swapped author, forged envelope
//   fork                   one device is told other times from some entry on, with all chains,
//                          checkpoints and marks to match: only what authors say they saw tells
//   false answer           a Published for what was never placed
#pragma once

#include "clockwork.h"
#include "lies.h"
#include "shopbell/wire.h"
#include "store/store.h"

namespace shopbell::sim {

using LinkId = std::uint64_t;

class Relay;

class Liar {
 public:
  // Whether this world's relay lies at all is drawn here.
  Liar(Clockwork& clockwork, Lies& lies, Relay& relay, const ShopId& shop, const Bytes& relay_seed);

  bool is_one() const { return is_one_; }
  // From now on nothing new; stories once told are kept up.
  void repent() { repents_ = true; }
  // What the device hears, or the relay, instead of these frames; empty: nothing.
  Bytes to_device(LinkId link, int device, BytesView bytes);
  Bytes to_relay(LinkId link, int device, BytesView bytes);

 private:
  using Habit = Event;
  struct Ear {
    Bytes held;              // frames that go behind the next ones
    std::vector<Bytes> old;  // frames that were told before
  };

  bool tempted(Habit habit, std::uint64_t part);
  Bytes tell(int device, const codec::Framed& frame);
  Bytes tell_deliver(int device, wire::Deliver deliver);
  Bytes tell_page(int device, wire::Page page);
  Bytes tell_published(int device, wire::Published published);
  Bytes tell_heads(int device, wire::Heads heads);
  Bytes tell_welcome(int device, wire::Welcome welcome);
  Bytes tell_card(BytesView card);
  void add_card_lies(int device, Bytes& out);
  Bytes false_card();
  Bytes answer_falsely(BytesView envelope);

  // One entry as this device is to see it; `keep` holds the bytes that it then looks into.
  void bend(int device, wire::Deliver& entry, Bytes& keep);
  Bytes tampered(const wire::Deliver& entry);
  Bytes forged_after(const wire::Deliver& entry);
  bool is_conversation(const LogId& log);
  void bend_heads(int device, std::vector<wire::Head>& heads);
  // The first entry of another story; 0 where this device is told the true one.
  std::uint64_t fork_of(int device, const LogId& log) const;
  Hash forked_chain(const LogId& log, std::uint64_t fork, std::uint64_t seq);

  Clockwork& w_;
  Lies& lies_;
  Relay& relay_;
  ShopId shop_;
  crypto::SignPair relay_key_;
  DeviceKeys own_;  // signs what it forges
  bool is_one_ = false;
  bool repents_ = false;
  std::set<Habit> habits_;
  std::map<LinkId, Ear> ears_;
  std::vector<Bytes> cards_;  // every one that was ever told, oldest first
  std::map<std::pair<int, LogId>, std::uint64_t> forks_;
};

}  // namespace shopbell::sim
