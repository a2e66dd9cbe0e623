// Holds core.wasm to what is agreed: its imports are exactly wasm/imports.txt (a new one would be a
// new power of the host, or a stubbed random source), its exports contain wasm/exports.txt, and it
// stays below the size gate. Usage: node scripts/check_wasm.mjs [core.wasm]
import { readFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";

const BROTLI_BYTES_MAX = 100 * 1024;
const root = new URL("..", import.meta.url);
const list = (name) =>
  readFileSync(new URL(name, root), "utf8")
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim())
    .filter(Boolean);

const file = process.argv[2] ?? new URL("build/wasm/core.wasm", root);
const bytes = readFileSync(file);
const module = new WebAssembly.Module(bytes);
const problems = [];

const imports = WebAssembly.Module.imports(module).map((i) => `${i.module}.${i.name}`);
const allowed = list("wasm/imports.txt");
for (const name of imports.filter((i) => !allowed.includes(i))) {
  problems.push(`import ${name} is not in wasm/imports.txt`);
}
for (const name of allowed.filter((i) => !imports.includes(i))) {
  problems.push(`wasm/imports.txt lists ${name}, which core.wasm does not import; remove it`);
}
const exports = WebAssembly.Module.exports(module).map((e) => e.name);
for (const name of list("wasm/exports.txt").filter((e) => !exports.includes(e))) {
  problems.push(`wasm/exports.txt lists ${name}, which core.wasm does not export`);
}

const packed = brotliCompressSync(bytes, {
  params: {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: 22,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  },
}).length;
if (packed > BROTLI_BYTES_MAX) {
  problems.push(`core.wasm is ${packed} bytes in brotli, the gate is ${BROTLI_BYTES_MAX}`);
}

console.log(`core.wasm: ${bytes.length} bytes, ${packed} in brotli (gate ${BROTLI_BYTES_MAX})`);
for (const problem of problems) {
  console.error(`check_wasm: ${problem}`);
}
process.exit(problems.length ? 1 : 0);
