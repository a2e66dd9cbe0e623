#include <algorithm>

#include "bus/bus.h"

namespace shopbell::bus {

class InProcessHub {
 public:
  struct Listener {
    Bus::Handler handler;
  };

  void publish(const Message& message) {
    std::lock_guard lock(mutex_);
    for (Listener* listener : listeners_) listener->handler(message);
  }
  void add(Listener* listener) {
    std::lock_guard lock(mutex_);
    listeners_.push_back(listener);
  }
  void remove(Listener* listener) {
    std::lock_guard lock(mutex_);
    std::erase(listeners_, listener);
  }

 private:
  // Held while handlers run, so that a subscription that has gone is not called any more.
  std::mutex mutex_;
  std::vector<Listener*> listeners_;
};

namespace {

class InProcessSubscription final : public Bus::Subscription {
 public:
  InProcessSubscription(std::shared_ptr<InProcessHub> hub, Bus::Handler handler)
      : hub_(std::move(hub)), listener_{std::move(handler)} {
    hub_->add(&listener_);
  }
  ~InProcessSubscription() override { hub_->remove(&listener_); }

 private:
  std::shared_ptr<InProcessHub> hub_;
  InProcessHub::Listener listener_;
};

class InProcessBus final : public Bus {
 public:
  InProcessBus(std::shared_ptr<InProcessHub> hub, NodeId node)
      : hub_(std::move(hub)), node_(node) {}

  void publish(const News& news) override {
    std::lock_guard lock(mutex_);
    hub_->publish({node_, ++last_number_, news});
  }
  std::unique_ptr<Subscription> subscribe(Handler handler) override {
    return std::make_unique<InProcessSubscription>(hub_, std::move(handler));
  }

 private:
  std::shared_ptr<InProcessHub> hub_;
  NodeId node_;
  std::mutex mutex_;  // numbers go out in their order
  std::uint64_t last_number_ = 0;
};

}  // namespace

std::shared_ptr<InProcessHub> make_in_process_hub() { return std::make_shared<InProcessHub>(); }

std::unique_ptr<Bus> join_in_process(std::shared_ptr<InProcessHub> hub, NodeId node) {
  return std::make_unique<InProcessBus>(std::move(hub), node);
}

}  // namespace shopbell::bus
