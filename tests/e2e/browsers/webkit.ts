// WebKitGTK over WebDriver, in a window on a display of its own.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Builder,
  By,
  Capabilities,
  Key,
  error,
  type WebDriver,
  type WebElement,
} from "selenium-webdriver";
import { freePort } from "../split_program.ts";
import { sleeperWith } from "./processes.ts";
import {
  inShadow,
  type Habits,
  type OtherBrowser,
  type Person,
  type Sleeper,
  type Tab,
} from "./visitor.ts";

const folders = ["4.1", "4.0"].map((version) => `/usr/lib/x86_64-linux-gnu/webkit2gtk-${version}`);
const program =
  process.env["WEBKIT"] ??
  folders.map((folder) => `${folder}/MiniBrowser`).find((path) => existsSync(path)) ??
  "MiniBrowser";
const FRAME = inShadow("iframe");

/** The content blocker's rules hold on pages whose address ends so. */
const BLOCKED = "?blocked";
const rules = [
  {
    trigger: { "url-filter": "/frame\\.html", "if-top-url": ["[?]blocked"] },
    action: { type: "block" },
  },
];

/** Ended with all that it started: a detached process leads a group. */
function end(child: ChildProcess): void {
  if (child.pid && child.exitCode === null) {
    process.kill(-child.pid, "SIGTERM");
  }
}

async function start_display(): Promise<{ child: ChildProcess; name: string }> {
  const screen = ["-screen", "0", "1280x900x24", "-nolisten", "tcp", "-displayfd", "1"];
  const child = spawn("Xvfb", screen, { detached: true, stdio: ["ignore", "pipe", "ignore"] });
  const [said] = (await once(child.stdout!, "data")) as [Buffer];
  return { child, name: `:${said.toString().trim()}` };
}

type Driver = { child: ChildProcess; url: string };

async function start_driver(display: string, cache: string): Promise<Driver> {
  const port = await freePort("127.0.0.1");
  const args = [`--port=${port}`, "--host=127.0.0.1"];
  const env = { ...process.env, DISPLAY: display, XDG_CACHE_HOME: cache };
  const child = spawn("WebKitWebDriver", args, { detached: true, stdio: "ignore", env });
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    try {
      await fetch(`${url}/status`);
      return { child, url };
    } catch {
      if (child.exitCode !== null) {
        throw new Error("WebKitWebDriver ended before it was ready");
      }
    }
  }
}

class WebKitTab implements Tab {
  constructor(
    private readonly driver: WebDriver,
    private readonly handle: string,
    private readonly service: number,
  ) {}

  private suffix = "";

  private async top(): Promise<WebDriver> {
    await this.driver.switchTo().window(this.handle);
    await this.driver.switchTo().defaultContent();
    return this.driver;
  }

  private async inner(): Promise<WebDriver> {
    const driver = await this.top();
    const frame = await driver.executeScript<WebElement>(`return ${FRAME}`);
    await driver.switchTo().frame(frame);
    return driver;
  }

  async goto(url: string): Promise<void> {
    await (await this.top()).get(url + this.suffix);
  }

  async close(): Promise<void> {
    await (await this.top()).close();
  }

  async page(script: string): Promise<unknown> {
    return (await this.top()).executeScript(`return ${script}`);
  }

  async frame(script: string): Promise<unknown> {
    return (await this.inner()).executeScript(`return ${script}`);
  }

  async click(script: string): Promise<void> {
    const driver = await this.top();
    await (await driver.executeScript<WebElement>(`return ${script}`)).click();
  }

  async press(selector: string): Promise<void> {
    await (await this.inner()).findElement(By.css(selector)).click();
  }

  async choose(selector: string, path: string): Promise<void> {
    await (await this.inner()).findElement(By.css(selector)).sendKeys(path);
  }

  // A frame of another site gets the focus from a person's click alone, never from a script.
  async type(selector: string, keys: string): Promise<void> {
    const driver = await this.inner();
    await driver.findElement(By.css(selector)).click();
    const parts = keys.split("\n").flatMap((part, at) => (at ? [Key.ENTER, part] : [part]));
    await driver.actions().sendKeys(...parts).perform();
  }

  // It takes its rules as it starts; what turns them off is another address of the page.
  async blockFrame(): Promise<() => Promise<void>> {
    this.suffix = BLOCKED;
    return async () => {
      this.suffix = "";
      await this.page(`history.replaceState(null, "", location.pathname)`);
    };
  }

  async sleeper(): Promise<Sleeper> {
    return sleeperWith(this.service, "WebCore: Worker");
  }
}

// One that reads its blocker's rules may be asked for a window before it can give one.
async function begin(url: string, wanted: Capabilities, tries = 10): Promise<WebDriver> {
  try {
    return await new Builder().usingServer(url).withCapabilities(wanted).build();
  } catch (caught) {
    if (!(caught instanceof error.SessionNotCreatedError) || !tries) {
      throw caught;
    }
    return begin(url, wanted, tries - 1);
  }
}

export async function openWebKit(habits: Habits = {}): Promise<OtherBrowser> {
  const { noStorage, blocker, microphone } = habits;
  const folder = await mkdtemp(join(tmpdir(), "shopbell-webkit-"));
  const filter = join(folder, "filter.json");
  await writeFile(filter, JSON.stringify(rules));
  const args = ["--automation"];
  args.push(...(noStorage ? ["--enable-html5-database=false"] : []));
  args.push(...(microphone ? ["--enable-mock-capture-devices=true"] : []));
  args.push(...(blocker ? [`--content-filter=${filter}`] : []));
  const wanted = new Capabilities({
    browserName: "MiniBrowser",
    "webkitgtk:browserOptions": { binary: program, args },
  });
  const display = await start_display();
  const { child, url } = await start_driver(display.name, folder);
  const person = async (): Promise<Person> => {
    // Each session is a browser of its own that forgets everything.
    const driver = await begin(url, wanted);
    let first = true;
    return {
      open: async () => {
        if (!first) {
          // A tab that is not in front counts as hidden.
          await driver.switchTo().newWindow("window");
        }
        first = false;
        return new WebKitTab(driver, await driver.getWindowHandle(), child.pid ?? 0);
      },
      leave: () => driver.quit(),
    };
  };
  return {
    person,
    close: async () => {
      end(child);
      end(display.child);
      await rm(folder, { recursive: true });
    },
  };
}
