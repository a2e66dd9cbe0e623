// What an agent types into the fields of a card, and what comes of it; words with lists and code.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ContentKind } from "../../web/engine/src/gen/wire.ts";
import { build, type Typed } from "../../web/console/cards/build.ts";
import { kinds } from "../../web/console/cards/spec.ts";
import { emptyConversation, type Conversation, type Item } from "../../web/ui/src/conversation.ts";
import { Beyond } from "../../web/ui/src/cards/beyond.ts";
import { fallbackOf } from "../../web/ui/src/cards/fallback.ts";
import * as max from "../../web/ui/src/cards/limits.ts";
import { offerOf } from "../../web/ui/src/cards/offer.tsx";
import type { Session } from "../../web/ui/src/session.ts";
import { beginningOf, blocksOf, isLong } from "../../web/ui/src/tools/words.tsx";

const context = { currency: "CNY", nowMs: 1_800_000_000_000, locale: "en" } as const;

function make(kind: number, typed: Typed) {
  const spec = kinds.find((each) => each.kind === kind);
  assert.ok(spec);
  return build(spec, typed, context);
}

const troublesOf = (kind: number, typed: Typed) =>
  [...make(kind, typed).troubles].map(([path, { key }]) => `${path}: ${key}`);

const good: Record<number, Typed> = {
  [ContentKind.PRODUCT]: { title: "Tote", amount: "899" },
  [ContentKind.ORDER]: {
    number: "SO-1", lines: [{ title: "Tote", quantity: "1", amount: "899" }],
  },
  [ContentKind.LOGISTICS]: {
    carrier: "SF", steps: [{ title: "Sent", timeMs: "2026-11-20T10:00" }],
  },
  [ContentKind.REFUND]: { amount: "45.5" },
  [ContentKind.DECISION_ASKED]: { title: "Spare part", amount: "0" },
  [ContentKind.QUICK_REPLIES]: { text: "Which?", replies: "Brown\nBlack\n" },
  [ContentKind.CHOICES]: { title: "How?", choices: [{ title: "A", amount: "60" }, { title: "B" }] },
  [ContentKind.FORM]: {
    title: "Return", fields: [{ label: "Why", kind: "5", options: "A\nB", required: "1" }],
  },
  [ContentKind.PROGRESS_STEP]: { subject: "Zip", steps: "In\nOut", at: "1" },
  [ContentKind.RATING_ASKED]: {},
  [ContentKind.ARTICLE]: { title: "Care", text: "Wax it." },
};

test("each kind can be made, and says in words what it is in every language", () => {
  for (const { kind } of kinds) {
    const { card, troubles } = make(kind, good[kind] ?? {});
    assert.ok(card, `kind ${kind}: ${[...troubles.keys()].join()}`);
    for (const locale of ["zh-CN", "en", "ar"] as const) {
      assert.notEqual(fallbackOf(locale, card), "", `kind ${kind} in ${locale}`);
    }
  }
});

test("a price is said where one was typed, and nothing to pay is said as such", () => {
  const currencyOf = (kind: number, typed: Typed) => {
    const { card } = make(kind, typed);
    return card && "currency" in card.of ? card.of.currency : undefined;
  };
  assert.equal(currencyOf(ContentKind.PRODUCT, { title: "Tote" }), "");
  assert.equal(currencyOf(ContentKind.PRODUCT, { title: "Tote", amount: "0" }), "CNY");
  assert.equal(currencyOf(ContentKind.ORDER, { number: "1" }), "");
  assert.equal(currencyOf(ContentKind.ORDER, good[ContentKind.ORDER] ?? {}), "CNY");
  const free = make(ContentKind.DECISION_ASKED, good[ContentKind.DECISION_ASKED] ?? {}).card;
  assert.match(free ? fallbackOf("en", free) : "", /Free of charge/);
  const { card } = make(ContentKind.CHOICES, good[ContentKind.CHOICES] ?? {});
  assert.deepEqual(
    card?.kind === ContentKind.CHOICES && card.of.choices.map(({ currency }) => currency),
    ["CNY", ""],
  );
});

test("every bad field is named, and the rest is shown all the same", () => {
  const bad: [number, Typed, string][] = [
    [ContentKind.PRODUCT, {}, "title: wrongMissing"],
    [ContentKind.PRODUCT, { title: "x".repeat(max.TITLE_MAX + 1) }, "title: wrongLong"],
    [ContentKind.PRODUCT, { title: "T", amount: "1.999" }, "amount: wrongAmount"],
    [ContentKind.PRODUCT, { title: "T", amount: "NaN" }, "amount: wrongAmount"],
    [ContentKind.PRODUCT, { title: "T", amount: "-1" }, "amount: wrongAmount"],
    [ContentKind.PRODUCT, { title: "T", url: "javascript:1" }, "url: wrongUrl"],
    [ContentKind.PRODUCT, { title: "T", url: "shop.example" }, "url: wrongUrl"],
    [ContentKind.ORDER, { number: "1", timeMs: "yesterday" }, "timeMs: wrongTime"],
    [ContentKind.ORDER, { number: "1", lines: [{ quantity: "1" }] }, "lines 0 title: wrongMissing"],
    [
      ContentKind.ORDER, { number: "1", lines: [{ title: "T", quantity: "0" }] },
      "lines 0 quantity: wrongNumber",
    ],
    [ContentKind.DECISION_ASKED, { title: "T" }, "amount: wrongMissing"],
    [
      ContentKind.DECISION_ASKED, { title: "T", amount: "1", untilMs: "2020-01-01T00:00" },
      "untilMs: wrongPast",
    ],
    [ContentKind.QUICK_REPLIES, { text: "Q", replies: "a\na" }, "replies: wrongSame"],
    [
      ContentKind.QUICK_REPLIES, { text: "Q", replies: "123456789".split("").join("\n") },
      "replies: wrongMany",
    ],
    [
      ContentKind.FORM, { title: "F", fields: [{ label: "L", kind: "5", options: "one" }] },
      "fields 0 options: wrongFew",
    ],
    [ContentKind.PROGRESS_STEP, { subject: "S", steps: "a", at: "2" }, "at: wrongNumber"],
  ];
  for (const [kind, typed, trouble] of bad) {
    assert.deepEqual(troublesOf(kind, typed), [trouble], JSON.stringify(typed));
    assert.equal(make(kind, typed).card, undefined);
  }
  assert.ok(make(ContentKind.PRODUCT, { title: "T", url: "javascript:1" }).shown);
  assert.deepEqual(troublesOf(ContentKind.CHOICES, { title: "C" }), [
    "choices 0 title: wrongMissing", "choices 1 title: wrongMissing",
  ]);
});

test("a page may offer a product or an order, and nothing else", () => {
  const product = offerOf({ type: "product", title: " Tote\u202e ", amount: 1 }, "en");
  assert.equal(product?.kind === ContentKind.PRODUCT && product.of.title, "Tote");
  const order = offerOf({ type: "order", number: 17, state: "sent", time: "2026-01-01" }, "en");
  assert.equal(order?.kind === ContentKind.ORDER && order.of.state, 4);
  const loop: Record<string, unknown> = { type: "product", title: "T" };
  loop["detail"] = loop;
  assert.ok(offerOf(loop, "en"));
  const bad: unknown[] = [
    undefined, null, 1, "x", [], {}, { type: "product" }, { type: "form", title: "T" },
    { type: "product", title: "T", amount: NaN }, { type: "product", title: "T", amount: "9" },
    { type: "product", title: "T", amount: 0.5 }, { type: "product", title: "T", amount: -1 },
    { type: "product", title: "T", url: "javascript:alert(1)" },
    { type: "product", title: "T", currency: "<b>" },
    { type: "order", number: "1", state: "lost" }, { type: "order", number: "1", time: "soon" },
    { type: "order", number: "1", lines: Array(max.LINES_MAX + 1).fill({ title: "T" }) },
    { type: "order", number: "1", lines: [{ title: "T", quantity: Infinity }] },
  ];
  for (const each of bad) {
    assert.equal(offerOf(each, "en"), undefined, JSON.stringify(each));
  }
});

const answer = (seq: number): Item => ({
  key: `${seq}`, seq, counter: seq, ref: 0, author: "02", authorClass: 1, authorName: "",
  mine: false, kind: ContentKind.TEXT, text: "", timeMs: seq, problem: 0, refused: 0,
  target: { author: "01", counter: 1, seq: 1 },
});

test("behind the window it is looked once, then only at what came since", async () => {
  const shown = { ...emptyConversation("aa"), newer: true, endSeq: 100, headSeq: 500 };
  const logs = new Map<string, Conversation>([["aa", shown]]);
  const asked: number[] = [];
  const pages = (before: number, size: number): Conversation => {
    asked.push(before);
    const last = before ? before - 1 : (logs.get("aa")?.headSeq ?? 0);
    const firstSeq = Math.max(1, last - size + 1);
    const items = [150, 520].filter((seq) => seq >= firstSeq && seq <= last).map(answer);
    return { ...emptyConversation("aa"), items, firstSeq, more: firstSeq > 1 };
  };
  const session = {
    logs: { peek: () => logs },
    page: (_: string, before: number, size: number) => Promise.resolve(pages(before, size)),
  } as unknown as Session;
  const heard: { told: () => void } = { told: () => undefined };
  const beyond = new Beyond(session, () => heard.told());
  const looked = () => new Promise<void>((done) => (heard.told = done));

  let done = looked();
  assert.equal(beyond.of("aa").checking, true);
  assert.equal(beyond.of("aa").checking, true);
  await done;
  assert.deepEqual(asked, [0, 301]);
  assert.equal(beyond.of("aa").checking, false);
  assert.deepEqual(beyond.of("aa").items.map(({ seq }) => seq), [150]);

  logs.set("aa", { ...shown, headSeq: 530 });
  done = looked();
  assert.equal(beyond.of("aa").checking, true);
  await done;
  assert.deepEqual(asked, [0, 301, 0]);
  assert.deepEqual(beyond.of("aa").items.map(({ seq }) => seq), [150, 520]);
  logs.set("aa", { ...shown, newer: false, headSeq: 900 });
  assert.equal(beyond.of("aa").checking, false);
});

test("lists and code are found in words, and nothing else becomes one", () => {
  const types = (text: string) => blocksOf(text).map(({ type }) => type);
  assert.deepEqual(types("one\n- a\n- b\ntwo"), ["words", "bullets", "words"]);
  assert.deepEqual(types("1. a\n2. b"), ["numbers"]);
  assert.deepEqual(types("3. a single line"), ["words"]);
  assert.deepEqual(types("a - b - c"), ["words"]);
  assert.deepEqual(types("x\n```\n- a\n- b\n```\ny"), ["words", "code", "words"]);
  assert.deepEqual(types("```\nnever closed"), ["words"]);
  assert.deepEqual(types(""), []);
  const numbers = blocksOf("7. a\n8. b")[0];
  assert.equal(numbers && "first" in numbers && numbers.first, 7);
});

test("long texts are cut where they can be, by the width of their signs", () => {
  assert.equal(isLong("word ".repeat(200)), false);
  assert.equal(isLong("word ".repeat(300)), true);
  assert.equal(isLong("\u5b57".repeat(700)), true);
  assert.equal(isLong("a\n".repeat(30)), true);
  assert.equal(beginningOf("\u5b57".repeat(700)).length, 400);
  assert.ok(!beginningOf("word ".repeat(300)).endsWith("wor"));
  assert.equal(beginningOf("a\n".repeat(30)).split("\n").length, 16);
  const signs = beginningOf(`${"x".repeat(799)}\u{1f600}\u{1f600}${"x".repeat(900)}`);
  assert.ok(!/[\ud800-\udbff]$/.test(signs));
});
