#include "load/link.h"

#include <fmt/format.h>

#include "load/measure.h"

namespace shopbell::load {
namespace {

constexpr std::size_t scratch_bytes = 512 * 1024;
constexpr std::uint8_t opcode_binary = 2;
constexpr std::uint8_t opcode_close = 8;
constexpr std::uint8_t opcode_ping = 9;
constexpr std::uint8_t opcode_pong = 10;

void append_header(std::uint8_t opcode, std::size_t size, Bytes& out) {
  out.push_back(0x80 | opcode);
  if (size < 126) {
    out.push_back(static_cast<std::uint8_t>(0x80 | size));
  } else {
    const int bytes = size < 65536 ? 2 : 8;
    out.push_back(bytes == 2 ? 0x80 | 126 : 0x80 | 127);
    for (int i = bytes - 1; i >= 0; --i) {
      out.push_back(static_cast<std::uint8_t>(std::uint64_t{size} >> (8 * i)));
    }
  }
  out.insert(out.end(), 4, 0);
}

}  // namespace

void append_frame_header(std::size_t payload_size, Bytes& out) {
  append_header(opcode_binary, payload_size, out);
}

Address address_of(const std::string& url) {
  constexpr std::string_view scheme = "ws://";
  const auto slash = url.find('/', scheme.size());
  const auto colon = url.rfind(':', slash);
  if (!url.starts_with(scheme) || slash == std::string::npos || colon <= scheme.size()) {
    give_up("the address must look like ws://127.0.0.1:8080/ws");
  }
  net::error_code error;
  const auto host =
      net::asio::ip::make_address(url.substr(scheme.size(), colon - scheme.size()), error);
  const auto port = std::strtoul(url.c_str() + colon + 1, nullptr, 10);
  if (error || !host.is_loopback() || port == 0 || port > 65535) {
    give_up("load goes to numeric loopback addresses only, like ws://127.0.0.1:8080/ws");
  }
  return {url, {host, static_cast<std::uint16_t>(port)}, url.substr(slash)};
}

Link::Link(net::asio::io_context& io, Owner& owner) : socket_(io), owner_(owner) {}

void Link::dial(const Address& address, std::string_view subprotocol) {
  cut();
  dialled_ = true;
  const auto request = fmt::format(
      "GET {} HTTP/1.1\r\nHost: {}:{}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: bG9hZGdlbi1zaG9wYmVsbA==\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Protocol: {}\r\n\r\n",
      address.path, address.endpoint.address().to_string(), address.endpoint.port(), subprotocol);
  append(out_, as_bytes(request));
  socket_.async_connect(address.endpoint, [this, life = life_](net::error_code error) {
    if (life != life_) return;
    if (error) return end(0);
    socket_.non_blocking(true, error);
    socket_.set_option(net::Tcp::no_delay(true), error);
    writing_ = false;
    flush();
    if (life == life_) wait_readable();
  });
  // Nothing is written before the connection is up.
  writing_ = true;
}

void Link::send(BytesView message) {
  append_frame_header(message.size(), out_);
  append(out_, message);
}

void Link::flush() {
  if (writing_ || out_.empty()) return;
  net::error_code error;
  written_ +=
      socket_.write_some(net::asio::buffer(out_.data() + written_, out_.size() - written_), error);
  if (error && error != net::asio::error::would_block) return end(0);
  if (written_ == out_.size()) {
    out_.clear();
    written_ = 0;
    return;
  }
  writing_ = true;
  socket_.async_wait(net::Socket::wait_write, [this, life = life_](net::error_code failed) {
    if (life != life_) return;
    writing_ = false;
    if (failed) return end(0);
    flush();
  });
}

void Link::cut() {
  ++life_;
  net::error_code ignored;
  socket_.close(ignored);
  in_ = Bytes();
  out_ = Bytes();
  written_ = 0;
  writing_ = false;
  open_ = false;
  dialled_ = false;
}

void Link::end(std::uint16_t code) {
  if (!dialled_) return;
  cut();
  owner_.closed(code);
}

void Link::wait_readable() {
  socket_.async_wait(net::Socket::wait_read, [this, life = life_](net::error_code error) {
    if (life != life_) return;
    if (error) return end(0);
    read();
    if (life == life_) wait_readable();
  });
}

void Link::read() {
  static Bytes scratch(scratch_bytes);
  net::error_code error;
  const auto size = socket_.read_some(net::asio::buffer(scratch), error);
  if (error == net::asio::error::would_block) return;
  if (error) return end(0);
  const auto life = life_;
  const BytesView got = BytesView(scratch).first(size);
  if (in_.empty()) {
    take(got);
  } else {
    append(in_, got);
    const Bytes whole = std::exchange(in_, {});
    take(whole);
  }
  if (life == life_) owner_.settled();
  if (life == life_) flush();
}

// Keeps what is left over. False where the connection ended meanwhile.
bool Link::take(BytesView in) {
  const auto life = life_;
  if (!open_ && !take_answer(in)) {
    if (life == life_) in_ = to_bytes(in);
    return false;
  }
  while (take_frame(in)) {
    if (life != life_) return false;
  }
  if (life != life_) return false;
  in_ = to_bytes(in);
  return true;
}

bool Link::take_answer(BytesView& in) {
  const auto text = as_text(in);
  const auto size = text.find("\r\n\r\n");
  if (size == std::string_view::npos) return false;
  if (!text.starts_with("HTTP/1.1 101")) {
    end(0);
    return false;
  }
  in = in.subspan(size + 4);
  open_ = true;
  owner_.opened();
  return open_;
}

bool Link::take_frame(BytesView& in) {
  if (in.size() < 2) return false;
  const std::uint8_t opcode = in[0] & 0x0f;
  std::uint64_t size = in[1] & 0x7f;
  const std::size_t more = size == 127 ? 8 : size == 126 ? 2 : 0;
  if (in.size() < 2 + more) return false;
  if (more != 0) size = 0;
  for (std::size_t i = 0; i < more; ++i) size = size << 8 | in[2 + i];
  if (in.size() - 2 - more < size) return false;
  const BytesView payload = in.subspan(2 + more, static_cast<std::size_t>(size));
  in = in.subspan(2 + more + payload.size());
  if (opcode == opcode_binary) {
    owner_.received(payload);
  } else if (opcode == opcode_ping) {
    append_header(opcode_pong, payload.size(), out_);
    append(out_, payload);
  } else if (opcode == opcode_close) {
    end(payload.size() < 2 ? 0 : static_cast<std::uint16_t>(payload[0] << 8 | payload[1]));
  }
  return true;
}

}  // namespace shopbell::load
