// Sums up what ./run test left in build/results and prints the closing line, alone on its line:
// "N passed, N failed". A suite that failed without a case to show for it counts as one failure.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
const read = (name) => readFileSync(join(folder, name), "utf8");

// Programs under ctest are counted by their own cases, where they lived to write them down.
function count_ctest(name) {
  const preset = name.replace("ctest-", "");
  const counts = { passed: 0, failed: 0 };
  const xml = existsSync(join(folder, `${name}.xml`)) ? read(`${name}.xml`) : "";
  for (const [, program, status] of xml.matchAll(/<testcase name="([^"]+)"[^>]*status="(\w+)"/g)) {
    const cases = join(folder, `../${preset}/results/${program}.json`);
    if (existsSync(cases)) {
      const { tests, failures, errors } = JSON.parse(readFileSync(cases, "utf8"));
      const failed = failures + errors;
      counts.passed += tests - failed;
      counts.failed += failed || Number(status !== "run");
    } else {
      counts[status === "run" ? "passed" : "failed"] += 1;
    }
  }
  return counts;
}

function count_node() {
  const tap = existsSync(join(folder, "node.tap")) ? read("node.tap") : "";
  const number = (word) => Number(tap.match(new RegExp(`^# ${word} (\\d+)`, "m"))?.[1] ?? 0);
  return { passed: number("pass"), failed: number("fail") + number("cancelled") };
}

function count_e2e() {
  if (!existsSync(join(folder, "e2e.json"))) {
    return { passed: 0, failed: 0 };
  }
  const { stats, suites } = JSON.parse(read("e2e.json"));
  for (const title of flaky_in(suites)) {
    console.log(`e2e: passed on another try: ${title}`);
  }
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected };
}

function flaky_in(suites = []) {
  return suites.flatMap(({ suites: inner, specs = [] }) => [
    ...specs.filter(({ tests }) => tests.some(({ status }) => status === "flaky"))
      .map(({ file, title }) => `${file}: ${title}`),
    ...flaky_in(inner),
  ]);
}

function count(name) {
  if (name.startsWith("ctest-")) {
    return count_ctest(name);
  }
  return { node: count_node, e2e: count_e2e }[name]?.() ?? { passed: 0, failed: 0 };
}

// What the simulator says it has played: "510 seeds, ..." or "13 of 13 found".
function told_by(name) {
  const log = join(folder, `../log/${name}.log`);
  if (!existsSync(log)) return "";
  const lines = readFileSync(log, "utf8").match(/^\d+ (seeds|of \d+).*$/gm);
  return lines ? ` (${lines.at(-1)})` : "";
}

let passed = 0;
let failed = 0;
const own_cases = /^(ctest-.*|node|e2e)$/;
for (const line of read("suites.txt").trim().split("\n")) {
  const [name, status] = line.split(" ");
  const ok = status === "0";
  const counts = count(name);
  if (!own_cases.test(name)) {
    counts[ok ? "passed" : "failed"] += 1;
  } else if (!ok && counts.failed === 0) {
    counts.failed = 1;
  } else if (ok && counts.passed === 0) {
    console.log(`${name}: ran no test`);
    counts.failed = 1;
  }
  const told = /^(sim|mutants)-/.test(name) ? told_by(name) : "";
  console.log(`${name}: ${counts.passed} passed, ${counts.failed} failed${told}`);
  passed += counts.passed;
  failed += counts.failed;
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
