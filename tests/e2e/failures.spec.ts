// More of what happens when the conversation cannot be loaded, in Chromium; each failure in each
// browser is in browsers/failures.spec.ts.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "@playwright/test";
import { ChromiumTab } from "./browsers/chromium.ts";
import { expect, test } from "./embed/fixtures.ts";
import { FailingVisit, failingPage } from "./failing.ts";
import { ShopPage } from "./pages/shop_page.ts";
import { SplitShop } from "./split_shop.ts";

/** How far the note stands from its side of the bubble. */
async function distance(page: Page): Promise<number> {
  const ids = ["note", "bubble"];
  const [note, bubble] = await Promise.all(ids.map((id) => page.getByTestId(id).boundingBox()));
  return note && bubble ? note.x + note.width - bubble.x - bubble.width : Number.NaN;
}

for (const language of ["zh-CN", "en", "ar"] as const) {
  test(`the note speaks the page's language and stands by the bubble (${language})`, async ({
    shop,
    page,
  }) => {
    const tab = new ChromiumTab(page);
    await tab.blockFrame();
    const visit = await FailingVisit.to(tab, failingPage(shop, language));
    await visit.ring();
    await visit.expectPanel("blocked", language);
    await expect.poll(() => distance(page)).toBeCloseTo(0, 0);
  });
}

const old = {
  "adopted style sheets": `
    for (const { prototype } of [Document, ShadowRoot]) delete prototype.adoptedStyleSheets;
    delete window.CSSStyleSheet;`,
  "shadow roots": `
    delete Element.prototype.attachShadow;
    delete Document.prototype.adoptedStyleSheets;`,
};

for (const [missing, before] of Object.entries(old)) {
  test(`a browser without ${missing} is too old`, async ({ shop, page }) => {
    const address = failingPage(shop, "ar", { before });
    const visit = await FailingVisit.to(new ChromiumTab(page), address);
    await visit.ring();
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

test("a page that is not secure says so, and opens a tab of its own", async ({ shop }) => {
  const { executablePath } = test.info().project.use.launchOptions ?? {};
  const browser = await chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    // A name that is not loopback is not secure over http.
    args: ["--no-sandbox", "--host-resolver-rules=MAP shop.example 127.0.0.1"],
  });
  const context = await browser.newContext({ locale: "en" });
  const page = await context.newPage();
  const address = new URL(failingPage(shop, "en"));
  address.hostname = "shop.example";
  const visit = await FailingVisit.to(new ChromiumTab(page), address.href);
  await visit.ring();
  await visit.expectPanel("insecure", "en");
  const opened = context.waitForEvent("page");
  await page.getByTestId("note").getByRole("link", { name: "Open the conversation" }).click();
  const own = await opened;
  await own.getByTestId("composer").fill("Is the tote lined?");
  await own.getByTestId("composer").press("Enter");
  const said = own.getByTestId("message").first();
  await expect(said).toHaveAttribute("data-state", /delivered|read/);
  await browser.close();
});
