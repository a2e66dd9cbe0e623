// Scene 3 of the mission: a scratch on the way and its photo, a spare part that the customer
// approves, and a record of it on both sides. In the home-goods shop, in two languages.
import { expect, person, test } from "./fixtures.ts";
import { cardsOf, sendCard } from "./pages/cards.ts";
import { ConsolePage } from "./pages/console_page.ts";
import { digestOf, jpeg, pick, taken, within } from "./pages/files.ts";
import { ShopPage } from "./pages/shop_page.ts";

const scenes = {
  "zh-CN": {
    page: "/demo/home/",
    agent: "小林",
    good: "半亩休闲椅",
    scratched: "收到的椅子扶手上有一道划痕，大概三厘米。",
    sorry: "抱歉让您收到这样的椅子，我们补一只新扶手给您，不用寄回。",
    part: "补发右侧扶手",
    step: "补件",
    steps: "已登记\n备货\n已寄出",
    thanks: "好的，谢谢。",
    free: "免费",
    agreed: "已同意",
    agree: "同意",
  },
  en: {
    page: "/demo/home/index.en.html",
    agent: "Lin",
    good: "Acre lounge chair",
    scratched: "The armrest came with a scratch, about three centimetres.",
    sorry: "We are sorry. We send you a new armrest; nothing has to come back.",
    part: "A new right armrest",
    step: "Spare part",
    steps: "Noted\nPacked\nSent",
    thanks: "Good, thank you.",
    free: "Free of charge",
    agreed: "Approved",
    agree: "Approve",
  },
} as const;

for (const language of ["zh-CN", "en"] as const) {
  test(`a scratch, a spare part, and both sides keep the record (${language})`, async ({
    server,
    browser,
  }) => {
    const said = scenes[language];
    const page = await person(browser, language);
    await page.goto(new URL(said.page, server.addresses.shops).href);
    const visitor = new ShopPage(page);
    // The shop's own button: the page offers the chair, and the visitor sends it.
    await page.locator(`[data-ask][data-title="${said.good}"]`).click();
    await visitor.frame.getByTestId("offer-send").click();
    await expect(cardsOf(visitor, "product")).toContainText(said.good);
    const buffer = await jpeg(page, 1200, 900);
    await pick(visitor, [{ name: "armrest.jpg", mimeType: "image/jpeg", buffer }]);
    await visitor.say(said.scratched);

    const desk = await person(browser, language);
    const agent = await ConsolePage.join(desk, server.addresses.console, said.agent);
    await agent.openFirst();
    await expect(cardsOf(agent, "product")).toContainText(said.good);
    await expect(agent.message(said.scratched)).toBeVisible();
    await desk.getByTestId("picture").click();
    await expect(desk.getByTestId("lightbox").locator("img[data-here=true]")).toBeVisible();
    const kept = await taken(agent, desk.getByTestId("lightbox-download"));
    expect(digestOf(kept.bytes)).toBe(digestOf(buffer));
    await desk.keyboard.press("Escape");
    await agent.say(said.sorry);
    await sendCard(agent, "decision", [["title", said.part], ["amount", "0"]]);

    const decision = cardsOf(visitor, "decision");
    await expect(decision).toContainText(said.free);
    await decision.getByTestId("card-agree").click();
    await decision.getByTestId("card-confirm").click();
    await expect(cardsOf(agent, "decision").getByTestId("card-state")).toContainText(said.agreed);
    await sendCard(agent, "progress", [
      ["subject", said.step], ["steps", said.steps], ["at", "1"],
    ]);
    await expect(cardsOf(visitor, "progress")).toContainText(said.step);
    await visitor.say(said.thanks);
    await expect(agent.message(said.thanks)).toBeVisible();

    // The record, after both have come again.
    await page.reload();
    await visitor.ring();
    await desk.reload();
    for (const side of [visitor, agent]) {
      await expect(cardsOf(side, "product")).toContainText(said.good);
      // Fetched anew once it is looked at.
      const picture = within(side).getByTestId("picture");
      await picture.scrollIntoViewIfNeeded();
      await expect(picture).toHaveAttribute("data-here", "true");
      await expect(side.message(said.scratched)).toBeVisible();
      await expect(cardsOf(side, "decision").getByTestId("card-state")).toContainText(said.agreed);
      await expect(cardsOf(side, "given")).toContainText(said.part);
      await expect(cardsOf(side, "progress")).toContainText(said.step);
      await expect(side.message(said.thanks)).toBeVisible();
    }
    await page.context().close();
    await desk.context().close();
  });
}
