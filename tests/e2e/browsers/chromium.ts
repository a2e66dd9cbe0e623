// Chromium, where a scene is the same in all three.
import { chromium, type Frame, type JSHandle, type Page } from "@playwright/test";
import config from "../playwright.config.ts";
import { WorkerOf } from "../workers.ts";
import type { Habits, OtherBrowser, Sleeper, Tab } from "./visitor.ts";

const FRAME = "/widget/frame.html";

export class ChromiumTab implements Tab {
  constructor(private readonly own: Page) {}

  async goto(url: string): Promise<void> {
    await this.own.goto(url);
  }

  async close(): Promise<void> {
    await this.own.close();
  }

  page(script: string): Promise<unknown> {
    return this.own.evaluate(script);
  }

  async frame(script: string): Promise<unknown> {
    return this.inner().evaluate(script);
  }

  private inner(): Frame {
    const found = this.own.frames().find((each) => each.url().includes(FRAME));
    if (!found) {
      throw new Error("there is no frame yet");
    }
    return found;
  }

  async click(script: string): Promise<void> {
    const handle: JSHandle = await this.own.evaluateHandle(script);
    await handle.asElement()?.click();
  }

  async press(selector: string): Promise<void> {
    await this.inner().locator(selector).click();
  }

  async choose(selector: string, path: string): Promise<void> {
    await this.inner().locator(selector).setInputFiles(path);
  }

  async type(selector: string, keys: string): Promise<void> {
    const field = this.inner().locator(selector);
    for (const part of keys.split(/(\n)/)) {
      await (part === "\n" ? field.press("Enter") : field.pressSequentially(part));
    }
  }

  async blockFrame(): Promise<() => Promise<void>> {
    const blocked = (url: URL): boolean => url.pathname.endsWith(FRAME);
    await this.own.route(blocked, (route) => route.abort("blockedbyclient"));
    return () => this.own.unroute(blocked);
  }

  // The worker alone, by its debugger: the page goes on, and takes what is written.
  async sleeper(): Promise<Sleeper> {
    return WorkerOf.find(this.own, this.inner());
  }
}

export async function openChromium({ noStorage }: Habits = {}): Promise<OtherBrowser> {
  const { executablePath, args } = config.use?.launchOptions ?? {};
  const browser = await chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    // Without our list of features Playwright's own stands: a frame of another site gets no
    // storage at all.
    args: noStorage ? ["--no-sandbox"] : (args ?? []),
  });
  return {
    person: async () => {
      const context = await browser.newContext({ locale: "zh-CN" });
      return {
        open: async () => new ChromiumTab(await context.newPage()),
        leave: () => context.close(),
      };
    },
    close: () => browser.close(),
  };
}
