// Pages on which the widget must live: what they forbid, reset or bend does not reach it, and
// nothing of theirs moves.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { ShopPage } from "../pages/shop_page.ts";
import { converse, expect, test } from "./fixtures.ts";
import { GOODS, type EmbedShop, type PageParts } from "./shop.ts";
import { Watch, layout } from "./watch.ts";

const find = createRequire(import.meta.url);
const sheet = (name: string) => readFile(find.resolve(name), "utf8");

/** What a page adds to the goods; it is served once without the tag, to compare, and once with. */
type Case = (shop: EmbedShop, tag: string) => PageParts | Promise<PageParts>;

const styled = (css: string, tag: string): PageParts => ({
  head: `<style>${css}</style>${tag}`,
});

const reset =
  (name: string): Case =>
  async (_shop, tag) =>
    styled(await sheet(name), tag);

const hostile = `
  * { all: unset !important; }
  div { display: none !important; }
  button, iframe, svg { display: none !important; position: static !important; }
  #shopbell, #shopbell * { opacity: 0 !important; visibility: hidden !important;
    transform: translateX(-9999px) !important; pointer-events: none !important; }
  body > * { position: relative !important; z-index: 1 !important; }`;

/** Whatever stands in the body would take a row, and a gap. */
const grid = `
  body { display: grid; gap: 40px; margin: 0; align-content: start; }
  body > :last-child { margin-bottom: 90px; } body > * + * { margin-top: 32px; }`;

const moved = `
  html { font-size: 40px; line-height: 3; letter-spacing: 4px; direction: rtl; zoom: 1; }
  body { transform: translate(60px, 40px); filter: saturate(0.9); perspective: 400px;
    contain: layout; overflow: hidden; width: 700px; height: 400px; }`;

const frozen = `<script>
  for (const each of [Object, Array, Function, String, Promise, Map, Set, Node, Element,
    HTMLElement, EventTarget, Document, Window, HTMLIFrameElement, DOMTokenList]) {
    Object.freeze(each.prototype);
    Object.freeze(each);
  }
</script>`;

/** As Prototype and MooTools did it: enumerable, and some with meanings of their own. */
const extended = `<script>
  Array.from = (list) => { const all = []; for (let i = 0; i < list.length; i++) all[i] = list[i];
    return all; };
  Array.prototype.toJSON = String.prototype.toJSON = function () { return "changed"; };
  Array.prototype.each = Object.prototype.each = function () { throw new Error("called each"); };
  Array.prototype.reduce = function () { return this.length > 1 ? this : this[0]; };
  Array.prototype.entries = function () { return this; };
  Element.prototype.show = Element.prototype.hide = Element.prototype.toggle = function () {
    throw new Error("called by mistake"); };
  document.getElementsByClassName = () => [];
  window.$ = window.$$ = window.addEvent = () => { throw new Error("called by mistake"); };
</script>`;

const strict: Case = (shop, tag) => ({
  head: `<link rel="stylesheet" href="/strict.css">${tag}`,
  body: `${GOODS}<script nonce="bell">document.title = "Strict";</script>`,
  headers: {
    "content-security-policy":
      `default-src 'none'; script-src ${shop.code} 'nonce-bell'; ` +
      `frame-src ${shop.code}; style-src 'self'; img-src data:; base-uri 'none'; ` +
      "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
  },
});

const pinned: Case = async (shop, tag) => {
  const code = await (await fetch(shop.src)).arrayBuffer();
  const digest = createHash("sha384").update(Buffer.from(code)).digest("base64");
  const more = `crossorigin="anonymous" integrity="sha384-${digest}"`;
  return { head: tag.replace("<script", `<script ${more}`) };
};

const cases: Record<string, Case> = {
  "a plain page": (_shop, tag) => ({ head: tag }),
  "a page with Bootstrap's reset": reset("bootstrap/dist/css/bootstrap.css"),
  "a page with Tailwind's reset": reset("tailwindcss/preflight.css"),
  "a page whose style sheet hides everything": (_shop, tag) => styled(hostile, tag),
  "a page laid out as a grid": (_shop, tag) => styled(grid, tag),
  "a page whose body is moved and contained": (_shop, tag) => styled(moved, tag),
  "a page with frozen prototypes": (_shop, tag) => ({ head: frozen + tag }),
  "a page with extended prototypes": (_shop, tag) => ({ head: extended + tag }),
  "a page in quirks mode": (_shop, tag) => ({ doctype: "", head: tag }),
  "a page that pins the script by its digest": pinned,
  "a page with a strict policy, Trusted Types and isolation": strict,
};

for (const [index, [name, make]] of Object.entries(cases).entries()) {
  test(`it lives on ${name}`, async ({ shop, page }) => {
    shop.site.add("/strict.css", "main { padding: 20px; }", { "content-type": "text/css" });
    const bare = shop.page(`/bare-${index}`, await make(shop, ""));
    const address = shop.page(`/page-${index}`, await make(shop, shop.tag()));
    const watch = await Watch.on(page);
    await page.goto(bare);
    const before = await layout(page);
    await page.goto(address);
    const visitor = new ShopPage(page);
    await expect(visitor.bubble).toBeInViewport({ ratio: 1 });
    expect(await layout(page)).toEqual(before);
    const { x, y, width, height } = (await visitor.bubble.boundingBox()) ?? { x: 0, y: 0 };
    expect([x, y, width, height]).toEqual([1100 - 76, 800 - 76, 56, 56]);

    await visitor.ring();
    await expect(page.getByTestId("frame")).toBeInViewport({ ratio: 1 });
    await converse(visitor);
    await expect(page.locator("#shopbell")).toHaveCount(1);
    expect(await layout(page)).toEqual(before);
    expect(await watch.complaints()).toEqual([]);
  });
}

test("the isolated page stays isolated", async ({ shop, page }) => {
  await page.goto(shop.page("/isolated", await strict(shop, shop.tag())));
  await new ShopPage(page).ring();
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
});
