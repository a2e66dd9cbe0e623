#include "desk/invitations.h"

#include "desk/sqlite.h"

namespace shopbell::desk {
namespace {

constexpr int version = 1;
constexpr char schema[] =
    "CREATE TABLE IF NOT EXISTS invitations (id BLOB PRIMARY KEY, key BLOB NOT NULL, "
    "role INTEGER NOT NULL, expires_ms INTEGER NOT NULL, certificate_ms INTEGER NOT NULL, "
    "used_by BLOB NOT NULL, not_after_ms INTEGER NOT NULL, name BLOB NOT NULL) WITHOUT ROWID";
constexpr char columns[] =
    "SELECT id, key, role, expires_ms, certificate_ms, used_by, not_after_ms, name "
    "FROM invitations ";

Invitation copy_of(const Invitation& from) {
  return {from.id,      from.key.clone(),  from.role, from.expires_ms, from.certificate_ms,
          from.used_by, from.not_after_ms, from.name};
}

class MemoryBook : public InvitationBook {
 public:
  bool add(const Invitation& invitation) override {
    return all_.emplace(invitation.id, copy_of(invitation)).second;
  }

  std::optional<Invitation> find(const LogId& id) override {
    const auto found = all_.find(id);
    if (found == all_.end()) return std::nullopt;
    return copy_of(found->second);
  }

  std::optional<Invitation> find_used_by(const DeviceId& device) override {
    const Invitation* newest = nullptr;
    for (const auto& [id, each] : all_) {
      if (each.used_by != device) continue;
      if (newest == nullptr || each.not_after_ms > newest->not_after_ms) newest = &each;
    }
    if (newest == nullptr) return std::nullopt;
    return copy_of(*newest);
  }

  bool use(const LogId& id, const DeviceId& device, std::uint64_t not_after_ms,
           const std::string& name) override {
    const auto found = all_.find(id);
    if (found == all_.end() || found->second.used()) return false;
    found->second.used_by = device;
    found->second.not_after_ms = not_after_ms;
    found->second.name = name;
    return true;
  }

  std::vector<Invitation> all() override {
    std::vector<Invitation> out;
    for (const auto& [id, each] : all_) out.push_back(copy_of(each));
    return out;
  }

  bool revoke(const LogId& id) override {
    const auto found = all_.find(id);
    if (found == all_.end() || found->second.used()) return false;
    all_.erase(found);
    return true;
  }

 private:
  std::map<LogId, Invitation> all_;
};

class SqliteBook : public InvitationBook {
 public:
  explicit SqliteBook(Db db) : db_(std::move(db)) {}

  bool add(const Invitation& invitation) override {
    return Statement(db_.get(), "INSERT INTO invitations VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(invitation.id.view())
        .bind(invitation.key.reveal())
        .bind(invitation.role)
        .bind(invitation.expires_ms)
        .bind(invitation.certificate_ms)
        .bind(invitation.used_by.view())
        .bind(invitation.not_after_ms)
        .bind(as_bytes(invitation.name))
        .run();
  }

  std::optional<Invitation> find(const LogId& id) override {
    static const std::string sql = std::string(columns) + "WHERE id = ?";
    Statement statement(db_.get(), sql.c_str());
    return read(statement.bind(id.view()));
  }

  std::optional<Invitation> find_used_by(const DeviceId& device) override {
    static const std::string sql =
        std::string(columns) + "WHERE used_by = ? ORDER BY not_after_ms DESC LIMIT 1";
    Statement statement(db_.get(), sql.c_str());
    return read(statement.bind(device.view()));
  }

  bool use(const LogId& id, const DeviceId& device, std::uint64_t not_after_ms,
           const std::string& name) override {
    const DeviceId nobody;
    const bool ran = Statement(db_.get(),
                               "UPDATE invitations SET used_by = ?, not_after_ms = ?, name = ? "
                               "WHERE id = ? AND used_by = ?")
                         .bind(device.view())
                         .bind(not_after_ms)
                         .bind(as_bytes(name))
                         .bind(id.view())
                         .bind(nobody.view())
                         .run();
    return ran && sqlite3_changes(db_.get()) == 1;
  }

  std::vector<Invitation> all() override {
    std::vector<Invitation> out;
    Statement statement(db_.get(), columns);
    while (statement.row()) {
      if (auto each = from_row(statement)) out.push_back(std::move(*each));
    }
    return out;
  }

  bool revoke(const LogId& id) override {
    const DeviceId nobody;
    const bool ran = Statement(db_.get(), "DELETE FROM invitations WHERE id = ? AND used_by = ?")
                         .bind(id.view())
                         .bind(nobody.view())
                         .run();
    return ran && sqlite3_changes(db_.get()) == 1;
  }

 private:
  static std::optional<Invitation> read(Statement& statement) {
    if (!statement.row()) return std::nullopt;
    return from_row(statement);
  }

  static std::optional<Invitation> from_row(Statement& statement) {
    const auto id = statement.bytes(0);
    const auto key = statement.bytes(1);
    const auto used_by = statement.bytes(5);
    if (id.size() != LogId::size || key.size() != 32 || used_by.size() != DeviceId::size) {
      return std::nullopt;
    }
    const auto name = statement.bytes(7);
    return Invitation{LogId::from(id),     Key::from(key),
                      statement.number(2), statement.number(3),
                      statement.number(4), DeviceId::from(used_by),
                      statement.number(6), std::string(as_text(name))};
  }

  Db db_;
};

}  // namespace

std::unique_ptr<InvitationBook> make_memory_invitations() { return std::make_unique<MemoryBook>(); }

std::unique_ptr<InvitationBook> open_invitations(const std::string& path, std::string& problem) {
  auto db = open_db(path, version, schema, problem);
  if (!db) return nullptr;
  return std::make_unique<SqliteBook>(std::move(db));
}

}  // namespace shopbell::desk
