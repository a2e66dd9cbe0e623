// A Chromium as a person has it: a profile on the disk, and nothing attached to the page's frames
// and workers. Tools that attach to them stop each until they have answered, run scripts of their
// own there and ask again with every frame drawn: that was half of what the rows used to say.
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import WebSocket from "ws";
import { chromium } from "@playwright/test";
import { new_directory } from "./bench_server.mjs";

export const executable = process.env.CHROMIUM ?? "/usr/bin/chromium";
// As in tests/e2e: storage of a frame of another site as people have it.
export const switches = [
  "--no-sandbox", "--disable-features=Translate,LocalNetworkAccessChecks", "--lang=en",
];
const quiet = [
  "--headless", "--remote-debugging-port=0", "--no-first-run", "--no-default-browser-check",
  "--disable-background-networking", "--disable-component-update", "--disable-extensions",
  "--disable-sync", "--mute-audio", "--password-store=basic", "--use-mock-keychain",
];
const TRACED = ["toplevel", "blink.user_timing"];

/** With Playwright, for what happens while the pages stand; a profile on the disk here too. */
export async function open_profile(name) {
  const options = { executablePath: executable, args: switches, locale: "en" };
  return chromium.launchPersistentContext(new_directory(name), options);
}

/** A browser with a new profile. */
export async function start_chromium() {
  const profile = new_directory("profile");
  mkdirSync(profile);
  const args = [...switches, ...quiet, `--user-data-dir=${profile}`, "about:blank"];
  const child = spawn(executable, args, { stdio: ["ignore", "ignore", "pipe"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  let address;
  for await (const line of createInterface({ input: child.stderr })) {
    address = line.match(/DevTools listening on (ws:\S+)/)?.[1];
    if (address) {
      break;
    }
  }
  if (!address) {
    throw new Error(`${executable} does not start`);
  }
  child.stderr.resume();
  return new Chromium(child, ended, await connect(address));
}

async function connect(address) {
  const socket = new WebSocket(address, { perMessageDeflate: false, maxPayload: 2 ** 30 });
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  return socket;
}

class Chromium {
  #count = 0;
  #asked = new Map();
  #listeners = new Set();

  constructor(child, ended, socket) {
    Object.assign(this, { child, ended, socket });
    socket.on("message", (data) => this.#take(JSON.parse(data)));
  }

  #take(message) {
    for (const listener of this.#listeners) {
      listener(message);
    }
    const { resolve, reject } = this.#asked.get(message.id) ?? {};
    this.#asked.delete(message.id);
    if (message.error) {
      reject?.(new Error(message.error.message));
    } else {
      resolve?.(message.result);
    }
  }

  send(method, params = {}, sessionId) {
    const id = ++this.#count;
    const answered = new Promise((resolve, reject) => this.#asked.set(id, { resolve, reject }));
    this.socket.send(JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) }));
    return answered;
  }

  once(method, sessionId) {
    return new Promise((resolve) => {
      const listener = (message) => {
        if (message.method === method && message.sessionId === sessionId) {
          this.#listeners.delete(listener);
          resolve(message.params);
        }
      };
      this.#listeners.add(listener);
    });
  }

  async evaluate(sessionId, expression) {
    const params = { expression, returnByValue: true, awaitPromise: true };
    return (await this.send("Runtime.evaluate", params, sessionId)).result.value;
  }

  /** A page that has come to rest, with a script that ran before its own. */
  async page(url, script) {
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    await this.send("Page.enable", {}, sessionId);
    await this.send("Page.addScriptToEvaluateOnNewDocument", { source: script }, sessionId);
    const loaded = this.once("Page.loadEventFired", sessionId);
    await this.send("Page.navigate", { url }, sessionId);
    await loaded;
    await wait(1000);
    return { targetId, sessionId };
  }

  /** Asks the page's frame of that address, which nobody was attached to before. */
  async ask_frame(part, expression) {
    const { targetInfos } = await this.send("Target.getTargets");
    const found = targetInfos.find(({ type, url }) => type === "iframe" && url.includes(part));
    if (!found) {
      return undefined;
    }
    const target = { targetId: found.targetId, flatten: true };
    const { sessionId } = await this.send("Target.attachToTarget", target);
    const answer = await this.evaluate(sessionId, expression);
    await this.send("Target.detachFromTarget", { sessionId });
    return answer;
  }

  /** The pointer comes and presses. */
  async click(sessionId, [x, y]) {
    const mouse = (type, more) =>
      this.send("Input.dispatchMouseEvent", { type, x, y, clickCount: 1, ...more }, sessionId);
    await mouse("mouseMoved", { button: "none" });
    await mouse("mousePressed", { button: "left" });
    await mouse("mouseReleased", { button: "left" });
  }

  async start_trace() {
    const traceConfig = { includedCategories: TRACED };
    await this.send("Tracing.start", { transferMode: "ReturnAsStream", traceConfig });
  }

  async stop_trace() {
    const complete = this.once("Tracing.tracingComplete");
    await this.send("Tracing.end");
    const { stream: handle } = await complete;
    let text = "";
    for (;;) {
      const { data, base64Encoded, eof } = await this.send("IO.read", { handle, size: 2 ** 22 });
      text += base64Encoded ? Buffer.from(data, "base64").toString() : data;
      if (eof) {
        return JSON.parse(text).traceEvents;
      }
    }
  }

  async close() {
    this.socket.close();
    this.child.kill("SIGTERM");
    await this.ended;
  }
}
