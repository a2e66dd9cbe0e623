// The agent's side.
import type { Locator, Page } from "@playwright/test";

export class ConsolePage {
  readonly rows: Locator;
  readonly composer: Locator;
  readonly messages: Locator;
  readonly notes: Locator;
  readonly typing: Locator;
  readonly status: Locator;
  readonly tools: Locator;

  constructor(readonly page: Page) {
    this.rows = page.getByTestId("inbox-row");
    this.composer = page.getByTestId("console-composer");
    this.messages = page.getByTestId("message");
    this.notes = page.getByTestId("note");
    this.typing = page.getByTestId("typing");
    this.status = page.getByTestId("status");
    this.tools = page.getByTestId("tools");
  }

  /** Opens an invitation and uses it up. */
  static async join(page: Page, link: string, name: string): Promise<ConsolePage> {
    await page.goto(link);
    await page.getByTestId("name").fill(name);
    await page.getByTestId("join").click();
    return new ConsolePage(page);
  }

  async openFirst(): Promise<void> {
    await this.rows.first().click();
    await this.composer.waitFor();
  }

  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press("Enter");
  }

  async note(text: string): Promise<void> {
    await this.page.getByTestId("note-toggle").click();
    await this.say(text);
    await this.page.getByTestId("reply-toggle").click();
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
