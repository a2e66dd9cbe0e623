// Rows of real browsers: how soon a click becomes a conversation, what that costs the page's main
// thread, how long words take from one person's eyes to the other's, and what the tag costs a page.
// Times are taken inside the pages, on the machine's one clock.
import { chromium } from "@playwright/test";
import { start_demo } from "./bench_server.mjs";

const options = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  // As in tests/e2e: storage of a frame of another site as people have it.
  args: ["--no-sandbox", "--disable-features=Translate,LocalNetworkAccessChecks"],
};
const USABLE_MS_MAX = 30_000;
const TAG = /<script\b[^>]*shopbell\.js[^>]*><\/script>/;

// In every document: when the conversation could be used, when each message was seen, long tasks.
function watch() {
  const now = () => performance.timeOrigin + performance.now();
  const seen = new Map();
  const bench = { clicked: 0, usable: 0, seen, entered: [], tasks: [], shift: 0, paint: 0 };
  globalThis.bench = bench;
  document.addEventListener("pointerdown", () => (bench.clicked ||= now()), true);
  const enter = ({ key, target }) => key === "Enter" && bench.entered.push([target.value, now()]);
  document.addEventListener("keydown", enter, true);
  const look = () => {
    const status = document.querySelector("[data-testid=status]");
    const composer = document.querySelector("[data-testid=composer]");
    if (!bench.usable && composer && status?.dataset.status === "online") {
      bench.usable = now();
    }
    for (const each of document.querySelectorAll("[data-testid=message]")) {
      const text = each.innerText.trim();
      if (!seen.has(text)) {
        seen.set(text, now());
      }
    }
  };
  new MutationObserver(look).observe(document, {
    subtree: true, childList: true, attributes: true, attributeFilter: ["data-status"],
  });
  const on = (type, take) => {
    const observer = new PerformanceObserver((list) => list.getEntries().forEach(take));
    observer.observe({ type, buffered: true });
  };
  on("longtask", ({ duration }) => bench.tasks.push(duration));
  on("layout-shift", ({ value }) => (bench.shift += value));
  on("largest-contentful-paint", ({ startTime }) => (bench.paint = startTime));
}

async function with_browser(use) {
  const server = await start_demo();
  const browser = await chromium.launch(options);
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

const frame_of = (page) => page.frames().find((frame) => frame.url().includes("/widget/frame"));

// The tasks of the main threads of pages and frames in a trace, ms each.
function tasks_in(trace) {
  const { traceEvents } = JSON.parse(trace.toString());
  const mains = new Set(
    traceEvents
      .filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain")
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  return traceEvents
    .filter(({ name, pid, tid }) => name === "RunTask" && mains.has(`${pid} ${tid}`))
    .map(({ dur = 0 }) => dur / 1000);
}

const TRACED = ["devtools.timeline", "disabled-by-default-devtools.timeline", "__metadata"];

// Clicks the bell and waits until words can be written and the socket is up.
async function ring(page, shops, traced = false) {
  await page.goto(shops);
  const browser = page.context().browser();
  if (traced) {
    await browser.startTracing(page, { categories: TRACED });
  }
  await page.getByTestId("bubble").click();
  const frame = await page.waitForSelector("[data-testid=frame]").then((it) => it.contentFrame());
  await frame.waitForFunction(() => globalThis.bench?.usable > 0, undefined, {
    timeout: USABLE_MS_MAX,
  });
  const tasks = traced ? tasks_in(await browser.stopTracing()) : [];
  const usable = await frame.evaluate(() => globalThis.bench.usable);
  const clicked = await page.evaluate(() => globalThis.bench.clicked);
  return { ms: usable - clicked, tasks };
}

/**
 * Cold: nothing cached, a new device. Warm: the same person on the next page. Traced runs are
 * apart, for a trace costs time.
 */
export function measure_opening(rounds) {
  return with_browser(async ({ shops }, open) => {
    const cold = [];
    const warm = [];
    const traced = [];
    for (let round = 0; round < rounds; round++) {
      const context = await open();
      const page = await context.newPage();
      cold.push(await ring(page, shops));
      // Else the next page would begin by itself, before the click.
      await page.evaluate(() => localStorage.clear());
      await page.close();
      warm.push(await ring(await context.newPage(), shops));
      await context.close();
      const fresh = await open();
      traced.push(await ring(await fresh.newPage(), shops, true));
      await fresh.close();
    }
    return { cold, warm, traced };
  });
}

/** ms from the Enter key on one side until the words stand on the other. */
export function measure_seen(messages) {
  return with_browser(async ({ shops, console: link }, open) => {
    const visitor = await (await open()).newPage();
    await ring(visitor, shops);
    const words = await frame_of(visitor);
    const say = async (text) => {
      const composer = words.getByTestId("composer");
      await composer.fill(text);
      await composer.press("Enter");
    };
    await say("first");
    const agent = await (await open()).newPage();
    await agent.goto(link);
    await agent.getByTestId("name").fill("Lin");
    await agent.getByTestId("join").click();
    await agent.getByTestId("inbox-row").first().click();
    await agent.getByTestId("message").filter({ hasText: "first" }).waitFor();
    for (let at = 0; at < messages; at++) {
      const text = `message ${at} of a person`;
      await say(text);
      await agent.waitForFunction((it) => globalThis.bench.seen.has(it), text);
    }
    const entered = await words.evaluate(() => globalThis.bench.entered);
    const seen = new Map(await agent.evaluate(() => [...globalThis.bench.seen]));
    return entered.filter(([text]) => text !== "first").map(([text, at]) => seen.get(text) - at);
  });
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
      await page.evaluate(() => new Promise((done) => requestIdleCallback(done)));
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
