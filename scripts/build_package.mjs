// Makes the npm package @shopbell/widget in build/package: both kinds of module from one source,
// and the types beside each.
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const root = new URL("..", import.meta.url).pathname;
const from = join(root, "widget/package");
const out = join(root, "build/package");

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
for (const [format, name] of [["esm", "index.js"], ["cjs", "index.cjs"]]) {
  await build({
    entryPoints: [join(from, "load.ts")],
    outfile: join(out, name),
    format,
    target: "es2020",
    charset: "utf8",
    logLevel: "warning",
  });
}
copyFileSync(join(from, "index.d.ts"), join(out, "index.d.ts"));
copyFileSync(join(from, "index.d.ts"), join(out, "index.d.cts"));
for (const name of ["package.json", "README.md"]) {
  copyFileSync(join(from, name), join(out, name));
}
