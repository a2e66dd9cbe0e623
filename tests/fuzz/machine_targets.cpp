// Whole machines under bytes: a device that hears a relay, a host or its own disk say anything; a
// relay that hears anything from a stranger, a visitor, an agent, a desk.
#include "fuzz/targets.h"
#include "unit/engine/script.h"
#include "unit/relay/world.h"

namespace shopbell::fuzz {
namespace {

namespace script = shopbell::testing;
namespace wires = shopbell::relay::testing;

// As Talk adds its visitor; his storage key is made from it.
constexpr std::uint8_t visitor_seed = 20;

// A visitor with a conversation, made once: each run starts from a copy.
const script::World& talk() {
  static const script::Talk one;
  return one.world;
}

void settle(script::World& world) {
  world.run();
  auto& host = *world.hosts[0];
  host.write_all();
  if (!host.dead) world.advance(1000);
  world.run();
}

// A relay after its Welcome; an odd first byte: before it.
void engine(BytesView in) {
  if (in.empty()) return;
  const auto world = talk().restart_as_copy();
  auto& host = *world->hosts[0];
  if (in[0] % 2 == 1) {
    world->relay.instead = [](std::size_t, wire::FrameKind, BytesView) { return true; };
  }
  world->run();
  if (host.connected) host.receive(in.subspan(1));
  settle(*world);
}

// The first byte is the kind of command.
void command(BytesView in) {
  if (in.empty()) return;
  const auto world = talk().restart_as_copy();
  world->run();
  world->hosts[0]->feed(in::Command{static_cast<wire::CommandKind>(in[0]), in.subspan(1)});
  settle(*world);
}

// The first byte chooses a record of the disk; it is sealed anew around the other bytes.
void record(BytesView in) {
  if (in.empty()) return;
  const auto world = talk().restart_as_copy();
  auto& host = *world->hosts[0];
  auto at = host.disk.begin();
  std::advance(at, in[0] % host.disk.size());
  const auto key = crypto::derive(script::key_of(visitor_seed + 50), "shopbell record v1", {});
  const crypto::AeadNonce nonce{};
  const auto sealed = crypto::aead_seal(key, nonce, at->first, in.subspan(1));
  at->second.assign(nonce.begin(), nonce.end());
  append(at->second, sealed);
  world->crash(0);
  settle(*world);
}

// Bytes as they lie on a disk that others can write.
void disk(BytesView in) {
  if (in.empty()) return;
  const auto world = talk().restart_as_copy();
  auto& host = *world->hosts[0];
  auto at = host.disk.begin();
  std::advance(at, in[0] % host.disk.size());
  at->second = to_bytes(in.subspan(1));
  world->crash(0);
  settle(*world);
}

// The first byte chooses who speaks: a stranger before his Hello, a visitor, an agent, the desk.
void relay(BytesView in) {
  if (in.empty()) return;
  wires::World world;
  auto visitor = world.client(wires::device(1));
  auto agent = world.client(wires::device(5));
  auto desk = world.client(wires::device(40));
  visitor.join();
  visitor.begin_log();
  const auto bytes = to_bytes(in.subspan(1));
  switch (in[0] % 4) {
    case 0: {
      auto stranger = world.client(wires::device(9));
      stranger.connect();
      stranger.send_bytes(bytes);
      world.tick(1000);
      return;
    }
    case 1:
      visitor.send_bytes(bytes);
      break;
    case 2:
      agent.join(world.certify(agent.keys));
      agent.send_bytes(bytes);
      break;
    default:
      desk.join();
      desk.send_bytes(bytes);
  }
  world.tick(1000);
}

}  // namespace

void add_machines(std::map<std::string, Target>& out) {
  out["engine"] = engine;
  out["command"] = command;
  out["record"] = record;
  out["disk"] = disk;
  out["relay"] = relay;
}

}  // namespace shopbell::fuzz
