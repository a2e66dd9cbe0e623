// Pairs of a visitor and an agent at a Shopbell relay. Genesis, grant and join are placed while the
// pairs are made ready; messages are sealed and signed before they are asked for.
#include <thread>

#include "load/card_bearer.h"
#include "load/measure.h"
#include "load/target.h"

namespace shopbell::load {
namespace {

using wire::FrameKind;

// genesis, grant, join
constexpr std::size_t stored_per_pair = 3;

class Pair : public Device::User {
 public:
  Pair(net::asio::io_context& io, const LoadShop& shop, Rng& rng, std::size_t index,
       const std::function<void()>& ready, const Target::Progress& progress)
      : index_(index),
        ready_(ready),
        progress_(progress),
        visitor_(io, shop, *this, make_device(rng, wall_ms()), {}),
        agent_keys_(make_device(rng, wall_ms())),
        certificate_(make_certificate(shop, agent_keys_.self.id)),
        agent_(io, shop, *this, std::move(agent_keys_), certificate_),
        visitor_writer_(shop, visitor_.keys(), rng),
        agent_writer_(shop, agent_.keys(), visitor_writer_),
        address_(address_of(shop.url)) {
    beginning_.push_back(visitor_writer_.genesis());
    beginning_.push_back(visitor_writer_.grant(rng));
  }

  void dial() { visitor_.dial(address_); }

  void make_messages(std::size_t count, Rng& rng, BytesView text) {
    frames_.clear();
    starts_.assign(1, 0);
    for (std::size_t i = 0; i < count; ++i) {
      const auto envelope = visitor_writer_.message(rng, text);
      codec::encode_framed(static_cast<std::uint32_t>(FrameKind::publish), wire::Publish{envelope},
                           frames_);
      starts_.push_back(frames_.size());
    }
  }

  void send(std::size_t from, std::size_t count) {
    const auto start = starts_[from];
    visitor_.link().send(BytesView(frames_).subspan(start, starts_[from + count] - start));
    visitor_.flush();
  }

 private:
  void welcomed(Device& device, const wire::Welcome&) override {
    if (&device == &visitor_) {
      for (const auto& envelope : beginning_) device.publish(envelope);
      beginning_.clear();
    } else {
      wire::Watch watch;
      watch.logs = {visitor_writer_.log()};
      device.put(FrameKind::watch, watch);
      device.publish(agent_writer_.join(certificate_));
    }
    device.leave();
  }

  void framed(Device& device, FrameKind kind, BytesView body) override {
    if (kind == FrameKind::error) give_up_on_error(body);
    if (kind == FrameKind::published) return published(device, body);
    if (kind == FrameKind::deliver && &device == &agent_) return delivered(body);
    if (kind == FrameKind::heads && &device == &agent_) watching_ = true;
    if (!running_) check_ready();
  }

  void published(Device& device, BytesView body) {
    const auto place = codec::decode<wire::Published>(body);
    if (!place) give_up("an answer does not read");
    if (&device == &agent_) {
      joined_ = true;
      seq_delivered_ = place->seq;
      return check_ready();
    }
    if (place->counter != ++counter_placed_) give_up("an envelope was answered out of turn");
    if (running_) {
      ++acknowledged_;
    } else if (counter_placed_ == visitor_writer_.counter()) {
      visitor_writer_.see(place->seq, place->chain);
      agent_writer_.see(place->seq, place->chain);
      agent_.dial(address_);
    }
  }

  void delivered(BytesView body) {
    const auto deliver = codec::decode<wire::Deliver>(body);
    if (!deliver) give_up("a delivery does not read");
    if (!running_) return;
    if (deliver->seq != ++seq_delivered_) give_up("an envelope was lost or came out of turn");
    ++delivered_;
  }

  void settled(Device&) override {
    if (acknowledged_ + delivered_ == 0) return;
    progress_(index_, std::exchange(acknowledged_, 0), std::exchange(delivered_, 0));
  }

  void check_ready() {
    if (!joined_ || !watching_) return;
    running_ = true;
    ready_();
  }

  const std::size_t index_;
  const std::function<void()>& ready_;
  const Target::Progress& progress_;
  Device visitor_;
  DeviceKeys agent_keys_;
  Bytes certificate_;
  Device agent_;
  Writer visitor_writer_;
  Writer agent_writer_;
  Address address_;
  std::vector<Bytes> beginning_;
  Bytes frames_;
  std::vector<std::size_t> starts_;
  bool watching_ = false;
  bool joined_ = false;
  bool running_ = false;
  std::uint64_t counter_placed_ = 0;
  std::uint64_t seq_delivered_ = 0;
  std::size_t acknowledged_ = 0;
  std::size_t delivered_ = 0;
};

class RelayTarget : public Target {
 public:
  RelayTarget(net::asio::io_context& io, const TargetOptions& options)
      : io_(io), options_(options), shop_(load_shop(options.shop_file)), rng_(fresh_rng()) {
    if (options.url != shop_.url) give_up("the shop file was made for another --url");
  }

  void connect(std::function<void()> ready, Progress progress) override {
    ready_ = std::move(ready);
    progress_ = std::move(progress);
    pair_ready_ = [this] {
      if (++pairs_ready_ == pairs_.size()) ready_();
    };
    for (std::size_t i = 0; i < options_.pairs; ++i) {
      pairs_.push_back(std::make_unique<Pair>(io_, shop_, rng_, i, pair_ready_, progress_));
    }
    desk_ = std::make_unique<CardBearer>(io_, shop_, [this] {
      for (const auto& pair : pairs_) pair->dial();
    });
  }

  // On two threads: the server has nothing to do meanwhile.
  void make_messages(std::size_t count) override {
    const auto make = [this, count](std::size_t first) {
      auto rng = fresh_rng();
      const Bytes text(options_.text_bytes, 'a');
      for (std::size_t i = first; i < pairs_.size(); i += 2) {
        pairs_[i]->make_messages(count, rng, text);
      }
    };
    std::thread other(make, 1);
    make(0);
    other.join();
  }

  void send(std::size_t pair, std::size_t from, std::size_t count) override {
    pairs_[pair]->send(from, count);
  }

  std::size_t stored_at_start() const override { return stored_per_pair * options_.pairs; }

 private:
  net::asio::io_context& io_;
  TargetOptions options_;
  LoadShop shop_;
  Rng rng_;
  std::function<void()> ready_;
  std::function<void()> pair_ready_;
  Progress progress_;
  std::vector<std::unique_ptr<Pair>> pairs_;
  std::size_t pairs_ready_ = 0;
  std::unique_ptr<CardBearer> desk_;
};

}  // namespace

std::unique_ptr<Target> make_relay_target(net::asio::io_context& io, const TargetOptions& options) {
  return std::make_unique<RelayTarget>(io, options);
}

}  // namespace shopbell::load
