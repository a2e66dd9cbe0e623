// News between relay nodes: "this log has moved". One node alone has nobody to tell, so nothing in
// `shopbell` joins a bus yet; the contract and its suite stand for the relay of several nodes.
// Only a hint: whoever misses one finds the head in the store. Messages are numbered by their
// sending node, so that a receiver sees a gap.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "shopbell/bytes.h"

namespace shopbell::bus {

enum class NodeId : std::uint64_t {};

struct HeadNews {
  ShopId shop;
  LogId log;
  std::uint64_t seq = 0;
};

struct Message {
  NodeId from;
  std::uint64_t number = 0;  // dense from 1 for each sending node
  HeadNews news;
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
  virtual void publish(const HeadNews& news) = 0;
  virtual std::unique_ptr<Subscription> subscribe(Handler handler) = 0;
};

// The nodes of one process; lives as long as any of its buses or subscriptions.
class InProcessHub;
std::shared_ptr<InProcessHub> make_in_process_hub();
std::unique_ptr<Bus> join_in_process(std::shared_ptr<InProcessHub> hub, NodeId node);

}  // namespace shopbell::bus
