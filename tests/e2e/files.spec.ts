// What becomes of files afterwards: interrupted by a reload where the browser keeps no copy, taken
// back, answered.
import { randomBytes } from "node:crypto";
import { readdir, writeFile } from "node:fs/promises";
import type { Locator } from "@playwright/test";
import { findings } from "./axe.ts";
import { expect, inTalk, person, test } from "./fixtures.ts";
import { frameOf } from "./frame_words.ts";
import { ConsolePage } from "./pages/console_page.ts";
import { digestOf, HEIC, jpeg, pdf, pick, taken, within, type Side } from "./pages/files.ts";
import { ShopPage } from "./pages/shop_page.ts";
import type { Server } from "./server.ts";

test.describe("in a browser that keeps no copy of files", () => {
  const NO_COPIES = "delete StorageManager.prototype.getDirectory;";
  test.use({ workerScript: NO_COPIES });

  test("what a reload interrupts goes on once the same file is chosen again", async ({
    people,
  }, info) => {
    const { visitor, agent } = await inTalk(people);
    const buffer = randomBytes(6_000_000);
    const fileOf = async (name: string, bytes: Buffer): Promise<string> => {
      await writeFile(info.outputPath(name), bytes);
      return info.outputPath(name);
    };
    const notes = await fileOf("notes.bin", buffer);
    await pick(visitor, [notes]);
    // At the first bytes that the relay has.
    await frameOf(visitor).evaluate(() => {
      const watch = new MutationObserver(() => {
        const bar = document.querySelector<HTMLProgressElement>("[data-testid=tray] progress");
        if (bar && bar.value > 0) {
          watch.disconnect();
          document.querySelector<HTMLElement>("[data-testid=outgoing-pause]")?.click();
        }
      });
      watch.observe(document.body, { subtree: true, attributes: true, childList: true });
    });
    await visitor.frame.getByTestId("send").click();
    const row = visitor.frame.getByTestId("outgoing");
    await expect(row).toHaveAttribute("data-state", "paused");
    await visitor.page.reload();
    await visitor.ring();
    await expect(row).toHaveAttribute("data-state", "left");
    await expect(row).toContainText("Pick the same file again");

    const choose = async (path: string): Promise<void> => {
      const asked = visitor.page.waitForEvent("filechooser");
      await row.getByTestId("outgoing-pick").focus();
      await visitor.page.keyboard.press("Enter");
      await (await asked).setFiles(path);
    };
    await choose(await fileOf("other.bin", randomBytes(buffer.length)));
    await expect(row).toContainText("other.bin is not the file that was begun");
    await choose(await fileOf("short.bin", Buffer.from("short")));
    await expect(row).toContainText("short.bin is not the file that was begun");
    expect(await findings(frameOf(visitor))).toEqual([]);

    const offsets: number[] = [];
    visitor.page.on("request", (request) => {
      if (request.method() === "PATCH") {
        offsets.push(Number(request.headers()["upload-offset"]));
      }
    });
    await choose(notes);
    const file = agent.page.getByTestId("file");
    await expect(file).toContainText("notes.bin");
    expect(offsets[0]).toBeGreaterThan(0);
    const kept = await taken(agent, file.getByTestId("download"));
    expect(digestOf(kept.bytes)).toBe(digestOf(buffer));
    await expect(row).toHaveCount(0);
  });
});

/** By the menu of a message, which has the keyboard's focus. */
async function choose(side: Side, message: Locator, what: "reply" | "recall"): Promise<void> {
  await message.focus();
  await side.page.keyboard.press("Enter");
  await within(side).getByTestId(`tool-${what}`).click();
  if (what === "recall") {
    await expect(within(side).getByTestId("tools-menu")).toContainText("removed from the server");
    await within(side).getByTestId("recall-yes").click();
  }
}

/** How many files of people the relay keeps. */
async function keptBy(server: Server): Promise<number> {
  const all = await readdir(server.folder, { recursive: true });
  return all.filter((path) => /(^|\/)blobs\/.*[0-9a-f]{8}/.test(path)).length;
}

test("what is taken back is gone everywhere, also at the relay", async ({ people, server }) => {
  const { visitor, agent } = await inTalk(people);
  const buffer = await jpeg(agent.page, 800, 600);
  await pick(visitor, [{ name: "zip.jpg", mimeType: "image/jpeg", buffer }]);
  await visitor.say("my address is on it");
  await expect(agent.message("my address is on it")).toBeVisible();
  const seen = agent.page.getByTestId("picture");
  await expect(seen).toHaveAttribute("data-here", "true");
  expect(await keptBy(server)).toBe(1);

  // Answered, with a small picture of what is answered.
  await choose(agent, agent.message("my address is on it"), "reply");
  await agent.say("thank you");
  const quote = visitor.frame.getByTestId("quote");
  await expect(quote).toContainText("my address is on it");
  await expect(quote.locator("img")).toBeVisible();

  // The agent looks at it in large at this very moment.
  await seen.click();
  await expect(agent.page.getByTestId("lightbox")).toBeVisible();
  await choose(visitor, visitor.message("my address is on it").first(), "recall");
  await expect(agent.page.getByTestId("lightbox")).toHaveCount(0);
  await expect(seen).toHaveCount(0);
  await expect(visitor.frame.getByTestId("picture")).toHaveCount(0);
  await expect(quote.locator("img")).toHaveCount(0);
  await expect.poll(() => keptBy(server)).toBe(0);
  for (const side of [visitor, agent]) {
    const root = within(side);
    if ("frame" in side) {
      await root.getByTestId("menu").click();
    }
    await root.getByTestId("gallery-open").click();
    await expect(root.getByTestId("gallery")).toHaveAttribute("data-busy", "false");
    await expect(root.getByTestId("gallery-picture")).toHaveCount(0);
    await side.page.keyboard.press("Escape");
  }
});

test("an agent's file is answered, and taken back as well", async ({ people }) => {
  const { visitor, agent } = await inTalk(people);
  await pick(agent, [
    { name: "prices.pdf", mimeType: "application/pdf", buffer: pdf("Prices") },
  ]);
  await agent.page.getByTestId("console-send").click();
  const file = visitor.frame.getByTestId("file");
  await expect(file).toContainText("prices.pdf");
  const message = visitor.messages.filter({ has: file });
  await choose(visitor, message, "reply");
  await visitor.say("too dear");
  await expect(agent.page.getByTestId("quote")).toContainText("prices.pdf");
  await choose(agent, agent.messages.filter({ has: agent.page.getByTestId("file") }), "recall");
  await expect(file).toHaveCount(0);
});

test("a note takes files, which the team alone sees", async ({ people }) => {
  const { visitor, agent } = await inTalk(people);
  await agent.page.getByTestId("note-toggle").click();
  const buffer = await jpeg(agent.page, 400, 300);
  await pick(agent, [{ name: "batch.jpg", mimeType: "image/jpeg", buffer }]);
  expect(await findings(agent.page.mainFrame())).toEqual([]);
  await agent.say("batch 0415");
  const note = agent.notes.filter({ hasText: "batch 0415" });
  await expect(note.getByTestId("picture")).toHaveAttribute("data-here", "true");
  await expect(note).not.toHaveAttribute("data-seq", "0");
  // What the customer gets next comes behind it in time, and the note is not with him.
  await agent.page.getByTestId("reply-toggle").click();
  await agent.say("one moment");
  await expect(visitor.message("one moment")).toBeVisible();
  await expect(visitor.message("batch 0415")).toHaveCount(0);
  await expect(visitor.frame.getByTestId("picture")).toHaveCount(0);
});

test("a HEIC picture that nobody here can draw is named and taken as it is", async ({ people }) => {
  const { visitor, agent } = await inTalk(people);
  await pick(visitor, [{ name: "IMG_0415.HEIC", mimeType: "image/heic", buffer: HEIC }]);
  await visitor.frame.getByTestId("send").click();
  const file = agent.page.getByTestId("file");
  await expect(file).toContainText("IMG_0415.HEIC");
  await expect(file).toContainText("HEIC picture");
  const original = agent.page.getByRole("button", { name: "Download the original" });
  const kept = await taken(agent, original);
  expect(kept.name).toBe("IMG_0415.HEIC");
  expect(digestOf(kept.bytes)).toBe(digestOf(HEIC));
  await expect(agent.page.getByTestId("file-warning")).toHaveCount(0);
});

test("who can draw HEIC sends a preview along, and the original stays what it is", async ({
  server,
  browser,
}) => {
  const page = await person(browser, "en");
  // As a browser that draws it: where the picture's address is asked for, it is one of a JPEG.
  await page.addInitScript(() => {
    const make = URL.createObjectURL.bind(URL);
    URL.createObjectURL = (file: Blob): string => {
      if (!(file instanceof File && file.name.endsWith(".HEIC"))) {
        return make(file);
      }
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [640, 480];
      canvas.getContext("2d")?.fillRect(0, 0, 640, 480);
      const jpeg = atob(canvas.toDataURL("image/jpeg").split(",")[1] ?? "");
      return make(new Blob([Uint8Array.from(jpeg, (letter) => letter.charCodeAt(0))]));
    };
  });
  const visitor = await ShopPage.open(page, server.addresses.shops, "en");
  await visitor.ring();
  await pick(visitor, [{ name: "IMG_0415.HEIC", mimeType: "image/heic", buffer: HEIC }]);
  await visitor.say("look here");
  const desk = await person(browser, "en");
  const agent = await ConsolePage.join(desk, server.addresses.console, "Lin");
  await agent.openFirst();
  // The small one is seen; the original can be taken along.
  const seen = desk.getByTestId("picture");
  await expect(seen.locator("img")).toHaveCount(1);
  const file = desk.getByTestId("file");
  await expect(file).toContainText("HEIC picture");
  await seen.click();
  const large = desk.getByTestId("lightbox");
  await expect(large).toContainText("This device cannot show it");
  const drawn = large.locator("img");
  await expect.poll(() => drawn.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(320);
  expect(await findings(desk.mainFrame())).toEqual([]);
  const kept = await taken(agent, large.getByTestId("lightbox-download"));
  expect(digestOf(kept.bytes)).toBe(digestOf(HEIC));
  await page.context().close();
  await desk.context().close();
});
