// Where words stand: keyed hashes of terms, and sealed texts, in a database of its own that can be
// made anew from the logs at any time (docs/OPERATE.md). One thread.
#pragma once

#include <memory>
#include <optional>

#include "desk/sqlite.h"
#include "shopbell/crypto.h"
#include "shopbell/wire.h"

namespace shopbell::desk {

// A message that can be found.
struct Findable {
  LogId inside;
  LogId main;
  std::uint64_t seq = 0;
  std::uint64_t time_ms = 0;
  DeviceId author;
  std::uint64_t counter = 0;
  std::uint64_t author_class = 0;
  std::uint64_t kind = 0;
  std::string text;
};

// A conversation has no more; and no tag is longer.
inline constexpr std::size_t tags_max = 20;
inline constexpr std::size_t tag_bytes_max = 120;

struct Wanted {
  std::string words;
  std::uint64_t from_ms = 0;
  std::uint64_t to_ms = 0;  // 0: no end
  DeviceId author;          // zeros: anybody
  std::uint64_t who = 0;    // author class; 0: any
  std::string tag = {};     // that the conversation has; empty: any
  std::uint64_t before_ms = 0;
  std::uint64_t before_id = 0;
  std::size_t limit = 20;
};

struct Found {
  std::vector<Findable> hits;
  // Of the last hit, where there may be more.
  std::uint64_t before_ms = 0;
  std::uint64_t before_id = 0;
};

class SearchIndex {
 public:
  // On failure null, and `problem` is a sentence. `key` seals what the database holds.
  static std::unique_ptr<SearchIndex> open(const std::string& path, Key key, std::string& problem);

  // What was written since the last commit is lost with the process; it is written again then.
  void commit();
  bool failed() const { return failed_; }

  // The place up to which a log has been taken in.
  std::uint64_t done_seq(const LogId& log);
  void set_done(const LogId& log, std::uint64_t seq);

  // The same message once more changes nothing.
  void add(const Findable& message);
  // An edit that counts, or a recall (no text): by the rule of amend.h, also if it comes twice.
  void amend(const LogId& log, const wire::MessageEvent& event, std::string_view text);

  void set_name(const DeviceId& device, std::uint64_t author_class, std::string_view name);
  std::string name_of(const DeviceId& device);
  // Everybody of that class who has a name, at most `max`.
  std::vector<std::pair<DeviceId, std::string>> named(std::uint64_t author_class, std::size_t max);

  // Puts a tag on a conversation or takes it off, unless something newer is known of it. False:
  // then.
  bool set_tag(const LogId& main, std::uint64_t seq, std::string_view name, bool off);
  // Those that it has, in the order in which they were put on, at most tags_max.
  std::vector<std::string> tags_of(const LogId& main);

  Found find(const Wanted& wanted);

 private:
  SearchIndex(Db db, Key key) : db_(std::move(db)), key_(std::move(key)) {}

  void begin();
  bool ran(Statement& statement);
  std::uint64_t hash_of(std::string_view label, std::string_view term) const;
  Bytes seal(BytesView name, std::string_view text) const;
  std::optional<std::string> unseal(BytesView name, BytesView sealed) const;
  void put_terms(std::uint64_t id, std::string_view text);
  void remove_terms(std::uint64_t id, std::string_view text);

  Db db_;
  Key key_;
  bool writing_ = false;
  bool failed_ = false;
};

}  // namespace shopbell::desk
