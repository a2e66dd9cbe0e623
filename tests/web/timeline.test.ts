// Where reading goes on, and times as people say them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { emoji, emojiName, findEmoji } from "../../web/ui/i18n/emoji.ts";
import { translator, type Locale } from "../../web/ui/i18n/index.ts";
import { AuthorClass, type Item } from "../../web/ui/src/conversation.ts";
import { isEmojiOnly } from "../../web/ui/src/links.ts";
import { clockTime, fullTime, listTime } from "../../web/ui/src/time.ts";
import { firstUnread, groupByDay, type Entry } from "../../web/ui/src/timeline.ts";

const NOON = new Date(2026, 10, 22, 12).getTime();
const MINUTE = 60_000;

function entry(seq: number, fields: Partial<Item> = {}, isNote = false): Entry {
  const item: Item = {
    key: `k${seq}`, seq, counter: seq, ref: 0, author: "a", authorClass: AuthorClass.shop,
    authorName: "", mine: false, kind: 1, text: String(seq), timeMs: NOON + seq * 1000, problem: 0,
    refused: 0, ...fields,
  };
  return { item, isNote };
}

test("reading goes on at the first message of another that came while nobody looked", () => {
  const opened = NOON + 60 * MINUTE;
  const entries = [entry(1), entry(2), entry(3, { mine: true }), entry(4), entry(5)];
  assert.equal(firstUnread(entries, { seq: 2, timeMs: opened }), "k4");
  assert.equal(firstUnread(entries, { seq: 5, timeMs: opened }), "");
  assert.equal(firstUnread(entries, undefined), "");
  assert.equal(firstUnread(entries, { seq: 0, timeMs: opened }), "", "nothing was ever read");
  const noted = [entry(1), entry(9, {}, true), entry(2)];
  assert.equal(firstUnread(noted, { seq: 1, timeMs: opened }), "k2", "a note is no message");
});

test("what comes while somebody looks makes no line", () => {
  const entries = [entry(1), entry(2, { timeMs: NOON + 5 * MINUTE })];
  assert.equal(firstUnread(entries, { seq: 1, timeMs: NOON + MINUTE }), "");
});

test("a group ends where the new messages begin", () => {
  const groups = groupByDay([entry(1), entry(2), entry(3)], "k2")[0]?.groups ?? [];
  assert.deepEqual(groups.map((group) => group.items.length), [1, 2]);
  assert.deepEqual(groups.map((group) => group.isUnread), [false, true]);
});

test("times in lists are said as people say them", () => {
  const ago: [Locale, number, string][] = [
    ["zh-CN", 20_000, "刚刚"],
    ["zh-CN", 3 * MINUTE, "3 分钟前"],
    ["zh-CN", 3 * 60 * MINUTE, "09:00"],
    ["zh-CN", 14 * 60 * MINUTE + 20 * MINUTE, "昨天 21:40"],
    ["zh-CN", 3 * 24 * 60 * MINUTE, "11月19日"],
    ["en", 3 * MINUTE, "3 min ago"],
    ["en", 14 * 60 * MINUTE + 20 * MINUTE, "Yesterday 21:40"],
    ["ar", 2 * MINUTE, "قبل دقيقتين"],
    ["ar", 14 * 60 * MINUTE + 20 * MINUTE, "أمس 21:40"],
  ];
  for (const [locale, ms, expected] of ago) {
    assert.equal(listTime(translator(locale), locale, NOON - ms, NOON), expected);
  }
  assert.equal(listTime(translator("en"), "en", NOON + 5000, NOON), "Just now", "clocks differ");
});

test("the whole date holds the clock that stands beside it", () => {
  for (const locale of ["zh-CN", "en", "ar"] as const) {
    const whole = fullTime(locale, NOON);
    assert.ok(whole.includes(clockTime(locale, NOON)), `${locale}: ${whole}`);
    assert.match(whole, /2026/, locale);
  }
});

test("each emoji of the picker is one sign, has a name in each language and is found by it", () => {
  assert.ok(emoji.length >= 60);
  assert.equal(new Set(emoji.map(({ sign }) => sign)).size, emoji.length);
  for (const each of emoji) {
    assert.ok(isEmojiOnly(each.sign), each.sign);
    for (const locale of ["zh-CN", "en", "ar"] as const) {
      const name = emojiName(locale, each);
      assert.ok(name, `${each.sign} ${locale}`);
      assert.ok(findEmoji(name).includes(each), `${each.sign} ${name}`);
    }
  }
  for (const { sign, words } of emoji) {
    const [zh, en] = [words["zh-CN"].split(" "), words.en.split(" ")];
    assert.ok(zh.length > 1 && zh.every((word) => /^\p{Script=Han}+$/u.test(word)), `${sign} zh`);
    assert.ok(en.length > 1 && en.every((word) => /^[a-z_]+$/.test(word)), `${sign} en`);
  }
  assert.deepEqual(findEmoji("thumbs up").map(({ sign }) => sign), ["\u{1f44d}"]);
  assert.deepEqual(findEmoji("THANKS").map(({ sign }) => sign), ["🙏"]);
  assert.deepEqual(findEmoji("快递").map(({ sign }) => sign), ["📦"]);
  assert.deepEqual(findEmoji("zzz"), []);
});
