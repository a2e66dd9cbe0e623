// Bundles what browsers load into build/web, with precompressed twins and a manifest:
//   /shopbell.js                  the loader, one file, no dependency, keeps its name
//   /widget/panel.js              its second half, for the first open; keeps its name
//   /widget/later/login-H.js      a third part of it, where the page's people log in
//   /widget/frame.html            the conversation; its scripts carry their hash
//   /widget/words/LOCALE-H.js     what it says first, of which it fetches one language
//   /widget/later/rest-H.js       the other half of its script, and its style; fetched when
//                                 somebody begins to use it
//   /widget/later/words/LOCALE-H.js   what that half says
//   /widget/later/tools-H.js      what the frame fetches once there is something to do with it
//   /widget/later/cards-H.js      and what it fetches once there is a card
//   /widget/later/media-H.js      pictures, films and files, for frame and console
//   /widget/later/link-H.js       a further device of the same person, once he wants one
//   /engine/worker-H.js, core-H.wasm
//   /engine/media-H.js, blob-H.wasm   the worker of files, fetched with the first one
//   /widget/play-H.js, /console/play-H.js   lets films play before they are whole
//   /console/index.html           the agents' workplace; /console/core-H.wasm is its own core
//   /demo/**                      the demo shop, copied
// Bundles learn the hashed names from defines, relative to the asset root, so that the whole
// directory can be served from any path: __WORKER_URL__, __WASM_URL__, __FRAME_URL__,
// __MEDIA_URL__, __BLOB_WASM_URL__, __PANEL_URL__, __LOGIN_URL__; the frame's inline script those
// of all its later parts, __FILES__.
// The halves of loader and frame get their style sheets the same way: __LOADER_CSS__,
// __PANEL_CSS__, __FRAME_CSS__, __REST_CSS__.
// Does nothing when no input changed since the manifest was written. With --partial it leaves out,
// by name, what has no input yet; without, that is an error.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, relative } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = new URL("..", import.meta.url).pathname;
const out = join(root, "build/web");
const wasm = join(root, "build/wasm/core.wasm");
const blob_wasm = join(root, "build/wasm/blob.wasm");
const team_wasm = join(root, "build/wasm/console.wasm");
const TEXT = new Set([".html", ".js", ".css", ".svg", ".json", ".txt", ".wasm", ".ics"]);

function files_below(folder) {
  if (!existsSync(folder)) {
    return [];
  }
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? files_below(path) : [path];
    });
}

const hash_of = (bytes) => createHash("sha256").update(bytes).digest("hex");

const partial = process.argv.includes("--partial");

// False, or the end of the program, when an input is missing.
function has(path, remedy) {
  if (existsSync(join(root, path))) {
    return true;
  }
  console.error(`build_web: ${path} is missing; ${remedy}`);
  if (!partial) {
    process.exit(1);
  }
  return false;
}

function inputs_hash() {
  const hash = createHash("sha256");
  const own = ["package-lock.json", "tsconfig.base.json", "scripts/build_web.mjs"];
  const inputs = ["web", "widget"].flatMap((folder) => files_below(join(root, folder)));
  const modules = [wasm, blob_wasm, team_wasm];
  const all = [...own.map((name) => join(root, name)), ...inputs, ...modules];
  for (const path of all.filter(existsSync)) {
    hash.update(relative(root, path)).update("\0").update(hash_of(readFileSync(path)));
  }
  return hash.digest("hex");
}

const emitted = new Map();

function emit(path, bytes, immutable, more) {
  emitted.set(path, { bytes: Buffer.from(bytes), immutable, more });
}

// Writes a file whose name carries its hash; returns that name, relative to the asset root.
function emit_hashed(stem, extension, bytes) {
  const path = `${stem}-${hash_of(bytes).slice(0, 10)}${extension}`;
  emit(path, bytes, true);
  return path;
}

const settings = {
  outdir: join(root, "build/never-written"),
  bundle: true,
  write: false,
  minify: true,
  legalComments: "none",
  charset: "utf8",
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  loader: { ".svg": "text" },
  logLevel: "warning",
};

async function bundle(entry, options) {
  const result = await build({ ...settings, entryPoints: [join(root, entry)], ...options });
  const text = (extension) => result.outputFiles.find((f) => f.path.endsWith(extension))?.text;
  return { script: text(".js"), style: text(".css") };
}

// A script in two halves that share their modules: the first holds all that it needs, the second
// takes from it what is there, under the first one's name.
async function halves(first, second, define) {
  const { outputFiles } = await build({
    ...settings,
    entryPoints: [first.entry, second.entry].map((path) => join(root, path)),
    splitting: true,
    chunkNames: "shared",
    define,
  });
  // The second imports the first, so all of the first is in what they share.
  const text = (name) => outputFiles.find(({ path }) => basename(path) === name)?.text ?? "";
  const own = basename(second.entry).replace(/tsx$/, "js");
  if (outputFiles.length !== 3 || !text("shared.js")) {
    throw new Error(`${second.entry} has to import ${first.entry}, and nothing imports it`);
  }
  const first_path = emit_hashed(first.stem, ".js", text("shared.js"));
  const beside = `./${relative(dirname(second.stem), first_path)}`.replace("./..", "..");
  const script = text(own).replaceAll('"./shared.js"', JSON.stringify(beside));
  const second_path = emit_hashed(second.stem, ".js", script);
  return { first: first_path, first_script: text("shared.js"), second: second_path };
}

// One page: its index.html refers to main.tsx and, if it likes, to style sheets beside it and to a
// script that cannot wait. That one is put into the page; the manifest has its hash for the policy.
// `main` is the path of the page's script, where that is made already.
async function page(folder, html_path, stem, define, main) {
  let html = readFileSync(join(root, folder, "index.html"), "utf8");
  const beside = (path) => `./${relative(dirname(html_path), path)}`;
  const { script, style } = main ? {} : await bundle(`${folder}/main.tsx`, { define });
  const script_path = main ?? emit_hashed(stem, ".js", script);
  const tag = /(<script\b[^>]*\bsrc=")(?:\.\/)?main\.tsx(")/;
  if (!tag.test(html)) {
    throw new Error(`${folder}/index.html: no <script src="./main.tsx">`);
  }
  html = html.replace(tag, `$1${beside(script_path)}$2`);
  const first = html.match(/<script src="(?:\.\/)?([\w-]+\.ts)"><\/script>/);
  let hash;
  if (first) {
    const text = (await bundle(`${folder}/${first[1]}`, { define, format: "iife" })).script.trim();
    html = html.replace(first[0], () => `<script>${text}</script>`);
    hash = `sha256-${createHash("sha256").update(text).digest("base64")}`;
  }
  for (const [link, href] of html.matchAll(/<link\b[^>]*\bhref="(?:\.\/)?([\w-]+\.css)"[^>]*>/g)) {
    const sheet = await bundle(`${folder}/${href}`, {});
    const path = emit_hashed(stem, ".css", sheet.style);
    html = html.replace(link, `<link rel="stylesheet" href="${beside(path)}">`);
  }
  if (style) {
    const path = emit_hashed(stem, ".css", style);
    html = html.replace("</head>", `<link rel="stylesheet" href="${beside(path)}">\n</head>`);
  }
  emit(html_path, html, false, hash && { script: hash });
}

// The frame's words, by language, in two files: those whose keys stand in its first script, and all
// others.
async function words_of_halves(first_script) {
  const { script } = await bundle("widget/frame/i18n/catalogs.ts", {});
  const { catalogs } = await import(`data:text/javascript,${encodeURIComponent(script)}`);
  const is_first = ([key]) => first_script.includes(`"${key}"`);
  const files = { words: {}, moreWords: {} };
  for (const [locale, all] of Object.entries(catalogs)) {
    const entries = Object.entries(all);
    const file = (stem, words) => {
      const text = `export const words=${JSON.stringify(Object.fromEntries(words))}`;
      return emit_hashed(`${stem}/${locale}`, ".js", text);
    };
    files.words[locale] = file("widget/words", entries.filter(is_first));
    const others = entries.filter((entry) => !is_first(entry));
    files.moreWords[locale] = file("widget/later/words", others);
  }
  return files;
}

// On a small file the encoder's guesses are worth more than one per cent: try its other ways.
const SMALL_BYTES = 16 * 1024;

function smallest_brotli(bytes) {
  const pack = (mode, window, more = {}) =>
    brotliCompressSync(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
        [constants.BROTLI_PARAM_MODE]: mode,
        [constants.BROTLI_PARAM_LGWIN]: window,
        ...more,
      },
    });
  const smaller = (best, each) => (each.length < best.length ? each : best);
  if (bytes.length > SMALL_BYTES) {
    const [mode, window] = [constants.BROTLI_MODE_GENERIC, constants.BROTLI_DEFAULT_WINDOW];
    const blocks = { [constants.BROTLI_PARAM_LGBLOCK]: 16 };
    const near = { [constants.BROTLI_PARAM_NDIRECT]: 1 };
    const far = { [constants.BROTLI_PARAM_NPOSTFIX]: 3, [constants.BROTLI_PARAM_NDIRECT]: 8 };
    return [{}, blocks, near, { ...blocks, ...far }]
      .map((more) => pack(mode, window, more))
      .reduce(smaller);
  }
  const { BROTLI_MODE_GENERIC, BROTLI_MODE_TEXT, BROTLI_MODE_FONT } = constants;
  return [BROTLI_MODE_GENERIC, BROTLI_MODE_TEXT, BROTLI_MODE_FONT]
    .flatMap((mode) => [16, 18, 22].map((window) => pack(mode, window)))
    .reduce(smaller);
}

function write_all(inputs) {
  rmSync(out, { recursive: true, force: true });
  const files = [];
  const sorted = [...emitted].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [path, { bytes, immutable, more }] of sorted) {
    const target = join(out, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, bytes);
    const entry = { path, bytes: bytes.length, sha256: hash_of(bytes), immutable, ...more };
    if (TEXT.has(extname(path))) {
      const br = smallest_brotli(bytes);
      const gz = gzipSync(bytes, { level: 9 });
      writeFileSync(`${target}.br`, br);
      writeFileSync(`${target}.gz`, gz);
      Object.assign(entry, { br: br.length, gz: gz.length });
    }
    files.push(entry);
  }
  writeFileSync(join(out, "manifest.json"), `${JSON.stringify({ inputs, files }, null, 1)}\n`);
}

const inputs = inputs_hash() + (partial ? " partial" : "");
const manifest = join(out, "manifest.json");
if (existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).inputs === inputs) {
  process.exit(0);
}

const sheet = async (path) => JSON.stringify((await bundle(path, {})).style.trim());
const define = {
  __WASM_URL__: '""',
  __WORKER_URL__: '""',
  __MEDIA_URL__: '""',
  __BLOB_WASM_URL__: '""',
  __PLAY_URL__: '""',
  __FRAME_URL__: JSON.stringify("widget/frame.html"),
};
if (has("build/wasm/core.wasm", "./run build makes it")) {
  define.__WASM_URL__ = JSON.stringify(emit_hashed("engine/core", ".wasm", readFileSync(wasm)));
}
if (has("web/engine/src/worker.ts", "it is the worker's entry")) {
  const { script } = await bundle("web/engine/src/worker.ts", { define });
  define.__WORKER_URL__ = JSON.stringify(emit_hashed("engine/worker", ".js", script));
}
if (has("build/wasm/blob.wasm", "./run build makes it: without it nobody can send a file")) {
  const { script: play } = await bundle("web/engine/src/worker_play.ts", { format: "iife" });
  // A service worker answers for the pages beside it.
  const twins = ["widget", "console"].map((app) => emit_hashed(`${app}/play`, ".js", play));
  define.__PLAY_URL__ = JSON.stringify(basename(twins[0]));
  const path = emit_hashed("engine/blob", ".wasm", readFileSync(blob_wasm));
  define.__BLOB_WASM_URL__ = JSON.stringify(path);
  const { script } = await bundle("web/engine/src/worker_media.ts", { define });
  define.__MEDIA_URL__ = JSON.stringify(emit_hashed("engine/media", ".js", script));
}
if (has("widget/loader/loader.ts", "it is the loader's entry")) {
  define.__PANEL_URL__ = JSON.stringify("widget/panel.js");
  define.__LOADER_CSS__ = await sheet("widget/loader/loader.css");
  define.__PANEL_CSS__ = await sheet("widget/loader/panel/panel.css");
  // Without the 20 bytes of "use strict".
  const classic = { define, format: "iife", target: "es2020", tsconfigRaw: "{}" };
  const { script: first } = await bundle("widget/loader/loader.ts", classic);
  // A page in another encoding, on a host that names none for scripts, would spoil its words.
  emit("shopbell.js", `\ufeff${first}`, false);
  const second = { define, target: "es2020" };
  const { script: login } = await bundle("widget/loader/panel/login.ts", second);
  const login_path = emit_hashed("widget/later/login", ".js", login);
  second.define = { ...define, __LOGIN_URL__: JSON.stringify(login_path) };
  const { script: second_half } = await bundle("widget/loader/panel/panel.ts", second);
  emit("widget/panel.js", second_half, false);
}
if (has("widget/frame/cards.ts", "it draws cards")) {
  const { script } = await bundle("widget/frame/cards.ts", {
    define: { ...define, __CARDS_CSS__: await sheet("web/ui/cards.css") },
  });
  define.__CARDS_URL__ = JSON.stringify(emit_hashed("widget/later/cards", ".js", script));
}
if (has("web/ui/src/media/index.tsx", "it shows files")) {
  const { script } = await bundle("web/ui/src/media/index.tsx", {
    define: { ...define, __MEDIA_CSS__: await sheet("web/ui/media.css") },
  });
  define.__PARTS_URL__ = JSON.stringify(emit_hashed("widget/later/media", ".js", script));
}
if (has("widget/frame/index.html", "it is the frame's page")) {
  define.__FRAME_CSS__ = await sheet("widget/frame/frame.css");
  define.__REST_CSS__ = await sheet("widget/frame/rest.css");
  const { script: tools } = await bundle("widget/frame/later.ts", {
    define: { ...define, __TOOLS_CSS__: await sheet("web/ui/tools.css") },
  });
  const { first, first_script, second } = await halves(
    { entry: "widget/frame/main.tsx", stem: "widget/frame" },
    { entry: "widget/frame/rest.tsx", stem: "widget/later/rest" },
    define,
  );
  const { script: link } = await bundle("widget/frame/link/link.tsx", {
    define: { ...define, __LINK_CSS__: await sheet("widget/frame/link/link.css") },
  });
  const files = {
    rest: second,
    tools: emit_hashed("widget/later/tools", ".js", tools),
    link: emit_hashed("widget/later/link", ".js", link),
  };
  Object.assign(files, await words_of_halves(first_script));
  const with_files = { ...define, __FILES__: JSON.stringify(files) };
  await page("widget/frame", "widget/frame.html", "widget/frame", with_files, first);
}
if (has("web/console/index.html", "it is the console's page") && existsSync(wasm)) {
  // What an older build left is one for both.
  const own = readFileSync(existsSync(team_wasm) ? team_wasm : wasm);
  const __WASM_URL__ = JSON.stringify(emit_hashed("console/core", ".wasm", own));
  await page("web/console", "console/index.html", "console/main", { ...define, __WASM_URL__ });
}
for (const path of files_below(join(root, "web/demo"))) {
  emit(`demo/${relative(join(root, "web/demo"), path)}`, readFileSync(path), false);
}
write_all(inputs);
