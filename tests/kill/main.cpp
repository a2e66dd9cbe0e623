// ./run kill: the real relay and desk, killed under load on a real disk.
#include <fmt/format.h>

#include <sched.h>
#include <sys/mount.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdlib>
#include <random>

#include "kill/rounds.h"
#include "load/measure.h"

namespace {

using namespace shopbell::kill;

enum class Scene : std::uint8_t { rounds, disks, flood, links };

// A file with a file system in it, which can break as a disk does.
bool mount_breakable(const std::filesystem::path& disk) {
  const auto image = disk.string() + ".img";
  const auto make = fmt::format("mke2fs -q -F -m 0 -t ext4 {} 64m >/dev/null 2>&1", image);
  return std::system(make.c_str()) == 0 && mount_image(image, disk);
}

// Small disks, seen by this process and those that it starts: files where that can be, else memory.
void mount_small_disks(const std::filesystem::path& folder) {
  constexpr char size[] = "size=64m";
  const bool alone = unshare(CLONE_NEWNS) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
  bool mounted = alone && mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
  for (const auto* name : {"disk-a", "disk-b"}) {
    std::filesystem::create_directories(folder / name);
    if (mounted && mount_breakable(folder / name)) continue;
    mounted = mounted && mount("shopbell", (folder / name).c_str(), "tmpfs", 0, size) == 0;
  }
  if (!mounted) give_up("a small disk needs the right to mount: root, or user namespaces");
}

int play(Shape shape, const std::string& program, const std::filesystem::path& folder,
         const RoundOptions& options, Scene scene) {
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  fmt::print("seed {}, {}; all is kept in {}\n", options.seed,
             shape == Shape::split ? "relay and desk apart" : "both in one process",
             folder.string());
  if (scene == Scene::disks) mount_small_disks(folder);
  // A flood meets what relays are set to hold against it; faults meet as much as there can be.
  Site site(shape, program, folder, scene == Scene::flood ? 1200 : 0);
  at_give_up([&site] {
    for (const auto& each : site.programs()) each->kill();
  });
  Ledger ledger;
  Rounds rounds(site, ledger, options, folder);
  if (scene == Scene::rounds) rounds.run();
  if (scene == Scene::disks) rounds.run_disks();
  if (scene == Scene::flood) rounds.run_flood();
  if (scene == Scene::links) rounds.run_links();
  for (const auto& fault : ledger.faults()) fmt::print("{}\n", fault);
  fmt::print("{} {}, {} texts acknowledged, {} seen: {} lost, {} doubled, {} faults\n",
             rounds.kills(), options.term ? "ends" : "kills", ledger.lines().size(), ledger.seen(),
             ledger.lost(), ledger.doubled(), ledger.faults().size());
  at_give_up(nullptr);
  std::error_code busy;  // a mounted disk goes with this process
  if (ledger.faults().empty()) std::filesystem::remove_all(folder, busy);
  return ledger.faults().empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Kills relay and desk under load; nothing may be lost or doubled.");
  RoundOptions options;
  bool disks = false;
  bool flood = false;
  bool links = false;
  bool serve = false;
  options.seed = std::random_device()();
  std::string program = "build/release/shopbell";
  std::string folder = "build/kill";
  app.add_option("--rounds", options.rounds)->check(CLI::Range(1, 10'000));
  app.add_option("--seed", options.seed, "decides moments and victims");
  app.add_flag("--serve", serve, "relay and desk in one process");
  app.add_flag("--term", options.term, "SIGTERM instead of SIGKILL");
  app.add_flag("--disks", disks, "full, busy and read-only disks in place of kills");
  app.add_flag("--flood", flood, "a flood and slow readers in place of kills");
  app.add_flag("--links", links, "late, slow and cut connections in place of kills");
  app.add_option("--program", program)->capture_default_str();
  app.add_option("--folder", folder, "on the disk that is meant")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  std::signal(SIGPIPE, SIG_IGN);
  try {
    const auto scene = disks   ? Scene::disks
                       : flood ? Scene::flood
                       : links ? Scene::links
                               : Scene::rounds;
    return play(serve ? Shape::serve : Shape::split, program, folder, options, scene);
  } catch (const std::exception& refusal) {
    give_up(refusal.what());
  }
}
