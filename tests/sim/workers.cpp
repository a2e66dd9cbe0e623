#include "workers.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <thread>

namespace shopbell::sim {

int run_workers(const std::function<bool(std::size_t)>& work,
                const std::function<void()>& on_failure) {
  const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
  const std::size_t count = std::min(cores, workers_max);
  std::fflush(stdout);
  for (std::size_t i = 0; i < count; ++i) {
    const pid_t pid = fork();
    if (pid < 0) std::abort();
    if (pid > 0) continue;
    const bool passed = work(i);
    std::fflush(stdout);
    _exit(passed ? 0 : 1);
  }
  int failed = 0;
  for (std::size_t left = count; left > 0; --left) {
    int status = 0;
    if (waitpid(-1, &status, 0) < 0) std::abort();
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) continue;
    ++failed;
    on_failure();
  }
  return failed;
}

}  // namespace shopbell::sim
