// The panel is the screen on phones.
import { devices, type Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { LoaderPage } from "./loader_page.ts";

const { defaultBrowserType, ...phone } = devices["Pixel 7"];
void defaultBrowserType;
test.use(phone);

const LONG = `<div style="height:3000px">Bags</div>`;

async function phonePage(page: Page, shops: string): Promise<LoaderPage> {
  const own = await LoaderPage.of(page, shops);
  await own.show(own.script(), { body: LONG });
  return own;
}

const scrolled = (page: Page) => page.evaluate(() => window.scrollY);

test("the panel fills the screen, the page behind stands still and where it was", async ({
  server,
  page,
}) => {
  const own = await phonePage(page, server.addresses.shops);
  await page.evaluate(() => window.scrollTo(0, 700));
  await own.shop.bubble.tap();
  await own.shop.composer.waitFor();
  const size = page.viewportSize();
  expect(await page.getByTestId("panel").boundingBox()).toEqual({ x: 0, y: 0, ...size });
  await page.mouse.move(200, 10);
  await page.mouse.wheel(0, 500);
  await expect(page.locator("html")).toHaveCSS("overflow-y", "hidden");
  expect(await scrolled(page)).toBe(700);
  await own.call("close");
  await expect(page.locator("html")).toHaveCSS("overflow-y", "visible");
  expect(await scrolled(page)).toBe(700);
  await page.mouse.wheel(0, 100);
  await expect.poll(() => scrolled(page)).toBeGreaterThan(700);
});

test("the panel stands above the keyboard", async ({ server, page }) => {
  const own = await phonePage(page, server.addresses.shops);
  await own.shop.bubble.tap();
  await own.shop.composer.waitFor();
  await page.evaluate(() => {
    for (const [name, value] of Object.entries({ height: 420, offsetTop: 30 })) {
      Object.defineProperty(window.visualViewport, name, { value, configurable: true });
    }
    window.visualViewport?.dispatchEvent(new Event("resize"));
  });
  const panel = await page.getByTestId("panel").boundingBox();
  expect(panel).toMatchObject({ y: 30, height: 420 });
});

test("Back closes the panel and is one step, closing takes the step back", async ({
  server,
  page,
}) => {
  const own = await phonePage(page, server.addresses.shops);
  const steps = () => page.evaluate(() => history.length);
  const before = await steps();
  await page.evaluate(() => {
    history.replaceState({ route: "/bags" }, "");
    const win = window as unknown as { popped: unknown[] };
    win.popped = [];
    window.addEventListener("popstate", (event) => win.popped.push(event.state));
  });
  await own.shop.bubble.tap();
  await own.shop.composer.waitFor();
  expect(await steps()).toBe(before + 1);
  await page.goBack();
  await own.expectOpen(false);
  await own.shop.bubble.tap();
  await own.expectOpen(true);
  await own.call("close");
  await expect.poll(() => page.evaluate(() => history.state as unknown)).toEqual({
    route: "/bags",
  });
  // A router finds its own state, not ours.
  expect(await page.evaluate(() => (window as unknown as { popped: unknown[] }).popped)).toEqual([
    { route: "/bags" },
    { route: "/bags" },
  ]);
  expect(await steps()).toBe(before + 1);
});

test("opened by a script it leaves the history alone", async ({ server, page }) => {
  const own = await phonePage(page, server.addresses.shops);
  const before = await page.evaluate(() => history.length);
  await own.call("open");
  expect(await page.evaluate(() => history.length)).toBe(before);
});

test("it never opens by itself", async ({ server, page }) => {
  const own = await phonePage(page, server.addresses.shops);
  await own.call("open");
  expect(await own.flag()).toBe("open");
  await page.goto("about:blank");
  await own.show(own.script(), { path: "/next" });
  await own.shop.composer.waitFor({ state: "attached" });
  await own.expectOpen(false);
});
