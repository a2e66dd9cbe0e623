#include "checker.h"

#include <algorithm>

#include "store/keys.h"

namespace shopbell::sim {
namespace {

constexpr std::string_view zh_words = "拉链坏了，买了不到一个月，能保修吗？";
constexpr std::string_view en_words = "The zipper broke within a month, is that covered?";
constexpr std::string_view number_mark = "SIMTEXT-";

// What may happen in a world of cuts and crashes without anybody lying.
bool is_expected_problem(Errc code) {
  return code == Errc::no_session || code == Errc::no_such_log || code == Errc::busy ||
         code == Errc::store_full || code == Errc::store_failed || code == Errc::quota ||
         code == Errc::unreachable;
}

std::string short_name(const LogId& log) { return to_hex(log.view()).substr(0, 8); }

std::string place_name(const LogId& log, std::uint64_t seq) {
  return short_name(log) + "#" + std::to_string(seq);
}

}  // namespace

std::string Checker::words_of(std::uint64_t text) const {
  const std::string_view words = text % 2 == 0 ? zh_words : en_words;
  return std::string(words) + " " + std::string(number_mark) + std::to_string(text);
}

void Checker::fail(std::string_view checker, std::string what) {
  w_.trace.say("FAILED %.*s: %s", static_cast<int>(checker.size()), checker.data(), what.c_str());
  failures_.push_back({std::string(checker), std::move(what)});
}

bool Checker::failed(std::string_view checker) const {
  return std::any_of(failures_.begin(), failures_.end(),
                     [&](const Failure& failure) { return failure.checker == checker; });
}

std::uint64_t Checker::texts_placed() const {
  return static_cast<std::uint64_t>(std::count_if(
      texts_.begin(), texts_.end(), [](const auto& text) { return !text.second.places.empty(); }));
}

void Checker::written(Device& device, std::uint64_t text) {
  texts_[text].author = device.number();
  texts_[text].written_in = device.life();
}

void Checker::repeated(Device& device, std::uint64_t text) {
  lives_[device.number()].repeated.insert(text);
}

std::uint64_t Checker::text_in(const wire::MessageEvent& event) const {
  if (event.kind != static_cast<std::uint64_t>(wire::ContentKind::text)) return 0;
  const auto text = codec::decode<wire::Text>(event.content);
  if (!text) return 0;
  const std::size_t at = text->text.find(number_mark);
  if (at == std::string_view::npos) return 0;
  const std::uint64_t number =
      std::strtoull(std::string(text->text.substr(at + number_mark.size())).c_str(), nullptr, 10);
  return text->text == words_of(number) ? number : 0;
}

// --- what comes along

void Checker::on_start(Device& device) { lives_[device.number()] = {}; }

void Checker::on_event(Device& device, wire::EventKind kind, BytesView body) {
  switch (kind) {
    case wire::EventKind::ready:
      ids_[device.number()] = codec::decode<wire::Ready>(body)->device;
      return;
    case wire::EventKind::log_opened: {
      const auto event = codec::decode<wire::LogOpened>(body);
      w_.trace.say("  %s opened %s kind %llu", device.name(),
                   place_name(event->log, event->head_seq).c_str(),
                   static_cast<unsigned long long>(event->kind));
      return;
    }
    case wire::EventKind::message:
      return on_message(device, *codec::decode<wire::MessageEvent>(body));
    case wire::EventKind::placed:
      return on_placed(device, *codec::decode<wire::Placed>(body));
    case wire::EventKind::draft:
      return on_draft(device, *codec::decode<wire::Draft>(body));
    case wire::EventKind::receipts:
      return on_receipts(device, *codec::decode<wire::Receipts>(body));
    case wire::EventKind::history_end:
      return on_history_end(device, *codec::decode<wire::HistoryEnd>(body));
    case wire::EventKind::connection: {
      const auto event = codec::decode<wire::Connection>(body);
      w_.trace.say("  %s connection %llu code %llu", device.name(),
                   static_cast<unsigned long long>(event->state),
                   static_cast<unsigned long long>(event->code));
      if (event->state == 4 && !lies_.cards_told.contains(device.number()) && !is_removed(device)) {
        fail("converge",
             device.setup().name + " gave up its connection, code " + std::to_string(event->code));
      }
      return;
    }
    case wire::EventKind::problem: {
      return on_problem(device, *codec::decode<wire::Problem>(body));
    }
    case wire::EventKind::log_reset:
      return on_log_reset(device, *codec::decode<wire::LogReset>(body));
    case wire::EventKind::shop:
      return on_shop(device, *codec::decode<wire::Shop>(body));
    default:
      return;
  }
}

void Checker::on_problem(Device& device, const wire::Problem& event) {
  const auto code = static_cast<Errc>(event.code);
  w_.trace.say("  %s problem %llu log %s", device.name(),
               static_cast<unsigned long long>(event.code), short_name(event.log).c_str());
  if (is_expected_problem(code) || is_removed(device)) return;
  if (code == Errc::forked && is_uncertain(event.log)) return;
  if (event.log && lies_.told.contains(event.log)) {
    if (lies_.named.try_emplace(event.log, code).second) w_.tally.add(Event::lie_named);
    return;
  }
  if (!event.log && lies_.cards_told.contains(device.number()) && code == Errc::card_chain) return;
  fail("chain", device.setup().name + " reports problem " + std::to_string(event.code) +
                    " in log " + short_name(event.log));
}

void Checker::on_log_reset(Device& device, const wire::LogReset& event) {
  w_.trace.say("  %s goes back before %s", device.name(),
               place_name(event.log, event.from_seq).c_str());
  const auto kept = relay_.set_back_to().find(event.log);
  const bool is_lost = kept != relay_.set_back_to().end() && event.from_seq > kept->second;
  if (!lies_.told.contains(event.log) && !is_lost) {
    fail("chain", device.setup().name + " goes back before " +
                      place_name(event.log, event.from_seq) + " and nobody told it another story");
  }
  Life& life = lives_[device.number()];
  std::erase_if(life.live, [&](const auto& shown) {
    const auto& [name, place] = shown;
    const bool gone = name.first == event.log && place.seq >= event.from_seq;
    if (gone) life.texts.erase(place.text);
    return gone;
  });
  // What it wrote itself has lost its place as well, and is told of the next one.
  for (const auto& [text, place] : life.told) {
    if (place.first == event.log && place.second >= event.from_seq) life.texts.erase(text);
  }
  receipts_.erase({device.number(), event.log});
}

void Checker::on_shop(Device& device, const wire::Shop& event) {
  std::uint64_t& seen = card_seen_[device.number()];
  if (event.version < seen) {
    fail("lie", device.setup().name + " takes an older shop card than it had");
  }
  seen = event.version;
  const bool is_desk = device.setup().role == Role::desk;
  if (is_desk) cards_.insert(event.version);
  for (const DeviceId& id : event.revoked) {
    if (is_desk) revoked_in_.try_emplace(id, event.version);
  }
  if (!is_desk && !cards_.contains(event.version)) {
    fail("lie", device.setup().name + " takes a shop card that the desk never signed");
  }
}

void Checker::need_author(const Device& device, const wire::MessageEvent& event) {
  // Nothing of it is shown but that a stranger was there.
  const bool stranger = event.author_class == static_cast<std::uint64_t>(AuthorClass::stranger);
  if (stranger && event.problem != 0) return;
  const Bytes key = shopbell::store::entry_key(event.log, event.seq);
  const auto found = device.disk().synced().find(key);
  if (found == device.disk().synced().end()) return;
  const auto plain = device.open_record(found->first, found->second);
  const auto record = codec::decode<wire::EntryRecord>(*plain);
  const auto envelope = open_envelope(record->envelope);
  if (envelope && envelopes_.contains(envelope->hash)) return;
  fail("lie", device.setup().name + " shows " + place_name(event.log, event.seq) +
                  ", which its author never sent");
}

void Checker::on_message(Device& device, const wire::MessageEvent& event) {
  Life& life = lives_[device.number()];
  const std::uint64_t number = text_in(event);
  w_.trace.say("  %s message %s text %llu ref %llu counter %llu%s problem %llu", device.name(),
               place_name(event.log, event.seq).c_str(), static_cast<unsigned long long>(number),
               static_cast<unsigned long long>(event.ref),
               static_cast<unsigned long long>(event.counter), event.history ? " history" : "",
               static_cast<unsigned long long>(event.problem));
  if (event.history) {
    life.history[event.log].push_back(
        {event.seq, event.counter, event.author, number, event.problem});
    return;
  }
  if (event.seq == 0) {
    if (number == 0) return;
    Text& text = texts_[number];
    if (!text.accepted && text.written_in == device.life()) text.order = ++accepted_;
    text.accepted = true;
    text.log = event.log;
    // Placed by now, or still in the outbox: either way it must be on the disk.
    const bool kept = has_outgoing(device, event.log, [&](const wire::OutboxRecord& record) {
      return record.ref == event.ref;
    });
    if (!kept && text.places.empty()) {
      fail("persist",
           device.setup().name + " shows text " + std::to_string(number) + " before it is durable");
    }
    return;
  }
  if (is_removed(device)) return;
  need_entry(device, event.log, event.seq, "shows a message");
  need_author(device, event);
  const bool placed = relay_.has_placed(event.log, event.author, event.counter, event.seq);
  if (!placed && !lies_.told.contains(event.log)) {
    fail("lost", place_name(event.log, event.seq) + " is shown on " + device.setup().name +
                     " and is not in the store");
  }
  if (number != 0 && event.mine && life.repeated.contains(number)) {
    return note_place(number, event.log, event.seq);
  }
  const auto name = std::pair(event.log, std::pair(event.author, event.counter));
  if (!life.live.insert({name, {event.seq, number}}).second) {
    fail("twice", device.setup().name + " shows " + place_name(event.log, event.seq) + " twice");
  }
  if (number != 0 && !life.texts.insert(number).second) {
    fail("twice", device.setup().name + " shows text " + std::to_string(number) + " twice");
  }
  if (number != 0) note_place(number, event.log, event.seq);
}

void Checker::note_place(std::uint64_t text, const LogId& log, std::uint64_t seq) {
  Text& known = texts_[text];
  known.places.insert({log, seq});
  if (known.places.size() > 1 && (at_end_ || !is_uncertain(log))) {
    fail("twice",
         "text " + std::to_string(text) + " has two places, the second is " + place_name(log, seq));
  }
}

void Checker::on_placed(Device& device, const wire::Placed& event) {
  w_.trace.say(
      "  %s placed %s counter %llu ref %llu code %llu", device.name(),
      place_name(event.log, event.seq).c_str(), static_cast<unsigned long long>(event.counter),
      static_cast<unsigned long long>(event.ref), static_cast<unsigned long long>(event.code));
  const auto text = texts_.find(event.ref);
  if (event.code != 0) {
    const bool accepted = text != texts_.end() && text->second.accepted;
    if (text != texts_.end()) text->second.refused = true;
    if ((accepted || event.ref == 0) && !lies_.told.contains(event.log)) {
      fail("lost", device.setup().name + " is refused for good, code " +
                       std::to_string(event.code) + ", ref " + std::to_string(event.ref));
    }
    return;
  }
  need_entry(device, event.log, event.seq, "tells a place");
  const bool placed = relay_.has_placed(event.log, ids_[device.number()], event.counter, event.seq);
  if (!placed && !lies_.told.contains(event.log)) {
    fail("lost", place_name(event.log, event.seq) + " was acknowledged to " + device.setup().name +
                     " and is not in the store");
  }
  if (text == texts_.end()) return;
  Life& life = lives_[device.number()];
  if (!life.texts.insert(event.ref).second && !life.repeated.contains(event.ref)) {
    fail("twice", device.setup().name + " places text " + std::to_string(event.ref) + " twice");
  }
  life.told[event.ref] = {event.log, event.seq};
  note_place(event.ref, event.log, event.seq);
}

void Checker::on_draft(Device& device, const wire::Draft& event) {
  const bool kept = device.disk().synced().contains(shopbell::store::draft_key(event.log));
  if (kept == event.text.empty()) {
    fail("persist", device.setup().name + " tells of a draft before it is durable");
  }
}

void Checker::on_receipts(Device& device, const wire::Receipts& event) {
  w_.trace.say("  %s receipts %s delivered %llu read %llu own %llu", device.name(),
               short_name(event.log).c_str(), static_cast<unsigned long long>(event.delivered_seq),
               static_cast<unsigned long long>(event.read_seq),
               static_cast<unsigned long long>(event.own_read_seq));
  Receipt& last = receipts_[{device.number(), event.log}];
  if (event.delivered_seq < last.delivered || event.read_seq < last.read ||
      event.own_read_seq < last.own) {
    fail("watermark",
         "receipts fall on " + device.setup().name + " in log " + short_name(event.log));
  }
  last = {event.delivered_seq, event.read_seq, event.own_read_seq};
  const auto head = relay_.heads().find(event.log);
  const std::uint64_t seq = head == relay_.heads().end() ? 0 : head->second;
  const bool beyond = std::max({last.delivered, last.read, last.own}) > seq;
  if (beyond && !lies_.told.contains(event.log) && !is_uncertain(event.log)) {
    fail("watermark", "receipts on " + device.setup().name + " are beyond the head of log " +
                          short_name(event.log));
  }
}

void Checker::on_history_end(Device& device, const wire::HistoryEnd& event) {
  std::vector<Shown> shown = std::move(lives_[device.number()].history[event.log]);
  lives_[device.number()].history.erase(event.log);
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (i > 0 && shown[i].seq <= shown[i - 1].seq) {
      fail("order", "the history of " + short_name(event.log) + " on " + device.setup().name +
                        " is not in order");
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (shown[i].text != 0 && shown[i].text == shown[j].text) {
        fail("twice", "the history on " + device.setup().name + " holds text " +
                          std::to_string(shown[i].text) + " twice");
      }
    }
  }
  histories_[device.number()][event.log] = std::move(shown);
  ++histories_shown_;
}

void Checker::forget_histories() {
  histories_.clear();
  histories_shown_ = 0;
}

void Checker::on_wiped(const Device& device) {
  for (auto& [number, text] : texts_) {
    if (text.author != device.number()) continue;
    text.gone = true;
    if (text.places.empty()) text.accepted = false;
  }
  std::erase_if(receipts_, [&](const auto& each) { return each.first.first == device.number(); });
  card_seen_.erase(device.number());
}

void Checker::on_set_back(const Device& device) {
  for (auto& [number, text] : texts_) {
    if (text.author == device.number() && text.places.empty()) text.accepted = false;
  }
  std::erase_if(receipts_, [&](const auto& each) { return each.first.first == device.number(); });
  std::erase_if(sent_, [&](const auto& each) { return each.first.first == device.number(); });
  card_seen_.erase(device.number());
}

DeviceId Checker::id_of(const Device& device) const {
  const auto id = ids_.find(device.number());
  return id == ids_.end() ? DeviceId{} : id->second;
}

void Checker::on_written(const out::Persist& batch) {
  for (const out::Put& put : batch.puts) search(put.value, "a device's disk");
}

void Checker::on_link(BytesView bytes) { search(bytes, "a link"); }

void Checker::search(BytesView bytes, const char* where) {
  for (const std::string_view word : {zh_words.substr(0, 12), en_words.substr(0, 12), number_mark,
                                      std::string_view("Agent Wang"), std::string_view("小王")}) {
    if (as_text(bytes).find(word) != std::string_view::npos) {
      fail("plaintext", std::string("written words are in ") + where);
    }
  }
}

// --- durable before shown or sent

void Checker::need_entry(const Device& device, const LogId& log, std::uint64_t seq,
                         const char* what) {
  if (device.disk().synced().contains(shopbell::store::entry_key(log, seq))) return;
  fail("persist",
       device.setup().name + " " + what + " before " + place_name(log, seq) + " is durable");
}

bool Checker::has_outgoing(const Device& device, const LogId& log,
                           const std::function<bool(const wire::OutboxRecord&)>& fits) const {
  const auto& records = device.disk().synced();
  const Bytes from = shopbell::store::outbox_key(log, 0);
  const Bytes to = shopbell::store::outbox_key(log, ~std::uint64_t{0});
  for (auto it = records.lower_bound(from); it != records.end() && it->first < to; ++it) {
    const auto plain = device.open_record(it->first, it->second);
    if (!plain) continue;
    const auto record = codec::decode<wire::OutboxRecord>(*plain);
    if (record && fits(*record)) return true;
  }
  return false;
}

void Checker::on_transmit(Device& device, BytesView bytes) {
  while (!bytes.empty()) {
    const auto frame = codec::next_framed(bytes);
    if (!frame) return fail("persist", device.setup().name + " sends what is no frame");
    if (static_cast<wire::FrameKind>(frame->kind) != wire::FrameKind::publish) continue;
    const auto publish = codec::decode<wire::Publish>(frame->body);
    if (publish) on_publish(device, publish->envelope);
  }
}

void Checker::on_publish(Device& device, BytesView bytes) {
  const auto envelope = open_envelope(bytes);
  if (!envelope) return fail("persist", device.setup().name + " publishes what is no envelope");
  const wire::Header& header = envelope->header;
  w_.trace.say("  %s publishes %s counter %llu class %llu hash %s", device.name(),
               short_name(header.log).c_str(), static_cast<unsigned long long>(header.counter),
               static_cast<unsigned long long>(header.envelope_class),
               to_hex(envelope->hash.view()).substr(0, 8).c_str());
  // What was sent before was durable then; a former leader may be late with it, and with what the
  // new one has sealed again.
  const auto is_it = [&](const wire::OutboxRecord& record) {
    const auto& formers = record.formers;
    return same_bytes(record.envelope, bytes) ||
           std::find(formers.begin(), formers.end(), envelope->hash) != formers.end();
  };
  // Named by what it was sealed into anew, which may have its place by now.
  const bool kept = envelopes_.contains(envelope->hash) || replaced_.contains(envelope->hash) ||
                    has_outgoing(device, header.log, is_it);
  if (!kept) {
    fail("persist", device.setup().name + " sends counter " + std::to_string(header.counter) +
                        " of log " + short_name(header.log) + " before it is durable");
  }
  envelopes_.insert(envelope->hash);
  auto& [hash, envelope_class, former] = sent_[{device.number(), {header.log, header.counter}}];
  const bool other = !hash.is_zero() && hash != envelope->hash;
  // A grant that lost its race leaves its counter to what stood behind it; that, named by its new
  // bytes, leaves its own to something new.
  const auto grant = static_cast<std::uint64_t>(EnvelopeClass::grant);
  // The desk's resume goes before what it had sealed, and what the relay lost may have been a join.
  const auto member = static_cast<std::uint64_t>(EnvelopeClass::member);
  const bool of_member = envelope_class == member || header.envelope_class == member;
  const bool of_grant = envelope_class == grant || header.envelope_class == grant ||
                        (of_member && relay_.was_set_back());
  if (!header.replaces.is_zero()) replaced_.insert(header.replaces);
  // What the first stood for may have had its place all along; its counter is free then.
  const bool named = !header.replaces.is_zero() || !former.is_zero() || replaced_.contains(hash) ||
                     replaced_.contains(envelope->hash);
  if (other && !named && !of_grant) {
    fail("persist", device.setup().name + " sends two envelopes with counter " +
                        std::to_string(header.counter) + " of log " + short_name(header.log) +
                        ", and the second names no first");
  }
  hash = envelope->hash;
  envelope_class = header.envelope_class;
  former = header.replaces;
}

// --- at the end

bool Checker::takes_part(const Device& device, const StoredLog& log) const {
  if (is_removed(device)) return false;
  if (device.setup().role != Role::visitor) return !is_unknown(device);
  return log.kind == LogKind::main && is_of_customer(device, log.creator);
}

const Device* Checker::device_of(const DeviceId& id) const {
  const auto found =
      std::find_if(ids_.begin(), ids_.end(), [&](const auto& each) { return each.second == id; });
  if (found == ids_.end()) return nullptr;
  return devices_[static_cast<std::size_t>(found->first)];
}

bool Checker::is_of_customer(const Device& device, const DeviceId& creator) const {
  if (device.setup().role != Role::visitor) return false;
  const Device* first = device_of(creator);
  if (first == &device) return true;
  if (first == nullptr || is_unknown(device) || is_unknown(*first)) return false;
  const std::string& subject = device.setup().subject;
  return !subject.empty() && first->setup().subject == subject;
}

bool Checker::is_shop_log_named() const {
  return std::any_of(lies_.named.begin(), lies_.named.end(), [&](const auto& each) {
    const auto first = relay_.store().read_page(each.first, 1, 1, ~std::size_t{0});
    if (!first || first->empty()) return false;
    const auto genesis = open_envelope(first->front().envelope);
    const auto member = codec::decode<wire::MemberBody>(genesis->body);
    return static_cast<LogKind>(member->log_kind) == LogKind::shop;
  });
}

// Whoever belongs to the customer has all his conversations.
bool Checker::is_let_in(const Device& device, std::string& why) const {
  if (device.setup().subject.empty()) return true;
  for (const auto& [log, head] : relay_.heads()) {
    const auto first = relay_.store().read_page(log, 1, 1, ~std::size_t{0});
    const auto genesis = open_envelope(first->front().envelope);
    const auto member = codec::decode<wire::MemberBody>(genesis->body);
    if (static_cast<LogKind>(member->log_kind) != LogKind::main || lies_.is_named(log)) continue;
    if (!is_of_customer(device, genesis->header.author)) continue;
    if (device.disk().synced().contains(shopbell::store::log_key(log))) continue;
    why = device.setup().name + " was not let into log " + short_name(log);
    return false;
  }
  return true;
}

std::map<LogId, Checker::StoredLog> Checker::stored_logs() {
  std::map<LogId, StoredLog> out;
  for (const auto& [id, head] : relay_.heads()) {
    StoredLog& log = out[id];
    log.entries = *relay_.store().read_page(id, 1, head, ~std::size_t{0});
    const auto genesis = open_envelope(log.entries.front().envelope);
    const auto member = codec::decode<wire::MemberBody>(genesis->body);
    log.kind = static_cast<LogKind>(member->log_kind);
    log.creator = genesis->header.author;
    Hash chain = chain_start(devices_.front()->setup().shop, id);
    for (const store::Entry& entry : log.entries) {
      search(entry.envelope, "the store");
      // The search does find what stands there in the clear.
      if (as_text(entry.envelope).find(as_text(id.view())) == std::string_view::npos) {
        fail("plaintext", "a log's id is not found in its own envelopes");
      }
      chain = chain_next(chain, entry.seq, entry.time_ms, open_envelope(entry.envelope)->hash);
      log.chains.push_back(chain);
    }
  }
  return out;
}

bool Checker::at_rest(std::string& why) const {
  for (const auto& [log, head] : relay_.heads()) {
    const auto record = relay_.store().read_log(log);
    if (!record || !record->held) continue;
    why = "the relay holds log " + short_name(log);
    return false;
  }
  for (const Device* device : devices_) {
    if (is_removed(*device)) continue;
    if (!device->running() || device->disk().unsynced() > 0) {
      why = device->setup().name + " is not at rest";
      return false;
    }
    if (!is_let_in(*device, why)) return false;
    for (const auto& [key, value] : device->disk().synced()) {
      const auto parsed = shopbell::store::parse_key(key);
      if (lies_.is_named(parsed.log)) continue;
      if (parsed.kind == shopbell::store::RecordKind::outbox) {
        why = device->setup().name + " has an outbox in log " + short_name(parsed.log);
        return false;
      }
      if (parsed.kind != shopbell::store::RecordKind::log) continue;
      const auto plain = device->open_record(key, value);
      const auto record = codec::decode<wire::LogRecord>(*plain);
      const auto head = relay_.heads().find(parsed.log);
      const std::uint64_t seq = head == relay_.heads().end() ? 0 : head->second;
      if (record->seq != seq && device->setup().role != Role::agent) {
        why = device->setup().name + " is at " + place_name(parsed.log, record->seq) + " of " +
              std::to_string(seq);
        return false;
      }
    }
  }
  return true;
}

void Checker::final_checks() {
  const auto logs = stored_logs();
  at_end_ = true;
  for (auto& [number, text] : texts_) {
    if (is_uncertain(text.log)) text.places.clear();
  }
  check_chains(logs);
  check_shown(logs);
  check_texts();
  check_sender_order();
  check_receipts(logs);
  check_removed(logs);
}

void Checker::check_chains(const std::map<LogId, StoredLog>& logs) {
  for (const auto& [id, log] : logs) {
    const auto record = relay_.store().read_log(id);
    if (!record || record->chain != log.chains.back()) {
      fail("chain", "the store's chain of log " + short_name(id) + " is not that of its entries");
    }
    for (Device* device : devices_) {
      if (!takes_part(*device, log) || lies_.is_named(id)) continue;
      for (std::size_t i = 0; i < log.chains.size(); ++i) {
        const Bytes key = shopbell::store::entry_key(id, i + 1);
        const auto found = device->disk().synced().find(key);
        if (found == device->disk().synced().end()) {
          fail("lost", device->setup().name + " has no entry " + place_name(id, i + 1));
          break;
        }
        const auto plain = device->open_record(found->first, found->second);
        const auto entry = codec::decode<wire::EntryRecord>(*plain);
        if (!entry || entry->chain != log.chains[i]) {
          fail(lies_.told.contains(id) ? "lie" : "chain",
               device->setup().name + " has another chain at " + place_name(id, i + 1));
          break;
        }
      }
    }
  }
}

void Checker::check_shown(const std::map<LogId, StoredLog>& logs) {
  for (const auto& [id, log] : logs) {
    std::vector<Shown> stored;
    for (const store::Entry& entry : log.entries) {
      const auto envelope = open_envelope(entry.envelope);
      const wire::Header& header = envelope->header;
      if (header.envelope_class != static_cast<std::uint64_t>(EnvelopeClass::message)) continue;
      stored.push_back({entry.seq, header.counter, header.author, 0, 0});
    }
    const std::vector<Shown>* first = nullptr;
    for (Device* device : devices_) {
      if (!takes_part(*device, log) || lies_.is_named(id)) continue;
      const std::vector<Shown>& shown = histories_[device->number()][id];
      const bool same_places =
          std::equal(shown.begin(), shown.end(), stored.begin(), stored.end(),
                     [](const Shown& a, const Shown& b) {
                       return a.seq == b.seq && a.counter == b.counter && a.author == b.author;
                     });
      if (!same_places) {
        fail("order", device->setup().name + " shows " + std::to_string(shown.size()) +
                          " messages of log " + short_name(id) + ", the store has " +
                          std::to_string(stored.size()) + ", or in another order");
      }
      for (const Shown& one : shown) {
        if (one.problem != 0) {
          fail("lost", device->setup().name + " can not open " + place_name(id, one.seq) +
                           ", problem " + std::to_string(one.problem));
        }
        if (one.text != 0) note_place(one.text, id, one.seq);
      }
      if (first == nullptr) first = &shown;
      if (shown != *first) {
        fail("order",
             device->setup().name + " shows another log " + short_name(id) + " than the desk");
      }
    }
  }
}

void Checker::check_texts() {
  for (const auto& [number, text] : texts_) {
    const bool none_has_it = text.gone && is_uncertain(text.log);
    if (lies_.is_named(text.log) || none_has_it || removed_.contains(text.author)) continue;
    if (text.accepted && text.places.empty()) {
      fail("lost", "text " + std::to_string(number) + " was shown as sending and never arrived");
    }
  }
}

// What one device has shown as sending, one after the other, has its places in that order.
void Checker::check_sender_order() {
  std::map<std::tuple<int, std::uint64_t, LogId>, std::map<std::uint64_t, std::uint64_t>> seqs;
  for (const auto& [number, text] : texts_) {
    if (text.order == 0 || text.places.empty()) continue;
    const auto& [log, seq] = *text.places.begin();
    seqs[{text.author, text.written_in, log}][text.order] = seq;
  }
  for (const auto& [who, by_order] : seqs) {
    std::uint64_t last = 0;
    for (const auto& [order, seq] : by_order) {
      if (seq < last) {
        fail("order", "what a device wrote first stands behind what it wrote next, at " +
                          place_name(std::get<2>(who), seq));
      }
      last = seq;
    }
  }
}

// What a customer is told of his messages is what desk and agents have signed.
void Checker::check_receipts(const std::map<LogId, StoredLog>& logs) {
  const DeviceId desk = ids_[devices_.front()->number()];
  for (const auto& [id, log] : logs) {
    const auto record = relay_.store().read_log(id);
    Receipt signed_off;
    for (const store::MarkWrite& mark : record->marks) {
      const Device* signer = device_of(mark.device);
      if (signer != nullptr && is_of_customer(*signer, log.creator)) continue;
      const bool delivered = mark.device == desk && mark.kind == 1;
      if (delivered) signed_off.delivered = std::max(signed_off.delivered, mark.seq);
      if (mark.kind == 2) signed_off.read = std::max(signed_off.read, mark.seq);
    }
    for (const Device* device : devices_) {
      if (device->setup().role != Role::visitor || !takes_part(*device, log)) continue;
      if (lies_.is_named(id)) continue;
      const Receipt& told = receipts_[{device->number(), id}];
      if (signed_off.delivered != log.entries.size() && !relay_.was_silently_set_back()) {
        fail("watermark", "the desk has not marked all of log " + short_name(id));
      }
      // Of marks alone that went nobody hears.
      if (relay_.was_silently_set_back()) continue;
      if (told.delivered != signed_off.delivered || told.read != signed_off.read) {
        fail("watermark", device->setup().name + " was told delivered " +
                              std::to_string(told.delivered) + ", read " +
                              std::to_string(told.read) + " of log " + short_name(id) + " where " +
                              std::to_string(signed_off.delivered) + " and " +
                              std::to_string(signed_off.read) + " are signed");
      }
    }
  }
}

}  // namespace shopbell::sim
