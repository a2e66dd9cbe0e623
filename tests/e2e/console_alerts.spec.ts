// How an agent hears of what he does not see: notifications, the bell, and a night asleep.
import type { Page } from "@playwright/test";
import { deafBrowser, putForward, withClock } from "./asleep.ts";
import { expect, test } from "./fixtures.ts";
import {
  shownBy,
  toldBy,
  turnNotificationsOn,
  watchNotifications,
  type Told,
} from "./notifications.ts";
import { ConsolePage } from "./pages/console_page.ts";

/** How many tones have begun; the bell has two. */
async function listenForBells(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    const told = window as unknown as { tones: number };
    told.tones = 0;
    const { start } = AudioScheduledSourceNode.prototype;
    AudioScheduledSourceNode.prototype.start = function (when?: number) {
      told.tones++;
      start.call(this, when);
    };
  });
  return () => page.evaluate(() => (window as unknown as { tones: number }).tones);
}

test("notifications are asked for by a button, and only for what is not in view", async ({
  server,
  browser,
  people,
}) => {
  const first = await people.visitor();
  await first.ring();
  await first.say("第一位");
  const context = await browser.newContext({ locale: "zh-CN" });
  const page = await context.newPage();
  await watchNotifications(page);
  const tones = await listenForBells(page);
  const agent = await ConsolePage.join(page, server.addresses.console, "小林");
  await agent.openFirst();
  expect((await toldBy(page)).asked, "asked without a word from the agent").toBe(0);
  await turnNotificationsOn(page);
  expect((await toldBy(page)).asked).toBe(1);

  await first.say("在看的对话");
  await expect(agent.message("在看的对话")).toBeVisible();
  const second = await people.visitor();
  await second.ring();
  await second.say("拉链坏了");
  await expect.poll(() => shownBy(page)).toHaveLength(1);
  const [shown] = await shownBy(page);
  expect(shown?.title).toMatch(/^访客 [0-9A-F]{4} 发来消息$/);
  expect(shown?.body).toBe("拉链坏了");
  await expect.poll(tones, "the bell rings with it").toBe(2);
  await page.evaluate(() => (window as unknown as { told: Told }).told.click(0));
  await expect(agent.message("拉链坏了")).toBeVisible();

  await page.getByTestId("tool-settings").click();
  await page.getByTestId("switch-preview").uncheck();
  await page.getByTestId("switch-sound").uncheck();
  await page.keyboard.press("Escape");
  await first.say("不给别人看");
  await expect.poll(() => shownBy(page)).toHaveLength(2);
  expect((await shownBy(page))[1]?.body).toBe("新消息");

  await page.getByTestId("own-status").click();
  await expect(page.getByTestId("own-status")).toHaveText("离开");
  await first.say("离开之后");
  await expect(agent.rows.filter({ hasText: "离开之后" })).toHaveCount(1);
  await page.getByTestId("own-status").click();
  await first.say("回来之后");
  await expect.poll(() => shownBy(page)).toHaveLength(3);
  expect(await tones(), "turned off").toBe(2);
  await context.close();
});

test("two tabs of one agent tell once, and not at all what one of them shows", async ({
  server,
  browser,
  people,
}) => {
  const context = await browser.newContext({ locale: "zh-CN" });
  const pages = [await context.newPage(), await context.newPage()] as const;
  await Promise.all(pages.map(watchNotifications));
  const agent = await ConsolePage.join(pages[0], server.addresses.console, "小林");
  await turnNotificationsOn(pages[0]);
  await pages[1].goto(new URL("/console/index.html", server.addresses.console).href);
  const other = new ConsolePage(pages[1]);
  await expect(other.status).toHaveAttribute("data-status", "online");
  // Which of the two tells is nobody's business.
  const bodies = async () =>
    (await Promise.all(pages.map(shownBy)))
      .flat()
      .map(({ body }) => body)
      .sort();

  const visitor = await people.visitor();
  await visitor.ring();
  await visitor.say("两个标签页");
  await expect(other.rows).toHaveCount(1);
  await expect.poll(bodies).toEqual(["两个标签页"]);
  await agent.openFirst();
  await visitor.say("有人在看");
  await expect(other.rows.filter({ hasText: "有人在看" })).toHaveCount(1);
  await agent.page.getByTestId("close-this").click();
  await visitor.say("没人在看");
  await expect.poll(bodies).toEqual(["两个标签页", "没人在看"].sort());
  await context.close();
});

const HOURS_8_MS = 8 * 60 * 60 * 1000;

test("asleep for eight hours on a connection that is no more: all is shown, told once", async ({
  server,
  people,
}) => {
  const { browser, proxy } = await deafBrowser(server);
  const context = await browser.newContext({ locale: "zh-CN" });
  const page = await context.newPage();
  await withClock(page);
  await page.clock.install();
  await watchNotifications(page);
  const visitors = [await people.visitor(), await people.visitor(), await people.visitor()];
  for (const [at, visitor] of visitors.entries()) {
    await visitor.ring();
    await visitor.say(`${at + 1} 号，您好`);
  }
  const agent = await ConsolePage.join(page, server.addresses.console, "小林");
  await turnNotificationsOn(page);
  for (const at of visitors.keys()) {
    await agent.rows.filter({ hasText: `${at + 1} 号` }).click();
    await agent.say(`答 ${at + 1} 号`);
    await expect(agent.message(`答 ${at + 1} 号`)).toHaveAttribute("data-state", "read");
  }
  const before = (await shownBy(page)).length;

  expect(proxy.forgetConnections()).toBeGreaterThan(0);
  for (const [at, count] of [2, 2, 1].entries()) {
    for (let each = 1; each <= count; each++) {
      await visitors[at]?.say(`夜里 ${at + 1}-${each}`);
    }
    const last = visitors[at]?.message(`夜里 ${at + 1}-${count}`);
    await expect(last ?? agent.composer).toHaveAttribute("data-state", "delivered");
  }
  await expect(agent.message("夜里 3-1")).toHaveCount(0);

  await putForward(page, HOURS_8_MS);
  await page.clock.fastForward(HOURS_8_MS);
  await expect(agent.message("夜里 3-1")).toBeVisible({ timeout: 40_000 });
  await expect(agent.status).toHaveAttribute("data-status", "online");
  await expect(agent.rows.filter({ hasText: "夜里" })).toHaveCount(3);
  await expect.poll(async () => (await shownBy(page)).length).toBe(before + 1);
  expect((await shownBy(page)).at(-1)?.title).toBe("3 段对话中有 5 条新消息");
  await page.keyboard.press("Alt+1");
  await expect(agent.message("夜里 1-2")).toBeVisible();
  expect(await shownBy(page)).toHaveLength(before + 1);
  await browser.close();
  await proxy.stop();
});
