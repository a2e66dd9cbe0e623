import assert from "node:assert/strict";
import { test } from "node:test";
import { engine } from "./engine.mjs";
import { storage_cases } from "./storage_suite.mjs";

const { MemoryStorage } = await engine("storage_memory.ts");

for (const [name, run] of Object.entries(storage_cases)) {
  test(`memory: ${name}`, () => run(async () => new MemoryStorage(), assert.ok));
}
