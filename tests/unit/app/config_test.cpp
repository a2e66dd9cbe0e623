// shopbell.toml: every mistake is named with its line, and what init writes reads back.
#include "app/config.h"

#include <gtest/gtest.h>

#include "app/refusal.h"

namespace shopbell::app {
namespace {

std::string refusal_of(const std::string& text) {
  try {
    (void)parse_config(text, "shopbell.toml");
  } catch (const Refusal& refusal) {
    return refusal.what();
  }
  return "taken";
}

TEST(Config, WhatInitWritesReadsBack) {
  Config config;
  config.shop.name = "Quote \" and \\ backslash";
  config.shop.accent = "#123abc";
  config.shop.greeting_en = "Hello";
  config.shop.domains = {"https://shop.example", "http://127.0.0.1:8080", "*.shop.example"};
  config.shop.position = "left";
  config.serve.host = "0.0.0.0";
  config.serve.port = 4711;
  config.serve.public_url = "https://chat.shop.example";
  config.serve.relay_url = "wss://relay.example:8443/ws";
  config.serve.insecure_http = true;
  config.relay.hosts = {"relay.example:8443"};
  config.blobs.file_mib_max = 20;
  const auto text = config_text(config);
  const auto back = parse_config(text, "shopbell.toml");
  EXPECT_EQ(config_text(back), text);
  EXPECT_EQ(back.shop.name, config.shop.name);
  EXPECT_EQ(back.shop.domains, config.shop.domains);
  EXPECT_EQ(back.serve.port, config.serve.port);
  EXPECT_TRUE(back.serve.insecure_http);
  EXPECT_EQ(back.relay.hosts, config.relay.hosts);
  EXPECT_EQ(back.blobs.file_mib_max, 20u);
}

TEST(Config, EveryKeyIsDocumented) {
  const auto text = config_text(Config{});
  std::size_t keys = 0;
  std::string before;
  for (std::size_t at = 0; at < text.size();) {
    const auto line = text.substr(at, text.find('\n', at) - at);
    at += line.size() + 1;
    if (line.find(" = ") != std::string::npos && line[0] != '#') {
      ++keys;
      EXPECT_TRUE(before.starts_with("# ")) << line;
    }
    before = line;
  }
  EXPECT_EQ(keys, 28u);
}

TEST(Config, UnknownKeysAreNamedWithTheirLine) {
  EXPECT_EQ(refusal_of("[serve]\nport = 1\nprot = 2\n"),
            "shopbell.toml:3: unknown key \"prot\" in [serve]; known: host, port, public_url, "
            "relay_url, relay_key, dial_url, insecure_http");
  EXPECT_EQ(refusal_of("\n[server]\nport = 1\n"),
            "shopbell.toml:2: unknown section or key \"server\"; known: [shop], [serve], [relay], "
            "[blobs], [identity]");
  EXPECT_TRUE(refusal_of("port = 1\n").starts_with("shopbell.toml:1: unknown section or key"));
}

TEST(Config, WrongValuesAreNamedWithTheirLine) {
  EXPECT_EQ(refusal_of("[serve]\n\nport = 70000\n"),
            "shopbell.toml:3: port in [serve] must be a number from 0 to 65535");
  EXPECT_EQ(refusal_of("[serve]\nport = \"80\"\n"),
            "shopbell.toml:2: port in [serve] must be a number from 0 to 65535");
  EXPECT_EQ(refusal_of("[shop]\naccent = \"red\"\n"),
            "shopbell.toml:2: accent in [shop] must be a color like \"#0f766e\"");
  EXPECT_EQ(refusal_of("[serve]\ninsecure_http = 1\n"),
            "shopbell.toml:2: insecure_http in [serve] must be true or false");
  EXPECT_EQ(refusal_of("[relay]\nroots = [\"short\"]\n"),
            "shopbell.toml:2: roots in [relay] must be shop ids as `keys show` prints them");
  EXPECT_TRUE(refusal_of("[shop]\nname = \n").starts_with("shopbell.toml:2: "));
}

TEST(Config, OriginsCanNotCarryAnythingElse) {
  for (const auto* good : {"https://shop.example", "http://127.0.0.1:8080", "https://[::1]:1"}) {
    EXPECT_TRUE(is_origin(good)) << good;
  }
  for (const auto* bad : {"shop.example", "https://", "https://shop.example/", "ftp://shop.example",
                          "https://shop.example; script-src *", "https://Shop.example",
                          "https://shop.example 'self'", "https://*", "https://a\r\nb"}) {
    EXPECT_FALSE(is_origin(bad)) << bad;
  }
}

TEST(Config, DomainsAreTakenAsAdminsWriteThem) {
  const auto domains_of = [](const std::string& list) {
    return refusal_of("[shop]\ndomains = [" + list + "]\n");
  };
  EXPECT_EQ(domains_of("\"https://shop.example\", \"shop.example:8443\", \"*.shop.example\""),
            "taken");
  for (const auto* bad : {"\"https://shop.example/\"", "\"Shop.example\"", "\"*\"", "\"\""}) {
    EXPECT_TRUE(domains_of(bad).starts_with("shopbell.toml:2: domains in [shop] must be")) << bad;
  }
}

TEST(Config, AddressesFollowFromOneAnother) {
  Config config;
  EXPECT_EQ(config.public_url(), "http://127.0.0.1:8080");
  EXPECT_EQ(config.relay_url(), "ws://127.0.0.1:8080/ws");
  config.serve.host = "::1";
  EXPECT_EQ(config.public_url(), "http://[::1]:8080");
  config.serve.public_url = "https://chat.shop.example";
  EXPECT_EQ(config.relay_url(), "wss://chat.shop.example/ws");
}

TEST(Config, ARelayAloneHasNoShop) {
  Config config;
  config.relay.hosts = {"relay.example"};
  const auto text = config_text(config, Parts::relay);
  EXPECT_EQ(text.find("[shop]"), std::string::npos);
  EXPECT_EQ(parse_config(text, "shopbell.toml").relay.hosts, config.relay.hosts);
}

}  // namespace
}  // namespace shopbell::app
