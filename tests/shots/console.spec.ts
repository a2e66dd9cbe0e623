import type { Page } from "@playwright/test";
import { adminScenes } from "./admin_scenes.ts";
import { consoleScenes, type Scene } from "./scenes.ts";
import { expect, inTwoLanguages, test } from "./studio.ts";

/** Opens the conversation that has all that a customer can show. */
async function openTalk(page: Page): Promise<void> {
  await page.getByTestId("inbox-row").nth(1).click();
  await expect(page.getByTestId("message").first()).toBeVisible();
}

async function openTool(page: Page, dialog: string): Promise<void> {
  await openTalk(page);
  await page.getByTestId(`tool-${dialog}`).click();
  await page.getByTestId(`dialog-${dialog}`).waitFor();
}

/** What is done in a scene before it is drawn. */
const acts: Record<string, (page: Page) => Promise<void>> = {
  talk: openTalk,
  offline: openTalk,
  "key map": (page) => openTool(page, "keys"),
  palette: (page) => openTool(page, "palette"),
  "palette finds nothing": async (page) => {
    await openTool(page, "palette");
    await page.getByTestId("palette-field").fill("zzzz");
  },
  settings: (page) => openTool(page, "settings"),
  "settings, another device": async (page) => {
    await openTool(page, "settings");
    await page.getByTestId("other-device").click();
    await page.getByTestId("device-link").scrollIntoViewIfNeeded();
  },
  "picture refused": async (page) => {
    await openTool(page, "settings");
    const broken = { name: "face.png", mimeType: "image/png", buffer: Buffer.from("no picture") };
    await page.getByTestId("picture-file").setInputFiles(broken);
    await page.getByRole("alert").waitFor();
  },
  note: async (page) => {
    await openTalk(page);
    await page.getByTestId("note-toggle").click();
  },
  emoji: async (page) => {
    await openTalk(page);
    await page.getByTestId("console-emoji").click();
  },
  "search finds nothing": (page) => page.getByTestId("search").fill("zzzz"),
  "what to do with a message": async (page) => {
    await openTalk(page);
    await expect(page.locator(".with-tools")).toHaveCount(1);
    await page.getByTestId("message").last().press("Enter");
    await page.getByTestId("tools-menu").waitFor();
  },
  "messages found": async (page) => {
    await page.getByTestId("inbox-row").first().press("f");
    await page.getByTestId("find-words").fill("shop");
    await page.getByTestId("find-words").press("Enter");
    await page.getByTestId("find-hit").first().waitFor();
  },
  "no messages found": async (page) => {
    await page.getByTestId("inbox-row").first().press("f");
    await page.getByTestId("find-words").fill("zzzz");
    await page.getByTestId("find-words").press("Enter");
    await page.getByTestId("find-state").filter({ hasText: /\S/ }).waitFor();
  },
  "not invited": async (page) => {
    await page.evaluate(() => {
      location.hash = "";
      location.reload();
    });
    await page.locator("main").waitFor();
  },
  "several open": async (page) => {
    await page.getByTestId("inbox-row").first().click();
    await expect(page.getByTestId("message").first()).toBeVisible();
    await openTalk(page);
    await page.setViewportSize({ width: 1280, height: 780 });
  },
  answering: async (page) => {
    await openTalk(page);
    await expect(page.locator(".with-tools")).toHaveCount(1);
    await page.getByTestId("message").last().press("Enter");
    await page.getByTestId("tool-reply").click();
    await page.getByTestId("about-bar").waitFor();
  },
  "what was changed": async (page) => {
    await openTalk(page);
    await expect(page.locator(".with-tools")).toHaveCount(1);
    const edited = page.getByTestId("message").filter({ has: page.getByTestId("edited") });
    await edited.press("Enter");
    await page.getByTestId("tool-history").click();
    await page.getByTestId("versions").waitFor();
  },
  "only reads": async (page) => {
    await openTalk(page);
    await page.getByTestId("reads-only").waitFor();
  },
  pictures: openTalk,
  "a customer who is logged in": openTalk,
  away: (page) => page.getByTestId("own-status").click(),
  "customer over": async (page) => {
    await page.setViewportSize({ width: 820, height: 780 });
    await openTalk(page);
    await page.getByTestId("customer-toggle").click();
  },
  "not sent": async (page) => {
    await openTalk(page);
    await page.getByTestId("unsent-count").click();
    await page.getByTestId("unsent-message").first().waitFor();
  },
};

const scenes = { ...consoleScenes, "settings, another device": adminScenes["team"] as Scene };

for (const [name, scene] of Object.entries(scenes)) {
  test(`console: ${name}`, async ({ studio }) => {
    const draw = async (variant: Parameters<typeof studio.page>[0]) => {
      const page = await studio.consolePage(variant, scene(variant.language));
      await acts[name]?.(page);
      return page;
    };
    await studio.series(`console-${name}`, draw, inTwoLanguages);
  });
}
