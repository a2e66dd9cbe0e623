// The pages after the one on which a conversation was opened first.
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { LoaderPage } from "./loader_page.ts";

/** Requests to the widget's host, as they come. */
function requestsOf(page: Page): string[] {
  const seen: string[] = [];
  page.on("request", (request) => seen.push(new URL(request.url()).pathname));
  return seen;
}

test("nothing is stored or asked for before a first open", async ({ server, page, context }) => {
  const own = await LoaderPage.of(page, server.addresses.shops);
  const seen = requestsOf(page);
  await own.show(own.script());
  await own.call("setContext", { product: { name: "Tote" } });
  await own.call("prefill", "Is it in stock?");
  await own.call("shutdown");
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
  expect(seen.filter((path) => /widget|engine|ws/.test(path))).toEqual([]);
  expect(await own.flag()).toBe(null);
  expect(await context.cookies()).toEqual([]);
});

test("a closed conversation goes on behind the bubble, and an answer is counted there", async ({
  people,
}) => {
  const visitor = await people.visitor("en");
  await visitor.ring();
  await visitor.say("Is the tote in stock?");
  await visitor.page.keyboard.press("Escape");
  await expect(visitor.page.getByTestId("panel")).toBeHidden();
  await visitor.page.reload();
  const agent = await people.agent("Lin", "en");
  await agent.openFirst();
  await agent.say("Two are left.");
  // The shop's greeting is counted too if it came when the panel was closed.
  await expect(visitor.message("Two are left.")).toBeAttached();
  await expect(visitor.unread).toHaveText(/^[12]$/);
  await expect(visitor.page).toHaveTitle(/^\([12]\) /);
  await expect(visitor.page.getByTestId("panel")).toBeHidden();
  await visitor.bubble.click();
  await expect(visitor.message("Two are left.")).toBeVisible();
  await expect(visitor.unread).toBeHidden();
  await expect(visitor.page).toHaveTitle(/^Camellia/);
});

test("an open one is open again, and leaves the focus where it is", async ({ server, page }) => {
  const own = await LoaderPage.of(page, server.addresses.shops);
  const field = `<input autofocus data-testid="field">`;
  await own.show(own.script(), { body: field });
  await own.call("open");
  expect(await own.flag()).toBe("open");
  await page.goto("about:blank");
  await own.show(own.script(), { path: "/next", body: field });
  await page.getByTestId("field").focus();
  await own.shop.composer.waitFor();
  await own.expectOpen(true);
  await expect(page.getByTestId("field")).toBeFocused();
  await own.call("close");
  expect(await own.flag()).toBe("closed");
});

test("a page that forbids storage has a widget all the same", async ({ server, page }) => {
  const own = await LoaderPage.of(page, server.addresses.shops);
  await page.addInitScript(() =>
    Object.defineProperty(window, "localStorage", {
      get: () => {
        throw new DOMException("", "SecurityError");
      },
    }),
  );
  await own.show(own.script());
  await page.getByTestId("bubble").click();
  await expect(page.getByTestId("frame")).toBeVisible();
  await own.expectOpen(true);
  await own.call("close");
  expect(own.said.filter((line) => !line.includes("Shopbell"))).toEqual([]);
});

test("another body, and a document put together anew, keep the one widget", async ({
  server,
  page,
}) => {
  const own = await LoaderPage.of(page, server.addresses.shops);
  await own.show(own.script(), { body: "<p>first</p>" });
  await own.shop.ring();
  await own.shop.composer.fill("half a word");
  await page.evaluate(() => {
    const body = document.createElement("body");
    body.append("second");
    document.body.replaceWith(body);
  });
  await expect(own.shop.composer).toHaveValue("half a word");
  await page.evaluate(() => {
    const { head, body } = document;
    document.documentElement.replaceChildren(head, body);
  });
  await own.shop.composer.waitFor();
  await own.expectOpen(true);
  await expect(page.getByTestId("bubble")).toHaveCount(1);
});
