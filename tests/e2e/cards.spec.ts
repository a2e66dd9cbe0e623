// Cards from the console to the widget and back: each kind, what the customer answers, and that
// both sides see the same of it, also after a reload.
import { findingsInModes } from "./axe.ts";
import { expect, test } from "./fixtures.ts";
import type { ConsolePage } from "./pages/console_page.ts";
import { cardsOf, fillCard, sendCard } from "./pages/cards.ts";
import type { ShopPage } from "./pages/shop_page.ts";
import type { People } from "./fixtures.ts";
import { sayMany } from "./pages/say_many.ts";

async function talking(people: People, locale: "zh-CN" | "en" = "en") {
  const visitor = await people.visitor(locale);
  await visitor.ring();
  await visitor.say("My zip broke");
  await expect(visitor.message("My zip broke")).toHaveAttribute("data-state", "delivered");
  const agent = await people.agent("Lin", locale);
  await agent.openFirst();
  return { visitor, agent };
}

const stateOf = (side: ConsolePage | ShopPage, name: string) =>
  cardsOf(side, name).getByTestId("card-state");

test("what an agent shows is seen as he saw it, and by a reload the same", async ({ people }) => {
  const { visitor, agent } = await talking(people);
  await sendCard(agent, "product", [
    ["title", "Camellia tote"], ["amount", "899"], ["formerAmount", "999"], ["currency", "CNY"],
    ["detail", "Full grain leather"], ["url", "https://shop.example/tote"],
  ]);
  await sendCard(agent, "order", [
    ["number", "SO-20311"], ["state", "4"], ["+lines", ""], ["lines-0-title", "Camellia tote"],
    ["lines-0-quantity", "1"], ["lines-0-amount", "899"], ["amount", "899"],
  ]);
  await sendCard(agent, "logistics", [
    ["carrier", "SF Express"], ["number", "SF1402"], ["state", "2"], ["+steps", ""],
    ["steps-0-timeMs", "2026-11-20T09:30"], ["steps-0-title", "Handed over"],
    ["steps-0-place", "Hangzhou"],
  ]);
  await sendCard(agent, "refund", [["amount", "45.50"], ["state", "2"], ["way", "Your card"]]);
  await sendCard(agent, "progress", [
    ["subject", "New zip"], ["steps", "Received\nIn work\nReady"], ["at", "2"],
  ]);
  await sendCard(agent, "article", [["title", "Leather care"], ["text", "Wax it twice a year."]]);

  const check = async (side: ConsolePage | ShopPage) => {
    await expect(cardsOf(side, "product")).toContainText("¥899.00");
    await expect(cardsOf(side, "product")).toContainText("¥999.00");
    const link = cardsOf(side, "product").getByRole("link");
    await expect(link).toHaveText("shop.example");
    await expect(link).toHaveAttribute("href", "https://shop.example/tote");
    await expect(cardsOf(side, "order")).toContainText("SO-20311");
    await expect(cardsOf(side, "order").getByTestId("card-pill")).toHaveText("Sent");
    await expect(cardsOf(side, "logistics")).toContainText("Handed over");
    await expect(cardsOf(side, "refund")).toContainText("45.50");
    await expect(cardsOf(side, "progress").locator("[aria-current=step]")).toContainText("In work");
    await expect(cardsOf(side, "article")).toContainText("Wax it twice a year.");
  };
  await check(visitor);
  await check(agent);
  await visitor.page.reload();
  await visitor.ring();
  await check(visitor);
  await agent.page.reload();
  await check(agent);
  await expect(agent.rows.first()).toContainText("Leather care");
});

test("a decision binds once it is confirmed, alike on both sides", async ({ people }) => {
  const { visitor, agent } = await talking(people);
  await sendCard(agent, "decision", [["title", "Glue the sole"], ["amount", "80"]]);
  const card = cardsOf(visitor, "decision");
  await expect(card).toContainText("Glue the sole");
  await expect(stateOf(agent, "decision")).toContainText("Waiting for the customer");
  await card.getByTestId("card-agree").click();
  await expect(card.getByTestId("card-ask")).toBeFocused();
  await visitor.page.keyboard.press("Escape");
  await expect(card.getByTestId("card-ask")).toHaveCount(0);
  await expect(stateOf(agent, "decision")).toContainText("Waiting for the customer");
  await card.getByTestId("card-agree").click();
  await card.getByTestId("card-confirm").click();
  await expect(stateOf(visitor, "decision")).toContainText("Approved");
  await expect(stateOf(agent, "decision")).toContainText("Approved");
  await expect(cardsOf(agent, "given")).toContainText("Glue the sole");
  await expect(card.getByTestId("card-agree")).toHaveCount(0);
  await expect(agent.page.getByTestId("card-withdraw")).toHaveCount(0);
  await visitor.page.reload();
  await visitor.ring();
  await expect(stateOf(visitor, "decision")).toContainText("Approved");
  await agent.page.reload();
  await expect(stateOf(agent, "decision")).toContainText("Approved");
});

test("what the shop takes back cannot be answered", async ({ people }) => {
  const { visitor, agent } = await talking(people);
  await sendCard(agent, "decision", [["title", "Replace the zip"], ["amount", "0"]]);
  await expect(cardsOf(visitor, "decision")).toContainText("Free of charge");
  await agent.page.getByTestId("card-withdraw").click();
  await agent.page.getByTestId("card-confirm").click();
  await expect(stateOf(visitor, "decision")).toContainText("Withdrawn by the shop");
  await expect(stateOf(agent, "decision")).toContainText("Withdrawn by the shop");
  await expect(cardsOf(visitor, "decision").getByRole("button")).toHaveCount(0);
});

test("replies, choices and ratings are answered once", async ({ people }) => {
  const { visitor, agent } = await talking(people);
  await sendCard(agent, "replies", [["text", "Which colour?"], ["replies", "Brown\nBlack"]]);
  await cardsOf(visitor, "replies").getByRole("button", { name: "Black" }).click();
  await expect(agent.messages.filter({ has: agent.page.locator(".quote") })).toContainText("Black");
  await expect(stateOf(agent, "replies")).toContainText("Chosen");
  await expect(cardsOf(visitor, "replies").getByRole("button")).toHaveCount(0);

  await sendCard(agent, "choices", [
    ["title", "How shall we repair it?"], ["choices-0-title", "New zip"],
    ["choices-0-amount", "60"], ["choices-1-title", "New slider only"],
  ]);
  const choices = cardsOf(visitor, "choices");
  await choices.getByTestId("card-submit").click();
  await expect(choices.getByRole("alert")).toHaveText("Please choose first");
  await choices.getByRole("radio").nth(1).check();
  await choices.getByTestId("card-submit").click();
  await expect(stateOf(agent, "choices")).toContainText("Chosen");
  await expect(cardsOf(agent, "choices").getByRole("radio").nth(1)).toBeChecked();
  await expect(cardsOf(agent, "chosen")).toContainText("New slider only");

  await sendCard(agent, "rating", []);
  const rating = cardsOf(visitor, "rating");
  await rating.getByRole("radio", { name: "4 of 5 stars" }).check();
  await rating.getByTestId("card-rate-more").fill("Quick answer");
  await rating.getByTestId("card-submit").click();
  await expect(cardsOf(agent, "rated")).toContainText("Quick answer");
  await expect(stateOf(agent, "rating")).toContainText("Rated");
});

test("a form is looked at before it is sent, and comes filled in", async ({ people }) => {
  const { visitor, agent } = await talking(people);
  await sendCard(agent, "form", [
    ["title", "Return"], ["fields-0-label", "Your name"],
    ["fields-0-required", "yes"], ["+fields", ""], ["fields-1-label", "Phone"],
    ["fields-1-kind", "6"], ["+fields", ""], ["fields-2-label", "Reason"],
    ["fields-2-kind", "5"], ["fields-2-options", "Too small\nDamaged"],
  ]);
  const form = cardsOf(visitor, "form");
  await form.getByLabel("Phone").fill("call me");
  await form.getByTestId("card-submit").click();
  await expect(form.getByRole("alert")).toHaveText("2 fields need a change");
  await expect(form.getByLabel("Your name")).toBeFocused();
  await form.getByLabel("Your name").fill("Mei");
  await form.getByLabel("Phone").fill("138 0013 8000");
  await form.getByLabel("Reason").selectOption("Damaged");
  // A message that comes meanwhile takes nothing away.
  await agent.say("Take your time.");
  await expect(visitor.message("Take your time.")).toBeVisible();
  await expect(form.getByLabel("Your name")).toHaveValue("Mei");
  await form.getByTestId("card-submit").click();
  const filled = cardsOf(agent, "filled");
  await expect(filled).toContainText("Your name");
  await expect(filled).toContainText("Mei");
  await expect(filled).toContainText("Damaged");
  await expect(stateOf(agent, "form")).toContainText("Filled in");
  await expect(form.getByTestId("card-submit")).toHaveCount(0);
});

test("a card that is not right is not sent, and what was typed stays", async ({ people }) => {
  const { visitor, agent } = await talking(people);
  const { page } = agent;
  await fillCard(agent, "product", [["amount", "1.999"], ["url", "javascript:alert(1)"]]);
  await page.getByTestId("card-send").click();
  await expect(page.getByTestId("dialog-card").getByRole("alert")).toHaveText(
    "3 fields need a change",
  );
  await expect(page.getByTestId("make-title")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(agent.composer).toBeFocused();
  await page.keyboard.type("/");
  await expect(page.getByTestId("make-amount")).toHaveValue("1.999");
  await page.getByTestId("make-title").fill("Tote");
  await page.getByTestId("make-amount").fill("1.99");
  await page.getByTestId("make-url").fill("https://shop.example");
  await expect(page.getByTestId("card-preview")).toContainText("Tote");
  await page.getByTestId("card-send").click();
  await expect(cardsOf(visitor, "product")).toContainText("Tote");
  await expect(agent.composer).toHaveValue("");
});

test("a card that was begun stands there after a reload, until it is sent", async ({ people }) => {
  const { visitor, agent } = await talking(people);
  await fillCard(agent, "decision", [["title", "A new zip"], ["amount", "30"]]);
  await agent.page.reload();
  await agent.page.getByTestId("open-cards").click();
  await expect(agent.page.getByTestId("make-title")).toHaveValue("A new zip");
  await expect(agent.page.getByTestId("make-amount")).toHaveValue("30");
  await agent.page.getByTestId("card-send").click();
  await expect(cardsOf(visitor, "decision")).toContainText("A new zip");
  await agent.page.reload();
  await agent.page.getByTestId("open-cards").click();
  await expect(agent.page.locator("[data-testid=card-kind][data-kind=decision]")).toBeVisible();
});

test("lists and code are shown as such, and a long text is folded", async ({ people }) => {
  const { visitor, agent } = await talking(people);
  await agent.composer.fill("Please try:\n1. Open the case\n2. Hold `reset` for 10 s\n<b>x</b>");
  await agent.composer.press("Enter");
  const message = visitor.message("Please try");
  await expect(message.locator("ol li")).toHaveText(["Open the case", "Hold reset for 10 s"]);
  await expect(message.locator("code")).toHaveText("reset");
  await expect(message).toContainText("<b>x</b>");
  await expect(message.locator("b")).toHaveCount(0);
  const end = "the very end";
  await agent.say(`${"A long story. ".repeat(120)}${end}`);
  const long = visitor.message("A long story.");
  await expect(long).not.toContainText(end);
  await long.getByTestId("show-all").click();
  await expect(long).toContainText(end);
});

test("cards have no finding on either side, in any language, open and answered", async ({
  people,
}) => {
  test.setTimeout(240_000);
  const { visitor, agent } = await talking(people);
  const frame = visitor.page.frames().find((each) => each.url().includes("frame.html"));
  if (!frame) {
    throw new Error("there is no frame");
  }
  await sendCard(agent, "product", [
    ["title", "Tote"], ["amount", "899"], ["url", "https://a.example"],
  ]);
  await sendCard(agent, "order", [["number", "SO-1"], ["state", "5"]]);
  await sendCard(agent, "progress", [["subject", "Zip"], ["steps", "In\nOut"], ["at", "1"]]);
  await sendCard(agent, "replies", [["text", "Which?"], ["replies", "Brown\nBlack"]]);
  await sendCard(agent, "choices", [
    ["title", "How?"], ["choices-0-title", "New"], ["choices-1-title", "Mended"],
  ]);
  await sendCard(agent, "rating", []);
  await sendCard(agent, "form", [["title", "Return"], ["fields-0-label", "Name"],
    ["fields-0-required", "yes"]]);
  await sendCard(agent, "decision", [["title", "New zip"], ["amount", "60"]]);
  const form = cardsOf(visitor, "form");
  await form.getByTestId("card-submit").click();
  await cardsOf(visitor, "decision").getByTestId("card-agree").click();
  await expect(form.getByRole("alert")).toBeVisible();
  expect(await findingsInModes(visitor.page, frame), "open").toEqual([]);
  expect(await findingsInModes(agent.page), "the shop's side").toEqual([]);
  await visitor.page.evaluate(() => {
    const page = window as unknown as { Shopbell: (...call: unknown[]) => unknown };
    return page.Shopbell("setLocale", "ar");
  });
  await expect(visitor.frame.locator("html")).toHaveAttribute("dir", "rtl");
  await visitor.page.setViewportSize({ width: 320, height: 640 });
  expect(await findingsInModes(visitor.page, frame), "in Arabic").toEqual([]);
  const wide = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
  expect(await frame.evaluate(wide)).toBe(0);

  await cardsOf(visitor, "decision").getByTestId("card-confirm").click();
  await cardsOf(visitor, "choices").getByRole("radio").first().check();
  await cardsOf(visitor, "choices").getByTestId("card-submit").click();
  await expect(stateOf(agent, "choices")).toContainText("Chosen");
  expect(await findingsInModes(visitor.page, frame), "answered").toEqual([]);
  await fillCard(agent, "form", [["+fields", ""]]);
  await agent.page.getByTestId("card-send").click();
  await expect(agent.page.getByTestId("dialog-card").getByRole("alert")).toBeVisible();
  expect(await findingsInModes(agent.page), "a card that is made").toEqual([]);
});

test("by keyboard alone a decision is taken", async ({ people }) => {
  const { visitor, agent } = await talking(people);
  await sendCard(agent, "decision", [["title", "New zip"], ["amount", "60"]]);
  const card = cardsOf(visitor, "decision");
  await expect(card).toBeVisible();
  const { keyboard } = visitor.page;
  await visitor.composer.focus();
  const agree = card.getByTestId("card-agree");
  await expect
    .poll(
      async () => {
        await keyboard.press("Shift+Tab");
        return agree.evaluate((node) => node === document.activeElement);
      },
      { intervals: [50] },
    )
    .toBe(true);
  await keyboard.press("Enter");
  await expect(card.getByTestId("card-ask")).toBeFocused();
  await keyboard.press("Tab");
  await keyboard.press("Tab");
  await expect(card.getByTestId("card-confirm")).toBeFocused();
  await keyboard.press("Enter");
  await expect(stateOf(agent, "decision")).toContainText("Approved");
});

test("an answer far behind its question settles it, with a page of history alone", async ({
  people,
  server,
}) => {
  test.setTimeout(180_000);
  const { visitor, agent } = await talking(people);
  await sendCard(agent, "decision", [["title", "Replace the zip"], ["amount", "60"]]);
  await expect(cardsOf(visitor, "decision")).toBeVisible();
  const count = 110;
  await sayMany(visitor, count);
  await expect(visitor.message(`${count}.`).last()).toHaveAttribute("data-state", "read");
  // Who comes back has the newest page; what he goes to has no touch with it.
  await visitor.page.reload();
  await visitor.ring();
  await visitor.frame.getByTestId("menu").click();
  await visitor.frame.getByTestId("find").click();
  await visitor.frame.getByTestId("finder-words").fill("Replace");
  await visitor.frame.getByTestId("finder-hit").last().click();
  await expect(cardsOf(visitor, "decision")).toBeVisible();
  await expect(visitor.message(`${count}.`)).toHaveCount(0);
  await cardsOf(visitor, "decision").getByTestId("card-agree").click();
  // Who answers stays with the question, whether his answer is drawn on its way or only then.
  server.freeze();
  await cardsOf(visitor, "decision").getByTestId("card-confirm").click();
  await expect(stateOf(visitor, "decision")).toContainText("sending", { ignoreCase: true });
  await expect(cardsOf(visitor, "decision")).toBeInViewport();
  server.thaw();
  await expect(stateOf(visitor, "decision")).toContainText("Approved");
  await expect(cardsOf(visitor, "decision")).toBeInViewport();
  await expect(visitor.message(`${count}.`), "the end has not come").toHaveCount(0);

  await agent.page.reload();
  await expect(cardsOf(agent, "given")).toBeInViewport();
  const given = agent.messages.filter({ has: agent.page.locator("[data-card=given]") });
  await given.locator(".quote").click();
  await expect(cardsOf(agent, "decision")).toBeInViewport();
  await expect(cardsOf(agent, "given"), "it is behind the window").toHaveCount(0);
  await expect(stateOf(agent, "decision")).toContainText("Approved");
});
