#include "app/team.h"

#include <fmt/format.h>

#include <array>
#include <ctime>

#include "app/refusal.h"
#include "desk/members.h"

namespace shopbell::app {
namespace {

constexpr std::array<const char*, 4> role_names = {"none", "admin", "agent", "observer"};

std::unique_ptr<desk::InvitationBook> book_of(const DataDir& dir) {
  std::string problem;
  auto book = desk::open_invitations(dir.invitations().string(), problem);
  if (!book) throw Refusal(problem);
  return book;
}

std::string standing_of(const desk::Invitation& one, std::uint64_t now_ms) {
  if (one.removed_ms != 0) return "removed";
  if (one.not_after_ms < now_ms) return "ended";
  const auto seconds = static_cast<std::time_t>(one.not_after_ms / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char out[32];
  std::strftime(out, sizeof out, "until %Y-%m-%d", &parts);
  return out;
}

}  // namespace

std::string team_text(const DataDir& dir, std::uint64_t now_ms) {
  std::string out;
  for (const auto& [device, one] : desk::members_of(book_of(dir)->all())) {
    const auto role = one.role < role_names.size() ? role_names[one.role] : role_names[0];
    const auto of_whom = one.whose() == device
                             ? std::string()
                             : "  (person of " + to_hex(one.whose().view()).substr(0, 16) + ")";
    out += fmt::format("{}  {:8}  {:16}  {}{}\n", to_hex(device.view()).substr(0, 16), role,
                       standing_of(one, now_ms), one.name, of_whom);
  }
  return out.empty() ? "nobody yet: shopbell invite\n" : out;
}

std::string remove_member(const DataDir& dir, const std::string& id_begins, std::uint64_t now_ms) {
  const auto book = book_of(dir);
  const auto members = desk::members_of(book->all());
  const desk::Invitation* found = nullptr;
  for (const auto& [device, one] : members) {
    if (one.removed_ms != 0 || !to_hex(device.view()).starts_with(id_begins)) continue;
    if (found != nullptr) {
      throw Refusal(
          fmt::format("more than one device's id begins with {}: give more of it", id_begins));
    }
    found = &one;
  }
  if (found == nullptr || id_begins.empty()) {
    throw Refusal(
        fmt::format("no device of the team has an id that begins with {}: see shopbell "
                    "team list",
                    id_begins));
  }
  if (desk::is_last_admin(members, {found->used_by}, now_ms)) {
    throw Refusal(
        "this is the last admin's only device: without it nobody could invite any more. Make "
        "another admin first (shopbell invite --role admin)");
  }
  desk::revoke_links(*book, found->whose());
  if (!book->change(found->used_by, {found->role, now_ms, now_ms})) {
    throw Refusal(fmt::format("{} could not be written", dir.invitations().string()));
  }
  return found->name;
}

}  // namespace shopbell::app
