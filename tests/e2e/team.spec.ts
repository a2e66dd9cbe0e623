// The team: who is removed is shut out at once and reads nothing that is written afterwards; roles
// hold at once; an emptied browser comes back by a new invitation.
import type { Browser, Page } from "@playwright/test";
import { expect, person, test } from "./fixtures.ts";
import { AdminPage } from "./pages/admin_page.ts";
import { ConsolePage } from "./pages/console_page.ts";

const SHOP = "2";

/** Invites in the console of an admin and joins as the one who was invited. */
async function enlist(
  admin: AdminPage,
  browser: Browser,
  name: string,
  role = "2",
): Promise<ConsolePage> {
  await admin.go("team");
  await admin.page.getByTestId("invite-role").selectOption(role);
  await admin.page.getByTestId("invite-make").click();
  const link = await admin.page.getByTestId("invite-link").inputValue();
  return ConsolePage.join(await person(browser, "en"), link, name);
}

async function member(page: Page, name: string) {
  const line = page.getByTestId("member").filter({ hasText: name });
  await expect(async () => {
    await page.getByTestId("refresh").or(page.getByTestId("admin-team")).first().click();
    await expect(line).toHaveCount(1, { timeout: 1000 });
  }).toPass();
  return line;
}

test("a removed agent is shut out and reads nothing more", async ({ people, browser }) => {
  const visitor = await people.visitor("en");
  await visitor.ring();
  await visitor.say("Is it waterproof?");
  const lin = await people.agent("Lin", "en");
  const admin = await AdminPage.open(lin);
  const mei = await enlist(admin, browser, "Mei");
  await mei.openFirst();
  await mei.say("It is.");
  await expect(visitor.message("It is.")).toHaveAttribute("data-author-class", SHOP);

  const line = await member(admin.page, "Mei");
  await line.getByTestId("remove").click();
  await expect(line.getByTestId("sure")).toContainText("This cannot be undone");
  await line.getByTestId("sure-no").click();
  await expect(line.getByTestId("sure")).toHaveCount(0);
  await line.getByTestId("remove").click();
  await line.getByTestId("sure-yes").click();
  await expect(admin.page.getByTestId("team-done")).toContainText("Mei is removed");
  await expect(line).toHaveCount(0);
  await expect(admin.page.getByTestId("former")).toBeVisible();

  await expect(mei.status).toHaveAttribute("data-error", "closed_removed");
  await visitor.say("And machine washable?");
  await admin.page.getByTestId("admin-close").click();
  await lin.openFirst();
  await expect(lin.message("And machine washable?")).toBeVisible();
  await lin.say("No, wipe it.");
  await expect(visitor.message("No, wipe it.")).toHaveAttribute("data-author-class", SHOP);
  // What she wrote in time stays the shop's, also once the card is known.
  await visitor.page.reload();
  await visitor.ring();
  await expect(visitor.message("It is.")).toHaveAttribute("data-author-class", SHOP);

  await mei.page.reload();
  await expect(mei.status).toHaveAttribute("data-error", "closed_removed");
  await expect(mei.page.getByText("And machine washable?")).toHaveCount(0);
  await mei.page.context().close();
});

test("roles hold at once, and the last admin stays", async ({ people, browser }) => {
  const visitor = await people.visitor("en");
  await visitor.ring();
  await visitor.say("Hello?");
  const admin = await AdminPage.open(await people.agent("Lin", "en"));
  const bo = await enlist(admin, browser, "Ruo", "3");
  const reads_only = bo.page.getByTestId("reads-only");
  await bo.rows.first().click();
  await expect(bo.message("Hello?")).toBeVisible();
  await expect(reads_only).toContainText("You are an observer");
  await expect(bo.composer).toHaveCount(0);

  const own = await member(admin.page, "Lin");
  await expect(own.getByTestId("member-role")).toBeDisabled();
  await expect(own.getByTestId("remove")).toBeDisabled();
  await expect(own).toContainText("The last administrator stays one");

  const line = await member(admin.page, "Ruo");
  await line.getByTestId("member-role").selectOption("2");
  await expect(admin.page.getByTestId("team-done")).toContainText("Ruo: Agent from now on.");
  await expect(reads_only).toHaveCount(0);
  await bo.say("Here I am.");
  await expect(visitor.message("Here I am.")).toHaveAttribute("data-author-class", SHOP);

  await line.getByTestId("member-role").selectOption("3");
  await expect(reads_only).toBeVisible();
  await expect(bo.status).not.toHaveAttribute("data-error", /./);
  await visitor.say("Still there?");
  await expect(bo.message("Still there?")).toBeVisible();
  await expect(visitor.message("Here I am.")).toHaveAttribute("data-author-class", SHOP);
  await bo.page.context().close();
});

test("an emptied browser comes back by a new invitation and sees its conversations", async ({
  people,
  browser,
}) => {
  const visitor = await people.visitor("en");
  await visitor.ring();
  await visitor.say("Do you repair?");
  const admin = await AdminPage.open(await people.agent("Lin", "en"));
  const mei = await enlist(admin, browser, "Mei");
  await mei.openFirst();
  await mei.say("We do.");
  await expect(visitor.message("We do.")).toBeVisible();

  const line = await member(admin.page, "Mei");
  await line.getByTestId("reinvite").click();
  await expect(line.getByTestId("sure")).toContainText("the device here is removed");
  await line.getByTestId("sure-yes").click();
  const open = admin.page.getByTestId("invitation").filter({ hasText: "Mei" });
  const link = await open.getByTestId("invite-link").inputValue();
  const again = await ConsolePage.join(await person(browser, "en"), link, "Mei");
  await again.openFirst();
  await expect(again.message("Do you repair?")).toBeVisible();
  await expect(again.message("We do.")).toBeVisible();
  await again.say("Bring it in.");
  await expect(visitor.message("Bring it in.")).toHaveAttribute("data-author-class", SHOP);
  await expect(mei.status).toHaveAttribute("data-error", "closed_removed");
  await expect(await member(admin.page, "Mei")).toHaveCount(1);
  await mei.page.context().close();
  await again.page.context().close();
});
