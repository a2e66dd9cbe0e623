// A device's storage: ordered keys, writes that are durable only once they are synced, and a term:
// whoever leads writes under his own, and under an older one nothing is written.
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <vector>

#include "shopbell/engine.h"

namespace shopbell::sim {

class Disk {
 public:
  using Records = std::map<Bytes, Bytes>;

  std::uint64_t term() const { return term_; }
  // A new leader. What the former one had handed in before comes before his first read. His term is
  // newer than any that was given out, also where the profile is an older copy.
  std::uint64_t take_over(std::uint64_t now_ms) {
    sync_all();
    return term_ = std::max(term_ + 1, now_ms / 1000);
  }

  // Waits in the unsynced tail; the number is for sync().
  std::uint64_t write(const out::Persist& batch) {
    tail_.push_back(
        {{batch.puts.begin(), batch.puts.end()}, {batch.deletes.begin(), batch.deletes.end()}});
    apply(tail_.back(), seen_);
    return ++written_;
  }
  // Durable up to this write.
  void sync(std::uint64_t number) {
    while (!tail_.empty() && written_ - tail_.size() < number) sync_one();
  }
  void sync_all() { sync(written_); }
  // Power is lost. `kept` batches of the tail had reached the platter all the same.
  void crash(std::size_t kept) {
    for (; kept > 0 && !tail_.empty(); --kept) sync_one();
    written_ -= tail_.size();
    tail_.clear();
    seen_ = synced_;
  }
  // As a backup program takes and gives it.
  struct Copy {
    std::uint64_t term = 0;
    Records records;
  };
  Copy copy() const { return {term_, synced_}; }
  void set_back(const Copy& copy) {
    crash(0);
    term_ = copy.term;
    synced_ = seen_ = copy.records;
  }
  // Storage that lives no longer than the page.
  void wipe() {
    tail_.clear();
    synced_.clear();
    seen_.clear();
  }
  std::size_t unsynced() const { return tail_.size(); }
  const Records& synced() const { return synced_; }
  std::vector<std::pair<Bytes, Bytes>> read(const out::Load& load) const {
    std::vector<std::pair<Bytes, Bytes>> out;
    const Bytes to = to_bytes(load.to);
    for (auto it = seen_.lower_bound(to_bytes(load.from)); it != seen_.end() && it->first < to;
         ++it) {
      out.push_back(*it);
    }
    if (load.descending) std::reverse(out.begin(), out.end());
    if (load.limit != 0 && out.size() > load.limit) out.resize(load.limit);
    return out;
  }

 private:
  struct Batch {
    std::vector<out::Put> puts;
    std::vector<Bytes> deletes;
  };
  static void apply(const Batch& batch, Records& to) {
    for (const out::Put& put : batch.puts) to[put.key] = put.value;
    for (const Bytes& key : batch.deletes) to.erase(key);
  }
  void sync_one() {
    apply(tail_.front(), synced_);
    tail_.pop_front();
  }

  std::uint64_t term_ = 0;
  std::uint64_t written_ = 0;  // batches, also those that were lost
  Records synced_;
  Records seen_;
  std::deque<Batch> tail_;
};

}  // namespace shopbell::sim
