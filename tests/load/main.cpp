// loadgen: puts load on a relay on this machine, and on the Node baseline through the same sockets.
// Each run prints one line of JSON; tests/load/bench.mjs runs them all and makes the table.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "load/crowd.h"
#include "load/durable.h"
#include "load/engines.h"
#include "load/measure.h"
#include "load/shop.h"
#include "load/talk.h"

namespace {

using namespace shopbell::load;

struct Arguments {
  DurableOptions durable;
  CrowdOptions crowd;
  EnginesOptions engines;
  TalkOptions talk;
  std::string url;
  std::string shop_file;
  std::string data;
  int pid = 0;
};

void add_server(CLI::App* command, Arguments& a) {
  command->add_option("--url", a.url, "ws://127.0.0.1:PORT/ws")->required();
  command->add_option("--shop", a.shop_file, "file that `prepare` wrote");
  command->add_option("--pid", a.pid, "process of the server, for its time and memory");
}

CLI::App* add_prepare(CLI::App& app, Arguments& a) {
  auto* command = app.add_subcommand("prepare", "make a relay's data directory and a shop for it");
  command->add_option("--url", a.url, "where the relay will listen")->required();
  command->add_option("--shop", a.shop_file, "file to write the shop's keys to")->required();
  command->add_option("--data", a.data, "directory to make")->required();
  return command;
}

CLI::App* add_durable(CLI::App& app, Arguments& a) {
  auto* command = app.add_subcommand("durable", "messages between pairs, stored and delivered");
  auto& d = a.durable;
  add_server(command, a);
  command->add_flag("--baseline", d.baseline, "the server is tests/load/baseline");
  command->add_option("--data", a.data, "the server's directory, for its size");
  command->add_option("--pairs", d.target.pairs)->check(CLI::Range(1, 5000));
  command->add_option("--window", d.window, "outstanding messages of a pair")
      ->check(CLI::Range(1, 1000));
  command->add_option("--text", d.target.text_bytes, "bytes of text")->check(CLI::Range(1, 16000));
  command->add_option("--messages", d.messages, "of each pair, in each round");
  command->add_option("--rounds", d.rounds);
  command->add_option("--warm-up", d.warm_up, "messages of each pair before the first round");
  command->add_option("--rate", d.rate, "messages a second; 0: as fast as it goes");
  command->add_option("--seconds", d.seconds, "length of a round with --rate");
  command->add_option("--seconds-max", d.seconds_max, "after which a round is given up");
  return command;
}

CLI::App* add_crowd(CLI::App& app, Arguments& a, const char* name, const char* about) {
  auto* command = app.add_subcommand(name, about);
  add_server(command, a);
  command->add_option("--count", a.crowd.count, "devices")->check(CLI::Range(1, 100'000));
  command->add_option("--seconds-max", a.crowd.seconds_max, "after which a step is given up");
  return command;
}

CLI::App* add_engines(CLI::App& app, Arguments& a) {
  auto* command = app.add_subcommand("engines", "full native cores that write to the shop's desk");
  auto& e = a.engines;
  add_server(command, a);
  command->add_option("--visitors", e.visitors)->check(CLI::Range(1, 5000));
  command->add_option("--messages", e.messages, "of each visitor")->check(CLI::Range(1, 100'000));
  command->add_option("--window", e.window, "outstanding messages of a visitor")
      ->check(CLI::Range(1, 1000));
  command->add_option("--seconds-max", e.seconds_max, "after which the run is given up");
  return command;
}

CLI::App* add_talk(CLI::App& app, Arguments& a) {
  auto* command = app.add_subcommand("talk", "one long conversation with a shop that is served");
  auto& t = a.talk;
  command->add_option("--url", t.url, "ws://HOST:PORT/ws")->required();
  command->add_option("--shop", t.shop, "its key, as in a page's tag")->required();
  command->add_option("--messages", t.messages)->check(CLI::Range(1, 1'000'000));
  command->add_option("--window", t.window, "outstanding messages")->check(CLI::Range(1, 1000));
  command->add_option("--seconds-max", t.seconds_max, "after which it is given up");
  return command;
}

int run(int argc, char** argv) {
  CLI::App app("Load for a relay on this machine.");
  app.require_subcommand(1);
  Arguments a;
  auto* prepare = add_prepare(app, a);
  auto* durable = add_durable(app, a);
  auto* idle = add_crowd(app, a, "idle", "memory and time of idle connections");
  auto* reconnect = add_crowd(app, a, "reconnect", "all devices come back at once");
  auto* engines = add_engines(app, a);
  auto* talk = add_talk(app, a);
  CLI11_PARSE(app, argc, argv);
  a.durable.target.url = a.crowd.url = a.engines.url = a.url;
  a.durable.target.shop_file = a.crowd.shop_file = a.engines.shop_file = a.shop_file;
  a.durable.pid = a.crowd.pid = a.engines.pid = a.pid;
  a.durable.data = a.data;
  if (prepare->parsed()) prepare_relay(a.data, a.shop_file, a.url);
  if (durable->parsed()) run_durable(a.durable);
  if (idle->parsed()) run_idle(a.crowd);
  if (reconnect->parsed()) run_reconnect(a.crowd);
  if (engines->parsed()) run_engines(a.engines);
  if (talk->parsed()) run_talk(a.talk);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& refusal) {
    give_up(refusal.what());
  }
}
