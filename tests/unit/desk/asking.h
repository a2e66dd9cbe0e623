// Asks the desk as a device does, and reads its answer.
#pragma once

#include <gtest/gtest.h>

#include "unit/desk/fake_port.h"

namespace shopbell::desk {

inline constexpr std::uint64_t admin = 1;
inline constexpr std::uint64_t agent = 2;
inline constexpr std::uint64_t observer = 3;
inline constexpr std::uint64_t stranger = 0;

struct Answered {
  Errc code = Errc::none;
  Bytes body;
};

template <class Module>
Answered ask(Module& module, FakePort& port, std::string_view method, std::uint64_t role,
             BytesView body = {}, const DeviceId& from = device_number(5)) {
  wire::RequestEvent request;
  request.from = from;
  request.id = 7;
  request.method = method;
  request.body = body;
  request.role = role;
  tell(module, wire::EventKind::request_event, request);
  const auto answers = port.take(wire::CommandKind::respond);
  EXPECT_EQ(answers.size(), 1u) << method;
  if (answers.size() != 1) return {};
  const auto answer = codec::decode<wire::Respond>(answers[0]);
  EXPECT_EQ(answer->to, from);
  EXPECT_EQ(answer->id, 7u);
  return {static_cast<Errc>(answer->code), to_bytes(answer->body)};
}

// Why a setting was refused, and where; empty where it was not.
inline std::string why_of(const Answered& answered) {
  if (answered.code != Errc::setting_refused) return {};
  const auto refusal = codec::decode<wire::SettingRefusal>(answered.body);
  return std::string(refusal->why) + "@" + std::to_string(refusal->at);
}

}  // namespace shopbell::desk
