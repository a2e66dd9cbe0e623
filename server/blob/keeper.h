// Who may put how much here, what lies half done, and what it all comes to: the books of the blobs,
// on one thread, without I/O. They are projections: after a start they are made anew from what the
// store holds, by count().
#pragma once

#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "blob/blob_store.h"
#include "blob/token.h"
#include "shopbell/identity.h"

namespace shopbell::blob {

// Set by the operator. 0: as much as the disk holds.
struct Limits {
  std::uint64_t file_bytes_max = 2048ull << 20;
  // Of one device between two midnights.
  std::uint64_t device_day_bytes_max = 10'240ull << 20;
  // Of one shop, in all.
  std::uint64_t shop_bytes_max = 102'400ull << 20;
  // Of a half upload, since its last byte.
  std::uint64_t unfinished_ms_max = 24ull * 3600 * 1000;
  // Of a whole file, since its last byte; 0: until its sender's device deletes it.
  std::uint64_t keep_ms_max = 0;
  // Uploads of one device at the same time; the rest waits, as tus clients do by themselves.
  std::size_t uploads_of_device_max = 8;
  // A connection on which next to nothing has moved for so long is closed; what came is kept.
  std::uint64_t idle_ms_max = 30'000;
};

class Keeper {
 public:
  explicit Keeper(const Limits& limits) : limits_(limits) {}

  const Limits& limits() const { return limits_; }

  // Takes room for a blob that is to be made. blob_size, blob_quota, blob_full.
  Status reserve(const Bearer& bearer, std::uint64_t length, std::uint64_t now_ms);
  // It was not made after all.
  void give_back(const Bearer& bearer, std::uint64_t length);

  // What a shop's newest card says of devices that lost their standing. What they were given before
  // the relay learned of it counts no more; a new connection brings what they may have now.
  void withdraw(const ShopId& shop, const std::vector<WithdrawalInfo>& all, std::uint64_t now_ms);
  bool may_bear(const Bearer& bearer) const;

  // What the store has done.
  void created(const BlobId& id, const BlobInfo& info);
  void touched(const BlobId& id, const BlobInfo& info);
  void removed(const BlobId& id, const BlobInfo& info);

  // After a start: each blob that the store holds, those included that have come since; then
  // counted_all(). Until then nothing is removed, for it might be counted later.
  void count(const BlobId& id, const BlobInfo& info, std::uint64_t now_ms);
  void counted_all();
  bool counting() const { return counting_; }

  // Half uploads that nobody has touched for too long, and files that have been kept long enough.
  std::vector<BlobId> expired(std::uint64_t now_ms) const;
  bool has_expired(const BlobInfo& info, std::uint64_t now_ms) const;
  std::uint64_t expires_ms(const BlobInfo& info) const;

  std::uint64_t bytes_kept() const { return bytes_; }
  std::uint64_t blobs_kept() const { return blobs_; }
  std::size_t unfinished() const { return unfinished_.size(); }

 private:
  void turn_day(std::uint64_t now_ms);
  void note(const BlobId& id, const BlobInfo& info);

  struct Withdrawn {
    std::uint64_t at_ms = 0;     // as the card says
    std::uint64_t known_ms = 0;  // since when it is known here
  };

  const Limits limits_;
  std::uint64_t day_ = 0;
  std::unordered_map<DeviceId, std::uint64_t, FixedHash> of_device_;  // this day
  std::unordered_map<ShopId, std::uint64_t, FixedHash> of_shop_;
  std::unordered_map<BlobId, std::uint64_t, FixedHash> unfinished_;  // to when it was touched
  std::unordered_map<BlobId, std::uint64_t, FixedHash> finished_;    // where they are not kept
  std::unordered_set<BlobId, FixedHash> created_;                    // while counting
  std::unordered_map<ShopId, std::unordered_map<DeviceId, Withdrawn, FixedHash>, FixedHash>
      withdrawn_;
  std::uint64_t bytes_ = 0;
  std::uint64_t blobs_ = 0;
  bool counting_ = true;
};

}  // namespace shopbell::blob
