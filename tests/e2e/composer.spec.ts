// Where one writes: it grows with the words, keeps them, and takes emoji where the caret is.
import { expect, test } from "./fixtures.ts";
import { ShopPage } from "./pages/shop_page.ts";

test("it grows from one line to six and back", async ({ people }) => {
  const visitor = await people.visitor();
  await visitor.ring();
  const height = async () => (await visitor.composer.boundingBox())?.height ?? 0;
  const one = await height();
  const lines = (count: number) => Array.from({ length: count }, (_, at) => `${at}`).join("\n");
  const heights: number[] = [];
  for (const count of [2, 6, 9]) {
    await visitor.composer.fill(lines(count));
    heights.push(await height());
  }
  const [two = 0, six = 0, nine = 0] = heights;
  const line = two - one;
  expect(line).toBeGreaterThan(15);
  expect(Math.abs(six - one - 5 * line)).toBeLessThan(line / 2);
  expect(nine - six).toBeLessThan(line / 2);
  await visitor.composer.press("Enter");
  await expect.poll(height).toBe(one);
});

test("the send button comes with the first word", async ({ people }) => {
  const visitor = await people.visitor();
  await visitor.ring();
  const send = visitor.frame.getByTestId("send");
  await expect(send).toBeHidden();
  await visitor.composer.fill("   ");
  await expect(send).toBeHidden();
  await visitor.composer.fill("在吗");
  await send.click();
  await expect(visitor.message("在吗")).toHaveCount(1);
  await expect(send).toBeHidden();
  await expect(visitor.composer).toBeFocused();
});

test("an emoji goes where the caret is, and is there at once the next time", async ({ people }) => {
  const visitor = await people.visitor();
  await visitor.ring();
  await visitor.composer.fill("好的");
  await visitor.composer.press("ArrowLeft");
  const button = visitor.frame.getByTestId("emoji");
  const picker = visitor.frame.getByTestId("emoji-picker");
  await button.click();
  await picker.getByRole("searchbox").fill("快递");
  await expect(picker.locator(".emoji")).toHaveText(["📦"]);
  await picker.getByRole("button", { name: "包裹" }).click();
  await expect(visitor.composer).toHaveValue("好📦的");
  await visitor.composer.click();
  await expect(picker).toHaveCount(0);

  await button.click();
  const recent = picker.getByRole("group", { name: "最近使用" });
  await expect(recent.locator(".emoji")).toHaveText(["📦"]);
  await picker.getByRole("searchbox").press("ArrowDown");
  await expect(recent.locator(".emoji")).toBeFocused();
  await visitor.page.keyboard.press("ArrowDown");
  const all = picker.getByRole("group", { name: "全部表情" });
  await expect(all.locator(".emoji").first()).toBeFocused();
  await visitor.page.keyboard.press("ArrowRight");
  await expect(all.locator(".emoji").nth(1)).toBeFocused();
  await visitor.page.keyboard.press("Escape");
  await expect(button).toBeFocused();
  await expect(picker).toHaveCount(0);
});

test("Enter that ends a composition writes, the next one sends", async ({ people }) => {
  const visitor = await people.visitor();
  await visitor.ring();
  await expect(visitor.composer).toBeFocused();
  const frame = visitor.page.frames().find((each) => each.url().includes("frame.html"));
  const input = await visitor.page.context().newCDPSession(frame ?? visitor.page);
  const composition = { text: "nihao", selectionStart: 5, selectionEnd: 5 };
  await input.send("Input.imeSetComposition", composition);
  await expect(visitor.composer).toHaveValue("nihao");
  const enter = { key: "Enter", code: "Enter", windowsVirtualKeyCode: 229 };
  await input.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...enter });
  await input.send("Input.insertText", { text: "你好" });
  await input.send("Input.dispatchKeyEvent", { type: "keyUp", ...enter });
  await expect(visitor.composer).toHaveValue("你好");
  await expect(visitor.messages).toHaveCount(0);
  await visitor.page.keyboard.press("Enter");
  await expect(visitor.message("你好")).toHaveAttribute("data-state", "delivered");
  await expect(visitor.message("nihao")).toHaveCount(0);
});

test("a draft survives the page and is in every tab", async ({ server, people }) => {
  const visitor = await people.visitor();
  await visitor.ring();
  await visitor.say("在吗");
  await expect(visitor.message("在吗")).toHaveAttribute("data-state", "delivered");
  await visitor.composer.fill("写了一半");
  const page = await visitor.page.context().newPage();
  const second = await ShopPage.open(page, server.addresses.shops, "zh-CN");
  await second.ring();
  await expect(second.composer).toHaveValue("写了一半");
  await visitor.page.close();
  await page.reload();
  await second.ring();
  await expect(second.composer).toHaveValue("写了一半");
  await second.composer.press("Enter");
  await expect(second.message("写了一半")).toHaveAttribute("data-state", "delivered");
  await page.reload();
  await second.ring();
  await expect(second.message("写了一半")).toHaveCount(1);
  await expect(second.composer).toHaveValue("");
});
