// A browser whose device sleeps: its connections are heard no more, and its worker's clock goes on
// at once by as long as it slept.
import { chromium, type Browser, type Frame, type Page } from "@playwright/test";
import { DeafProxy } from "./deaf_proxy.ts";
import config from "./playwright.config.ts";
import type { Server } from "./server.ts";
import { inWorker } from "./workers.ts";

const FORWARD = `{
  const { now } = Date;
  let forward = 0;
  Date.now = () => now() + forward;
  new BroadcastChannel("test clock").onmessage = ({ data }) => (forward += data);
}`;

/** All that it asks of the server goes through the proxy. */
export async function deafBrowser(server: Server): Promise<{ browser: Browser; proxy: DeafProxy }> {
  const port = Number(new URL(server.addresses.console).port);
  const proxy = await DeafProxy.start(port);
  const { args = [], ...launch } = config.use?.launchOptions ?? {};
  const rules = `--host-resolver-rules=MAP localhost:${port} 127.0.0.1:${proxy.port}`;
  return { browser: await chromium.launch({ ...launch, args: [...args, rules] }), proxy };
}

/** Before the page is opened whose worker is to be put forward. */
export const withClock = (page: Page): Promise<void> => inWorker(page, FORWARD);

/** `place` has the worker's origin: the console's page, the widget's frame. */
export const putForward = (place: Page | Frame, ms: number): Promise<void> =>
  place.evaluate((by) => new BroadcastChannel("test clock").postMessage(by), ms);
