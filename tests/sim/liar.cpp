#include "liar.h"

#include <algorithm>

#include "relay.h"

namespace shopbell::sim {
namespace {

using wire::FrameKind;

constexpr std::size_t old_frames_max = 32;
constexpr std::size_t cards_max = 32;
constexpr Event all_habits[] = {
    Event::lie_drop,          Event::lie_repeat,       Event::lie_reorder,
    Event::lie_card_withheld, Event::lie_card_old,     Event::lie_card_forged,
    Event::lie_signature,     Event::lie_body_swapped, Event::lie_author_swapped,
    Event::lie_forged,        Event::lie_fork,         Event::lie_false_answer};

template <class T>
Bytes framed(FrameKind kind, const T& message) {
  Bytes out;
  codec::encode_framed(static_cast<std::uint32_t>(kind), message, out);
  return out;
}

DeviceKeys keys_from(Clockwork& clockwork) {
  const Bytes sign = clockwork.chance.bytes(32);
  const Bytes seal = clockwork.chance.bytes(32);
  return device_from_seeds(Key::from(sign), Key::from(seal), 1);
}

// What may be lost, doubled or late without a word being false. Not the proof of a connection, and
// no refusals: of those a relay may invent what it likes.
bool is_plain(FrameKind kind) {
  return kind == FrameKind::deliver || kind == FrameKind::published || kind == FrameKind::page ||
         kind == FrameKind::heads || kind == FrameKind::mark || kind == FrameKind::signal ||
         kind == FrameKind::card;
}

}  // namespace

Liar::Liar(Clockwork& clockwork, Lies& lies, Relay& relay, const ShopId& shop,
           const Bytes& relay_seed)
    : w_(clockwork),
      lies_(lies),
      relay_(relay),
      shop_(shop),
      relay_key_(crypto::sign_pair(Key::from(relay_seed))),
      own_(keys_from(clockwork)) {
  is_one_ = w_.chance.below(3) == 0;
  for (const Event habit : all_habits) {
    if (w_.chance.below(2) == 0) habits_.insert(habit);
  }
}

bool Liar::tempted(Habit habit, std::uint64_t part) {
  if (!is_one_ || repents_ || !habits_.contains(habit)) return false;
  return w_.strikes(part, habit);
}

// --- to the device

Bytes Liar::to_device(LinkId link, int device, BytesView bytes) {
  if (!is_one_) return to_bytes(bytes);
  Ear& ear = ears_[link];
  Bytes out;
  const Bytes held = std::exchange(ear.held, {});
  while (!bytes.empty()) {
    const auto frame = codec::next_framed(bytes);
    const auto kind = static_cast<FrameKind>(frame->kind);
    const Bytes told = tell(device, *frame);
    if (!is_plain(kind)) {
      append(out, told);
      continue;
    }
    if (tempted(Event::lie_drop, 15)) continue;
    if (tempted(Event::lie_reorder, 15)) {
      append(ear.held, told);
      continue;
    }
    append(out, told);
    if (tempted(Event::lie_repeat, 25) && !ear.old.empty()) {
      append(out, ear.old[w_.chance.below(ear.old.size())]);
    }
    if (ear.old.size() == old_frames_max) ear.old.erase(ear.old.begin());
    ear.old.push_back(told);
    add_card_lies(device, out);
  }
  append(out, held);
  return out;
}

Bytes Liar::tell(int device, const codec::Framed& frame) {
  const auto kind = static_cast<FrameKind>(frame.kind);
  switch (kind) {
    case FrameKind::deliver:
      return tell_deliver(device, *codec::decode<wire::Deliver>(frame.body));
    case FrameKind::page:
      return tell_page(device, *codec::decode<wire::Page>(frame.body));
    case FrameKind::published:
      return tell_published(device, *codec::decode<wire::Published>(frame.body));
    case FrameKind::heads:
      return tell_heads(device, *codec::decode<wire::Heads>(frame.body));
    case FrameKind::welcome:
      return tell_welcome(device, *codec::decode<wire::Welcome>(frame.body));
    case FrameKind::card:
      return tell_card(codec::decode<wire::Card>(frame.body)->card);
    case FrameKind::mark: {
      const auto mark = codec::decode<wire::Mark>(frame.body);
      const auto body = peek_mark(mark->mark);
      const std::uint64_t fork = body ? fork_of(device, body->log) : 0;
      if (fork != 0 && body->seq >= fork) return {};
      return framed(kind, *mark);
    }
    default: {
      Bytes out;
      codec::write_varint((std::uint64_t{frame.kind} << 3) | 2, out);
      codec::write_varint(frame.body.size(), out);
      append(out, frame.body);
      return out;
    }
  }
}

Bytes Liar::tell_deliver(int device, wire::Deliver deliver) {
  if (is_conversation(deliver.log) && fork_of(device, deliver.log) == 0 &&
      tempted(Event::lie_fork, 4)) {
    forks_[{device, deliver.log}] = deliver.seq;
    lies_.told.insert(deliver.log);
  }
  const wire::Deliver truth = deliver;
  Bytes keep;
  bend(device, deliver, keep);
  Bytes out = framed(FrameKind::deliver, deliver);
  if (is_conversation(truth.log) && tempted(Event::lie_forged, 4)) {
    const Bytes forged = forged_after(truth);
    if (!forged.empty()) {
      lies_.told.insert(truth.log);
      append(out, framed(FrameKind::deliver,
                         wire::Deliver{truth.log, truth.seq + 1, deliver.time_ms, forged}));
    }
  }
  return out;
}

Bytes Liar::tell_page(int device, wire::Page page) {
  std::vector<Bytes> keeps(page.items.size());
  for (std::size_t i = 0; i < page.items.size(); ++i) bend(device, page.items[i], keeps[i]);
  Bytes checkpoint;
  const std::uint64_t fork = fork_of(device, page.log);
  if (fork != 0 && page.from > fork) page.before = forked_chain(page.log, fork, page.from - 1);
  if (fork != 0 && !page.checkpoint.empty()) {
    auto body = take_checkpoint(relay_key_.key, page.checkpoint);
    if (body && body->seq >= fork) {
      body->chain = forked_chain(page.log, fork, body->seq);
      checkpoint = make_checkpoint(relay_key_, *body);
      page.checkpoint = checkpoint;
    }
  }
  return framed(FrameKind::page, page);
}

Bytes Liar::tell_published(int device, wire::Published published) {
  const std::uint64_t fork = fork_of(device, published.log);
  if (fork != 0 && published.seq >= fork) {
    published.chain = forked_chain(published.log, fork, published.seq);
    ++published.time_ms;
  }
  return framed(FrameKind::published, published);
}

Bytes Liar::tell_heads(int device, wire::Heads heads) {
  bend_heads(device, heads.heads);
  return framed(FrameKind::heads, heads);
}

Bytes Liar::tell_welcome(int device, wire::Welcome welcome) {
  bend_heads(device, welcome.heads);
  if (!welcome.card.empty()) {
    const Bytes told = tell_card(welcome.card);
    if (told.empty()) welcome.card = {};
  }
  return framed(FrameKind::welcome, welcome);
}

Bytes Liar::tell_card(BytesView card) {
  if (cards_.empty() || !same_bytes(cards_.back(), card)) cards_.push_back(to_bytes(card));
  if (cards_.size() > cards_max) cards_.erase(cards_.begin());
  if (tempted(Event::lie_card_withheld, 200)) return {};
  return framed(FrameKind::card, wire::Card{card});
}

void Liar::add_card_lies(int device, Bytes& out) {
  if (tempted(Event::lie_card_old, 10) && !cards_.empty()) {
    append(out, framed(FrameKind::card, wire::Card{cards_[w_.chance.below(cards_.size())]}));
  }
  if (tempted(Event::lie_card_forged, 2) && !cards_.empty()) {
    lies_.cards_told.insert(device);
    const Bytes card = false_card();
    append(out, framed(FrameKind::card, wire::Card{card}));
  }
}

// The newest card, with another desk, that the liar's own root stands behind.
Bytes Liar::false_card() {
  auto info = *take_shop_card(shop_, cards_.back());
  info.version += 1000;
  info.name = "Bags";
  info.desk = own_.self;
  const Bytes certificate =
      make_desk_certificate(own_.sign, own_.self.sign_key, info.issued_ms, info.fresh_until_ms);
  return make_shop_card(own_, certificate, info);
}

// --- one entry

bool Liar::is_conversation(const LogId& log) {
  const auto record = relay_.store().read_log(log);
  return record && record->kind != LogKind::shop;
}

void Liar::bend(int device, wire::Deliver& entry, Bytes& keep) {
  const std::uint64_t fork = fork_of(device, entry.log);
  if (fork != 0 && entry.seq >= fork) ++entry.time_ms;
  keep = tampered(entry);
  // Without the shop's own log nobody could be let in.
  if (keep.empty() || !is_conversation(entry.log)) return;
  lies_.told.insert(entry.log);
  entry.envelope = keep;
}

// Empty where it is left as it is.
Bytes Liar::tampered(const wire::Deliver& entry) {
  auto outer = *codec::decode<wire::Envelope>(entry.envelope);
  auto header = *codec::decode<wire::Header>(outer.header);
  Bytes changed;
  Bytes body;
  if (tempted(Event::lie_signature, 3)) {
    outer.signature.data[w_.chance.below(outer.signature.data.size())] ^= 1;
  } else if (tempted(Event::lie_body_swapped, 3)) {
    // The body of another entry, with a header that fits it as far as one without a key can.
    const auto others = relay_.store().read_page(entry.log, 1, entry.seq, ~std::size_t{0});
    if (!others || others->size() < 2) return {};
    const store::Entry& other = (*others)[w_.chance.below(others->size() - 1)];
    body = to_bytes(codec::decode<wire::Envelope>(other.envelope)->body);
    const auto made = make_envelope(own_, header, body);
    changed = to_bytes(codec::decode<wire::Envelope>(made.bytes)->header);
    outer.header = changed;
    outer.body = body;
  } else if (tempted(Event::lie_author_swapped, 3)) {
    const auto first = relay_.store().read_page(entry.log, 1, 1, ~std::size_t{0});
    if (!first || first->empty()) return {};
    const DeviceId creator = open_envelope(first->front().envelope)->header.author;
    header.author = header.author == creator ? own_.self.id : creator;
    changed = codec::encode(header);
    outer.header = changed;
  } else {
    return {};
  }
  return codec::encode(outer);
}

// What this entry's author might have written next, but for his key.
Bytes Liar::forged_after(const wire::Deliver& entry) {
  const auto last = open_envelope(entry.envelope);
  if (!last || last->header.envelope_class != static_cast<std::uint64_t>(EnvelopeClass::message)) {
    return {};
  }
  wire::Header header = last->header;
  ++header.counter;
  header.previous = last->hash;
  header.replaces = {};
  return make_envelope(own_, header, w_.chance.bytes(last->body.size())).bytes;
}

// --- two stories

std::uint64_t Liar::fork_of(int device, const LogId& log) const {
  const auto found = forks_.find({device, log});
  return found == forks_.end() ? 0 : found->second;
}

Hash Liar::forked_chain(const LogId& log, std::uint64_t fork, std::uint64_t seq) {
  Hash chain = chain_start(shop_, log);
  const auto entries = relay_.store().read_page(log, 1, seq, ~std::size_t{0});
  for (const store::Entry& entry : *entries) {
    const std::uint64_t time_ms = entry.seq >= fork ? entry.time_ms + 1 : entry.time_ms;
    chain = chain_next(chain, entry.seq, time_ms, open_envelope(entry.envelope)->hash);
  }
  return chain;
}

// Marks carry the chain of who signed them.
void Liar::bend_heads(int device, std::vector<wire::Head>& heads) {
  for (wire::Head& head : heads) {
    const std::uint64_t fork = fork_of(device, head.log);
    if (fork == 0) continue;
    if (head.seq >= fork) head.chain = forked_chain(head.log, fork, head.seq);
    std::erase_if(head.marks, [&](const BytesView mark) {
      const auto body = peek_mark(mark);
      return body && body->seq >= fork;
    });
  }
}

// --- to the relay

Bytes Liar::to_relay(LinkId link, int device, BytesView bytes) {
  if (!is_one_) return to_bytes(bytes);
  Bytes out;
  while (!bytes.empty()) {
    const BytesView before = bytes;
    const auto frame = codec::next_framed(bytes);
    if (!frame) return to_bytes(before);
    const auto kind = static_cast<FrameKind>(frame->kind);
    if (kind == FrameKind::mark) {
      const auto mark = codec::decode<wire::Mark>(frame->body);
      const auto body = peek_mark(mark->mark);
      const std::uint64_t fork = body ? fork_of(device, body->log) : 0;
      if (fork != 0 && body->seq >= fork) continue;
    }
    if (kind == FrameKind::publish && tempted(Event::lie_false_answer, 6)) {
      const Bytes answer = answer_falsely(codec::decode<wire::Publish>(frame->body)->envelope);
      append(ears_[link].held, answer);
      if (!answer.empty()) continue;
    }
    append(out, before.first(before.size() - bytes.size()));
  }
  return out;
}

Bytes Liar::answer_falsely(BytesView bytes) {
  const auto envelope = open_envelope(bytes);
  if (!envelope) return {};
  const wire::Header& header = envelope->header;
  const auto log = relay_.store().read_log(header.log);
  // Only where others speak as well can anybody notice: a customer in his own conversation.
  const auto first = relay_.store().read_page(header.log, 1, 1, ~std::size_t{0});
  if (!log || log->kind != LogKind::main || !first || first->empty()) return {};
  if (open_envelope(first->front().envelope)->header.author != header.author) return {};
  lies_.told.insert(header.log);
  const Hash chain = chain_next(log->chain, log->seq + 1, log->time_ms, envelope->hash);
  return framed(FrameKind::published, wire::Published{header.log, header.counter, log->seq + 1,
                                                      log->time_ms, chain, envelope->hash});
}

}  // namespace shopbell::sim
