// A file from a real browser to a real relay and back, beside plain tus of the same file: how fast,
// for how much processor, and how much more memory the browser has at its worst.
import { execFileSync } from "node:child_process";
import { mkdirSync, openSync, readFileSync, readdirSync, writeSync, closeSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { start_chromium } from "./bench_chromium.mjs";
import { hold_link } from "./bench_link.mjs";
import { new_directory } from "./bench_server.mjs";

const root = new URL("../..", import.meta.url).pathname;
const MIB = 1024 * 1024;
const SAMPLE_MS = 100;
const TICKS = Number(execFileSync("getconf", ["CLK_TCK"]));
const source = (path) => JSON.stringify(join(root, path));
// Plain tus: the same pieces as ours at their largest, and nothing done to them.
const page_script = `
  export { openMedia } from ${source("web/engine/src/media_client.ts")};
  export async function plainTus(file, blobs, token) {
    const headers = { "Tus-Resumable": "1.0.0", Authorization: "Bearer " + token };
    const length = { "Upload-Length": String(file.size) };
    const made = await fetch(blobs, { method: "POST", headers: { ...headers, ...length } });
    const url = blobs + "/" + made.headers.get("Location").split("/").at(-1);
    for (let at = 0; at < file.size; at += 4 * ${MIB}) {
      const body = await file.slice(at, at + 4 * ${MIB}).arrayBuffer();
      const type = { "Content-Type": "application/offset+octet-stream" };
      const more = { ...headers, ...type, "Upload-Offset": String(at) };
      const answer = await fetch(url, { method: "PATCH", headers: more, body });
      if (!answer.ok) throw new Error("plain tus: " + answer.status);
    }
    return url;
  }
  export const plainGet = async (url) => (await (await fetch(url)).blob()).size;
  export const tasks = [];
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map((e) => e.duration)))
    .observe({ entryTypes: ["longtask"] });
`;

async function bundle(options) {
  const result = await build({
    bundle: true, write: false, format: "esm", target: "es2022", logLevel: "warning", ...options,
  });
  return result.outputFiles[0].text;
}

/** The page and what it loads, on a port of its own. */
async function start_page() {
  const worker = { entryPoints: [join(root, "web/engine/src/worker_media.ts")] };
  const files = {
    "/": ["text/html", "<!doctype html><title>files</title><input type=file>"],
    "/page.js": ["text/javascript", await bundle({ stdin: { contents: page_script,
      resolveDir: root } })],
    "/media.js": ["text/javascript", await bundle(worker)],
    "/blob.wasm": ["application/wasm", readFileSync(join(root, "build/wasm/blob.wasm"))],
  };
  const server = createServer((request, response) => {
    const [type, body] = files[request.url] ?? ["text/plain", ""];
    response.writeHead(body ? 200 : 404, { "Content-Type": type }).end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

async function start_relay() {
  const folder = join(root, "build/bench");
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, "blob_relay.mjs");
  await build({
    entryPoints: [join(root, "tests/web/blob_relay.ts")], outfile, bundle: true,
    packages: "external", platform: "node", format: "esm", logLevel: "warning",
  });
  const { Relay } = await import(pathToFileURL(outfile));
  return Relay.start();
}

function make_file(mib) {
  const path = join(new_directory("file"), "..", `file-${mib}.bin`);
  const file = openSync(path, "w");
  const part = Buffer.from(Array.from({ length: MIB }, (_, n) => (n + (n >> 8)) & 255));
  for (let n = 0; n < mib; n++) {
    part[0] = n & 255;
    writeSync(file, part);
  }
  closeSync(file);
  return path;
}

/** Processes below one, and itself. */
function family(of) {
  const parents = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap((id) => {
    try {
      const stat = readFileSync(`/proc/${id}/stat`, "utf8");
      return [[Number(id), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1])]];
    } catch {
      return [];
    }
  });
  const found = new Set([of]);
  for (let before = 0; before < found.size;) {
    before = found.size;
    parents.filter(([, parent]) => found.has(parent)).forEach(([id]) => found.add(id));
  }
  return [...found];
}

const told = (path, read) => {
  try {
    return read(readFileSync(path, "utf8"));
  } catch {
    return 0;
  }
};
const pss_mib = (ids) => ids.reduce((sum, id) => sum + told(`/proc/${id}/smaps_rollup`,
  (text) => Number(text.match(/^Pss:\s+(\d+)/m)?.[1] ?? 0) / 1024), 0);
const cpu_s = (ids) => ids.reduce((sum, id) => sum + told(`/proc/${id}/stat`, (text) => {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}), 0);

/** What `act` takes of the browser. */
async function watched(browser_id, act) {
  const before = { mib: pss_mib(family(browser_id)), cpu: cpu_s(family(browser_id)) };
  let peak = before.mib;
  const ended = new AbortController();
  const watching = (async () => {
    while (!ended.signal.aborted) {
      peak = Math.max(peak, pss_mib(family(browser_id)));
      await wait(SAMPLE_MS);
    }
  })();
  const started = performance.now();
  await act();
  const s = (performance.now() - started) / 1000;
  ended.abort();
  await watching;
  return { s, cpu: cpu_s(family(browser_id)) - before.cpu, more_mib: peak - before.mib };
}

// Nothing is attached but to the page itself, and nobody hears of its requests: who does keeps what
// they carry, which was more than all that is measured here.
async function open_page(browser, url, file) {
  const { sessionId } = await browser.page(url, "");
  const { result } = await browser.send("Runtime.evaluate",
    { expression: "document.querySelector('input')" }, sessionId);
  await browser.send("DOM.setFileInputFiles", { files: [file], objectId: result.objectId },
    sessionId);
  return (act, given) =>
    browser.evaluate(sessionId, `(${act})(${JSON.stringify(given ?? null)})`);
}

/** A file of so many MiB, ours and plain, out and back; on a link of so many bytes a second. */
export async function measure_files(mib, link_bytes_s) {
  const relay = await start_relay();
  const server = await start_page();
  const browser = await start_chromium();
  const blobs = new URL(relay.blobs);
  const link = link_bytes_s && await hold_link(Number(blobs.port), link_bytes_s);
  if (link) {
    blobs.port = link.port;
  }
  try {
    const origin = `http://127.0.0.1:${server.address().port}`;
    const evaluate = await open_page(browser, `${origin}/`, make_file(mib));
    await evaluate(async ([blobs, token, script]) => {
      globalThis.shopbell = await import(script);
      globalThis.media = globalThis.shopbell.openMedia({
        app: "widget", shop: "bench", blobs, workerUrl: "/media.js", wasmUrl: "/blob.wasm",
        token: () => token,
      });
      globalThis.given = { blobs, token, file: document.querySelector("input").files[0] };
      // Everything is loaded and warm before anything is measured.
      const { media } = globalThis;
      await media.download(await media.upload(new Blob(["warm"]), { ref: "warm" }));
    }, [blobs.href, await relay.token(), `${origin}/page.js`]);
    const run = (act) => watched(browser.child.pid, () => evaluate(act));
    const plain_up = await run(async () => {
      const { file, blobs, token } = globalThis.given;
      globalThis.plain = await globalThis.shopbell.plainTus(file, blobs, token);
    });
    const plain_down = await run(() => globalThis.shopbell.plainGet(globalThis.plain));
    await evaluate(() => void globalThis.shopbell.tasks.splice(0));
    const up = await run(async () => {
      globalThis.blob = await globalThis.media.upload(globalThis.given.file, { ref: "file" });
    });
    const down = await run(() => globalThis.media.download(globalThis.blob).then((b) => b.size));
    const longest = await evaluate(() => Math.max(0, ...globalThis.shopbell.tasks));
    return { mib, up, down, plain_up, plain_down, longest };
  } finally {
    await browser.close();
    await link?.close();
    await new Promise((resolve) => server.close(resolve));
    await relay.dispose();
  }
}
