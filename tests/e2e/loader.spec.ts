// The loader in a page that is not its friend.
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
