// Scene 1 of the mission: a broken zip, an answer, a note; nothing twice, in order, with every
// state on both sides, and a reload of both in the middle.
import { expect } from "@playwright/test";
import type { ConsolePage } from "./pages/console_page.ts";
import type { ShopPage } from "./pages/shop_page.ts";

export type Language = "zh-CN" | "en";

const sentences = {
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
  },
} as const;

const shown = {
  "zh-CN": { delivered: "已送达", typing: (name: string) => `${name}正在输入` },
  en: { delivered: "Delivered", typing: (name: string) => `${name} is typing` },
} as const;

/** What is said in the scene, and the name of him who answers. */
export type Words = Record<keyof (typeof sentences)["en"], string>;

/** `beside` gives what stands beside each of the words. */
export function wordsIn(language: Language, beside?: () => string): Words {
  const plain: Words = sentences[language];
  if (!beside) {
    return plain;
  }
  const marked = Object.entries(plain).map(([key, text]) => [key, `${text} ${beside()}`]);
  return Object.fromEntries(marked) as Words;
}

export type Stage = {
  visitor(language: Language): Promise<ShopPage>;
  agent(name: string, language: Language): Promise<ConsolePage>;
  /** What stands between the two stands still, connections stay. */
  freeze(): void;
  thaw(): void;
};

/** Plays it and returns the two as they are at its end. */
export async function playScene(
  stage: Stage,
  language: Language,
  words: Words = wordsIn(language),
): Promise<{ visitor: ShopPage; agent: ConsolePage }> {
  const { delivered, typing } = shown[language];
  const visitor = await stage.visitor(language);
  await visitor.ring();
  await expect(visitor.composer).toBeFocused();
  await visitor.say(words.question);
  const question = visitor.message(words.question);
  await expect(question).toHaveAttribute("data-state", "delivered");
  await expect(visitor.frame.getByTestId("state")).toContainText(delivered);
  await expect(visitor.messages.nth(1)).toHaveAttribute("data-author-class", "3");

  const agent = await stage.agent(words.agent, language);
  expect(agent.page.url()).not.toContain("invite");
  await agent.openFirst();
  await expect(agent.message(words.question)).toHaveAttribute("data-author-class", "1");
  await expect(question).toHaveAttribute("data-state", "read");

  await visitor.composer.fill(words.typed);
  await expect(agent.typing).toBeVisible();
  await visitor.composer.fill("");
  await expect(agent.typing).toBeHidden();

  // Nothing moves while the server stands still: a stable "sending".
  stage.freeze();
  await visitor.say(words.more);
  await expect(visitor.message(words.more)).toHaveAttribute("data-state", "sending");
  stage.thaw();
  await expect(visitor.message(words.more)).toHaveAttribute("data-state", "read");

  await agent.composer.pressSequentially(words.answer);
  await expect(visitor.typing).toContainText(typing(words.agent));
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
  return { visitor, agent };
}
