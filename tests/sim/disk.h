// A device's storage: ordered keys, writes that are durable only once they are synced.
#pragma once

#include <deque>
#include <map>
#include <vector>

#include "shopbell/engine.h"

namespace shopbell::sim {

class Disk {
 public:
  using Records = std::map<Bytes, Bytes>;

  // Waits in the unsynced tail.
  void write(const out::Persist& batch) {
    tail_.push_back(
        {{batch.puts.begin(), batch.puts.end()}, {batch.deletes.begin(), batch.deletes.end()}});
    apply(tail_.back(), seen_);
  }
  // The oldest unsynced batch becomes durable.
  void sync_one() {
    apply(tail_.front(), synced_);
    tail_.pop_front();
  }
  // Power is lost. `kept` batches of the tail had reached the platter all the same.
  void crash(std::size_t kept) {
    for (; kept > 0 && !tail_.empty(); --kept) sync_one();
    tail_.clear();
    seen_ = synced_;
  }
  std::size_t unsynced() const { return tail_.size(); }
  const Records& synced() const { return synced_; }
  std::vector<std::pair<Bytes, Bytes>> read(const out::Load& load) const {
    std::vector<std::pair<Bytes, Bytes>> out;
    for (auto it = seen_.lower_bound(to_bytes(load.from));
         it != seen_.end() && it->first < to_bytes(load.to); ++it) {
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

  Records synced_;
  Records seen_;
  std::deque<Batch> tail_;
};

}  // namespace shopbell::sim
