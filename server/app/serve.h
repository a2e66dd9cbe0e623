// The long-running commands: serve, relay, desk.
#pragma once

#include <filesystem>
#include <string>

#include "app/data_dir.h"
#include "desk/members.h"

namespace shopbell::app {

struct ServeOptions {
  DataDir dir;
  std::filesystem::path assets;  // where the web files are; empty: beside the program
  bool with_relay = true;
  bool with_desk = true;
  bool behind_proxy = false;
  bool demo = false;
  // Where given, in place of the configuration's.
  std::optional<std::uint16_t> port;
};

// Runs until SIGTERM or SIGINT, then drains; the result is the process's exit code. Refusal where
// it cannot start, with nothing changed.
int serve(ServeOptions options);

// The folder of web files beside the program: build/web of a build tree, share/shopbell/web of an
// installed one.
std::filesystem::path default_assets();

// Makes one invitation, of the first admin where there is none yet, and returns the link to the
// console that carries it.
struct InviteOptions {
  std::optional<std::uint64_t> role;  // none: admin while there is none, then agent
  std::uint64_t hours = 24;
  std::uint64_t certificate_ms = desk::certificate_ms_max;
};
std::string invite(const DataDir& dir, const ShopId& shop, const std::string& public_url,
                   const std::string& relay_url, const InviteOptions& options);

}  // namespace shopbell::app
