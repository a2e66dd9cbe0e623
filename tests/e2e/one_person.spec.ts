// A customer on laptop and phone, an agent on laptop and phone: one person each. What one device
// has read is read on the others, and what was said on one is one's own on all of them.
import type { Browser } from "@playwright/test";
import { expect, person, test, type People } from "./fixtures.ts";
import { ConsolePage } from "./pages/console_page.ts";
import { ShopPage } from "./pages/shop_page.ts";

type Both = { readonly laptop: ShopPage; readonly phone: ShopPage };

/** A customer with a conversation who has let in a further device by link. */
async function bothOf(people: People, browser: Browser, words: string): Promise<Both> {
  const laptop = await people.visitor("en");
  await laptop.ring();
  await laptop.say(words);
  await expect(laptop.message(words)).toHaveAttribute("data-state", /sent|delivered|read/);
  await laptop.frame.getByTestId("menu").click();
  await laptop.frame.getByTestId("link-device").click();
  const address = await laptop.frame.getByTestId("link-address").inputValue();
  const phone = new ShopPage(await person(browser, "en"));
  await phone.page.goto(address);
  await phone.frame.getByTestId("link-use").click();
  await laptop.frame.getByTestId("link-allow").click();
  await phone.frame.getByTestId("link-leave").click();
  await laptop.frame.getByTestId("link-leave").click();
  await expect(phone.message(words)).toHaveCount(1);
  return { laptop, phone };
}

const close = ({ frame }: ShopPage) => frame.getByTestId("close").click();

test("what a customer has read on one device is read on the other", async ({ people, browser }) => {
  const { laptop, phone } = await bothOf(people, browser, "is it waterproof");
  const agent = await people.agent("Lin", "en");
  await agent.openFirst();
  await close(laptop);
  await close(phone);
  await agent.say("it is");
  await expect(laptop.unread).toHaveText("1");
  await expect(phone.unread).toHaveText("1");
  await phone.ring();
  await expect(phone.message("it is")).toBeVisible();
  await expect(laptop.unread).toBeHidden();

  // And where it was away meanwhile.
  await laptop.page.context().setOffline(true);
  await laptop.page.goto("about:blank");
  await agent.say("and warm");
  await expect(phone.message("and warm")).toBeVisible();
  await close(phone);
  await agent.say("and light");
  await expect(phone.unread).toHaveText("1");
  await laptop.page.context().setOffline(false);
  await laptop.page.goBack();
  await laptop.ring();
  await expect(laptop.message("and light")).toBeVisible();
  await expect(phone.unread).toBeHidden();
  await phone.page.context().close();
});

test("what was said on another device stands as one's own, and is changed there alone", async ({
  people,
  browser,
  server,
}) => {
  const { laptop, phone } = await bothOf(people, browser, "is it waterproof");
  await phone.say("asked on the phone");
  const here = laptop.message("asked on the phone");
  await expect(laptop.frame.locator(".group.mine", { has: here })).toHaveCount(1);
  await phone.page.context().close();

  const desk = await ConsolePage.join(
    await (await browser.newContext({ locale: "en" })).newPage(),
    server.addresses.console,
    "Lin",
  );
  await desk.openFirst();
  await desk.say("said at the desk");
  await expect(laptop.message("said at the desk")).toBeVisible();
  await desk.page.getByTestId("tool-settings").click();
  await desk.page.getByTestId("other-device").click();
  const link = await desk.page.getByTestId("device-link").inputValue();
  await desk.page.keyboard.press("Escape");
  const pocket = new ConsolePage(await (await browser.newContext({ locale: "en" })).newPage());
  await pocket.page.goto(link);
  await pocket.page.getByTestId("join-beside").click();
  await pocket.openFirst();
  const own = (agent: ConsolePage, text: string) =>
    agent.page.locator(".group.mine", { has: agent.message(text) });
  await expect(own(pocket, "said at the desk"), "also before his join").toHaveCount(1);
  await pocket.say("said on the way");
  await expect(own(desk, "said on the way")).toHaveCount(1);
  await expect(own(desk, "said on the way")).toContainText("You");
  await pocket.page.reload();
  await expect(own(pocket, "said at the desk")).toHaveCount(1);
  await pocket.page.context().close();
  await desk.page.context().close();
});
