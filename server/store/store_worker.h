// Runs a store on threads of its own: one that writes, one that reads. Replies come through one
// callback on those threads; the host posts them to the shard's thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "relay/shard.h"

namespace shopbell::store {

class StoreWorker {
 public:
  // Called on a worker thread, one call for each submit() and read(), in the order of each kind.
  using Reply = std::function<void(relay::Input)>;
  // Called on a worker thread with Store::problem() when a commit fails after one that did not, so
  // that a full disk does not fill the log as well.
  using Problem = std::function<void(const std::string&)>;

  StoreWorker(
      std::unique_ptr<Store> store, Reply reply, Problem problem = [](const std::string&) {});
  // Finishes what was submitted, replies included, then ends the threads.
  ~StoreWorker();
  StoreWorker(const StoreWorker&) = delete;
  StoreWorker& operator=(const StoreWorker&) = delete;

  // From any thread. The shard has one batch under way at a time and bounds its reads, so that
  // these queues are bounded too.
  void submit(const relay::out::Commit& commit);
  void read(const relay::out::Read& read);

  std::uint64_t generation() const { return generation_; }

 private:
  void write_loop();
  void read_loop();
  void write(relay::out::Commit commit);
  Answer ask(const Query& query);

  std::unique_ptr<Store> store_;
  // Null where the store gave none; then writer and reader take turns on the store itself.
  std::unique_ptr<Reader> reader_;
  std::mutex shared_store_;
  Reply reply_;
  Problem problem_;
  bool failing_ = false;
  std::uint64_t generation_;
  std::mutex mutex_;
  std::condition_variable commits_changed_;
  std::condition_variable reads_changed_;
  std::deque<relay::out::Commit> commits_;
  std::deque<relay::out::Read> reads_;
  bool stopping_ = false;
  std::thread writer_;
  std::thread reading_;
};

}  // namespace shopbell::store
