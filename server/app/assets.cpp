#include "app/assets.h"

#include <fmt/format.h>

#include <iterator>

#include "app/files.h"
#include "app/refusal.h"
#include "net/static_files.h"

namespace shopbell::app {
namespace {

namespace fs = std::filesystem;

// Paths with their headers, as every static host must send them.
struct Rule {
  std::string path;
  net::Headers headers;
};

std::vector<Rule> rules_of(const net::StaticFiles& files) {
  std::vector<Rule> out;
  for (const auto& path : files.paths()) {
    auto headers = net::security_headers(net::kind_of(path), files.policy());
    // find() knows which names carry their hash.
    for (const auto& [name, value] : files.find("/" + path, "", "").headers) {
      if (name == "Cache-Control") headers.emplace_back(name, value);
    }
    out.push_back({"/" + path, std::move(headers)});
    if (path.ends_with("/index.html")) {
      out.push_back({"/" + path.substr(0, path.size() - 10), out.back().headers});
    }
  }
  return out;
}

std::string generic_text(const std::vector<Rule>& rules) {
  std::string out;
  for (const auto& rule : rules) {
    out += rule.path + "\n";
    for (const auto& [name, value] : rule.headers) out += fmt::format("  {}: {}\n", name, value);
  }
  return out;
}

std::string nginx_text(const std::vector<Rule>& rules) {
  std::string out =
      "# Inside server { ... }. Serve the .br and .gz files with brotli_static (module) and\n"
      "# gzip_static. nginx knows no type for .wasm before 1.21: types { application/wasm wasm; }\n"
      "gzip_static on;\n";
  for (const auto& rule : rules) {
    out += fmt::format("location = {} {{\n", rule.path);
    for (const auto& [name, value] : rule.headers) {
      out += fmt::format("  add_header {} \"{}\" always;\n", name, value);
    }
    if (rule.path.ends_with('/')) out += "  try_files $uri/index.html =404;\n";
    out += "}\n";
  }
  return out;
}

std::string caddy_text(const std::vector<Rule>& rules, const fs::path& to) {
  auto out = fmt::format(
      "# Inside your site's block.\nroot * {}\nfile_server {{\n  precompressed br gzip\n}}\n",
      fs::absolute(to).string());
  for (const auto& rule : rules) {
    out += fmt::format("header {} {{\n", rule.path);
    for (const auto& [name, value] : rule.headers) out += fmt::format("  {} \"{}\"\n", name, value);
    out += "}\n";
  }
  return out;
}

void copy_one(const fs::path& from, const fs::path& to, const std::string& name) {
  std::error_code error;
  if (!fs::exists(from / name, error)) return;
  fs::create_directories((to / name).parent_path(), error);
  fs::copy_file(from / name, to / name, fs::copy_options::overwrite_existing, error);
  if (error) {
    throw Refusal(fmt::format("{} cannot be written: {}", (to / name).string(), error.message()));
  }
}

}  // namespace

void write_assets(const fs::path& from, const fs::path& to, const Config& config,
                  const std::vector<std::string>& domains) {
  if (domains.empty()) {
    throw Refusal("[shop] domains names no page that may show the widget; name one first");
  }
  const auto relay = config.relay_url();
  net::SitePolicy policy;
  policy.frame_ancestors = domains;
  policy.relay_origin = relay.substr(0, relay.find('/', relay.find("://") + 3));
  std::string problem;
  const auto files = net::StaticFiles::load(from, {policy, {}}, problem);
  if (!files) throw Refusal(problem);
  for (const auto& path : files->paths()) {
    for (const auto* ending : {"", ".br", ".gz"}) copy_one(from, to, path + ending);
  }
  const auto rules = rules_of(*files);
  write_file(to / "_headers", generic_text(rules), false);
  write_file(to / "nginx.conf", nginx_text(rules), false);
  write_file(to / "Caddyfile", caddy_text(rules, to), false);
}

}  // namespace shopbell::app
