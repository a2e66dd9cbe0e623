// When the conversation cannot be loaded: the loader says so in the page's language, names the
// cause to the shop's developer, offers the shop's other ways, and begins again when asked to.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "@playwright/test";
import { converse, expect, test } from "./embed/fixtures.ts";
import { GOODS, type EmbedShop } from "./embed/shop.ts";
import { PageSite } from "./embed/site.ts";
import { ShopPage } from "./pages/shop_page.ts";
import { SplitShop } from "./split_shop.ts";

/** The panel stands within 8 s; the last second is for asking whether anybody answers there. */
const SILENCE_MS = 7000;
const WAYS = "mailto:help@shop.example tel:+4930123456 https://shop.example/contact";

type Heard = Window & { heard: unknown[] };

/** The words of the panel in each language: enough to tell that it is that language. */
const spoken = {
  "zh-CN": /[\u4e00-\u9fff]{6}/,
  en: /[A-Za-z]{3,} [a-z]{2,} [a-z]{2,}/,
  ar: /[\u0600-\u06ff]{3,} [\u0600-\u06ff]{3,}/,
};
type Language = keyof typeof spoken;

const listen = `<script>
  window.heard = [];
  window.Shopbell = window.Shopbell || function () {
    (Shopbell.q = Shopbell.q || []).push(arguments) };
  Shopbell("on", "error", (error) => heard.push(error));
</script>`;

class Visit {
  readonly visitor: ShopPage;
  /** What the loader told the shop's developer. */
  readonly said: string[] = [];

  private constructor(readonly page: Page) {
    this.visitor = new ShopPage(page);
    page.on("console", (line) => line.text().includes("Shopbell") && this.said.push(line.text()));
    page.on("pageerror", (error) => this.said.push(error.message));
  }

  static async to(page: Page, address: string): Promise<Visit> {
    const visit = new Visit(page);
    await page.clock.install();
    await page.goto(address);
    return visit;
  }

  get panel() {
    return this.page.getByTestId("note");
  }

  /** Clicks, and lets the time pass that a person may have to wait. */
  async ring(): Promise<void> {
    await this.visitor.bubble.click();
    await this.page.getByTestId("frame").or(this.panel).waitFor({ state: "attached" });
    await this.page.clock.fastForward(SILENCE_MS);
  }

  async expectPanel(cause: string, language: Language): Promise<void> {
    await expect(this.panel).toBeVisible();
    await expect(this.panel).toContainText(spoken[language]);
    const ways = this.panel.locator("a[href]");
    for (const way of WAYS.split(" ")) {
      await expect(ways.and(this.page.locator(`[href="${way}"]`))).toBeVisible();
    }
    await expect(this.panel).toHaveRole("alert");
    expect(this.said).toEqual([expect.stringMatching(`^Shopbell: ${cause}; \\S`)]);
    expect(await this.heard()).toEqual([cause]);
  }

  /** How far the panel stands from its side of the bubble. */
  async distance(): Promise<number> {
    const [panel, bubble] = await Promise.all(
      [this.panel, this.visitor.bubble].map((each) => each.boundingBox()),
    );
    return panel && bubble ? panel.x + panel.width - bubble.x - bubble.width : Number.NaN;
  }

  heard(): Promise<unknown[]> {
    return this.page.evaluate(() => (window as unknown as Heard).heard);
  }

  async retry(): Promise<void> {
    await this.panel.getByRole("button").click();
    await this.visitor.composer.waitFor();
    await expect(this.panel).toBeHidden();
  }
}

function pageOf(shop: EmbedShop, lang: Language, site: PageSite = shop.site): string {
  const head = `${listen}${shop.tag(`data-fallback="${WAYS}"`)}`;
  const html = `<!doctype html><html lang="${lang}"><meta charset="utf-8">
    <link rel="icon" href="data:,">${head}<body>${GOODS}</html>`;
  return site.add(`/failing-${lang}`, html);
}

for (const language of ["zh-CN", "en", "ar"] as const) {
  test(`a frame that something in the browser blocks (${language})`, async ({ shop, page }) => {
    await page.route(/frame\.html/, (route) => route.abort("blockedbyclient"));
    const visit = await Visit.to(page, pageOf(shop, language));
    await visit.ring();
    await visit.expectPanel("blocked", language);
    await expect.poll(() => visit.distance()).toBeCloseTo(0, 0);
    await page.unroute(/frame\.html/);
    await visit.retry();
  });
}

test("a page that the shop has not named is refused", async ({ shop, page }) => {
  const stranger = await PageSite.start();
  const visit = await Visit.to(page, pageOf(shop, "en", stranger));
  await visit.ring();
  await visit.expectPanel("refused", "en");
  expect(visit.said[0]).toContain(stranger.origin);
  await stranger.stop();
});

test("a server that is down, and comes back", async ({ shop, page }) => {
  const visit = await Visit.to(page, pageOf(shop, "zh-CN"));
  await visit.visitor.bubble.waitFor();
  await shop.down();
  await visit.ring();
  await visit.expectPanel("offline", "zh-CN");
  await shop.up();
  await visit.retry();
});

const old: Record<string, () => void> = {
  WebAssembly: () => Reflect.deleteProperty(window, "WebAssembly"),
  "adopted style sheets": () => {
    for (const { prototype } of [Document, ShadowRoot]) {
      Reflect.deleteProperty(prototype, "adoptedStyleSheets");
    }
    Reflect.deleteProperty(window, "CSSStyleSheet");
  },
  "shadow roots": () => {
    Reflect.deleteProperty(Element.prototype, "attachShadow");
    Reflect.deleteProperty(Document.prototype, "adoptedStyleSheets");
  },
};

for (const [missing, remove] of Object.entries(old)) {
  test(`a browser without ${missing} is too old`, async ({ shop, page }) => {
    await page.addInitScript(remove);
    const visit = await Visit.to(page, pageOf(shop, "ar"));
    await visit.visitor.bubble.click();
    await visit.expectPanel("browser", "ar");
    await expect(page.getByTestId("frame")).toHaveCount(0);
  });
}

test("a relay that is away while the frame's host is there: the frame says so itself", async ({
  browser,
}) => {
  const folder = await mkdtemp(join(tmpdir(), "shopbell-away-"));
  const shop = await SplitShop.start(folder);
  const context = await browser.newContext({ locale: "en" });
  const page = await context.newPage();
  await page.goto(shop.site.add("/away", "en", "Tote", shop.tag()));
  await shop.relay.end();
  const visitor = new ShopPage(page);
  await visitor.ring();
  await expect(visitor.status).toHaveAttribute("data-status", "offline");
  await expect(visitor.status).toContainText("when you are back");
  await expect(page.getByTestId("note")).toBeHidden();
  await context.close();
  await shop.stop();
  await rm(folder, { recursive: true });
});

test.describe("in a browser of its own", () => {
  let strict: Browser;

  test.beforeAll(async () => {
    const { executablePath } = test.info().project.use.launchOptions ?? {};
    strict = await chromium.launch({
      ...(executablePath ? { executablePath } : {}),
      // Without our list of features Playwright's own stands: a frame of another site gets no
      // storage at all. A name that is not loopback is not secure over http.
      args: ["--no-sandbox", "--host-resolver-rules=MAP shop.example 127.0.0.1"],
    });
  });

  test.afterAll(() => strict.close());

  test("storage refused: the conversation lasts for this visit, and says so", async ({ shop }) => {
    const page = await (await strict.newContext({ locale: "en" })).newPage();
    const visit = await Visit.to(page, pageOf(shop, "en"));
    await visit.visitor.ring();
    await expect(visit.visitor.frame.getByTestId("storage")).toContainText("for this visit only");
    await converse(visit.visitor);
    await expect(visit.panel).toBeHidden();
    await expect.poll(() => visit.heard()).toEqual(["storage_refused"]);
    expect(visit.said).toEqual([expect.stringMatching(/^Shopbell: storage_refused; \S/)]);
    await page.context().close();
  });

  test("a page that is not secure says so, and opens a tab of its own", async ({ shop }) => {
    const page = await (await strict.newContext({ locale: "en" })).newPage();
    const address = new URL(pageOf(shop, "en"));
    address.hostname = "shop.example";
    const visit = await Visit.to(page, address.href);
    await visit.visitor.bubble.click();
    await visit.expectPanel("insecure", "en");
    const opened = page.context().waitForEvent("page");
    await visit.panel.getByRole("link", { name: "Open the conversation" }).click();
    const own = await opened;
    await own.getByTestId("composer").fill("Is the tote lined?");
    await own.getByTestId("composer").press("Enter");
    const said = own.getByTestId("message").first();
    await expect(said).toHaveAttribute("data-state", /delivered|read/);
    await page.context().close();
  });
});
