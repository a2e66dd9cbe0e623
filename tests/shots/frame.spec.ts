import type { Page } from "@playwright/test";
import { WIDE_JPEG } from "./pictures.ts";
import { frameScenes } from "./scenes.ts";
import { expect, test, type ShopPageParts } from "./studio.ts";

const inside = (page: Page) => page.frameLocator("[data-testid=frame]");

async function openEmoji(page: Page): Promise<void> {
  await inside(page).getByTestId("emoji").click();
  await inside(page).getByTestId("emoji-picker").waitFor();
}

async function openTools(page: Page): Promise<void> {
  await expect(inside(page).locator(".with-tools")).toHaveCount(1);
  await inside(page).getByTestId("message").last().press("Enter");
  await inside(page).getByTestId("tools-menu").waitFor();
}

/** Of the device that has the conversations, and of the one to which they go. */
const makeLink = (then: string) => async (page: Page): Promise<void> => {
  // The server of the pictures has another port at each run; no link may show it.
  await inside(page).locator("main").evaluate(() => {
    Object.defineProperty(URL.prototype, "origin", { get: () => "https://shop.example" });
  });
  await inside(page).getByTestId("menu").click();
  await inside(page).getByTestId("link-device").click();
  await inside(page).getByTestId(`link-${then}`).waitFor();
};
const useLink = (then: string) => async (page: Page): Promise<void> => {
  await inside(page).getByTestId("link-use").click();
  await inside(page).getByTestId(`link-${then}`).waitFor();
};

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
  "what to do with a message": openTools,
  "search of what was said": async (page) => {
    await inside(page).getByTestId("menu").click();
    await inside(page).getByTestId("find").click();
    await inside(page).getByTestId("finder-words").fill("shop");
    await inside(page).getByTestId("finder-hit").first().waitFor();
  },
  "search finds nothing": async (page) => {
    await inside(page).getByTestId("menu").click();
    await inside(page).getByTestId("find").click();
    await inside(page).getByTestId("finder-words").fill("zzzz");
    await expect(inside(page).locator("[data-testid=finder-state][data-busy=false]")).toBeVisible();
  },
  gallery: async (page) => {
    await inside(page).getByTestId("menu").click();
    await inside(page).getByTestId("gallery-open").click();
    await inside(page).getByTestId("gallery-picture").first().waitFor();
  },
  answering: async (page) => {
    await openTools(page);
    await inside(page).getByTestId("tool-reply").click();
    await inside(page).getByTestId("about-bar").waitFor();
  },
  "recall asked": async (page) => {
    await openTools(page);
    await inside(page).getByTestId("tool-recall").click();
    await inside(page).getByTestId("recall-yes").waitFor();
  },
  "what the lock means": async (page) => {
    await inside(page).locator(".lock-line summary").click();
  },
  "who is confirmed": (page) => inside(page).getByTestId("confirmed").click(),
  "a file that is too large": async (page) => {
    const pick = page.waitForEvent("filechooser");
    await inside(page).getByTestId("attach").click();
    await (await pick).setFiles({ name: "bag.jpg", mimeType: "image/jpeg", buffer: WIDE_JPEG });
    await inside(page).getByTestId("refused").waitFor();
  },
  "microphone refused": async (page) => {
    await inside(page).getByTestId("voice").click();
    await inside(page).getByTestId("refused").waitFor();
  },
  "what the page offers": async (page) => {
    const title = await inside(page).getByTestId("shop-name").textContent();
    const url = "https://shop.example/bags/tote";
    const card = { type: "product", title, sku: "CT-01", amount: 89900, currency: "CNY", url };
    await call(page, "send", card);
    await inside(page).locator(".offer").waitFor();
  },
  "ended here": async (page) => {
    await inside(page).getByTestId("message").first().waitFor();
    const frame = page.getByTestId("frame");
    await frame.evaluate((node: HTMLIFrameElement) =>
      node.contentWindow?.postMessage({ shopbell: 1, type: "shutdown" }, new URL(node.src).origin),
    );
    await inside(page).getByTestId("ended").waitFor();
  },
  "link made": makeLink("made"),
  "link, let in": makeLink("asked"),
  "link, there": makeLink("done"),
  "link opened": (page) => inside(page).getByTestId("link-intro").waitFor(),
  "link, calling": useLink("calling"),
  "link, six digits": useLink("waiting"),
  "link, here": useLink("done"),
  "link, too late": useLink("refused"),
  "own tab": async (page) => {
    const src = (await page.getByTestId("frame").getAttribute("src")) ?? "";
    await page.goto("about:blank");
    await page.goto(src.replace(/&tab=$/, "&tab=1"));
    await page.getByTestId("message").first().waitFor();
  },
};

/** The link itself opens the panel. */
const used = new Set(["link opened", "link, calling", "link, six digits", "link, here",
  "link, too late"]);

function parts(shop: string): Record<string, ShopPageParts> {
  const hash = `#shopbell=${shop.slice(0, 6)}${Buffer.alloc(96, 9).toString("base64url")}`;
  const wrote = () => localStorage.setItem("shopbell", "closed+");
  return {
    ...Object.fromEntries([...used].map((name) => [name, { hash }])),
    accent: { more: 'data-accent="#ffd400"' },
    "kept nothing": { before: (page) => page.addInitScript(wrote) },
  };
}

for (const [name, scene] of Object.entries(frameScenes)) {
  test(`frame: ${name}`, async ({ studio }) => {
    await studio.series(`frame-${name}`, async (variant) => {
      const around = parts(studio.shop)[name];
      const page = await studio.shopPage(variant, scene(variant.language), around);
      if (!used.has(name)) {
        await page.getByTestId("bubble").click();
      }
      await expect(inside(page).locator("main")).toBeVisible();
      await acts[name]?.(page);
      return page;
    });
  });
}
