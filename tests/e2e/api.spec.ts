// What a shop's own scripts may ask of the widget.
import { expect, test } from "./fixtures.ts";
import { LoaderPage, type Loaded } from "./loader_page.ts";

test("init takes the settings from an object, before or after the script", async ({
  server,
  page,
}) => {
  const own = await LoaderPage.of(page, server.addresses.shops);
  const { src, shop } = own.tag;
  await own.show(`<script>
    window.Shopbell = function () { (Shopbell.q = Shopbell.q || []).push(arguments) };
    Shopbell("init", { shop: "${shop}", accent: "#ffd400", position: "left" });
    Shopbell("open");
  </script><script async src="${src}"></script>`);
  await own.shop.composer.waitFor();
  const bubble = await own.shop.bubble.boundingBox();
  expect(bubble?.x).toBe(20);

  await page.evaluate(() => localStorage.clear());
  await own.show(`<script>window.Shopbell = function () {}</script>${own.script("", "")}`, {
    path: "/later",
  });
  await expect(own.shop.bubble).toHaveCount(0);
  expect(own.said).toEqual([]);
  await own.call("init", { shop });
  await own.shop.ring();
});

test("open settles when it can be written in, close and toggle when they are done", async ({
  server,
  page,
}) => {
  const own = await LoaderPage.of(page, server.addresses.shops);
  await own.show(own.script());
  await own.hear("ready", "open", "close");
  await own.call("open");
  await own.shop.composer.fill("a word", { timeout: 1000 });
  expect(await own.heard()).toEqual(["open", "ready"]);
  await own.call("toggle");
  await own.expectOpen(false);
  await own.call("toggle");
  await own.expectOpen(true);
  await own.call("close");
  await own.expectOpen(false);
  expect(await own.heard()).toEqual(["open", "ready", "close", "open", "close"]);
});

test("hide takes the bubble and the panel away, show brings the bubble", async ({
  server,
  page,
}) => {
  const own = await LoaderPage.of(page, server.addresses.shops);
  await own.show(own.script());
  await own.call("hide");
  await expect(own.shop.bubble).toBeHidden();
  await own.call("open");
  await own.expectOpen(true);
  await own.call("hide");
  await own.expectOpen(false);
  await own.call("show");
  await expect(own.shop.bubble).toBeVisible();
});

test("an answer is counted on the bubble, in the title and by unread", async ({ server, page }) => {
  const own = await LoaderPage.of(page, server.addresses.shops);
  await own.show(own.script());
  expect(await own.call("unread")).toBe(0);
  await own.call("open");
  await own.call("close");
  await own.hear("unread", "message");
  await own.frameSays({ type: "message", direction: "in", text: "not for the page" });
  await own.frameSays({ type: "unread", count: 120 });
  await expect(own.shop.unread).toHaveText("99+");
  await expect(own.shop.bubble).toHaveAccessibleName("Message us, 99+ unread");
  expect(await page.title()).toContain("(99+)");
  expect(await own.call("unread")).toBe(120);
  await page.evaluate(() => (document.title = "(2) of us"));
  await own.frameSays({ type: "unread", count: 3 });
  expect(await page.title()).toBe("(3) \u200b(2) of us");
  await own.frameSays({ type: "unread", count: 0 });
  expect(await page.title()).toBe("(2) of us");
  await expect(own.shop.unread).toBeHidden();
  expect(await own.heard()).toEqual([
    ["message", "in"],
    ["unread", 120],
    ["unread", 3],
    ["unread", 0],
  ]);
});

test("off ends what on began, one listener or all of an event", async ({ server, page }) => {
  const own = await LoaderPage.of(page, server.addresses.shops);
  await own.show(own.script());
  await page.evaluate(async () => {
    const win = window as unknown as Loaded;
    win.heard = [];
    const first = () => win.heard.push("first");
    await win.Shopbell("on", "open", first);
    await win.Shopbell("on", "open", () => win.heard.push("second"));
    await win.Shopbell("off", "open", first);
    await win.Shopbell("open");
    await win.Shopbell("off", "open");
    await win.Shopbell("close");
    await win.Shopbell("open");
  });
  expect(await own.heard()).toEqual(["second"]);
});

test("words for the composer wait until there is one", async ({ server, page }) => {
  const own = await LoaderPage.of(page, server.addresses.shops);
  await own.show(own.script());
  await own.call("prefill", "Is the tote in stock?");
  await own.call("open");
  await expect(own.shop.composer).toHaveValue("Is the tote in stock?");
});

test("what the page says of itself is plain data, the newest of each kind", async ({
  server,
  page,
}) => {
  const own = await LoaderPage.of(page, server.addresses.shops);
  await own.show(own.script());
  await page.evaluate(async () => {
    const { Shopbell } = window as unknown as Loaded;
    await Shopbell("setContext", { product: { name: "Tote" } });
    // A framework's proxy cannot be posted as it is.
    const product = new Proxy({ name: "Bell", price: 3 }, {});
    await Shopbell("setContext", { product, buy: () => 1 });
  });
  // A frame that repeats what it is told.
  await page.route(/frame\.html/, (route) =>
    route.fulfill({
      contentType: "text/html",
      body: `<script>
        const say = (word) => parent.postMessage({ shopbell: 1, ...word }, "*");
        addEventListener("message", ({ data }) => {
          document.body.append(JSON.stringify(data) + ";");
        });
        say({ type: "ready" });
      </script><body>`,
    }),
  );
  await own.call("open");
  await own.call("setContext", { cart: { items: [{ name: "Tote", quantity: 2 }] } });
  await expect(own.shop.frame.locator("body")).toContainText("Tote");
  const said = (await own.shop.frame.locator("body").innerText()).split(";").filter(Boolean);
  const words = said.map((word) => JSON.parse(word) as { type: string; context?: object });
  expect(words.map(({ type }) => type)).toEqual(["context", "open", "context"]);
  expect(words[0]?.context).toEqual({ product: { name: "Bell", price: 3 } });
});

test("language and look change while it is open", async ({ server, page }) => {
  const own = await LoaderPage.of(page, server.addresses.shops);
  await own.show(own.script());
  await own.call("setLocale", "ar");
  await expect(own.shop.bubble).toHaveAccessibleName("راسلنا");
  await own.call("open");
  await expect(own.shop.frame.locator("html")).toHaveAttribute("lang", "ar");
  await own.call("setLocale", "zh-CN");
  await expect(own.shop.bubble).toHaveAccessibleName("消息");
  await expect(own.shop.frame.locator("html")).toHaveAttribute("lang", "zh-CN");
  await own.call("setTheme", "dark", "#ffd400");
  await expect(own.shop.bubble).toHaveCSS("background-color", "rgb(255, 212, 0)");
  await expect(own.shop.bubble).toHaveCSS("color", "rgb(0, 0, 0)");
});

test("an unknown method is answered with the known ones, in one line", async ({
  server,
  page,
}) => {
  const own = await LoaderPage.of(page, server.addresses.shops);
  await own.show(own.script());
  expect(await own.refusal("teleport")).toBe("method");
  expect(own.said).toHaveLength(1);
  expect(own.said[0]).toMatch(/teleport.*init open close .*destroy deviceId identify logout/);
});

test("before init it says so", async ({ server, page }) => {
  const own = await LoaderPage.of(page, server.addresses.shops);
  await own.show(`<script>window.Shopbell = function () {}</script>${own.script("", "")}`);
  expect(await own.refusal("setContext", {})).toBe("init");
  expect(own.said).toHaveLength(1);
  expect(await own.refusal("init", { shop: "mine" })).toBe("shop");
});

test("shutdown ends the conversation on this page and forgets that there was one", async ({
  server,
  page,
}) => {
  const own = await LoaderPage.of(page, server.addresses.shops);
  await own.show(own.script());
  await own.call("open");
  expect(await own.flag()).toBe("open");
  await own.call("shutdown");
  await own.expectOpen(false);
  expect(await own.flag()).toBe(null);
  await expect(page.getByTestId("frame")).toHaveCount(0);
  await own.shop.ring();
});

test("destroy leaves nothing, and init begins anew", async ({ server, page }) => {
  const own = await LoaderPage.of(page, server.addresses.shops);
  await page.addInitScript(() => {
    const win = window as unknown as { held: Set<string> };
    win.held = new Set();
    const { addEventListener } = EventTarget.prototype;
    EventTarget.prototype.addEventListener = function (type, listener, options) {
      const signal = typeof options === "object" ? options.signal : undefined;
      const ours = /shopbell\.js|panel\.js/.test(new Error().stack ?? "");
      if (ours && (this === window || this === document || this === visualViewport)) {
        win.held.add(type);
        signal?.addEventListener("abort", () => win.held.delete(type));
      }
      return addEventListener.call(this, type, listener, options);
    };
  });
  await own.show(own.script());
  const before = await page.evaluate(() => document.documentElement.outerHTML);
  await own.call("open");
  await own.frameSays({ type: "unread", count: 2 });
  const holding = () =>
    page.evaluate(() => [...(window as unknown as { held: Set<string> }).held]);
  expect(await holding()).toContain("message");
  await own.call("destroy");
  expect(await holding()).toEqual([]);
  expect(await page.title()).toBe("Bags");
  await expect(page.locator("#shopbell")).toHaveCount(0);
  expect(await page.evaluate(() => document.documentElement.outerHTML)).toBe(
    before.replace('<div id="shopbell"></div>', ""),
  );
  expect(await page.evaluate(() => document.adoptedStyleSheets.length)).toBe(0);
  expect(await own.refusal("open")).toBe("init");
  // The conversation is open in this shop still.
  await own.call("init");
  await own.shop.composer.waitFor();
});
