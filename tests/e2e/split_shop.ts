// A shop as its operators set it up when relay and desk are apart, on three sites: pages on
// 127.0.0.1, desk with the web files on localhost, relay on 127.0.0.2.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "@playwright/test";
import { person } from "./fixtures.ts";
import { ConsolePage } from "./pages/console_page.ts";
import { ShopPage } from "./pages/shop_page.ts";
import type { Language, Stage } from "./scene.ts";
import { Program, freePort, program, shopbell, webFiles } from "./split_program.ts";
import { ShopSite } from "./split_sites.ts";

export const RELAY_HOST = "127.0.0.2";
export const products = { "zh-CN": "山茶牛皮托特包", en: "Camellia tote" };

/** What stands at the end of a line of `shopbell keys show`. */
async function shownKey(folder: string, name: string): Promise<string> {
  const shown = await shopbell("keys", "show", "--data", folder);
  return shown.match(new RegExp(`^${name}: (\\S+)$`, "m"))?.[1] ?? "";
}

type Options = {
  /** Puts something before the relay: is given its port, tells the port to dial in its place. */
  before?: (relayPort: number) => Promise<number>;
  /** Another build of the program for the desk. */
  deskProgram?: string;
};

export class SplitShop {
  /** Every invitation so far. */
  readonly links: string[] = [];
  private readonly pages: Page[] = [];

  private constructor(
    readonly relayFolder: string,
    readonly deskFolder: string,
    readonly relayOrigin: string,
    readonly relayUrl: string,
    readonly deskOrigin: string,
    readonly shop: string,
    readonly site: ShopSite,
    readonly relay: Program,
    readonly desk: Program,
  ) {}

  static async start(folder: string, options: Options = {}): Promise<SplitShop> {
    const relayFolder = join(folder, "relay");
    const deskFolder = join(folder, "desk");
    const relayPort = await freePort(RELAY_HOST);
    const dialled = `${RELAY_HOST}:${(await options.before?.(relayPort)) ?? relayPort}`;
    const relayUrl = `ws://${dialled}/ws`;
    const at = ["--host", RELAY_HOST, "--port", `${relayPort}`, "--relay-host", dialled];
    await shopbell("init", "--relay-only", "--data", relayFolder, ...at);

    const site = await ShopSite.start();
    const deskPort = await freePort("localhost");
    const relayKey = await shownKey(relayFolder, "relay key");
    const words = ["--name", "Camellia Leather", "--domain", site.origin];
    const here = ["--host", "localhost", "--port", `${deskPort}`];
    const there = ["--relay-url", relayUrl, "--relay-key", relayKey];
    await shopbell("init", "--data", deskFolder, ...words, ...here, ...there);

    const shop = await shownKey(deskFolder, "shop");
    const config = join(relayFolder, "shopbell.toml");
    const text = await readFile(config, "utf8");
    await writeFile(config, text.replace("roots = []", `roots = ["${shop}"]`));
    const relay = await Program.start("listening", program, ["relay", "--data", relayFolder]);
    const desk = ["desk", "--data", deskFolder, "--assets", webFiles];
    return new SplitShop(
      relayFolder,
      deskFolder,
      `http://${RELAY_HOST}:${relayPort}`,
      relayUrl,
      `http://localhost:${deskPort}`,
      shop,
      site,
      relay,
      await Program.start("ready", options.deskProgram ?? program, desk),
    );
  }

  /** What the shop pastes into its pages; `code` is who serves loader and frame. */
  tag(code = this.deskOrigin): string {
    const where = `data-shop="${this.shop}" data-relay="${this.relayUrl}"`;
    return `<script async src="${code}/shopbell.js" ${where}></script>`;
  }

  async invite(...options: string[]): Promise<string> {
    const link = (await shopbell("invite", "--data", this.deskFolder, ...options)).trim();
    this.links.push(link);
    return link;
  }

  /** Everybody for a scene in this shop, each with a browser of his own. */
  stage(browser: Browser, pageFor?: (language: Language) => string): Stage {
    const open = async (language: Language): Promise<Page> => {
      const page = await person(browser, language);
      this.pages.push(page);
      return page;
    };
    const plain = (language: Language) =>
      this.site.add(`/${language}`, language, products[language], this.tag());
    return {
      visitor: async (language) => {
        const page = await open(language);
        await page.goto((pageFor ?? plain)(language));
        return new ShopPage(page);
      },
      agent: async (name, language) =>
        ConsolePage.join(await open(language), await this.invite(), name),
      freeze: () => this.relay.freeze(),
      thaw: () => this.relay.thaw(),
    };
  }

  async stop(): Promise<void> {
    for (const page of this.pages) {
      await page.context().close();
    }
    await this.desk.end();
    await this.relay.end();
    await this.site.stop();
  }
}
