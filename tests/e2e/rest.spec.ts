// The other half of the frame's script comes after the composer; on a bad network it may be late.
import { expect, test } from "./fixtures.ts";
import { ShopPage } from "./pages/shop_page.ts";

test("while the rest of the frame does not come, words can be said and are seen", async ({
  server,
  browser,
}) => {
  const context = await browser.newContext({ locale: "en" });
  const page = await context.newPage();
  await page.route("**/widget/later/rest-*", (route) => route.abort());
  await page.goto(server.addresses.shops);
  const visitor = new ShopPage(page);
  await visitor.ring();
  await expect(visitor.status).toHaveAttribute("data-status", "online");
  await visitor.say("is anybody there");
  const bare = visitor.frame.locator(".bare");
  await expect(bare.first()).toHaveText("is anybody there");

  await page.unroute("**/widget/later/rest-*");
  await expect(bare).toHaveCount(0);
  await expect(visitor.messages.first()).toContainText("is anybody there");
  await expect(visitor.frame.getByTestId("menu")).toBeVisible();
  await context.close();
});
