#include "desk/settings.h"

#include <map>

#include "desk/sqlite.h"
#include "shopbell/codec.h"

namespace shopbell::desk {
namespace {

constexpr int version = 1;
constexpr char schema[] =
    "CREATE TABLE IF NOT EXISTS settings (name BLOB PRIMARY KEY, value BLOB NOT NULL) "
    "WITHOUT ROWID";
constexpr std::string_view domains_name = "domains";
constexpr std::string_view look_name = "look";
constexpr std::string_view previews_name = "previews";

class MemorySettings : public SettingsBook {
 public:
  std::optional<Bytes> get(std::string_view name) override {
    const auto found = all_.find(name);
    if (found == all_.end()) return std::nullopt;
    return found->second;
  }

  bool put(std::string_view name, BytesView value) override {
    all_.insert_or_assign(std::string(name), to_bytes(value));
    return true;
  }

 private:
  std::map<std::string, Bytes, std::less<>> all_;
};

class SqliteSettings : public SettingsBook {
 public:
  explicit SqliteSettings(Db db) : db_(std::move(db)) {}

  std::optional<Bytes> get(std::string_view name) override {
    Statement statement(db_.get(), "SELECT value FROM settings WHERE name = ?");
    if (!statement.bind(as_bytes(name)).row()) return std::nullopt;
    return statement.bytes(0);
  }

  bool put(std::string_view name, BytesView value) override {
    return Statement(db_.get(), "INSERT OR REPLACE INTO settings VALUES (?, ?)")
        .bind(as_bytes(name))
        .bind(value)
        .run();
  }

 private:
  Db db_;
};

Bytes domains_bytes(const std::vector<std::string>& domains) {
  wire::AdminDomains out;
  out.domains.assign(domains.begin(), domains.end());
  return codec::encode(out);
}

Bytes previews_bytes(bool on) {
  wire::AdminPreviews out;
  out.on = on;
  return codec::encode(out);
}

bool keep(SettingsBook& book, std::string_view name, BytesView value, BytesView seed,
          const DeviceId& by, std::uint64_t now_ms) {
  wire::SettingRecord record;
  record.value = value;
  record.seed = seed;
  record.changed_ms = now_ms;
  record.by = by;
  return book.put(name, codec::encode(record));
}

// The stored record where it still counts; it looks into `bytes`.
std::optional<wire::SettingRecord> in_force(const std::optional<Bytes>& bytes, BytesView seed) {
  if (!bytes) return std::nullopt;
  const auto record = codec::decode<wire::SettingRecord>(*bytes);
  // The configuration was changed after the admin had set it.
  if (!record || !same_bytes(record->seed, seed)) return std::nullopt;
  return *record;
}

}  // namespace

std::unique_ptr<SettingsBook> make_memory_settings() { return std::make_unique<MemorySettings>(); }

std::unique_ptr<SettingsBook> open_settings(const std::string& path, std::string& problem) {
  auto db = open_db(path, version, schema, problem);
  if (!db) return nullptr;
  return std::make_unique<SqliteSettings>(std::move(db));
}

wire::AdminLook admin_look_of(const ShopWords& words) {
  wire::AdminLook out;
  out.accent = words.accent;
  out.greeting_zh = words.greeting_zh;
  out.greeting_en = words.greeting_en;
  out.greeting_ar = words.greeting_ar;
  out.position = words.position;
  return out;
}

EffectiveWords effective_words(const ShopWords& seed, SettingsBook& book) {
  EffectiveWords out{seed};
  const auto domains_kept = book.get(domains_name);
  if (const auto record = in_force(domains_kept, domains_bytes(seed.domains))) {
    if (const auto domains = codec::decode<wire::AdminDomains>(record->value)) {
      out.words.domains.assign(domains->domains.begin(), domains->domains.end());
      out.domains_set_ms = record->changed_ms;
    }
  }
  const auto look_kept = book.get(look_name);
  if (const auto record = in_force(look_kept, codec::encode(admin_look_of(seed)))) {
    if (const auto look = codec::decode<wire::AdminLook>(record->value)) {
      out.words.accent = look->accent;
      out.words.greeting_zh = look->greeting_zh;
      out.words.greeting_en = look->greeting_en;
      out.words.greeting_ar = look->greeting_ar;
      out.words.position = look->position;
      out.look_set_ms = record->changed_ms;
    }
  }
  const auto previews_kept = book.get(previews_name);
  if (const auto record = in_force(previews_kept, previews_bytes(seed.link_previews))) {
    if (const auto previews = codec::decode<wire::AdminPreviews>(record->value)) {
      out.words.link_previews = previews->on;
    }
  }
  return out;
}

bool keep_previews(SettingsBook& book, const ShopWords& seed, bool on, const DeviceId& by,
                   std::uint64_t now_ms) {
  return keep(book, previews_name, previews_bytes(on), previews_bytes(seed.link_previews), by,
              now_ms);
}

bool keep_domains(SettingsBook& book, const ShopWords& seed,
                  const std::vector<std::string>& domains, const DeviceId& by,
                  std::uint64_t now_ms) {
  return keep(book, domains_name, domains_bytes(domains), domains_bytes(seed.domains), by, now_ms);
}

bool keep_look(SettingsBook& book, const ShopWords& seed, const wire::AdminLook& look,
               const DeviceId& by, std::uint64_t now_ms) {
  return keep(book, look_name, codec::encode(look), codec::encode(admin_look_of(seed)), by, now_ms);
}

}  // namespace shopbell::desk
