import { test as base } from "../fixtures.ts";
import { openChromium } from "./chromium.ts";
import { openFirefox } from "./firefox.ts";
import { OtherVisitor, type Habits, type OtherBrowser, type Person } from "./visitor.ts";
import { openWebKit } from "./webkit.ts";

export const others = { Firefox: openFirefox, WebKitGTK: openWebKit };
export const all = { Chromium: openChromium, ...others };

/** Tests in one of the browsers, which is started once. */
export function testIn(open: (habits?: Habits) => Promise<OtherBrowser>, habits?: Habits) {
  return base.extend<
    { person: Person; visit: (url?: string) => Promise<OtherVisitor> },
    { other: OtherBrowser }
  >({
    other: [
      async ({}, use) => {
        const browser = await open(habits);
        await use(browser);
        await browser.close();
      },
      { scope: "worker" },
    ],
    person: async ({ other }, use) => {
      const person = await other.person();
      await use(person);
      await person.leave();
    },
    /** A tab of the person with the shop in it. */
    visit: async ({ person, server }, use) => {
      await use(async (url = server.addresses.shops) => {
        const tab = await person.open();
        await tab.goto(url);
        return new OtherVisitor(tab);
      });
    },
  });
}

export { expect } from "@playwright/test";
