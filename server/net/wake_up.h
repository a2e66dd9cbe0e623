// Values that other threads hand to the I/O thread: however many come before it looks, it is woken
// once.
#pragma once

#include <mutex>

#include "net/asio_types.h"

namespace shopbell::net {

template <class T>
class WakeUp {
 public:
  // `take` is called on the I/O thread with each value, in the order they were given.
  WakeUp(asio::io_context& io, std::function<void(T&)> take)
      : state_(std::make_shared<State>(io, std::move(take))) {}
  ~WakeUp() {
    const std::lock_guard lock(state_->mutex);
    state_->take = nullptr;
  }
  WakeUp(const WakeUp&) = delete;
  WakeUp& operator=(const WakeUp&) = delete;

  // From any thread.
  void give(T value) {
    {
      const std::lock_guard lock(state_->mutex);
      state_->values.push_back(std::move(value));
      if (state_->values.size() > 1) return;
    }
    asio::post(state_->io, [state = state_] { state->deliver(); });
  }

 private:
  struct State {
    State(asio::io_context& context, std::function<void(T&)> taker)
        : io(context), take(std::move(taker)) {}

    void deliver() {
      std::vector<T> now;
      {
        const std::lock_guard lock(mutex);
        now.swap(values);
      }
      for (auto& value : now) {
        if (take) take(value);
      }
    }

    asio::io_context& io;
    std::mutex mutex;
    std::vector<T> values;
    std::function<void(T&)> take;
  };

  std::shared_ptr<State> state_;
};

}  // namespace shopbell::net
