// Leaving a shop page and coming back to it, where the browser keeps the page as it was.
// Playwright switches the back/forward cache off, so that these need a browser of their own.
import { chromium, type Browser, type Page } from "@playwright/test";
import { ShopPage } from "../pages/shop_page.ts";
import { converse, expect, test } from "./fixtures.ts";
import type { EmbedShop } from "./shop.ts";

let browser: Browser;

test.beforeAll(async () => {
  const { executablePath, args } = test.info().project.use.launchOptions ?? {};
  browser = await chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args: args ?? [],
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  });
});

test.afterAll(() => browser.close());

type Back = Window & { cameFromCache?: boolean };

const note = `<script>addEventListener("pageshow", (event) => {
  window.cameFromCache = event.persisted;
});</script>`;

async function shopPage(shop: EmbedShop): Promise<Page> {
  const page = await (await browser.newContext({ locale: "en" })).newPage();
  await page.goto(shop.page("/kept", { head: note + shop.tag() }));
  await page.getByTestId("bubble").waitFor();
  return page;
}

const cameFromCache = (page: Page) => page.evaluate(() => (window as Back).cameFromCache);

test("a page with the closed bell comes out of the back/forward cache, and rings", async ({
  shop,
}) => {
  const page = await shopPage(shop);
  await page.goto(shop.page("/elsewhere", {}));
  await page.goBack({ waitUntil: "commit" });
  expect(await cameFromCache(page)).toBe(true);
  const visitor = new ShopPage(page);
  await visitor.ring();
  await converse(visitor);
  await expect(page.locator("#shopbell")).toHaveCount(1);
  await page.context().close();
});

test("a page with an open conversation comes out of it too, and the conversation goes on", async ({
  shop,
}) => {
  const page = await shopPage(shop);
  const visitor = new ShopPage(page);
  await visitor.ring();
  await converse(visitor);
  const place = await visitor.composer.boundingBox();
  await page.goto(shop.page("/elsewhere", {}));
  await page.goBack({ waitUntil: "commit" });
  expect(await cameFromCache(page)).toBe(true);

  // Playwright has lost sight of the frame in a page that was kept; mouse and keys still reach it.
  await page.mouse.click((place?.x ?? 0) + 20, (place?.y ?? 0) + 10);
  await page.keyboard.type("And this?");
  await page.keyboard.press("Enter");
  const second = new ShopPage(await page.context().newPage());
  await second.page.goto(shop.page("/second", { head: shop.tag() }));
  await expect(second.message("And this?")).toHaveAttribute("data-state", /delivered|read/);
  await expect(second.message("Is the tote lined?")).toHaveCount(1);
  await page.context().close();
});
