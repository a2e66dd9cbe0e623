// What only the desk does: the shop card, the team's key, the shop log, certificates.
#pragma once

#include "engine/state.h"

namespace shopbell::engine {

struct Machines;

class Desk {
 public:
  explicit Desk(Machines& machines) : m_(machines) {}

  // Makes team key and shop log where there are none, signs a newer card and hands it in.
  Status sign_card(const wire::SignCard& command);
  // Certifies a device whose session is up, records it in the shop log, answers its request.
  Status certify(const wire::Certify& command);
  Status create_log(const wire::CreateLog& command);
  // The relay has a card of this desk that its store does not know of: it was restored from before.
  // Removals stand; of the team key that went with the store a new one is made.
  Status catch_up(const ShopInfo& known);
  // A certified device asks for the team's newest secret.
  void answer_handover(const Device& device, std::uint64_t role, std::uint64_t request_id);
  // ... or for the keys of earlier epochs of a log, which is recorded.
  void answer_regrant(const Device& device, std::uint64_t role,
                      const wire::SessionMessage& request);
  // The relay takes it, or has it already; it answers with its card either way.
  void hand_in_card();
  void connection_begins();
  // The relay's answer. Before its first card a relay cannot know the desk, and refuses its
  // envelopes.
  void card_taken();
  // A refusal that names nothing may be the card's: it is handed in again after a while.
  void on_refused(const wire::Error& error);
  // A log that the relay holds after a restore goes on once the desk has all of it.
  void resume_if_whole(Log& log);
  void tick();
  std::uint64_t wake_at_ms() const;
  bool may_publish() const { return !is_desk() || card_taken_; }

 private:
  // Takes over removals and withdrawals. True where a device is removed that was not before.
  bool take_removals(const wire::SignCard& command, ShopInfo& info);
  void take_removal(const DeviceId& device, ShopInfo& info);
  void keep_newest_removals(ShopInfo& info) const;
  void record_withdrawal(const WithdrawalInfo& withdrawal, bool removed);
  // The card's team key, a new one where it must be at least `version_min`.
  void take_team(ShopInfo& info, std::uint64_t version_min);
  void hand_over_to_all(const ShopInfo& info);
  Status put_out(ShopInfo info, std::uint64_t fresh_ms);
  void readmit(const DeviceId& device);
  void keep_member(const Device& device, std::uint64_t not_after_ms);
  void plan_epochs();
  void announce_epochs();
  Result<KeyBox> handover_for(const Device& device);
  void record(wire::ContentKind kind, BytesView content, std::string_view fallback);

  bool is_desk() const;

  static constexpr std::uint64_t never = ~std::uint64_t{0};

  Machines& m_;
  bool card_taken_ = false;
  bool card_under_way_ = false;
  std::uint64_t retry_at_ms_ = never;
  std::deque<LogId> to_announce_;
};

}  // namespace shopbell::engine
