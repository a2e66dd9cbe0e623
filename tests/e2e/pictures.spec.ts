// The picture of the README: the shop in Chinese with the question about the zip and its answer.
// PICTURES=1 draws docs/pictures/scene.png anew; without it the picture is drawn among the results.
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, person, test } from "./fixtures.ts";
import { ShopPage } from "./pages/shop_page.ts";

const kept = fileURLToPath(new URL("../../docs/pictures/scene.png", import.meta.url));
const BYTES_MAX = 300 * 1024;

test("the scene of the README", async ({ server, browser, people }, info) => {
  const path = process.env["PICTURES"] ? kept : info.outputPath("scene.png");
  const page = await person(browser, "zh-CN");
  await page.setViewportSize({ width: 1440, height: 860 });
  const visitor = await ShopPage.open(page, server.addresses.shops, "zh-CN");
  await visitor.ring();
  await visitor.say("拉链坏了，买了不到一个月，能保修吗？");
  const agent = await people.agent("小林");
  await agent.openFirst();
  const answer = "可以的，一年内拉链免费保修。我让师傅明天上门取件，新包同时寄出。";
  await agent.say(answer);
  await expect(visitor.message(answer)).toBeVisible();
  await visitor.say("太好了，谢谢！");
  await expect(visitor.message("太好了")).toHaveAttribute("data-state", "read");
  await page.screenshot({ path, animations: "disabled", caret: "hide" });
  expect(statSync(path).size).toBeLessThanOrEqual(BYTES_MAX);
  await page.context().close();
});
