import type { Page } from "@playwright/test";
import { WIDE_JPEG } from "./pictures.ts";
import { frameScenes } from "./scenes.ts";
import { expect, test } from "./studio.ts";

const inside = (page: Page) => page.frameLocator("[data-testid=frame]");

async function openEmoji(page: Page): Promise<void> {
  await inside(page).getByTestId("emoji").click();
  await inside(page).getByTestId("emoji-picker").waitFor();
}

const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mPk+M9QDwADhgGAWjR9awAAAABJRU5E" +
  "rkJggg==";

/** The page's own scripts speak. Some answers come only once the person has. */
const call = (page: Page, name: string, value?: unknown): Promise<void> =>
  page.evaluate(
    ([method, given]) => {
      const api = (window as unknown as { Shopbell(...all: unknown[]): Promise<unknown> }).Shopbell;
      api(method, given).catch(() => undefined);
    },
    [name, value] as const,
  );

/** What is done in a scene before it is drawn. */
const acts: Record<string, (page: Page) => Promise<void>> = {
  emoji: openEmoji,
  "emoji finds nothing": async (page) => {
    await openEmoji(page);
    await inside(page).getByTestId("emoji-picker").getByRole("searchbox").fill("zzzz");
  },
  "somebody else's": async (page) => {
    await call(page, "identify", "");
    await inside(page).getByTestId("veil").waitFor();
  },
  "before a log-out": async (page) => {
    await inside(page).getByTestId("message").first().waitFor();
    await call(page, "logout");
    await inside(page).getByTestId("leave").waitFor();
  },
  "about to be sent": async (page) => {
    const pick = page.waitForEvent("filechooser");
    await inside(page).getByTestId("attach").click();
    const png = Buffer.from(PIXEL, "base64");
    await (await pick).setFiles([
      { name: "IMG_2041.png", mimeType: "image/png", buffer: png },
      { name: "order.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7") },
      { name: "photo.jpg", mimeType: "image/jpeg", buffer: Buffer.from("MZ\u0090") },
    ]);
    await expect(inside(page).locator("[data-testid=outgoing][data-state=ready]")).toHaveCount(3);
  },
  "a picture before it is sent": async (page) => {
    const pick = page.waitForEvent("filechooser");
    await inside(page).getByTestId("attach").click();
    await (await pick).setFiles({ name: "bag.jpg", mimeType: "image/jpeg", buffer: WIDE_JPEG });
    await inside(page).getByTestId("outgoing-edit").click();
    await inside(page).getByTestId("edit-circle").click();
    const stage = await inside(page).getByTestId("edit-stage").boundingBox();
    const { x = 0, y = 0, width = 0, height = 0 } = stage ?? {};
    await page.mouse.move(x + width * 0.2, y + height * 0.2);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.6, y + height * 0.7);
    await page.mouse.up();
    await inside(page).getByTestId("edit-crop").click();
    await inside(page).getByTestId("edit-stage").press("ArrowRight");
  },
  "picture in large": async (page) => {
    await inside(page).getByTestId("picture").first().click();
    await inside(page).getByTestId("lightbox").waitFor();
  },
  menu: (page) => inside(page).getByTestId("menu").click(),
  "what to do with a message": async (page) => {
    await expect(inside(page).locator(".with-tools")).toHaveCount(1);
    await inside(page).getByTestId("message").last().press("Enter");
    await inside(page).getByTestId("tools-menu").waitFor();
  },
  "search of what was said": async (page) => {
    await inside(page).getByTestId("menu").click();
    await inside(page).getByTestId("find").click();
    await inside(page).getByTestId("finder-words").fill("shop");
    await inside(page).getByTestId("finder-hit").first().waitFor();
  },
  "own tab": async (page) => {
    const src = (await page.getByTestId("frame").getAttribute("src")) ?? "";
    await page.goto("about:blank");
    await page.goto(src.replace(/&tab=$/, "&tab=1"));
    await page.getByTestId("message").first().waitFor();
  },
};

for (const [name, scene] of Object.entries(frameScenes)) {
  test(`frame: ${name}`, async ({ studio }) => {
    await studio.series(`frame-${name}`, async (variant) => {
      const page = await studio.shopPage(variant, scene(variant.language));
      await page.getByTestId("bubble").click();
      await expect(inside(page).locator("main")).toBeVisible();
      await acts[name]?.(page);
      return page;
    });
  });
}
