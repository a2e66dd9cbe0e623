import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test as base } from "@playwright/test";
import { ShopPage } from "../pages/shop_page.ts";
import { EmbedShop, GREETING } from "./shop.ts";

export const test = base.extend<object, { shop: EmbedShop }>({
  locale: "en",
  viewport: { width: 1100, height: 800 },
  shop: [
    async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), "shopbell-embed-"));
      const shop = await EmbedShop.start(join(folder, "data"));
      await use(shop);
      await shop.stop();
      await rm(folder, { recursive: true });
    },
    { scope: "worker" },
  ],
});

/** Says a first sentence; it reaches the shop, and the shop's greeting reaches the customer. */
export async function converse(visitor: ShopPage, text = "Is the tote lined?"): Promise<void> {
  await visitor.say(text);
  await expect(visitor.message(text)).toHaveAttribute("data-state", /delivered|read/);
  await expect(visitor.message(GREETING)).toHaveCount(1);
}

export { expect };
