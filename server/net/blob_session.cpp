#include "net/blob_session.h"

#include <fmt/format.h>

#include <iterator>

#include "app/entropy.h"

namespace shopbell::net {
namespace {

namespace tus = blob::tus;

constexpr std::size_t buffer_bytes = 128 * 1024;
// At most so many of each kind move bytes at the same time: 128 MiB of buffers in all. The rest is
// told to come again, which clients of tus do by themselves.
constexpr std::uint64_t uploads_max = 256;
constexpr std::uint64_t downloads_max = 256;
// What still lies in the socket of a connection that has to give way is taken along.
constexpr std::uint64_t late_bytes_max = 8ull << 20;
// Less than that in Limits::idle_ms_max is next to nothing: a phone on the worst line does better,
// and who holds places on purpose has to work for them.
constexpr std::uint64_t moved_bytes_min = 4096;
// A client that is refused while it still sends hears the answer only if somebody listens on.
constexpr auto linger_time_max = std::chrono::seconds(2);
constexpr std::uint64_t linger_bytes_max = 64ull << 20;

std::string_view view_of(beast::string_view text) { return {text.data(), text.size()}; }

std::string_view reason_of(unsigned status) {
  if (status == 460) return "Checksum Mismatch";
  return view_of(http::obsolete_reason(static_cast<http::status>(status)));
}

tus::Request read_fields(const UpgradeRequest& request, std::uint64_t body_bytes, bool chunked) {
  const auto field = [&](const char* name) { return view_of(request[name]); };
  tus::Request out;
  out.method = view_of(request.method_string());
  out.target = view_of(request.target());
  out.content_length = body_bytes;
  out.chunked = chunked;
  out.authorization = field("Authorization");
  out.content_type = field("Content-Type");
  out.method_override = field("X-HTTP-Method-Override");
  out.tus_resumable = field("Tus-Resumable");
  out.upload_length = field("Upload-Length");
  out.upload_offset = field("Upload-Offset");
  out.upload_metadata = field("Upload-Metadata");
  out.upload_defer_length = field("Upload-Defer-Length");
  out.upload_concat = field("Upload-Concat");
  out.upload_checksum = field("Upload-Checksum");
  out.range = field("Range");
  out.if_range = field("If-Range");
  out.if_none_match = field("If-None-Match");
  return out;
}

blob::BlobId fresh_id() {
  blob::BlobId out;
  app::fill_random(out.data);
  return out;
}

}  // namespace

BlobHost::Session::Session(BlobHost& host, Handover from)
    : host_(host),
      socket_(std::move(from.socket)),
      patience_(host.io_.get_executor()),
      request_(std::move(from.request)),
      rest_(std::move(from.rest)),
      chunked_(from.chunked),
      body_left_(from.content_length.value_or(0)) {
  host_.sessions_.insert(this);
}

BlobHost::Session::~Session() {
  host_.sessions_.erase(this);
  host_.check_drained();
}

// --- what is wanted

void BlobHost::Session::start() {
  watch();
  const auto read = tus::read_request(read_fields(request_, body_left_, chunked_));
  if (const auto* refusal = std::get_if<tus::Refusal>(&read)) {
    host_.counters_.refused[static_cast<std::size_t>(refusal->code)]++;
    const auto said = tus::answer_refusal(*refusal);
    return say(said, said.body.size(), true);
  }
  const auto& order = std::get<tus::Order>(read);
  if (order.act != tus::Act::options) return admit(order);
  say(tus::answer_options(host_.keeper_.limits().file_bytes_max), 0, true);
}

void BlobHost::Session::admit(tus::Order order) {
  const auto now = app::wall_ms();
  if (order.act != tus::Act::read) {
    const auto bearer = host_.tokens_.check(order.token, now);
    if (!bearer) return refuse(bearer.error());
    bearer_ = *bearer;
    has_bearer_ = true;
    if (!may_go_on()) return refuse(Errc::blob_token);
  }
  if (Status status = take_place(order); !status) return refuse(status.error());
  if (order.act == tus::Act::create) {
    const Status room = host_.keeper_.reserve(bearer_, order.length, now);
    if (!room) return refuse(room.error());
  }
  const bool alone = order.act == tus::Act::append || order.act == tus::Act::status ||
                     order.act == tus::Act::remove;
  exchange_ = std::make_unique<tus::Exchange>(*host_.store_, std::move(order), bearer_, fresh_id(),
                                              host_.keeper_.limits().unfinished_ms_max);
  if (!alone) return work();
  has_turn_ = true;
  if (!host_.take_turn(shared_from_this())) {
    has_turn_ = false;
    refuse(Errc::busy);
  }
}

Status BlobHost::Session::take_place(const tus::Order& order) {
  auto& counters = host_.counters_;
  if (order.act == tus::Act::read) {
    if (order.head_only) return {};
    if (counters.downloads >= downloads_max) return Errc::busy;
    counters.downloads++;
    counted_download_ = true;
  } else if (order.act == tus::Act::create || order.act == tus::Act::append) {
    auto& of_device = host_.uploads_of_[bearer_.device];
    const bool many = of_device >= host_.keeper_.limits().uploads_of_device_max;
    if (many || counters.uploads >= uploads_max) return Errc::busy;
    ++of_device;
    counters.uploads++;
    counted_upload_ = true;
  } else if (order.act == tus::Act::remove && host_.keeper_.counting()) {
    return Errc::busy;
  }
  return {};
}

void BlobHost::Session::work() {
  host_.run([self = shared_from_this()] { self->exchange_->begin(app::wall_ms()); },
            [self = shared_from_this()] { self->begun(); });
}

void BlobHost::Session::begun() {
  switch (exchange_->next()) {
    case tus::Exchange::Next::receive:
      return receive();
    case tus::Exchange::Next::send:
      return send();
    case tus::Exchange::Next::work:
    case tus::Exchange::Next::answer:
      return answer();
  }
}

// --- an upload

void BlobHost::Session::receive() {
  state_ = State::receiving;
  in_.resize(buffer_bytes);
  out_.resize(buffer_bytes);
  const auto have = std::min<std::uint64_t>({rest_.size(), body_left_, in_.size()});
  const auto* const data = static_cast<const std::uint8_t*>(rest_.cdata().data());
  in_bytes_ = static_cast<std::size_t>(have);
  std::copy_n(data, in_bytes_, in_.begin());
  rest_.consume(in_bytes_);
  body_left_ -= have;
  host_.counters_.received_bytes += have;
  if (!beast::iequals(request_[http::field::expect], "100-continue")) return advance();
  head_ = "HTTP/1.1 100 Continue\r\n\r\n";
  asio::async_write(socket_, asio::buffer(head_),
                    [self = shared_from_this()](error_code error, std::size_t) {
                      if (error) self->lost_ = true;
                      self->advance();
                    });
}

void BlobHost::Session::advance() {
  if (state_ != State::receiving) return;
  if (!writing_ && !reading_) {
    if (in_bytes_ != 0) {
      write();
    } else if (lost_) {
      return cut_short();
    } else if (body_left_ == 0) {
      return body_done();
    }
  }
  if (gives_way_ && body_left_ != 0 && is_dry()) cut();
  if (!reading_ && !lost_ && body_left_ != 0 && in_bytes_ < in_.size()) read_some();
  if (!reading_ && !writing_ && lost_) advance();
}

// Nothing has arrived that was not read, or as much as one may still bring who has to give way.
bool BlobHost::Session::is_dry() {
  error_code error;
  const auto more = socket_.available(error);
  return error || more == 0 || (late_bytes_ += more) > late_bytes_max;
}

void BlobHost::Session::read_some() {
  reading_ = true;
  const auto room = std::min<std::uint64_t>(in_.size() - in_bytes_, body_left_);
  socket_.async_read_some(asio::buffer(in_.data() + in_bytes_, static_cast<std::size_t>(room)),
                          [self = shared_from_this()](error_code error, std::size_t size) {
                            self->on_read(error, size);
                          });
}

void BlobHost::Session::on_read(error_code error, std::size_t size) {
  reading_ = false;
  moved_bytes_ += size;
  if (state_ != State::receiving) return;
  if (error) lost_ = true;
  in_bytes_ += size;
  body_left_ -= size;
  host_.counters_.received_bytes += size;
  advance();
}

void BlobHost::Session::write() {
  std::swap(in_, out_);
  out_bytes_ = std::exchange(in_bytes_, 0);
  writing_ = true;
  host_.run(
      [self = shared_from_this()] {
        self->exchange_->take(BytesView(self->out_).first(self->out_bytes_), app::wall_ms());
      },
      [self = shared_from_this()] { self->written(); });
}

void BlobHost::Session::written() {
  writing_ = false;
  if (exchange_->next() == tus::Exchange::Next::receive) return advance();
  // Refused in the middle.
  error_code ignored;
  socket_.cancel(ignored);
  answer();
}

void BlobHost::Session::body_done() {
  state_ = State::working;
  host_.run([self = shared_from_this()] { self->exchange_->end(app::wall_ms()); },
            [self = shared_from_this()] { self->answer(); });
}

void BlobHost::Session::cut_short() {
  state_ = State::working;
  host_.run([self = shared_from_this()] { self->exchange_->cut(app::wall_ms()); },
            [self = shared_from_this()] {
              self->leave();
              self->close();
            });
}

// --- a download

void BlobHost::Session::send() {
  state_ = State::sending;
  in_.resize(buffer_bytes);
  out_.resize(buffer_bytes);
  next_ = exchange_->span()->first;
  end_ = exchange_->span()->last + 1;
  say(exchange_->answer(), exchange_->answer_bytes(), false);
}

// Reads from the disk into one buffer while the other is on its way.
void BlobHost::Session::pump() {
  if (lost_) return reading_ ? void() : close();
  if (!writing_ && !reading_ && in_bytes_ != 0) send_some();
  if (!reading_ && in_bytes_ == 0 && next_ < end_) fill();
  if (!reading_ && !writing_ && in_bytes_ == 0 && next_ == end_) answered();
}

void BlobHost::Session::fill() {
  reading_ = true;
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(in_.size(), end_ - next_));
  auto status = std::make_shared<Status>();
  host_.run(
      [self = shared_from_this(), status, size] {
        *status = self->exchange_->read(self->next_, std::span(self->in_).first(size));
      },
      [self = shared_from_this(), status, size] {
        self->in_bytes_ = size;
        self->filled(*status);
      });
}

void BlobHost::Session::filled(Status status) {
  reading_ = false;
  next_ += in_bytes_;
  if (!status) {
    host_.note_failure(status.error());
    lost_ = true;
  }
  pump();
}

void BlobHost::Session::send_some() {
  std::swap(in_, out_);
  out_bytes_ = std::exchange(in_bytes_, 0);
  out_at_ = 0;
  writing_ = true;
  send_more();
}

// In pieces, so that a slow reader is seen to read.
void BlobHost::Session::send_more() {
  socket_.async_write_some(asio::buffer(out_.data() + out_at_, out_bytes_ - out_at_),
                           [self = shared_from_this()](error_code error, std::size_t size) {
                             self->moved_bytes_ += size;
                             self->host_.counters_.sent_bytes += size;
                             self->out_at_ += size;
                             if (error) self->lost_ = true;
                             const bool more = self->out_at_ < self->out_bytes_;
                             if (more && !self->lost_) return self->send_more();
                             self->writing_ = false;
                             self->pump();
                           });
}

// --- the answer

void BlobHost::Session::refuse(Errc code) {
  host_.counters_.refused[static_cast<std::size_t>(code)]++;
  const auto said = tus::answer_refusal({tus::status_of(code), code});
  leave();
  say(said, said.body.size(), true);
}

void BlobHost::Session::answer() {
  if (const Errc code = exchange_->refusal(); code != Errc::none) {
    host_.counters_.refused[static_cast<std::size_t>(code)]++;
  }
  leave();
  say(exchange_->answer(), exchange_->answer_bytes(), true);
}

void BlobHost::Session::say(const tus::Answer& answer, std::uint64_t bytes, bool whole) {
  if (whole) {
    state_ = State::answering;
    // Of a refused body what came with its head.
    const auto here = std::min<std::uint64_t>(rest_.size(), body_left_);
    rest_.consume(static_cast<std::size_t>(here));
    body_left_ -= here;
  }
  head_.clear();
  auto out = std::back_inserter(head_);
  fmt::format_to(out, "HTTP/1.1 {} {}\r\n", answer.status, reason_of(answer.status));
  for (const auto& [name, value] : answer.headers) fmt::format_to(out, "{}: {}\r\n", name, value);
  if (answer.status != 204 && answer.status != 304) {
    fmt::format_to(out, "Content-Length: {}\r\n", bytes);
  }
  if (!stays()) head_ += "Connection: close\r\n";
  head_ += "\r\n";
  if (request_.method() != http::verb::head) head_ += answer.body;
  asio::async_write(socket_, asio::buffer(head_),
                    [self = shared_from_this(), whole](error_code error, std::size_t) {
                      self->moved_bytes_ += moved_bytes_min;
                      if (error) self->lost_ = true;
                      if (!whole) return self->pump();
                      self->answered();
                    });
}

// Whether another request may follow on this connection.
bool BlobHost::Session::stays() const {
  return request_.keep_alive() && body_left_ == 0 && !chunked_ && !host_.draining_;
}

// Before the answer is on its way: who hears it may ask on at once.
void BlobHost::Session::leave() {
  if (exchange_ && !std::exchange(settled_, true)) host_.settle(*exchange_, bearer_);
  if (std::exchange(has_turn_, false)) host_.leave_turn(*this);
  if (std::exchange(counted_upload_, false)) {
    host_.counters_.uploads--;
    const auto found = host_.uploads_of_.find(bearer_.device);
    if (--found->second == 0) host_.uploads_of_.erase(found);
  }
  if (std::exchange(counted_download_, false)) host_.counters_.downloads--;
}

void BlobHost::Session::answered() {
  leave();
  if (lost_) return close();
  if (!stays()) return linger();
  patience_.cancel();
  error_code error;
  const auto protocol = socket_.local_endpoint(error).protocol();
  if (error) return close();
  const auto native = socket_.release(error);
  if (error) return close();
  Socket back(host_.relay_io_, protocol, native);
  asio::post(host_.relay_io_,
             [give_back = host_.give_back_, back = std::move(back),
              rest = std::move(rest_)]() mutable { give_back(std::move(back), std::move(rest)); });
}

void BlobHost::Session::linger() {
  state_ = State::ending;
  error_code error;
  socket_.shutdown(Socket::shutdown_send, error);
  if (error || (body_left_ == 0 && !chunked_)) return close();
  patience_.expires_after(linger_time_max);
  patience_.async_wait([self = shared_from_this()](error_code cut) {
    if (!cut) self->close();
  });
  in_.resize(buffer_bytes);
  discard();
}

void BlobHost::Session::discard() {
  socket_.async_read_some(asio::buffer(in_),
                          [self = shared_from_this()](error_code error, std::size_t size) {
                            self->discarded_bytes_ += size;
                            const bool much = self->discarded_bytes_ > linger_bytes_max;
                            if (error || much) return self->close();
                            self->discard();
                          });
}

void BlobHost::Session::give_way() {
  gives_way_ = true;
  if (state_ == State::receiving && body_left_ != 0 && is_dry()) cut();
}

void BlobHost::Session::cut() {
  lost_ = true;
  error_code ignored;
  socket_.close(ignored);
}

void BlobHost::Session::close() {
  leave();
  patience_.cancel();
  cut();
}

void BlobHost::Session::watch() {
  moved_bytes_ = 0;
  patience_.expires_after(std::chrono::milliseconds(host_.keeper_.limits().idle_ms_max));
  patience_.async_wait([weak = weak_from_this()](error_code error) {
    const auto self = weak.lock();
    if (error || !self || self->state_ == State::ending) return;
    // While the disk works it is not the client who is slow.
    const bool waits = self->state_ != State::working && !self->on_disk();
    if (waits && self->moved_bytes_ < moved_bytes_min) return self->cut();
    self->watch();
  });
}

bool BlobHost::Session::on_disk() const {
  return state_ == State::receiving ? writing_ : state_ == State::sending && reading_;
}

}  // namespace shopbell::net
