// All catalogs are whole, and every error that there is can be told to a person.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { errorSentence, sentenceOf } from "../../web/ui/i18n/errors.ts";
import { catalogs, translator, type SentenceKey } from "../../web/ui/i18n/console/index.ts";
import { dirOf, intlTag, pickLocale, type Locale } from "../../web/ui/i18n/index.ts";

type ErrorTable = { errors: { code: number; name: string }[] };
const { errors } = JSON.parse(readFileSync("core/errors.json", "utf8")) as ErrorTable;
const locales = Object.keys(catalogs) as Locale[];
const zh = catalogs["zh-CN"];
const { en, ar } = catalogs;
const keys = Object.keys(zh) as SentenceKey[];
/** Their names, sorted; which forms stand behind a number is each language's own business. */
const blanks = (text: string) =>
  [...text.matchAll(/\{(\w+)(?:\|[^}]*)?\}/g)].map(([, name]) => name).sort();

test("catalogs have the same keys and the same blanks to fill", () => {
  for (const locale of locales) {
    assert.deepEqual(Object.keys(catalogs[locale]).sort(), [...keys].sort(), locale);
    for (const key of keys) {
      assert.deepEqual(blanks(catalogs[locale][key]), blanks(zh[key]), `${locale} ${key}`);
    }
  }
});

test("each sentence is in its own language and without jargon", () => {
  for (const key of keys) {
    const only_blanks = key === "dayAt";
    const zh_words = zh[key].replace(/\{\w+\}/g, "");
    assert.ok(only_blanks || /\p{Script=Han}/u.test(zh_words), key);
    assert.ok(only_blanks || /\p{Script=Arabic}/u.test(ar[key].replace(/\{\w+\}/g, "")), key);
    assert.doesNotMatch(zh_words, /[,!?;](?=[\p{Script=Han}])/u, key);
    assert.doesNotMatch(ar[key], /[,?;]/, key);
    assert.doesNotMatch(en[key] + ar[key], /\p{Script=Han}/u, key);
    assert.doesNotMatch(en[key] + zh[key], /\p{Script=Arabic}/u, key);
    assert.doesNotMatch(en[key] + zh[key] + ar[key], /websocket|relay|token|oops|!|\u2026/i, key);
  }
});

test("every error of the table has a sentence in all languages", () => {
  assert.deepEqual(Object.keys(sentenceOf).sort(), errors.map((error) => error.name).sort());
  for (const { code } of errors) {
    for (const locale of locales) {
      const t = translator(locale);
      assert.notEqual(errorSentence(t, code), t("errorOther", { code }), String(code));
    }
  }
  assert.match(errorSentence(translator("en"), 9999), /9999/);
});

test("what keeps a conversation from starting has a sentence of its own", () => {
  const names = ["card_chain", "wrong_shop", "closed_shop_unknown", "closed_origin"] as const;
  assert.equal(new Set(names.map((name) => sentenceOf[name])).size, names.length);
});

test("the first wanted language that there is wins", () => {
  assert.equal(pickLocale(["zh-TW"]), "zh-CN");
  assert.equal(pickLocale(["", "fr", "EN-us", "zh"]), "en");
  assert.equal(pickLocale(["ar-EG", "en"]), "ar");
  assert.equal(pickLocale([undefined, null]), "en");
  assert.deepEqual(locales.map(dirOf), ["ltr", "ltr", "rtl"]);
});

test("a number stands in the plural of its language", () => {
  const said = (locale: Locale, n: number) => translator(locale)("jumpToNew", { n });
  assert.deepEqual([1, 2].map((n) => said("en", n)), ["1 new message", "2 new messages"]);
  assert.equal(said("zh-CN", 2), "2 条新消息");
  const arabic = [1, 2, 3, 11, 100].map((n) => said("ar", n));
  assert.equal(new Set(arabic.map((text) => text.replace(/\d+/, "#"))).size, 4);
  assert.match(arabic[3] ?? "", /^11 /, "digits 0 to 9");
  for (const locale of locales) {
    const digits = new Intl.NumberFormat(intlTag(locale)).format(7);
    assert.equal(digits, "7", locale);
  }
});

test("a name that runs the other way is kept apart from its sentence", () => {
  assert.equal(translator("ar")("typing", { name: "Lin" }).includes("\u2068Lin\u2069"), true);
  assert.equal(translator("en")("typing", { name: "Lin" }), "Lin is typing");
  const arabic = ar.agent;
  assert.match(translator("en")("typing", { name: arabic }), /^\u2068[^\u2068]+\u2069 is typing$/);
});
