// An agent whose certificate has ended: while he stays connected he still reaches the conversation,
// and the customer is told that he does not speak for the shop. An honest console tells him too.
import type { Locator } from "@playwright/test";
import { person } from "./fixtures.ts";
import { ConsolePage } from "./pages/console_page.ts";
import { expect, test } from "./split_fixtures.ts";

const SHOP = "2";
const STRANGER = "4";

test("an ended certificate is not the shop", async ({ shop, browser }) => {
  const visitor = await shop.stage(browser).visitor("zh-CN");
  await visitor.ring();
  await visitor.say("?");
  await expect(visitor.message("?")).toHaveAttribute("data-state", "delivered");

  const page = await person(browser, "zh-CN");
  // His page does not notice that time passes, so that it goes on after the end.
  await page.clock.setFixedTime(Date.now());
  const link = await shop.invite("--certificate-for", "10s");
  const agent = await ConsolePage.join(page, link, "Lin");
  await agent.openFirst();
  const warning = visitor.frame.getByTestId("warning");
  const say = async (text: string): Promise<Locator> => {
    await agent.say(text);
    const said = visitor.message(text);
    await expect(said).toBeVisible();
    return said;
  };
  const first = await say("answer 0.");
  await expect(first).toHaveAttribute("data-author-class", SHOP);
  await expect(warning).toHaveCount(0);
  const shield = visitor.frame.getByTestId("confirmed");
  await expect(shield).toBeVisible();

  // The end shows in the answers themselves.
  const classes = [SHOP];
  const next = async (): Promise<string> => {
    const said = await say(`answer ${classes.length}.`);
    const found = (await said.getAttribute("data-author-class")) ?? "";
    classes.push(found);
    return found;
  };
  await expect.poll(next, { intervals: [250] }).toBe(STRANGER);
  expect(await next()).toBe(STRANGER);
  await expect(warning).toContainText("并非来自商家");
  await expect(shield).toHaveCount(0);
  await expect(visitor.frame.locator(".group", { has: warning })).not.toContainText("answer 0.");
  await expect(first).toHaveAttribute("data-author-class", SHOP);

  // The same after everything was loaded anew.
  await visitor.page.reload();
  await visitor.ring();
  await expect(first).toHaveAttribute("data-author-class", SHOP);
  await expect(warning).toBeVisible();

  // On his next connection he is told, and is not served.
  await page.reload();
  await expect(agent.status).toHaveAttribute("data-error", "closed_certificate");
  await expect(agent.status).toContainText("证书已到期");
  await page.context().close();
});

test("the console stops at the end of its certificate, a new invitation helps", async ({
  shop,
  browser,
}) => {
  const visitor = await shop.stage(browser).visitor("zh-CN");
  await visitor.ring();
  await visitor.say("?");
  const page = await person(browser, "zh-CN");
  const agent = await ConsolePage.join(
    page,
    await shop.invite("--certificate-for", "5s"),
    "Lin",
  );
  const ended = page.getByTestId("certificate-ended");
  await agent.openFirst();
  await expect(ended).toHaveCount(0);
  await agent.say("in time");
  await expect(visitor.message("in time")).toHaveAttribute("data-author-class", SHOP);

  await expect(ended).toContainText("证书已到期");
  await agent.say("too late");
  await expect(agent.composer).toHaveValue("too late");
  await expect(page.getByTestId("console-send")).toHaveAttribute("aria-disabled", "true");
  await expect(agent.message("too late")).toHaveCount(0);
  await page.reload();
  await expect(ended).toBeVisible();

  const again = await shop.invite();
  await page.goto("about:blank");
  await ConsolePage.join(page, again, "Lin");
  await agent.openFirst();
  await expect(ended).toHaveCount(0);
  await agent.say("back again");
  await expect(visitor.message("back again")).toHaveAttribute("data-author-class", SHOP);
  await page.context().close();
});
