#include "desk/admin.h"

#include <algorithm>

namespace shopbell::desk {
namespace {

// The whole list in its one spelling, or what is wrong with which of them.
struct ListRead {
  std::vector<std::string> domains;
  std::string_view mistake;
  std::size_t at = 0;
};

ListRead read_list(const std::vector<std::string_view>& texts) {
  ListRead out;
  std::size_t bytes = 0;
  for (out.at = 0; out.at < texts.size(); ++out.at) {
    auto read = read_domain(texts[out.at]);
    out.mistake = read.mistake;
    if (!out.mistake.empty()) return out;
    if (std::find(out.domains.begin(), out.domains.end(), read.domain) != out.domains.end()) {
      out.mistake = domain_twice;
      return out;
    }
    bytes += read.domain.size();
    if (out.domains.size() >= domains_max || bytes > domains_bytes_max) {
      out.mistake = domain_many;
      return out;
    }
    out.domains.push_back(std::move(read.domain));
  }
  return out;
}

bool is_line(std::string_view text) { return text.find_first_of("\r\n") == std::string_view::npos; }

// Empty, or what is wrong.
std::string_view mistake_in(const wire::AdminLook& look) {
  if (!is_color(look.accent)) return "color";
  if (look.position != "right" && look.position != "left") return "position";
  for (const auto greeting : {look.greeting_zh, look.greeting_en, look.greeting_ar}) {
    if (greeting.size() > greeting_bytes_max) return "long";
    if (!is_line(greeting)) return "lines";
  }
  return {};
}

}  // namespace

void refuse_setting(DeskPort& port, const wire::RequestEvent& request, std::string_view why,
                    std::size_t at) {
  wire::SettingRefusal refusal;
  refusal.why = why;
  refusal.at = at;
  respond(port, request, Errc::setting_refused, codec::encode(refusal));
}

Admin::Admin(DeskPort& port, const ShopId& shop, ShopWords& words, ShopWords seed, Custody& custody,
             SettingsBook& book, const SeenOrigins& seen, Premises premises)
    : port_(port),
      shop_(shop),
      words_(words),
      seed_(std::move(seed)),
      custody_(custody),
      book_(book),
      seen_(seen),
      premises_(std::move(premises)) {}

void Admin::on_event(wire::EventKind kind, BytesView body) {
  if (kind != wire::EventKind::request_event) return;
  const auto request = codec::decode<wire::RequestEvent>(body);
  if (!request) return;
  using Method = void (Admin::*)(const wire::RequestEvent&);
  constexpr std::pair<std::string_view, Method> methods[] = {
      {"admin.overview", &Admin::overview},
      {"admin.domains.set", &Admin::set_domains},
      {"admin.look.set", &Admin::set_look},
  };
  for (const auto& [name, method] : methods) {
    if (request->method != name) continue;
    if (!may_administer(port_, *request)) return;
    return (this->*method)(*request);
  }
}

void Admin::overview(const wire::RequestEvent& request) {
  const auto look = codec::encode(admin_look_of(words_));
  wire::AdminOverview out;
  out.shop = shop_;
  out.name = words_.name;
  out.relay_url = premises_.relay_url;
  out.assets_url = premises_.assets_url;
  out.domains.assign(words_.domains.begin(), words_.domains.end());
  out.look = look;
  out.backed_up_ms = premises_.backed_up_ms();
  out.backup_verified_ms = premises_.backup_verified_ms();
  out.certificate_end_ms = premises_.certificate_end_ms;
  out.now_ms = port_.now_ms();
  out.link_previews = words_.link_previews;
  for (const auto& [origin, one] : seen_.all()) {
    wire::SeenOrigin each;
    each.origin = origin;
    each.script_ms = one.script_ms;
    each.frame_ms = one.frame_ms;
    each.refused_ms = one.refused_ms;
    each.allowed = allows(words_.domains, origin);
    out.seen.push_back(each);
  }
  respond(port_, request, Errc::none, codec::encode(out));
}

void Admin::set_domains(const wire::RequestEvent& request) {
  const auto asked = codec::decode<wire::AdminDomains>(request.body);
  if (!asked) return respond(port_, request, asked.error(), {});
  auto list = read_list(asked->domains);
  if (!list.mistake.empty()) return refuse_setting(port_, request, list.mistake, list.at);
  if (list.domains != words_.domains) {
    if (!keep_domains(book_, seed_, list.domains, request.from, port_.now_ms())) {
      return respond(port_, request, Errc::store_failed, {});
    }
    words_.domains = std::move(list.domains);
    premises_.on_domains(words_.domains);
    custody_.renew();
  }
  wire::AdminDomains out;
  out.domains.assign(words_.domains.begin(), words_.domains.end());
  respond(port_, request, Errc::none, codec::encode(out));
}

void Admin::set_look(const wire::RequestEvent& request) {
  const auto asked = codec::decode<wire::AdminLook>(request.body);
  if (!asked) return respond(port_, request, asked.error(), {});
  if (const auto mistake = mistake_in(*asked); !mistake.empty()) {
    return refuse_setting(port_, request, mistake);
  }
  if (!same_bytes(codec::encode(*asked), codec::encode(admin_look_of(words_)))) {
    if (!keep_look(book_, seed_, *asked, request.from, port_.now_ms())) {
      return respond(port_, request, Errc::store_failed, {});
    }
    words_.accent = asked->accent;
    words_.greeting_zh = asked->greeting_zh;
    words_.greeting_en = asked->greeting_en;
    words_.greeting_ar = asked->greeting_ar;
    words_.position = asked->position;
    custody_.renew();
  }
  respond(port_, request, Errc::none, codec::encode(admin_look_of(words_)));
}

}  // namespace shopbell::desk
