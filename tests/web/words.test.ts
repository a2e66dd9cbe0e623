// All catalogs are whole, and every error that there is can be told to a person.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { errorSentence, sentenceOf } from "../../web/ui/i18n/errors.ts";
import { catalogs, translator, type SentenceKey } from "../../web/ui/i18n/console/index.ts";
import { consoleCatalogs } from "../../web/console/i18n/index.ts";
import { catalogs as frameCatalogs } from "../../widget/frame/i18n/catalogs.ts";
import { mediaCatalogs } from "../../web/ui/i18n/media/index.ts";
import { linkCatalogs } from "../../widget/frame/link/i18n/index.ts";
import { dirOf, intlTag, pickLocale, type Locale } from "../../web/ui/i18n/index.ts";

type ErrorTable = { errors: { code: number; name: string }[] };
const { errors } = JSON.parse(readFileSync("core/errors.json", "utf8")) as ErrorTable;
const locales = Object.keys(catalogs) as Locale[];
const zh = catalogs["zh-CN"];
const { ar } = catalogs;
const keys = Object.keys(zh) as SentenceKey[];
/** Their names, sorted; which forms stand behind a number is each language's own business. */
const blanks = (text: string) =>
  [...text.matchAll(/\{(\w+)(?:\|[^}]*)?\}/g)].map(([, name]) => name).sort();

const all: [string, Record<Locale, Record<string, string>>][] = [
  ["frame", frameCatalogs],
  ["console", catalogs],
  ["workplace", consoleCatalogs],
  ["media", mediaCatalogs],
  ["links", linkCatalogs],
];

test("catalogs have the same keys and the same blanks to fill", () => {
  for (const [name, { "zh-CN": first, ...others }] of all) {
    for (const [locale, catalog] of Object.entries(others)) {
      assert.deepEqual(Object.keys(catalog).sort(), Object.keys(first).sort(), name);
      for (const [key, text] of Object.entries(catalog)) {
        assert.deepEqual(blanks(text), blanks(first[key] ?? ""), `${name} ${locale} ${key}`);
      }
    }
  }
});

/** What is left of a sentence when names, numbers and signs are taken away. */
const letters = (text: string) =>
  text.replace(/\{\w+\|([^}]*)\}/g, "$1").replace(/\{\w+\}/g, "").replace(/\P{L}/gu, "");

test("each sentence is in its own language and without jargon", () => {
  for (const [name, { "zh-CN": zh_words, en: en_words, ar: ar_words }] of all) {
    for (const key of Object.keys(zh_words)) {
      const where = `${name} ${key}`;
      const [zh_text = "", en_text = "", ar_text = ""] =
        [zh_words[key], en_words[key], ar_words[key]];
      const says_nothing = letters(en_text) === "";
      assert.ok(says_nothing || /\p{Script=Han}/u.test(letters(zh_text)), where);
      assert.ok(says_nothing || /\p{Script=Arabic}/u.test(letters(ar_text)), where);
      assert.doesNotMatch(zh_text, /[,!?;](?=[\p{Script=Han}])/u, where);
      assert.doesNotMatch(ar_text, /[,?;]/, where);
      assert.doesNotMatch(en_text + ar_text, /\p{Script=Han}/u, where);
      assert.doesNotMatch(en_text + zh_text, /\p{Script=Arabic}/u, where);
      const jargon = /websocket|relay|token|oops|!|\uff01|\u2026/i;
      assert.doesNotMatch(en_text + zh_text + ar_text, jargon, where);
    }
  }
});

function sourcesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    const is_words = /i18n\/(.*\/)?(zh_cn|en|ar)\.ts$/.test(path);
    return entry.isDirectory() ? sourcesBelow(path) : /\.tsx?$/.test(path) && !is_words ? path : [];
  });
}

test("each sentence is said somewhere", () => {
  const sources = ["web", "widget"].flatMap(sourcesBelow).map((path) => readFileSync(path, "utf8"));
  const quoted = new Set(sources.join("\n").match(/(?<=")\w+(?=")/g));
  assert.deepEqual(keys.filter((key) => !quoted.has(key)), []);
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
