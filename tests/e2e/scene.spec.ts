// Scene 1 of the mission, in two languages, and what a page pays before it begins.
import { expect, test } from "./fixtures.ts";
import { playScene } from "./scene.ts";

for (const language of ["zh-CN", "en"] as const) {
  test(`the bell rings (${language})`, async ({ server, people }) => {
    const { visitor, agent } = people;
    const freeze = () => server.freeze();
    await playScene({ visitor, agent, freeze, thaw: () => server.thaw() }, language);
  });
}

test("before the first click the page pays one script", async ({ server, browser }) => {
  const page = await (await browser.newContext()).newPage();
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(server.addresses.shops);
  await page.getByTestId("bubble").hover();
  const shop = new URL(server.addresses.shops).origin;
  const foreign = requests.filter((url) => !url.startsWith(shop));
  expect(foreign.map((url) => new URL(url).pathname)).toEqual(["/shopbell.js"]);
  expect(await page.context().cookies()).toEqual([]);
  expect(await page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0);
  expect(await page.evaluate(async () => (await indexedDB.databases()).length)).toBe(0);
  expect(page.frames()).toHaveLength(1);
  await page.context().close();
});
