// Both catalogs are whole, and every error that there is can be told to a person.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { errorSentence, sentenceOf } from "../../web/ui/i18n/errors.ts";
import { catalogs, pickLocale, translator, type SentenceKey } from "../../web/ui/i18n/index.ts";

type ErrorTable = { errors: { code: number; name: string }[] };
const { errors } = JSON.parse(readFileSync("core/errors.json", "utf8")) as ErrorTable;
const zh = catalogs["zh-CN"];
const { en } = catalogs;
const keys = Object.keys(zh) as SentenceKey[];
const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

test("catalogs have the same keys and the same blanks to fill", () => {
  assert.deepEqual(Object.keys(en).sort(), [...keys].sort());
  for (const key of keys) {
    assert.deepEqual(placeholders(en[key]), placeholders(zh[key]), key);
  }
});

test("each sentence is in its own language and without jargon", () => {
  for (const key of keys) {
    const zh_words = zh[key].replace(/\{\w+\}/g, "");
    assert.match(zh_words, /\p{Script=Han}/u, key);
    assert.doesNotMatch(zh_words, /[,!?;](?=[\p{Script=Han}])/u, key);
    assert.doesNotMatch(en[key], /\p{Script=Han}/u, key);
    assert.doesNotMatch(en[key] + zh[key], /websocket|relay|token|oops|!/i, key);
  }
});

test("every error of the table has a sentence in both languages", () => {
  assert.deepEqual(Object.keys(sentenceOf).sort(), errors.map((error) => error.name).sort());
  for (const { code } of errors) {
    for (const locale of ["zh-CN", "en"] as const) {
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
  assert.equal(pickLocale([undefined, null]), "en");
});
