// After the last round: what a newcomer reads from the relay, what lies on the desk's disk, and
// what lies in the relay's store, each against the books.
#include <fmt/format.h>
#include <sqlite3.h>

#include <csignal>

#include "app/entropy.h"
#include "kill/rounds.h"
#include "shopbell/handshake.h"
#include "store/store.h"

namespace shopbell::kill {
namespace {

using wire::CommandKind;
using wire::EventKind;

constexpr auto kind_text = static_cast<std::uint64_t>(wire::ContentKind::text);
constexpr std::uint64_t class_desk = 3;

using Records = std::map<Bytes, Bytes>;

Records records_of(const std::string& path) {
  Records out;
  sqlite3* db = nullptr;
  sqlite3_stmt* statement = nullptr;
  const bool open =
      sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK &&
      sqlite3_prepare_v2(db, "SELECT key, value FROM records", -1, &statement, nullptr) ==
          SQLITE_OK;
  const auto bytes_at = [&](int column) {
    const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement, column));
    return Bytes(data, data + sqlite3_column_bytes(statement, column));
  };
  while (open && sqlite3_step(statement) == SQLITE_ROW) out[bytes_at(0)] = bytes_at(1);
  sqlite3_finalize(statement);
  sqlite3_close_v2(db);
  return out;
}

}  // namespace

void Rounds::audit() {
  ledger_.check_all_placed();
  newcomer_ = make_agent(io_, "newcomer");
  auto& newcomer = *newcomer_;
  wait_until([&] { return newcomer.enrolled(); }, [] { return "the newcomer is not enrolled"; });
  for (const auto& visitor : visitors_) {
    if (visitor->log()) read_by_newcomer(newcomer, visitor->log());
  }
  for (const auto& program : site_.programs()) end_gently(*program);
  read_store();
  read_disk_of_desk();
}

void Rounds::read_by_newcomer(Person& newcomer, const LogId& log) {
  newcomer.open(log, true);
  wait_until(
      [&] {
        return newcomer.in_sync(log) &&
               ledger_.seen_by(newcomer.name(), log) >= ledger_.others_in(log, newcomer.name());
      },
      [&] {
        return fmt::format("a newcomer reads {} of {} texts of a conversation",
                           ledger_.seen_by(newcomer.name(), log),
                           ledger_.others_in(log, newcomer.name()));
      });
  ledger_.compare(newcomer.name(), log, ledger_.texts_of(newcomer.name(), log));
  if (newcomer.greetings(log) > 1) ledger_.count_doubled("a greeting");
  newcomer.close(log);
}

// Each log dense from 1, each author's counters dense, each acknowledged text at its place.
void Rounds::read_store() {
  std::string problem;
  const auto store = store::open_sqlite_store(site_.relay_dir().relay_store().string(), 1, problem);
  if (!store) give_up("the store does not open: " + problem);
  std::map<std::tuple<LogId, DeviceId, std::uint64_t>, std::uint64_t> places;
  for (const auto& visitor : visitors_) {
    if (!visitor->log()) continue;
    const auto entries =
        store->read_page(visitor->log(), 1, ~std::uint64_t{0} >> 1, std::size_t{1} << 40);
    if (!entries) give_up("the store cannot be read");
    std::uint64_t seq = 0;
    std::map<DeviceId, std::uint64_t> counters;
    for (const auto& entry : *entries) {
      const auto envelope = open_envelope(entry.envelope);
      if (!envelope) give_up("the store holds bytes that are no envelope");
      const auto& header = envelope->header;
      if (entry.seq != ++seq) ledger_.fault("a log in the store has a gap");
      if (header.counter != ++counters[header.author]) ledger_.fault("an author's counter jumps");
      places[{visitor->log(), header.author, header.counter}] = entry.seq;
    }
  }
  for (const auto& [text, line] : ledger_.lines()) {
    const auto found = places.find({line.log, line.device, line.counter});
    if (found == places.end() || found->second != line.seq) {
      ledger_.count_lost(fmt::format("{} is not in the store at {}", text, line.seq));
    }
  }
}

// The desk's device once more, over what lies on its disk, with nobody to talk to.
void Rounds::read_disk_of_desk() {
  auto state = app::load_desk(site_.desk_dir(), app::wall_ms());
  EngineConfig config;
  config.shop = site_.shop();
  config.role = Role::desk;
  config.host = dialled_host(site_.url());
  config.storage_key = std::move(state.desk.storage_key);
  config.keys = std::move(state.desk.device);
  bool ready = false;
  std::size_t ends = 0;
  std::map<LogId, Texts> texts;
  std::map<LogId, std::size_t> greetings;
  const auto on_event = [&](EventKind kind, BytesView body) {
    ready |= kind == EventKind::ready;
    ends += kind == EventKind::history_end ? 1 : 0;
    if (kind != EventKind::message) return;
    const auto message = codec::decode<wire::MessageEvent>(body);
    if (!message || !message->history || message->kind != kind_text) return;
    if (message->problem != 0) ledger_.fault("the desk cannot open a text on its disk");
    if (message->author_class == class_desk) {
      ++greetings[message->log];
    } else {
      texts[message->log][message->seq] = std::string(message->fallback);
    }
  };
  desk_ = std::make_unique<load::CoreHost>(io_, address_, std::move(config), on_event);
  auto& desk = *desk_;
  for (auto& [key, value] : records_of(site_.desk_dir().desk_store().string())) {
    desk.put(key, value);
  }
  desk.start();
  wait_until([&] { return ready; }, [] { return "the desk's disk does not load"; });
  for (const auto& visitor : visitors_) {
    if (!visitor->log()) continue;
    ends = 0;
    wire::LoadHistory load;
    load.log = visitor->log();
    desk.command(CommandKind::load_history, load);
    wait_until([&] { return ends > 0; }, [] { return "the desk's history does not load"; });
    ledger_.compare("the desk's disk", visitor->log(), texts[visitor->log()]);
    if (greetings[visitor->log()] > 1) ledger_.count_doubled("a greeting on the desk's disk");
  }
}

}  // namespace shopbell::kill
