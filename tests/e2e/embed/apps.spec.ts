// Shops that are apps: the widget comes by a package, by a tag manager, and outlives navigations
// that replace all that is around it.
import type { Page } from "@playwright/test";
import { person } from "../fixtures.ts";
import { ConsolePage } from "../pages/console_page.ts";
import { ShopPage } from "../pages/shop_page.ts";
import { bundle } from "./bundle.ts";
import { converse, expect, test } from "./fixtures.ts";
import { GOODS, type EmbedShop } from "./shop.ts";
import { Watch, layout, listeners } from "./watch.ts";

type Loaded = Window & { Shopbell(...call: unknown[]): unknown };

const SCRIPT = { "content-type": "text/javascript; charset=utf-8" };

const settingsOf = (shop: EmbedShop, more: object = {}): string =>
  JSON.stringify({ src: shop.src, shop: shop.id, ...more });

/** Puts the same page under every path of an app, as a shop's server does for an app. */
async function addApp(shop: EmbedShop, name: string, paths: string[], head = ""): Promise<string> {
  shop.site.add(`/${name}.js`, await bundle(`${name}_shop`), SCRIPT);
  const settings = `<script type="application/json" id="settings">${settingsOf(shop)}</script>`;
  const body = `<div id="app"></div><script type="module" src="/${name}.js"></script>`;
  const added = paths.map((path) =>
    shop.page(`/${name}/${path}`, { head: head + settings, body }),
  );
  return added[0] ?? "";
}

const link = (page: Page, path: string) => page.locator(`a[href$="${path}"]`);

test("a React component in StrictMode gives one widget, and takes it away", async ({
  shop,
  page,
}) => {
  const address = await addApp(shop, "react", ["about", "tote", "backpack"]);
  const watch = await Watch.on(page);
  await page.goto(address);
  await expect(page.getByRole("heading")).toHaveText("About us");
  const before = { layout: await layout(page), listeners: await listeners(page) };

  await link(page, "/tote").click();
  const visitor = new ShopPage(page);
  await visitor.bubble.waitFor();
  await expect(visitor.bubble).toHaveCount(1);
  await page.getByRole("button", { name: "Ask about the Camellia tote" }).click();
  await visitor.composer.waitFor();
  await converse(visitor);
  await link(page, "/backpack").click();
  await expect(page.getByRole("heading")).toHaveText("Creek backpack");
  await expect(visitor.message("Is the tote lined?")).toBeVisible();
  await expect(page.getByTestId("frame")).toHaveCount(1);

  await link(page, "/about").click();
  await expect(page.locator("#shopbell")).toHaveCount(0);
  await expect.poll(() => page.frames().length).toBe(1);
  const after = { layout: await layout(page), listeners: await listeners(page) };
  expect(after).toEqual(before);

  // It was open when it was taken away, and so it is again.
  await link(page, "/tote").click();
  await visitor.composer.waitFor();
  await expect(visitor.message("Is the tote lined?")).toHaveCount(1);
  expect(await watch.complaints()).toEqual([]);
});

test("a Vue shop's navigation keeps the conversation and tells the agent the product", async ({
  shop,
  page,
  browser,
}) => {
  const address = await addApp(shop, "vue", ["goods/tote", "goods/backpack"], shop.tag());
  const watch = await Watch.on(page);
  await page.goto(address);
  const visitor = new ShopPage(page);
  await visitor.ring();
  await converse(visitor, "Is this lined?");
  await visitor.composer.fill("And this");
  await link(page, "/backpack").click();
  await expect(page.getByRole("heading")).toHaveText("backpack");
  await expect(visitor.composer).toHaveValue("And this");
  await visitor.composer.press("Enter");
  await expect(visitor.message("And this")).toHaveAttribute("data-state", "delivered");

  const agent = await ConsolePage.join(await person(browser, "en"), await shop.invite(), "Lin");
  await agent.rows.filter({ hasText: "And this" }).click();
  await agent.page.getByTestId("customer-toggle").click();
  await expect(agent.page.getByTestId("customer-product")).toContainText("backpack");
  await agent.page.context().close();
  await expect(page.locator("#shopbell")).toHaveCount(1);
  expect(await watch.complaints()).toEqual([]);
});

/** What a tag manager runs: the first puts the script in, the second knows the shop's settings. */
const managed: Record<string, (shop: EmbedShop) => string> = {
  "settings after the script": (shop) => `<script>
    const tag = Object.assign(document.createElement("script"), { src: "${shop.src}" });
    tag.addEventListener("load", () => Shopbell("init", ${settingsOf(shop)}));
    document.head.append(tag);</script>`,
  "settings before the script": (shop) => `<script>
    window.Shopbell = window.Shopbell || function () {
      (Shopbell.q = Shopbell.q || []).push(arguments) };
    Shopbell("init", ${settingsOf(shop)});
    document.head.append(Object.assign(document.createElement("script"),
      { src: "${shop.src}" }));</script>`,
  "the script's own text run by another": (shop) => `<script>
    window.Shopbell = window.Shopbell || function () {
      (Shopbell.q = Shopbell.q || []).push(arguments) };
    Shopbell("init", ${settingsOf(shop)});
    fetch("${shop.src}").then((got) => got.text()).then((text) => (0, eval)(text));</script>`,
};

for (const [name, head] of Object.entries(managed)) {
  test(`a tag manager puts it in: ${name}`, async ({ shop, page }) => {
    const watch = await Watch.on(page);
    await page.goto(shop.page("/managed", { head: head(shop) }));
    const visitor = new ShopPage(page);
    await visitor.ring();
    await converse(visitor);
    await expect(page.locator("#shopbell")).toHaveCount(1);
    expect(await watch.complaints()).toEqual([]);
  });
}

/** As Turbo visits a link: the next page's body takes the place of this one's, its scripts run. */
const turbo = `<script>
  addEventListener("click", async (event) => {
    const link = event.target.closest("a.visit");
    if (!link) return;
    event.preventDefault();
    const html = await (await fetch(link.href)).text();
    const next = new DOMParser().parseFromString(html, "text/html");
    history.pushState(null, "", link.href);
    for (const old of next.body.querySelectorAll("script")) {
      const fresh = document.createElement("script");
      for (const { name, value } of old.attributes) fresh.setAttribute(name, value);
      fresh.textContent = old.textContent;
      old.replaceWith(fresh);
    }
    document.documentElement.replaceChild(document.adoptNode(next.body), document.body);
    document.title = next.title;
  });
</script>`;

for (const where of ["head", "body"] as const) {
  test(`Turbo replaces the body, tag in the ${where}: it stays open`, async ({ shop, page }) => {
    const tags = { head: "", body: "", [where]: shop.tag() };
    const other = { tote: "backpack", backpack: "tote" };
    for (const [name, next] of Object.entries(other)) {
      const body = `<h1>${name}</h1><a class="visit" href="/turbo/${next}">${next}</a>${GOODS}`;
      shop.page(`/turbo/${name}`, { head: turbo + tags.head, body: body + tags.body });
    }
    const watch = await Watch.on(page);
    await page.goto(new URL("/turbo/tote", shop.site.origin).href);
    const visitor = new ShopPage(page);
    await visitor.ring();
    await converse(visitor);
    await visitor.composer.fill("a draft");
    for (const name of ["backpack", "tote"]) {
      await link(page, `/turbo/${name}`).click();
      await expect(page.getByRole("heading", { level: 1 }).first()).toHaveText(name);
      await expect(visitor.composer).toHaveValue("a draft");
      await expect(page.locator("#shopbell")).toHaveCount(1);
      await expect(page.getByTestId("frame")).toBeVisible();
    }
    expect(await watch.complaints()).toEqual([]);
  });
}

test("destroy leaves nothing on a page where it was open", async ({ shop, page }) => {
  await page.goto(shop.page("/destroy-bare", {}));
  const before = { layout: await layout(page), listeners: await listeners(page) };
  await page.goto(shop.page("/destroy", { head: shop.tag() }));
  const visitor = new ShopPage(page);
  await visitor.ring();
  await converse(visitor);
  await page.evaluate(() => (window as unknown as Loaded).Shopbell("destroy"));
  await expect(page.locator("#shopbell")).toHaveCount(0);
  await expect.poll(() => page.frames().length).toBe(1);
  expect({ layout: await layout(page), listeners: await listeners(page) }).toEqual(before);
});
