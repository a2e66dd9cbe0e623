#include "desk/invitations.h"

#include "desk/sqlite.h"

namespace shopbell::desk {
namespace {

constexpr int version = 3;
constexpr char schema[] =
    "CREATE TABLE IF NOT EXISTS invitations (id BLOB PRIMARY KEY, key BLOB NOT NULL, "
    "role INTEGER NOT NULL, expires_ms INTEGER NOT NULL, certificate_ms INTEGER NOT NULL, "
    "used_by BLOB NOT NULL, not_after_ms INTEGER NOT NULL, name BLOB NOT NULL, "
    "withdrawn_ms INTEGER NOT NULL DEFAULT 0, removed_ms INTEGER NOT NULL DEFAULT 0, "
    "replaces BLOB NOT NULL DEFAULT x'', person BLOB NOT NULL DEFAULT x'', "
    "browser BLOB NOT NULL DEFAULT x'') WITHOUT ROWID";
// A file of version 1 lacks what came with removal.
constexpr char asked_of_2[] = "SELECT withdrawn_ms, removed_ms, replaces FROM invitations LIMIT 0";
constexpr char schema_1_to_2[] =
    "BEGIN IMMEDIATE; "
    "ALTER TABLE invitations ADD COLUMN withdrawn_ms INTEGER NOT NULL DEFAULT 0; "
    "ALTER TABLE invitations ADD COLUMN removed_ms INTEGER NOT NULL DEFAULT 0; "
    "ALTER TABLE invitations ADD COLUMN replaces BLOB NOT NULL DEFAULT x''; COMMIT";
// One of version 2 what came with a person's further devices.
constexpr char asked_of_3[] = "SELECT person, browser FROM invitations LIMIT 0";
constexpr char schema_2_to_3[] =
    "BEGIN IMMEDIATE; "
    "ALTER TABLE invitations ADD COLUMN person BLOB NOT NULL DEFAULT x''; "
    "ALTER TABLE invitations ADD COLUMN browser BLOB NOT NULL DEFAULT x''; COMMIT";
constexpr char columns[] =
    "SELECT id, key, role, expires_ms, certificate_ms, used_by, not_after_ms, name, withdrawn_ms, "
    "removed_ms, replaces, person, browser FROM invitations ";

Invitation copy_of(const Invitation& from) {
  return {from.id,       from.key.clone(),  from.role,   from.expires_ms,   from.certificate_ms,
          from.used_by,  from.not_after_ms, from.name,   from.withdrawn_ms, from.removed_ms,
          from.replaces, from.person,       from.browser};
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
           const std::string& name, std::uint64_t now_ms) override {
    const auto found = all_.find(id);
    if (found == all_.end() || found->second.used()) return false;
    found->second.used_by = device;
    found->second.not_after_ms = not_after_ms;
    found->second.name = name;
    std::uint64_t withdrawn_ms = 0;
    for (auto& [other, each] : all_) {
      if (each.used_by == device) {
        each.removed_ms = 0;
        withdrawn_ms = std::max(withdrawn_ms, each.withdrawn_ms);
      } else if (each.used() && each.used_by == found->second.replaces) {
        each.withdrawn_ms = each.removed_ms = now_ms;
      }
    }
    found->second.withdrawn_ms = withdrawn_ms;
    return true;
  }

  bool change(const DeviceId& device, const MemberChange& change) override {
    bool found = false;
    for (auto& [id, each] : all_) {
      if (!each.used() || each.used_by != device) continue;
      each.role = change.role;
      each.withdrawn_ms = change.withdrawn_ms;
      each.removed_ms = change.removed_ms;
      found = true;
    }
    return found;
  }

  bool extend(const LogId& id, std::uint64_t not_after_ms) override {
    const auto found = all_.find(id);
    if (found == all_.end() || !found->second.used()) return false;
    found->second.not_after_ms = not_after_ms;
    return true;
  }

  bool describe(const DeviceId& device, const std::string& browser) override {
    bool found = false;
    for (auto& [id, each] : all_) {
      if (!each.used() || each.used_by != device) continue;
      each.browser = browser;
      found = true;
    }
    return found;
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
    return Statement(db_.get(),
                     "INSERT INTO invitations (id, key, role, expires_ms, certificate_ms, "
                     "used_by, not_after_ms, name, replaces, person) "
                     "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .bind(invitation.id.view())
        .bind(invitation.key.reveal())
        .bind(invitation.role)
        .bind(invitation.expires_ms)
        .bind(invitation.certificate_ms)
        .bind(invitation.used_by.view())
        .bind(invitation.not_after_ms)
        .bind(as_bytes(invitation.name))
        .bind(invitation.replaces.view())
        .bind(invitation.person.view())
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
           const std::string& name, std::uint64_t now_ms) override {
    if (!execute(db_.get(), "BEGIN IMMEDIATE")) return false;
    if (use_in_transaction(id, device, not_after_ms, name, now_ms) &&
        execute(db_.get(), "COMMIT")) {
      return true;
    }
    execute(db_.get(), "ROLLBACK");
    return false;
  }

  bool change(const DeviceId& device, const MemberChange& change) override {
    const bool ran = Statement(db_.get(),
                               "UPDATE invitations SET role = ?, withdrawn_ms = ?, removed_ms = ? "
                               "WHERE used_by = ?")
                         .bind(change.role)
                         .bind(change.withdrawn_ms)
                         .bind(change.removed_ms)
                         .bind(device.view())
                         .run();
    return ran && sqlite3_changes(db_.get()) > 0;
  }

  bool extend(const LogId& id, std::uint64_t not_after_ms) override {
    const DeviceId nobody;
    const bool ran =
        Statement(db_.get(),
                  "UPDATE invitations SET not_after_ms = ? WHERE id = ? AND used_by != ?")
            .bind(not_after_ms)
            .bind(id.view())
            .bind(nobody.view())
            .run();
    return ran && sqlite3_changes(db_.get()) > 0;
  }

  bool describe(const DeviceId& device, const std::string& browser) override {
    const bool ran = Statement(db_.get(), "UPDATE invitations SET browser = ? WHERE used_by = ?")
                         .bind(as_bytes(browser))
                         .bind(device.view())
                         .run();
    return ran && sqlite3_changes(db_.get()) > 0;
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
  bool use_in_transaction(const LogId& id, const DeviceId& device, std::uint64_t not_after_ms,
                          const std::string& name, std::uint64_t now_ms) {
    const DeviceId nobody;
    const bool taken =
        Statement(db_.get(),
                  "UPDATE invitations SET used_by = ?1, not_after_ms = ?2, name = ?3, withdrawn_ms "
                  "= (SELECT coalesce(max(withdrawn_ms), 0) FROM invitations WHERE used_by = ?1) "
                  "WHERE id = ?4 AND used_by = ?5")
            .bind(device.view())
            .bind(not_after_ms)
            .bind(as_bytes(name))
            .bind(id.view())
            .bind(nobody.view())
            .run() &&
        sqlite3_changes(db_.get()) == 1;
    return taken &&
           Statement(db_.get(), "UPDATE invitations SET removed_ms = 0 WHERE used_by = ?")
               .bind(device.view())
               .run() &&
           Statement(db_.get(),
                     "UPDATE invitations SET removed_ms = ?1, withdrawn_ms = ?1 WHERE used_by = "
                     "(SELECT replaces FROM invitations WHERE id = ?2) AND used_by NOT IN (?3, ?4)")
               .bind(now_ms)
               .bind(id.view())
               .bind(nobody.view())
               .bind(device.view())
               .run();
  }

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
    const auto replaces = statement.bytes(10);
    const auto person = statement.bytes(11);
    const auto browser = statement.bytes(12);
    return Invitation{
        LogId::from(id),
        Key::from(key),
        statement.number(2),
        statement.number(3),
        statement.number(4),
        DeviceId::from(used_by),
        statement.number(6),
        std::string(as_text(name)),
        statement.number(8),
        statement.number(9),
        replaces.size() == DeviceId::size ? DeviceId::from(replaces) : DeviceId{},
        person.size() == DeviceId::size ? DeviceId::from(person) : DeviceId{},
        std::string(as_text(browser)),
    };
  }

  Db db_;
};

}  // namespace

std::unique_ptr<InvitationBook> make_memory_invitations() { return std::make_unique<MemoryBook>(); }

std::unique_ptr<InvitationBook> open_invitations(const std::string& path, std::string& problem) {
  auto db = open_db(path, version, schema, problem);
  if (!db) return nullptr;
  const auto lacks = [&](const char* asked) {
    sqlite3_stmt* statement = nullptr;
    const bool is_whole = sqlite3_prepare_v2(db.get(), asked, -1, &statement, nullptr) == SQLITE_OK;
    sqlite3_finalize(statement);
    return !is_whole;
  };
  if ((lacks(asked_of_2) && !execute(db.get(), schema_1_to_2)) ||
      (lacks(asked_of_3) && !execute(db.get(), schema_2_to_3))) {
    problem = path + " cannot be brought to this version: " + sqlite3_errmsg(db.get());
    return nullptr;
  }
  return std::make_unique<SqliteBook>(std::move(db));
}

}  // namespace shopbell::desk
