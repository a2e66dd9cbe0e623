// Cards: every field's bad values, hostile bytes, money, and what settles a question.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { CoreEvent } from "../../web/engine/src/client.ts";
import { encode } from "../../web/engine/src/codec.ts";
import * as wire from "../../web/engine/src/gen/wire.ts";
import {
  AuthorClass,
  emptyConversation,
  reduce,
  type Item,
} from "../../web/ui/src/conversation.ts";
import { fieldTrouble } from "../../web/ui/src/cards/answers.ts";
import * as max from "../../web/ui/src/cards/limits.ts";
import { amountOf, price, typedAmount } from "../../web/ui/src/cards/money.ts";
import {
  addressOf,
  bytesOf,
  isFit,
  readCard,
  type Card,
  type CardKind,
} from "../../web/ui/src/cards/read.ts";
import { isQuestion, settledIn } from "../../web/ui/src/cards/settle.ts";
import { spanIn } from "../../web/ui/src/moment.ts";

const { ContentKind } = wire;
const NOON = 1_800_000_000_000;
const none = new Uint8Array();
const long = (count: number) => "x".repeat(count);

const field = (fields: Partial<wire.FormField> = {}): wire.FormField => ({
  kind: 1, label: "Name", hint: "", required: true, options: [], ...fields,
});
const choices = (count: number, each: Partial<wire.Choice> = {}): wire.Choice[] =>
  Array.from({ length: count }, (_, at) => ({
    title: `choice ${at}`, detail: "", amount: 0, currency: "", ...each,
  }));

/** One good card of each kind. */
const good: { [K in CardKind]: Extract<Card, { kind: K }>["of"] } = {
  [ContentKind.PRODUCT]: {
    title: "Tote", detail: "Leather", sku: "CT-01", amount: 89900, formerAmount: 99900,
    currency: "CNY", url: "https://shop.example/tote", picture: none,
  },
  [ContentKind.ORDER]: {
    number: "SO-1", state: 4, timeMs: NOON, amount: 89900, currency: "CNY", url: "", detail: "",
    lines: [{ title: "Tote", quantity: 1, amount: 89900 }],
  },
  [ContentKind.LOGISTICS]: {
    carrier: "SF", number: "SF123", state: 2, expectedMs: NOON, url: "",
    steps: [{ timeMs: NOON, title: "Handed over", place: "Hangzhou" }],
  },
  [ContentKind.REFUND]: {
    number: "SO-1", amount: 100, currency: "JPY", state: 2, timeMs: NOON, expectedMs: 0,
    way: "Card", detail: "",
  },
  [ContentKind.FORM]: { title: "Return", detail: "", fields: [field()], untilMs: 0 },
  [ContentKind.FORM_ANSWER]: { values: [{ at: 1, text: "Mei" }] },
  [ContentKind.QUICK_REPLIES]: { text: "Colour?", replies: ["Brown", "Black"] },
  [ContentKind.CHOICES]: {
    title: "How?", detail: "", choices: choices(2), most: 1, untilMs: 0,
  },
  [ContentKind.APPOINTMENT]: {
    title: "Repair", state: 2, startMs: NOON, endMs: NOON + 1, place: "Store A", address: "",
    detail: "", url: "",
  },
  [ContentKind.PROGRESS_STEP]: {
    subject: "Shoes", steps: ["Received", "In work"], at: 1, detail: "", timeMs: NOON,
    expectedMs: 0,
  },
  [ContentKind.DECISION_ASKED]: {
    title: "Spare part", detail: "", amount: 4500, currency: "CNY", untilMs: 0,
  },
  [ContentKind.DECISION_GIVEN]: {
    choice: 1, title: "Spare part", amount: 4500, currency: "CNY",
  },
  [ContentKind.RATING_ASKED]: { title: "How was it?", untilMs: 0 },
  [ContentKind.RATING_GIVEN]: { stars: 5, text: "" },
  [ContentKind.ARTICLE]: { title: "Care", text: "Wax it", url: "" },
};

const cardOf = (kind: CardKind, fields: object = {}): Card =>
  ({ kind, of: { ...good[kind], ...fields } }) as Card;
const read = (kind: CardKind, fields: object = {}) =>
  readCard(kind, bytesOf(cardOf(kind, fields)));

test("every kind comes back from its bytes as it was", () => {
  for (const kind of Object.keys(good).map(Number) as CardKind[]) {
    assert.deepEqual(read(kind), cardOf(kind), `kind ${kind}`);
  }
});

const bad: [CardKind, object][] = [
  [ContentKind.PRODUCT, { title: "" }],
  [ContentKind.PRODUCT, { title: "  " }],
  [ContentKind.PRODUCT, { title: "\u202e\u200f" }],
  [ContentKind.PRODUCT, { title: long(max.TITLE_MAX + 1) }],
  [ContentKind.PRODUCT, { detail: long(max.DETAIL_MAX + 1) }],
  [ContentKind.PRODUCT, { sku: long(max.SHORT_MAX + 1) }],
  [ContentKind.PRODUCT, { amount: max.AMOUNT_MAX + 1 }],
  [ContentKind.PRODUCT, { formerAmount: max.AMOUNT_MAX + 1 }],
  [ContentKind.PRODUCT, { currency: "yuan" }],
  [ContentKind.PRODUCT, { currency: "cny" }],
  [ContentKind.PRODUCT, { url: "javascript:alert(1)" }],
  [ContentKind.PRODUCT, { url: "data:text/html,x" }],
  [ContentKind.PRODUCT, { url: "https://bank.example@evil.example/" }],
  [ContentKind.PRODUCT, { url: "/tote" }],
  [ContentKind.PRODUCT, { url: `https://shop.example/${long(max.URL_MAX)}` }],
  [ContentKind.PRODUCT, { picture: new TextEncoder().encode("<svg onload=alert(1)>") }],
  [ContentKind.PRODUCT, { picture: new Uint8Array(max.PICTURE_BYTES_MAX + 1).fill(0xff) }],
  [ContentKind.ORDER, { number: "" }],
  [ContentKind.ORDER, { state: 0 }],
  [ContentKind.ORDER, { state: 7 }],
  [ContentKind.ORDER, { timeMs: max.TIME_MS_MAX + 1 }],
  [ContentKind.ORDER, { lines: [{ title: "", quantity: 1, amount: 0 }] }],
  [ContentKind.ORDER, { lines: [{ title: "Tote", quantity: 0, amount: 0 }] }],
  [ContentKind.ORDER, {
    lines: Array(max.LINES_MAX + 1).fill({ title: "Tote", quantity: 1, amount: 0 }),
  }],
  [ContentKind.LOGISTICS, { carrier: "" }],
  [ContentKind.LOGISTICS, { state: 6 }],
  [ContentKind.LOGISTICS, {
    steps: Array(max.STEPS_MAX + 1).fill({ timeMs: 1, title: "x", place: "" }),
  }],
  [ContentKind.LOGISTICS, { steps: [{ timeMs: 9e15, title: "x", place: "" }] }],
  [ContentKind.REFUND, { currency: "" }],
  [ContentKind.REFUND, { state: 9 }],
  [ContentKind.FORM, { fields: [] }],
  [ContentKind.FORM, { fields: Array(max.FIELDS_MAX + 1).fill(field()) }],
  [ContentKind.FORM, { fields: [field({ kind: 0 })] }],
  [ContentKind.FORM, { fields: [field({ kind: 8 })] }],
  [ContentKind.FORM, { fields: [field({ label: "" })] }],
  [ContentKind.FORM, { fields: [field({ kind: 5, options: ["one"] })] }],
  [ContentKind.FORM, { fields: [field({ kind: 5, options: ["one", "one"] })] }],
  [ContentKind.FORM, { fields: [field({ kind: 1, options: ["one", "two"] })] }],
  [ContentKind.FORM_ANSWER, { values: [] }],
  [ContentKind.FORM_ANSWER, { values: [{ at: 0, text: "x" }] }],
  [ContentKind.FORM_ANSWER, { values: [{ at: 1, text: "x" }, { at: 1, text: "y" }] }],
  [ContentKind.FORM_ANSWER, { values: [{ at: 1, text: long(max.ANSWER_MAX + 1) }] }],
  [ContentKind.QUICK_REPLIES, { replies: [] }],
  [ContentKind.QUICK_REPLIES, { replies: ["same", "same"] }],
  [ContentKind.QUICK_REPLIES, { replies: [long(max.REPLY_MAX + 1)] }],
  [ContentKind.QUICK_REPLIES, { replies: Array.from({ length: 9 }, (_, at) => `${at}`) }],
  [ContentKind.CHOICES, { choices: choices(1) }],
  [ContentKind.CHOICES, { choices: choices(max.CHOICES_MAX + 1) }],
  [ContentKind.CHOICES, { choices: choices(2, { currency: "EURO" }) }],
  [ContentKind.APPOINTMENT, { startMs: 0 }],
  [ContentKind.APPOINTMENT, { endMs: 5 }],
  [ContentKind.APPOINTMENT, { url: "ftp://shop.example" }],
  [ContentKind.PROGRESS_STEP, { steps: [] }],
  [ContentKind.PROGRESS_STEP, { at: 3 }],
  [ContentKind.PROGRESS_STEP, { steps: Array(max.PROGRESS_MAX + 1).fill("x") }],
  [ContentKind.DECISION_ASKED, { title: "" }],
  [ContentKind.DECISION_ASKED, { untilMs: 9e15 }],
  [ContentKind.DECISION_GIVEN, { choice: 0 }],
  [ContentKind.DECISION_GIVEN, { choice: 4 }],
  [ContentKind.RATING_GIVEN, { stars: 0 }],
  [ContentKind.RATING_GIVEN, { stars: 6 }],
  [ContentKind.ARTICLE, { title: "" }],
  [ContentKind.ARTICLE, { text: long(max.ARTICLE_MAX + 1) }],
];

test("what breaks a limit is no card", () => {
  for (const [kind, fields] of bad) {
    assert.equal(read(kind, fields), undefined, `kind ${kind} ${JSON.stringify(fields)}`);
  }
});

test("bytes of a stranger are no card, whatever they are", () => {
  for (const kind of Object.keys(good).map(Number) as CardKind[]) {
    assert.equal(readCard(kind, none), undefined, `kind ${kind} without bytes`);
    assert.equal(readCard(kind, new Uint8Array([0xff, 0xff, 0xff])), undefined);
    const whole = bytesOf(cardOf(kind));
    for (let end = 1; end < whole.length; end++) {
      const card = readCard(kind, whole.slice(0, end));
      assert.ok(card === undefined || card.kind === kind);
    }
  }
  // 4097 lines: refused by the codec before any rule sees them.
  const line = [0x22, 0x02, 0x0a, 0x00];
  const many = new Uint8Array(Array(4097).fill(line).flat());
  assert.equal(readCard(ContentKind.ORDER, many), undefined);
  // An amount beyond what a number can hold.
  const amount = [0x20, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
  assert.equal(readCard(ContentKind.PRODUCT, new Uint8Array([0x0a, 1, 65, ...amount])), undefined);
  // The codec leaves out what is no number: who composes a card looks before.
  for (const no_amount of [NaN, Infinity, -1, 0.5, 2 ** 53]) {
    assert.equal(isFit(cardOf(ContentKind.PRODUCT, { amount: no_amount })), false, `${no_amount}`);
  }
});

test("what turns direction or cannot be seen is left out of a card's words", () => {
  const hostile = "safe\u202egnp.exe\u0000\u2066";
  const card = read(ContentKind.PRODUCT, { title: hostile, detail: "a\nb" });
  assert.equal(card?.kind === ContentKind.PRODUCT && card.of.title, "safegnp.exe");
  assert.equal(card?.kind === ContentKind.PRODUCT && card.of.detail, "a\nb");
});

test("an address is shown with its host, and only where it may be opened", () => {
  assert.equal(addressOf("https://shop.example:8443/a?b#c")?.host, "shop.example:8443");
  for (const text of ["javascript:1", "JaVaScRiPt:1", " data:,", "blob:https://a/b", "//a", ""]) {
    assert.equal(addressOf(text), undefined, text);
  }
});

test("the day of a span is said once where it is one day", () => {
  const noon = new Date(2026, 2, 3, 12).getTime();
  const hour = 60 * 60_000;
  assert.equal(spanIn("en", noon, noon + hour), "Mar 3, 2026, 12:00 \u2013 13:00");
  assert.match(spanIn("zh-CN", noon, noon + 24 * hour), /3\u65e5 12:00 \u2013 .*4\u65e5 12:00/);
});

test("money is exact in every currency and language", () => {
  assert.equal(price("en", 89900, "CNY"), "\u00a5899.00");
  assert.equal(price("en", 500, "JPY"), "\u00a5500");
  assert.match(price("en", 1234, "KWD"), /1\.234/);
  assert.match(price("ar", 4500, "CNY"), /45\.00/);
  assert.equal(price("en", 4500, ""), "");
  assert.equal(amountOf("45", "CNY"), 4500);
  assert.equal(amountOf("45.5", "CNY"), 4550);
  assert.equal(amountOf("0,29", "EUR"), 29);
  assert.equal(amountOf("45.5", "JPY"), undefined);
  for (const text of ["", "-1", "1e3", "NaN", "1.234", "1 000", "0x10", "9".repeat(13)]) {
    assert.equal(amountOf(text, "CNY"), undefined, text);
  }
  assert.equal(typedAmount(29, "EUR"), "0.29");
});

test("each field of a form says what is wrong with what was typed", () => {
  const said = (kind: number, text: string, options: string[] = []) =>
    fieldTrouble(field({ kind, options }), text);
  assert.equal(said(1, " "), "fieldMissing");
  assert.equal(fieldTrouble(field({ required: false }), ""), undefined);
  assert.equal(said(3, "12,5"), undefined);
  assert.equal(said(3, "twelve"), "fieldNumber");
  assert.equal(said(4, "2028-02-29"), undefined);
  assert.equal(said(4, "2027-02-29"), "fieldDate");
  assert.equal(said(5, "Black", ["Brown", "Black"]), undefined);
  assert.equal(said(5, "Blue", ["Brown", "Black"]), "fieldOption");
  assert.equal(said(6, "+86 138-0013-8000"), undefined);
  assert.equal(said(6, "(-----)"), "fieldPhone");
  assert.equal(said(7, "mei@shop.example"), undefined);
  assert.equal(said(7, "mei@shop"), "fieldEmail");
});

// What settles a question.

type MessageOf = Extract<CoreEvent, { type: "message" }>;
const log = new Uint8Array(16).fill(1);
const AGENT = new Uint8Array(32).fill(1);
const CUSTOMER = new Uint8Array(32).fill(2);
const STRANGER = new Uint8Array(32).fill(3);

const agent = { author: AGENT, authorClass: AuthorClass.shop };
const customer = { author: CUSTOMER, authorClass: AuthorClass.customer };
const stranger = { author: STRANGER, authorClass: AuthorClass.stranger };

function message(seq: number, fields: Partial<MessageOf>): MessageOf {
  return {
    type: "message", log, seq, counter: seq, author: AGENT, authorClass: AuthorClass.shop,
    mine: false, kind: ContentKind.TEXT, content: none, fallback: "words", timeMs: NOON + seq,
    ref: 0, targetAuthor: new Uint8Array(32), targetCounter: 0, targetSeq: 0, problem: 0,
    answersSeq: 0, history: false, authorName: "", ...fields,
  };
}

const ask = (kind: CardKind, fields: object = {}, more: Partial<MessageOf> = {}) =>
  message(1, { kind, content: bytesOf(cardOf(kind, fields)), ...more });
const onto = { targetAuthor: AGENT, targetCounter: 1, targetSeq: 1 };
const give = (seq: number, kind: CardKind, fields: object = {}, more: Partial<MessageOf> = {}) =>
  message(seq, {
    kind, content: bytesOf(cardOf(kind, fields)), ...customer, ...onto, ...more,
  });
const decide = (seq: number, choice: number, more: Partial<MessageOf> = {}, fields = {}) =>
  give(seq, ContentKind.DECISION_GIVEN, { choice, ...fields }, more);
const text = (seq: number, words: string, more: Partial<MessageOf> = {}) =>
  message(seq, {
    content: encode(wire.Text, { text: words }), ...customer, ...onto, ...more,
  });

function settled(
  events: CoreEvent[],
  now_ms = NOON + 60_000,
  beyond: Item[] = [],
  side: "customer" | "shop" = "customer",
) {
  const { items } = events.reduce(reduce, emptyConversation("01"));
  const question = items.find(({ seq }) => seq === 1) as Item;
  const card = readCard(question.kind, question.content) as Card;
  const { state, by } = settledIn(items, beyond, question, card, now_ms, side);
  return by ? `${state} ${by.seq}` : state;
}

const D = ContentKind.DECISION_ASKED;

test("the first answer of the customer counts, whatever comes later and however it came", () => {
  assert.equal(settled([ask(D)]), "open");
  assert.equal(settled([ask(D), decide(2, 2), decide(3, 1)]), "answered 2");
  assert.equal(settled([decide(3, 1), decide(2, 2), ask(D)]), "answered 2");
  const other_device = { author: new Uint8Array(32).fill(9) };
  assert.equal(settled([ask(D), decide(2, 1, other_device), decide(3, 2)]), "answered 2");
});

test("nobody but a customer decides, and only on what he was asked", () => {
  assert.equal(settled([ask(D), decide(2, 1, agent)]), "open");
  assert.equal(settled([ask(D), decide(2, 1, stranger)]), "open");
  assert.equal(settled([ask(D), decide(2, 1, { problem: 30 })]), "open");
  assert.equal(settled([ask(D), decide(2, 1, {}, { amount: 1 })]), "open");
  assert.equal(settled([ask(D), decide(2, 1, {}, { currency: "USD" })]), "open");
  assert.equal(settled([ask(D), decide(2, 1, {}, { title: "Another part" })]), "open");
  assert.equal(settled([ask(D), decide(2, 1, { targetCounter: 7 })]), "open");
  assert.equal(settled([ask(D), decide(2, 1, { targetAuthor: CUSTOMER })]), "open");
  assert.equal(settled([ask(D), give(2, ContentKind.RATING_GIVEN)]), "open");
  assert.equal(settled([ask(D), text(2, "yes")]), "open");
});

test("the shop may take back what it asked, as long as nobody has answered", () => {
  const back = { ...agent, author: new Uint8Array(32).fill(8) };
  assert.equal(settled([ask(D), decide(2, 3, back), decide(3, 1)]), "withdrawn 2");
  assert.equal(settled([ask(D), decide(2, 1), decide(3, 3, back)]), "answered 2");
  assert.equal(settled([ask(D), decide(2, 3)]), "open");
  const recall = message(2, { kind: ContentKind.RECALL, ...onto });
  assert.equal(settled([ask(D), recall, decide(3, 1)]), "withdrawn 2");
  const late = { ...recall, timeMs: NOON + 60 * 60_000 };
  assert.equal(settled([ask(D), late, decide(3, 1)]), "answered 3");
  const foreign = { ...recall, ...customer };
  assert.equal(settled([ask(D), foreign, decide(3, 1)]), "answered 3");
});

test("after its end a question takes no answer, by the relay's time", () => {
  const until = { untilMs: NOON + 10 };
  assert.equal(settled([ask(D, until)], NOON + 5), "open");
  assert.equal(settled([ask(D, until)], NOON + 11), "expired");
  assert.equal(settled([ask(D, until), decide(2, 1, { timeMs: NOON + 10 })]), "answered 2");
  assert.equal(settled([ask(D, until), decide(2, 1, { timeMs: NOON + 11 })]), "expired");
  assert.equal(settled([ask(D, until), decide(2, 1, { timeMs: NOON + 11 })], NOON), "expired");
});

test("an own answer on its way is shown, and no more where it is refused", () => {
  const waiting = { mine: true, ref: 7, counter: 0, authorClass: 0 };
  const sent = [ask(D), decide(0, 1, waiting)];
  assert.equal(settled(sent), "sending 0");
  const refused: CoreEvent = {
    type: "placed", log, counter: 0, seq: 0, timeMs: NOON, code: 50, ref: 7,
  };
  assert.equal(settled([...sent, refused]), "open");
  assert.equal(settled([...sent, decide(2, 2)]), "answered 2");
  // What was written here keeps no class when it gets its place.
  const placed: CoreEvent = { ...refused, counter: 2, seq: 2, timeMs: NOON + 5, code: 0 };
  assert.equal(settled([...sent, placed]), "answered 2");
  assert.equal(settled([...sent, placed], NOON, [], "shop"), "open");
  const own = ask(D, {}, { mine: true, authorClass: 0 });
  const back = decide(2, 3, { mine: true, authorClass: 0, author: AGENT });
  assert.equal(settled([own, back], NOON, [], "shop"), "withdrawn 2");
  assert.equal(settled([ask(D), back], NOON, [], "customer"), "open");
});

test("forms, choices, replies and ratings are settled by what fits them", () => {
  const F = ContentKind.FORM_ANSWER;
  const asked = ask(ContentKind.FORM, { fields: [field(), field({ kind: 7, required: false })] });
  const answer = (values: wire.FieldAnswer[]) => settled([asked, give(2, F, { values })]);
  assert.equal(answer([{ at: 1, text: "Mei" }]), "answered 2");
  assert.equal(answer([{ at: 2, text: "a@b.example" }]), "open");
  assert.equal(answer([{ at: 1, text: "Mei" }, { at: 2, text: "no mail" }]), "open");
  assert.equal(answer([{ at: 1, text: "Mei" }, { at: 3, text: "x" }]), "open");

  const chosen = (values: wire.FieldAnswer[], most = 1) =>
    settled([ask(ContentKind.CHOICES, { most }), give(2, F, { values })]);
  const [one, two] = [{ at: 1, text: "choice 0" }, { at: 2, text: "choice 1" }];
  assert.equal(chosen([one]), "answered 2");
  assert.equal(chosen([one, two]), "open");
  assert.equal(chosen([one, two], 2), "answered 2");
  assert.equal(chosen([{ at: 1, text: "choice 1" }]), "open");

  const replies = ask(ContentKind.QUICK_REPLIES);
  assert.equal(settled([replies, text(2, "Black")]), "answered 2");
  assert.equal(settled([replies, text(2, "Green")]), "open");
  const rating = ask(ContentKind.RATING_ASKED);
  assert.equal(settled([rating, give(2, ContentKind.RATING_GIVEN)]), "answered 2");
});

test("an answer behind the window counts as one inside, and not twice", () => {
  const { items } = [ask(D), decide(500, 2)].reduce(reduce, emptyConversation("01"));
  const answer = items.filter(({ seq }) => seq === 500);
  assert.equal(settled([ask(D)], NOON, answer), "answered 500");
  assert.equal(settled([ask(D), decide(400, 1)], NOON, answer), "answered 400");
  assert.equal(settled([ask(D), decide(500, 2)], NOON, answer), "answered 500");
});

test("a question of a customer or a stranger asks nothing; targets in a circle do no harm", () => {
  const question = (more: Partial<MessageOf>) =>
    isQuestion(reduce(emptyConversation("01"), ask(D, {}, more)).items[0] as Item, "shop");
  assert.equal(question({}), true);
  assert.equal(question({ authorClass: AuthorClass.desk }), true);
  assert.equal(question(customer), false);
  assert.equal(question(stranger), false);
  assert.equal(question({ problem: 1 }), false);
  const circle = [
    ask(D, {}, { targetAuthor: CUSTOMER, targetCounter: 2, targetSeq: 2 }), decide(2, 1),
  ];
  assert.equal(settled(circle), "answered 2");
  const itself = ask(D, {}, onto);
  assert.equal(settled([itself]), "open");
});
