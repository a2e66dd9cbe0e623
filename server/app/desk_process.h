// The shop's desk as a running device: its abilities over an engine over a WebSocket. Where its
// disk refuses a write the device ends, and is made anew from what is stored until the disk takes
// writes again.
#pragma once

#include "app/config.h"
#include "app/data_dir.h"
#include "desk/desk.h"
#include "net/engine_host.h"
#include "net/page_fetcher.h"

namespace shopbell::app {

class DeskProcess {
 public:
  struct Options {
    DataDir dir;
    const Config* config = nullptr;
    net::DialTarget target;
    desk::RelayAt relay;                     // as the shop card names it
    desk::SettingsBook* settings = nullptr;  // outlives the process
    // The list of domains has changed.
    std::function<void(const std::vector<std::string>&)> on_domains = [](const auto&) {};
  };

  // Refusal where a database cannot be opened.
  DeskProcess(net::asio::io_context& io, DeskState state, Options options);
  ~DeskProcess();

  void start();
  void stop();
  // After each batch of handlers.
  void settle();
  // A page asked for one of the web files.
  void note_page(desk::SeenOrigins::What what, std::string_view address) {
    desk_->note_page(what, address);
  }
  bool online() const { return online_; }
  // It will not try again by itself.
  bool failed() const { return failed_; }
  // Why the disk does not take writes; empty while it does.
  const std::string& disk_problem() const { return disk_problem_; }

 private:
  class Port;

  void on_event(wire::EventKind kind, BytesView body);
  void wake_later();
  // A device over what is stored; null where the disk refuses, and `problem` is a sentence.
  std::unique_ptr<net::EngineHost> make_host(std::string& problem);
  std::unique_ptr<desk::Desk> make_desk();
  void lose_disk(std::string problem);
  void try_disk_again();

  net::asio::io_context& io_;
  DeskState state_;
  Options options_;
  net::Timer minute_;
  net::Timer disk_again_;
  std::chrono::seconds disk_wait_{};
  std::chrono::steady_clock::time_point began_;
  std::string disk_problem_;
  bool online_ = false;
  bool failed_ = false;
  net::PageFetcher pages_;
  std::unique_ptr<desk::InvitationBook> book_;
  std::unique_ptr<desk::SearchIndex> search_;
  std::unique_ptr<Port> port_;
  std::unique_ptr<desk::Desk> desk_;
  std::unique_ptr<net::EngineHost> host_;
};

}  // namespace shopbell::app
