// One request for a blob on one connection. All on the thread of the sockets, but for what it gives
// to BlobHost::run.
#pragma once

#include "net/blob_host.h"

namespace shopbell::net {

class BlobHost::Session : public std::enable_shared_from_this<Session> {
 public:
  Session(BlobHost& host, Handover from);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void start();
  // It is this one's turn to write its blob.
  void work();
  // Another connection wants to go on with this blob: no more is received, what came is kept.
  void give_way();
  // The socket is closed; whatever runs ends by that.
  void cut();
  // False where its bearer has lost the right meanwhile.
  bool may_go_on() const { return !has_bearer_ || host_.keeper_.may_bear(bearer_); }
  const blob::BlobId& blob() const { return exchange_->id(); }
  void refuse(Errc code);

 private:
  enum class State : std::uint8_t { working, receiving, sending, answering, ending };

  void admit(blob::tus::Order order);
  Status take_place(const blob::tus::Order& order);
  void begun();

  void receive();
  void advance();
  bool is_dry();
  void read_some();
  void on_read(error_code error, std::size_t size);
  void write();
  void written();
  void body_done();
  void cut_short();

  void send();
  void pump();
  void fill();
  void filled(Status status);
  void send_some();
  void send_more();

  // `whole`: nothing follows; else the bytes of a download do.
  void say(const blob::tus::Answer& answer, std::uint64_t bytes, bool whole);
  void answer();
  bool stays() const;
  bool on_disk() const;
  void leave();
  void answered();
  void linger();
  void discard();
  void close();
  void watch();

  BlobHost& host_;
  Socket socket_;
  Timer patience_;
  const UpgradeRequest request_;
  beast::flat_buffer rest_;
  const bool chunked_;
  std::uint64_t body_left_;  // of the request, not read from the socket or from `rest_`
  State state_ = State::working;
  bool counted_upload_ = false;
  bool counted_download_ = false;
  bool has_turn_ = false;
  bool settled_ = false;
  bool gives_way_ = false;
  bool lost_ = false;  // the socket is of no more use
  bool reading_ = false;
  bool writing_ = false;
  bool has_bearer_ = false;
  blob::Bearer bearer_;
  std::unique_ptr<blob::tus::Exchange> exchange_;
  std::string head_;
  // One is filled while the other is emptied.
  Bytes in_;
  Bytes out_;
  std::size_t in_bytes_ = 0;
  std::size_t out_bytes_ = 0;
  std::size_t out_at_ = 0;
  std::uint64_t moved_bytes_ = 0;  // since the last look
  std::uint64_t next_ = 0;         // of a download: what is to be read from the disk
  std::uint64_t end_ = 0;
  std::uint64_t discarded_bytes_ = 0;
  std::uint64_t late_bytes_ = 0;

  friend class BlobHost;
};

}  // namespace shopbell::net
