// A shop whose relay is elsewhere, as its operator sets it up: the first invitation makes an admin,
// the tag names the relay, and a backup on the desk's machine is seen in the console.
import { join } from "node:path";
import { person } from "./fixtures.ts";
import { AdminPage } from "./pages/admin_page.ts";
import { ConsolePage } from "./pages/console_page.ts";
import { ShopPage } from "./pages/shop_page.ts";
import { expect, test } from "./split_fixtures.ts";
import { shopbell } from "./split_program.ts";

test("the first to be invited is the admin, and copies a tag that works", async ({
  shop,
  browser,
}) => {
  const page = await person(browser, "en");
  const admin = await AdminPage.open(
    await ConsolePage.join(page, await shop.invite(), "Lin"),
  );
  const tag = await admin.code.innerText();
  expect(tag).toContain(`data-relay="${shop.relayUrl}"`);
  const customer = await person(browser, "en");
  await customer.goto(shop.site.add("/copied", "en", "Tote", tag));
  const visitor = new ShopPage(customer);
  await visitor.ring();
  await visitor.say("Any left?");
  await expect(visitor.message("Any left?")).toHaveAttribute("data-state", "delivered");

  const other = await person(browser, "en");
  await ConsolePage.join(other, await shop.invite(), "Mei");
  await expect(other.getByTestId("inbox-row")).toHaveCount(1);
  await expect(other.getByTestId("admin-open")).toHaveCount(0);
  for (const each of [page, customer, other]) {
    await each.context().close();
  }
});

test("a backup of the keys that was checked ends the reminder", async ({ shop, browser }) => {
  const page = await person(browser, "en");
  const admin = await AdminPage.open(
    await ConsolePage.join(page, await shop.invite(), "Lin"),
  );
  await expect(page.getByTestId("remind")).toBeVisible();
  const copy = join(shop.deskFolder, "copy");
  await shopbell("keys", "backup", copy, "--data", shop.deskFolder);
  await page.getByTestId("refresh").click();
  await expect(page.getByTestId("remind")).toBeVisible();
  await shopbell("keys", "verify", copy, "--data", shop.deskFolder);
  await page.getByTestId("refresh").click();
  await expect(page.getByTestId("remind")).toHaveCount(0);
  await expect(page.getByTestId("admin-open")).toHaveAccessibleName("Shop settings");
  await admin.go("keys");
  await expect(page.getByTestId("backup")).toHaveAttribute("data-saved", "true");
  const status = await shopbell("status", "--data", shop.deskFolder);
  expect(status).toContain(`domains: ${shop.site.origin} (shopbell.toml)`);
  expect(status).toMatch(/keys saved: \d{4}-/);
  await admin.go("domains");
  await admin.addDomain("*.shop.example");
  await expect(admin.domains).toHaveCount(2);
  expect(await shopbell("status", "--data", shop.deskFolder)).toMatch(
    /\*\.shop\.example \(set by an admin on \d{4}-/,
  );
  await page.context().close();
});
