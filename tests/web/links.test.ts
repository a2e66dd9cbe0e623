// What becomes a link in a message, and what never does.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isEmojiOnly, piecesOf } from "../../web/ui/src/links.ts";

const links = (text: string) => piecesOf(text).flatMap(({ text: shown, href }) =>
  href ? [[shown, href]] : [],
);
const shown = (text: string) => links(text).map(([found]) => found);
const whole = (text: string) => piecesOf(text).map((piece) => piece.text).join("");

test("http, https, mail and phone are links", () => {
  assert.deepEqual(links("see https://shop.example/a?b=c#d now"), [
    ["https://shop.example/a?b=c#d", "https://shop.example/a?b=c#d"],
  ]);
  assert.deepEqual(links("www.shop.example"), [["www.shop.example", "https://www.shop.example/"]]);
  assert.deepEqual(links("HTTP://Shop.Example"), [["HTTP://Shop.Example", "http://shop.example/"]]);
  assert.deepEqual(links("lin@shop.example."), [["lin@shop.example", "mailto:lin@shop.example"]]);
  assert.deepEqual(links("mailto:lin@shop.example"), [
    ["mailto:lin@shop.example", "mailto:lin@shop.example"],
  ]);
  assert.deepEqual(shown("call tel:+86 10 5555-0100."), ["tel:+86 10 5555-0100"]);
});

test("no other scheme is ever a link, however it is written", () => {
  for (const text of [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<script>", "vbscript:x",
    "file:///etc/passwd", "blob:x", "ftp://a.example", "intent://x", "x:y",
    "java\nscript:alert(1)", "//a.example", "http://", "https://?", "www.", "mailto:", "tel:",
    "@", "a@b", "1.5@2", "<img src=x onerror=alert(1)>",
  ]) {
    assert.deepEqual(shown(text), [], text);
    assert.equal(whole(text), text);
  }
});

test("an address that hides where it leads is no link", () => {
  assert.deepEqual(shown("https://bank.example@evil.example/"), []);
  assert.deepEqual(shown("https://user:secret@evil.example/"), []);
});

test("the punctuation of the sentence stays outside", () => {
  const url = "https://a.example/x";
  for (const text of [
    `${url}.`, `${url},`, `${url}!?`, `(${url})`, `[${url}]`, `"${url}"`, `<${url}>`, `'${url}'`,
    `${url}...`, `(see ${url}).`, `*${url}*`,
  ]) {
    assert.deepEqual(shown(text), [url], text);
    assert.equal(whole(text), text);
  }
  assert.deepEqual(shown("https://a.example/x_(y)"), ["https://a.example/x_(y)"]);
  assert.deepEqual(shown("(https://a.example/x_(y))"), ["https://a.example/x_(y)"]);
});

test("Chinese words and punctuation end an address", () => {
  const url = "https://a.example/x";
  for (const after of ["。", "，谢谢", "！", "？", "；", "：", "）", "》", "」", "、", "看看", "”"]) {
    assert.deepEqual(shown(`请看${url}${after}`), [url], after);
  }
  assert.deepEqual(shown("发到lin@shop.example吧"), ["lin@shop.example"]);
});

test("marks that turn the direction of text end an address too", () => {
  assert.deepEqual(shown("https://a.example/\u202egpj.exe"), ["https://a.example/"]);
});

test("an address in the middle of a word is none", () => {
  assert.deepEqual(shown("xhttps://a.example"), []);
  assert.deepEqual(shown("1www.a.example"), []);
});

test("several links and their words keep their order", () => {
  const text = "a https://a.example b\nhttps://b.example/ c";
  assert.deepEqual(piecesOf(text).map((piece) => piece.text), [
    "a ", "https://a.example", " b\n", "https://b.example/", " c",
  ]);
});

test("text of any length is cut in time that grows with it", () => {
  for (const text of [
    "a@".repeat(8000), "a".repeat(16_000), "https://".repeat(2000), "(".repeat(16_000),
    "tel:".repeat(4000), `tel:${"1 ".repeat(8000)}x`, `a@${"b.".repeat(8000)}`,
    `https://a.example/${")".repeat(16_000)}`, "www.".repeat(4000),
  ]) {
    assert.equal(whole(text), text);
  }
});

test("a few emoji alone are shown large", () => {
  for (const text of ["👍", "❤️", "👩‍👩‍👧", "🇨🇳", "👍🏽 👍", "1️⃣", "🙏🙏🙏🙏"]) {
    assert.equal(isEmojiOnly(text), true, text);
  }
  for (const text of ["", " ", "1", "12", "ok 👍", "👍👍👍👍👍", "#", "*"]) {
    assert.equal(isEmojiOnly(text), false, text);
  }
});
