// Shopbell("send", card): the page offers, and only the person sends.
import { expect, test } from "./fixtures.ts";
import { cardsOf } from "./pages/cards.ts";
import type { ShopPage } from "./pages/shop_page.ts";

type Call = (...call: unknown[]) => Promise<unknown>;

const offer = ({ page }: ShopPage, card: unknown) =>
  page.evaluate((given) => (window as unknown as { Shopbell: Call }).Shopbell("send", given), card);

const tote = {
  type: "product", title: "Camellia tote", amount: 89900, currency: "CNY",
  url: "https://shop.example/tote",
};

test("a card that the page offers begins a conversation once it is sent", async ({ people }) => {
  const visitor = await people.visitor("en");
  await offer(visitor, tote);
  await visitor.ring();
  const shown = visitor.frame.getByTestId("offer");
  await expect(shown).toContainText("Camellia tote");
  await expect(visitor.messages).toHaveCount(0);
  await shown.getByTestId("offer-send").click();
  await expect(shown).toHaveCount(0);
  await expect(cardsOf(visitor, "product")).toContainText("899.00");
  await expect(visitor.messages.first()).toHaveAttribute("data-state", "delivered");
  const agent = await people.agent("Lin", "en");
  await expect(agent.rows.first()).toContainText("Camellia tote");
  await agent.openFirst();
  await expect(cardsOf(agent, "product").getByRole("link")).toHaveText("shop.example");
});

test("what is not wanted is not sent, and what is no card not shown", async ({ people }) => {
  const visitor = await people.visitor("en");
  await visitor.ring();
  await visitor.say("My zip broke");
  await expect(visitor.messages.first()).toHaveAttribute("data-state", "delivered");
  await offer(visitor, { type: "order", number: "SO-1", state: "sent" });
  const shown = visitor.frame.getByTestId("offer");
  await expect(shown).toContainText("SO-1");
  await offer(visitor, tote);
  await expect(shown).toContainText("Camellia tote");
  await shown.getByTestId("offer-dismiss").click();
  await expect(shown).toHaveCount(0);

  const causes = await visitor.page.evaluateHandle(() => {
    const heard: unknown[] = [];
    void (window as unknown as { Shopbell: Call }).Shopbell("on", "error", (cause: unknown) =>
      heard.push(cause),
    );
    return heard;
  });
  const hostile = [
    { ...tote, url: "javascript:alert(1)" }, { ...tote, amount: "free" }, { ...tote, title: {} },
    { ...tote, title: "x".repeat(10_000) }, { type: "decision", title: "Pay" },
    { type: "order", number: "1", lines: Array(5000).fill({ title: "x" }) }, null, "card", [],
  ];
  for (const [at, card] of hostile.entries()) {
    await offer(visitor, card);
    await expect.poll(() => causes.jsonValue()).toHaveLength(at + 1);
  }
  expect(new Set((await causes.jsonValue()) as string[])).toEqual(new Set(["card"]));
  await expect(shown).toHaveCount(0);
  await expect(cardsOf(visitor, "product")).toHaveCount(0);
});
