// Runs every *.test.mjs and *.test.ts of tests/ (but tests/e2e), web/ and widget/ under
// node --test. TypeScript is bundled into build/node-tests first, packages stay outside.
// Usage: node scripts/node_tests.mjs [PATH-PART...]: only tests whose path contains a part.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const root = new URL("..", import.meta.url).pathname;
const bundled = join(root, "build/node-tests");

function tests_below(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      return entry.name === "node_modules" || path === "tests/e2e" ? [] : tests_below(path);
    }
    return /\.test\.(mjs|ts|tsx)$/.test(entry.name) ? [path] : [];
  });
}

const wanted = process.argv.slice(2);
const tests = ["tests", "web", "widget"]
  .flatMap(tests_below)
  .filter((path) => !wanted.length || wanted.some((part) => path.includes(part)));
const typed = tests.filter((path) => !path.endsWith(".mjs"));
const plain = tests.filter((path) => path.endsWith(".mjs"));

rmSync(bundled, { recursive: true, force: true });
await build({
  entryPoints: typed.map((path) => join(root, path)),
  outdir: bundled,
  outbase: root,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  packages: "external",
  platform: "node",
  format: "esm",
  target: "node20",
  sourcemap: "inline",
  jsx: "automatic",
  jsxImportSource: "preact",
  logLevel: "warning",
});

mkdirSync(join(root, "build/results"), { recursive: true });
const result_file = join(root, "build/results/node.tap");
rmSync(result_file, { force: true });
const files = [
  ...plain.map((path) => join(root, path)),
  ...typed.map((path) => join(bundled, path.replace(/\.tsx?$/, ".mjs"))),
];
if (files.length === 0) {
  console.error("node_tests: no test found");
  process.exit(1);
}
const run = spawnSync(
  process.execPath,
  [
    "--test",
    "--enable-source-maps",
    "--test-reporter=spec",
    "--test-reporter-destination=stdout",
    "--test-reporter=tap",
    `--test-reporter-destination=${result_file}`,
    ...files,
  ],
  { cwd: root, stdio: "inherit" },
);
process.exit(run.status ?? 1);
