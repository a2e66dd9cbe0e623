// A shop whose pages are not the demo's: `shopbell serve` on localhost, which lets the pages of
// 127.0.0.1 show the widget. Two sites, as in life.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Program, freePort, program, shopbell, webFiles } from "../split_program.ts";
import { PageSite } from "./site.ts";

export const GREETING = "The shop greets you.";

export type PageParts = {
  readonly doctype?: string;
  readonly lang?: string;
  readonly head?: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
};

/** What a shop page commonly holds, so that something could be moved. */
export const GOODS = `
  <header class="navbar"><h1>Camellia Leather</h1><button type="button">Menu</button></header>
  <main class="container">
    <p>Each bag is made by one craftsman, from first cut to last edge.</p>
    <div class="card"><h2>Camellia tote</h2><img alt="" width="120" height="120"
      src="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E">
      <button type="button" class="btn">Add to bag</button></div>
    <form><label>Mail <input type="email"></label><select><option>Brown</option></select></form>
  </main>
  <footer><a href="#top">Up</a></footer>`;

export class EmbedShop {
  private constructor(
    private readonly folder: string,
    /** Where loader, frame and relay are. */
    readonly code: string,
    readonly id: string,
    readonly site: PageSite,
    private server: Program,
  ) {}

  private static run(folder: string): Promise<Program> {
    return Program.start("ready", program, ["serve", "--data", folder, "--assets", webFiles]);
  }

  static async start(folder: string): Promise<EmbedShop> {
    const site = await PageSite.start();
    const port = await freePort("localhost");
    const data = ["--data", folder];
    const words = ["--name", "Camellia Leather", "--domain", site.origin];
    await shopbell("init", ...data, ...words, "--host", "localhost", "--port", `${port}`);
    const config = join(folder, "shopbell.toml");
    const text = await readFile(config, "utf8");
    await writeFile(config, text.replace("greeting_en = ''", `greeting_en = '${GREETING}'`));
    const shown = await shopbell("keys", "show", ...data);
    const id = shown.match(/^shop: (\S+)$/m)?.[1] ?? "";
    const code = `http://localhost:${port}`;
    return new EmbedShop(folder, code, id, site, await EmbedShop.run(folder));
  }

  get src(): string {
    return `${this.code}/shopbell.js`;
  }

  /** What the shop pastes into its pages. */
  tag(attributes = ""): string {
    return `<script async src="${this.src}" data-shop="${this.id}" ${attributes}></script>`;
  }

  /** Adds a page; its address. */
  page(path: string, parts: PageParts): string {
    const { doctype = "<!doctype html>", lang = "en", head = "", body = GOODS, headers } = parts;
    const html = `${doctype}<html lang="${lang}"><head>
      <meta charset="utf-8"><title>Camellia Leather</title>
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <link rel="icon" href="data:,">${head}</head><body>${body}</body></html>`;
    return this.site.add(path, html, headers);
  }

  /** A link by which one agent joins. */
  async invite(): Promise<string> {
    return (await shopbell("invite", "--data", this.folder)).trim();
  }

  /** Relay, desk and web files are gone, as in a power cut. */
  async down(): Promise<void> {
    await this.server.end("SIGKILL");
  }

  /** On the same port and data again. */
  async up(): Promise<void> {
    this.server = await EmbedShop.run(this.folder);
  }

  async stop(): Promise<void> {
    await this.server.end();
    await this.site.stop();
  }
}
