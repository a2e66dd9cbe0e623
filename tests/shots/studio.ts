// Draws one screen at every width, in each language and colour scheme, and a sheet of all of them.
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test as base, type Browser, type Page } from "@playwright/test";
import { build } from "esbuild";
import { Server } from "../e2e/server.ts";
import { now } from "./scenes.ts";
import type { Script } from "./script.ts";
import { words, type Language } from "./words.ts";

export const results = fileURLToPath(new URL("../../build/shots", import.meta.url));
const device_source = fileURLToPath(new URL("scripted_device.ts", import.meta.url));

export const languages: readonly Language[] = ["zh-CN", "en", "ar"];
/** Of those who work for the shop. */
export const inTwoLanguages: readonly Language[] = ["zh-CN", "en"];
export const schemes = ["light", "dark"] as const;
export const widths = [320, 390, 820, 1280] as const;
const HEIGHT = 780;
const SHEET_WIDTH = 1560;
const GAP = 8;
const LOOKS_MAX = 10;

type Shot = { readonly title: string; readonly png: Buffer };

export type Variant = {
  readonly language: Language;
};

export type ShopPageParts = {
  /** Attributes of the tag. */
  readonly more?: string;
  /** Behind the page's address. */
  readonly hash?: string;
  /** Runs before the page is opened. */
  readonly before?: (page: Page) => Promise<unknown>;
};

export class Studio {
  /** The shop's id, as its tag names it. */
  get shop(): string {
    return /data-shop="([^"]+)"/.exec(this.tag)?.[1] ?? "";
  }

  constructor(
    readonly server: Server,
    /** The demo shop's own tag, without its end. */
    readonly tag: string,
    private readonly browser: Browser,
    private readonly device: string,
  ) {}

  /** A page whose frames get the scripted device in place of their worker. */
  async page(variant: Variant, script: Script | undefined): Promise<Page> {
    const { language: locale } = variant;
    const context = await this.browser.newContext({ locale });
    const page = await context.newPage();
    await page.clock.setFixedTime(now);
    if (script) {
      await page.addInitScript(`window.shownScript = ${JSON.stringify(script)}`);
      await page.addInitScript({ content: this.device });
    }
    return page;
  }

  async consolePage(variant: Variant, script: Script): Promise<Page> {
    const page = await this.page(variant, script);
    const link = new URL(this.server.addresses.console);
    const fields = new URLSearchParams(link.hash.slice(1));
    const { agent: name } = words[variant.language];
    const kept = { shop: fields.get("shop"), relayUrl: fields.get("relay"), name };
    if (!script.uncertified) {
      await page.addInitScript(
        (value) => localStorage.setItem("shopbell.console", value),
        JSON.stringify(kept),
      );
      link.hash = "";
    } else if (script.beside) {
      link.hash += "&beside=1";
    }
    await page.goto(link.href);
    await expect(page.locator("main")).toBeVisible();
    return page;
  }

  /** A shop's page with nothing but the tag and a little around it. */
  async shopPage(
    variant: Variant,
    script: Script | undefined,
    { more = "", hash = "", before = async () => {} }: ShopPageParts = {},
  ): Promise<Page> {
    const page = await this.page(variant, script);
    await before(page);
    const { language } = variant;
    const dir = language === "ar" ? "rtl" : "ltr";
    const style =
      "body{margin:0;background:#f4f1ec}" +
      "@media (prefers-color-scheme:dark){body{background:#101413}}";
    const head = `<meta name="viewport" content="width=device-width"><style>${style}</style>`;
    const html =
      `<!doctype html><html lang="${language}" dir="${dir}"><head>${head}</head>` +
      `<body>${this.tag} ${more}></script></body></html>`;
    const url = new URL("/shots", this.server.addresses.shops).href;
    await page.route(url, (route) => route.fulfill({ contentType: "text/html", body: html }));
    await page.goto(url + hash);
    return page;
  }

  /** Calls `draw` for each variant, and takes its page at each width when it is done. */
  async series(
    name: string,
    draw: (variant: Variant) => Promise<Page>,
    among: readonly Language[] = languages,
  ): Promise<void> {
    const folder = join(results, name.replaceAll(/\W+/g, "-"));
    await mkdir(folder, { recursive: true });
    const shots = new Map<number, Shot[]>(widths.map((width) => [width, []]));
    for (const language of among) {
      const page = await draw({ language });
      for (const colorScheme of schemes) {
        await page.emulateMedia({ colorScheme });
        for (const width of widths) {
          await page.setViewportSize({ width, height: HEIGHT });
          const png = await still(page);
          const title = `${language}-${colorScheme}-${width}`;
          await writeFile(join(folder, `${title}.png`), png);
          shots.get(width)?.push({ title, png });
        }
      }
      await page.context().close();
    }
    for (const [width, taken] of shots) {
      await this.sheet(`${folder}-${width}.png`, taken, width);
    }
  }

  /** All variants of one width beside each other, for the eye. */
  private async sheet(path: string, shots: readonly Shot[], width: number): Promise<void> {
    const columns = width > 400 ? 3 : shots.length;
    const shown = Math.floor(SHEET_WIDTH / columns) - GAP;
    const figures = shots.map(({ title, png }) => {
      const image = `data:image/png;base64,${png.toString("base64")}`;
      const drawn = `<img width="${shown}" src="${image}">`;
      return `<figure>${drawn}<figcaption>${title}</figcaption></figure>`;
    });
    const page = await this.browser.newPage({ viewport: { width: SHEET_WIDTH, height: 100 } });
    const style =
      `body{margin:0;display:grid;grid-template-columns:repeat(${columns},1fr);gap:${GAP}px;` +
      "background:#888}figure{margin:0;font:12px sans-serif}img{display:block}";
    await page.setContent(`<style>${style}</style>${figures.join("")}`);
    await page.screenshot({ path, fullPage: true });
    await page.close();
  }
}

/** What the page looks like once it looks the same twice. */
async function still(page: Page): Promise<Buffer> {
  const take = () => page.screenshot({ animations: "disabled", caret: "hide" });
  await settled(page);
  for (let before = await take(), left = LOOKS_MAX; ; left--) {
    await settled(page);
    const after = await take();
    if (after.equals(before) || left === 0) {
      return after;
    }
    before = after;
  }
}

/** Two frames have been drawn since, with all fonts. */
async function settled(page: Page): Promise<void> {
  for (const frame of page.frames()) {
    await frame.evaluate(async () => {
      await document.fonts.ready;
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    });
  }
}

export const test = base.extend<object, { studio: Studio }>({
  studio: [
    async ({ browser }, use) => {
      const folder = await mkdtemp(join(tmpdir(), "shopbell-shots-"));
      const server = await Server.start(folder);
      const html = await (await fetch(server.addresses.shops)).text();
      const tag = html.match(/<script\b[^>]*shopbell\.js[^>]*(?=><\/script>)/)?.[0] ?? "";
      const bundled = await build({
        entryPoints: [device_source],
        bundle: true,
        write: false,
        format: "iife",
        target: "es2022",
      });
      const device = bundled.outputFiles[0]?.text ?? "";
      await use(new Studio(server, tag, browser, device));
      await server.stop();
      await rm(folder, { recursive: true });
    },
    { scope: "worker" },
  ],
});

export { expect };
