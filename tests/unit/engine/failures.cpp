#include "unit/engine/failures.h"

namespace shopbell::testing {

bool fail(World& world, std::size_t who, Failure failure) {
  Host& host = *world.hosts[who];
  switch (failure) {
    case Failure::cut:
      if (!host.connected && !host.wants_connection) return false;
      world.cut(who);
      return true;
    case Failure::crash:
      world.crash(who);
      return true;
    case Failure::not_written:
      if (host.writes.empty()) return false;
      host.fail_write();
      return true;
  }
  return false;
}

std::size_t times_placed(const World& world, const LogId& id, std::string_view text,
                         const DeskPen& pen) {
  std::size_t count = 0;
  const Relay::Log& log = world.relay.logs.at(id);
  std::map<std::uint64_t, Key> keys;
  for (const Relay::Entry& entry : log.entries) {
    const Result<OpenEnvelope> envelope = open_envelope(entry.envelope);
    const Hash desk = Hash::from(pen.world.shop.desk.self.id.view());
    if (envelope->header.envelope_class == 2) {
      Result<Key> key = open_grant(id, envelope->body, desk, pen.world.shop.desk.seal);
      EXPECT_TRUE(key.ok());
      keys[codec::decode<wire::GrantBody>(envelope->body)->epoch] = std::move(*key);
    }
    if (envelope->header.envelope_class != 1) continue;
    Result<Inner> inner = open_body(keys.at(envelope->header.epoch), *envelope);
    EXPECT_TRUE(inner.ok()) << "the desk can not open an entry";
    if (inner && inner->body.fallback == text) ++count;
  }
  return count;
}

void expect_dense(const Relay::Log& log) {
  std::map<DeviceId, std::uint64_t> counters;
  for (const Relay::Entry& entry : log.entries) {
    const wire::Header header = open_envelope(entry.envelope)->header;
    EXPECT_EQ(header.counter, ++counters[header.author]);
  }
}

void replay_with(Failure failure, const Replay& replay) {
  bool happened = false;
  const std::size_t steps = replay(~std::size_t{0}, failure, happened);
  ASSERT_GT(steps, 10u);
  std::size_t failures = 0;
  for (std::size_t at = 0; at < steps && !::testing::Test::HasFailure(); ++at) {
    replay(at, failure, happened);
    if (happened) ++failures;
  }
  EXPECT_GT(failures, 2u) << "the failure never happened";
}

void replay_with(std::initializer_list<Failure> failures, const Replay& replay) {
  for (const Failure failure : failures) replay_with(failure, replay);
}

namespace {

void serve_desk(World& world) {
  Host& desk = *world.hosts[desk_at];
  for (const auto& request : desk.shown<wire::RequestEvent>()) {
    if (request.method != "enrol") continue;
    wire::Certify certify;
    certify.device = request.from;
    certify.request_id = request.id;
    certify.role = 2;
    certify.not_after_ms = world.now + 30 * day_ms;
    certify.name = "Ann";
    certify.invitation = filled<LogId>(4);
    const wire::Certify copy = certify;
    desk.forget();
    desk.command(copy);
    break;
  }
}

}  // namespace

Counter::Counter() {
  Host& visitor = world.add(Role::visitor, 20);
  Host& desk = world.add(Role::desk, 2);
  Host& agent = world.add(Role::agent, 30);
  world.run();
  wire::SignCard sign;
  sign.name = "Tea";
  wire::RelayEntry relay;
  relay.url = "wss://relay.example/v1";
  relay.key = world.relay.keys.key;
  sign.relays.push_back(relay);
  sign.fresh_ms = 7 * day_ms;
  const Bytes certificate = world.shop.desk_certificate();
  sign.desk_certificate = certificate;
  desk.command(sign);
  world.run();
  const Bytes content = text_content("help me");
  visitor.command(send_text({}, 1, content));
  world.run();
  for (const auto& [id, each] : world.relay.logs) {
    if (each.fold.kind() == LogKind::main) log = id;
  }
  wire::Enrol enrol;
  enrol.secret = filled<Hash>(9);
  enrol.name = "Ann";
  agent.command(enrol);
  for (int i = 0; i < 10; ++i) {
    world.run();
    serve_desk(world);
  }
  EXPECT_EQ(agent.shown<wire::Enrolled>().size(), 1u);
}

const Counter& counter() {
  static const Counter made;
  return made;
}

}  // namespace shopbell::testing
