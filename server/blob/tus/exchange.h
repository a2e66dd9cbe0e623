// One request from its order to its answer, as a machine without a network. The host asks what is
// to be done next, does it, and says so:
//
//   work -> begin()                 looks the blob up, or makes it
//   receive -> take(bytes)...       as they come; then end(), or cut() where they end too soon
//   send -> answer(), read()...     the head, then the bytes of span()
//   answer -> answer()
//
// begin, take, end, cut and read block on the disk: they run on a thread that may wait, one at a
// time. Who calls begin() for append, status or remove has the blob's turn, so that nobody else
// writes or removes it meanwhile.
#pragma once

#include "blob/keeper.h"
#include "blob/tus/answer.h"

namespace shopbell::blob::tus {

// How much may be lost by a crash of the machine while a long request runs: what the client then
// sends again. Each sync costs the disk two turns, and the relay's messages mostly share it.
inline constexpr std::uint64_t sync_bytes_max = 16ull << 20;
inline constexpr std::uint64_t sync_ms_max = 5000;

class Exchange {
 public:
  enum class Next : std::uint8_t { work, receive, send, answer };

  // `bearer`: of the order's token, where it needs one. `fresh`: the id of a blob that is made.
  Exchange(BlobStore& store, Order order, const Bearer& bearer, const BlobId& fresh,
           std::uint64_t unfinished_ms_max);

  Next next() const { return next_; }
  const Order& order() const { return order_; }
  const BlobId& id() const { return order_.id; }

  void begin(std::uint64_t now_ms);
  void take(BytesView bytes, std::uint64_t now_ms);
  void end(std::uint64_t now_ms);
  // What came is kept, unless a checksum speaks of the whole of it, or nobody knows its name yet.
  void cut(std::uint64_t now_ms);
  Status read(std::uint64_t offset, std::span<std::uint8_t> out);

  const Answer& answer() const { return answer_; }
  // Content-Length of the answer.
  std::uint64_t answer_bytes() const { return answer_bytes_; }
  const std::optional<Span>& span() const { return span_; }

  // What has become of the blob, for the books; what it was before it was removed.
  enum class Effect : std::uint8_t { none, created, touched, removed };
  Effect effect() const { return effect_; }
  const BlobInfo& info() const { return info_; }
  Errc refusal() const { return refusal_; }

 private:
  void begin_create(std::uint64_t now_ms);
  void begin_append();
  void begin_status();
  void begin_remove();
  void begin_read();
  bool is_owner(const BlobInfo& info) const;
  void say(Answer answer);
  void refuse(const Refusal& refusal);
  void refuse(Errc code) { refuse({status_of(code), code}); }
  bool sync(std::uint64_t now_ms);
  std::uint64_t expires_ms() const;

  BlobStore& store_;
  Order order_;
  const Bearer bearer_;
  const BlobId fresh_;
  const std::uint64_t unfinished_ms_max_;
  Next next_ = Next::work;
  Answer answer_;
  std::uint64_t answer_bytes_ = 0;
  std::optional<Span> span_;
  Effect effect_ = Effect::none;
  BlobInfo info_;
  Errc refusal_ = Errc::none;
  std::unique_ptr<BlobWriter> writer_;
  std::unique_ptr<BlobReader> reader_;
  std::unique_ptr<Checksummer> checksummer_;
  std::uint64_t unsynced_bytes_ = 0;
  std::uint64_t synced_ms_ = 0;
};

}  // namespace shopbell::blob::tus
