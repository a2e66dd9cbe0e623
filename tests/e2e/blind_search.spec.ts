// Controls of the search for words: it finds what is there.
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { deflateSync, gzipSync } from "node:zlib";
import { Tap, memoryOf, payloadsOf, valuesIn } from "./blind_places.ts";
import { randomWord, search, wordNeedle } from "./blind_search.ts";
import { expect, test } from "./split_fixtures.ts";
import { Program, freePort, leakingProgram, program, shopbell } from "./split_program.ts";
import { RELAY_HOST, SplitShop } from "./split_shop.ts";

const sentence = "拉链坏了，买了不到一个月，能保修吗？";
const needle = wordNeedle(sentence);
const coded = (before: number, coding: "base64" | "base64url"): Buffer => {
  const parts = [randomBytes(before), needle.bytes, randomBytes(7)];
  return Buffer.from(Buffer.concat(parts).toString(coding));
};
const planted: Record<string, Buffer> = {
  plain: needle.bytes,
  hex: Buffer.from(needle.bytes.toString("hex")),
  HEX: Buffer.from(needle.bytes.toString("hex").toUpperCase()),
  utf16le: Buffer.from(sentence, "utf16le"),
  utf16be: Buffer.from(sentence, "utf16le").swap16(),
  "base64 after 0": coded(3, "base64"),
  "base64 after 1": coded(4, "base64"),
  "base64 after 2": coded(5, "base64"),
  "base64url after 0": coded(0, "base64url"),
  "base64url after 1": coded(1, "base64url"),
  "base64url after 2": coded(2, "base64url"),
};
const packings = {
  "": (bytes: Buffer) => bytes,
  ", gzip": gzipSync,
  ", gzip without its end": (bytes: Buffer) => gzipSync(bytes).subarray(0, -8),
  ", zlib": (bytes: Buffer) => deflateSync(bytes),
  ", zlib at its best": (bytes: Buffer) => deflateSync(bytes, { level: 9 }),
};

for (const [packing, pack] of Object.entries(packings)) {
  test(`finds every dress${packing}`, () => {
    for (const [dress, bytes] of Object.entries(planted)) {
      const around = [randomBytes(997), pack(bytes), randomBytes(1003)];
      const found = search([{ name: "planted", bytes: Buffer.concat(around) }], [needle]);
      expect(found.map((each) => each.dress)).toContain(dress);
      const nothing = search([{ name: "nothing", bytes: randomBytes(2000) }], [needle]);
      expect(nothing).toEqual([]);
    }
  });
}

test("joins what lies on several pages of a database", async ({ folder }) => {
  const database = join(folder, "long.db");
  const long = randomBytes(9000);
  const sql = `create table t (b blob); insert into t values (x'${long.toString("hex")}')`;
  await promisify(execFile)("sqlite3", [database, sql]);
  expect((await readFile(database)).includes(long)).toBe(false);
  expect((await valuesIn(database)).includes(long)).toBe(true);
});

test("takes the mask from what browsers send", () => {
  const mask = randomBytes(4);
  const frame = (payload: Buffer): Buffer => {
    const masked = payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
    const size = Buffer.from([0x82, 0x80 | 126, payload.length >> 8, payload.length & 255]);
    return Buffer.concat([size, mask, masked]);
  };
  const long = Buffer.concat([randomBytes(300), needle.bytes]);
  const head = Buffer.from("GET /ws HTTP/1.1\r\n\r\n");
  const stream = Buffer.concat([head, frame(long), frame(long)]);
  expect(payloadsOf(stream)).toEqual(Buffer.concat([long, long]));
  expect(search([{ name: "masked", bytes: stream }], [needle])).toEqual([]);
});

test("finds what a relay logs, and what it has in memory", async ({ folder }) => {
  const relayPort = await freePort(RELAY_HOST);
  const data = join(folder, "relay");
  const at = ["--data", data, "--host", RELAY_HOST, "--port", `${relayPort}`];
  const root = randomBytes(32).toString("base64url");
  await shopbell("init", "--relay-only", ...at, "--root", root);
  const leaking = 'echo "event=delivered body=$0" >&2; exec "$@"';
  const args = ["-c", leaking, sentence, program, "relay", "--data", data];
  const relay = await Program.start("listening", "sh", args);
  const tap = await Tap.start(RELAY_HOST, relayPort);
  try {
    const log = { name: "log", bytes: relay.log };
    const told = { needle: sentence, dress: "plain", haystack: "log" };
    expect(search([log], [needle])).toEqual([told]);

    // Half a request: the relay keeps it until the rest comes.
    const word = wordNeedle(randomWord());
    connect(tap.port, RELAY_HOST).write(`GET /${word.name} HTTP/1.1\r\n`);
    const places = async (): Promise<string[]> => {
      const all = [await memoryOf(relay.pid), ...tap.haystacks(), log];
      return search(all, [word]).map(({ haystack }) => haystack);
    };
    await expect.poll(places).toEqual(["memory", "wire to the relay"]);
  } finally {
    await tap.stop();
    await relay.end();
  }
});

test("finds what a build logs that logs the words", async ({ folder, browser }) => {
  const shop = await SplitShop.start(folder, { deskProgram: leakingProgram });
  try {
    const visitor = await shop.stage(browser).visitor("zh-CN");
    await visitor.ring();
    await visitor.say(sentence);
    const places = (): string[] => {
      const logs = [
        { name: "log of the relay", bytes: shop.relay.log },
        { name: "log of the desk", bytes: shop.desk.log },
      ];
      return search(logs, [needle]).map(({ haystack }) => haystack);
    };
    await expect.poll(places).toEqual(["log of the desk"]);
  } finally {
    await shop.stop();
  }
});
