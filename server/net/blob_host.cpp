#include "net/blob_host.h"

#include <fmt/format.h>

#include <iterator>

#include "app/entropy.h"
#include "app/log.h"
#include "net/blob_session.h"

namespace shopbell::net {
namespace {

// Enough that some slow syncs do not keep everybody else from reading.
constexpr std::size_t file_threads = 4;
// Connections of which one request is being answered; further ones are closed at once.
constexpr std::size_t sessions_max = 2048;
constexpr std::size_t waiting_of_blob_max = 4;
constexpr auto sweep_every = std::chrono::minutes(10);
constexpr auto sweep_more = std::chrono::seconds(1);
constexpr std::size_t sweep_blobs_max = 256;
constexpr std::size_t count_blobs_max = 1024;
constexpr auto drain_time_max = std::chrono::seconds(2);

}  // namespace

BlobHost::BlobHost(asio::io_context& relay_io, std::unique_ptr<blob::BlobStore> store,
                   const Key& relay_seed, const blob::Limits& limits, GiveBack give_back)
    : relay_io_(relay_io),
      give_back_(std::move(give_back)),
      tokens_(relay_seed),
      store_(std::move(store)),
      keeper_(limits),
      work_(asio::make_work_guard(io_)),
      sweeper_(io_.get_executor()),
      patience_(io_.get_executor()),
      files_(file_threads) {
  count_store();
  thread_ = std::thread([this] { io_.run(); });
}

BlobHost::~BlobHost() {
  ending_ = true;
  io_.stop();
  thread_.join();
  files_.stop();
  files_.join();
  // Who waited goes before the context that the sockets hang on.
  drained_ = nullptr;
  turns_.clear();
}

void BlobHost::take(Handover from) {
  error_code error;
  const auto protocol = from.socket.local_endpoint(error).protocol();
  if (error) return;
  const auto native = from.socket.release(error);
  if (error) return;
  from.socket = Socket(io_, protocol, native);
  asio::post(io_, [this, from = std::move(from)]() mutable {
    if (draining_ || sessions_.size() >= sessions_max) return;
    std::make_shared<Session>(*this, std::move(from))->start();
  });
}

void BlobHost::withdraw(const ShopId& shop, std::vector<WithdrawalInfo> all) {
  asio::post(io_, [this, shop, all = std::move(all)] {
    keeper_.withdraw(shop, all, app::wall_ms());
    for (auto* session : sessions_) {
      if (!session->may_go_on()) session->cut();
    }
  });
}

// --- one writer a blob

// The newest connection wins: the older one is mostly a phone's that has changed its network, and
// nobody will ever hear of it again. False: too many wait already.
bool BlobHost::take_turn(const SessionPtr& session) {
  const auto [found, free] = turns_.try_emplace(session->blob());
  auto& turn = found->second;
  if (free) {
    turn.holder = session.get();
    session->work();
    return true;
  }
  if (turn.waiting.size() >= waiting_of_blob_max) return false;
  turn.waiting.push_back(session);
  if (turn.holder != nullptr) turn.holder->give_way();
  return true;
}

void BlobHost::leave_turn(Session& session) { next_turn(session.blob()); }

void BlobHost::next_turn(const blob::BlobId& id) {
  const auto found = turns_.find(id);
  auto& turn = found->second;
  if (turn.waiting.empty()) {
    turns_.erase(found);
    return;
  }
  const auto next = std::move(turn.waiting.front());
  turn.waiting.pop_front();
  turn.holder = next.get();
  if (!turn.waiting.empty()) next->give_way();
  next->work();
}

// --- the books

void BlobHost::settle(const blob::tus::Exchange& exchange, const blob::Bearer& bearer) {
  using Effect = blob::tus::Exchange::Effect;
  const auto& info = exchange.info();
  const bool creates = exchange.order().act == blob::tus::Act::create;
  switch (exchange.effect()) {
    case Effect::none:
      if (creates) keeper_.give_back(bearer, exchange.order().length);
      break;
    case Effect::created:
      keeper_.created(exchange.id(), info);
      counters_.created++;
      break;
    case Effect::touched:
      keeper_.touched(exchange.id(), info);
      break;
    case Effect::removed:
      keeper_.removed(exchange.id(), info);
      counters_.removed++;
      break;
  }
  const bool wrote = exchange.effect() == Effect::created || exchange.effect() == Effect::touched;
  if (wrote && info.finished()) counters_.finished++;
  if (wrote && exchange.refusal() == Errc::none) failing_ = false;
  note_failure(exchange.refusal());
  publish();
}

// Once for each time that the disk begins to refuse, so that it does not fill the log as well.
void BlobHost::note_failure(Errc code) {
  if (code != Errc::store_full && code != Errc::store_failed) return;
  if (!std::exchange(failing_, true)) app::log_problem("blob_store_failed", store_->problem());
}

void BlobHost::count_store() {
  using Found = std::vector<std::pair<blob::BlobId, blob::BlobInfo>>;
  asio::post(files_, [this] {
    Found batch;
    const auto hand_on = [this, &batch] {
      asio::post(io_, [this, found = std::exchange(batch, {})] {
        for (const auto& [id, info] : found) keeper_.count(id, info, app::wall_ms());
        publish();
      });
    };
    const Status status = store_->each([&](const blob::BlobId& id, const blob::BlobInfo& info) {
      batch.emplace_back(id, info);
      if (batch.size() == count_blobs_max) hand_on();
      return !ending_;
    });
    hand_on();
    asio::post(io_, [this, code = status.error()] {
      note_failure(code);
      keeper_.counted_all();
      sweep();
    });
  });
}

// Half uploads that nobody went on with, and files whose time is over.
void BlobHost::sweep() {
  std::vector<blob::BlobId> old;
  const auto now_ms = app::wall_ms();
  for (const auto& id : keeper_.expired(now_ms)) {
    if (old.size() == sweep_blobs_max) break;
    if (turns_.try_emplace(id).second) old.push_back(id);
  }
  if (old.empty()) return sweep_at(sweep_every);
  auto infos = std::make_shared<std::vector<Result<blob::BlobInfo>>>();
  run(
      [this, old, infos, now_ms] {
        for (const auto& id : old) {
          auto info = store_->find(id);
          // It may have been counted before somebody went on with it.
          if (info && keeper_.has_expired(*info, now_ms)) {
            if (Status status = store_->remove(id); !status) info = status.error();
          }
          infos->push_back(std::move(info));
        }
      },
      [this, old, infos, now_ms] {
        for (std::size_t i = 0; i < old.size(); ++i) {
          const auto& info = (*infos)[i];
          if (info && !keeper_.has_expired(*info, now_ms)) {
            keeper_.touched(old[i], *info);
          } else if (info) {
            keeper_.removed(old[i], *info);
            counters_.expired++;
          } else {
            note_failure(info.error());
          }
          next_turn(old[i]);
        }
        publish();
        // What could not be removed must not make this a busy loop.
        sweep_at(old.size() == sweep_blobs_max ? sweep_more : sweep_every);
      });
}

void BlobHost::sweep_at(std::chrono::milliseconds wait) {
  sweeper_.expires_after(wait);
  sweeper_.async_wait([this](error_code error) {
    if (!error) sweep();
  });
}

void BlobHost::publish() {
  counters_.kept = keeper_.blobs_kept();
  counters_.kept_bytes = keeper_.bytes_kept();
  counters_.unfinished = keeper_.unfinished();
}

// --- the end

void BlobHost::drain(std::function<void()> done) {
  asio::post(io_, [this, done = std::move(done)]() mutable {
    draining_ = true;
    ending_ = true;
    drained_ = std::move(done);
    sweeper_.cancel();
    patience_.expires_after(drain_time_max);
    patience_.async_wait([this](error_code error) {
      if (!error) cut_all();
    });
    check_drained();
  });
}

void BlobHost::cut_all() {
  for (auto* session : sessions_) session->cut();
}

// By each session that goes.
void BlobHost::check_drained() {
  if (!drained_ || !sessions_.empty()) return;
  patience_.cancel();
  asio::post(relay_io_, std::exchange(drained_, nullptr));
}

std::string BlobHost::metrics_text() const {
  std::string out;
  const auto add = [&out](std::string_view name, std::string_view type, std::uint64_t value) {
    fmt::format_to(std::back_inserter(out), "# TYPE shopbell_blobs_{} {}\nshopbell_blobs_{} {}\n",
                   name, type, name, value);
  };
  add("created_total", "counter", counters_.created);
  add("finished_total", "counter", counters_.finished);
  add("removed_total", "counter", counters_.removed);
  add("expired_total", "counter", counters_.expired);
  add("received_bytes_total", "counter", counters_.received_bytes);
  add("sent_bytes_total", "counter", counters_.sent_bytes);
  add("uploads", "gauge", counters_.uploads);
  add("downloads", "gauge", counters_.downloads);
  add("kept", "gauge", counters_.kept);
  add("kept_bytes", "gauge", counters_.kept_bytes);
  add("unfinished", "gauge", counters_.unfinished);
  out += "# TYPE shopbell_blobs_refused_total counter\n";
  for (std::size_t code = 0; code < counters_.refused.size(); ++code) {
    const std::uint64_t count = counters_.refused[code];
    if (count == 0) continue;
    fmt::format_to(std::back_inserter(out), "shopbell_blobs_refused_total{{code=\"{}\"}} {}\n",
                   name_of(static_cast<Errc>(code)), count);
  }
  return out;
}

}  // namespace shopbell::net
