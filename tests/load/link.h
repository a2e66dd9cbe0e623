// A WebSocket client that costs next to nothing, so that on two processors the server is measured
// and not the generator: no buffers while idle, one read and one write call a wake-up, and a mask
// of zeros, which the standard allows and which leaves the payload as it is. Loopback only.
#pragma once

#include "net/asio_types.h"
#include "shopbell/bytes.h"

namespace shopbell::load {

// Where "ws://127.0.0.1:PORT/PATH" leads.
struct Address {
  std::string url;
  net::Tcp::endpoint endpoint;
  std::string path;
};
// Gives up on anything that is not a loopback address.
Address address_of(const std::string& url);

class Link {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void opened() = 0;
    // One whole message; the view lives until this returns.
    virtual void received(BytesView message) = 0;
    // All that was there to read has been handed over.
    virtual void settled() = 0;
    // The connection is gone or could not be made. `code` is the close code, 0 where none came.
    virtual void closed(std::uint16_t code) = 0;
  };

  // Link and owner live until the io_context runs no more.
  Link(net::asio::io_context& io, Owner& owner);

  // Makes a new connection; a former one is cut.
  void dial(const Address& address, std::string_view subprotocol);
  // One binary message. It leaves with the next flush.
  void send(BytesView message);
  // Messages with their WebSocket headers, as frame_header() and payload make them.
  void send_framed(BytesView framed) { append(out_, framed); }
  void flush();
  // At once and without a word; closed() is not called.
  void cut();
  bool open() const { return open_; }

 private:
  void wait_readable();
  void read();
  bool take(BytesView in);
  bool take_answer(BytesView& in);
  // False where no whole frame is there.
  bool take_frame(BytesView& in);
  void end(std::uint16_t code);

  net::Socket socket_;
  Owner& owner_;
  Bytes in_;
  Bytes out_;
  std::size_t written_ = 0;
  bool dialled_ = false;
  bool open_ = false;
  bool writing_ = false;
  // Handlers of a former connection know it by this number.
  std::uint64_t life_ = 0;
};

void append_frame_header(std::size_t payload_size, Bytes& out);

}  // namespace shopbell::load
