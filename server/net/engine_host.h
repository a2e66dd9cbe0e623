// Socket, clock, randomness and storage around an engine: a native device. Runs on the io_context's
// one thread, but for its store's writer.
#pragma once

#include "desk/engine_store.h"
#include "net/asio_types.h"
#include "net/wake_up.h"
#include "shopbell/engine.h"

namespace shopbell::net {

// A "ws://host[:port]/path" that can be dialled. wss:// needs a proxy that ends TLS.
struct DialTarget {
  std::string host;
  std::string port;
  std::string path;
};
std::optional<DialTarget> dial_target(std::string_view url);

class EngineHost {
 public:
  // Called with each event after everything before it is stored. May call command().
  using OnEvent = std::function<void(wire::EventKind, BytesView)>;

  struct Options {
    EngineConfig engine;  // `host` is filled in from the target
    DialTarget target;
    std::string store_path;
    OnEvent on_event;
  };

  // On failure null, and `problem` is a sentence.
  static std::unique_ptr<EngineHost> make(asio::io_context& io, Options options,
                                          std::string& problem);
  ~EngineHost();
  EngineHost(const EngineHost&) = delete;
  EngineHost& operator=(const EngineHost&) = delete;

  // Feeds the first inputs; events may come from here on.
  void start();
  void command(wire::CommandKind kind, BytesView body);
  // Makes no more connections, ends the one there is; what is being written is finished by the
  // destructor.
  void stop();
  // The store refused a write or could not be read; the engine has stopped for good.
  bool failed() const { return failed_; }
  // Why, as a sentence; once failed() is true.
  const std::string& problem() const { return store_->problem(); }

 private:
  class Link;
  struct Queued {
    wire::CommandKind kind;
    Bytes body;
  };

  EngineHost(asio::io_context& io, Options options);
  void feed(const Input& input);
  void tick(bool asked_for);
  void pump();
  void carry_out(const out::Connect& out);
  void carry_out(const out::Disconnect& out);
  void carry_out(const out::Transmit& out);
  void carry_out(const out::Persist& out);
  void carry_out(const out::Load& out);
  void carry_out(const out::Event& out);
  void carry_out(const out::Timeout& out);
  void carry_out(const out::NeedEntropy& out);
  void answered(desk::EngineStore::Done& done);
  void closed(const Link& link, std::uint16_t code);

  asio::io_context& io_;
  DialTarget target_;
  OnEvent on_event_;
  Timer wake_;
  bool pumping_ = false;
  bool stopped_ = false;
  bool failed_ = false;
  bool entropy_due_ = false;
  std::uint64_t ticked_ms_ = 0;
  std::vector<Queued> commands_;
  std::shared_ptr<Link> link_;
  std::unique_ptr<Engine> engine_;
  WakeUp<desk::EngineStore::Done> answers_;
  std::unique_ptr<desk::EngineStore> store_;
};

}  // namespace shopbell::net
