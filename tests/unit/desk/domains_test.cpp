// Domains as people type them: one spelling each, and a name for each mistake.
#include "desk/domains.h"

#include <gtest/gtest.h>

namespace shopbell::desk {
namespace {

std::string spelled(std::string_view text) { return read_domain(text).domain; }
std::string mistake(std::string_view text) { return std::string(read_domain(text).mistake); }

TEST(Domains, AreTakenInFourForms) {
  for (const auto* text :
       {"https://shop.example", "http://127.0.0.1:8080", "https://shop.example:8443",
        "shop.example:8443", "shop.example", "localhost:3000", "localhost", "*.shop.example",
        "http://[::1]:3000", "xn--bcher-kva.example"}) {
    EXPECT_EQ(spelled(text), text);
    EXPECT_EQ(mistake(text), "") << text;
  }
}

TEST(Domains, HaveOneSpelling) {
  EXPECT_EQ(spelled("  HTTPS://Shop.Example/ "), "https://shop.example");
  EXPECT_EQ(spelled("https://shop.example:443"), "https://shop.example");
  EXPECT_EQ(spelled("http://shop.example:80/"), "http://shop.example");
  EXPECT_EQ(spelled("http://shop.example:443"), "http://shop.example:443");
  EXPECT_EQ(spelled("*.Shop.Example"), "*.shop.example");
}

TEST(Domains, MistakesAreNamed) {
  EXPECT_EQ(mistake(""), "empty");
  EXPECT_EQ(mistake("  "), "empty");
  EXPECT_EQ(mistake("ftp://shop.example"), "scheme");
  EXPECT_EQ(mistake("mailto:me@shop.example"), "scheme");
  EXPECT_EQ(mistake("javascript:alert"), "scheme");
  EXPECT_EQ(mistake("https://shop.example/bags"), "path");
  EXPECT_EQ(mistake("shop.example/?a"), "path");
  EXPECT_EQ(mistake("https://me@shop.example"), "user");
  EXPECT_EQ(mistake("shop.example:0"), "port");
  EXPECT_EQ(mistake("https://shop.example:65536"), "port");
  EXPECT_EQ(mistake("https://shop.example:x"), "port");
  EXPECT_EQ(mistake("*"), "wildcard");
  EXPECT_EQ(mistake("*.com"), "wildcard");
  EXPECT_EQ(mistake("shop.*"), "wildcard");
  EXPECT_EQ(mistake("https://*.shop.example"), "wildcard");
  EXPECT_EQ(mistake("*.shop.example:8443"), "wildcard");
  EXPECT_EQ(mistake("https://"), "host");
  EXPECT_EQ(mistake("shop example"), "host");
  EXPECT_EQ(mistake("-shop.example"), "host");
  EXPECT_EQ(mistake("shop..example"), "host");
  EXPECT_EQ(mistake("b\u00fccher.example"), "host");
  EXPECT_EQ(mistake("shop.example; script-src *"), "wildcard");
  EXPECT_EQ(mistake("shop.example;"), "host");
  EXPECT_EQ(mistake(std::string(300, 'a')), "host");
}

TEST(Domains, AllowAsBrowsersDo) {
  const std::vector<std::string> list = {"https://a.example", "b.example:8443", "c.example",
                                         "*.d.example"};
  for (const auto* origin :
       {"https://a.example", "https://b.example:8443", "https://c.example", "http://c.example",
        "https://www.d.example", "https://x.y.d.example"}) {
    EXPECT_TRUE(allows(list, origin)) << origin;
  }
  for (const auto* origin :
       {"http://a.example", "https://a.example:8443", "https://b.example", "https://c.example:8443",
        "https://d.example", "https://evild.example", "https://c.example.evil", ""}) {
    EXPECT_FALSE(allows(list, origin)) << origin;
  }
  EXPECT_FALSE(allows({}, "https://a.example"));
}

TEST(Domains, OriginOfAnAddressLeavesThePathBehind) {
  EXPECT_EQ(origin_of("https://shop.example/orders/4711?name=Lin"), "https://shop.example");
  EXPECT_EQ(origin_of("https://shop.example"), "https://shop.example");
  EXPECT_EQ(origin_of("http://127.0.0.1:8080/#x"), "http://127.0.0.1:8080");
  for (const auto* text : {"", "null", "shop.example", "about:blank", "file:///tmp/a.html",
                           "https://", "https://me@shop.example/", "https://a b/"}) {
    EXPECT_FALSE(origin_of(text)) << text;
  }
}

}  // namespace
}  // namespace shopbell::desk
