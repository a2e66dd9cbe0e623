// News between the nodes of one relay, which share a store: "this log has moved", and what is never
// stored. Nothing here is relied upon: who misses a message finds in the store what has moved
// (store::Reader::moved_since), and a signal is never more than a try. Messages are numbered by
// their sender, so that a receiver sees a gap.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <variant>
#include <vector>

#include "shopbell/bytes.h"

namespace shopbell::bus {

// Drawn anew at each start of a node: who starts again is another sender.
enum class NodeId : std::uint64_t {};

// An envelope has its place, or a mark is kept. `seq` is the head.
struct HeadNews {
  ShopId shop;
  LogId log;
  std::uint64_t seq = 0;
};
// The shop has another card.
struct CardNews {
  ShopId shop;
};
// The device has proven itself at the sender.
struct DeviceNews {
  ShopId shop;
  DeviceId device;
  std::uint64_t term = 0;
};
// A wire::Signal that the sender has checked.
struct SignalNews {
  ShopId shop;
  Bytes signal;
};
using News = std::variant<HeadNews, CardNews, DeviceNews, SignalNews>;

struct Message {
  NodeId from;
  std::uint64_t number = 0;  // dense from 1 for each sender
  News news;
};

// Contract: subscribers get every message published after subscribe() returned, their own included,
// in number order for each node, or a gap in the numbers that they can see. Handlers run on the
// publisher's thread (in-process) and must only hand on.
class Bus {
 public:
  using Handler = std::function<void(const Message&)>;
  // Ends the subscription when it goes; then the handler is not running and will not be called.
  class Subscription {
   public:
    virtual ~Subscription() = default;
  };

  virtual ~Bus() = default;
  virtual void publish(const News& news) = 0;
  virtual std::unique_ptr<Subscription> subscribe(Handler handler) = 0;
};

// The nodes of one process; lives as long as any of its buses or subscriptions.
class InProcessHub;
std::shared_ptr<InProcessHub> make_in_process_hub();
std::unique_ptr<Bus> join_in_process(std::shared_ptr<InProcessHub> hub, NodeId node);

}  // namespace shopbell::bus
