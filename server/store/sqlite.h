// SQLite, as little of it as the store needs: a connection and prepared statements that close
// themselves. Bound views are not copied and must live until the statement is reset.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>
#include <string_view>

#include "shopbell/bytes.h"

namespace shopbell::store {

struct CloseDatabase {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

class Statement {
 public:
  // A text that does not compile is a defect or a damaged file; then every step fails.
  Statement(sqlite3* db, std::string_view sql) {
    sqlite3_stmt* made = nullptr;
    sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                       &made, nullptr);
    statement_.reset(made);
  }

  // Binds in order from the first parameter.
  template <class... Values>
  Statement& bind(const Values&... values) {
    sqlite3_reset(statement_.get());
    int index = 0;
    (bind_one(++index, values), ...);
    return *this;
  }

  // True where there is a row; `code()` tells an error from the end.
  bool step() {
    code_ = statement_ ? sqlite3_step(statement_.get()) : SQLITE_ERROR;
    return code_ == SQLITE_ROW;
  }
  // Runs to the end; true without error.
  bool run() {
    while (step()) {
    }
    const bool done = ok();
    reset();
    return done;
  }
  bool ok() const { return code_ == SQLITE_ROW || code_ == SQLITE_DONE; }
  void reset() {
    if (statement_) sqlite3_reset(statement_.get());
  }

  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }
  std::uint64_t number(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  // Lives until the next step or reset.
  BytesView blob(int column) const {
    const auto* data =
        static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_.get(), column));
    const int size = sqlite3_column_bytes(statement_.get(), column);
    return data ? BytesView{data, static_cast<std::size_t>(size)} : BytesView{};
  }
  // Zero where the stored value has another width.
  template <class T>
  T fixed(int column) const {
    const BytesView view = blob(column);
    return view.size() == T::size ? T::from(view) : T{};
  }

 private:
  void bind_one(int index, std::int64_t value) {
    sqlite3_bind_int64(statement_.get(), index, value);
  }
  void bind_one(int index, std::uint64_t value) {
    sqlite3_bind_int64(statement_.get(), index, static_cast<std::int64_t>(value));
  }
  void bind_one(int index, BytesView value) {
    // A null pointer would bind NULL; an empty blob is meant.
    sqlite3_bind_blob(statement_.get(), index,
                      value.empty() ? "" : static_cast<const void*>(value.data()),
                      static_cast<int>(value.size()), SQLITE_STATIC);
  }
  void bind_one(int index, const Bytes& value) { bind_one(index, BytesView(value)); }
  template <std::size_t N, class Tag>
  void bind_one(int index, const Fixed<N, Tag>& value) {
    bind_one(index, value.view());
  }

  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int code_ = SQLITE_DONE;
};

}  // namespace shopbell::store
