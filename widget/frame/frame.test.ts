// What the frame makes of the page's words, of its own conversations, and in which words.
import assert from "node:assert/strict";
import { test } from "node:test";
import { decode, encode } from "../../web/engine/src/codec.ts";
import { Cart, PageView } from "../../web/engine/src/gen/wire.ts";
import { emptyConversation, type Conversation, type Item } from "../../web/ui/src/conversation.ts";
import { ownTabUrl, pageAllowed, readConfig } from "./config.ts";
import { fittingView } from "./context.ts";
import { peopleOf, rowsOf, unreadOf } from "./conversations.ts";
import { readTheme, readWord } from "./host_page.ts";
import { catalogs } from "./i18n/catalogs.ts";
import { takeWords, translator } from "./i18n/index.ts";
import { zhCn } from "./i18n/zh_cn.ts";

const said = (word: object) => readWord({ shopbell: 1, ...word });

test("only words of the loader are heard", () => {
  for (const data of [null, 7, "open", {}, { type: "open" }, { shopbell: 2, type: "open" }]) {
    assert.equal(readWord(data), undefined);
  }
  assert.equal(said({ type: "wipe" }), undefined);
  assert.deepEqual(said({ type: "shutdown" }), { type: "shutdown" });
});

test("a panel that the page opened by itself leaves the focus alone", () => {
  const open = (quiet: unknown) => {
    const word = said({ type: "open", quiet });
    return word?.type === "open" && word.quiet;
  };
  assert.deepEqual([true, false, undefined, "yes"].map(open), [true, false, false, false]);
});

test("what the page says is cut to what a message can hold", () => {
  const page = { url: `https://shop.example/${"x".repeat(9000)}`, title: "t".repeat(9000) };
  const word = said({ type: "open", page });
  assert.equal(word?.type === "open" && word.page.url.length, 2000);
  assert.equal(word?.type === "open" && word.page.title.length, 200);
  assert.deepEqual(said({ type: "page", page: { url: 3, title: {} } }), {
    type: "page",
    page: { url: "", title: "" },
  });
  const prefill = said({ type: "prefill", text: "y".repeat(9000) });
  assert.equal(prefill?.type === "prefill" && prefill.text.length, 4000);
});

test("a context of any shape becomes one of the known shape", () => {
  const context = {
    product: { name: "Tote", price: 899, sku: null, url: ["x"] },
    cart: { items: [{ name: "Tote", quantity: -1 }, { quantity: 2 }, null, 7], total: NaN },
  };
  assert.deepEqual(said({ type: "context", context }), {
    type: "context",
    context: {
      page: undefined,
      product: { name: "Tote", sku: "", url: "", price: "899" },
      cart: { items: [{ name: "Tote", quantity: 1, price: "" }], total: "" },
    },
  });
  const context_of_none = { page: undefined, product: undefined, cart: undefined };
  const nothing = { type: "context", context: context_of_none };
  for (const empty of [undefined, null, 4, {}, { product: {}, cart: { items: [] } }]) {
    assert.deepEqual(said({ type: "context", context: empty }), nothing);
  }
});

test("a colour is six digits, a theme one of three", () => {
  assert.deepEqual(readTheme({ theme: "dark", accent: "#A02040" }), {
    theme: "dark",
    accent: "#A02040",
  });
  for (const value of [null, {}, { theme: "sepia", accent: "red" }, { accent: "#fff" }]) {
    assert.deepEqual(readTheme(value), { theme: "auto", accent: "" });
  }
});

const PAGE = { url: "https://shop.example/tote#top", title: "Tote" };

test("a cart that fits into no message is told as far as it fits", () => {
  const items = Array.from({ length: 20 }, (_, index) => ({
    name: `${index} ${"\u888b".repeat(195)}`,
    quantity: 1,
    price: "\uffe5".repeat(60),
  }));
  const view = fittingView(PAGE, { cart: { items, total: "" } }, "zh-CN", "");
  assert.ok(encode(PageView, view).length <= 12 * 1024);
  const { items: left } = decode(Cart, view.cart);
  assert.ok(left.length > 5 && left.length < 20, String(left.length));
  assert.match(left[0]?.name ?? "", /^0 /);
});

test("a page may give itself another address", () => {
  const page = { url: "https://shop.example/p/1", title: "One" };
  assert.equal(fittingView(PAGE, { page }, "en", "").title, "One");
});

const item = (fields: Partial<Item>): Item => ({
  key: String(fields.seq), seq: 1, counter: 1, ref: 0, author: "a", authorClass: 1,
  authorName: "", mine: false, kind: 1, text: "", timeMs: 0, problem: 0, refused: 0, ...fields,
});
const talk = (log: string, unread: number, items: Item[]): [string, Conversation] => [
  log,
  { ...emptyConversation(log), unread, items },
];

test("the list has the newest words first and names who answered last", () => {
  const logs = new Map([
    talk("old", 0, [item({ text: "hello", mine: true, timeMs: 10 })]),
    talk("new", 2, [
      item({ text: "question", mine: true, timeMs: 20 }),
      item({ text: "answer", authorClass: 2, author: "l", authorName: "Lin", timeMs: 30 }),
      item({ kind: 2, text: "A page", mine: true, timeMs: 40 }),
    ]),
  ]);
  const rows = rowsOf(["old", "new", "unknown"], logs);
  assert.deepEqual(rows.map(({ log }) => log), ["new", "old", "unknown"]);
  assert.deepEqual([rows[0]?.name, rows[0]?.words, rows[0]?.mine], ["Lin", "answer", false]);
  assert.deepEqual([rows[1]?.name, rows[1]?.words, rows[1]?.mine], ["", "hello", true]);
  assert.equal(unreadOf(rows, ""), 2);
  assert.equal(unreadOf(rows, "new"), 0);
});

test("only people of the shop are here, and a stranger is none of them", () => {
  const [, conversation] = talk("x", 0, [
    item({ authorClass: 2, author: "l", authorName: "Lin" }),
    item({ authorClass: 2, author: "m", authorName: "Mo" }),
    item({ authorClass: 4, author: "s", authorName: "Lin" }),
    item({ authorClass: 3, author: "d", authorName: "Desk" }),
  ]);
  assert.deepEqual(peopleOf(conversation).map(({ name }) => name), ["Mo", "Lin"]);
});

test("the fragment is read strictly, and a page of its own has nobody around", () => {
  const shop = "A".repeat(43);
  assert.equal(readConfig(`#shop=${shop}&relay=http://x`), undefined);
  const config = readConfig(`#shop=${shop}&relay=ws://x/ws&accent=%23102030&theme=dark&tab=1`);
  assert.deepEqual(config?.theme, { theme: "dark", accent: "#102030" });
  assert.equal(config?.ownTab, true);
  const own = ownTabUrl(`https://x.example/frame.html#shop=${shop}&relay=wss%3A%2F%2Fx&tab=`);
  assert.equal(readConfig(new URL(own).hash)?.ownTab, true);
  assert.equal(readConfig(new URL(own).hash)?.relayUrl, "wss://x");
  assert.equal(pageAllowed([], []), true);
  assert.equal(pageAllowed([], ["https://shop.example"]), false);
  assert.equal(pageAllowed(["*.shop.example"], ["https://shop.example"]), false);
});

test("the frame's own words are whole in every language", () => {
  const locales = ["zh-CN", "en", "ar"] as const;
  const keys = Object.keys(zhCn) as (keyof typeof zhCn)[];
  const blanks = (text: string) => [...text.matchAll(/\{(\w+)/g)].map(([, name]) => name).sort();
  for (const locale of locales) {
    for (const key of keys) {
      assert.deepEqual(blanks(catalogs[locale][key]), blanks(zhCn[key]), `${locale} ${key}`);
      const banned = /websocket|relay|token|oops|[!\uff01\u2026]/i;
      assert.doesNotMatch(catalogs[locale][key], banned, key);
    }
  }
  takeWords("en", catalogs.en);
  assert.equal(translator("en")("otherPeople", { name: "Lin", n: 1 }), "Lin and 1 other");
});
