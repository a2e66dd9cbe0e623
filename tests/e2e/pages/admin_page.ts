// The admin's pages of a console.
import type { Locator, Page } from "@playwright/test";
import type { ConsolePage } from "./console_page.ts";

export type AdminPlace = "install" | "domains" | "look" | "team" | "keys";

export class AdminPage {
  readonly root: Locator;
  readonly code: Locator;
  readonly seen: Locator;
  readonly domains: Locator;

  private constructor(readonly page: Page) {
    this.root = page.getByTestId("admin");
    this.code = page.getByTestId("code");
    this.seen = page.getByTestId("seen");
    this.domains = page.getByTestId("domains").locator("li");
  }

  static async open({ page }: ConsolePage): Promise<AdminPage> {
    await page.getByTestId("admin-open").click();
    const admin = new AdminPage(page);
    await admin.code.waitFor();
    return admin;
  }

  go(place: AdminPlace): Promise<void> {
    return this.page.getByTestId(`admin-${place}`).click();
  }

  async addDomain(domain: string): Promise<void> {
    await this.page.getByTestId("domain").fill(domain);
    await this.page.getByTestId("domain-add").click();
  }

  /** What was seen of an origin: yes, never, refused; nothing where there is no line of it. */
  seenOf(origin: string): Locator {
    return this.seen.filter({ hasText: origin });
  }
}
