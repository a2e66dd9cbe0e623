import { consoleScenes } from "./scenes.ts";
import { expect, test } from "./studio.ts";

/** Scenes in which the first conversation is open. */
const open = new Set(["talk", "offline"]);

for (const [name, scene] of Object.entries(consoleScenes)) {
  test(`console: ${name}`, async ({ studio }) => {
    const draw = async (variant: Parameters<typeof studio.page>[0]) => {
      const page = await studio.page(variant, scene(variant.language));
      await page.goto(studio.server.addresses.console);
      await expect(page.locator("main")).toBeVisible();
      if (open.has(name)) {
        // The second has all that a customer can show.
        await page.getByTestId("inbox-row").nth(1).click();
        await expect(page.getByTestId("message").first()).toBeVisible();
      }
      return page;
    };
    await studio.series(`console-${name}`, draw, [390, 820, 1280]);
  });
}
