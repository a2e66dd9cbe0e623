// The conversation on a phone: the keyboard takes half of it, and nothing slides away.
import type { Browser, Page } from "@playwright/test";
import { deafBrowser, putForward, withClock } from "./asleep.ts";
import { expect, test } from "./fixtures.ts";
import { frameOf, overflowOf, tell, twoConversations } from "./frame_words.ts";
import { ShopPage } from "./pages/shop_page.ts";

const PHONE = { width: 390, height: 844 };
const KEYBOARD_PX = 336;

async function phone(
  browser: Browser,
  shops: string,
  size = PHONE,
  locale: "zh-CN" | "en" = "zh-CN",
): Promise<ShopPage> {
  const options = { locale, viewport: size, hasTouch: true, isMobile: true };
  const context = await browser.newContext(options);
  return ShopPage.open(await context.newPage(), shops, locale);
}

/** As Android does it: what is left above the keyboard is the window. */
const keyboard = (page: Page) =>
  page.setViewportSize({ ...PHONE, height: PHONE.height - KEYBOARD_PX });

test("above the keyboard stand the composer and the last message", async ({ server, browser }) => {
  const visitor = await phone(browser, server.addresses.shops);
  await visitor.bubble.tap();
  for (let count = 1; count <= 20; count++) {
    await visitor.say(`第 ${count} 句话`);
  }
  const last = visitor.message("第 20 句话");
  await expect(last).toHaveAttribute("data-state", "delivered");
  await keyboard(visitor.page);
  await expect(visitor.composer).toBeInViewport({ ratio: 1 });
  await expect(visitor.frame.getByTestId("state").last()).toBeInViewport({ ratio: 1 });
  await expect(last).toBeInViewport({ ratio: 1 });
  await visitor.say("键盘上面写的");
  await expect(visitor.message("键盘上面写的")).toBeInViewport({ ratio: 1 });

  // Who reads above is not pulled to the end.
  await visitor.page.setViewportSize(PHONE);
  await visitor.frame.locator(".timeline").evaluate((node) => (node.scrollTop = 0));
  await expect(visitor.message("第 1 句话")).toBeInViewport({ ratio: 1 });
  await keyboard(visitor.page);
  await expect(visitor.composer).toBeInViewport({ ratio: 1 });
  await expect(visitor.message("第 1 句话")).toBeInViewport({ ratio: 1 });
  await visitor.page.context().close();
});

test("a touch on a field does not make the page larger", async ({ server, browser }) => {
  const visitor = await phone(browser, server.addresses.shops);
  await visitor.bubble.tap();
  await visitor.composer.waitFor();
  const sizes = await frameOf(visitor).evaluate(() =>
    [...document.querySelectorAll("input, textarea, select")].map((node) =>
      Number.parseFloat(getComputedStyle(node).fontSize),
    ),
  );
  expect(sizes.length).toBeGreaterThan(0);
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(16);
  await visitor.page.context().close();
});

test("every control is as large as a finger", async ({ server, browser }) => {
  const visitor = await phone(browser, server.addresses.shops);
  await visitor.bubble.tap();
  await visitor.frame.getByTestId("welcome").waitFor();
  for (const name of ["menu", "close"]) {
    const box = await visitor.frame.getByTestId(name).boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0), name).toBeGreaterThanOrEqual(44);
  }
  const chip = await visitor.frame.getByTestId("chip").first().boundingBox();
  expect(chip?.height).toBeGreaterThanOrEqual(40);
  await visitor.page.context().close();
});

test("the conversation scrolls, the frame and the page behind it do not", async ({
  server,
  browser,
}) => {
  const visitor = await phone(browser, server.addresses.shops);
  await visitor.bubble.tap();
  for (let count = 1; count <= 16; count++) {
    await visitor.say(`第 ${count} 句话`);
  }
  await expect(visitor.message("第 16 句话")).toHaveAttribute("data-state", "delivered");
  const timeline = visitor.frame.locator(".timeline");
  await timeline.evaluate((node) => (node.scrollTop = 0));
  await visitor.message("第 1 句话").hover();
  await visitor.page.mouse.wheel(0, -600);
  await visitor.page.mouse.wheel(0, 300);
  await expect.poll(() => timeline.evaluate((node) => node.scrollTop)).toBeGreaterThan(0);
  await visitor.page.mouse.wheel(0, 9000);
  await visitor.page.mouse.wheel(0, 9000);
  await expect(visitor.message("第 16 句话")).toBeInViewport({ ratio: 1 });
  expect(await frameOf(visitor).evaluate(() => window.scrollY)).toBe(0);
  expect(await visitor.page.evaluate(() => window.scrollY)).toBe(0);
  await visitor.page.context().close();
});

for (const [what, size] of [
  ["320 px", { width: 320, height: 568 }],
  ["a phone laid on its side", { width: 640, height: 300 }],
  ["200 % of a small screen", { width: 640, height: 400 }],
] as const) {
  test(`nothing is cut off or wider than its place: ${what}`, async ({ server, browser }) => {
    const visitor = await phone(browser, server.addresses.shops, size, "en");
    await visitor.bubble.tap();
    await visitor.frame.getByTestId("welcome").waitFor();
    expect(await overflowOf(visitor), "welcome").toBe(0);
    await expect(visitor.composer).toBeInViewport({ ratio: 1 });
    const long = "Does the Camellia tote in saddle brown fit a fourteen inch computer? ".repeat(3);
    await twoConversations(visitor, [long, `https://shop.example/${"x".repeat(200)}`]);
    expect(await overflowOf(visitor), "talk").toBe(0);
    await expect(visitor.frame.getByTestId("close")).toBeInViewport({ ratio: 1 });
    await expect(visitor.composer).toBeInViewport({ ratio: 1 });
    await visitor.frame.getByTestId("back").tap();
    await visitor.frame.getByTestId("conversation").nth(1).waitFor();
    expect(await overflowOf(visitor), "list").toBe(0);
    await expect(visitor.frame.getByTestId("new-conversation")).toBeInViewport({ ratio: 1 });
    await tell(visitor, { type: "locale", lang: "ar" });
    await expect(visitor.frame.locator("html")).toHaveAttribute("dir", "rtl");
    expect(await overflowOf(visitor), "list in Arabic").toBe(0);
    await visitor.frame.getByTestId("conversation").first().tap();
    await visitor.messages.first().waitFor();
    expect(await overflowOf(visitor), "talk in Arabic").toBe(0);
    await visitor.page.context().close();
  });
}

test("as a page of its own it keeps above a keyboard that lies over the page", async ({
  server,
  browser,
}) => {
  const visitor = await phone(browser, server.addresses.shops);
  await visitor.bubble.tap();
  await visitor.composer.waitFor();
  const address = `${frameOf(visitor).url().replace(/&tab=$/, "")}&tab=1`;
  const page = await visitor.page.context().newPage();
  await page.goto(address);
  const composer = page.getByTestId("composer");
  const bottom = async () => {
    const box = await composer.boundingBox();
    return (box?.y ?? 0) + (box?.height ?? 0);
  };
  await expect.poll(bottom).toBeGreaterThan(PHONE.height - 100);
  // As iOS does it: the window stays, less of it is in view.
  const left_px = PHONE.height - KEYBOARD_PX;
  await page.evaluate((height) => {
    const view = window.visualViewport as VisualViewport;
    Object.defineProperty(view, "height", { value: height });
    view.dispatchEvent(new Event("resize"));
  }, left_px);
  await expect.poll(bottom).toBeLessThanOrEqual(left_px);
  await expect(page.getByTestId("shop-name")).toBeInViewport({ ratio: 1 });
  await visitor.page.context().close();
});

const MINUTES_10_MS = 10 * 60 * 1000;

test("after ten minutes in another app all is as it was left, and what came is there", async ({
  server,
  people,
}) => {
  const { browser, proxy } = await deafBrowser(server);
  const visitor = await phone(browser, "about:blank");
  const { page } = visitor;
  await withClock(page);
  await page.goto(server.addresses.shops);
  await visitor.bubble.tap();
  await visitor.say("包到哪儿了？");
  await expect(visitor.message("包到哪儿了？")).toHaveAttribute("data-state", "delivered");
  const agent = await people.agent("小林");
  await agent.openFirst();
  await agent.say("我查一下。");
  await expect(visitor.message("我查一下。")).toBeVisible();
  await visitor.composer.fill("另外");

  expect(proxy.forgetConnections()).toBeGreaterThan(0);
  const device = await page.context().newCDPSession(page);
  await putForward(frameOf(visitor), MINUTES_10_MS);
  await device.send("Page.setWebLifecycleState", { state: "frozen" });
  await agent.say("明天上午送到。");
  await expect(agent.message("明天上午送到。")).toHaveAttribute("data-state", "sent");
  await device.send("Page.setWebLifecycleState", { state: "active" });

  await expect(visitor.message("明天上午送到。")).toBeInViewport({ ratio: 1, timeout: 40_000 });
  await expect(visitor.composer).toHaveValue("另外");
  await visitor.say("好的");
  await expect(visitor.message("好的")).toHaveAttribute("data-state", "read");
  await browser.close();
  await proxy.stop();
});
