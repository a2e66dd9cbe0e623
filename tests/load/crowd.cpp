#include "load/crowd.h"

#include <fmt/format.h>

#include <iostream>

#include "load/card_bearer.h"
#include "load/measure.h"

namespace shopbell::load {
namespace {

using net::error_code;
using wire::FrameKind;

// So many devices are under way at once while a run is being prepared.
constexpr std::size_t under_way_max = 128;

// Runs the io_context until somebody stops it, and gives up after a while.
class Steps {
 public:
  Steps(net::asio::io_context& io, std::size_t seconds_max)
      : io_(io), limit_(io), seconds_max_(seconds_max) {}

  void run(std::string_view otherwise) {
    limit_.expires_after(std::chrono::seconds(seconds_max_));
    limit_.async_wait([otherwise](error_code error) {
      if (!error) give_up(fmt::format("{} in time", otherwise));
    });
    io_.restart();
    io_.run();
    limit_.cancel();
  }

  void hand_in_card(const LoadShop& shop) {
    const CardBearer desk(io_, shop, [this] { io_.stop(); });
    run("the relay did not take the card");
    // Handlers of the desk's connection end while it is still there.
    io_.restart();
    io_.poll();
  }

 private:
  net::asio::io_context& io_;
  net::Timer limit_;
  std::size_t seconds_max_;
};

class Idle : public Device::User {
 public:
  explicit Idle(const CrowdOptions& options)
      : options_(options),
        shop_(load_shop(options.shop_file)),
        address_(address_of(options.url)),
        steps_(io_, options.seconds_max) {}

  void run() {
    steps_.hand_in_card(shop_);
    auto rng = fresh_rng();
    const auto warm = std::min<std::size_t>(200, options_.count);
    for (std::size_t i = 0; i < warm + options_.count; ++i) {
      devices_.push_back(
          std::make_unique<Device>(io_, shop_, *this, make_device(rng, wall_ms()), Bytes()));
    }
    connect(warm);
    const auto rss = rss_bytes(options_.pid);
    const auto cpu = cpu_ns(options_.pid);
    const auto begin = now_ns();
    connect(devices_.size());
    const auto seconds = static_cast<double>(now_ns() - begin) / 1e9;
    const auto connect_cpu = cpu_ns(options_.pid) - cpu;
    const auto count = static_cast<double>(options_.count);
    Report out;
    out.add("connections", std::uint64_t{options_.count});
    out.add("seconds", seconds);
    out.add("rss_bytes_per_connection",
            (static_cast<double>(rss_bytes(options_.pid)) - static_cast<double>(rss)) / count);
    out.add("connect_cpu_ms", static_cast<double>(connect_cpu) / 1e6 / count);
    out.print();
  }

 private:
  void connect(std::size_t until) {
    until_ = until;
    while (dialled_ < until_ && dialled_ - welcomed_ < under_way_max) dial();
    steps_.run("not all devices were welcomed");
  }

  void dial() { devices_[dialled_++]->dial(address_); }

  void welcomed(Device&, const wire::Welcome&) override {
    if (++welcomed_ == until_) return io_.stop();
    if (dialled_ < until_) dial();
  }
  void framed(Device&, FrameKind kind, BytesView body) override {
    if (kind == FrameKind::error) give_up_on_error(body);
  }

  const CrowdOptions options_;
  net::asio::io_context io_{1};
  const LoadShop shop_;
  const Address address_;
  Steps steps_;
  std::vector<std::unique_ptr<Device>> devices_;
  std::size_t dialled_ = 0;
  std::size_t welcomed_ = 0;
  std::size_t until_ = 0;
};

// A visitor with one conversation: genesis, grant, a message; and what an agent puts behind it
// while he is away: join, a message.
struct Visitor {
  std::unique_ptr<Device> device;
  std::unique_ptr<Writer> writer;
  std::size_t placed = 0;
  std::size_t tries = 0;
  bool back = false;
};
constexpr std::uint64_t seq_own_last = 3;
constexpr std::uint64_t seq_last = 5;

class Reconnect : public Device::User {
 public:
  explicit Reconnect(const CrowdOptions& options)
      : options_(options),
        shop_(load_shop(options.shop_file)),
        address_(address_of(options.url)),
        steps_(io_, options.seconds_max),
        rng_(fresh_rng()),
        visitors_(options.count) {
    for (auto& visitor : visitors_) {
      visitor.device =
          std::make_unique<Device>(io_, shop_, *this, make_device(rng_, wall_ms()), Bytes());
      visitor.writer = std::make_unique<Writer>(shop_, visitor.device->keys(), rng_);
      of_device_[visitor.device.get()] = &visitor;
    }
  }

  void run() {
    steps_.hand_in_card(shop_);
    phase_ = Phase::beginning;
    while (dialled_ < std::min(under_way_max, visitors_.size())) dial_next();
    steps_.run("not all conversations were begun");
    answer_all();
    fmt::print("{{\"ready\": {}}}\n", visitors_.size());
    std::fflush(stdout);
    int pid = 0;
    if (!(std::cin >> pid)) give_up("no process id came on stdin");
    come_back(pid);
  }

 private:
  enum class Phase { none, beginning, answering, returning };

  void dial_next() { visitors_[dialled_++].device->dial(address_); }

  void answer_all() {
    phase_ = Phase::answering;
    auto keys = make_device(rng_, wall_ms());
    auto certificate = make_certificate(shop_, keys.self.id);
    agent_ = std::make_unique<Device>(io_, shop_, *this, std::move(keys), std::move(certificate));
    agent_->dial(address_);
    steps_.run("not all conversations were answered");
    agent_->cut();
  }

  void answer_some() {
    static const Bytes text(200, 'b');
    while (answered_ < visitors_.size() && 2 * answered_ - answers_placed_ < 2 * under_way_max) {
      Writer writer(shop_, agent_->keys(), *visitors_[answered_++].writer);
      agent_->publish(writer.join(agent_->certificate()));
      agent_->publish(writer.message(rng_, text));
      agent_->leave();
    }
    agent_->flush();
  }

  void come_back(int pid) {
    phase_ = Phase::returning;
    const auto cpu = cpu_ns(pid);
    begin_ns_ = now_ns();
    for (auto& visitor : visitors_) visitor.device->dial(address_);
    steps_.run("not all devices came back");
    Report out;
    out.add("devices", std::uint64_t{visitors_.size()});
    out.add("seconds", static_cast<double>(now_ns() - begin_ns_) / 1e9);
    out.add("cpu_ms_per_device",
            static_cast<double>(cpu_ns(pid) - cpu) / 1e6 / static_cast<double>(visitors_.size()));
    out.add("tries_again", std::uint64_t{tries_again_});
    out.add("lost", std::uint64_t{lost_});
    out.add_times("back", back_times_);
    out.print();
  }

  void welcomed(Device& device, const wire::Welcome& welcome) override {
    if (&device == agent_.get()) return answer_some();
    auto& visitor = *of_device_.at(&device);
    if (phase_ == Phase::beginning) return begin(visitor);
    const auto& heads = welcome.heads;
    if (heads.size() != 1 || heads[0].log != visitor.writer->log() || heads[0].seq != seq_last ||
        heads[0].counter != seq_own_last) {
      ++lost_;
      return is_back(visitor);
    }
    device.put(FrameKind::fetch, wire::Fetch{visitor.writer->log(), seq_own_last + 1, seq_last});
    device.leave();
  }

  void begin(Visitor& visitor) {
    static const Bytes text(200, 'a');
    visitor.device->publish(visitor.writer->genesis());
    visitor.device->publish(visitor.writer->grant(rng_));
    visitor.device->publish(visitor.writer->message(rng_, text));
    visitor.device->leave();
  }

  void framed(Device& device, FrameKind kind, BytesView body) override {
    if (kind == FrameKind::error) give_up_on_error(body);
    if (kind == FrameKind::published && &device == agent_.get()) {
      if (++answers_placed_ == 2 * visitors_.size()) return io_.stop();
      return answer_some();
    }
    if (kind == FrameKind::published) return placed(*of_device_.at(&device), body);
    if (kind == FrameKind::page) return fetched(*of_device_.at(&device), body);
  }

  void placed(Visitor& visitor, BytesView body) {
    const auto place = codec::decode<wire::Published>(body);
    if (!place || place->seq != ++visitor.placed) give_up("an envelope took a wrong place");
    if (visitor.placed != seq_own_last) return;
    visitor.writer->see(place->seq, place->chain);
    visitor.device->cut();
    if (++begun_ == visitors_.size()) return io_.stop();
    if (dialled_ < visitors_.size()) dial_next();
  }

  void fetched(Visitor& visitor, BytesView body) {
    const auto page = codec::decode<wire::Page>(body);
    const bool whole = page && page->items.size() == 2 && page->items[0].seq == seq_own_last + 1 &&
                       page->items[1].seq == seq_last && !page->items[1].envelope.empty();
    if (!whole) ++lost_;
    is_back(visitor);
  }

  void is_back(Visitor& visitor) {
    if (std::exchange(visitor.back, true)) give_up("a device was answered twice");
    back_times_.push_back(static_cast<double>(now_ns() - begin_ns_));
    if (back_times_.size() == visitors_.size()) io_.stop();
  }

  // As a device does: again a little later, and not for ever.
  void lost(Device& device, std::uint16_t code) override {
    if (phase_ != Phase::returning) return Device::User::lost(device, code);
    auto& visitor = *of_device_.at(&device);
    constexpr std::size_t tries_max = 20;
    if (visitor.back) give_up("the relay closed a connection that was back");
    if (++visitor.tries == tries_max) give_up("a device could not come back");
    ++tries_again_;
    auto wait = std::make_shared<net::Timer>(io_, std::chrono::milliseconds(250));
    wait->async_wait([this, wait, &device](error_code error) {
      if (!error) device.dial(address_);
    });
  }

  const CrowdOptions options_;
  net::asio::io_context io_{1};
  const LoadShop shop_;
  const Address address_;
  Steps steps_;
  Rng rng_;
  Phase phase_ = Phase::none;
  std::vector<Visitor> visitors_;
  std::unordered_map<const Device*, Visitor*> of_device_;
  std::unique_ptr<Device> agent_;
  std::size_t dialled_ = 0;
  std::size_t begun_ = 0;
  std::size_t answered_ = 0;
  std::size_t answers_placed_ = 0;
  std::uint64_t begin_ns_ = 0;
  std::size_t tries_again_ = 0;
  std::size_t lost_ = 0;
  std::vector<double> back_times_;
};

}  // namespace

void run_idle(const CrowdOptions& options) {
  allow_files(options.count + 264);
  Idle(options).run();
}

void run_reconnect(const CrowdOptions& options) {
  allow_files(options.count + 64);
  Reconnect(options).run();
}

}  // namespace shopbell::load
