// ./run fuzz: each decoder under libFuzzer for a while, from its corpus, and what it did counted.
//   --quick     20 s each
//   --for 10m   so long each (s, m or h)
//   NAME...     only these targets
// What is found on the way is kept in build/fuzz/found; an input that breaks a promise ends the run
// of its target and lies in build/fuzz/broken, to be added to tests/fuzz/corpus as a line of hex.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { parseArgs } from "node:util";

const root = new URL("../..", import.meta.url).pathname;
const { values: flags, positionals } = parseArgs({
  options: { quick: { type: "boolean" }, for: { type: "string", default: "1m" } },
  allowPositionals: true,
});
const [, count, unit] = (flags.quick ? "20s" : flags.for).match(/^(\d+)([smh])$/) ?? [];
if (!count) {
  console.error("fuzz: --for takes a time like 20s, 10m or 1h");
  process.exit(2);
}
const seconds = Number(count) * { s: 1, m: 60, h: 3600 }[unit];
const known = readdirSync(`${root}tests/fuzz/corpus`).map((name) => name.replace(".hex", ""));
const unknown = positionals.filter((name) => !known.includes(name));
if (unknown.length) {
  console.error(`fuzz: no target ${unknown.join(", ")}; there are ${known.join(", ")}`);
  process.exit(2);
}

function unpack(name) {
  const folder = `${root}build/fuzz/found/${name}`;
  mkdirSync(folder, { recursive: true });
  const lines = readFileSync(`${root}tests/fuzz/corpus/${name}.hex`, "utf8").split("\n");
  for (const line of lines.filter((each) => each && !each.startsWith("#"))) {
    const bytes = Buffer.from(line, "hex");
    writeFileSync(`${folder}/${createHash("sha1").update(bytes).digest("hex")}`, bytes);
  }
  return folder;
}

function fuzz(name) {
  const broken = `${root}build/fuzz/broken/`;
  mkdirSync(broken, { recursive: true });
  const options = [`--target=${name}`, `-max_total_time=${seconds}`, "-max_len=8192",
    "-print_final_stats=1", "-timeout=20", "-rss_limit_mb=2048",
    `-artifact_prefix=${broken}${name}-`, unpack(name)];
  const run = spawnSync(`${root}build/fuzz/fuzz`, options, { encoding: "utf8",
    maxBuffer: 1 << 28 });
  const done = run.stderr.match(/number_of_executed_units:\s*(\d+)/)?.[1] ?? "0";
  const covered = run.stderr.match(/cov: (\d+)/g)?.at(-1)?.slice(5) ?? "0";
  const ok = run.status === 0;
  console.log(`| ${name} | ${Number(done).toLocaleString("en-US")} | ${covered} |` +
    `${ok ? "" : " BROKEN"}`);
  if (!ok) {
    console.error(run.stderr.slice(-4000));
  }
  return { ok, done: Number(done) };
}

console.log(`| target, ${seconds} s each | executions | edges covered |\n|---|---|---|`);
const results = (positionals.length ? positionals : known).map(fuzz);
const sum = results.reduce((total, { done }) => total + done, 0);
const bad = results.filter(({ ok }) => !ok).length;
console.log(`${results.length} targets, ${sum.toLocaleString("en-US")} executions, ${bad} broken`);
process.exit(bad ? 1 : 0);
