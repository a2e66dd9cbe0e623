#include "kill/proxy.h"

namespace shopbell::kill {
namespace {

// Of so many pieces that pass one ends the connection; of so many cuts one is heard by the device
// alone.
constexpr std::uint64_t pieces_a_cut = 150;
constexpr std::uint64_t cuts_a_silent_one = 4;
constexpr std::uint64_t late_ms_max = 30;
constexpr std::uint64_t crumb_bytes_max = 300;

}  // namespace

Proxy::Proxy(net::asio::io_context& io, const net::Tcp::endpoint& relay, std::uint64_t seed)
    : io_(io),
      acceptor_(io, {relay.address(), 0}),
      endpoint_(acceptor_.local_endpoint()),
      relay_(relay),
      rng_(seed) {
  accept();
}

void Proxy::accept() {
  auto& pair = pairs_.emplace_back(io_);
  acceptor_.async_accept(pair.near, [this, &pair](net::error_code error) {
    if (error) return;
    accept();
    pair.far.async_connect(relay_, [this, &pair](net::error_code failed) {
      if (failed) return cut(pair, true);
      read(pair.up);
      read(pair.down);
    });
  });
}

void Proxy::read(Half& half) {
  half.in.async_read_some(net::asio::buffer(half.buffer),
                          [this, &half](net::error_code error, std::size_t size) {
                            if (error) return cut(half.pair, true);
                            got(half, size);
                          });
}

void Proxy::got(Half& half, std::size_t size) {
  if (!stormy_) return forward(half, 0, size);
  if (draw(pieces_a_cut) == 0) {
    ++cuts_;
    const bool silent = draw(cuts_a_silent_one) == 0;
    silent_cuts_ += silent ? 1 : 0;
    // Some of it still arrives: the cut is in the middle of a message.
    net::error_code ignored;
    half.out.write_some(net::asio::buffer(half.buffer.data(), draw(size + 1)), ignored);
    return cut(half.pair, !silent);
  }
  half.late.expires_after(std::chrono::milliseconds(draw(late_ms_max)));
  half.late.async_wait([this, &half, size](net::error_code error) {
    if (!error) forward(half, 0, size);
  });
}

void Proxy::forward(Half& half, std::size_t from, std::size_t size) {
  if (from == size) return read(half);
  const bool crumbs = stormy_ && draw(3) == 0;
  const auto most = crumbs ? 1 + draw(crumb_bytes_max) : size;
  const auto count = std::min<std::size_t>(size - from, most);
  net::asio::async_write(half.out, net::asio::buffer(half.buffer.data() + from, count),
                         [this, &half, from, count, size](net::error_code error, std::size_t) {
                           if (error) return cut(half.pair, true);
                           forward(half, from + count, size);
                         });
}

// The pair stays in the list: handlers may still look at it.
void Proxy::cut(Pair& pair, bool far_too) {
  net::error_code ignored;
  pair.near.close(ignored);
  pair.up.late.cancel();
  pair.down.late.cancel();
  if (far_too) pair.far.close(ignored);
}

}  // namespace shopbell::kill
