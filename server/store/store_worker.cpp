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

StoreWorker::StoreWorker(std::unique_ptr<Store> store, Reply reply, Problem problem)
    : store_(std::move(store)),
      reader_(store_->open_reader()),
      reply_(std::move(reply)),
      problem_(std::move(problem)),
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
    // The shard reuses the batch's memory once nobody else holds it.
    write(std::exchange(commit, {}));
    lock.lock();
  }
}

void StoreWorker::write(relay::out::Commit commit) {
  std::unique_lock turn(shared_store_, std::defer_lock);
  if (!reader_) turn.lock();
  const Status status = store_->commit(*commit.batch);
  const std::string problem = status ? std::string() : store_->problem();
  if (turn) turn.unlock();
  commit.batch.reset();
  if (!status && !failing_) problem_(problem);
  failing_ = !status;
  if (status) {
    reply_(relay::in::Committed{commit.id});
  } else {
    reply_(relay::in::CommitFailed{commit.id, status.error()});
  }
}

void StoreWorker::read_loop() {
  std::unique_lock lock(mutex_);
  relay::out::Read read{};
  while (take(lock, reads_changed_, stopping_, reads_, read)) {
    lock.unlock();
    reply_(relay::in::ReadDone{read.id, ask(read.query)});
    lock.lock();
  }
}

Answer StoreWorker::ask(const Query& query) {
  if (reader_) return answer(*reader_, query);
  const std::lock_guard turn(shared_store_);
  return answer(*store_, query);
}

}  // namespace shopbell::store
