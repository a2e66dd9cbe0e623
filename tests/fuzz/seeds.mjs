// Writes tests/fuzz/corpus/*.hex: what each fuzz target begins with, one seed a line, from the
// vectors. Lines that are there already stay, so that what once broke something is kept.
// Usage: node tests/fuzz/seeds.mjs
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const root = new URL("../..", import.meta.url).pathname;
const BYTES_MAX = 6000;
const vectors = (name) => JSON.parse(readFileSync(`${root}tests/vectors/${name}.json`, "utf8"));

// Every text of a vector file that is an object's bytes, found by the name of its property.
function all(name, ...keys) {
  const out = [];
  const walk = (value) => {
    for (const [key, inner] of Object.entries(value ?? {})) {
      if (typeof inner === "object") {
        walk(inner);
      } else if (keys.includes(key) && /^([0-9a-f]{2})+$/.test(inner)) {
        out.push(inner);
      }
    }
  };
  walk(vectors(name));
  return out;
}

const hex = (text) => Buffer.from(text).toString("hex");
const byte = (value) => (value & 0xff).toString(16).padStart(2, "0");
function varint(value) {
  let rest = BigInt(value);
  let out = "";
  for (; rest > 127n; rest >>= 7n) {
    out += byte(Number(rest & 127n) | 128);
  }
  return out + byte(Number(rest));
}
const bytes = (number, value) => varint(number * 8 + 2) + varint(value.length / 2) + value;
const number = (field, value) => varint(field * 8) + varint(value);
const frame = (kind, body) => varint(kind * 8 + 2) + varint(body.length / 2) + body;

const log = vectors("log");
const envelopes = log.entries.map(({ envelope }) => envelope);
const hash = log.chain_0;
const mark = all("mark", "signed")[0];
const card = all("shop_card", "card")[0];
const delivers = envelopes.slice(0, 4).map((envelope, index) =>
  bytes(1, log.log ?? "11".repeat(16)) + number(2, index + 1) + number(3, 1_760_000_000_000) +
  bytes(4, envelope));
const id = "11".repeat(16);
const head = bytes(1, id) + number(2, 5) + number(3, 1) + number(4, 3) + bytes(5, mark);
const bodies = {
  1: bytes(1, hash) + bytes(2, hash) + number(3, 7),
  2: bytes(1, hash) + bytes(2, hash) + bytes(3, all("device", "card")[0]) + number(5, 9) +
    bytes(7, hex("relay.test")) + bytes(8, hash + hash),
  3: number(1, 5) + number(2, 7) + bytes(3, hash + hash) + bytes(5, head) + number(6, 2),
  4: bytes(1, envelopes[0]),
  5: bytes(1, id) + number(2, 1) + number(3, 4) + number(4, 9) + bytes(5, hash) + bytes(6, hash),
  6: delivers[0],
  7: bytes(1, id) + number(2, 1) + number(3, 9),
  8: bytes(1, id) + number(2, 1) + number(3, 4) + bytes(4, delivers[0]) + bytes(4, delivers[1]),
  9: number(1, 3),
  10: bytes(1, head) + number(2, 9),
  11: bytes(1, mark),
  12: bytes(2, id) + number(3, 1) + bytes(4, all("signal", "signed")[0]),
  13: bytes(1, id) + bytes(1, "22".repeat(16)),
  14: bytes(1, card),
  15: bytes(1, card),
  16: number(1, 103) + number(2, 200) + bytes(3, id) + number(4, 3),
  17: number(1, 1),
  18: number(1, 1),
};
const framed = Object.entries(bodies).map(([kind, body]) => frame(Number(kind), body));
const texts = [bytes(1, hex("hello")) + bytes(2, hex("en")), bytes(1, hex("https://a.example/b"))];
const first = (values, count) => values.map((value, index) => byte(index % count) + value);

const order = "Signed DeviceCard DeskCertificate ShopCard AgentCertificate Header Envelope " +
  "MemberBody GrantBody InnerBody MarkBody CheckpointBody LogSignal SignalContent SessionOpen " +
  "SessionAccept SessionData SessionMessage LinkRequest";
const corpora = {
  codec_signed: vectors("codec").values
    .filter(({ type }) => order.split(" ").includes(type))
    .map(({ type, hex: value }) => byte(order.split(" ").indexOf(type)) + value),
  codec_frames: Object.entries(bodies).map(([kind, body]) => byte(Number(kind) - 1) + body),
  codec_content: first([...texts, ...texts, ...texts, ...texts], 8),
  codec_records: first([number(1, 5) + bytes(2, hash) + bytes(3, envelopes[0]), number(1, 1) +
    bytes(2, hash), bytes(1, hash), bytes(1, id) + number(2, 4), bytes(1, envelopes[1])], 5),
  codec_framing: [framed.join(""), ...framed.slice(0, 6)],
  device_card: all("device", "card").flatMap((one) => [one, one.slice(4, -132)]),
  shop_card: [...all("shop_card", "signed", "card")],
  certificate: all("agent_certificate", "signed"),
  envelope: envelopes,
  member: [...all("codec", "hex")].slice(0, 3).concat(vectors("codec").values
    .filter(({ type }) => type === "MemberBody").map((one) => one.hex)),
  fold: ["", number(1, 1) + number(2, 1) + bytes(3, id) + bytes(4, id) + bytes(5, hash)].slice(1),
  grant: all("grant", "body"),
  blob_chunk: ["00", ...all("blob", "sealed").map((one) => "00" + one), "80" + hash],
  mark: [...all("mark", "signed"), ...all("checkpoint", "signed")],
  body: [...all("body", "body").slice(0, 6), ...all("body", "inner_bytes").slice(0, 6)],
  session: [...all("session", "open", "accept", "bytes"), ...all("signal", "signed")],
  engine: ["00", "01"].flatMap((when) => framed.map((one) => when + one)),
  command: Array.from({ length: 17 }, (_, index) => byte(index + 1) + bytes(1, id) +
    number(2, 1) + number(3, 1) + bytes(4, texts[0])),
  record: Array.from({ length: 12 }, (_, index) => byte(index) + number(1, 5) + bytes(2, hash)),
  disk: Array.from({ length: 12 }, (_, index) => byte(index) + hash + hash),
  relay: [1, 2, 3].flatMap((who) => framed.map((one) => byte(who) + one)).concat("00" + framed[1]),
  config: [
    '[shop]\nname = "A shop"\ndomains = ["https://shop.example"]\naccent = "#123abc"\n',
    '[serve]\nhost = "127.0.0.1"\nport = 8080\nrelay_url = "wss://relay.example/ws"\n',
    '[relay]\nroots = []\nhosts = ["relay.example"]\n',
  ].map(hex),
  key_files: [
    `shopbell root key\nseed: ${hash}\ncheck: ${hash}\n`,
    `shopbell desk key\nsign: ${hash}\nseal: ${hash}\nstorage: ${hash}\ncheck: ${hash}\n`,
    "",
  ].map(hex).filter(Boolean),
  http: ["/shopbell.js?x=1\nbr, gzip;q=0.5\n\"abc\"", "/widget/frame.html\n*\n", "/../etc/passwd",
    "/%2e%2e/a", "//shopbell.js", "/demo/"].map(hex),
  tus: [
    "POST\n/blobs\nTus-Resumable: 1.0.0\nUpload-Length: 65576\nAuthorization: Bearer abc",
    "PATCH\nID\nTus-Resumable: 1.0.0\nUpload-Offset: 40\nContent-Length: 1234\n" +
      "Content-Type: application/offset+octet-stream\n" +
      "Upload-Checksum: sha1 qUqP5cyxm6YcTAhz05Hph5gvu9M=",
    "POST\nID\nX-HTTP-Method-Override: DELETE\nTus-Resumable: 1.0.0",
    "HEAD\nID\nTus-Resumable: 1.0.0\nAuthorization: bearer  x ",
    "GET\nID\nRange: bytes=5-9\nIf-Range: \"000102030405060708090a0b0c0d0e0f\"",
    "GET\nID\nRange: bytes=-500\nIf-None-Match: W/\"a\", *",
    "POST\n/blobs/?x\nTus-Resumable: 1.0.0\nUpload-Metadata: filename YQ==\nUpload-Concat: final",
    "OPTIONS\n/blobs",
  ].map((one) => hex(one.replace("ID", "/blobs/000102030405060708090a0b0c0d0e0f"))),
};

for (const [name, seeds] of Object.entries(corpora)) {
  const file = `${root}tests/fuzz/corpus/${name}.hex`;
  const there = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  const kept = new Set(there);
  let size = there.join("").length / 2;
  for (const seed of seeds) {
    if (!kept.has(seed) && size + seed.length / 2 <= BYTES_MAX) {
      kept.add(seed);
      size += seed.length / 2;
    }
  }
  writeFileSync(file, `${[...kept].filter(Boolean).join("\n")}\n`);
}
