// Rows of real browsers: how soon a click becomes a conversation, what that costs the main threads,
// how long words take from one person's eyes to the other's, and what the tag costs a page. Times
// are taken inside the pages, on the machine's one clock.
import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { chromium } from "@playwright/test";
import { executable, open_profile, start_chromium, switches } from "./bench_chromium.mjs";
import { start_demo, write_talk } from "./bench_server.mjs";

const USABLE_MS_MAX = 30_000;
const LONG_MS_MAX = 300_000;
const TAG = /<script\b[^>]*shopbell\.js[^>]*><\/script>/;

// In every document: when each message was seen, and what the page does by itself.
function watch() {
  const now = () => performance.timeOrigin + performance.now();
  const seen = new Map();
  const bench = { seen, entered: [], tasks: [], shift: 0, paint: 0 };
  globalThis.bench = bench;
  const enter = ({ key, target }) => key === "Enter" && bench.entered.push([target.value, now()]);
  document.addEventListener("keydown", enter, true);
  // The newest ones, without asking for a layout: with all of them the look itself takes long.
  const look = () => {
    for (const each of [...document.querySelectorAll("[data-testid=message]")].slice(-3)) {
      const text = each.textContent.trim();
      if (!seen.has(text)) {
        seen.set(text, now());
        console.debug(`seen ${text}`);
      }
    }
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true });
  const on = (type, take) => {
    const observer = new PerformanceObserver((list) => list.getEntries().forEach(take));
    observer.observe({ type, buffered: true });
  };
  on("longtask", ({ duration }) => bench.tasks.push(duration));
  on("layout-shift", ({ value }) => (bench.shift += value));
  bench.painted = new Promise((done) => {
    on("largest-contentful-paint", ({ startTime }) => done((bench.paint = startTime)));
  });
}

async function with_browser(use) {
  const server = await start_demo();
  const browser = await chromium.launch({ executablePath: executable, args: switches });
  const open = async (context_options = {}) => {
    const context = await browser.newContext({ locale: "en", ...context_options });
    await context.addInitScript(watch);
    return context;
  };
  try {
    return await use(server, open);
  } finally {
    await browser.close();
    await server.stop();
  }
}

const CLICKED = `addEventListener("pointerdown", () => performance.mark("clicked"), true)`;
const BELL = `(() => {
  const bell = document.querySelector("#shopbell").shadowRoot.querySelector("button");
  const { x, y, width, height } = bell.getBoundingClientRect();
  return [x + width / 2, y + height / 2];
})()`;
/** On the machine's clock; 0 where the mark is not there. */
const mark = (name) => `(() => {
  const [mark] = performance.getEntriesByName("${name}");
  return mark ? performance.timeOrigin + mark.startTime : 0;
})()`;
// Whoever asks takes part; before that most openings are over.
const ASK_AFTER_MS = 700;

async function usable_at(browser) {
  const deadline = Date.now() + USABLE_MS_MAX;
  for (;;) {
    await wait(ASK_AFTER_MS);
    const at = await browser.ask_frame("/widget/frame", mark("shopbell usable"));
    if (at) {
      return at;
    }
    if (Date.now() > deadline) {
      throw new Error("the conversation cannot be used");
    }
  }
}

/** Clicks the bell of a new page and waits until words can be written and the socket is up. */
async function ring(browser, shops, traced = false) {
  const { targetId, sessionId } = await browser.page(shops, CLICKED);
  const bell = await browser.evaluate(sessionId, BELL);
  if (traced) {
    await browser.start_trace();
  }
  await browser.click(sessionId, bell);
  const usable = await usable_at(browser);
  const events = traced ? await browser.stop_trace() : [];
  const clicked = await browser.evaluate(sessionId, mark("clicked"));
  // Else the next page would begin by itself, before the click.
  await browser.evaluate(sessionId, "localStorage.clear()");
  await browser.send("Target.closeTarget", { targetId });
  return { ms: usable - clicked, events };
}

/** ms of each task of the two main threads, page's and frame's, from the click until usable. */
function tasks_in(events) {
  const find = (wanted) => events.find(({ name, ts }) => name === wanted && ts);
  const [clicked, usable] = [find("clicked"), find("shopbell usable")];
  const mains = new Set(
    events
      .filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain")
      .filter(({ pid }) => pid === clicked.pid || pid === usable.pid)
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  return events
    .filter(({ name }) => name === "ThreadControllerImpl::RunTask")
    .filter(({ pid, tid }) => mains.has(`${pid} ${tid}`))
    .filter(({ ts, dur = 0 }) => ts + dur > clicked.ts && ts < usable.ts)
    .map(({ dur = 0, tdur = 0 }) => ({ ms: dur / 1000, thread_ms: tdur / 1000 }));
}

/**
 * Cold: nothing cached, a new device. Warm: the same person on the next page. Traced runs are
 * apart, for a trace costs time.
 */
export async function measure_opening(rounds) {
  const server = await start_demo();
  const found = { cold: [], warm: [], traced: [] };
  try {
    for (let round = 0; round < rounds; round++) {
      const browser = await start_chromium();
      await wait(1000);
      found.cold.push(await ring(browser, server.shops));
      found.warm.push(await ring(browser, server.shops));
      await browser.close();
      const fresh = await start_chromium();
      await wait(1000);
      const { events } = await ring(fresh, server.shops, true);
      found.traced.push(tasks_in(events));
      await fresh.close();
    }
    return found;
  } finally {
    await server.stop();
  }
}

/** ms from the Enter key on one side until the words stand on the other. */
export async function measure_seen(messages) {
  const server = await start_demo();
  const people = [await open_profile("visitor"), await open_profile("agent")];
  try {
    await Promise.all(people.map((person) => person.addInitScript(watch)));
    const [visitor, agent] = await Promise.all(people.map((person) => person.newPage()));
    await visitor.goto(server.shops);
    await visitor.getByTestId("bubble").click();
    const words = visitor.frameLocator("[data-testid=frame]");
    await words.locator("[data-testid=status][data-status=online]").waitFor({ state: "attached" });
    const composer = words.getByTestId("composer");
    const say = async (text) => {
      await composer.fill(text);
      await visitor.keyboard.press("Enter");
    };
    await say("first");
    await agent.goto(server.console);
    await agent.getByTestId("name").fill("Lin");
    await agent.getByTestId("join").click();
    await agent.getByTestId("inbox-row").first().click();
    await agent.getByTestId("message").filter({ hasText: "first" }).waitFor();
    for (let at = 0; at < messages; at++) {
      const text = `message ${at} of a person`;
      const seen = agent.waitForEvent("console", (line) => line.text() === `seen ${text}`);
      await say(text);
      await seen;
    }
    const frame = visitor.frames().find((each) => each.url().includes("/widget/frame"));
    const entered = await frame.evaluate(() => globalThis.bench.entered);
    const seen = new Map(await agent.evaluate(() => [...globalThis.bench.seen]));
    return entered.filter(([text]) => text !== "first").map(([text, at]) => seen.get(text) - at);
  } finally {
    await Promise.all(people.map((person) => person.close()));
    await server.stop();
  }
}

/** The shop's page with its tag and without, in turns, before anybody clicks. */
export function measure_page(rounds) {
  return with_browser(async ({ shops }, open) => {
    const look = async (without) => {
      const context = await open();
      const page = await context.newPage();
      // Both pages take the way through the tool.
      await page.route(shops, async (route) => {
        const answer = await route.fetch();
        const whole = await answer.text();
        const body = without ? whole.replace(TAG, "") : whole;
        await route.fulfill({ response: answer, body });
      });
      await page.goto(shops, { waitUntil: "load" });
      // On a busy machine a page is loaded before any of it has been seen.
      await page.evaluate(async (frames) => {
        await globalThis.bench.painted;
        for (let at = 0; at < frames; at++) {
          await new Promise((done) => requestAnimationFrame(done));
        }
        await new Promise((done) => requestIdleCallback(done));
      }, FRAMES);
      const found = await page.evaluate(() => {
        const { paint, shift, tasks } = globalThis.bench;
        const blocked_ms = tasks.reduce((sum, ms) => sum + Math.max(0, ms - 50), 0);
        return { paint, shift, blocked_ms };
      });
      await context.close();
      return found;
    };
    const pairs = [];
    for (let round = 0; round < rounds; round++) {
      // Which of the two is first changes, so that neither is always the warmer one.
      const first = await look(round % 2 === 0);
      const second = await look(round % 2 !== 0);
      pairs.push(round % 2 === 0 ? { without: first, with: second }
        : { without: second, with: first });
    }
    return pairs;
  });
}

/** MiB that belong to the browser's renderers, shared pages counted in parts. */
async function renderers_mib(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const pss = ({ id }) =>
    Number(readFileSync(`/proc/${id}/smaps_rollup`, "utf8").match(/Pss:\s+(\d+)/)?.[1]);
  const renderers = processInfo.filter(({ type }) => type === "renderer");
  return renderers.reduce((sum, each) => sum + pss(each) / 1024, 0);
}

const WHEEL_TURNS = 150;
const TURN_PX = -3000;
const FRAMES = 2;

/** An agent's first look at a conversation so long, reading upwards in it, and his second look. */
export function measure_long(messages) {
  return with_browser(async (server, open) => {
    await write_talk(server.shops, messages);
    const context = await open();
    const page = await context.newPage();
    const newest = page.getByTestId("message").filter({ hasText: `Line ${messages}.` });
    const until_newest = async (act) => {
      const begin = performance.now();
      await act();
      await newest.waitFor({ timeout: LONG_MS_MAX });
      return performance.now() - begin;
    };
    await page.goto(server.console);
    await page.getByTestId("name").fill("Lin");
    await page.getByTestId("join").click();
    await page.getByTestId("inbox-row").first().waitFor();
    const first_ms = await until_newest(() => page.getByTestId("inbox-row").first().click());
    await newest.hover();
    for (let turn = 0; turn < WHEEL_TURNS; turn++) {
      await page.mouse.wheel(0, TURN_PX);
      await page.evaluate(async (frames) => {
        for (let at = 0; at < frames; at++) {
          await new Promise((done) => requestAnimationFrame(done));
        }
      }, FRAMES);
    }
    const drawn = await page.getByTestId("message").count();
    const mib = await renderers_mib(page.context().browser());
    const again_ms = await until_newest(() => page.reload());
    return { first_ms, again_ms, mib, drawn };
  });
}
