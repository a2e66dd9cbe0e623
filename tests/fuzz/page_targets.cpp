// What a stranger's page says of itself, and where it sends whoever reads it.
#include <algorithm>

#include "desk/preview/page.h"
#include "desk/preview/url.h"
#include "fuzz/targets.h"

namespace shopbell::fuzz {
namespace {

void check_words(const std::string& text, std::size_t most) {
  require(text.size() <= most, "words keep to their limit");
  require(std::none_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }),
          "words hold no control character");
}

// A line with the name of a writing system, then the page.
void page(BytesView in) {
  const auto text = as_text(in);
  const auto end = std::min(text.find('\n'), text.size());
  const auto read = desk::read_page(text.substr(end), std::string(text.substr(0, end)));
  check_words(read.title, desk::title_bytes_max);
  check_words(read.description, desk::description_bytes_max);
  check_words(read.site, desk::site_bytes_max);
  std::string charset;
  (void)desk::is_page(text, charset);
}

std::string whole(const desk::Url& url) {
  return (url.tls ? "https://" : "http://") + url.authority() + url.target;
}

void check_url(const std::optional<desk::Url>& url) {
  if (!url) return;
  require(!url->host.empty() && url->port != 0, "a URL names somebody");
  require(url->target.starts_with('/'), "a URL has a path");
  for (const auto& part : {url->host, url->target}) {
    require(part.find_first_of("\r\n \\@") == part.npos || part == url->target,
            "a host is a host and no more");
    require(part.find_first_of("\r\n ") == part.npos, "nothing ends the line of a request");
  }
  if (whole(*url).size() > desk::url_bytes_max) return;
  const auto again = desk::read_url(whole(*url));
  require(
      again && again->host == url->host && again->port == url->port && again->target == url->target,
      "a URL reads back");
}

void url(BytesView in) {
  const auto text = as_text(in);
  check_url(desk::read_url(text));
  for (const auto* from : {"https://shop.example/a/b?c", "http://[2606:4700::1111]:8080/"}) {
    const auto start = desk::read_url(from);
    require(start.has_value(), "the start reads");
    check_url(desk::follow(*start, text));
  }
}

}  // namespace

void add_pages(std::map<std::string, Target>& out) {
  out["page"] = page;
  out["url"] = url;
}

}  // namespace shopbell::fuzz
