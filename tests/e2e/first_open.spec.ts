// What the browser really loads when the conversation is opened for the first time; the sizes of
// the files on disk are gated by scripts/check_web.mjs.
import type { Request } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { frameOf } from "./frame_words.ts";
import { ShopPage } from "./pages/shop_page.ts";

const REQUESTS_MAX = 6;
const BYTES_MAX = 130 * 1024;

/** The compressed body; Playwright counts no bytes of a worker's own script, its header does. */
async function wireSize(request: Request): Promise<number> {
  const response = await request.response();
  return Number((await response?.allHeaders())?.["content-length"] ?? 0);
}

test("the first open costs six requests and 130 KB at most", async ({ server, browser }) => {
  const context = await browser.newContext({ locale: "en" });
  const page = await context.newPage();
  await page.goto(server.addresses.shops);
  await page.getByTestId("bubble").waitFor();
  const requests: Request[] = [];
  context.on("request", (request) => requests.push(request));
  const visitor = new ShopPage(page);
  await visitor.ring();
  await expect(visitor.status).toHaveAttribute("data-status", "online");

  const is_later = (path: string) => path.startsWith("/widget/later/");
  const path_of = (request: Request) => new URL(request.url()).pathname;
  await expect(visitor.frame.getByTestId("confirmed")).toBeVisible();
  // Who only looks at it fetches no more; who begins to write does.
  await frameOf(visitor).evaluate(() => new Promise((done) => requestIdleCallback(done)));
  expect(requests.map(path_of).filter(is_later)).toEqual([]);
  await visitor.composer.fill("a");
  await expect.poll(() => requests.map(path_of).filter(is_later).length).toBe(2);

  const first = requests.filter((request) => !is_later(path_of(request)));
  const paths = first.map(path_of);
  expect(paths.some((path) => path.endsWith(".wasm")), paths.join(" ")).toBe(true);
  expect(paths.length, paths.join(" ")).toBeLessThanOrEqual(REQUESTS_MAX);
  const sizes = await Promise.all(first.map(wireSize));
  expect(Math.min(...sizes), "a size that is not known").toBeGreaterThan(0);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(BYTES_MAX);
  await context.close();
});
