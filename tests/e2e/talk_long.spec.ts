// A long conversation: older messages come as one scrolls up, what is far away is let go, the place
// stays, and the end is one press away. The visitor finds his own words in it.
import type { Locator } from "@playwright/test";
import { findings } from "./axe.ts";
import { expect, test } from "./fixtures.ts";
import { sayMany } from "./pages/say_many.ts";

/** Beyond WINDOW_ITEMS of web/ui/src/conversation.ts. */
const MESSAGES = 270;
const ROWS_MAX = 160;

const topOf = (message: Locator): Promise<number> =>
  message.evaluate((node) => node.getBoundingClientRect().top);

test("older messages come page by page, and what is far away goes", async ({ people }) => {
  test.setTimeout(120_000);
  const visitor = await people.visitor();
  await visitor.ring();
  await visitor.say("开头的一句");
  await sayMany(visitor, MESSAGES - 1, "第#句");
  const last = visitor.message(`第${MESSAGES - 1}句`);
  await expect(last).toHaveAttribute("data-state", "delivered");

  const agent = await people.agent("小林");
  await agent.openFirst();
  await expect(agent.message(`第${MESSAGES - 1}句`)).toBeInViewport();
  const box = agent.page.locator(".timeline");
  const rows = agent.page.locator(".timeline [data-key]");
  const first = agent.message("开头的一句");
  const beginning = agent.page.getByTestId("beginning");
  await expect(beginning).toHaveCount(0);
  let most = 0;
  await expect(async () => {
    // Near the top, but not at it: the browser itself holds no place there.
    const known = await rows.first().getAttribute("data-key");
    const held = rows.nth(8);
    const key = await held.getAttribute("data-key");
    await box.evaluate((node) => (node.scrollTop = 300));
    const same = agent.page.locator(`.timeline [data-key="${key}"]`);
    const before = await topOf(same);
    if ((await beginning.count()) === 0) {
      await expect(rows.first()).not.toHaveAttribute("data-key", known ?? "", { timeout: 2000 });
      expect(Math.abs((await topOf(same)) - before), "the place stays").toBeLessThan(3);
    }
    most = Math.max(most, await rows.count());
    expect(await beginning.count()).toBe(1);
  }).toPass({ timeout: 60_000 });
  expect(most).toBeLessThanOrEqual(ROWS_MAX);
  await expect(beginning).toHaveText("对话从这里开始");
  await expect(first).toHaveCount(1);
  await expect(agent.message(`第${MESSAGES - 1}句`), "it was let go").toHaveCount(0);

  // What comes meanwhile pulls nobody down, and is there at the end.
  await visitor.say("最新的一句");
  await expect(visitor.message("最新的一句")).toHaveAttribute("data-state", "delivered");
  await expect(agent.message("最新的一句")).toHaveCount(0);
  await agent.page.getByTestId("to-latest").click();
  await expect(agent.message("最新的一句")).toBeInViewport();
  await expect(first).toHaveCount(0);
  await expect(agent.page.getByTestId("to-latest")).toHaveCount(0);
  await agent.say("收到");
  await expect(agent.message("收到")).toBeInViewport();

  // Down again, page by page.
  await box.evaluate((node) => (node.scrollTop = 0));
  await expect(agent.message("第200句")).toHaveCount(1);

  // The visitor looks for his own first words.
  const find = visitor.frame.getByTestId("finder");
  await visitor.frame.getByTestId("menu").click();
  await visitor.frame.getByTestId("find").click();
  const words = visitor.frame.getByTestId("finder-words");
  await expect(words).toBeFocused();
  const frame = visitor.page.frames().find((each) => each.url().includes("frame.html"));
  expect(frame && (await findings(frame))).toEqual([]);
  await words.fill("没有说过");
  const state = visitor.frame.getByTestId("finder-state");
  await expect(state).toHaveText("没有找到相符的消息");
  await words.fill("开头");
  await expect(visitor.frame.getByTestId("finder-hit")).toHaveCount(1);
  await expect(state).toHaveAttribute("data-busy", "false");
  expect(frame && (await findings(frame))).toEqual([]);
  await words.press("ArrowDown");
  await visitor.page.keyboard.press("Enter");
  await expect(find).toHaveCount(0);
  await expect(visitor.message("开头的一句")).toBeFocused();
  await expect(visitor.message("最新的一句")).toHaveCount(0);
  // One's own words stand at the end.
  await visitor.say("再说一句");
  await expect(visitor.message("再说一句")).toBeInViewport();
  await expect(visitor.message("最新的一句")).toHaveCount(1);
  await visitor.frame.getByTestId("menu").click();
  await visitor.frame.getByTestId("find").click();
  await words.press("Escape");
  await expect(visitor.composer).toBeFocused();
});
