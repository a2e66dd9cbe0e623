// The agents' workplace: by keyboard alone, with several conversations, and what it says of itself.
import { expect, test } from "./fixtures.ts";

test("an agent works by keyboard alone", async ({ people }) => {
  const visitor = await people.visitor();
  await visitor.ring();
  await visitor.say("有现货吗？");
  const agent = await people.agent("小林");
  const { page } = agent;
  await expect(agent.rows).toHaveCount(1);
  const { keyboard } = page;

  await keyboard.press("j");
  await expect(agent.rows.first()).toHaveAttribute("data-selected", "true");
  await keyboard.press("Enter");
  await expect(agent.composer).toBeFocused();
  await keyboard.type("有的，明天发货。");
  await keyboard.press("Enter");
  await expect(visitor.message("有的，明天发货。")).toBeVisible();

  await keyboard.press("Escape");
  await keyboard.press("n");
  await expect(agent.composer).toBeFocused();
  await keyboard.type("老顾客");
  await keyboard.press("Enter");
  await expect(agent.notes.filter({ hasText: "老顾客" })).toHaveCount(1);

  await keyboard.press("Escape");
  await keyboard.press("r");
  await expect(page.getByTestId("reply-toggle")).toHaveAttribute("aria-pressed", "true");
  await keyboard.press("Escape");
  await keyboard.press("c");
  await expect(page.getByTestId("customer")).toBeHidden();
  await keyboard.press("c");
  await expect(page.getByTestId("customer")).toBeVisible();
  await keyboard.press("e");
  await expect(agent.composer).toHaveCount(0);
  await expect(visitor.message("老顾客")).toHaveCount(0);
});

test("letters rest while somebody writes, Esc gives them back", async ({ people }) => {
  const visitor = await people.visitor("en");
  await visitor.ring();
  await visitor.say("Hello");
  const agent = await people.agent("Lin", "en");
  await agent.openFirst();
  await agent.page.keyboard.type("jkrnec?");
  await expect(agent.composer).toHaveValue("jkrnec?");
  await expect(agent.page.getByRole("dialog")).toHaveCount(0);
  await agent.page.keyboard.press("Escape");
  await agent.page.keyboard.press("n");
  await expect(agent.page.getByTestId("note-toggle")).toHaveAttribute("aria-pressed", "true");
});

test("the map of keys opens, keeps the focus, and gives it back", async ({ people }) => {
  const visitor = await people.visitor("en");
  await visitor.ring();
  await visitor.say("Hello");
  const agent = await people.agent("Lin", "en");
  await agent.openFirst();
  const { page } = agent;
  await page.keyboard.press("Escape");
  const toggle = page.getByTestId("note-toggle");
  await toggle.focus();
  await page.keyboard.press("?");
  const map = page.getByRole("dialog", { name: "Keyboard" });
  await expect(map).toBeVisible();
  await expect(map).toContainText("Write a note to the team");
  for (let presses = 0; presses < 4; presses++) {
    await page.keyboard.press("Tab");
    const outside = await page.evaluate(
      () => document.activeElement !== document.body && !document.activeElement?.closest("dialog"),
    );
    expect(outside, `after ${presses + 1} presses of Tab`).toBe(false);
  }
  await page.keyboard.press("Escape");
  await expect(map).toBeHidden();
  await expect(toggle).toBeFocused();
});

test("two conversations stay open side by side; what comes to the other is counted", async ({
  people,
}) => {
  const first = await people.visitor();
  await first.ring();
  await first.say("第一位");
  const second = await people.visitor();
  await second.ring();
  await second.say("第二位");
  const agent = await people.agent("小林");
  const { page } = agent;
  await expect(agent.rows).toHaveCount(2);
  // Who waits longest stands first.
  await expect(agent.rows.nth(0)).toContainText("第一位");
  await expect(agent.rows.nth(1).getByTestId("unread")).toBeVisible();

  await agent.openFirst();
  await expect(agent.message("第一位")).toBeVisible();
  await expect(agent.rows.nth(0).getByTestId("unread")).toHaveCount(0);
  await agent.composer.fill("草稿还没写完");
  await agent.rows.filter({ hasText: "第二位" }).click();
  await expect(agent.message("第二位")).toBeVisible();
  await expect(agent.composer).toHaveValue("");
  const open = page.getByTestId("open-talk");
  await expect(open).toHaveCount(2);
  await expect(agent.message("第一位")).toHaveCount(0);

  await first.say("还在吗？");
  await expect(open.nth(0).getByTestId("unread")).toHaveText("1");
  await page.keyboard.press("Alt+1");
  await expect(agent.message("还在吗？")).toBeVisible();
  await expect(agent.composer).toHaveValue("草稿还没写完");
  await expect(open.nth(0).getByTestId("unread")).toHaveCount(0);
  await page.keyboard.press("Escape");
  await page.keyboard.press("]");
  await expect(agent.message("第二位")).toBeVisible();

  await page.reload();
  await expect(agent.message("第二位")).toBeVisible();
  await expect(open).toHaveCount(2);
  await page.getByTestId("close-talk").nth(1).click();
  await expect(agent.message("还在吗？")).toBeVisible();
  await expect(page.getByTestId("open-talks")).toHaveCount(0);
});

test("the inbox is searched with /, and says when nothing matches", async ({ people }) => {
  const first = await people.visitor();
  await first.ring();
  await first.say("拉链坏了");
  const second = await people.visitor();
  await second.ring();
  await second.say("想换颜色");
  const agent = await people.agent("小林");
  const { page } = agent;
  await expect(agent.rows).toHaveCount(2);
  await page.keyboard.press("/");
  await expect(page.getByTestId("search")).toBeFocused();
  await page.keyboard.type("颜色");
  await expect(agent.rows).toHaveCount(1);
  await page.keyboard.type("不存在");
  await expect(page.getByTestId("inbox-empty")).toHaveText("没有找到相符的对话");
  await page.keyboard.press("Escape");
  await expect(agent.rows).toHaveCount(2);

  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.getByTestId("palette-field").fill("拉链");
  await page.keyboard.press("Enter");
  await expect(agent.message("拉链坏了")).toBeVisible();
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("what is not sent yet is counted and listed, until it is", async ({ server, people }) => {
  const visitor = await people.visitor();
  await visitor.ring();
  await visitor.say("在吗？");
  const agent = await people.agent("小林");
  const { page } = agent;
  await agent.openFirst();
  await expect(agent.message("在吗？")).toBeVisible();
  server.freeze();
  await agent.say("在的。");
  await agent.say("请说。");
  const count = page.getByTestId("unsent-count");
  await expect(count).toHaveText("2 条未发出");
  await agent.page.getByTestId("close-this").click();
  await count.click();
  await expect(page.getByTestId("unsent-message")).toHaveCount(2);
  await page.getByTestId("unsent-message").first().click();
  await expect(agent.message("在的。")).toHaveAttribute("data-state", "sending");
  server.thaw();
  await expect(count).toHaveCount(0);
  await expect(visitor.message("请说。")).toBeVisible();
});

test("the customer's panel: page, product, cart, what the same device asked before", async ({
  people,
}) => {
  const visitor = await people.visitor();
  await visitor.ring();
  await visitor.say("前一段对话");
  await expect(visitor.message("前一段对话")).toHaveAttribute("data-state", "delivered");
  await visitor.frame.getByTestId("menu").click();
  await visitor.frame.getByTestId("start-new").click();
  await visitor.page.getByTestId("frame").evaluate((frame: HTMLIFrameElement) => {
    const context = {
      page: { url: "https://shop.example/bags/tote", title: "山茶牛皮托特包" },
      product: { name: "山茶牛皮托特包", sku: "TOTE-01", price: "¥ 899" },
      cart: { items: [{ name: "肩带", quantity: 2, price: "¥ 69" }], total: "¥ 1,037" },
    };
    const word = { shopbell: 1, type: "context", context };
    frame.contentWindow?.postMessage(word, new URL(frame.src).origin);
  });
  await visitor.say("有灰色吗？");
  await expect(visitor.message("有灰色吗？")).toHaveAttribute("data-state", "delivered");

  const agent = await people.agent("小林");
  const { page } = agent;
  await agent.rows.filter({ hasText: "有灰色吗？" }).click();
  const look = page.getByTestId("customer-page");
  await expect(look).toContainText("https://shop.example/bags/tote");
  await expect(look.getByRole("link")).toHaveCount(0);
  await expect(page.getByTestId("customer-product")).toContainText("TOTE-01");
  await expect(page.getByTestId("customer-cart")).toContainText("肩带 × 2");
  await expect(page.getByTestId("customer-cart")).toContainText("合计 ¥ 1,037");
  const about = page.getByTestId("customer");
  await expect(about).toContainText("语言中文（中国）");
  await expect(about).toContainText(/设备.*\d+ x \d+/);
  await expect(page.getByTestId("identity")).toContainText("匿名访客");
  await page.getByTestId("customer-earlier").getByRole("button").click();
  await expect(agent.message("前一段对话")).toBeVisible();
  await expect(page.getByTestId("open-talk")).toHaveCount(2);
});

test("a narrow window shows the customer over the conversation; Esc folds him away", async ({
  people,
}) => {
  const visitor = await people.visitor("en");
  await visitor.ring();
  await visitor.say("Is it in stock?");
  const agent = await people.agent("Lin", "en");
  const { page } = agent;
  await page.setViewportSize({ width: 820, height: 780 });
  await agent.openFirst();
  await expect(page.getByTestId("customer")).toHaveCount(0);
  await page.getByTestId("customer-toggle").click();
  await expect(page.getByTestId("customer")).toBeVisible();
  await expect(page.getByTestId("inbox")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("customer")).toHaveCount(0);
  await page.getByTestId("inbox-toggle").click();
  await expect(page.getByTestId("inbox")).toHaveCount(0);
  await page.reload();
  await expect(agent.message("Is it in stock?")).toBeVisible();
  await expect(page.getByTestId("inbox")).toHaveCount(0);
});

test("g and then a lead an admin to the shop's pages, a conversation leads back", async ({
  people,
}) => {
  const visitor = await people.visitor("en");
  await visitor.ring();
  await visitor.say("Is it in stock?");
  const agent = await people.agent("Lin", "en");
  const { page } = agent;
  await expect(page.getByTestId("admin-open")).toBeVisible();
  await page.keyboard.press("g");
  await expect(page.getByTestId("dialog-settings")).toBeVisible();
  await page.keyboard.press("a");
  await expect(page.getByTestId("dialog-settings")).toHaveCount(0);
  await expect(page.getByTestId("admin")).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.getByTestId("palette-field").fill("stock");
  await page.keyboard.press("Enter");
  await expect(agent.message("Is it in stock?")).toBeVisible();
  await expect(page.getByTestId("admin")).toHaveCount(0);
});
