import type { Page } from "@playwright/test";
import { frameScenes } from "./scenes.ts";
import { expect, test } from "./studio.ts";

const addresses = ["mailto:help@shop.example", "tel:+4930123456", "https://shop.example/contact"];
const WAYS = `data-fallback="${addresses.join(" ")}"`;

test("loader: bubble", async ({ studio }) => {
  await studio.series("loader-bubble", async (variant) => {
    const page = await studio.shopPage(variant, undefined);
    await expect(page.getByTestId("bubble")).toBeVisible();
    return page;
  });
});

test("loader: bubble with answers that nobody has read", async ({ studio }) => {
  await studio.series("loader-unread", async (variant) => {
    const opened = (page: Page) =>
      page.addInitScript(() => (localStorage["shopbell"] = "closed"));
    const script = frameScenes["unread"]?.(variant.language);
    const page = await studio.shopPage(variant, script, { before: opened });
    await expect(page.getByTestId("unread")).toBeVisible();
    return page;
  });
});

test("loader: what the bubble is called", async ({ studio }) => {
  await studio.series("loader-name", async (variant) => {
    const page = await studio.shopPage(variant, undefined);
    await page.getByTestId("bubble").focus();
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Tab");
    return page;
  });
});

/** What keeps the conversation from being loaded, by the cause that the page hears. */
const failures: Record<string, (page: Page) => Promise<unknown>> = {
  blocked: (page) =>
    page.addInitScript(() => {
      const policy = document.createElement("meta");
      policy.httpEquiv = "content-security-policy";
      policy.content = "frame-src 'none'";
      document.addEventListener("DOMContentLoaded", () => document.head.append(policy));
    }),
  offline: (page) => page.route(/panel/, (route) => route.abort()),
  browser: (page) => page.addInitScript(() => Reflect.deleteProperty(window, "WebAssembly")),
  insecure: (page) =>
    page.addInitScript(() => Object.defineProperty(window, "isSecureContext", { value: false })),
};

for (const [cause, before] of Object.entries(failures)) {
  for (const [ways, more] of Object.entries({ "": "", " with other ways": WAYS })) {
    test(`loader: ${cause}${ways}`, async ({ studio }) => {
      await studio.series(`loader-${cause}${ways}`, async (variant) => {
        const page = await studio.shopPage(variant, undefined, { before, more });
        await page.getByTestId("bubble").click();
        await page.getByTestId("note").waitFor();
        return page;
      });
    });
  }
}
