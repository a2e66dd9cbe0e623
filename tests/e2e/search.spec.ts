// Agents find messages of all conversations, in both scripts, by time and by who said it, and come
// to the message itself; what is edited or recalled is found as it is now.
import type { Locator, Page } from "@playwright/test";
import { findings } from "./axe.ts";
import { expect, test } from "./fixtures.ts";
import type { ConsolePage } from "./pages/console_page.ts";

const hits = (page: Page): Locator => page.getByTestId("find-hit");

async function look(agent: ConsolePage, words: string): Promise<void> {
  await agent.page.getByTestId("find-words").fill(words);
  await agent.page.getByTestId("find-words").press("Enter");
  await expect(agent.page.getByTestId("find-state")).toHaveAttribute("data-state", "done");
}

test("a word finds its messages everywhere, and each opens at its place", async ({ people }) => {
  test.setTimeout(120_000);
  const one = await people.visitor();
  await one.ring();
  await one.say("拉链坏了，订单 A1234");
  await expect(one.messages).toHaveCount(2);
  for (let n = 0; n < 70; n++) {
    await one.say(`填充 ${n}`);
  }
  await expect(one.message("填充 69")).toHaveAttribute("data-state", "delivered");
  const other = await people.visitor("en");
  await other.ring();
  await other.say("The Zip of order a1234 broke");
  await expect(other.messages).toHaveCount(2);

  const agent = await people.agent("小林");
  await expect(agent.rows).toHaveCount(2);
  await agent.page.keyboard.press("f");
  await expect(agent.page.getByTestId("find-words")).toBeFocused();
  expect(await findings(agent.page)).toEqual([]);
  await look(agent, "a1234");
  await expect(hits(agent.page)).toHaveCount(2);
  await expect(hits(agent.page).first().locator("mark")).toHaveText("a1234");
  expect(await findings(agent.page)).toEqual([]);
  await look(agent, "没有这样的话");
  await expect(agent.page.getByTestId("find-state")).toHaveText("没有找到相符的消息");
  await look(agent, "拉链坏");
  await expect(hits(agent.page)).toHaveCount(1);
  // By keyboard to a message far above the end.
  await agent.page.keyboard.press("ArrowDown");
  await expect(hits(agent.page).first()).toBeFocused();
  await agent.page.keyboard.press("Enter");
  await expect(agent.message("拉链坏了")).toBeFocused();

  await agent.note("拉链批次有问题");
  await agent.say("马上处理拉链");
  await expect(agent.message("马上处理拉链")).not.toHaveAttribute("data-seq", "0");
  await expect(async () => {
    await look(agent, "拉链");
    await expect(hits(agent.page)).toHaveCount(3);
  }).toPass();
  await agent.page.getByTestId("find-who").selectOption("team");
  await expect(hits(agent.page)).toHaveCount(2);
  await agent.page.getByTestId("find-who").selectOption({ label: "小林" });
  await expect(hits(agent.page)).toHaveCount(2);
  await agent.page.getByTestId("find-to").fill("2020-01-01");
  await expect(hits(agent.page)).toHaveCount(0);
  await agent.page.getByTestId("find-words").press("Escape");
  await expect(agent.rows).toHaveCount(2);
});

test("what is edited or recalled is found as it is now, also by a desk that begins anew", async ({
  people,
  server,
}) => {
  test.setTimeout(120_000);
  const visitor = await people.visitor();
  await visitor.ring();
  await visitor.say("红色的包");
  await expect(visitor.messages).toHaveCount(2);
  await visitor.composer.press("ArrowUp");
  await visitor.say("蓝色的包");
  await expect(visitor.message("蓝色的包").getByTestId("edited")).toBeVisible();
  await visitor.say("白色的鞋");
  await expect(visitor.message("白色的鞋")).toHaveAttribute("data-state", "delivered");
  const agent = await people.agent("小林");
  await expect(agent.rows).toHaveCount(1);
  await agent.page.keyboard.press("f");
  await look(agent, "色的");
  await expect(hits(agent.page)).toHaveCount(2);
  await look(agent, "红色");
  await expect(hits(agent.page)).toHaveCount(0);
  await visitor.message("白色的鞋").focus();
  await visitor.page.keyboard.press("Enter");
  await visitor.frame.getByTestId("tool-recall").click();
  await visitor.frame.getByTestId("recall-yes").click();
  await expect(visitor.message("您撤回了一条消息")).toHaveCount(1);
  await server.kill();
  await server.again();
  await expect(agent.status).toHaveAttribute("data-status", "online");
  await expect(async () => {
    await look(agent, "色的");
    await expect(hits(agent.page)).toHaveCount(1);
  }).toPass();
  await expect(hits(agent.page)).toContainText("蓝色的包");
});

test("a tag is put on for the team alone, stands in the inbox, and narrows a search", async ({
  people,
}) => {
  test.setTimeout(120_000);
  const one = await people.visitor();
  await one.ring();
  await one.say("拉链坏了");
  const other = await people.visitor();
  await other.ring();
  await other.say("什么时候到货");
  const agent = await people.agent("小林");
  await expect(agent.rows).toHaveCount(2);
  await agent.rows.filter({ hasText: "拉链坏了" }).click();
  await agent.composer.waitFor();
  await agent.page.keyboard.press("Escape");
  await agent.page.keyboard.press("t");
  const field = agent.page.getByTestId("tag-field");
  await expect(field).toBeFocused();
  for (const tag of ["#维修", "VIP", "vip"]) {
    await field.fill(tag);
    await field.press("Enter");
  }
  await expect(agent.page.getByTestId("tag")).toHaveText(["维修", "VIP"]);
  await expect(agent.notes).toHaveText([/贴上标签：维修/, /贴上标签：VIP/]);
  expect(await findings(agent.page)).toEqual([]);
  await expect(one.frame.getByText("VIP")).toHaveCount(0);

  // Closed, and begun anew: what stands here now is what the desk says.
  await agent.page.keyboard.press("Escape");
  await agent.page.keyboard.press("e");
  await agent.page.reload();
  await expect(agent.page.getByTestId("row-tags")).toHaveText(["维修VIP"]);
  await agent.page.getByTestId("search").fill("vip");
  await expect(agent.rows).toHaveCount(1);
  await agent.page.getByTestId("search").fill("");
  await agent.page.getByTestId("search").press("Escape");

  await agent.page.keyboard.press("f");
  await look(agent, "");
  await expect(hits(agent.page).filter({ hasText: "什么时候到货" })).toHaveCount(1);
  await agent.page.getByTestId("find-tag").selectOption("VIP");
  await expect(hits(agent.page).filter({ hasText: "什么时候到货" })).toHaveCount(0);
  await expect(hits(agent.page).filter({ hasText: "拉链坏了" })).toHaveCount(1);
  await agent.page.getByTestId("find-leave").click();

  await agent.rows.filter({ hasText: "拉链坏了" }).click();
  await agent.page.getByRole("button", { name: "取下标签“VIP”" }).click();
  await expect(agent.page.getByTestId("tag")).toHaveText(["维修"]);
  await expect(agent.page.getByTestId("row-tags")).toHaveText(["维修"]);
});
