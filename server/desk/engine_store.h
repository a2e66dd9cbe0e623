// The desk engine's storage: ordered keys and opaque values in one SQLite table, written by a
// thread of its own with synchronous=FULL. What waits while a write runs goes into the next
// transaction.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "shopbell/engine.h"

struct sqlite3;

namespace shopbell::desk {

class EngineStore {
 public:
  struct Persisted {
    std::uint64_t batch = 0;
    bool ok = false;
  };
  // Not `ok`: the disk could not be read, and what is missing in `records` may well be stored.
  struct Loaded {
    std::uint64_t id = 0;
    bool ok = true;
    std::vector<std::pair<Bytes, Bytes>> records;
  };
  using Done = std::variant<Persisted, Loaded>;
  // Called on the writer thread with each answer, in the order of the requests.
  using Answer = std::function<void(Done)>;

  // Opens or makes the database. On failure null, and `problem` is a sentence.
  static std::unique_ptr<EngineStore> open(const std::string& path, Answer answer,
                                           std::string& problem);
  // Finishes what was asked, then ends the thread.
  ~EngineStore();
  EngineStore(const EngineStore&) = delete;
  EngineStore& operator=(const EngineStore&) = delete;

  // Copies what the outputs show; from one thread.
  void persist(const out::Persist& batch);
  void load(const out::Load& load);

  // The first failure as a sentence for the operator's log; to be asked once an answer told of it.
  const std::string& problem() const { return problem_; }

 private:
  struct Write {
    std::uint64_t batch;
    std::vector<out::Put> puts;
    std::vector<Bytes> deletes;
  };
  struct Read {
    std::uint64_t id;
    Bytes from;
    Bytes to;
    std::uint64_t limit;
    bool descending;
  };
  using Job = std::variant<Write, Read>;

  EngineStore(sqlite3* db, Answer answer);
  void run();
  // One transaction for all of them; answers follow its commit.
  void carry_out(std::deque<Job>& jobs);
  bool write(const Write& write);
  Loaded read(const Read& read);
  void give(Job job);
  void note_problem();

  sqlite3* db_;
  Answer answer_;
  bool failed_ = false;  // after a failed write nothing later may be written
  std::string problem_;  // written once, before the answer that tells of it
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace shopbell::desk
