// The files that browsers load, held in memory with their precompressed twins, and the headers that
// each of them needs. No I/O after loading; the HTTP host and tests call find() the same way.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shopbell::net {

using Headers = std::vector<std::pair<std::string_view, std::string>>;

// An answer; `body` lives as long as the StaticFiles it came from, or is owned by `page`.
struct Reply {
  unsigned status = 200;
  Headers headers;
  std::string_view body;
  std::shared_ptr<const std::string> page;
};

// What the headers depend on.
struct SitePolicy {
  // Domains whose pages may frame the widget. Empty: the frame is refused, with the reason in the
  // page.
  std::vector<std::string> frame_ancestors;
  // Where the worker may connect besides its own origin: ws:// or wss:// origin of the relay.
  std::string relay_origin;
  // "sha256-..." of the one script that stands in the frame's page itself; the manifest names it.
  std::string frame_script = {};
};

// What a path is for decides its headers.
enum class FileKind : std::uint8_t { loader, frame, worker, console, asset, demo };
FileKind kind_of(std::string_view path);

// The Content-Security-Policy of one kind; also written into the snippets of `shopbell assets`.
std::string content_policy(FileKind kind, const SitePolicy& policy);
// All headers of one kind but type, length, caching and encoding.
Headers security_headers(FileKind kind, const SitePolicy& policy);

class StaticFiles {
 public:
  struct Options {
    SitePolicy policy;
    // Stands for __SHOPBELL_SCRIPT__ in the pages of demo/; empty leaves demo/ out altogether.
    std::string demo_script;
  };

  // Reads what manifest.json in `folder` names. On failure null, and `problem` is a sentence.
  static std::unique_ptr<StaticFiles> load(const std::filesystem::path& folder, Options options,
                                           std::string& problem);

  // The shop's domains have changed; the next answer says so.
  void set_frame_ancestors(std::vector<std::string> domains) {
    options_.policy.frame_ancestors = std::move(domains);
  }

  // GET or HEAD of `target` (path, perhaps a query). The two header values are empty where absent.
  Reply find(std::string_view target, std::string_view accept_encoding,
             std::string_view if_none_match) const;

  // With what the manifest says.
  const SitePolicy& policy() const { return options_.policy; }

  // Paths below the folder, without demo/.
  std::vector<std::string> paths() const;

 private:
  struct File {
    std::string type;
    std::string etag;
    bool immutable = false;
    std::string plain;
    std::string br;
    std::string gz;
  };

  explicit StaticFiles(Options options) : options_(std::move(options)) {}
  bool add(const std::filesystem::path& folder, const std::string& path, bool immutable);
  Reply refuse_frame() const;

  Options options_;
  std::map<std::string, File, std::less<>> files_;
};

// One plain page or text, for errors and health.
Reply text_reply(unsigned status, std::string_view type, std::string text);

// Whether a header "Accept-Encoding" takes this coding: listed, and not with q=0.
bool accepts_coding(std::string_view accept_encoding, std::string_view coding);

}  // namespace shopbell::net
