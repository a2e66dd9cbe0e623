// A further device by link: made on the one, used on the other, confirmed by the same code on both.
import type { Browser, Locator, Page } from "@playwright/test";
import { findingsInModes } from "./axe.ts";
import { expect, person, test, type People } from "./fixtures.ts";
import { ShopPage } from "./pages/shop_page.ts";

const part = (shop: ShopPage, name: string): Locator => shop.frame.getByTestId(`link-${name}`);

const frameOf = (page: Page) => {
  const frame = page.frames().find((each) => each.url().includes("/widget/frame.html"));
  if (!frame) {
    throw new Error("there is no conversation");
  }
  return frame;
};

/** Somebody with a conversation. */
async function talking(people: People, words: string): Promise<ShopPage> {
  const shop = await people.visitor("en");
  await shop.ring();
  await shop.say(words);
  await expect(shop.message(words)).toHaveAttribute("data-state", /sent|delivered|read/);
  return shop;
}

async function makeLink(shop: ShopPage): Promise<string> {
  await shop.frame.getByTestId("menu").click();
  await shop.frame.getByTestId("link-device").click();
  await expect(part(shop, "qr")).toBeVisible();
  return part(shop, "address").inputValue();
}

async function openLink(browser: Browser, address: string): Promise<ShopPage> {
  const page = await person(browser, "en");
  await page.goto(address);
  const shop = new ShopPage(page);
  await expect(part(shop, "intro")).toBeVisible();
  return shop;
}

test("the history comes to a second device, and both see what is written next", async ({
  browser,
  people,
}) => {
  const laptop = await talking(people, "where is my bag");
  const asked: string[] = [];
  const address = await makeLink(laptop);
  const phone = await openLink(browser, address);
  phone.page.on("request", (request) => asked.push(request.url()));
  expect(new URL(phone.page.url()).hash, "the link leaves the address").toBe("");
  await expect(part(laptop, "made"), "opening it uses nothing up").toBeVisible();

  await part(phone, "use").click();
  const code = part(phone, "code");
  await expect(part(laptop, "asked")).toBeVisible();
  await expect(part(laptop, "code")).toHaveText(await code.innerText());
  await expect(phone.message("where is my bag")).toHaveCount(0);
  await part(laptop, "allow").click();
  await expect(part(laptop, "done")).toBeVisible();
  await expect(part(phone, "done")).toBeVisible();
  await part(phone, "leave").click();
  await part(laptop, "leave").click();
  await expect(phone.message("where is my bag")).toHaveCount(1);

  await phone.say("from the phone");
  await expect(laptop.message("from the phone")).toHaveCount(1);
  await laptop.say("from the laptop");
  await expect(phone.message("from the laptop")).toHaveCount(1);
  const secret = new URL(address).hash.split("=")[1] ?? "";
  expect(asked.filter((url) => url.includes(secret))).toEqual([]);

  const third = await openLink(browser, address);
  await part(third, "use").click();
  await expect(part(third, "refused")).toContainText("Another device has used it");
  await part(third, "leave").click();
  await expect(third.composer).toBeVisible();
  await phone.page.context().close();
  await third.page.context().close();
});

test("who is refused gets nothing", async ({ browser, people }) => {
  const laptop = await talking(people, "only for me");
  const phone = await openLink(browser, await makeLink(laptop));
  await part(phone, "use").click();
  await part(laptop, "refuse").click();
  await expect(part(laptop, "denied")).toBeVisible();
  await expect(part(phone, "refused")).toContainText("It was refused");
  await part(phone, "leave").click();
  await expect(phone.message("only for me")).toHaveCount(0);
  await phone.page.context().close();
});

test("a link ends after ten minutes, and another one is offered", async ({ people }) => {
  const laptop = await talking(people, "before it ends");
  await makeLink(laptop);
  await laptop.page.clock.install();
  await laptop.page.clock.fastForward("10:01");
  await expect(part(laptop, "ended")).toContainText("Make another one");
  await expect(part(laptop, "qr")).toHaveCount(0);
  await expect(part(laptop, "again")).toBeVisible();
});

test("where the first device is closed, the second says so and goes on when it is back", async ({
  browser,
  people,
}) => {
  const laptop = await talking(people, "still there");
  const address = await makeLink(laptop);
  const phone = await openLink(browser, address);
  const { page } = laptop;
  const back = page.url();
  await page.goto("about:blank");
  await part(phone, "use").click();
  await expect(part(phone, "away")).toContainText("keep it open");

  await page.goto(back);
  await expect(part(laptop, "asked")).toBeVisible();
  await part(laptop, "allow").click();
  await part(phone, "leave").click();
  await expect(phone.message("still there")).toHaveCount(1);
  await phone.page.context().close();
});

test("a link that is damaged, or another shop's, is named", async ({ browser, people }) => {
  const laptop = await talking(people, "has my order gone");
  const address = await makeLink(laptop);
  const [page = "", link = ""] = address.split("#shopbell=");
  const wrong: [string, string][] = [
    [`${link.slice(0, 20)}`, "not complete"],
    [`AAAAAA${link.slice(6)}`, "another shop"],
  ];
  for (const [text, sentence] of wrong) {
    const phone = await openLink(browser, `${page}#shopbell=${text}`);
    await part(phone, "use").click();
    await expect(part(phone, "refused")).toContainText(sentence);
    await phone.page.context().close();
  }
});

test("by keyboard alone, and with no finding", async ({ browser, people }) => {
  const laptop = await talking(people, "has my order gone");
  const address = await makeLink(laptop);
  const found = async (shop: ShopPage, state: string) =>
    expect(await findingsInModes(shop.page, frameOf(shop.page)), state).toEqual([]);
  await found(laptop, "made");
  await laptop.page.keyboard.press("Escape");
  await expect(laptop.composer).toBeVisible();

  const phone = await openLink(browser, address);
  await phone.page.setViewportSize({ width: 320, height: 640 });
  await found(phone, "intro");
  await phone.page.keyboard.press("Tab");
  await phone.page.keyboard.press("Enter");
  await expect(part(phone, "code")).toBeVisible();
  await found(phone, "waiting");
  const wide = await frameOf(phone.page).evaluate(
    () => document.documentElement.scrollWidth > innerWidth,
  );
  expect(wide, "it fits a narrow phone").toBe(false);

  await expect(part(laptop, "asked"), "the question comes by itself").toBeVisible();
  await found(laptop, "asked");
  await laptop.page.keyboard.press("Escape");
  await expect(part(laptop, "asked"), "a question is answered, not left").toBeVisible();
  await laptop.page.keyboard.press("Tab");
  await laptop.page.keyboard.press("Enter");
  await expect(part(phone, "done")).toBeVisible();
  await found(phone, "done");
  await phone.page.context().close();
});
