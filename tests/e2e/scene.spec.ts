// Scene 1 of the mission, in two languages: a broken zip, an answer, a note; nothing twice, in
// order, with every state on both sides, and a reload of both in the middle.
import { expect, test, type Language } from "./fixtures.ts";

const scenes = {
  "zh-CN": {
    agent: "小林",
    question: "拉链坏了，买了不到一个月，能保修吗？",
    more: "订单是上周三收到的。",
    typed: "请问",
    answer: "可以的，一年内拉链免费保修。",
    note: "批次 0415 有三起同样的反馈，直接换新。",
    later: "新包明天发出，旧包请随快递寄回。",
    thanks: "好的，谢谢。",
    last: "不客气，随时找我们。",
    typing: "小林正在输入",
    states: { sending: "发送中", sent: "已发送", delivered: "已送达", read: "已读" },
  },
  en: {
    agent: "Lin",
    question: "The zip broke after less than a month. Is this covered?",
    more: "It came last Wednesday.",
    typed: "Could",
    answer: "Yes, zips are repaired free of charge for a year.",
    note: "Batch 0415 had three of these. Replace it.",
    later: "A new bag leaves tomorrow. Please send the old one back with the courier.",
    thanks: "Good, thank you.",
    last: "You are welcome. Ring whenever you need us.",
    typing: "Lin is typing",
    states: { sending: "Sending", sent: "Sent", delivered: "Delivered", read: "Read" },
  },
} as const;

for (const language of ["zh-CN", "en"] as const satisfies readonly Language[]) {
  const words = scenes[language];

  test(`the bell rings (${language})`, async ({ server, people }) => {
    const visitor = await people.visitor(language);
    await visitor.ring();
    await expect(visitor.composer).toBeFocused();
    await visitor.say(words.question);
    const question = visitor.message(words.question);
    await expect(question).toHaveAttribute("data-state", "delivered");
    await expect(visitor.frame.getByTestId("state")).toContainText(words.states.delivered);
    await expect(visitor.messages.nth(1)).toHaveAttribute("data-author-class", "3");

    const agent = await people.agent(words.agent, language);
    expect(agent.page.url()).not.toContain("invite");
    await agent.openFirst();
    await expect(agent.message(words.question)).toHaveAttribute("data-author-class", "1");
    await expect(question).toHaveAttribute("data-state", "read");

    await visitor.composer.fill(words.typed);
    await expect(agent.typing).toBeVisible();
    await visitor.composer.fill("");
    await expect(agent.typing).toBeHidden();

    // Nothing moves while the server stands still: a stable "sending".
    server.freeze();
    await visitor.say(words.more);
    await expect(visitor.message(words.more)).toHaveAttribute("data-state", "sending");
    server.thaw();
    await expect(visitor.message(words.more)).toHaveAttribute("data-state", "read");

    await agent.composer.pressSequentially(words.answer);
    await expect(visitor.typing).toContainText(words.typing);
    await agent.composer.press("Enter");
    const answer = visitor.message(words.answer);
    await expect(answer).toHaveAttribute("data-author-class", "2");
    await expect(visitor.typing).toBeHidden();
    await expect(visitor.frame.locator(".group", { has: answer })).toContainText(words.agent);
    await expect(agent.message(words.answer)).toHaveAttribute("data-state", "read");

    await agent.note(words.note);
    await expect(agent.notes.filter({ hasText: words.note })).not.toHaveAttribute("data-seq", "0");
    await expect(visitor.message(words.note)).toHaveCount(0);

    // The customer is away: stored, and not with him.
    const address = visitor.page.url();
    await visitor.page.goto("about:blank");
    await agent.say(words.later);
    await expect(agent.message(words.later)).toHaveAttribute("data-state", "sent");
    await agent.page.reload();
    await expect(agent.message(words.later)).toHaveAttribute("data-state", "sent");
    await expect(agent.notes.filter({ hasText: words.note })).toHaveCount(1);

    await visitor.page.goto(address);
    await visitor.ring();
    const told: string[] = [words.question, words.more, words.answer, words.later];
    await expect.poll(() => visitor.saidOf(told)).toEqual(told);
    await expect(agent.message(words.later)).toHaveAttribute("data-state", "read");
    await visitor.say(words.thanks);
    await expect(agent.message(words.thanks)).toHaveCount(1);

    // Closed panel: delivered, not read, and counted on the bell.
    await visitor.composer.press("Escape");
    await expect(visitor.bubble).toBeFocused();
    await agent.say(words.last);
    await expect(visitor.unread).toHaveText("1");
    await expect(agent.message(words.last)).toHaveAttribute("data-state", "delivered");
    await visitor.bubble.click();
    await expect(agent.message(words.last)).toHaveAttribute("data-state", "read");
    await expect(visitor.unread).toBeHidden();
    await expect(visitor.messages.filter({ hasText: words.note })).toHaveCount(0);
  });
}

test("before the first click the page pays one script", async ({ server, browser }) => {
  const page = await (await browser.newContext()).newPage();
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(server.addresses.shops);
  await page.getByTestId("bubble").hover();
  const shop = new URL(server.addresses.shops).origin;
  const foreign = requests.filter((url) => !url.startsWith(shop));
  expect(foreign.map((url) => new URL(url).pathname)).toEqual(["/shopbell.js"]);
  expect(await page.context().cookies()).toEqual([]);
  expect(await page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0);
  expect(await page.evaluate(async () => (await indexedDB.databases()).length)).toBe(0);
  expect(page.frames()).toHaveLength(1);
  await page.context().close();
});
