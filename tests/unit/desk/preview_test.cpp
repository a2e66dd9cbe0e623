// What the desk asks for a page, what it reads in it, and who is answered.
#include "desk/preview/address.h"
#include "desk/previews.h"
#include "unit/desk/asking.h"

namespace shopbell::desk {
namespace {

bool is_public_v4(unsigned a, unsigned b, unsigned c, unsigned d) {
  const auto byte = [](unsigned value) { return static_cast<std::uint8_t>(value); };
  return is_public(AddressV4{byte(a), byte(b), byte(c), byte(d)});
}

TEST(PreviewAddress, AsksNobodyInsideOverVersionFour) {
  const unsigned inside[][4] = {
      {0, 0, 0, 0},         {0, 1, 2, 3},      {10, 0, 0, 1},      {10, 255, 255, 255},
      {100, 64, 0, 1},      {127, 0, 0, 1},    {127, 255, 0, 9},   {169, 254, 169, 254},
      {172, 16, 0, 1},      {172, 31, 255, 1}, {192, 0, 0, 170},   {192, 0, 2, 1},
      {192, 168, 1, 1},     {198, 18, 0, 1},   {198, 19, 255, 1},  {198, 51, 100, 7},
      {203, 0, 113, 7},     {224, 0, 0, 251},  {239, 255, 255, 1}, {240, 0, 0, 1},
      {255, 255, 255, 255}, {192, 88, 99, 1},  {100, 127, 255, 1}, {168, 63, 129, 16}};
  for (const auto& a : inside) {
    EXPECT_FALSE(is_public_v4(a[0], a[1], a[2], a[3])) << a[0] << "." << a[1] << "." << a[2];
  }
  const unsigned outside[][4] = {{1, 1, 1, 1},    {8, 8, 8, 8},      {9, 255, 255, 255},
                                 {11, 0, 0, 0},   {100, 63, 255, 1}, {100, 128, 0, 1},
                                 {172, 15, 0, 1}, {172, 32, 0, 1},   {192, 167, 1, 1},
                                 {198, 17, 0, 1}, {198, 20, 0, 1},   {223, 255, 255, 1}};
  for (const auto& a : outside) {
    EXPECT_TRUE(is_public_v4(a[0], a[1], a[2], a[3])) << a[0] << "." << a[1] << "." << a[2];
  }
}

// Eight groups of an address of version 6.
AddressV6 six(const std::array<unsigned, 8>& groups) {
  AddressV6 out{};
  for (std::size_t i = 0; i < 8; ++i) {
    out[2 * i] = static_cast<std::uint8_t>(groups[i] >> 8);
    out[2 * i + 1] = static_cast<std::uint8_t>(groups[i]);
  }
  return out;
}

TEST(PreviewAddress, AsksNobodyInsideOverVersionSixNorByWayOfIt) {
  const std::array<unsigned, 8> inside[] = {
      {0, 0, 0, 0, 0, 0, 0, 0},                    // any
      {0, 0, 0, 0, 0, 0, 0, 1},                    // loopback
      {0, 0, 0, 0, 0, 0xffff, 0x7f00, 1},          // 127.0.0.1
      {0, 0, 0, 0, 0, 0xffff, 0xa9fe, 0xa9fe},     // 169.254.169.254
      {0, 0, 0, 0, 0, 0, 0x0808, 0x0808},          // the former form of a mapped one
      {0x64, 0xff9b, 0, 0, 0, 0, 0x0a00, 1},       // 10.0.0.1 by NAT64
      {0x64, 0xff9b, 1, 0, 0, 0, 0x0808, 0x0808},  // a network's own NAT64
      {0x2002, 0xc0a8, 0x0101, 0, 0, 0, 0, 1},     // 192.168.1.1 by 6to4
      {0x2001, 0, 0x4136, 0xe378, 0, 0, 0, 1},     // Teredo
      {0x2001, 0xdb8, 0, 0, 0, 0, 0, 1},           // documentation
      {0xfc00, 0, 0, 0, 0, 0, 0, 1},               // unique local
      {0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254},       // where clouds keep secrets
      {0xfe80, 0, 0, 0, 0, 0, 0, 1},               // link-local
      {0xfec0, 0, 0, 0, 0, 0, 0, 1},               // site-local
      {0xff02, 0, 0, 0, 0, 0, 0, 0xfb},            // multicast
      {0x100, 0, 0, 0, 0, 0, 0, 1}};               // discard
  for (const auto& groups : inside) EXPECT_FALSE(is_public(six(groups))) << groups[0];
  const std::array<unsigned, 8> outside[] = {{0x2606, 0x4700, 0, 0, 0, 0, 0, 0x1111},
                                             {0x2a00, 0x1450, 0, 0, 0, 0, 0, 1},
                                             {0, 0, 0, 0, 0, 0xffff, 0x0808, 0x0808},
                                             {0x64, 0xff9b, 0, 0, 0, 0, 0x0808, 0x0808},
                                             {0x2001, 0x200, 0, 0, 0, 0, 0, 1}};
  for (const auto& groups : outside) EXPECT_TRUE(is_public(six(groups))) << groups[0];
}

TEST(PreviewUrl, IsReadInOneWayOnly) {
  const auto url = read_url("HTTPS://Shop.Example./a/b?c=d#e");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->tls);
  EXPECT_EQ(url->host, "shop.example");
  EXPECT_EQ(url->port, 443);
  EXPECT_EQ(url->target, "/a/b?c=d");
  EXPECT_EQ(url->authority(), "shop.example");
  EXPECT_EQ(read_url("http://shop.example?x")->target, "/?x");
  EXPECT_EQ(read_url("http://[2606:4700::1111]:8080/")->authority(), "[2606:4700::1111]:8080");
  EXPECT_EQ(read_url("http://93.184.216.34/")->host, "93.184.216.34");
  for (const auto* bad : {"",
                          "shop.example",
                          "ftp://shop.example/",
                          "file:///etc/passwd",
                          "http://",
                          "http:///x",
                          "http://localhost/",
                          "http://localhost./",
                          "http://intranet/",
                          "http://a.localhost/",
                          "http://printer.local/",
                          "http://metadata.google.internal/",
                          "http://x.home.arpa/",
                          "http://2130706433/",
                          "http://0x7f000001/",
                          "http://0x7f.0.0.1/",
                          "http://0177.0.0.1/",
                          "http://127.1/",
                          "http://127.0.0.1.1/",
                          "http://1.2.3.256/",
                          "http://01.2.3.4/",
                          "http://1.2.3.4.5.6/",
                          "http://a..b.example/",
                          "http://.example.com/",
                          "http://user@shop.example/",
                          "http://shop.example@10.0.0.1/",
                          "http://shop.example:0/",
                          "http://shop.example:65536/",
                          "http://shop.example:80a/",
                          "http://shop.example:/",
                          "http://shop_.example/",
                          "http://\xe5\x95\x86.example/",
                          "http://shop.example/a b",
                          "http://shop.example/\r\nX: y",
                          "http://shop.example\\@evil.example/",
                          "http://[::1/",
                          "http://[shop.example]/",
                          "http://[fe80::1%25eth0]/",
                          "javascript:alert(1)"}) {
    EXPECT_FALSE(read_url(bad)) << bad;
  }
}

TEST(PreviewUrl, OfAnotherPageIsReadFromWhereThisOneStands) {
  const auto from = *read_url("https://shop.example/a/b?c");
  EXPECT_EQ(follow(from, "/x")->target, "/x");
  EXPECT_EQ(follow(from, "x")->target, "/a/x");
  EXPECT_EQ(follow(from, "?y")->target, "/a/b?y");
  EXPECT_EQ(follow(from, "//other.example/z")->host, "other.example");
  EXPECT_TRUE(follow(from, "//other.example/z")->tls);
  EXPECT_EQ(follow(from, "https://other.example/z#f")->target, "/z");
  EXPECT_FALSE(follow(from, "http://shop.example/")) << "it leads out of TLS";
  EXPECT_FALSE(follow(from, ""));
  EXPECT_FALSE(follow(from, "http://127.1/"));
  EXPECT_FALSE(follow(from, "gopher://shop.example/"));
  EXPECT_TRUE(follow(*read_url("http://shop.example/"), "https://shop.example/"));
}

TEST(PreviewPage, SaysWhatItsHeadSays) {
  const auto page = read_page(
      "<!doctype html><html><!-- <title>no</title> --><head>"
      "<script>document.write('<title>no</title>')</script>"
      "<TITLE>\n  A &amp; B&#8217;s &lt;bag&gt; </TITLE>"
      "<meta name=description content='Vegetable tanned &quot;leather&quot;.'>"
      "<meta property=\"og:site_name\" content=Camellia></head>"
      "<body><title>late</title></body>",
      "");
  EXPECT_EQ(page.title, "A & B\xe2\x80\x99s <bag>");
  EXPECT_EQ(page.description, "Vegetable tanned \"leather\".");
  EXPECT_EQ(page.site, "Camellia");
  EXPECT_EQ(read_page("<meta property=og:title content=Card><title>Page</title>", "").title,
            "Card");
  EXPECT_TRUE(read_page("<p>words</p>", "").empty());
  EXPECT_TRUE(read_page("", "").empty());
}

TEST(PreviewPage, HoldsNoCharacterThatMisleads) {
  EXPECT_EQ(read_page("<title>a\xe2\x80\xae"
                      "b\xe2\x80\x8b\x01 \xff c&#x202e;&#0;</title>",
                      "")
                .title,
            "ab \xef\xbf\xbd c\xef\xbf\xbd");
  std::string longer = "<title>";
  for (int i = 0; i < 500; ++i) longer += "\xe5\x8c\x85";
  const auto title = read_page(longer + "</title>", "").title;
  EXPECT_LE(title.size(), title_bytes_max);
  EXPECT_EQ(title.size() % 3, 0u) << "a character was cut in two";
}

TEST(PreviewPage, IsReadInTheWritingThatItNames) {
  const std::string bag = "\xc6\xa4\xb0\xfc";  // in GB 2312
  const std::string expected = "\xe7\x9a\xae\xe5\x8c\x85";
  EXPECT_EQ(read_page("<title>" + bag + "</title>", "gbk").title, expected);
  EXPECT_EQ(read_page("<meta charset=gb2312><title>" + bag + "</title>", "").title, expected);
  EXPECT_EQ(read_page("<meta http-equiv=Content-Type content='text/html; charset=GBK'><title>" +
                          bag + "</title>",
                      "")
                .title,
            expected);
  EXPECT_EQ(read_page("<title>" + expected + "</title>", "no-such-thing").title, expected);
  std::string charset;
  EXPECT_TRUE(is_page("Text/HTML; Charset=\"GBK\"", charset));
  EXPECT_EQ(charset, "gbk");
  for (const auto* other : {"", "image/png", "text/plain", "application/json", "text/htmlx"}) {
    EXPECT_FALSE(is_page(other, charset)) << other;
  }
}

class PreviewsTest : public testing::Test {
 protected:
  Answered get(std::string_view url, std::uint64_t role = agent) {
    wire::PreviewRequest request;
    request.url = url;
    return ask(previews_, port_, "preview.get", role, codec::encode(request));
  }
  // Without an answer yet.
  void begin(std::string_view url) {
    wire::PreviewRequest body;
    body.url = url;
    const auto bytes = codec::encode(body);
    wire::RequestEvent request;
    request.from = device_number(5);
    request.id = 7;
    request.method = "preview.get";
    request.body = bytes;
    request.role = agent;
    tell(previews_, wire::EventKind::request_event, request);
  }
  Answered turn(bool on, std::uint64_t role = admin) {
    wire::AdminPreviews request;
    request.on = on;
    return ask(previews_, port_, "admin.previews.set", role, codec::encode(request));
  }

  FakePort port_;
  ShopWords words_;
  std::unique_ptr<SettingsBook> book_ = make_memory_settings();
  std::vector<std::pair<Url, std::function<void(Page)>>> fetched_;
  Previews previews_{port_, words_, ShopWords{}, *book_, [this](const Url& url, auto done) {
                       fetched_.emplace_back(url, std::move(done));
                     }};
};

TEST_F(PreviewsTest, AreOffUntilAnAdminTurnsThemOn) {
  EXPECT_EQ(get("https://shop.example/").code, Errc::preview_off);
  EXPECT_EQ(turn(true, agent).code, Errc::role_refused);
  EXPECT_EQ(turn(true).code, Errc::none);
  EXPECT_TRUE(effective_words(ShopWords{}, *book_).words.link_previews);
  EXPECT_EQ(turn(false).code, Errc::none);
  EXPECT_FALSE(effective_words(ShopWords{}, *book_).words.link_previews);
  EXPECT_EQ(get("https://shop.example/").code, Errc::preview_off);
  EXPECT_TRUE(fetched_.empty());
}

TEST_F(PreviewsTest, AreForTheShopsOwnAndSayWhatThePageSays) {
  turn(true);
  EXPECT_EQ(get("https://shop.example/", stranger).code, Errc::not_certified);
  EXPECT_EQ(get("http://127.0.0.1:8080/").code, Errc::preview_none);
  EXPECT_EQ(get("not an address").code, Errc::preview_none);
  begin("https://shop.example/bag");
  begin("https://shop.example/bag");
  ASSERT_EQ(fetched_.size(), 1u) << "one page, two who wait";
  fetched_[0].second({"Bag", "Leather", "Camellia"});
  const auto answers = port_.take(wire::CommandKind::respond);
  ASSERT_EQ(answers.size(), 2u);
  const auto answer = codec::decode<wire::Respond>(answers[0]);
  const auto preview = codec::decode<wire::LinkPreview>(answer->body);
  EXPECT_EQ(preview->url, "https://shop.example/bag");
  EXPECT_EQ(preview->title, "Bag");
  EXPECT_EQ(preview->description, "Leather");
  EXPECT_EQ(preview->site, "Camellia");
  EXPECT_EQ(get("https://shop.example/bag").code, Errc::none) << "it is known for a while";
  EXPECT_EQ(fetched_.size(), 1u);
  port_.now += 10 * 60 * 1000;
  begin("https://shop.example/bag");
  ASSERT_EQ(fetched_.size(), 2u);
  fetched_[1].second({});
  const auto none = codec::decode<wire::Respond>(port_.take(wire::CommandKind::respond).at(0));
  EXPECT_EQ(static_cast<Errc>(none->code), Errc::preview_none);
}

TEST_F(PreviewsTest, ADeviceAsksForSoManyAMinute) {
  turn(true);
  for (int i = 0; i < 20; ++i) {
    begin("https://shop.example/" + std::to_string(i));
    fetched_.back().second({"Page", "", ""});
    port_.take(wire::CommandKind::respond);
  }
  EXPECT_EQ(get("https://shop.example/more").code, Errc::quota);
  port_.now += 60'000;
  begin("https://shop.example/more");
  EXPECT_EQ(fetched_.size(), 21u);
}

TEST(Previews, APageThatComesTooLateFindsNobody) {
  FakePort port;
  ShopWords words;
  words.link_previews = true;
  const auto book = make_memory_settings();
  std::function<void(Page)> late;
  {
    Previews gone(port, words, words, *book, [&](const Url&, auto done) { late = done; });
    wire::PreviewRequest body;
    body.url = "https://shop.example/";
    const auto bytes = codec::encode(body);
    wire::RequestEvent request;
    request.method = "preview.get";
    request.body = bytes;
    request.role = agent;
    tell(gone, wire::EventKind::request_event, request);
  }
  late({"Page", "", ""});
  EXPECT_TRUE(port.commands.empty());
}

}  // namespace
}  // namespace shopbell::desk
