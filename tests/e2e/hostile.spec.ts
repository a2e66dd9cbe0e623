// What a hostile device may send: files that harm who opens them, and messages that no page of ours
// would make. Both sides go on, nothing runs, and what cannot be shown is its words.
import { crc32, deflateSync } from "node:zlib";
import type { FrameLocator, Page } from "@playwright/test";
import { encode } from "../../web/engine/src/codec.ts";
import * as wire from "../../web/engine/src/gen/wire.ts";
import { expect, test, type People } from "./fixtures.ts";
import { Forger, type Forged } from "./forger.ts";
import { frameOf } from "./frame_words.ts";
import type { ConsolePage } from "./pages/console_page.ts";
import type { ShopPage } from "./pages/shop_page.ts";

const { ContentKind } = wire;

/** A picture of so many dots, all of them black, in a few kilobytes. */
function bomb(width: number, height: number): Buffer {
  const part = (name: string, data: Buffer) => {
    const named = Buffer.concat([Buffer.from(name), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(named));
    return Buffer.concat([length, named, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head[8] = 1;
  const rows = part("IDAT", deflateSync(Buffer.alloc(4_000_000), { level: 9 }));
  const magic = Buffer.from("89504e470d0a1a0a", "hex");
  return Buffer.concat([magic, part("IHDR", head), rows, part("IEND", Buffer.alloc(0))]);
}

async function two(people: People) {
  const visitor = await people.visitor("en");
  await visitor.ring();
  await visitor.say("the zip is broken");
  await expect(visitor.messages).toHaveCount(2);
  const customer = await Forger.in(frameOf(visitor));
  await visitor.say("it does not close");
  const agent = await people.agent("Lin", "en");
  await agent.openFirst();
  await expect(agent.message("the zip is broken")).toHaveCount(1);
  const shop = await Forger.in(agent.page);
  await agent.say("Let me look");
  await expect(visitor.message("Let me look")).toHaveCount(1);
  const wrong: string[] = [];
  for (const { page } of [visitor, agent]) {
    page.on("dialog", (dialog) => void (wrong.push(dialog.message()), dialog.dismiss()));
    page.on("pageerror", (error) => wrong.push(error.message));
    page.on("crash", () => wrong.push("crashed"));
    page.on("popup", (popup) => wrong.push(popup.url()));
  }
  return { visitor, agent, customer, shop, wrong };
}

/** Both still hear each other, and neither page is fuller than a conversation is. */
async function expectBothLive(visitor: ShopPage, agent: ConsolePage, wrong: string[]) {
  await visitor.say("still here");
  await expect(agent.message("still here")).toHaveCount(1);
  await agent.say("so am I");
  await expect(visitor.message("so am I")).toHaveCount(1);
  await expect(visitor.message("still here")).toHaveAttribute("data-state", "read");
  expect(wrong).toEqual([]);
  for (const page of [frameOf(visitor), agent.page.mainFrame()]) {
    const drawn = await page.evaluate(() => ({
      nodes: document.querySelectorAll("*").length,
      largest: Math.max(0, ...[...document.images].map((img) => img.naturalWidth)),
      addresses: [...document.links].filter(({ protocol }) => !/^(https?|blob):$/.test(protocol)),
    }));
    expect(drawn.nodes).toBeLessThan(3000);
    expect(drawn.largest).toBeLessThan(2000);
    expect(drawn.addresses).toEqual([]);
  }
}

test("files made to harm lie there as files, on both sides", async ({ people }) => {
  const { visitor, agent, wrong } = await two(people);
  const files = [
    { name: "bomb.png", mimeType: "image/png", buffer: bomb(50_000, 50_000) },
    { name: "both.gif", mimeType: "image/gif", buffer: Buffer.from("GIF89a/*\0\0*/=alert(1)//") },
    {
      name: "both.pdf", mimeType: "application/pdf",
      buffer: Buffer.from("%PDF-1.7\n<html><script>alert(1)</script></html>"),
    },
    {
      name: "a\u202egpj.\u0000\u0007exe", mimeType: "image/jpeg",
      buffer: Buffer.from("MZ program"),
    },
    { name: "photo.png", mimeType: "image/png", buffer: Buffer.from("\x7fELF program", "latin1") },
    {
      name: "sign.svg", mimeType: "image/svg+xml",
      buffer: Buffer.from("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    },
  ];
  const asked = visitor.page.waitForEvent("filechooser");
  await visitor.frame.getByTestId("attach").click();
  await (await asked).setFiles(files);
  const ready = visitor.frame.locator("[data-testid=outgoing][data-state=ready]");
  await expect(ready).toHaveCount(files.length);
  await visitor.frame.getByTestId("send").click();
  for (const root of [agent.page, visitor.frame]) {
    const rows = root.getByTestId("file");
    await expect(rows).toHaveCount(files.length);
    await expect(rows.filter({ hasText: "agpj.exe" })).toHaveCount(1);
    await expect(root.getByTestId("picture")).toHaveCount(0);
  }
  const program = agent.page.getByTestId("file").filter({ hasText: "photo.png" });
  await program.getByTestId("download").click();
  await expect(agent.page.getByTestId("file-warning").last()).toContainText("can run a program");
  await expectBothLive(visitor, agent, wrong);
});

const utf8 = new TextEncoder();
const junk = (count: number): Uint8Array => new Uint8Array(count).fill(255);
const file = (more: Partial<wire.BlobRef> = {}): Uint8Array =>
  encode(wire.BlobRef, {
    id: junk(16), key: junk(32), digest: junk(32), bytes: Number.MAX_SAFE_INTEGER,
    name: "\u202egpj.exe/../../x", type: "text/html", ...more,
  });

const forms = (count: number) =>
  encode(wire.FormCard, {
    title: "Return", detail: "", untilMs: 0,
    fields: [
      {
        kind: 5, label: "Why", hint: "", required: true,
        options: Array.from({ length: count }, (_, at) => at.toString(36)),
      },
    ],
  });

/** Each says in its fallback which it is. */
const forged: readonly Forged[] = [
  { kind: 99 },
  { kind: 2 ** 40 },
  { kind: ContentKind.SHOP_REMOVAL, content: junk(64) },
  { kind: ContentKind.FORM, content: forms(2500) },
  { kind: ContentKind.CHOICES, content: junk(3000) },
  {
    kind: ContentKind.PRODUCT,
    content: encode(wire.ProductCard, {
      title: "Tote", url: "javascript:alert(1)", amount: Number.MAX_SAFE_INTEGER, currency: "CNY",
      picture: bomb(30_000, 30_000).subarray(0, 5000),
    }),
  },
  {
    kind: ContentKind.LOGISTICS,
    content: encode(wire.LogisticsCard, {
      carrier: "\u202e".repeat(50), number: "1", state: 77,
      steps: Array.from({ length: 2000 }, () => ({ timeMs: 0, title: "", place: "" })),
    }),
  },
  {
    kind: ContentKind.IMAGE,
    content: encode(wire.ImageContent, {
      blob: file(), width: 2 ** 31, height: 1, preview: bomb(30_000, 30_000).subarray(0, 8000),
    }),
  },
  {
    kind: ContentKind.VOICE,
    content: encode(wire.VoiceContent, {
      blob: file(), durationMs: Number.MAX_SAFE_INTEGER, waveform: junk(12_000),
    }),
  },
  { kind: ContentKind.FILE, content: encode(wire.FileContent, { blob: file() }) },
  { kind: ContentKind.VIDEO, content: encode(wire.VideoContent, { blob: junk(20) }) },
  { kind: ContentKind.ARTICLE, content: utf8.encode("<img src=x onerror=alert(1)>") },
];

for (const from of ["customer", "shop"] as const) {
  test(`messages that a ${from}'s device forges are words, or nothing`, async ({ people }) => {
    const all = await two(people);
    const { visitor, agent, wrong } = all;
    for (const [at, each] of forged.entries()) {
      const marks = "e\u0301\u0302".repeat(20);
      const fallback = `number ${at} \u202e<img src=x onerror=alert(1)> ${marks}`;
      await all[from].send({ fallback, ...each });
    }
    const root: Page | FrameLocator = from === "shop" ? visitor.frame : agent.page;
    // The file is no lie by what is known of it; it opens to nobody.
    const row = root.getByTestId("file").filter({ hasText: "gpj.exe....x" });
    await expect(row).toHaveCount(1);
    await expect(root.getByTestId("message").filter({ hasText: "number 0 " })).toHaveCount(1);
    await row.getByTestId("download").click();
    await expect(root.getByRole("alert").first()).toBeVisible();
    await root.locator("div[data-testid=voice]").getByTestId("voice-play").click();
    await root.getByTestId("picture").click();
    await expectBothLive(visitor, agent, wrong);
  });
}
