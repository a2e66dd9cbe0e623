// Further devices of one customer (docs/PROTOCOL.md sections 3.7, 4.7 and 11): who is let into a
// log, the older epochs' keys that are handed to him, and which subject of the shop's own login
// this device belongs to.
#pragma once

#include "engine/state.h"

namespace shopbell::engine {

struct Machines;

class Admission {
 public:
  explicit Admission(Machines& machines) : m_(machines) {}

  // The desk, or a device of the customer, lets another one into a main log; nothing happens where
  // that is in, or on its way. command_bad, quota.
  Status admit(const wire::Admit& command);
  // A member entry of the kinds admit and keys has its place and was found right.
  void on_admitted(Log& log, const wire::MemberBody& body, const DeviceId& by, std::uint64_t seq,
                   std::uint64_t time_ms);
  void on_keys(Log& log, const wire::MemberBody& body, std::uint64_t seq);
  // What is put in for an own entry of these kinds that has lost its place, or will not get the one
  // it was made for: keys are of epochs that others may stand for now, so he is let in once more.
  std::optional<Bytes> again(const Log& log, BytesView member_body) const;
  // This device came later: what its epochs sealed before is opened once the keys come.
  bool waits_for_key(const Log& log, std::uint64_t epoch) const;

  // The desk shall verify the token; `subject` is the digest of whom it names. command_bad where
  // this device belongs to another.
  Status identify(const wire::Identify& command);
  void on_identified(std::uint64_t code, BytesView body);
  void restore_subject(const wire::SubjectRecord& record);

 private:
  Result<Device> device_of(const wire::Admit& command) const;
  void hand_keys(Log& log, const Device& to);
  void keep_subject();

  Machines& m_;
};

}  // namespace shopbell::engine
