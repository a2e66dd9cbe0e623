// One agent on laptop and phone: one name, one presence, one list of what was read, one
// notification; and a lost device goes without the other.
import type { Browser, Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { shownBy, turnNotificationsOn, watchNotifications } from "./notifications.ts";
import { AdminPage } from "./pages/admin_page.ts";
import { ConsolePage } from "./pages/console_page.ts";

const PHONE = { viewport: { width: 390, height: 844 }, locale: "en" };

async function phoneOf(browser: Browser, link: string): Promise<ConsolePage> {
  const page = await (await browser.newContext(PHONE)).newPage();
  await watchNotifications(page);
  await page.goto(link);
  await page.getByTestId("join-beside").click();
  await expect(page.getByTestId("status")).toHaveAttribute("data-status", "online");
  return new ConsolePage(page);
}

async function linkOf({ page }: ConsolePage): Promise<string> {
  await page.getByTestId("tool-settings").click();
  await page.getByTestId("other-device").click();
  const link = await page.getByTestId("device-link").inputValue();
  await page.keyboard.press("Escape");
  return link;
}

const statusOf = (agent: ConsolePage) => agent.page.getByTestId("own-status");

/** Touches the device; resolves when both know which one is in use. */
async function use(device: ConsolePage, other: ConsolePage): Promise<void> {
  await device.page.keyboard.press("Shift");
  await expect(statusOf(other)).toHaveAttribute("data-in-use", "false");
  await expect(statusOf(device)).toHaveAttribute("data-in-use", "true");
}

const bodiesOf = async (page: Page) => (await shownBy(page)).map(({ body }) => body);

test("an agent on laptop and phone is one person", async ({ people, browser, server }) => {
  const visitor = await people.visitor("en");
  await visitor.ring();
  await visitor.say("Is it waterproof?");
  const page = await (await browser.newContext({ locale: "en" })).newPage();
  await watchNotifications(page);
  const laptop = await ConsolePage.join(page, server.addresses.console, "Lin");
  await turnNotificationsOn(page);
  await expect(laptop.rows).toHaveCount(1);

  const phone = await phoneOf(browser, await linkOf(laptop));
  await expect(phone.rows).toHaveCount(1);
  await phone.page.getByTestId("tool-settings").click();
  await expect(phone.page.getByTestId("profile-name")).toHaveValue("Lin");
  await expect(phone.page.getByTestId("own-device")).toHaveCount(2);
  await phone.page.keyboard.press("Escape");
  await turnNotificationsOn(phone.page);

  // The device in use tells, and that one alone.
  await use(laptop, phone);
  await visitor.say("And light?");
  await expect.poll(() => bodiesOf(page)).toEqual(["And light?"]);

  // Read on the phone is read on the laptop.
  await expect(laptop.rows.getByTestId("unread")).toHaveCount(1);
  await phone.openFirst();
  await expect(phone.message("And light?")).toBeVisible();
  await expect(laptop.rows.getByTestId("unread")).toHaveCount(0);

  // Away is said by the person.
  await statusOf(phone).click();
  await expect(statusOf(laptop)).toHaveAttribute("data-away", "true");
  await statusOf(laptop).click();
  await expect(statusOf(phone)).toHaveAttribute("data-away", "false");

  // Customers see one person who goes on speaking.
  await phone.say("It is.");
  await expect(visitor.message("It is.")).toHaveAttribute("data-author-class", "2");
  await laptop.openFirst();
  await laptop.say("And light, too.");
  const group = visitor.frame.locator(".group", { has: visitor.message("It is.") });
  await expect(group).toContainText("And light, too.");
  await expect(group).toContainText("Lin");
  await expect(visitor.frame.getByTestId("people")).toHaveText("Lin");

  // A lost device is removed on the other one, which tells from then on.
  await laptop.page.getByTestId("close-this").click();
  await phone.page.getByTestId("tool-settings").click();
  const lost = phone.page.locator("[data-testid=own-device][data-own=false]");
  await lost.getByTestId("own-device-remove").click();
  await lost.getByTestId("sure-yes").click();
  await expect(laptop.status).toHaveAttribute("data-error", "closed_removed");
  await expect(phone.page.getByTestId("own-device")).toHaveCount(1);
  await phone.page.keyboard.press("Escape");
  await visitor.say("I take it.");
  await expect(phone.message("I take it.")).toBeVisible();
  await phone.say("Good.");
  await expect(visitor.message("Good.")).toHaveAttribute("data-author-class", "2");
  expect(await bodiesOf(phone.page), "told twice").toEqual([]);
  expect(await bodiesOf(page), "told twice").toEqual(["And light?"]);
  await phone.page.context().close();
  await page.context().close();
});

test("another device tells where the one in use is gone", async ({ people, browser, server }) => {
  const page = await (await browser.newContext({ locale: "en" })).newPage();
  const laptop = await ConsolePage.join(page, server.addresses.console, "Lin");
  await expect(laptop.status).toHaveAttribute("data-status", "online");
  const phone = await phoneOf(browser, await linkOf(laptop));
  await turnNotificationsOn(phone.page);
  await use(laptop, phone);
  await page.context().close();
  const visitor = await people.visitor("en");
  await visitor.ring();
  await visitor.say("Anybody there?");
  await expect.poll(() => bodiesOf(phone.page)).toEqual(["Anybody there?"]);
  await phone.page.context().close();
});

test("the team lists people, and one device of a person can go", async ({ people, browser }) => {
  const laptop = await people.agent("Lin", "en");
  const admin = await AdminPage.open(laptop);
  await admin.go("team");
  const line = admin.page.getByTestId("member");
  await line.getByTestId("add-device").click();
  const open = admin.page.getByTestId("invitation").filter({ hasText: "Further device of Lin" });
  const phone = await phoneOf(browser, await open.getByTestId("invite-link").inputValue());
  const again = admin.page.getByTestId("refresh").or(admin.page.getByTestId("admin-team"));
  await expect(async () => {
    await again.first().click();
    await expect(line.getByTestId("member-device")).toHaveCount(2, { timeout: 1000 });
  }).toPass();
  await expect(line).toHaveCount(1);
  await expect(line.getByTestId("remove"), "the last admin").toBeDisabled();
  const other = line.getByTestId("member-device").filter({ hasNotText: "This device" });
  await other.getByTestId("device-remove").click();
  await other.getByTestId("sure-yes").click();
  await expect(phone.status).toHaveAttribute("data-error", "closed_removed");
  await expect(line.getByTestId("member-device")).toHaveCount(0);
  await expect(laptop.status).not.toHaveAttribute("data-error", /./);
  await phone.page.context().close();
});
