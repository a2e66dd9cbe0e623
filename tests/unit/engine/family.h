// A customer's two devices: the one that began the conversation, and one that the desk lets in.
#pragma once

#include "unit/engine/failures.h"

namespace shopbell::testing {

constexpr std::size_t newcomer_at = 3;

// The counter's shop, and a second device that belongs to nobody yet.
struct Family {
  std::unique_ptr<World> world = counter().world.restart_as_copy();
  Host& visitor = *world->hosts[visitor_at];
  Host& desk = *world->hosts[desk_at];
  Host& newcomer = world->add(Role::visitor, 40);
  LogId log = counter().log;
  Bytes card;
  DeviceId id;

  Family() {
    world->run();
    const auto hellos = newcomer.sent<wire::Hello>();
    if (hellos.empty()) return;
    card = to_bytes(hellos.back().card);
    id = take_device_card(card)->id;
  }
  void admit() {
    wire::Admit command;
    command.log = log;
    command.device = id;
    command.card = card;
    desk.command(command);
  }
  void open(Host& host) {
    wire::OpenLog command;
    command.log = log;
    command.limit = 50;
    host.command(command);
    world->run();
  }
  void say(Host& host, std::string_view text, std::uint64_t ref) {
    const Bytes content = text_content(text);
    host.command(send_text(log, ref, content));
    world->run();
  }
  bool knows() const { return newcomer.texts().size() == 1 && newcomer.texts()[0] == "help me"; }
  std::size_t member_entries() const {
    std::size_t out = 0;
    for (const Relay::Entry& entry : world->relay.logs.at(log).entries) {
      const Result<OpenEnvelope> envelope = open_envelope(entry.envelope);
      if (envelope->header.envelope_class == 3) ++out;
    }
    return out;
  }
};

}  // namespace shopbell::testing
