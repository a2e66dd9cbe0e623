// What may be drawn before it is known who sits there, and how a device ends.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { beforeEach, test } from "node:test";
import type { Engine, EngineEvent, EngineListener } from "../../web/engine/src/client.ts";
import type { ToPage } from "./host_page.ts";
import { Identity, subjectOf } from "./identity.ts";

const NOBODY = new Uint8Array(32);
const device = new Uint8Array(32).fill(9);

beforeEach(() => {
  const parent = {};
  Object.defineProperty(globalThis, "window", { value: { parent }, configurable: true });
});

const digest = (sub: string): Uint8Array =>
  new Uint8Array(createHash("sha256").update(`shopbell subject v1${sub}`).digest());

const token = (sub: unknown): string =>
  ["{}", JSON.stringify({ sub }), "x"]
    .map((part) => Buffer.from(part).toString("base64url"))
    .join(".");

type Place = {
  readonly identity: Identity;
  readonly words: ToPage[];
  readonly asked: string[];
  readonly ends: () => number;
  tell(event: EngineEvent): void;
  begins(subject: Uint8Array): void;
};

function begin(unsent: () => number | undefined = () => 0): Place {
  const listeners: EngineListener[] = [];
  const words: ToPage[] = [];
  const asked: string[] = [];
  let ends = 0;
  const engine = {
    on: (listener: EngineListener) => listeners.push(listener),
    command: (name: string) => asked.push(name),
    end: () => ends++,
  } as unknown as Engine;
  const identity = new Identity(engine, false, (word) => words.push(word), unsent);
  const tell = (event: EngineEvent) => listeners.forEach((listener) => listener(event));
  const begins = (subject: Uint8Array) =>
    tell({
      type: "ready", device, certified: false, hasCard: true, notAfterMs: 0, name: "",
      picture: new Uint8Array(), subject, identified: true,
    });
  return { identity, words, asked, ends: () => ends, tell, begins };
}

test("what belongs to somebody waits for the page's first word", () => {
  const { identity, begins } = begin();
  begins(digest("u-1"));
  assert.equal(identity.veiled.value, true);
  identity.pageSpoke(false);
  assert.equal(identity.veiled.value, false, "a page without logins shows what there is");
});

test("where the page knows logins it is shown to the same person only", async () => {
  const { identity, begins, asked } = begin();
  begins(digest("u-1"));
  identity.pageSpoke(true);
  assert.equal(identity.veiled.value, true);
  await identity.identify(token("u-1"));
  assert.equal(identity.veiled.value, false);
  assert.deepEqual(asked, ["identify"]);
});

test("another person ends the device before anything is drawn", async () => {
  const { identity, begins, ends, asked } = begin();
  begins(digest("u-1"));
  identity.pageSpoke(true);
  const veils: boolean[] = [];
  identity.veiled.subscribe((veiled) => veils.push(veiled));
  await identity.identify(token("u-2"));
  assert.equal(ends(), 1);
  assert.deepEqual(asked, []);
  assert.deepEqual([...new Set(veils)], [true]);
});

test("an anonymous conversation stays in sight and gets its person", async () => {
  const { identity, begins, asked } = begin();
  begins(NOBODY);
  identity.pageSpoke(true);
  assert.equal(identity.veiled.value, false);
  await identity.identify(token("u-1"));
  assert.equal(identity.veiled.value, false);
  assert.deepEqual(asked, ["identify"]);
});

test("where the login gives no token, what belongs to somebody stays veiled", async () => {
  const { identity, begins, words } = begin();
  begins(digest("u-1"));
  identity.pageSpoke(true);
  await identity.identify("");
  assert.equal(identity.veiled.value, true);
  assert.deepEqual(words.at(-1), { type: "identified", cause: "identity_refused" });
});

test("a log-out asks about what is not sent, once that is known", () => {
  const early = begin(() => undefined);
  early.begins(digest("u-1"));
  early.identity.logout();
  assert.equal(early.ends(), 0);
  assert.equal(early.identity.asks.value, 0);

  const again = begin(() => 2);
  again.begins(digest("u-1"));
  again.identity.logout();
  assert.equal(again.identity.asks.value, 2);
  assert.deepEqual(again.words.at(-1), { type: "asks" });
  again.identity.answer(false);
  assert.deepEqual(again.words.at(-1), { type: "stayed" });
  assert.equal(again.ends(), 0);
  again.identity.logout();
  again.identity.answer(true);
  assert.equal(again.ends(), 1);
  assert.equal(again.identity.veiled.value, true);
});

test("what is no token names nobody", () => {
  for (const text of ["", "a", "a.b.c", "..", token(5), token(undefined)]) {
    assert.equal(subjectOf(text), "", text);
  }
  assert.equal(subjectOf(token("林")), "林");
});
