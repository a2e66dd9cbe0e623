// The media worker in a real browser: its store, its spool and its locks, and what is left of an
// upload when the page dies.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { chromium, type Browser, type BrowserContext, type Page } from "@playwright/test";
import { build } from "esbuild";
import type { IdbRecords } from "../../web/engine/src/media/records.ts";
import type { Media, PendingUpload } from "../../web/engine/src/media_client.ts";
import type { openDatabase } from "../../web/engine/src/storage_idb.ts";
import { TusServer } from "./tus_server.ts";

const root = process.cwd();
const source = (file: string): string => JSON.stringify(`${root}/web/engine/src/${file}`);
const page_script = `
  export { openMedia } from ${source("media_client.ts")};
  export { IdbRecords } from ${source("media/records.ts")};
  export { openDatabase } from ${source("storage_idb.ts")};
`;
/** What the page's script gives. */
type Shopbell = {
  openMedia: (options: object) => Media;
  IdbRecords: typeof IdbRecords;
  openDatabase: typeof openDatabase;
};
type World = { shopbell: Shopbell; media: Media; file: (bytes: number) => File };

let relay: TusServer;
let browser: Browser;

async function bundle(entry: object): Promise<string> {
  const result = await build({
    bundle: true, write: false, format: "esm", target: "es2022", logLevel: "warning", ...entry,
  });
  return result.outputFiles[0]?.text ?? "";
}

before(async () => {
  relay = await TusServer.start();
  const script = await bundle({ stdin: { contents: page_script, resolveDir: root } });
  const worker = await bundle({ entryPoints: [`${root}/web/engine/src/worker_media.ts`] });
  const put = (path: string, type: string, body: string | Buffer): unknown =>
    relay.files.set(path, { type, body });
  put("/", "text/html", "<!doctype html><title>shopbell</title>");
  put("/page.js", "text/javascript", script);
  put("/media.js", "text/javascript", worker);
  const play = { entryPoints: [`${root}/web/engine/src/worker_play.ts`], format: "iife" };
  put("/play.js", "text/javascript", await bundle(play));
  put("/blob.wasm", "application/wasm", readFileSync(`${root}/build/wasm/blob.wasm`));
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
});

after(async () => {
  await browser.close();
  await relay.stop();
});

async function open(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.goto(relay.origin);
  await page.evaluate(async (origin) => {
    const world = globalThis as unknown as World;
    world.shopbell = await (import(`${origin}/page.js`) as Promise<Shopbell>);
    world.media = world.shopbell.openMedia({
      app: "widget", shop: "shop", blobs: `${origin}/blobs`, workerUrl: "/media.js",
      wasmUrl: "/blob.wasm", playUrl: "play.js", token: () => "good",
    });
    world.file = (bytes) => {
      const part = Uint8Array.from({ length: bytes }, (_, n) => n + (n >> 8) + (n >> 16));
      return new File([part], "film.mp4", { type: "video/mp4" });
    };
  }, relay.origin);
  return page;
}

const upload = (page: Page, ref: string, bytes: number): Promise<boolean> =>
  page.evaluate(async ([of_ref, size]) => {
    const { media, file } = globalThis as unknown as World;
    const sent = file(size);
    const blob = await media.upload(sent, { ref: of_ref, note: Uint8Array.of(1, 2) });
    media.forget(of_ref);
    const [got, wanted] = await Promise.all(
      [await media.download(blob), sent].map((each) => each.arrayBuffer()));
    const same = new Uint8Array(got as ArrayBuffer);
    return new Uint8Array(wanted as ArrayBuffer).every((byte, at) => byte === same[at]);
  }, [ref, bytes] as const);

test("a file goes out and comes back through the worker", async () => {
  const context = await browser.newContext();
  const page = await open(context);
  assert.equal(await upload(page, "one", 4_500_001), true);
  assert.deepEqual(await page.evaluate(() => (globalThis as unknown as World).media.pending()), []);
  await context.close();
});

test("a stream begins in the middle of a film", async () => {
  const context = await browser.newContext();
  const page = await open(context);
  const [bytes, first] = await page.evaluate(async () => {
    const { media, file } = globalThis as unknown as World;
    const blob = await media.upload(file(3_000_000), { ref: "film" });
    const reader = media.stream(blob, 1_000_000).getReader();
    let size = 0;
    let begin = -1;
    for (;;) {
      const { value } = await reader.read();
      if (!value) break;
      if (begin < 0) begin = value[0] ?? -1;
      size += value.length;
    }
    return [size, begin];
  });
  const n = 1_000_000;
  assert.deepEqual([bytes, first], [2_000_000, (n + (n >> 8) + (n >> 16)) & 255]);
  await context.close();
});

test("an upload of a page that died goes on without the file being picked again", async () => {
  const context = await browser.newContext();
  let let_go: () => void = () => undefined;
  relay.held = new Promise((resolve) => (let_go = resolve));
  const first = await open(context);
  await first.evaluate(() => {
    const { media, file } = globalThis as unknown as World;
    void media.upload(file(5_000_000), { ref: "dies", note: Uint8Array.of(4) });
  });
  const second = await open(context);
  await second.evaluate(async () => {
    const { shopbell } = globalThis as unknown as World;
    const database = await shopbell.openDatabase("shopbell:widget:shop");
    const records = await shopbell.IdbRecords.open(database);
    const kept = async (): Promise<boolean> => (await records.all())[0]?.spooled ?? false;
    while (!(await kept())) await new Promise(requestAnimationFrame);
    database.close();
  });
  // While the first page is at it, it is nobody else's.
  const asked = (): Promise<readonly PendingUpload[]> =>
    second.evaluate(() => (globalThis as unknown as World).media.pending());
  assert.deepEqual(await asked(), []);
  await first.close();
  let_go();
  let [left] = await asked();
  while (!left) [left] = await asked();
  const { ref, name, type, bytes, needsFile, done } = left;
  assert.deepEqual({ ref, name, type, bytes, needsFile, done },
    { ref: "dies", name: "film.mp4", type: "video/mp4", bytes: 5_000_000, needsFile: false,
      done: undefined });
  const same = await second.evaluate(async () => {
    const { media, file } = globalThis as unknown as World;
    const blob = await media.continueUpload("dies");
    const got = new Uint8Array(await (await media.download(blob)).arrayBuffer());
    const wanted = new Uint8Array(await file(5_000_000).arrayBuffer());
    media.forget("dies");
    return got.length === wanted.length && wanted.every((byte, at) => byte === got[at]);
  });
  assert.equal(same, true);
  await context.close();
});

test("a recording plays and is sought though no answer ever brings all of it", async () => {
  const context = await browser.newContext();
  const page = await open(context);
  // Silence, 16 bit and 44,100 a second.
  const seconds = 40;
  await page.evaluate(async (length) => {
    const { media } = globalThis as unknown as World;
    const data = length * 88_200;
    const head = new DataView(new ArrayBuffer(44));
    const words: [number, string | number, number?][] = [
      [0, "RIFF"], [4, 36 + data], [8, "WAVE"], [12, "fmt "], [16, 16], [20, 1, 2], [22, 1, 2],
      [24, 44_100], [28, 88_200], [32, 2, 2], [34, 16, 2], [36, "data"], [40, data],
    ];
    for (const [at, value, size] of words) {
      if (typeof value === "string") {
        [...value].forEach((c, n) => head.setUint8(at + n, c.charCodeAt(0)));
      } else if (size) head.setUint16(at, value, true);
      else head.setUint32(at, value, true);
    }
    const file = new Blob([head, new Uint8Array(data)], { type: "audio/wav" });
    const blob = await media.upload(file, { ref: "wav" });
    media.forget("wav");
    (globalThis as unknown as { blob: object }).blob = blob;
  }, seconds);
  relay.most = 700_000;
  const [streams, duration, at, left] = await page.evaluate(async () => {
    const world = globalThis as unknown as World & { blob: Parameters<Media["play"]>[0] };
    const playable = await world.media.play(world.blob, "audio/wav");
    const audio = new Audio(playable.url);
    const heard = (event: string): Promise<void> =>
      new Promise((resolve, reject) => {
        audio.addEventListener(event, () => resolve(), { once: true });
        audio.addEventListener("error", () => reject(new Error(audio.error?.message)));
      });
    const known = heard("loadedmetadata");
    audio.load();
    await known;
    const sought = heard("seeked");
    audio.currentTime = 30;
    await sought;
    (globalThis as unknown as { url: string }).url = playable.url;
    const registered = await navigator.serviceWorker.getRegistrations();
    return [playable.streams, Math.round(audio.duration), audio.currentTime, registered.length];
  });
  assert.deepEqual([streams, duration, at, left], [true, seconds, 30, 0]);
  // Browsers end a service worker that rests; this one, though given back, comes again.
  const devtools = await context.newCDPSession(page);
  await devtools.send("ServiceWorker.enable");
  await devtools.send("ServiceWorker.stopAllWorkers");
  const again = await page.evaluate(async () => {
    const { url } = globalThis as unknown as { url: string };
    const answer = await fetch(url, { headers: { Range: "bytes=1000000-1000099" } });
    return [answer.status, (await answer.arrayBuffer()).byteLength];
  });
  assert.deepEqual(again, [206, 100]);
  relay.most = Infinity;
  await context.close();
});
