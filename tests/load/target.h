// A server under test as the driver sees it: pairs of clients, one of which writes to the other.
// Shopbell's relay and the Node baseline stand behind the same calls, over the same client sockets,
// so that the generator costs the same for both.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "net/asio_types.h"

namespace shopbell::load {

struct TargetOptions {
  std::string url;
  std::string shop_file;  // Shopbell only
  std::size_t pairs = 200;
  std::size_t text_bytes = 200;
};

class Target {
 public:
  // What came in for a pair since it was last said: acknowledged to the writer, delivered to the
  // reader.
  using Progress =
      std::function<void(std::size_t pair, std::size_t acknowledged, std::size_t delivered)>;

  virtual ~Target() = default;
  // Connects all pairs and makes them ready to write; then `ready` is called.
  virtual void connect(std::function<void()> ready, Progress progress) = 0;
  // Makes the next `count` messages of every pair, in place of the former ones, which must have
  // been delivered. Takes as long as it takes.
  virtual void make_messages(std::size_t count) = 0;
  // Sends messages from .. from + count of a pair, in one write.
  virtual void send(std::size_t pair, std::size_t from, std::size_t count) = 0;
  // What was stored to make the pairs ready.
  virtual std::size_t stored_at_start() const = 0;
};

std::unique_ptr<Target> make_relay_target(net::asio::io_context& io, const TargetOptions& options);
std::unique_ptr<Target> make_baseline_target(net::asio::io_context& io,
                                             const TargetOptions& options);

}  // namespace shopbell::load
