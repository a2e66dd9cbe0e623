// Who reads is left in peace: the place stays, new messages are counted, and reading goes on where
// it stopped.
import type { Locator } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import type { ShopPage } from "./pages/shop_page.ts";

const scroller = (visitor: ShopPage): Locator => visitor.frame.locator(".timeline");
const topOf = (visitor: ShopPage) => scroller(visitor).evaluate((node) => node.scrollTop);
const toEnd = (visitor: ShopPage) =>
  scroller(visitor).evaluate((node) => node.scrollHeight - node.scrollTop - node.clientHeight);
const lines = (word: string) => Array.from({ length: 12 }, (_, at) => `${word} ${at}`).join("\n");

test("who scrolls up is not pulled down, and comes back by one press", async ({ people }) => {
  const visitor = await people.visitor();
  await visitor.ring();
  for (const text of [lines("甲"), lines("乙"), lines("丙")]) {
    await visitor.say(text);
  }
  await expect(visitor.messages.last()).toHaveAttribute("data-state", "delivered");
  const agent = await people.agent("小林");
  await agent.openFirst();
  const button = visitor.frame.getByTestId("to-latest");
  await expect.poll(() => toEnd(visitor)).toBeLessThan(2);
  await expect(button).toHaveCount(0);

  await scroller(visitor).hover();
  await visitor.page.mouse.wheel(0, -500);
  await expect(button).toHaveAccessibleName("回到最新消息");
  const before = await topOf(visitor);
  await agent.say("第一句");
  await expect(button).toHaveAccessibleName("1 条新消息");
  await agent.say("第二句");
  await expect(button).toHaveAccessibleName("2 条新消息");
  expect(Math.abs((await topOf(visitor)) - before)).toBeLessThan(2);

  await button.click();
  await expect(visitor.message("第二句")).toBeInViewport({ ratio: 1 });
  await expect(button).toHaveCount(0);

  // One's own words are always seen.
  await scroller(visitor).hover();
  await visitor.page.mouse.wheel(0, -500);
  await expect(button).toBeVisible();
  await visitor.say("我的话");
  await expect(visitor.message("我的话")).toBeInViewport({ ratio: 1 });
});

test("reading goes on at a line that stays where it was", async ({ people }) => {
  const visitor = await people.visitor();
  await visitor.ring();
  await visitor.say("在吗");
  await expect(visitor.messages).toHaveCount(2);
  const agent = await people.agent("小林");
  await agent.openFirst();
  await agent.say("在的");
  await expect(agent.message("在的")).toHaveAttribute("data-state", "read");
  const line = visitor.frame.getByTestId("unread-line");
  await expect(line).toHaveCount(0);

  await visitor.composer.press("Escape");
  await expect(visitor.bubble).toBeFocused();
  for (const text of [lines("一"), lines("二"), lines("三")]) {
    await agent.say(text);
  }
  await expect(visitor.unread).toHaveText("3");
  await visitor.ring();
  await expect(line).toHaveText("新消息");
  await expect(line).toBeInViewport({ ratio: 1 });
  await expect(agent.message("三 0")).toHaveAttribute("data-state", "read");
  const first_new = () =>
    line.evaluate((node) => node.nextElementSibling?.querySelector(".bubble")?.textContent);
  expect(await first_new()).toContain("一 0");
  await agent.say("还有");
  await expect(visitor.message("还有")).toHaveCount(1);
  await expect(line).toHaveCount(1);
  expect(await first_new()).toContain("一 0");
  await expect(line).toBeInViewport({ ratio: 1 });

  await visitor.composer.press("Escape");
  await visitor.ring();
  await expect(line).toHaveCount(0);
});
