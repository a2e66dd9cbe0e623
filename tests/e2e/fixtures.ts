import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test as base, type Browser, type Page } from "@playwright/test";
import { ConsolePage } from "./pages/console_page.ts";
import { ShopPage } from "./pages/shop_page.ts";
import type { Language } from "./scene.ts";
import { Server, filesWithWorkerScript } from "./server.ts";

/** Each person has a browser profile of his own. */
export async function person(browser: Browser, locale: Language): Promise<Page> {
  const context = await browser.newContext({ locale });
  return context.newPage();
}

export type People = {
  visitor(locale?: Language): Promise<ShopPage>;
  agent(name: string, locale?: Language): Promise<ConsolePage>;
};

type Fixtures = {
  /** Runs in each worker before its own. */
  workerScript: string;
  server: Server;
  people: People;
};

export const test = base.extend<Fixtures>({
  workerScript: ["", { option: true }],
  server: async ({ workerScript }, use) => {
    const folder = await mkdtemp(join(tmpdir(), "shopbell-e2e-"));
    const web = join(folder, "web");
    const files = workerScript ? await filesWithWorkerScript(web, workerScript) : undefined;
    const server = await Server.start(join(folder, "data"), "0", files);
    await use(server);
    await server.stop();
    await rm(folder, { recursive: true });
  },
  people: async ({ browser, server }, use) => {
    const pages: Page[] = [];
    await use({
      visitor: async (locale = "zh-CN") => {
        const page = await person(browser, locale);
        pages.push(page);
        return ShopPage.open(page, server.addresses.shops, locale);
      },
      agent: async (name, locale = "zh-CN") => {
        const page = await person(browser, locale);
        pages.push(page);
        return ConsolePage.join(page, server.addresses.console, name);
      },
    });
    for (const page of pages) {
      await page.context().close();
    }
  },
});

/** A visitor who has said a word, and the agent who reads it. */
export async function inTalk(people: People): Promise<{ visitor: ShopPage; agent: ConsolePage }> {
  const visitor = await people.visitor("en");
  await visitor.ring();
  await visitor.say("the zip is broken");
  await expect(visitor.messages).toHaveCount(2);
  const agent = await people.agent("Lin", "en");
  await agent.openFirst();
  await expect(agent.message("the zip is broken")).toHaveCount(1);
  return { visitor, agent };
}

export { expect };
