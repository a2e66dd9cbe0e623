// The strict codec over the messages that come from outside, and over those of the store and the
// host: what was read, written again, reads the same.
#include "fuzz/targets.h"
#include "shopbell/codec.h"
#include "shopbell/wire.h"

namespace shopbell::fuzz {
namespace {

template <class T>
void recode(BytesView in) {
  const auto first = codec::decode<T>(in);
  if (!first) return;
  const Bytes once = codec::encode(*first);
  require(once.size() == codec::size_of(*first), "size_of says what encode writes");
  const auto second = codec::decode<T>(once);
  require(second.ok(), "what was written reads");
  require(codec::encode(*second) == once, "and reads the same");
  // Unknown higher fields are passed over, nothing else is.
  require(once.size() <= in.size(), "there is one form of each value");
}

// The first byte chooses the message.
template <class... T>
void recode_one_of(BytesView in) {
  if (in.empty()) return;
  constexpr std::array<Target, sizeof...(T)> all{recode<T>...};
  all[in[0] % all.size()](in.subspan(1));
}

void signed_objects(BytesView in) {
  using namespace wire;
  recode_one_of<Signed, DeviceCard, DeskCertificate, ShopCard, AgentCertificate, Header, Envelope,
                MemberBody, GrantBody, InnerBody, MarkBody, CheckpointBody, LogSignal,
                SignalContent, SessionOpen, SessionAccept, SessionData, SessionMessage,
                LinkRequest>(in);
}

void frames(BytesView in) {
  using namespace wire;
  recode_one_of<Challenge, Hello, Welcome, Publish, Published, Deliver, Fetch, Page, GetHeads,
                Heads, wire::Mark, Signal, Watch, PutCard, Card, wire::Error, Ping, Pong>(in);
}

void content(BytesView in) {
  using namespace wire;
  recode_one_of<Text, PageView, Product, Cart, About, ShopCertificate, ShopInvitationUsed, Look>(
      in);
}

void records(BytesView in) {
  using namespace wire;
  recode_one_of<EntryRecord, EpochRecord, EnrolRecord, LogRecord, OutboxRecord, LinkRecord>(in);
}

// Frames one behind another, as a WebSocket message holds them.
void framing(BytesView in) {
  BytesView rest = in;
  Bytes again;
  while (!rest.empty()) {
    const auto frame = codec::next_framed(rest);
    if (!frame) return;
    codec::write_varint((std::uint64_t{frame->kind} << 3) | 2, again);
    codec::write_varint(frame->body.size(), again);
    append(again, frame->body);
  }
  require(same_bytes(again, in), "framing has one form");
}

}  // namespace

void add_codec(std::map<std::string, Target>& out) {
  out["codec_signed"] = signed_objects;
  out["codec_frames"] = frames;
  out["codec_content"] = content;
  out["codec_records"] = records;
  out["codec_framing"] = framing;
}

}  // namespace shopbell::fuzz
