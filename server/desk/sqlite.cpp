#include "desk/sqlite.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace shopbell::desk {

Statement::Statement(sqlite3* db, const char* sql) {
  sqlite3_stmt* statement = nullptr;
  result_ = sqlite3_prepare_v2(db, sql, -1, &statement, nullptr);
  statement_.reset(statement);
}

Statement& Statement::bind(BytesView value) {
  // A null pointer would bind NULL, and an empty value is none.
  const void* data = value.empty() ? static_cast<const void*>("") : value.data();
  sqlite3_bind_blob64(statement_.get(), ++bound_, data, value.size(), SQLITE_STATIC);
  return *this;
}

Statement& Statement::bind(std::uint64_t value) {
  sqlite3_bind_int64(statement_.get(), ++bound_, static_cast<sqlite3_int64>(value));
  return *this;
}

bool Statement::row() {
  if (!statement_) return false;
  result_ = sqlite3_step(statement_.get());
  return result_ == SQLITE_ROW;
}

bool Statement::run() {
  while (row()) {
  }
  return result_ == SQLITE_DONE;
}

Bytes Statement::bytes(int column) const {
  const auto* data =
      static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_.get(), column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return size == 0 ? Bytes() : Bytes(data, data + size);
}

std::uint64_t Statement::number(int column) const {
  return static_cast<std::uint64_t>(sqlite3_column_int64(statement_.get(), column));
}

bool execute(sqlite3* db, const char* sql) {
  return sqlite3_exec(db, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
}

Db open_db(const std::string& path, int version, const char* schema, std::string& problem) {
  // SQLite would make it readable for all; side files take the mode of this one.
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd >= 0) ::close(fd);
  sqlite3* raw = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE, nullptr);
  Db db(raw);
  if (fd < 0 || result != SQLITE_OK) {
    problem = fmt::format("{} cannot be opened or made", path);
    return nullptr;
  }
  sqlite3_busy_timeout(db.get(), 5000);
  Statement asked(db.get(), "PRAGMA user_version");
  if (!asked.row()) {
    problem = fmt::format("{} is damaged or no database; restore it from a backup", path);
    return nullptr;
  }
  if (asked.number(0) > static_cast<std::uint64_t>(version)) {
    problem = fmt::format("{} was written by a newer version of shopbell; update", path);
    return nullptr;
  }
  // Writing what stands there already would wait for whoever has the lock.
  const bool is_new = asked.number(0) != static_cast<std::uint64_t>(version);
  const auto mark = fmt::format("PRAGMA user_version = {}", version);
  if (!asked.run() || !execute(db.get(), "PRAGMA journal_mode = WAL") ||
      !execute(db.get(), "PRAGMA synchronous = FULL") || !execute(db.get(), schema) ||
      (is_new && !execute(db.get(), mark.c_str()))) {
    problem = fmt::format("{} cannot be written: {}", path, sqlite3_errmsg(db.get()));
    return nullptr;
  }
  return db;
}

}  // namespace shopbell::desk
