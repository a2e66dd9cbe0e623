// The tree's own rules, checked like any test. Prints "file:line: what; what to do instead" for
// each breach and fails if there is one. `node scripts/tidy.mjs --self-test` plants one breach of
// each rule in memory and fails if it goes unseen.
import { readFileSync, readdirSync, statSync } from "node:fs";
import { dirname, extname, join, normalize } from "node:path";

const COLUMNS_MAX = 100;
const LINES_MAX = 700;
const BINARY_BYTES_MAX = 1024 * 1024;
const CODE = new Set(
  ".cpp .h .c .ts .tsx .mjs .js .cmake .sh .css .html .proto .py".split(" "),
);
const root = new URL("..", import.meta.url).pathname;

const is_code = (path) => CODE.has(extname(path)) || /(^|\/)(run|CMakeLists\.txt)$/.test(path);
const is_test = (path) => /^tests\//.test(path) || /\.test\.\w+$/.test(path);
const is_ui = (path) => /^(web|widget)\//.test(path) && !is_test(path);
const may_hold_words = (path) =>
  is_test(path) || /(^|\/)i18n\//.test(path) || /^web\/demo\//.test(path) ||
  /^server\/desk\/.*(greeting|words)/.test(path) || /\.md$/.test(path);

// Words that this very file has to spell are put together, so that it passes its own rules.
const word = (...parts) => new RegExp(parts.join(""));
const in_core = (path) => /^(core\/(src|include)|wasm)\//.test(path);

// what: [rule, where it holds, what it looks like, what to do instead]
const BANNED = [
  ["marker", is_code, word("\\b(FIX", "ME|TO", "DO|X", "XX)\\b"), "do it now or open an issue"],
  ["clock in the core", in_core, /::now\s*\(|\btime\s*\(\s*(NULL|nullptr|0)\s*\)/,
    "take the time from the Tick input"],
  ["randomness in the core", in_core, /\brandom_device\b|\bs?rand\s*\(/,
    "draw from the Entropy input"],
  ["thread in the core", in_core, /std::(thread|jthread|mutex|async|this_thread)\b/,
    "the core is single-threaded; the host decides"],
  ["stream in the core", in_core, /[<"](iostream|fstream|sstream|cstdio|stdio\.h|filesystem)[>"]/,
    "return bytes or an Event; hosts do I/O"],
  ["Boost in the core", in_core, /[<"]boost\//, "the core knows libsodium only"],
  ["exception in the core", in_core, /\bthrow\s|\btry\s*\{|\bdynamic_cast\b/, "return Result<T>"],
  ["Asio in logic", (p) => /^server\/(relay|store|bus|blob)\//.test(p), /[<"]boost\/(asio|beast)/,
    "keep it in server/net; logic is sans I/O"],
  ["any target origin", is_ui, /postMessage\([^;]*["']\*["']/, "name the origin"],
  ["single listener", is_ui, /\bonmessage\s*=/, "addEventListener('message', ...)"],
  ["markup from strings", is_ui,
    /\b(inner|outer)HTML\b|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write\b/,
    "textContent, createElement or JSX"],
  ["weak randomness", is_ui, /\bMath\.random\b/, "crypto.getRandomValues"],
  ["code from strings", is_ui, /\beval\s*\(|\bnew Function\s*\(/, "call a function"],
  ["any", (p) => /\.tsx?$/.test(p) && !is_test(p), /(:\s*any\b|\bas any\b|<any>)/,
    "name the type, or unknown"],
  ["sleeping test", (p) => /^tests\//.test(p),
    /\bsleep_for\b|\bsleep_until\b|waitForTimeout|\busleep\s*\(/, "wait for a condition"],
  ["skipped test", is_test, /\b(test|it|describe)\.(only|skip)\b|\bGTEST_SKIP\b|\bDISABLED_/,
    "run it or remove it"],
  ["package registry", (p) => p !== "scripts/tidy.mjs",
    /registry\.(npmjs\.org|yarnpkg\.com)|npmmirror\.com|pypi\.org|crates\.io|\bdeb\.debian\.org/,
    "leave the address to the machine's own configuration"],
  ["download address", (p) => /package-lock\.json$/.test(p), /"resolved":\s*"http/,
    "npm i with omit-lockfile-registry-resolved (it stands in .npmrc)"],
  ["path of one machine", (p) => p !== "scripts/tidy.mjs", /\/work\/(main|shared)\b|\/home\/\w+\//,
    "a path relative to the repository"],
];

// Layers from the bottom up; a file may only include or import from the layers named.
const LAYERS = [
  ["core", ["core"]],
  ["wasm", ["core", "wasm"]],
  ["server", ["core", "server"]],
  ["web/engine", ["web/engine"]],
  ["web/verify", ["web/verify"]],
  ["web/console", ["web/engine", "web/console", "web/ui"]],
  ["web/ui", ["web/engine", "web/ui"]],
  ["widget/loader", ["widget/loader"]],
  ["widget/frame", ["web/engine", "web/ui", "widget/frame"]],
];
const layer_of = (path) => LAYERS.map(([name]) => name).find((name) => path.startsWith(`${name}/`));

function check_imports(path, lines, report) {
  const layer = layer_of(path);
  if (!layer || is_test(path)) {
    return;
  }
  const allowed = LAYERS.find(([name]) => name === layer)[1];
  lines.forEach((line, index) => {
    const target = line.match(/^\s*#\s*include\s+"(\.{1,2}\/[^"]+)"/)?.[1] ??
      line.match(/\b(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/)?.[1];
    if (!target) {
      return;
    }
    const reached = normalize(join(dirname(path), target));
    if (reached.startsWith("..") || !allowed.some((name) => reached.startsWith(`${name}/`))) {
      report(index, `${layer} reaches into ${reached}`, `only ${allowed.join(", ")}`);
    }
  });
}

// Returns the breaches of one text file, as "path:line: what; what to do".
function breaches_of(path, text) {
  const found = [];
  const report = (index, what, instead) => found.push(`${path}:${index + 1}: ${what}; ${instead}`);
  const lines = text.split("\n");
  if (is_code(path)) {
    const generated = /generated by scripts\//i.test(lines[0]);
    if (lines.length > LINES_MAX + 1 && !generated) {
      report(LINES_MAX, `${lines.length - 1} lines, the limit is ${LINES_MAX}`, "split the file");
    }
    lines.forEach((line, index) => {
      if ([...line].length > COLUMNS_MAX && !/https?:\/\/\S{60,}/.test(line)) {
        report(index, `more than ${COLUMNS_MAX} columns`, "break the line");
      }
      if (/\s$/.test(line)) {
        report(index, "space at the end of the line", "remove it");
      }
      if (!may_hold_words(path) && /[^\t\x20-\x7e]/.test(line)) {
        report(index, "not ASCII", "put words into a catalog (i18n/), or use an escape");
      }
    });
    check_imports(path, lines, report);
  }
  for (const [what, where, pattern, instead] of BANNED) {
    if (where(path)) {
      lines.forEach((line, index) => {
        const code = what === "marker" ? line : line.replace(/^\s*(\/\/|\*|#(?!\s*include)).*/, "");
        if (pattern.test(code)) {
          report(index, what, instead);
        }
      });
    }
  }
  return found;
}

// What stands in .gitignore; the tree is walked without git, which a clean machine may lack.
const IGNORED =
  /^(\.git|build|\.cache)$|(^|\/)(node_modules|test-results|playwright-report)$|\/src\/gen$/;

function files_below(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder ? `${folder}/${entry.name}` : entry.name;
    if (IGNORED.test(path)) {
      return [];
    }
    return entry.isDirectory() ? files_below(path) : entry.isFile() ? [path] : [];
  });
}

function check_tree() {
  const breaches = [];
  for (const path of files_below("")) {
    const full = join(root, path);
    const size = statSync(full, { throwIfNoEntry: false })?.size;
    if (size === undefined) {
      continue;
    }
    const bytes = readFileSync(full);
    if (bytes.includes(0)) {
      if (size > BINARY_BYTES_MAX) {
        breaches.push(`${path}:1: binary of ${size} bytes; generate it, or keep it below 1 MiB`);
      }
      continue;
    }
    breaches.push(...breaches_of(path, bytes.toString("utf8")));
  }
  return breaches;
}

function self_test() {
  const long = "x".repeat(COLUMNS_MAX + 1);
  const planted = [
    ["core/src/a.cpp", long], ["core/src/a.cpp", "// \u00e9"], ["server/a.cpp", "int a; "],
    ["server/a.cpp", "\n".repeat(LINES_MAX + 2)], ["server/a.cpp", "// TO" + "DO"],
    ["core/src/a.cpp", "auto t = clock::now();"], ["core/src/a.cpp", "std::random_device d;"],
    ["core/src/a.cpp", "std::thread t;"], ["core/src/a.cpp", "#include <fstream>"],
    ["core/src/a.cpp", "#include <boost/json.hpp>"], ["core/src/a.cpp", "throw 1;"],
    ["server/relay/a.cpp", "#include <boost/asio.hpp>"],
    ["widget/a.ts", "w.postMessage(m, '*');"], ["widget/a.ts", "w.onmessage = f;"],
    ["web/a.ts", "e.innerHTML = s;"], ["web/a.ts", "Math.random();"], ["web/a.ts", "eval(s);"],
    ["web/a.ts", "let a: any;"], ["tests/a.cpp", "std::this_thread::sleep_for(1s);"],
    ["tests/a.test.ts", "test.only('x', f);"], ["a.md", "https://registry.npmjs.org/"],
    ["package-lock.json", '"resolved": "https://x"'], ["a.md", "/ho" + "me/ann/run"],
    ["core/src/a.cpp", '#include "../../server/x.h"'],
    ["web/engine/src/a.ts", 'import { x } from "../../console/x.ts";'],
  ];
  return planted
    .filter(([path, text]) => breaches_of(path, text).length === 0)
    .map(([path, text]) => `${path}:1: planted breach not seen: ${text.slice(0, 60)}`);
}

const breaches = process.argv.includes("--self-test") ? self_test() : check_tree();
for (const breach of breaches) {
  console.error(breach);
}
if (breaches.length) {
  console.error(`tidy: ${breaches.length} to mend`);
}
process.exit(breaches.length ? 1 : 0);
