// Holds the modules to what is agreed: imports are exactly wasm/imports.txt (a new one
// would be a new power of the host, or a stubbed random source), exports contain the list of the
// module, and each stays below its size gate.
// Usage: node scripts/check_wasm.mjs [FILE.wasm...]
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

// By file: its exports, its gate. blob.wasm comes with the first file, never with the first open.
const MODULES = {
  "core.wasm": ["wasm/exports.txt", 100 * 1024],
  "console.wasm": ["wasm/exports.txt", 100 * 1024],
  "blob.wasm": ["wasm/blob_exports.txt", 10 * 1024],
};
const root = new URL("..", import.meta.url);
const list = (name) =>
  readFileSync(new URL(name, root), "utf8")
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim())
    .filter(Boolean);

function check(file) {
  const name = basename(file);
  const [exports_list, gate] = MODULES[name];
  const bytes = readFileSync(file);
  const module = new WebAssembly.Module(bytes);
  const problems = [];
  const imports = WebAssembly.Module.imports(module).map((i) => `${i.module}.${i.name}`);
  const allowed = list("wasm/imports.txt");
  for (const each of imports.filter((i) => !allowed.includes(i))) {
    problems.push(`import ${each} of ${name} is not in wasm/imports.txt`);
  }
  for (const each of allowed.filter((i) => !imports.includes(i))) {
    problems.push(`wasm/imports.txt lists ${each}, which ${name} does not import; remove it`);
  }
  const exports = WebAssembly.Module.exports(module).map((e) => e.name);
  for (const each of list(exports_list).filter((e) => !exports.includes(e))) {
    problems.push(`${exports_list} lists ${each}, which ${name} does not export`);
  }
  const packed = brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 22,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  }).length;
  if (packed > gate) {
    problems.push(`${name} is ${packed} bytes in brotli, the gate is ${gate}`);
  }
  console.log(`${name}: ${bytes.length} bytes, ${packed} in brotli (gate ${gate})`);
  return problems;
}

const given = process.argv.slice(2);
const files = given.length
  ? given
  : Object.keys(MODULES).map((name) => fileURLToPath(new URL(`build/wasm/${name}`, root)));
const problems = files.flatMap(check);
for (const problem of problems) {
  console.error(`check_wasm: ${problem}`);
}
process.exit(problems.length ? 1 : 0);
