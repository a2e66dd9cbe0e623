// Firefox over WebDriver BiDi.
import puppeteer, { type Browser, type ElementHandle, type Frame, type Page } from "puppeteer-core";
import type { OtherBrowser, Tab } from "./visitor.ts";

const program = process.env["FIREFOX"] ?? "/usr/bin/firefox-esr";

class FirefoxTab implements Tab {
  constructor(private readonly own: Page) {}

  async goto(url: string): Promise<void> {
    await this.own.goto(url);
  }

  async reload(): Promise<void> {
    await this.own.reload();
  }

  async close(): Promise<void> {
    await this.own.close();
  }

  page(script: string): Promise<unknown> {
    return this.own.evaluate(script);
  }

  frame(script: string): Promise<unknown> {
    return this.inner().evaluate(script);
  }

  private inner(): Frame {
    const found = this.own.frames().find((each) => each.url().includes("/widget/frame.html"));
    if (!found) {
      throw new Error("there is no frame yet");
    }
    return found;
  }

  async click(script: string): Promise<void> {
    const handle = (await this.own.evaluateHandle(script)) as ElementHandle<Element>;
    await handle.click();
  }

  async type(selector: string, keys: string): Promise<void> {
    const field = await this.inner().waitForSelector(selector);
    await field?.focus();
    for (const part of keys.split(/(\n)/)) {
      await (part === "\n" ? field?.press("Enter") : field?.type(part));
    }
  }
}

/** `preferences` as in about:config. */
export async function openFirefox(
  preferences: Record<string, unknown> = {},
): Promise<OtherBrowser> {
  const browser: Browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: program,
    headless: true,
    extraPrefsFirefox: preferences,
  });
  return {
    person: async () => {
      const context = await browser.createBrowserContext();
      return {
        open: async () => new FirefoxTab(await context.newPage()),
        leave: () => context.close(),
      };
    },
    close: () => browser.close(),
  };
}
