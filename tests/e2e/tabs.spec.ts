// Several tabs of one person are one device: each shows all and may write, whichever of them leads.
import { chromium, type Frame, type Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { ConsolePage } from "./pages/console_page.ts";
import { ShopPage } from "./pages/shop_page.ts";
import { inWorker, WorkerOf } from "./workers.ts";

async function secondTab(first: ShopPage, shops: string): Promise<ShopPage> {
  const page = await first.page.context().newPage();
  const second = await ShopPage.open(page, shops, "zh-CN");
  await second.ring();
  return second;
}

function frameOf(side: ShopPage): Frame {
  const found = side.page.frames().find((each) => each.url().includes("frame.html"));
  if (!found) {
    throw new Error("the conversation has no frame");
  }
  return found;
}

test("two tabs show the same conversation, and both write", async ({ server, people }) => {
  const first = await people.visitor();
  await first.ring();
  await first.say("第一个标签页");
  await expect(first.message("第一个标签页")).toHaveAttribute("data-state", "delivered");
  const second = await secondTab(first, server.addresses.shops);
  await expect(second.message("第一个标签页")).toHaveCount(1);
  const agent = await people.agent("小林");
  await agent.openFirst();

  await second.say("第二个标签页");
  await expect(agent.message("第二个标签页")).toHaveCount(1);
  await agent.say("两边都看得到。");
  const said = ["第一个标签页", "第二个标签页", "两边都看得到。", "好的。", "谢谢。"];
  for (const tab of [first, second]) {
    await expect(tab.message("两边都看得到。")).toHaveAttribute("data-author-class", "2");
  }
  await first.say("好的。");
  await expect(second.message("好的。")).toHaveAttribute("data-state", "read");
  await second.say("谢谢。");
  await expect(first.message("谢谢。")).toHaveAttribute("data-state", "read");
  for (const tab of [first, second, agent]) {
    await expect.poll(() => tab.saidOf(said)).toEqual(said);
  }
});

test("a conversation begun in one tab appears in the other", async ({ server, people }) => {
  const first = await people.visitor();
  await first.ring();
  const second = await secondTab(first, server.addresses.shops);
  await second.say("从这里开始");
  await expect(first.message("从这里开始")).toHaveAttribute("data-state", "delivered");
  await first.say("接着说");
  await expect(second.message("接着说")).toHaveAttribute("data-state", "delivered");
});

test("what is written as the leading tab closes is sent, once", async ({ server, people }) => {
  const first = await people.visitor();
  await first.ring();
  await first.say("开始");
  await expect(first.message("开始")).toHaveAttribute("data-state", "delivered");
  const second = await secondTab(first, server.addresses.shops);
  await expect(second.message("开始")).toHaveCount(1);
  const agent = await people.agent("小林");
  await agent.openFirst();
  await Promise.all([first.page.close(), second.say("还在吗")]);
  await expect(second.message("还在吗")).toHaveAttribute("data-state", "read");
  await agent.say("在的。");
  await expect(second.message("在的。")).toHaveCount(1);
  for (const side of [second, agent]) {
    expect(await side.saidOf(["开始", "还在吗", "在的。"])).toEqual(["开始", "还在吗", "在的。"]);
  }
});

/** A worker that has written dies at the end of its next write, before it can say so. */
const DIES = `
  let test_dies = false;
  let test_has_written = false;
  new BroadcastChannel("test dies").onmessage = () => (test_dies = test_has_written);
  const { transaction } = IDBDatabase.prototype;
  IDBDatabase.prototype.transaction = function (names, mode, options) {
    const begun = transaction.call(this, names, mode, options);
    if (mode === "readwrite") {
      test_has_written = true;
      begun.addEventListener("complete", (event) => {
        if (test_dies) {
          event.stopImmediatePropagation();
          self.close();
        }
      });
    }
    return begun;
  };
`;

test("what a leader had stored when it died is sent by the next one, once", async ({
  server,
  people,
}) => {
  const first = await people.visitor();
  await inWorker(first.page, DIES);
  await first.ring();
  await first.say("开始");
  await expect(first.message("开始")).toHaveAttribute("data-state", "delivered");
  const second = await secondTab(first, server.addresses.shops);
  await expect(second.message("开始")).toHaveCount(1);
  const die = () => new BroadcastChannel("test dies").postMessage(0);
  await frameOf(second).evaluate(die);
  await second.say("只送一次");
  await expect(second.message("只送一次")).toHaveAttribute("data-state", "delivered");
  await second.say("好的");
  await expect(second.message("好的")).toHaveAttribute("data-state", "delivered");
  const agent = await people.agent("小林");
  await agent.openFirst();
  const all = ["开始", "只送一次", "好的"];
  for (const side of [second, agent]) {
    await expect.poll(() => side.saidOf(all)).toEqual(all);
  }
});

test("a page out of the back/forward cache goes on with the conversation", async ({
  server,
  people,
}) => {
  // Playwright switches that cache off, and does not find the frame in a page that comes of it.
  const { executablePath, args = [] } = test.info().project.use.launchOptions ?? {};
  const browser = await chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args,
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  });
  const page = await (await browser.newContext({ locale: "zh-CN" })).newPage();
  await page.addInitScript(() =>
    addEventListener("pageshow", ({ persisted }) => Object.assign(window, { persisted })),
  );
  const visitor = await ShopPage.open(page, server.addresses.shops, "zh-CN");
  await visitor.ring();
  await visitor.say("走之前");
  await expect(visitor.message("走之前")).toHaveAttribute("data-state", "delivered");
  const agent = await people.agent("小林");
  await agent.openFirst();
  await page.goto(`${server.addresses.shops}?elsewhere`);
  await page.goBack({ waitUntil: "commit" });
  expect(await page.evaluate(() => (window as { persisted?: boolean }).persisted)).toBe(true);
  const { x, y, width, height } = (await page.getByTestId("frame").boundingBox()) ?? {
    x: 0, y: 0, width: 0, height: 0,
  };
  await page.mouse.click(x + width / 3, y + height - 40);
  await page.keyboard.type("回来了");
  await page.keyboard.press("Enter");
  await expect(agent.message("回来了")).toHaveCount(1);
  expect(await agent.saidOf(["走之前", "回来了"])).toEqual(["走之前", "回来了"]);
  await browser.close();
});

test("two tabs of an agent show the same, and both answer", async ({ server, people }) => {
  const visitor = await people.visitor();
  await visitor.ring();
  await visitor.say("有人吗");
  const first = await people.agent("小林");
  await first.openFirst();
  const page: Page = await first.page.context().newPage();
  await page.goto(new URL(server.addresses.console).origin + new URL(first.page.url()).pathname);
  const second = new ConsolePage(page);
  await second.openFirst();
  await expect(second.message("有人吗")).toHaveCount(1);
  await second.say("有的。");
  await expect(first.message("有的。")).toHaveAttribute("data-state", /delivered|read/);
  await first.say("请讲。");
  await expect(second.message("请讲。")).toHaveCount(1);

  const worker = await WorkerOf.find(first.page);
  await worker.sleep();
  await second.say("还在吗？");
  await expect(visitor.message("还在吗？")).toHaveCount(1);
  await worker.wake();
  await first.say("好的。");
  const said = ["有的。", "请讲。", "还在吗？", "好的。"];
  for (const side of [first, second, visitor]) {
    await expect.poll(() => side.saidOf(said)).toEqual(said);
  }
});
