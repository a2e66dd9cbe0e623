// Other faults than kills while people write. Disks that refuse: what cannot be kept is refused by
// name and said by /readyz, and when there is room again everything goes on by itself. Floods, slow
// readers, bad lines.
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>

#include "kill/rounds.h"
#include "load/measure.h"

namespace shopbell::kill {
namespace {

constexpr char refuses[] = "does not take writes: ";
// Of a relay that holds what three slow readers do not take, beside all its own; three times what
// it took when this was written.
constexpr std::uint64_t relay_rss_max = 96u * 1024 * 1024;

// Takes what room there is, and gives it back.
class Filler {
 public:
  explicit Filler(const std::filesystem::path& disk) : path_(disk / "filler") {
    const int file = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    const std::string page(4096, 'x');
    while (::write(file, page.data(), page.size()) > 0) {
    }
    ::close(file);
  }
  ~Filler() { std::filesystem::remove(path_); }
  Filler(const Filler&) = delete;
  Filler& operator=(const Filler&) = delete;

 private:
  std::filesystem::path path_;
};

// Where a fault of this disk is said to the kernel; empty where it cannot be.
std::string fault_of(const std::filesystem::path& disk) {
  std::ifstream mounts("/proc/mounts");
  const auto wanted = std::filesystem::absolute(disk).string();
  for (std::string device, at, rest; mounts >> device >> at && std::getline(mounts, rest);) {
    const auto trigger = "/sys/fs/ext4/" + device.substr(device.rfind('/') + 1);
    if (at == wanted && std::filesystem::exists(trigger)) return trigger + "/trigger_fs_error";
  }
  return {};
}

}  // namespace

bool mount_image(const std::string& image, const std::filesystem::path& disk) {
  const auto command =
      fmt::format("mount -o loop,errors=remount-ro {} {} 2>/dev/null", image, disk.string());
  return std::system(command.c_str()) == 0;
}

void Rounds::run_disks() {
  begin();
  fill_disk("disk-a", false);
  fill_disk("disk-b", true);
  hold_lock(site_.relay_dir().relay_store(), false);
  hold_lock(site_.desk_dir().desk_store(), true);
  mount_read_only();
  break_disk("disk-a", false);
  break_disk("disk-b", true);
  audit();
}

void Rounds::go_on_until_there(const std::string& after) {
  let_pass(200);
  writing_ = false;
  const auto ready = [this] {
    return site_.ask_relay("/readyz") == "200 ready\n" &&
           site_.ask_desk("/readyz") == "200 ready\n";
  };
  wait_until([&] { return missing().empty() && ready(); },
             [&] {
               return fmt::format("after {}: {}{}{}", after, missing(), site_.ask_relay("/readyz"),
                                  site_.ask_desk("/readyz"));
             });
  fmt::print("after {}: all {} texts are there\n", after, ledger_.lines().size());
  std::fflush(stdout);
}

void Rounds::fill_disk(const std::string& name, bool of_desk) {
  writing_ = true;
  add_visitor();
  add_visitor();
  let_pass(300);
  const auto ask = [&] { return of_desk ? site_.ask_desk("/readyz") : site_.ask_relay("/readyz"); };
  {
    const Filler filler(folder_ / name);
    // What is said then must take room: the log of writes has some of its own.
    wait_until(
        [&] {
          for (const auto& visitor : visitors_) {
            if (visitor->log() && visitor->waiting() < 8) visitor->write(visitor->log(), 4000);
          }
          const auto said = ask();
          return said.starts_with("503") && said.find(refuses) != said.npos;
        },
        [&] { return "a full disk is not noticed: " + ask(); });
    const auto said = ask();
    if (said.find("full") == said.npos) ledger_.fault("/readyz does not say full: " + said);
    const auto refused = site_.ask_relay("/metrics").find("refused_total{code=\"111\"}");
    if (!of_desk && refused == std::string::npos)
      ledger_.fault("nothing was refused as store_full");
    let_pass(500);
  }
  go_on_until_there("a full disk of the " + std::string(of_desk ? "desk" : "relay"));
}

// Another process in the database: the program waits a while, then refuses.
void Rounds::hold_lock(const std::filesystem::path& database, bool of_desk) {
  writing_ = true;
  add_visitor();
  let_pass(300);
  sqlite3* db = nullptr;
  const auto opened = sqlite3_open(database.c_str(), &db);
  sqlite3_busy_timeout(db, 10'000);
  if (opened != SQLITE_OK ||
      sqlite3_exec(db, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) != SQLITE_OK) {
    give_up("the lock of a database cannot be taken");
  }
  const auto ask = [&] { return of_desk ? site_.ask_desk("/readyz") : site_.ask_relay("/readyz"); };
  wait_until(
      [&] {
        const auto said = ask();
        return said.starts_with("503") && said.find(refuses) != said.npos;
      },
      [&] { return "a locked database is not noticed: " + ask(); });
  sqlite3_exec(db, "ROLLBACK", nullptr, nullptr, nullptr);
  sqlite3_close(db);
  go_on_until_there("a locked database of the " + std::string(of_desk ? "desk" : "relay"));
}

// A disk that comes up read-only after a restart: the relay says so and ends; mended, it goes on.
void Rounds::mount_read_only() {
  writing_ = true;
  let_pass(200);
  end_gently(site_.relay());
  const auto disk = (folder_ / "disk-a").string();
  const auto remount = [&](unsigned long flags) {
    if (mount(nullptr, disk.c_str(), nullptr, MS_REMOUNT | flags, nullptr) != 0) {
      give_up("a disk cannot be mounted anew");
    }
  };
  remount(MS_RDONLY);
  site_.relay().start();
  site_.relay().let_end();
  wait_until([&] { return site_.relay().ended(); }, [] { return "it runs on a read-only disk"; });
  if (site_.relay().code() != 1) {
    ledger_.fault(fmt::format("on a read-only disk it ended with {}", site_.relay().code()));
  }
  remount(0);
  start_all();
  go_on_until_there("a read-only disk of the relay");
}

// A file system in which the kernel finds a fault turns read-only under the programs that write to
// it. It lets nobody else do that while files are open for writing, and takes it back only by a new
// mount; so that is what the operator does.
void Rounds::break_disk(const std::string& name, bool of_desk) {
  const auto disk = folder_ / name;
  const auto trigger = fault_of(disk);
  if (trigger.empty()) {
    fmt::print("{} is no disk that can break here\n", name);
    return;
  }
  writing_ = true;
  add_visitor();
  let_pass(300);
  if (!(std::ofstream(trigger) << 1).flush()) give_up("a disk does not break");
  const auto ask = [&] { return of_desk ? site_.ask_desk("/readyz") : site_.ask_relay("/readyz"); };
  wait_until(
      [&] {
        const auto said = ask();
        return said.starts_with("503") && said.find(refuses) != said.npos;
      },
      [&] { return "a broken disk is not noticed: " + ask(); });
  let_pass(500);
  end_gently(of_desk ? site_.desk() : site_.relay());
  const auto image = disk.string() + ".img";
  if (umount(disk.c_str()) != 0) give_up("a broken disk cannot be unmounted");
  // 1: it found faults and mended them.
  const int mended = std::system(fmt::format("e2fsck -fy {} >/dev/null 2>&1", image).c_str());
  if (WEXITSTATUS(mended) > 1 || !mount_image(image, disk)) give_up("a disk cannot be mended");
  start_all();
  go_on_until_there("a disk that broke under the " + std::string(of_desk ? "desk" : "relay"));
}

void Rounds::run_flood() {
  constexpr std::size_t idlers = 3;
  constexpr std::size_t flood_texts = 700;
  constexpr std::size_t flood_bytes = 12'000;
  begin();
  writing_ = true;
  for (std::size_t i = 0; i < 4; ++i) add_visitor();
  wait_until([this] { return watched_.size() == visitors_.size(); },
             [] { return "not all conversations have begun"; });
  // Agents of whom nothing is heard any more, though their connections stand.
  for (std::size_t i = 0; i < idlers; ++i) {
    auto& idler = idlers_.emplace_back(make_agent(idle_io_, fmt::format("idler {}", i)));
    wait_until(
        [&] {
          idle_io_.restart();
          idle_io_.run_one_for(std::chrono::milliseconds(1));
          return idler->enrolled();
        },
        [] { return "an idler is not enrolled"; });
    for (const auto& log : watched_) idler->open(log, true);
    wait_until(
        [&] {
          idle_io_.restart();
          idle_io_.run_one_for(std::chrono::milliseconds(1));
          return std::all_of(watched_.begin(), watched_.end(),
                             [&](const LogId& log) { return idler->in_sync(log); });
        },
        [] { return "an idler does not watch"; });
  }
  auto& flooder = *visitors_.front();
  std::size_t written = 0;
  std::uint64_t rss = 0;
  wait_until(
      [&] {
        for (; written < flood_texts && flooder.waiting() < 100; ++written) {
          flooder.write(flooder.log(), flood_bytes);
        }
        rss = std::max(rss, load::rss_bytes(site_.relay().pid()));
        return written == flood_texts && flooder.waiting() == 0;
      },
      [&] { return fmt::format("{} of the flood were written", written); });
  go_on_until_there("a flood");
  const auto metrics = site_.ask_relay("/metrics");
  if (metrics.find("closed_for_now_total{code=\"4001\"}") == std::string::npos) {
    ledger_.fault("no slow reader was told to come again");
  }
  if (metrics.find("refused_total{code=\"128\"}") == std::string::npos) {
    ledger_.fault("the flood was not told to slow down");
  }
  if (rss > relay_rss_max) {
    ledger_.fault(fmt::format("the relay grew to {} MiB", rss >> 20));
  }
  fmt::print("the relay took at most {} MiB of {}\n", rss >> 20, relay_rss_max >> 20);
  // They wake up, resume, and have everything.
  wait_until(
      [&] {
        for (std::size_t i = 0; i < 100; ++i) {
          idle_io_.restart();
          if (idle_io_.poll_one() == 0) break;
        }
        return std::all_of(idlers_.begin(), idlers_.end(), [&](const auto& idler) {
          return std::all_of(watched_.begin(), watched_.end(), [&](const LogId& log) {
            return ledger_.seen_by(idler->name(), log) >= ledger_.others_in(log, idler->name());
          });
        });
      },
      [] { return "a slow reader has not caught up"; });
  audit();
}

void Rounds::run_links() {
  start_all();
  proxy_ = std::make_unique<Proxy>(io_, address_.endpoint, options_.seed);
  // Who dials does not know of it: the name that he proves stays the relay's.
  address_.endpoint = proxy_->endpoint();
  begin();
  for (std::size_t i = 0; i < options_.rounds; ++i) {
    proxy_->storm();
    writing_ = true;
    add_visitor();
    add_visitor();
    const auto enough = proxy_->cuts() + 5;
    wait_until([&] { return proxy_->cuts() >= enough; }, [] { return "nothing was cut"; });
    proxy_->calm();
    go_on_until_there("a storm");
  }
  fmt::print("{} connections were cut in the middle, {} of them unheard by the relay\n",
             proxy_->cuts(), proxy_->silent_cuts());
  audit();
}

}  // namespace shopbell::kill
