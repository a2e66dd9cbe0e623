// What was recorded in one browser, heard in the others: one customer with Firefox and, by a link,
// WebKitGTK; the agent in Chromium. The matrix stands in docs/TESTING.md.
import type { ConsolePage } from "../pages/console_page.ts";
import { openFirefox } from "./firefox.ts";
import { expect, testIn } from "./fixtures.ts";
import { OtherVisitor, testId, type OtherBrowser } from "./visitor.ts";
import { openWebKit } from "./webkit.ts";

const habits = { microphone: true } as const;
const launchOptions = {
  executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox", "--disable-features=Translate,LocalNetworkAccessChecks",
    "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
  ],
};

/** Runs an expression where the messages are. */
type Ask = (script: string) => Promise<unknown>;

/** Keeps what is played, which stands nowhere in the page, and what its addresses stand for. */
const WATCH = `(() => {
  window.heard = [];
  const files = new Map();
  const { createObjectURL } = URL;
  URL.createObjectURL = (file) => {
    const url = createObjectURL.call(URL, file);
    files.set(url, file);
    return url;
  };
  window.Audio = class extends Audio {
    constructor() {
      super();
      heard.push(this);
      this.places = [];
      this.addEventListener("timeupdate", () => this.places.push(this.currentTime));
      this.addEventListener("ended", () => this.end = this.currentTime);
    }
    bytes() {
      return files.get(this.src).arrayBuffer();
    }
  };
})()`;

/** The last that was played: what went by, and what its samples are. */
const HEARD = `(async () => {
  const last = heard.at(-1);
  const sound = await new OfflineAudioContext(1, 1, 48000).decodeAudioData(await last.bytes());
  const loudest = sound.getChannelData(0).reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  const moved = last.places.some((at) => at > 0 && at < last.end);
  return { moved, end: last.end, seconds: sound.duration, loudest };
})()`;

type Heard = { moved: boolean; end: number; seconds: number; loudest: number };

/** As messages name their authors. */
const CUSTOMER = 1;
const SHOP = 2;

const heardBy = (author: number): string =>
  `[data-author-class="${author}"] div[data-testid=voice]`;

/** Played to its end, all of it, and no silence. */
async function expectPlays(ask: Ask, press: () => Promise<void>): Promise<void> {
  const before = Number(await ask("heard.length"));
  await press();
  await expect.poll(() => ask(`heard.length === ${before + 1} && heard.at(-1).end > 0`)).toBe(true);
  const { moved, end, seconds, loudest } = (await ask(HEARD)) as Heard;
  expect(moved).toBe(true);
  expect(seconds).toBeGreaterThan(0.5);
  expect(Math.abs(end - seconds)).toBeLessThan(0.3);
  expect(loudest).toBeGreaterThan(0.01);
}

async function expectVisitorPlays(visitor: OtherVisitor, author: number): Promise<void> {
  const voice = heardBy(author);
  await visitor.seesAt(voice);
  const press = () => visitor.tab.press(`${voice} [data-testid=voice-play]`);
  await expectPlays((script) => visitor.tab.frame(script), press);
}

async function expectAgentPlays({ page }: ConsolePage, author: number): Promise<void> {
  const press = () => page.locator(heardBy(author)).getByTestId("voice-play").click();
  await expectPlays((script) => page.evaluate(script), press);
}

/** The customer's second device, by a link that the first has made. */
async function link(first: OtherVisitor, second: OtherVisitor): Promise<void> {
  await first.press("menu");
  await first.press("link-device");
  await first.sees("link-qr");
  const field = `document.querySelector("${testId("link-address")}")`;
  const address = await first.tab.frame(`${field}.value`);
  await second.tab.goto(String(address));
  await second.press("link-use");
  await first.press("link-allow");
  await second.press("link-leave");
  await first.press("link-leave");
}

const test = testIn(openFirefox, habits).extend<object, { WebKitGTK: OtherBrowser }>({
  WebKitGTK: [
    async ({}, use) => {
      const browser = await openWebKit(habits);
      await use(browser);
      await browser.close();
    },
    { scope: "worker" },
  ],
});

test.use({ launchOptions });

test("what Firefox and Chromium record plays in all three", async ({
  visit,
  people,
  WebKitGTK,
}) => {
  // Three browsers at once.
  test.setTimeout(120_000);
  const customer = await visit();
  await customer.ring();
  await customer.say("听得到吗？");
  await expect.poll(() => customer.state("听得到吗？")).toBe("delivered");
  const person = await WebKitGTK.person();
  const second = new OtherVisitor(await person.open());
  await link(customer, second);
  const agent = await people.agent("小林");
  await agent.openFirst();
  for (const { tab } of [customer, second]) await tab.frame(WATCH);
  await agent.page.evaluate(WATCH);

  // By a key: a press that lasts, as on a busy machine, is one that holds.
  await customer.tab.type(testId("voice"), "\n");
  await expect.poll(() => customer.texts("recording")).toEqual([expect.stringContaining("0:01")]);
  await customer.press("voice-send");
  await expectAgentPlays(agent, CUSTOMER);
  await expectVisitorPlays(second, CUSTOMER);

  await agent.page.getByTestId("console-voice").press("Enter");
  await expect(agent.page.getByTestId("recording")).toContainText("0:01");
  await agent.page.getByTestId("voice-send").click();
  await expectVisitorPlays(customer, SHOP);
  await expectVisitorPlays(second, SHOP);
  await person.leave();
});

const testWebKit = testIn(openWebKit, habits);

testWebKit("WebKitGTK without a recorder says so and asks for no microphone", async ({ visit }) => {
  const visitor = await visit();
  await visitor.ring();
  await visitor.say("听得到吗？");
  const asks = `(() => {
    window.asked = 0;
    const { getUserMedia } = MediaDevices.prototype;
    MediaDevices.prototype.getUserMedia = function (wanted) {
      asked++;
      return getUserMedia.call(this, wanted);
    };
  })()`;
  await visitor.tab.frame(asks);
  await visitor.press("voice");
  await expect.poll(() => visitor.texts("refused")).toEqual(["此浏览器无法录音，请改用文字。"]);
  expect(await visitor.tab.frame("asked")).toBe(0);
});
