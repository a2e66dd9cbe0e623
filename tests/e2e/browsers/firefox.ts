// Firefox over WebDriver BiDi.
import puppeteer, {
  type Browser,
  type ElementHandle,
  type Frame,
  type HTTPRequest,
  type Page,
} from "puppeteer-core";
import { sleeperWith } from "./processes.ts";
import type { Habits, OtherBrowser, Sleeper, Tab } from "./visitor.ts";

const program = process.env["FIREFOX"] ?? "/usr/bin/firefox-esr";

const FRAME = "/widget/frame.html";

class FirefoxTab implements Tab {
  constructor(
    private readonly own: Page,
    private readonly browser: number,
  ) {}

  async goto(url: string): Promise<void> {
    await this.own.goto(url);
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
    const found = this.own.frames().find((each) => each.url().includes(FRAME));
    if (!found) {
      throw new Error("there is no frame yet");
    }
    return found;
  }

  async click(script: string): Promise<void> {
    const handle = (await this.own.evaluateHandle(script)) as ElementHandle<Element>;
    await handle.click();
  }

  async press(selector: string): Promise<void> {
    const found = await this.inner().waitForSelector(selector);
    await found?.click();
  }

  async choose(selector: string, path: string): Promise<void> {
    const field = await this.inner().$(selector);
    await (field as ElementHandle<HTMLInputElement> | null)?.uploadFile(path);
  }

  async type(selector: string, keys: string): Promise<void> {
    const field = await this.inner().waitForSelector(selector);
    await field?.focus();
    for (const part of keys.split(/(\n)/)) {
      await (part === "\n" ? field?.press("Enter") : field?.type(part));
    }
  }

  async blockFrame(): Promise<() => Promise<void>> {
    const judge = (request: HTTPRequest): void => {
      const blocked = new URL(request.url()).pathname.endsWith(FRAME);
      void (blocked ? request.abort("blockedbyclient") : request.continue());
    };
    this.own.on("request", judge);
    await this.own.setRequestInterception(true);
    return async () => {
      await this.own.setRequestInterception(false);
      this.own.off("request", judge);
    };
  }

  // Frames of one site may share a process, but not with those of another tab.
  async sleeper(): Promise<Sleeper> {
    return sleeperWith(this.browser, "DOM Worker");
  }
}

/** Refuses storage and locks to frames of other sites. */
const NO_STORAGE = { "network.cookie.cookieBehavior": 1 };

const MICROPHONE = {
  "media.navigator.streams.fake": true,
  "media.navigator.permission.disabled": true,
};

export async function openFirefox(habits: Habits = {}): Promise<OtherBrowser> {
  const browser: Browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: program,
    headless: true,
    extraPrefsFirefox: {
      ...(habits.noStorage && NO_STORAGE),
      ...(habits.microphone && MICROPHONE),
    },
  });
  return {
    person: async () => {
      const context = await browser.createBrowserContext();
      return {
        open: async () => new FirefoxTab(await context.newPage(), browser.process()?.pid ?? 0),
        leave: () => context.close(),
      };
    },
    close: () => browser.close(),
  };
}
