// A visit to a page where the conversation cannot be loaded, in whatever browser: what stands
// there, what the page's own script hears, and what the shop's developer is told.
import { expect } from "@playwright/test";
import { OtherVisitor, ROOT, inShadow, testId, type Tab } from "./browsers/visitor.ts";
import { GOODS, type EmbedShop } from "./embed/shop.ts";
import type { PageSite } from "./embed/site.ts";

/** The panel stands within 8 s; the last second is for asking whether anybody answers there. */
const SILENCE_MS = 7000;
const WAYS = "mailto:help@shop.example tel:+4930123456 https://shop.example/contact";

/** The words of the panel in each language: enough to tell that it is that language. */
const spoken = {
  "zh-CN": /[\u4e00-\u9fff]{6}/,
  en: /[A-Za-z]{3,} [a-z]{2,} [a-z]{2,}/,
  ar: /[\u0600-\u06ff]{3,} [\u0600-\u06ff]{3,}/,
};
export type Language = keyof typeof spoken;

/** Runs before the tag: keeps what is said, and makes long times pass when the test says so. */
const watch = `<script>
  window.heard = [];
  window.said = [];
  window.Shopbell = window.Shopbell || function () {
    (Shopbell.q = Shopbell.q || []).push(arguments) };
  Shopbell("on", "error", (error) => heard.push(error));
  for (const level of ["log", "warn", "error"]) {
    console[level] = (line) => said.push(String(line));
  }
  addEventListener("error", ({ message }) => said.push(message));

  const waiting = new Map();
  const { setTimeout: wait, clearTimeout: forget } = window;
  window.setTimeout = (run, ms, ...rest) => {
    const long = ms >= 2000;
    const id = wait(run, long ? 1e9 : ms, ...rest);
    if (long) waiting.set(id, { ms, run });
    return id;
  };
  window.clearTimeout = (id) => {
    waiting.delete(id);
    forget(id);
  };
  window.pass = (time) => {
    for (const [id, { ms, run }] of [...waiting]) {
      if (ms <= time && waiting.has(id)) {
        clearTimeout(id);
        run();
      }
    }
  };
</script>`;

/** The shop's page with the tag in it; its address. `before` runs before everything else. */
export function failingPage(
  shop: EmbedShop,
  lang: Language,
  { site = shop.site, before = "" }: { site?: PageSite; before?: string } = {},
): string {
  const head = `<script>${before}</script>${watch}${shop.tag(`data-fallback="${WAYS}"`)}`;
  const html = `<!doctype html><html lang="${lang}"><meta charset="utf-8">
    <link rel="icon" href="data:,">${head}<body>${GOODS}</html>`;
  return site.add(`/failing-${lang}`, html);
}

const NOTE = inShadow(testId("note"));
const BUBBLE = inShadow(testId("bubble"));

/** What of the note somebody sees: its words, its links. */
const LOOK = `(() => {
  const root = ${ROOT};
  const note = root.querySelector("${testId("note")}");
  const seen = (node) => {
    const { x, y, width, height } = node.getClientRects()[0];
    const there = root.elementFromPoint ? root : document;
    return node.contains(there.elementFromPoint(x + width / 2, y + height / 2));
  };
  const links = note ? [...note.querySelectorAll("a:not([target])")] : [];
  return note && seen(note) && {
    role: note.getAttribute("role"),
    text: note.innerText,
    ways: links.filter(seen).map(({ href }) => href).join(" "),
  };
})()`;

export class FailingVisit {
  readonly visitor: OtherVisitor;

  private constructor(readonly tab: Tab) {
    this.visitor = new OtherVisitor(tab);
  }

  static async to(tab: Tab, address: string): Promise<FailingVisit> {
    const visit = new FailingVisit(tab);
    await tab.goto(address);
    await expect.poll(() => visit.visitor.there(BUBBLE)).toBe(true);
    return visit;
  }

  click(): Promise<void> {
    return this.tab.click(BUBBLE);
  }

  /** Clicks, and lets the time pass that a person may have to wait. */
  async ring(): Promise<void> {
    await this.click();
    const either = `${inShadow(testId("frame"))} || ${NOTE}`;
    await expect.poll(() => this.visitor.there(either)).toBe(true);
    await this.tab.page(`pass(${SILENCE_MS})`);
  }

  async expectPanel(cause: string, language: Language): Promise<void> {
    const shown = { role: "alert", text: expect.stringMatching(spoken[language]), ways: WAYS };
    await expect.poll(() => this.tab.page(LOOK)).toEqual(shown);
    expect(await this.said()).toEqual([expect.stringMatching(`^Shopbell: ${cause}; \\S`)]);
    expect(await this.heard()).toEqual([cause]);
  }

  noted(): Promise<boolean> {
    return this.visitor.there(NOTE);
  }

  heard(): Promise<unknown> {
    return this.tab.page("heard");
  }

  /** What the loader told the shop's developer. */
  async said(): Promise<string[]> {
    return (await this.tab.page("said")) as string[];
  }

  /** What stands in the panel. */
  press(what: string): Promise<void> {
    return this.tab.click(`${NOTE}.querySelector("${what}")`);
  }

  async retry(): Promise<void> {
    await this.press("button");
    await this.visitor.sees("composer");
    expect(await this.noted()).toBe(false);
  }
}
