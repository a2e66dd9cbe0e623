import { expect, test } from "./studio.ts";

test("bubble", async ({ studio }) => {
  await studio.series("bubble", async (variant) => {
    const page = await studio.shopPage(variant, undefined);
    await expect(page.getByTestId("bubble")).toBeVisible();
    return page;
  });
});
