// A shop on a real disk: data directories made by the product's own code, and its programs, relay
// and desk apart or both in one.
#pragma once

#include <filesystem>
#include <memory>

#include "app/data_dir.h"
#include "kill/program.h"

namespace shopbell::kill {

enum class Shape : std::uint8_t { split, serve };

class Site {
 public:
  // Makes everything below `folder`, the two data directories in disk-a and disk-b; nothing runs
  // yet. Visitors may send so many messages a minute; 0: as many as they like.
  Site(Shape shape, const std::string& program, const std::filesystem::path& folder,
       std::uint32_t messages_per_minute);

  // An invitation as `shopbell invite` writes it, for an agent; its secret.
  Key invite() const;

  const std::string& url() const { return url_; }
  const ShopId& shop() const { return shop_; }
  const std::vector<std::unique_ptr<Program>>& programs() const { return programs_; }
  Program& relay() const { return *programs_.front(); }
  Program& desk() const { return *programs_.back(); }
  // What a GET of this path answers: the status, a space, the body. "0" where nobody answers.
  std::string ask_relay(std::string_view path) const { return ask(relay_port_, path); }
  std::string ask_desk(std::string_view path) const { return ask(desk_port_, path); }
  app::DataDir relay_dir() const { return relay_; }
  app::DataDir desk_dir() const { return desk_; }

 private:
  void make_split();
  void make_serve();
  std::string ask(std::uint16_t port, std::string_view path) const;

  app::RelaySection rates() const;

  std::uint32_t messages_per_minute_;
  app::DataDir relay_;
  app::DataDir desk_;
  std::string url_;
  std::uint16_t relay_port_ = 0;
  std::uint16_t desk_port_ = 0;
  ShopId shop_;
  std::vector<std::unique_ptr<Program>> programs_;
};

}  // namespace shopbell::kill
