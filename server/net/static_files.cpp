#include "net/static_files.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <fstream>
#include <iterator>
#include <optional>

#include "shopbell/crypto.h"

namespace shopbell::net {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::string_view demo_token = "__SHOPBELL_SCRIPT__";

std::optional<std::string> read_all(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in.is_open()) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string_view type_of(std::string_view path) {
  struct Type {
    std::string_view end;
    std::string_view type;
  };
  static constexpr Type types[] = {
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".wasm", "application/wasm"},
      {".svg", "image/svg+xml"},
      {".json", "application/json"},
      {".png", "image/png"},
      {".jpg", "image/jpeg"},
      {".webp", "image/webp"},
      {".woff2", "font/woff2"},
      {".txt", "text/plain; charset=utf-8"},
      {".ico", "image/x-icon"},
  };
  for (const auto& [end, type] : types) {
    if (path.ends_with(end)) return type;
  }
  return "application/octet-stream";
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Calls `take` with each element of a comma-separated header value until it returns true.
template <class Take>
bool any_element(std::string_view value, Take take) {
  while (!value.empty()) {
    const auto comma = value.find(',');
    if (take(trimmed(value.substr(0, comma)))) return true;
    value.remove_prefix(comma == std::string_view::npos ? value.size() : comma + 1);
  }
  return false;
}

bool etag_listed(std::string_view if_none_match, std::string_view etag) {
  return any_element(if_none_match, [etag](std::string_view element) {
    if (element.starts_with("W/")) element.remove_prefix(2);
    return element == "*" || element == etag.substr(2);
  });
}

// Only plain names: what could climb or hide is not looked for at all.
bool is_plain_path(std::string_view path) {
  if (path.find_first_of(std::string_view("\\%\0", 3)) != std::string_view::npos) return false;
  return path.find("..") == std::string_view::npos && path.find("//") == std::string_view::npos;
}

std::string joined(const std::vector<std::string>& origins) {
  std::string out;
  for (const auto& origin : origins) out += " " + origin;
  return out;
}

std::string etag_of(std::string_view text) {
  const auto digest = crypto::hash("shopbell etag", {as_bytes(text)});
  // Weak: plain, br and gzip share it.
  return "W/\"" + to_hex(digest.view().first(16)) + "\"";
}

// As a policy takes it: 32 bytes in base64.
bool is_script_hash(std::string_view text) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return text.size() == 51 && text.starts_with("sha256-") && text.ends_with('=') &&
         text.substr(7, 43).find_first_not_of(digits) == std::string_view::npos;
}

}  // namespace

FileKind kind_of(std::string_view path) {
  // Its parts run in the shop's own pages.
  const bool later = path.starts_with("widget/later/login");
  if (path == "shopbell.js" || path == "widget/panel.js" || later) return FileKind::loader;
  if (path.starts_with("demo/")) return FileKind::demo;
  if (path.starts_with("widget/") && path.ends_with(".html")) return FileKind::frame;
  if (path.starts_with("console/") && path.ends_with(".html")) return FileKind::console;
  const bool worker = path.starts_with("engine/worker") || path.starts_with("engine/media");
  if (worker) return FileKind::worker;
  return FileKind::asset;
}

std::string content_policy(FileKind kind, const SitePolicy& policy) {
  // The relay's frames and its blobs: ws and http, or wss and https.
  const auto& relay = policy.relay_origin;
  const auto blobs = relay.starts_with("ws") ? " http" + relay.substr(2) : std::string{};
  const auto connect = fmt::format("connect-src 'self' {}{}", relay, blobs);
  const bool own_script = kind == FileKind::frame && !policy.frame_script.empty();
  const auto page = fmt::format(
      "default-src 'none'; script-src 'self'{}; style-src 'self'; img-src 'self' data: blob:; "
      "media-src 'self' blob:; {}; worker-src 'self'; base-uri 'none'; form-action 'none'",
      own_script ? " '" + policy.frame_script + "'" : "", connect);
  switch (kind) {
    case FileKind::frame:
      return page + "; frame-ancestors" + joined(policy.frame_ancestors);
    case FileKind::console:
      return page + "; frame-ancestors 'none'";
    case FileKind::worker:
      return fmt::format("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; {}", connect);
    case FileKind::loader:
    case FileKind::asset:
      return "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
    case FileKind::demo:
      return {};
  }
  return {};
}

Headers security_headers(FileKind kind, const SitePolicy& policy) {
  Headers out{{"X-Content-Type-Options", "nosniff"}};
  // As shops' pages are: they say where they are, and the console shows that the tag was seen.
  if (kind == FileKind::demo) return out;
  out.emplace_back("Referrer-Policy", "no-referrer");
  out.emplace_back("Content-Security-Policy", content_policy(kind, policy));
  // An isolated shop page may only load what says so itself.
  out.emplace_back("Cross-Origin-Resource-Policy",
                   kind == FileKind::console ? "same-origin" : "cross-origin");
  out.emplace_back("Cross-Origin-Embedder-Policy", "require-corp");
  if (kind == FileKind::console) out.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
  // The loader is public; tags with `crossorigin`, `integrity` or `type="module"` ask for this,
  // and its second half is imported.
  if (kind == FileKind::loader) out.emplace_back("Access-Control-Allow-Origin", "*");
  return out;
}

bool accepts_coding(std::string_view accept_encoding, std::string_view coding) {
  return any_element(accept_encoding, [coding](std::string_view element) {
    const auto name = trimmed(element.substr(0, element.find(';')));
    if (name != coding) return false;
    const auto q = element.find("q=");
    if (q == std::string_view::npos) return true;
    return element.find_first_of("123456789", q) != std::string_view::npos;
  });
}

Reply text_reply(unsigned status, std::string_view type, std::string text) {
  Reply reply;
  reply.status = status;
  reply.page = std::make_shared<const std::string>(std::move(text));
  reply.body = *reply.page;
  reply.headers = {{"Content-Type", std::string(type)},
                   {"Cache-Control", "no-store"},
                   {"X-Content-Type-Options", "nosniff"},
                   {"Referrer-Policy", "no-referrer"},
                   {"Content-Security-Policy", "default-src 'none'"}};
  return reply;
}

std::unique_ptr<StaticFiles> StaticFiles::load(const fs::path& folder, Options options,
                                               std::string& problem) {
  const auto manifest = read_all(folder / "manifest.json");
  if (!manifest) {
    problem = fmt::format(
        "{} holds no manifest.json; build the web files (./run build) or name "
        "their folder with --assets",
        folder.string());
    return nullptr;
  }
  boost::system::error_code error;
  const auto document = json::parse(*manifest, error);
  const auto* files = error ? nullptr : document.if_object();
  const auto* list = files ? files->if_contains("files") : nullptr;
  std::unique_ptr<StaticFiles> out(new StaticFiles(std::move(options)));
  if (list == nullptr || !list->is_array()) {
    problem = fmt::format("{} is damaged; build the web files again",
                          (folder / "manifest.json").string());
    return nullptr;
  }
  for (const auto& entry : list->get_array()) {
    const auto* object = entry.if_object();
    const auto* path = object ? object->if_contains("path") : nullptr;
    const auto* immutable = object ? object->if_contains("immutable") : nullptr;
    const auto* script = object ? object->if_contains("script") : nullptr;
    const auto name = path && path->is_string() ? std::string(path->get_string()) : std::string();
    if (name.empty() || !is_plain_path(name) ||
        !out->add(folder, name, immutable && immutable->is_bool() && immutable->get_bool())) {
      problem = fmt::format("{} names \"{}\", which is not there; build the web files again",
                            (folder / "manifest.json").string(), name);
      return nullptr;
    }
    // It becomes part of a header.
    if (script && script->is_string() && is_script_hash(script->get_string())) {
      out->options_.policy.frame_script = std::string(script->get_string());
    }
  }
  return out;
}

bool StaticFiles::add(const fs::path& folder, const std::string& path, bool immutable) {
  const bool demo = kind_of(path) == FileKind::demo;
  if (demo && options_.demo_script.empty()) return true;
  auto plain = read_all(folder / path);
  if (!plain) return false;
  File file;
  file.type = type_of(path);
  file.immutable = immutable;
  const auto token = plain->find(demo_token);
  if (demo && token != std::string::npos) {
    plain->replace(token, demo_token.size(), options_.demo_script);
  } else {
    file.br = read_all(folder / (path + ".br")).value_or("");
    file.gz = read_all(folder / (path + ".gz")).value_or("");
  }
  file.plain = std::move(*plain);
  file.etag = etag_of(file.plain);
  files_.emplace(path, std::move(file));
  return true;
}

Reply StaticFiles::refuse_frame() const {
  auto reply =
      text_reply(403, "text/html; charset=utf-8",
                 "<!doctype html><meta charset=\"utf-8\"><title>Shopbell</title>"
                 "<p>No page may show this widget yet: the shop has named no domain. "
                 "An admin adds the page's domain in the console, or it is added to [shop] "
                 "domains in shopbell.toml before a restart.");
  // An isolated page would show the browser's own refusal in place of the reason.
  reply.headers.emplace_back("Cross-Origin-Resource-Policy", "cross-origin");
  reply.headers.emplace_back("Cross-Origin-Embedder-Policy", "require-corp");
  return reply;
}

Reply StaticFiles::find(std::string_view target, std::string_view accept_encoding,
                        std::string_view if_none_match) const {
  auto path = target.substr(0, target.find_first_of("?#"));
  if (!path.starts_with('/') || !is_plain_path(path)) {
    return text_reply(404, "text/plain; charset=utf-8", "There is no such file.\n");
  }
  path.remove_prefix(1);
  auto name = std::string(path);
  if (name.ends_with('/')) name += "index.html";
  const auto found = files_.find(name);
  if (found == files_.end()) {
    return text_reply(404, "text/plain; charset=utf-8", "There is no such file.\n");
  }
  const auto& file = found->second;
  const auto kind = kind_of(name);
  if (kind == FileKind::frame && options_.policy.frame_ancestors.empty()) return refuse_frame();
  // A browser that keeps the frame must not keep the list of its day with it.
  const auto etag = kind == FileKind::frame
                        ? etag_of(file.plain + content_policy(kind, options_.policy))
                        : file.etag;
  Reply reply;
  reply.headers = security_headers(kind, options_.policy);
  reply.headers.emplace_back("ETag", etag);
  reply.headers.emplace_back("Cache-Control",
                             file.immutable ? "public, max-age=31536000, immutable" : "no-cache");
  if (!file.br.empty() || !file.gz.empty()) reply.headers.emplace_back("Vary", "Accept-Encoding");
  if (etag_listed(if_none_match, etag)) {
    reply.status = 304;
    return reply;
  }
  reply.headers.emplace_back("Content-Type", file.type);
  reply.body = file.plain;
  if (!file.br.empty() && accepts_coding(accept_encoding, "br")) {
    reply.body = file.br;
    reply.headers.emplace_back("Content-Encoding", "br");
  } else if (!file.gz.empty() && accepts_coding(accept_encoding, "gzip")) {
    reply.body = file.gz;
    reply.headers.emplace_back("Content-Encoding", "gzip");
  }
  return reply;
}

std::vector<std::string> StaticFiles::paths() const {
  std::vector<std::string> out;
  for (const auto& [path, file] : files_) {
    if (kind_of(path) != FileKind::demo) out.push_back(path);
  }
  return out;
}

}  // namespace shopbell::net
