// Where the envelopes of a log lie. Envelopes stand in commit order; what leads from (log, seq) to
// them is kept in blocks of some dozens. The newest entries stand in the log's own row, which each
// commit writes anyway, so that a message does not cost an index page of its own.
#pragma once

#include <vector>

#include "shopbell/codec.h"

namespace shopbell::store {

struct IndexEntry {
  std::uint64_t seq = 0;
  std::uint64_t change = 0;
  std::int64_t author = 0;  // row number of the device
  std::uint64_t counter = 0;
};

// Entries as they are stored: change (less the one before), author, counter; seq is dense.
class IndexBlock {
 public:
  // Enough that a full block is worth a page write, few enough that a log's row stays small.
  static constexpr std::size_t entries_full = 32;

  IndexBlock() = default;
  // `last_seq`: of the last entry in `stored`. Damaged bytes give an empty block.
  static IndexBlock read(BytesView stored, std::uint64_t last_seq) {
    IndexBlock out;
    out.bytes_ = to_bytes(stored);
    const std::vector<IndexEntry> entries = decode(stored, 0);
    out.count_ = entries.size();
    out.last_change_ = entries.empty() ? 0 : entries.back().change;
    out.last_seq_ = last_seq;
    return out;
  }
  static std::vector<IndexEntry> decode(BytesView stored, std::uint64_t first_seq) {
    std::vector<IndexEntry> out;
    IndexEntry entry;
    std::uint64_t step = 0;
    std::uint64_t author = 0;
    for (entry.seq = first_seq; !stored.empty(); ++entry.seq) {
      if (!codec::read_varint(stored, step) || !codec::read_varint(stored, author) ||
          !codec::read_varint(stored, entry.counter)) {
        return {};
      }
      entry.change += step;
      entry.author = static_cast<std::int64_t>(author);
      out.push_back(entry);
    }
    return out;
  }
  void add(const IndexEntry& entry) {
    codec::write_varint(entry.change - last_change_, bytes_);
    codec::write_varint(static_cast<std::uint64_t>(entry.author), bytes_);
    codec::write_varint(entry.counter, bytes_);
    last_change_ = entry.change;
    last_seq_ = entry.seq;
    ++count_;
  }
  void clear() {
    bytes_.clear();
    last_change_ = 0;
    count_ = 0;
  }
  const Bytes& bytes() const { return bytes_; }
  std::size_t count() const { return count_; }
  std::uint64_t first_seq() const { return last_seq_ + 1 - count_; }
  std::vector<IndexEntry> entries() const { return decode(bytes_, first_seq()); }

 private:
  Bytes bytes_;
  std::size_t count_ = 0;
  std::uint64_t last_change_ = 0;
  std::uint64_t last_seq_ = 0;
};

}  // namespace shopbell::store
