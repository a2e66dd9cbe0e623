// Small decisions behind the screens: keys of input methods, addresses, the honest line, colours.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { keepConfig, readEntry } from "../../web/console/config.ts";
import { inOrder, mergePage } from "../../web/console/inbox.ts";
import { encode } from "../../web/engine/src/codec.ts";
import { Errc } from "../../web/engine/src/gen/errors.ts";
import { InboxPage, type InboxRow } from "../../web/engine/src/gen/wire.ts";
import { toBase64Url } from "../../web/engine/src/text.ts";
import { translator } from "../../web/ui/i18n/index.ts";
import { CompositionGuard, type EnterKey } from "../../web/ui/src/ime.ts";
import { statusOf } from "../../web/ui/src/status.ts";
import { dayName, span } from "../../web/ui/src/time.ts";
import { pageAllowed, readConfig } from "../../widget/frame/config.ts";

const enter = (fields: Partial<EnterKey> = {}): EnterKey => ({
  key: "Enter", keyCode: 13, isComposing: false, shiftKey: false, altKey: false, ctrlKey: false,
  metaKey: false, timeStamp: 1000, ...fields,
});

test("Enter sends, with Shift and other keys it does not", () => {
  const guard = new CompositionGuard();
  assert.equal(guard.sends(enter()), true);
  assert.equal(guard.sends(enter({ shiftKey: true })), false);
  assert.equal(guard.sends(enter({ key: "a", keyCode: 65 })), false);
});

test("Enter that ends a composition does not send: keydown first (Chromium, Firefox)", () => {
  const guard = new CompositionGuard();
  guard.started();
  assert.equal(guard.sends(enter({ isComposing: true, keyCode: 229 })), false);
  assert.equal(guard.sends(enter()), false, "still composing");
  guard.ended(1001);
  guard.released();
  assert.equal(guard.sends(enter({ timeStamp: 1010 })), true, "the next press");
});

test("Enter that ends a composition does not send: compositionend first (Safari)", () => {
  const guard = new CompositionGuard();
  guard.started();
  guard.ended(999);
  assert.equal(guard.sends(enter({ keyCode: 229 })), false);
  assert.equal(guard.sends(enter({ keyCode: 13, timeStamp: 1000 })), false);
  guard.released();
  assert.equal(guard.sends(enter({ timeStamp: 1010 })), true);
});

test("a composition ended by the pointer does not swallow a later Enter", () => {
  const guard = new CompositionGuard();
  guard.started();
  guard.ended(1000);
  assert.equal(guard.sends(enter({ timeStamp: 1400 })), true);
});

const shop = toBase64Url(new Uint8Array(32).fill(5));
const invite = toBase64Url(new Uint8Array(32).fill(6));
const relay = "wss://desk.example/ws";

test("the frame takes only a whole configuration", () => {
  const fields = new URLSearchParams({ shop, relay, lang: "zh", parent: "https://shop.example" });
  assert.equal(readConfig(`#${fields}`)?.relayUrl, relay);
  fields.set("relay", "https://desk.example");
  assert.equal(readConfig(`#${fields}`), undefined);
  assert.equal(readConfig(""), undefined);
});

test("every page around the frame must stand in the card", () => {
  const domains = ["shop.example", "https://a.example:8443", "*.b.example"];
  assert.equal(pageAllowed(domains, ["https://shop.example"]), true);
  assert.equal(pageAllowed(domains, ["https://a.example:8443", "https://x.b.example"]), true);
  assert.equal(pageAllowed(domains, ["https://a.example"]), false);
  assert.equal(pageAllowed(domains, ["https://b.example.evil.example"]), false);
  assert.equal(pageAllowed(domains, ["https://shop.example", "https://evil.example"]), false);
  assert.equal(pageAllowed(domains, ["null"]), false);
  assert.equal(pageAllowed([], ["https://shop.example"]), false);
});

class MemoryStorage implements Storage {
  private readonly kept = new Map<string, string>();
  get length(): number {
    return this.kept.size;
  }
  clear(): void {
    this.kept.clear();
  }
  getItem(key: string): string | null {
    return this.kept.get(key) ?? null;
  }
  key(index: number): string | null {
    return [...this.kept.keys()][index] ?? null;
  }
  removeItem(key: string): void {
    this.kept.delete(key);
  }
  setItem(key: string, value: string): void {
    this.kept.set(key, value);
  }
}

test("the console remembers shop and relay, and never the invitation", () => {
  const storage = new MemoryStorage();
  const fields = new URLSearchParams({ invite, shop, relay });
  const first = readEntry(`#${fields}`, storage);
  assert.equal(first.invitation?.secret.length, 32);
  assert.ok(first.config);
  keepConfig(storage, { ...first.config, name: "Lin" });
  assert.ok(!storage.getItem("shopbell.console")?.includes(invite));
  const later = readEntry("#log=0102", storage);
  assert.deepEqual(later.config, { shop, relayUrl: relay, name: "Lin" });
  assert.equal(later.invitation, undefined);
  assert.equal(later.log, "0102");
});

test("a link with a bent secret is no invitation", () => {
  const fields = new URLSearchParams({ invite: invite.slice(1), shop, relay });
  assert.deepEqual(readEntry(`#${fields}`, new MemoryStorage()).config, undefined);
});

test("who waits longest stands first, then the newest", () => {
  const row = (id: number, timeMs: number, waitingSinceMs: number): InboxRow => ({
    log: new Uint8Array(16).fill(id), teamLog: new Uint8Array(16), preview: `${id}`, headSeq: 1,
    timeMs, waitingSinceMs, pageTitle: "", locale: "",
    creator: new Uint8Array(32).fill(id), recalled: false, subject: "", subjectName: "",
    tags: [],
  });
  const page = (rows: InboxRow[]) => encode(InboxPage, { rows });
  let rows = mergePage(new Map(), page([row(1, 50, 0), row(2, 40, 30), row(3, 60, 20)]));
  assert.deepEqual(inOrder(rows).map((each) => each.preview), ["3", "2", "1"]);
  rows = mergePage(rows, page([row(3, 70, 0)]));
  assert.deepEqual(inOrder(rows).map((each) => each.preview), ["2", "3", "1"]);
  assert.equal(inOrder(rows)[0]?.teamLog, undefined);
});

test("the honest line names the worst of it", () => {
  const fine = {
    ready: true, connection: 2, code: 0, shopKnown: true, shopFresh: true, inSync: true,
    held: false,
  };
  assert.equal(statusOf(fine).name, "online");
  assert.equal(statusOf({ ...fine, inSync: false }).name, "not-in-sync");
  assert.equal(statusOf({ ...fine, inSync: false, held: true }).name, "set-back");
  assert.equal(statusOf({ ...fine, shopFresh: false }).name, "shop-not-confirmed");
  assert.equal(statusOf({ ...fine, connection: 1 }).name, "connecting");
  assert.equal(statusOf({ ...fine, connection: 3, inSync: false }).sentence, "offline");
  const restarting = statusOf({ ...fine, connection: 3, code: Errc.closed_draining });
  assert.equal(restarting.sentence, undefined, "the error's own sentence says more");
  const unknown = statusOf({ ...fine, connection: 4, code: Errc.closed_shop_unknown });
  assert.deepEqual([unknown.name, unknown.tone], ["stopped", "danger"]);
});

test("days and spans are said as people say them", () => {
  const t = translator("en");
  const noon = new Date(2026, 4, 5, 12).getTime();
  const day = 24 * 60 * 60 * 1000;
  assert.equal(dayName(t, "en", noon, noon), "Today");
  assert.equal(dayName(t, "en", noon - day, noon), "Yesterday");
  assert.equal(dayName(t, "en", noon - 3 * day, noon), "May 2");
  assert.equal(dayName(translator("zh-CN"), "zh-CN", noon - 400 * day, noon), "2025年3月31日");
  assert.equal(span(t, 59_000), "under 1 min");
  assert.equal(span(t, 61_000), "1 min");
  assert.equal(span(t, 3 * 60 * 60 * 1000), "3 h");
});

type Colour = [number, number, number, number];

function colours(css: string): Map<string, Colour> {
  const out = new Map<string, Colour>();
  for (const [, name, value] of css.matchAll(/--([\w-]+):\s*([^;]+);/g)) {
    const hex = value?.match(/^#(\w{2})(\w{2})(\w{2})$/);
    const rgb = value?.match(/^rgb\((\d+) (\d+) (\d+) \/ (\d+)%\)$/);
    const [r, g, b] = (hex ?? rgb ?? []).slice(1).map((part) => parseInt(part, hex ? 16 : 10));
    if (name && r !== undefined && g !== undefined && b !== undefined) {
      out.set(name, [r, g, b, rgb ? Number(rgb[4]) / 100 : 1]);
    }
  }
  return out;
}

const luminance = (colour: number[]): number =>
  colour
    .map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, at) => sum + part * ([0.2126, 0.7152, 0.0722][at] ?? 0), 0);

function contrast([r, g, b, alpha]: Colour, below: Colour): number {
  const over = [r, g, b].map((part, at) => part * alpha + (below[at] ?? 0) * (1 - alpha));
  const [low, high] = [luminance(over), luminance(below.slice(0, 3))].sort((x, y) => x - y);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

test("text has contrast 4.5 and controls 3, light and dark", () => {
  const [light, dark] = readFileSync("web/ui/tokens.css", "utf8").split('[data-theme="dark"] {');
  const text = [
    ["ink", "paper"], ["ink", "surface"], ["ink-soft", "paper"], ["ink-soft", "surface"],
    ["ink", "note-paper"], ["on-accent", "accent"], ["accent-ink", "paper"], ["warn", "paper"],
    ["accent-ink", "surface"], ["warn", "warn-paper"], ["danger", "paper"],
    ["danger", "danger-paper"], ["ink-soft", "note-paper"], ["ink", "danger-paper"],
    ["warn", "surface"],
  ];
  const controls = [["control-line", "paper"], ["focus", "paper"], ["focus", "surface"],
    ["accent-edge", "paper"], ["accent-edge", "surface"]];
  for (const [mode, css] of [["light", light], ["dark", dark]]) {
    const all = colours(css ?? "");
    for (const [pairs, least] of [[text, 4.5], [controls, 3]] as const) {
      for (const [name = "", ground = ""] of pairs) {
        const [colour, below] = [all.get(name), all.get(ground)];
        assert.ok(colour && below, `${mode}: ${name} on ${ground}`);
        const found = contrast(colour, below);
        assert.ok(found >= least, `${mode}: ${name} on ${ground} is ${found.toFixed(2)}`);
      }
    }
  }
});
