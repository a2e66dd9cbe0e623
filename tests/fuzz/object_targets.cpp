// What is signed. Bytes as they come would all end at the signature, so each is also taken as the
// body of an object that the right key signs.
#include "fuzz/targets.h"
#include "shopbell/blob.h"
#include "unit/core/fixtures.h"

namespace shopbell::fuzz {
namespace {

using shopbell::testing::MainLog;
using shopbell::testing::Shop;

const Shop& shop() {
  static const Shop one;
  return one;
}

void device_card(BytesView in) {
  const auto check = [](BytesView card) {
    const auto device = take_device_card(card);
    if (!device) return;
    require(device->id == device_id_of(device->sign_key, device->seal_key), "the id is the keys'");
    require(take_device_card(device->card).ok(), "a card that was taken is taken again");
  };
  check(in);
  auto body = codec::decode<wire::DeviceCard>(in);
  if (!body) return;
  body->sign_key = shop().customer.self.sign_key;
  check(sign_object(shop().customer.sign, "shopbell device card v1", codec::encode(*body)));
}

void shop_card(BytesView in) {
  const auto check = [](BytesView card) {
    const auto taken = take_shop_card(shop().id, card);
    if (!taken) return;
    require(taken->shop == shop().id, "a card is of the pinned shop");
    bool unchanged = false;
    require(compare_shop_cards(*taken, *taken, unchanged).ok() && unchanged, "same card");
    const auto again =
        take_shop_card(shop().id, make_shop_card(shop().desk, shop().desk_certificate(), *taken));
    require(!again || again->version == taken->version, "the version is kept");
  };
  check(in);
  check(sign_object(shop().desk.sign, "shopbell shop card v1", in));
  auto body = codec::decode<wire::ShopCard>(in);
  if (!body) return;
  const auto certificate = shop().desk_certificate();
  body->format = 1;
  body->shop = shop().id;
  body->desk_certificate = certificate;
  body->desk_card = shop().desk.self.card;
  check(sign_object(shop().desk.sign, "shopbell shop card v1", codec::encode(*body)));
}

void certificate(BytesView in) {
  const auto check = [](BytesView bytes) {
    const auto taken = take_agent_certificate(shop().info, bytes);
    if (taken) (void)check_certificate(shop().info, *taken, shopbell::testing::now_ms);
  };
  check(in);
  check(sign_object(shop().desk.sign, "shopbell agent certificate v1", in));
}

void envelope(BytesView in) {
  const auto opened = open_envelope(in);
  if (!opened) return;
  require(opened->hash == envelope_hash_of(opened->header_bytes, opened->signature), "its hash");
  (void)verify_envelope(shop().customer.self.sign_key, *opened);
  const auto again = make_envelope(shop().customer, opened->header, opened->body);
  const auto second = open_envelope(again.bytes);
  require(second.ok() && second->hash == again.hash, "an envelope made again opens");
  require(codec::encode(second->header) == codec::encode(opened->header), "with its header");
}

void member(BytesView in) {
  MainLog log(shop());
  const auto made = log.writer.write(shop().agent, EnvelopeClass::member, in);
  const auto opened = open_envelope(made.bytes);
  if (!opened) return;
  if (log.fold.apply_member(shop().info, *opened, 2, shopbell::testing::now_ms)) {
    log.fold.advance(*opened);
  }
  const auto saved = log.fold.save();
  const auto loaded = Fold::load(saved);
  require(loaded.ok() && loaded->save() == saved, "a fold loads as it was saved");
  Fold fresh;
  (void)fresh.apply_member(shop().info, *opened, 1, shopbell::testing::now_ms);
}

void fold(BytesView in) {
  const auto loaded = Fold::load(in);
  if (!loaded) return;
  const auto saved = loaded->save();
  const auto again = Fold::load(saved);
  require(again.ok() && again->save() == saved, "a fold that loads is saved the same");
}

void grant(BytesView in) {
  MainLog log(shop());
  const auto made = log.writer.write(shop().customer, EnvelopeClass::grant, in);
  const auto opened = open_envelope(made.bytes);
  if (!opened) return;
  (void)check_grant(shop().info, log.fold, 0, {}, *opened);
  const auto self = Hash::from(shop().customer.self.id.view());
  (void)open_grant(log.writer.log, in, self, shop().customer.seal);
}

void mark(BytesView in) {
  const auto body = peek_mark(in);
  if (body) (void)take_mark(shop().customer.self.sign_key, in);
  const auto made = sign_object(shop().customer.sign, "shopbell mark v1", in);
  if (const auto taken = take_mark(shop().customer.self.sign_key, made)) {
    const auto again = make_mark(shop().customer, *taken);
    require(take_mark(shop().customer.self.sign_key, again).ok(), "a mark made again is taken");
  }
  const auto point = sign_object(shop().root, "shopbell checkpoint v1", in);
  if (const auto taken = take_checkpoint(shop().root.key, point)) {
    require(take_checkpoint(shop().root.key, make_checkpoint(shop().root, *taken)).ok(),
            "a checkpoint made again is taken");
  }
}

// The first bytes are content, the whole is tried as a sealed body.
void body(BytesView in) {
  const auto key = shopbell::testing::key_of(77);
  wire::Header header;
  header.envelope_class = 1;
  header.log = shopbell::testing::filled<LogId>(4);
  header.author = shop().customer.self.id;
  header.counter = 1;
  header.epoch = 1;
  header.commitment = shopbell::testing::filled<Hash>(6);
  const auto open = [&](BytesView sealed) {
    const auto made = make_envelope(shop().customer, header, sealed);
    const auto opened = open_envelope(made.bytes);
    return opened ? open_body(key, *opened) : Result<Inner>(opened.error());
  };
  (void)open(in);
  if (in.size() > limits::content_bytes_max) return;
  wire::InnerBody inner;
  inner.kind = 1;
  inner.content = in;
  auto rng = shopbell::testing::make_rng();
  const auto opened = open(seal_body(rng, key, header, inner));
  require(opened.ok() && same_bytes(opened->body.content, in), "what was sealed opens");
}

void session(BytesView in) {
  (void)Session::take_open(shop().desk, in);
  const auto nonce = shopbell::testing::filled<Hash>(3);
  (void)Session::accept_at_opener(shop().customer, shop().desk.self, nonce, in);
  const auto open = Session::make_open(shop().customer, shop().desk.self.id, {}, nonce, 1);
  const auto taken = Session::take_open(shop().desk, open);
  Bytes answer;
  auto at_desk = Session::accept(shop().desk, *taken, shopbell::testing::filled<Hash>(5), answer);
  (void)at_desk->open(in);
  (void)peek_log_signal(in);
  (void)open_log_signal(shop().customer.self.sign_key, shopbell::testing::key_of(1), in);
}

// The first byte chooses which chunk of which file the rest is said to be. It is also sealed, as a
// chunk of a file that long, and must come back.
void blob_chunk(BytesView in) {
  if (in.empty()) return;
  const Key key = shopbell::testing::key_of(1);
  const std::uint64_t index = in[0] % 4;
  const bool whole = in[0] >= 128;
  const BytesView rest = in.subspan(1).first(std::min(in.size() - 1, blob::chunk_bytes));
  const std::uint64_t named = whole ? (std::uint64_t{in[0]} << 56) : rest.size();
  Bytes plain(blob::chunk_bytes);
  const auto opened = blob::Opener(key, named).open(index, rest, plain);
  require(!opened || *opened + blob::extra_bytes == rest.size(), "a chunk has the size it has");
  const blob::Sealer sealer(key, rest.size());
  Bytes sealed(blob::sealed_chunk_bytes);
  const auto size = sealer.seal(0, rest, sealed);
  require(size.ok(), "what fits into one chunk is one");
  const auto back = blob::Opener(key, rest.size()).open(0, BytesView(sealed).first(*size), plain);
  require(back && same_bytes(BytesView(plain).first(*back), rest), "and opens as it was");
}

}  // namespace

void add_objects(std::map<std::string, Target>& out) {
  out["device_card"] = device_card;
  out["shop_card"] = shop_card;
  out["certificate"] = certificate;
  out["envelope"] = envelope;
  out["member"] = member;
  out["fold"] = fold;
  out["grant"] = grant;
  out["mark"] = mark;
  out["body"] = body;
  out["session"] = session;
  out["blob_chunk"] = blob_chunk;
}

}  // namespace shopbell::fuzz
