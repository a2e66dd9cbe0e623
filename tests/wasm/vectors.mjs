// The files of tests/vectors and the program that reads them, for Node.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./engine.mjs";

const folder = join(root, "tests/vectors");

export const vectors_file = process.env.SHOPBELL_VECTORS_WASM ??
  join(root, "build/wasm/vectors.wasm");

/** Each file by its name without ".json". */
export const vector_cases = Object.fromEntries(
  readdirSync(folder).filter((name) => name.endsWith(".json")).map((name) =>
    [name.replace(".json", ""), JSON.parse(readFileSync(join(folder, name), "utf8"))]),
);
