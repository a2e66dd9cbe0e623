#include "desk/search_index.h"

#include <algorithm>

#include "desk/terms.h"
#include "shopbell/amend.h"

namespace shopbell::desk {
namespace {

constexpr int version = 1;
// edit: seq of the edit whose words `text` holds. recalled: 1; then there is no text.
constexpr char schema[] =
    "CREATE TABLE IF NOT EXISTS messages (id INTEGER PRIMARY KEY, log BLOB NOT NULL, "
    "seq INTEGER NOT NULL, main BLOB NOT NULL, time_ms INTEGER NOT NULL, author BLOB NOT NULL, "
    "counter INTEGER NOT NULL, class INTEGER NOT NULL, kind INTEGER NOT NULL, "
    "text BLOB NOT NULL, edit INTEGER NOT NULL DEFAULT 0, recalled INTEGER NOT NULL DEFAULT 0, "
    "UNIQUE (log, seq)); "
    "CREATE INDEX IF NOT EXISTS messages_by_time ON messages (time_ms, id); "
    "CREATE TABLE IF NOT EXISTS terms (term INTEGER NOT NULL, message INTEGER NOT NULL, "
    "PRIMARY KEY (term, message)) WITHOUT ROWID; "
    "CREATE TABLE IF NOT EXISTS logs (log BLOB PRIMARY KEY, done INTEGER NOT NULL) WITHOUT ROWID; "
    "CREATE TABLE IF NOT EXISTS people (device BLOB PRIMARY KEY, class INTEGER NOT NULL, "
    "name BLOB NOT NULL) WITHOUT ROWID; "
    "CREATE TABLE IF NOT EXISTS tags (main BLOB NOT NULL, tag INTEGER NOT NULL, "
    "name BLOB NOT NULL, seq INTEGER NOT NULL, off INTEGER NOT NULL, "
    "PRIMARY KEY (main, tag)) WITHOUT ROWID";
constexpr std::string_view term_label = "shopbell search term v1";
constexpr std::string_view tag_label = "shopbell search tag v1";
// Pages are read in steps: some candidates hold the parts of a word, but not the word.
constexpr std::size_t step = 64;
constexpr std::size_t steps_max = 50;
constexpr std::size_t query_terms_max = 24;

Bytes name_of_text(const LogId& log, std::uint64_t seq) {
  Bytes out = to_bytes(log.view());
  append(out, crypto::u64be(seq));
  return out;
}

bool has_all(std::string_view text, const std::vector<std::string>& pieces) {
  const std::string low = lowered(text);
  return std::all_of(pieces.begin(), pieces.end(), [&](const std::string& piece) {
    return low.find(piece) != std::string::npos;
  });
}

}  // namespace

std::unique_ptr<SearchIndex> SearchIndex::open(const std::string& path, Key key,
                                               std::string& problem) {
  auto db = open_db(path, version, schema, problem);
  if (!db) return nullptr;
  // What a power cut takes is taken in again from the logs.
  execute(db.get(), "PRAGMA synchronous = NORMAL");
  return std::unique_ptr<SearchIndex>(new SearchIndex(std::move(db), std::move(key)));
}

void SearchIndex::begin() {
  if (writing_ || failed_) return;
  writing_ = execute(db_.get(), "BEGIN");
  failed_ = !writing_;
}

void SearchIndex::commit() {
  if (!writing_) return;
  writing_ = false;
  if (failed_ || !execute(db_.get(), "COMMIT")) {
    execute(db_.get(), "ROLLBACK");
    failed_ = true;
  }
}

bool SearchIndex::ran(Statement& statement) {
  const bool ok = statement.run();
  failed_ = failed_ || !ok;
  return ok;
}

std::uint64_t SearchIndex::hash_of(std::string_view label, std::string_view term) const {
  const Key hash = crypto::derive(key_, label, {as_bytes(term)});
  std::uint64_t out = 0;
  for (const std::uint8_t byte : hash.reveal().first(8)) out = (out << 8) | byte;
  return out;
}

// The nonce comes from what is sealed, so that one nonce never serves two texts.
Bytes SearchIndex::seal(BytesView name, std::string_view text) const {
  const Key drawn = crypto::derive(key_, "shopbell search nonce v1", {name, as_bytes(text)});
  crypto::AeadNonce nonce;
  std::copy_n(drawn.reveal().begin(), nonce.size(), nonce.begin());
  const Key key = crypto::derive(key_, "shopbell search text v1", {});
  Bytes out(nonce.begin(), nonce.end());
  append(out, crypto::aead_seal(key, nonce, name, as_bytes(text)));
  return out;
}

std::optional<std::string> SearchIndex::unseal(BytesView name, BytesView sealed) const {
  crypto::AeadNonce nonce;
  if (sealed.size() < nonce.size()) return std::nullopt;
  std::copy_n(sealed.begin(), nonce.size(), nonce.begin());
  const Key key = crypto::derive(key_, "shopbell search text v1", {});
  const auto plain = crypto::aead_open(key, nonce, name, sealed.subspan(nonce.size()));
  if (!plain) return std::nullopt;
  return std::string(as_text(*plain));
}

std::uint64_t SearchIndex::done_seq(const LogId& log) {
  Statement statement(db_.get(), "SELECT done FROM logs WHERE log = ?");
  return statement.bind(log.view()).row() ? statement.number(0) : 0;
}

void SearchIndex::set_done(const LogId& log, std::uint64_t seq) {
  begin();
  Statement statement(db_.get(), "INSERT OR REPLACE INTO logs VALUES (?, ?)");
  ran(statement.bind(log.view()).bind(seq));
}

void SearchIndex::put_terms(std::uint64_t id, std::string_view text) {
  for (const std::string& term : terms_of(text)) {
    Statement statement(db_.get(), "INSERT OR IGNORE INTO terms VALUES (?, ?)");
    ran(statement.bind(hash_of(term_label, term)).bind(id));
  }
}

void SearchIndex::remove_terms(std::uint64_t id, std::string_view text) {
  for (const std::string& term : terms_of(text)) {
    Statement statement(db_.get(), "DELETE FROM terms WHERE term = ? AND message = ?");
    ran(statement.bind(hash_of(term_label, term)).bind(id));
  }
}

void SearchIndex::add(const Findable& message) {
  begin();
  const Bytes sealed = seal(name_of_text(message.inside, message.seq), message.text);
  Statement statement(db_.get(),
                      "INSERT OR IGNORE INTO messages "
                      "(log, seq, main, time_ms, author, counter, class, kind, text) "
                      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  statement.bind(message.inside.view())
      .bind(message.seq)
      .bind(message.main.view())
      .bind(message.time_ms)
      .bind(message.author.view())
      .bind(message.counter)
      .bind(message.author_class)
      .bind(message.kind)
      .bind(sealed);
  if (!ran(statement) || sqlite3_changes(db_.get()) != 1) return;
  put_terms(static_cast<std::uint64_t>(sqlite3_last_insert_rowid(db_.get())), message.text);
}

void SearchIndex::amend(const LogId& log, const wire::MessageEvent& event, std::string_view text) {
  // The place is the author's word; his counter decides.
  Statement target(db_.get(),
                   "SELECT id, seq, time_ms, author, counter, text, edit, recalled FROM messages "
                   "WHERE log = ? AND seq = ?");
  if (!target.bind(log.view()).bind(event.target_seq).row()) return;
  const Bytes author = target.bytes(3);
  if (author.size() != DeviceId::size || target.number(7) != 0) return;
  const AmendTarget known{DeviceId::from(author), target.number(4), target.number(2)};
  if (!may_amend(known, event) || event.seq <= target.number(6)) return;
  const std::uint64_t id = target.number(0);
  const Bytes name = name_of_text(log, target.number(1));
  const auto before = unseal(name, target.bytes(5));
  begin();
  if (before) remove_terms(id, *before);
  const Bytes sealed = seal(name, text);
  Statement statement(db_.get(),
                      "UPDATE messages SET text = ?, edit = ?, recalled = ? WHERE id = ?");
  ran(statement.bind(sealed).bind(event.seq).bind(std::uint64_t{text.empty()}).bind(id));
  put_terms(id, text);
}

void SearchIndex::set_name(const DeviceId& device, std::uint64_t author_class,
                           std::string_view name) {
  if (name.empty() || name_of(device) == name) return;
  begin();
  const Bytes sealed = seal(device.view(), name);
  Statement statement(db_.get(), "INSERT OR REPLACE INTO people VALUES (?, ?, ?)");
  ran(statement.bind(device.view()).bind(author_class).bind(sealed));
}

std::string SearchIndex::name_of(const DeviceId& device) {
  Statement statement(db_.get(), "SELECT name FROM people WHERE device = ?");
  if (!statement.bind(device.view()).row()) return {};
  return unseal(device.view(), statement.bytes(0)).value_or("");
}

std::vector<std::pair<DeviceId, std::string>> SearchIndex::named(std::uint64_t author_class,
                                                                 std::size_t max) {
  std::vector<std::pair<DeviceId, std::string>> out;
  Statement statement(db_.get(), "SELECT device, name FROM people WHERE class = ? LIMIT ?");
  statement.bind(author_class).bind(std::uint64_t{max});
  while (statement.row()) {
    const Bytes device = statement.bytes(0);
    auto name = unseal(device, statement.bytes(1));
    if (name && device.size() == DeviceId::size) {
      out.emplace_back(DeviceId::from(device), std::move(*name));
    }
  }
  return out;
}

bool SearchIndex::set_tag(const LogId& main, std::uint64_t seq, std::string_view name, bool off) {
  const std::uint64_t tag = hash_of(tag_label, lowered(name));
  Statement known(db_.get(), "SELECT seq FROM tags WHERE main = ? AND tag = ?");
  if (known.bind(main.view()).bind(tag).row() && known.number(0) >= seq) return false;
  begin();
  const Bytes sealed = seal(name_of_text(main, seq), name);
  Statement statement(db_.get(), "INSERT OR REPLACE INTO tags VALUES (?, ?, ?, ?, ?)");
  return ran(statement.bind(main.view()).bind(tag).bind(sealed).bind(seq).bind(std::uint64_t{off}));
}

std::vector<std::string> SearchIndex::tags_of(const LogId& main) {
  std::vector<std::string> out;
  Statement statement(db_.get(),
                      "SELECT name, seq FROM tags WHERE main = ? AND off = 0 ORDER BY seq LIMIT ?");
  statement.bind(main.view()).bind(std::uint64_t{tags_max});
  while (statement.row()) {
    auto name = unseal(name_of_text(main, statement.number(1)), statement.bytes(0));
    if (name) out.push_back(std::move(*name));
  }
  return out;
}

Found SearchIndex::find(const Wanted& wanted) {
  Found out;
  std::vector<std::string> terms = query_terms_of(wanted.words);
  if (terms.empty() && !wanted.words.empty()) return out;
  terms.resize(std::min(terms.size(), query_terms_max));
  const auto pieces = pieces_of(wanted.words);
  std::string sql =
      "SELECT id, log, seq, main, time_ms, author, counter, class, kind, text FROM messages "
      "WHERE recalled = 0 AND (time_ms < ? OR (time_ms = ? AND id < ?)) AND time_ms >= ? "
      "AND time_ms < ?";
  if (wanted.author) sql += " AND author = ?";
  if (wanted.who != 0) sql += " AND class = ?";
  if (!wanted.tag.empty()) {
    sql += " AND main IN (SELECT main FROM tags WHERE tag = ? AND off = 0)";
  }
  for (std::size_t i = 0; i < terms.size(); ++i) {
    sql += " AND id IN (SELECT message FROM terms WHERE term = ?)";
  }
  sql += " ORDER BY time_ms DESC, id DESC LIMIT ?";
  constexpr std::uint64_t no_end = ~std::uint64_t{0} >> 1;
  std::uint64_t before_ms = wanted.before_ms == 0 ? no_end : wanted.before_ms;
  std::uint64_t before_id = wanted.before_id;
  for (std::size_t turn = 0; turn < steps_max; ++turn) {
    Statement statement(db_.get(), sql.c_str());
    statement.bind(before_ms).bind(before_ms).bind(before_id).bind(wanted.from_ms);
    statement.bind(wanted.to_ms == 0 ? no_end : wanted.to_ms);
    if (wanted.author) statement.bind(wanted.author.view());
    if (wanted.who != 0) statement.bind(wanted.who);
    if (!wanted.tag.empty()) statement.bind(hash_of(tag_label, lowered(wanted.tag)));
    for (const std::string& term : terms) statement.bind(hash_of(term_label, term));
    statement.bind(std::uint64_t{step});
    std::size_t rows = 0;
    while (statement.row()) {
      ++rows;
      before_id = statement.number(0);
      before_ms = statement.number(4);
      Findable hit;
      hit.inside = LogId::from(statement.bytes(1));
      hit.seq = statement.number(2);
      hit.main = LogId::from(statement.bytes(3));
      hit.time_ms = before_ms;
      hit.author = DeviceId::from(statement.bytes(5));
      hit.counter = statement.number(6);
      hit.author_class = statement.number(7);
      hit.kind = statement.number(8);
      auto text = unseal(name_of_text(hit.inside, hit.seq), statement.bytes(9));
      if (!text || !has_all(*text, pieces)) continue;
      hit.text = std::move(*text);
      out.hits.push_back(std::move(hit));
      if (out.hits.size() < wanted.limit) continue;
      out.before_ms = before_ms;
      out.before_id = before_id;
      return out;
    }
    if (rows < step) return out;
  }
  out.before_ms = before_ms;
  out.before_id = before_id;
  return out;
}

}  // namespace shopbell::desk
