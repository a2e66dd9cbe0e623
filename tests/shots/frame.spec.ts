import { frameScenes } from "./scenes.ts";
import { expect, test } from "./studio.ts";

for (const [name, scene] of Object.entries(frameScenes)) {
  test(`frame: ${name}`, async ({ studio }) => {
    await studio.series(`frame-${name}`, async (variant) => {
      const page = await studio.shopPage(variant, scene(variant.language));
      await page.getByTestId("bubble").click();
      await expect(page.frameLocator("[data-testid=frame]").locator("main")).toBeVisible();
      return page;
    });
  });
}
