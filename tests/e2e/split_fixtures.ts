import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base } from "@playwright/test";
import { SplitShop } from "./split_shop.ts";

export const test = base.extend<{ folder: string; shop: SplitShop }>({
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), "shopbell-split-"));
    await use(folder);
    await rm(folder, { recursive: true });
  },
  shop: async ({ folder }, use) => {
    const shop = await SplitShop.start(folder);
    await use(shop);
    await shop.stop();
  },
});

export { expect } from "@playwright/test";
