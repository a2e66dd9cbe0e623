// A bad line between devices and relay: late, slow, in crumbs, cut in the middle of a message; at
// times the device's end alone is cut, as when a phone changes its address and the relay does not
// hear of it.
#pragma once

#include <list>
#include <random>

#include "net/asio_types.h"
#include "shopbell/bytes.h"

namespace shopbell::kill {

class Proxy {
 public:
  // Listens beside the relay, on a free port of the same address.
  Proxy(net::asio::io_context& io, const net::Tcp::endpoint& relay, std::uint64_t seed);
  const net::Tcp::endpoint& endpoint() const { return endpoint_; }
  // From here on nothing is cut and nothing is late.
  void calm() { stormy_ = false; }
  void storm() { stormy_ = true; }
  std::size_t cuts() const { return cuts_; }
  std::size_t silent_cuts() const { return silent_cuts_; }

 private:
  struct Pair;
  struct Half {
    Half(Pair& of, net::Socket& from, net::Socket& to, net::asio::io_context& io)
        : pair(of), in(from), out(to), late(io) {}
    Pair& pair;
    net::Socket& in;
    net::Socket& out;
    net::Timer late;
    Bytes buffer = Bytes(16 * 1024);
  };
  struct Pair {
    explicit Pair(net::asio::io_context& io)
        : near(io), far(io), up(*this, near, far, io), down(*this, far, near, io) {}
    net::Socket near;
    net::Socket far;
    Half up;
    Half down;
  };

  void accept();
  void read(Half& half);
  void got(Half& half, std::size_t size);
  void forward(Half& half, std::size_t from, std::size_t size);
  void cut(Pair& pair, bool far_too);
  std::uint64_t draw(std::uint64_t below) { return rng_() % below; }

  net::asio::io_context& io_;
  net::Acceptor acceptor_;
  net::Tcp::endpoint endpoint_;
  net::Tcp::endpoint relay_;
  std::mt19937_64 rng_;
  std::list<Pair> pairs_;
  bool stormy_ = true;
  std::size_t cuts_ = 0;
  std::size_t silent_cuts_ = 0;
};

}  // namespace shopbell::kill
