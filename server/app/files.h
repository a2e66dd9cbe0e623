// Files that must be whole or not there at all.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace shopbell::app {

// Nothing where there is no such file; Refusal where it cannot be read.
std::optional<std::string> read_file(const std::filesystem::path& path);

// Written beside its place, synced, then renamed into it, so that a crash leaves the old file or
// the new one. `secret` files are readable by their owner alone. Refusal where the disk refuses.
void write_file(const std::filesystem::path& path, std::string_view text, bool secret);

// Refusal where others than the owner may read or write the file.
void require_private(const std::filesystem::path& path);

}  // namespace shopbell::app
