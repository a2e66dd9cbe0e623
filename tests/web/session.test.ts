// What a person wrote is stored by the engine or given back; the end of a certificate is seen.
import assert from "node:assert/strict";
import { test } from "node:test";
import { signal } from "@preact/signals";
import type { Engine, EngineEvent, EngineListener } from "../../web/engine/src/client.ts";
import { Errc } from "../../web/engine/src/gen/errors.ts";
import { toHex } from "../../web/engine/src/text.ts";
import { Session } from "../../web/ui/src/session.ts";

// The session's timers are the window's.
(globalThis as { window?: unknown }).window ??= globalThis;

const log = new Uint8Array(16).fill(1);
const device = new Uint8Array(32).fill(2);

class FakeEngine implements Engine {
  readonly sent: number[] = [];
  private readonly listeners: EngineListener[] = [];
  command(name: string, fields: { ref?: number } = {}): void {
    if (name === "send") {
      this.sent.push(fields.ref ?? 0);
    }
  }
  request(): Promise<never> {
    return new Promise(() => undefined);
  }
  on(listener: EngineListener): () => void {
    this.listeners.push(listener);
    return () => undefined;
  }
  takeOver(): void {}
  restart(): void {}
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
  engine.say({ type: "connection", state: 2, code: 0, retryAtMs: 0 });
  assert.equal(session.full.value, false);
});

test("after a crash only what was not stored is given back", () => {
  const { engine, session } = begin();
  session.sendText("stored", log);
  session.sendText("lost", log);
  engine.say({
    type: "message", log, seq: 0, counter: 0, author: device, authorClass: 1, mine: true, kind: 1,
    content: new Uint8Array(), fallback: "", timeMs: 0, ref: engine.sent[0] ?? 0,
    targetAuthor: device, targetCounter: 0, problem: 0, answersSeq: 0, history: false,
    authorName: "",
  });
  assert.deepEqual(session.takeUnstored().map(({ text }) => text), ["lost"]);
});

test("the end of a certificate is seen at the start and when it comes", (context) => {
  context.mock.timers.enable({ apis: ["Date", "setTimeout"], now: 1_000_000 });
  const { engine, session } = begin();
  const ready = { type: "ready", device, certified: true, hasCard: true } as const;
  engine.say({ ...ready, notAfterMs: 999_999 });
  assert.equal(session.certificateEnded.value, true);
  engine.say({ type: "enrolled", role: 2, notAfterMs: 1_005_000 });
  assert.equal(session.certificateEnded.value, false);
  context.mock.timers.tick(5000);
  assert.equal(session.certificateEnded.value, false);
  context.mock.timers.tick(2);
  assert.equal(session.certificateEnded.value, true);
});
