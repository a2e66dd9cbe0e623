// Asio and Beast types with the one executor that is used here, which keeps sockets and operations
// small.
#pragma once

#include "net/asio_pch.h"

namespace shopbell::net {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;

using Executor = asio::io_context::executor_type;
using Tcp = asio::ip::tcp;
using Socket = asio::basic_stream_socket<Tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<Tcp, Executor>;
using Resolver = asio::ip::basic_resolver<Tcp, Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;
// Without compression: what travels is sealed and does not compress, and its state costs 64 KiB.
using WebSocket = websocket::stream<Socket, false>;

inline constexpr char subprotocol[] = "shopbell.v1";

}  // namespace shopbell::net
