// What goes wrong on the way: a server that dies, a network that is gone, a shop that nobody
// knows. Nothing is lost, doubled or silently stale.
import type { Page } from "@playwright/test";
import { FalseRelay } from "./false_relay.ts";
import { expect, test } from "./fixtures.ts";
import { ShopPage } from "./pages/shop_page.ts";

const numbered = (word: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${word} ${index + 1}`);

for (const [how, end] of [
  ["killed", "kill"],
  ["told to stop", "stop"],
] as const) {
  test(`${how} while both write, started again: all once, in one order`, async ({
    server,
    people,
  }) => {
    const visitor = await people.visitor();
    await visitor.ring();
    await visitor.say("开始");
    const agent = await people.agent("小林");
    await agent.openFirst();
    await expect(visitor.message("开始")).toHaveAttribute("data-state", "read");

    const questions = numbered("问", 12);
    const answers = numbered("答", 12);
    for (const [index, question] of questions.entries()) {
      await visitor.say(question);
      await agent.say(answers[index] ?? "");
      if (index === 5) {
        await server[end]();
      }
    }
    await expect(visitor.status).toHaveAttribute("data-status", "offline");
    await expect(visitor.messages.last()).toHaveAttribute("data-state", "sending");
    await server.again();

    const back = { timeout: 40_000 };
    await expect(visitor.message("问 12")).toHaveAttribute("data-state", "read", back);
    await expect(agent.message("答 12")).toHaveAttribute("data-state", "read", back);
    await expect(visitor.status).toHaveAttribute("data-status", "online");
    const all = [...questions, ...answers];
    const seen = await visitor.saidOf(all);
    expect([...seen].sort()).toEqual([...all].sort());
    expect(seen.filter((text) => text.startsWith("问"))).toEqual(questions);
    expect(seen.filter((text) => text.startsWith("答"))).toEqual(answers);
    await expect.poll(() => agent.saidOf(all)).toEqual(seen);
  });
}

/** Keeps what the page loads, so that the page itself still comes while the server is gone. */
async function keepPages(page: Page): Promise<void> {
  const kept = new Map<string, { status: number; headers: Record<string, string>; body: Buffer }>();
  await page.context().route("**/*", async (route) => {
    const url = route.request().url();
    try {
      const response = await route.fetch();
      const body = await response.body();
      kept.set(url, { status: response.status(), headers: response.headers(), body });
    } catch {
      // The server is gone: what was kept serves.
    }
    const answer = kept.get(url);
    await (answer ? route.fulfill(answer) : route.abort());
  });
}

test("written offline, reloaded, online again: it is sent, once", async ({ server, people }) => {
  const visitor = await people.visitor();
  await keepPages(visitor.page);
  await visitor.page.reload();
  await visitor.ring();
  await visitor.say("在线时写的");
  await expect(visitor.message("在线时写的")).toHaveAttribute("data-state", "delivered");

  await server.kill();
  await expect(visitor.status).toHaveAttribute("data-status", "offline");
  await expect(visitor.status).toContainText("消息会在恢复后自动发出");
  await visitor.say("离线时写的");
  await expect(visitor.message("离线时写的")).toHaveAttribute("data-state", "sending");
  await visitor.page.reload();
  await visitor.ring();
  await expect(visitor.message("离线时写的")).toHaveAttribute("data-state", "sending");

  await server.again();
  const state = expect(visitor.message("离线时写的"));
  await state.toHaveAttribute("data-state", "delivered", { timeout: 40_000 });
  await expect(visitor.message("离线时写的")).toHaveCount(1);
});

test("the first words written offline begin the conversation later", async ({ server, people }) => {
  const visitor = await people.visitor();
  await keepPages(visitor.page);
  await visitor.page.reload();
  await visitor.ring();
  await expect(visitor.status).toHaveAttribute("data-status", "online");
  await server.kill();
  await expect(visitor.status).toHaveAttribute("data-status", "offline");
  await visitor.say("第一句");
  await visitor.say("第二句");
  await visitor.page.reload();
  await visitor.ring();
  await expect(visitor.messages).toHaveText(["第一句", "第二句"]);
  await server.again();
  const state = expect(visitor.message("第二句"));
  await state.toHaveAttribute("data-state", "delivered", { timeout: 40_000 });
  await expect.poll(() => visitor.saidOf(["第一句", "第二句"])).toEqual(["第一句", "第二句"]);
});

/** Puts another shop, and perhaps another relay, into the tag of the demo page. */
async function bendTag(page: Page, shop: string, relay?: string): Promise<void> {
  const tag = `data-shop="${shop}"${relay ? ` data-relay="${relay}/ws"` : ""}`;
  await page.context().route(/\/demo\/[\w.]*$/, async (route) => {
    const response = await route.fetch();
    const html = await response.text();
    await route.fulfill({ response, body: html.replace(/data-shop="[\w-]+"/, tag) });
  });
  await page.context().route(/\/(widget\/frame\.html|engine\/worker)/, async (route) => {
    const response = await route.fetch();
    const headers = response.headers();
    const policy = headers["content-security-policy"] ?? "";
    const bent = policy.replace("connect-src", `connect-src ${relay ?? ""}`);
    await route.fulfill({ response, headers: { ...headers, "content-security-policy": bent } });
  });
}

const refusals = {
  "zh-CN": { unknown: "这里的服务器不认识这家店铺", chain: "这家店铺的身份无法确认" },
  en: {
    unknown: "The server here does not know this shop",
    chain: "The identity of this shop cannot be confirmed",
  },
} as const;

for (const language of ["zh-CN", "en"] as const) {
  test(`an unknown shop is refused in words (${language})`, async ({ server, browser }) => {
    const page = await (await browser.newContext({ locale: language })).newPage();
    await bendTag(page, "A".repeat(43));
    const visitor = await ShopPage.open(page, server.addresses.shops, language);
    await visitor.bubble.click();
    await expect(visitor.problem).toContainText(refusals[language].unknown);
    await expect(visitor.problem).toHaveAttribute("data-error", "closed_shop_unknown");
    await expect(visitor.composer).toHaveCount(0);
    await page.context().close();
  });

  test(`a card of another root is refused in words (${language})`, async ({ server, browser }) => {
    const relay = await FalseRelay.start();
    const page = await (await browser.newContext({ locale: language })).newPage();
    await bendTag(page, relay.shop, relay.origin);
    const visitor = await ShopPage.open(page, server.addresses.shops, language);
    await visitor.bubble.click();
    await expect(visitor.problem).toContainText(refusals[language].chain);
    await expect(visitor.problem).toHaveAttribute("data-error", "card_chain");
    await expect(visitor.composer).toHaveCount(0);
    await expect(visitor.frame.getByTestId("shop-name")).toBeEmpty();
    await page.context().close();
    await relay.stop();
  });
}

test("who comes back after the browser cleared its storage is told why nothing is here", async ({
  people,
}) => {
  const visitor = await people.visitor("en");
  await visitor.ring();
  await expect(visitor.frame.getByTestId("welcome")).toBeVisible();
  await expect(visitor.frame.getByTestId("cleared")).toHaveCount(0);
  await visitor.say("Is it still in stock?");
  const frame = visitor.page.frames().find((each) => each.url().includes("/widget/frame"));
  await expect(visitor.message("Is it still in stock?")).toHaveAttribute("data-state", "delivered");

  const context = visitor.page.context();
  const inside = await context.newCDPSession(frame ?? visitor.page);
  const { frameTree } = await inside.send("Page.getFrameTree");
  const where = { frameId: frameTree.frame.id };
  const { storageKey } = await inside.send("Storage.getStorageKeyForFrame", where);
  const browser = await context.newCDPSession(visitor.page);
  await visitor.page.goto("about:blank");
  await browser.send("Storage.clearDataForStorageKey", { storageKey, storageTypes: "all" });
  await visitor.page.goBack();
  await visitor.ring();
  await expect(visitor.frame.getByTestId("cleared")).toContainText("The shop still has them");
  await expect(visitor.messages).toHaveCount(0);
  await visitor.say("I wrote before.");
  await expect(visitor.frame.getByTestId("cleared")).toHaveCount(0);
  await expect(visitor.message("I wrote before.")).toHaveAttribute("data-state", "delivered");
});
