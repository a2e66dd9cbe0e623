// What the admin's pages say: the tag for each place, why something was refused, and the same in
// every language.
import assert from "node:assert/strict";
import { test } from "node:test";
import { encode } from "../../engine/src/codec.ts";
import { Errc } from "../../engine/src/gen/errors.ts";
import { SettingRefusal } from "../../engine/src/gen/wire.ts";
import { refusalOf, type Overview } from "./admin_state.ts";
import { covers, typedDomain } from "./domains.ts";
import { sayIn, words, type AdminKey } from "./i18n/index.ts";
import { peopleOf } from "./people.ts";
import { htmlTag, managerTag, reactCode, tagSettings, vueCode } from "./tag.ts";
import { ago } from "./times.ts";

const overview: Overview = {
  shop: new Uint8Array(32).fill(7),
  name: "Shop",
  relayUrl: "wss://chat.shop.example/ws",
  assetsUrl: "https://chat.shop.example",
  domains: [],
  look: {
    accent: "#0F6B66",
    greetingZh: "",
    greetingEn: "",
    greetingAr: "",
    position: "right",
  },
  backedUpMs: 0,
  backupVerifiedMs: 0,
  certificateEndMs: 0,
  seen: [],
  nowMs: 0,
  linkPreviews: false,
};

test("the tag says no more than it must", () => {
  assert.equal(
    htmlTag(tagSettings(overview)),
    '<script async src="https://chat.shop.example/shopbell.js"\n' +
      '        data-shop="BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc"></script>',
  );
});

test("the tag names colour, corner and relay where they are not the usual ones", () => {
  const settings = tagSettings({
    ...overview,
    relayUrl: "wss://relay.example/ws",
    look: { ...overview.look, accent: "#AA0000", position: "left" },
  });
  const html = htmlTag(settings);
  for (const attribute of [
    'data-relay="wss://relay.example/ws"',
    'data-accent="#aa0000"',
    'data-position="left"',
  ]) {
    assert.ok(html.includes(attribute), attribute);
  }
  for (const code of [managerTag(settings), reactCode(settings), vueCode(settings)]) {
    assert.ok(code.includes('src: "https://chat.shop.example/shopbell.js"'));
    assert.ok(code.includes('relay: "wss://relay.example/ws"'));
    assert.ok(code.includes('accent: "#aa0000"'));
    assert.ok(code.includes('position: "left"'));
  }
});

test("what the desk refuses is a sentence, in the place it names", () => {
  assert.equal(refusalOf({ code: 0, body: new Uint8Array() }), undefined);
  const refused = (why: string, at = 0) =>
    refusalOf({ code: Errc.setting_refused, body: encode(SettingRefusal, { why, at }) });
  assert.deepEqual(refused("path", 2), { key: "whyPath", values: { why: "path" }, at: 2 });
  assert.equal(refused("something newer")?.key, "refusedUnknown");
  const of = (code: number) => refusalOf({ code, body: new Uint8Array() })?.key;
  assert.equal(of(Errc.role_refused), "notAdmin");
  assert.equal(of(Errc.not_certified), "notAdmin");
  assert.equal(of(Errc.store_failed), "saveFailed");
  assert.equal(of(Errc.quota), "errorCode");
});

test("a domain in another writing is sent as browsers spell it, mistakes as they are", () => {
  assert.equal(typedDomain(" https://Bücher.example/ "), "https://xn--bcher-kva.example/");
  assert.equal(typedDomain("*.商店.example:8443"), "*.xn--czrs0t.example:8443");
  assert.equal(typedDomain("shop.example/bags"), "shop.example/bags");
  assert.equal(typedDomain("店 铺"), "店 铺");
  assert.equal(typedDomain(""), "");
});

test("a domain covers the origins that browsers let in by it", () => {
  assert.ok(covers("https://a.example", "https://a.example"));
  assert.ok(covers("a.example", "http://a.example"));
  assert.ok(covers("a.example:8443", "https://a.example:8443"));
  assert.ok(covers("*.a.example", "https://www.a.example"));
  assert.ok(!covers("https://a.example", "http://a.example"));
  assert.ok(!covers("a.example", "https://a.example:8443"));
  assert.ok(!covers("*.a.example", "https://a.example"));
  assert.ok(!covers("*.a.example", "https://evila.example"));
});

test("times are said as people say them", () => {
  const minute = 60_000;
  assert.equal(ago(sayIn("en"), 59_000), "just now");
  assert.equal(ago(sayIn("en"), minute), "1 minute ago");
  assert.equal(ago(sayIn("en"), 59 * minute), "59 minutes ago");
  assert.equal(ago(sayIn("zh-CN"), 2 * minute), "2 分钟前");
  assert.equal(ago(sayIn("en"), 23 * 60 * minute), "23 hours ago");
  assert.equal(ago(sayIn("en"), 50 * 60 * minute), "2 days ago");
});

test("every language fills the same blanks", () => {
  const blanks = (sentence: string) =>
    [...sentence.matchAll(/\{(\w+)/g)].map(([, name]) => name).sort();
  for (const key of Object.keys(words.en) as AdminKey[]) {
    for (const locale of ["zh-CN", "ar"] as const) {
      assert.deepEqual(blanks(words[locale][key]), blanks(words.en[key]), `${locale} ${key}`);
    }
  }
});

test("no sentence shouts or apologises", () => {
  for (const catalog of Object.values(words)) {
    for (const [key, sentence] of Object.entries(catalog)) {
      assert.ok(!/[!\uff01]|oops|抱歉/i.test(sentence), key);
    }
  }
});

test("the team is people: who has one device here is here", () => {
  const device = (id: number, person: number, heardMs: number, removedMs = 0) => ({
    ...{ name: `of ${person}`, role: 2, away: false, statusMs: 0, lastAdmin: false, browser: "" },
    ...{ device: new Uint8Array(32).fill(id), person: new Uint8Array(32).fill(person) },
    ...{ heardMs, removedMs, notAfterMs: id },
  });
  const people = peopleOf([device(1, 1, 5), device(2, 2, 7), device(3, 1, 9), device(4, 2, 0, 8)]);
  assert.deepEqual(
    people.map(({ name, heardMs, notAfterMs, devices }) => [
      name,
      heardMs,
      notAfterMs,
      devices.length,
    ]),
    [
      ["of 1", 9, 3, 2],
      ["of 2", 7, 2, 1],
    ],
  );
});
