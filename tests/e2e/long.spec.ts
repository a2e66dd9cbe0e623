// A conversation of a thousand messages: an agent who comes to it is shown its end at once, and
// what stands above page by page.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "./fixtures.ts";

const loadgen = new URL("../../build/release/loadgen", import.meta.url).pathname;
const MESSAGES = 1000;

test("an agent who comes late to a long conversation sees its end and pages upwards", async ({
  server,
  people,
}) => {
  const { shops } = server.addresses;
  const tag = await (await fetch(shops)).text();
  const shop = /data-shop="([^"]+)"/.exec(tag)?.[1] ?? "";
  const where = ["--url", `ws://${new URL(shops).host}/ws`, `--shop=${shop}`];
  await promisify(execFile)(loadgen, ["talk", ...where, "--messages", `${MESSAGES}`]);

  const agent = await people.agent("小林");
  const drawn = () => agent.messages.allInnerTexts();
  await agent.page.evaluate(() => {
    const most = { drawn: 0 };
    Object.assign(window, { most });
    new MutationObserver(() => {
      const now = document.querySelectorAll("[data-testid=message]").length;
      most.drawn = Math.max(most.drawn, now);
    }).observe(document, { subtree: true, childList: true });
  });
  await agent.openFirst();
  await expect(agent.message(`Line ${MESSAGES}.`)).toBeInViewport();
  const page = await drawn();
  expect(page.length).toBeLessThanOrEqual(50);
  const first = MESSAGES - page.length + 1;
  expect(page[0]).toBe(`Line ${first}.`);
  await expect(agent.rows.first()).toContainText(`Line ${MESSAGES}.`);

  await agent.message(`Line ${MESSAGES}.`).hover();
  await expect
    .poll(async () => {
      await agent.page.mouse.wheel(0, -900);
      return (await drawn()).includes(`Line ${MESSAGES - 300}.`);
    }, { intervals: [50] })
    .toBe(true);
  const shown = await drawn();
  const from = Number(/\d+/.exec(shown[0] ?? "")?.[0]);
  expect(shown).toEqual(shown.map((_, at) => `Line ${from + at}.`));
  type Watched = Window & { most?: { drawn: number } };
  const most = await agent.page.evaluate(() => (window as Watched).most?.drawn);
  expect(most, "never more than a window").toBeLessThanOrEqual(150);

  await agent.page.getByTestId("to-latest").click();
  await expect(agent.message(`Line ${MESSAGES}.`)).toBeInViewport();
});
