// Sees what a page would complain of, and whether anything in it moved.
import type { CDPSession, Page } from "@playwright/test";

type Seen = Window & { seenByTest: { violations: string[]; shifted: number } };

/** Runs in the page before its own scripts, and touches nothing that they could have changed. */
function collect(): void {
  const seen = { violations: [] as string[], shifted: 0 };
  Object.defineProperty(window, "seenByTest", { value: seen });
  document.addEventListener("securitypolicyviolation", (event) => {
    const { effectiveDirective, blockedURI } = event;
    seen.violations[seen.violations.length] = `${effectiveDirective}: ${blockedURI}`;
  });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const shift = entry as PerformanceEntry & { hadRecentInput: boolean; value: number };
      seen.shifted += shift.hadRecentInput ? 0 : shift.value;
    }
  }).observe({ type: "layout-shift", buffered: true });
}

export class Watch {
  /** Lines that a developer would see as errors or warnings, of page and frame. */
  readonly lines: string[] = [];

  private constructor(private readonly page: Page) {}

  static async on(page: Page): Promise<Watch> {
    const watch = new Watch(page);
    page.on("console", (line) => {
      if (line.type() === "error" || line.type() === "warning") {
        watch.lines.push(line.text());
      }
    });
    page.on("pageerror", (error) => watch.lines.push(error.message));
    await page.addInitScript(collect);
    return watch;
  }

  /** Everything that should not have been. */
  async complaints(): Promise<string[]> {
    const seen = await this.page.evaluate(() => {
      const { violations, shifted } = (window as unknown as Seen).seenByTest;
      return { violations, shifted };
    });
    const moved = seen.shifted ? [`layout shifted by ${seen.shifted}`] : [];
    return [...this.lines, ...seen.violations, ...moved];
  }
}

/** Where everything of the page's own stands, and how far it scrolls. */
export function layout(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const boxes = [`${document.documentElement.scrollWidth} wide`];
    boxes.push(`${document.documentElement.scrollHeight} high`);
    for (const node of document.querySelectorAll("html, body, body *")) {
      if (node.id !== "shopbell" && node.localName !== "script") {
        const { x, y, width, height } = node.getBoundingClientRect();
        boxes.push(`${node.localName} ${[x, y, width, height].join(" ")}`);
      }
    }
    return boxes;
  });
}

async function countOn(session: CDPSession, expression: string): Promise<string[]> {
  const { result } = await session.send("Runtime.evaluate", { expression });
  const of = { objectId: result.objectId ?? "" };
  const { listeners } = await session.send("DOMDebugger.getEventListeners", of);
  return listeners.map(({ type }) => `${expression} ${type}`);
}

/** Which listeners stand on the objects that outlive every widget. */
export async function listeners(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const objects = ["window", "document", "document.documentElement", "document.body", "history"];
  const found = [];
  for (const object of [...objects, "visualViewport", "navigator.serviceWorker"]) {
    found.push(...(await countOn(session, object)));
  }
  await session.detach();
  return found.sort();
}
