// 200 MB from the customer's widget to the agent's console, over a link that breaks five times and
// a relay that is killed in the middle.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type BrowserContext } from "@playwright/test";
import { CuttingLink } from "../web/cutting_link.ts";
import { expect, test as base } from "./fixtures.ts";
import { ShopPage } from "./pages/shop_page.ts";
import config from "./playwright.config.ts";

const MB = 1_000_000;
const FILE_MB = 200;

/** One megabyte again and again, each time behind a byte that tells it from the others. */
async function write(path: string): Promise<string> {
  const part = Uint8Array.from({ length: MB }, (_, at) => at + (at >> 8));
  const file = await open(path, "w");
  const sum = createHash("sha256");
  for (let at = 0; at < FILE_MB; at++) {
    part[0] = at;
    await file.write(part);
    sum.update(part);
  }
  await file.close();
  return sum.digest("hex");
}

async function sumOf(path: string): Promise<string> {
  const sum = createHash("sha256");
  for await (const part of createReadStream(path)) sum.update(part as Buffer);
  return sum.digest("hex");
}

const test = base.extend<{ folder: string; link: CuttingLink; behind: BrowserContext }>({
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), "shopbell-large-"));
    await use(folder);
    await rm(folder, { recursive: true });
  },
  link: async ({ server }, use) => {
    const link = await CuttingLink.start(() => Number(new URL(server.addresses.console).port));
    await use(link);
    await link.stop();
  },
  /** A browser that reaches the server by that link alone. */
  behind: async ({ server, link }, use) => {
    const { args = [], ...launch } = config.use?.launchOptions ?? {};
    const { port } = new URL(server.addresses.console);
    const rules = `--host-resolver-rules=MAP localhost:${port} ${new URL(link.origin).host}`;
    const browser = await chromium.launch({ ...launch, args: [...args, rules] });
    await use(await browser.newContext({ locale: "en" }));
    await browser.close();
  },
});

test("200 MB go on by themselves after each of five cuts and a killed relay", async ({
  folder,
  link,
  behind,
  server,
  people,
}) => {
  test.setTimeout(300_000);
  const path = join(folder, "warehouse.bin");
  const sum = await write(path);
  const visitor = await ShopPage.open(await behind.newPage(), server.addresses.shops, "en");
  await visitor.ring();
  await visitor.say("here is the film of the warehouse");
  await expect(visitor.messages.first()).toHaveAttribute("data-state", "delivered");
  const agent = await people.agent("Lin", "en");
  await agent.openFirst();

  const asked = visitor.page.waitForEvent("filechooser");
  await visitor.frame.getByTestId("attach").click();
  await (await asked).setFiles(path);
  const row = visitor.frame.getByTestId("outgoing");
  await expect(row).toHaveAttribute("data-state", "ready");
  let again: Promise<void> | undefined;
  const kill = (): void => {
    again = server.kill().then(() => server.again());
  };
  link.cuts.push({ after: 5 * MB }, { after: 40 * MB }, { after: 90 * MB, then: kill },
    { after: 130 * MB }, { after: 185 * MB });
  await visitor.frame.getByTestId("send").click();
  const bar = row.getByRole("progressbar");
  const part = () => bar.evaluate((node: HTMLProgressElement) => node.position);
  await expect.poll(part).toBeGreaterThan(0);

  const file = agent.page.getByTestId("file");
  await expect(file).toContainText("warehouse.bin", { timeout: 200_000 });
  await again;
  expect(link.cuts).toEqual([]);
  await expect(row).toHaveCount(0);
  const taken = agent.page.waitForEvent("download", { timeout: 60_000 });
  await file.getByTestId("download").click();
  expect(await sumOf(await (await taken).path())).toBe(sum);
});
