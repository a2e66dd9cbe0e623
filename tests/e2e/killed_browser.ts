// A Chromium of its own with a profile that outlives it: killed as a whole, started again.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { chromium, type Browser, type BrowserContext } from "@playwright/test";

// However the test ends, no browser of it outlives it.
const running = new Set<ChildProcess>();
function endGroup(child: ChildProcess): void {
  running.delete(child);
  if (child.pid && child.exitCode === null && child.signalCode === null) {
    process.kill(-child.pid, "SIGKILL");
  }
}
process.on("exit", () => running.forEach(endGroup));

export class KilledBrowser {
  private constructor(
    private readonly child: ChildProcess,
    private readonly browser: Browser,
    readonly context: BrowserContext,
  ) {}

  static async start(profile: string): Promise<KilledBrowser> {
    const words = [
      "--headless=new",
      "--no-sandbox",
      "--no-first-run",
      "--disable-features=Translate,LocalNetworkAccessChecks",
      `--user-data-dir=${profile}`,
      "--remote-debugging-port=0",
      "about:blank",
    ];
    const program = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
    // A group of its own, so that a kill reaches all its processes and nobody else's.
    const child = spawn(program, words, { stdio: ["ignore", "ignore", "pipe"], detached: true });
    running.add(child);
    const browser = await chromium.connectOverCDP(await addressOf(child));
    const [context] = browser.contexts();
    if (!context) {
      throw new Error("the browser has no context");
    }
    return new KilledBrowser(child, browser, context);
  }

  /** For the end of a test, whatever became of it. */
  static endAll(): void {
    running.forEach(endGroup);
  }

  /** SIGKILL for every process of the browser: nothing is written after it. */
  async kill(): Promise<void> {
    const ended = once(this.child, "exit");
    endGroup(this.child);
    await ended;
    await this.browser.close();
  }
}

async function addressOf(child: ChildProcess): Promise<string> {
  if (!child.stderr) {
    throw new Error("no output to read");
  }
  for await (const line of createInterface(child.stderr)) {
    const [, address] = line.match(/^DevTools listening on (\S+)/) ?? [];
    if (address) {
      child.stderr.resume();
      return address;
    }
  }
  throw new Error("the browser ended before it could be reached");
}
