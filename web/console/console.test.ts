// Small decisions of the workplace that need no browser.
import assert from "node:assert/strict";
import { test } from "node:test";
import { encode } from "../engine/src/codec.ts";
import { Cart, ContentKind, PageView, Product, Tag } from "../engine/src/gen/wire.ts";
import { AuthorClass, emptyConversation, type Item } from "../ui/src/conversation.ts";
import { actions } from "./actions.ts";
import { foldCustomer, webAddress, type Customer } from "./customers.ts";
import { fuzzy } from "./fuzzy.ts";
import { fromHex } from "./hex.ts";
import { consoleCatalogs } from "./i18n/index.ts";
import { bareRow, matches, ofSamePerson, type Row } from "./inbox.ts";
import { hasNewWords } from "./notifier.ts";
import { inUse, tagOf, tagsWith, TAG_LENGTH_MAX } from "./tags.ts";

const row = (fields: Partial<Row>): Row => ({
  ...bareRow(new Uint8Array(16).fill(1), undefined),
  ...fields,
});

test("all words of a search must stand somewhere in the row", () => {
  assert.equal(matches("zip bag", "Visitor 3F7A", "The zip broke", "Bags"), true);
  assert.equal(matches("zip shoe", "Visitor 3F7A", "The zip broke", "Bags"), false);
  assert.equal(matches("  ", "anything"), true);
});

test("the palette finds letters in their order, whole words first", () => {
  assert.equal(fuzzy("xyz", "Settings"), 0);
  assert.ok(fuzzy("stg", "Settings") > 0);
  assert.ok(fuzzy("set", "Settings") > fuzzy("set", "Show the customer"));
  assert.ok(fuzzy("", "anything") > 0);
});

test("only ids of the right length are read back from what the browser kept", () => {
  assert.deepEqual(fromHex("0aff", 2), Uint8Array.of(10, 255));
  assert.equal(fromHex("0aff", 16), undefined);
  assert.equal(fromHex("zz", 1), undefined);
});

test("new words are the customer's, not an answer or a member who came", () => {
  const before = row({ headSeq: 5, timeMs: 100, waitingSinceMs: 0 });
  const asked = row({ headSeq: 6, timeMs: 200, waitingSinceMs: 200, preview: "Any left?" });
  assert.equal(hasNewWords({ before, row: asked }), true);
  assert.equal(hasNewWords({ before: undefined, row: asked }), true);
  const answered = row({ headSeq: 7, timeMs: 300, waitingSinceMs: 0 });
  assert.equal(hasNewWords({ before: asked, row: answered }), false);
  const greeted = row({ ...asked, headSeq: 7, timeMs: 300 });
  assert.equal(hasNewWords({ before: asked, row: greeted }), false);
  assert.equal(hasNewWords({ before: asked, row: asked }), false);
});

test("other conversations of a device are newest first; nobody shares an unknown device", () => {
  const rows = new Map(
    [
      row({ key: "a", creator: "01", timeMs: 1 }),
      row({ key: "b", creator: "01", timeMs: 3 }),
      row({ key: "c", creator: "02", timeMs: 2 }),
      row({ key: "d", creator: "01", timeMs: 2 }),
      row({ key: "e", creator: "" }),
      row({ key: "f", creator: "" }),
    ].map((each) => [each.key, each]),
  );
  const keys = (key: string) => ofSamePerson(rows, rows.get(key) as Row).map((each) => each.key);
  assert.deepEqual(keys("a"), ["b", "d"]);
  assert.deepEqual(keys("e"), []);
});

test("conversations of all devices of a customer who is logged in stand together", () => {
  const rows = new Map(
    [
      row({ key: "a", creator: "01", subject: "u-1", timeMs: 1 }),
      row({ key: "b", creator: "02", subject: "u-1", timeMs: 2 }),
      row({ key: "c", creator: "03", subject: "u-2", timeMs: 3 }),
    ].map((each) => [each.key, each]),
  );
  const keys = ofSamePerson(rows, rows.get("a") as Row).map((each) => each.key);
  assert.deepEqual(keys, ["b"]);
});

type Message = Parameters<typeof foldCustomer>[1];

const message = (fields: Partial<Message>): Message => {
  const text = { authorClass: 1, problem: 0, seq: 1, timeMs: 10, kind: ContentKind.TEXT };
  return { ...text, ...fields } as Message;
};

const view = (fields: Partial<PageView>): Uint8Array => encode(PageView, fields);

test("the newest page view tells page, product and cart, in whatever order they come", () => {
  const nobody: Customer = { look: undefined, firstMs: 0, firstSeq: 0 };
  const cart = encode(Cart, { items: [{ name: "Strap", quantity: 2, price: "9" }], total: "18" });
  const newest = message({
    seq: 4,
    timeMs: 40,
    kind: ContentKind.PAGE_VIEW,
    content: view({ title: "Tote", cart, product: encode(Product, { name: "Tote", sku: "T1" }) }),
  });
  const older = message({
    seq: 2, timeMs: 20, kind: ContentKind.PAGE_VIEW, content: view({ title: "Home" }),
  });
  const customer = [newest, older].reduce(foldCustomer, nobody);
  assert.equal(customer.look?.title, "Tote");
  assert.equal(customer.look?.product?.sku, "T1");
  assert.equal(customer.look?.cart?.items[0]?.quantity, 2);
  assert.equal(customer.firstMs, 20);
});

test("bytes that are no page view and words of the shop say nothing of the customer", () => {
  const nobody: Customer = { look: undefined, firstMs: 0, firstSeq: 0 };
  const broken = { kind: ContentKind.PAGE_VIEW, content: Uint8Array.of(255, 1) };
  assert.equal(foldCustomer(nobody, message(broken)).look, undefined);
  assert.equal(foldCustomer(nobody, message({ authorClass: 2 })), nobody);
});

test("only addresses of the web are shown as such", () => {
  assert.equal(webAddress("https://shop.example/a"), "https://shop.example/a");
  assert.equal(webAddress("javascript:alert(1)"), "");
  assert.equal(webAddress("no address"), "");
});

test("no key does two things", () => {
  const keys = actions.flatMap((action) => action.keys);
  assert.equal(new Set(keys).size, keys.length);
});

test("the workplace's catalogs have the same keys, blanks and no other language", () => {
  const { "zh-CN": zh, en, ar } = consoleCatalogs;
  const blanks = (text: string) => [...new Set(text.match(/\{\w+/g) ?? [])].sort();
  assert.deepEqual(Object.keys(en).sort(), Object.keys(zh).sort());
  assert.deepEqual(Object.keys(ar).sort(), Object.keys(zh).sort());
  for (const key of Object.keys(zh) as (keyof typeof zh)[]) {
    assert.deepEqual(blanks(en[key]), blanks(zh[key]), key);
    assert.deepEqual(blanks(ar[key]), blanks(zh[key]), key);
    assert.doesNotMatch(en[key] + ar[key], /\p{Script=Han}/u, key);
    assert.doesNotMatch(zh[key] + en[key] + ar[key], /[!\uff01]|websocket|relay|token|oops/i, key);
  }
});

test("a tag is what somebody typed, without the sign and spaces around it", () => {
  assert.equal(tagOf("  # VIP\t customer "), "VIP customer");
  assert.equal(tagOf("\uff03\u7ef4\u4fee"), "\u7ef4\u4fee");
  assert.equal(tagOf(" # "), "");
  assert.equal(tagOf("a\u202eb"), "a b");
  assert.equal([...tagOf("\u{1f45c}".repeat(TAG_LENGTH_MAX + 9))].length, TAG_LENGTH_MAX);
});

test("what the team log says last of a word counts, also before the desk has heard it", () => {
  const said = (name: string, off = false, more: Partial<Item> = {}): Item => ({
    key: `${name} ${off}`, seq: 0, counter: 1, ref: 1, author: "", authorName: "", mine: false,
    authorClass: AuthorClass.shop, kind: ContentKind.TAG, text: name, timeMs: 1, problem: 0,
    refused: 0, content: encode(Tag, { name, off }), ...more,
  });
  const notes = (...items: Item[]) => ({ ...emptyConversation("01"), items });
  assert.deepEqual(tagsWith(["VIP"], undefined), ["VIP"]);
  assert.deepEqual(tagsWith(["VIP"], notes(said("vip"), said("new"))), ["VIP", "new"]);
  assert.deepEqual(tagsWith(["VIP"], notes(said("vip", true))), []);
  assert.deepEqual(tagsWith([], notes(said("a"), said("a", true), said("A"))), ["A"]);
  assert.deepEqual(tagsWith([], notes(said("a", false, { refused: 7 }))), []);
  assert.deepEqual(tagsWith([], notes(said("a", false, { mine: true, authorClass: 0 }))), ["a"]);
  const customer = { authorClass: AuthorClass.customer };
  assert.deepEqual(tagsWith([], notes(said("a", false, customer))), []);
  const broken = { content: Uint8Array.of(255, 1) };
  assert.deepEqual(tagsWith(["b"], notes(said("a", false, broken))), ["b"]);
  assert.deepEqual(tagsWith(["b"], { ...notes(said("b", true)), newer: true }), ["b"]);
});

test("tags in use stand by how many conversations have them, each once", () => {
  const rows = [row({ tags: ["b", "VIP"] }), row({ tags: ["vip", "a"] })];
  assert.deepEqual(inUse(rows), ["VIP", "a", "b"]);
});
