// The visitor's side: the demo shop and the conversation in its frame.
import type { FrameLocator, Locator, Page } from "@playwright/test";

export class ShopPage {
  readonly bubble: Locator;
  readonly unread: Locator;
  readonly frame: FrameLocator;
  readonly composer: Locator;
  readonly messages: Locator;
  readonly typing: Locator;
  readonly status: Locator;
  readonly problem: Locator;
  readonly tools: Locator;

  constructor(readonly page: Page) {
    this.bubble = page.getByTestId("bubble");
    this.unread = page.getByTestId("unread");
    this.frame = page.frameLocator("[data-testid=frame]");
    this.composer = this.frame.getByTestId("composer");
    this.messages = this.frame.getByTestId("message");
    this.typing = this.frame.getByTestId("typing");
    this.status = this.frame.getByTestId("status");
    this.problem = this.frame.getByTestId("problem");
    this.tools = this.frame.getByTestId("tools");
  }

  static async open(page: Page, shops: string, locale: "zh-CN" | "en"): Promise<ShopPage> {
    const address = locale === "en" ? new URL("/demo/index.en.html", shops).href : shops;
    await page.goto(address);
    return new ShopPage(page);
  }

  async ring(): Promise<void> {
    // Where it was open on the page before, it comes back by itself, but not on phones.
    const comes_back = await this.page.evaluate(() => {
      try {
        const phone = matchMedia("(max-width:480px),(max-height:420px)").matches;
        return !phone && /^open/.test(localStorage.getItem("shopbell") ?? "");
      } catch {
        return false;
      }
    });
    if (!comes_back) {
      await this.bubble.click();
    }
    await this.composer.waitFor();
    await this.settled();
  }

  /** Until the panel has come to rest: a press on what still moves goes astray. */
  async settled(): Promise<void> {
    // Not by a locator, whose own listeners in the page would be counted as ours.
    await this.page.evaluate(async () => {
      const moving = document.querySelector("#shopbell")?.shadowRoot?.getAnimations() ?? [];
      await Promise.allSettled(moving.map(({ finished }) => finished));
    });
  }

  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press("Enter");
  }

  /** Those of the given sentences that are shown, as often and in the order as they are. */
  async saidOf(sentences: readonly string[]): Promise<string[]> {
    const shown = await this.messages.allInnerTexts();
    return shown.filter((text) => sentences.includes(text));
  }

  message(text: string): Locator {
    return this.messages.filter({ hasText: text });
  }
}
