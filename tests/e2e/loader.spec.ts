// The loader in a page that is not its friend.
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { ShopPage } from "./pages/shop_page.ts";

type Loaded = Window & { Shopbell(...call: unknown[]): void; heard?: string[] };

test("calls made before it is loaded are kept", async ({ server, page }) => {
  await page.addInitScript(() => {
    const win = window as unknown as Window & { Shopbell: { q?: unknown[] }; heard: string[] };
    const calls: unknown[] = [];
    win.heard = [];
    win.Shopbell = Object.assign((...call: unknown[]) => calls.push(call), { q: calls });
    calls.push(["on", "open", () => win.heard.push("open")], ["open"]);
  });
  await page.goto(server.addresses.shops);
  await expect(page.frameLocator("[data-testid=frame]").getByTestId("composer")).toBeFocused();
  expect(await page.evaluate(() => (window as unknown as Loaded).heard)).toEqual(["open"]);
});

test("called twice it gives one widget", async ({ server, page }) => {
  await page.goto(server.addresses.shops);
  await page.getByTestId("bubble").waitFor();
  await page.evaluate(async () => {
    const tag = document.querySelector("script[data-shop]") as HTMLScriptElement;
    const again = document.createElement("script");
    again.src = tag.src;
    again.dataset["shop"] = tag.dataset["shop"];
    const loaded = new Promise((resolve) => again.addEventListener("load", resolve));
    document.body.append(again);
    await loaded;
  });
  await expect(page.getByTestId("bubble")).toHaveCount(1);
});

test("only its own frame is heard", async ({ server, page }) => {
  const shop = await ShopPage.open(page, server.addresses.shops, "zh-CN");
  await shop.ring();
  await page.evaluate(async () => {
    const word = { shopbell: 1, type: "unread", count: 7 };
    const heard = new Promise((resolve) => window.addEventListener("message", resolve));
    window.postMessage(word, location.origin);
    await heard;
    const near = document.createElement("iframe");
    document.body.append(near);
    const origin = new URL((document.querySelector("script[data-shop]") as HTMLScriptElement).src);
    window.dispatchEvent(
      new MessageEvent("message", {
        data: { ...word, type: "close" },
        origin: origin.origin,
        source: near.contentWindow,
      }),
    );
  });
  await expect(shop.unread).toBeHidden();
  await expect(page.getByTestId("panel")).toBeVisible();
});

test("open, close and Escape by the keyboard, focus comes back", async ({ server, page }) => {
  const shop = await ShopPage.open(page, server.addresses.shops, "en");
  await shop.bubble.focus();
  await page.keyboard.press("Enter");
  await expect(shop.composer).toBeFocused();
  await expect(shop.bubble).toHaveAttribute("aria-expanded", "true");
  await shop.composer.fill("a draft");
  await shop.composer.press("Escape");
  await expect(shop.bubble).toBeFocused();
  await expect(page.getByTestId("panel")).toBeHidden();
  await page.evaluate(() => (window as unknown as Loaded).Shopbell("open"));
  await expect(shop.composer).toHaveValue("a draft");
  await expect(shop.composer).toBeFocused();
});

const attributes = (page: Page) =>
  page.locator("script[data-shop]").evaluate((tag: HTMLScriptElement) => {
    return { src: tag.src, shop: tag.dataset["shop"] ?? "" };
  });

/** A page of the shop's origin whose only script is what the test puts there. */
async function emptyPage(page: Page, shops: string, html: string): Promise<void> {
  await page.route(/\/empty$/, (route) =>
    route.fulfill({ contentType: "text/html", body: `<!doctype html>${html}` }),
  );
  await page.goto(new URL("/empty", shops).href);
}

const tags = {
  async: (src: string, shop: string) => `<script async src="${src}" data-shop="${shop}"></script>`,
  defer: (src: string, shop: string) => `<script defer src="${src}" data-shop="${shop}"></script>`,
  injected: (src: string, shop: string) => `<script>
    const tag = document.createElement("script");
    Object.assign(tag, { src: "${src}" }).dataset.shop = "${shop}";
    document.head.append(tag);
  </script>`,
};

for (const [way, tag] of Object.entries(tags)) {
  test(`the tag may be ${way}`, async ({ server, page }) => {
    await page.goto(server.addresses.shops);
    const { src, shop } = await attributes(page);
    await emptyPage(page, server.addresses.shops, tag(src, shop));
    await new ShopPage(page).ring();
  });
}

test("run by another script it finds its tag", async ({ server, page }) => {
  await page.goto(server.addresses.shops);
  const { src, shop } = await attributes(page);
  const content = await (await page.request.get(src)).text();
  const tag = `<script type="text/late" src="${src}?v=2" data-shop="${shop}"></script>`;
  await emptyPage(page, server.addresses.shops, tag);
  await page.addScriptTag({ content });
  await new ShopPage(page).ring();
});

test("a page in another encoding does not spoil its words", async ({ server, page }) => {
  await page.goto(server.addresses.shops);
  const { src, shop } = await attributes(page);
  await page.route(src, async (route) => {
    const response = await route.fetch();
    const headers = { ...response.headers(), "content-type": "text/javascript" };
    await route.fulfill({ response, headers });
  });
  const tag = `<meta charset="gbk">${tags.async(src, shop)}`;
  await emptyPage(page, server.addresses.shops, `<html lang="zh-CN">${tag}`);
  await expect(page.getByTestId("bubble")).toHaveAccessibleName("消息");
});

test("a tag without the shop's id says what to change, once", async ({ server, page }) => {
  await page.goto(server.addresses.shops);
  const { src } = await attributes(page);
  const said: string[] = [];
  page.on("console", (line) => said.push(line.text()));
  page.on("pageerror", (error) => said.push(error.message));
  await emptyPage(page, server.addresses.shops, `<script src="${src}"></script>`);
  await expect.poll(() => said).toHaveLength(1);
  expect(said[0]).toContain("data-shop");
  await expect(page.getByTestId("bubble")).toHaveCount(0);
});

test("a conversation that cannot be loaded says so, and opens later", async ({
  browser,
  server,
}) => {
  const phone = { viewport: { width: 390, height: 700 }, hasTouch: true, isMobile: true };
  const page = await (await browser.newContext({ locale: "zh-CN", ...phone })).newPage();
  await page.goto(server.addresses.shops);
  await page.route(/frame\.html/, (route) => route.abort());
  const bubble = page.getByTestId("bubble");
  await bubble.tap();
  const note = page.getByRole("alert");
  await expect(note).toContainText("暂时无法打开");
  await bubble.tap();
  await expect(note).toBeHidden();
  await page.unroute(/frame\.html/);
  await bubble.tap();
  await new ShopPage(page).composer.waitFor();
  await page.context().close();
});
