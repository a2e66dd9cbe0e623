// What the tests of the engine package share: its TypeScript, bundled on the fly, and seams that a
// test holds in its hand.
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

export const root = new URL("../..", import.meta.url).pathname;

/** Modules of web/engine/src, e.g. "codec.ts", as one; a class of two calls is two classes. */
export async function engine(...files) {
  const folder = join(root, "build/test-wasm");
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `${files.join("-").replaceAll(".ts", "")}-${process.pid}.mjs`);
  const contents = files.map((file) => `export * from "./${file}";`).join("\n");
  await build({
    stdin: { contents, resolveDir: join(root, "web/engine/src"), loader: "ts" },
    outfile,
    bundle: true,
    format: "esm",
    target: "es2022",
    logLevel: "warning",
  });
  return import(outfile);
}

export const wasm_file = process.env.SHOPBELL_WASM ?? join(root, "build/wasm/core.wasm");
export const load_core = () => new WebAssembly.Module(readFileSync(wasm_file));

/** Bytes of a seeded generator: the same seed gives the same device. */
export function seeded_entropy(seed) {
  let state = seed >>> 0 || 1;
  return {
    fill(out) {
      for (let i = 0; i < out.length; i++) {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        out[i] = state & 255;
      }
    },
  };
}

/** A clock that stands still until the test moves it. */
export class FakeClock {
  time = 1_700_000_000_000;
  timers = new Set();

  now = () => this.time;
  after(delay, callback) {
    const timer = { at: this.time + delay, callback };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }
  pass(ms) {
    this.time += ms;
    for (const timer of [...this.timers]) {
      if (timer.at <= this.time && this.timers.delete(timer)) timer.callback();
    }
  }
}

/** Links that go nowhere: the test plays the relay. */
export class FakeTransport {
  links = [];

  connect(events) {
    const link = { events, sent: [], dropped: false, closes: 0 };
    link.send = (bytes) => link.sent.push(bytes);
    link.close = () => link.closes++;
    link.drop = () => (link.dropped = true);
    this.links.push(link);
    return link;
  }
}

/** Resolves once `holds` gives something true; looked at after every task. */
export async function until(holds, what) {
  for (let turns = 0; turns < 10_000; turns++) {
    const value = holds();
    if (value) return value;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`never came: ${what}`);
}
