import type { Page } from "@playwright/test";
import { adminRefused, adminScenes } from "./admin_scenes.ts";
import { expect, inTwoLanguages, test } from "./studio.ts";

/** What is done on the page that a scene opens. */
const acts: Record<string, (page: Page) => Promise<void>> = {
  "install by tag manager": (page) => page.getByTestId("guide-manager").click(),
  "install in React": (page) => page.getByTestId("guide-react").click(),
  "install in Vue": (page) => page.getByTestId("guide-vue").click(),
  "domains, a wrong one": async (page) => {
    await page.getByTestId("domain").fill("https://camellia.example/bags");
    await page.getByTestId("domain-add").click();
    await expect(page.getByTestId("domain-error")).toBeVisible();
  },
  "look, a wrong colour": async (page) => {
    await page.getByTestId("accent").fill("#red");
    await expect(page.getByTestId("accent-error")).toBeVisible();
  },
  "team, removing a device": (page) => page.getByTestId("device-remove").last().click(),
  "team, invited": async (page) => {
    await page.getByTestId("invite-make").click();
    await expect(page.getByTestId("invite-link")).toBeVisible();
  },
};

for (const [name, scene] of Object.entries(adminScenes)) {
  test(`admin: ${name}`, async ({ studio }) => {
    const draw = async (variant: Parameters<typeof studio.page>[0]) => {
      const page = await studio.consolePage(variant, scene(variant.language));
      await page.getByTestId("admin-open").click();
      await page.getByTestId("code").waitFor();
      await page.getByTestId(`admin-${/^\w+/.exec(name)?.[0]}`).click();
      await acts[name]?.(page);
      return page;
    };
    await studio.series(`admin-${name}`, draw, inTwoLanguages);
  });
}

test("admin: refused", async ({ studio }) => {
  const draw = async (variant: Parameters<typeof studio.page>[0]) => {
    const page = await studio.consolePage(variant, adminRefused(variant.language));
    await page.getByTestId("admin-open").click();
    await page.getByTestId("admin-refused").waitFor();
    return page;
  };
  await studio.series("admin-refused", draw, inTwoLanguages);
});
