// What a message says once somebody edits it, takes it back or puts a sign to it; and the window
// of a long conversation.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { CoreEvent } from "../../web/engine/src/client.ts";
import { encode } from "../../web/engine/src/codec.ts";
import { ContentKind, Reaction, Text } from "../../web/engine/src/gen/wire.ts";
import { AMEND_MS_MAX, amendedIn, mayAmend, mayRecall } from "../../web/ui/src/amend.ts";
import {
  AuthorClass,
  emptyConversation,
  lastSeq,
  reduce,
  WINDOW_ITEMS,
  type Conversation,
} from "../../web/ui/src/conversation.ts";

type MessageOf = Extract<CoreEvent, { type: "message" }>;

const log = new Uint8Array(16).fill(1);
const ME = new Uint8Array(32).fill(1);
const OTHER = new Uint8Array(32).fill(2);
const NOON = 1_800_000_000_000;

function message(seq: number, fields: Partial<MessageOf> = {}): MessageOf {
  return {
    type: "message", log, seq, counter: seq, author: ME, authorClass: AuthorClass.customer,
    mine: true, kind: ContentKind.TEXT, content: encode(Text, { text: `text ${seq}` }),
    fallback: "", timeMs: NOON + seq, ref: 0, targetAuthor: new Uint8Array(32), targetCounter: 0,
    targetSeq: 0, problem: 0, answersSeq: 0, history: false, authorName: "", ...fields,
  };
}

const onto = (target: number, author = ME) => ({
  targetAuthor: author, targetCounter: target, targetSeq: target,
});
const edit = (seq: number, target: number, text: string, fields: Partial<MessageOf> = {}) =>
  message(seq, {
    kind: ContentKind.EDIT, content: encode(Text, { text }), ...onto(target), ...fields,
  });
const recall = (seq: number, target: number, fields: Partial<MessageOf> = {}) =>
  message(seq, { kind: ContentKind.RECALL, content: new Uint8Array(), ...onto(target), ...fields });
const sign = (seq: number, emoji: string, off = false, fields: Partial<MessageOf> = {}) =>
  message(seq, {
    kind: ContentKind.REACTION, content: encode(Reaction, { emoji, off }), ...onto(1), ...fields,
  });
const other = { author: OTHER, authorClass: AuthorClass.shop, mine: false };

const fold = (events: CoreEvent[], from: Conversation = emptyConversation("01")): Conversation =>
  events.reduce(reduce, from);

function now(events: CoreEvent[], seq = 1) {
  const { items } = fold(events);
  const item = items.find((each) => each.seq === seq);
  return item && amendedIn(items).get(item.key);
}
const textNow = (events: CoreEvent[]) => now(events)?.text;

test("the newest edit of the author counts, and what it said before stays", () => {
  const amended = now([message(1), edit(2, 1, "two"), edit(3, 1, "three")]);
  assert.equal(amended?.text, "three");
  assert.deepEqual(amended?.edits.map(({ text }) => text), ["two", "three"]);
  assert.equal(now([message(1), message(2)]), undefined);
});

test("an edit of somebody else, of an edit, too late, empty or unreadable counts nowhere", () => {
  assert.equal(textNow([message(1), edit(2, 1, "forged", other)]), "text 1");
  assert.equal(now([message(1), edit(2, 1, "forged", { ...other, ...onto(1, OTHER) })]), undefined);
  assert.equal(textNow([message(1), edit(2, 1, "two"), edit(3, 2, "edit of an edit")]), "two");
  const late = { timeMs: NOON + 1 + AMEND_MS_MAX };
  assert.equal(textNow([message(1), edit(2, 1, "just", late)]), "just");
  const too_late = { timeMs: late.timeMs + 1 };
  assert.equal(textNow([message(1), edit(2, 1, "late", too_late)]), "text 1");
  assert.equal(textNow([message(1), edit(2, 1, "")]), "text 1");
  assert.equal(now([message(1), edit(2, 1, "x", { problem: 30 })]), undefined);
  const stranger = { authorClass: AuthorClass.stranger };
  assert.equal(now([message(1), edit(2, 1, "x", stranger)]), undefined);
});

test("after a recall the message says nothing, whatever comes later", () => {
  const amended = now([message(1), sign(2, "\u{1f44d}"), recall(3, 1), edit(4, 1, "back")]);
  assert.equal(amended?.text, "");
  assert.equal(amended?.recall?.seq, 3);
  assert.deepEqual(amended?.reactions, []);
  assert.deepEqual(amended?.edits, []);
  assert.equal(now([message(1), recall(2, 1, other)])?.recall, undefined);
});

test("an edit that waits is shown at once, and no more where it is refused", () => {
  const sent = [message(1), edit(0, 1, "soon", { ref: 7, counter: 0 })];
  assert.equal(textNow(sent), "soon");
  assert.equal(now(sent)?.waiting?.ref, 7);
  const refused: CoreEvent = {
    type: "placed", log, counter: 0, seq: 0, timeMs: NOON, code: 50, ref: 7,
  };
  assert.equal(textNow([...sent, refused]), "text 1");
  assert.equal(now([...sent, refused])?.waiting?.refused, 50);
  const placed: CoreEvent = {
    type: "placed", log, counter: 2, seq: 2, timeMs: NOON + 5, code: 0, ref: 7,
  };
  assert.equal(textNow([...sent, placed]), "soon");
  assert.equal(now([...sent, placed])?.waiting, undefined);
});

test("one sign of each kind for a device; the newest decides; only emoji are signs", () => {
  const thumb = "\u{1f44d}";
  const both = [message(1), sign(2, thumb), sign(3, thumb), sign(4, thumb, false, other)];
  assert.deepEqual(now(both)?.reactions, [
    { emoji: thumb, authors: ["01".repeat(32), "02".repeat(32)], mine: true },
  ]);
  assert.deepEqual(now([...both, sign(5, thumb, true)])?.reactions[0]?.mine, false);
  assert.deepEqual(now([message(1), sign(2, "<b>"), sign(3, "ok"), sign(4, "")])?.reactions, []);
  const many = thumb.repeat(13);
  assert.deepEqual(now([message(1), sign(2, many)])?.reactions, []);
});

test("what changes a message may come before it, or never find it", () => {
  const { items } = fold([edit(2, 1, "early"), recall(3, 99), message(1, { history: true })]);
  const item = items.find(({ seq }) => seq === 1);
  assert.equal(item && amendedIn(items).get(item.key)?.text, "early");
});

test("one may change one's own words for as long as the limit of all says", () => {
  const here = { ref: 7 };
  const { items } = fold([
    message(1, here), message(2, other), message(3, { ref: 8 }), recall(4, 3), message(5),
  ]);
  const may = (seq: number, late_ms: number) =>
    mayAmend(items, items.find((item) => item.seq === seq)!, NOON + late_ms);
  assert.equal(may(1, 1000), true);
  assert.equal(may(1, AMEND_MS_MAX + 1), false);
  assert.equal(may(2, 1000), false);
  assert.equal(may(3, 1000), false, "it is recalled");
  assert.equal(may(5, 1000), false, "it was said on another device, and is changed there");
  const recallable = (kind: number, late_ms = 1000) => {
    const [item] = fold([message(1, { ...here, kind, content: new Uint8Array() })]).items;
    return mayRecall([], item!, NOON + late_ms) && !mayAmend([], item!, NOON + late_ms);
  };
  assert.equal(recallable(ContentKind.PRODUCT), true);
  assert.equal(recallable(ContentKind.PRODUCT, AMEND_MS_MAX + 1), false);
  assert.equal(recallable(ContentKind.DECISION_GIVEN), false, "an answer binds");
  const limits = readFileSync("core/include/shopbell/limits.h", "utf8");
  const [, minutes] = /amend_ms_max = (\d+)ull \* 60 \* 1000;/.exec(limits) ?? [];
  assert.equal(AMEND_MS_MAX, Number(minutes) * 60_000);
});

// --- the window

const end = (firstSeq: number, lastSeq_: number, head: number): CoreEvent => ({
  type: "historyEnd", log, firstSeq, lastSeq: lastSeq_, more: firstSeq > 1, atEnd: lastSeq_ >= head,
});
function page(first: number, last: number, head: number): CoreEvent[] {
  const seqs = Array.from({ length: last - first + 1 }, (_, at) => first + at);
  return [...seqs.map((seq) => message(seq, { history: true })), end(first, last, head)];
}
const seqs = ({ items }: Conversation) => [items[0]?.seq, items.at(-1)?.seq, items.length];

test("a window goes up page by page, lets the end go, and comes back without a gap", () => {
  const head = 1000;
  let state = fold(page(951, 1000, head));
  assert.equal(state.newer, false);
  for (let first = 901; first > 0; first -= 50) {
    state = fold(page(first, first + 49, head), state);
    assert.ok(state.items.length <= WINDOW_ITEMS);
  }
  assert.deepEqual(seqs(state), [1, WINDOW_ITEMS, WINDOW_ITEMS]);
  assert.equal(state.newer, true);
  assert.equal(state.more, false);
  assert.equal(lastSeq(state), WINDOW_ITEMS, "nobody has seen the end");
  // What is said meanwhile would stand behind a gap.
  state = fold([message(1001)], state);
  assert.equal(state.items.at(-1)?.seq, WINDOW_ITEMS);
  while (state.newer) {
    const first = state.endSeq + 1;
    state = fold(page(first, Math.min(first + 49, 1001), 1001), state);
    assert.ok(state.items.length <= WINDOW_ITEMS);
  }
  assert.deepEqual(seqs(state), [1001 - WINDOW_ITEMS + 1, 1001, WINDOW_ITEMS]);
  assert.equal(state.more, true);
  state = fold([message(1002)], state);
  assert.equal(lastSeq(state), 1002);
});

test("a page elsewhere is the window from then on, and the end is found again", () => {
  let state = fold([...page(951, 1000, 1000), message(0, { ref: 9, counter: 0 })]);
  state = fold(page(476, 525, 1000), state);
  assert.deepEqual(seqs(state), [476, 0, 51], "what waits to be sent stays");
  assert.equal(state.newer, true);
  state = fold(page(951, 1000, 1000), state);
  assert.deepEqual(seqs(state), [951, 0, 51]);
  assert.equal(state.newer, false);
});

test("an older page brings what changes it; an amendment of what is not here is let go", () => {
  let state = fold(page(951, 1000, 1000));
  state = fold(
    [
      ...page(476, 524, 1000).slice(0, -1),
      edit(900, 480, "later", { history: true }),
      end(476, 524, 1000),
    ],
    state,
  );
  const item = state.items.find(({ seq }) => seq === 480);
  assert.equal(item && amendedIn(state.items).get(item.key)?.text, "later");
  state = fold(page(951, 1000, 1000), state);
  assert.equal(state.items.some(({ seq }) => seq === 900), false);
  // Live, and of a message that is in view.
  state = fold([...page(476, 524, 1000), sign(1001, "\u{1f44d}", false, onto(480))], state);
  const again = state.items.find(({ seq }) => seq === 480);
  assert.equal(again && amendedIn(state.items).get(again.key)?.reactions.length, 1);
});

test("a conversation that goes on for days stays in bounds, also for who reads above", () => {
  let state = fold(page(1, 50, 50));
  for (let seq = 51; seq < 2000; seq++) {
    state = fold([message(seq)], state);
    assert.ok(state.items.length <= WINDOW_ITEMS + 100);
  }
  assert.equal(lastSeq(state), 1999);
  state = { ...state, away: true };
  const first = state.items[0]?.seq;
  for (let seq = 2000; seq < 3000; seq++) {
    state = fold([message(seq)], state);
  }
  assert.equal(state.items[0]?.seq, first, "what he reads stays");
  assert.equal(state.newer, true);
});
