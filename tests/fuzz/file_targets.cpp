// What an operator writes, and what a browser asks for.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "app/config.h"
#include "app/keys.h"
#include "app/refusal.h"
#include "fuzz/targets.h"
#include "net/static_files.h"
#include "shopbell/handshake.h"

namespace shopbell::fuzz {
namespace {

// A refusal is an answer; anything else that is thrown is not caught here.
template <class Act>
void refusable(Act act) {
  try {
    act();
  } catch (const app::Refusal&) {
  }
}

void config(BytesView in) {
  refusable([&] {
    const auto read = app::parse_config(as_text(in), "fuzz");
    const auto text = app::config_text(read);
    require(app::config_text(app::parse_config(text, "again")) == text, "a config reads back");
  });
}

void key_files(BytesView in) {
  const std::string text(as_text(in));
  refusable([&] { (void)app::parse_root_key(text, "fuzz"); });
  refusable([&] { (void)app::parse_desk_key(text, "fuzz"); });
  refusable([&] { (void)app::parse_relay_key(text, "fuzz"); });
  refusable([&] { (void)app::parse_desk_certificate(text, "fuzz"); });
  refusable([&] { (void)app::parse_backup(text, "fuzz"); });
}

const net::StaticFiles& files() {
  static const auto loaded = [] {
    const auto folder =
        std::filesystem::temp_directory_path() / ("shopbell-fuzz-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder / "widget");
    std::ofstream(folder / "shopbell.js") << "loader";
    std::ofstream(folder / "widget/frame.html") << "frame";
    std::ofstream(folder / "manifest.json")
        << R"({"files":[{"path":"shopbell.js","immutable":false},)"
        << R"({"path":"widget/frame.html","immutable":false}]})";
    std::string problem;
    auto out = net::StaticFiles::load(folder, {}, problem);
    std::filesystem::remove_all(folder);
    require(out != nullptr, "the files of the fuzzer load");
    return out;
  }();
  return *loaded;
}

// Path and query, Accept-Encoding and If-None-Match, each on a line.
void http(BytesView in) {
  const auto text = as_text(in);
  const auto first = text.find('\n');
  const auto target = text.substr(0, first);
  const auto rest = first == text.npos ? std::string_view() : text.substr(first + 1);
  const auto second = rest.find('\n');
  const auto reply = files().find(target, rest.substr(0, second),
                                  second == rest.npos ? std::string_view() : rest.substr(second));
  require(reply.status >= 200 && reply.status < 500, "an answer has a status");
  for (const auto& [name, value] : reply.headers) {
    require(value.find_first_of("\r\n") == value.npos, "no header holds the end of a line");
  }
  (void)dialled_host(target);
}

}  // namespace

void add_files(std::map<std::string, Target>& out) {
  out["config"] = config;
  out["key_files"] = key_files;
  out["http"] = http;
}

}  // namespace shopbell::fuzz
