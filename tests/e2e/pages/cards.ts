// Cards: how an agent makes one, and where it stands on either side.
import { expect, type Locator } from "@playwright/test";
import type { ConsolePage } from "./console_page.ts";
import type { ShopPage } from "./shop_page.ts";

/** Values by the field's name; a name that begins with "+" adds a row of that kind. */
export type CardFields = readonly (readonly [name: string, value: string])[];

export async function fillCard(agent: ConsolePage, kind: string, fields: CardFields) {
  const { page } = agent;
  await page.getByTestId("open-cards").click();
  await page.locator(`[data-testid=card-kind][data-kind=${kind}]`).click();
  for (const [name, value] of fields) {
    if (name.startsWith("+")) {
      await page.getByTestId(`make-add-${name.slice(1)}`).click();
      continue;
    }
    const field = page.getByTestId(`make-${name}`);
    const is_choice = await field.evaluate((node) => node.matches("select"));
    const is_check = await field.evaluate((node) => node.matches("[type=checkbox]"));
    if (is_choice) {
      await field.selectOption(value);
    } else if (is_check) {
      await field.check();
    } else {
      await field.fill(value);
    }
  }
}

/** Makes it and sends it. */
export async function sendCard(agent: ConsolePage, kind: string, fields: CardFields) {
  await fillCard(agent, kind, fields);
  await agent.page.getByTestId("card-send").click();
  await expect(agent.page.getByTestId("dialog-card")).toHaveCount(0);
}

/** Cards of that name, in the conversation. */
export function cardsOf(side: ConsolePage | ShopPage, name: string): Locator {
  const root = "frame" in side ? side.frame : side.page;
  return root.locator(`.timeline [data-card=${name}]`);
}
