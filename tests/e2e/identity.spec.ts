// Customers who are logged in at the shop: one person on each of his devices, and nothing of his
// for whoever comes after him.
import { createHmac, randomBytes, randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { expect, person, test } from "./fixtures.ts";
import { LoaderPage, type Loaded } from "./loader_page.ts";
import type { Server } from "./server.ts";

const secret = randomBytes(32);

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** As the shop's backend signs it. */
function tokenOf(shop: string, sub: string, device: string, more: object = {}): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: "shop.example", aud: shop, sub, name: `Customer ${sub}`, exp: now + 240,
    jti: randomUUID(), cnf: { kid: device }, ...more,
  };
  const text = `${part({ alg: "HS256", kid: "k" })}.${part(claims)}`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}

async function withLogins(server: Server): Promise<void> {
  await server.configure("login.key", secret.toString("base64url"), (config) =>
    config.replace(/^keys = \[\]$/m, 'keys = ["k HS256 login.key"]'),
  );
}

/** A shop's page on which `who` is logged in; nobody where it is empty. */
async function visit(page: Page, server: Server, who: string): Promise<LoaderPage> {
  const own = await LoaderPage.of(page, server.addresses.shops);
  const { shop } = own.tag;
  await page.unrouteAll();
  await page.route("**/token?*", (route) => {
    const device = new URL(route.request().url()).searchParams.get("device") ?? "";
    return route.fulfill({ body: tokenOf(shop, who, device) });
  });
  const login = `<script>
    window.Shopbell = window.Shopbell ||
      function () { (Shopbell.q = Shopbell.q || []).push(arguments) };
    Shopbell("identify", async ({ deviceId }) =>
      (await fetch("/token?device=" + encodeURIComponent(deviceId))).text());
  </script>`;
  await own.show(`${who ? login : ""}${own.script()}`);
  return own;
}

const deviceOf = (page: Page): Promise<string> =>
  page.evaluate(() => (window as unknown as Loaded).Shopbell("deviceId") as Promise<string>);

test("what was said before the log-in and on another device is one record", async ({
  server,
  browser,
  people,
}) => {
  await withLogins(server);
  const agent = await people.agent("Ann", "en");
  const laptop = await person(browser, "en");
  const first = await visit(laptop, server, "");
  await first.shop.ring();
  await first.shop.say("said before the log-in");
  await agent.openFirst();
  await expect(agent.page.getByTestId("identity")).toContainText("Anonymous");

  const known = await visit(laptop, server, "u-1");
  await known.shop.ring();
  await expect(known.shop.message("said before the log-in")).toHaveCount(1);
  await expect(agent.page.getByTestId("identity")).toContainText("own login");
  await expect(agent.rows.first()).toContainText("Customer u-1");
  await agent.say("welcome back");

  const phone = await person(browser, "en");
  const second = await visit(phone, server, "u-1");
  await second.shop.ring();
  await expect(second.shop.message("said before the log-in")).toHaveCount(1);
  await expect(second.shop.message("welcome back")).toHaveCount(1);
  await second.shop.say("from the phone");
  await expect(known.shop.message("from the phone")).toHaveCount(1);
  await expect(agent.message("from the phone")).toHaveCount(1);
  await expect(agent.rows).toHaveCount(1);
  expect(first.said.concat(second.said)).toEqual([]);
  await laptop.context().close();
  await phone.context().close();
});

test("another customer in the same browser sees nothing of the former", async ({
  server,
  browser,
}) => {
  await withLogins(server);
  const page = await person(browser, "en");
  const first = await visit(page, server, "u-1");
  await first.shop.ring();
  await first.shop.say("only for the first");
  await expect(first.shop.message("only for the first")).toHaveCount(1);
  const device = await deviceOf(page);

  // Each picture that the frame ever draws is looked at.
  await page.addInitScript(() => {
    const seen = ((window as unknown as { seen: string[] }).seen = [] as string[]);
    new MutationObserver(() => seen.push(document.body?.innerText ?? "")).observe(document, {
      childList: true, subtree: true, characterData: true,
    });
  });
  const second = await visit(page, server, "u-2");
  await second.shop.ring();
  await second.shop.say("of the second");
  await expect(second.shop.message("of the second")).toHaveCount(1);
  const drawn = await Promise.all(
    page.frames().map((frame) =>
      frame.evaluate(() => (window as unknown as { seen?: string[] }).seen ?? []),
    ),
  );
  expect(drawn.flat().join("\n")).not.toContain("only for the first");
  expect(await deviceOf(page)).not.toBe(device);

  // The first one finds his own again.
  const back = await visit(page, server, "u-1");
  await back.shop.ring();
  await expect(back.shop.message("only for the first")).toHaveCount(1);
  await expect(back.shop.message("of the second")).toHaveCount(0);
  await page.context().close();
});

test("a log-out wipes every tab, after asking about what is not sent", async ({
  server,
  browser,
}) => {
  await withLogins(server);
  const page = await person(browser, "en");
  const own = await visit(page, server, "u-1");
  await own.shop.ring();
  await own.shop.say("to be deleted");
  await expect(own.shop.message("to be deleted")).toHaveCount(1);
  const other = await page.context().newPage();
  const tab = await visit(other, server, "u-1");
  await expect(tab.shop.message("to be deleted")).toHaveCount(1);

  await own.shop.composer.fill("half a sentence");
  const asked = own.call("logout");
  await own.shop.frame.getByTestId("leave-stay").click();
  expect(await asked).toBe(false);
  await expect(own.shop.composer).toHaveValue("half a sentence");

  // The shop's own session ends for both tabs.
  await other.unroute("**/token?*");
  await other.route("**/token?*", (route) => route.fulfill({ body: "" }));
  const leaves = own.call("logout");
  await own.shop.frame.getByTestId("leave-go").click();
  expect(await leaves).toBe(true);
  await expect(page.getByTestId("frame")).toHaveCount(0);
  expect(await page.evaluate(() => localStorage.getItem("shopbell"))).toBeNull();
  await expect(tab.shop.message("to be deleted")).toHaveCount(0);

  const nobody = await visit(page, server, "");
  await nobody.shop.bubble.click();
  await nobody.shop.composer.waitFor();
  await expect(nobody.shop.messages).toHaveCount(0);
  await expect(nobody.shop.composer).toHaveValue("");
  await page.context().close();
});

test("a token of another device lets nobody in", async ({ server, browser }) => {
  await withLogins(server);
  const page = await person(browser, "en");
  const own = await LoaderPage.of(page, server.addresses.shops);
  await own.show(own.script());
  const device = await deviceOf(page);
  const stolen = tokenOf(own.tag.shop, "u-1", "A".repeat(43));
  await expect(own.call("identify", stolen)).rejects.toThrow("identity_device");
  const forged = tokenOf(own.tag.shop, "u-1", device).slice(0, -3) + "AAA";
  await expect(own.call("identify", forged)).rejects.toThrow("identity_refused");
  await own.call("identify", tokenOf(own.tag.shop, "u-1", device));
  await page.context().close();
});
