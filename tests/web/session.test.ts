// What a person wrote is stored by the engine or given back; the end of a certificate is seen.
import assert from "node:assert/strict";
import { test } from "node:test";
import { signal } from "@preact/signals";
import type { Engine, EngineEvent, EngineListener } from "../../web/engine/src/client.ts";
import { encode } from "../../web/engine/src/codec.ts";
import { Errc } from "../../web/engine/src/gen/errors.ts";
import { ContentKind, PageView, Text } from "../../web/engine/src/gen/wire.ts";
import { toHex } from "../../web/engine/src/text.ts";
import { deviceWords, pageViewOf, productOf } from "../../web/ui/src/context.ts";
import { lastPage } from "../../web/ui/src/conversation.ts";
import { Session } from "../../web/ui/src/session.ts";

// The session's timers are the window's, and it wants to know when the page is left.
const leaving: (() => void)[] = [];
(globalThis as { window?: unknown }).window ??= Object.assign(globalThis, {
  addEventListener: (_: string, listener: () => void) => leaving.push(listener),
  removeEventListener: (_: string, listener: () => void) => {
    leaving.splice(0, leaving.length, ...leaving.filter((each) => each !== listener));
  },
});

const log = new Uint8Array(16).fill(1);
const device = new Uint8Array(32).fill(2);

class FakeEngine implements Engine {
  readonly commands: string[] = [];
  readonly sent: number[] = [];
  readonly kinds: number[] = [];
  private readonly listeners: EngineListener[] = [];
  command(name: string, fields: { ref?: number; kind?: number; text?: string } = {}): void {
    this.commands.push(`${name} ${fields.text ?? ""}`.trim());
    if (name === "send") {
      this.sent.push(fields.ref ?? 0);
      this.kinds.push(fields.kind ?? 0);
    }
  }
  request(): Promise<never> {
    return new Promise(() => undefined);
  }
  on(listener: EngineListener): () => void {
    this.listeners.push(listener);
    return () => undefined;
  }
  restart(): void {}
  end(): void {}
  close(): void {}
  say(event: EngineEvent): void {
    this.listeners.forEach((listener) => listener(event));
  }
}

function begin(): { engine: FakeEngine; session: Session } {
  const engine = new FakeEngine();
  return { engine, session: new Session(engine, signal(""), "en") };
}

const placed = (ref: number, code: number) =>
  ({ type: "placed", log, counter: 0, seq: 0, timeMs: 0, code, ref }) as const;

test("a message that the device refuses is given back, and the reason is said", () => {
  const { engine, session } = begin();
  session.sendText("one", log);
  session.sendText("two", log);
  engine.say(placed(engine.sent[0] ?? 0, Errc.quota));
  assert.equal(session.full.value, true);
  assert.deepEqual(session.takeUnstored(engine.sent[0]), [{ log: toHex(log), text: "one" }]);
  assert.deepEqual(session.takeUnstored(engine.sent[0]), []);
  engine.say({
    type: "connection", state: 2, code: 0, retryAtMs: 0, blobToken: "", blobBytesMax: 0,
  });
  assert.equal(session.full.value, false);
});

test("two pages give their messages different numbers", () => {
  const firsts = Array.from({ length: 50 }, () => begin().session.nextRef());
  assert.equal(new Set(firsts).size, 50);
  assert.ok(firsts.every((ref) => Number.isSafeInteger(ref) && ref > 0));
});

test("a draft is there at once, and none where it is emptied", () => {
  const { session } = begin();
  session.writeDraft(log, "half a");
  assert.equal(session.drafts.value.get(toHex(log)), "half a");
  session.writeDraft(log, "");
  assert.equal(session.drafts.value.has(toHex(log)), false);
});

test("a draft is stored when the writer pauses, leaves or is done", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { engine, session } = begin();
  session.writeDraft(log, "h");
  session.writeDraft(log, "half");
  assert.deepEqual(engine.commands, []);
  context.mock.timers.tick(1000);
  assert.deepEqual(engine.commands, ["setDraft half"]);
  session.writeDraft(log, "half a");
  leaving.at(-1)?.();
  assert.deepEqual(engine.commands.slice(1), ["setDraft half a"]);
  session.writeDraft(log, "");
  context.mock.timers.tick(1000);
  assert.deepEqual(engine.commands.slice(2), ["setDraft"]);
});

test("a stored draft is shown, but never under a writer's hands", () => {
  const { engine, session } = begin();
  const shown = () => session.drafts.value.get(toHex(log));
  engine.say({ type: "draft", log, text: "from before" });
  assert.equal(shown(), "from before");
  session.writeDraft(log, "from before, and more");
  engine.say({ type: "draft", log, text: "from before" });
  assert.equal(shown(), "from before, and more");
});

test("what another tab wrote is shown once nobody types here", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  let now_ms = performance.now();
  context.mock.method(performance, "now", () => now_ms);
  const pass = (ms: number) => {
    now_ms += ms;
    context.mock.timers.tick(ms);
  };
  const { engine, session } = begin();
  const shown = () => session.drafts.value.get(toHex(log)) ?? "";
  const stored = (text: string) => engine.say({ type: "draft", log, text });
  session.writeDraft(log, "half");
  pass(1000);
  stored("half");
  stored("half a word");
  assert.equal(shown(), "half");
  pass(5000);
  assert.equal(shown(), "half a word");

  // Who goes on typing has the last word.
  session.writeDraft(log, "half a w");
  pass(1000);
  stored("half a w");
  stored("from the other");
  session.writeDraft(log, "half a world");
  pass(1000);
  stored("half a world");
  pass(9000);
  assert.equal(shown(), "half a world");

  // And what was not stored is not lost to something older.
  session.writeDraft(log, "half a worldly");
  stored("half a world");
  pass(9000);
  assert.equal(shown(), "half a worldly");
  const again = engine.commands.filter((said) => said === "setDraft half a worldly");
  assert.equal(again.length, 2);
});

const text_of_mine = (ref: number, text: string) => ({
  type: "message", log, seq: 0, counter: 0, author: device, authorClass: 1, mine: true, kind: 1,
  content: encode(Text, { text }), fallback: "", timeMs: 0, ref, targetAuthor: device,
  targetCounter: 0, targetSeq: 0, problem: 0, answersSeq: 0, history: false, authorName: "",
}) as const;

test("a refused message is sent again in new clothes, and stands there once", () => {
  const { engine, session } = begin();
  session.sendText("one", log);
  const [ref = 0] = engine.sent;
  engine.say(text_of_mine(ref, "one"));
  engine.say(placed(ref, Errc.id_taken));
  const items = () => session.logs.value.get(toHex(log))?.items ?? [];
  const [refused] = items();
  assert.ok(refused);
  assert.equal(refused.refused, Errc.id_taken);
  session.sendAgain(toHex(log), refused);
  assert.ok(engine.commands.includes("discard"));
  assert.equal(engine.sent.length, 2);
  assert.notEqual(engine.sent[1], ref);
  engine.say(text_of_mine(engine.sent[1] ?? 0, "one"));
  assert.deepEqual(items().map((item) => [item.text, item.refused]), [["one", 0]]);
});

test("the shop hears where the customer is once, and again when that changes", () => {
  const { engine, session } = begin();
  const at = (url: string, price: string) =>
    pageViewOf({ page: { url, title: url }, product: { name: "bag", price } }, "en", "");
  const say = (view: PageView) => {
    session.sendText("hello", log, view);
    engine.say({ ...text_of_mine(1, ""), kind: ContentKind.PAGE_VIEW, ref: engine.sent.at(-2) ?? 0,
      content: encode(PageView, view) });
  };
  say(at("/a", "1"));
  assert.deepEqual(engine.kinds, [ContentKind.PAGE_VIEW, ContentKind.TEXT]);
  say(at("/a", "1"));
  assert.equal(engine.kinds.length, 3);
  say(at("/a", "2"));
  say(at("/b", "2"));
  assert.equal(engine.kinds.length, 7);
  const told = lastPage(session.logs.value.get(toHex(log)));
  assert.equal(told && productOf(told)?.price, "2");
});

test("a device is named as people call it", () => {
  const chrome =
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) " +
    "Chrome/156.0.0.0 Mobile Safari/537.36";
  assert.equal(deviceWords(chrome, 390, 844), "Chrome 156, Android, 390 x 844");
  const safari =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 " +
    "(KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1";
  assert.equal(deviceWords(safari, 390, 844), "Safari 17, iOS, 390 x 844");
  assert.equal(deviceWords("", 1280, 800), "1280 x 800");
});

test("after a crash only what was not stored is given back", () => {
  const { engine, session } = begin();
  session.sendText("stored", log);
  session.sendText("lost", log);
  engine.say(text_of_mine(engine.sent[0] ?? 0, "stored"));
  assert.deepEqual(session.takeUnstored().map(({ text }) => text), ["lost"]);
});

test("the end of a certificate is seen at the start and when it comes", (context) => {
  context.mock.timers.enable({ apis: ["Date", "setTimeout"], now: 1_000_000 });
  const { engine, session } = begin();
  const unnamed = {
    name: "", picture: new Uint8Array(), subject: new Uint8Array(32), identified: false,
  };
  const ready = { type: "ready", device, certified: true, hasCard: true, ...unnamed } as const;
  engine.say({ ...ready, notAfterMs: 999_999 });
  assert.equal(session.certificateEnded.value, true);
  engine.say({ type: "enrolled", role: 2, notAfterMs: 1_005_000 });
  assert.equal(session.certificateEnded.value, false);
  context.mock.timers.tick(5000);
  assert.equal(session.certificateEnded.value, false);
  context.mock.timers.tick(2);
  assert.equal(session.certificateEnded.value, true);
});
