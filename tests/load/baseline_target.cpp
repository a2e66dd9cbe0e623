// Pairs at the Node baseline (baseline/server.mjs), over the same client sockets. Its messages,
// little endian: to the server 0 hello {pair u32, side u8}, 1 text {number u32, text}; from the
// server 0 welcome, 2 stored {number u32, seq u32}, 3 delivery {seq u32, text}.
#include "load/link.h"
#include "load/measure.h"
#include "load/target.h"

namespace shopbell::load {
namespace {

enum Kind : std::uint8_t { hello = 0, text = 1, stored = 2, delivery = 3 };

void append_u32(std::uint32_t value, Bytes& out) {
  for (int i = 0; i < 4; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

std::uint32_t u32_at(BytesView in, std::size_t at) {
  if (in.size() < at + 4) give_up("the baseline sent a short message");
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < 4; ++i) out |= std::uint32_t{in[at + i]} << (8 * i);
  return out;
}

class Client : public Link::Owner {
 public:
  Client(net::asio::io_context& io, std::size_t pair, std::uint8_t side,
         const std::function<void()>& ready, const Target::Progress& progress)
      : link(io, *this), pair_(pair), side_(side), ready_(ready), progress_(progress) {}

  Link link;

 private:
  void opened() override {
    Bytes message{Kind::hello};
    append_u32(static_cast<std::uint32_t>(pair_), message);
    message.push_back(side_);
    link.send(message);
  }

  void received(BytesView message) override {
    if (message.empty()) give_up("the baseline sent an empty message");
    switch (message[0]) {
      case Kind::hello:
        return ready_();
      case Kind::stored:
        if (u32_at(message, 1) != number_++) give_up("a message was answered out of turn");
        ++acknowledged_;
        return;
      case Kind::delivery:
        if (u32_at(message, 1) != ++seq_) give_up("a message was lost or came out of turn");
        ++delivered_;
        return;
      default:
        give_up("the baseline sent a message of an unknown kind");
    }
  }

  void settled() override {
    if (acknowledged_ + delivered_ == 0) return;
    progress_(pair_, std::exchange(acknowledged_, 0), std::exchange(delivered_, 0));
  }

  void closed(std::uint16_t) override { give_up("the baseline closed a connection"); }

  const std::size_t pair_;
  const std::uint8_t side_;
  const std::function<void()>& ready_;
  const Target::Progress& progress_;
  std::uint32_t number_ = 0;
  std::uint32_t seq_ = 0;
  std::size_t acknowledged_ = 0;
  std::size_t delivered_ = 0;
};

struct Pair {
  std::unique_ptr<Client> writer;
  std::unique_ptr<Client> reader;
  std::uint32_t number = 0;
  Bytes framed;
  std::vector<std::size_t> starts;
};

class BaselineTarget : public Target {
 public:
  BaselineTarget(net::asio::io_context& io, const TargetOptions& options)
      : io_(io), options_(options) {}

  void connect(std::function<void()> ready, Progress progress) override {
    ready_ = std::move(ready);
    progress_ = std::move(progress);
    client_ready_ = [this] {
      if (++clients_ready_ == 2 * pairs_.size()) ready_();
    };
    const auto address = address_of(options_.url);
    for (std::size_t i = 0; i < options_.pairs; ++i) {
      auto& pair = pairs_.emplace_back();
      pair.writer = std::make_unique<Client>(io_, i, 0, client_ready_, progress_);
      pair.reader = std::make_unique<Client>(io_, i, 1, client_ready_, progress_);
      pair.writer->link.dial(address, "baseline");
      pair.reader->link.dial(address, "baseline");
    }
  }

  void make_messages(std::size_t count) override {
    for (auto& pair : pairs_) {
      pair.framed.clear();
      pair.starts.assign(1, 0);
      for (std::size_t i = 0; i < count; ++i) {
        append_frame_header(5 + options_.text_bytes, pair.framed);
        pair.framed.push_back(Kind::text);
        append_u32(pair.number++, pair.framed);
        pair.framed.insert(pair.framed.end(), options_.text_bytes, 'a');
        pair.starts.push_back(pair.framed.size());
      }
    }
  }

  void send(std::size_t index, std::size_t from, std::size_t count) override {
    auto& pair = pairs_[index];
    const auto start = pair.starts[from];
    pair.writer->link.send_framed(
        BytesView(pair.framed).subspan(start, pair.starts[from + count] - start));
    pair.writer->link.flush();
  }

  std::size_t stored_at_start() const override { return 0; }

 private:
  net::asio::io_context& io_;
  TargetOptions options_;
  std::function<void()> ready_;
  std::function<void()> client_ready_;
  Progress progress_;
  std::vector<Pair> pairs_;
  std::size_t clients_ready_ = 0;
};

}  // namespace

std::unique_ptr<Target> make_baseline_target(net::asio::io_context& io,
                                             const TargetOptions& options) {
  return std::make_unique<BaselineTarget>(io, options);
}

}  // namespace shopbell::load
