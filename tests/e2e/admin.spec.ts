// The admin's pages: what is changed there holds at once, for pages, open widgets and people.
import { findingsInModes } from "./axe.ts";
import { expect, person, test } from "./fixtures.ts";
import { AdminPage, type AdminPlace } from "./pages/admin_page.ts";
import { ConsolePage } from "./pages/console_page.ts";
import { ShopPage } from "./pages/shop_page.ts";
import { ShopSite } from "./split_sites.ts";

test("a copied tag works as soon as its page is allowed, also after a crash", async ({
  server,
  people,
  browser,
}) => {
  const admin = await AdminPage.open(await people.agent("Lin", "en"));
  const tag = await admin.code.innerText();
  const site = await ShopSite.start();
  const address = site.add("/bags", "en", "Tote", tag);
  const page = await person(browser, "en");
  const visitor = new ShopPage(page);
  await page.goto(address);
  // Refused, and the browser keeps what it got.
  const asked = page.waitForResponse(/frame\.html/);
  await visitor.bubble.click();
  await asked;

  await admin.page.getByTestId("refresh").click();
  const line = admin.seenOf(site.origin);
  await expect(line).toHaveAttribute("data-seen", "refused");
  await expect(line).toContainText("the browser refused the frame");
  await line.getByTestId("allow").click();
  await expect(line).not.toHaveAttribute("data-seen", "refused");
  await page.goto(address);
  await visitor.ring();
  await visitor.say("Any left?");
  await expect(visitor.message("Any left?")).toHaveAttribute("data-state", "delivered");
  await admin.page.getByTestId("refresh").click();
  await expect(admin.seenOf(site.origin)).toContainText("Conversation last opened just now");

  await server.kill();
  await server.again();
  await page.goto(address);
  await visitor.ring();
  await expect(visitor.message("Any left?")).toBeVisible();
  await admin.go("domains");
  await expect(admin.domains.filter({ hasText: site.origin })).toHaveCount(1);
  await page.context().close();
  await site.stop();
});

test("domains are checked, removed and brought back", async ({ people }) => {
  const admin = await AdminPage.open(await people.agent("小林"));
  const { page } = admin;
  await admin.go("domains");
  await expect(admin.domains).toHaveCount(1);
  const error = page.getByTestId("domain-error");
  for (const [typed, sentence] of [
    ["", "请填写一个域名"],
    ["https://shop.example/bags", "去掉后面的路径"],
    ["ftp://shop.example", "https:// 或 http://"],
    ["*.com", "星号只能写在最前面"],
    ["shop example", "不是一个有效的域名"],
  ] as const) {
    await admin.addDomain(typed);
    await expect(error).toContainText(sentence);
    await expect(page.getByTestId("domain")).toHaveAttribute("aria-invalid", "true");
  }
  await admin.addDomain("https://Bücher.example/");
  await expect(admin.domains).toHaveText([/127\.0\.0\.1/, /https:\/\/xn--bcher-kva\.example/]);
  await expect(error).toHaveCount(0);
  await expect(page.getByTestId("domain")).toBeFocused();
  await page.getByRole("button", { name: "移除 https://xn--bcher-kva.example" }).click();
  await expect(admin.domains).toHaveCount(1);
  await page.getByTestId("undo").click();
  await expect(admin.domains).toHaveCount(2);
});

test("an open widget takes the shop's new colour", async ({ people }) => {
  const visitor = await people.visitor("en");
  await visitor.ring();
  const root = visitor.frame.locator("html");
  await expect(root).toHaveCSS("--accent", "#0f6b66");
  const admin = await AdminPage.open(await people.agent("Lin", "en"));
  const { page } = admin;
  await admin.go("look");
  const save = page.getByTestId("look-save");
  await expect(save).toBeDisabled();
  await page.getByTestId("accent").fill("#red");
  await expect(page.getByTestId("accent-error")).toBeVisible();
  await expect(save).toBeDisabled();
  await page.getByTestId("accent").fill("#8a1c4a");
  await expect(page.getByTestId("preview-light")).toHaveCSS("--accent", "#8a1c4a");
  await page.getByTestId("position-left").check();
  await save.click();
  await expect(page.getByTestId("look-done")).toContainText("copy the tag again");
  await expect(root).toHaveCSS("--accent", "#8a1c4a");
  await admin.go("install");
  await expect(admin.code).toContainText('data-accent="#8a1c4a"');
  await expect(admin.code).toContainText('data-position="left"');
});

test("the first answer is what the admin wrote", async ({ people }) => {
  const admin = await AdminPage.open(await people.agent("Lin", "en"));
  await admin.go("look");
  await admin.page.getByTestId("greetingEn").fill("Back on Monday.");
  await admin.page.getByTestId("look-save").click();
  await expect(admin.page.getByTestId("look-done")).not.toBeEmpty();
  const visitor = await people.visitor("en");
  await visitor.ring();
  await visitor.say("Anybody there?");
  await expect(visitor.message("Back on Monday.")).toHaveAttribute("data-author-class", "3");
});

test("an invitation made in the console brings one person in", async ({ people, browser }) => {
  const admin = await AdminPage.open(await people.agent("Lin", "en"));
  const { page } = admin;
  await admin.go("team");
  const members = page.getByTestId("member");
  await expect(members).toHaveText([/Lin.*You.*Administrator.*Available/]);
  await page.getByTestId("invite-make").click();
  const link = await page.getByTestId("invite-link").inputValue();
  await page.getByTestId("invite-make").click();
  await expect(page.getByTestId("invitation")).toHaveCount(2);

  const other = await person(browser, "en");
  const agent = await ConsolePage.join(other, link, "Mei");
  await expect(agent.page.getByTestId("inbox-empty")).toBeVisible();
  await agent.page.getByTestId("own-status").click();
  await expect(agent.page.getByTestId("admin-open")).toHaveCount(0);

  await page.reload();
  await AdminPage.open(new ConsolePage(page));
  await admin.go("team");
  await expect(members.filter({ hasText: "Mei" })).toHaveText(/Agent.*Stepped away just now/);
  await expect(page.getByTestId("invitation")).toHaveCount(1);
  await expect(page.getByTestId("invite-link")).toHaveCount(0);
  await page.getByTestId("revoke").click();
  await expect(page.getByTestId("invitation")).toHaveCount(0);
  await expect(page.getByTestId("team-done")).toContainText("no longer works");
  await other.context().close();
});

test("the desk refuses an agent whose page shows him the settings", async ({ people, browser }) => {
  const admin = await AdminPage.open(await people.agent("Lin", "en"));
  await admin.go("team");
  await admin.page.getByTestId("invite-make").click();
  const link = await admin.page.getByTestId("invite-link").inputValue();

  const page = await person(browser, "en");
  // A page that takes every role for an admin's.
  await page.route("**/console/main-*.js", async (route) => {
    const response = await route.fetch();
    const script = await response.text();
    const changed = script.replace(/\.role===\w+/, ".role>0");
    expect(changed.length).not.toBe(script.length);
    await route.fulfill({ response, body: changed });
  });
  await ConsolePage.join(page, link, "Mei");
  await page.getByTestId("admin-open").click();
  await expect(page.getByTestId("admin-refused")).toBeVisible();
  await expect(page.getByTestId("code")).toHaveCount(0);
  await page.context().close();
});

test("the tag's pages are seen, with guides for other places", async ({ people }) => {
  const admin = await AdminPage.open(await people.agent("Lin", "en"));
  const { page } = admin;
  await expect(admin.seen.first()).toHaveAttribute("data-seen", "never");
  await people.visitor("en");
  await page.getByTestId("refresh").click();
  await expect(admin.seen.first()).toHaveAttribute("data-seen", "yes");
  await expect(admin.seen.first()).toContainText("just now");

  await page.getByTestId("guide-html").focus();
  for (const words of ['Shopbell("init"', "useEffect", "<script setup>"]) {
    await page.keyboard.press("ArrowRight");
    await expect(admin.code).toContainText(words);
  }
  await page.keyboard.press("Home");
  await expect(admin.code).toContainText("data-shop=");
});

test("a desk that does not answer is said to, until it does", async ({ server, people }) => {
  const admin = await AdminPage.open(await people.agent("Lin", "en"));
  const failed = admin.page.getByTestId("admin-failed");
  server.freeze();
  await admin.page.getByTestId("refresh").click();
  await expect(failed).toBeVisible();
  await expect(admin.code).toBeVisible();
  server.thaw();
  await expect(failed).toHaveCount(0);
});

test("the keys' reminder says how, and rests when asked to", async ({ people }) => {
  const admin = await AdminPage.open(await people.agent("Lin", "en"));
  const { page } = admin;
  await expect(page.getByTestId("remind")).toBeVisible();
  await admin.go("keys");
  await expect(page.getByTestId("backup")).toHaveAttribute("data-saved", "false");
  await expect(admin.code.first()).toContainText("shopbell keys backup");
  await page.getByTestId("snooze").click();
  await admin.go("install");
  await expect(page.getByTestId("remind")).toHaveCount(0);
  await page.keyboard.press("Escape");
  await expect(admin.root).toHaveCount(0);
  await expect(page.getByTestId("admin-open")).toBeFocused();
});

for (const locale of ["zh-CN", "en", "ar"]) {
  test(`every page is for everybody (${locale})`, async ({ server, people, browser }) => {
    const context = await browser.newContext({ locale });
    const page = await context.newPage();
    const admin = await AdminPage.open(
      await ConsolePage.join(page, server.addresses.console, "Lin"),
    );
    await people.visitor("en");
    const places: readonly AdminPlace[] = ["install", "domains", "look", "team", "keys"];
    for (const width of [1280, 820, 390]) {
      await page.setViewportSize({ width, height: 800 });
      for (const place of places) {
        await admin.go(place);
        expect(await findingsInModes(page), `${place} at ${width}`).toEqual([]);
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - innerWidth,
        );
        expect(overflow, `${place} at ${width}`).toBeLessThanOrEqual(0);
      }
    }
    await context.close();
  });
}
