// One process a core: a world that aborts takes no other with it.
#pragma once

#include <sys/mman.h>

#include <cstdlib>
#include <functional>
#include <new>

namespace shopbell::sim {

// Memory that all processes see; T holds atomics, or parts that only one of them writes.
template <class T>
class Shared {
 public:
  Shared() {
    void* memory =
        mmap(nullptr, sizeof(T), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) std::abort();
    it_ = new (memory) T{};
  }
  ~Shared() { munmap(it_, sizeof(T)); }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;
  T* operator->() const { return it_; }

 private:
  T* it_;
};

inline constexpr std::size_t workers_max = 16;

// Runs `work` with the worker's number in each, and returns how many did not end with true. After
// one of these `on_failure` is called, in the parent.
int run_workers(const std::function<bool(std::size_t)>& work,
                const std::function<void()>& on_failure);

}  // namespace shopbell::sim
