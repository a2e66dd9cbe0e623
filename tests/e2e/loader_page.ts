// A page of the shop's origin that holds nothing but what a test puts there, and ways to call the
// widget's API in it.
import { expect, type Page } from "@playwright/test";
import { ShopPage } from "./pages/shop_page.ts";

export type Loaded = Window & {
  Shopbell(...call: unknown[]): Promise<unknown>;
  heard: unknown[];
};

export type Tag = { readonly src: string; readonly shop: string };

export class LoaderPage {
  readonly shop: ShopPage;
  /** Lines of the console and errors that nobody caught. */
  readonly said: string[] = [];

  private constructor(
    readonly page: Page,
    readonly tag: Tag,
    private readonly shops: string,
  ) {
    this.shop = new ShopPage(page);
    page.on("console", (line) => this.said.push(line.text()));
    page.on("pageerror", (error) => this.said.push(error.message));
  }

  static async of(page: Page, shops: string): Promise<LoaderPage> {
    await page.goto(shops);
    const tag = await page.locator("script[data-shop]").evaluate((node: HTMLScriptElement) => {
      return { src: node.src, shop: node.dataset["shop"] ?? "" };
    });
    return new LoaderPage(page, tag, shops);
  }

  script(attributes = "", shop = `data-shop="${this.tag.shop}"`): string {
    return `<script async src="${this.tag.src}" ${shop} ${attributes}></script>`;
  }

  /** Waits for the bubble or, without one, for the API. */
  async show(
    head: string,
    { lang = "en", path = "/own", body = "", headers = {} as Record<string, string> } = {},
  ): Promise<void> {
    await this.page.route(new RegExp(`${path}$`), (route) =>
      route.fulfill({
        contentType: "text/html",
        headers,
        body: `<!doctype html><html lang="${lang}"><title>Bags</title><meta name="viewport"
          content="width=device-width, initial-scale=1">${head}<body>${body}`,
      }),
    );
    await this.page.goto(new URL(path, this.shops).href);
    await this.page.waitForFunction(
      () => "loaded" in ((window as { Shopbell?: object }).Shopbell ?? {}),
    );
  }

  call(...call: unknown[]): Promise<unknown> {
    return this.page.evaluate(
      (given) => (window as unknown as Loaded).Shopbell(...given),
      call,
    );
  }

  /** The cause that a call is rejected with. */
  refusal(...call: unknown[]): Promise<unknown> {
    return this.page.evaluate(
      (given) =>
        (window as unknown as Loaded).Shopbell(...given).then(
          () => "resolved",
          (error: { cause: string }) => error.cause,
        ),
      call,
    );
  }

  async hear(...events: string[]): Promise<void> {
    await this.page.evaluate((names) => {
      const win = window as unknown as Loaded;
      win.heard = [];
      for (const name of names) {
        void win.Shopbell("on", name, (value: unknown) =>
          win.heard.push(value === undefined ? name : [name, value]),
        );
      }
    }, events);
  }

  heard(): Promise<unknown[]> {
    return this.page.evaluate(() => (window as unknown as Loaded).heard);
  }

  /** A word as the frame would say it. */
  async frameSays(word: object): Promise<void> {
    await this.page.evaluate((data) => {
      const host = document.getElementById("shopbell");
      const frame = host?.shadowRoot?.querySelector("iframe");
      window.dispatchEvent(
        new MessageEvent("message", {
          data: { shopbell: 1, ...data },
          origin: new URL(frame?.src ?? "").origin,
          source: frame?.contentWindow ?? null,
        }),
      );
    }, word);
  }

  async expectOpen(open: boolean): Promise<void> {
    await expect(this.page.getByTestId("panel")).toBeVisible({ visible: open });
  }

  flag(): Promise<string | null> {
    return this.page.evaluate(() => localStorage.getItem("shopbell"));
  }
}
