// The link in an address: what was made is read again, and nothing else is.
import assert from "node:assert/strict";
import { test } from "node:test";
import { linkAddress, readLink } from "./text.ts";

const SHOP = "c2hvcCBzaG9wIHNob3Agc2hvcCBzaG9wIHNob3AgMTI";
const link = Uint8Array.from({ length: 96 }, (_, at) => at);
const behind = (address: string): string => new URL(address).hash.replace("#shopbell=", "");

test("a link leads to the page, without query and former fragment", () => {
  const address = linkAddress("https://shop.example/bags?from=mail#top", SHOP, link);
  assert.match(address, /^https:\/\/shop\.example\/bags#shopbell=[\w-]{134}$/);
  assert.deepEqual(readLink(behind(address), SHOP), { link });
});

test("another shop's link is known as such, a damaged one as damaged", () => {
  const text = behind(linkAddress("https://shop.example/", SHOP, link));
  assert.equal(readLink(text, `x${SHOP.slice(1)}`), "wrong_shop");
  for (const damaged of ["", text.slice(0, -1), `${text}A`, text.replace(/.$/, "="), "shop"]) {
    assert.equal(readLink(damaged, SHOP), "damaged");
  }
});
