// The little of SQLite that the desk needs, with its handles owned.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>
#include <string_view>

#include "shopbell/bytes.h"

namespace shopbell::desk {

struct CloseDb {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};
using Db = std::unique_ptr<sqlite3, CloseDb>;

struct FinishStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

// One prepared statement, used once. Views that are bound must outlive the steps.
class Statement {
 public:
  Statement(sqlite3* db, const char* sql);
  Statement& bind(BytesView value);
  Statement& bind(std::uint64_t value);
  // True where there is a row.
  bool row();
  // True where it ran to its end.
  bool run();
  // After row() gave false: true at the end, false after an error.
  bool at_end() const { return result_ == SQLITE_DONE; }
  Bytes bytes(int column) const;
  std::uint64_t number(int column) const;

 private:
  std::unique_ptr<sqlite3_stmt, FinishStatement> statement_;
  int bound_ = 0;
  int result_ = SQLITE_OK;
};

bool execute(sqlite3* db, const char* sql);
// Opens or makes a database of mode 0600 with WAL and synchronous=FULL, and runs `schema`. A file
// made by a newer version, or no database, is refused with a sentence in `problem`.
Db open_db(const std::string& path, int version, const char* schema, std::string& problem);

}  // namespace shopbell::desk
