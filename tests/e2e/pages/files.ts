// Files as people have them, made here, and how they are sent and taken from either side.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import {
  expect,
  type Download,
  type FrameLocator,
  type Locator,
  type Page,
} from "@playwright/test";
import type { ConsolePage } from "./console_page.ts";
import type { ShopPage } from "./shop_page.ts";

export type Side = ShopPage | ConsolePage;
export type Sent = { readonly name: string; readonly mimeType: string; readonly buffer: Buffer };

/** Chromium with a microphone and a camera that show what they were made for. */
export const withDevices = {
  executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox", "--disable-features=Translate,LocalNetworkAccessChecks",
    "--use-fake-device-for-media-stream",
  ],
};

export const digestOf = (bytes: Buffer): string =>
  createHash("sha256").update(bytes).digest("hex");

export const within = (side: Side): Page | FrameLocator =>
  "frame" in side ? side.frame : side.page;

/** A picture with its left half dark, so that one sees when it is turned. */
export async function jpeg(page: Page, width: number, height: number): Promise<Buffer> {
  const bytes = await page.evaluate(
    async ([w, h]) => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [w, h];
      const paper = canvas.getContext("2d") as CanvasRenderingContext2D;
      paper.fillStyle = "#e0c090";
      paper.fillRect(0, 0, w, h);
      paper.fillStyle = "#302010";
      paper.fillRect(0, 0, w / 2, h);
      const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg"));
      return [...new Uint8Array((await blob?.arrayBuffer()) as ArrayBuffer)];
    },
    [width, height] as const,
  );
  return Buffer.from(bytes);
}

/** 64 by 48 dots as phones write them, made once by heif-enc of libheif 1.15. */
export const HEIC = Buffer.from(
  "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAa1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAA" +
  "AAAAAAAAAAAA5waXRtAAAAAAACAAAAEGlkYXQAAAAAAEAAMAAAADhpbG9jAQAAAERAAAIAAQAAAAAAAAHRAAEAAAAA" +
  "AAAAIQACAAEAAAAAAAAAAQAAAAAAAAAIAAAAOGlpbmYAAAAAAAIAAAAVaW5mZQIAAAEAAQAAaHZjMQAAAAAVaW5mZQ" +
  "IAAAAAAgAAZ3JpZAAAAADYaXBycAAAALZpcGNvAAAAdmh2Y0MBA3AAAAAAAAAAAAAe8AD8/fj4AAAPAyAAAQAYQAEM" +
  "Af//A3AAAAMAkAAAAwAAAwAeugJAIQABACpCAQEDcAAAAwCQAAADAAADAB6gIIEFlurkprm4EBAwIAAAAwAgAAADAC" +
  "EiAAEABkQBwXPAiQAAABRpc3BlAAAAAAAAAEAAAABAAAAAFGlzcGUAAAAAAAAAQAAAADAAAAAQcGl4aQAAAAADCAgI" +
  "AAAAGmlwbWEAAAAAAAAAAgABAoECAAICA4QAAAAaaXJlZgAAAAAAAAAOZGltZwACAAEAAQAAACltZGF0AAAAHSgBrw" +
  "tg9eWDr//5Zv3wWH+JlVL9icd8fm0KIn04",
  "base64",
);

/** Notes of a camera: entries of a directory, and what stands behind them. */
function exif(entries: readonly string[], behind: string): Buffer {
  const count = Buffer.from([entries.length, 0]).toString("hex");
  const tiff = Buffer.from(`49492a0008000000${count}${entries.join("")}00000000${behind}`, "hex");
  const length = Buffer.alloc(2);
  length.writeUInt16BE(tiff.length + 8);
  return Buffer.concat([Buffer.of(0xff, 0xe1), length, Buffer.from("Exif\0\0"), tiff]);
}

const TURNED = "120103000100000006000000";

const noted = (picture: Buffer, note: Buffer): Buffer =>
  Buffer.concat([picture.subarray(0, 2), note, picture.subarray(2)]);

/** As a camera that was held upright notes it: to be turned to the right. */
export function turned(picture: Buffer): Buffer {
  return noted(picture, exif([TURNED], ""));
}

/** Where it was taken, as it stands in the bytes. */
export const PLACE = "52.520008N";

/** As a phone notes it: to be turned, and where that was. */
export function placed(picture: Buffer): Buffer {
  // The first directory ends at 38; that of the place has one entry, whose text is at 56.
  const place = Buffer.from(`${PLACE}\0`).toString("hex");
  const directory = `0100${"02000200"}0b000000${"38000000"}00000000`;
  return noted(picture, exif([TURNED, "258804000100000026000000"], directory + place));
}

const sized = (id: string, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE(BigInt(body.length));
  size[0] = 1;
  return Buffer.concat([Buffer.from(id, "hex"), size, body]);
};
const number = (id: string, value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return sized(id, bytes);
};
const real = (id: string, value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return sized(id, bytes);
};

type FilmFrame = { readonly key: boolean; readonly ms: number; readonly data: string };

/** WebM: a second of the film is a cluster, and each of them is listed for who seeks. */
function webm(frames: readonly FilmFrame[], width: number, height: number, ms: number): Buffer {
  const head = sized(
    "1a45dfa3", number("4286", 1), number("42f7", 1), number("42f2", 4), number("42f3", 8),
    sized("4282", Buffer.from("webm")), number("4287", 4), number("4285", 2),
  );
  const maker = Buffer.from("shopbell tests");
  const info = sized(
    "1549a966", number("2ad7b1", 1_000_000), real("4489", ms), sized("4d80", maker),
    sized("5741", maker),
  );
  const tracks = sized("1654ae6b", sized(
    "ae", number("d7", 1), number("73c5", 1), number("83", 1),
    sized("86", Buffer.from("V_VP8")), sized("e0", number("b0", width), number("ba", height)),
  ));
  const clusters = new Map<number, Buffer[]>();
  for (const { key, ms: at, data } of frames) {
    const second = Math.floor(at / 1000);
    const block = Buffer.from([0x81, 0, 0, key ? 0x80 : 0]);
    block.writeInt16BE(at - second * 1000, 1);
    const said = clusters.get(second) ?? [number("e7", second * 1000)];
    clusters.set(second, [...said, sized("a3", block, Buffer.from(data, "base64"))]);
  }
  const parts = [...clusters].map(
    ([second, said]) => [second, sized("1f43b675", ...said)] as const,
  );
  const cues_of = (first: number): Buffer => {
    let at = first;
    return sized("1c53bb6b", ...parts.map(([second, { length }]) => {
      const place = sized("b7", number("f7", 1), number("f1", at));
      at += length;
      return sized("bb", number("b3", second * 1000), place);
    }));
  };
  const first = info.length + tracks.length + cues_of(0).length;
  const all = parts.map(([, cluster]) => cluster);
  return Buffer.concat([head, sized("18538067", info, tracks, cues_of(first), ...all)]);
}

/** A film of that length, whose colour goes round; made as fast as the machine can. */
export async function film(page: Page, seconds: number): Promise<Buffer> {
  const [width, height] = [320, 180];
  const frames = await page.evaluate(
    async ([w, h, count]) => {
      const paper = new OffscreenCanvas(w, h).getContext("2d") as OffscreenCanvasRenderingContext2D;
      const made: FilmFrame[] = [];
      const encoder = new VideoEncoder({
        output: (chunk) => {
          const bytes = new Uint8Array(chunk.byteLength);
          chunk.copyTo(bytes);
          const data = btoa(String.fromCharCode(...bytes));
          made.push({ key: chunk.type === "key", ms: chunk.timestamp / 1000, data });
        },
        error: (error) => {
          throw error;
        },
      });
      encoder.configure({ codec: "vp8", width: w, height: h, bitrate: 400_000, framerate: 10 });
      for (let at = 0; at < count; at++) {
        paper.fillStyle = `hsl(${at * 3.6} 60% 40%)`;
        paper.fillRect(0, 0, w, h);
        const frame = new VideoFrame(paper.canvas, { timestamp: at * 100_000 });
        encoder.encode(frame, { keyFrame: at % 10 === 0 });
        frame.close();
      }
      await encoder.flush();
      return made;
    },
    [width, height, seconds * 10] as const,
  );
  return webm(frames, width, height, seconds * 1000);
}

/** A real one: a page with one line, and the table that says where its parts stand. */
export function pdf(line: string): Buffer {
  const words = `BT /F1 18 Tf 60 760 Td (${line}) Tj ET`;
  const objects = [
    "<</Type/Catalog/Pages 2 0 R>>",
    "<</Type/Pages/Kids[3 0 R]/Count 1>>",
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R" +
      "/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
    `<</Length ${words.length}>>stream\n${words}\nendstream`,
  ];
  let text = "%PDF-1.7\n";
  const places = objects.map((object, at) => {
    const place = `${String(text.length).padStart(10, "0")} 00000 n \n`;
    text += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return place;
  });
  const table = `xref\n0 5\n0000000000 65535 f \n${places.join("")}`;
  const trailer = `trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n${text.length}\n%%EOF\n`;
  return Buffer.from(text + table + trailer, "latin1");
}

/** Files are chosen, made ones or paths, and wait above the composer. */
export async function pick(side: Side, files: readonly Sent[] | readonly string[]) {
  const button = within(side).getByTestId("frame" in side ? "attach" : "console-attach");
  const asked = side.page.waitForEvent("filechooser");
  await button.click();
  await (await asked).setFiles(files as Sent[] | string[]);
  const ready = within(side).locator("[data-testid=outgoing][data-state=ready]");
  await expect(ready).toHaveCount(files.length);
}

/** What a press saves, as it then lies on the disk. */
export async function taken(
  side: Side,
  press: Locator,
): Promise<{ readonly name: string; readonly bytes: Buffer }> {
  const download = side.page.waitForEvent("download");
  await press.click();
  const kept: Download = await download;
  return { name: kept.suggestedFilename(), bytes: await readFile(await kept.path()) };
}
