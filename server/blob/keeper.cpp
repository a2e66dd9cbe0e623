#include "blob/keeper.h"

namespace shopbell::blob {
namespace {

constexpr std::uint64_t day_ms = 24ull * 3600 * 1000;
// What a blob takes besides its bytes: a million empty ones are not nothing.
constexpr std::uint64_t overhead_bytes = 8 * 1024;

bool exceeds(std::uint64_t used, std::uint64_t more, std::uint64_t limit) {
  return limit != 0 && (more > limit || used > limit - more);
}

}  // namespace

Status Keeper::reserve(const Bearer& bearer, std::uint64_t length, std::uint64_t now_ms) {
  turn_day(now_ms);
  if (length > limits_.file_bytes_max) return Errc::blob_size;
  const auto cost = length + overhead_bytes;
  auto& of_device = of_device_[bearer.device];
  if (exceeds(of_device, cost, limits_.device_day_bytes_max)) return Errc::blob_quota;
  auto& of_shop = of_shop_[bearer.shop];
  if (exceeds(of_shop, cost, limits_.shop_bytes_max)) return Errc::blob_full;
  of_device += cost;
  of_shop += cost;
  return {};
}

void Keeper::give_back(const Bearer& bearer, std::uint64_t length) {
  const auto cost = length + overhead_bytes;
  auto& of_shop = of_shop_[bearer.shop];
  of_shop -= std::min(of_shop, cost);
  // The day may have turned meanwhile.
  const auto found = of_device_.find(bearer.device);
  if (found != of_device_.end()) found->second -= std::min(found->second, cost);
}

void Keeper::created(const BlobId& id, const BlobInfo& info) {
  if (counting_) created_.insert(id);
  ++blobs_;
  bytes_ += info.length;
  touched(id, info);
}

void Keeper::touched(const BlobId& id, const BlobInfo& info) {
  unfinished_.erase(id);
  note(id, info);
}

// One that is being written was opened after the start and says so itself.
void Keeper::note(const BlobId& id, const BlobInfo& info) {
  if (!info.finished()) {
    unfinished_.try_emplace(id, info.touched_ms);
  } else if (limits_.keep_ms_max != 0) {
    finished_.try_emplace(id, info.touched_ms);
  }
}

void Keeper::withdraw(const ShopId& shop, const std::vector<WithdrawalInfo>& all,
                      std::uint64_t now_ms) {
  auto& known = withdrawn_[shop];
  for (const WithdrawalInfo& one : all) {
    const auto [found, fresh] = known.try_emplace(one.device, Withdrawn{one.at_ms, now_ms});
    if (!fresh && found->second.at_ms < one.at_ms) found->second = {one.at_ms, now_ms};
  }
}

bool Keeper::may_bear(const Bearer& bearer) const {
  const auto shop = withdrawn_.find(bearer.shop);
  if (shop == withdrawn_.end()) return true;
  const auto found = shop->second.find(bearer.device);
  return found == shop->second.end() || bearer.issued_ms > found->second.known_ms;
}

void Keeper::removed(const BlobId& id, const BlobInfo& info) {
  unfinished_.erase(id);
  finished_.erase(id);
  --blobs_;
  bytes_ -= info.length;
  // What the device sent today stays sent: else it could fill and empty the disk all day long. What
  // it never sent was no burden.
  const auto found = of_device_.find(info.device);
  if (found != of_device_.end() && info.created_ms / day_ms == day_) {
    found->second -= std::min(found->second, info.length - info.offset);
  }
  auto& of_shop = of_shop_[info.shop];
  of_shop -= std::min(of_shop, info.length + overhead_bytes);
}

void Keeper::count(const BlobId& id, const BlobInfo& info, std::uint64_t now_ms) {
  if (created_.contains(id)) return;
  turn_day(now_ms);
  ++blobs_;
  bytes_ += info.length;
  const auto cost = info.length + overhead_bytes;
  of_shop_[info.shop] += cost;
  if (info.created_ms / day_ms == day_) of_device_[info.device] += cost;
  if (!unfinished_.contains(id)) note(id, info);
}

void Keeper::counted_all() {
  counting_ = false;
  created_ = {};
}

std::vector<BlobId> Keeper::expired(std::uint64_t now_ms) const {
  std::vector<BlobId> out;
  for (const auto& [id, touched_ms] : unfinished_) {
    if (touched_ms + limits_.unfinished_ms_max <= now_ms) out.push_back(id);
  }
  for (const auto& [id, touched_ms] : finished_) {
    if (touched_ms + limits_.keep_ms_max <= now_ms) out.push_back(id);
  }
  return out;
}

bool Keeper::has_expired(const BlobInfo& info, std::uint64_t now_ms) const {
  const auto most = info.finished() ? limits_.keep_ms_max : limits_.unfinished_ms_max;
  return most != 0 && info.touched_ms + most <= now_ms;
}

std::uint64_t Keeper::expires_ms(const BlobInfo& info) const {
  return info.finished() ? 0 : info.touched_ms + limits_.unfinished_ms_max;
}

void Keeper::turn_day(std::uint64_t now_ms) {
  const auto today = now_ms / day_ms;
  if (today == day_) return;
  day_ = today;
  of_device_ = {};
}

}  // namespace shopbell::blob
