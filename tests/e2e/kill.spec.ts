// Chromium itself is killed at random moments while two tabs send, and started again with the same
// profile: what was shown as sending or sent arrives, once. KILL_ROUNDS and KILL_SEED come from
// ./run kill --browser.
import { join } from "node:path";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { setTimeout as moment } from "node:timers/promises";
import { expect, test } from "./fixtures.ts";
import { KilledBrowser } from "./killed_browser.ts";
import type { ConsolePage } from "./pages/console_page.ts";
import { ShopPage } from "./pages/shop_page.ts";

const rounds = Number(process.env["KILL_ROUNDS"] ?? 3);
const seed = Number(process.env["KILL_SEED"] ?? Date.now() % 1_000_000);
// A conversation shows its newest 50 messages; each round is looked at as a whole.
const TEXTS_MAX = 20;
const MOMENT_MS_MAX = 2500;

/** mulberry32: the same seed, the same moments. */
function dice(state: number): () => number {
  let at = state;
  return () => {
    at = (at + 0x6d2b79f5) | 0;
    let mixed = Math.imul(at ^ (at >>> 15), 1 | at);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What one round's people wrote; kept by the test alone. */
class Ledger {
  readonly tried: string[] = [];
  readonly shown: string[] = [];

  /** Writes one text after another until the browser is gone. */
  async writeInto(tab: ShopPage, name: string): Promise<void> {
    for (let number = 1; number <= TEXTS_MAX; ++number) {
      const text = `${name}, ${number}.`;
      this.tried.push(text);
      try {
        await tab.say(text);
        await tab.message(text).first().waitFor();
      } catch {
        return;
      }
      this.shown.push(text);
    }
  }

  /** Texts of the round as somebody sees them, once everything shown before has come. */
  async seenBy(side: ShopPage | ConsolePage): Promise<string[]> {
    let seen: string[] = [];
    await expect
      .poll(async () => {
        seen = await side.saidOf(this.tried);
        return this.shown.filter((text) => !seen.includes(text));
      })
      .toEqual([]);
    return seen;
  }
}

async function tabsOf(browser: KilledBrowser, shops: string): Promise<ShopPage[]> {
  const tabs: ShopPage[] = [];
  for (let i = 0; i < 2; ++i) {
    const tab = await ShopPage.open(await browser.context.newPage(), shops, "en");
    await tab.ring();
    tabs.push(tab);
  }
  return tabs;
}

test.afterEach(() => KilledBrowser.endAll());

test("a browser killed while two tabs send loses nothing and doubles nothing", async ({
  server,
  people,
}) => {
  test.setTimeout(60_000 + rounds * 30_000);
  const folder = await mkdtemp(join(tmpdir(), "shopbell-kill-"));
  const profile = join(folder, "profile");
  const draw = dice(seed);
  let browser = await KilledBrowser.start(profile);
  const [first] = await tabsOf(browser, server.addresses.shops);
  await first?.say("The beginning.");
  await expect(first!.message("The beginning.")).toHaveAttribute("data-state", "delivered");
  const agent = await people.agent("Lin", "en");
  await agent.openFirst();
  await browser.kill();

  let shown = 0;
  for (let round = 1; round <= rounds; ++round) {
    browser = await KilledBrowser.start(profile);
    const ledger = new Ledger();
    const tabs = await tabsOf(browser, server.addresses.shops);
    const writing = tabs.map((tab, index) =>
      ledger.writeInto(tab, `Round ${round}, tab ${index + 1}`));
    await moment(draw() * MOMENT_MS_MAX);
    await browser.kill();
    await Promise.all(writing);

    browser = await KilledBrowser.start(profile);
    const [again] = await tabsOf(browser, server.addresses.shops);
    // What was stored and not shown comes a moment later, on each side in its own.
    let seen: string[] = [];
    await expect(async () => {
      seen = await ledger.seenBy(again!);
      expect(await agent.saidOf(ledger.tried)).toEqual(seen);
      expect(await again!.frame.locator("[data-state=sending]").count()).toBe(0);
    }).toPass({ timeout: 30_000 });
    expect(new Set(seen).size, "nothing doubled").toBe(seen.length);
    for (const tab of ["tab 1", "tab 2"]) {
      const of_tab = seen.filter((text) => text.includes(tab));
      expect(of_tab).toEqual(ledger.tried.filter((text) => of_tab.includes(text)));
    }
    shown += ledger.shown.length;
    await browser.kill();
  }
  console.log(`seed ${seed}, ${rounds} rounds, ${shown} texts shown: 0 lost, 0 doubled`);
  await rm(folder, { recursive: true, force: true });
});
