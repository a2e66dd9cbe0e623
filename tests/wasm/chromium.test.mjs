// The core in a browser's engine: the conversation that Node's played, byte for byte, and the
// vectors of the second implementation.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "@playwright/test";
import { build } from "esbuild";
import { config, play } from "./conversation.mjs";
import { root, wasm_file } from "./engine.mjs";
import { packed, packed_config } from "./replay.mjs";
import { vector_cases, vectors_file } from "./vectors.mjs";

const source = (path) => JSON.stringify(join(root, path));
const page_script = `
  export { CoreHost } from ${source("web/engine/src/host.ts")};
  export { replay } from ${source("tests/wasm/replay.mjs")};
  export { open_driver } from ${source("tests/wasm/vectors_call.mjs")};
  export { vector_suite } from ${source("tests/wasm/vectors_suite.mjs")};
  export const compiled = (base64) =>
    WebAssembly.compile(Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0)));
`;

let browser;
let page;

before(async () => {
  const bundle = await build({
    stdin: { contents: page_script, resolveDir: root },
    bundle: true,
    write: false,
    format: "iife",
    globalName: "shopbell",
    target: "es2022",
    logLevel: "warning",
  });
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  page = await browser.newPage();
  await page.addScriptTag({ content: bundle.outputFiles[0].text });
});

after(() => browser?.close());

const base64_of = (file) => readFileSync(file).toString("base64");

test("a whole conversation gives the same bytes in Chromium and in Node", async () => {
  const { lives } = await play();
  for (const { inputs, lines } of lives) {
    const script = [base64_of(wasm_file), packed_config(config), inputs.map(packed)];
    const answered = await page.evaluate(async ([wasm, wanted, given]) => {
      const { CoreHost, compiled, replay } = globalThis.shopbell;
      return replay(CoreHost, await compiled(wasm), wanted, given);
    }, script);
    assert.deepEqual(answered, lines);
  }
});

for (const [name, file] of Object.entries(vector_cases)) {
  test(`vectors in Chromium: ${name}`, async () => {
    const { checked, faults } = await page.evaluate(async ([wasm, wanted, vectors]) => {
      const { compiled, open_driver, vector_suite } = globalThis.shopbell;
      return vector_suite(await open_driver(await compiled(wasm)), wanted, vectors);
    }, [base64_of(vectors_file), name, file]);
    assert.deepEqual(faults, []);
    assert.ok(checked > 0, "nothing was checked");
  });
}
