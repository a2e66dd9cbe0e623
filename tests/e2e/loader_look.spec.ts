// What a shop chooses for its bubble, and what no page can take from it.
import { expect, test } from "./fixtures.ts";
import { LoaderPage } from "./loader_page.ts";

test("position, offset, colour and height above the page", async ({ server, page }) => {
  const own = await LoaderPage.of(page, server.addresses.shops);
  await own.show(
    own.script(`data-position="left" data-offset-x="40" data-offset-y="0" data-z-index="7"
      data-accent="#FFD400"`),
    { lang: "ar", body: `<div dir="rtl"></div>` },
  );
  const { height } = page.viewportSize() ?? { height: 0 };
  const at = { x: 40, y: height - 56, width: 56, height: 56 };
  expect(await own.shop.bubble.boundingBox()).toEqual(at);
  await expect(own.shop.bubble).toHaveCSS("background-color", "rgb(255, 212, 0)");
  await expect(own.shop.bubble).toHaveCSS("color", "rgb(0, 0, 0)");
  await expect(page.locator("#shopbell")).toHaveCSS("z-index", "7");
  await own.shop.ring();
  expect((await page.getByTestId("panel").boundingBox())?.x).toBe(40);
});

test("nonsense in a setting is as good as nothing", async ({ server, page }) => {
  const own = await LoaderPage.of(page, server.addresses.shops);
  await own.show(own.script(`data-accent="red;}" data-z-index="}" data-theme="blue"`));
  await expect(own.shop.bubble).toHaveCSS("background-color", "rgb(15, 107, 102)");
  await expect(page.locator("#shopbell")).toHaveCSS("z-index", "0");
  await own.shop.ring();
});

test("the shop's own button opens and closes it, and has the focus back", async ({
  server,
  page,
}) => {
  const own = await LoaderPage.of(page, server.addresses.shops);
  const body = `<a href="/elsewhere" id="help"><b data-testid="help">Help</b></a>`;
  await own.show(own.script(`data-launcher="#help"`), { body });
  await expect(own.shop.bubble).toBeHidden();
  await page.getByTestId("help").click();
  await own.shop.composer.waitFor();
  await own.shop.composer.press("Escape");
  await own.expectOpen(false);
  await expect(page.locator("#help")).toBeFocused();
  expect(new URL(page.url()).pathname).toBe("/own");
});

test("the name is shown on hover", async ({ server, page }) => {
  const own = await LoaderPage.of(page, server.addresses.shops);
  await own.show(own.script(), { lang: "zh-CN" });
  const shown = () =>
    own.shop.bubble.evaluate((node) => {
      const { content, opacity } = getComputedStyle(node, "::before");
      return { content, opacity };
    });
  expect(await shown()).toEqual({ content: '"消息"', opacity: "0" });
  await own.shop.bubble.hover();
  await expect.poll(shown).toEqual({ content: '"消息"', opacity: "1" });
});

test("it is not printed", async ({ server, page }) => {
  const own = await LoaderPage.of(page, server.addresses.shops);
  await own.show(own.script());
  await page.emulateMedia({ media: "print" });
  await expect(own.shop.bubble).toBeHidden();
});

test("the frame may use from the start what a conversation can need", async ({ server, page }) => {
  const own = await LoaderPage.of(page, server.addresses.shops);
  await own.show(own.script());
  await own.shop.ring();
  const allowed = await page.getByTestId("frame").getAttribute("allow");
  expect(allowed?.split(";").sort()).toEqual(
    "autoplay camera clipboard-write display-capture fullscreen microphone".split(" "),
  );
});

test("it loads on an isolated page", async ({ server, page }) => {
  const own = await LoaderPage.of(page, server.addresses.shops);
  await own.show(own.script(), {
    headers: {
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Embedder-Policy": "require-corp",
    },
  });
  expect(await page.evaluate(() => window.crossOriginIsolated)).toBe(true);
  await own.shop.ring();
});

test("a page that is not secure says so, and opens the conversation by itself", async ({
  server,
  page,
}) => {
  const own = await LoaderPage.of(page, server.addresses.shops);
  await page.addInitScript(() =>
    Object.defineProperty(window, "isSecureContext", { value: window !== top }),
  );
  await own.show(own.script(`data-fallback="tel:+4930123456"`), { lang: "zh-CN" });
  await own.shop.bubble.click();
  const note = page.getByRole("alert");
  await expect(note).toContainText("未加密");
  await expect(note.getByRole("link", { name: "+4930123456" })).toBeVisible();
  const [tab] = await Promise.all([
    page.waitForEvent("popup"),
    note.getByRole("link", { name: "打开对话" }).click(),
  ]);
  await tab.getByTestId("composer").waitFor();
  expect(new URLSearchParams(new URL(tab.url()).hash.slice(1)).get("tab")).toBe("1");
  expect(own.said).toEqual([expect.stringMatching(/^Shopbell: insecure; .*https/)]);
});
