// What can be done with a message: answered with a quote, edited, recalled, given a sign, copied;
// by pointer, by keyboard, by a finger that stays; seen alike on both sides.
import type { FrameLocator, Locator, Page } from "@playwright/test";
import { findings } from "./axe.ts";
import { expect, test, type People } from "./fixtures.ts";
import type { ConsolePage } from "./pages/console_page.ts";
import type { ShopPage } from "./pages/shop_page.ts";

type Side = Page | FrameLocator;

const menu = (side: Side): Locator => side.getByTestId("tools-menu");

async function openMenu(side: Side, message: Locator): Promise<Locator> {
  await expect(side.locator(".with-tools")).toHaveCount(1);
  await message.focus();
  await message.press("Enter");
  await expect(menu(side)).toBeInViewport({ ratio: 1 });
  return menu(side);
}

/** With nothing half faded in: its colours would be none that stays. */
async function findingsIn(page: Page): Promise<string[]> {
  const frame = page.frames().find((each) => each.url().includes("frame.html"));
  if (!frame) {
    throw new Error("there is no frame");
  }
  await frame.evaluate(async () => {
    const ends = (each: Animation) => each.effect?.getComputedTiming().iterations !== Infinity;
    await Promise.allSettled(document.getAnimations().filter(ends).map(({ finished }) => finished));
  });
  return findings(frame);
}

async function choose(side: Side, message: Locator, what: string): Promise<void> {
  await (await openMenu(side, message)).getByTestId(`tool-${what}`).click();
}

async function twoWhoTalk(
  people: People,
  said: string,
): Promise<{ visitor: ShopPage; agent: ConsolePage }> {
  const visitor = await people.visitor();
  await visitor.ring();
  await visitor.say(said);
  await expect(visitor.messages).toHaveCount(2);
  const agent = await people.agent("小林");
  await agent.openFirst();
  await expect(agent.message(said)).toHaveCount(1);
  await agent.say("请稍等");
  await expect(visitor.message("请稍等")).toBeVisible();
  return { visitor, agent };
}

test("an answer quotes its question, and a press goes back to it", async ({ people }) => {
  const { visitor, agent } = await twoWhoTalk(people, "拉链坏了");
  const question = agent.message("拉链坏了").first();
  await question.hover();
  await agent.page.getByTestId("bar-reply").click();
  await expect(agent.composer).toBeFocused();
  const bar = agent.page.getByTestId("about-bar");
  await expect(bar).toContainText("拉链坏了");
  await agent.composer.press("Escape");
  await expect(bar).toHaveCount(0);
  await choose(agent.page, question, "reply");
  await agent.say("可以保修");
  await expect(bar).toHaveCount(0);
  const answer = visitor.message("可以保修");
  await expect(answer.getByTestId("quote")).toContainText("拉链坏了");
  await expect(answer.getByTestId("quote")).toContainText("您");
  await answer.getByTestId("quote").click();
  await expect(visitor.messages.first()).toBeFocused();
});

test("what is edited and recalled says so on both sides, and agents find what it said", async ({
  people,
}) => {
  const { visitor, agent } = await twoWhoTalk(people, "拉练坏了");
  await visitor.say("订单 1234");
  await expect(agent.message("订单 1234")).toHaveCount(1);
  await visitor.composer.press("ArrowUp");
  await expect(visitor.composer).toHaveValue("订单 1234");
  await visitor.composer.press("Escape");
  await expect(visitor.composer).toHaveValue("");
  await visitor.composer.press("ArrowUp");
  await visitor.say("订单 1235");
  const order = agent.message("订单 1235");
  await expect(order.getByTestId("edited")).toHaveText("已编辑");
  await expect(agent.message("订单 1234")).toHaveCount(0);
  await expect(visitor.message("订单 1235").getByTestId("edited")).toBeVisible();
  await expect(agent.rows.first()).toContainText("订单 1235");
  await expect(agent.page.getByTestId("announcer")).toContainText("编辑了消息：订单 1235");
  await expect(agent.messages).toHaveCount(4);

  await choose(agent.page, order, "history");
  const versions = agent.page.getByTestId("versions").locator("li");
  await expect(versions).toHaveCount(2);
  await expect(versions.first()).toContainText("订单 1234");
  await agent.page.keyboard.press("Escape");
  await expect(order).toBeFocused();

  await choose(visitor.frame, visitor.message("订单 1235"), "recall");
  await visitor.frame.getByTestId("recall-yes").click();
  await expect(visitor.message("您撤回了一条消息")).toHaveCount(1);
  await expect(agent.message("撤回了一条消息")).toHaveCount(1);
  await expect(agent.message("订单 1235")).toHaveCount(0);
  await expect(agent.rows.first()).toContainText("消息已撤回");
  await choose(agent.page, agent.message("撤回了一条消息"), "history");
  await expect(versions).toHaveCount(3);

  // The record says the same to who comes later.
  await agent.page.reload();
  await expect(agent.message("撤回了一条消息")).toHaveCount(1);
  await expect(agent.message("订单 1235")).toHaveCount(0);
});

test("signs are counted, taken back, and are no news", async ({ people }) => {
  const { visitor, agent } = await twoWhoTalk(people, "谢谢你们");
  const thanks = agent.message("谢谢你们");
  const sign = (await openMenu(agent.page, thanks)).locator("[data-testid=react]").first();
  await expect(sign).toBeFocused();
  await sign.press("Enter");
  const own = thanks.getByTestId("reaction");
  await expect(own).toHaveAttribute("aria-pressed", "true");
  const seen = visitor.message("谢谢你们").getByTestId("reaction");
  await expect(seen).toHaveAttribute("aria-pressed", "false");
  await seen.click();
  await expect(seen).toHaveText(/2$/);
  await expect(own).toHaveText(/2$/);
  await visitor.composer.press("Escape");
  await expect(visitor.bubble).toBeFocused();
  await own.click();
  await expect(own).toHaveAttribute("aria-pressed", "false");
  await agent.composer.press("ArrowUp");
  await agent.say("请稍等一会");
  await expect(agent.message("请稍等一会")).toHaveAttribute("data-state", "read");
  await agent.say("真的新消息");
  await expect(visitor.unread).toHaveText("1");
  await visitor.ring();
  await expect(visitor.message("请稍等一会")).toHaveCount(1);
  await expect(seen).toHaveAttribute("aria-pressed", "true");
  await expect(seen).not.toHaveText(/2$/);
});

test("a finger that stays opens a sheet; its words are copied", async ({ browser, server }) => {
  const context = await browser.newContext({
    locale: "zh-CN", viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true,
  });
  const { ShopPage: Shop } = await import("./pages/shop_page.ts");
  const visitor = await Shop.open(await context.newPage(), server.addresses.shops, "zh-CN");
  await visitor.ring();
  await visitor.say("请看这里");
  await expect(visitor.messages).toHaveCount(2);
  await expect(visitor.frame.locator(".with-tools")).toHaveCount(1);
  const message = visitor.message("请看这里");
  const finger = { pointerType: "touch", isPrimary: true, bubbles: true, clientX: 9, clientY: 9 };
  await message.dispatchEvent("pointerdown", finger);
  const sheet = menu(visitor.frame);
  await expect(sheet).toHaveClass(/sheet/);
  await message.dispatchEvent("pointerup", finger);
  expect(await findingsIn(visitor.page)).toEqual([]);
  await sheet.getByTestId("tool-copy").click();
  await expect(visitor.frame.locator(".tools-said")).toHaveText("已复制");
  await expect(sheet).toHaveCount(0);
  // One that moves scrolls.
  await message.dispatchEvent("pointerdown", finger);
  await message.dispatchEvent("pointermove", { ...finger, clientY: 60 });
  await message.dispatchEvent("pointerup", finger);
  await expect(sheet).toHaveCount(0);
  await context.close();
});

test("by keyboard alone, and with no finding", async ({ people }) => {
  const { visitor, agent } = await twoWhoTalk(people, "第一句");
  await visitor.composer.focus();
  await visitor.page.keyboard.press("Shift+Tab");
  await expect(visitor.frame.locator(".with-tools")).toHaveCount(1);
  const last = visitor.message("请稍等");
  for (let step = 0; step < 6; step++) {
    if (await last.evaluate((node) => node === document.activeElement)) {
      break;
    }
    await visitor.page.keyboard.press("Shift+Tab");
  }
  await expect(last).toBeFocused();
  await expect(visitor.frame.getByTestId("tools")).toBeVisible();
  expect(await findingsIn(visitor.page), "the bar").toEqual([]);
  await visitor.page.keyboard.press("ArrowUp");
  await visitor.page.keyboard.press("ArrowUp");
  await expect(visitor.messages.first()).toBeFocused();
  await visitor.page.keyboard.press("ContextMenu");
  await expect(menu(visitor.frame)).toBeVisible();
  expect(await findingsIn(visitor.page), "the menu").toEqual([]);
  await visitor.page.keyboard.press("Escape");
  await expect(menu(visitor.frame)).toHaveCount(0);
  await expect(visitor.messages.first()).toBeFocused();
  await visitor.page.keyboard.press("Enter");
  await visitor.frame.getByTestId("tool-recall").press("Enter");
  await expect(visitor.frame.getByTestId("recall-yes")).toBeVisible();
  expect(await findingsIn(visitor.page), "the question").toEqual([]);
  await visitor.frame.getByTestId("recall-yes").press("Enter");
  await expect(agent.message("撤回了一条消息")).toHaveCount(1);
});
