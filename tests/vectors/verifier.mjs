// Bundles web/verify for Node into build/verify, so that tests need no build step before them.
import { mkdirSync, renameSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const folder = path("../../build/verify");
const written = `${folder}/${process.pid}.mjs`;
const bundled = `${folder}/index.mjs`;

mkdirSync(folder, { recursive: true });
await build({
  entryPoints: [path("../../web/verify/src/index.ts")],
  outfile: written,
  bundle: true,
  format: "esm",
  platform: "neutral",
  target: "es2022",
  logLevel: "warning",
});
// Others may bundle at the same time; each sees a whole file.
renameSync(written, bundled);

// Everything that web/verify/src/index.ts exports.
export const verifier = await import(bundled);
