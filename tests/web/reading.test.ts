// Pages of stored messages find their way: into the window they were asked for, or past it where it
// has moved since.
import assert from "node:assert/strict";
import { test } from "node:test";
import { signal } from "@preact/signals";
import type { Engine, EngineEvent, EngineListener } from "../../web/engine/src/client.ts";
import { encode } from "../../web/engine/src/codec.ts";
import { ContentKind, Text } from "../../web/engine/src/gen/wire.ts";
import { toHex } from "../../web/engine/src/text.ts";
import { PAGE_MESSAGES, Session } from "../../web/ui/src/session.ts";

(globalThis as { window?: unknown }).window ??= Object.assign(globalThis, {
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
});

const log = new Uint8Array(16).fill(1);
const self = new Uint8Array(32).fill(2);
const NO_KEY = 19;

type Asked = { readonly name: string; readonly before: number; readonly ref: number };

class FakeEngine implements Engine {
  readonly asked: Asked[] = [];
  private listener: EngineListener = () => undefined;
  command(name: string, { beforeSeq = 0, ref = 0 }: { beforeSeq?: number; ref?: number } = {}) {
    this.asked.push({ name, before: beforeSeq, ref });
  }
  request(): Promise<never> {
    return new Promise(() => undefined);
  }
  on(listener: EngineListener): () => void {
    this.listener = listener;
    return () => undefined;
  }
  restart(): void {}
  end(): void {}
  close(): void {}
  say(...events: EngineEvent[]): void {
    events.forEach((event) => this.listener(event));
  }
  befores(): number[] {
    return this.asked.filter(({ name }) => name === "loadHistory").map(({ before }) => before);
  }
}

const message = (seq: number, more: object = {}): EngineEvent => ({
  type: "message", log, seq, counter: seq, author: self, authorClass: 1, mine: true, ref: 0,
  kind: ContentKind.TEXT, content: encode(Text, { text: `${seq}` }), fallback: "", timeMs: seq,
  targetAuthor: self, targetCounter: 0, targetSeq: 0, problem: 0, answersSeq: 0, history: false,
  authorName: "", ...more,
});

/** What the engine answers where the log holds so many. */
function page(before: number, head: number, more: object = {}): EngineEvent[] {
  const last = before ? Math.min(before - 1, head) : head;
  const first = Math.max(1, (before || head + 1) - PAGE_MESSAGES);
  const seqs = Array.from({ length: last - first + 1 }, (_, at) => first + at);
  const end = { firstSeq: first, lastSeq: last, more: first > 1, atEnd: last >= head };
  return [
    ...seqs.map((seq) => message(seq, { history: true, ...more })),
    { type: "historyEnd", log, ...end },
  ];
}

function begin(head: number) {
  const engine = new FakeEngine();
  const session = new Session(engine, signal(""), "en");
  session.open(log);
  engine.say(...page(0, head));
  const window = () => {
    const { items, newer } = session.logs.value.get(toHex(log)) ?? { items: [], newer: false };
    const places = items.map(({ seq }) => seq);
    return { first: places[0], last: places.at(-1), count: places.length, newer };
  };
  return { engine, session, window };
}

test("who writes above the end sees his words behind what was said before them", () => {
  const { engine, session, window } = begin(300);
  session.loadAround(log, 3);
  engine.say(...page(28, 300));
  assert.deepEqual(window(), { first: 1, last: 27, count: 27, newer: true });
  // Scrolling has asked for what follows; the answer comes last of all.
  session.loadLater(log);
  session.sendText("new", log);
  session.loadLater(log);
  const [follows = 0, newest = -1, too_late = 0] = engine.befores().slice(1);
  assert.equal(newest, 0);
  engine.say(...page(follows, 300));
  const ref = engine.asked.find(({ name }) => name === "send")?.ref ?? 0;
  engine.say(message(0, { ref, counter: 0 }));
  assert.equal(window().last, 77, "they wait for what stands before them");
  engine.say(...page(newest, 300));
  assert.deepEqual(window(), { first: 251, last: 0, count: 51, newer: false });
  engine.say(...page(too_late, 300));
  assert.deepEqual(window(), { first: 251, last: 0, count: 51, newer: false });
  engine.say({ type: "placed", log, counter: 301, seq: 301, timeMs: 301, code: 0, ref });
  assert.deepEqual(window(), { first: 251, last: 301, count: 51, newer: false });
});

test("nothing is missing of what is said while the end comes to the screen", () => {
  const { engine, session, window } = begin(300);
  session.loadAround(log, 3);
  engine.say(...page(28, 300));
  session.loadLatest(log);
  engine.say(message(301), message(302), ...page(0, 300));
  assert.deepEqual(window(), { first: 251, last: 302, count: 52, newer: false });
});

test("keys that come open what is shown, and move nobody from where he reads", () => {
  const { engine, session, window } = begin(300);
  session.loadAround(log, 103);
  engine.say(...page(128, 300, { problem: NO_KEY }));
  engine.say(...page(0, 300));
  assert.deepEqual(window(), { first: 78, last: 127, count: 50, newer: true });
  assert.deepEqual(engine.befores(), [128, 128], "what is shown is read again");
  engine.say(...page(128, 300));
  assert.deepEqual(window(), { first: 78, last: 127, count: 50, newer: true });
  const { items = [] } = session.logs.value.get(toHex(log)) ?? {};
  assert.ok(items.every(({ problem }) => problem === 0));
});

test("what comes unasked is not taken for the page that a search waits for", async () => {
  const { engine, session } = begin(300);
  const asked = session.page(toHex(log), 51, PAGE_MESSAGES);
  engine.say(...page(0, 300), ...page(51, 300));
  assert.deepEqual([(await asked).firstSeq, (await asked).items.length], [1, 50]);
});

test("a message that gets its place beyond what is shown is shown there only", () => {
  const { engine, session, window } = begin(300);
  session.sendText("new", log);
  const ref = engine.asked.at(-1)?.ref ?? 0;
  engine.say(message(0, { ref, counter: 0 }));
  session.loadAround(log, 3);
  engine.say(...page(28, 300));
  engine.say({ type: "placed", log, counter: 301, seq: 301, timeMs: 301, code: 0, ref });
  assert.deepEqual(window(), { first: 1, last: 27, count: 27, newer: true });
});
