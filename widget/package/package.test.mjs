// The npm package as a bundler, Node and TypeScript find it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

const root = new URL("../..", import.meta.url).pathname;
const folder = join(root, "build/package");
const run = (...command) =>
  execFileSync(process.execPath, command, { cwd: root, encoding: "utf8" });

run("scripts/build_package.mjs");
const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

test("publint finds nothing to mend", async () => {
  const { messages } = await publint({ pkgDir: folder, strict: true });
  assert.deepEqual(messages.map((message) => formatMessage(message, manifest)), []);
});

test("its types are right for every way of importing it", () => {
  const report = run(
    "node_modules/@arethetypeswrong/cli/dist/index.js", "--pack", folder, "--format", "json",
  );
  const { analysis } = JSON.parse(report);
  assert.deepEqual(analysis.problems, []);
  assert.equal(analysis.types.kind, "included");
});

test("both kinds of module give load", async () => {
  assert.equal(typeof (await import(join(folder, "index.js"))).load, "function");
  const said = run("-p", `typeof require(${JSON.stringify(join(folder, "index.cjs"))}).load`);
  assert.equal(said.trim(), "function");
});
