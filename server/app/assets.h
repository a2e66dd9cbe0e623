// `shopbell assets DIR`: the web files as a directory for any web space, with the headers they
// need.
#pragma once

#include <filesystem>

#include "app/config.h"

namespace shopbell::app {

// Copies the files without the demo and writes `_headers`, `nginx.conf` and `Caddyfile` beside
// them. Refusal where no domain is named, a file is missing, or the disk refuses.
void write_assets(const std::filesystem::path& from, const std::filesystem::path& to,
                  const Config& config, const std::vector<std::string>& domains);

}  // namespace shopbell::app
