// What the second implementation wrote, read by the core as wasm. Chromium does the same in
// chromium.test.mjs, native code in tests/unit/core.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { vector_cases, vectors_file } from "./vectors.mjs";
import { open_driver } from "./vectors_call.mjs";
import { vector_names, vector_suite } from "./vectors_suite.mjs";

const call = await open_driver(new WebAssembly.Module(readFileSync(vectors_file)));

test("every file of vectors has its cases", () => {
  assert.deepEqual([...vector_names].sort(), Object.keys(vector_cases).sort());
});

for (const [name, file] of Object.entries(vector_cases)) {
  test(`vectors in wasm: ${name}`, () => {
    const { checked, faults } = vector_suite(call, name, file);
    assert.deepEqual(faults, []);
    assert.ok(checked > 0, "nothing was checked");
  });
}

test("a vector with one bit turned is noticed", () => {
  const changed = structuredClone(vector_cases.mark);
  const { signed } = changed.marks[0];
  changed.marks[0].signed = `${signed.slice(0, -1)}${signed.endsWith("0") ? "1" : "0"}`;
  assert.equal(vector_suite(call, "mark", changed).faults.length, 2);
});
