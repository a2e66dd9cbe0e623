// Size gates of what a shop's page and a first open cost: brotli bytes and requests, as
// build/web/manifest.json has them.
import { readFileSync } from "node:fs";

const LOADER_BYTES_MAX = 3000;
const FIRST_OPEN_BYTES_MAX = 130 * 1024;
const FIRST_OPEN_REQUESTS_MAX = 6;
/** With what is fetched when somebody begins to write. */
const FIRST_WORDS_BYTES_MAX = 140 * 1024;

const { files } = JSON.parse(
  readFileSync(new URL("../build/web/manifest.json", import.meta.url), "utf8"),
);
const packed = (file) => file.br ?? file.bytes;
const loader = files.find((file) => file.path === "shopbell.js");
// Of the languages the largest stands for the one that is fetched.
const largest = (folder) =>
  files
    .filter((file) => file.path.startsWith(folder) && file.path.endsWith(".js"))
    .sort((a, b) => packed(b) - packed(a))
    .slice(0, 1);
const words = largest("widget/words/");
const first_open = files
  .filter((file) => /^(widget\/(?!later\/|words\/|play-)|engine\/(?!media-|blob-))/.test(file.path))
  .concat(words);
const sum_of = (some) => some.reduce((sum, file) => sum + packed(file), 0);
const first_open_bytes = sum_of(first_open);
const then = largest("widget/later/rest-").concat(largest("widget/later/words/"));

for (const file of [loader, ...first_open, ...then]) {
  console.log(`${String(packed(file)).padStart(8)}  ${file.path}`);
}
const gates = [
  ["page before the first click", packed(loader), LOADER_BYTES_MAX, "bytes"],
  ["first open", first_open_bytes, FIRST_OPEN_BYTES_MAX, "bytes"],
  ["first open and first words", first_open_bytes + sum_of(then), FIRST_WORDS_BYTES_MAX, "bytes"],
  ["first open", first_open.length, FIRST_OPEN_REQUESTS_MAX, "requests"],
];
for (const [what, value, limit, unit] of gates) {
  const verdict = value <= limit ? "ok" : "TOO MUCH";
  console.log(`${what}: ${value} ${unit}, gate ${limit}: ${verdict}`);
}
process.exit(gates.every(([, value, limit]) => value <= limit) ? 0 : 1);
