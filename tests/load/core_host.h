// A full native core (shopbell::Engine) over the generator's client socket, with its store in
// memory: the cost of a real device, without a disk of its own.
#pragma once

#include <deque>
#include <functional>
#include <map>

#include "load/link.h"
#include "shopbell/engine.h"

namespace shopbell::load {

class CoreHost : public Link::Owner {
 public:
  using OnEvent = std::function<void(wire::EventKind, BytesView)>;

  // Lives until the io_context runs no more.
  CoreHost(net::asio::io_context& io, const Address& address, EngineConfig config,
           OnEvent on_event);

  // Before start(): what its storage holds already.
  void put(const Bytes& key, const Bytes& value) { store_[key] = value; }
  void start() { tell(); }
  template <class T>
  void command(wire::CommandKind kind, const T& message) {
    command_bytes(kind, codec::encode(message));
  }

 private:
  using Step = std::function<void()>;

  void command_bytes(wire::CommandKind kind, Bytes body);
  void opened() override;
  void received(BytesView message) override;
  void settled() override {}
  void closed(std::uint16_t code) override;

  // Feeds a Tick, then what the steps feed, until nothing is left to do.
  void tell(Step step = {});
  void feed(const Input& input);
  void carry_out(const out::Connect& out);
  void carry_out(const out::Disconnect& out);
  void carry_out(const out::Transmit& out) { link_.send(out.bytes); }
  void carry_out(const out::Persist& out);
  void carry_out(const out::Load& out);
  void carry_out(const out::Event& out) { on_event_(out.kind, out.body); }
  void carry_out(const out::Timeout& out);
  void carry_out(const out::NeedEntropy& out);
  void load(std::uint64_t id, const Bytes& from, const Bytes& to, std::uint64_t limit,
            bool descending);

  Address address_;
  OnEvent on_event_;
  Engine engine_;
  Link link_;
  net::Timer wake_;
  std::map<Bytes, Bytes> store_;
  std::deque<Step> steps_;
  std::uint64_t ticked_ms_ = 0;
  bool running_ = false;
};

}  // namespace shopbell::load
