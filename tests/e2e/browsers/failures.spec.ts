// The load failures in each browser. More of each cause, in Chromium: ../failures.spec.ts.
import { mergeTests } from "@playwright/test";
import { test as embedded } from "../embed/fixtures.ts";
import { GREETING } from "../embed/shop.ts";
import { PageSite } from "../embed/site.ts";
import { FailingVisit, failingPage } from "../failing.ts";
import { all, expect, testIn } from "./fixtures.ts";

for (const [name, open] of Object.entries(all)) {
  const test = mergeTests(embedded, testIn(open, { blocker: true }));
  const refusing = mergeTests(embedded, testIn(open, { noStorage: true }));

  test(`${name}: a frame that the browser blocks, until it does not`, async ({ shop, person }) => {
    const tab = await person.open();
    const unblock = await tab.blockFrame();
    const visit = await FailingVisit.to(tab, failingPage(shop, "zh-CN"));
    await visit.ring();
    await visit.expectPanel("blocked", "zh-CN");
    await unblock();
    await visit.retry();
  });

  test(`${name}: a page that the shop has not named is refused`, async ({ shop, person }) => {
    const site = await PageSite.start();
    const visit = await FailingVisit.to(await person.open(), failingPage(shop, "en", { site }));
    await visit.ring();
    await visit.expectPanel("refused", "en");
    expect((await visit.said())[0]).toContain(site.origin);
    await site.stop();
  });

  test(`${name}: a server that is down, and comes back`, async ({ shop, person }) => {
    const visit = await FailingVisit.to(await person.open(), failingPage(shop, "ar"));
    await shop.down();
    await visit.ring();
    await visit.expectPanel("offline", "ar");
    await shop.up();
    await visit.retry();
  });

  test(`${name}: a browser without WebAssembly is too old`, async ({ shop, person }) => {
    const before = "delete window.WebAssembly";
    const visit = await FailingVisit.to(await person.open(), failingPage(shop, "ar", { before }));
    await visit.ring();
    await visit.expectPanel("browser", "ar");
  });

  refusing(`${name}: storage refused: a conversation for this visit at most`, async ({
    shop,
    person,
  }) => {
    const visit = await FailingVisit.to(await person.open(), failingPage(shop, "en"));
    const { visitor } = visit;
    await visit.click();
    await visit.expectPanel("storage_refused", "en");
    await visit.press("button");
    await expect.poll(() => visit.heard()).toEqual(["storage_refused", "storage_refused"]);
    await visit.press("[data-testid=this-visit]");
    await visitor.sees("composer");
    const storage = async () => (await visitor.texts("storage")).join();
    await expect.poll(storage).toContain("this visit only");
    await visitor.say("Is the tote lined?");
    await expect.poll(() => visitor.state("Is the tote lined?")).toMatch(/delivered|read/);
    await expect.poll(() => visitor.saidOf([GREETING])).toEqual([GREETING]);
    expect(await visit.noted()).toBe(false);
  });
}
