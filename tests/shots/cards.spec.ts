import type { Page } from "@playwright/test";
import { cardScenes } from "./card_scenes.ts";
import { expect, inTwoLanguages, test } from "./studio.ts";

const inside = (page: Page) => page.frameLocator("[data-testid=frame]");

/** What is done in a scene before it is drawn. */
const acts: Record<string, (page: Page) => Promise<void>> = {
  "cards: decision, asked once more": (page) => inside(page).getByTestId("card-agree").click(),
  "cards: choices": async (page) => {
    await inside(page).getByTestId("card-choice").nth(1).check();
  },
  "cards: form": async (page) => {
    await inside(page).getByTestId("card-field").nth(1).fill("12");
    await inside(page).getByTestId("card-submit").click();
  },
};

for (const [name, scene] of Object.entries(cardScenes)) {
  test(name, async ({ studio }) => {
    await studio.series(name, async (variant) => {
      const page = await studio.shopPage(variant, scene(variant.language));
      await page.getByTestId("bubble").click();
      await expect(inside(page).getByTestId("card").first()).toBeVisible();
      await acts[name]?.(page);
      return page;
    });
  });
}

const fields: Record<string, readonly [string, string][]> = {
  product: [["title", "CT-01"], ["amount", "899"], ["url", "javascript:"]],
  form: [["title", "A-2071"]],
};

for (const [kind, values] of Object.entries(fields)) {
  test(`cards: made, ${kind}`, async ({ studio }) => {
    await studio.series(
      `cards-made-${kind}`,
      async (variant) => {
        const scene = cardScenes["cards: decision"];
        const page = await studio.consolePage(variant, scene!(variant.language));
        await page.getByTestId("inbox-row").first().click();
        await page.getByTestId("open-cards").click();
        await page.locator(`[data-testid=card-kind][data-kind=${kind}]`).click();
        for (const [name, value] of values) {
          await page.getByTestId(`make-${name}`).fill(value);
        }
        await page.getByTestId("card-send").click();
        return page;
      },
      inTwoLanguages,
    );
  });
}

test("cards: which one", async ({ studio }) => {
  await studio.series(
    "cards-which",
    async (variant) => {
      const scene = cardScenes["cards: settled"];
      const page = await studio.consolePage(variant, scene!(variant.language));
      await page.getByTestId("inbox-row").first().click();
      await page.getByTestId("open-cards").click();
      return page;
    },
    inTwoLanguages,
  );
});
