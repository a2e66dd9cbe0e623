// Link previews are off until an admin turns them on. What the desk asks and reads is played by
// tests/unit/net/page_fetcher_test.cpp: there is no open network here.
import { expect, test } from "./fixtures.ts";
import { AdminPage } from "./pages/admin_page.ts";

test("an admin turns link previews on and off, and it stays so", async ({ server, people }) => {
  const agent = await people.agent("Lin", "en");
  const { page } = agent;
  const toggle = page.getByTestId("link-previews");
  for (const on of [true, false]) {
    await (await AdminPage.open(agent)).go("look");
    await expect(toggle).toBeChecked({ checked: !on });
    await toggle.click();
    await expect(toggle).toBeEnabled();
    await expect(toggle).toBeChecked({ checked: on });
    await server.kill();
    await server.again();
    await page.reload();
    await (await AdminPage.open(agent)).go("look");
    await expect(toggle).toBeChecked({ checked: on });
    await page.reload();
  }
});
