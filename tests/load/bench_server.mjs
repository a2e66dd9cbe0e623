// Servers under test: started on a free loopback port with a directory of their own, stopped by
// their process id, never anybody else's.
import { execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { get } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";

const root = new URL("../..", import.meta.url).pathname;
const loadgen = join(root, "build/release/loadgen");
const shopbell = join(root, "build/release/shopbell");
const READY_MS_MAX = 20_000;
const STOP_MS_MAX = 30_000;
const RUN_MS_MAX = 15 * 60_000;

const run_file = promisify(execFile);
const started = new Set();
const scratch = mkdtempSync(join(tmpdir(), "shopbell-bench-"));
let directories = 0;

process.on("exit", () => {
  for (const child of started) {
    child.kill("SIGKILL");
  }
  rmSync(scratch, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => process.exit(130));
}

async function free_port() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const answers = (port, path) =>
  new Promise((resolve) => {
    const request = get({ host: "127.0.0.1", port, path, timeout: 1000 }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on("error", () => resolve(0));
    request.on("timeout", () => request.destroy());
  });

// The exit code, or why it did not even start.
const end_of = (child) =>
  new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve(code ?? signal));
    child.once("error", (error) => resolve(error.message));
  });

async function start(command, args, port, is_ready) {
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    said = (said + text).slice(-2000);
  });
  started.add(child);
  let gone = false;
  const ended = end_of(child).then(() => {
    gone = true;
    started.delete(child);
  });
  const deadline = Date.now() + READY_MS_MAX;
  while (!(await is_ready(port))) {
    if (gone || Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`${command} ${args.join(" ")} does not start:\n${said}`);
    }
    await wait(50);
  }
  return { child, ended };
}

async function stop({ child, ended }) {
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), STOP_MS_MAX);
  await ended;
  clearTimeout(late);
}

// A name that nothing has yet, below the directory that goes with this process.
export function new_directory(name) {
  return join(scratch, `${name}-${++directories}`);
}

// A relay with a made-up shop, from an empty directory.
export async function start_relay() {
  const port = await free_port();
  const data = new_directory("relay");
  const shop = `${data}.shop`;
  const url = `ws://127.0.0.1:${port}/ws`;
  await run_file(loadgen, ["prepare", "--url", url, "--shop", shop, "--data", data]);
  const args = ["relay", "--data", data, "--port", String(port)];
  const begin = () =>
    start(shopbell, args, port, async () => (await answers(port, "/readyz")) === 200);
  let process_now = await begin();
  const server = {
    name: "relay",
    data,
    target: ["--url", url, "--shop", shop],
    pid: () => process_now.child.pid,
    restart: async () => {
      await stop(process_now);
      process_now = await begin();
    },
    stop: async () => {
      await stop(process_now);
      rmSync(data, { recursive: true, force: true });
    },
  };
  return server;
}

// Relay, desk and demo shop as ./run demo starts them; `shops` and `console` are their addresses.
export async function start_demo() {
  const data = new_directory("demo");
  const assets = join(root, "build/web");
  const args = ["serve", "--demo", "--port", "0", "--data", data, "--assets", assets];
  const child = spawn(shopbell, args, { stdio: ["ignore", "pipe", "ignore"] });
  started.add(child);
  const ended = end_of(child).then(() => started.delete(child));
  const found = {};
  for await (const line of createInterface({ input: child.stdout })) {
    const [, name, url] = line.match(/^(shops|console|health): (\S+)/) ?? [];
    if (name) {
      found[name] = url;
    }
    if (found.shops && found.console && found.health) {
      break;
    }
  }
  if (!found.health) {
    throw new Error("shopbell serve --demo does not start");
  }
  child.stdout.resume();
  return {
    ...found,
    stop: async () => {
      await stop({ child, ended });
      rmSync(data, { recursive: true, force: true });
    },
  };
}

// One conversation of so many messages with the shop that is served there.
export async function write_talk(shops, messages) {
  const page = await (await fetch(shops)).text();
  const shop = page.match(/data-shop="([^"]+)"/)[1];
  const url = `ws://${new URL(shops).host}/ws`;
  const args = ["talk", "--url", url, `--shop=${shop}`, "--messages", String(messages)];
  await run_file(loadgen, args, { timeout: RUN_MS_MAX });
}

export async function start_baseline() {
  const port = await free_port();
  const data = new_directory("baseline");
  mkdirSync(data);
  const script = join(root, "tests/load/baseline/server.mjs");
  const args = [script, "--port", String(port), "--data", data];
  // The bare ws server answers a plain request with 426.
  const running = await start(process.execPath, args, port, async () =>
    (await answers(port, "/")) !== 0);
  return {
    name: "baseline",
    data,
    target: ["--url", `ws://127.0.0.1:${port}/ws`, "--baseline"],
    pid: () => running.child.pid,
    stop: async () => {
      await stop(running);
      rmSync(data, { recursive: true, force: true });
    },
  };
}

// Runs the generator against a server; returns what its last line of JSON says. `on_ready` is
// awaited when it prints {"ready": ...}; the server's process id is then written to it.
export async function generate(server, command, options, on_ready) {
  const args = [command, ...server.target, "--pid", String(server.pid())];
  for (const [name, value] of Object.entries(options)) {
    args.push(`--${name.replaceAll("_", "-")}`, String(value));
  }
  const child = spawn(loadgen, args, { stdio: ["pipe", "pipe", "pipe"] });
  started.add(child);
  let said = "";
  let last = null;
  child.stderr.setEncoding("utf8").on("data", (text) => {
    said += text;
  });
  const lines = createInterface({ input: child.stdout });
  const read = (async () => {
    for await (const line of lines) {
      last = JSON.parse(line);
      if ("ready" in last) {
        await on_ready();
        child.stdin.write(`${server.pid()}\n`);
      }
    }
  })();
  const late = setTimeout(() => child.kill("SIGKILL"), RUN_MS_MAX);
  const code = await end_of(child);
  clearTimeout(late);
  started.delete(child);
  await read;
  if (code !== 0 || !last) {
    throw new Error(`loadgen ${command} at the ${server.name}: ${said.trim() || `ended ${code}`}`);
  }
  return last;
}
