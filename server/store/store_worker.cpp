#include "store/store_worker.h"

namespace shopbell::store {

namespace {
// Waits for work; false when there is none and none will come.
template <class T>
bool take(std::unique_lock<std::mutex>& lock, std::condition_variable& changed,
          const bool& stopping, std::deque<T>& queue, T& out) {
  changed.wait(lock, [&] { return stopping || !queue.empty(); });
  if (queue.empty()) return false;
  out = std::move(queue.front());
  queue.pop_front();
  return true;
}
}  // namespace

StoreWorker::StoreWorker(std::unique_ptr<Store> store, Reply reply)
    : store_(std::move(store)),
      reader_(store_->open_reader()),
      reply_(std::move(reply)),
      generation_(store_->generation()),
      writer_([this] { write_loop(); }),
      reading_([this] { read_loop(); }) {}

StoreWorker::~StoreWorker() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  commits_changed_.notify_all();
  reads_changed_.notify_all();
  writer_.join();
  reading_.join();
}

void StoreWorker::submit(const relay::out::Commit& commit) {
  {
    std::lock_guard lock(mutex_);
    commits_.push_back(commit);
  }
  commits_changed_.notify_one();
}

void StoreWorker::read(const relay::out::Read& read) {
  {
    std::lock_guard lock(mutex_);
    reads_.push_back(read);
  }
  reads_changed_.notify_one();
}

void StoreWorker::write_loop() {
  std::unique_lock lock(mutex_);
  relay::out::Commit commit{};
  while (take(lock, commits_changed_, stopping_, commits_, commit)) {
    lock.unlock();
    const Status status = store_->commit(*commit.batch);
    // The shard reuses the batch's memory once nobody else holds it.
    commit.batch.reset();
    if (status) {
      reply_(relay::in::Committed{commit.id});
    } else {
      reply_(relay::in::CommitFailed{commit.id, status.error()});
    }
    lock.lock();
  }
}

void StoreWorker::read_loop() {
  std::unique_lock lock(mutex_);
  relay::out::Read read{};
  while (take(lock, reads_changed_, stopping_, reads_, read)) {
    lock.unlock();
    reply_(relay::in::ReadDone{read.id, answer(*reader_, read.query)});
    lock.lock();
  }
}

}  // namespace shopbell::store
