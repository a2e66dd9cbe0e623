// The fold of events into what people see: nothing twice, in order, with an honest state.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { CoreEvent } from "../../web/engine/src/client.ts";
import { encode } from "../../web/engine/src/codec.ts";
import { About, ContentKind, PageView, Text } from "../../web/engine/src/gen/wire.ts";
import {
  AuthorClass,
  emptyConversation,
  reduce,
  type Conversation,
} from "../../web/ui/src/conversation.ts";
import { groupByDay, merge, nameOf, stateOf } from "../../web/ui/src/timeline.ts";

type MessageOf = Extract<CoreEvent, { type: "message" }>;
type PlacedOf = Extract<CoreEvent, { type: "placed" }>;

const log = new Uint8Array(16).fill(1);
const ME = new Uint8Array(32).fill(1);
const AGENT = new Uint8Array(32).fill(2);
const NOON = new Date(2026, 4, 5, 12).getTime();

function message(text: string, fields: Partial<MessageOf>): MessageOf {
  return {
    type: "message",
    log,
    seq: 0,
    counter: 0,
    author: ME,
    authorClass: AuthorClass.customer,
    mine: true,
    kind: ContentKind.TEXT,
    content: encode(Text, { text }),
    fallback: "",
    timeMs: NOON,
    ref: 0,
    targetAuthor: new Uint8Array(32),
    targetCounter: 0,
    targetSeq: 0,
    problem: 0,
    answersSeq: 0,
    history: false,
    authorName: "",
    ...fields,
  };
}

function theirs(text: string, seq: number, fields: Partial<MessageOf> = {}): MessageOf {
  const author = { author: AGENT, authorClass: AuthorClass.shop, mine: false };
  return message(text, { seq, counter: seq, ...author, ...fields });
}

const placed = (fields: Partial<PlacedOf>): PlacedOf => ({
  type: "placed", log, counter: 0, seq: 0, timeMs: NOON, code: 0, ref: 0, ...fields,
});

const fold = (events: CoreEvent[], from: Conversation = emptyConversation("01")): Conversation =>
  events.reduce(reduce, from);
const texts = (state: Conversation) => state.items.map((item) => item.text);

test("a message goes from sending to read and keeps its key", () => {
  const state = fold([message("a", { ref: 7 })]);
  const first = state.items[0];
  assert.ok(first);
  assert.equal(stateOf(first, state), "sending");
  let later = fold([placed({ ref: 7, counter: 3, seq: 5 })], state);
  const same = later.items[0];
  assert.ok(same);
  assert.equal(same.key, first.key);
  assert.equal(stateOf(same, later), "sent");
  const receipts = { type: "receipts" as const, log, ownReadSeq: 0 };
  later = fold([{ ...receipts, deliveredSeq: 5, readSeq: 4 }], later);
  assert.equal(stateOf(same, later), "delivered");
  later = fold([{ ...receipts, deliveredSeq: 5, readSeq: 5 }], later);
  assert.equal(stateOf(same, later), "read");
});

test("what comes again is shown once: from outbox, as placed, from history", () => {
  const state = fold([
    message("a", { ref: 7 }),
    message("a", { ref: 7 }),
    placed({ ref: 7, counter: 3, seq: 5 }),
    placed({ ref: 7, counter: 3, seq: 5 }),
    message("a", { seq: 5, counter: 3, history: true }),
    message("a", { counter: 3 }),
    theirs("b", 6),
    theirs("b", 6, { history: true }),
  ]);
  assert.deepEqual(texts(state), ["a", "b"]);
  assert.equal(state.items[0]?.seq, 5);
});

test("places order messages, the outbox stands behind them in the order of writing", () => {
  const state = fold([
    message("second waiting", { ref: 11, timeMs: NOON + 2 }),
    theirs("nine", 9),
    message("first waiting", { ref: 12, timeMs: NOON + 1 }),
    theirs("four", 4, { history: true }),
    theirs("seven", 7, { history: true }),
  ]);
  assert.deepEqual(texts(state), ["four", "seven", "nine", "first waiting", "second waiting"]);
  const after = fold([placed({ ref: 11, counter: 2, seq: 8 })], state);
  assert.deepEqual(texts(after), ["four", "seven", "second waiting", "nine", "first waiting"]);
});

test("a refusal is shown on its message and the others go on", () => {
  const sent = [message("a", { ref: 1 }), message("b", { ref: 2 })];
  const state = fold([...sent, placed({ ref: 1, code: 106 })]);
  assert.deepEqual(state.items.map((item) => stateOf(item, state)), ["refused", "sending"]);
});

test("a stranger cannot name himself, and a name is never the shop's for him", () => {
  const about = { kind: ContentKind.ABOUT, content: encode(About, { name: "Lin" }) };
  const known = fold([theirs("", 1, about)]);
  const stranger = fold([theirs("", 1, { ...about, authorClass: AuthorClass.stranger })]);
  assert.deepEqual(Object.values(known.names), ["Lin"]);
  assert.deepEqual(Object.values(stranger.names), []);
  const words = { shop: "S", agent: "A", customer: "C", stranger: "not from the shop" };
  const said = { author: "x", authorClass: AuthorClass.stranger, authorName: "Shop" };
  assert.equal(nameOf(said, { x: "Shop" }, words), "not from the shop");
});

test("content that does not decode shows its fallback, what does not open shows nothing", () => {
  const bad = { content: new Uint8Array([255]), fallback: "a card" };
  const state = fold([theirs("", 1, bad), theirs("hidden", 2, { problem: 19 })]);
  assert.deepEqual(texts(state), ["a card", ""]);
});

test("typing ends when its author's message comes", () => {
  const on = fold([{ type: "typing", log, author: AGENT, on: true }]);
  assert.equal(on.typing.length, 1);
  assert.equal(fold([theirs("b", 2)], on).typing.length, 0);
  assert.equal(fold([{ type: "typing", log, author: AGENT, on: false }], on).typing.length, 0);
});

test("groups end with the speaker, after three minutes, and at midnight", () => {
  const minute = 60_000;
  const state = fold([
    message("a", { seq: 1, counter: 1, timeMs: NOON }),
    message("b", { seq: 2, counter: 2, timeMs: NOON + minute }),
    theirs("c", 3, { timeMs: NOON + minute }),
    theirs("d", 4, { timeMs: NOON + 5 * minute }),
    theirs("e", 5, { timeMs: NOON + 12 * 60 * minute }),
  ]);
  const days = groupByDay(merge(state.items, []));
  const shape = days.map((day) => day.groups.map((g) => g.items.map((item) => item.text)));
  assert.deepEqual(shape, [[["a", "b"], ["c"], ["d"]], [["e"]]]);
});

test("two devices of one person speak as one", () => {
  const state = fold([theirs("a", 1, { timeMs: NOON }), theirs("b", 2, { timeMs: NOON + 1 })]);
  const [first, second] = state.items;
  assert.ok(first && second);
  const entries = merge([first, { ...second, author: "another device" }], []);
  assert.equal(groupByDay(entries)[0]?.groups.length, 2);
  const whose = (author: string) => (author === "another device" ? first.author : author);
  assert.equal(groupByDay(entries, "", whose)[0]?.groups.length, 1);
});

test("where the customer is stands in a line of its own", () => {
  const page = { kind: ContentKind.PAGE_VIEW, content: encode(PageView, { title: "p" }) };
  const state = fold([
    theirs("a", 1),
    theirs("", 2, page),
    theirs("b", 3),
  ]);
  const groups = groupByDay(merge(state.items, []))[0]?.groups ?? [];
  assert.deepEqual(groups.map((g) => g.items.map((item) => item.text)), [["a"], ["p"], ["b"]]);
});

test("notes stand among messages by time, apart from them and in their own order", () => {
  const state = fold([theirs("a", 1, { timeMs: NOON }), theirs("b", 2, { timeMs: NOON + 2 })]);
  const team = fold([theirs("n", 1, { timeMs: NOON + 1 }), theirs("m", 2, { timeMs: NOON + 9 })]);
  const merged = merge(state.items, team.items);
  assert.deepEqual(merged.map((entry) => entry.item.text), ["a", "n", "b", "m"]);
  const groups = groupByDay(merged)[0]?.groups ?? [];
  assert.deepEqual(groups.map((group) => group.isNote), [false, true, false, true]);
});

test("what comes behind a window that does not reach the end raises the head alone", () => {
  const away = { ...fold([theirs("asked", 3)]), newer: true, firstSeq: 3, endSeq: 3 };
  const answered = fold(
    [message("yes", { ref: 7 }), placed({ ref: 7, counter: 1, seq: 200 })],
    away,
  );
  assert.deepEqual([texts(answered), answered.headSeq], [["asked"], 200]);
  const more = fold([theirs("and", 201)], answered);
  assert.deepEqual([texts(more), more.headSeq, more.endSeq], [["asked"], 201, 3]);
});
