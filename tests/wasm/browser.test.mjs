// What only a browser has: IndexedDB, keys that cannot be read out, locks between tabs, the worker.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "@playwright/test";
import { build } from "esbuild";
import { root, wasm_file } from "./engine.mjs";
import { storage_cases } from "./storage_suite.mjs";

// Nobody listens there: the device is ready all the same, offline.
const shop = Buffer.alloc(32, 5).toString("base64url");
const source = (file) => JSON.stringify(join(root, "web/engine/src", file));
const page_script = `
  export { storage_cases } from ${JSON.stringify(join(root, "tests/wasm/storage_suite.mjs"))};
  export { IdbStorage, openDatabase } from ${source("storage_idb.ts")};
  export { keptKey } from ${source("storage_key.ts")};
  export { openEngine } from ${source("client.ts")};
  export { startWorker } from ${source("starter.ts")};
`;

let server;
let browser;
let address;

async function bundle(options) {
  const result = await build({
    bundle: true,
    write: false,
    minify: true,
    format: "esm",
    target: "es2022",
    logLevel: "warning",
    ...options,
  });
  return result.outputFiles[0].text;
}

before(async () => {
  const stdin = { contents: page_script, resolveDir: root };
  const files = {
    "/": ["text/html", "<!doctype html><title>shopbell</title>"],
    "/page.js": ["text/javascript", await bundle({ stdin })],
    "/worker.js": [
      "text/javascript",
      await bundle({ entryPoints: [join(root, "web/engine/src/worker.ts")] }),
    ],
    "/core.wasm": ["application/wasm", readFileSync(wasm_file)],
  };
  server = createServer((request, response) => {
    const [type, body] = files[request.url] ?? ["text/plain", ""];
    response.writeHead(body ? 200 : 404, { "content-type": type }).end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${server.address().port}`;
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
});

after(async () => {
  await browser?.close();
  server?.close();
});

async function tab(context, from = address) {
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(from);
  return page;
}

async function fresh(t) {
  const context = await browser.newContext();
  t.after(() => context.close());
  return context;
}

/** Opens a device in the page; its events gather in `window.seen`. */
function open_device(page) {
  return page.evaluate(async (id) => {
    const { openEngine } = await import("/page.js");
    window.seen = [];
    window.engine = openEngine({
      app: "widget",
      shop: id,
      relayUrl: `ws://${location.host}/nobody`,
      workerUrl: "/worker.js",
      wasmUrl: "/core.wasm",
    });
    window.engine.on((event) => window.seen.push(event));
  }, shop);
}

/** Waits for the count-th event of a type and gives it, bytes as hex. */
async function seen(page, type, count = 1) {
  const handle = await page.waitForFunction(
    ([wanted, nth]) => window.seen.filter((event) => event.type === wanted)[nth - 1],
    [type, count],
  );
  return handle.evaluate((event) =>
    Object.fromEntries(Object.entries(event).map(([key, value]) =>
      [key, value instanceof Uint8Array ? Array.from(value).join() : value])));
}

test("IndexedDB keeps the contract of stores", async (t) => {
  const page = await tab(await fresh(t));
  for (const name of Object.keys(storage_cases)) {
    await t.test(name, () =>
      page.evaluate(async (wanted) => {
        const { storage_cases: cases, IdbStorage, openDatabase } = await import("/page.js");
        const open = async () => IdbStorage.open(await openDatabase(`test ${wanted}`));
        await cases[wanted](open, (holds, what) => {
          if (!holds) throw new Error(what);
        });
      }, name));
  }
});

test("a store that was taken over writes no more", async (t) => {
  const page = await tab(await fresh(t));
  const results = await page.evaluate(async () => {
    const { IdbStorage, openDatabase } = await import("/page.js");
    const change = (value) => [{ key: new Uint8Array([1]), value: new Uint8Array([value]) }];
    const range = { from: new Uint8Array([0]), to: new Uint8Array([9]), limit: 0 };
    const first = await IdbStorage.open(await openDatabase("a"));
    await first.write(change(1));
    const second = await IdbStorage.open(await openDatabase("a"));
    const late = await first.write(change(2)).then(() => "written", () => "refused");
    const kept = await second.load({ ...range, descending: false });
    await second.write(change(3));
    return [late, kept[0].value[0]];
  });
  assert.deepEqual(results, ["refused", 1]);
});

test("the storage key outlives the page and can not be read out", async (t) => {
  const context = await fresh(t);
  const key_in = (page) =>
    page.evaluate(async () => {
      const { keptKey, openDatabase } = await import("/page.js");
      const database = await openDatabase("a");
      const open = await keptKey(database);
      const [one, two] = [await open(), await open()];
      const request = database.transaction("meta").objectStore("meta").get("wrap");
      const kept = await new Promise((resolve) =>
        request.addEventListener("success", () => resolve(request.result)));
      const raw = await crypto.subtle.exportKey("raw", kept.key).then(() => true, () => false);
      return { raw, key: one.join(), same: one.join() === two.join(), size: one.length };
    });
  const page = await tab(context);
  const first = await key_in(page);
  await page.reload();
  const again = await key_in(page);
  assert.equal(first.raw, false);
  assert.equal(first.size, 32);
  assert.equal(first.same, true);
  assert.equal(again.key, first.key);
});

test("a device is kept, and is one in all its tabs, whichever of them leads", async (t) => {
  const context = await fresh(t);
  const first = await tab(context);
  await open_device(first);
  assert.equal((await seen(first, "storage")).mode, "kept");
  const { device } = await seen(first, "ready");

  const second = await tab(context);
  await open_device(second);
  assert.equal((await seen(second, "storage")).mode, "kept");
  assert.equal((await seen(second, "ready")).device, device);
  assert.equal((await seen(second, "connection")).code, (await seen(first, "connection")).code);

  await first.close();
  assert.equal((await seen(second, "ready", 2)).device, device);
});

test("what a worker says before the page's own code is there is not lost", async (t) => {
  const page = await tab(await fresh(t));
  await page.evaluate(async (id) => {
    const { openEngine, startWorker } = await import("/page.js");
    const [workerUrl, wasmUrl] = ["/worker.js", "/core.wasm"];
    const relayUrl = `ws://${location.host}/nobody`;
    const options = { app: "widget", shop: id, relayUrl, workerUrl, wasmUrl };
    const heard = [];
    const started = startWorker(options);
    started.worker.addEventListener("message", ({ data }) => heard.push(data));
    while (!heard.some(({ events }) => events)) {
      await new Promise((resolve) => started.worker.addEventListener("message", resolve));
    }
    window.seen = [];
    window.engine = openEngine({ ...options, started });
    window.engine.on((event) => window.seen.push(event));
  }, shop);
  assert.equal((await seen(page, "storage")).mode, "kept");
  await seen(page, "ready");
  assert.equal(await page.evaluate(() => window.seen[0].type), "storage");
});

test("a page put to sleep lets another lead, and follows when it is woken", async (t) => {
  const context = await fresh(t);
  const [first, second] = [await tab(context), await tab(context)];
  await open_device(first);
  const { device } = await seen(first, "ready");
  await open_device(second);
  await seen(second, "ready");
  await first.evaluate(() => document.dispatchEvent(new Event("freeze")));
  assert.equal((await seen(second, "ready", 2)).device, device);
  await first.evaluate(() => document.dispatchEvent(new Event("resume")));
  await seen(first, "ready", 2);
  await second.close();
  assert.equal((await seen(first, "ready", 3)).device, device);
});

// A device's id is the hash of its public keys: where a source of randomness is stubbed, ids agree.
test("two fresh devices share nothing", async (t) => {
  const ids = [];
  for (let i = 0; i < 2; i++) {
    const page = await tab(await fresh(t));
    await open_device(page);
    ids.push((await seen(page, "ready")).device.split(",").map(Number));
  }
  const [a, b] = ids;
  assert.equal(a.length, 32);
  const windows = new Set(a.slice(3).map((_, i) => a.slice(i, i + 4).join()));
  for (let i = 0; i + 4 <= b.length; i++) {
    assert.ok(!windows.has(b.slice(i, i + 4).join()), "four bytes in common");
  }
});

test("a closed engine gives the device free and answers what was asked", async (t) => {
  const context = await fresh(t);
  const first = await tab(context);
  await open_device(first);
  await seen(first, "ready");
  const code = await first.evaluate(async () => {
    const answer = window.engine.request("inbox.list");
    window.engine.close();
    return (await answer).code;
  });
  assert.ok(code > 0);
  const second = await tab(context);
  await open_device(second);
  await seen(second, "ready");
});

test("on a page that is not secure nothing is kept or sent", async (t) => {
  const name = "insecure.example";
  const rules = `--host-resolver-rules=MAP ${name} 127.0.0.1`;
  const own = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", rules],
  });
  t.after(() => own.close());
  const page = await tab(await own.newContext(), address.replace("127.0.0.1", name));
  await open_device(page);
  assert.equal((await seen(page, "storage")).mode, "refused");
  assert.equal((await page.evaluate(() => indexedDB.databases())).length, 0);
});
