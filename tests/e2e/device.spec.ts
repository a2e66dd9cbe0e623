// The device under the screens: what it is given, what it keeps, and what it says when it cannot.
import type { Locator, Page } from "@playwright/test";
import { findings } from "./axe.ts";
import { expect, person, test } from "./fixtures.ts";
import { ConsolePage } from "./pages/console_page.ts";
import { inWorker } from "./workers.ts";

test("the page stands before the first question, whatever its length", async ({
  server,
  people,
}) => {
  const visitor = await people.visitor();
  await visitor.page.goto(`${server.addresses.shops}?from=${"x".repeat(5000)}`);
  await visitor.page.evaluate(() => (document.title = `包袋${"长".repeat(20_000)}`));
  await visitor.ring();
  await visitor.say("有货吗？");
  await expect(visitor.messages).toHaveCount(2);
  const agent = await people.agent("小林");
  await agent.openFirst();
  const lines = agent.page.locator(".system, [data-testid=message]");
  await expect(lines).toHaveCount(3);
  await expect(lines.nth(0)).toContainText("正在浏览：包袋");
  await expect(lines.nth(1)).toHaveText("有货吗？");
  await expect(agent.page).toHaveTitle(/^\(1\) /);
  await agent.say("有的。");
  await expect(agent.page).not.toHaveTitle(/^\(/);
});

const hard = [
  "a".repeat(3000),
  `https://shop.example/${"bag%20".repeat(400)}`,
  "👩‍👩‍👧‍👦".repeat(200),
  "مرحبا، هل يمكنني إرجاع الحقيبة؟ ".repeat(20),
  "\u202Etxt.exe",
  "<img src=x onerror=alert(1)>",
  "字".repeat(5400),
];

/** A long one is folded: its beginning stands for it. */
const beginnings = hard.map((text) => text.trim().slice(0, 100));

async function begunIn(messages: Locator): Promise<string[]> {
  const shown = await messages.allInnerTexts();
  return beginnings.filter((beginning) => shown.some((text) => text.startsWith(beginning)));
}

async function widthOverflow(page: Page, frame = false): Promise<number> {
  const target = frame ? page.frames().find((each) => each.url().includes("frame.html")) : page;
  const measure = () => {
    const all = [document.documentElement, document.querySelector(".timeline") as HTMLElement];
    return Math.max(...all.map((node) => node.scrollWidth - node.clientWidth));
  };
  return (await target?.evaluate(measure)) ?? -1;
}

test("words of any length and script stay in their place", async ({ people }) => {
  const visitor = await people.visitor();
  await visitor.page.setViewportSize({ width: 320, height: 640 });
  await visitor.ring();
  for (const text of hard) {
    await visitor.say(text);
  }
  await expect.poll(() => begunIn(visitor.messages)).toEqual(beginnings);
  expect(await widthOverflow(visitor.page, true)).toBe(0);
  const agent = await people.agent("小林");
  await agent.page.setViewportSize({ width: 820, height: 900 });
  await agent.openFirst();
  await expect.poll(() => begunIn(agent.messages)).toEqual(beginnings);
  expect(await widthOverflow(agent.page)).toBe(0);
});

test("what is too long is refused in words, and kept", async ({ people }) => {
  const visitor = await people.visitor();
  await visitor.ring();
  const long = "字".repeat(5500);
  await visitor.say(long);
  await expect(visitor.frame.getByRole("alert")).toContainText("消息太长");
  await expect(visitor.composer).toHaveValue(long);
  await expect(visitor.messages).toHaveCount(0);
});

test("who scrolls up finds all that was said, in its place", async ({ people }) => {
  test.slow();
  const visitor = await people.visitor();
  await visitor.ring();
  const said = Array.from({ length: 130 }, (_, index) => `第 ${index + 1} 句。`);
  for (const text of said) {
    await visitor.say(text);
  }
  const last = expect(visitor.message("第 130 句。"));
  await last.toHaveAttribute("data-state", "delivered", { timeout: 40_000 });
  await visitor.page.reload();
  await visitor.ring();
  const agent = await people.agent("小林");
  await agent.openFirst();
  await expect(agent.message("第 130 句。")).toBeVisible();
  await agent.page.reload();
  for (const { page, side } of [
    { page: agent.page, side: agent },
    { page: visitor.page, side: visitor },
  ]) {
    await expect(side.message("第 130 句。")).toBeVisible();
    expect((await side.saidOf(said)).length).toBeLessThanOrEqual(50);
    // What floats over the messages is not in the way.
    await expect(async () => {
      await side.message("第 129 句。").hover();
      await side.message("第 130 句。").hover();
      await expect(side.tools).toBeVisible({ timeout: 500 });
    }).toPass();
    await side.tools.hover();
    const up = async () => {
      await page.mouse.wheel(0, -700);
      return (await side.saidOf(said)).length;
    };
    // Above the place of whoever reads nothing comes in between.
    await expect.poll(up, { intervals: [50] }).toBeGreaterThan(90);
    await expect(side.message("第 130 句。")).not.toBeInViewport();
    await expect.poll(up, { intervals: [50] }).toBe(130);
    expect(await side.saidOf(said)).toEqual(said);
  }
});

test("a core sent under a wrong type is taken all the same", async ({ people }) => {
  const visitor = await people.visitor();
  await visitor.page.context().route(/\.wasm$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), "content-type": "x/y" } });
  });
  await visitor.ring();
  await visitor.say("？");
  await expect(visitor.message("？")).toHaveAttribute("data-state", "delivered");
});

test("a core that does not come is said, and tried again", async ({ people }) => {
  const visitor = await people.visitor();
  const wasm = /\.wasm$/;
  await visitor.page.context().route(wasm, (route) => route.abort());
  await visitor.bubble.click();
  await expect(visitor.frame.getByTestId("failed")).toContainText("检查网络");
  await visitor.page.context().unroute(wasm);
  await visitor.settled();
  await visitor.frame.getByTestId("try-again").click();
  await visitor.composer.waitFor();
});

const REFUSED = `
  const refuse = () => {
    throw new DOMException("refused", "SecurityError");
  };
  Object.defineProperty(self, "indexedDB", { value: { open: refuse } });
  navigator.locks.request = async () => refuse();
`;

test("without storage it says so, and serves this visit", async ({ people }) => {
  const visitor = await people.visitor();
  await inWorker(visitor.page, REFUSED);
  await visitor.bubble.click();
  const note = visitor.page.getByTestId("note");
  await expect(note).toContainText("不保存对话");
  await expect(visitor.composer).toBeHidden();
  expect(await findings(visitor.page)).toEqual([]);
  await note.getByTestId("this-visit").press("Enter");
  await expect(visitor.composer).toBeFocused();
  await expect(note).toHaveCount(0);
  await expect(visitor.frame.getByTestId("storage")).toContainText("只在这次访问中保留对话");
  await visitor.say("？");
  await expect(visitor.message("？")).toHaveAttribute("data-state", "delivered");
});

test("a page that is not secure is refused in words", async ({ people }) => {
  const visitor = await people.visitor();
  await inWorker(visitor.page, 'Object.defineProperty(self, "isSecureContext", { value: false });');
  await visitor.bubble.click();
  await expect(visitor.frame.getByTestId("storage")).toContainText("https");
  await expect(visitor.composer).toHaveCount(0);
});

test("the keyboard alone serves an inbox longer than the window", async ({ people }) => {
  const agent = await people.agent("小林");
  await agent.page.setViewportSize({ width: 1000, height: 330 });
  for (let count = 1; count <= 5; count++) {
    const visitor = await people.visitor("en");
    await visitor.ring();
    await visitor.say(`from ${count}`);
    await expect(agent.rows).toHaveCount(count);
  }
  await agent.page.locator("body").press("j");
  for (let count = 1; count < 5; count++) {
    await agent.page.keyboard.press("j");
  }
  await expect(agent.rows.nth(4)).toBeInViewport({ ratio: 1 });
  await agent.page.keyboard.press("Enter");
  await expect(agent.message("from 5")).toBeVisible();
  await expect(agent.composer).toBeFocused();
  await expect(agent.composer).toHaveAccessibleName(/^写给访客 /);
  await agent.composer.press("Escape");
  await agent.page.keyboard.press("n");
  await expect(agent.composer).toBeFocused();
  await expect(agent.composer).toHaveAccessibleName("写给团队的备注，顾客看不到");
});

/** From the next message on; when the device writes of itself is not known. */
const FULL = `
  new BroadcastChannel("test disk").onmessage = () => {
    const { put } = IDBObjectStore.prototype;
    let is_full = false;
    IDBObjectStore.prototype.put = function (value, key) {
      is_full ||= key instanceof ArrayBuffer && new Uint8Array(key)[0] === "o".charCodeAt(0);
      if (is_full) {
        throw new DOMException("full", "QuotaExceededError");
      }
      return put.call(this, value, key);
    };
  };
`;

test("a full disk is said in words, and the words are kept", async ({ people }) => {
  const visitor = await people.visitor();
  await inWorker(visitor.page, FULL);
  await visitor.ring();
  await visitor.say("还在的");
  await expect(visitor.message("还在的")).toHaveAttribute("data-state", "delivered");
  const frame = visitor.page.frames().find((each) => each.url().includes("frame.html"));
  await frame?.evaluate(() => new BroadcastChannel("test disk").postMessage(0));
  await visitor.say("存不下的");
  await expect(visitor.frame.getByRole("alert")).toContainText("请检查剩余空间");
  await expect(visitor.message("存不下的")).toHaveCount(0);
  await visitor.frame.getByTestId("try-again").click();
  await expect(visitor.composer).toHaveValue("存不下的");
  await visitor.composer.press("Enter");
  await expect(visitor.message("存不下的")).toHaveAttribute("data-state", "delivered");
});

test("an inbox that nobody answers says so", async ({ server, browser }) => {
  const page = await person(browser, "zh-CN");
  await page.clock.install();
  await ConsolePage.join(page, server.addresses.console, "小林");
  await expect(page.locator(".inbox-empty")).toBeVisible();
  server.freeze();
  await page.clock.runFor(70_000);
  await expect(page.getByTestId("inbox-state")).toContainText("没有应答");
  server.thaw();
  await expect(page.getByTestId("inbox-state")).toHaveCount(0);
  await page.context().close();
});
