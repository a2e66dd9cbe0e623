// Which conversation is on the screen, and what of it counts, told by a device that is played here.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { Engine, EngineEvent, EngineListener } from "../../web/engine/src/client.ts";
import { decode } from "../../web/engine/src/codec.ts";
import { Errc } from "../../web/engine/src/gen/errors.ts";
import { Text } from "../../web/engine/src/gen/wire.ts";
import { toHex } from "../../web/engine/src/text.ts";
import type { FrameApp } from "./app.ts";

type Fields = { log?: Uint8Array; limit?: number; ref?: number; content?: Uint8Array };

class FakeEngine implements Engine {
  readonly said: [string, Fields][] = [];
  private readonly listeners: EngineListener[] = [];
  command(name: string, fields: Fields = {}): void {
    this.said.push([name, fields]);
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
  tell(...events: EngineEvent[]): void {
    events.forEach((event) => this.listeners.forEach((listener) => listener(event)));
  }
  all(name: string): Fields[] {
    return this.said.filter(([said]) => said === name).map(([, fields]) => fields);
  }
}

const stored = (): Storage => {
  const values = new Map<string, string>();
  return {
    getItem: (name: string) => values.get(name) ?? null,
    setItem: (name: string, value: string) => void values.set(name, value),
    removeItem: (name: string) => void values.delete(name),
  } as Storage;
};

const heard = new Map<string, () => void>();
const page = {
  visibilityState: "visible",
  addEventListener: (name: string, listener: () => void) => void heard.set(name, listener),
};
let on_touch = false;

beforeEach(() => {
  on_touch = false;
  page.visibilityState = "visible";
  const browser = {
    window: globalThis,
    parent: undefined,
    document: page,
    navigator: { languages: ["en"], userAgent: "" },
    screen: { width: 390, height: 844 },
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    matchMedia: () => ({ matches: on_touch }),
    sessionStorage: stored(),
    localStorage: stored(),
  };
  for (const [name, value] of Object.entries(browser)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
});

const NO_LOG = new Uint8Array(16);
const log = (digit: number): Uint8Array => new Uint8Array(16).fill(digit);
const device = new Uint8Array(32).fill(9);
const ready: EngineEvent = {
  type: "ready", device, certified: false, hasCard: true, notAfterMs: 0,
  name: "", picture: new Uint8Array(), subject: new Uint8Array(32), identified: false,
};
const opened = (of: Uint8Array, ref = 0): EngineEvent => ({
  type: "logOpened", log: of, kind: 1, mainLog: NO_LOG, ref, headSeq: 3, creator: device,
});
const historyEnd = (of: Uint8Array): EngineEvent => ({
  type: "historyEnd", log: of, firstSeq: 1, more: false, lastSeq: 3, atEnd: true,
});
const offline: EngineEvent = {
  type: "connection", state: 3, code: 0, retryAtMs: 0, blobToken: "", blobBytesMax: 0,
};

const CONFIG = {
  shop: "A".repeat(43), relayUrl: "ws://x/ws", lang: "en", parent: "https://shop.example",
  theme: { theme: "auto", accent: "" }, ownTab: false, wrote: false,
} as const;
const PAGE = { url: "https://shop.example/", title: "Shop" };

type Begun = { engine: FakeEngine; app: FrameApp };

async function begin(ancestors: readonly string[] = []): Promise<Begun> {
  // It looks for its browser when it is loaded.
  const { FrameApp: App } = await import("./app.ts");
  const engine = new FakeEngine();
  const offline = () => Promise.reject(new Error("offline"));
  return { engine, app: new App(engine, CONFIG, ancestors, offline, offline) };
}

const limits = (engine: FakeEngine): [string, number | undefined][] =>
  engine.all("openLog").map(({ log: of, limit }) => [toHex(of ?? NO_LOG).slice(0, 2), limit]);
const texts = (engine: FakeEngine): string[] =>
  engine.all("send").map(({ content }) => decode(Text, content ?? new Uint8Array()).text);
const settled = () => Promise.resolve();

test("one conversation is shown at once", async () => {
  const { engine, app } = await begin();
  engine.tell(ready, opened(log(1)));
  await settled();
  assert.equal(app.screen.value, "talk");
  assert.equal(app.shown.value, toHex(log(1)));
  assert.deepEqual(limits(engine).at(-1), ["01", 50]);
  assert.equal(app.canGoBack.value, false);
});

test("of several the list is shown, and only a little of each is asked for", async () => {
  const { engine, app } = await begin();
  engine.tell(ready, opened(log(1)), opened(log(2)));
  await settled();
  assert.equal(app.screen.value, "list");
  assert.deepEqual(limits(engine), [["01", 12], ["02", 12]]);
  app.showRow(toHex(log(2)));
  assert.equal(app.screen.value, "talk");
  assert.equal(app.canGoBack.value, true);

  const next = await begin();
  next.engine.tell(ready, opened(log(1)), opened(log(2)));
  await settled();
  assert.equal(next.app.shown.value, toHex(log(2)), "as it was left");
});

test("what a preview brings is not the whole page", async () => {
  const { engine, app } = await begin();
  engine.tell(ready, opened(log(1)), opened(log(2)));
  await settled();
  app.showRow(toHex(log(1)));
  engine.tell(historyEnd(log(1)));
  assert.equal(app.conversation.value.loaded, false);
  engine.tell(historyEnd(log(1)));
  assert.equal(app.conversation.value.loaded, true);
});

test("words written before the device is there go along into the one conversation", async () => {
  const { engine, app } = await begin();
  app.write("early");
  engine.tell(ready, opened(log(1)));
  await settled();
  assert.equal(app.shown.value, toHex(log(1)));
  assert.equal(app.draft.value, "early");
  assert.equal(app.draftOf(toHex(NO_LOG)), "");
});

test("a conversation begun in another tab is taken over by an empty screen only", async () => {
  const { engine, app } = await begin();
  engine.tell(ready);
  await settled();
  engine.tell(opened(log(1)));
  assert.equal(app.shown.value, toHex(log(1)));
  app.startNew();
  engine.tell(opened(log(2)));
  assert.equal(app.shown.value, toHex(NO_LOG));
  assert.equal(app.rows.value.length, 2);
});

test("what is said while a conversation begins is sent once it has", async () => {
  const { engine, app } = await begin();
  engine.tell(ready);
  await settled();
  app.submit("one");
  app.submit("two");
  assert.deepEqual(texts(engine), ["one"]);
  const ref = engine.all("send")[0]?.ref ?? 0;
  engine.tell(opened(log(1), ref));
  assert.deepEqual(texts(engine), ["one", "two"]);
  assert.equal(app.shown.value, toHex(log(1)));
});

test("what could not begin stands in the composer again, in order", async () => {
  const { engine, app } = await begin();
  engine.tell(ready);
  await settled();
  app.submit("one");
  app.submit("two");
  app.write("three");
  const ref = engine.all("send")[0]?.ref ?? 0;
  const code = Errc.store_failed;
  engine.tell({ type: "placed", log: NO_LOG, counter: 0, seq: 0, timeMs: 0, code, ref });
  assert.equal(app.draft.value, "one\ntwo\nthree");
});

test("whoever comes back after a while does not wait for the next attempt", async () => {
  const { engine, app } = await begin();
  engine.tell(ready, opened(log(1)));
  const come_back = () => {
    page.visibilityState = "hidden";
    heard.get("visibilitychange")?.();
    page.visibilityState = "visible";
    heard.get("visibilitychange")?.();
  };
  come_back();
  assert.equal(engine.all("retry").length, 0, "it is not offline");
  engine.tell(offline);
  come_back();
  assert.equal(engine.all("retry").length, 1);
  app.heard({ type: "shutdown" });
  come_back();
  assert.equal(engine.all("retry").length, 1, "what has ended stays so");
});

test("a touch screen shows the conversation, not the keyboard", async () => {
  on_touch = true;
  const { engine, app } = await begin();
  app.heard({ type: "open", page: PAGE, quiet: false, identifies: false });
  assert.equal(app.focus.value, 1, "nobody was here: he may write at once");
  engine.tell(ready, opened(log(1)));
  await settled();

  const next = await begin();
  next.app.heard({ type: "open", page: PAGE, quiet: false, identifies: false });
  next.engine.tell(ready, opened(log(1)));
  await settled();
  assert.equal(next.app.focus.value, 0);
  next.app.startNew();
  assert.equal(next.app.focus.value, 1);
});

test("a panel that opens by itself takes no focus", async () => {
  const { app } = await begin();
  app.heard({ type: "open", page: PAGE, quiet: true, identifies: false });
  assert.equal(app.focus.value, 0);
  assert.equal(app.open.value, true);
});

test("a sentence of the page waits until it is known whether something is written", async () => {
  const { engine, app } = await begin();
  app.heard({ type: "prefill", text: "About order 1024: " });
  assert.equal(app.draft.value, "");
  engine.tell(ready, opened(log(1)));
  await settled();
  assert.equal(app.draft.value, "About order 1024: ");
});

test("only a page that the shop's card names shows the conversation", async () => {
  const shop: EngineEvent = {
    type: "shop", name: "Shop", look: new Uint8Array(), version: 1, fresh: true, desk: device,
    shopLog: NO_LOG, domains: ["https://shop.example"], teamVersion: 1, teamSince: 1, revoked: [],
  };
  const blocked = async (...ancestors: string[]) => {
    const { engine, app } = await begin(ancestors);
    engine.tell(ready, shop);
    return app.blocked.value;
  };
  assert.equal(await blocked("https://shop.example"), 0);
  assert.equal(await blocked(), 0, "a page of its own");
  assert.equal(await blocked("https://elsewhere.example"), Errc.closed_origin);
  const between = await blocked("https://shop.example", "https://elsewhere.example");
  assert.equal(between, Errc.closed_origin, "every page around counts");
});
