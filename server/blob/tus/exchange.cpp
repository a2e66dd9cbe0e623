#include "blob/tus/exchange.h"

namespace shopbell::blob::tus {

Exchange::Exchange(BlobStore& store, Order order, const Bearer& bearer, const BlobId& fresh,
                   std::uint64_t unfinished_ms_max)
    : store_(store),
      order_(std::move(order)),
      bearer_(bearer),
      fresh_(fresh),
      unfinished_ms_max_(unfinished_ms_max) {}

void Exchange::begin(std::uint64_t now_ms) {
  synced_ms_ = now_ms;
  if (order_.checksum) checksummer_ = make_checksummer(order_.checksum->kind);
  switch (order_.act) {
    case Act::create:
      return begin_create(now_ms);
    case Act::append:
      return begin_append();
    case Act::status:
      return begin_status();
    case Act::remove:
      return begin_remove();
    case Act::read:
      return begin_read();
    case Act::options:
      return refuse(Errc::blob_request);
  }
}

void Exchange::begin_create(std::uint64_t now_ms) {
  order_.id = fresh_;
  info_ = {.shop = bearer_.shop,
           .device = bearer_.device,
           .length = order_.length,
           .created_ms = now_ms,
           .touched_ms = now_ms};
  if (Status status = store_.create(order_.id, info_); !status) return refuse(status.error());
  effect_ = Effect::created;
  if (order_.body_bytes == 0) {
    return say(answer_created(order_.id, info_, false, expires_ms()));
  }
  auto writer = store_.open_writer(order_.id);
  if (!writer) return refuse(writer.error());
  writer_ = std::move(*writer);
  next_ = Next::receive;
}

void Exchange::begin_append() {
  auto writer = store_.open_writer(order_.id);
  if (!writer) return refuse(writer.error());
  info_ = (*writer)->info();
  if (!is_owner(info_)) return refuse(Errc::blob_unknown);
  if (order_.offset != info_.offset) return refuse(Errc::blob_offset);
  if (order_.body_bytes > info_.length - info_.offset) return refuse(Errc::blob_size);
  if (order_.body_bytes == 0) return say(answer_appended(info_, expires_ms()));
  writer_ = std::move(*writer);
  next_ = Next::receive;
}

void Exchange::begin_status() {
  const auto found = store_.find(order_.id);
  if (!found) return refuse(found.error());
  info_ = *found;
  if (!is_owner(info_)) return refuse(Errc::blob_unknown);
  say(answer_status(info_, expires_ms()));
}

void Exchange::begin_remove() {
  const auto found = store_.find(order_.id);
  if (!found) return refuse(found.error());
  info_ = *found;
  if (!is_owner(info_)) return refuse(Errc::blob_unknown);
  if (Status status = store_.remove(order_.id); !status) return refuse(status.error());
  effect_ = Effect::removed;
  say(answer_removed());
}

void Exchange::begin_read() {
  auto reader = store_.open_reader(order_.id);
  if (!reader) return refuse(reader.error());
  info_ = (*reader)->info();
  auto download = answer_read(order_, info_);
  answer_ = std::move(download.head);
  answer_bytes_ = download.bytes;
  span_ = download.span;
  reader_ = std::move(*reader);
  next_ = span_ ? Next::send : Next::answer;
}

void Exchange::take(BytesView bytes, std::uint64_t now_ms) {
  if (next_ != Next::receive) return;
  if (checksummer_) checksummer_->add(bytes);
  if (Status status = writer_->append(bytes); !status) {
    cut(now_ms);
    return refuse(status.error());
  }
  unsynced_bytes_ += bytes.size();
  // With a checksum nothing counts before all of it was looked at.
  const bool due = unsynced_bytes_ >= sync_bytes_max || now_ms >= synced_ms_ + sync_ms_max;
  if (due && !checksummer_) (void)sync(now_ms);
}

void Exchange::end(std::uint64_t now_ms) {
  if (next_ != Next::receive) return;
  if (checksummer_ && checksummer_->digest() != order_.checksum->digest) {
    cut(now_ms);
    return refuse(Errc::blob_checksum);
  }
  if (!sync(now_ms)) return;
  if (order_.act == Act::create) return say(answer_created(id(), info_, true, expires_ms()));
  say(answer_appended(info_, expires_ms()));
}

void Exchange::cut(std::uint64_t now_ms) {
  if (next_ != Next::receive) return;
  next_ = Next::answer;
  if (order_.act == Act::create) {
    // Nobody has been told its name.
    writer_.reset();
    if (store_.remove(id()).ok()) effect_ = Effect::none;
  } else if (checksummer_) {
    (void)writer_->rewind();
  } else if (unsynced_bytes_ != 0) {
    (void)sync(now_ms);
  }
}

Status Exchange::read(std::uint64_t offset, std::span<std::uint8_t> out) {
  return reader_->read(offset, out);
}

bool Exchange::is_owner(const BlobInfo& info) const {
  return info.device == bearer_.device && info.shop == bearer_.shop;
}

void Exchange::say(Answer answer) {
  answer_ = std::move(answer);
  answer_bytes_ = answer_.body.size();
  next_ = Next::answer;
}

void Exchange::refuse(const Refusal& refusal) {
  refusal_ = refusal.code;
  say(answer_refusal(refusal));
}

bool Exchange::sync(std::uint64_t now_ms) {
  if (Status status = writer_->sync(now_ms); !status) {
    refuse(status.error());
    return false;
  }
  unsynced_bytes_ = 0;
  synced_ms_ = now_ms;
  info_ = writer_->info();
  if (effect_ == Effect::none) effect_ = Effect::touched;
  return true;
}

std::uint64_t Exchange::expires_ms() const {
  return info_.finished() ? 0 : info_.touched_ms + unfinished_ms_max_;
}

}  // namespace shopbell::blob::tus
