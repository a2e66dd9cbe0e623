#include "load/measure.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace shopbell::load {
namespace {

// The number behind "name:" in a file of /proc.
std::uint64_t proc_number(pid_t pid, std::string_view file, std::string_view name) {
  std::ifstream in(fmt::format("/proc/{}/{}", pid, file));
  std::string word;
  std::uint64_t value = 0;
  while (in >> word) {
    if (word == name && in >> value) return value;
  }
  give_up(fmt::format("/proc/{}/{} does not say {}", pid, file, name));
}

}  // namespace

void give_up(std::string_view why) {
  fmt::print(stderr, "loadgen: {}\n", why);
  std::exit(1);
}

std::uint64_t now_ns() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

std::uint64_t wall_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

std::uint64_t cpu_ns(pid_t pid) {
  if (pid == 0) return 0;
  // /proc/PID/stat counts in steps of 10 ms, which is too coarse for short runs.
  clockid_t clock{};
  timespec time{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0) {
    give_up(fmt::format("process {} is gone", pid));
  }
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
         static_cast<std::uint64_t>(time.tv_nsec);
}

std::uint64_t rss_bytes(pid_t pid) {
  return pid == 0 ? 0 : proc_number(pid, "status", "VmRSS:") * 1024;
}

std::uint64_t written_bytes(pid_t pid) {
  return pid == 0 ? 0 : proc_number(pid, "io", "write_bytes:");
}

std::uint64_t size_of_files(const std::string& directory) {
  std::uint64_t sum = 0;
  if (directory.empty()) return sum;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) sum += entry.file_size();
  }
  return sum;
}

void allow_files(std::size_t wanted) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < wanted) {
    give_up(fmt::format("{} open files are needed and {} allowed; raise ulimit -n", wanted,
                        limit.rlim_cur));
  }
}

double percentile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  const auto last = static_cast<double>(values.size() - 1);
  const auto at = static_cast<std::ptrdiff_t>(std::lround(share * last));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<std::size_t>(at)];
}

void Report::key(std::string_view name) {
  text_ += fmt::format("{}\"{}\": ", text_.empty() ? "" : ", ", name);
}

void Report::add(std::string_view name, double value) {
  key(name);
  text_ += fmt::format("{:.3f}", std::isfinite(value) ? value : 0);
}

void Report::add(std::string_view name, std::uint64_t value) {
  key(name);
  text_ += fmt::format("{}", value);
}

void Report::add(std::string_view name, const std::vector<Report>& parts) {
  key(name);
  std::string list;
  for (const auto& part : parts) {
    list += fmt::format("{}{{{}}}", list.empty() ? "" : ", ", part.text());
  }
  text_ += fmt::format("[{}]", list);
}

void Report::add_times(std::string_view name, std::vector<double>& times_ns) {
  add(fmt::format("{}_p50_ms", name), percentile(times_ns, 0.5) / 1e6);
  add(fmt::format("{}_p99_ms", name), percentile(times_ns, 0.99) / 1e6);
  add(fmt::format("{}_max_ms", name), percentile(times_ns, 1) / 1e6);
}

void Report::print() const {
  fmt::print("{{{}}}\n", text_);
  std::fflush(stdout);
}

}  // namespace shopbell::load
