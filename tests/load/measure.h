// What the load generator looks at: clocks, a server's processor time, memory and disk,
// percentiles, and the one line of JSON that each run prints.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shopbell::load {

// Ends the program with a sentence on stderr: a run that went wrong has no figures.
[[noreturn]] void give_up(std::string_view why);

// Monotonic, ns.
std::uint64_t now_ns();
// ms since 1970.
std::uint64_t wall_ms();

// Of a whole process, all threads. Zero for pid 0 (not asked for). Gives up where it is not there.
std::uint64_t cpu_ns(pid_t pid);
std::uint64_t rss_bytes(pid_t pid);
// Bytes that the process has caused to be written to the disk.
std::uint64_t written_bytes(pid_t pid);
// Of all files in a directory; zero for an empty name.
std::uint64_t size_of_files(const std::string& directory);

// Raises the number of files this process may open as far as it is allowed to, and gives up where
// that is less than `wanted`.
void allow_files(std::size_t wanted);

// The value that a share of them (0 to 1) does not exceed; sorts. Zero where there is none.
double percentile(std::vector<double>& values, double share);

// {"name": value, ...}
class Report {
 public:
  void add(std::string_view name, double value);
  void add(std::string_view name, std::uint64_t value);
  void add(std::string_view name, const std::vector<Report>& parts);
  // p50, p99 and the highest of times in ns, in ms, as name_p50_ms and so on.
  void add_times(std::string_view name, std::vector<double>& times_ns);
  const std::string& text() const { return text_; }
  // To stdout, as a line.
  void print() const;

 private:
  void key(std::string_view name);
  std::string text_;
};

}  // namespace shopbell::load
