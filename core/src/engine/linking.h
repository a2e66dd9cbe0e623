// A further device by the customer's own hand (docs/PROTOCOL.md 11.6 to 11.11): the device that has
// the conversations makes a link, another one uses it, and the person at the first says yes or no.
#pragma once

#include "engine/state.h"

namespace shopbell::engine {

struct Machines;

class Linking {
 public:
  explicit Linking(Machines& machines) : m_(machines) {}

  // Requests of the host's that are not the desk's: link.make, link.use, link.allow, link.refuse,
  // link.cancel, link.state. The answer is a LinkState; each later one comes as PushEvent "link".
  static bool takes(std::string_view method) { return method.starts_with("link."); }
  void request(std::uint64_t id, std::string_view method, BytesView body);
  void restore(const wire::LinkRecord& record);

  // False where it may be the desk's.
  bool on_signal(const wire::Signal& signal);
  void peer_unreachable(const DeviceId& device);
  void connection_begins();
  void connection_lost() { session_.reset(); }
  void tick();
  std::uint64_t wake_at_ms() const;

 private:
  // Numbers of LinkState.
  enum class Step : std::uint8_t { none, open, asked, done, refused, calling, waiting };

  bool made() const { return step_ == Step::open || step_ == Step::asked || decided_; }
  bool uses() const { return step_ == Step::calling || step_ == Step::waiting; }
  Status run(std::string_view method, BytesView body, Bytes& link);
  Status make(Bytes& link);
  Status use(BytesView link);
  Status decide(Errc verdict);
  Errc admit_everywhere();
  void forget();
  void save();
  void show(Step step, Errc code);
  wire::LinkState state() const;
  void call();
  void on_open(BytesView body);
  bool on_accept(BytesView body);
  bool on_data(BytesView body);
  void on_request(BytesView body);
  void answer(Errc code);
  void say(const wire::SessionMessage& message);

  Machines& m_;
  Step step_ = Step::none;
  Errc code_ = Errc::none;
  std::uint64_t digits_ = 0;
  std::uint64_t end_ms_ = 0;
  std::optional<Key> key_;
  std::optional<Session> session_;
  Device peer_;  // of the session: who asks, or who made the link that is used here
  Device user_;  // the one device that used the link made here; after a restart its id alone
  bool decided_ = false;
  Hash nonce_;    // of the request made here
  Hash opening_;  // of the session that is being opened
  std::uint64_t retry_at_ms_ = 0;
};

}  // namespace shopbell::engine
