// The relay passes on and keeps what people say, and holds none of it: not in its database, logs
// and memory, nor in what travels to it and from it. Public by design, and so not looked for, is
// the shop card: name, domains and look.
import { randomInt } from "node:crypto";
import { join } from "node:path";
import type { Browser } from "@playwright/test";
import { Tap, filesIn, memoryOf } from "./blind_places.ts";
import { secretsIn, secretsOfBrowser, secretsOfDesk } from "./blind_secrets.ts";
import { randomWord, search, wordNeedle, type Haystack, type Needle } from "./blind_search.ts";
import { playScene, wordsIn, type Language } from "./scene.ts";
import { expect, test as base } from "./split_fixtures.ts";
import { RELAY_HOST, SplitShop, products } from "./split_shop.ts";

/** Fewer bytes stand somewhere by chance. */
const WORD_BYTES_MIN = 6;

const test = base.extend<{ tapped: { shop: SplitShop; tap: Tap } }>({
  tapped: async ({ folder }, use) => {
    const taps: Tap[] = [];
    const before = async (relayPort: number): Promise<number> => {
      const tap = await Tap.start(RELAY_HOST, relayPort);
      taps.push(tap);
      return tap.port;
    };
    const shop = await SplitShop.start(folder, { before });
    const [tap] = taps as [Tap];
    await use({ shop, tap });
    await shop.stop();
    await tap.stop();
  },
});

function secretOf(link: string): Needle {
  const fields = new URLSearchParams(new URL(link).hash.slice(1));
  return { name: "invitation", bytes: Buffer.from(fields.get("invite") ?? "", "base64url") };
}

/** Plays the scene with random words beside all others; words, its id, devices' keys. */
async function playMarked(
  shop: SplitShop,
  browser: Browser,
  language: Language,
): Promise<{ words: string[]; log: string; secrets: Needle[] }> {
  const marks: string[] = [];
  // What customers write down without being asked: a name, where to write, where to call.
  const kinds = [
    randomWord,
    () => `${randomWord()}@mail.example`,
    () => `1${randomInt(10 ** 9, 10 ** 10)}`,
  ];
  const mark = (): string => {
    marks.push(kinds[marks.length % kinds.length]?.() ?? randomWord());
    return marks.at(-1) ?? "";
  };
  const said = wordsIn(language, mark);
  const product = `${products[language]} ${mark()}`;
  const path = `/bags/${mark()}`;
  const query = `?from=${mark()}`;
  const address = shop.site.add(`${path}${query}`, language, product, shop.tag());
  const { visitor, agent } = await playScene(shop.stage(browser, () => address), language, said);
  const frame = visitor.page.frames().find((each) => each.url().includes("frame.html"));
  const plain = [...Object.values(wordsIn(language)), products[language]];
  return {
    words: [...marks, ...Object.values(said), ...plain, product, path, query],
    log: (await agent.rows.first().getAttribute("data-log")) ?? "",
    secrets: [
      ...(await secretsOfBrowser("the visitor", frame ?? visitor.page)),
      ...(await secretsOfBrowser("the agent", agent.page)),
    ],
  };
}

test("the relay holds no word, name, page or key", async ({ tapped, folder, browser }) => {
  const { shop, tap } = tapped;
  const chinese = await playMarked(shop, browser, "zh-CN");
  const english = await playMarked(shop, browser, "en");

  shop.relay.freeze();
  const memory = await memoryOf(shop.relay.pid);
  const files = await filesIn(shop.relayFolder, join(folder, "copies"));
  shop.relay.thaw();
  const log = { name: "log of the relay", bytes: shop.relay.log };
  // The desk knows the words and must not tell them either.
  const desk_log = { name: "log of the desk", bytes: shop.desk.log };
  const haystacks: Haystack[] = [memory, ...files, ...tap.haystacks(), log, desk_log];

  const words = [...chinese.words, ...english.words];
  const long = words.map(wordNeedle).filter(({ bytes }) => bytes.length >= WORD_BYTES_MIN);
  const secrets = [
    ...(await secretsIn(shop.deskFolder, "root.key")),
    ...(await secretsIn(shop.deskFolder, "desk.key")),
    ...shop.links.map(secretOf),
    ...(await secretsOfDesk(shop.deskFolder)),
    ...chinese.secrets,
    ...english.secrets,
  ];
  expect(secrets.filter(({ bytes }) => bytes.length !== 32)).toEqual([]);
  const kinds = new Set(secrets.map(({ name }) => name));
  for (const kind of [
    "seed of root.key",
    "sign_seed of desk.key",
    "seal_secret of desk.key",
    "storage_key of desk.key",
    "invitation",
    "team secret of the desk",
    "epoch key of the desk",
    "storage key of the visitor",
    "signing seed of the visitor",
    "sealing secret of the visitor",
    "epoch key of the visitor",
    "team secret of the agent",
    "signing seed of the agent",
    "sealing secret of the agent",
  ]) {
    expect(kinds).toContain(kind);
  }
  // What was opened are the very keys of this shop: visitor and desk hold the same epoch.
  const epochs = (owner: string): string[] =>
    secrets
      .filter(({ name }) => name === `epoch key of ${owner}`)
      .map(({ bytes }) => bytes.toString("hex"));
  expect(epochs("the desk")).toEqual(expect.arrayContaining(epochs("the visitor")));
  expect(search(haystacks, [...long, ...secrets])).toEqual([]);

  // All this was looked at: what the relay must know is found in each place, and no further.
  const found = (needle: Needle): string[] =>
    search(haystacks, [needle])
      .filter(({ dress }) => dress === "plain")
      .map(({ haystack }) => haystack);
  for (const { log: id } of [chinese, english]) {
    const places = found({ name: id, bytes: Buffer.from(id, "hex") });
    expect(places).toContain("memory");
    expect(places).toContain("values of relay.db");
    expect(places).toContain("wire to the relay, payloads");
    expect(places).toContain("wire from the relay, payloads");
  }
  const [own] = (await secretsIn(shop.relayFolder, "relay.key")) as [Needle];
  expect(found(own)).toEqual(["memory"]);
  expect(haystacks.map(({ name }) => name)).toContain("file relay.db-wal");
  expect(shop.relay.log.toString()).toContain("event=listening");
  // Packed frames would hide what they hold.
  const [wire] = tap.haystacks().filter(({ name }) => name === "wire from the relay");
  expect(wire?.bytes.includes("101 Switching Protocols")).toBe(true);
  expect(wire?.bytes.includes("Sec-WebSocket-Extensions")).toBe(false);
});
