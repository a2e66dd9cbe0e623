// The reading half of the SQLite store, on a connection of its own or on the writer's.
#pragma once

#include "store/sqlite.h"
#include "store/sqlite_index.h"
#include "store/store.h"

namespace shopbell::store {

class SqliteReader final : public Reader {
 public:
  // `db` outlives this.
  explicit SqliteReader(sqlite3* db);

  Result<LogRecord> read_log(const LogId& log) override;
  Result<std::vector<Entry>> read_page(const LogId& log, std::uint64_t from, std::uint64_t to,
                                       std::size_t bytes_max) override;
  Result<std::vector<LogId>> logs_of_device(const ShopId& shop, const DeviceId& device) override;
  Result<std::vector<HeadRow>> heads_since(const ShopId& shop, const DeviceId& device,
                                           std::uint64_t cursor, std::size_t limit) override;
  Result<Place> find_envelope(const LogId& log, const DeviceId& author,
                              std::uint64_t counter) override;
  Result<Bytes> card(const ShopId& shop) override;

 private:
  // Row numbers; 0 where there is no such row, `ok` false on failure.
  std::int64_t number_of(Statement& find, BytesView id, bool& ok);
  bool read_marks(std::int64_t log, std::vector<MarkWrite>& out);
  // A log's row number and its newest index entries; `number` 0 where there is no such log.
  struct LogIndex {
    std::int64_t number = 0;
    std::vector<IndexEntry> recent;
  };
  bool find_index(const LogId& log, LogIndex& out);
  bool read_entries(const LogIndex& log, std::uint64_t from, std::uint64_t to,
                    std::size_t bytes_max, std::vector<Entry>& out);
  // Entries of blocks that may hold from <= seq <= to, ascending.
  bool read_blocks(std::int64_t log, std::uint64_t from, std::uint64_t to,
                   std::vector<IndexEntry>& out);
  // The author's newest entry above `above` with a counter <= `most`; seq 0 where there is none.
  bool newest_of(const LogIndex& log, std::int64_t author, std::uint64_t above, std::uint64_t most,
                 IndexEntry& out);
  bool newest_counter(const LogIndex& log, std::int64_t device, std::uint64_t fold_seq,
                      std::uint64_t& out);

  sqlite3* db_;
  Statement begin_;
  Statement end_;
  Statement find_shop_;
  Statement find_device_;
  Statement find_log_;
  Statement log_;
  Statement fold_;
  Statement marks_;
  Statement envelope_;
  Statement blocks_;
  Statement blocks_back_;
  Statement logs_of_device_;
  Statement heads_;
  Statement author_counter_;
  Statement card_;

  friend class ReadTransaction;
};

}  // namespace shopbell::store
