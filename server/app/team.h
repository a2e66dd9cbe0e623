// The team, from the command line: the desk that runs reads what is written here.
#pragma once

#include <string>

#include "app/data_dir.h"

namespace shopbell::app {

// One line a device. Refusal where the book of invitations cannot be read.
std::string team_text(const DataDir& dir, std::uint64_t now_ms);
// Removes the one device whose id begins so; its name. Refusal where it is none or many, or the
// last admin.
std::string remove_member(const DataDir& dir, const std::string& id_begins, std::uint64_t now_ms);

}  // namespace shopbell::app
